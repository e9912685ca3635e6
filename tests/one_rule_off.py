"""Consumers that are off by one rule: validators of a contract's schema with one change each.

:func:`consumers` gives them: a rule forgotten, a bound one off or taken as excluded, a class of a pattern that is a
little wider, a member of an enum unknown, a property demanded that is not, and so on. A catalogue is good when
each of them treats some case otherwise than it must; :func:`survivors` lists those that do not.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract_kit.cases import body_cases
from contract_kit.errors import SpecError
from contract_kit.model import Terms
from contract_kit.schema import Validator
from contract_kit.shape import FORMATS

__all__ = ["Consumer", "consumers", "survivors"]

Path = tuple[str | int, ...]
_TYPES = ("null", "string", "integer", "number", "boolean", "array", "object")
_SIZES = {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
_BOUNDS = {
    "minimum": "exclusiveMinimum",
    "maximum": "exclusiveMaximum",
    "exclusiveMinimum": "minimum",
    "exclusiveMaximum": "maximum",
}
_ONE = (
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "propertyNames",
)
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_DROPPED = frozenset(
    [
        *_SIZES, *_BOUNDS, *_ONE, *_LISTS, "multipleOf", "pattern", "format", "enum", "const", "required",
        "uniqueItems", "not", "if", "patternProperties", "dependentRequired", "maxContains",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Consumer:
    """What it does otherwise, in words, and the schema by which it judges."""

    told: str
    schema: dict[str, Any]


def consumers(schema: dict[str, Any]) -> Iterator[Consumer]:
    """Every consumer that differs from ``schema`` (self-contained) in one rule."""
    for path, words, change in _changes(schema):
        made = copy.deepcopy(schema)
        here: Any = made
        for step in path:
            here = here[step]
        here.update({key: value for key, value in change.items() if value is not None})
        for key in [key for key, value in change.items() if value is None]:
            del here[key]
        if made != schema:
            yield Consumer(f"/{'/'.join(str(step) for step in path)}: {words}", made)


def survivors(terms: Terms) -> list[str]:
    """What the consumers do otherwise that no case of the catalogue shows."""
    asked = [
        (case.expect == "accept", json.loads(case.body))
        for case in body_cases(terms, kinds=("valid", "invalid", "foreign"), policy="schema")
        if case.expect != "either"
    ]
    # Those that were refused and those that were taken in turns: most consumers show soon.
    asked.sort(key=lambda one: hash(json.dumps(one[1])[-40:]))
    found = []
    for consumer in consumers(dict(terms.schema)):
        try:
            judge = Validator(consumer.schema)
        except SpecError:
            continue
        if all(judge.is_valid(value) is taken for taken, value in asked):
            found.append(consumer.told)
    return found


def _changes(schema: dict[str, Any]) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    stack: list[tuple[Path, Any]] = [((), {k: v for k, v in schema.items() if k != "$defs"})]
    stack += [(("$defs", name), part) for name, part in schema.get("$defs", {}).items()]
    while stack:
        path, part = stack.pop()
        if not isinstance(part, dict):
            continue
        yield from ((path, words, change) for words, change in _of(part))
        for keyword, value in part.items():
            if keyword in ("properties", "patternProperties"):
                stack.extend(((*path, keyword, name), below) for name, below in value.items())
            elif keyword in _LISTS:
                stack.extend(((*path, keyword, n), below) for n, below in enumerate(value))
            elif keyword in (*_ONE, "not", "then", "else"):
                stack.append(((*path, keyword), value))


def _of(part: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The changes of one plain schema: words, and the keywords with new values (``None`` for gone)."""
    for keyword, value in part.items():
        if keyword in _DROPPED and value is not True and not (keyword == "format" and value not in FORMATS):
            yield f"without {keyword}", {keyword: None}
        if keyword in _SIZES:
            yield from ((f"{keyword} {value + n}", {keyword: value + n}) for n in (-1, 1) if value + n >= 0)
        elif keyword in _BOUNDS:
            yield f"{keyword} as {_BOUNDS[keyword]}", {keyword: None, _BOUNDS[keyword]: value}
            yield from ((f"{keyword} {value + n}", {keyword: value + n}) for n in (-1, 1))
        elif keyword == "multipleOf":
            yield from ((f"multipleOf {n}", {keyword: n}) for n in (value / 2, value * 2))
        elif keyword == "pattern":
            yield from ((f"pattern {other}", {keyword: other}) for other in _patterns(value))
        elif keyword == "enum":
            yield from _enum(value)
        elif keyword == "type":
            yield from _types(part, [value] if isinstance(value, str) else value)
        elif keyword == "required":
            yield from ((f"without required {n}", {keyword: [m for m in value if m != n]}) for n in value)
        elif keyword in ("anyOf", "oneOf") and len(value) > 1:
            rest = ((n, [*value[:n], *value[n + 1 :]]) for n in range(len(value)))
            yield from ((f"{keyword} without branch {n}", {keyword: left}) for n, left in rest)
    if "required" not in part:
        yield from ((f"requires {name}", {"required": [name]}) for name in part.get("properties", {}))


