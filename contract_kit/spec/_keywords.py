"""What each JSON Schema keyword's value must look like, and how it reads in draft 2020-12.

One small function a kind of value. Each takes the value and a :class:`Spot` (which raises
:class:`~contract_kit.errors.SpecError` with the keyword's place) and returns the value for draft 2020-12.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from contract_kit.errors import SpecError
from contract_kit.shape import rewritten
from contract_kit.spec._text import fail, kind_of, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.spec._refs import Place

__all__ = [
    "ANNOTATIONS",
    "GONE",
    "REFUSED",
    "RULES",
    "TYPES",
    "Spot",
    "check_pattern",
    "holds_ref",
    "plainly_anchored",
]

TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")


class Spot:
    """Where a keyword stands: a file, the schema's place, the keyword."""

    __slots__ = ("keyword", "place", "source")

    def __init__(self, source: str, place: Place, keyword: str) -> None:
        self.source, self.place, self.keyword = source, place, keyword

    def wrong(self, message: str, *parts: str | int) -> NoReturn:
        """Raise for the value of this keyword (or what stands below it at ``parts``)."""
        fail(f"{self.source}: {self.place.under(self.keyword, *parts)}", message)


def _whole(value: Any, spot: Spot) -> int:
    number = _number(value, spot)
    if number < 0 or number != int(number):
        spot.wrong(f"must be a whole number from 0, not {quoted(value)}")
    return int(number)


def _number(value: Any, spot: Spot) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        spot.wrong(f"must be a number, not {kind_of(value)}")
    if abs(value) > _LARGEST:
        spot.wrong("is beyond the numbers that JSON's readers hold")
    return value


_LARGEST = 1.7976931348623157e308


def _positive(value: Any, spot: Spot) -> int | float:
    if _number(value, spot) <= 0:
        spot.wrong(f"must be above 0, not {quoted(value)}")
    return _number(value, spot)


def _flag(value: Any, spot: Spot) -> bool:
    if not isinstance(value, bool):
        spot.wrong(f"must be true or false, not {kind_of(value)}")
    return value


def _text(value: Any, spot: Spot) -> str:
    if not isinstance(value, str):
        spot.wrong(f"must be a text, not {kind_of(value)}")
    return value


def _texts(value: Any, spot: Spot, *parts: str) -> list[str]:
    if not isinstance(value, list):
        spot.wrong(f"must be a list of property names, not {kind_of(value)}", *parts)
    for index, item in enumerate(value):
        if not isinstance(item, str):
            spot.wrong(f"must be a property name, not {kind_of(item)}", *parts, index)
    return list(dict.fromkeys(value))


def _text_lists(value: Any, spot: Spot) -> dict[str, list[str]]:
    if not isinstance(value, dict):
        spot.wrong(f"must be an object, not {kind_of(value)}")
    return {name: _texts(item, spot, name) for name, item in value.items()}


def _members(value: Any, spot: Spot) -> list[Any]:
    if not isinstance(value, list):
        spot.wrong(f"must be a list, not {kind_of(value)}")
    return value


def _anything(value: Any, _: Spot) -> Any:
    return value


def _type(value: Any, spot: Spot) -> str | list[str]:
    """A type's name or a list of them; ``null`` unquoted in YAML is meant as the type."""
    if not isinstance(value, list):
        return _type_name(value, spot)
    if not value:
        spot.wrong("must name at least one type")
    names = list(dict.fromkeys(_type_name(item, spot, index) for index, item in enumerate(value)))
    return names if len(names) > 1 else names[0]


def _type_name(value: Any, spot: Spot, *parts: int) -> str:
    if value is None:
        return "null"
    if value == "file":  # of Swagger 2.0, still seen
        return "string"
    if value not in TYPES:
        spot.wrong(f"must be one of {', '.join(TYPES)}, not {kind_of(value)}", *parts)
    return str(value)


def _pattern(value: Any, spot: Spot) -> str:
    text = plainly_anchored(_text(value, spot))
    if not check_pattern(text):
        spot.wrong(f"is not a regular expression that can be used: {quoted(text)}")
    return text


_ANCHOR = re.compile(r"\\.|\[\^?\]?|\]", re.DOTALL)


def plainly_anchored(pattern: str) -> str:
    r"""``pattern`` with the ends of a text written as ECMA 262 does; Ruby and Python write ``\A``, ``\z``, ``\Z``.

    >>> plainly_anchored(r"\A[a-z\-]+\z")
    '^[a-z\\-]+$'
    """

    def plain(found: re.Match[str], inside: str) -> str:
        return found.group() if inside else _ENDS.get(found.group(), found.group())

    return rewritten(pattern, _ANCHOR, plain)


_ENDS = {r"\A": "^", r"\z": "$", r"\Z": "$"}


@lru_cache(maxsize=1024)
def check_pattern(pattern: str) -> bool:
    """Whether the validator of the house takes ``pattern``."""
    from contract_kit.schema import Validator

    try:
        Validator({"type": "string", "pattern": pattern})
    except SpecError:
        return False
    return True


RULES: dict[str, Callable[[Any, Spot], Any]] = {
    "type": _type,
    "enum": _members,
    "const": _anything,
    "format": _text,
    "pattern": _pattern,
    "minLength": _whole,
    "maxLength": _whole,
    "minItems": _whole,
    "maxItems": _whole,
    "minContains": _whole,
    "maxContains": _whole,
    "minProperties": _whole,
    "maxProperties": _whole,
    "minimum": _number,
    "maximum": _number,
    "multipleOf": _positive,
    "uniqueItems": _flag,
    "required": _texts,
    "dependentRequired": _text_lists,
}
"""Keywords without schemas in them (``exclusiveMinimum`` and its twin need a neighbour: see ``_dialect``)."""

ANNOTATIONS = frozenset({"title", "description", "default", "examples", "deprecated"})
"""Kept when well formed, for they help to make realistic values; a broken one is no reason to refuse."""

GONE = frozenset(
    {
        "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$comment", "$vocabulary",
        "$defs", "definitions", "nullable", "discriminator", "xml", "externalDocs", "readOnly", "writeOnly",
        "example", "additionalItems",
    }
)  # fmt: skip
"""Read elsewhere or without meaning for a body: not carried over."""

REFUSED = frozenset({"extends", "disallow", "divisibleBy", "propertyDependencies", "$data"})
"""Assertions of other drafts and dialects that nothing here can generate for."""


def holds_ref(value: Any) -> bool:
    """Whether an example or default has a ``$ref`` key in it, which readers of the schema would follow."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "$ref" in item:
                return True
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return False
