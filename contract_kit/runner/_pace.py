"""How long cases take: which hang, which are slow, and which need not be tried any more."""

from __future__ import annotations

import statistics
from collections import Counter, deque
from math import ceil, log
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import get, replace, strict_loads, written
from contract_kit.model import Verdict
from contract_kit.oracle import FLOOR_S, is_slow, suspicious

from ._place import is_whole, pattern

if TYPE_CHECKING:
    from contract_kit.model import Case, Reply

    from ._judging import Judge

__all__ = ["Pace"]

_ENOUGH, _RECENT = 40, 400
_REPEATS, _MOST_REPEATS, _HALVES = 3, 8, 2
_CHANCE = 1e-4
"""How probable it may be that a case is late each time by chance."""
_MOST_IN_VAIN, _LONG = 40, 1.0
"""After so many suspicions that came to nothing the machine is a busy one: only seconds like these are looked into."""
_KNOWN_SLOW, _MOST_SLOW = 3, 30
"""Slow cases at one place, and in all, after which that is known and no more are measured."""
_STUCK, _DEAD = 16, 40
_DEAR, _MOST_DEAR = 0.5, 8
"""Seconds after which a crash, or what is slow, costs a run as much as a hang does; and how many such values are kept."""
_MOST_HANGS = (2, 4, 6)
"""Hangs at one place in one family, at one place, and of one edge, after which no more such cases are tried."""


class Pace:
    """The times of one target's recent replies, and the causes of its hangs and of crashes that take as long."""

    def __init__(self) -> None:
        self._hangs: Counter[tuple[str, ...]] = Counter()
        self._dear: list[tuple[str, Any]] = []
        """Places and values that took so long: a body of many differences that has one of them is given no more."""
        self._in_a_row = 0
        self.lives, self._deaths = False, 0
        self.gave_up = False
        self._in_vain = 0
        self._slow: Counter[str] = Counter()
        self._times: deque[float] = deque(maxlen=_RECENT)
        self._sizes: deque[int] = deque(maxlen=_RECENT)

    def note(self, case: Case, reply: Reply) -> None:
        """Take a reply's time, or its hang, into account."""
        hung = reply.outcome == "timed_out"
        self._in_a_row = self._in_a_row + 1 if hung else 0
        self.lives = self.lives or reply.outcome in ("accepted", "rejected")
        self._deaths += not self.lives
        if hung or (reply.outcome == "crashed" and reply.elapsed >= _DEAR):
            self._hangs.update(_causes(case))
            self._note_value(case)

    @property
    def is_stuck(self) -> bool:
        """Whether the target does nothing but hang."""
        return self.gave_up or self._in_a_row >= _STUCK

    def give_up(self) -> None:
        """The target was asked again and again, and answers nothing any more."""
        self.gave_up = True

    @property
    def is_dead(self) -> bool:
        """Whether the target has not done anything yet but crash, or hang."""
        return not self.lives and self._deaths >= _DEAD

    def learn(self, case: Case, reply: Reply) -> None:
        """Count a reply among those that show how long a case takes."""
        if reply.outcome in ("accepted", "rejected"):
            self._times.append(reply.elapsed)
            self._sizes.append(len(case.body))

    def is_hopeless(self, case: Case) -> bool:
        """Whether cases of the same cause have hung often enough: a run must stay short."""
        if not self._hangs:
            return False
        if any(self._hangs[key] >= most for key, most in zip(_causes(case), _MOST_HANGS, strict=True)):
            return True
        return is_whole(case) and self._holds_dear(case)

    def _note_value(self, case: Case) -> None:
        """Keep what stands at the place of a case that took so long."""
        if case.at and len(self._dear) < _MOST_DEAR:
            self._dear.append((case.at, _value_at(case, case.at)))

    def _holds_dear(self, case: Case) -> bool:
        return any(_value_at(case, at) == value for at, value in self._dear)

    def is_suspicious(self, case: Case, reply: Reply) -> bool:
        """Whether a reply took far longer than its case's size explains."""
        if reply.elapsed < FLOOR_S or len(self._times) < _ENOUGH:
            return False
        if reply.outcome not in ("accepted", "rejected"):
            return False
        if self._slow[case.at] >= _KNOWN_SLOW or self._slow.total() >= _MOST_SLOW:
            return False
        if reply.elapsed < (_LONG if self._in_vain >= _MOST_IN_VAIN else FLOOR_S):
            return False
        median, size = self._usual
        return suspicious(reply.elapsed, len(case.body), median=median, median_size=size)

    @property
    def _usual(self) -> tuple[float, int]:
        return statistics.median(self._times), int(statistics.median(self._sizes))

    def _repeats(self) -> int:
        """How often a case is measured again: the more, the more replies are late for no reason of their own."""
        late = sum(time >= FLOOR_S for time in self._times) / max(1, len(self._times))
        return min(_MOST_REPEATS, max(_REPEATS, ceil(log(_CHANCE) / log(late)) if 0 < late < 1 else _REPEATS))

    def verdict(self, judge: Judge, case: Case, reply: Reply, everyday: bytes) -> Verdict | None:
        """The verdict on a suspicious case, measured again.

        It is measured in turn with an everyday body and with one that has half of what is at its place: where
        the machine stalls, all three are late.
        """
        half = _halved(case)
        repeats, halves, beside = [], [], []
        for number in range(self._repeats()):
            repeats.append(judge.ask(case.body, case).elapsed)
            beside.append(judge.ask(everyday).elapsed)
            if half is not None and number < _HALVES:
                halves.append(judge.ask(half, case).elapsed)
            if repeats[-1] < FLOOR_S:
                self._in_vain += 1
                return None
        median, size = self._usual
        median = max(median, statistics.median(beside))
        said = is_slow(repeats, len(case.body), median=median, median_size=size, half=halves)
        if said is None:
            self._in_vain += 1
            return None
        self._slow[case.at] += 1
        if min(repeats) >= _DEAR:
            self._hangs.update(_causes(case))
            self._note_value(case)
        return Verdict(
            case=case,
            reply=reply,
            finding="slow",
            pointer=case.at,
            keyword=case.keyword,
            expected="about the time that its size explains",
            observed=said,
        )


def _causes(case: Case) -> tuple[tuple[str, ...], ...]:
    """The causes that a hang may have, from narrow to wide; all entries of a map, or items, are one place."""
    place = pattern(case)
    return ((case.kind, place, case.family), (case.kind, place), (case.kind, case.family, case.variant))


def _value_at(case: Case, at: str) -> Any:
    """What stands at a place of a case's body; itself, which equals nothing, where that is no JSON."""
    try:
        return get(strict_loads(case.body), at)
    except (ValueError, RecursionError):
        return case


def _halved(case: Case) -> bytes | None:
    """The case's body with half of the text or the items at its place, if there are any."""
    try:
        value = strict_loads(case.body)
    except (ValueError, RecursionError):
        return None
    here = get(value, case.at)
    if isinstance(here, str | list) and len(here) > 1:
        return written(replace(value, case.at, here[: len(here) // 2]))
    return None
