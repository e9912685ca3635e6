"""Titles say in one line what a consumer does, to what, where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_makers import HOSTILE, body_with, body_without, make_case

from contract_kit import oracle
from contract_kit.model import HELD_UP, NOTHING, Changed, Constraint, FindingName, Reply
from contract_kit.report import place, title
from contract_kit.report._changes import say_change
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
        ('accepts text of a wrong format in 4 places, e.g. customer.created_at "2023-02-30T00:00:00Z" (no date-time)', "false_accept",
         at("/customer/created_at", "2023-02-30T00:00:00Z", kind="invalid", keyword="format"), ACCEPTED, list("abcd"), DATE),
        ('accepts customer.created_at "2023-02-03T24:00:00Z" (no date-time: hour 24)', "false_accept",
         at("/customer/created_at", "2023-02-03T24:00:00Z", kind="invalid", keyword="format", variant="hour-24",
            description='/customer/created_at is "2023-02-03T24:00:00Z" (hour 24)'), ACCEPTED, [], DATE),
        ('accepts customer.created_at "yesterday" (no date-time)', "false_accept",
         at("/customer/created_at", "yesterday", kind="invalid", keyword="format", variant="text",
            description='/customer/created_at is "yesterday" (text)'), ACCEPTED, [], DATE),
        ("accepts a body that is no UTF-8: the byte 0xFE in the text at customer.name", "false_accept",
         make_case(kind="malformed", body=b"\xfe", at="", pointer=None, keyword=None,
                   description="the byte 0xFE in the text at /customer/name"), ACCEPTED, [], None),
        ("crashes with IndexError when customer.integrations is []", "crash",
         at("/customer/integrations", [], description="/customer/integrations has 0 items"), crash("IndexError"), [], None),
        ('refuses customer.name of 300 characters ("xxxxxxxxxxxxxxx…")', "false_reject", at("/customer/name", "x" * 300, family="length"), REFUSED, [], None),
        ('refuses customer.name of 64 characters and 256 bytes ("𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜…")', "false_reject",
         at("/customer/name", "𝒜" * 64, family="length"), REFUSED, [], None),
        ('crashes with IndexError when customer.name has 300 characters ("xxxxxxxxxxxxxxx…")', "crash",
         at("/customer/name", "x" * 300, family="length"), crash("IndexError"), [], None),
        ('crashes with re.error when customer.name is "Ada\\\\"', "crash", at("/customer/name", "Ada\\"), crash("re.error"), [], None),
        ("refuses an unknown field, customer.new_field 0", "false_reject",
         at("/customer/new_field", 0, family="unknown"), REFUSED, ["/customer/new_field", "/customer/other"], None),
        ("crashes with OverflowError when an unknown field, customer.new_field, is null (and in 1 more place)", "crash",
         at("/customer/new_field", None, family="unknown"), crash("OverflowError"), ["/customer/new_field", "/new_field"], None),
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
        ('refuses customer.created_at "2026-03-01T09:30:00.123456789Z" (9 fraction digits)', "false_reject",
         at("/customer/created_at", "2026-03-01T09:30:00.123456789Z"), REFUSED, [], None),
        ('refuses customer.created_at "2016-12-31T23:59:60Z" (a leap second)', "false_reject",
         at("/customer/created_at", "2016-12-31T23:59:60Z"), REFUSED, [], None),
        ('refuses customer.created_at "2026-03-01T09:30:00+05:30"', "false_reject",
         at("/customer/created_at", "2026-03-01T09:30:00+05:30"), REFUSED, [], None),
        ("refuses a body in which customer.tags has 101 items", "false_reject",
         at("/customer/tags", ["x"] * 101, description="/customer/tags has 101 items"), REFUSED, [], None),
        ("crashes with KeyError when customer.tags has an entry named 'a.b' too", "crash",
         at("/customer/tags", {"a.b": "x" * 50}, description="/customer/tags has an entry named 'a.b' too"), crash("KeyError"), [], None),
        ('crashes with KeyError when customer.id is absent and customer.name is ""', "crash",
         at("/customer/id", "x", family="several", description='customer.id is absent and customer.name is ""'), crash("KeyError"), [], None),
        ('refuses a body in which customer.id is absent and customer.name is ""', "false_reject",
         at("/customer/id", "x", family="several", description='customer.id is absent and customer.name is ""'), REFUSED, [], None),
        ("accepts customer.tags as its own JSON text (wrong type)", "false_accept",
         at("/customer/tags", '["a"]', kind="invalid", keyword="type", variant="as-text"), ACCEPTED, [], None),
        ("refuses a body without customer.email", "false_reject", at("/customer/email", absent=True), REFUSED, [], None),
        ('refuses customer.name "xxxxxxxxxxxxxxx…" (300 characters)', "false_reject", at("/customer/name", "x" * 300), REFUSED, [], None),
        ("refuses the same JSON spelled otherwise: keys sorted", "false_reject",
         make_case(kind="equivalent", keyword=None, description="keys sorted"), REFUSED, [], None),
        ("alters customer.name", "altered", at("/customer/name", "x"), Reply(outcome="accepted", value=NOTHING), [], None),
        ("loses customer.email", "lost", at("/customer/email", "x"), ACCEPTED, ["/customer/email"], None),
        ('hangs when customer.email is "x"', "timeout", at("/customer/email", "x"), Reply(outcome="timed_out"), [], None),
        ('answers nothing any more, since it hangs when customer.email is "x"', "timeout", at("/customer/email", "x"),
         Reply(outcome="timed_out", detail=HELD_UP), [], None),
        ('answers nothing any more, perhaps since it hangs when customer.email is "x" (one of 8 deliveries under way)', "timeout",
         at("/customer/email", "x"), Reply(outcome="timed_out", detail=f"{HELD_UP}, one of 8 deliveries under way"), [], None),
        ('takes 3.2 s when customer.email is "x"', "slow", at("/customer/email", "x"), Reply(outcome="accepted", elapsed=3.21), [], None),
        ("treats the same JSON differently when it is spelled otherwise: keys sorted", "inconsistent",
         make_case(kind="equivalent", keyword=None, description="keys sorted"), REFUSED, [], None),
        ("answers otherwise once it has seen other bodies, e.g. when customer.email is absent", "inconsistent",
         at("/customer/email", absent=True), ACCEPTED, [], None),
        ("crashes with OSError once it has seen other bodies, e.g. when customer.email is absent", "inconsistent",
         at("/customer/email", absent=True), crash("builtins.OSError"), [], None),
        ("refuses, once it has seen other bodies, what it takes alone: a body without customer.email", "inconsistent",
         at("/customer/email", absent=True), REFUSED, [], None),
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
    ("how", "said"),
    [
        ("came out as null", "turns it into null: 1"),
        ("came out empty", "empties it: 1"),
        ("came out as another value", "changes it: 1 → 2"),
        ("came out as another instant", "moves it to another instant: 1 → 2"),
        ("came out with all its fields null", "gives it with all its fields null"),
        ("came out with 4 items in place of 3", "gives 4 items in place of 3 at it"),
        ("lower-cased", "lower-cases it: 1 → 2"),
        ("upper-cased", "upper-cases it: 1 → 2"),
        ("letters' case changed", "changes the case of it: 1 → 2"),
        ("white space stripped", "strips the white space of it: 1 → 2"),
        ("white space stripped and lower-cased", "strips and lower-cases it: 1 → 2"),
        ("white space collapsed", "collapses the white space of it: 1 → 2"),
        ("line breaks changed", "changes the line breaks of it: 1 → 2"),
        ("Unicode form changed", "changes the Unicode form of it: 1 → 2"),
        ("control characters removed", "removes control characters from it: 1 → 2"),
        ("invisible characters removed", "removes invisible characters from it: 1 → 2"),
        ("characters removed", "removes characters from it: 1 → 2"),
        ("some characters changed", "changes characters of it: 1 → 2"),
        ("non-ASCII letters damaged", "damages the non-ASCII letters of it: 1 → 2"),
        ("HTML-escaped", "HTML-escapes it: 1 → 2"),
        ("HTML-unescaped", "HTML-unescapes it: 1 → 2"),
        ("escaped", "escapes it: 1 → 2"),
        ("percent-encoded", "percent-encodes it: 1 → 2"),
        ("percent-decoded", "percent-decodes it: 1 → 2"),
        ("shortened to 1 character", "shortens it to 1 character: 1 → 2"),
        ("shortened from 3 to 2 items", "shortens it from 3 to 2 items"),
        ("shortened from 3 to 2 items and re-ordered", "shortens it from 3 to 2 items and re-ordered"),
        ("its beginning cut off", "cuts off the beginning of it: 1 → 2"),
        ("text was added", "adds text to it: 1 → 2"),
        ("text became a number", "turns it from text into a number: 1 → 2"),
        ("an object became text", "turns it from an object into text: 1 → 2"),
        ("null became text", "turns it from null into text: 1 → 2"),
        ("text became a date", "turns it from text into a date: 1 → 2"),
        ("the key was dropped", "drops the key it, which held 1"),
        ("its key became 'x'", "renames the key it to 'x'"),
        ("10 of 60 keys dropped", "drops 10 of 60 keys of it"),
        ("2 of 3 items dropped", "drops 2 of 3 items of it"),
        ("repeated items dropped", "drops repeated items of it"),
        ("items dropped", "drops items of it"),
        ("items changed", "changes items of it"),
        ("items re-ordered", "re-orders the items of it"),
        ("fraction cut to microseconds", "cuts the fraction of it to microseconds: 1 → 2"),
        ("fraction dropped", "drops the fraction of it: 1 → 2"),
        ("fraction rounded", "rounds the fraction of it: 1 → 2"),
        ("fraction cut", "cuts the fraction of it: 1 → 2"),
        ("fraction of the second lost", "loses the fraction of it: 1 → 2"),
        (
            "its time of day put into another time zone",
            "puts the time of day of it into another time zone: 1 → 2",
        ),
        ("time zone offset added the wrong way", "adds the time zone offset of it the wrong way: 1 → 2"),
        ("time zone offset dropped", "drops the time zone offset of it: 1 → 2"),
        ("time of day dropped", "drops the time of day of it: 1 → 2"),
        ("rounded to a whole number", "rounds it to a whole number: 1 → 2"),
        ("digits lost", "loses digits of it: 1 → 2"),
        ("sign lost", "loses the sign of it: 1 → 2"),
        ("another number", "changes the number it: 1 → 2"),
        ("the value of /a/b came out in its place", "gives the value of a.b in place of it: 1 → 2"),
        ("was not sent, yet a value came out", "invents it: 2"),
        ("was sent as null, yet a value came out", "turns null into a value at it: 2"),
        ("something new", "alters it: something new: 1 → 2"),
    ],
)
def test_a_change_is_told_by_what_was_done(how, said):
    assert say_change(Changed(how, "1", "2"), "it") == said


@pytest.mark.parametrize(
    ("sent", "came", "said"),
    [
        (f'[{{"id":"{"x" * 99}"}}]', "[]", "empties it"),
        ('[{"id":"x"}]', "[]", 'empties it: [{"id":"x"}]'),
    ],
)
def test_an_array_that_fits_no_line_is_not_shown(sent, came, said):
    assert say_change(Changed("came out empty", sent, came), "it") == said


def test_a_long_text_that_was_shortened_is_told_by_its_lengths_alone():
    long = Changed("shortened to 255 characters", f'"{"x" * 90}', f'"{"x" * 70}')
    assert say_change(long, "it") == "shortens it to 255 characters"


def test_what_was_cut_before_keeps_what_was_said_of_its_size():
    came = f'"Ada{"x" * 60}… (65,542 characters)'
    said = say_change(Changed("text was added", '"Ada"', came), "it")
    assert said == f'adds text to it: "Ada" → "Ada{"x" * 26}… (65,542 characters)'


def test_each_reason_of_the_oracle_has_a_sentence():
    """What the oracle says of a change stands in its source; none of it is told by the clumsy way that is left."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(oracle.__file__).parent.glob("*.py"))
    plain = re.findall(r'(?:Change\([^()]*|_report\([^()]*|\("[a-z]+"), f?"([^"{]{6,})"\)', source)
    steps = re.findall(r'^    \("[a-z]+", "([^"]+)", ', source, re.MULTILINE)
    reasons = {how for how in (*plain, *steps) if " " in how or how.endswith("ed")}
    assert len(reasons) > 30
    assert {how for how in reasons if say_change(Changed(how, "1", "2"), "it").startswith("alters it: ")} <= {
        "spelled otherwise"
    }


