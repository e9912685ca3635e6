"""What in a result follows the calls or the spelling, and not the value, says nothing of kept state."""

from __future__ import annotations

import base64
import hashlib

import pytest

from contract_kit.oracle import LEAF, calibrate, counters, project, same_result, without
from contract_kit.oracle._places import Places

BODY, SPELLED = '{"a":"é"}', '{ "a": "\\u00e9" }'


def test_a_counter_is_a_number_that_grows_by_one_with_each_call():
    """Numbers and the numbers that end texts; no constants, and nothing that grows by more."""
    values = [
        {"n": 7 + i, "job": f"job-{i:02}", "of": 3, "size": 10 * i, "rows": [{"line": i}], "name": "x1"}
        for i in range(4)
    ]
    assert counters(values) == {("n",), ("job",), ("rows", "0", "line")}
    assert counters(values[:2]) == frozenset(), "two calls prove nothing"


def test_keys_of_a_database_grow_from_result_to_result():
    """Three rows at a time, each with its own key and that of its parent; a size that happens to grow is told by few."""
    first = [1, 4, 6, 9, 10, 15]
    values = [{"pk": n, "rows": [{"pk": 3 * n + k, "of": n, "seats": k} for k in (2, 0, 1)]} for n in first]
    assert counters(values) == {("pk",), ("rows", "*", "pk"), ("rows", "*", "of")}
    assert counters(values[:4]) == frozenset(), "four sizes grow by chance"
    one, two = (without(value, counters(values)) for value in values[:2])
    assert one == two
    assert one["rows"][0]["seats"] == 2


def test_what_is_counted_is_taken_out_and_all_else_stays():
    one, two = ({"n": i, "deep": [{"n": i, "name": "Ada"}], "set": ("\0set", [1])} for i in (1, 9))
    paths = frozenset({("n",), ("deep", "0", "n")})
    assert without(one, paths) == without(two, paths)
    assert without(one, paths)["deep"][0]["name"] == "Ada"
    assert without(one, frozenset()) is one
    assert without(1, frozenset({()})) == without(2, frozenset({()}))


@pytest.mark.parametrize(
    "make",
    [
        lambda body: body,
        lambda body: body.encode(),
        len,
        lambda body: len(body.encode()),
        lambda body: hashlib.sha256(body.encode()).hexdigest(),
        lambda body: hashlib.md5(body.encode()).hexdigest().upper(),
        lambda body: base64.b64encode(hashlib.sha1(body.encode()).digest()).decode(),
        lambda body: {"raw": body, "rows": [len(body)]},
    ],
    ids=["text", "bytes", "letters", "size", "sha256", "md5", "sha1", "nested"],
)
def test_what_is_made_of_the_bytes_may_differ_from_spelling_to_spelling(make):
    one, other = project(make(BODY)), project(make(SPELLED))
    assert one != other
    assert same_result(one, other, BODY, SPELLED)


def test_within_one_spelling_they_are_values_like_all_others():
    assert not same_result(BODY, SPELLED, BODY)
    assert not same_result(len(BODY), len(SPELLED), BODY)


def test_another_value_is_none_of_these():
    """A digest of something else, another size, another text."""
    for one, other in (
        ("ab" * 32, "cd" * 32),
        (8, 99),
        ("x", "y"),
        ((LEAF, "bytes", "x"), (LEAF, "bytes", "y")),
    ):
        assert not same_result(one, other, BODY, SPELLED)


def body(n: int) -> dict:
    return {
        "customer": {
            "id": f"cust_{n}00001",
            "name": f"Zoë Nder{n}",
            "address_state": f"Land-{n}-West",
            "metadata": {"tier": f"gold-{n}", "region": f"Land-{n}-West"},
            "integrations": [{"id": f"eim_{n}_{i}", "provider": f"stripe{n}{i}"} for i in range(3)],
        }
    }


PLACES = Places.from_pointers(
    [
        *(
            f"/customer/{name}"
            for name in ("id", "name", "address_state", "metadata", "metadata/*", "integrations")
        ),
        "/customer/integrations/*/id",
        "/customer/integrations/*/provider",
    ]
)


def test_an_object_that_shares_a_key_with_data_is_not_made_from_it():
    """``address.region`` is no part of a map that happens to have a ``region`` with the same value."""

    def regrouped(value):
        c = value["customer"]
        return {
            "id": c["id"],
            "address": {"region": c["address_state"], "town": "x"},
            "labels": c["metadata"],
        }

    bodies = [body(n) for n in range(4)]
    apart = [body(n) for n in (5, 6)]
    for each in apart:
        each["customer"]["metadata"]["region"] += "x"
    learned = calibrate([(each, project(regrouped(each))) for each in [*bodies, *apart]], PLACES)
    sent = body(8)
    sent["customer"]["address_state"] = "Elsewhere"
    assert learned.changes(sent, project(regrouped(sent))) == []
    spoiled = {**regrouped(sent), "address": {"region": "Else", "town": "x"}}
    assert [change.pointer for change in learned.changes(sent, project(spoiled))] == [
        "/customer/address_state"
    ]
    cut = {**regrouped(sent), "labels": {"tier": "gold-8"}}
    assert [change.pointer for change in learned.changes(sent, project(cut))] == ["/customer/metadata/region"]


def test_rows_of_several_kinds_are_no_list_of_items():
    """A generator of rows, the first of which is of the customer, holds more than its integrations."""

    def rows(value):
        c = value["customer"]
        return [
            ("customers", c["id"], c["name"]),
            *(("links", c["id"], i["id"], i["provider"]) for i in c["integrations"]),
        ]

    learned = calibrate([(body(n), project(rows(body(n)))) for n in range(4)], PLACES)
    sent = body(7)
    del sent["customer"]["integrations"][1]
    assert learned.changes(sent, project(rows(sent))) == []


def test_many_dropped_keys_are_one_change():
    """A map cut to some of its keys is told in one line."""
    learned = calibrate([(body(n), project(body(n))) for n in range(4)], PLACES)
    sent = body(7)
    sent["customer"]["metadata"] = {f"key_{n}": f"value {n}" for n in range(60)}
    came = {
        "customer": {**sent["customer"], "metadata": dict(list(sent["customer"]["metadata"].items())[:50])}
    }
    [change] = learned.changes(sent, project(came))
    assert (change.pointer, change.how) == ("/customer/metadata", "10 of 60 keys dropped")


def test_a_field_that_never_holds_anything_is_read_under_another_name():
    """Beside fields that hold what was sent; an ``id`` that the consumer's database will fill is none."""

    def row(value):
        c = value["customer"]
        return {
            "id": None,
            "name": c["name"],
            "address_state": c["address_state"],
            "metadata": c.get("Metadata", {}),
        }

    learned = calibrate([(body(n), project(row(body(n)))) for n in range(4)], PLACES)
    [change] = learned.changes(body(7), project(row(body(7))))
    assert (change.pointer, change.how) == ("/customer/metadata", "came out empty")
