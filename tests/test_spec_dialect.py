"""OpenAPI 3.0 and 3.1 schemas become draft 2020-12, or are refused by keyword and place."""

from __future__ import annotations

import json

import pytest
from spec_makers import PLACE, terms, translated

from contract_kit.api import Contract
from contract_kit.errors import SpecError, UnsupportedKeyword
from contract_kit.schema import violations
from contract_kit.shape import AT_ODDS

NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"nullable": True, "minLength": 1}, {"minLength": 1}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a"], AT_ODDS: True},
        ),
        (
            {"type": "string", "x-nullable": True},
            {"type": "string", AT_ODDS: True},
        ),
        (
            {"type": "string", "nullable": True, "enum": ["a", None]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"allOf": [{"type": "string"}], "nullable": True},
            {"anyOf": [{"allOf": [{"type": "string"}]}, NULL]},
        ),
        ({"anyOf": [{"type": "string"}], "nullable": True}, {"anyOf": [{"type": "string"}, NULL]}),
        (
            {"oneOf": [{"type": "string"}], "nullable": True, "description": "d"},
            {"anyOf": [{"oneOf": [{"type": "string"}]}, NULL], "description": "d"},
        ),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
        ({"maximum": 1.5, "exclusiveMaximum": True}, {"exclusiveMaximum": 1.5}),
        ({"exclusiveMaximum": True}, {}),
        ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int32"}),
        ({"type": "file"}, {"type": "string"}),
        (
            {
                "type": "object",
                "xml": {"name": "x"},
                "readOnly": True,
                "externalDocs": {},
                "x-foo": 1,
                "foo": 2,
            },
            {"type": "object"},
        ),
        ({"type": "string", "example": "a"}, {"type": "string", "examples": ["a"]}),
        ({"type": "string", "title": 5, "description": "d"}, {"type": "string", "description": "d"}),
    ],
)
def test_3_0_is_translated(schema, expected):
    assert translated(schema, version="3.0.3") == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, {}),
        (False, {"not": {}}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": ["string", None]}, {"type": ["string", "null"]}),  # YAML's unquoted null
        ({"type": ["string", "string"]}, {"type": "string"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"exclusiveMinimum": 3}, {"exclusiveMinimum": 3}),
        ({"const": None}, {"const": None}),
        ({"minLength": 2.0}, {"minLength": 2}),
        ({"items": [{"type": "string"}, True]}, {"prefixItems": [{"type": "string"}, True]}),
        (
            {"items": [{"type": "string"}], "additionalItems": False},
            {"prefixItems": [{"type": "string"}], "items": False},
        ),
        ({"additionalItems": False, "items": {}}, {"items": {}}),
        (
            {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {"required": ["d"]}}},
        ),
        ({"required": ["a", "a"]}, {"required": ["a"]}),
        ({"required": []}, {}),
        ({"allOf": []}, {}),
        ({"then": {"required": ["a"]}}, {}),
        ({"minContains": 2}, {}),
        (
            {"contains": {"type": "string"}, "minContains": 2},
            {"contains": {"type": "string"}, "minContains": 2},
        ),
        ({"examples": {"a": 1}}, {}),
        ({"examples": [1], "default": 2}, {"examples": [1], "default": 2}),
        ({"default": {"$ref": "#/nowhere"}}, {}),
        ({"$comment": "x", "contentMediaType": "text/plain", "definitions": {"a": 5}}, {}),
    ],
)
def test_3_1_is_translated(schema, expected):
    assert translated(schema) == expected


EVERYTHING = {
    "type": "object",
    "properties": {
        "a": {"type": "array", "items": {"type": "integer", "multipleOf": 2}, "uniqueItems": True}
    },
    "patternProperties": {"^x": {"pattern": "^[a-z]+$", "minLength": 1, "maxLength": 3}},
    "additionalProperties": {"enum": [1, "b", None, {"c": []}]},
    "propertyNames": {"maxLength": 9},
    "minProperties": 1,
    "maxProperties": 9,
    "dependentRequired": {"a": ["xb"]},
    "dependentSchemas": {"xb": {"required": ["a"]}},
    "allOf": [{"minProperties": 1}],
    "anyOf": [{"required": ["a"]}, True],
    "oneOf": [True],
    "not": {"required": ["zz"]},
    "if": {"required": ["a"]},
    "then": {"properties": {"a": {"prefixItems": [True], "contains": {"const": 2}, "maxContains": 3}}},
    "else": {"minProperties": 0},
    "unevaluatedProperties": False,
    "unevaluatedItems": False,
}


