"""Ways through the tree of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.model import Location

from ._document import Document
from ._node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.model import Constraint

__all__ = ["MOST_PLACES", "build_root", "children", "deepest", "locations", "nodes"]


def build_root(schema: Mapping[str, Any]) -> Node:
    """The root node of a self-contained draft 2020-12 schema with references under ``#``."""
    body = {key: value for key, value in schema.items() if key not in ("$defs", "$schema")}
    return Node(Document(schema), (body,), "", ())


MOST_PLACES = 8_000
"""Of a tree that is larger the upper levels are seen: schemas that name each other have no end that anybody reads."""


def locations(root: Node) -> tuple[Location, ...]:
    """Every place of the payload with its rules, parents first; recursive places are listed once.

    Branches of a choice share their places: the rules of all branches are listed there.
    """
    found: dict[str, dict[str, Constraint]] = {}
    for number, node in enumerate(nodes(root)):
        if number > MOST_PLACES and deepest(root) is None:
            root.memo["deepest"] = _deepest(root)
            return locations(root)
        rules = found.setdefault(node.pointer, {})
        for rule in node.constraints:
            rules.setdefault(rule.keyword, rule)
    return tuple(Location(pointer, tuple(rules.values())) for pointer, rules in found.items())


def deepest(root: Node) -> int | None:
    """The level down to which a tree is seen, ``None`` for one that is seen whole."""
    return root.memo.get("deepest")


def _deepest(root: Node) -> int:
    """The last level down to which a tree has no more than :data:`MOST_PLACES` nodes."""
    level, row, total = 0, [root], 1
    while row:
        below: list[Node] = []
        for node in row:
            below.extend(_below(node))
            if total + len(below) > MOST_PLACES:
                return level
        row, total, level = below, total + len(below), level + 1
    return level


def nodes(root: Node) -> Iterator[Node]:
    """Every node below ``root``, parents first, branches of choices after their node.

    A reference that is entered a second time on one way is listed and not walked into. Choices that stand
    side by side are walked one after the other: their branches are seen, and not every union of them.
    """
    last = deepest(root)
    stack = [(root, 0)]
    while stack:
        node, level = stack.pop()
        yield node
        if last is None or level < last:
            stack.extend((below, level + 1) for below in reversed(_below(node)))


def _below(node: Node) -> list[Node]:
    if node.impossible or node.recursions > 0:
        return []
    if not node.choices:
        return list(children(node))
    return [
        node.alone(number, branch)
        for number, choice in enumerate(node.choices)
        for branch in range(len(choice.branches))
    ]


def children(node: Node) -> Iterator[Node]:
    """The declared children of a node: properties, map values, patterns, prefix and items."""
    yield from node.properties.values()
    if node.values is not None:
        yield node.values
    yield from node.patterns.values()
    yield from node.prefix
    if node.items is not None:
        yield node.items
