"""The JUnit report: one test case a finding, one a kind for all that passed.

The form is the common one of Jenkins (its ``junit-10.xsd``), GitLab and GitHub's test reporters:
``testsuites`` over one ``testsuite``, ``failure`` with type, message and text. Known findings are skipped
test cases, so that they stay visible and break no build.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from contract_kit.model import KINDS
from contract_kit.report._escape import visible, visible_bytes, xml_text
from contract_kit.report._facts import count, observed_line, places_line, sorted_findings
from contract_kit.report._redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Finding, RunResult

__all__ = ["to_junit"]

_BODY = 4000
_LINE = 1000


def to_junit(result: RunResult, redactor: Redactor | None = None) -> str:
    """The run as a JUnit XML document."""
    result = (redactor or Redactor()).result(result)
    findings = sorted_findings(result)
    cases = [*(_finding_case(finding, result) for finding in findings), *_kind_cases(result)]
    skipped = sum(finding.known for finding in findings)
    time = f"{result.summary.duration_s:.3f}"
    figures = f'tests="{len(cases)}" failures="{len(findings) - skipped}" errors="0"'
    name = xml_text(f"contract-kit {result.event} {result.target}", newlines=False)
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="contract-kit" {figures} skipped="{skipped}" time="{time}">',
            f'<testsuite name="{name}" {figures} skipped="{skipped}" time="{time}">',
            "<properties>",
            *_properties(result),
            "</properties>",
            *cases,
            *_notes(result),
            "</testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _attribute(text: str, limit: int | None = None) -> str:
    return xml_text(text, limit, newlines=False)


def _properties(result: RunResult) -> Iterator[str]:
    summary = result.summary
    values = {
        "event": result.event,
        "spec": result.spec,
        "sha256": result.sha256,
        "target": result.target,
        "as": result.target_kind,
        "policy": result.policy,
        "seed": str(result.seed),
        "cases": str(summary.cases),
        "passed": str(summary.passed),
        "failed": str(summary.failed),
        "not_judged": str(summary.not_judged),
        "skipped": str(summary.skipped),
        "stopped": summary.stopped or "",
    }
    for name, value in values.items():
        yield f'<property name="{name}" value="{_attribute(value)}"/>'


def _opening(name: str, result: RunResult, time: float = 0.0) -> str:
    classname = _attribute(f"contract-kit.{result.event}")
    return f'<testcase classname="{classname}" name="{_attribute(name)}" time="{time:.3f}">'


def _finding_case(finding: Finding, result: RunResult) -> str:
    opening = _opening(finding.id, result, finding.reply.elapsed)
    title = _attribute(finding.title, _LINE)
    if finding.known:
        return f'{opening}<skipped message="known: {title}"/></testcase>'
    text = xml_text("\n".join(_description(finding)))
    failure = f'<failure type="{_attribute(finding.finding)}" message="{title}">{text}</failure>'
    return f"{opening}{failure}</testcase>"


def _description(finding: Finding) -> Iterator[str]:
    yield finding.title
    yield ""
    if finding.locations or finding.pointer is not None:
        yield f"where:    {places_line(finding, None)}"
    if finding.changed:
        yield f"changed:  {visible(finding.changed, _LINE)}"
    if finding.expected:
        yield f"expected: {visible(finding.expected, _LINE)}"
    yield f"observed: {observed_line(finding, _LINE)}"
    yield f"case:     {visible(finding.case.id)} ({count(finding.count, 'case')} failed for this cause)"
    for name, command in finding.reproduce.items():
        if name != "pytest" and command:
            yield f"{name}:".ljust(10) + visible(command, newlines=True)
    yield f"body:     {visible_bytes(finding.case.body, _BODY)}"


def _kind_cases(result: RunResult) -> Iterator[str]:
    """One passed test case a kind, for the cases that failed for no cause."""
    failed: Counter[str] = Counter()
    for finding in result.findings:
        failed[finding.case.kind] += finding.count
    for kind in KINDS:
        ran = result.kinds.get(kind, 0)
        if ran:
            passed = max(0, ran - failed[kind])
            said = f"{passed:,} of {count(ran, 'case')} without a finding"
            yield f"{_opening(f'{kind} cases', result)}<system-out>{said}</system-out></testcase>"
    if not any(result.kinds.values()):
        said = f"{result.summary.passed:,} of {count(result.summary.cases, 'case')} without a finding"
        yield f"{_opening('all cases', result)}<system-out>{said}</system-out></testcase>"


def _notes(result: RunResult) -> Iterator[str]:
    if result.notes:
        yield f"<system-out>{xml_text(chr(10).join(result.notes))}</system-out>"