def test_every_keyword_of_2020_12_is_carried_over():
    assert translated(EVERYTHING) == EVERYTHING
    assert violations(translated(EVERYTHING), {"a": [2], "xb": "a"}) == []


def test_an_older_dialect_makes_ref_stand_alone():
    components = {"A": {"type": "object"}}
    schema = {"properties": {"p": {"$ref": "#/components/schemas/A", "minProperties": 1, "description": "d"}}}
    siblings = {"$ref": "#/$defs/A", "minProperties": 1, "description": "d"}
    assert translated(schema, components)["properties"]["p"] == siblings
    del siblings["minProperties"]
    assert translated(schema, components, version="3.0.0")["properties"]["p"] == siblings
    old = {"jsonSchemaDialect": "http://json-schema.org/draft-07/schema#"}
    assert translated(schema, components, **old)["properties"]["p"] == siblings
    own = {"$schema": "http://json-schema.org/draft-04/schema#", **schema}
    assert translated(own, components)["properties"]["p"] == siblings


def test_nullable_beside_a_reference_lets_null_in():
    schema = {"properties": {"p": {"$ref": "#/components/schemas/A", "nullable": True}}}
    found = translated(schema, {"A": {"type": "object"}}, version="3.0.0")
    assert found["properties"]["p"] == {"anyOf": [{"$ref": "#/$defs/A"}, NULL]}


def test_write_only_properties_are_not_sent():
    schema = {
        "type": "object",
        "required": ["c"],
        "properties": {
            "a": {"type": "string", "writeOnly": True},
            "b": {"$ref": "#/components/schemas/Secret"},
            "c": {"type": "string", "readOnly": True},
        },
        "additionalProperties": False,
    }
    found = translated(schema, {"Secret": {"type": "string", "writeOnly": True}}, version="3.0.0")
    assert found == {
        "type": "object",
        "required": ["c"],
        "properties": {"c": {"type": "string"}},
        "additionalProperties": False,
    }


def test_bodies_have_what_is_required_and_write_only_and_one_without_it_is_no_fault():
    """Who reads ``required`` alone refuses a body without it; by OpenAPI's letter it is never sent."""
    schema = {
        "type": "object",
        "required": ["id", "token"],
        "properties": {"id": {"type": "string"}, "token": {"$ref": "#/components/schemas/Secret"}},
    }
    components = {"Secret": {"type": "string", "writeOnly": True}}
    contract = Contract(terms(schema, components, version="3.0.0"))
    told = {case.id: case.expect for case in contract.cases(kinds=["valid", "invalid"])}
    assert told["invalid::required:id-absent"] == "reject"
    assert [expect for id, expect in told.items() if "token-absent" in id] == ["either"]
    whole = [json.loads(c.body) for c in contract.cases(kinds=["valid"]) if c.expect == "accept"]
    assert whole
    assert all("token" in body for body in whole if isinstance(body, dict))


