"""Cases on their way: given, judged as the replies come, and given once more among those after them.

A target in another process works while cases are made and replies are judged here. So one exchange carries new
cases and, in turn with them, those of the chunk before for the second time, backwards: what a target keeps
between calls shows. What something must be asked about (a failure, a doubt, a hang) waits until the exchange is
over, for a target is not asked by two at once. The order of the deliveries depends on the cases and on what
came of them, never on time.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact
from contract_kit.model import ENDPOINTS, Case, Delivery, Reply, Verdict
from contract_kit.oracle import FLOOR_S, judge
from contract_kit.targets import Again, ReceiverGone

from ._group import pattern, rough_key
from ._held_up import untangled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ._run import Run

__all__ = ["Flow"]

Given = tuple[Case, Reply]

_CHUNK = 512
"""Cases that are given in order, and then backwards among the next ones."""
_TURN = 16
"""New cases, then as many for the second time, and so on: enough that both sides always have work."""
_AGAIN_OUTSIDE, _AGAIN_A_CHUNK = 200, 25
"""How many cases of an endpoint or a command are given twice."""
_CONFIRMED = frozenset({"crash", "false_accept", "false_reject", "altered"})
_CONFIRMATIONS = 3
_ENOUGH = 25
"""Failures of one cause that were asked for again: the next ones are like most of them."""
_MOST_SUSPECTS, _ENOUGH_CHANGED = 20, 100
"""Cases that came out otherwise the second time and are looked into, of one chunk; and failures of kept state after
which that a target keeps something is known, and no more is asked for it."""
_JUDGED = ("accepted", "rejected")


class Flow:
    """Gives the cases of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._confirmations: Counter[tuple[str, ...]] = Counter()
        self._chances: Counter[tuple[str, ...]] = Counter()
        self._unsteady = False
        self._later: deque[tuple[Case, Reply, Verdict | None]] = deque()
        """Replies that something must be asked about, with the verdict where it is the verdict that must be confirmed."""
        self._changed: Counter[bool] = Counter()
        """How many cases that came out otherwise the second time were kept state, and how many were chance."""
        self._arrived: dict[int, Given] = {}
        """Replies that came before those of earlier cases."""
        self._suspects: list[tuple[int, Case, Reply, Reply]] = []
        """Cases that came out otherwise the second time: number, case, first and second reply."""
        self._pulled = 0
        self._hang_at: set[tuple[str, str]] = set()
        """Where a hang was asked for again, and came again."""

    def twice(self, cases: Iterator[Case]) -> None:
        """Give all cases; then, of a parser, all with which nothing is wrong once more, of others a sample."""
        run = self._run
        left = None if run.target.kind in ("parser", "model") else _AGAIN_OUTSIDE
        held: list[Given] = []
        while not run.over():
            replies = self.once(islice(cases, _CHUNK), held)
            held = [one for one in replies if one[1].outcome in _JUDGED and run.judged[one[0].id] is None]
            if left is not None:
                held = _sample(held, min(left, _AGAIN_A_CHUNK), run.settings.seed)
                left -= len(held)
            held.reverse()
            if self._pulled < _CHUNK:
                break
        if held and not run.over():
            self.once((), held)

    def once(self, cases: Iterable[Case], again: Sequence[Given] = ()) -> list[Given]:
        """Give cases, and between them those of ``again`` once more, and judge all of them.

        The replies to ``cases``, in their order.
        """
        self._pulled = 0
        replies: list[Given] = []
        try:
            for delivery, reply in self._run.target.exchange(self._outgoing(cases, again)):
                self._take(delivery, reply, replies)
            self._settle()
            self._doubt()
        except (KeyboardInterrupt, ReceiverGone):
            self._keep_what_came()
            raise
        return replies

    # -- going out ----------------------------------------------------------------------------

    def _outgoing(self, cases: Iterable[Case], again: Sequence[Given]) -> Iterator[Delivery]:
        """New cases and those of the second time, by turns, until both are used up or the run is over."""
        run, number = self._run, 0
        new, old = iter(cases), enumerate(again)
        going = True
        while going:
            going = False
            for case in islice(new, _TURN):
                going = True
                if run.over():
                    return
                self._pulled += 1
                if run.pace.is_hopeless(case):
                    run.tally.skipped += 1
                    continue
                key = (case, number, None)
                number += 1
                yield run.prepare(Delivery(key=key, body=case.body, headers=case.headers, method=case.method))
            for place, (case, before) in islice(old, _TURN):
                going = True
                if run.over():
                    return
                if run.pace.is_hopeless(case):
                    continue
                key_ = (case, place, before)
                yield run.prepare(
                    Again(key=key_, body=case.body, headers=case.headers, method=case.method, before=before)
                )

    # -- coming back --------------------------------------------------------------------------

    def _take(self, delivery: Delivery, reply: Reply, replies: list[Given]) -> None:
        """A reply: those of new cases are judged in the order of the cases, however they come."""
        run = self._run
        case, number, before = delivery.key
        run.tally.deliveries += 1
        run.pace.note(case, reply)
        if before is not None:
            if reply is not before and not run.judge.is_same(case, before, reply):
                self._suspects.append((number, case, before, reply))
            return
        run.progress.advance()
        self._arrived[number] = (case, reply)
        while (next_ := self._arrived.pop(len(replies), None)) is not None:
            replies.append(next_)
            self._judge(*next_)

    def _judge(self, case: Case, reply: Reply) -> None:
        """Most cases are settled by their reply alone."""
        run = self._run
        verdict, doubtful = run.judge.verdict(case, reply)
        if doubtful or verdict.finding is not None or reply.elapsed >= FLOOR_S:
            self._later.append((case, reply, None if doubtful else verdict))
            return
        run.record(case, verdict)
        run.odd.note(case, reply, run.judge.comparison)
        run.pace.learn(case, reply)

    def _settle(self) -> None:
        """Judge what is left, with all that must be asked for it."""
        run = self._run
        self._untangle()
        slow: list[Given] = []
        while self._later:
            case, given, judged = self._later[0]
            reply = self._unless_chance(case, given)
            known = judged if reply is given else None
            if known is None and self._chances.total() >= _ENOUGH_CHANGED:
                known, _ = run.judge.verdict(case, reply)
            verdict = self.confirmed(known or run.judge.settled(case, reply))
            self._later.popleft()
            run.record(case, verdict)
            if verdict.finding is None and run.pace.is_suspicious(case, reply):
                slow.append((case, reply))
            run.pace.learn(case, reply)
        for case, reply in slow:
            said = run.pace.verdict(run.judge, case, reply, compact(run.base_value))
            if said is not None:
                run.record(case, said)

    def _untangle(self) -> None:
        """Of hangs that came together, those stay that hang alone."""
        hung = [at for at, (_, reply, _) in enumerate(self._later) if reply.outcome == "timed_out"]
        given = [(self._later[at][0], self._later[at][1]) for at in hung]
        for at, reply in zip(hung, self._untangled(given), strict=True):
            case, before, _ = self._later[at]
            if reply is not before:
                self._later[at] = (case, reply, None)

    def _untangled(self, given: Sequence[Given]) -> list[Reply]:
        known = [(case.kind, pattern(case)) in self._hang_at for case, _ in given]
        replies = untangled(self._run, given, known)
        for (case, before), reply in zip(given, replies, strict=True):
            if reply is not before and reply.outcome == "timed_out" and case.at:
                self._hang_at.add((case.kind, pattern(case)))
        return replies

    def confirmed(self, verdict: Verdict) -> Verdict:
        """A failure that does not come again, in a process that saw nothing before, is one of kept state.

        The first few of each cause are asked for again; once one of them was none, many are.
        """
        if verdict.finding not in _CONFIRMED:
            return verdict
        key = rough_key(verdict)
        asked, chances = self._confirmations[key], self._chances[key]
        if asked >= _CONFIRMATIONS and not self._unsteady:
            return verdict
        if asked >= _ENOUGH:
            return _of_state(verdict, "otherwise") if 2 * chances >= asked else verdict
        run = self._run
        self._confirmations[key] += 1
        run.tally.deliveries += 1
        reply = run.judge.ask(verdict.case.body, verdict.case, fresh=True)
        again = run.judge.settled(verdict.case, reply)
        # The plain spelling may have been refused for what was kept, too: that this one agrees with it says nothing.
        other = again.finding == "inconsistent" and reply.outcome != verdict.reply.outcome
        if (again.finding is not None and not other) or reply.outcome == "not_judged":
            return verdict
        self._unsteady = True
        self._chances[key] += 1
        return _of_state(verdict, _SAID.get(reply.outcome, reply.outcome))

    def _unless_chance(self, case: Case, reply: Reply) -> Reply:
        """A place's first hang is asked for once more: on a busy machine a sound consumer may be late."""
        run, place = self._run, (case.kind, pattern(case))
        if reply.outcome != "timed_out" or run.target.kind in ENDPOINTS or place in self._hang_at:
            return reply
        run.tally.deliveries += 1
        second = run.judge.ask(case.body, case)
        if second.outcome == "timed_out" and case.at:
            self._hang_at.add(place)
        return second

    def _doubt(self) -> None:
        """Judge what came out otherwise the second time."""
        run = self._run
        suspects, self._suspects = sorted(self._suspects, key=lambda one: one[0]), []
        hung = [(case, given) for _, case, _, given in suspects if given.outcome == "timed_out"]
        alone = {case.id: reply for (case, _), reply in zip(hung, self._untangled(hung), strict=True)}
        for _, case, first, given in suspects[:_MOST_SUSPECTS]:
            second = self._unless_chance(case, alone.get(case.id, given))
            if second.outcome in ("crashed", "timed_out"):
                said = judge(case, second)
                run.record(case, _of_state(said, _SAID[first.outcome]) if said.finding == "crash" else said)
                continue
            if max(self._changed.values(), default=0) >= _ENOUGH_CHANGED:
                continue
            verdict = run.judge.again(case, first, second)
            self._changed[verdict is not None] += 1
            if verdict is not None:
                run.record(case, verdict)

    def _keep_what_came(self) -> None:
        """The run ends here: failures that came are on record, as far as nothing need be asked for them.

        A hang may be chance, and a connection that dropped may be what ended the run.
        """
        run = self._run
        outside = run.target.kind in ENDPOINTS
        waiting = [
            *((case, reply) for case, reply, _ in self._later),
            *(self._arrived[number] for number in sorted(self._arrived)),
        ]
        self._later.clear()
        self._arrived.clear()
        for case, reply in waiting:
            verdict, doubtful = run.judge.verdict(case, reply)
            unsure = doubtful or reply.outcome == "timed_out" or (outside and reply.status is None)
            if not unsure:
                run.record(case, verdict)


_SAID = {"accepted": "accepted", "rejected": "refused"}


def _of_state(verdict: Verdict, alone: str) -> Verdict:
    """The failure as one of what is kept between bodies; ``alone`` is what comes of the body otherwise."""
    return replace(
        verdict,
        finding="inconsistent",
        expected=f"the same as when it is given alone: {alone}",
        observed=f"after other bodies: {verdict.observed}",
    )


def _sample(replies: list[Any], size: int, seed: int) -> list[Any]:
    """A sample in its order; the same for the same seed."""
    if len(replies) <= size:
        return replies
    chosen = sorted(random.Random(seed).sample(range(len(replies)), size))
    return [replies[index] for index in chosen]
