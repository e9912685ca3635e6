"""What of a document no case is about is said, on stderr, and never left out in silence."""

from __future__ import annotations

import json

import pytest
from cli_makers import workplace
from spec_makers import PLACE, api, terms

from contract_kit.cases import body_cases, left_out
from contract_kit.cli import main
from contract_kit.spec import load_terms

ODD = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLenght": 3, "x-order": 1},
        "isbn": {"type": "string", "format": "isbn"},
        "other": {"type": "string", "format": "isbn"},
        "payload": {"type": "string", "contentMediaType": "text/csv"},
        "text": {"type": "string", "contentEncoding": "quoted-printable"},
        "amount": {
            "oneOf": [{"type": "string", "maxLength": 5}, {"type": "integer", "minimum": 9, "maximum": 3}]
        },
    },
}


def told(schema, **more):
    found = terms(schema, **more)
    for _ in body_cases(found):
        pass
    return left_out(found)


def test_each_thing_that_has_no_cases_is_told_by_its_place():
    assert told(ODD) == [
        f"{PLACE}/properties/name/minLenght: 'minLenght' is no keyword; it is not looked at (is 'minLength' meant?)",
        f"{PLACE}/properties/payload/contentMediaType: what stands inside the text is not looked at",
        f"{PLACE}/properties/text/contentEncoding: the encoding 'quoted-printable' is not looked at",
        "/isbn and 1 more place: the format 'isbn' is not known; what it asks for has no cases",
        "/amount: no body was found for branch 2 of 2 of its oneOf; its cases are left out",
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": ["string", "integer", "null"]}}},
        {"type": "string", "format": "uuid", "title": "t", "default": "x", "x-anything": {"a": 1}},
        {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
        {
            "if": {"required": ["a"]},
            "then": {"required": ["b"]},
            "type": "object",
            "properties": {"a": {}, "b": {}},
        },
    ],
)
def test_nothing_is_said_of_what_has_cases(schema):
    assert told(schema) == []


def test_an_encoded_text_is_one():
    found = terms({"type": "object", "properties": {"a": {"type": "string", "contentEncoding": "base64"}}})
    import base64

    for case in body_cases(found, kinds=("valid",)):
        text = json.loads(case.body).get("a")
        if text is not None and case.expect == "accept":
            base64.b64decode(text, validate=True)


def test_a_condition_that_one_branch_excludes_has_its_body_beside_another():
    """NL's rule holds in no body whose country is US; it has a body of its own."""
    codes = {"US": "^[0-9]{5}$", "CA": "^[A-Z][0-9][A-Z]$", "NL": "^[0-9]{4} [A-Z]{2}$"}
    schema = {
        "type": "object",
        "required": ["country", "code"],
        "properties": {"country": {"enum": list(codes)}, "code": {"type": "string"}},
        "allOf": [
            {
                "if": {"properties": {"country": {"const": c}}},
                "then": {"properties": {"code": {"pattern": p}}},
            }
            for c, p in codes.items()
        ],
    }
    found = terms(schema)
    countries = {
        json.loads(c.body).get("country") for c in body_cases(found, kinds=("valid",)) if c.family == "base"
    }
    assert countries == set(codes)
    assert left_out(found) == []


def test_a_payload_that_is_no_json_is_told():
    document = api({"type": "string"})
    content = document.data["x-webhooks"]["e.v"]["post"]["requestBody"]["content"]
    content["application/xml"] = content.pop("application/json")
    assert left_out(load_terms("e.v", document=document)) == [
        "the payload's media type is application/xml; its bodies are made as JSON"
    ]


@pytest.mark.parametrize("words", [("cases",), ("fixtures", "bundle"), ("fuzz", "parsers:take")])
def test_commands_say_it_on_stderr(tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(workplace(tmp_path))
    (tmp_path / "odd.json").write_text(json.dumps(api({**ODD, "type": "object"}).data | {"openapi": "3.1.0"}))
    (tmp_path / "parsers.py").write_text(
        "import json\n\ndef take(body: bytes):\n    return json.loads(body)\n"
    )
    more = ("--max-examples", "0", "--policy", "tolerant") if words[0] == "fuzz" else ()
    main((*words, "--spec", "odd.json", "--event", "e.v", *more))
    out, err = capsys.readouterr()
    assert (
        "Warning: /isbn and 1 more place: the format 'isbn' is not known; what it asks for has no cases\n"
        in err
    )
    assert "Warning" not in out
    if words[0] == "fuzz":
        main((*words, "--spec", "odd.json", "--event", "e.v", *more, "-q"))
        assert "Warning" not in capsys.readouterr().err


def test_a_nullable_enum_without_null_demands_nothing():
    schema = {"type": "object", "properties": {"a": {"type": "string", "nullable": True, "enum": ["x", "y"]}}}
    found = {c.id: c for c in body_cases(terms(schema, version="3.0.3"))}
    case = found["invalid:/a:enum:null"]
    assert case.expect == "either"
    assert case.because.endswith("but the document calls it nullable")
    assert found["invalid:/a:type:zero"].expect == "reject"
