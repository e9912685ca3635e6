"""What a run has given and what came of it: the figures, the failures, the rules that were met."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract_kit.model import Coverage, Summary

from ._group import holders, place_of, rough_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from contract_kit.model import Case, Terms, Verdict

    from ._group import Met

__all__ = ["Tally"]

_MANY_CRASHES = 20
_MOST_PLACES = 20_000


@dataclass(slots=True)
class Tally:
    """The books of one run.

    ``judged`` has every case by id, with its verdict where something was wrong; ``met`` the variants that
    were judged, with what was expected of each, by (kind, place's pattern, rule or family); ``causes`` a
    quick count of distinct faults while the run goes on.
    """

    judged: dict[str, Verdict | None] = field(default_factory=dict)
    met: Met = field(default_factory=dict)
    below: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    deliveries: int = 0
    skipped: int = 0
    causes: set[tuple[str, ...]] = field(default_factory=set)
    violated: set[tuple[str, str]] = field(default_factory=set)
    satisfied: bool = False
    largest: int = 0
    """The size of the largest body that was taken, in bytes."""
    _unjudged: set[str] = field(default_factory=set, repr=False)
    _places: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict, repr=False)
    """What :func:`place_of` said: thousands of cases are about some hundred places."""

    @property
    def failed(self) -> list[Verdict]:
        """The verdicts in which something was wrong."""
        return [verdict for verdict in self.judged.values() if verdict is not None]

    @property
    def not_judged(self) -> int:
        """How many cases have no verdict, and no failure either."""
        return len(self._unjudged)

    def record(self, case: Case, verdict: Verdict) -> bool:
        """Keep a verdict and what its case has covered; whether it is a failure that was not known."""
        if verdict.reply.outcome == "not_judged":
            self._unjudged.add(case.id)
        if case.id not in self.judged:
            self.kinds[case.kind] += 1
            if case.kind == "invalid" and case.expect == "reject":
                self.below.update(holders(case.at))
        if verdict.reply.outcome == "accepted" and len(case.body) > self.largest:
            self.largest = len(case.body)
        place = self._place(case)
        self.met.setdefault((case.kind, *place), {})[case.variant] = case.expect
        self._cover(case, place[0])
        if verdict.finding is None:
            self.judged.setdefault(case.id, None)
            return False
        self._unjudged.discard(case.id)
        new = self.judged.get(case.id) is None
        self.judged[case.id] = verdict
        self.causes.add(rough_key(verdict))
        return new

    def forget(self, case: Case) -> None:
        """A case's failure says nothing of it after all, or it was under way when the run ended."""
        if case.id not in self.judged:
            self.kinds[case.kind] += 1
        self.judged[case.id] = None
        self._unjudged.add(case.id)

    def _place(self, case: Case) -> tuple[str, str]:
        if case.kind not in ("valid", "invalid"):
            return place_of(case)
        key = (case.kind, case.at, case.keyword or "", case.family)
        place = self._places.get(key)
        if place is None:
            if len(self._places) > _MOST_PLACES:
                self._places.clear()
            place = self._places[key] = place_of(case)
        return place

    def _cover(self, case: Case, where: str) -> None:
        if case.kind == "invalid" and case.pointer is not None and case.keyword is not None:
            self.violated.add((case.pointer, case.keyword))
            # A rule inside a branch is broken there and reported by the choice above it.
            self.violated.add((where, case.family))
        elif case.kind in ("valid", "equivalent", "foreign"):
            self.satisfied = True

    # -- figures ------------------------------------------------------------------------------

    def summary(self, *, findings: int, duration: float, stopped: str | None) -> Summary:
        """The run in figures; ``duration`` in seconds."""
        failed, cases = len(self.failed), len(self.judged)
        return Summary(
            cases=cases,
            deliveries=self.deliveries,
            passed=cases - failed - self.not_judged,
            failed=failed,
            not_judged=self.not_judged,
            skipped=self.skipped,
            findings=findings,
            duration_s=round(duration, 3),
            cases_per_s=round(cases / duration, 1) if duration else 0.0,
            stopped=stopped,
        )

    def coverage(self, terms: Terms, pairs: tuple[int, int]) -> Coverage:
        """Which rules were broken once and kept once; ``pairs`` are those there are and those that were met."""
        rules = {(rule.pointer, rule.keyword) for rule in terms.constraints}
        return Coverage(
            constraints=len(rules),
            violated=len(rules & self.violated),
            satisfied=len(rules) if self.satisfied else 0,
            missing=tuple(
                sorted(f"{pointer or '/'} {keyword}" for pointer, keyword in rules - self.violated)
            ),
            pairs_total=pairs[0],
            pairs_covered=pairs[1],
        )

    def undeclared(self, declared: Collection[str]) -> Iterator[str]:
        """A hint where one exception ends most bodies that must be refused: it may be meant as the refusal.

        ``declared`` are those that were named, which a single other name would replace.
        """
        counts = Counter(
            verdict.reply.exception
            for verdict in self.failed
            if verdict.case.expect == "reject" and verdict.finding == "crash" and verdict.reply.exception
        )
        for name, count in counts.most_common(1):
            if count >= _MANY_CRASHES and "." in str(name):
                module, _, kind = str(name).rpartition(".")
                yield (
                    f"{count} bodies that must be refused end with {name}: "
                    f"if that is how the target refuses, say --rejects {module}:{kind}{' too' if declared else ''}"
                )
