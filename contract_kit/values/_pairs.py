"""Covering arrays: few rows in which every pair (or triple) of the factors' values occurs together.

Greedy, one row after the other. What makes it fast is the bookkeeping: the values of all factors stand in
one row of counters, packed into one integer. For each value an integer says which others it has not met
yet; the sum of those of a half-made row says for every further value at once how many new pairs it would
bring. Nothing depends on the machine or on Python's own random numbers.
"""

from __future__ import annotations

import struct
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import TYPE_CHECKING

from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

__all__ = ["MOOT", "count_covered", "covering"]

MOOT = -1
"""The value of a factor in a row where it has none: what it needs is not there."""

_LETTERS = {1: "B", 2: "H", 4: "I"}


def covering(
    factors: Sequence[int],
    strength: int = 2,
    *,
    seed: int = 0,
    needs: Mapping[int, tuple[int, Collection[int]]] | None = None,
    first: Sequence[Collection[int]] | None = None,
) -> list[tuple[int, ...]]:
    """Rows in which every ``strength`` values of different factors that can occur together do so once.

    ``factors`` are the numbers of values of each factor; a row has one value a factor, from 0. ``strength``
    is 2 or 3. ``needs`` maps a factor to ``(parent, values)``: it has a value only in rows where its parent
    has one of ``values``, and is ``MOOT`` in the others. ``first`` are, by factor, the values that the first
    rows keep to: all that these can do with each other is covered before another value is used.

    The same arguments give the same rows everywhere. Raises ``UsageError`` for a factor without values, a
    strength that is neither 2 nor 3, and needs that go round in a circle.

    >>> covering([2, 2, 2])
    [(0, 0, 0), (1, 1, 1), (0, 1, 1), (1, 1, 0), (1, 0, 1)]
    """
    array = _Array(factors, strength, needs or {}, seed)
    if first is not None:
        if len(first) != len(factors) or not all(first):
            raise UsageError("the first rows need a value of every factor")
        array.fill([sorted(set(values)) for values in first])
    array.fill([range(size) for size in factors])
    return array.rows


def count_covered(
    factors: Sequence[int],
    rows: Iterable[Sequence[int]],
    strength: int = 2,
    *,
    needs: Mapping[int, tuple[int, Collection[int]]] | None = None,
) -> tuple[int, int]:
    """How many combinations of ``strength`` values can occur together, and how many occur in ``rows``."""
    array = _Array(factors, strength, needs or {}, 0)
    total = array.remaining()
    for row in rows:
        array.strike([array.first[f] + value for f, value in enumerate(row) if value != MOOT])
    return total, total - array.remaining()


