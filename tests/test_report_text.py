"""The text report: read in ten seconds, plain in a pipe, coloured and wrapped on a terminal."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys

import pytest
from report_makers import everyday, hostile, make_case, make_finding, make_result

from contract_kit.model import Coverage, Summary
from contract_kit.report import print_text, to_text
from contract_kit.report._escape import printable

EVERYDAY = """\
customer.created → shop.webhooks:parse (parser)   policy schema, 1,240 cases, 2.1 s

 1  crash  crashes with KeyError when customer.email is absent
    where     /customer/email
    changed   customer.email is left out
    expected  accepted
    observed  KeyError: 'email', at shop/webhooks.py:41 in parse
    case      valid:/customer/email:absent:   (the smallest of 2 cases)
    replay    contract-kit fuzz shop.webhooks:parse --only valid:/customer/email:absent: --policy schema

 2  false_accept  accepts customer.status "Published" (not in the enum)
    where     /customer/status
    changed   customer.status: "published" → "Published"
    expected  refused: must be one of published, deleted, archived
    observed  accepted
    case      invalid:/customer/status:enum:case-upper   (the smallest of 3 cases)
    replay    contract-kit fuzz shop.webhooks:parse --only invalid:/customer/status:enum:case-upper --policy schema

 3  altered  shortens customer.name to 255 characters
    where     /customer/name
    changed   customer.name is 300 characters long
    expected  the same 300 characters
    observed  255 characters came out
    case      valid:/customer/name:text:long
    replay    contract-kit fuzz shop.webhooks:parse --only valid:/customer/name:text:long --policy schema

 4  false_accept (known)  accepts a body that is no JSON: a comma before the closing brace
    case      malformed:::trailing-comma

4 findings (1 known) · 1,228 passed, 10 failed, 2 not judged
note: values not compared for 12 cases: the target returned nothing
"""


class Stream(io.StringIO):
    """A text stream that may be a terminal and may know ASCII only."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8"):
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._terminal

    def write(self, text):
        text.encode(self._encoding)
        return super().write(text)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_the_report_of_a_usual_run():
    assert to_text(everyday()) == EVERYDAY


def test_in_a_pipe_it_is_plain_and_never_wrapped():
    stream = Stream()
    print_text(everyday(), stream=stream)
    assert stream.getvalue() == EVERYDAY


def test_on_a_terminal_it_has_colours_and_fits_the_width_but_commands_stay_whole(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    stream = Stream(terminal=True)
    print_text(everyday(), stream=stream)
    assert "\x1b[1" in stream.getvalue()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert "\x1b" not in plain
    for line in plain.splitlines():
        assert len(line) <= 60 or re.match(r" +(case|replay) ", line), line
    assert "--only invalid:/customer/status:enum:case-upper --policy schema\n" in plain


def test_no_colour_where_the_user_wants_none(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Stream(terminal=True)
    print_text(everyday(), stream=stream)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", stream.getvalue())


def test_a_stream_that_knows_ascii_only_gets_ascii():
    stream = Stream(encoding="ascii")
    print_text(everyday(), stream=stream)
    assert "customer.created -> shop.webhooks:parse" in stream.getvalue()
    stream = Stream(encoding="ascii")
    print_text(hostile(), stream=stream, verbosity=1)
    assert "8 findings" in stream.getvalue()


def test_quiet_leaves_titles_and_the_last_lines():
    lines = to_text(everyday(), verbosity=-1).splitlines()
    assert len(lines) == 9
    assert [line[:4] for line in lines[2:6]] == [" 1  ", " 2  ", " 3  ", " 4  "]
    assert lines[7].startswith("4 findings (1 known)")


def test_verbose_adds_body_headers_and_all_cases():
    text = to_text(everyday(), verbosity=1)
    assert '    body      {"event_type": "customer.created", ' in text
    assert "    header    content-type: application/json\n" in text
    assert "              invalid:/customer/status:enum:space-after\n" in text
    assert "coverage: 44 of 44 rules broken, 44 kept\n" in text
    assert "malformed:::trailing-comma   (the smallest of 4 cases)" in text


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("width", [None, 20, 40, 80, 200])
def test_hostile_runs_print_without_an_invisible_character(verbosity, width):
    text = to_text(hostile(), verbosity=verbosity, width=width)
    assert all(char == "\n" or printable(char) for char in text)
    assert "[red]markup[/red]" in re.sub(r"\s+", "", text)
    assert ":smile:" in text
    assert len(text) < 200_000
    assert not any(line.endswith(" ") for line in text.splitlines() if width is None and verbosity == 0)


def test_a_clean_run_says_so_in_a_line():
    run = make_result(summary=Summary(cases=1240, passed=1240, duration_s=62.0))
    assert to_text(run) == (
        "customer.created → shop.webhooks:parse (parser)   policy schema, 1,240 cases, 1 min 2 s\n"
        "nothing found · 1,240 passed\n"
    )


def test_a_run_that_ended_early_and_rules_never_tried_are_told():
    run = make_result(
        summary=Summary(cases=1, passed=1, skipped=7, stopped="interrupted"),
        coverage=Coverage(constraints=44, violated=43, satisfied=44, missing=("/a type",)),
        seed=7,
    )
    text = to_text(run)
    assert "nothing found · 1 passed, 7 skipped · stopped early: interrupted\n" in text
    assert "coverage: 43 of 44 rules broken, 44 kept; never tried: /a type\n" in text
    assert "1 case, 0.00 s, seed 7" in text


def test_many_places_are_counted_and_the_first_named():
    finding = make_finding(locations=tuple(f"/a/{number}" for number in range(9)))
    assert "    where     /a/0, /a/1, /a/2, /a/3 and 5 more\n" in to_text(make_result(finding))
    assert "/a/8" in to_text(make_result(finding), verbosity=1)


def test_of_very_many_findings_the_later_ones_are_titles():
    run = make_result(
        *(make_finding(id=f"f{number}", case=make_case(id=f"c{number}")) for number in range(40))
    )
    text = to_text(run)
    assert text.count("    replay ") == 25
    assert "c39" in text
    assert "note: the first 25 new findings are shown in full, -v shows all" in text
    assert to_text(run, verbosity=1).count("    replay ") == 40


def test_a_fault_of_the_whole_body_has_a_place_too():
    assert "    where     (root)\n" in to_text(make_result(make_finding(locations=("",), pointer="")))


def test_known_findings_come_last_and_dim():
    run = everyday()
    known = [dataclasses.replace(run.findings[3]), *run.findings[:3]]
    assert to_text(dataclasses.replace(run, findings=tuple(known))) == EVERYDAY


def test_asking_for_the_report_package_imports_nothing_heavy():
    code = (
        "import sys, contract_kit.report as r; r.to_json; r.to_html; r.write_reports; r.reproduce; r.title; "
        "sys.exit(any(name in sys.modules for name in ('rich', 'jsonschema', 'hypothesis', 'click', 'faker')))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=20, check=False).returncode == 0


def test_every_public_name_is_there():
    import contract_kit.report as report

    assert dir(report) == sorted(report.__all__)
    assert all(hasattr(report, name) for name in report.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        report.nothing  # noqa: B018
