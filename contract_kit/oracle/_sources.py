"""Which place of a body a value is from: by its name, by what it holds, or by what a neighbour holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import escape_token
from contract_kit.oracle._alike import SHORT, joined_alike, verdict_of
from contract_kit.oracle._bound import MISSING, Bound, resolve
from contract_kit.oracle._equal import explain
from contract_kit.oracle._plain import leaf_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.oracle._bound import Frame, Path
    from contract_kit.oracle._places import Places
    from contract_kit.oracle._plain import Plain

__all__ = ["Sample", "Sources", "is_json", "places_of", "proves"]

_DISTINCT = 3
"""Different short texts that are a neighbour's each time: no chance."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What came out at one place for one body, and the body and the items of lists that it is seen from."""

    came: Plain
    frames: tuple[Frame, ...]


def places_of(frames: Sequence[Frame], kind: type | tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    """Every place outside of lists that holds a ``kind``, innermost frame first, shallow ones first."""
    for frame in reversed(frames):
        level = [(frame.source, frame.value)]
        while level:
            deeper = []
            for source, value in level:
                if isinstance(value, kind):
                    yield source, value
                if isinstance(value, dict):
                    deeper += [(f"{source}/{escape_token(key)}", item) for key, item in value.items()]
            level = deeper


class Sources:
    """Looks for the place that a value is from."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def of_value(self, path: Path, samples: Sequence[Sample]) -> Bound | None:
        """The place that a value is from, as far as names and values tell.

        A last name alone says less than a value that is the same each time: another object may have it, too.
        """
        scalars = dict(places_of(samples[0].frames, (str, int, float)))
        alike = {source: joined_alike(path, source) for source in scalars}
        partly: Bound | None = None
        for source in sorted(scalars, key=lambda one: -alike[one]):
            if alike[source]:
                bound = self.of_place(source, samples, named=True)
                if bound and (
                    alike[source] > 1 or (bound.seen and self.of_place(source, samples, named=False))
                ):
                    return bound
                partly = partly or (bound if bound and bound.seen and self._fits(source, samples) else None)
            elif (bound := self.of_place(source, samples, named=False)) and proves(source, samples):
                return bound
        return partly

    def _fits(self, source: str, samples: Sequence[Sample]) -> bool:
        """Whether no sample holds another object's value at a place, which only a name connects with ``source``.

        Two ids of one kind have most letters in common, so that some other letters are another value, too.
        """
        time, enum = self._places.is_time(source), self._places.is_enum(source)
        for sample in samples:
            found = resolve(source, sample.frames)
            if found is None or found[1] is None or found[1] is MISSING:
                continue
            verdict = verdict_of(found[1], sample.came, time=time, enum=enum)
            reason = explain(found[1], sample.came) if verdict == "changed" else None
            if verdict == "strange" or (reason is not None and reason[0] == "letters"):
                return False
        return True

    def of_place(self, source: str, samples: Sequence[Sample], *, named: bool) -> Bound | None:
        """The binding of ``source``, if it explains all samples (or one exactly, where the names agree)."""
        time, enum = self._places.is_time(source), self._places.is_enum(source)
        equal = unclear = changed = strange = 0
        kinds: set[str] = set()
        for sample in samples:
            found = resolve(source, sample.frames)
            if found is None or found[1] is None or found[1] is MISSING:
                continue
            verdict = verdict_of(found[1], sample.came, time=time, enum=enum)
            equal += verdict == "equal"
            unclear += verdict == "unclear"
            changed += verdict == "changed"
            strange += verdict == "strange"
            kinds.add(leaf_kind(sample.came) or "")
        if named and (equal or (not strange and (changed or unclear))):
            return Bound(source, named=True, seen=equal > 0, kinds=frozenset(kinds))
        if equal and not (unclear or changed or strange):
            return Bound(source, named=False, seen=True, kinds=frozenset(kinds))
        return _try_swap(source, samples) if named else None


def proves(source: str, samples: Sequence[Sample]) -> bool:
    """Whether equal values prove anything: long texts or big numbers in each sample."""
    values = [found[1] for sample in samples if (found := resolve(source, sample.frames))]
    return all(
        (isinstance(value, str) and len(value) >= SHORT) or (type(value) in (int, float) and abs(value) > 999)
        for value in values
        if value is not None and value is not MISSING
    )


def is_json(source: str, samples: Sequence[Sample]) -> bool:
    """Whether a container comes out as its own JSON text each time, as in a database's column."""
    seen = False
    for sample in samples:
        found = resolve(source, sample.frames)
        if found is None or not isinstance(found[1], (dict, list)):
            continue
        seen = True
        try:
            if json.loads(sample.came) != found[1]:
                return False
        except (TypeError, ValueError, RecursionError):
            return False
    return seen


def _try_swap(source: str, samples: Sequence[Sample]) -> Bound | None:
    """A place that carries a neighbour's value each time, while its own name is that of ``source``."""
    parent = source.rpartition("/")[0]
    beside: set[str] | None = None
    came = [sample.came for sample in samples]
    long = all(isinstance(value, str) and len(value) >= SHORT for value in came)
    if not long and len({value for value in came if isinstance(value, str)}) < _DISTINCT:
        return None
    for sample in samples:
        around = resolve(parent, sample.frames)
        if around is None or not isinstance(around[1], dict):
            return None
        hits = {
            key
            for key, value in around[1].items()
            if isinstance(value, str) and value and value == sample.came
        }
        beside = hits if beside is None else beside & hits
    return Bound(source, kinds=frozenset({""})) if beside else None
