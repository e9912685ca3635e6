"""Building values: what cannot be is refused by its place, and what looks impossible and is not is built."""

from __future__ import annotations

import time

import pytest
from spec_makers import terms

from contract_kit.cases import body_cases
from contract_kit.errors import ImpossibleSchema, SpecError, UnsupportedKeyword
from contract_kit.schema import Validator
from contract_kit.shape import build_root
from contract_kit.values import build, opposites

LONG = {"type": "string", "minLength": 5, "maxLength": 3}


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": "object", "properties": {"a": LONG}}, "/a"),
        ({"type": "object", "required": ["a"], "properties": {"a": LONG}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": LONG}}}}, "/a/b"),
        ({"type": "object", "properties": {"a": {"type": "string", "enum": []}}}, "/a"),
        ({"type": "object", "properties": {"a": {"enum": ["x"], "type": "integer"}}}, "/a"),
        ({"type": "object", "properties": {"a": {"allOf": [{"type": "string"}, {"type": "object"}]}}}, "/a"),
        ({"type": "object", "properties": {"a": {"allOf": [{"enum": ["x"]}, {"enum": ["y"]}]}}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "integer", "minimum": 3, "maximum": 2}}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "number", "exclusiveMinimum": 1, "maximum": 1}}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "integer", "minimum": 1, "maximum": 5, "multipleOf": 7}}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "array", "minItems": 3, "maxItems": 1, "items": {}}}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "object", "minProperties": 3, "maxProperties": 1}}}, "/a"),
        ({"type": "object", "properties": {"a": {"type": "string", "not": {"type": "string"}}}}, "/a"),
        ({"type": "object", "required": ["a"], "properties": {"a": False}}, "/a"),
        ({"type": "object", "required": ["b"], "additionalProperties": False, "properties": {"a": {}}}, "/b"),
        ({"type": "array", "items": LONG, "minItems": 1}, "/*"),
        ({"type": "object", "properties": {"a": {"oneOf": [LONG, LONG]}}}, "/a"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/Endless"}}}, None),
    ],
)  # fmt: skip
def test_an_impossible_schema_is_named_with_its_pointer(schema, pointer):
    endless = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"$ref": "#/components/schemas/Endless"}},
    }
    with pytest.raises((ImpossibleSchema, UnsupportedKeyword)) as caught:
        next(body_cases(terms(schema, {"Endless": endless})))
    assert caught.value.exit_code == 2
    if pointer is not None:
        assert caught.value.pointer == pointer
        assert str(caught.value).startswith(pointer)


def test_a_property_that_must_be_absent_is_no_contradiction():
    found = next(body_cases(terms({"type": "object", "properties": {"a": False, "b": {"type": "string"}}})))
    assert b'"b"' in found.body
    assert b'"a"' not in found.body


def test_arrays_and_maps_of_what_cannot_be_are_empty():
    made = build(
        build_root(
            {
                "properties": {
                    "a": {"type": "array", "items": LONG},
                    "b": {"additionalProperties": LONG, "type": "object"},
                }
            }
        )
    )
    assert made == {"a": [], "b": {}}


def test_impossible_branches_are_passed_over():
    made = build(build_root({"properties": {"a": {"anyOf": [LONG, {"type": "integer"}]}}}))
    assert isinstance(made["a"], int)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"], "not": {"properties": {"a": {"const": "x"}}}},
        {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a", "b"]}},
        {"type": "integer", "not": {"minimum": 0}},
        {"type": "string", "not": {"maxLength": 10}},
        {"not": {"type": ["object", "string", "null"]}},
        {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}, "properties": {"a": {}, "b": False}},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}, "minItems": 2, "uniqueItems": True},
        {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*[0-9]).{12,}$"},
        {"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^[a-z]{2}$"}},
        {"type": "object", "maxProperties": 1, "properties": {"a": {}, "b": {}, "c": {}}},
        {"type": "object", "dependentSchemas": {"a": {"properties": {"b": False}}}, "properties": {"a": {}, "b": {}}},
    ],
)  # fmt: skip
def test_what_looks_hard_is_built(schema):
    assert Validator(schema).is_valid(build(build_root(schema)))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"maxLength": 3},
        {"required": ["a", "b"]},
        {"properties": {"a": {"type": "string", "minLength": 2}}},
        {"enum": [1, "a"]},
        {"items": {"type": "integer"}},
        {"contains": {"const": 1}},
        {"additionalProperties": False, "properties": {"a": {}}},
        {"propertyNames": {"maxLength": 2}},
        {"oneOf": [{"type": "integer"}, {"minimum": 3}]},
        {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        {"allOf": [{"minimum": 3}, {"maximum": 5}]},
        {"not": {"type": "integer"}},
        {"dependentRequired": {"a": ["b"]}},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        {"prefixItems": [{"type": "integer"}]},
        {"multipleOf": 3},
        {"pattern": "^a"},
    ],
)
def test_opposites_break_what_they_are_the_opposites_of(schema):
    judge = Validator(schema)
    made = []
    for other in opposites(schema, lambda _ref: True):
        try:
            made.append(build(build_root({"not": schema, "allOf": [other]})))
        except SpecError:
            continue
    assert made
    assert not any(judge.is_valid(value) for value in made)


def test_hostile_schemas_end_within_seconds():
    """Wide recursion, deep nesting and many choices: an answer or an error, never a hang."""
    wide = {
        "type": "object",
        "properties": {f"p{n}": {"$ref": "#/components/schemas/Wide"} for n in range(12)},
        "required": ["id"],
    }
    wide["properties"]["id"] = {"type": "string"}
    choices = {
        "type": "object",
        "properties": {
            f"c{n}": {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}
            for n in range(40)
        },
    }
    deep: dict = {"type": "string"}
    for _ in range(30):
        deep = {"type": "object", "properties": {"a": deep}}
    started = time.process_time()
    for schema, components in (
        ({"$ref": "#/components/schemas/Wide"}, {"Wide": wide}),
        (choices, {}),
        (deep, {}),
    ):
        for number, _ in enumerate(body_cases(terms(schema, components))):
            if number > 300:
                break
    assert time.process_time() - started < 20


FILTER = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Not", "All", "Leaf")]}
TREE = {
    "Filter": FILTER,
    "Not": {"type": "object", "required": ["not"], "properties": {"not": {"$ref": "#/components/schemas/Filter"}}},
    "All": {
        "type": "object",
        "required": ["all"],
        "properties": {
            "all": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Filter"}}
        },
    },
    "Leaf": {"type": "object", "required": ["field"], "properties": {"field": {"type": "string"}}},
}  # fmt: skip


def test_what_must_hold_itself_in_all_but_one_branch_ends_soon():
    """A filter of filters whose first branch is the negation of another one: two levels, and no twenty."""
    whole = {"type": "object", "properties": {"filter": {"$ref": "#/components/schemas/Filter"}}}
    bodies = [case.body for case in body_cases(terms(whole, TREE), kinds=("valid",)) if case.family == "base"]
    assert bodies[0].count(b'"not"') == 2
    assert max(body.count(b'"not"') + body.count(b'"all"') for body in bodies) <= 4
