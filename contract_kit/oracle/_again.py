"""Two results of one program for one body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.oracle._bound import items_of
from contract_kit.oracle._plain import LEAF, leaf_kind
from contract_kit.oracle._steady import made_of
from contract_kit.oracle._times import instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.oracle._bound import Path
    from contract_kit.oracle._plain import Plain

__all__ = ["same_result", "unlike"]

_NEAR = 3_600
_RANDOM = 16
_DIGITS = 4
_STAMP = 1_000_000_000


def same_result(one: Plain, other: Plain, body: str = "", other_body: str | None = None) -> bool:
    """Whether two results are the same, as two runs of one program can be: clocks and random ids may differ.

    ``body`` is what was sent: a text that stands in it was made by no generator. ``other_body`` is another spelling
    of it, for which ``other`` came: what is made of the bytes as they are may differ, too.
    """
    if one is other or (type(one) is type(other) and one == other):
        return True
    if type(one) is dict and type(other) is dict:
        return one.keys() == other.keys() and all(
            same_result(item, other[key], body, other_body) for key, item in one.items()
        )
    first, second = items_of(one), items_of(other)
    if first is not None and second is not None:
        return len(first) == len(second) and all(
            same_result(a, b, body, other_body) for a, b in zip(first, second, strict=True)
        )
    if type(one) is not type(other):
        return False
    if other_body is not None and other_body != body:
        how = made_of(one, body)
        if how is not None and how == made_of(other, other_body):
            return True
    if isinstance(one, (int, float)) and not isinstance(one, bool):
        return bool(one > _STAMP and other > _STAMP and abs(one - other) < one / 1_000)
    return _same_stamp(one, other, body)


def unlike(one: Plain, other: Plain, path: Path = ()) -> Iterator[Path]:
    """The places at which two results of one program for one body differ all the same, topmost.

    >>> list(unlike({"at": 4.1, "of": ["x", 1]}, {"at": 4.2, "of": ["x", 2]}))
    [('at',), ('of', '1')]
    """
    if same_result(one, other):
        return
    if type(one) is dict and type(other) is dict and one.keys() == other.keys():
        for key, item in one.items():
            yield from unlike(item, other[key], (*path, key))
    elif type(one) is list and type(other) is list and len(one) == len(other):
        for index, (item, twin) in enumerate(zip(one, other, strict=True)):
            yield from unlike(item, twin, (*path, str(index)))
    else:
        yield path


def _same_stamp(one: Plain, other: Plain, body: str) -> bool:
    """Two texts or leaves that a clock or a random generator made."""
    first, second = (each[2] if type(each) is tuple and each[0] == LEAF else each for each in (one, other))
    if not isinstance(first, str) or not isinstance(second, str) or leaf_kind(one) != leaf_kind(other):
        return False
    if leaf_kind(one) == "uuid" or leaf_kind(one) == "opaque":
        return leaf_kind(one) == "uuid" and first not in body and second not in body
    before, after = instant(first), instant(second)
    if before is not None and after is not None:
        return abs(before.seconds - after.seconds) < _NEAR
    return len(first) == len(second) >= _RANDOM and all(
        _random(text) and text not in body for text in (first, second)
    )


def _random(text: str) -> bool:
    """Whether a text looks like one of a generator's: no blank, digits among letters."""
    digits = sum(letter.isdigit() for letter in text)
    return not any(letter.isspace() for letter in text) and digits >= _DIGITS
