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


_SPEAKS_OF: dict[str, tuple[str, ...]] = {
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "unevaluatedProperties",
    ),
    "array": (
        "items",
        "prefixItems",
        "contains",
        "minItems",
        "maxItems",
        "uniqueItems",
        "unevaluatedItems",
    ),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}
"""Keywords that are about one type: where no type is asked for, that one is meant."""


def types_in_order(node: Node) -> list[str]:
    """Allowed types, structure first and ``null`` last; an untyped node takes what its keywords speak of."""
    if node.typed:
        return [name for name in _ORDER if name in node.types]
    spoken = [
        name
        for name, keywords in _SPEAKS_OF.items()
        if any(keyword in part for part in node.parts for keyword in keywords)
    ]
    rest = [
        name for name in ("string", "integer", "boolean", "object", "array", "null") if name in node.types
    ]
    return [name for name in spoken if name in node.types or name == "number"] + [
        n for n in rest if n not in spoken
    ]


def branch_order(node: Node, *, shallow: bool = False) -> list[int]:
    """Branches of the first choice: those with structure first, ``null`` last, else document order.

    ``shallow`` puts those behind that must hold what they are part of once more: it ends what holds itself.
    """
    key = ("branch order", node.pointer, node.identity, node.settled, node.trail if shallow else None)
    if key not in node.memo:
        # The node is kept beside it: its parts must live as long as the key that names them.
        node.memo[key] = (_ordered(node, shallow=shallow), node)
    return node.memo[key][0]  # type: ignore[no-any-return]


def _ordered(node: Node, *, shallow: bool) -> list[int]:
    branches = node.choices[0].branches
    picked = [node.pick(0, number) for number in range(len(branches))]

    def rank(number: int) -> tuple[bool, bool, bool, int]:
        here = picked[number]
        deeper = shallow and not here.impossible and _goes_on(here, _LEVELS)
        return (here.impossible or not here.types, deeper, here.types == ("null",), number)

    return sorted(range(len(branches)), key=rank)


_LEVELS = 3
"""So far below a branch is looked for what holds itself."""


def _goes_on(node: Node, levels: int) -> bool:
    """Whether every value of a node holds, a few levels down, what the node is already part of."""
    if node.choices and levels:
        picked = [node.pick(0, number) for number in range(len(node.choices[0].branches))]
        return all(_goes_on(one, levels - 1) for one in picked if not one.impossible)
    below = [node.child(name) for name in node.required] if "object" in node.types else []
    if node.types == ("array",):
        below = [node.item(number) for number in range(min(node.keyword("minItems") or 0, _LEVELS))]
    return any(
        child.recursions > node.recursions or (levels > 0 and _goes_on(child, levels - 1)) for child in below
    )
