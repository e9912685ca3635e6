"""The laws of the catalogue for the bundled contract, judged by those who had no part in making it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import zip_longest

import pytest
from laws import examine, is_strict_json, other_readers, read

from contract_kit.cases import body_cases, expectation_of
from contract_kit.model import Terms
from contract_kit.spec import load_terms


@pytest.fixture(scope="module")
def terms() -> Terms:
    return load_terms()


@pytest.fixture(scope="module")
def report(terms):
    return examine(terms)


def test_no_case_breaks_a_law(report):
    """Sound bodies are valid, broken ones break one rule where they say, malformed ones are no JSON."""
    assert report.breaches == []
    assert report.cases > 10_000


def test_all_44_constraints_are_broken_and_satisfied(terms, report):
    assert len(terms.constraints) == 44
    assert report.missing(terms) == []


@pytest.fixture(scope="module")
def cases(terms):
    """The catalogue once, without its bodies but for their size and digest."""
    return [replace(case, body=digest(case.body), plain=b"%d" % len(case.body)) for case in body_cases(terms)]


def digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=12).digest()


def test_ids_and_bodies_are_the_same_each_time(cases):
    """Another reading of the document makes the same cases, in the same order."""
    again = body_cases(load_terms())
    for one, other in zip_longest(cases, again):
        assert (one.id, one.body, one.expect) == (other.id, digest(other.body), other.expect)


def test_ids_do_not_depend_on_which_kinds_are_asked_for(terms, cases):
    every = [(case.id, case.body) for case in cases if case.kind in ("equivalent", "malformed")]
    some = [(case.id, digest(case.body)) for case in body_cases(terms, kinds=("equivalent", "malformed"))]
    assert some == every


def test_published_ids_are_still_there(cases):
    known = {
        "invalid:/customer/status:enum:case-upper",
        "invalid:/customer/integrations/2/status:enum:case-upper",
        "invalid:/customer/created_at:format:no-zone",
        "invalid:/customer/metadata/plan_tier:type:zero",
        "invalid::type:null",
        "valid:/customer/email::absent",
        "valid:/customer/name::unicode-nfd",
        "valid:/customer/created_at::fraction-9",
        "valid:/customer/address_country::country-CH",
        "valid:/customer::country-CH-whole",
        "valid:/customer/metadata::key-proto",
        "valid:/customer/metadata::size-limit",
        "malformed:::literal-nan",
        "malformed:::byte-order-mark",
        "equivalent:::keys-reversed",
        "foreign:/event_type:enum:invoice.update.finalized",
    }
    assert known - {case.id for case in cases} == set()


@pytest.mark.parametrize("name", sorted(other_readers()))
def test_no_strict_reader_takes_what_must_be_rejected(terms, name):
    """Two readers in other languages' speed classes agree with the grammar."""
    loads = other_readers()[name]
    taken = []
    for case in body_cases(terms, kinds=("malformed",)):
        if case.expect != "reject":
            continue
        try:
            loads(case.body)
        except ValueError:
            continue
        taken.append(case.id)
    assert taken == []


def test_the_strict_reader_of_these_tests_is_one():
    for good in (b"{}", b' [1, -0.5e+3, "\\u00e9\\n", {"a": null}] ', b'"x"', b"0", b"[[[]]]", b"true\n"):
        assert is_strict_json(good)
    for bad in (
        b"",
        b"{",
        b"[1,]",
        b"01",
        b"NaN",
        b"'a'",
        b'"\n"',
        b'"\\x"',
        b"[1 2]",
        b"\xff",
        b"{1:2}",
        b'{"a"}',
        b"1 2",
    ):
        assert not is_strict_json(bad)


@pytest.mark.parametrize("policy", ["schema", "provider", "tolerant"])
def test_expectations_follow_the_one_rule(terms, policy):
    """What no family has settled is what the two schemas say; judged in place and as a whole alike."""
    counts: Counter[tuple[str, str]] = Counter()
    for number, case in enumerate(body_cases(terms, policy=policy, kinds=("valid", "invalid"))):
        counts[case.kind, case.expect] += 1
        if number % 29 or case.because == "sound readers disagree about it" or "-beyond-" in case.variant:
            continue
        told = expectation_of(terms, policy, read(case.body)).expect
        # A family may know better that the provider cannot send a value, and never that it can.
        assert case.expect == told or (case.expect, told) == ("either", "accept"), case.id
    refused = counts["invalid", "reject"]
    assert not counts["invalid", "accept"]
    assert refused == 0 if policy == "tolerant" else refused > 2500
    assert (counts["valid", "either"] > 1000) == (policy != "schema")


def test_every_family_of_the_list_is_there(cases):
    """A family that vanishes would pass every other law."""
    found = Counter((case.kind, case.family) for case in cases)
    for family, least in {
        "absent": 50, "enum": 30, "text": 50, "length": 700, "space": 300, "control": 150, "unicode": 1000,
        "lookalike": 1500, "sentinel": 300, "backtrack": 300, "country": 500, "email": 50, "name": 80,
        "postal-code": 150, "id": 200, "fraction": 60, "case": 12, "offset": 40, "day": 40, "leap-second": 8,
        "year": 50, "month-end": 48, "size": 15, "items": 2, "key": 90, "unknown": 100, "order": 8, "era": 5,
        "base": 1, "body": 3, "pair": 200,
    }.items():  # fmt: skip
        assert found["valid", family] >= least, family
    for family in ("cuts", "around", "punctuation", "literals", "strings", "encodings", "others", "disputed"):
        assert found["malformed", family] > 5, family
    for keyword in ("type", "enum", "format"):
        assert found["invalid", keyword] > 500, keyword
    assert found["equivalent", "spelling"] > 30
    assert found["foreign", "foreign"] == 82


def test_bodies_reach_the_providers_limit_and_stay_below(cases):
    sizes = [int(case.plain) for case in cases if case.kind == "valid"]
    assert 340_000 < max(sizes) <= 350_000
    assert sum(size > 300_000 for size in sizes) < 10


def test_faults_stand_at_first_middle_and_last(cases):
    places = {case.at for case in cases if case.kind == "invalid" and case.keyword == "enum"}
    assert {f"/customer/integrations/{n}/status" for n in (0, 1, 2)} <= places
    entries = {case.at for case in cases if case.kind == "invalid" and case.pointer == "/customer/metadata/*"}
    assert len(entries) == 3


def test_wrong_types_are_empty_and_full(cases):
    variants = {
        case.variant
        for case in cases
        if case.kind == "invalid" and case.at == "/customer/status" and case.keyword == "type"
    }
    assert {
        "null", "false", "true", "zero", "integer", "fraction", "empty-array", "array", "empty-object", "object",
        "in-array", "in-object",
    } <= variants  # fmt: skip
