"""Between a test and its report: what goes on record, and how a failure reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from contract_kit.errors import ContractViolation
    from contract_kit.model import Case, Verdict

    from ._session import PluginSession

__all__ = ["finish", "name_in_junit", "prepare", "summarise"]


def prepare(item: pytest.Item, call: pytest.CallInfo[None], session: PluginSession) -> None:
    """Before the report is made: a consumer's failure is its message; no trace is written just to be dropped."""
    from contract_kit.errors import ContractViolation

    from ._judging import RECORD

    error = call.excinfo.value if call.excinfo is not None else None
    record = item.stash.get(RECORD, None)
    if record is None or not isinstance(error, ContractViolation):
        return
    text = str(error)
    before = session.told_before(record["about"]["name"], error.verdict)
    shown = _longrepr(item, text if before is None else _in_short(text, before))
    item.repr_failure = lambda *_, **__: shown  # type: ignore[method-assign]


def finish(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, session: PluginSession
) -> None:
    """Put the test on record with its report."""
    from contract_kit.errors import ContractViolation

    from ._judging import RECORD

    record = item.stash.get(RECORD, None)
    error = call.excinfo.value if call.excinfo is not None else None
    if record is not None:
        del item.stash[RECORD]  # a test that is run again starts anew
        vars(item).pop("repr_failure", None)
    elif isinstance(error, ContractViolation):
        record = _record_of_check(item, error, report, session)
    elif report.passed:
        record = _record_of_pass(item, session)
    if record is not None:
        report.contract_kit = record  # type: ignore[attr-defined]


def _record_of_check(
    item: pytest.Item, violation: ContractViolation, report: pytest.TestReport, session: PluginSession
) -> dict[str, Any] | None:
    """The test called ``check`` itself: it is told what can be done, and its failure joins the findings."""
    from ._judging import alone, keep

    verdict: Verdict | Any = violation.verdict
    if verdict is None or not report.failed:
        return None
    before = session.told_before(_name(item), verdict)
    if before is not None:
        report.longrepr = _longrepr(item, _in_short(str(violation), before))
    elif "contract_case" in getattr(item, "fixturenames", ()):
        report.sections.append(("contract", "\n".join([f"  alone     {alone(item)}", *keep(verdict)])))
    return _record_of_marked(item, session, verdict.case, verdict)


def _record_of_pass(item: pytest.Item, session: PluginSession) -> dict[str, Any] | None:
    """A marked test whose case went well: the grouping wants to know what was met."""
    from contract_kit.model import Case

    case = getattr(getattr(item, "callspec", None), "params", {}).get("contract_case")
    return _record_of_marked(item, session, case, None) if isinstance(case, Case) else None


def _record_of_marked(
    item: pytest.Item, session: PluginSession, case: Case, verdict: Verdict | None
) -> dict[str, Any]:
    from ._marker import words_of
    from ._wire import record_of_check

    words = words_of(item)
    spec = session.document(words.spec or session.chosen.options.spec)
    return record_of_check(_name(item), words, None if spec is None else str(spec), case, verdict)


def _name(item: pytest.Item) -> str:
    """The test without its parameters."""
    return item.nodeid.partition("[")[0]


def summarise(reporter: pytest.TerminalReporter, session: PluginSession) -> None:
    """The section "contract findings", and the report files."""
    from contract_kit.errors import ContractKitError

    reports = session.reports
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


def name_in_junit(config: pytest.Config, report: pytest.TestReport, target: str) -> None:
    """Give an item of ours its whole case id in pytest's own XML, which cuts node ids at each ``::``."""
    if not target.startswith("contract::"):
        return
    from _pytest.junitxml import xml_key

    xml = config.stash.get(xml_key, None)
    if xml is not None:
        reporter = xml.node_reporter(report)
        reporter.add_attribute("classname", target.replace("::", "."))
        reporter.add_attribute("name", report.nodeid.removeprefix(target + "::"))


def _in_short(text: str, before: str) -> str:
    return f"{text.partition(chr(10))[0]} (as {before})"


def _longrepr(item: pytest.Item, text: str) -> Any:
    """A failure that is its message, with no trace: pytest shows the first line in its summary as well."""
    from _pytest._code.code import ReprEntry, ReprExceptionInfo, ReprFileLocation, ReprTraceback

    entry = ReprEntry(text.splitlines(), None, None, None, "value")
    crash = ReprFileLocation(str(item.path), 0, text)
    return ReprExceptionInfo(reprcrash=crash, reprtraceback=ReprTraceback([entry], None, "value"))
