"""A clock that stands still while we are busy ourselves, so that nobody else is charged for it."""

from __future__ import annotations

import time

__all__ = ["Clock"]

STALL = 0.05
"""Seconds between two looks at the clock that still count."""


class Clock:
    """Seconds, less those in which nobody looked for longer than :data:`STALL`: the caller worked."""

    __slots__ = ("_paused", "_seen")

    def __init__(self) -> None:
        self._paused = 0.0
        self._seen = time.perf_counter()

    def now(self) -> float:
        """The time, by this clock."""
        seen = time.perf_counter()
        if seen - self._seen > STALL:
            self._paused += seen - self._seen
        self._seen = seen
        return seen - self._paused

    def waited(self) -> None:
        """Call this after a wait for others: it counts, however long it was."""
        self._seen = time.perf_counter()
