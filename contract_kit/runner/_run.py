"""A whole run: the catalogue, the same again in another order, deliveries, random search; then findings."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.cases import body_cases
from contract_kit.delivery import signed
from contract_kit.errors import TargetError
from contract_kit.jsonio import compact
from contract_kit.model import (
    ENDPOINTS,
    Case,
    Coverage,
    Delivery,
    Policy,
    Reply,
    RunResult,
    Summary,
    Terms,
    Verdict,
)
from contract_kit.oracle import FLOOR_S, is_slow, judge, suspicious
from contract_kit.targets import ReceiverGone
from contract_kit.values import base_values

from ._findings import findings
from ._judging import Judge, digest
from ._settings import Progress, Settings, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contract_kit.report import Context
    from contract_kit.runner._group import Met
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
) -> RunResult:
    """Fuzz ``target`` with the cases of a contract and say what is wrong with it.

    ``engines`` are other makers of cases: each is called with the run once our own cases are done, and gives
    its own through :meth:`Run.examine`. ``own`` false leaves ours out.

    The result is the same for the same contract, target, settings and seed, as far as the target is. A
    ``KeyboardInterrupt`` ends the run; what was found until then is in the result, with ``stopped`` set.
    """
    return Run(terms, target, settings, context, progress or Progress()).result(engines, own=own)


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
        self.started = time.monotonic()
        self.stopped: str | None = None
        self.deliveries = 0
        self.judged: dict[str, Verdict | None] = {}
        """Every case that was judged by id, with its verdict where something was wrong."""
        self.met: Met = {}
        """The variants that were judged, with what was expected, by (kind, place's pattern, rule or family)."""
        self.kinds: Counter[str] = Counter()
        self.not_judged = 0
        self.skipped = 0
        self.hangs: Counter[tuple[str, ...]] = Counter()
        self.times: list[float] = []
        self.sizes: list[int] = []
        self.violated: set[tuple[str, str]] = set()
        self.satisfied = False
        self.notes: list[str] = []
        self.random_count = 0

    # -- the way through ----------------------------------------------------------------------

    def result(self, engines: Sequence[Callable[[Run], None]] = (), *, own: bool = True) -> RunResult:
        """Run, and say what was found; see :func:`run` for the arguments."""
        try:
            self._first_contact()
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
            if not any(self.judged.values()):
                raise
            self.stopped = "receiver gone"
            self.notes.append(str(gone))
        return self._conclude()

    def _first_contact(self) -> None:
        """Realistic bodies, one after the other: they must be taken, and show how results look."""
        self.progress.phase("first contact", _CALIBRATION)
        bodies = base_values(self.terms, _CALIBRATION)
        replies = self.judge.calibrate(bodies)
        self.deliveries += len(replies)
        first = replies[0]
        if self.target.kind in ENDPOINTS and first.status in _CLOSED:
            raise TargetError(
                f"{self.target.name} answers the first sound delivery with {first.status}: {_CLOSED[first.status]}"
            )

    def _catalogue(self) -> None:
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
        most = self.settings.max_findings
        if self.stopped is None and most is not None and self._rough_count() >= most:
            self.stopped = "--max-findings"
        return self.stopped is not None

    def _rough_count(self) -> int:
        from ._group import rough_key

        failed = [v for v in self.judged.values() if v is not None]
        return len({rough_key(v) for v in failed})

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
                if self._hopeless(case):
                    self.skipped += count
                    continue
                order[case.id] = len(order)
                yield self.prepare(
                    Delivery(key=case, body=case.body, headers=case.headers, method=case.method)
                )

        for delivery, reply in self.target.exchange(outgoing()):
            self.deliveries += 1
            self._note_hang(delivery.key, reply)
            found.append((delivery.key, reply))
            self.progress.advance(1 if count else 0)
        return sorted(found, key=lambda pair: order[pair[0].id])

    def _settle(self, replies: list[tuple[Case, Reply]]) -> None:
        """Judge replies; ask again only now, when no other delivery is under way."""
        slow: list[tuple[Case, Reply]] = []
        for case, reply in replies:
            verdict = self.judge.settled(case, reply)
            self.record(case, verdict)
            if verdict.finding is None and self._is_suspicious(case, reply):
                slow.append((case, reply))
            if reply.outcome in ("accepted", "rejected"):
                self.times.append(reply.elapsed)
                self.sizes.append(len(case.body))
        for case, reply in slow:
            self._slow(case, reply)

    def examine(self, case: Case) -> Reply | None:
        """Give and judge one case of another engine, by the user's choice and word as any of ours.

        ``None`` where the user does not want it, it would hang again, or the run is over.
        """
        replies = self._give(select((case,), self.settings, self.target.kind))
        self._settle(replies)
        return replies[0][1] if replies else None

    def record(self, case: Case, verdict: Verdict) -> None:
        """Keep a verdict, and what the case has covered."""
        if verdict.reply.outcome == "not_judged":
            self.not_judged += 1
        self.kinds[case.kind] += 1
        from ._group import pattern, place_of

        self.met.setdefault((case.kind, *place_of(case)), {})[case.variant] = case.expect
        if case.kind == "invalid" and case.pointer is not None and case.keyword is not None:
            self.violated.add((case.pointer, case.keyword))
            # A rule inside a branch is broken there and reported by the choice above it.
            self.violated.add((pattern(case), case.family))
        elif case.kind in ("valid", "equivalent", "foreign"):
            self.satisfied = True
        failed = verdict.finding is not None
        if failed and self.judged.get(case.id) is None:
            self.progress.found(case.description)
        if failed or case.id not in self.judged:
            self.judged[case.id] = verdict if failed else None

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

    # -- hangs and slowness -------------------------------------------------------------------

    def _note_hang(self, case: Case, reply: Reply) -> None:
        if reply.outcome == "timed_out":
            self.hangs.update(_hang_keys(case))

    def _hopeless(self, case: Case) -> bool:
        """Whether cases of the same cause have hung often enough: a run must stay short."""
        if not self.hangs:
            return False
        return any(self.hangs[key] >= most for key, most in zip(_hang_keys(case), _HANGS, strict=True))

    def _is_suspicious(self, case: Case, reply: Reply) -> bool:
        if reply.elapsed < FLOOR_S or len(self.times) < _ENOUGH:
            return False
        if reply.outcome not in ("accepted", "rejected"):
            return False
        median = statistics.median(self.times[-_RECENT:])
        size = statistics.median(self.sizes[-_RECENT:])
        return suspicious(reply.elapsed, len(case.body), median=median, median_size=int(size))

    def _slow(self, case: Case, reply: Reply) -> None:
        """Measure a suspicious case again, and a body of half the size at the same place."""
        repeats = [self.judge.ask(case.body, case).elapsed for _ in range(3)]
        half = _halved(case)
        halves = [self.judge.ask(half, case).elapsed for _ in range(2)] if half is not None else []
        said = is_slow(
            repeats,
            len(case.body),
            median=statistics.median(self.times[-_RECENT:]),
            median_size=int(statistics.median(self.sizes[-_RECENT:])),
            half=halves,
        )
        if said is not None:
            verdict = Verdict(
                case=case,
                reply=reply,
                finding="slow",
                pointer=case.at,
                keyword=case.keyword,
                expected="about the time that its size explains",
                observed=said,
            )
            self.record(case, verdict)

    # -- conclusion ---------------------------------------------------------------------------

    def _conclude(self) -> RunResult:
        try:
            found = findings(self)
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            found = findings(self, shrink=False)
        failed = sum(1 for verdict in self.judged.values() if verdict is not None)
        duration = time.monotonic() - self.started
        rules = {(rule.pointer, rule.keyword) for rule in self.terms.constraints}
        missing = sorted(f"{pointer or '/'} {keyword}" for pointer, keyword in rules - self.violated)
        covered = len(self.judged)
        return RunResult(
            event=self.terms.event,
            spec=self.terms.source,
            sha256=self.terms.sha256,
            target=self.target.name,
            target_kind=self.target.kind,
            policy=self.policy,
            seed=self.settings.seed,
            summary=Summary(
                cases=covered,
                deliveries=self.deliveries,
                passed=covered - failed - self.not_judged,
                failed=failed,
                not_judged=self.not_judged,
                skipped=self.skipped,
                findings=sum(1 for finding in found if not finding.known),
                duration_s=round(duration, 3),
                cases_per_s=round(self.deliveries / duration, 1) if duration else 0.0,
                stopped=self.stopped,
            ),
            coverage=Coverage(
                constraints=len(rules),
                violated=len(rules & self.violated),
                satisfied=len(rules) if self.satisfied else 0,
                missing=tuple(missing),
            ),
            findings=found,
            notes=tuple(self._all_notes()),
            kinds=dict(self.kinds),
        )

    def _all_notes(self) -> Iterator[str]:
        yield from self.notes
        yield from self._undeclared()
        if self.target.kind in ENDPOINTS:
            return
        if self.judge.accepted and not self.judge.comparison.comparable:
            yield "values not compared: what the target returns has no names in common with the payload"

    def _undeclared(self) -> Iterator[str]:
        """A hint where one exception ends most bodies that must be refused: it may be meant as the refusal."""
        refused = [v for v in self.judged.values() if v is not None and v.case.expect == "reject"]
        counts = Counter(v.reply.exception for v in refused if v.finding == "crash" and v.reply.exception)
        for name, count in counts.most_common(1):
            if count >= _MANY_CRASHES and "." in str(name):
                module, _, kind = str(name).rpartition(".")
                yield (
                    f"{count} bodies that must be refused end with {name}: "
                    f"if that is how the target refuses, say --rejects {module}:{kind}"
                )


_MANY_CRASHES = 20
_CLOSED = {
    401: "is the secret right (--secret)?",
    403: "is the secret right (--secret), or is another header needed (--header)?",
    404: "is the path right?",
    405: "is the path right? it takes no POST",
}
_MOST_SUSPECTS = 20
_ENOUGH, _RECENT = 40, 400
_HANGS = (2, 4, 6)


def _hang_keys(case: Case) -> tuple[tuple[str, ...], ...]:
    """The causes that a hang may have, from narrow to wide."""
    return ((case.kind, case.at, case.family), (case.kind, case.at), (case.kind, case.family, case.variant))


def _sample(replies: list[Any], size: int, seed: int) -> list[Any]:
    """A sample in its order; the same for the same seed."""
    if len(replies) <= size:
        return replies
    chosen = sorted(random.Random(seed).sample(range(len(replies)), size))
    return [replies[index] for index in chosen]


def _halved(case: Case) -> bytes | None:
    """The case's body with the text at its place cut to half, if there is a text."""
    from contract_kit.jsonio import get, replace, strict_loads

    try:
        value = strict_loads(case.body)
    except (ValueError, RecursionError):
        return None
    here = get(value, case.at)
    if isinstance(here, str | list) and len(here) > 1:
        return compact(replace(value, case.at, here[: len(here) // 2]))
    return None
