"""Random search: labels that are true, and examples that shrink to one edit of the first base."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from laws import independent, read

from contract_kit.cases import invalid_cases, pattern_in, valid_cases
from contract_kit.jsonio import compact
from contract_kit.model import Terms
from contract_kit.spec import events, load_document, load_terms
from contract_kit.values import bases, payloads

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
        found = judge(read(broken.body))
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
