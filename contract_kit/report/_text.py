"""The text report: what broke, the one difference, expected, observed, how to see it again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from contract_kit.report._escape import visible, visible_bytes
from contract_kit.report._facts import (
    figures,
    observed_line,
    places_line,
    sorted_findings,
    verdict_line,
)
from contract_kit.report._redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from contract_kit.model import Finding, RunResult

__all__ = ["print_text", "to_text"]

_LABEL = 10
"""Columns of a label; the text after it starts in column ``_INDENT + _LABEL``."""
_INDENT = 4
_NARROW = 40
_IN_FULL = 25
"""So many new findings are shown in full; of the others only the title, for a reader has ten seconds."""
_LINE = 300
_BODY = 1500
_COLOURS = {"crash": "red", "timeout": "red", "leak": "red", "slow": "yellow"}
# What stands in for our own signs on a terminal that has ASCII only.
_ASCII = str.maketrans({"→": "->", "·": "-", "…": "...", "✓": "ok", "✗": "x"})


def print_text(
    result: RunResult, *, stream: TextIO | None = None, verbosity: int = 0, redactor: Redactor | None = None
) -> None:
    """Print the run to ``stream`` (standard output): in colours on a terminal, plain elsewhere.

    ``verbosity`` below zero shows titles and the last lines only, above zero also bodies, headers and the
    ids of all cases. On a terminal, lines are wrapped to its width; commands never are, so that they can be
    copied.
    """
    from rich.console import Console

    stream = sys.stdout if stream is None else stream
    if stream is None:  # closed before we were started: nobody reads
        return
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    width = console.width if console.is_terminal else None
    with console.capture() as captured:
        _render(console, (redactor or Redactor()).result(result), verbosity, width)
    stream.write(_encodable(captured.get(), getattr(stream, "encoding", None) or "utf-8"))
    stream.flush()


def to_text(
    result: RunResult, *, verbosity: int = 0, width: int | None = None, redactor: Redactor | None = None
) -> str:
    """The run as plain text, wrapped at ``width`` columns or not at all."""
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, highlight=False, markup=False, emoji=False, color_system=None, force_terminal=False
    )
    _render(console, (redactor or Redactor()).result(result), verbosity, width)
    return out.getvalue()


def _encodable(text: str, encoding: str) -> str:
    """``text`` as ``encoding`` can hold it: a pipe under ``LANG=C`` must not end a run with an error."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    return text


def _render(console: Console, result: RunResult, verbosity: int, width: int | None) -> None:
    for line in _lines(console, result, verbosity, width):
        console.print(line, soft_wrap=True)


def _lines(console: Console, result: RunResult, verbosity: int, width: int | None) -> Iterator[Text]:
    from rich.text import Text

    yield from _wrapped(console, _header(result), width, 2)
    findings = sorted_findings(result)
    if findings:
        yield Text("")
    shown = 0
    for number, finding in enumerate(findings, 1):
        yield from _wrapped(console, _title(number, finding), width, _INDENT)
        if verbosity < 0:
            continue
        if verbosity == 0 and (finding.known or shown >= _IN_FULL):
            yield from _field(console, "case", finding.case.id, width, "dim", wrap=False)
        else:
            shown += 1
            yield from _details(console, finding, verbosity, width)
        yield Text("")
    if findings and verbosity < 0:
        yield Text("")
    yield from _wrapped(console, _summary(result), width, 2)
    for note in _notes(result, len(findings), shown, verbosity):
        yield from _wrapped(console, Text(visible(note, _LINE), "dim"), width, 2)


def _header(result: RunResult) -> Text:
    from rich.text import Text

    line = Text()
    line.append(visible(result.event, _LINE), "bold")
    line.append(" → ")
    line.append(visible(result.target, _LINE), "bold")
    line.append(f" ({result.target_kind})")
    line.append("   ")
    line.append(figures(result), "dim")
    return line


