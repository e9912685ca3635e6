"""How many effects a case had, where a receiver may act some time after it has answered.

To answer at once and to act later (a queue, a background task) is what receivers are told to do. Who counts
right after the reply would find such a receiver's effects missing, and find them as another case's duplicates.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from contract_kit.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EffectCounter", "NotCounted"]

_FIRST_QUIET = 0.25
"""Seconds without a change before the first count: what was delivered before may still be acted upon."""
_PAUSE = 0.01
"""Seconds between two readings, doubled each time up to ten times as much."""
_LONGER = 5.0
"""How many times our patience we wait for an effect until one was missing: the receiver may just be slow."""
_ROOM = 1.0
"""Seconds after the latest effect so far in which another may come, at most."""
_BACKLOG = 45.0
"""Seconds of a whole run to wait for a number that does not come to rest."""


class NotCounted(Exception):
    """What is counted says nothing of the case; its text says why."""


_RESTLESS = "their number did not come to rest (the receiver is behind, or others use it too)"


class EffectCounter:
    """Counts what a case adds to ``read``, a number that only grows.

    It waits no longer than it must: not at all for a receiver that acts before it answers, ``patience``
    seconds at most for an effect that does not come (longer for the first that does not), less each time that
    one did not. How late effects are is learnt as they come, and after the last one that was wanted it waits up
    to twice as long for more. :class:`NotCounted` is raised where the number went on changing before a case was
    delivered (a queue is behind, or others are at work too), and from then on where it could not be read.
    """

    def __init__(self, read: Callable[[], int], *, patience: float = 2.0) -> None:
        self._source, self._most = read, patience
        self._patience = _LONGER * patience
        self._late = 0.0
        self._quiet = _FIRST_QUIET
        self._before = 0
        self._backlog = _BACKLOG
        self._believed = False
        self._broken: NotCounted | None = None

    def begin(self) -> None:
        """A case is about to be delivered: what came before it is not its own."""
        self._before, restless = self._settled(self._read(), self._quiet)
        self._quiet = self._room()
        if restless:
            raise NotCounted(_RESTLESS)

    def added(self, wanted: int) -> int:
        """The number of effects since :meth:`begin`; ``wanted`` says how many are worth waiting for."""
        started, pause = time.monotonic(), _PAUSE
        until = started + max(self._patience, 3 * self._late)
        now = self._read()
        while now - self._before < wanted and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 2, 10 * _PAUSE)
            now = self._read()
            if now - self._before >= wanted:
                self._late = max(self._late, time.monotonic() - started)
        if now - self._before < wanted:
            self._patience = min(self._patience / 2, self._most)
        self._quiet = self._room()
        now, _ = self._settled(now, self._quiet)
        return now - self._before

    def doubts(self, happened: int, wanted: int) -> bool:
        """Whether there were too many, and that should be seen once more after :meth:`take_time`.

        Too few were waited for as long as it takes.
        """
        return happened > wanted and not self._believed

    def take_time(self) -> None:
        """Before the next case wait for what may still come of those before it."""
        self._quiet = max(self._most, self._quiet)

    def believe(self) -> None:
        """There were too many again, and nothing of another case was among them: from now on that is believed."""
        self._believed = True

    def _read(self) -> int:
        if self._broken is None:
            try:
                return self._source()
            except TargetError as error:
                self._broken = NotCounted(str(error))
        raise self._broken

    def _room(self) -> float:
        """Seconds in which one more effect may come after one that came."""
        return min(2 * self._late, self._late + _ROOM)

    def _settled(self, now: int, quiet: float) -> tuple[int, bool]:
        """The number once it has not changed for ``quiet`` seconds; and whether that did not come to pass."""
        changed = started = time.monotonic()
        usual = started + self._most + quiet
        while time.monotonic() - changed < quiet:
            if time.monotonic() > usual + self._backlog:
                self._backlog = 0.0
                return now, True
            time.sleep(min(quiet, 2 * _PAUSE))
            latest = self._read()
            if latest != now:
                now, changed = latest, time.monotonic()
        self._backlog -= max(0.0, time.monotonic() - usual)
        return now, False
