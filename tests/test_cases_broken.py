"""What is broken, and how: closed arrays and objects, names, deep levels, rules inside choices.

Every catalogue here is also held against the laws, judged by a validator that had no part in making it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from laws import examine

from contract_kit.cases import body_cases, expectation_of
from contract_kit.model import Case, Terms
from contract_kit.shape import build_root, locations

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def terms_of(schema: dict[str, Any]) -> Terms:
    root = build_root(schema)
    return Terms(
        event="x", schema=schema, root=root, locations=locations(root), pins={}, profile=None, source="x",
        sha256="",
    )  # fmt: skip


def broken(schema: dict[str, Any]) -> list[Case]:
    """The invalid cases, after the laws were held against the whole catalogue."""
    terms = terms_of(schema)
    cases = list(body_cases(terms))
    report = examine(terms, cases)
    assert report.breaches == []
    assert report.missing(terms) == []
    return [case for case in cases if case.kind == "invalid"]


def under(name: str, schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: schema}}


@pytest.mark.parametrize(
    ("rule", "keyword"),
    [
        ({"prefixItems": [TEXT, WHOLE], "items": False}, "items"),
        ({"prefixItems": [TEXT, WHOLE], "unevaluatedItems": False}, "unevaluatedItems"),
        ({"prefixItems": [TEXT, WHOLE], "unevaluatedItems": TEXT}, "unevaluatedItems"),
        ({"prefixItems": [TEXT, WHOLE], "maxItems": 2}, "maxItems"),
        ({"prefixItems": [TEXT, WHOLE], "items": False, "minItems": 2, "maxItems": 2}, "items"),
        ({"items": False}, "items"),
        ({"prefixItems": [TEXT, False]}, "prefixItems"),
    ],
)
def test_an_array_that_ends_with_its_prefix_gets_one_item_more(rule, keyword):
    """Also of the last item's type, which a reader that takes any list lets through."""
    found = [c for c in broken(under("pair", {"type": "array", **rule})) if c.at == "/pair"]
    named = [json.loads(c.body)["pair"] for c in found if (c.pointer, c.keyword) == ("/pair", keyword)]
    named = [value for value in named if isinstance(value, list)]
    assert named
    if rule.get("prefixItems") == [TEXT, WHOLE]:
        lengths = {len(value) for value in named}
        assert min(lengths) == 3 if rule.get("unevaluatedItems") is not TEXT else min(lengths) >= 3
        assert all(isinstance(value[0], str) and isinstance(value[1], int) for value in named)


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
def test_a_closed_object_gets_unknown_names_with_known_values(keyword):
    """Readers that look only at values, or compare names carelessly, take these."""
    schema = {
        "type": "object",
        "properties": {"total_count": WHOLE, "note": TEXT},
        "patternProperties": {"^x-[a-z]+$": WHOLE},
        keyword: False,
    }
    bodies = [json.loads(c.body) for c in broken(schema) if (c.pointer, c.keyword) == ("", keyword)]
    extra: dict[str, set[str]] = {}
    for body in (b for b in bodies if isinstance(b, dict)):
        for key in set(body) - {"total_count", "note"}:
            extra.setdefault(key, set()).add(type(body[key]).__name__)
    assert {"str", "NoneType", "dict", "int"} <= extra["unknown_property"]
    for near in ("TOTAL_COUNT", "Total_count", "total_countx", "total_coun", "totalCount", "total-count"):
        assert "int" in extra[near], near
    entry = next(key for key in extra if key.startswith("x-") and key[2:].isalpha() and key.islower())
    for near in (entry.upper(), f"{entry}1", f"x{entry}", f"{entry} "):
        assert "int" in extra[near], near


def test_names_of_a_map_are_nearly_right():
    schema = {"type": "object", "propertyNames": {"pattern": "^[a-z]{3,}$"}, "additionalProperties": WHOLE}
    names = {name for c in broken(schema) if c.family == "propertyNames" for name in json.loads(c.body)}
    sound = [name for name in names if name.isalpha() and name.islower() and name.isascii() and len(name) > 2]
    assert any(name.title() in names for name in sound)
    assert any(f"{name}1" in names for name in sound)


def test_forbidden_properties_are_there_once():
    """A ``false`` schema is told of the object that must not have the property, as a closed object's is."""
    schema = {
        "type": "object",
        "properties": {"id": TEXT, "secret": False},
        "patternProperties": {"^_": False},
    }
    found = {(c.pointer, c.keyword) for c in broken(schema)}
    assert {("", "properties"), ("", "patternProperties")} <= found


