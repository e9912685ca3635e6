"""A whole run: the catalogue, the same again in another order, deliveries, random search; then findings."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.cases import BODY_KINDS, body_cases, pairs_of
from contract_kit.delivery import EffectCounter, signed
from contract_kit.errors import TargetError
from contract_kit.jsonio import MISSING
from contract_kit.model import (
    ENDPOINTS,
    Case,
    Delivery,
    Policy,
    Reply,
    RunResult,
    Terms,
    Verdict,
)
from contract_kit.oracle import judge
from contract_kit.targets import ReceiverGone
from contract_kit.values import base_values

from ._findings import findings
from ._group import rough_key
from ._judging import Judge, digest
from ._pace import Pace
from ._settings import Progress, Settings, select
from ._tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contract_kit.report import Context
    from contract_kit.targets import Target

__all__ = ["Run", "run"]

_CHUNK = 512
"""Cases that are given in order and then backwards, so that each meets another one before it."""
_AGAIN_OUTSIDE = 200
"""How many cases of an endpoint or a command are given twice."""
_CALIBRATION = 5


def run(
    terms: Terms,
    target: Target,
    settings: Settings,
    context: Context,
    *,
    progress: Progress | None = None,
    engines: Sequence[Callable[[Run], None]] = (),
    own: bool = True,
    first: Sequence[Case] = (),
) -> RunResult:
    """Fuzz ``target`` with the cases of a contract and say what is wrong with it.

    ``engines`` are other makers of cases: each is called with the run once our own cases are done, and gives
    its own through :meth:`Run.examine`. ``own`` false leaves ours out. ``first`` are cases to begin with: those
    that failed the last time.

    The result is the same for the same contract, target, settings and seed, as far as the target is. A
    ``KeyboardInterrupt`` ends the run; what was found until then is in the result, with ``stopped`` set.
    """
    return Run(terms, target, settings, context, progress or Progress()).result(engines, own=own, first=first)


class Run:
    """The state of one run: what was given, what came of it, when to stop."""

    def __init__(
        self, terms: Terms, target: Target, settings: Settings, context: Context, progress: Progress
    ) -> None:
        self.terms, self.target, self.settings = terms, target, settings
        self.context, self.progress = context, progress
        self.policy: Policy = settings.policy or ("provider" if terms.profile is not None else "schema")
        self.judge = Judge(
            terms,
            target,
            self.prepare,
            lossless=settings.lossless,
            secrets=(settings.secret,) if settings.secret else (),
        )
        self.tally = Tally()
        self.pace = Pace()
        self.effects = EffectCounter(settings.effects) if settings.effects is not None else None
        self.started = time.monotonic()
        self.stopped: str | None = None
        self.base_value: Any = MISSING
        """The sound body that most cases differ from in one thing."""
        self.notes: list[str] = []
        self._confirmations: Counter[tuple[str, ...]] = Counter()
        self._unsteady = False

    @property
    def judged(self) -> dict[str, Verdict | None]:
        """Every case that was judged by id, with its verdict where something was wrong."""
        return self.tally.judged

    # -- the way through ----------------------------------------------------------------------

    def result(
        self,
        engines: Sequence[Callable[[Run], None]] = (),
        *,
        own: bool = True,
        first: Sequence[Case] = (),
    ) -> RunResult:
        """Run, and say what was found; see :func:`run` for the arguments."""
        try:
            self._first_contact()
            self._settle(self._give(select(first, self.settings, self.target.kind)))
            if own:
                self._catalogue()
                self._deliveries()
                self._search()
            for engine in engines:
                if not self.over():
                    engine(self)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        except ReceiverGone as gone:
            if not self.tally.failed:
                raise
            self.stopped = "receiver gone"
            self.notes.append(str(gone))
        return self._conclude()

    def _first_contact(self) -> None:
        """Realistic bodies, one after the other: they must be taken, and show how results look."""
        self.progress.phase("first contact", _CALIBRATION)
        bodies = base_values(self.terms, _CALIBRATION)
        self.base_value = bodies[0]
        replies = self.judge.calibrate(bodies)
        self.tally.deliveries += len(replies)
        first = replies[0]
        if self.target.kind in ENDPOINTS and first.status in _CLOSED:
            raise TargetError(
                f"{self.target.name} answers the first sound delivery with {first.status}: {_CLOSED[first.status]}"
            )

    def _catalogue(self) -> None:
        if self.settings.kinds is not None and not self.settings.kinds & set(BODY_KINDS):
            return
        self.progress.phase("catalogue", None)
        stream = body_cases(
            self.terms, policy=self.policy, target=self.target.kind, strength=self.settings.strength
        )
        chosen = select(stream, self.settings, self.target.kind)
        inside = self.target.kind in ("parser", "model")
        left = None if inside else _AGAIN_OUTSIDE
        while not self.over() and (chunk := list(islice(chosen, _CHUNK))):
            replies = self._give(chunk)
            self._settle(replies)
            twice = [pair for pair in replies if pair[1].outcome in ("accepted", "rejected")]
            if left is not None:
                twice = _sample(twice, min(left, 25), self.settings.seed)
                left -= len(twice)
            self._again(twice)

    def _deliveries(self) -> None:
        if self.target.kind in ENDPOINTS and not self.over():
            from ._deliver import deliver

            deliver(self)

    def _search(self) -> None:
        if self.settings.max_examples > 0 and not self.over():
            from ._constants import constant_cases
            from ._search import search

            chosen = select(constant_cases(self), self.settings, self.target.kind)
            new = (case for case in chosen if case.id not in self.judged)
            self._settle(self._give(new))
            search(self)

    # -- giving and judging -------------------------------------------------------------------

    def over(self) -> bool:
        """Whether no new case may be started, and why."""
        limit = self.settings.max_time
        if self.stopped is None and limit is not None and time.monotonic() - self.started > limit:
            self.stopped = "--max-time"
        if self.stopped is None and self.pace.is_stuck:
            self.stopped = "the target hangs on everything"
        most = self.settings.max_findings
        if self.stopped is None and most is not None and len(self.tally.causes) >= most:
            self.stopped = "--max-findings"
        return self.stopped is not None

    def prepare(self, delivery: Delivery) -> Delivery:
        """A delivery as it goes out: signed, where there is a secret."""
        if self.settings.secret is None or self.settings.sign == "none":
            return delivery
        return signed(delivery, self.settings.secret, self.settings.sign)

    def _give(self, cases: Iterable[Case], *, count: bool = True) -> list[tuple[Case, Reply]]:
        """Give cases to the target; the replies in the order of the cases."""
        order: dict[str, int] = {}
        found: list[tuple[Case, Reply]] = []

        def outgoing() -> Iterator[Delivery]:
            for case in cases:
                if self.over():
                    return
                if self.pace.is_hopeless(case):
                    self.tally.skipped += count
                    continue
                order[case.id] = len(order)
                yield self.prepare(
                    Delivery(key=case, body=case.body, headers=case.headers, method=case.method)
                )

        for delivery, reply in self.target.exchange(outgoing()):
            self.tally.deliveries += 1
            self.pace.note(delivery.key, reply)
            found.append((delivery.key, reply))
            self.progress.advance(1 if count else 0)
        return sorted(found, key=lambda pair: order[pair[0].id])

    def _settle(self, replies: list[tuple[Case, Reply]]) -> None:
        """Judge replies; ask again only now, when no other delivery is under way."""
        slow: list[tuple[Case, Reply]] = []
        for case, given in replies:
            reply = self._unless_chance(case, given)
            verdict = self._confirmed(self.judge.settled(case, reply))
            self.record(case, verdict)
            if verdict.finding is None and self.pace.is_suspicious(case, reply):
                slow.append((case, reply))
            self.pace.learn(case, reply)
        for case, reply in slow:
            said = self.pace.verdict(self.judge, case, reply)
            if said is not None:
                self.record(case, said)

    def _confirmed(self, verdict: Verdict) -> Verdict:
        """A failure that does not come again, in a process that saw nothing before, is one of kept state.

        The first few of each cause are asked for again; once one of them was none, all are.
        """
        if verdict.finding not in _CONFIRMED:
            return verdict
        key = rough_key(verdict)
        if self._confirmations[key] >= _CONFIRMATIONS and not self._unsteady:
            return verdict
        self._confirmations[key] += 1
        self.tally.deliveries += 1
        reply = self.judge.ask(verdict.case.body, verdict.case, fresh=True)
        again = self.judge.settled(verdict.case, reply)
        if again.finding is not None or reply.outcome == "not_judged":
            return verdict
        self._unsteady = True
        said = {"accepted": "accepted", "rejected": "refused"}.get(reply.outcome, reply.outcome)
        return replace(
            verdict,
            finding="inconsistent",
            expected=f"the same as when it is given alone: {said}",
            observed=f"after other bodies: {verdict.observed}",
        )

    def _unless_chance(self, case: Case, reply: Reply) -> Reply:
        """A hang is asked for once more: on a busy machine a sound consumer may be late."""
        if reply.outcome != "timed_out" or self.target.kind in ENDPOINTS:
            return reply
        self.tally.deliveries += 1
        return self.judge.ask(case.body, case)

    def examine(self, case: Case) -> Reply | None:
        """Give and judge one case of another engine, by the user's choice and word as any of ours.

        ``None`` where the user does not want it, it would hang again, or the run is over.
        """
        replies = self._give(select((case,), self.settings, self.target.kind))
        self._settle(replies)
        return replies[0][1] if replies else None

    def ask(self, case: Case) -> Verdict:
        """Give one case, outside the stream, and judge it."""
        self.tally.deliveries += 1
        return self.judge.settled(case, self.judge.ask(case.body, case))

    def record(self, case: Case, verdict: Verdict) -> None:
        """Keep a verdict, and tell of a failure that is new."""
        if self.tally.record(case, verdict):
            self.progress.found(case.description)

    # -- the same again -----------------------------------------------------------------------

    def _again(self, replies: list[tuple[Case, Reply]]) -> None:
        """The same cases backwards: what a target keeps between calls shows."""
        before = {case.id: (digest(reply), reply) for case, reply in replies}
        fine = [case for case, _ in reversed(replies) if self.judged.get(case.id) is None]
        suspects = []
        for case, reply in self._give(fine, count=False):
            if digest(reply) != before[case.id][0]:
                suspects.append((case, before[case.id][1], reply))
        for case, first, second in suspects[:_MOST_SUSPECTS]:
            if second.outcome in ("crashed", "timed_out"):
                self.record(case, judge(case, second))
                continue
            verdict = self.judge.again(case, first, second)
            if verdict is not None:
                self.record(case, verdict)

    # -- conclusion ---------------------------------------------------------------------------

    def _conclude(self) -> RunResult:
        try:
            found = findings(self)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            found = findings(self, shrink=False)
        shown = sum(1 for finding in found if not finding.known)
        duration = time.monotonic() - self.started
        return RunResult(
            event=self.terms.event,
            spec=self.terms.source,
            sha256=self.terms.sha256,
            target=self.target.name,
            target_kind=self.target.kind,
            policy=self.policy,
            seed=self.settings.seed,
            summary=self.tally.summary(findings=shown, duration=duration, stopped=self.stopped),
            coverage=self.tally.coverage(
                self.terms, pairs_of(self.terms, self.settings.strength, self.tally.judged)
            ),
            findings=found,
            notes=tuple(self._all_notes()),
            kinds=dict(self.tally.kinds),
        )

    def _all_notes(self) -> Iterator[str]:
        yield from self.notes
        yield from self.tally.undeclared()
        if self.target.kind in ENDPOINTS:
            return
        if self.judge.accepted and not self.judge.comparison.comparable:
            yield "values not compared: what the target returns has no names in common with the payload"


_CONFIRMED = frozenset({"crash", "false_accept", "false_reject", "altered"})
_CONFIRMATIONS = 3
_CLOSED = {
    401: "is the secret right (--secret)?",
    403: "is the secret right (--secret), or is another header needed (--header)?",
    404: "is the path right?",
    405: "is the path right? it takes no POST",
}
_MOST_SUSPECTS = 20


def _sample(replies: list[Any], size: int, seed: int) -> list[Any]:
    """A sample in its order; the same for the same seed."""
    if len(replies) <= size:
        return replies
    chosen = sorted(random.Random(seed).sample(range(len(replies)), size))
    return [replies[index] for index in chosen]
