r"""Documents that are at odds with themselves, or with their readers: what a charitable reader would take.

``nullable: true`` beside an ``enum`` without ``null`` allows no null by the letter of OpenAPI 3.0.3, and its
publisher meant that it does; the same goes for Swagger's ``x-nullable``. A property that is ``required`` and
``writeOnly`` must be there for whoever reads ``required`` alone, and is never sent by the letter of OpenAPI: bodies
have it, and one without it is no fault. Readers differ, so nothing is demanded.

``\d``, ``\w`` and ``\s`` of a ``pattern`` are ASCII by the letter of ECMA-262, which JSON Schema names; the readers of
Python, Rust and .NET take digits, letters and blanks of any script for them (JSON Schema 2020-12, section 6.4,
recommends to avoid what differs).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ._ecma import rewritten
from ._rules import AT_ODDS, UNSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["charitable"]

_VALUES = frozenset(["enum", "const", "default", "examples", "discriminator"])
_TURNED = frozenset(["not", "if"])
"""Below these a wider pattern would let in less."""
_WIDE = {r"\d": r"\p{Nd}", r"\w": r"\p{L}\p{M}\p{N}\p{Pc}", r"\s": r"\s\x1c-\x1f\x85"}
_CLASSES = re.compile(r"\\.|\[\^?|\]", re.DOTALL)


def charitable(schema: Any, *, widen: bool = True) -> Any:
    """``schema`` with what it is at odds about let in; the very same object where there is nothing."""
    if isinstance(schema, list):
        made = [charitable(item, widen=widen) for item in schema]
        return schema if all(new is old for new, old in zip(made, schema, strict=True)) else made
    if not isinstance(schema, dict):
        return schema
    found = {
        name: value if name in _VALUES else charitable(value, widen=widen and name not in _TURNED)
        for name, value in schema.items()
    }
    if widen and isinstance(found.get("pattern"), str):
        found["pattern"] = widened(found["pattern"])
    unsent = found.pop(UNSENT, ())
    if unsent:
        found["required"] = [name for name in found["required"] if name not in unsent]
    if found.pop(AT_ODDS, None) is True:
        return _with_null(found)
    return schema if all(found.get(name) is value for name, value in schema.items()) else found


def widened(pattern: str) -> str:
    r"""``pattern`` with ``\d``, ``\w`` and ``\s`` of any script; the very same text where it has none of them.

    >>> widened(r"^\w+-[\d.]{2}$")
    '^[\\p{L}\\p{M}\\p{N}\\p{Pc}]+-[\\p{Nd}.]{2}$'

    A class of all others stays as it is: it is widest where ``\d`` is ASCII.
    """

    def wide(found: re.Match[str], inside: str) -> str:
        text = found.group()
        other = None if inside.startswith("[^") else _WIDE.get(text)
        return text if other is None else other if inside else f"[{other}]"

    return rewritten(pattern, _CLASSES, wide)


def _with_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    body = {name: value for name, value in schema.items() if name != "$defs"}
    return {"anyOf": [body, {"type": "null"}], **definitions}
