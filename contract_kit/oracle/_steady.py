"""What in a result is the consumer's own affair from call to call: counters, and what is made of the whole body.

Such places are no part of the comparison of two results for one value: a number that grows by one with each call
keeps no body in mind, and the bytes that came, their size or their digest follow the spelling and not the value.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from itertools import pairwise
from typing import TYPE_CHECKING

from contract_kit.oracle._bound import items_of
from contract_kit.oracle._plain import LEAF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.oracle._bound import Path
    from contract_kit.oracle._plain import Plain

__all__ = ["counters", "made_of", "without"]

_LEAST_CALLS, _MANY_CALLS = 3, 5
_COUNTED = re.compile(r"(?s)(.*?)(\d{1,18})")
_DIGESTS = {
    32: ("md5",),
    40: ("sha1",),
    64: ("sha256", "blake2s"),
    96: ("sha384",),
    128: ("sha512", "blake2b"),
}
"""By the letters of the hexadecimal form."""
_COUNTER = (LEAF, "opaque", "a counter")


def counters(values: Sequence[Plain]) -> frozenset[Path]:
    """The places at which a number, or the one that ends a text, grew by one with each of the results in turn.

    So are keys of a database that all grow from each of many results to the next, the items of a list (``*``)
    among themselves as they like.

    >>> counters([{"n": 4, "of": 3}, {"n": 5, "of": 3}, {"n": 6, "of": 3}])
    frozenset({('n',)})
    """
    if len(values) < _LEAST_CALLS:
        return frozenset()
    counted = frozenset(path for path, first in _leaves((), values[0]) if _grows(path, first, values[1:]))
    return counted | _serials(values) if len(values) >= _MANY_CALLS else counted


def _serials(values: Sequence[Plain]) -> frozenset[Path]:
    """The places, with ``*`` for items, whose numbers are all greater than those of the result before."""
    rows: list[dict[Path, list[tuple[str, int]]]] = []
    for value in values:
        row: dict[Path, list[tuple[str, int]]] = {}
        for path, leaf in _leaves((), value, star=True):
            count = _count(leaf)
            if count is not None:
                row.setdefault(path, []).append(count)
        rows.append(row)
    return frozenset(
        path
        for path in rows[0]
        if all(path in row for row in rows)
        and len({head for row in rows for head, _ in row[path]}) == 1
        and all(
            max(number for _, number in one[path]) < min(number for _, number in two[path])
            for one, two in pairwise(rows)
        )
    )


def _leaves(path: Path, value: Plain, *, star: bool = False) -> Iterator[tuple[Path, Plain]]:
    items = items_of(value)
    if type(value) is dict:
        for key, item in value.items():
            yield from _leaves((*path, key), item, star=star)
    elif items is not None:
        for index, item in enumerate(items):
            yield from _leaves((*path, "*" if star else str(index)), item, star=star)
    elif _count(value) is not None:
        yield path, value


def _count(value: Plain) -> tuple[str, int] | None:
    """What stands before the number, and the number."""
    if type(value) is int:
        return "", value
    found = _COUNTED.fullmatch(value) if type(value) is str else None
    return (found[1], int(found[2])) if found else None


def _grows(path: Path, first: Plain, later: Sequence[Plain]) -> bool:
    before = _count(first)
    for value in later:
        now = _count(_at(value, path))
        if now is None or before is None or (now[0], now[1] - 1) != before:
            return False
        before = now
    return True


def _at(value: Plain, path: Path) -> Plain:
    for part in path:
        items = items_of(value)
        if type(value) is dict:
            value = value.get(part)
        elif items is not None and part.isdecimal() and int(part) < len(items):
            value = items[int(part)]
        else:
            return None
    return value


def without(value: Plain, paths: frozenset[Path]) -> Plain:
    """``value`` with its counters taken out."""
    if not paths:
        return value
    if () in paths:
        return _COUNTER
    below: dict[str, set[Path]] = {}
    for path in paths:
        below.setdefault(path[0], set()).add(path[1:])
    if type(value) is dict:
        return {key: without(item, frozenset(below.get(key, ()))) for key, item in value.items()}
    if type(value) is list:
        every = below.get("*", set())
        return [without(item, frozenset(below.get(str(at), set()) | every)) for at, item in enumerate(value)]
    return value


def made_of(value: Plain, body: str) -> str | None:
    """What of the whole body a value is: ``"itself"``, ``"size"``, a digest's name; ``None`` for none of them."""
    if type(value) is int:
        return "size" if value in (len(body), len(body.encode("utf-8", "surrogateescape"))) else None
    text = value[2] if type(value) is tuple and value[0] == LEAF and value[1] in ("bytes", "text") else value
    if not isinstance(text, str):
        return None
    if text == body:
        return "itself"
    return next((name for name, digest in _digests(len(text), body) if text.lower() == digest.lower()), None)


def _digests(size: int, body: str) -> Iterator[tuple[str, str]]:
    """The digests that have so many letters, in hexadecimal and base64."""
    raw = body.encode("utf-8", "surrogateescape")
    for letters, names in _DIGESTS.items():
        for name in names:
            if size == letters:
                yield name, hashlib.new(name, raw, usedforsecurity=False).hexdigest()
            elif size == -(-letters // 2 // 3) * 4:
                yield name, b64encode(hashlib.new(name, raw, usedforsecurity=False).digest()).decode()
