"""Hangs of a receiver that others were held up by: one delivery that it never answers may hold a lock, or its only thread.

Then everything that is under way hangs with it, and what comes next. So hangs that came together are asked for
again one by one, each once the receiver is known to answer again; one that is answered then was only held up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contract_kit.jsonio import compact
from contract_kit.model import HELD_UP
from contract_kit.targets import UrlTarget, among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_kit.model import Case, Reply

    from ._run import Run

__all__ = ["untangled"]

_KNOCKS = 4
"""Sound deliveries, one after the other, that a receiver may leave without an answer before it is taken for stuck."""
_MOST_ASKED = 12
"""Hangs of one exchange that are asked for again; more that came together are not judged."""

Given = tuple["Case", "Reply"]


def untangled(run: Run, given: Sequence[Given], known: Sequence[bool]) -> list[Reply]:
    """What ``given`` hangs are alone: the replies in their order. ``known`` says of each whether its place does hang.

    Those that nobody can be asked about any more are not judged, but for the first: that one is taken for what
    the receiver hangs on, and says so.
    """
    alone = len(given) < 2 and not run.pace.gave_up
    if alone or not isinstance(run.target, UrlTarget) or not run.pace.lives:
        return [reply for _, reply in given]
    replies: list[Reply] = []
    answers, asked, found = True, 0, run.pace.gave_up
    for (case, reply), is_known in zip(given, known, strict=True):
        if is_known:
            replies.append(reply)
            continue
        answers = answers and not run.pace.gave_up and asked < _MOST_ASKED and _answers(run)
        if answers:
            asked += 1
            run.tally.deliveries += 1
            second = run.judge.ask(case.body, case)
            found = found or second.outcome == "timed_out"
            replies.append(second)
        elif found or asked:
            replies.append(replace(reply, outcome="not_judged"))
        else:
            found = True
            under_way = min(run.target.workers, len(given))
            replies.append(replace(reply, detail=HELD_UP + among(under_way)))
    return replies


def _answers(run: Run) -> bool:
    """Whether the receiver answers a sound delivery, now or in a while."""
    for _ in range(_KNOCKS):
        run.tally.deliveries += 1
        if run.judge.ask(compact(run.base_value)).outcome != "timed_out":
            return True
    run.pace.give_up()
    return False
