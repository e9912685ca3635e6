"""Between a test and its report: what goes on record, and how a failure reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from contract_kit.errors import ContractViolation
    from contract_kit.model import Verdict

    from ._session import PluginSession

__all__ = ["finish", "summarise"]


def finish(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, session: PluginSession) -> None:
    """Put the test on record with its report, and let a broken contract read like a good assertion."""
    from contract_kit.errors import ContractViolation

    from ._judging import RECORD

    record = item.stash.get(RECORD, None)
    error = call.excinfo.value if call.excinfo is not None else None
    violation = error if isinstance(error, ContractViolation) else None
    if record is None and violation is not None:
        record = _record_of_check(item, violation, report, session)
    elif record is None and report.passed:
        record = _record_of_pass(item, session)
    elif violation is not None and report.failed:
        text = str(violation)
        verdict: Any = violation.verdict
        before = session.told_before(record["about"]["name"], verdict) if record is not None else None
        report.longrepr = _longrepr(item, text if before is None else _in_short(text, before))
    if record is not None:
        report.contract_kit = record  # type: ignore[attr-defined]


def _record_of_check(
    item: pytest.Item, violation: ContractViolation, report: pytest.TestReport, session: PluginSession
) -> dict[str, Any] | None:
    """The test called ``check`` itself: it is told what can be done, and its failure joins the findings."""
    from ._judging import alone, keep
    from ._wire import record_of_check

    verdict: Verdict | Any = violation.verdict
    if verdict is None or not report.failed:
        return None
    name = item.nodeid.partition("[")[0]
    before = session.told_before(name, verdict)
    if before is not None:
        report.longrepr = _longrepr(item, _in_short(str(violation), before))
    elif "contract_case" in getattr(item, "fixturenames", ()):
        report.sections.append(("contract", "\n".join([f"  alone     {alone(item)}", *keep(verdict)])))
    return record_of_check(name, _spec(item, session), verdict)


def _record_of_pass(item: pytest.Item, session: PluginSession) -> dict[str, Any] | None:
    """A marked test whose case went well: the grouping wants to know what was met."""
    from contract_kit.model import Case

    from ._wire import record_of_pass

    case = getattr(getattr(item, "callspec", None), "params", {}).get("contract_case")
    if not isinstance(case, Case):
        return None
    return record_of_pass(item.nodeid.partition("[")[0], _spec(item, session), case)


def _spec(item: pytest.Item, session: PluginSession) -> str | None:
    from ._marker import words_of

    found = session.document(words_of(item).spec or session.chosen.options.spec)
    return None if found is None else str(found)


def summarise(reporter: pytest.TerminalReporter, session: PluginSession) -> None:
    """The section "contract findings", and the report files."""
    from contract_kit.errors import ContractKitError

    reports = session.chosen.reports
    if not session.has_findings:
        if reports:
            reporter.write_line("contract report: not written, for no contract test ran", yellow=True)
        return
    lines = list(session.ledger.lines())
    if lines:
        reporter.section("contract findings", yellow=True)
        for line in lines:
            reporter.write_line(line)
    if reports:
        try:
            written = session.ledger.write(reports, session.chosen.secret, session.chosen.seed or 0)
        except ContractKitError as error:
            reporter.write_line(f"contract report: {error}", red=True)
            return
        for path in written:
            reporter.write_line(f"contract report: {path}")


def _in_short(text: str, before: str) -> str:
    return f"{text.partition(chr(10))[0]} (as {before})"


def _longrepr(item: pytest.Item, text: str) -> Any:
    """A failure that is its message, with no trace: pytest shows the first line in its summary as well."""
    from _pytest._code.code import ReprEntry, ReprExceptionInfo, ReprFileLocation, ReprTraceback

    entry = ReprEntry(text.splitlines(), None, None, None, "value")
    crash = ReprFileLocation(str(item.path), 0, text)
    return ReprExceptionInfo(reprcrash=crash, reprtraceback=ReprTraceback([entry], None, "value"))
