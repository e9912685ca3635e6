"""Realistic payloads, fast: sample ``i`` of a seed is a function of the two alone.

A contract is compiled once to a function that picks from tables (see ``_emit``). What it picks by comes from
SHAKE-128 of the seed and the number of a block of samples, so any slice, in any order, on any machine,
gives the same bodies; with the same Faker, for the tables are drawn from it.
"""

from __future__ import annotations

from hashlib import shake_128
from itertools import islice
from struct import Struct
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractKitError, UsageError
from contract_kit.schema import validator_for
from contract_kit.values import _worlds
from contract_kit.values._build import Builder
from contract_kit.values._emit import Emitter, compiled
from contract_kit.values._pools import Pools, committed_pools, faker_pools
from contract_kit.values._realistic import Realism
from contract_kit.values._shapes import DOCUMENTED, Shape, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contract_kit.model import Terms

__all__ = ["Sampler", "realistic", "sample_lines", "sampler_for", "samples"]

_BLOCK = 64
_TRIALS = 48


class Sampler:
    """The compiled sampler of a contract; ``full`` makes every sample the whole documented body."""

    def __init__(self, terms: Terms, pools: Pools | None = None, *, full: bool = False) -> None:
        self.terms = terms
        self._pools = faker_pools() if pools is None else pools
        self._shapes = (Shape(DOCUMENTED.name, 256),) if full else self._sound(shapes(terms))
        self._made: dict[bool, tuple[list[Any], Struct]] = {}

    def samples(self, n: int, seed: int = 0, start: int = 0) -> Iterator[Any]:
        """Samples ``start`` to ``start + n`` of a seed: fresh values that are the caller's."""
        return self._run(n, seed, start, text=False)

    def lines(self, n: int, seed: int = 0, start: int = 0) -> Iterator[bytes]:
        """The same samples as compact UTF-8 JSON, without line ends."""
        return (text.encode() for text in self._run(n, seed, start, text=True))

    def _run(self, n: int, seed: int, start: int, *, text: bool) -> Iterator[Any]:
        if n < 0 or start < 0:
            raise UsageError(f"samples: count and start must not be negative (count {n}, start {start})")
        functions, row = self._compiled(text=text)
        return _stream(functions, row, n, seed, start)

    def _compiled(self, *, text: bool) -> tuple[list[Any], Struct]:
        if text not in self._made:
            self._made[text] = _compile(self.terms, self._pools, self._shapes, text=text)
        return self._made[text]

    def _sound(self, wanted: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The shapes whose samples satisfy the document; the documented one stands in for the others."""
        judge = validator_for(self.terms.schema)
        found: list[Shape] = []
        for shape in wanted:
            functions, row = _compile(self.terms, self._pools, (Shape(**_fields(shape, 256)),), text=False)
            if all(judge.is_valid(value) for value in _stream(functions, row, _TRIALS, 0, 0)):
                found.append(shape)
        if not found:
            return ()
        missing = 256 - sum(shape.weight for shape in found)
        return (Shape(**_fields(found[0], found[0].weight + missing)), *found[1:])


def _fields(shape: Shape, weight: int) -> dict[str, Any]:
    return {**{name: getattr(shape, name) for name in Shape.__slots__}, "weight": weight}


def _compile(terms: Terms, pools: Pools, wanted: tuple[Shape, ...], *, text: bool) -> tuple[list[Any], Struct]:
    """A function for each of 256 lots, and the row of numbers that it takes."""
    tables: dict[str, Any] = {
        **_worlds.world_tables(_worlds.use(pools), text),
        **_worlds.clock_tables(),
        **_worlds.id_tables(),
        "fresh": fresh,
    }
    lots: list[Any] = []
    words = 1
    for number, shape in enumerate(wanted):
        emit = Emitter(terms, pools, shape, text=text, tables=dict(tables))
        source = emit.source(f"make{number}")
        lots += [compiled(source, emit.tables)[f"make{number}"]] * shape.weight
        words = max(words, emit.words)
    if not lots:
        lots, words = [_structural(terms, pools, text=text)] * 256, 1
    return lots, Struct(f"<{words}H")


def _structural(terms: Terms, pools: Pools, *, text: bool) -> Callable[[int, Any], Any]:
    """For contracts that no shape serves: the structural builder itself, slowly."""
    from contract_kit.jsonio import compact

    def make(number: int, row: tuple[int, ...]) -> Any:
        world = Realism(pools, number, terms.profile, event=terms.event, seed=row[0])
        value = Builder(world.leaf, fixed=terms.pins).build(terms.root).value
        return compact(value).decode() if text else value

    return make


def _stream(lots: list[Any], row: Struct, n: int, seed: int, start: int) -> Iterator[Any]:
    """Samples in blocks: one call of the generator of numbers a block."""
    block, skip = divmod(start, _BLOCK)
    size = row.size
    left = n
    while left > 0:
        data = shake_128(b"contract_kit %d %d" % (seed, block)).digest(size * _BLOCK)
        number = block * _BLOCK + skip
        rows = row.iter_unpack(memoryview(data)[skip * size :])
        for number, r in enumerate(islice(rows, left), number):  # noqa: B020, PLW2901 - counted on
            yield lots[r[0] & 255](number, r)
        left -= _BLOCK - skip
        block, skip = block + 1, 0


def fresh(value: Any) -> Any:
    """A copy of a JSON value that shares no container with it."""
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in value.items()}
    if isinstance(value, list):
        return [fresh(item) for item in value]
    return value


_KEPT: dict[tuple[Any, ...], Sampler] = {}


def sampler_for(terms: Terms, *, full: bool = False, live: bool = True) -> Sampler:
    """The sampler of a contract, compiled once a process; without ``live`` it draws from the committed pools."""
    key = (terms.sha256, terms.event, terms.source, full, live)
    if key not in _KEPT:
        if len(_KEPT) > 32:  # noqa: PLR2004 - a long session with many documents
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


_ = ContractKitError