def _patterns(pattern: str) -> Iterator[str]:
    if pattern.startswith("^"):
        yield pattern[1:]
    if pattern.endswith("$"):
        yield pattern[:-1]
    yield pattern.replace(r"\.", ".")
    for found in re.finditer(r"\{(\d+)(,?)(\d*)\}", pattern):
        least, comma, most = int(found[1]), found[2], found[3]
        others = {f"{{{least + 1}{comma}{most}}}", f"{{{max(least - 1, 0)}{comma}{most}}}"}
        others |= {f"{{{least},{int(most) + 1}}}", f"{{{least},{int(most) - 1}}}"} if most else set()
        for other in sorted(others):
            yield pattern[: found.start()] + other + pattern[found.end() :]
    for found in re.finditer(r"\[[^\]]+\]|\\d", pattern):
        yield pattern[: found.start()] + r"[\s\S]" + pattern[found.end() :]
    for found in re.finditer(r"(\w)-(\w)(?=[^\[]*\])", pattern):
        first, last = found[1], found[2]
        pairs = ((1, 0), (-1, 0), (0, 1), (0, -1))
        for a, b in ((chr(ord(first) + n), chr(ord(last) + m)) for n, m in pairs):
            if a <= b and a.isalnum() and b.isalnum():
                yield pattern[: found.start()] + f"{a}-{b}" + pattern[found.end() :]


def _enum(members: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, member in enumerate(members[:6] if len(members) > 1 else ()):
        yield f"does not know {member!r}", {"enum": [*members[:number], *members[number + 1 :]]}
    for text in [member for member in members if isinstance(member, str) and member][:3]:
        for other in (text.upper(), text.lower(), text.title(), f"{text} ", f"{text}s", ""):
            if other not in members:
                yield f"takes {other!r}", {"enum": [*members, other]}


def _types(part: dict[str, Any], named: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "enum" not in part and "const" not in part:
        for name in _TYPES:
            if name not in named and not (name == "integer" and "number" in named):
                yield f"takes {name}", {"type": [*named, name]}
    if len(named) > 1:
        yield from ((f"refuses {name}", {"type": [n for n in named if n != name]}) for name in named)
    if (
        "object" in named
        and part.get("properties")
        and not {"patternProperties", "unevaluatedProperties"} & set(part)
    ):
        yield "closed", {"additionalProperties": False}
    free = not {"enum", "const", "format", "pattern", "minLength", "maxLength"} & set(part)
    if "string" in named and free:
        yield "no empty text", {"minLength": 1}
        yield "at most 255 letters", {"maxLength": 255}
    if named == ["integer"] and not {"minimum", "exclusiveMinimum", "enum", "multipleOf"} & set(part):
        yield "no number below 0", {"minimum": 0}
    if "array" in named and not {"minItems", "contains"} & set(part):
        yield "no empty array", {"minItems": 1}
