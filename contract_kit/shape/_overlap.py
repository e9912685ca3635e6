"""``oneOf`` whose branches only a discriminator tells apart: by their own rules every sound body satisfies two.

Generators of documents write them so: a cat and a dog that share a ``pet`` of any text. By the letter of JSON
Schema hardly any body satisfies exactly one; everybody who reads the document chooses by the discriminator.
There it is a rule; elsewhere it stays what it is, a hint.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact

from ._choices import plain_parts, selected

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._choices import Schema

__all__ = ["chosen_alone"]

_UNDECIDED = ("anyOf", "oneOf", "not", "if", "dependentSchemas", "patternProperties", "minProperties")


def chosen_alone(schema: Any, lookup: Callable[[str], Any], notes: list[str]) -> Any:
    """``schema`` with such discriminators as rules, a note for each; the very same object where it has none."""
    if isinstance(schema, list):
        made = [chosen_alone(item, lookup, notes) for item in schema]
        return schema if all(new is old for new, old in zip(made, schema, strict=True)) else made
    if not isinstance(schema, dict):
        return schema
    found = {
        name: value if name in _DATA else chosen_alone(value, lookup, notes) for name, value in schema.items()
    }
    told = schema.get("discriminator")
    if isinstance(told, dict) and _overlap(schema.get("oneOf"), lookup):
        found["oneOf"] = [selected(branch, told, lookup) for branch in schema["oneOf"]]
        names = ", ".join(str(ref).rpartition("/")[2] for ref in dict.fromkeys(told["mapping"].values()))
        notes.append(
            f"only {told['propertyName']!r} tells the branches of a oneOf apart ({names}): it is taken as a rule"
        )
    return schema if all(found[name] is value for name, value in schema.items()) else found


_DATA = frozenset(["enum", "const", "default", "examples", "discriminator"])


def _overlap(branches: Any, lookup: Callable[[str], Any]) -> bool:
    if not isinstance(branches, list):
        return False
    known = [_Branch.of(branch, lookup) for branch in branches]
    return any(one and other and one.fits(other) for one, other in permutations(known, 2))


@dataclass(frozen=True, slots=True)
class _Branch:
    """What a branch says of an object; ``None`` stands for one that says more than is looked at."""

    properties: dict[str, list[Schema]]
    required: frozenset[str]
    closed: bool

    @classmethod
    def of(cls, branch: Any, lookup: Callable[[str], Any]) -> _Branch | None:
        parts = list(plain_parts(branch, lookup))
        if any(part.get("type", "object") != "object" or part.keys() & set(_UNDECIDED) for part in parts):
            return None
        properties: dict[str, list[Schema]] = {}
        for part in parts:
            for name, rule in part.get("properties", {}).items():
                properties.setdefault(name, []).extend(plain_parts(rule, lookup))
        return cls(
            properties,
            frozenset(name for part in parts for name in part.get("required", ())),
            any(part.get("additionalProperties", True) is not True for part in parts)
            or any("unevaluatedProperties" in part for part in parts),
        )

    def fits(self, other: _Branch) -> bool:
        """Whether a full body of this branch satisfies the other one, too, as far as can be seen."""
        own, theirs = self.properties.keys(), other.properties.keys()
        if not other.required <= own or (other.closed and not own <= theirs):
            return False
        return not any(_apart(self.properties[n], other.properties[n]) for n in own & theirs)


def _apart(rules: list[Schema], others: list[Schema]) -> bool:
    """Whether no value satisfies both, by its type or by the values that are listed."""
    for read in (_types, _members):
        one, other = read(rules), read(others)
        if one is not None and other is not None and not one & other:
            return True
    return False


def _types(rules: list[Schema]) -> set[str] | None:
    named = [rule["type"] for rule in rules if "type" in rule]
    return {name for item in named for name in ([item] if isinstance(item, str) else item)} or None


def _members(rules: list[Schema]) -> set[bytes] | None:
    for rule in rules:
        members = [rule["const"]] if "const" in rule else rule.get("enum")
        if members is not None:
            return {compact(member) for member in members}
    return None
