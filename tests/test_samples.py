"""Samples: realistic payloads, fast, each a function of (seed, number) alone, each satisfying the document."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import Counter
from typing import Any

import jsonschema
import pytest

from contract_kit.errors import UsageError
from contract_kit.jsonio import compact, get
from contract_kit.model import Profile, Terms
from contract_kit.shape import build_root, locations
from contract_kit.spec import load_terms
from contract_kit.values._pools import committed_pools, faker_pools
from contract_kit.values._sampler import Sampler, realistic, sample_lines, sampler_for, samples
from contract_kit.values._shapes import shapes

TERMS = load_terms("customer.created")
TEXT = {"type": "string"}


def judge(schema: Any) -> jsonschema.Draft202012Validator:
    """A validator that had no part in making the samples."""
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def terms_of(schema: dict[str, Any], *, profile: Profile | None = None, **pins: Any) -> Terms:
    root = build_root(schema)
    return Terms(
        event="thing.created",
        schema=schema,
        root=root,
        locations=locations(root),
        pins={f"/{name}": value for name, value in pins.items()},
        profile=profile,
        source="test",
        sha256=str(hash(json.dumps(schema))),
    )


@pytest.fixture(scope="module")
def thousand() -> list[Any]:
    return list(samples(TERMS, 1000))


# -- the customer ---------------------------------------------------------------------------------


def test_every_sample_satisfies_the_document_and_names_the_event(thousand: list[Any]) -> None:
    validator = judge(TERMS.schema)
    for sample in thousand:
        validator.validate(sample)
        for pointer, value in TERMS.pins.items():
            assert get(sample, pointer) == value


def test_every_sample_is_one_that_the_provider_can_send(thousand: list[Any]) -> None:
    assert TERMS.profile is not None
    validator = judge(TERMS.profile.sends)
    for sample in thousand[:250]:
        validator.validate(sample)


def test_at_least_999_of_1000_samples_are_distinct(thousand: list[Any]) -> None:
    assert len({compact(sample) for sample in thousand}) >= 999


def test_every_country_is_reached_within_a_thousand_and_every_locale_with_it() -> None:
    full = sampler_for(TERMS, full=True)
    countries = {sample["customer"]["address_country"] for sample in full.samples(1000)}
    pools = committed_pools()
    assert countries == pools.by_code.keys()
    assert {pools.by_code[code].locale for code in countries} == set(pools.locales)


def test_a_slice_made_anywhere_is_the_same_slice(thousand: list[Any]) -> None:
    for start, count in ((0, 1), (1, 63), (63, 2), (64, 64), (130, 300), (999, 1), (500, 0)):
        assert list(samples(TERMS, count, start=start)) == thousand[start : start + count]


def test_samples_in_any_order_are_the_same_samples(thousand: list[Any]) -> None:
    for number in (900, 3, 512, 3):
        assert next(iter(samples(TERMS, 1, start=number))) == thousand[number]


def test_a_seed_is_a_sequence_of_its_own(thousand: list[Any]) -> None:
    other = list(samples(TERMS, 1000, seed=1))
    assert not {compact(sample) for sample in other} & {compact(sample) for sample in thousand}
    assert list(samples(TERMS, 3, seed=-5)) == list(samples(TERMS, 3, seed=-5))
    assert list(samples(TERMS, 3, seed=2**70)) != list(samples(TERMS, 3, seed=0))


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "from contract_kit.spec import load_terms; from contract_kit.values._sampler import sampler_for\n"
        "lines = sampler_for(load_terms('customer.created'), live=False).lines(70, 9, 60)\n"
        "import sys; sys.stdout.buffer.write(b'\\n'.join(lines))"
    )
    environment = {"PYTHONHASHSEED": "77", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
    assert done.stdout == b"\n".join(sampler_for(TERMS, live=False).lines(70, 9, 60))


def test_a_line_is_the_compact_json_of_its_sample(thousand: list[Any]) -> None:
    assert list(sample_lines(TERMS, 1000)) == [compact(sample) for sample in thousand]


def test_samples_are_the_callers_to_change() -> None:
    first, again = next(samples(TERMS, 1)), next(samples(TERMS, 1))
    first["customer"].clear()
    assert again["customer"]
    assert next(samples(TERMS, 1)) == again


def test_shapes_are_those_that_the_provider_has_had_and_the_document_allows() -> None:
    weights = {shape.name: shape.weight for shape in shapes(TERMS)}
    assert list(weights) == ["documented", "full", "slim", "slim-environment"]
    assert sum(weights.values()) == 256


def test_absent_and_empty_fields_come_as_often_as_the_providers(thousand: list[Any]) -> None:
    customers = [sample["customer"] for sample in thousand]
    present = Counter(key for customer in customers for key in customer)
    assert present["id"] == present["external_id"] == present["name"] == 1000
    assert 550 < present["created_at"] < 850, "the slim shapes have no times"
    assert 300 < present["integrations"] < 600, "mostly absent"
    assert {len(c["integrations"]) for c in customers if "integrations" in c} == {1, 2, 3}
    assert 20 < sum(c.get("email") == "" for c in customers) < 250
    assert 20 < sum(c.get("address_country") == "" for c in customers) < 250
    assert 50 < 1000 - present["metadata"] < 500
    assert all(c.get("metadata", {}) is not None for c in customers), "null breaks the document"
    for customer in customers:
        if customer.get("address_country") == "":
            assert not any(
                customer.get(f"address_{part}") for part in ("city", "line1", "state", "postal_code")
            )


def test_what_belongs_together_is_together(thousand: list[Any]) -> None:
    pools = faker_pools()
    people = {(person.name, person.local) for every in pools.people.values() for person in every}
    cities = {(place.country, place.city) for place in pools.places}
    for sample in thousand:
        customer = sample["customer"]
        if customer.get("email"):
            local = customer["email"].partition("@")[0].rstrip("0123456789")
            assert (
                any((customer["name"], local + tail) in people for tail in ("", "1"))
                or local[-1:].isdigit()
                or (
                    any(
                        name == customer["name"] and mail.rstrip("0123456789") == local
                        for name, mail in people
                    )
                )
            )
        if customer.get("address_country"):
            assert (customer["address_country"], customer["address_city"]) in cities
        if "updated_at" in customer:
            assert customer["created_at"] <= customer["updated_at"]
        for mapping in customer.get("integrations", ()):
            assert mapping["entity_id"] == customer["id"]
            assert mapping["entity_type"] == "customer"
            assert customer["created_at"] < mapping["created_at"] <= mapping["updated_at"]
            assert mapping["tenant_id"] == customer["tenant_id"]


def test_names_and_cities_have_the_lengths_of_real_ones(thousand: list[Any]) -> None:
    names = [len(sample["customer"]["name"]) for sample in thousand]
    assert min(names) <= 3
    assert max(names) >= 25
    assert 10 < sum(names) / len(names) < 20


def test_identifiers_never_repeat_in_many_samples() -> None:
    ids = [sample["customer"]["id"] for sample in samples(TERMS, 10_000)]
    assert len(set(ids)) == len(ids)


def test_one_realistic_payload_is_whole_and_the_same_with_any_faker() -> None:
    payload = realistic(TERMS, 7, seed=3)
    assert payload == realistic(TERMS, 7, seed=3)
    assert len(payload["customer"]) == 19
    assert all(len(mapping) == 12 for mapping in payload["customer"]["integrations"])
    assert realistic(TERMS, 0)["customer"]["name"] in {
        person.name for people in committed_pools().people.values() for person in people
    }


@pytest.mark.parametrize(("count", "start"), [(-1, 0), (1, -1)])
def test_a_negative_count_or_start_is_wrong_use(count: int, start: int) -> None:
    with pytest.raises(UsageError, match="must not be negative"):
        samples(TERMS, count, start=start)


# -- any document ---------------------------------------------------------------------------------

TREE = {
    "$defs": {"node": {"type": "object", "required": ["id"], "properties": {"id": TEXT, "child": {"$ref": "#/$defs/node"},
            "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}},
    "$ref": "#/$defs/node",
}  # fmt: skip
DOCUMENTS: dict[str, Any] = {
    "scalar root": {"type": "string", "format": "email"},
    "array root": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
    "anything": {},
    "long array": {"type": "array", "items": TEXT, "minItems": 7},
    "empty array": {"type": "array", "maxItems": 0},
    "tuple": {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "items": False},
    "unique": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 2}, "uniqueItems": True},
    "closed": {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False, "required": ["a"]},
    "recursive": TREE,
    "names of all kinds": {
        "type": "object",
        "properties": {
            name: {"type": kind}
            for name, kind in zip(
                ['q"uote', "apo'strophe", "bra{ce}", "{0}", "back\\slash", "new\nline", "", "%s", "é", "日本", "\U0001f600", "a b", "$x", "__proto__", "class"],
                itertools.cycle(("string", "integer", "boolean", "number", "null")),
                strict=False,
            )
        },
    },
    "nested arrays": {"type": "array", "items": {"type": "array", "items": {"type": "object", "properties": {"created_at": {"type": "string", "format": "date-time"}, "id": TEXT}}}},
    "choices": {
        "oneOf": [
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}},
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}, "y": TEXT}},
        ]
    },
    "nullable": {
        "type": "object",
        "properties": {
            "email": {"type": ["string", "null"], "format": "email"},
            "owner": {"anyOf": [{"type": "object", "properties": {"name": TEXT, "id": TEXT}}, {"type": "null"}]},
            "state": {"enum": ["open", "closed", None]},
        },
    },
    "tight texts": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 5},
            "city": {"type": "string", "minLength": 40},
            "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
            "id": {"type": "string", "pattern": "^[a-z]+_[0-9]{4}$"},
            "created_at": {"type": "string", "format": "date"},
            "url": {"type": "string", "format": "uri"},
            "ip": {"type": "string", "format": "ipv4"},
            "time": {"type": "string", "format": "time"},
            "ttl": {"type": "string", "format": "duration"},
            "key": {"type": "string", "format": "uuid"},
            "host": {"type": "string", "format": "hostname"},
            "status": {"enum": ["it's", 'a "status"', "{brace}"]},
        },
    },
    "numbers": {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 3, "exclusiveMaximum": 6},
            "price": {"type": "number", "multipleOf": 0.25, "minimum": 1},
            "percent": {"type": "number", "minimum": 0, "maximum": 1},
            "amount": {"type": "integer", "multipleOf": 50},
            "version": {"enum": [1, 2.5]},
            "created": {"type": "integer"},
            "big": {"type": "integer", "minimum": 2**60},
        },
    },
    "maps": {
        "type": "object",
        "properties": {
            "metadata": {"type": "object", "additionalProperties": TEXT},
            "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 3}},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "named": {"type": "object", "properties": {"fixed": TEXT}, "additionalProperties": {"type": "boolean"}},
            "few": {"type": "object", "additionalProperties": TEXT, "maxProperties": 1, "minProperties": 1},
            "odd": {"type": "object", "patternProperties": {"^x_": TEXT}, "additionalProperties": False},
            "keys": {"type": "object", "additionalProperties": TEXT, "propertyNames": {"pattern": "^[a-c]$"}},
        },
    },
    "dependencies": {
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT, "c": TEXT},
        "dependentRequired": {"a": ["b"]},
        "if": {"properties": {"c": {"const": "x"}}, "required": ["c"]},
        "then": {"required": ["a"]},
    },
    "not": {"type": "object", "properties": {"status": {"type": "string", "not": {"enum": ["active", "pending"]}}}},
    "many times": {
        "type": "object",
        "properties": {name: {"type": "string", "format": "date-time"} for name in ("created_at", "started_at", "updated_at", "ended_at", "due_at")},
        "required": ["created_at"],
    },
    "people": {
        "type": "object",
        "properties": {
            "owner": {"type": "object", "properties": {"first_name": TEXT, "last_name": TEXT, "email": TEXT, "company": TEXT, "id": TEXT}},
            "members": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT, "email": TEXT, "address": {"type": "object", "properties": {"city": TEXT, "country": TEXT}}}}},
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_samples_of_any_document_satisfy_it_and_lines_are_their_json(name: str) -> None:
    terms = terms_of(DOCUMENTS[name])
    sampler = Sampler(terms, committed_pools())
    made = list(sampler.samples(120))
    validator = judge(terms.schema)
    for sample in made:
        validator.validate(sample)
    assert list(sampler.lines(120)) == [compact(sample) for sample in made]
    assert list(sampler.samples(20, start=100)) == made[100:120]


def kinds_of(schema: Any, count: int = 600) -> tuple[Counter[str], int]:
    """How often each shape of a value comes, told by what ``kind`` says; and how many bodies are distinct."""
    terms = terms_of(schema)
    made = list(Sampler(terms, committed_pools()).samples(count))
    validator = judge(terms.schema)
    for sample in made:
        validator.validate(sample)
    assert list(Sampler(terms, committed_pools()).lines(count)) == [compact(sample) for sample in made]
    return Counter(str(sample.get("kind")) for sample in made), len({compact(sample) for sample in made})


def branch(kind: str, *names: str) -> dict[str, Any]:
    told = {"kind": {"const": kind}, **{name: {"type": "string", "format": "email"} for name in names}}
    return {"type": "object", "required": list(told), "properties": told}


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_each_branch_of_a_choice_is_taken_and_no_table_of_bodies_stands_behind_it(keyword: str) -> None:
    branches = [branch("card", "owner"), branch("bank", "owner", "clerk"), branch("cash", "owner")]
    kinds, distinct = kinds_of({keyword: branches})
    assert kinds.keys() == {"card", "bank", "cash"}
    assert min(kinds.values()) > 120
    assert distinct > 300, "not one of a few dozen ready bodies"


def test_branches_that_a_value_may_satisfy_at_once_are_taken_too() -> None:
    """Where it is not plain that only one of ``oneOf`` is met the bodies are built and judged, in all ways."""
    branches = [
        {"type": "object", "properties": {"kind": {"const": "a"}}, "required": ["kind"], "maxProperties": 1},
        {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}, "more": {"type": "string", "minLength": 1}}, "required": ["kind", "more"]},
    ]  # fmt: skip
    kinds, _ = kinds_of({"oneOf": branches})
    assert sum(kinds.values()) == 600
    terms = terms_of({"oneOf": branches})
    sizes = Counter(len(sample) for sample in Sampler(terms, committed_pools()).samples(600))
    assert sizes.keys() == {1, 2}


def test_choices_within_choices_and_choices_that_bring_others() -> None:
    schema = {
        "type": "object",
        "required": ["kind", "inner"],
        "properties": {
            "kind": {"type": "string"},
            "inner": {"oneOf": [{"anyOf": [{"type": "integer"}, {"type": "boolean"}]}, {"type": "string"}, {"type": "null"}]},
        },
        "anyOf": [{"properties": {"kind": {"const": "x"}}}, {"properties": {"kind": {"const": "y"}, "z": TEXT}, "required": ["z"]}],
    }  # fmt: skip
    kinds, _ = kinds_of(schema)
    assert kinds.keys() == {"x", "y"}
    inner = [sample["inner"] for sample in Sampler(terms_of(schema), committed_pools()).samples(600)]
    assert {type(value) for value in inner} >= {int, bool, str}


def test_pinned_places_say_the_event_and_are_always_there() -> None:
    schema = {
        "type": "object",
        "properties": {"type": {"enum": ["thing.created", "thing.deleted"]}, "a": TEXT},
    }
    terms = terms_of(schema, type="thing.created")
    made = list(Sampler(terms, committed_pools()).samples(300))
    assert {sample["type"] for sample in made} == {"thing.created"}
    assert 0 < sum("a" not in sample for sample in made) < 150


def test_without_a_profile_optional_properties_are_sometimes_absent_and_nulls_are_shown() -> None:
    made = list(Sampler(terms_of(DOCUMENTS["nullable"]), committed_pools()).samples(400))
    assert any("email" not in sample for sample in made)
    assert any(sample.get("email", "") is None for sample in made)
    assert len({sample.get("email") for sample in made}) > 50


def test_times_of_one_thing_are_in_the_order_of_its_life() -> None:
    for sample in Sampler(terms_of(DOCUMENTS["many times"]), committed_pools(), full=True).samples(300):
        moments = [sample[f"{name}_at"] for name in ("created", "started", "ended", "due")]
        assert moments == sorted(moments)
        assert sample["created_at"] <= sample["updated_at"] <= sample["ended_at"]


def test_an_era_that_breaks_the_document_is_left_out() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": TEXT, "b": TEXT}}
    eras = (
        {"name": "gone", "drop": ["/a"]},
        {"name": "fine", "drop": ["/b"]},
        {"name": "other", "rename": {"/a": "A"}},
    )
    profile = Profile(name="p", sends={}, eras=eras)
    made = list(Sampler(terms_of(schema, profile=profile), committed_pools()).samples(200))
    assert all("a" in sample for sample in made)
    assert {"b" in sample for sample in made} == {True, False}


def test_a_large_document_compiles_in_bounded_time() -> None:
    leaf = {"type": "object", "properties": {f"field_{n}": TEXT for n in range(20)}}
    schema: dict[str, Any] = {"type": "object", "properties": {f"part_{n}": leaf for n in range(30)}}
    made = list(Sampler(terms_of(schema), committed_pools()).samples(5))
    validator = judge(schema)
    for sample in made:
        validator.validate(sample)
