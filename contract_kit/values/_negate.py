"""The opposite of a schema, as schemas that a value can be built for.

``not S`` says nothing that a builder could follow. Here it is turned into alternatives: each says how one
keyword of ``S`` may be broken. What has no such form (``pattern``, ``enum``) stays a ``not`` around that one
keyword, and whoever builds checks it afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.shape import TYPES, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["opposites"]

_TYPE_OF = {
    **dict.fromkeys(("pattern", "format", "minLength", "maxLength"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
    **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "unevaluatedItems"), "array"),
    **dict.fromkeys(("minProperties", "maxProperties", "unevaluatedProperties"), "object"),
}
_NAMES = ("unknown_property", "X", "!?", "7", "a" * 70, "")
_DEEPEST = 6


def opposites(schema: Any, lookup: Callable[[str], Any], depth: int = 0) -> Iterator[Any]:
    """Schemas each of whose values breaks ``schema``, plainest first.

    ``lookup`` gives the schema of a reference.

    >>> list(opposites({"maxLength": 3}, dict.get))
    [{'type': 'string', 'minLength': 4}]
    """
    if schema is False:
        yield True
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return
    for keyword, value in schema.items():
        yield from _broken(keyword, value, schema, lookup, depth)


def _broken(keyword: str, value: Any, schema: dict[str, Any], lookup: Any, depth: int) -> Iterator[Any]:
    if keyword == "$ref":
        yield from opposites(lookup(value), lookup, depth + 1)
    elif keyword == "type":
        named = {value} if isinstance(value, str) else set(value)
        for name in TYPES:
            if name not in named and not (name == "integer" and "number" in named):
                yield {"type": name}
    elif keyword in ("enum", "const"):
        yield {"not": {keyword: value}}
    elif keyword in _BOUNDS:
        yield from _BOUNDS[keyword](value)
    elif keyword in _TYPE_OF:
        rule = {k: v for k, v in schema.items() if k == keyword or k in _BESIDE.get(keyword, ())}
        yield {"type": _TYPE_OF[keyword], "not": rule}
    elif keyword in _OBJECTS:
        yield from _OBJECTS[keyword](value, schema, lookup, depth)
    elif keyword in _ARRAYS:
        yield from _ARRAYS[keyword](value, schema, lookup, depth)
    elif keyword in _LOGIC:
        yield from _LOGIC[keyword](value, schema, lookup, depth)


_BESIDE = {
    "unevaluatedItems": ("prefixItems", "items", "contains", "allOf", "anyOf", "oneOf", "if", "then", "else", "$ref"),
    "unevaluatedProperties": (
        "properties", "patternProperties", "additionalProperties", "allOf", "anyOf", "oneOf", "if", "then", "else", "$ref",
    ),
}  # fmt: skip


def _above_zero(keyword: str, kind: str, limit: int) -> Iterator[Any]:
    if limit >= 0:
        yield {"type": kind, keyword: limit}


_BOUNDS: dict[str, Callable[[Any], Iterator[Any]]] = {
    "minLength": lambda n: _above_zero("maxLength", "string", n - 1),
    "maxLength": lambda n: _above_zero("minLength", "string", n + 1),
    "minItems": lambda n: _above_zero("maxItems", "array", n - 1),
    "maxItems": lambda n: _above_zero("minItems", "array", n + 1),
    "minProperties": lambda n: _above_zero("maxProperties", "object", n - 1),
    "maxProperties": lambda n: _above_zero("minProperties", "object", n + 1),
    "minimum": lambda n: iter([{"type": "number", "exclusiveMaximum": n}]),
    "maximum": lambda n: iter([{"type": "number", "exclusiveMinimum": n}]),
    "exclusiveMinimum": lambda n: iter([{"type": "number", "maximum": n}]),
    "exclusiveMaximum": lambda n: iter([{"type": "number", "minimum": n}]),
}


# -- objects and arrays -----------------------------------------------------------------------


def _required(value: Any, *_: Any) -> Iterator[Any]:
    for name in value:
        yield {"type": "object", "properties": {name: False}}


def _properties(value: Any, _schema: Any, lookup: Any, depth: int) -> Iterator[Any]:
    for name, schema in value.items():
        for other in opposites(schema, lookup, depth + 1):
            yield {"type": "object", "required": [name], "properties": {name: other}}


def _additional(value: Any, schema: Any, lookup: Any, depth: int) -> Iterator[Any]:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    name = next((n for n in _NAMES if n not in known and not any(matches(p, n) for p in patterns)), None)
    if name is not None:
        yield from _properties({name: value}, schema, lookup, depth)


def _patterns(value: Any, _schema: Any, lookup: Any, depth: int) -> Iterator[Any]:
    from ._regex import matching

    for pattern, schema in value.items():
        name = matching(pattern)
        if name is not None:
            yield from _properties({name: schema}, None, lookup, depth)


def _names(value: Any, *_: Any) -> Iterator[Any]:
    for name in _NAMES:
        yield {"type": "object", "required": [name], "not": {"propertyNames": value}}


def _dependent(value: Any, _schema: Any, lookup: Any, depth: int) -> Iterator[Any]:
    for trigger, more in value.items():
        others = _required(more) if isinstance(more, list) else opposites(more, lookup, depth + 1)
        for other in others:
            yield {"allOf": [{"type": "object", "required": [trigger]}, other]}


def _items(value: Any, schema: Any, *_: Any) -> Iterator[Any]:
    first = len(schema.get("prefixItems", ()))
    if not first:
        yield {"type": "array", "minItems": 1, "items": {"not": value}}
    else:
        yield {"type": "array", "minItems": first + 1, "not": {"prefixItems": [True] * first, "items": value}}


def _prefix(value: Any, _schema: Any, lookup: Any, depth: int) -> Iterator[Any]:
    for index, schema in enumerate(value):
        for other in opposites(schema, lookup, depth + 1):
            yield {"type": "array", "minItems": index + 1, "prefixItems": [*([True] * index), other]}


def _contains(value: Any, schema: Any, *_: Any) -> Iterator[Any]:
    if schema.get("minContains", 1):
        yield {"type": "array", "items": {"not": value}}
    if "maxContains" in schema:
        yield {"type": "array", "minItems": schema["maxContains"] + 1, "items": value}


_OBJECTS: dict[str, Callable[..., Iterator[Any]]] = {
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "patternProperties": _patterns,
    "propertyNames": _names,
    "dependentRequired": _dependent,
    "dependentSchemas": _dependent,
}
_ARRAYS: dict[str, Callable[..., Iterator[Any]]] = {
    "items": _items,
    "prefixItems": _prefix,
    "contains": _contains,
}


# -- logic ------------------------------------------------------------------------------------


def _not(value: Any, *_: Any) -> Iterator[Any]:
    yield value


def _all_of(value: Any, _schema: Any, lookup: Any, depth: int) -> Iterator[Any]:
    for schema in value:
        yield from opposites(schema, lookup, depth + 1)


def _any_of(value: Any, *_: Any) -> Iterator[Any]:
    yield {"allOf": [{"not": schema} for schema in value]}


def _one_of(value: Any, *_: Any) -> Iterator[Any]:
    yield {"allOf": [{"not": schema} for schema in value]}
    for number, one in enumerate(value[:8]):
        for other in value[number + 1 : 8]:
            yield {"allOf": [one, other]}


def _if(value: Any, schema: Any, *_: Any) -> Iterator[Any]:
    if "then" in schema:
        yield {"allOf": [value, {"not": schema["then"]}]}
    if "else" in schema:
        yield {"allOf": [{"not": value}, {"not": schema["else"]}]}


_LOGIC: dict[str, Callable[..., Iterator[Any]]] = {
    "not": _not,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "if": _if,
}