def _title(number: int, finding: Finding) -> Text:
    from rich.text import Text

    line = Text(style="dim" if finding.known else "")
    colour = _COLOURS.get(finding.finding, "magenta")
    line.append(f"{number:>2}  ", "" if finding.known else "bold")
    line.append(finding.finding, "" if finding.known else f"bold {colour}")
    line.append(" (known)  " if finding.known else "  ")
    line.append(visible(finding.title, _LINE), "" if finding.known else "bold")
    return line


def _details(console: Console, finding: Finding, verbosity: int, width: int | None) -> Iterator[Text]:
    dim = "dim" if finding.known else ""

    def field(label: str, text: str, style: str = "", *, wrap: bool = True) -> Iterator[Text]:
        return _field(console, label, text, width, style or dim, wrap=wrap)

    if finding.locations or finding.pointer is not None:
        yield from field("where", places_line(finding, None if verbosity > 0 else 4))
    if finding.changed:
        yield from field("changed", visible(finding.changed, _LINE))
    if finding.expected:
        yield from field("expected", visible(finding.expected, _LINE))
    yield from field("observed", observed_line(finding, _LINE))
    case = visible(finding.case.id)
    if finding.count > 1:
        case += f"   (the smallest of {finding.count:,} cases)"
    yield from field("case", case, wrap=False)
    if verbosity > 0:
        for other in finding.case_ids:
            if other != finding.case.id:
                yield from field("", visible(other), "dim", wrap=False)
        for name, value in finding.case.headers:
            yield from field("header", f"{visible(name)}: {visible(value, _LINE)}")
        yield from field("body", visible_bytes(finding.case.body, _BODY) or "(empty)")
        if finding.reply.body:
            yield from field("reply", visible_bytes(finding.reply.body, _BODY))
    command = finding.reproduce.get("cli")
    if command:
        yield from field("replay", visible(command), "" if finding.known else "cyan", wrap=False)


def _field(
    console: Console, label: str, text: str, width: int | None, style: str, *, wrap: bool = True
) -> Iterator[Text]:
    """A label and its text in one column, further lines below the text."""
    from rich.text import Text

    start = _INDENT + _LABEL
    content = Text(text, style)
    lines: list[Text] = [content]
    if wrap and width is not None and width - start >= _NARROW // 2:
        lines = list(content.wrap(console, width - start)) or [content]
    for at, line in enumerate(lines):
        out = Text(" " * _INDENT)
        out.append(f"{'' if at else label:<{_LABEL}}", "dim")
        line.rstrip()
        out.append_text(line)
        yield out


def _wrapped(console: Console, line: Text, width: int | None, hang: int) -> Iterator[Text]:
    """``line`` wrapped with its further lines hanging ``hang`` columns."""
    from rich.text import Text

    if width is None or line.cell_len <= width or width < _NARROW:
        yield line
        return
    for at, part in enumerate(line.wrap(console, width - hang)):
        part.rstrip()
        yield part if at == 0 else Text(" " * hang).append_text(part)


def _summary(result: RunResult) -> Text:
    from rich.text import Text

    new = sum(not finding.known for finding in result.findings)
    headline, rest = verdict_line(result)
    line = Text()
    line.append(headline, "bold red" if new else "bold green" if result.summary.stopped is None else "bold")
    line.append(f" · {rest}")
    return line


def _notes(result: RunResult, findings: int, shown: int, verbosity: int) -> Iterator[str]:
    coverage = result.coverage
    if (coverage.missing and coverage.violated) or verbosity > 0:
        said = f"{coverage.violated} of {coverage.constraints} rules broken, {coverage.satisfied} kept"
        missing = f"; never tried: {', '.join(coverage.missing[:8])}" if coverage.missing else ""
        yield f"coverage: {said}{missing}{' …' if len(coverage.missing) > len(coverage.missing[:8]) else ''}"
    for note in result.notes:
        yield f"note: {note}"
    if verbosity == 0 and findings > shown >= _IN_FULL:
        yield f"note: the first {shown} new findings are shown in full, -v shows all"
