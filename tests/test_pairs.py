"""Pairs of classes: every two that can stand in one body do, and the bodies are sound."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations

from cli_makers import SMALL_RUN, run, workplace
from jsonschema import Draft202012Validator

from contract_kit.cases import body_cases, pairs_of
from contract_kit.cases._pairs import _planned
from contract_kit.jsonio import MISSING, get
from contract_kit.spec import load_terms
from tests.spec_makers import terms as terms_of

CROSS = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "maxLength": 40},
        "card": {"type": "string"},
        "owner": {"type": "string"},
        "kind": {"type": "string", "enum": ["a", "b", "c"]},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "flag": {"type": "boolean"},
        "note": {"type": ["string", "null"]},
        "box": {
            "type": ["object", "null"],
            "properties": {
                "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
    },
    "dependentRequired": {"card": ["owner"]},
    "not": {"properties": {"kind": {"const": "b"}, "flag": {"const": False}}, "required": ["kind", "flag"]},
}
"""Rules that look at several places at once: not every pair of classes can occur."""


@cache
def created(policy=None):
    """The valid cases of customer.created, with their contract."""
    terms = load_terms("customer.created")
    return terms, list(body_cases(terms, kinds=["valid"], policy=policy))


def pair_cases(terms, **more):
    return [case for case in body_cases(terms, kinds=["valid"], **more) if case.family == "pair"]


def same(value, wanted):
    """Equal; what holds others is the same when it is there and, being an array, as long."""
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted)
    return type(value) is type(wanted) and (isinstance(value, dict) or value == wanted)


def classes_in(body, factors):
    """The classes that a body has, read from the body alone: by what stands at each place of a factor."""
    found = {}
    for number, factor in enumerate(factors):
        held = [site for site in factor.sites if get(body, site.at.rpartition("/")[0]) is not MISSING]
        here = set()
        for option, made in enumerate(factor.options):
            if any(same(get(body, site.at), made.make(site.value)) for site in held):
                here.add(option)
        found[number] = here
    return found


def pairs_in(bodies, factors):
    met = set()
    for body in bodies:
        there = [(f, option) for f, options in classes_in(body, factors).items() for option in options]
        met.update(combinations(there, 2))
    return met


def test_every_pair_of_classes_stands_in_a_body_of_customer_created():
    """Counted from the bodies that are sent, not from the array that planned them."""
    terms, every = created()
    # Two of the bodies are {} and one without a customer, which other families have made before.
    cases = [case for case in every if case.family in ("pair", "base", "body", "absent")]
    plan = _planned(terms, None, 2)
    planned = {
        pair
        for row in plan.rows
        for pair in combinations([(f, option) for f, option in enumerate(row) if option >= 0], 2)
    }
    met = pairs_in([json.loads(case.body) for case in cases], plan.factors)
    total, covered = pairs_of(terms)
    assert len(planned) == total == covered
    assert planned <= met
    assert total > 30_000


def test_pair_bodies_satisfy_the_document_and_most_must_be_accepted():
    terms, every = created()
    judge = Draft202012Validator(terms.schema)
    cases = [case for case in every if case.family == "pair"]
    assert all(judge.is_valid(json.loads(case.body)) for case in cases)
    assert cases[0].id == "valid:::pair-0001"
    accepted = [case for case in cases if case.expect == "accept"]
    assert len(accepted) > len(cases) // 2
    # What the provider can send comes first, and no pair of it is met only in a body that it cannot send.
    assert [case.expect for case in cases] == ["accept"] * len(accepted) + ["either"] * (
        len(cases) - len(accepted)
    )
    strict = [case for case in created("schema")[1] if case.family == "pair"]
    assert {case.expect for case in strict} == {"accept"}


def test_the_same_ids_have_the_same_bodies_under_every_policy():
    first, second = (
        {case.id: case.body for case in created(policy)[1] if case.family == "pair"}
        for policy in (None, "schema")
    )
    assert first == second


def test_pairs_that_no_body_can_hold_are_not_counted():
    """A card needs an owner, and a b no false flag: the rest is covered all the same."""
    terms = terms_of(CROSS)
    judge = Draft202012Validator(CROSS)
    cases = list(body_cases(terms, kinds=["valid"], policy="schema"))
    assert all(judge.is_valid(json.loads(case.body)) for case in cases if case.family == "pair")
    plan = _planned(terms, None, 2)
    by_name = {factor.pattern: number for number, factor in enumerate(plan.factors)}
    assert {"/card", "/owner", "/kind", "/flag", "/box/tags", "/box/tags/*", "/box/labels"} <= set(by_name)
    assert plan.impossible == len(plan.factors[by_name["/card"]].options)
    total, covered = pairs_of(terms)
    assert total == covered
    met = {
        pair
        for row in plan.rows
        for pair in combinations([(f, option) for f, option in enumerate(row) if option >= 0], 2)
    }
    assert len(met) == total


def test_coverage_counts_the_cases_that_ran():
    terms = terms_of(CROSS)
    cases = list(body_cases(terms, kinds=["valid"], policy="schema"))
    ids = [case.id for case in cases]
    total, covered = pairs_of(terms, 2, ids)
    assert total == covered
    some = [case.id for case in cases if case.family == "pair"][:3]
    assert 0 < pairs_of(terms, 2, some)[1] < total


def test_a_contract_of_one_place_has_no_pairs():
    terms = terms_of({"type": "object", "properties": {"a": {"type": "string"}}})
    assert pairs_of(terms) == (0, 0)
    assert pair_cases(terms, policy="schema") == []


def test_rows_that_repeat_an_earlier_case_count_as_met():
    """Two booleans that may be absent: nine bodies, most of which other families have made before."""
    schema = {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}}
    terms = terms_of(schema)
    ids = {case.id for case in body_cases(terms, policy="schema")}
    assert pairs_of(terms, 2, ids) == (9, 9)


def test_strength_3_covers_every_triple():
    names = ("type", "required", "properties", "dependentRequired")
    rules = {name: CROSS[name] for name in names}
    rules["properties"] = {n: CROSS["properties"][n] for n in ("id", "kind", "flag", "note")}
    terms = terms_of({**rules, "dependentRequired": {"flag": ["note"]}})
    cases = pair_cases(terms, policy="schema", strength=3)
    assert cases[0].id == "valid:::triple-0001"
    total, covered = pairs_of(terms, 3)
    assert total == covered > pairs_of(terms, 2)[0]


def test_a_contract_of_many_places_is_bounded():
    schema = {
        "type": "object",
        "properties": {f"field_{n}": {"type": "string", "enum": list("abcdefghij")} for n in range(200)},
    }
    terms = terms_of(schema)
    plan = _planned(terms, None, 2)
    assert len(plan.factors) == 48
    assert len(plan.rows) < 120
    assert pairs_of(terms)[0] == pairs_of(terms)[1]


def test_a_report_says_how_many_pairs_the_run_has_met(tmp_path):
    """Nine of the rows were asked for, and the figure says so."""
    place = workplace(tmp_path)
    fields = "\n".join(f"                f{n}: {{type: string, enum: [a, b, c, d]}}" for n in range(6))
    spec = (place / "small.yaml").read_text()
    (place / "small.yaml").write_text(
        spec.replace("                status:", fields + "\n                status:", 1)
    )
    words = [*SMALL_RUN, "--only", "valid:::pair-000*", "--report", "r.json"]
    done = run("fuzz", "shop:sound", *words, cwd=place)
    assert done.code == 0, done.err
    pairs = json.loads((place / "r.json").read_text())["coverage"]["pairs"]
    terms = load_terms("order.paid", place / "small.yaml")
    ids = {case.id for case in body_cases(terms)}
    asked = {f"valid:::pair-{number:04d}" for number in range(1, 10)}
    assert asked < ids
    assert (pairs["total"], pairs["covered"]) == pairs_of(terms, 2, asked)
    assert 0 < pairs["covered"] < pairs["total"] == pairs_of(terms, 2, ids)[1]
