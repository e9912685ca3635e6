"""Leaves that the sampler puts together from the payload's world: one writer of source a meaning.

A writer is given the source, the place and what stands behind ``:`` in the meaning; it returns an
expression, or ``None`` where the table of plain values should serve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.values._forms import prefix
from contract_kit.values._names import field_name, parents
from contract_kit.values._worlds import FIELDS, MINUTES, old_ids, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.shape import Node
    from contract_kit.values._source import Source

    Writer = Callable[[Source, str, str], str | None]

__all__ = ["LEAVES", "Text", "is_plain"]

Text = str
"""A fragment of an f-string: ASCII that needs no escape in JSON, with expressions in braces."""
_SAYS_NOTHING = frozenset(
    [
        "type",
        "format",
        "title",
        "description",
        "example",
        "examples",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "nullable",
        "$comment",
        "externalDocs",
        "xml",
        "discriminator",
        "contentMediaType",
        "$ref",
    ]
)
_WIDE, _NARROW = 200, 1
_SUBJECTS = ("entity_id", "object_id", "resource_id", "subject_id", "parent_id", "record_id")


def is_plain(node: Node) -> bool:
    """Whether a text node leaves the text free: no pattern, no tight length, no choice."""
    if node.choices or node.enum is not None or "string" not in node.types:
        return False
    for part in node.parts:
        for keyword, value in part.items():
            if keyword in _SAYS_NOTHING or keyword.startswith("x-"):
                continue
            if keyword == "maxLength" and value >= _WIDE:
                continue
            if keyword == "minLength" and value <= _NARROW:
                continue
            return False
    return node.format in (None, "date-time", "date", "email", "password")


# -- times ----------------------------------------------------------------------------------------


def _minute(emit: Source) -> str:
    """The minute in which the frame's thing was created, counted from the first day."""
    root = emit.shared("m", emit.root, lambda: f"{emit.draw(16)} << 4 | {emit.draw(4)}")
    if emit.frame is emit.root:
        return root
    # A minute later at least: seconds are drawn anew.
    return emit.shared("m", emit.frame, lambda: f"{root} + {emit.draw(8)} + 1")


def _clock(minute: str, second: str) -> Text:
    return f"{{DAY[{minute} // 1440]}}{{MIN[{minute} % 1440]}}{{SF[{second}]}}"


def _second(emit: Source) -> str:
    """Which of the seconds with a fraction."""
    return emit.shared("k", emit.frame, lambda: emit.draw(12))


def _created(emit: Source) -> str:
    minute, second = _minute(emit), _second(emit)
    return emit.shared("t", emit.frame, lambda: emit.quoted(_clock(minute, second)))


# Minutes after creation: at least, and how many bits more.
_LATER = {
    "created": (0, 0),
    "started": (1, 8),
    "updated": (300, 16),
    "ended": (66_000, 16),
    "due": (132_000, 16),
}


def _moment(kind: str) -> Writer:
    least, bits = _LATER[kind]

    def write(emit: Source, at: str, argument: str) -> str:
        del at, argument
        created = _created(emit)
        if kind == "created":
            return created
        later = emit.name("w")
        then = f"({later} := {_minute(emit)} + {least} + {emit.draw(bits)})"
        text = emit.quoted(f"{{DAY[{then} // 1440]}}{{MIN[{later} % 1440]}}{{SF[{emit.draw(12)}]}}")
        # What was created a moment ago was mostly not touched since.
        return emit.let(f"{text} if {emit.draw(8)} > 150 else {created}" if kind == "updated" else text)

    return write


def _day(kind: str) -> Writer:
    least, bits = _LATER[kind]

    def write(emit: Source, at: str, argument: str) -> str:
        del at, argument
        more = f" + {least} + {emit.draw(bits)}" if bits else ""
        return emit.let(emit.quoted(f"{{DATE[({_minute(emit)}{more}) // 1440]}}"))

    return write


# -- ids ------------------------------------------------------------------------------------------


def _stamp(emit: Source) -> str:
    """Ten characters of a ULID: when the frame's thing was created."""
    since = emit.shared("s", emit.frame, lambda: f"{_minute(emit)} * 60000 + MS[{_second(emit)}]")
    return f"0{{T3[{since} >> 30]}}{{T3[{since} >> 15 & 32767]}}{{T3[{since} & 32767]}}"


def _fresh_id(emit: Source, start: str) -> Text:
    return f"{start}_{_stamp(emit)}{{S8[{emit.draw(12)}]}}{{S8[{emit.draw(12)}]}}"


def _main_id(emit: Source, start: str) -> str:
    """The id of what the payload is about, the same wherever it is spoken of."""
    key = f"id_{start}_"
    if key in emit.root.names:
        return emit.root.names[key]
    kept, emit.frames = emit.frames, [emit.root]
    text = _fresh_id(emit, start)
    emit.frames = kept
    return emit.shared(key, emit.root, lambda: emit.quoted(text))


