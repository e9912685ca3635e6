"""When is a case slow? Two pure decisions; the runner measures in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FLOOR_S", "MANY", "is_slow", "suspicious"]

FLOOR_S = 0.05
"""Seconds below which nothing is slow: a garbage collection or a busy machine explains as much."""
MANY = 20.0
"""How many times longer than size explains a case must take."""
_WORSE = 3.0
"""Half the body must take less than a third of the time: growth is then clearly worse than linear (2)."""
_SOME, _LONG_S = 5.0, 0.125
"""So much longer is looked into, too, where it is an eighth of a second: then growth decides."""
_HUGE_S = 1.0
_SMALL = 2.0
"""A body of at most so many everyday ones is too small for its size to explain anything."""


def suspicious(elapsed: float, size: int, *, median: float, median_size: int, floor: float = FLOOR_S) -> bool:
    """Whether a case deserves to be measured again.

    ``elapsed`` and ``median`` in seconds, ``size`` and ``median_size`` in bytes of body. A body ten times as
    large may take ten times as long; ``MANY`` times that, and at least ``floor``, is suspicious.
    """
    times = elapsed / _explained(size, median, median_size)
    return elapsed >= floor and (times >= MANY or (times >= _SOME and elapsed >= _LONG_S))


def _explained(size: int, median: float, median_size: int) -> float:
    """Seconds that a body's size explains."""
    return max(median, 1e-6) * max(1.0, size / max(1, median_size))


def is_slow(
    repeats: Sequence[float],
    size: int,
    *,
    median: float,
    median_size: int,
    half: Sequence[float] = (),
    floor: float = FLOOR_S,
) -> str | None:
    """A sentence if a suspicious case is slow indeed, else ``None``.

    ``repeats`` are at least two more measurements of the same case: the quickest counts, so that one pause of
    the machine never makes a finding. ``half`` are those of a body of half the size in the place that the
    case is about, if there is one: a case whose time merely grows with its size is not slow unless it takes a
    second. A small body has no size that could grow. What takes less than ``MANY`` times what its size explains
    is slow only where its time grows clearly faster than its size.
    """
    if len(repeats) < 2:
        return None
    best = min(repeats)
    if not suspicious(best, size, median=median, median_size=median_size, floor=floor):
        return None
    times = best / max(median, 1e-6)
    words = f"{_time(best)} for {size:,} bytes, {times:,.0f} times the median"
    growth = best / max(min(half), 1e-6) if half else 0.0
    if growth < _WORSE and best < MANY * _explained(size, median, median_size):
        return None
    if half:
        if growth < _WORSE and best < _HUGE_S and size > _SMALL * median_size:
            return None
        if growth >= _WORSE:
            words += f"; {growth:.0f} times as long as half of it"
    return words


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
