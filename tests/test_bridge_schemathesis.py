"""Schemathesis as a second engine: its requests, our signatures, our judgement, one report."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from contract_kit.bridges import schemathesis as bridge
from contract_kit.bridges._labels import Labels
from contract_kit.cases import body_cases
from contract_kit.errors import SigningError, UsageError
from contract_kit.jsonio import compact
from contract_kit.report import Context
from contract_kit.runner import Expectation, Settings, run
from contract_kit.sample import Fault, Receiver, compare, serve
from contract_kit.spec import load_terms
from contract_kit.targets import UrlTarget, WsgiApp
from contract_kit.values import base_values

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROOT = Path(__file__).parents[1]
FAULTS = frozenset({Fault.NO_EMAIL, Fault.FRACTION_NEEDED, Fault.TRACEBACK})


def fuzz(receiver, *, engines=(bridge.search,), own=False, **settings):
    with serve(receiver) as running, closing(UrlTarget(running.url)) as target:
        told = Settings(secret=SECRET, **{"max_examples": 0, **settings})
        context = Context(target=running.url, kind="url", secret=True)
        return run(load_terms(), target, told, context, engines=engines, own=own)


# -- the engine -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faulty():
    """One run of Schemathesis alone over a receiver with three faults, and the same run again."""
    return [fuzz(Receiver(secret=SECRET, faults=FAULTS), policy="schema", max_examples=10) for _ in range(2)]


def test_its_cases_find_faults_at_their_own_places_and_nothing_else(faulty):
    verdict = compare(faulty[0].findings, FAULTS)
    assert [one.fault for one in verdict.missed] == []
    assert [finding.title for finding in verdict.others] == []
    assert {(f.finding, f.pointer) for f in faulty[0].findings} == {
        ("crash", "/customer/email"),
        ("false_reject", "/customer/created_at"),
        ("crash", "/customer/name"),
    }
    assert faulty[0].notes == ()


def test_a_seed_gives_the_same_cases_and_findings_again(faulty):
    one, other = faulty
    assert [(f.id, f.title, f.case_ids) for f in one.findings] == [
        (f.id, f.title, f.case_ids) for f in other.findings
    ]
    assert one.kinds == other.kinds
    assert one.summary.deliveries == other.summary.deliveries
    assert all(":schemathesis-" in case_id for f in one.findings for case_id in f.case_ids)


@pytest.mark.parametrize("policy", ["schema", "provider", "tolerant"])
def test_a_sound_receiver_is_not_blamed_under_any_policy(policy):
    result = fuzz(Receiver(secret=SECRET), policy=policy, max_examples=15 if policy == "schema" else 0)
    assert [finding.title for finding in result.findings] == []
    assert result.summary.cases > 100
    assert {"valid", "invalid", "delivery"} <= set(result.kinds)


def test_the_user_s_choice_and_word_hold_for_its_cases_too():
    told = (Expectation("valid:*", "either", "we are choosy"),)
    result = fuzz(
        Receiver(secret=SECRET, faults=frozenset({Fault.FRACTION_NEEDED})),
        expectations=told,
        policy="schema",
        kinds=frozenset({"valid"}),
    )
    assert (result.findings, set(result.kinds)) == ((), {"valid"})


def test_an_app_in_process_is_an_endpoint_as_well():
    receiver = Receiver(secret=SECRET, faults=frozenset({Fault.NO_EMAIL}))
    with closing(WsgiApp(receiver, path="/webhooks")) as target:
        settings = Settings(secret=SECRET, max_examples=0)
        context = Context(target="app", kind="wsgi", secret=True)
        result = run(load_terms(), target, settings, context, engines=(bridge.search,), own=False)
    assert [(f.finding, f.pointer) for f in result.findings] == [("crash", "/customer/email")]


def test_an_interruption_ends_it_within_a_second_with_what_was_found():
    moments = []

    def interrupt(engine_run):
        examine = engine_run.examine

        def examined(case):
            if any(engine_run.judged.values()):
                moments.append(time.monotonic())
                raise KeyboardInterrupt
            return examine(case)

        engine_run.examine = examined
        try:
            bridge.search(engine_run)
        finally:
            moments.append(time.monotonic())

    receiver = Receiver(secret=SECRET, faults=frozenset({Fault.NO_EMAIL}))
    result = fuzz(receiver, engines=(interrupt,), max_examples=500)
    assert result.summary.stopped == "interrupted"
    assert [f.finding for f in result.findings] == ["crash"]
    assert moments[1] - moments[0] < 1


def test_a_limit_of_findings_ends_it():
    result = fuzz(Receiver(secret=SECRET, faults=FAULTS), policy="schema", max_findings=1, max_examples=500)
    assert result.summary.stopped == "--max-findings"
    deadline = time.monotonic() + 5
    while any(t.name == "schemathesis" for t in threading.enumerate()) and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    assert not any(thread.name == "schemathesis" for thread in threading.enumerate())


# -- labels -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def labels():
    return Labels(load_terms(), "schema", "url", "schemathesis")


@pytest.fixture(scope="module")
def body():
    return base_values(load_terms(), 1)[0]


def edited(body, **customer):
    return compact({**body, "customer": {**body["customer"], **customer}})


def test_a_body_is_labelled_by_what_it_is(labels, body):
    sound = labels.case(compact(body))
    assert (sound.kind, sound.expect) == ("valid", "accept")
    broken = labels.case(edited(body, status="gone"))
    assert (broken.kind, broken.expect, broken.pointer, broken.keyword) == (
        "invalid",
        "reject",
        "/customer/status",
        "enum",
    )
    assert broken.id.startswith("invalid:/customer/status:enum:schemathesis-")
    assert labels.case(b"{").kind == labels.case(b"").kind == "malformed"
    assert labels.case(b"{").expect == "reject"
    foreign = labels.case(compact({**body, "event_type": "invoice.update.finalized"}))
    assert foreign.kind in {"foreign", "invalid"}
    assert "*" not in broken.id + sound.id


def test_where_sound_receivers_differ_only_a_crash_counts(labels, body):
    """Other methods and content types, leap seconds, lower case, depth: not a receiver's fault either way."""
    assert labels.case(compact(body), method="OPTIONS").expect == "either"
    assert labels.case(compact(body), content_type="text/plain").expect == "either"
    assert labels.case(compact(body), content_type=None).expect == "either"
    for text in (
        "2016-12-31T23:59:60Z",
        "2024-01-01 10:00:00Z",
        "2024-01-01t10:00:00z",
        "2024-01-01T10:00:00.1234567891Z",
    ):
        assert labels.case(edited(body, created_at=text)).expect == "either", text
    assert labels.case(b"[" * 100_000).expect == "either"
    assert labels.case(edited(body, created_at="yesterday")).expect == "reject"
    assert labels.case(edited(body, created_at="2024-01-01T10:00:00Z")).expect == "accept"


