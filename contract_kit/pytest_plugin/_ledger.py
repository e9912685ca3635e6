"""What a run of pytest has found: gathered from reports, told by cause, written to files."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from contract_kit.model import Finding, RunResult, Terms, Verdict
    from contract_kit.report import Context
    from contract_kit.runner import Run, Settings

__all__ = ["Ledger"]

_MOST_SHOWN = 12
"""Findings of one consumer that the terminal tells; the rest is counted."""


class Ledger:
    """Every consumer that was tested, by name."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._pages: dict[str, _Page] = {}

    def add(self, record: dict[str, Any], report: pytest.TestReport) -> None:
        """Put one test on record; what was expected to fail is no finding."""
        name = record["about"]["name"]
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = _Page(record["about"])
        page.add(record, report)

    def results(self) -> list[RunResult]:
        """A result a consumer."""
        duration = time.monotonic() - self._started
        return [page.result(duration) for page in self._pages.values()]

    def lines(self) -> Iterator[str]:
        """The findings for the terminal; none, no lines."""
        for page in self._pages.values():
            yield from page.lines()

    def write(self, paths: tuple[Path, ...], secret: str | None, seed: int) -> list[Path]:
        """Write the reports; where several consumers were tested each has files of its own."""
        from contract_kit.report import Redactor, write_reports

        results = [replace(result, seed=seed) for result in self.results()]
        written = []
        for number, result in enumerate(results):
            own = [path if len(results) == 1 else _numbered(path, number, result.target) for path in paths]
            write_reports(result, own, redactor=Redactor((secret,) if secret else ()))
            written += own
        return written


def _numbered(path: Path, number: int, name: str) -> Path:
    plain = "".join(sign if sign.isalnum() else "-" for sign in name)[:60].strip("-")
    return path.with_name(f"{path.stem}-{number + 1}-{plain}{path.suffix}")


class _Page:
    """One consumer: what :func:`contract_kit.runner._findings.findings` reads of a run, without a run."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self.judged: dict[str, Any] = {}
        self.met: dict[tuple[str, str, str], set[str]] = {}
        self.kinds: Counter[str] = Counter()
        self.rules: set[tuple[str, str]] = set()
        self.satisfied = False
        self.nodes: dict[str, str] = {}
        self._packed: dict[str, str] = {}
        self._found: tuple[Finding, ...] | None = None

    def add(self, record: dict[str, Any], report: pytest.TestReport) -> None:
        """Put one test on record."""
        case, kind = record["case"], record["kind"]
        failed = report.outcome == "failed" and record["verdict"] is not None
        self.judged[case] = None
        self.kinds[kind] += 1
        self.nodes[case] = report.nodeid
        if record["met"]:
            place, rule, variant = record["met"]
            self.met.setdefault((kind, place, rule), set()).add(variant)
        if kind == "invalid" and record["rule"] is not None:
            self.rules.add(tuple(record["rule"]))
        self.satisfied = self.satisfied or kind in ("valid", "equivalent", "foreign")
        if failed:
            self._packed[case] = record["verdict"]
        else:
            self._packed.pop(case, None)

    # -- what the grouping asks of a run ------------------------------------------------------

    @property
    def terms(self) -> Terms:
        """The contract, read again: records carry none."""
        from ._catalogue import terms_for

        return terms_for(self.about["event"], self.about["spec"])

    @property
    def context(self) -> Context:
        """What it takes to run a case again."""
        from ._wire import context_from

        return context_from(next(iter(self._packed.values())))

    @property
    def settings(self) -> Settings:
        """Nothing is known before."""
        from contract_kit.runner import Settings

        return Settings()

    def over(self) -> bool:
        """Nothing more may be asked of the consumer."""
        return True

    # -- what comes of it ---------------------------------------------------------------------

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding a cause."""
        from contract_kit.runner._findings import findings

        from ._wire import verdict_from

        if self._found is None:
            terms = self.terms
            verdicts: dict[str, Verdict] = {
                case: verdict_from(packed, terms) for case, packed in self._packed.items()
            }
            self.judged.update(verdicts)
            self._found = findings(cast("Run", self), shrink=False) if verdicts else ()
        return self._found

    def lines(self) -> Iterator[str]:
        """Title, how often, and a test to run, for each."""
        found = self.findings
        if not found:
            return
        many = "1 cause" if len(found) == 1 else f"{len(found)} causes"
        yield f"{self.about['name']}: {many}, {len(self._packed)} of {len(self.judged)} cases failed"
        for one in found[:_MOST_SHOWN]:
            yield f"  {one.finding} x{one.count}  {one.title}"
            yield f"    {self.nodes[one.case.id]}"
        if len(found) > _MOST_SHOWN:
            yield f"  and {len(found) - _MOST_SHOWN} more"

    def result(self, duration: float) -> RunResult:
        """The same as a run of the command line would tell it."""
        from contract_kit.model import Coverage, RunResult, Summary

        from ._catalogue import policy_for

        terms, found, failed = self.terms, self.findings, len(self._packed)
        every = {(rule.pointer, rule.keyword) for rule in terms.constraints}
        total = len(self.judged)
        return RunResult(
            event=terms.event,
            spec=terms.source,
            sha256=terms.sha256,
            target=self.about["target"],
            target_kind=self.about["kind"],
            policy=policy_for(terms, self.about["policy"]),
            seed=0,
            summary=Summary(
                cases=total,
                deliveries=total,
                passed=total - failed,
                failed=failed,
                findings=len(found),
                duration_s=round(duration, 3),
                cases_per_s=round(total / duration, 1) if duration else 0.0,
            ),
            coverage=Coverage(
                constraints=len(every),
                violated=len(every & self.rules),
                satisfied=len(every) if self.satisfied else 0,
                missing=tuple(sorted(f"{pointer or '/'} {keyword}" for pointer, keyword in every - self.rules)),
            ),
            findings=found,
            kinds=dict(self.kinds),
        )
