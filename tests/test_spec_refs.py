"""References are followed offline, inside the document or, when allowed, its own directory."""

from __future__ import annotations

import json
import time

import pytest
from spec_makers import PLACE, api, document, operation, terms, translated

from contract_kit.errors import RefError, SpecError, UnsupportedKeyword
from contract_kit.spec import load_document, load_terms

TEXT = {"type": "string"}


def test_only_reachable_definitions_are_carried():
    components = {"A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}, "B": TEXT, "C": TEXT}
    found = translated({"$ref": "#/components/schemas/A"}, components)
    assert found == {"properties": {"b": {"$ref": "#/$defs/B"}}, "$defs": {"B": TEXT}}


def test_recursive_references_stay_references():
    node = {"properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    expected = {"properties": {"next": {"$ref": "#/$defs/Node"}}}
    assert translated({"$ref": "#/components/schemas/Node"}, {"Node": node}) == {
        **expected,
        "$defs": {"Node": expected},
    }


def test_the_payload_may_refer_to_itself():
    found = terms({"properties": {"next": {"$ref": "#" + PLACE.replace("~1", "~1")}}})
    (name,) = found.schema["$defs"]
    assert found.schema["$defs"][name]["properties"]["next"] == {"$ref": f"#/$defs/{name}"}


@pytest.mark.parametrize(
    ("key", "ref"),
    [
        ("a/b", "#/components/schemas/a~1b"),
        ("a~b", "#/components/schemas/a~0b"),
        ("a b", "#/components/schemas/a%20b"),
        ("ä%", "#/components/schemas/%C3%A4%25"),
        ("ä", "#/components/schemas/ä"),
        ("a.b-c_d", "#/components/schemas/a.b-c_d"),
    ],
)
def test_pointers_are_unescaped(key, ref):
    found = translated({"properties": {"p": {"$ref": ref}}}, {key: TEXT})
    (name,) = found["$defs"]
    assert found["properties"]["p"] == {"$ref": f"#/$defs/{name}"}
    assert found["$defs"][name] == TEXT
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")


def test_names_that_clean_up_alike_stay_apart():
    schema = {"properties": {k: {"$ref": f"#/components/schemas/{k}"} for k in ("a b", "a+b")}}
    found = translated(schema, {"a b": TEXT, "a+b": {"type": "integer"}})
    assert sorted(map(str, found["$defs"].values())) == ["{'type': 'integer'}", "{'type': 'string'}"]


def test_a_reference_may_lead_anywhere_in_the_document():
    components = {"A": {"properties": {"b": TEXT}, "items": [{"type": "integer"}]}}
    found = translated(
        {
            "properties": {
                "x": {"$ref": "#/components/schemas/A/properties/b"},
                "y": {"$ref": "#/components/schemas/A/items/0"},
            }
        },
        components,
    )
    assert sorted(map(str, found["$defs"].values())) == ["{'type': 'integer'}", "{'type': 'string'}"]


def test_ids_and_anchors_name_schemas():
    components = {
        "A": {
            "$id": "https://example.com/a",
            "$defs": {"in": {"$anchor": "inner", **TEXT}},
            "properties": {"p": {"$ref": "#inner"}, "q": {"$ref": "#/$defs/in"}},
        },
        "B": {"$anchor": "bee", "type": "integer"},
    }
    found = translated(
        {
            "properties": {
                "a": {"$ref": "https://example.com/a"},
                "b": {"$ref": "#bee"},
                "c": {"$ref": "https://example.com/a#inner"},
            }
        },
        components,
    )
    assert found["properties"]["a"] == {"$ref": "#/$defs/A"}
    assert found["properties"]["b"] == {"$ref": "#/$defs/B"}
    inner = found["properties"]["c"]
    assert found["$defs"]["A"]["properties"] == {"p": inner, "q": inner}
    assert found["$defs"][inner["$ref"].removeprefix("#/$defs/")] == TEXT


def test_an_id_in_the_way_does_not_hide_the_documents_root():
    components = {"A": {"$id": "/a", "properties": {"p": {"$ref": "#/components/schemas/B"}}}, "B": TEXT}
    assert translated({"$ref": "#/components/schemas/A"}, components)["$defs"] == {"B": TEXT}


def test_a_dynamic_reference_with_one_meaning_is_an_ordinary_one():
    tree = {"$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}}
    found = translated({"$ref": "#/components/schemas/Tree"}, {"Tree": tree})
    assert found["properties"]["child"] == {"$ref": "#/$defs/Tree"}


def test_a_dynamic_reference_with_two_meanings_is_refused():
    tree = {"$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}}
    with pytest.raises(UnsupportedKeyword) as caught:
        terms({"$ref": "#/components/schemas/Tree"}, {"Tree": tree, "Other": {"$dynamicAnchor": "node"}})
    assert caught.value.keyword == "$dynamicRef"
    assert caught.value.pointer == "/components/schemas/Tree/properties/child/$dynamicRef"


def test_a_recursive_reference_is_its_own_resource():
    tree = {"$id": "urn:tree", "properties": {"child": {"$recursiveRef": "#"}}}
    found = translated({"$ref": "#/components/schemas/Tree"}, {"Tree": tree})
    assert found["properties"]["child"] == {"$ref": "#/$defs/Tree"}
    with pytest.raises(UnsupportedKeyword):
        terms({"$ref": "#/components/schemas/Tree"}, {"Tree": {**tree, "$recursiveAnchor": True}})


@pytest.mark.parametrize(
    ("ref", "reason"),
    [
        ("#/components/schemas/Nope", "leads to nowhere"),
        ("#/components/schemas/A/0", "leads to nowhere"),
        ("#nope", "names an anchor that the document has not, or has twice"),
        ("https://example.com/x.json", "leads outside the document; only references inside it are followed"),
        ("other.yaml#/A", "leads outside the document; only references inside it are followed"),
        ("file:///etc/passwd", "leads outside the document; only references inside it are followed"),
        ("../x.yaml", "leads outside the document; only references inside it are followed"),
    ],
)
def test_a_reference_to_nowhere_or_outside_is_refused_with_its_place(ref, reason):
    with pytest.raises(RefError) as caught:
        terms({"properties": {"p": {"$ref": ref}}}, {"A": TEXT})
    assert str(caught.value) == f"{PLACE}/properties/p/$ref: $ref '{ref}' {reason}"


def test_a_reference_that_is_no_text_is_refused():
    with pytest.raises(SpecError) as caught:
        terms({"properties": {"p": {"$ref": 5}}})
    assert str(caught.value).endswith("/properties/p/$ref: must be a text, not the number 5")


@pytest.mark.parametrize(
    "components",
    [
        {"A": {"$ref": "#/components/schemas/A"}},
        {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
        {
            "A": {"$ref": "#/components/schemas/B", "description": "d"},
            "B": {"$ref": "#/components/schemas/A", "title": "t"},
        },
        {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}},
        {
            "A": {"anyOf": [{"$ref": "#/components/schemas/B"}, TEXT]},
            "B": {"not": {"$ref": "#/components/schemas/A"}},
        },
        {"A": {"dependentSchemas": {"x": {"$ref": "#/components/schemas/A"}}}},
    ],
)
@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_a_loop_of_references_is_refused(components, version):
    for schema in (
        {"$ref": "#/components/schemas/A"},
        {"properties": {"p": {"$ref": "#/components/schemas/A"}}},
    ):
        with pytest.raises(RefError, match="goes round in a circle") as caught:
            terms(schema, components, version=version)
        assert caught.value.pointer.startswith("/components/schemas/")


def test_a_loop_of_path_items_is_refused():
    data = {"openapi": "3.1.0", "webhooks": {"a": {"$ref": "#/webhooks/b"}, "b": {"$ref": "#/webhooks/a"}}}
    with pytest.raises(RefError, match="goes round in a circle"):
        load_terms("a", document=document(data))


def test_a_long_chain_of_references_is_followed():
    count = 3000
    components = {
        f"S{i}": {"properties": {"p": {"$ref": f"#/components/schemas/S{i + 1}"}}} for i in range(count)
    }
    components[f"S{count}"] = TEXT
    pure = {f"P{i}": {"$ref": f"#/components/schemas/P{i + 1}"} for i in range(count)}
    pure[f"P{count}"] = TEXT
    start = time.process_time()
    from contract_kit.spec._bundle import bundle
    from contract_kit.spec._terms import _index, _translator

    made = api(
        {"properties": {"s": {"$ref": "#/components/schemas/S0"}, "p": {"$ref": "#/components/schemas/P0"}}},
        {**components, **pure},
    )
    found = bundle(_translator(made), _index(made).find("e.v").place)
    assert len(found["$defs"]) == count + 2
    assert time.process_time() - start < 20


# -- other files ---------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "api"
    (folder / "schemas").mkdir(parents=True)
    schema = {
        "type": "object",
        "properties": {
            "a": {"$ref": "schemas/a.yaml#/A"},
            "self": {"$ref": "openapi.json#/components/schemas/B"},
        },
    }
    data = {
        "openapi": "3.1.0",
        "webhooks": {"e.v": {"post": operation(schema)}},
        "components": {"schemas": {"B": TEXT}},
    }
    (folder / "openapi.json").write_text(json.dumps(data))
    (folder / "schemas" / "a.yaml").write_text(
        "A: {properties: {b: {$ref: 'b.json'}, up: {$ref: '../openapi.json#/components/schemas/B'}}}"
    )
    (folder / "schemas" / "b.json").write_text('{"type": "integer"}')
    (tmp_path / "outside.json").write_text('{"type": "integer"}')
    return folder


def test_files_are_followed_when_allowed(tree):
    found = load_terms("e.v", tree / "openapi.json", allow_files=True).schema
    assert found["properties"]["self"] == {"$ref": "#/$defs/B"}
    inner = found["$defs"][found["properties"]["a"]["$ref"].removeprefix("#/$defs/")]
    assert found["$defs"][inner["properties"]["b"]["$ref"].removeprefix("#/$defs/")] == {"type": "integer"}
    assert inner["properties"]["up"] == {"$ref": "#/$defs/B"}


def test_files_are_refused_unless_allowed(tree):
    with pytest.raises(RefError, match="leads outside the document"):
        load_terms("e.v", tree / "openapi.json")


@pytest.mark.parametrize("ref", ["../outside.json", "link.json", "/etc/hostname", "%2e%2e/outside.json"])
def test_files_outside_the_documents_directory_are_refused(tree, ref):
    (tree / "link.json").symlink_to(tree.parent / "outside.json")
    data = json.loads((tree / "openapi.json").read_text())
    data["webhooks"]["e.v"]["post"] = operation({"$ref": ref})
    (tree / "openapi.json").write_text(json.dumps(data))
    with pytest.raises(RefError, match="leads out of the document's own directory"):
        load_terms("e.v", tree / "openapi.json", allow_files=True)


def test_a_missing_file_is_named(tree):
    (tree / "schemas" / "b.json").unlink()
    with pytest.raises(RefError) as caught:
        load_terms("e.v", load_document(tree / "openapi.json", allow_files=True).path, allow_files=True)
    assert (
        str(caught.value)
        == "schemas/a.yaml#/A/properties/b/$ref: $ref 'b.json' leads to a file that is not there"
    )
