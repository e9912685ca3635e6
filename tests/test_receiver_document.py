"""``receiver_document``: what other tools read must say the same as what our own cases are judged by."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from contract_kit.cases import body_cases
from contract_kit.errors import UnknownEvent, UsageError
from contract_kit.schema import validator_for
from contract_kit.spec import bundled_document, load_terms, receiver_document, receiver_of
from tests.spec_makers import document, operation

ORDER = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"$ref": "#/components/schemas/Name"},
        "data": {"allOf": [{"$ref": "#/components/schemas/Order"}], "nullable": True},
    },
}
COMPONENTS = {
    "Name": {"type": "string", "enum": ["order.paid", "order.lost"]},
    "Order": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "token": {"type": "string", "writeOnly": True},
            "total": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            "note": {"type": "string", "nullable": True, "example": "thanks"},
            "parent": {"$ref": "#/components/schemas/Order"},
            "lines": {"type": "array", "items": {"type": "object", "additionalProperties": False}},
            "readOnly": {"type": "boolean"},
        },
    },
    "Unused": {"type": "string"},
}


def in_response(schema):
    return {"paths": {"/webhook-events/order.paid": {"post": {"responses": {"200": _described(schema)}}}}}


def in_request(schema):
    return {"paths": {"/webhooks/order.paid": {"post": {**operation(schema), "responses": _GOOD}}}}


def in_webhooks(schema):
    return {"paths": {}, "webhooks": {"order.paid": {"post": {**operation(schema), "responses": _GOOD}}}}


def in_callbacks(schema):
    told = {"order.paid": {"{$request.body#/url}": {"post": {**operation(schema), "responses": _GOOD}}}}
    return {"paths": {"/subscribe": {"post": {"responses": _GOOD, "callbacks": told}}}}


_GOOD = {"200": {"description": "fine"}}


def _described(schema):
    return {"description": "doc-only", "content": {"application/json": {"schema": schema}}}


def made_from(place, version):
    return document(
        {
            "openapi": version,
            "info": {"title": "T", "version": "7"},
            **place(ORDER),
            "components": {"schemas": COMPONENTS},
        }
    )


def body_of(made, path="/webhooks"):
    return made["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]


PLACES = [
    (in_response, "3.0.1"),
    (in_request, "3.0.3"),
    (in_callbacks, "3.0.0"),
    (in_response, "3.1.0"),
    (in_webhooks, "3.1.0"),
    (in_callbacks, "3.1.1"),
]


@pytest.mark.parametrize(("place", "version"), PLACES)
@pytest.mark.parametrize("pin", [False, True])
def test_wherever_the_payload_stands_it_becomes_a_required_body_of_a_sound_document(place, version, pin):
    made = receiver_document(made_from(place, version), "order.paid", pin=pin, server="http://127.0.0.1:1")
    validate(made)
    assert made["openapi"] == version
    post = made["paths"]["/webhooks"]["post"]
    assert post["requestBody"]["required"] is True
    assert set(post["responses"]) == {"2XX", "4XX"}
    assert made["servers"] == [{"url": "http://127.0.0.1:1"}]
    assert made["info"] == {"title": "Receiver of order.paid", "version": "7"}


@pytest.mark.parametrize(("place", "version"), PLACES)
def test_what_is_written_reads_back_as_the_same_contract(place, version):
    source = made_from(place, version)
    before = load_terms("order.paid", document=source)
    written = receiver_document(source, "order.paid", path="/webhooks/order.paid")
    after = load_terms("order.paid", document=document(written))
    assert {(c.pointer, c.keyword) for c in after.constraints} == {
        (c.pointer, c.keyword) for c in before.constraints
    }
    one, other = validator_for(before.schema), validator_for(after.schema)
    bodies = [json.loads(c.body) for c in body_cases(before, kinds=("valid", "invalid"), policy="schema")]
    assert {one.is_valid(body) for body in bodies} == {True, False}
    assert [body for body in bodies if one.is_valid(body) != other.is_valid(body)] == []


@pytest.mark.parametrize("version", ["3.0.1", "3.1.0"])
def test_only_what_is_reached_is_among_the_components_and_every_reference_leads_there(version):
    made = receiver_document(made_from(in_response, version), "order.paid", pin=True)
    text = json.dumps(made)
    names = set(re.findall(r"#/components/schemas/([^\"]+)", text))
    assert (
        names == set(made["components"]["schemas"]) == {"Order"}
    )  # the name of the event is pinned in place
    assert "#/$defs" not in text


@pytest.mark.parametrize("version", ["3.0.1", "3.1.0"])
def test_a_pin_requires_the_event_s_name_and_takes_no_other(version):
    source = made_from(in_response, version)
    loose, pinned = (
        validator_for(load_terms("order.paid", document=document(made)).schema)
        for made in (
            receiver_document(source, "order.paid", pin=pin, path="/webhooks/order.paid")
            for pin in (False, True)
        )
    )
    other = {"event": "order.lost", "data": {"id": "1"}}
    assert loose.is_valid(other)
    assert not pinned.is_valid(other)
    assert pinned.is_valid({**other, "event": "order.paid"})


def test_a_pin_that_no_properties_declare_in_the_open_is_held_by_a_rule_of_its_own():
    schema = {"allOf": [{"$ref": "#/components/schemas/Envelope"}]}
    envelope = {"type": "object", "properties": {"event_type": {"type": "string", "enum": ["a.b", "a.c"]}}}
    source = document(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "webhooks": {"a.b": {"post": operation(schema)}},
            "components": {"schemas": {"Envelope": envelope}},
        }
    )
    made = receiver_document(source, "a.b", pin=True)
    validate(made)
    pinned = validator_for({**body_of(made), "components": made["components"]})
    assert pinned.is_valid({"event_type": "a.b"})
    assert not pinned.is_valid({"event_type": "a.c"})
    assert not pinned.is_valid({})


@pytest.mark.parametrize("version", ["3.0.1", "3.1.0"])
def test_directions_of_an_api_are_left_out_and_properties_of_those_names_are_kept(version):
    order = receiver_document(made_from(in_response, version), "order.paid")["components"]["schemas"]["Order"]
    assert "readOnly" not in order["properties"]["id"]
    assert order["properties"]["readOnly"] == {"type": "boolean"}
    assert "token" not in order["properties"]


def test_30_says_null_and_bounds_and_constants_in_its_own_words():
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": ["string", "null"]},
            "b": {"const": 3},
            "c": {"type": "number", "exclusiveMaximum": 5},
            "d": {"type": ["string", "integer"]},
            "e": {"type": "array"},
            "f": {"type": "null"},
            "g": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
            "h": {"$ref": "#/components/schemas/H", "description": "beside"},
            "i": {"type": "string", "examples": ["x", "y"]},
            "j": True,
        },
    }
    source = document(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "webhooks": {"e.v": {"post": operation(schema)}},
            "components": {"schemas": {"H": {"type": "string"}}},
        }
    )
    made = receiver_of(load_terms("e.v", document=source), old=True)
    validate(made)
    found = body_of(made)["properties"]
    assert found["a"] == {"type": "string", "nullable": True}
    assert found["b"] == {"enum": [3]}
    assert found["c"] == {"type": "number", "maximum": 5, "exclusiveMaximum": True}
    assert found["d"] == {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert found["e"] == {"type": "array", "items": {}}
    assert found["f"] == {"enum": [None], "nullable": True}
    assert found["g"] == {"allOf": [{"type": "string", "maxLength": 3}], "nullable": True}
    assert found["h"] == {"description": "beside", "allOf": [{"$ref": "#/components/schemas/H"}]}
    assert found["i"] == {"type": "string", "example": "x"}
    assert found["j"] == {}


@pytest.mark.parametrize("path", ["hooks", "/hooks/{id}", "/a b", "/a?b=c", ""])
def test_a_path_that_is_none_or_has_parameters_is_refused(path):
    with pytest.raises(UsageError, match="a path begins with /"):
        receiver_document(bundled_document(), "customer.created", path=path)


def test_an_event_that_the_document_has_not_is_told_with_its_neighbours():
    with pytest.raises(UnknownEvent, match=r"customer\.created"):
        receiver_document(bundled_document(), "customer.create")


def test_st_run_loads_the_document_and_sends_real_bodies(tmp_path):
    """The command line of Schemathesis, as its users run it, over a live receiver that keeps what it gets."""
    from contract_kit.sample import serve

    bodies: list[tuple[str, bytes]] = []

    def app(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        bodies.append((environ["REQUEST_METHOD"], body))
        start_response("204 No Content", [])
        return [b""]

    file = tmp_path / "receiver.json"
    with serve(app) as running:
        made = receiver_document(bundled_document(), "customer.created", pin=True, server=running.base)
        file.write_text(json.dumps(made), encoding="utf-8")
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "st"), "run", str(file), "--max-examples=10", "--seed=1",
                f"--url={running.base}", "--phases=fuzzing", "--mode=positive", "--checks=not_a_server_error", "--generation-database=none",
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    posted = [json.loads(body) for method, body in bodies if method == "POST" and body]
    assert len(posted) >= 10
    assert all(body["event_type"] == "customer.created" for body in posted)
    assert any(body.get("customer") for body in posted)
    schema = validator_for(load_terms().schema)
    assert all(schema.is_valid(body) for body in posted)
