"""One case and one reply come to one verdict, under its right name."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.model import NOTHING, Case, Reply
from contract_kit.oracle import Change, find_leaks, has_stack_trace, is_slow, judge, suspicious
from contract_kit.oracle._leaks import _TRACES


def case(expect="accept", **more):
    base = {
        "id": "valid:::",
        "event": "e",
        "kind": "valid",
        "body": b"{}",
        "description": "",
        "because": "the rule",
    }
    return Case(expect=expect, **{**base, **more})


CHANGE = Change("/name", "Zoë", "Zo?", "non-ASCII letters damaged")
UNSURE = Change("/name", None, "x", "was not sent, yet a value came out", "invented", sure=False)
LOST = Change("/name", "Zoë", None, "did not come out", "lost")
TABLE = [
    ("accept", "accepted", (), None),
    ("accept", "rejected", (), "false_reject"),
    ("reject", "accepted", (), "false_accept"),
    ("reject", "accepted", (CHANGE,), "false_accept"),
    ("reject", "rejected", (), None),
    ("either", "accepted", (), None),
    ("either", "rejected", (CHANGE,), None),
    ("either", "accepted", (CHANGE,), "altered"),
    ("accept", "accepted", (UNSURE,), None),
    ("accept", "accepted", (LOST,), "lost"),
    ("accept", "accepted", (LOST, CHANGE), "altered"),
    *((expect, "crashed", (), "crash") for expect in ("accept", "reject", "either")),
    *((expect, "timed_out", (), "timeout") for expect in ("accept", "reject", "either")),
    *((expect, "not_judged", (CHANGE,), None) for expect in ("accept", "reject", "either")),
]


@pytest.mark.parametrize(("expect", "outcome", "changes", "finding"), TABLE)
def test_expectation_and_outcome_decide(expect, outcome, changes, finding):
    """No policy excuses a crash, a hang or a changed value; a reply that was not judged is no finding."""
    verdict = judge(case(expect), Reply(outcome=outcome), changes=changes)
    assert verdict.finding == finding
    assert ("\n" in verdict.expected + verdict.observed) is False
    assert bool(verdict.observed) is (finding is not None)


def test_the_lines_name_what_happened():
    """The observed line holds exception, message and frame, each in one line; the expected one says why."""
    reply = Reply(outcome="crashed", exception="KeyError", message="'na\nme'", where="shop.py:41 in parse")
    assert judge(case(), reply).observed == "crashed: KeyError: 'na me' at shop.py:41 in parse"
    assert judge(case("reject"), Reply(outcome="accepted", status=200)).expected == "rejected: the rule"
    altered = judge(case(), Reply(outcome="accepted"), changes=[CHANGE])
    assert altered.pointer == "/name"
    assert altered.observed == '/name non-ASCII letters damaged: "Zo?"'
    assert altered.expected == '/name as sent: "Zoë"'


PLAIN = Reply(outcome="accepted", value={"id": "a", "at": ("\0leaf", "datetime", "2026-01-01T00:00:00.100")})


@pytest.mark.parametrize(
    ("reply", "finding"),
    [
        (Reply(outcome="accepted", value=PLAIN.value), None),
        (
            Reply(
                outcome="accepted", value={**PLAIN.value, "at": ("\0leaf", "datetime", "2026-01-01T00:00:09")}
            ),
            None,
        ),
        (Reply(outcome="accepted", value={**PLAIN.value, "id": "b"}), "inconsistent"),
        (Reply(outcome="accepted", value={"id": "a"}), "inconsistent"),
        (Reply(outcome="accepted", value=NOTHING), "inconsistent"),
        (Reply(outcome="rejected"), "inconsistent"),
        (Reply(outcome="crashed"), "crash"),
    ],
)
def test_an_equal_body_must_come_to_the_same(reply, finding):
    """Another outcome or value for the same JSON value is inconsistent; a clock that went on is not."""
    assert judge(case("either"), reply, plain=PLAIN).finding == finding


def test_ids_of_the_body_are_no_random_ids():
    """Two generated ids of one length are taken for random ones, unless one of them was sent."""
    one = Reply(outcome="accepted", value={"id": "cust_01HXYZ12345678"})
    two = Reply(outcome="accepted", value={"id": "cust_01HABC87654321"})
    assert judge(case(), one, plain=two).finding is None
    assert judge(case(body=b'{"id": "cust_01HXYZ12345678"}'), one, plain=two).finding == "inconsistent"


TRACES = {
    "Python": 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in f\nKeyError: 1',
    "Node.js": "TypeError: x\n    at parse (/srv/app/index.js:10:15)\n    at Layer.handle (/srv/node_modules/express/a.js:1:2)",
    "Java": "java.lang.NullPointerException\n\tat com.shop.Webhooks.parse(Webhooks.java:41)",
    "PHP": "<b>Fatal error</b>: Uncaught TypeError: x in <b>/srv/index.php</b> on line 3",
    "Ruby": "app.rb:12:in `parse': undefined method (NoMethodError)",
    "Go": "panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:8 +0x1d",
    ".NET": "System.NullReferenceException: Object reference\n   at Shop.Webhooks.Parse(String body) in C:\\src\\Webhooks.cs:line 41",
    "Rust": "thread 'main' panicked at src/main.rs:4:5:",
}


@pytest.mark.parametrize(("marks", "pattern"), [found[1:] for found in _TRACES], ids=[f[0] for f in _TRACES])
@given(data=st.data())
def test_every_trace_has_one_of_its_marks(marks, pattern, data):
    """The texts that are looked for first never hide a trace from its pattern."""
    text = data.draw(st.from_regex(pattern))
    assert any(mark in text for mark in marks)


@pytest.mark.parametrize("runtime", TRACES)
def test_stack_traces_are_known(runtime):
    """The stack trace of each common runtime is recognised and named."""
    assert has_stack_trace(TRACES[runtime]) == runtime
    reply = Reply(outcome="rejected", body=TRACES[runtime].encode())
    assert runtime in (find_leaks(reply) or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"error": "invalid signature"}',
        "Meet us at 12:30 at the office (Main Street 4:5).",
        '{"detail": [{"loc": ["body", "customer"], "msg": "Input should be a valid string"}]}',
        "Bad Request: KeyError",
        "see https://example.org/docs:80:1 at /index.html",
        "<!doctype html><title>400 Bad Request</title>",
        "Warning: name is in use",
        "ValueError: bad date in field created_at",
    ],
)
def test_ordinary_replies_are_no_leak(text):
    """An error message, a validation report, a page: nothing of these is a stack trace."""
    assert has_stack_trace(text) is None


SECRET = "whsec_" + base64.b64encode(b"a key of twenty-four b..").decode()


@pytest.mark.parametrize(
    "body", [SECRET, SECRET[6:], "key: a key of twenty-four b..", b"a key of twenty-four b..".hex()]
)
def test_the_secret_in_any_form_is_a_leak_that_is_not_repeated(body):
    """A secret is found as given, bare, decoded and in hex; the sentence does not hold it."""
    said = find_leaks(Reply(outcome="rejected", body=body.encode()), [SECRET])
    assert said
    assert SECRET[6:] not in said
    assert judge(case("reject"), Reply(outcome="rejected"), leak=said).finding == "leak"


def test_an_expected_signature_is_a_leak_in_body_and_headers():
    """The signature that the receiver computed must not come back; one in a header counts."""
    expected = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="
    reply = Reply(outcome="rejected", headers=(("x-debug", expected[3:]),))
    assert find_leaks(reply, signatures=[expected])
    assert find_leaks(Reply(outcome="rejected", body=b"no match"), [SECRET], signatures=[expected]) is None


def test_an_echoed_trace_is_no_leak():
    """A trace that stood in the body and came back with it is the body's."""
    trace = TRACES["Python"].encode()
    assert find_leaks(Reply(outcome="accepted", body=trace), sent=trace) is None


