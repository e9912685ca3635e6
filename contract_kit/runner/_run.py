"""A whole run: the catalogue, the same again in another order, deliveries, random search; then findings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from contract_kit.cases import BODY_KINDS, body_cases, pairs_of
from contract_kit.delivery import EffectCounter, signed
from contract_kit.jsonio import MISSING
from contract_kit.model import (
    DIED,
    ENDPOINTS,
    Case,
    Delivery,
    Kind,
    Policy,
    Reply,
    RunResult,
    Terms,
    Verdict,
)
from contract_kit.oracle import judge
from contract_kit.targets import CommandTarget, ReceiverGone, among

from ._around import Odd
from ._contact import first_contact
from ._findings import findings
from ._flow import Flow
from ._judging import Judge
from ._pace import Pace
from ._settings import Progress, Settings, select
from ._tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contract_kit.report import Context
    from contract_kit.targets import Target

__all__ = ["Run", "run"]

_MANY_STARTS = 1_000
"""Starts of a command that take long enough to tell of a quicker way."""
_LEAST_SOUND: tuple[Kind, ...] = ("malformed", "invalid", "delivery", "valid", "foreign", "equivalent")


def _soundness(case: Case) -> tuple[int, bool]:
    return _LEAST_SOUND.index(case.kind), case.expect == "accept"


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
        self.policy: Policy = settings.policy or terms.usual_policy
        self.judge = Judge(
            terms,
            target,
            self.prepare,
            lossless=settings.lossless,
            secrets=(settings.secret,) if settings.secret else (),
        )
        self.tally = Tally()
        self.odd = Odd()
        self.pace = Pace()
        self.effects = EffectCounter(settings.effects) if settings.effects is not None else None
        self.started = time.monotonic()
        self.stopped: str | None = None
        self.base_value: Any = MISSING
        """The sound body that most cases differ from in one thing."""
        self.notes: list[str] = []
        self.flow = Flow(self)

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
            first_contact(self)
            self.flow.once(select(first, self.settings, self.target.kind))
            if own:
                self._counted()
                self._catalogue()
                self._deliveries()
                self._search()
            for engine in engines:
                if not self.over():
                    engine(self)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        except ReceiverGone as gone:
            self._blame(gone)
            if not self.tally.failed:
                raise
            self.stopped = "receiver gone"
            self.notes.append(str(gone))
        return self._conclude()

    def _catalogue(self) -> None:
        if self.settings.kinds is not None and not self.settings.kinds & set(BODY_KINDS):
            return
        self.progress.phase("catalogue", None)
        stream = body_cases(
            self.terms, policy=self.policy, target=self.target.kind, strength=self.settings.strength
        )
        self.flow.twice(select(stream, self.settings, self.target.kind))

    def _counted(self) -> None:
        if self.target.kind in ENDPOINTS and self.effects is not None and not self.over():
            from ._deliver import deliver_counted

            deliver_counted(self)

    def _deliveries(self) -> None:
        kinds = self.settings.kinds
        if self.target.kind in ENDPOINTS and not self.over() and (kinds is None or "delivery" in kinds):
            from ._deliver import deliver

            deliver(self)

    def _search(self) -> None:
        if self.settings.max_examples > 0 and not self.over():
            from ._search import learned_cases, search

            chosen = select(learned_cases(self), self.settings, self.target.kind)
            self.flow.once(case for case in chosen if case.id not in self.judged)
            search(self)

    def _blame(self, gone: ReceiverGone) -> None:
        """What a receiver died of cannot be asked any more: of what was under way, the least sound is taken for it."""
        cases = {one.key[0].id: one.key[0] for one in gone.lost if one.key is not None}
        suspects = sorted(cases.values(), key=_soundness)
        gone.under_way = tuple(case.id for case in suspects)
        for case in suspects:
            self.tally.forget(case)
        for case in suspects[:1]:
            self.record(case, judge(case, Reply(outcome="crashed", detail=DIED + among(len(suspects)))))

    # -- giving and judging -------------------------------------------------------------------

    def over(self) -> bool:
        """Whether no new case may be started, and why."""
        limit = self.settings.max_time
        if self.stopped is None and limit is not None and time.monotonic() - self.started > limit:
            self.stopped = "--max-time"
        if self.stopped is None and self.pace.is_stuck:
            self.stopped = (
                "the target hung for too long" if self.pace.lives else "the target hangs on everything"
            )
        if self.stopped is None and self.target.kind == "command" and self.pace.is_dead:
            self.stopped = "the command crashes on everything"  # and each start of it is dear
        most = self.settings.max_findings
        if self.stopped is None and most is not None and len(self.tally.causes) >= most:
            self.stopped = "--max-findings"
        return self.stopped is not None

    def prepare(self, delivery: Delivery) -> Delivery:
        """A delivery as it goes out: signed, where there is a secret."""
        if self.settings.secret is None or self.settings.sign == "none":
            return delivery
        return signed(delivery, self.settings.secret, self.settings.sign)

    def examine(self, case: Case) -> Reply | None:
        """Give and judge one case of another engine, by the user's choice and word as any of ours.

        ``None`` where the user does not want it, it would hang again, or the run is over.
        """
        replies = self.flow.once(select((case,), self.settings, self.target.kind))
        return replies[0][1] if replies else None

    def ask(self, case: Case) -> Verdict:
        """Give one case, outside the stream, and judge it."""
        self.tally.deliveries += 1
        return self.judge.settled(case, self.judge.ask(case.body, case))

    def record(self, case: Case, verdict: Verdict) -> None:
        """Keep a verdict, and tell of a failure that is new."""
        if self.tally.record(case, verdict):
            self.progress.found(case.description)

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
        yield from self.tally.undeclared(self.context.rejects)
        starts = isinstance(self.target, CommandTarget) and not self.target.stays_up
        if starts and self.tally.deliveries >= _MANY_STARTS:
            yield (
                f"the command was started {self.tally.deliveries:,} times, once a body: one that speaks the worker "
                "protocol (docs/worker-protocol.md) is started a few times, and answers thousands of bodies a second"
            )
        if self.target.kind in ENDPOINTS:
            return
        if self.judge.accepted and not self.judge.comparison.comparable:
            yield "values not compared: what the target returns has no names in common with the payload"
