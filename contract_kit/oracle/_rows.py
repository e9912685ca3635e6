"""Which list of a body the items of a result are from, and how many of them came out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.oracle._bound import Frame, align, items_of, resolve
from contract_kit.oracle._sources import Sample, places_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["by_key", "holds_more", "is_part", "items_from", "lists_of"]

_ENOUGH = 0.5


def lists_of(samples: Sequence[Sample], hint: str | None) -> list[tuple[str, list[Any]]]:
    """The lists of the body that hold anything, with their items; the one at ``hint`` comes first."""
    found: dict[str, list[Any]] = {}
    for sample in samples:
        for source, value in places_of(sample.frames, list):
            if value:
                found.setdefault(source, value)
    return sorted(found.items(), key=lambda pair: pair[0] != hint)


def items_from(source: str, samples: Sequence[Sample]) -> list[Sample]:
    """The items that came out beside those that they look like; nothing if most look like none."""
    below: list[Sample] = []
    total = 0
    for sample in samples:
        found = resolve(source, sample.frames)
        sent = found[1] if found and isinstance(found[1], list) else []
        came = items_of(sample.came) or []
        total += len(came)
        for item, index in zip(came, align(came, sent), strict=True):
            if index is not None and found is not None:
                frame = Frame(f"{source}/*", f"{found[0]}/{index}", sent[index])
                below.append(Sample(item, (*sample.frames, frame)))
    return below if len(below) > total * _ENOUGH else []


def holds_more(source: str, below: Sequence[Sample], samples: Sequence[Sample]) -> bool:
    """Whether a list of another name holds more than the items: rows of several kinds, say."""
    total = 0
    for sample in samples:
        found, came = resolve(source, sample.frames), items_of(sample.came) or []
        total += len(came)
        if found is None or not isinstance(found[1], list) or len(came) > len(found[1]):
            return True
    return len(below) < total


def is_part(source: str, samples: Sequence[Sample]) -> bool:
    """Whether items are left out for what they are (a filter), and not for where they stand (a cut)."""
    cuts: set[tuple[str, int]] = set()
    dropped = False
    for sample in samples:
        found = resolve(source, sample.frames)
        sent, came = (found[1] if found else []), items_of(sample.came) or []
        if not isinstance(sent, list) or len(came) >= len(sent):
            continue
        dropped = True
        where = align(came, sent)
        if where == list(range(len(came))):
            cuts |= {("keeps", len(came)), ("drops", len(sent) - len(came))}
        elif where == list(range(len(sent) - len(came), len(sent))):
            cuts.add(("skips", len(sent) - len(came)))
        else:
            return True
    return dropped and not any(_holds(cut, samples, source) for cut in cuts)


def _holds(cut: tuple[str, int], samples: Sequence[Sample], source: str) -> bool:
    """Whether one way of cutting lists explains what came out of every sample."""
    way, size = cut
    for sample in samples:
        found = resolve(source, sample.frames)
        sent, came = (found[1] if found else []), items_of(sample.came) or []
        if not isinstance(sent, list):
            continue
        want = min(size, len(sent)) if way == "keeps" else max(0, len(sent) - size)
        start = len(sent) - want if way == "skips" else 0
        if align(came, sent) != list(range(start, start + want)):
            return False
    return True


def by_key(samples: Sequence[Sample], source: str, name: str) -> list[Sample]:
    """The values of a dict beside the items of a list whose ``name`` is their key; nothing if some key is none."""
    below: list[Sample] = []
    for sample in samples:
        found = resolve(source, sample.frames)
        sent = found[1] if found and isinstance(found[1], list) else []
        by = {str(item[name]): i for i, item in enumerate(sent) if isinstance(item, dict) and item.get(name)}
        if found is None or not sample.came.keys() <= by.keys():
            return []
        for key, item in sample.came.items():
            frame = Frame(f"{source}/*", f"{found[0]}/{by[key]}", sent[by[key]])
            below.append(Sample(item, (*sample.frames, frame)))
    return below
