"""What a schema leaves open: ``anyOf``, ``oneOf``, ``if``, ``dependentSchemas`` and lists of types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._ecma import matches
from ._rules import ASSUMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Choice", "Schema", "choices_of", "discriminated", "plain_parts", "selected"]

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """An open choice at a node: one of ``branches`` (each a schema) must hold besides the rest."""

    keyword: str
    branches: tuple[Any, ...]
    discriminator: Mapping[str, Any] | None = None


def choices_of(schema: Schema, lookup: Callable[[str], Any]) -> Iterator[Choice]:
    """The choices of one plain schema: each branch says all that holds when it is picked."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            told = schema.get("discriminator")
            branches = [selected(branch, told, lookup) if told else branch for branch in schema[keyword]]
            # A choice that nobody wrote as a rule (a condition's) is told apart by its name.
            yield Choice(keyword if ASSUMED not in schema else "assumed", tuple(branches), told)
    if "if" in schema and ("then" in schema or "else" in schema):
        test = schema["if"]
        yield Choice(
            "if",
            (
                {"allOf": [_assumed(test), schema.get("then", True)]},
                {"allOf": [_assumed({"not": test}), schema.get("else", True)]},
            ),
        )
    for trigger, more in schema.get("dependentSchemas", {}).items():
        test = {"required": [trigger]}
        yield Choice("dependentSchemas", ({"allOf": [_assumed(test), more]}, _assumed({"not": test})))
    named = schema.get("type")
    if isinstance(named, list) and len([name for name in named if name != "null"]) > 1:
        yield Choice("type", tuple({"type": name, ASSUMED: True} for name in named))


def _assumed(schema: Any) -> Any:
    """A copy of a condition whose rules are marked: they hold in the branch, and breaking them is no fault."""
    if not isinstance(schema, dict):
        return schema
    marked: Schema = {}
    for name, value in schema.items():
        if name in ("properties", "patternProperties", "dependentSchemas"):
            marked[name] = {key: _assumed(item) for key, item in value.items()}
        elif name in ("allOf", "anyOf", "oneOf", "prefixItems"):
            marked[name] = [_assumed(item) for item in value]
        elif isinstance(value, dict) and name not in ("const", "dependentRequired", "discriminator"):
            marked[name] = _assumed(value)
        else:
            marked[name] = value
    return {**marked, ASSUMED: True}


# -- discriminators ---------------------------------------------------------------------------


def selected(branch: Any, told: Mapping[str, Any], lookup: Callable[[str], Any]) -> Any:
    """A branch with the values of the discriminator that select it, where it leaves others open.

    Consumers choose the branch by that property, and plain JSON Schema does not: generated bodies must say
    the right one, and a body that says another is still no breach of the document. Mappings that disagree
    with the branch's own ``enum`` are left alone.
    """
    ref = branch.get("$ref") if isinstance(branch, dict) else None
    values = [value for value, target in told.get("mapping", {}).items() if target == ref]
    key = told.get("propertyName")
    if not values or not isinstance(key, str):
        return branch
    rules = list(_asked(branch, key, lookup, set()))
    allowed = values
    for rule in rules:
        named = rule.get("type", "string")
        if "string" not in ([named] if isinstance(named, str) else named) or rule.keys() & _OPEN:
            return branch
        listed = [rule["const"]] if "const" in rule else rule.get("enum")
        if listed is not None and all(member in values for member in listed):
            return branch
        allowed = [value for value in allowed if (listed is None or value in listed) and _fits(value, rule)]
    if not allowed or not rules:
        return branch
    said = {"properties": {key: {"enum": allowed, ASSUMED: True}}, "required": [key], ASSUMED: True}
    return {"allOf": [branch, said]}


_OPEN = frozenset({"anyOf", "oneOf", "not", "if", "format"})


def _fits(text: str, rule: Schema) -> bool:
    longest = rule.get("maxLength")
    return rule.get("minLength", 0) <= len(text) <= (len(text) if longest is None else longest) and (
        "pattern" not in rule or matches(rule["pattern"], text)
    )


def _asked(schema: Any, key: str, lookup: Callable[[str], Any], seen: set[str]) -> Iterator[Schema]:
    """All plain schemas of the property ``key`` in a branch, references and ``allOf`` followed."""
    for part in _flat(schema, lookup, seen):
        yield from _flat(part.get("properties", {}).get(key, True), lookup, set())


def plain_parts(schema: Any, lookup: Callable[[str], Any]) -> Iterator[Schema]:
    """All plain schemas that hold where ``schema`` does: itself, its references and its ``allOf``."""
    yield from _flat(schema, lookup, set())


def _flat(schema: Any, lookup: Callable[[str], Any], seen: set[str]) -> Iterator[Schema]:
    if not isinstance(schema, dict):
        return
    ref = schema.get("$ref")
    if ref is not None and ref not in seen:
        seen.add(ref)
        yield from _flat(lookup(ref), lookup, seen)
    for item in schema.get("allOf", ()):
        yield from _flat(item, lookup, seen)
    yield schema


def discriminated(schema: Any, lookup: Callable[[str], Any]) -> Any:
    """``schema`` with every discriminator as a rule; the very same object where it has none that adds one."""
    if isinstance(schema, list):
        made = [discriminated(item, lookup) for item in schema]
        return schema if all(new is old for new, old in zip(made, schema, strict=True)) else made
    if not isinstance(schema, dict):
        return schema
    told = schema.get("discriminator")
    found = {}
    for name, value in schema.items():
        if name in ("enum", "const", "default", "examples", "discriminator"):
            found[name] = value
            continue
        part = discriminated(value, lookup)
        if name in ("anyOf", "oneOf") and isinstance(told, dict) and isinstance(part, list):
            picked = [selected(branch, told, lookup) for branch in part]
            part = part if all(new is old for new, old in zip(picked, part, strict=True)) else picked
        found[name] = part
    return schema if all(found[name] is value for name, value in schema.items()) else found