def _reference(emit: Source, entity: str, start: str) -> str:
    """The id of another thing: of the same thing throughout a payload."""
    key = f"ref_{entity}_"
    if key in emit.root.names:
        return emit.root.names[key]
    name = emit.table(old_ids(start, 256))
    return emit.shared(key, emit.root, lambda: f"{name}[{emit.draw(8)}]")


def _safe(text: str) -> str:
    """``text`` where it may stand in source and JSON as it is, else a plain word."""
    return text if text.isascii() and text.replace("_", "").replace("-", "").isalnum() else "obj"


def _id(emit: Source, at: str, argument: str) -> str:
    name, main = field_name(at), emit.worlds[0].main
    if name in _SUBJECTS:
        return _entity_id(emit, at, argument)
    if name.endswith("_by"):
        return _actor(emit, at, argument)
    if name in ("id", "identifier", "gid"):
        above = parents(at)
        entity = above[0] if above else main
        start = _safe(argument or prefix(entity))
        if entity == main and emit.frame is emit.root:
            return _main_id(emit, start)
        return emit.let(emit.quoted(_fresh_id(emit, start)))
    entity = name.removesuffix("_id")
    start = _safe(argument or prefix(entity))
    return _main_id(emit, start) if entity == main else _reference(emit, entity.replace("_", ""), start)


def _entity_id(emit: Source, at: str, argument: str) -> str:
    entity = emit.worlds[0].subject(at)
    start = _safe(argument or prefix(entity))
    return _main_id(emit, start) if entity == emit.worlds[0].main else _reference(emit, _safe(entity), start)


def _actor(emit: Source, at: str, argument: str) -> str:
    del at
    start = _safe(argument or "user")
    key = f"users of {start}"
    if key not in emit.root.names:
        emit.root.names[key] = emit.table(old_ids(start, 256))
    return f"{emit.root.names[key]}[{emit.draw(8)}]"


def _external_id(emit: Source, at: str, argument: str) -> str:
    del at, argument
    return emit.let(emit.quoted(f"{{XP[{emit.draw(8)}]}}{{{emit.draw(16)} * 16 + {emit.draw(4)} + 10000}}"))


def _provider(column: int) -> Writer:
    def write(emit: Source, at: str, argument: str) -> str:
        del at, argument
        row = emit.shared("q", emit.frame, lambda: _provider_row(emit))
        return f"{row}[{column}]"

    return write


def _provider_row(emit: Source) -> str:
    """A provider's name with an id of its own; the next item's provider is the next one."""
    first = emit.shared("g", emit.root, lambda: emit.draw(4))
    kinds, item = emit.tables["PROV"], emit.frame.item
    turned = tuple(kinds[(number + item) % len(kinds)] for number in range(16))
    table = emit.name("PROV")
    emit.tables[table] = written(turned) if emit.text else turned
    return f"{table}[{first}][{emit.draw(8)}]"


# -- people and places ----------------------------------------------------------------------------


def _of_world(field: str) -> Writer:
    column = FIELDS.index(field)
    return lambda emit, _at, _argument: f"{emit.world()}[{column}]"


def _of_person(column: int) -> Writer:
    return lambda emit, _at, _argument: f"{emit.person()}[{column}]"


def _email(emit: Source, at: str, argument: str) -> str:
    del at, argument
    person = emit.person()
    return emit.let(emit.quoted(f"{{{person}[3]}}{{DG[{emit.draw(8)}]}}@{{HOST[{emit.draw(8)}]}}"))


def _username(emit: Source, at: str, argument: str) -> str:
    del at, argument
    return emit.let(emit.quoted(f"{{{emit.person()}[4]}}{{DG[{emit.draw(8)}]}}"))


def _company(emit: Source, at: str, argument: str) -> str:
    del at, argument
    return f"{emit.world()}[8][{emit.draw(8)}]"


def _subject(emit: Source, at: str, argument: str) -> str:
    del argument
    return emit.constant(emit.worlds[0].subject(at))


LEAVES: dict[str, Writer] = {
    **{f"time.{kind}": _moment(kind) for kind in _LATER},
    **{f"date.{kind}": _day(kind) for kind in _LATER},
    "time": _moment("updated"),
    "id": _id,
    "entity_id": _entity_id,
    "entity_type": _subject,
    "actor": _actor,
    "external_id": _external_id,
    "provider_type": _provider(0),
    "provider_id": _provider(1),
    "email": _email,
    "username": _username,
    "person.name": _of_person(0),
    "person.given": _of_person(1),
    "person.family": _of_person(2),
    "company": _company,
    "currency": _of_world("currency"),
    "locale": _of_world("locale"),
    "language": _of_world("language"),
    "address.line1": _of_world("line1"),
    "address.line2": _of_world("line2"),
    "address.city": _of_world("city"),
    "address.state": _of_world("state"),
    "address.postal_code": _of_world("postal_code"),
    "address.country": _of_world("country"),
    "address.country3": _of_world("alpha3"),
    "address.country_name": _of_world("country_name"),
    "address.timezone": _of_world("timezone"),
}
assert MINUTES == 1 << 20  # what _minute draws
