"""The JSON report has exactly its published shape, for any run, and says the same thing twice."""

from __future__ import annotations

import base64
import json

import jsonschema
import pytest
from report_makers import everyday, hostile, make_case, make_finding, make_result

from contract_kit.model import NOTHING, Reply
from contract_kit.report import report_schema, to_json
from contract_kit.report._json import json_bytes

SHAPE = {
    "version": 1,
    "tool": ["name", "version"],
    "contract": ["event", "spec", "sha256"],
    "target": ["name", "as"],
    "policy": "schema",
    "seed": 0,
    "summary": [
        "cases", "deliveries", "passed", "failed", "not_judged", "skipped", "findings", "duration_s", "cases_per_s", "stopped",
    ],
    "coverage": ["constraints", "violated", "satisfied", "missing", "pairs"],
    "findings": None,
}  # fmt: skip
FINDING = [
    "id", "finding", "pointer", "keyword", "known", "locations", "title", "count", "case", "observed", "body", "headers",
    "changed", "reproduce",
]  # fmt: skip


@pytest.mark.parametrize("run", [everyday, hostile, make_result], ids=["everyday", "hostile", "empty"])
def test_every_report_satisfies_the_published_schema(run):
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.Draft202012Validator(report_schema()).validate(json.loads(json_bytes(run())))


def test_the_keys_stand_in_the_published_order():
    report = to_json(everyday())
    assert list(report) == list(SHAPE)
    for name, keys in SHAPE.items():
        if isinstance(keys, list):
            assert list(report[name]) == keys
    for finding in report["findings"]:
        assert list(finding) == FINDING
        assert list(finding["case"]) == ["id", "kind", "expect", "because", "description"]
        assert list(finding["observed"]) == ["outcome", "status", "exception", "where", "value"]
        assert list(finding["reproduce"]) == ["cli", "curl", "pytest"]


@pytest.mark.parametrize("run", [everyday, hostile], ids=["everyday", "hostile"])
def test_the_same_run_gives_the_same_bytes(run):
    assert json_bytes(run()) == json_bytes(run())


def test_the_report_is_utf_8_that_any_strict_reader_takes():
    def refuse(name):
        raise AssertionError(name)

    text = json_bytes(hostile()).decode("utf-8")
    report = json.loads(text, parse_constant=refuse)
    assert "\\ud800" in report["findings"][0]["case"]["description"]
    json.dumps(report, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    "body", [b"", b"{}", "é\u202e\x00".encode(), b"\xff", bytes(range(256)), b"\xed\xa0\x80"]
)
def test_a_body_comes_back_byte_for_byte(body):
    found = to_json(make_result(make_finding(case=make_case(body=body))))["findings"][0]["body"]
    back = found["text"].encode() if "text" in found else base64.b64decode(found["base64"])
    assert back == body
    assert len(found) == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (NOTHING, None),
        (None, None),
        (("\0leaf", "datetime", "2026-03-01T00:00:00Z"), "2026-03-01T00:00:00Z"),
        ({"a": [("\0leaf", "uuid", "x"), True, 1.5]}, {"a": ["x", True, 1.5]}),
        (float("inf"), "inf"),
        (("\0set", ["a", ("\0leaf", "uuid", "b")]), ["a", "b"]),
        (("a", "b"), ["a", "b"]),
        ("\ud800", "\\ud800"),
        (2**70, 2**70),
    ],
)
def test_the_value_that_came_out_is_plain_json(value, shown):
    run = make_result(make_finding(reply=Reply(outcome="accepted", value=value)))
    assert to_json(run)["findings"][0]["observed"]["value"] == shown


def test_values_too_deep_or_too_long_for_json_are_told_and_not_written():
    deep = []
    for _ in range(3000):
        deep = [deep]
    run = make_result(make_finding(reply=Reply(outcome="accepted", value={"deep": deep, "long": 10**6000})))
    value = json.loads(json_bytes(run))["findings"][0]["observed"]["value"]
    assert value["long"].startswith("an integer of")
    assert "…" in json.dumps(value["deep"], ensure_ascii=False)


def test_the_exception_holds_type_and_message():
    run = everyday()
    assert to_json(run)["findings"][0]["observed"]["exception"] == "builtins.KeyError: 'email'"
