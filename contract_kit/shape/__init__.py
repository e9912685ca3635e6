"""A schema as a generator sees it: a lazy tree of nodes, references followed and ``allOf`` merged.

A :class:`Node` is a conjunction of plain schemas for one place of a payload. What a generator asks is
answered by it at once (which types, which bounds, which children); what is a choice (``anyOf``,
``oneOf``, ``if``) stays a :class:`Choice` until somebody picks a branch, which gives a new node. Children are
made when first asked for, so recursive schemas are endless trees that cost nothing until walked.
"""

from ._choices import Choice
from ._ecma import is_slow, matches, python_pattern, rewritten, tokens_in
from ._node import Node
from ._overlap import chosen_alone
from ._rules import AT_ODDS, FORMATS, TYPES, UNSENT, json_type
from ._walk import MOST_PLACES, build_root, children, deepest, locations, nodes

__all__ = [
    "AT_ODDS",
    "FORMATS",
    "MOST_PLACES",
    "TYPES",
    "UNSENT",
    "Choice",
    "Node",
    "build_root",
    "children",
    "chosen_alone",
    "deepest",
    "is_slow",
    "json_type",
    "locations",
    "matches",
    "nodes",
    "python_pattern",
    "rewritten",
    "tokens_in",
]
