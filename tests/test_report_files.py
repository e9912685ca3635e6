"""JUnit and HTML are well formed whatever they hold; files are written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import stat
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from report_makers import URL, body_with, everyday, hostile, make_case, make_finding, make_result

from contract_kit.errors import UsageError
from contract_kit.model import Coverage, Reply, Summary
from contract_kit.report import check_report_paths, to_html, to_junit, write_reports
from contract_kit.report._escape import printable
from contract_kit.report._pretty import body_lines

VOID = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """Reads a page strictly: every element that opens closes in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("run", [everyday, hostile, make_result], ids=["everyday", "hostile", "empty"])
def test_the_page_is_well_formed_and_runs_and_fetches_nothing(run):
    page = Page(to_html(run()))
    names = {name for name, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "svg", "base", "a:href"}
    for name, attrs in page.tags:
        assert not [key for key in attrs if key.startswith("on") or key in {"src", "style", "srcset"}], name
        assert attrs.get("href", "#").startswith("#")
    assert [attrs for name, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert "@import" not in to_html(run())
    assert "url(" not in to_html(run())


@pytest.mark.parametrize("render", [to_html, to_junit])
def test_no_report_holds_an_invisible_character(render):
    assert all(char == "\n" or printable(char) for char in render(hostile()))


def test_a_hundred_kilobyte_body_does_not_bloat_the_page():
    assert len(to_html(hostile())) < 400_000


def test_the_page_marks_the_changed_line_of_the_body():
    page = to_html(everyday())
    assert re.search(r"<mark> *&quot;status&quot;: &quot;Published&quot;,</mark>", page)
    assert re.search(r"<del> *\(no &quot;email&quot;\)</del>", page)


def test_a_long_body_shows_what_is_around_the_difference():
    body = body_with(extra=list(range(500)), status="Published")
    lines = body_lines(make_case(body=body))
    assert len(lines) < 30
    assert [line.text.strip() for line in lines if line.kind == "marked"] == ['"status": "Published",']
    deep = body_lines(make_case(body=body, at="/customer/extra/250"))
    assert [line.text.strip() for line in deep if line.kind == "marked"] == ["250,"]
    assert sum("not shown" in line.text for line in deep) == 2


def test_numbers_and_doubled_keys_show_as_they_were_sent():
    lines = [line.text for line in body_lines(make_case(body=b'{"a":1e400,"a":1.10,"b":[],"c":{}}', at="/c"))]
    assert lines == ["{", '  "a": 1e400,', '  "a": 1.10,', '  "b": [],', '  "c": {}', "}"]


@pytest.mark.parametrize("kind", ["malformed", "equivalent"])
def test_where_the_spelling_is_the_point_the_body_shows_as_sent(kind):
    assert [line.text for line in body_lines(make_case(kind=kind, body=b'{"a":\t1}'))] == ['{"a":\\t1}']


@pytest.mark.parametrize("run", [everyday, hostile, make_result], ids=["everyday", "hostile", "empty"])
def test_junit_is_xml_whose_figures_are_those_of_its_cases(run):
    root = ET.fromstring(to_junit(run()).encode())
    assert root.tag == "testsuites"
    (suite,) = root.findall("testsuite")
    cases = suite.findall("testcase")
    for element in (root, suite):
        assert int(element.get("tests")) == len(cases)
        assert int(element.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(element.get("skipped")) == len(suite.findall("testcase/skipped"))
        assert element.get("errors") == "0"
        assert float(element.get("time")) >= 0
    names = [case.get("name") for case in cases]
    assert len(set(names)) == len(names)
    assert all(case.get("classname") for case in cases)
    # Jenkins' schema: properties, then test cases, then system-out.
    order = [child.tag for child in suite]
    assert order == sorted(order, key=["properties", "testcase", "system-out"].index)


def endpoint():
    """A run against a URL: the reply has headers and a body, the delivery headers of its own."""
    case = make_case(method="PUT", headers=(("content-type", "text/plain"),))
    reply = Reply(outcome="crashed", status=500, headers=(("server", "uvicorn"),), body=b"<h1>Error</h1>")
    findings = [
        make_finding(finding="crash", case=case, reply=reply, context=URL),
        make_finding(
            id="x",
            reply=Reply(outcome="crashed", body=b"-"),
            case_ids=tuple(f"c{n}" for n in range(300)),
            changed="",
            expected="",
        ),
    ]
    coverage = Coverage(constraints=44, violated=43, satisfied=44, missing=("/customer/name type",))
    summary = Summary(cases=9, stopped="--max-time")
    return make_result(
        *findings, target=URL.target, target_kind="url", coverage=coverage, summary=summary, kinds={}
    )


def test_the_page_shows_how_an_endpoint_was_asked_and_what_it_answered():
    page = to_html(endpoint())
    text = "".join(Page(page).text)
    assert "PUT\ncontent-type: text/plain" in text
    assert "500\nserver: uvicorn" in text
    assert "<h1>Error</h1>" in text
    assert "curl -i -sS -X PUT" in text
    assert "… and 100 more" in text
    assert "stopped early: --max-time" in text
    assert "Never tried: /customer/name type" in text


def test_junit_of_an_endpoint_holds_the_curl_line_and_counts_all_cases_together():
    suite = ET.fromstring(to_junit(endpoint())).find("testsuite")
    assert "curl:     curl -i -sS -X PUT" in suite.find("testcase/failure").text
    assert [case.get("name") for case in suite.findall("testcase")][-1] == "all cases"


def test_a_folder_without_write_permission_is_refused_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(UsageError, match="no permission"):
        check_report_paths([tmp_path / "r.json"])


def test_junit_keeps_known_findings_visible_without_failing_for_them():
    suite = ET.fromstring(to_junit(everyday())).find("testsuite")
    assert suite.get("failures") == "3"
    assert suite.get("skipped") == "1"
    passed = {case.get("name"): case.findtext("system-out") for case in suite.findall("testcase[system-out]")}
    assert passed["valid cases"] == "797 of 800 cases without a finding"


@pytest.mark.parametrize("name", ["report.json", "report.xml", "report.html", "REPORT.HTML"])
def test_a_report_is_written_by_its_suffix(tmp_path, name):
    write_reports(everyday(), [tmp_path / name])
    start = (tmp_path / name).read_text("utf-8")[:15].lower()
    assert start.startswith(
        {"n": "{", "l": "<!doctype"}.get(name.lower()[-1], "<?xml") if "xml" not in name else "<?xml"
    )
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_umask_holds_for_report_files(tmp_path):
    old = os.umask(0o027)
    try:
        write_reports(everyday(), [tmp_path / "r.json"])
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == 0o640


def test_an_old_report_is_replaced_through_a_link(tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_reports(everyday(), [tmp_path / "link.json"])
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["version"] == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report.txt", "must end in one of .json, .xml, .html"),
        ("report", "must end in one of .json, .xml, .html"),
        ("nowhere/report.json", "there is no directory"),
        ("folder.json", "it is a directory"),
        ("file.json/report.json", "there is no directory"),
    ],
)
def test_a_report_that_could_not_be_written_is_refused_before_the_run_in_one_line(tmp_path, name, said):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "file.json").write_text("")
    with pytest.raises(UsageError, match=re.escape(said)) as caught:
        check_report_paths([tmp_path / name])
    assert "\n" not in str(caught.value)


def test_one_report_cannot_be_named_twice(tmp_path):
    with pytest.raises(UsageError, match="named twice"):
        check_report_paths([tmp_path / "a.json", tmp_path / "a.json"])


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "r.json").write_text("old")

    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(UsageError, match="No space left"):
        write_reports(everyday(), [tmp_path / "r.json"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"r.json": "old"}


def test_nothing_is_written_where_one_format_cannot_be_rendered(tmp_path):
    broken = make_result(make_finding(), summary=Summary(duration_s=None))
    with pytest.raises(TypeError):
        write_reports(broken, [tmp_path / "r.html", tmp_path / "r.json"])
    assert list(tmp_path.iterdir()) == []