class _Array:
    """The rows that are made so far, and what is not covered yet.

    An *item* is one value of one factor, numbered through all factors. ``open`` maps a key (an item, or a
    pair of them for strength 3) to the items that it has not met, one counter's lowest bit each.
    """

    def __init__(
        self,
        factors: Sequence[int],
        strength: int,
        needs: Mapping[int, tuple[int, Collection[int]]],
        seed: int,
    ) -> None:
        if strength not in (2, 3):
            raise UsageError(f"a covering array has strength 2 or 3, not {strength!r}")
        if any(size < 1 for size in factors):
            raise UsageError(f"every factor needs a value: {list(factors)!r}")
        self.sizes = list(factors)
        self.strength = strength
        self.chains = [_chain(f, needs) for f in range(len(factors))]
        self.killers: list[set[int]] = [set() for _ in factors]
        """By factor, the values with which some other factor has none."""
        for chain in self.chains:
            for parent, values in chain.items():
                self.killers[parent].update(set(range(factors[parent])) - values)
        self.first: list[int] = []
        self.owner: list[int] = []
        for f, size in enumerate(factors):
            self.first.append(len(self.owner))
            self.owner.extend([f] * size)
        most = len(factors) if strength == 2 else len(factors) ** 2 // 2
        self.width = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
        self.unit = [1 << (8 * self.width * item) for item in range(len(self.owner))]
        self.ones = {size: sum(self.unit[:size]) for size in set(factors)}
        """The items of a factor of so many values, were it the first."""
        self.rows: list[tuple[int, ...]] = []
        self.open = self._everything()
        self._state = (seed * 2_654_435_761 + 12_345) & 0x7FFFFFFF

    # -- what can occur together --------------------------------------------------------------

    def _everything(self) -> dict[int, int]:
        beside = [self._beside(item) for item in range(len(self.owner))]
        if self.strength == 2:
            return dict(enumerate(beside))
        total = len(self.owner)
        return {
            a * total + b: beside[a] & beside[b]
            for a in range(total)
            for b in range(a + 1, total)
            if beside[a] & self.unit[b]
        }

    def _beside(self, item: int) -> int:
        """The items of other factors that can stand in one row with ``item``."""
        mine, value = self.owner[item], item - self.first[self.owner[item]]
        wanted = {**self.chains[mine], mine: frozenset([value])}
        found = 0
        for f, size in enumerate(self.sizes):
            chain = self.chains[f]
            if f == mine or any(p in wanted and not (wanted[p] & chain[p]) for p in chain):
                continue
            start = self.first[f]
            if f in wanted:
                found |= sum(self.unit[start + v] for v in wanted[f])
            else:
                found |= self.ones[size] << (8 * self.width * start)
        return found

    def remaining(self) -> int:
        """How many combinations are not covered yet; each stands at each of its keys."""
        return sum(left.bit_count() for left in self.open.values()) // self.strength

    # -- rows ---------------------------------------------------------------------------------

    def fill(self, usable: Sequence[Sequence[int]]) -> None:
        """Add rows of usable values until all that these can do together is covered."""
        usable = [
            values if all(chain[p].intersection(usable[p]) for p in chain) else ()
            for values, chain in zip(usable, self.chains, strict=True)
        ]
        mask = sum(self.unit[self.first[f] + v] for f, values in enumerate(usable) for v in values)
        order = sorted(range(len(self.sizes)), key=lambda f: -len(usable[f]))
        waiting = [
            (-left, key)
            for key, some in self.open.items()
            if self._within(key, mask) and (left := (some & mask).bit_count())
        ]
        heapify(waiting)
        while waiting:
            promised, key = heappop(waiting)
            left = (self.open[key] & mask).bit_count()
            if not left:
                continue
            if left == -promised:
                self._add(key, usable, order, mask)
                left = (self.open[key] & mask).bit_count()
            if left:
                heappush(waiting, (-left, key))

    def _within(self, key: int, mask: int) -> bool:
        return all(self.unit[item] & mask for item in self._items(key))

    def _items(self, key: int) -> tuple[int, ...]:
        return (key,) if self.strength == 2 else divmod(key, len(self.owner))

    def _add(self, key: int, usable: Sequence[Sequence[int]], order: Sequence[int], mask: int) -> None:
        """One row that holds ``key`` and covers something new with it; or what it cannot cover is struck."""
        shuffled = sorted(order, key=lambda f: (-len(usable[f]), self.random()))
        row = _Row(self, usable)
        for item in self._items(key):
            row.place(item)
        row.complete(shuffled)
        if not row.gain:
            # What the others took has shut out the last partners of the key: one of them goes first.
            partner = ((self.open[key] & mask) & -(self.open[key] & mask)).bit_length() // (8 * self.width)
            row = _Row(self, usable)
            for item in (*self._items(key), partner):
                if not row.fits(item):
                    self.strike([*self._items(key), partner])
                    return
                row.place(item)
            row.complete(shuffled)
        self.strike(row.items)
        self.rows.append(tuple(row.values))

    def strike(self, items: Sequence[int]) -> None:
        """All combinations of ``items`` are covered."""
        met = 0
        for item in items:
            met |= self.unit[item]
        keep = ~met
        for key in self._keys(sorted(items)):
            if key in self.open:
                self.open[key] &= keep

    def _keys(self, items: Sequence[int]) -> Iterator[int]:
        if self.strength == 2:
            yield from items
            return
        total = len(self.owner)
        for a, b in combinations(items, 2):
            yield a * total + b

    def keys_with(self, items: Sequence[int], new: int) -> Iterator[int]:
        """The keys that a row gets when ``new`` joins ``items``."""
        if self.strength == 2:
            yield new
            return
        total = len(self.owner)
        for item in items:
            yield item * total + new if item < new else new * total + item

    def random(self) -> int:
        """A linear congruential generator: the same numbers on every machine and in every Python."""
        self._state = (self._state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        return self._state >> 8


class _Row:
    """A row in the making. ``sums`` holds for every item how many new combinations it would bring."""

    __slots__ = ("allowed", "array", "gain", "items", "sums", "usable", "values")

    def __init__(self, array: _Array, usable: Sequence[Sequence[int]]) -> None:
        self.array = array
        self.usable = usable
        self.values: list[int] = [MOOT] * len(array.sizes)
        self.items: list[int] = []
        self.allowed: dict[int, frozenset[int]] = {}
        self.sums = 0
        self.gain = 0

    def fits(self, item: int) -> bool:
        """Whether an item's factor is still free for it, and all that it needs can still be."""
        f = self.array.owner[item]
        value = item - self.array.first[f]
        if self.values[f] != MOOT or (f in self.allowed and value not in self.allowed[f]):
            return False
        return self._alive(f)

    def _alive(self, factor: int) -> bool:
        for parent, values in self.array.chains[factor].items():
            here = self.values[parent]
            if here != MOOT and here not in values:
                return False
            if parent in self.allowed and not (self.allowed[parent] & values):
                return False
        return True

    def place(self, item: int, worth: int = 0) -> None:
        """Take an item; what it needs is promised."""
        array = self.array
        f = array.owner[item]
        self.values[f] = item - array.first[f]
        for parent, values in array.chains[f].items():
            self.allowed[parent] = self.allowed.get(parent, values) & values
        for key in array.keys_with(self.items, item):
            self.sums += array.open.get(key, 0)
        self.items.append(item)
        self.gain += worth

    def complete(self, order: Sequence[int]) -> None:
        """Give every factor that can have one the value that brings most."""
        for f in order:
            if self.values[f] == MOOT and self._alive(f):
                value, worth = self._best(f)
                if value is not None:
                    self.place(self.array.first[f] + value, worth)

    def _best(self, f: int) -> tuple[int | None, int]:
        array, allowed = self.array, self.allowed.get(f)
        worth = self._worth(f)
        some = self.usable[f]
        if allowed is not None:
            some = [v for v in some if v in allowed]
        elif array.killers[f]:
            # A value that takes others' away is a last resort: rows of its own begin with it.
            sparing = [v for v in some if v not in array.killers[f]]
            if sparing and (any(worth[v] for v in sparing) or not any(worth[v] for v in some)):
                some = sparing
        if len(some) == array.sizes[f]:
            most = max(worth)
            best = range(len(worth)) if not most else [v for v, here in enumerate(worth) if here == most]
        elif some:
            most = max([worth[v] for v in some])
            best = [v for v in some if worth[v] == most]
        else:
            return None, 0
        return best[array.random() % len(best)], most

    def _worth(self, f: int) -> Sequence[int]:
        array = self.array
        width, size = array.width, array.sizes[f]
        counters = (self.sums >> (8 * width * array.first[f])) & ((1 << (8 * width * size)) - 1)
        raw = counters.to_bytes(width * size, "little")
        return raw if width == 1 else struct.unpack(f"<{size}{_LETTERS[width]}", raw)


def _chain(factor: int, needs: Mapping[int, tuple[int, Collection[int]]]) -> dict[int, frozenset[int]]:
    """What a factor needs of each of its ancestors."""
    found: dict[int, frozenset[int]] = {}
    here = factor
    while here in needs:
        parent, values = needs[here]
        if parent in found or parent == factor:
            raise UsageError(f"factor {factor} needs itself")
        found[parent] = frozenset(values)
        here = parent
    return found