@pytest.mark.parametrize(
    "odd",
    [
        {"event_type": "AAA"},
        {"event_type": "customer.created", "customer": {"external_id": "", "metadata": None}},
    ],
    ids=["unknown-event", "null-metadata"],
)
def test_what_the_policy_leaves_to_receivers_is_theirs_in_any_body(labels, odd):
    """The provider would not send the rest of these bodies; that does not make a receiver wrong that takes them."""
    loose = Labels(load_terms(), "provider", "url", "schemathesis")
    assert (loose.case(compact(odd)).expect, labels.case(compact(odd)).expect) == ("either", "reject")
    worse = {**odd, "customer": {**odd.get("customer", {}), "email": 3}}
    assert loose.case(compact(worse)).expect == "reject"


def test_bodies_of_many_differences_come_apart_into_sound_ones_with_one_each(labels, body):
    many = labels.case(edited(body, status="gone", email=3, name="x"))
    singles = list(labels.singles(many))
    assert {(one.pointer, one.keyword) for one in singles} == {
        ("/customer/status", "enum"),
        ("/customer/email", "type"),
    }
    assert all(labels.terms is one.terms and one.expect == "reject" for one in singles)
    customer = {key: item for key, item in body["customer"].items() if key not in {"email", "city"}}
    odd = labels.case(compact({**body, "customer": {**customer, "name": ""}}))
    assert {"/customer/email", "/customer/name"} <= {one.at for one in labels.singles(odd)}


# -- in a test of one's own -------------------------------------------------------------------


def one_case(schema, value):
    return schema["/webhooks"]["POST"].Case(body=value, media_type="application/json")


@pytest.mark.parametrize("family", ["svix", "webhook"])
def test_the_auth_signs_what_is_really_sent(family, body):
    receiver = Receiver(secret=SECRET)
    with serve(receiver) as running:
        schema = bridge.load_schema(url=running.url, secret=SECRET, family=family)
        case = next(c for c in _drawn(schema) if c.body.get("customer"))
        case.body = body
        assert case.call().status_code == 200
        bare = bridge.load_schema(url=running.url)
        assert one_case(bare, body).call().status_code == 401


def _drawn(schema, count=40):
    """Cases as ``@schema.parametrize()`` gives them: with the schema's auth on them."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    found = []

    @seed(0)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(schema["/webhooks"]["POST"].as_strategy())
    def draw(case):
        found.append(case)

    draw()
    return found


def test_our_checks_judge_a_response_and_know_each_fault_by_its_name(body):
    import schemathesis

    checks = bridge.checks(policy="schema", secrets=[SECRET])
    assert [check.__name__ for check in checks] == list(bridge.CHECKS)
    answers = {"status": "200 OK", "text": b""}

    def app(environ, start_response):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        size = str(len(answers["text"]))
        start_response(answers["status"], [("content-length", size), ("location", "/elsewhere")])
        return [answers["text"]]

    wrong = {**body, "customer": {**body["customer"], "status": "gone"}}
    with serve(app) as running:
        schema = bridge.load_schema(url=f"{running.base}/webhooks")

        def said(value, status, text=b""):
            answers.update(status=status, text=text)
            try:
                one_case(schema, value).call_and_validate(checks=checks)
            except schemathesis.errors.SchemathesisError:
                raise
            except BaseExceptionGroup as group:
                return [re.search(r"`(\w+)`", str(one))[1] for one in group.exceptions]
            return []

        assert said(body, "200 OK") == []
        assert said(wrong, "422 Unprocessable") == []
        assert said(body, "503 Busy") == ["crash"]
        assert said(body, "302 Found") == ["crash"]
        assert said(wrong, "200 OK") == ["false_accept"]
        assert said(body, "400 Bad") == ["false_reject"]
        assert said(body, "429 Slow") == []
        assert said(body, "200 OK", SECRET.encode()) == ["leak"]


def test_a_parametrized_test_of_pytest_runs_with_auth_and_checks(tmp_path):
    """What the docs show, in a process of its own: a sound receiver passes, one with a fault fails by its name."""
    text = """
