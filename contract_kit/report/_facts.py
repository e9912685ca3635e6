"""What the text, JUnit and HTML reports all say, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.report._escape import visible
from contract_kit.report._json import exception_text

if TYPE_CHECKING:
    from contract_kit.model import Finding, RunResult

__all__ = ["count", "figures", "observed_line", "places_line", "sorted_findings", "verdict_line"]


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> count(1, "case"), count(1200, "case")
    ('1 case', '1,200 cases')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def sorted_findings(result: RunResult) -> list[Finding]:
    """The findings in the order of the run, known ones last."""
    return sorted(result.findings, key=lambda finding: finding.known)


def seconds(duration: float) -> str:
    """A duration as people say it.

    >>> seconds(0.0421), seconds(2.13), seconds(754.2)
    ('0.04 s', '2.1 s', '12 min 34 s')
    """
    if duration < 1:
        return f"{duration:.2f} s"
    if duration < 60:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest} s"


def figures(result: RunResult) -> str:
    """Policy, cases and seconds in one phrase."""
    summary = result.summary
    parts = [f"policy {result.policy}", count(summary.cases, "case"), seconds(summary.duration_s)]
    if result.seed:
        parts.append(f"seed {result.seed}")
    return ", ".join(parts)


def verdict_line(result: RunResult) -> tuple[str, str]:
    """How the run ended: the headline ("2 findings, 1 of them known") and the counts."""
    known = sum(finding.known for finding in result.findings)
    headline = count(len(result.findings), "finding") if result.findings else "nothing found"
    if known:
        headline += " (known)" if known == len(result.findings) else f" ({known} known)"
    summary = result.summary
    counts = [f"{summary.passed:,} passed"]
    pairs = (summary.failed, "failed"), (summary.not_judged, "not judged"), (summary.skipped, "skipped")
    counts += [f"{number:,} {name}" for number, name in pairs if number]
    rest = ", ".join(counts)
    if summary.stopped is not None:
        rest += f" · stopped early: {visible(summary.stopped, 100)}"
    return headline, rest


def places_line(finding: Finding, most: int | None) -> str:
    """The places of a finding, at most ``most`` of them by name; ``(root)`` for the whole body."""
    places = finding.locations or ((finding.pointer,) if finding.pointer is not None else ())
    shown = places if most is None else places[:most]
    said = ", ".join(visible(place, 120) or "(root)" for place in shown)
    more = len(places) - len(shown)
    return f"{said} and {more} more" if more else said


def observed_line(finding: Finding, limit: int) -> str:
    """What happened, in one line, with the consumer's own frame where it is known."""
    reply = finding.reply
    said = finding.observed or reply.detail or exception_text(reply) or reply.outcome.replace("_", " ")
    said = visible(said, limit)
    if reply.where and reply.where not in finding.observed:
        said += f", at {visible(reply.where, 120)}"
    return said
