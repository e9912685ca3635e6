"""Whatever is done to a document, it loads or is refused: never another exception, never long."""

from __future__ import annotations

import copy
import json
import random
import time
from typing import Any

import pytest
from spec_makers import api, operation

from contract_kit.errors import SpecError
from contract_kit.spec import bundled_document, events, load_terms
from contract_kit.spec._bundle import bundle
from contract_kit.spec._load import document_of
from contract_kit.spec._terms import _index, _translator

JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, "", "x", "#", "#/", "#/components", [], {}, [None], {"$ref": "#"},
    {"$ref": 5}, {"$ref": "#/paths"}, {"": 1}, [[]], "\x00", "\ud800", {"type": "object", "properties": {"a": {"$ref": "#"}}},
)  # fmt: skip
RICH = {
    "openapi": "3.1.0",
    "info": {"title": "Rich"},
    "paths": {
        "/hooks/a.b": {
            "post": {
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
                },
                "callbacks": {"on": {"{$url}": {"$ref": "#/components/pathItems/P"}}},
            }
        }
    },
    "webhooks": {
        "w": {
            "post": operation(
                {
                    "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
                    "discriminator": {
                        "propertyName": "type",
                        "mapping": {"x.a": "A", "x.b": "#/components/schemas/B"},
                    },
                }
            )
        }
    },
    "components": {
        "pathItems": {"P": {"post": operation({"$ref": "#anchored"})}},
        "schemas": {
            "A": {
                "$id": "/a",
                "type": "object",
                "required": ["type"],
                "nullable": True,
                "properties": {
                    "type": {"const": "x.a"},
                    "next": {"$ref": "#/components/schemas/A"},
                    "n": {"minimum": 1, "exclusiveMinimum": True},
                },
            },
            "B": {
                "$anchor": "anchored",
                "allOf": [{"properties": {"type": {"enum": ["x.b"]}}}],
                "items": [{}],
                "dependencies": {"a": ["b"]},
                "patternProperties": {"^a": {"pattern": "^b"}},
                "if": {"required": ["a"]},
                "then": False,
                "writeOnly": False,
            },
        },
    },
}


def places(value: Any) -> list[tuple[Any, Any]]:
    found, stack = [], [value]
    while stack:
        item = stack.pop()
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        for key in keys:
            found.append((item, key))
            stack.append(item[key])
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_document_loads_or_is_refused(seed):
    chance = random.Random(seed)
    kept = 0
    said: list[str] = []
    for _ in range(120):
        data = copy.deepcopy(RICH if seed % 2 else bundled_document().data)
        for _ in range(chance.choice((1, 1, 1, 3))):
            parent, key = chance.choice(places(data))
            parent[key] = copy.deepcopy(chance.choice(JUNK))
        try:
            made = document_of(json.dumps(data).encode(), "d.json", suffix=".json")
            for event in events(made):
                try:
                    found = bundle(_translator(made), _index(made).find(event).place)
                    assert isinstance(found, dict)
                    kept += 1
                except SpecError as problem:
                    said.append(str(problem))
        except SpecError as problem:
            said.append(str(problem))
    assert kept > 30
    assert all(line.isprintable() for line in said)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_text_is_read_or_refused(seed):
    chance = random.Random(seed)
    from contract_kit.spec._places import bundled

    said: list[str] = []
    text = bytearray(bundled("flexprice.openapi.yaml"))
    for _ in range(25):
        damaged = bytearray(text)
        for _ in range(3):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.choice((0, 1, 40))] = chance.choice(
                (b"\n", b"\t", b"&a ", b"*a", b"- ", b"{", b"\xff", b"!x ", b": ")
            )
        try:
            load_terms(document=document_of(bytes(damaged), "d.yaml", suffix=".yaml"))
        except SpecError as problem:
            said.append(str(problem))
    assert all(line.isprintable() for line in said)


def test_wide_documents_are_read_in_bounded_time():
    branches = [
        {
            "type": "object",
            "properties": {"type": {"const": f"a.{i}"}, "next": {"$ref": "#/components/schemas/S"}},
        }
        for i in range(1500)
    ]
    made = api(
        {"oneOf": branches},
        {"S": {"oneOf": [{"$ref": "#/components/schemas/T"}] * 50}, "T": {"type": "object"}},
    )
    start = time.process_time()
    assert len(events(made)) == 1501
    assert load_terms("a.7", document=made).pins == {"/type": "a.7"}
    assert time.process_time() - start < 20


def test_unions_that_double_at_each_level_are_read_in_bounded_time():
    schemas = {f"U{i}": {"oneOf": [{"$ref": f"#/components/schemas/U{i + 1}"}] * 20} for i in range(12)}
    schemas["U12"] = {"type": "object"}
    start = time.process_time()
    made = api({"$ref": "#/components/schemas/U0"}, schemas)
    assert events(made) == ("e.v",)
    assert len(bundle(_translator(made), _index(made).find("e.v").place)["$defs"]) == 12
    assert time.process_time() - start < 20


def test_all_of_that_multiplies_at_each_level_is_refused_in_bounded_time():
    schemas = {f"U{i}": {"allOf": [{"$ref": f"#/components/schemas/U{i + 1}"}] * 20} for i in range(12)}
    schemas["U12"] = {"properties": {"event": {"type": "string"}}}
    start = time.process_time()
    made = api({"$ref": "#/components/schemas/U0"}, schemas)
    assert events(made) == ("e.v",)
    with pytest.raises(
        SpecError, match=r"/components/schemas/U8: its allOf expand to more than 10,000 schemas"
    ):
        load_terms("e.v", document=made)
    assert time.process_time() - start < 20
