"""The sample receivers of ``examples/``, over real HTTP: right ones come out clean, planted faults are found.

The ordinary tests give each receiver all deliveries and a slice of the bodies; the slow ones give everything.
"""

from __future__ import annotations

import json
import re

import pytest
from receivers import COMMANDS, EXAMPLES, SECRET, serving

from contract_kit.cli import main

SLICE = (
    "delivery:*",
    "foreign:/event_type:enum:*-small",
    "equivalent:*",
    "valid:*:base:*",
    "valid:/customer/created_at:*",
    "valid:/customer/*::absent",
    "invalid:/customer/created_at:format:*",
    "invalid:/customer/name:type:*",
    "invalid:/customer/status:enum:*",
    "malformed:*",
)
FRAMINGS = ("delivery:::framing-*",)
"""Broken framings are waited for; a fault behind them is the server's, and not one of these."""

# fault → what a run must call it: the finding, the broken place, and a case that shows it
FAULTS = {
    "fastapi-sqlite": {
        "race": {("duplicate_effect", None, "delivery:::repeat-at-once")},
        "email": {("crash", "/customer/email", "valid:/customer/email::absent")},
        "lax-times": {
            ("false_accept", "/customer/created_at", "invalid:/customer/created_at:format:no-time")
        },
    },
    "flask": {
        "narrow-except": {("crash", None, "delivery:::signature-no-comma")},
        "reserialised": {
            ("false_reject", None, "delivery:::body-indented"),
            ("inconsistent", None, "equivalent:::indented"),
            ("false_accept", None, "delivery:::body-respelled"),
        },
        "other-events": {("false_reject", "/event_type", "foreign:/event_type:enum:invoice.update-small")},
    },
    "django": {
        "as-text": {("false_accept", "/customer/name", "invalid:/customer/name:type:true")},
        "stale": {("false_accept", None, "delivery:::time-too-old-day")},
        "seen-first": {
            ("missing_effect", None, "delivery:::repeat-after-refusal"),
            ("false_accept", None, "delivery:::replay-key-other"),
        },
    },
    "express": {
        "default-limit": {("false_reject", None, "delivery:::body-over-100-kb")},
        "new-date": {("false_accept", "/customer/created_at", "invalid:/customer/created_at:format:no-zone")},
        "tells-signature": {("leak", None, "delivery:::signature-altered")},
    },
}
NAMES = {
    "race": {"duplicate_effect"},
    "email": {"crash"},
    "lax-times": {"false_accept"},
    "narrow-except": {"crash"},
    "reserialised": {"false_reject", "false_accept", "inconsistent"},
    "other-events": {"false_reject"},
    "as-text": {"false_accept"},
    "stale": {"false_accept"},
    "seen-first": {"missing_effect", "false_accept"},
    "default-limit": {"false_reject"},
    "new-date": {"false_accept"},
    "tells-signature": {"leak"},
}
"""No other names may come up."""


def shown(result):
    return [(one.finding, one.pointer, one.title, one.observed, one.case_ids) for one in result.findings]


def assert_found(result, faults):
    """Each fault by its right name, at its place, shown by a case that tells of it; and nothing besides."""
    cases = {(one.finding, case): one for one in result.findings for case in one.case_ids}
    for fault, wanted in faults.items():
        for name, pointer, case in wanted:
            assert (name, case) in cases, (fault, name, case, shown(result))
            assert pointer in (None, cases[name, case].pointer), (fault, shown(result))
    assert {one.finding for one in result.findings} == set().union(*(NAMES[fault] for fault in faults)), (
        shown(result)
    )


# -- the ordinary ones ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_right_receiver_comes_out_clean(name):
    with serving(name) as served:
        result = served.run(only=SLICE)
    assert result.findings == (), shown(result)
    assert result.summary.stopped is None
    assert result.summary.not_judged == 0
    assert result.kinds["delivery"] > 200
    assert set(result.kinds) == {"valid", "equivalent", "foreign", "invalid", "malformed", "delivery"}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_planted_in_a_receiver_is_found_by_its_right_name(name):
    with serving(name, *FAULTS[name]) as served:
        result = served.run(only=(*SLICE[:-1],), skip=FRAMINGS)
    assert_found(result, FAULTS[name])


def test_in_its_folder_the_command_line_knows_what_a_receiver_is_to_be_asked(monkeypatch, capsys):
    """``pyproject.toml`` of the folder gives the policy and the receiver's own word."""
    monkeypatch.chdir(EXAMPLES / "flask")
    monkeypatch.setenv("CONTRACT_KIT_SECRET", SECRET)
    with serving("flask") as served:
        words = ["fuzz", served.url, "--effects", served.base + "/effects", "--effects-pointer", "/writes"]
        words += [
            "--only",
            "invalid:/event_type:enum:*",
            "--only",
            "delivery:::repeat-*",
            "--max-examples",
            "0",
        ]
        code = main(words)
    assert code == 0, capsys.readouterr().out


# -- the slow ones --------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["provider", "schema"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_right_receiver_comes_out_clean_of_everything(name, policy):
    with serving(name) as served:
        result = served.run(policy=policy, max_examples=200)
    assert result.findings == (), shown(result)
    assert result.summary.not_judged == 0
    assert result.coverage.missing == ()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name in FAULTS for fault in FAULTS[name]])
def test_a_fault_alone_is_found_and_nothing_besides(name, fault):
    with serving(name, fault) as served:
        result = served.run()
    assert_found(result, {fault: FAULTS[name][fault]})


# -- what stands beside them ----------------------------------------------------------------------------


def test_every_receiver_says_how_it_is_started_tested_and_spoiled():
    """A README names the command, the fuzzing command with its effects, and each fault."""
    for name, faults in FAULTS.items():
        text = (EXAMPLES / name / "README.md").read_text("utf-8")
        assert "contract-kit fuzz http://127.0.0.1:8000/webhooks" in text, name
        assert "--effects http://127.0.0.1:8000/effects --effects-pointer /writes" in text, name
        assert all(f"`{fault}`" in text for fault in faults), name
        assert f"]({name}/README.md)" in (EXAMPLES / "README.md").read_text("utf-8")


def test_no_download_address_is_kept():
    """``package.json`` names versions; where they come from is the business of who installs them."""
    for path in EXAMPLES.glob("*/package*.json"):
        assert "resolved" not in path.read_text("utf-8")
        told = json.loads(path.read_text("utf-8")).get("dependencies", {})
        assert all(re.fullmatch(r"\^[0-9]+\.[0-9]+\.[0-9]+", version) for version in told.values())


def test_the_secret_of_the_tests_is_in_no_example():
    for path in (path for name in COMMANDS for path in (EXAMPLES / name).rglob("*")):
        if (
            path.is_file()
            and "node_modules" not in path.parts
            and path.suffix in (".py", ".mjs", ".md", ".json")
        ):
            assert SECRET not in path.read_text("utf-8"), path
