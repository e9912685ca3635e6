"""Titles say in one line what a consumer does, to what, where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_makers import HOSTILE, body_with, body_without, make_case

from contract_kit.model import NOTHING, Constraint, FindingName, Reply
from contract_kit.report import place, title
from contract_kit.report._escape import printable
from contract_kit.report._titles import _SAY

ACCEPTED = Reply(outcome="accepted")
REFUSED = Reply(outcome="rejected")
ENUM = Constraint("/customer/status", "enum", ["published", "deleted", "archived"])
DATE = Constraint("/customer/created_at", "format", "date-time")


def at(pointer: str, value: object = None, *, kind: str = "valid", absent: bool = False, **more):
    name = pointer.rpartition("/")[2]
    body = body_without(name) if absent else body_with(**{name: value})
    base = {"keyword": None, "expect": "accept"} if kind == "valid" else {}
    return make_case(**{"kind": kind, "at": pointer, "pointer": pointer, "body": body, **base, **more})


def crash(name: str, **more) -> Reply:
    return Reply(outcome="crashed", exception=name, **more)


@pytest.mark.parametrize(
    ("said", "finding", "case", "reply", "locations", "rule"),
    [
        ('accepts customer.status "Published" (must be one of published, deleted, archived)',
         "false_accept", make_case(), ACCEPTED, ["/customer/status"], ENUM),
        ('accepts customer.status "Published" (not in the enum)',
         "false_accept", make_case(), ACCEPTED, ["/customer/status"], None),
        ("accepts customer.name 5 (must be a string)", "false_accept",
         at("/customer/name", 5, kind="invalid", keyword="type"), ACCEPTED, [], Constraint("/customer/name", "type", "string")),
        ("accepts values of a wrong type in 2 places, e.g. customer.name [] (must be a string or null)", "false_accept",
         at("/customer/name", [], kind="invalid", keyword="type"), ACCEPTED, ["/a", "/b"],
         Constraint("/customer/name", "type", ["string", "null"])),
        ('accepts other text for 4 date-times, e.g. "2023-02-30T00:00:00Z" at customer.created_at', "false_accept",
         at("/customer/created_at", "2023-02-30T00:00:00Z", kind="invalid", keyword="format"), ACCEPTED, list("abcd"), DATE),
        ("accepts a body without customer.id (is required)", "false_accept",
         at("/customer/id", kind="invalid", keyword="required", absent=True), ACCEPTED, [], None),
        ("accepts a body that is no JSON: a trailing comma", "false_accept",
         make_case(kind="malformed", body=b"{,}", pointer=None, keyword=None, at="", description="a trailing comma"), ACCEPTED, [], None),
        ("accepts a delivery that must be refused: the signature is missing", "false_accept",
         make_case(kind="delivery", at="", pointer=None, keyword=None, description="the signature is missing"), ACCEPTED, [], None),
        ("crashes with KeyError when customer.email is absent", "crash",
         at("/customer/email", absent=True), crash("builtins.KeyError", message="'email'"), [], None),
        ("crashes with ValidationError when customer.name is null (and in 2 more places)", "crash",
         at("/customer/name", None), crash("pydantic_core._pydantic_core.ValidationError"), ["/a", "/b", "/c"], None),
        ('answers 500 when customer.name is ""', "crash", at("/customer/name", ""), Reply(outcome="crashed", status=500), [], None),
        ('exits with 134 when customer.name is ""', "crash", at("/customer/name", ""), Reply(outcome="crashed", status=134), [], None),
        ('crashes when customer.name is "" (it closed the connection)', "crash", at("/customer/name", ""),
         Reply(outcome="crashed", detail="it closed the connection"), [], None),
        ("sends a broken reply on a delivery: the body in chunks", "crash",
         make_case(kind="delivery", expect="accept", keyword=None, description="the body in chunks"),
         Reply(outcome="crashed", status=200, headers=(("a", "b"),), detail="answered 200 OK; it broke off"), [], None),
        ("refuses a sound delivery, the one before this: no signature", "false_reject",
         make_case(kind="delivery", keyword=None, description="no signature"), REFUSED, [], None),
        ("crashes with UnicodeDecodeError on a body that is no UTF-8: a lone continuation byte", "crash",
         make_case(kind="malformed", body=b"\x80", at="", pointer=None, keyword=None, description="a lone continuation byte"),
         crash("UnicodeDecodeError"), [], None),
        ("refuses a date-time with 9 fraction digits at customer.created_at", "false_reject",
         at("/customer/created_at", "2026-03-01T09:30:00.123456789Z"), REFUSED, [], None),
        ("refuses a leap second at customer.created_at", "false_reject", at("/customer/created_at", "2016-12-31T23:59:60Z"), REFUSED, [], None),
        ("refuses a date-time with offset +05:30 at customer.created_at", "false_reject",
         at("/customer/created_at", "2026-03-01T09:30:00+05:30"), REFUSED, [], None),
        ("refuses a body without customer.email", "false_reject", at("/customer/email", absent=True), REFUSED, [], None),
        ('refuses customer.name "xxxxxxxxxxxxxxx…" (300 characters)', "false_reject", at("/customer/name", "x" * 300), REFUSED, [], None),
        ("refuses the same JSON spelled otherwise: keys sorted", "false_reject",
         make_case(kind="equivalent", keyword=None, description="keys sorted"), REFUSED, [], None),
        ("shortens customer.name to 255 characters", "altered", at("/customer/name", "x" * 300),
         Reply(outcome="accepted", value={"customer": {"name": "x" * 255}}), [], None),
        ("cuts the fraction of customer.created_at from 9 to 6 digits", "altered",
         at("/customer/created_at", "2026-03-01T09:30:00.123456789Z"),
         Reply(outcome="accepted", value={"customer": {"createdAt": ("\0leaf", "datetime", "2026-03-01T09:30:00.123456+00:00")}}), [], None),
        ('turns customer.name from a number into text: 5 → "5"', "altered", at("/customer/name", 5),
         Reply(outcome="accepted", value={"customer": {"name": "5"}}), [], None),
        ('turns customer.name "" into null', "altered", at("/customer/name", ""),
         Reply(outcome="accepted", value={"customer": {"name": None}}), [], None),
        ("strips the blanks of customer.name", "altered", at("/customer/name", " x "),
         Reply(outcome="accepted", value={"customer": {"name": "x"}}), [], None),
        ("normalises the Unicode text of customer.name", "altered", at("/customer/name", "e\u0301"),
         Reply(outcome="accepted", value={"customer": {"name": "\u00e9"}}), [], None),
        ("re-orders customer.tags", "altered", at("/customer/tags", ["b", "a"]),
         Reply(outcome="accepted", value={"customer": {"tags": ["a", "b"]}}), [], None),
        ('invents customer.email: "none"', "altered", at("/customer/email", absent=True),
         Reply(outcome="accepted", value={"customer": {"email": "none"}}), [], None),
        ("alters customer.name", "altered", at("/customer/name", "x"), Reply(outcome="accepted", value=NOTHING), [], None),
        ("loses customer.email", "lost", at("/customer/email", "x"), ACCEPTED, ["/customer/email"], None),
        ('hangs when customer.email is "x"', "timeout", at("/customer/email", "x"), Reply(outcome="timed_out"), [], None),
        ('takes 3.2 s when customer.email is "x"', "slow", at("/customer/email", "x"), Reply(outcome="accepted", elapsed=3.21), [], None),
        ("treats the same JSON differently when it is spelled otherwise: keys sorted", "inconsistent",
         make_case(kind="equivalent", keyword=None, description="keys sorted"), REFUSED, [], None),
        ("acts again on an event that was done: the same id again", "duplicate_effect",
         make_case(kind="delivery", expect="accept", keyword=None, description="the same id again"), ACCEPTED, [], None),
        ("acts on a delivery that it refuses: another key", "duplicate_effect",
         make_case(kind="delivery", keyword=None, description="another key"), REFUSED, [], None),
    ],
)  # fmt: skip
def test_the_line_says_what_where(said, finding, case, reply, locations, rule):
    assert title(finding, case, reply, locations, rule=rule) == said


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ("/customer/integrations/2/status", "customer.integrations[2].status"),
        ("/customer/metadata/*", "customer.metadata[*]"),
        ("/metadata/a b~1c", 'metadata["a b/c"]'),
        ("", "the body"),
        (None, "the body"),
        ("/\u202e", '["\\u202e"]'),
        ("no pointer", "no pointer"),
    ],
)
def test_places_read_as_people_write_them(pointer, said):
    assert place(pointer) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("x", "", "empties it"),
        ("AbC", "abc", 'changes the case of it: "AbC" → "abc"'),
        ("Zoë", "Zo?", 'replaces letters in it: "Zoë" → "Zo?"'),
        ("abc", "xyz", 'changes it: "abc" → "xyz"'),
        (
            12345678901234567890,
            1.2345678901234567e19,
            "changes the number it from 12345678901234567890 to 1.2345678901234567e+19",
        ),
        ([1, 2], [1], "drops items of it: 2 → 1"),
        ([1], [1, 2], "adds items to it: 1 → 2"),
        ([1, 2], [3, 4], "alters items of it"),
        ({"a": 1}, {"a": 2}, "alters it"),
        (True, "true", 'turns it from a boolean into text: true → "true"'),
        ("x", "x", None),
        (
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            'changes it: "2026-01-01T00:00:00Z" → "2026-01-02T00:00:00Z"',
        ),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z", "cuts the fraction of it from 1 to 0 digits"),
        (
            "2026-01-01T00:00:00.1Z",
            "2026-01-01T00:00:00.9Z",
            'changes it: "2026-01-01T00:00:00.1Z" → "2026-01-01T00:00:00.9Z"',
        ),
    ],
)
def test_a_change_is_named_by_what_was_done(before, after, said):
    from contract_kit.report._changes import describe_change

    assert describe_change({"at": [before]}, {"At": (after,)}, "/at/0", "it") == said


def test_a_value_that_the_consumer_gave_elsewhere_is_no_change():
    from contract_kit.report._changes import describe_change

    assert describe_change({"a": 1}, {"a_b": 1}, "/a", "a") is None
    assert describe_change({"a": [1]}, {"a": []}, "/a/0", "a[0]") is None


@pytest.mark.parametrize(
    ("keyword", "value", "rule", "said"),
    [
        ("pattern", "x", "^[a-z]{2}$", 'accepts customer.name "x" (must match ^[a-z]{2}$)'),
        ("maxLength", "xyz", 2, 'accepts customer.name "xyz" (at most 2 characters)'),
        ("const", [["x"]], {"a": 1}, 'accepts customer.name an array of 1 item (must be {"a": 1})'),
        ("oneOf", ["x"], [{}], 'accepts customer.name ["x"] (breaks oneOf)'),
        ("maximum", 10**80, 5, "accepts customer.name an integer of 266 bits (at most 5)"),
    ],
)
def test_other_keywords_are_put_in_words(keyword, value, rule, said):
    case = at("/customer/name", value, kind="invalid", keyword=keyword)
    assert title("false_accept", case, ACCEPTED, rule=Constraint("/customer/name", keyword, rule)) == said


def test_without_the_rule_the_reason_of_the_case_says_what_would_be_right():
    case = make_case(because="/customer/status must be one of published, deleted")
    assert (
        title("false_accept", case, ACCEPTED)
        == 'accepts customer.status "Published" (must be one of published, deleted)'
    )


def test_the_actual_place_of_a_change_may_be_another_than_the_case_s():
    reply = Reply(outcome="accepted", value={"customer": {"status": "published", "name": "Z"}})
    case = at("/customer/email", "x")
    assert (
        title("altered", case, reply, ["/customer/*"], at="/customer/name")
        == "shortens customer.name to 1 character"
    )
    assert title("lost", case, reply, ["/customer/*"], at="/customer/name") == "loses customer.name"


def test_every_finding_has_a_title():
    from typing import get_args

    assert set(_SAY) == set(get_args(FindingName))


NAMES = st.sampled_from(sorted(_SAY))
KINDS = st.sampled_from(["valid", "equivalent", "foreign", "invalid", "malformed", "delivery"])
KEYWORDS = st.sampled_from([None, "type", "enum", "format", "required", "pattern", "oneOf", "minLength"])
HOSTILES = st.sampled_from([HOSTILE, "", "x" * 10_000])
BODIES = st.sampled_from(
    [
        b"",
        b"[" * 100_000,
        b"\xff",
        b'{"a":1}',
        b"5",
        body_with(name=HOSTILE),
        b'"' + b"x" * 99_999 + b'"',
        b"[" * 900 + b"]" * 900,
    ]
)


@given(
    NAMES,
    KINDS,
    KEYWORDS,
    HOSTILES,
    BODIES,
    st.sampled_from(["", "/a", "/customer/name", "/*"]),
    st.booleans(),
)
def test_a_title_is_one_short_visible_line_whatever_it_is_made_of(name, kind, keyword, text, body, at, many):
    case = make_case(
        kind=kind, keyword=keyword, body=body, at=at, pointer=at, description=text, id=text or "id"
    )
    reply = crash(text) if many else Reply(outcome="accepted", value={"a": [text]}, detail=text, status=500)
    rule = Constraint(at, keyword, [text, 5]) if keyword and many else None
    said = title(name, case, reply, [at, "/" + text] if many else [], rule=rule)
    assert said
    assert len(said) < 240
    assert all(map(printable, said))