def comments(**replies: Any) -> dict[str, Any]:
    return {
        "$defs": {
            "Comment": {
                "type": "object",
                "required": ["text"],
                "properties": {"text": TEXT, "votes": {"type": "integer", "minimum": 0}, "replies": replies},
            }
        },
        "type": "object",
        "properties": {"comment": {"$ref": "#/$defs/Comment"}},
    }


@pytest.mark.parametrize(
    "replies",
    [
        {"type": "array", "items": {"$ref": "#/$defs/Comment"}},
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/Comment"}},
        {"anyOf": [{"$ref": "#/$defs/Comment"}, {"type": "null"}]},
    ],
)
def test_a_fault_stands_deeper_than_the_first_levels_of_a_tree(replies):
    """A consumer that checks two levels of what holds itself is found out; and the catalogue stays small."""
    found = broken(comments(**replies))
    depths = [c.at.count("/replies") for c in found]
    assert max(depths) >= 2
    if "anyOf" not in replies:
        deep = {(c.pointer, c.keyword) for c in found if c.at.count("/replies") == 2}
        star = "/comment/replies/*/replies/*"
        assert {(star, "required"), (f"{star}/votes", "minimum"), (f"{star}/text", "type")} <= deep
    assert len(found) < 1200


def test_what_a_condition_forbids_is_there_with_a_value_that_nothing_else_forbids():
    """A card may not be there for guests; the one that is has a sound number."""
    schema = {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"enum": ["guest", "member"]},
            "card": {"type": "string", "pattern": r"^\d{4}$"},
        },
        "if": {"properties": {"kind": {"const": "guest"}}},
        "then": {"properties": {"card": False}},
    }
    found = [c for c in broken(schema) if (c.pointer, c.keyword) == ("", "properties")]
    cards = [json.loads(c.body)["card"] for c in found]
    assert any(len(card) == 4 and card.isdecimal() for card in cards)


def test_bounds_that_no_double_is_near_are_passed_by_far():
    """One more than the largest number of 64 bits is the same double as that; twice as many is not."""
    rule = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}
    found = {c.keyword: json.loads(c.body)["n"] for c in broken(under("n", rule)) if "imum" in str(c.keyword)}
    assert found == {"minimum": -(2**64), "maximum": 2**64 - 2}


def test_of_two_properties_that_exclude_each_other_both_are_met():
    schema = under(
        "pay",
        {
            "type": "object",
            "properties": {"card": {"type": "string", "minLength": 4}, "iban": {"type": "string"}},
            "not": {"required": ["card", "iban"]},
        },
    )
    places = {(c.at, c.keyword) for c in broken(schema)}
    assert {("/pay/card", "type"), ("/pay/card", "minLength"), ("/pay/iban", "type")} <= places


def test_items_that_must_differ_do_so_in_any_number():
    """Ids keep their length; objects, which many validators compare each with each, are a hundred, or as many as the document says."""
    ids, rows = {"type": "string", "format": "uuid"}, under("n", WHOLE)
    for items, more, most in ((ids, {}, 8_000), (rows, {}, 101), (rows, {"maxItems": 300}, 300)):
        terms = terms_of(under("all", {"type": "array", "items": items, "uniqueItems": True, **more}))
        sizes = [c for c in body_cases(terms, kinds=["valid"]) if c.at == "/all" and c.family == "size"]
        counts = {len(json.loads(c.body)["all"]) for c in sizes}
        assert 100 in counts
        assert most <= max(counts) <= most * 2
        assert max(len(c.body) for c in sizes) < 350_000


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"^\w+$", "é"), (r"^[\w.]{3}-\d{2}$", "éab-12"), (r"^\d{4}$", "١٢٣٤")]
)
def test_letters_and_digits_of_any_script_are_left_open_where_a_pattern_has_a_class(pattern, text):
    """ECMA-262 has ASCII for ``\\w`` and ``\\d``; the readers of Python, Rust and .NET do not."""
    terms = terms_of(under("code", TEXT | {"pattern": pattern}))
    told = expectation_of(terms, "schema", {"code": text})
    assert (told.expect, bool(told.violations)) == ("either", True)
    assert expectation_of(terms, "schema", {"code": "?"}).expect == "reject"
    letters = terms_of(under("code", TEXT | {"pattern": "^[A-Za-z0-9_.-]+$"}))
    assert expectation_of(letters, "schema", {"code": text}).expect == "reject"
