"""Contracts that nothing can satisfy, or that would never end: one line with the place, or bounded work."""

from __future__ import annotations

import time
from functools import reduce
from itertools import islice

import pytest
from laws import examine
from spec_makers import terms

from contract_kit.cases import body_cases, left_out
from contract_kit.errors import ContractKitError, SpecError


def inside(schema):
    return {"type": "object", "properties": {"a": {"type": "object", "properties": {"x": schema}}}}


IMPOSSIBLE = {
    "lengths": {"type": "string", "minLength": 5, "maxLength": 2},
    "no member": {"enum": []},
    "all of": {"allOf": [{"type": "string"}, {"type": "integer"}]},
    "const and type": {"const": 5, "type": "string"},
    "members of another type": {"enum": [5, 6], "type": "string"},
    "bounds": {"type": "number", "minimum": 5, "maximum": 2},
    "nothing between": {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 6},
    "no multiple": {"type": "integer", "multipleOf": 10, "minimum": 11, "maximum": 19},
    "items": {"type": "array", "minItems": 5, "maxItems": 2},
    "no item may stand": {"type": "array", "items": False, "minItems": 1},
    "no room to contain": {"type": "array", "contains": {"type": "string"}, "minContains": 3, "maxItems": 2},
    "properties": {"type": "object", "minProperties": 5, "maxProperties": 2},
    "required over most": {"type": "object", "required": ["y", "z"], "maxProperties": 1},
    "pattern and length": {"type": "string", "pattern": "^a{5}$", "maxLength": 3},
    "null and enum": {"type": "null", "enum": ["a"]},
    "then false": {"if": True, "then": False},
    "too long for any body": {"type": "string", "minLength": 10**9},
    "too many for any body": {"type": "array", "minItems": 10**7},
    "too many entries for any body": {"type": "object", "minProperties": 10**6},
    "every branch": {"oneOf": [{"type": "integer", "minimum": 3, "maximum": 1}, {"enum": []}]},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_is_refused_by_its_place(name):
    with pytest.raises(SpecError, match="/a/x"):
        list(islice(body_cases(terms(inside(IMPOSSIBLE[name]))), 50))


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "object", "required": ["x"], "properties": {"x": False}}, "/x"),
        ({"type": "object", "required": ["y"], "additionalProperties": False}, "/y"),
        ({"type": "object", "required": ["xa"], "patternProperties": {"^x": False}}, "/xa"),
        (False, "/"),
    ],
)
def test_what_must_be_there_and_may_not_is_told_by_its_name(schema, place):
    with pytest.raises(SpecError) as caught:
        next(body_cases(terms(schema)))
    assert str(caught.value).startswith(f"{place}: ")


HOSTILE = {
    "patterns that backtrack": inside({"type": "string", "pattern": "^(x+x+)+y$", "minLength": 30, "maxLength": 60}),
    "ways that backtrack": inside({"type": "string", "pattern": "^(a|a|a|a)*b$", "minLength": 40}),
    "names that backtrack": inside({"type": "object", "patternProperties": {"^(a+)+b$": {"type": "string"}}}),
    "choices side by side": inside(
        {"allOf": [{"anyOf": [{"required": [f"a{n}"]}, {"required": [f"b{n}"]}]} for n in range(30)]}
    ),
    "a choice of many": inside({"oneOf": [{"type": "object", "properties": {"k": {"const": n}}, "required": ["k"]} for n in range(500)]}),
    "conditions in conditions": inside(
        reduce(
            lambda rest, n: {"if": {"properties": {f"k{n}": {"const": n}}}, "then": {"required": [f"z{n}"]}, "else": rest},
            range(12),
            {"type": "object"},
        )
    ),
    "ten thousand properties": {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(10_000)}},
    "fifty thousand members": inside({"enum": [f"v{n}" for n in range(50_000)]}),
    "the range of doubles": inside(
        {"type": "number", "minimum": -1.7976931348623157e308, "maximum": 1.7976931348623157e308}
    ),
    "bounds beyond any body": inside(
        {
            "type": "object",
            "maxProperties": 10**9,
            "properties": {
                "text": {"type": "string", "maxLength": 2**31 - 1},
                "word": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 2**31 - 1},
                "list": {"type": "array", "maxItems": 2**31 - 1, "contains": {"type": "string"}, "maxContains": 10**8},
            },
        }
    ),
}  # fmt: skip


def test_bounds_beyond_doubles_are_refused():
    with pytest.raises(SpecError, match="minimum: is beyond the numbers"):
        terms(inside({"type": "number", "minimum": 10**400}))


def test_the_range_of_doubles_obeys_the_laws():
    assert examine(terms(HOSTILE["the range of doubles"])).breaches == []


@pytest.mark.parametrize("name", HOSTILE)
def test_the_first_cases_come_in_bounded_time(name):
    started = time.process_time()
    try:
        assert sum(1 for _ in islice(body_cases(terms(HOSTILE[name])), 400))
    except ContractKitError as error:
        assert "/a/x" in str(error)  # noqa: PT017 (either is right: cases, or one line)
    assert time.process_time() - started < 10


def test_bounds_that_no_case_passes_are_said():
    told = left_out(terms(HOSTILE["bounds beyond any body"]))
    assert "/a/x/text: maxLength 2,147,483,647 is more than a body holds; no case passes it" in told
    assert len(told) == 5


def test_trees_without_end_are_seen_to_a_level_that_is_said():
    """Twelve schemas that name each other have more ways than anybody can count."""
    names = [f"A{n}" for n in range(12)]
    found = terms(
        {"$ref": "#/components/schemas/A0"},
        components={
            name: {
                "type": "object",
                "properties": {f"to_{n}": {"$ref": f"#/components/schemas/{n}"} for n in names},
            }
            for name in names
        },
    )
    assert sum(1 for _ in islice(body_cases(found), 1000)) == 1000
    assert any("more than 8,000 places" in line for line in left_out(found))


def test_many_choices_side_by_side_that_nothing_breaks_end_within_seconds():
    """A value that no branch of thirty takes is looked for as long as a document's patience lasts."""

    def branches(number):
        return [{"properties": {f"p{number}{n}": {"type": "string"}}} for n in range(4)]

    schema = {"allOf": [{"anyOf": branches(number)} for number in range(30)]}
    started = time.process_time()
    assert sum(1 for _ in body_cases(terms(schema))) > 10_000
    assert time.process_time() - started < 30
