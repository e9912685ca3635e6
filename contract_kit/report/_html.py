"""The HTML report: one file, no scripts, nothing fetched; light and dark, on paper and on a phone."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from contract_kit.model import JSON_HEADERS
from contract_kit.report._escape import html_text, visible_bytes
from contract_kit.report._facts import (
    count,
    figures,
    observed_line,
    places_line,
    sorted_findings,
    verdict_line,
)
from contract_kit.report._json import exception_text, tool_version
from contract_kit.report._pretty import Line, body_lines, raw_body
from contract_kit.report._redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Finding, Headers, RunResult

__all__ = ["to_html"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Should anything slip through the escaping, a browser still runs and fetches nothing."""
_LINE = 600
_REPLY = 4000
_IDS = 200
_SEVERE = {"crash": "bad", "timeout": "bad", "leak": "bad", "slow": "mild"}
_MEANING = {
    "crash": "the consumer raised what is no refusal, answered 5xx or 3xx, or broke the connection",
    "timeout": "no answer in time",
    "false_accept": "took what it must refuse",
    "false_reject": "refused what it must take",
    "altered": "a value came out other than it went in",
    "lost": "a declared field did not come out",
    "inconsistent": "the same value, or the same case again, gave another outcome",
    "slow": "took far longer than its size explains",
    "duplicate_effect": "one event had two effects",
    "missing_effect": "an event had no effect",
    "leak": "the reply shows what must stay inside",
}


def _style() -> str:
    return resources.files("contract_kit.report").joinpath("report.css").read_text("utf-8")


def to_html(result: RunResult, redactor: Redactor | None = None) -> str:
    """The run as one HTML page."""
    result = (redactor or Redactor()).result(result)
    findings = sorted_findings(result)
    title = html_text(f"{result.event} → {result.target}", _LINE)
    headline, _ = verdict_line(result)
    page = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{html_text(headline)} · {title}</title>",
        f"<style>\n{_style()}</style>",
        "</head>",
        "<body>",
        "<main>",
        *_header(result),
        *_contents(findings),
        *(part for number, one in enumerate(findings, 1) for part in _finding(number, one)),
        *_footer(result),
        "</main>",
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(page)


def _header(result: RunResult) -> Iterator[str]:
    summary = result.summary
    new = sum(not finding.known for finding in result.findings)
    headline, _ = verdict_line(result)
    state = "bad" if new else "odd" if summary.stopped is not None else "good"
    yield "<header>"
    yield f'<p class="tool">contract-kit <span>{html_text(figures(result))}</span></p>'
    yield (
        f"<h1><span>{html_text(result.event, _LINE)}</span> <i>→</i> <span>{html_text(result.target, _LINE)}"
        f"</span> <small>{html_text(result.target_kind)}</small></h1>"
    )
    why = html_text(summary.stopped or "", 200)
    stopped = f' <span class="stopped">stopped early: {why}</span>' if why else ""
    yield f'<p class="verdict {state}"><b>{html_text(headline)}</b>{stopped}</p>'
    always = (summary.cases, "cases"), (summary.passed, "passed")
    others = (summary.failed, "failed"), (summary.not_judged, "not judged"), (summary.skipped, "skipped")
    tiles = [*always, *(tile for tile in others if tile[0])]
    yield '<ul class="tiles">'
    yield from (f"<li><b>{number:,}</b> {name}</li>" for number, name in tiles)
    yield "</ul>"
    yield from (f'<p class="note">{html_text(note, _LINE)}</p>' for note in result.notes)
    yield "</header>"


def _badge(finding: Finding) -> str:
    known = ' <span class="badge">known</span>' if finding.known else ""
    kind, meaning = _SEVERE.get(finding.finding, "wrong"), html_text(_MEANING[finding.finding])
    return f'<span class="badge {kind}" title="{meaning}">{html_text(finding.finding)}</span>{known}'


def _contents(findings: list[Finding]) -> Iterator[str]:
    if len(findings) < 2:
        return
    yield '<nav aria-label="Findings"><ol>'
    for number, finding in enumerate(findings, 1):
        known = ' class="known"' if finding.known else ""
        yield f'<li{known}><a href="#f{number}">{html_text(finding.title, _LINE)}</a> {_badge(finding)}</li>'
    yield "</ol></nav>"


def _finding(number: int, finding: Finding) -> Iterator[str]:
    known = " known" if finding.known else ""
    opened = "" if finding.known else " open"
    yield f'<details class="finding{known}" id="f{number}"{opened}>'
    yield f"<summary><h2><i>{number}</i> {html_text(finding.title, _LINE)}</h2>{_badge(finding)}</summary>"
    yield "<dl>"
    for label, text, kind in _facts(finding):
        yield f"<dt>{label}</dt><dd{kind}>{text}</dd>"
    yield "</dl>"
    yield from _body(finding)
    yield from _answer(finding)
    yield from _snippets(finding)
    yield from _other_cases(finding)
    yield "</details>"


