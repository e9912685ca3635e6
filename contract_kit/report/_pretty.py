"""A body for people to read: indented where it is JSON, with the lines marked that matter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import join, tokens
from contract_kit.report._escape import visible, visible_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Case

__all__ = ["Line", "body_lines", "raw_body"]

_AROUND = 6
"""Lines shown before and after a marked one."""
_HEAD = 3
_WHOLE = 30
"""Bodies of at most so many lines are shown whole."""
_TEXT = 300
_RAW = 4000


@dataclass(frozen=True, slots=True)
class Line:
    """One line, already visible: ``plain``, ``marked`` (the difference), ``gone`` (absent), ``cut``."""

    text: str
    kind: str = "plain"


class _Literal(str):
    """A number as it was spelled."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """An object's members as they came, twice where they came twice."""


def body_lines(case: Case) -> list[Line]:
    """The body of ``case``, with the place of its one difference marked.

    Where the spelling is the point (equivalent, malformed), and where the body is no JSON text, it is shown
    as it was sent; else indented, numbers as they were spelled.
    """
    if case.kind in {"valid", "invalid", "foreign"}:
        try:
            value = json.loads(
                case.body.decode(), parse_int=_Literal, parse_float=_Literal, object_pairs_hook=_Pairs
            )
            # The root is all of it: to mark everything is to mark nothing.
            return _cut(list(_value(value, "", case.at or None, "", "")))
        except (ValueError, RecursionError):
            pass
    return [Line(line) for line in raw_body(case).split("\n")]


def raw_body(case: Case) -> str:
    """The body of ``case`` as it was sent."""
    return visible_bytes(case.body, _RAW, newlines=True)


def _value(value: Any, here: str, at: str | None, before: str, after: str) -> Iterator[Line]:
    """Lines of ``value``, the first with ``before`` (indent and key), the last with ``after`` (a comma)."""
    kind = "marked" if at is not None and (here == at or here.startswith(f"{at}/")) else "plain"
    indent = before[: len(before) - len(before.lstrip(" "))]
    inner = f"{indent}  "
    if isinstance(value, _Pairs):
        gone = _gone(value, here, at)
        if not value and gone is None:
            yield Line(f"{before}{{}}{after}", kind)
            return
        yield Line(f"{before}{{", kind)
        for number, (key, item) in enumerate(value, 1):
            comma = "," if number < len(value) else ""
            yield from _value(item, join(here, key), at, f'{inner}"{_text(key)}": ', comma)
        if gone is not None:
            yield Line(f'{inner}(no "{visible(gone, _TEXT)}")', "gone")
        yield Line(f"{indent}}}{after}", kind)
    elif isinstance(value, list) and value:
        yield Line(f"{before}[", kind)
        for number, item in enumerate(value):
            comma = "," if number < len(value) - 1 else ""
            yield from _value(item, join(here, number), at, inner, comma)
        yield Line(f"{indent}]{after}", kind)
    else:
        yield Line(f"{before}{_scalar(value)}{after}", kind)


def _gone(pairs: _Pairs, here: str, at: str | None) -> str | None:
    """The name that is missing in the object at ``here``, if that is the case's one difference."""
    if not at:
        return None
    parent, _, _ = at.rpartition("/")
    name = tokens(at)[-1]
    return name if parent == here and name not in {key for key, _ in pairs} else None


def _text(text: str) -> str:
    # A quote or a backslash within text keeps its escape, so that the lines read as JSON.
    return visible(text.replace("\\", "\\\\").replace('"', '\\"'), _TEXT)


def _scalar(value: Any) -> str:
    if isinstance(value, _Literal):
        return visible(value, _TEXT)
    if isinstance(value, str):
        return f'"{_text(value)}"'
    return json.dumps(value)


def _cut(lines: list[Line]) -> list[Line]:
    """Long bodies: the beginning and what is around the marked lines."""
    if len(lines) <= _WHOLE:
        return lines
    marks = [number for number, line in enumerate(lines) if line.kind != "plain"]
    first, last = (marks[0], min(marks[-1], marks[0] + _WHOLE)) if marks else (0, 0)
    keep = {*range(_HEAD), *range(max(0, first - _AROUND), last + _AROUND), len(lines) - 1}
    if not marks:
        keep |= set(range(_WHOLE))
    kept: list[Line] = []
    missing = 0
    for number, line in enumerate(lines):
        if number in keep:
            if missing:
                kept.append(Line(f"… {missing:,} line{'s' * (missing > 1)} not shown …", "cut"))
                missing = 0
            kept.append(line)
        else:
            missing += 1
    return kept
