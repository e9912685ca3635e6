"""What can be asked of one node alone: its validator, the opposites of its schemas, another value like one."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, compact
from contract_kit.schema import Validator

from ._negate import opposites

if TYPE_CHECKING:
    from contract_kit.shape import Node

__all__ = ["judge_of", "opposites_of", "told_apart"]

_MOST_OPPOSITES = 60


def judge_of(node: Node) -> Validator:
    """The compiled validator of one node; the last few hundred of a document are kept."""
    kept: OrderedDict[tuple[int, ...], tuple[Validator, Node]] = node.memo.setdefault("judges", OrderedDict())
    found = kept.get(node.identity)
    if found is None:
        # The node is kept beside it: its parts must live as long as the key that names them.
        found = kept[node.identity] = (Validator(node.schema), node)
        if len(kept) > _MOST_JUDGES:
            kept.popitem(last=False)
    else:
        kept.move_to_end(node.identity)
    return found[0]


_MOST_JUDGES = 200
"""A validator of a large document takes some thirty kilobytes, which Python's collector does not see."""


def told_apart(child: Node, value: Any, known: set[bytes]) -> Any:
    """An object with another text or number in it, so that it is none of ``known``; or ``MISSING``."""
    if not isinstance(value, dict):
        return MISSING
    judge = judge_of(child)
    for name, item in value.items():
        for number in range(
            1, 40 if isinstance(item, str | int | float) and not isinstance(item, bool) else 1
        ):
            other = {**value, name: f"{item}{number}" if isinstance(item, str) else item + number}
            if compact(other) not in known and judge.is_valid(other):
                return other
    return MISSING


def opposites_of(node: Node, schema: Any) -> list[Any]:
    """The opposites of a schema, made once a document: nodes are told apart by their parts."""
    key = ("opposites", id(schema))
    if key not in node.memo:
        node.memo[key] = (list(islice(opposites(schema, node.lookup), _MOST_OPPOSITES)), schema)
    return node.memo[key][0]  # type: ignore[no-any-return]
