"""The proof corpus: consumers of customer.created that are right, and consumers with one fault each.

``CORRECT`` are consumers on which a strict run must end with nothing that is not true of them.
``FAULTY`` are small variations of the hand-written one (:mod:`tests.consumers.correct.handwritten`),
each with one fault drawn from bug reports on real handlers, and the name that a finding should give it.
Every target is an import string, to be resolved from the root of the checkout. Bodies that show each
fault stand in :mod:`tests.consumers.witnesses`, which no target imports.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

__all__ = ["CORRECT", "FAULTY", "Correct", "Difference", "Faulty"]

Input = Literal["bytes", "str", "value"]
Policy = Literal["schema", "provider", "tolerant"]
VALUE_ERROR = ("builtins:ValueError",)


@dataclass(frozen=True, slots=True)
class Difference:
    """A declared difference, as ``[[tool.contract_kit.expect]]`` has it: a glob of case ids and a reason."""

    match: str
    expect: Literal["accept", "reject", "either"]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """A consumer without a fault. ``policy`` is the strictest one under which it is right, and ``note`` says why."""

    name: str
    target: str
    note: str
    input: Input = "bytes"
    rejects: tuple[str, ...] = VALUE_ERROR
    policy: Policy = "schema"
    expect: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A consumer with one fault.

    ``findings`` are the right names, the first the plainest; ``pointers`` are where the fault sits, with
    ``*`` for items and map values (``""`` is the body as a whole; a pointer covers what is below it);
    ``isolated`` marks those that take their process with them.
    """

    name: str
    target: str
    findings: tuple[str, ...]
    pointers: tuple[str, ...]
    note: str
    policy: Policy = "provider"
    input: Input = "bytes"
    rejects: tuple[str, ...] = field(default=("tests.consumers.correct.handwritten:BadWebhook",))
    isolated: bool = False
    known_miss: str = ""
    """Why a run does not find it, and is right not to, or cannot."""


def _correct(name: str, note: str, **more: Any) -> Correct:
    return Correct(name=name, target=f"tests.consumers.correct.{name}:parse", note=note, **more)


_SHAPES = {
    "regrouped": "dataclasses under other names, an address and labels; None where there is no customer",
    "rows": "a generator of rows of two tables",
    "counted": "a callable object whose results number its calls, with clocks and random names",
    "kept_raw": "the bytes that came, their size and digest beside a few fields",
    "coded": "an enum with numbers, a country object, derived keys beside what they are made of",
    "grouped": "keys grouped by provider, a digest of the e-mail address, address lines as a list",
    "lazy": "an object of nothing but properties",
    "remembered": "cached by the body; a named tuple",
    "message": "a topic and the event as JSON text",
    "awaited": "a coroutine",
    "labelled": "tags in the order of the metadata, and the metadata as a column's JSON text",
    "stored": "a row and its rows under a database's own keys, which grow from call to call",
    "streamed": "a generator of rows of two tables with fields of the same names",
}


def _shape(name: str, note: str) -> Correct:
    return Correct(name=name, target=f"tests.consumers.correct.shapes:{name}", note=note)


_LAX = "Pydantic reads it as a time, and it comes out as it was sent"
CORRECT: tuple[Correct, ...] = (
    _correct(
        "handwritten",
        "lossless: unknown properties and all; dicts",
        rejects=("tests.consumers.correct.handwritten:BadWebhook",),
    ),
    _correct("pydantic_strict", "models; absent strings come out empty, absent times as None"),
    _correct(
        "pydantic_lax",
        "models that keep unknown properties; knows no leap second and no year 0",
        policy="provider",
        expect=(
            Difference("invalid:*:type:*null*", "either", "null is as good as absent to us"),
            *(
                Difference(f"invalid:{place}:*", "either", _LAX)
                for place in (
                    "/customer/created_at",
                    "/customer/updated_at",
                    "/customer/integrations/*/created_at",
                    "/customer/integrations/*/updated_at",
                )
            ),
        ),
    ),
    _correct(
        "msgspec_struct",
        "structs; absent fields come out as msgspec.UNSET",
        rejects=("tests.consumers.correct.msgspec_struct:BadWebhook",),
    ),
    _correct(
        "attrs_cattrs",
        "frozen attrs classes; absent fields come out as None",
        rejects=("tests.consumers.correct.attrs_cattrs:NotACustomer",),
    ),
    _correct("jsonschema_checked", "the decoded dict, untouched"),
    _correct(
        "jsonschema_rust",
        "the decoded dict, untouched",
        rejects=("builtins:ValueError", "jsonschema_rs:ValidationError"),
    ),
    _correct(
        "marshmallow_schema",
        "dicts of the known fields",
        rejects=("builtins:ValueError", "marshmallow:ValidationError"),
    ),
    _correct("dict_passer", "the decoded dict, untouched, checked by a table of rules"),
    _correct(
        "projecting",
        "a frozen dataclass of four fields; absent ones come out empty",
        rejects=("tests.consumers.correct.projecting:Refused",),
    ),
    _correct("camel_case", "the known fields under camelCase names, metadata keys untouched"),
    _correct("exact_datetimes", "objects with attributes; datetimes where they are exact, else the text"),
    _correct(
        "nano_timestamps",
        "namespaces; times are datetimes with a `nanosecond` attribute (0 to 999 after the microseconds), "
        "and what that cannot hold is refused",
        policy="provider",
    ),
    _correct(
        "choosy",
        "refuses what the provider cannot send: other events, missing ids, long texts, unknown countries, NUL, "
        "leap seconds; a flat dict",
        policy="provider",
        rejects=("tests.consumers.correct.choosy:NotOurs",),
    ),
    _correct("text_input", "takes str; a TypedDict of the address", input="str"),
    _correct(
        "decoded_value",
        "takes the decoded value; a named tuple, or None where there is no customer",
        input="value",
        rejects=("tests.consumers.correct.decoded_value:Refused",),
    ),
    _correct("postel", "leaves out what it does not understand, keeps unknown statuses", policy="tolerant"),
    *(_shape(name, note) for name, note in _SHAPES.items()),
)

if TYPE_CHECKING:
    FAULTY: tuple[Faulty, ...]


def __getattr__(name: str) -> Any:
    # a child process imports one target: the table is built only for those who ask for it
    if name == "FAULTY":
        from tests.consumers.faulty import table

        return table()
    raise AttributeError(name)
