"""Realistic payloads, fast: sample ``i`` of a seed is a function of the two alone.

A contract is compiled once to a function that picks from tables (see ``_emit``). What it picks by comes from
SHAKE-128 of the seed and the number of a block of samples, so any slice, in any order, on any machine,
gives the same bodies; with the same Faker, for the tables are drawn from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import shake_128
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.jsonio import compact
from contract_kit.schema import validator_for
from contract_kit.values import _worlds
from contract_kit.values._build import Builder
from contract_kit.values._emit import Emitter
from contract_kit.values._pools import Pools, committed_pools, faker_pools
from contract_kit.values._realistic import Realism
from contract_kit.values._shapes import DOCUMENTED, Shape, shapes
from contract_kit.values._source import Material, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Terms

__all__ = ["Sampler", "realistic", "sample_lines", "sampler_for", "samples"]

_BLOCK = 64
_TRIALS = 48
_Make = Callable[[int, bytes, int], Any]
_Lots = tuple[list[_Make], int]


class Sampler:
    """The compiled sampler of a contract; ``full`` makes every sample the whole documented body."""

    def __init__(self, terms: Terms, pools: Pools | None = None, *, full: bool = False) -> None:
        self.terms = terms
        self._pools = faker_pools() if pools is None else pools
        self._material = Material(terms, self._pools)
        self._made: dict[bool, _Lots] = {}
        self._functions: dict[tuple[str, bool, bool], tuple[_Make, int]] = {}
        self._shapes = self._sound((replace(DOCUMENTED, weight=256),) if full else shapes(terms))

    def samples(self, n: int, seed: int = 0, start: int = 0) -> Iterator[Any]:
        """Samples ``start`` to ``start + n`` of a seed: fresh values that are the caller's."""
        return self._run(n, seed, start, text=False)

    def lines(self, n: int, seed: int = 0, start: int = 0) -> Iterator[bytes]:
        """The same samples as compact UTF-8 JSON, without line ends."""
        return map(str.encode, self._run(n, seed, start, text=True))

    def _run(self, n: int, seed: int, start: int, *, text: bool) -> Iterator[Any]:
        if n < 0 or start < 0:
            raise UsageError(f"samples: count and start must not be negative (count {n}, start {start})")
        if text not in self._made:
            self._made[text] = self._lots(text=text)
        return _stream(self._made[text], n, seed, start)

    def _lots(self, *, text: bool) -> _Lots:
        """A function for each of 256 lots, and how many bytes each is given.

        The bytes are as many in both modes: the same numbers make the same sample.
        """
        lots: list[_Make] = []
        size = 1
        for shape in self._shapes:
            make, needed = self._function(shape, text=text)
            lots += [make] * shape.weight
            size = max(size, needed)
        return (lots, size) if lots else ([_structural(self.terms, self._pools, text=text)] * 256, 1)

    def _function(self, shape: Shape, *, text: bool) -> tuple[_Make, int]:
        key = (shape.name, shape.branches, text)
        if key not in self._functions:
            tables: dict[str, Any] = {
                **_worlds.world_tables(_worlds.use(self._pools), text),
                **_worlds.clock_tables(),
                **_worlds.id_tables(),
                "fresh": fresh,
            }
            emit = Emitter(self._material, shape, text=text, tables=tables)
            source = emit.source("make")
            self._functions[key] = (compiled(source, emit.tables)["make"], emit.size)
        return self._functions[key]

    def _sound(self, wanted: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The shapes whose samples satisfy the document; the first one stands in for the others."""
        found: list[Shape] = []
        for shape in wanted:
            found += [one for one in (shape, replace(shape, branches=False)) if self._is_sound(one)][:1]
        if not found:
            return ()
        missing = 256 - sum(shape.weight for shape in found)
        return (replace(found[0], weight=found[0].weight + missing), *found[1:])

    def _is_sound(self, shape: Shape) -> bool:
        make, size = self._function(shape, text=False)
        judges = [validator_for(self.terms.schema)]
        if self.terms.root.discriminated is not None:
            judges.append(validator_for(self.terms.root.discriminated))
        tried = _stream(([make] * 256, size), _TRIALS, 0, 0)
        return all(judge.is_valid(value) for value in tried for judge in judges)


def _structural(terms: Terms, pools: Pools, *, text: bool) -> _Make:
    """For contracts that no shape serves: the structural builder itself, slowly."""

    def make(number: int, data: bytes, at: int) -> Any:
        world = Realism(pools, number, terms.profile, event=terms.event, seed=data[at])
        value = Builder(world.leaf, fixed=terms.pins).build(terms.root).value
        return compact(value).decode() if text else value

    return make


def _stream(made: _Lots, n: int, seed: int, start: int) -> Iterator[Any]:
    """Samples in blocks: one call of the generator of numbers a block."""
    lots, size = made
    number, end = start, start + n
    while number < end:
        block, skip = divmod(number, _BLOCK)
        data = shake_128(b"contract_kit %d %d" % (seed, block)).digest(size * _BLOCK)
        for at in range(skip * size, min(_BLOCK, skip + end - number) * size, size):
            yield lots[data[at]](number, data, at)
            number += 1


def fresh(value: Any) -> Any:
    """A copy of a JSON value that shares no container with it."""
    if isinstance(value, dict):
        copy: Any = value.copy()
        for key, item in value.items():
            if isinstance(item, (dict, list)):
                copy[key] = fresh(item)
        return copy
    if isinstance(value, list):
        return [fresh(item) if isinstance(item, (dict, list)) else item for item in value]
    return value


_KEPT: dict[tuple[Any, ...], Sampler] = {}


def sampler_for(terms: Terms, *, full: bool = False, live: bool = True) -> Sampler:
    """The sampler of a contract, compiled once; without ``live`` it draws from the committed pools."""
    key = (terms.sha256, terms.event, terms.source, full, live)
    if key not in _KEPT:
        if len(_KEPT) > 32:
            _KEPT.clear()
        _KEPT[key] = Sampler(terms, faker_pools() if live else committed_pools(), full=full)
    return _KEPT[key]


def samples(terms: Terms, n: int, seed: int = 0, start: int = 0) -> Iterator[Any]:
    """``n`` realistic payloads of a contract from number ``start`` of a seed's sequence."""
    return sampler_for(terms).samples(n, seed, start)


def sample_lines(terms: Terms, n: int, seed: int = 0, start: int = 0) -> Iterator[bytes]:
    """The same as compact JSON, a ``bytes`` a sample, without line ends."""
    return sampler_for(terms).lines(n, seed, start)


def realistic(terms: Terms, index: int = 0, seed: int = 0) -> Any:
    """One whole documented payload from the committed pools: the same in every release of Faker."""
    return next(iter(sampler_for(terms, full=True, live=False).samples(1, seed, index)))
