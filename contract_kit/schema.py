"""The only validator of the house: what a value breaks, where, and by which keyword.

A thin face over ``jsonschema_rs`` (draft 2020-12, formats asserted). Lone surrogates, which a Rust string
cannot hold, are judged as U+FFFD: they are one character to every keyword that the drafts define. Its
``date-time`` (0.60.3) takes signs and points where RFC 3339 wants digits, so that one format is ours.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import OrderedDict
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.jsonio import compact, join, without_surrogates
from contract_kit.model import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Validator", "is_date_time", "matcher", "validator_for", "violations"]


_DATE_TIME = re.compile(
    r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]"
    r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_MINUTES = 24 * 60


@lru_cache(maxsize=4096)
def is_date_time(text: str) -> bool:
    """Whether a text is a ``date-time`` of RFC 3339, section 5.6; ``:60`` only where UTC's day ends (5.7).

    >>> is_date_time("2024-02-29T23:59:60+00:00"), is_date_time("2023-02-29T00:00:00Z")
    (True, False)
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if day > 28 and day > monthrange(year or 4, month)[1]:
        return False
    if found[6] != "60":
        return True
    offset = int(f"{found[7]}{int(found[8]) * 60 + int(found[9])}") if found[7] else 0
    return (int(found[4]) * 60 + int(found[5]) - offset) % _MINUTES == _MINUTES - 1


class Validator:
    """A compiled schema. ``SpecError`` when the schema itself cannot be compiled.

    >>> Validator({"type": "object", "properties": {"a": {"type": "string"}}}).violations({"a": 1})
    [Violation(pointer='/a', keyword='type', message='1 is not of type "string"')]
    """

    __slots__ = ("_compiled",)

    def __init__(self, schema: Mapping[str, Any] | bool) -> None:
        import jsonschema_rs

        try:
            self._compiled: Any = jsonschema_rs.Draft202012Validator(
                schema if isinstance(schema, bool) else dict(schema),
                validate_formats=True,
                offline=True,
                formats={"date-time": is_date_time},
            )
        except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
            first = str(error).strip().splitlines()[0]
            msg = f"the schema cannot be compiled: {first}"
            raise SpecError(msg) from error

    def is_valid(self, value: Any) -> bool:
        """Whether ``value`` satisfies the schema."""
        try:
            return bool(self._compiled.is_valid(value))
        except UnicodeEncodeError:
            return bool(self._compiled.is_valid(without_surrogates(value)))

    def violations(self, value: Any) -> list[Violation]:
        """Every rule that ``value`` breaks, in the order of the document."""
        try:
            return _once(self._compiled.iter_errors(value))
        except UnicodeEncodeError:
            return _once(self._compiled.iter_errors(without_surrogates(value)))


def _once(errors: Any) -> list[Violation]:
    """The violations; of many items that may not be there the first stands for all."""
    found: dict[tuple[str, str], Violation] = {}
    told = [_violation(error) for error in errors]
    for number, violation in enumerate(told):
        there = (violation.pointer, violation.keyword)
        found.setdefault(there if violation.keyword in _INSIDE else (str(number), ""), violation)
    return list(found.values())


def _violation(error: Any) -> Violation:
    keyword, inside = _keyword(error)
    path = list(error.instance_path)
    # What must not be there at all is a fault of what holds it, as it is for "additionalProperties".
    path = path[:-1] if inside and path else path
    return Violation(pointer=join("", *path), keyword=keyword, message=str(error.message))


def _keyword(error: Any) -> tuple[str, bool]:
    """The keyword that failed; a ``false`` schema is named by the keyword that holds it.

    And whether that keyword speaks of what stands inside the place that the rule is for.
    """
    path = error.schema_path
    name = str(error.kind.name)
    if name != "falseSchema":
        return (path[-1] if path and isinstance(path[-1], str) else name), False
    holder, names = name, False
    for part in path:
        if names:
            names = False  # a property may be called "items"
        elif isinstance(part, str) and (part in _HOLDERS or part == "$defs"):
            holder, names = (part, part in _NAMED) if part != "$defs" else (holder, True)
    return holder, holder in _INSIDE


_HOLDERS = frozenset(
    {
        "additionalProperties",
        "patternProperties",
        "properties",
        "propertyNames",
        "items",
        "prefixItems",
        "unevaluatedProperties",
        "unevaluatedItems",
        "dependentSchemas",
        "then",
        "else",
        "not",
    }
)
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_INSIDE = frozenset({"properties", "patternProperties", "items", "prefixItems"})


_MOST_BYTES = 4_000_000
_compiled: OrderedDict[bytes, tuple[Validator, int]] = OrderedDict()
_room = _MOST_BYTES


def validator_for(schema: Mapping[str, Any] | bool) -> Validator:
    """The compiled validator of ``schema``, remembered by the schema's text; large ones not for long."""
    global _room  # noqa: PLW0603 (the room that is left in the one memory of this module)
    text = compact(schema)
    key = blake2b(text, digest_size=16).digest()
    found = _compiled.get(key)
    if found is None:
        found = (Validator(schema), len(text))
        _compiled[key] = found
        _room -= len(text)
        while _room < 0 and len(_compiled) > 1:
            _, (_, size) = _compiled.popitem(last=False)
            _room += size
    else:
        _compiled.move_to_end(key)
    return found[0]


def violations(schema: Mapping[str, Any] | bool, value: Any) -> list[Violation]:
    """Every rule of ``schema`` that ``value`` breaks."""
    return validator_for(schema).violations(value)


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a pattern is found in a text, asked of the validator: its time is linear where Python's is not.

    >>> matcher("^(a+)+$")("a" * 40 + "b")
    False
    """
    return Validator({"type": "string", "pattern": pattern}).is_valid