def _facts(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Label, text as HTML, and the class attribute of what stands in the list of facts."""
    if finding.locations or finding.pointer is not None:
        yield "where", f"<code>{html_text(places_line(finding, 40))}</code>", ""
    if finding.changed:
        yield "changed", html_text(finding.changed, _LINE), ' class="changed"'
    if finding.expected:
        yield "expected", html_text(finding.expected, _LINE), ""
    yield "observed", html_text(observed_line(finding, _LINE)), ' class="observed"'
    exception = exception_text(finding.reply)
    if exception and exception.rpartition(": ")[2] not in finding.observed:
        yield "raised", f"<code>{html_text(exception, _LINE)}</code>", ""
    if finding.case.because and finding.case.because not in finding.expected:
        yield "because", html_text(finding.case.because, _LINE), ""
    many = f" <small>the smallest of {finding.count:,} cases</small>" if finding.count > 1 else ""
    yield "case", f"<code>{html_text(finding.case.id)}</code>{many}", ""


def _body(finding: Finding) -> Iterator[str]:
    case = finding.case
    lines = body_lines(case)
    rows = "\n".join(_row(line) for line in lines)
    yield '<details class="part" open><summary>body</summary>'
    if case.headers != JSON_HEADERS or case.method != "POST":
        yield f'<pre class="headers" tabindex="0">{html_text(case.method)}\n{_headers(case.headers)}</pre>'
    yield f'<pre tabindex="0">{rows or "<i>(empty)</i>"}</pre></details>'
    raw = raw_body(case)
    if raw != "\n".join(line.text for line in lines):
        yield f'<details class="part"><summary>body as sent, {count(len(case.body), "byte")}</summary>'
        yield f'<pre tabindex="0">{html_text(raw, newlines=True)}</pre></details>'


def _headers(headers: Headers) -> str:
    return "\n".join(f"{html_text(name)}: {html_text(value, _LINE)}" for name, value in headers)


def _row(line: Line) -> str:
    text = html_text(line.text)
    tag = {"marked": "mark", "gone": "del", "cut": "i"}.get(line.kind)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _answer(finding: Finding) -> Iterator[str]:
    reply = finding.reply
    if not reply.body and not reply.headers:
        return
    yield '<details class="part"><summary>reply</summary>'
    status = f"{reply.status}\n" if reply.status is not None else ""
    yield f'<pre class="headers" tabindex="0">{status}{_headers(reply.headers)}</pre>'
    if reply.body:
        text = visible_bytes(reply.body, _REPLY, newlines=True)
        yield f'<pre tabindex="0">{html_text(text, newlines=True)}</pre>'
    yield "</details>"


def _snippets(finding: Finding) -> Iterator[str]:
    labels = {"cli": "replay", "curl": "curl", "pytest": "pytest"}
    for name, label in labels.items():
        snippet = finding.reproduce.get(name)
        if snippet:
            opened = " open" if name == "cli" else ""
            yield f'<details class="part"{opened}><summary>{label}</summary>'
            kind = ' class="code"' if name == "pytest" else ""
            yield f'<pre tabindex="0"{kind}>{html_text(snippet, newlines=True)}</pre></details>'


def _other_cases(finding: Finding) -> Iterator[str]:
    others = [one for one in finding.case_ids if one != finding.case.id]
    if others:
        yield f'<details class="part"><summary>{count(len(others), "other case")}</summary>'
        shown = "\n".join(html_text(one) for one in others[:_IDS])
        more = f"\n<i>… and {len(others) - _IDS:,} more</i>" if len(others) > _IDS else ""
        yield f'<pre tabindex="0">{shown}{more}</pre></details>'


def _footer(result: RunResult) -> Iterator[str]:
    coverage = result.coverage
    yield "<footer>"
    yield (
        f"<p>{count(coverage.constraints, 'rule')} of the contract: {coverage.violated} broken and "
        f"{coverage.satisfied} kept by some case."
    )
    if coverage.pairs_total:
        yield f"{coverage.pairs_covered:,} of {count(coverage.pairs_total, 'pair')} of values met."
    yield "</p>"
    if coverage.missing:
        missing = ", ".join(html_text(one, 120) for one in coverage.missing[:50])
        yield f"<p>Never tried: <code>{missing}</code></p>"
    kinds = ", ".join(f"{number:,} {html_text(kind)}" for kind, number in result.kinds.items() if number)
    if kinds:
        yield f"<p>Cases: {kinds}.</p>"
    yield f"<p>Contract <code>{html_text(result.spec, 200)}</code>,"
    yield f"sha256 <code>{html_text(result.sha256)}</code>."
    yield f"contract-kit {html_text(tool_version())}, seed {result.seed}.</p>"
    yield "</footer>"
