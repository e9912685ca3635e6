"""Random search: labels that are true, and examples that shrink to one edit of the first base."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from laws import causes, independent, read

from contract_kit.cases import invalid_cases, pattern_in, valid_cases
from contract_kit.jsonio import compact
from contract_kit.model import Terms
from contract_kit.shape import build_root, locations
from contract_kit.spec import events, load_document, load_terms
from contract_kit.values import bases, edits_of, payloads

FOLDER = Path(__file__).parent / "documents"
EVENTS = [
    (path.name, event)
    for path in sorted(FOLDER.glob("*.yaml"))
    for event in events(load_document(path))
    if event != "key.rotated"  # its patterns are not Python's, and the judge here is
]
QUIET = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
SHRINK = settings(QUIET, max_examples=3000, phases=[Phase.generate, Phase.shrink])


@cache
def terms_of(name: str | None, event: str) -> Terms:
    return load_terms(event, FOLDER / name) if name else load_terms(event)


@cache
def judge_of(name: str | None, event: str):
    return independent(dict(terms_of(name, event).schema))


@pytest.mark.parametrize(("name", "event"), [(None, "customer.created"), *EVENTS])
def test_random_bodies_are_what_they_are_labelled(name, event):
    """Valid ones are valid; invalid ones break one rule at the named place, however many edits stand beside it."""
    terms, judge = terms_of(name, event), judge_of(name, event)

    @QUIET
    @given(valid_cases(terms), invalid_cases(terms))
    def examine(sound, broken):
        if sound.expect != "either":
            assert judge(read(sound.body)) == []
        if broken.because == "sound readers disagree about it":
            return
        found = causes(judge(read(broken.body)))
        assert {pattern_in(terms, pointer) for pointer, _ in found} == {broken.pointer}
        named = {broken.keyword} | ({"contains", "minContains"} if "ontains" in broken.keyword else set())
        assert any(named & names for _, names in found)

    examine()


def places(one, other, at=""):
    """Where two bodies differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = [f"{at}/{key}" for key in one.keys() ^ other.keys()]
        return found + [
            p for key in one.keys() & other.keys() for p in places(one[key], other[key], f"{at}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [p for n, pair in enumerate(zip(one, other, strict=True)) for p in places(*pair, f"{at}/{n}")]
    return [] if compact(one) == compact(other) else [at]


@pytest.fixture(scope="module")
def first():
    return next(bases(terms_of(None, "customer.created"))).value


@pytest.mark.parametrize(
    "claim",
    [
        lambda body: any(text == "" for text in body["customer"].values()),
        lambda body: len(body["customer"]) < 19,
        lambda body: body.get("new_field", "x") != "x",
    ],
)
def test_a_valid_body_shrinks_to_the_first_base_with_one_edit(first, claim):
    terms = terms_of(None, "customer.created")
    found = find(payloads(terms), lambda body: "customer" in body and claim(body), settings=SHRINK)
    assert len(places(first, found)) == 1


@pytest.mark.parametrize(
    "claim",
    [
        lambda case: case.keyword == "enum" and case.pointer == "/customer/status",
        lambda case: case.keyword == "format",
        lambda case: case.pointer == "/customer/integrations/*/status",
        lambda case: case.keyword == "type" and case.pointer == "/customer/metadata/*",
    ],
)
def test_an_invalid_body_shrinks_to_the_first_base_with_one_edit(first, claim):
    terms = terms_of(None, "customer.created")
    found = find(invalid_cases(terms), claim, settings=SHRINK)
    assert places(first, read(found.body)) == [found.at]
    assert {p for p, _ in judge_of(None, "customer.created")(read(found.body))} == {found.at}


def test_numbers_stay_within_what_readers_can_hold():
    """No 64-bit reader is ever asked to take more, and none of int32 more than that."""
    terms = terms_of("numbers.yaml", "meter.read")

    @settings(QUIET, max_examples=150)
    @given(payloads(terms))
    def examine(body):
        for name, value in body.items():
            width = 31 if name == "small" else 63
            if isinstance(value, int) and name in ("small", "large", "delta", "count"):
                assert -(2**width) <= value < 2**width

    examine()


PAIR = {"enum": [{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}]}
TOGETHER = {
    "at least two properties": {"type": "object", "properties": {name: {"type": "string"} for name in "abc"}, "minProperties": 2},
    "one needs another": {"type": "object", "properties": {name: {"type": "string"} for name in "abc"}, "dependentRequired": {"a": ["b"], "b": ["c"]}},
    "members that are objects": {"type": "object", "properties": {"pair": PAIR, "note": {"type": "string"}}},
    "items that differ": {"type": "array", "items": {"enum": ["x", "y", "z"]}, "uniqueItems": True, "minItems": 2},
    "places apart": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "maxLength": 3}, "b": {"type": ["integer", "null"]}, "c": {"enum": [None, 1]}}},
}  # fmt: skip


@pytest.mark.parametrize("name", TOGETHER)
def test_edits_that_are_sound_one_by_one_never_make_an_invalid_body_together(name):
    terms, judge = terms_of_schema(TOGETHER[name]), independent(TOGETHER[name])

    @settings(QUIET, max_examples=150)
    @given(payloads(terms))
    def examine(body):
        assert judge(body) == []

    examine()


def terms_of_schema(schema):
    root = build_root(schema)
    return Terms(
        event="thing.created", schema=schema, root=root, locations=locations(root), pins={}, profile=None,
        source="test", sha256=repr(schema),
    )  # fmt: skip


def test_a_payload_is_the_callers_own_to_spoil(first):
    """Whoever changes what was drawn changes no later example."""
    before = compact(first)

    @settings(QUIET, max_examples=60)
    @given(payloads(terms_of(None, "customer.created")))
    def spoil(body):
        assert judge_of(None, "customer.created")(body) == []
        for part in [body.get("customer"), *body.get("customer", {}).get("integrations", []), body]:
            if isinstance(part, dict):
                part.clear()
                part["spoilt"] = [1]

    spoil()
    assert compact(next(bases(terms_of(None, "customer.created"))).value) == before
    assert "spoilt" not in str(edits_of(terms_of(None, "customer.created"))[0])


def test_payloads_are_realistic_bodies_edits_of_every_place_and_free_text():
    """In a few hundred: a dozen persons, most places absent once, texts that stand in no table."""
    terms = terms_of(None, "customer.created")
    starts, table = edits_of(terms)
    listed = {edit.new for edit in table if isinstance(edit.new, str)}
    absent, names, free = set(), set(), set()

    @settings(QUIET, max_examples=400)
    @given(payloads(terms))
    def look(body):
        customer = body.get("customer")
        if customer is None:
            absent.add("customer")
            return
        absent.update(starts[0]["customer"].keys() - customer.keys())
        names.add(customer.get("name"))
        free.update(text for text in customer.values() if isinstance(text, str) and text not in listed)

    look()
    assert len(absent) >= 15
    assert len(names) >= 25
    assert len(free) >= 100
