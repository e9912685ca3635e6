"""Names for the entries of maps, and for properties that nobody declared."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ._judge import judge_of
from ._regex import matching
from ._scalar import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.shape import Node

__all__ = ["entry_names", "spare_names"]

_KEYS = ("plan_tier", "region", "source", "team", "channel", "cohort")
_LETTERS = "bcdefghijklmnopqrstuvwxyz0123456789"
_SPARE = 8
"""Lengths of names that are tried beyond those that are needed."""


def entry_names(node: Node, entries: int) -> list[str]:
    """Names for ``entries`` of a map that satisfy ``propertyNames``; there may be more, or fewer."""
    names = node.names
    if names is None:
        return list(_KEYS)
    judge = judge_of(names)
    keys = [key for key in _KEYS if judge.is_valid(key)]
    keys.extend(str(m) for m in names.enum or () if isinstance(m, str))
    if not keys and names.types:
        keys.extend(str(fit(names, "string", None, variant=i)) for i in range(entries))
    wanted = max(entries, node.keyword("minProperties") or 0)
    if len(set(keys)) < wanted and names.enum is None:
        other = (
            key[:n] + letter + key[n + 1 :]
            for key in keys[:1]
            for n in range(len(key))
            for letter in _LETTERS
        )
        keys.extend(islice((key for key in other if judge.is_valid(key)), wanted))
    return list(dict.fromkeys(keys))


def spare_names(node: Node, least: int, entries: int) -> Iterator[str]:
    """Names of undeclared properties for an object that must have ``least``; few where it is closed."""
    if not node.closed:
        keys = entry_names(node, entries)
        yield from (*keys, *(f"key_{n}" for n in range(len(keys), least + len(_KEYS) + 1)))
    tries = range(1, least + _SPARE)
    made = (matching(pattern, least=size, search=False) for size in tries for pattern in node.patterns)
    names = None if node.names is None else judge_of(node.names)
    yield from (key for key in made if key is not None and (names is None or names.is_valid(key)))
