"""What a run of pytest has found: gathered from reports, told by cause, written to files."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pytest

    from contract_kit.model import Delivery, Reply, RunResult, TargetKind
    from contract_kit.runner import Run

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
        return [_lasting(page.result, duration) for page in self._pages.values()]

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


def _lasting(result: RunResult, duration: float) -> RunResult:
    rate = round(result.summary.cases / duration, 1) if duration else 0.0
    return replace(result, summary=replace(result.summary, duration_s=round(duration, 3), cases_per_s=rate))


def _numbered(path: Path, number: int, name: str) -> Path:
    plain = "".join(sign if sign.isalnum() else "-" for sign in name)[:60].strip("-")
    return path.with_name(f"{path.stem}-{number + 1}-{plain}{path.suffix}")


@dataclass(slots=True)
class _Absent:
    """A target as far as a report needs one: it was asked elsewhere."""

    name: str
    kind: TargetKind

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """Nothing may be asked any more."""
        raise AssertionError(f"the run is over: {deliveries}")

    def close(self) -> None:
        """Nothing is open."""


class _Page:
    """One consumer: what its tests have put on record."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self._seen: dict[str, str] = {}
        """Case's id → the test's node id."""
        self._packed: dict[str, str] = {}
        self._result: RunResult | None = None

    def add(self, record: dict[str, Any], report: pytest.TestReport) -> None:
        """Put one test on record; of a test that ran twice, the last word."""
        case = record["case"]
        self._seen[case] = report.nodeid
        self._packed.pop(case, None)
        if report.outcome == "failed" and record["verdict"] is not None:
            self._packed[case] = record["verdict"]

    def lines(self) -> Iterator[str]:
        """Title, how often, and a test to run, for each cause; no failure, no lines."""
        if not self._packed:
            return
        found = self.result.findings
        many = "1 cause" if len(found) == 1 else f"{len(found)} causes"
        yield f"{self.about['name']}: {many}, {len(self._packed)} of {len(self._seen)} cases failed"
        for one in found[:_MOST_SHOWN]:
            yield f"  {one.finding} x{one.count}  {one.title}"
            yield f"    {self._seen[one.case.id]}"
        if len(found) > _MOST_SHOWN:
            yield f"  and {len(found) - _MOST_SHOWN} more"

    @property
    def result(self) -> RunResult:
        """The same as a run of the command line would tell it."""
        if self._result is None:
            run = self._run()
            run.stopped = "the tests are over"  # so that nothing is asked to make examples smaller
            told = run._conclude()  # noqa: SLF001 - a run that others have made is concluded in the same way
            summary = replace(told.summary, stopped=None, deliveries=len(self._seen))
            self._result = replace(told, summary=summary)
        return self._result

    def _run(self) -> Run:
        """A run in which everything has been judged."""
        from contract_kit.model import Reply, Verdict
        from contract_kit.report import Context
        from contract_kit.runner import Progress, Run, Settings

        from ._catalogue import catalogue, terms_for
        from ._wire import context_from, verdict_from

        about = self.about
        terms = terms_for(about["event"], about["spec"])
        context = Context(target=about["target"], kind=about["kind"])
        if self._packed:
            context = context_from(next(iter(self._packed.values())))
        settings = Settings(policy=about["policy"], strength=about["strength"])
        run = Run(terms, _Absent(about["target"], about["kind"]), settings, context, Progress())
        cases = catalogue(terms, about["policy"], about["kind"], about["strength"], signed=about["signed"])
        for case in cases:
            if case.id in self._seen and case.id not in self._packed:
                run.record(case, Verdict(case=case, reply=Reply(outcome="accepted")))
        for packed in self._packed.values():
            verdict = verdict_from(packed, terms)
            run.record(verdict.case, verdict)
        return run