def test_a_discriminator_is_an_annotation_with_its_mapping():
    cat = {"type": "object", "properties": {"kind": {"type": "string"}}}
    refs = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]
    components = {"Cat": cat, "Dog": cat}
    mapping = {"cat": "Cat", "dog": "#/components/schemas/Dog", "cow": "#/components/schemas/Cow", "x": 5}
    for told, expected in (
        ({"propertyName": "kind", "mapping": mapping}, {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"}),
        ({"propertyName": "kind"}, {"Cat": "#/$defs/Cat", "Dog": "#/$defs/Dog"}),
        ("kind", {"Cat": "#/$defs/Cat", "Dog": "#/$defs/Dog"}),
    ):
        found = translated({"oneOf": refs, "discriminator": told}, components, version="3.0.0")
        assert found["discriminator"] == {"propertyName": "kind", "mapping": expected}
        assert found["$defs"]["Cat"] == cat
    assert "discriminator" not in translated({"type": "object", "discriminator": {"propertyName": "kind"}})
    assert "discriminator" not in translated({"oneOf": refs, "discriminator": []}, components)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (
            {"type": "strnig"},
            "/type: must be one of null, boolean, object, array, number, string, integer, not the text 'strnig'",
        ),
        ({"type": []}, "/type: must name at least one type"),
        (
            {"type": ["string", {}]},
            "/type/1: must be one of null, boolean, object, array, number, string, integer, not an object",
        ),
        ({"properties": []}, "/properties: must be an object of schemas, not a list"),
        ({"properties": {"a/b": None}}, "/properties/a~1b: must be a schema (an object), not null"),
        (
            {"properties": {"a": {"required": True}}},
            "/properties/a/required: must be a list of property names, not the boolean true",
        ),
        ({"required": ["a", 1]}, "/required/1: must be a property name, not the number 1"),
        ({"minLength": "3"}, "/minLength: must be a number, not the text '3'"),
        ({"minLength": -1}, "/minLength: must be a whole number from 0, not -1"),
        ({"maxItems": 1.5}, "/maxItems: must be a whole number from 0, not 1.5"),
        ({"minimum": True}, "/minimum: must be a number, not the boolean true"),
        ({"exclusiveMinimum": "1"}, "/exclusiveMinimum: must be a number, not the text '1'"),
        ({"multipleOf": 0}, "/multipleOf: must be above 0, not 0"),
        ({"uniqueItems": "yes"}, "/uniqueItems: must be true or false, not the text 'yes'"),
        ({"pattern": "("}, "/pattern: is not a regular expression that can be used: '('"),
        ({"pattern": 5}, "/pattern: must be a text, not the number 5"),
        (
            {"patternProperties": {"[": {}}},
            "/patternProperties: has a name that is no regular expression that can be used: '['",
        ),
        (
            {"patternProperties": {r"\Aa\z": {}, "^a$": {}}},
            "/patternProperties: says one name in two ways",
        ),
        (
            {"patternProperties": {r"\Aa\z": {"minLength": "3"}}},
            r"/patternProperties/\Aa\z/minLength: must be a number, not the text '3'",
        ),
        ({"enum": "a"}, "/enum: must be a list, not the text 'a'"),
        ({"format": 1}, "/format: must be a text, not the number 1"),
        ({"allOf": {}}, "/allOf: must be a list of schemas, not an object"),
        ({"oneOf": []}, "/oneOf: must hold at least one schema"),
        ({"anyOf": ["x"]}, "/anyOf/0: must be a schema (an object), not the text 'x'"),
        ({"items": 5}, "/items: must be a schema (an object), not the number 5"),
        (
            {"additionalProperties": "no"},
            "/additionalProperties: must be a schema (an object), not the text 'no'",
        ),
        ({"dependencies": []}, "/dependencies: must be an object, not a list"),
        (
            {"dependentRequired": {"a": "b"}},
            "/dependentRequired/a: must be a list of property names, not the text 'b'",
        ),
        ([], ": must be a schema (an object), not a list"),
    ],
)
def test_a_malformed_schema_is_refused_with_its_place(schema, said):
    with pytest.raises(SpecError) as caught:
        terms(schema)
    assert str(caught.value) == f"api.yaml: {PLACE}{said}"


@pytest.mark.parametrize("keyword", ["extends", "disallow", "divisibleBy", "propertyDependencies"])
def test_an_assertion_that_cannot_be_generated_for_is_refused_by_name(keyword):
    with pytest.raises(UnsupportedKeyword) as caught:
        terms({"properties": {"a": {keyword: {}}}})
    assert caught.value.keyword == keyword
    assert caught.value.pointer == f"{PLACE}/properties/a/{keyword}"


@pytest.mark.parametrize(
    "pattern", [r"^\d+$", r"\p{L}", "(?<year>[0-9]{4})", r"^(?!x)", r"\/", "^[^\\u0000]*$", r"[\w-]+"]
)
def test_patterns_of_ecmascript_are_taken(pattern):
    assert translated({"pattern": pattern}) == {"pattern": pattern}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\A[a-z]+\z", "^[a-z]+$"),
        (r"\A\d+\Z", r"^\d+$"),
        (r"^[\\A]\\z$", r"^[\\A]\\z$"),
    ],
)
def test_the_ends_of_a_text_are_read_as_ruby_and_python_write_them(written, read):
    assert translated({"type": "string", "pattern": written})["pattern"] == read
    named = translated({"type": "object", "patternProperties": {written: {}}})
    assert list(named["patternProperties"]) == [read]
