"""How many effects a case had, where a receiver may act some time after it has answered.

To answer at once and to act later (a queue, a background task) is what receivers are told to do. Who counts
right after the reply would find such a receiver's effects missing, and find them as another case's duplicates.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EffectCounter"]

_FIRST_QUIET = 0.25
"""Seconds without a change before the first count: what was delivered before may still be acted upon."""
_PAUSE = 0.01
"""Seconds between two readings, doubled each time up to ten times as much."""
_LONGER = 2.5
"""How many times as long we wait where an effect seems to be missing."""


class EffectCounter:
    """Counts what a case adds to ``read``, a number that only grows.

    It waits no longer than it must: not at all for a receiver that acts before it answers, ``patience``
    seconds at most for an effect that does not come, less each time that one did not. How late effects
    are is learnt as they come, and after the last one that was wanted it waits twice as long for more.
    """

    def __init__(self, read: Callable[[], int], *, patience: float = 2.0) -> None:
        self._read, self._patience, self._most = read, patience, patience
        self._believed: set[bool] = set()
        self._late = 0.0
        self._quiet = _FIRST_QUIET
        self._before = 0

    def begin(self) -> None:
        """A case is about to be delivered: what came before it is not its own."""
        self._before = self._settled(self._read(), self._quiet)
        self._quiet = 2 * self._late

    def added(self, wanted: int) -> int:
        """The number of effects since :meth:`begin`; ``wanted`` says how many are worth waiting for."""
        started, pause = time.monotonic(), _PAUSE
        now = self._read()
        while now - self._before < wanted and time.monotonic() - started < self._patience:
            time.sleep(pause)
            pause = min(pause * 2, 10 * _PAUSE)
            now = self._read()
            if now - self._before >= wanted:
                self._late = max(self._late, time.monotonic() - started)
        if now - self._before < wanted:
            self._patience /= 2
        now = self._settled(now, 2 * self._late)
        self._quiet = 2 * self._late
        return now - self._before

    def doubts(self, happened: int, wanted: int) -> bool:
        """Whether a number that is not the one that was wanted should be counted once more."""
        return happened != wanted and (happened > wanted) not in self._believed

    def take_time(self, happened: int, wanted: int) -> None:
        """Wait for what may still come of the last case, and longer than before for all of the next."""
        self._quiet = self._most if happened > wanted else _LONGER * self._most
        self._patience = _LONGER * self._most

    def believe(self, happened: int, wanted: int) -> None:
        """A number that is wrong was the same after :meth:`take_time`: from now on it is believed at once."""
        self._believed.add(happened > wanted)
        self._patience = min(self._patience, self._most)

    def _settled(self, now: int, quiet: float) -> int:
        """The number once it has not changed for ``quiet`` seconds, or for all our patience."""
        changed = started = time.monotonic()
        while time.monotonic() - changed < quiet and time.monotonic() - started < self._patience + quiet:
            time.sleep(min(quiet, 2 * _PAUSE))
            latest = self._read()
            if latest != now:
                now, changed = latest, time.monotonic()
        return now
