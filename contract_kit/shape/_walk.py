"""Ways through the tree of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.model import Location

from ._document import Document
from ._node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.model import Constraint

__all__ = ["build_root", "children", "locations", "nodes"]


def build_root(schema: Mapping[str, Any]) -> Node:
    """The root node of a self-contained draft 2020-12 schema with references under ``#``."""
    body = {key: value for key, value in schema.items() if key not in ("$defs", "$schema")}
    return Node(Document(schema), (body,), "", ())


def locations(root: Node) -> tuple[Location, ...]:
    """Every place of the payload with its rules, parents first; recursive places are listed once.

    Branches of a choice share their places: the rules of all branches are listed there.
    """
    found: dict[str, dict[str, Constraint]] = {}
    for node in nodes(root):
        rules = found.setdefault(node.pointer, {})
        for rule in node.constraints:
            rules.setdefault(rule.keyword, rule)
    return tuple(Location(pointer, tuple(rules.values())) for pointer, rules in found.items())


def nodes(root: Node) -> Iterator[Node]:
    """Every node below ``root``, parents first, branches of choices after their node.

    A reference that is entered a second time on one way is listed and not walked into.
    """
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if node.impossible or node.recursions > 0:
            continue
        below = [
            *(
                node.pick(i, j)
                for i, choice in enumerate(node.choices[:1])
                for j in range(len(choice.branches))
            ),
            *(() if node.choices else children(node)),
        ]
        stack.extend(reversed(below))


def children(node: Node) -> Iterator[Node]:
    """The declared children of a node: properties, map values, patterns, prefix and items."""
    yield from node.properties.values()
    if node.values is not None:
        yield node.values
    yield from node.patterns.values()
    yield from node.prefix
    if node.items is not None:
        yield node.items
