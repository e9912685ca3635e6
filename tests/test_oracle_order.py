"""Nobody promises an order of keys: what a consumer makes of a map in its order is no fault of it."""

from __future__ import annotations

import json

import pytest

import contract_kit
from contract_kit.oracle import project
from contract_kit.oracle._order import entries_of, same_in_any_order
from contract_kit.oracle._places import Places

CONTRACT = contract_kit.load("customer.created")
PLACES = Places.of(CONTRACT.terms)
MAP = {"plan": "gold", "seats": "3", "note": "a b"}
OTHER = dict(reversed(MAP.items()))


@pytest.mark.parametrize(
    "make",
    [
        lambda m: [f"{k}={v}" for k, v in m.items()],
        lambda m: [{"key": k, "value": v} for k, v in m.items()],
        lambda m: [{"op": "tag", "field": k, "value": v} for k, v in m.items()],
        lambda m: {"tags": list(m), "rest": tuple(m.values())},
        lambda m: ", ".join(f"{k}: {v}" for k, v in m.items()),
        lambda m: {"metadata_json": json.dumps(m), "n": len(m)},
        lambda m: [["plan", "x"], *m.items()],
    ],
    ids=["tags", "pairs", "changes", "names", "text", "json", "beside"],
)
def test_what_tells_of_a_map_may_follow_its_order(make):
    entries = entries_of(json.dumps({"customer": {"metadata": MAP}}).encode(), PLACES)
    one, other = project(make(MAP)), project(make(OTHER))
    assert one != other
    assert same_in_any_order(one, other, entries)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["cust_1", "Ada", "a@b.example"], ["Ada", "cust_1", "a@b.example"]),
        (["plan=gold", "seats=3"], ["plan=gold", "seats=4"]),
        (["plan=gold", "seats=3"], ["plan=gold"]),
        ({"first": "plan"}, {"first": "note"}),
        ("Ada Lovelace", "Lovelace Ada"),
        ('{"a":1}', '{"a":2}'),
    ],
    ids=["fields by position", "another value", "one less", "the first key", "a text", "json"],
)
def test_all_else_that_follows_the_order_of_keys_stays_a_fault(one, other):
    entries = entries_of(json.dumps({"customer": {"metadata": MAP, "name": "Ada"}}).encode(), PLACES)
    assert not same_in_any_order(one, other, entries)


def test_entries_are_those_of_maps_alone():
    body = json.dumps({"customer": {"name": "Ada", "metadata": MAP, "integrations": [{"id": "x"}]}}).encode()
    assert entries_of(body, PLACES) == {*MAP, *MAP.values()}
    assert entries_of(b"no json", PLACES) == frozenset()
