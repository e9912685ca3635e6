"""Generated bodies say what a discriminator wants: consumers choose the branch by it, whatever the schema asks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from laws import examine
from spec_makers import terms

from contract_kit.cases import body_cases, expectation_of, left_out
from contract_kit.model import Reply
from contract_kit.report import title
from contract_kit.spec import load_document, load_terms
from contract_kit.values import payloads, samples

NEEDS = {"card": "last4", "sepa": "iban", "bacs": "iban"}


def document(kind: dict[str, Any], mapping: Any) -> dict[str, Any]:
    """A payment whose means is chosen by ``kind``, of which the schema itself says ``kind``'s rules only."""
    branch = {"type": "object", "required": ["kind"], "properties": {"kind": kind}}

    def means(name: str) -> dict[str, Any]:
        own = {"type": "object", "required": [name], "properties": {name: {"type": "string", "minLength": 4}}}
        return {"allOf": [{"$ref": "#/components/schemas/Means"}, own]}

    told: dict[str, Any] = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    refs = [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Debit"}]
    body = {
        "type": "object",
        "required": ["means"],
        "properties": {
            "means": {"oneOf": refs, "discriminator": told},
            "others": {"type": "array", "items": {"oneOf": refs, "discriminator": told}},
        },
    }
    hook = {"post": {"requestBody": {"content": {"application/json": {"schema": body}}}, "responses": {}}}
    schemas = {"Means": branch, "Card": means("last4"), "Debit": means("iban")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "webhooks": {"payment.made": hook},
        "components": {"schemas": schemas},
    }


MAPPING = {"card": "#/components/schemas/Card", "sepa": "#/components/schemas/Debit", "bacs": "Debit"}
FREE: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "minLength": 3, "maxLength": 8, "pattern": "^[a-z]+$"},
    {"type": "string", "enum": ["sepa", "bacs", "card"]},
]


def terms_of(tmp_path, kind, mapping):
    path = tmp_path / "payments.json"
    path.write_text(json.dumps(document(kind, mapping)))
    assert load_document(path)
    return load_terms("payment.made", path)


def means_of(body: Any) -> list[dict[str, Any]]:
    return [body["means"], *body.get("others", ())]


@pytest.mark.parametrize("kind", FREE)
def test_a_body_that_must_be_taken_never_says_another_branch(tmp_path, kind):
    """No case asks for a card with the fields of a direct debit, or for a kind that no branch is mapped to."""
    terms = terms_of(tmp_path, kind, MAPPING)
    said = set()
    for case in body_cases(terms, kinds=["valid"]):
        if case.expect == "accept":
            for means in means_of(json.loads(case.body)):
                said.add(means["kind"])
                assert NEEDS[means["kind"]] in means, case.id
    assert said == set(NEEDS)
    for body in samples(terms, 40):
        assert all(NEEDS[means["kind"]] in means for means in means_of(body))


def test_a_discriminator_of_another_branch_may_be_taken_or_refused(tmp_path):
    """Plain JSON Schema takes it, and a consumer that chooses by the discriminator cannot: either is right."""
    terms = terms_of(tmp_path, {"type": "string"}, MAPPING)
    for kind, expect in (("card", "accept"), ("sepa", "either"), ("unheard of", "either")):
        told = expectation_of(terms, "schema", {"means": {"kind": kind, "last4": "4242"}})
        assert (told.violations, told.expect) == ((), expect)


def test_random_bodies_say_their_own_branch(tmp_path):
    terms = terms_of(tmp_path, {"type": "string"}, MAPPING)

    @given(payloads(terms))
    @settings(max_examples=150, database=None, derandomize=True, deadline=None)
    def every(body):
        assert all(NEEDS[means["kind"]] in means for means in means_of(body))

    every()


def test_without_a_mapping_the_names_of_the_schemas_are_the_values(tmp_path):
    terms = terms_of(tmp_path, {"type": "string"}, None)
    assert {means["kind"] for body in samples(terms, 40) for means in means_of(body)} <= {"Card", "Debit"}


def test_a_mapping_that_no_branch_allows_is_left_alone(tmp_path):
    """A document that contradicts itself is read by its rules: they are what a validator asks."""
    terms = terms_of(tmp_path, {"type": "string", "enum": ["CARD", "DEBIT"]}, MAPPING)
    assert {means["kind"] for body in samples(terms, 40) for means in means_of(body)} <= {"CARD", "DEBIT"}


def test_a_broken_rule_of_a_branch_is_told_as_that_rule(tmp_path):
    """ "breaks oneOf" helps nobody: the line names the rule of the branch that was meant."""
    terms = terms_of(tmp_path, {"type": "string"}, MAPPING)
    told = {
        case.id: title("false_accept", case, Reply(outcome="accepted"))
        for case in body_cases(terms, kinds=["invalid"])
        if case.keyword == "oneOf"
    }
    said = set(told.values())
    assert "accepts a body without means.last4 (is required)" in said
    assert "accepts means.last4 42 (must be a string)" in said
    assert any(line.endswith("(must be at least 4 characters long)") for line in said)
    vague = [name for name, line in told.items() if "breaks" in line]
    assert all("branch" in name for name in vague)


def test_branches_that_only_a_discriminator_tells_apart_are_told_apart_by_it():
    """By the letter a body with a kind of any text satisfies both branches, and none could be sent at all."""
    pet = {"type": "object", "required": ["pet"], "properties": {"pet": {"type": "string"}}}
    components = {
        "Cat": {"allOf": [pet, {"properties": {"lives": {"type": "integer"}}}]},
        "Dog": {"allOf": [pet, {"properties": {"bark": {"type": "string"}}}]},
    }
    refs = {name: f"#/components/schemas/{name}" for name in components}
    told = {"propertyName": "pet", "mapping": {"cat": refs["Cat"], "dog": refs["Dog"]}}
    schema = {"oneOf": [{"$ref": ref} for ref in refs.values()], "discriminator": told}
    found = terms(schema, components)
    cases = list(body_cases(found))
    assert examine(found, cases).breaches == []
    said = [json.loads(c.body) for c in cases if c.kind == "valid" and c.expect == "accept"]
    assert {body["pet"] for body in said} == {"cat", "dog"}
    broken = [json.loads(c.body) for c in cases if c.kind == "invalid" and c.keyword == "oneOf"]
    assert any(
        isinstance(body, dict) and body.get("pet") == "cat" and isinstance(body.get("lives"), str)
        for body in broken
    )
    assert left_out(found) == [
        "only 'pet' tells the branches of a oneOf apart (Cat, Dog): it is taken as a rule"
    ]