@pytest.mark.parametrize(
    ("elapsed", "size", "expected"),
    [
        (0.01, 3_000, False),
        (0.06, 3_000, True),
        (0.06, 300_000, False),
        (0.3, 300_000, True),
        (0.04, 3_000, False),
    ],
)
def test_suspicion_allows_for_size(elapsed, size, expected):
    """A large body may take its time; a short one that takes twenty medians is measured again."""
    assert suspicious(elapsed, size, median=0.0001, median_size=3_000) is expected


def test_slow_needs_repeats_and_growth():
    """One pause is no finding, growth in step with the size is none, worse growth is."""
    known = {"median": 0.0001, "median_size": 3_000}
    assert is_slow([2.0], 3_000, **known) is None
    assert is_slow([2.0, 0.001], 3_000, **known) is None
    assert is_slow([0.5, 0.4], 300_000, half=[0.2], **known) is None
    assert "4 times as long as half" in (is_slow([0.5, 0.4], 300_000, half=[0.1], **known) or "")


def test_a_small_body_has_no_size_that_explains_its_time():
    """A pause of four tenths of a second for an everyday body is slow, though half of it takes as long."""
    assert is_slow([0.4, 0.41], 3_000, median=0.0001, median_size=2_500, half=[0.4])


def test_slow_may_be_a_second_whatever_the_growth():
    """What takes a second for each body is slow, however it grows."""
    known = {"median": 0.0001, "median_size": 3_000}
    assert is_slow([2.0, 2.1], 3_000, half=[1.2], **known)
