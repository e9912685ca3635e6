"""In which order a builder tries things, and small questions that it asks on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.shape import Node

__all__ = ["CHECKED", "branch_order", "needs_check", "room", "types_in_order", "without"]

_ORDER = ("object", "array", "string", "integer", "number", "boolean", "null")


def without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key != name}


CHECKED = (
    "not",
    "pattern",
    "propertyNames",
    "contains",
    "maxContains",
    "minContains",
    "uniqueItems",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "format",
    "multipleOf",
)


def needs_check(node: Node) -> bool:
    return any(name in part for part in node.parts for name in CHECKED)


def room(value: Mapping[str, Any], required: set[str], most: int | None) -> bool:
    """Whether one more optional property fits under ``maxProperties``."""
    return most is None or len(value) + len(required - set(value)) < most


def types_in_order(node: Node) -> list[str]:
    """Allowed types, structure first and ``null`` last; an untyped node takes what its keywords speak of."""
    if node.typed:
        return [name for name in _ORDER if name in node.types]
    spoken = []
    if node.properties or node.required or node.values or node.patterns:
        spoken.append("object")
    if node.items or node.prefix or node.contains:
        spoken.append("array")
    if any(
        node.keyword(k) is not None
        for k in ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")
    ):
        spoken.append("number")
    rest = [
        name for name in ("string", "integer", "boolean", "object", "array", "null") if name in node.types
    ]
    return [name for name in spoken if name in node.types or name == "number"] + [
        n for n in rest if n not in spoken
    ]


def branch_order(node: Node) -> list[int]:
    """Branches of the first choice: those with structure first, ``null`` last, else document order."""
    branches = node.choices[0].branches
    picked = [node.pick(0, number) for number in range(len(branches))]

    def rank(number: int) -> tuple[bool, bool, int]:
        here = picked[number]
        return (here.impossible or not here.types, here.types == ("null",), number)

    return sorted(range(len(branches)), key=rank)