def test_the_other_places_stand_before_the_values():
    changed = Changed("lower-cased", '"Ada"', '"ada"')
    said = title("altered", at("/customer/name", "Ada"), ACCEPTED, ["/customer/name", "/b"], changed=changed)
    assert said == 'lower-cases customer.name (and in 1 more place): "Ada" → "ada"'


def test_a_long_enum_is_told_by_a_few_members_and_their_number():
    rule = Constraint("/customer/status", "enum", [f"subscription.number.{n}" for n in range(42)])
    said = title("false_accept", make_case(), ACCEPTED, ["/customer/status"], rule=rule)
    assert said.endswith("(must be one of subscription.number.0, subscription.number.1, … 42 in all)")


@pytest.mark.parametrize(
    ("keyword", "value", "rule", "said"),
    [
        ("pattern", "x", "^[a-z]{2}$", 'accepts customer.name "x" (must match ^[a-z]{2}$)'),
        ("maxLength", "xyz", 2, 'accepts customer.name "xyz" (at most 2 characters)'),
        ("const", [["x"]], {"a": 1}, 'accepts customer.name [["x"]] (must be {"a": 1})'),
        ("oneOf", ["x"], [{}], 'accepts customer.name ["x"] (not exactly one of the forms that are allowed)'),
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
    case, changed = at("/customer/email", "x"), Changed("shortened to 1 character", '"Zoë"', '"Z"')
    assert (
        title("altered", case, ACCEPTED, ["/customer/*"], at="/customer/name", changed=changed)
        == 'shortens customer.name to 1 character: "Zoë" → "Z"'
    )
    assert title("lost", case, ACCEPTED, ["/customer/*"], at="/customer/name") == "loses customer.name"


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
    changed = Changed(text, text, text) if many else None
    said = title(name, case, reply, [at, "/" + text] if many else [], rule=rule, changed=changed)
    assert said
    assert len(said) < 240
    assert all(map(printable, said))
