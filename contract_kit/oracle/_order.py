"""Results that differ only in the order in which the keys of the body stood: nobody promises an order of keys.

A consumer that makes a list of tags of a map's entries, or writes a map into a column as JSON text, hands on their
order. That is no fault. One that takes declared fields by their position is wrong, and stays a finding.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import join, strict_loads
from contract_kit.oracle._bound import items_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.oracle._places import Places
    from contract_kit.oracle._plain import Plain

__all__ = ["entries_of", "same_in_any_order"]

_MOST = 2_000
"""Entries and moved items above which nothing is looked at."""
_SEVERAL = 2


def entries_of(body: bytes, places: Places) -> frozenset[str]:
    """The keys of all maps in a body, and the texts that they hold."""
    try:
        sent = strict_loads(body)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(text for text in _told(sent, "", places) if text)


def _told(value: Any, at: str, places: Places) -> Iterator[str]:
    if isinstance(value, dict):
        is_map = len(value) <= _MOST and places.is_map(at)
        for key, item in value.items():
            if is_map:
                yield key
                if isinstance(item, str):
                    yield item
            yield from _told(item, join(at, key), places)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _told(item, join(at, index), places)


def same_in_any_order(one: Plain, other: Plain, entries: frozenset[str]) -> bool:
    """Whether two results are equal but for the order of what tells of a map's entries.

    >>> same_in_any_order(["plan=gold", "seats=3"], ["seats=3", "plan=gold"], frozenset({"plan", "seats"}))
    True
    >>> same_in_any_order(["Ada", "ada@example.com"], ["ada@example.com", "Ada"], frozenset({"plan"}))
    False
    """
    if type(one) is not type(other):
        return False
    if one == other:
        return True
    if type(one) is dict and type(other) is dict:
        return one.keys() == other.keys() and all(
            same_in_any_order(item, other[key], entries) for key, item in one.items()
        )
    if isinstance(one, str) and isinstance(other, str):
        return _same_text(one, other, entries)
    first, second = items_of(one), items_of(other)
    if first is None or second is None or len(first) != len(second):
        return False
    moved = [pair for pair in zip(first, second, strict=True) if not same_in_any_order(*pair, entries)]
    if len(moved) > _MOST or not all(_tells(item, entries) for pair in moved for item in pair):
        return False
    return sorted(_key(pair[0]) for pair in moved) == sorted(_key(pair[1]) for pair in moved)


def _same_text(one: str, other: str, entries: frozenset[str]) -> bool:
    """Two texts of one JSON value, or of the same letters about several entries of a map."""
    if one[:1] in ("{", "[") and other[:1] == one[:1]:
        try:
            return bool(strict_loads(one.encode()) == strict_loads(other.encode()))
        except (ValueError, RecursionError):
            pass
    if len(one) != len(other) or sorted(one) != sorted(other):
        return False
    return sum(entry in one and entry in other for entry in entries) >= _SEVERAL


def _tells(item: Plain, entries: frozenset[str]) -> bool:
    if isinstance(item, str):
        return any(entry in item for entry in entries)
    inner = item.values() if type(item) is dict else items_of(item) or ()
    keys = item.keys() if type(item) is dict else ()
    return any(key in entries for key in keys) or any(_tells(part, entries) for part in inner)


def _key(item: Plain) -> str:
    return json.dumps(item, sort_keys=True, default=repr)