import atexit
import schemathesis
from contract_kit.bridges import schemathesis as bridge
from contract_kit.sample import Fault, Receiver, serve

SECRET = "{secret}"
receiver = Receiver(secret=SECRET, faults=frozenset({{Fault.NO_EMAIL}}))
serving = serve(receiver)
running = serving.__enter__()
atexit.register(serving.__exit__, None, None, None)
config = schemathesis.Config.from_dict({{
    "seed": 1,
    "generation": {{"max-examples": 40, "database": "none", "no-shrink": True, "mode": "positive"}},
    "phases": {{"coverage": {{"enabled": False}}}},
}})
schema = bridge.load_schema(url=running.url, secret=SECRET, config=config)
checks = bridge.checks(secrets=[SECRET])

@schema.parametrize()
def test_receiver(case):
    case.call_and_validate(checks=checks)
"""
    (tmp_path / "test_it.py").write_text(text.format(secret=SECRET), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "crash: a valid body" in done.stdout
    assert "false_" not in done.stdout


@pytest.mark.parametrize("url", ["localhost:8000/hooks", "ftp://x/hooks", "http://127.0.0.1/h?a=b"])
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(UsageError, match="it should look like"):
        bridge.load_schema(url=url)


def test_a_secret_that_is_none_is_told_at_once_and_never_shown():
    with pytest.raises(SigningError) as caught:
        bridge.signing("whsec_!!not-base64!!")
    assert "not-base64" not in str(caught.value)
    assert SECRET not in repr(bridge.signing(SECRET))


# -- the command line -------------------------------------------------------------------------


def command(*words, **more):
    return subprocess.run(
        [sys.executable, "-m", "contract_kit", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **more,
    )


def test_fuzz_takes_the_engine_by_name(tmp_path):
    with serve(Receiver(secret=SECRET, faults=frozenset({Fault.NO_EMAIL}))) as running:
        done = command(
            "fuzz", running.url, "--secret", SECRET, "--engine", "schemathesis", "--max-examples", "0",
            "--report", "r.json", cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    assert [f["pointer"] for f in report["findings"]] == ["/customer/email"]
    assert "schemathesis-" in report["findings"][0]["case"]["id"]


def test_where_the_extra_is_missing_one_line_says_how_to_get_it(tmp_path):
    (tmp_path / "schemathesis.py").write_text("raise ImportError('no such thing')\n", encoding="utf-8")
    with serve(Receiver(secret=SECRET)) as running:
        done = command("fuzz", running.url, "--engine", "both", cwd=tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr.strip() == "Error: Schemathesis is not installed: pip install contract-kit[schemathesis]"
    )


def test_an_engine_that_makes_requests_is_for_endpoints(tmp_path):
    done = command("fuzz", "json:loads", "--engine", "both", cwd=tmp_path)
    assert done.returncode == 2
    assert "which only endpoints take; this target is a parser" in done.stderr


def test_nothing_of_it_is_imported_before_it_is_used():
    code = "import sys, contract_kit.bridges.schemathesis; print('schemathesis' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


# -- the example ------------------------------------------------------------------------------


def test_the_example_shows_what_each_engine_finds_and_one_fault_once(capsys, monkeypatch, tmp_path):
    """Bounded: one kind of cases, a part of the catalogue; the documentation has the whole table."""
    place = ROOT / "examples" / "two-engines" / "compare.py"
    made = importlib.util.spec_from_file_location("two_engines", place)
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    monkeypatch.setattr(
        "contract_kit.runner._run.body_cases", lambda *a, **k: islice(body_cases(*a, **k), 400)
    )
    file = tmp_path / "rows.json"
    words = ["--max-examples", "0", "--kinds", "valid", "--json", str(file)]
    assert module.main(words) == 1  # the faults of other kinds are missed
    shown = capsys.readouterr().out.splitlines()
    row = next(line for line in shown if line.startswith(Fault.NO_EMAIL.value))
    assert row.split()[-3:] == ["found", "found", "found"]
    assert next(line for line in shown if line.startswith("false alarms")).split()[-3:] == ["0", "0", "0"]
    rows = json.loads(file.read_text())
    found = {name: set(row["found"]) for name, row in rows.items()}
    assert found["both"] == found["own"] | found["schemathesis"]
    assert rows["both"]["findings"] == len(found["both"])
