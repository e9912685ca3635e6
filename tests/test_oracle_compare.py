"""What consumers of many styles hand on is compared with what they were sent, and only real changes are found."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import enum
import json
from collections import namedtuple
from types import SimpleNamespace

import attrs
import msgspec
import pydantic
import pytest

from contract_kit import jsonio
from contract_kit.model import NOTHING, Constraint, Location
from contract_kit.oracle import Places, calibrate, project

FIELDS = (
    "id",
    "external_id",
    "name",
    "email",
    "address_line1",
    "address_city",
    "address_country",
    "created_by",
)
PLACES = Places.from_pointers(
    [
        "/event_type",
        *(f"/customer/{name}" for name in FIELDS),
        "/customer/status",
        "/customer/age",
        "/customer/metadata",
        "/customer/metadata/*",
        "/customer/integrations",
        *(f"/customer/integrations/*/{name}" for name in ("id", "provider", "status", "created_at")),
    ],
    times=["/customer/created_at", "/customer/updated_at", "/customer/integrations/*/created_at"],
    enums=["/event_type", "/customer/status", "/customer/integrations/*/status"],
)


def body(n: int) -> dict:
    """A realistic body; no text of it occurs in another."""
    return {
        "event_type": "customer.created",
        "customer": {
            "id": f"cust_01HX{n}A7Q",
            "external_id": f"ext-{n}-0042",
            "name": f"Zoë {'ABCDE'[n]}nder  Müller{n}",
            "email": f"Zoe.Mueller{n}@Example.org",
            "address_line1": f"{n}7 Harbour Street",
            "address_city": f"Port{n}ville",
            "address_country": ("DE", "FR", "IN", "BR", "US")[n],
            "created_by": f"user_{n}{n}{n}x",
            "status": ("published", "archived", "deleted", "published", "archived")[n],
            "age": 31 + n,
            "created_at": f"2026-0{n + 1}-02T03:04:05.12345678{n}Z"
            if n % 2
            else f"2026-0{n + 1}-02T03:04:05.12{n}+05:30",
            "updated_at": f"2026-1{n % 3}-02T13:04:0{n}Z",
            "metadata": {f"plan_{n}": f"gold {n}", f"Region{n}": f"eu-west-{n}"},
            "integrations": [
                {
                    "id": f"eim_{n}_{i}XYZ",
                    "provider": ("stripe", "hubspot", "quickbooks")[i] + str(n),
                    "status": ("published", "archived", "deleted")[(i + n) % 3],
                    "created_at": f"2025-0{i + 1}-1{n}T00:00:00Z",
                }
                for i in range(3)
            ],
        },
    }


BODIES = [body(n) for n in range(5)]


def cut_times(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


class Stamp(dt.datetime):
    """A datetime with the digits beyond the microsecond, as pandas has them."""

    nanosecond = 0


def full_time(text: str) -> dt.datetime:
    plain = dt.datetime.fromisoformat(text)
    stamp = Stamp.combine(plain.date(), plain.timetz())
    fraction = text[20:].rstrip("Z").partition("+")[0] if "." in text else ""
    stamp.nanosecond = int(fraction.ljust(9, "0")[6:9] or 0)
    return stamp


def customer(value):
    found = value.get("customer")
    return found if isinstance(found, dict) else {}


# Correct consumers, each in its own style: none of them changes a value.


@dataclasses.dataclass
class Row:
    customer_id: str | None
    customer_name: str | None
    kind: str | None
    created: dt.datetime | None
    plan: object = None


def as_row(value):
    c = customer(value)
    at = c.get("created_at")
    return Row(c.get("id"), c.get("name"), value.get("event_type"), full_time(at) if at else None)


@attrs.define
class Address:
    line1: str | None
    city: str | None
    country: str | None


@attrs.define
class Regrouped:
    id: str | None
    address: Address
    received_at: dt.datetime = attrs.field(factory=lambda: dt.datetime.now(dt.UTC))
    row_id: int = 7


def regrouped(value):
    c = customer(value)
    return Regrouped(
        c.get("id"), Address(c.get("address_line1"), c.get("address_city"), c.get("address_country"))
    )


class Camel(msgspec.Struct, rename="camel"):
    external_id: str | None = None
    created_by: str | None = None
    address_city: str = ""
    metadata: dict | None = None
    integrations: list | None = None


def camel(value):
    return msgspec.convert(
        {
            "externalId": (c := customer(value)).get("external_id"),
            "createdBy": c.get("created_by"),
            "addressCity": c.get("address_city", ""),
            "metadata": c.get("metadata"),
            "integrations": c.get("integrations"),
        },
        Camel,
    )


class Status(enum.IntEnum):
    PUBLISHED = 1
    ARCHIVED = 2
    DELETED = 3


class Model(pydantic.BaseModel):
    model_config = {"extra": "allow"}
    kind: str | None = pydantic.Field(None, alias="event_type")
    customer: dict | None = None


Pair = namedtuple("Pair", "event_type customer")  # noqa: PYI024 - consumers use it


class Plain_:
    def __init__(self, value):
        c = customer(value)
        self._secret = 1
        self.id = c.get("id")
        self.email = c.get("email")
        self.domain = (c.get("email") or "@").split("@")[-1]
        self.slug = (c.get("name") or "").lower()
        self.raw = json.dumps(value).encode()
        self.status = Status[c["status"].upper()] if c.get("status") else None


CORRECT = {
    "the value itself": lambda v: v,
    "the customer alone": customer,
    "a projection": lambda v: {k: customer(v).get(k) for k in ("id", "email", "status")},
    "a dataclass with lifted names": as_row,
    "an attrs class that regroups": regrouped,
    "a msgspec struct in camel case": camel,
    "a pydantic model with aliases and extras": Model.model_validate,
    "a named tuple": lambda v: Pair(v.get("event_type"), v.get("customer")),
    "a plain object with computed extras": Plain_,
    "a pair of result and extra": lambda v: (customer(v), {"warnings": []}),
    "a wrapper": lambda v: {"ok": True, "data": {"customer": customer(v)}},
    "integrations by id": lambda v: {
        "id": customer(v).get("id"),
        "integrations": {i["id"]: {"provider": i["provider"]} for i in customer(v).get("integrations") or []},
    },
    "provider by id": lambda v: {
        "customer_id": customer(v).get("id"),
        "providers": {i["id"]: i["provider"] for i in customer(v).get("integrations") or []},
    },
    "ids only": lambda v: {
        "id": customer(v).get("id"),
        "ids": [i["id"] for i in customer(v).get("integrations") or []],
    },
    "published integrations only": lambda v: {
        "active": [i for i in customer(v).get("integrations") or [] if i["status"] == "published"]
    },
    "an id of its own": lambda v: {
        "id": 4711,
        "name": customer(v).get("name"),
        "external_id": customer(v).get("external_id"),
    },
    "nothing": lambda v: None,
    "true": lambda v: True,
    "a hash": lambda v: {"digest": str(hash(json.dumps(v, sort_keys=True)))},
    "epoch seconds beside": lambda v: {
        "id": customer(v).get("id"),
        "ts": 1,
        "n": len(customer(v).get("integrations") or []),
    },
    "metadata as pairs": lambda v: {
        "id": customer(v).get("id"),
        "metadata": list((customer(v).get("metadata") or {}).items()),
    },
    "a row with JSON text": lambda v: {
        "id": customer(v).get("id"),
        "metadata": json.dumps(customer(v).get("metadata") or {}),
    },
    "the first integration": lambda v: {
        "id": customer(v).get("id"),
        "primary": (customer(v).get("integrations") or [None])[0],
    },
    "texts by their dotted paths": lambda v: {
        at[1:].replace("/", "."): item for at, item in jsonio.walk(v) if not isinstance(item, (dict, list))
    },
    "without empty values": lambda v: {
        k: item for k, item in customer(v).items() if item not in ("", None, [], {})
    },
    "an insert statement": lambda v: (
        "INSERT INTO c VALUES (?, ?)",
        (customer(v).get("id"), customer(v).get("name")),
    ),
    "a greeting": lambda v: {"id": customer(v).get("id"), "text": f"Hello {customer(v).get('name')}!"},
    "an acknowledgement": lambda v: {"status": "ok", "id": "job-123", "name": "handler"},
    "ids by status": lambda v: {
        status: [i["id"] for i in customer(v).get("integrations") or [] if i["status"] == status]
        for status in ("published", "archived", "deleted")
    },
    "instants": lambda v: {
        **{k: i for k, i in customer(v).items() if k != "created_at"},
        "created_at": full_time(at) if (at := customer(v).get("created_at")) else None,
    },
}


def learned(consumer):
    return calibrate([(b, project(consumer(copy.deepcopy(b)))) for b in BODIES], PLACES)


def variations():
    """Sound bodies that differ from the last base body in one place."""
    base = BODIES[-1]
    yield base
    for pointer, value in jsonio.walk(base):
        if not pointer or ("integrations/" in pointer and pointer.count("/") < 4):
            continue
        in_list = "/integrations/" in pointer
        if not in_list:
            yield jsonio.remove(base, pointer)
        if isinstance(value, str) and not pointer.endswith(("_at", "status")):
            for text in (
                "" if not in_list else "x",
                " padded ",
                "x" * 300,
                "ÄÖÜ ß İ",
                "12",
                "null",
                "2026-01-01T00:00:00Z",
            ):
                yield jsonio.replace(base, pointer, text)
    yield jsonio.replace(base, "/customer/metadata", {})
    yield jsonio.replace(base, "/customer/metadata", {"__proto__": "x", "a b": "", "Name": "n", "name": "m"})
    yield jsonio.replace(base, "/customer/integrations", [])
    yield jsonio.replace(base, "/customer/integrations", base["customer"]["integrations"][:1])
    yield jsonio.replace(base, "/customer/created_at", "2026-03-04T05:06:07.123456789-08:00")
    yield jsonio.replace(base, "/customer/unknown", {"deep": [1, {"x": None}]})
    yield {}


@pytest.mark.parametrize("name", CORRECT)
def test_no_false_alarm_on_a_correct_consumer(name):
    """A correct consumer of any style shows no change on any sound body."""
    consumer = CORRECT[name]
    comparison = learned(consumer)
    for sent in variations():
        came = project(consumer(copy.deepcopy(sent)))
        fresh = project(consumer(copy.deepcopy(sent)))
        assert comparison.changes(sent, came, fresh=fresh) == [], (sent, came)


NOT_COMPARED = ("nothing", "true", "a hash", "an acknowledgement")


@pytest.mark.parametrize("name", CORRECT)
def test_it_says_whether_values_are_compared(name):
    """Results without any trace of the body are said to be not compared."""
    assert learned(CORRECT[name]).comparable is (name not in NOT_COMPARED)


def changed(pointer, act):
    """A consumer that hands on the value with ``act`` done at ``pointer``."""

    def consumer(value):
        here = jsonio.get(value, pointer)
        return value if here is jsonio.MISSING or here is None else jsonio.replace(value, pointer, act(here))

    return consumer


SWAP = {"id": "external_id", "external_id": "id"}
ALWAYS_WRONG = {
    "lower-cased": (changed("/customer/email", str.lower), "/customer/email"),
    "white space collapsed": (changed("/customer/name", lambda t: " ".join(t.split())), "/customer/name"),
    "fraction cut to microseconds": (changed("/customer/created_at", cut_times), "/customer/created_at"),
    "time zone offset dropped": (
        changed("/customer/created_at", lambda t: full_time(t).replace(tzinfo=None)),
        "/customer/created_at",
    ),
    "time of day dropped": (
        changed("/customer/updated_at", lambda t: full_time(t).date()),
        "/customer/updated_at",
    ),
    "shortened to 5 characters": (
        changed("/customer/address_line1", lambda t: t[:5]),
        "/customer/address_line1",
    ),
    "a number became text": (changed("/customer/age", str), "/customer/age"),
    "items re-ordered": (changed("/customer/integrations", lambda x: x[::-1]), "/customer/integrations"),
    "shortened from 3 to 2 items": (
        changed("/customer/integrations", lambda x: x[:2]),
        "/customer/integrations",
    ),
    "non-ASCII letters damaged": (
        changed("/customer/name", lambda t: t.encode("ascii", "replace").decode()),
        "/customer/name",
    ),
    "an object became text": (changed("/customer/metadata", str), "/customer/metadata"),
    "the key was dropped": (
        changed("/customer/metadata", lambda m: dict(list(m.items())[:1])),
        "/customer/metadata/Region4",
    ),
    "the value of /customer/id came out in its place": (
        lambda v: {**v, "customer": {k: customer(v).get(SWAP.get(k, k)) for k in customer(v)}},
        "/customer/external_id",
    ),
    "came out with all its fields null": (
        lambda v: {"customer": dict.fromkeys(("id", "name", "email", "createdAt"))},
        "/customer",
    ),
    "2 of 3 items dropped": (
        changed("/customer/integrations", lambda x: [i for i in x if i["status"] == "archived"]),
        "/customer/integrations",
    ),
    "upper-cased": (
        lambda v: {
            "address": {"city": customer(v).get("address_city", "").upper()},
            "id": customer(v).get("id"),
        },
        "/customer/address_city",
    ),
}


@pytest.mark.parametrize("how", ALWAYS_WRONG)
def test_what_is_always_wrong_is_found(how):
    """A consumer that changes a value in every body, calibration included, is found with its place and its way."""
    consumer, pointer = ALWAYS_WRONG[how]
    found = learned(consumer).changes(BODIES[4], project(consumer(BODIES[4])))
    found += learned(consumer).changes(BODIES[3], project(consumer(BODIES[3])))
    assert (pointer, how) in {(change.pointer, change.how) for change in found}


LEAVES = [
    (pointer, value) for pointer, value in jsonio.walk(BODIES[0]) if not isinstance(value, (dict, list))
]


@pytest.mark.parametrize(("pointer", "value"), LEAVES, ids=[pointer for pointer, _ in LEAVES])
@pytest.mark.parametrize(
    "shape", ["the value itself", "a pydantic model with aliases and extras", "a wrapper"]
)
def test_every_single_changed_leaf_is_found(pointer, value, shape):
    """Whatever leaf comes out as something else is found at its place, and nothing else is."""
    consumer = CORRECT[shape]
    if shape == "a wrapper" and pointer == "/event_type":
        assert "/event_type" not in learned(consumer).carried
        return
    comparison = learned(consumer)
    for other in ("something else", "", None, 17.5, True, [], ["a"], "unheard of"):
        wrong = jsonio.replace(BODIES[0], pointer, other)
        if not isinstance(other, str) and pointer == "/event_type" and "pydantic" in shape:
            continue  # the model refuses it
        found = comparison.changes(BODIES[0], project(consumer(wrong)))
        if other in ([], ["a"]) and not found:
            continue
        assert [change.pointer for change in found] == [pointer], other


def test_state_kept_between_bodies_is_an_invented_value():
    """A value that was not sent and that a fresh process does not give is a finding; a default is none."""
    comparison = learned(CORRECT["a projection"])
    sent = jsonio.remove(BODIES[0], "/customer/email")
    leaked = {"id": BODIES[0]["customer"]["id"], "email": "earlier@example.org", "status": "published"}
    default = {**leaked, "email": "none@example.org"}
    (change,) = comparison.changes(sent, leaked, fresh={**leaked, "email": None})
    assert (change.kind, change.sure, change.pointer) == ("invented", True, "/customer/email")
    assert comparison.changes(sent, default, fresh=default) == []
    assert [c.sure for c in comparison.changes(sent, default)] == [False]


def test_an_expanded_object_may_come_out_as_its_id():
    """Many publishers send an object or its id: taking the id of either is no loss, an empty id included."""
    whole = [{"id": f"evt_{n}", "customer": f"cust_{n}{n}"} for n in (1001, 1002, 1003)]
    comparison = calibrate([(body, {"id": body["id"], "customer": body["customer"]}) for body in whole])
    for number, emptied in (("cust_9", False), ("", False), ("cust_9", True)):
        sent = {"id": "evt_1", "customer": {"id": number, "name": "Ada"}}
        came = {"id": "evt_1", "customer": "" if emptied else number}
        assert [c.how for c in comparison.changes(sent, came)] == (["came out empty"] if emptied else [])


def test_an_object_may_come_out_as_its_pairs():
    """Sorted pairs are no tuple: another key between them moves the others, and changes none."""
    bodies = [{"id": f"evt_{n}", "data": {"a": f"first {n}", "c": f"last {n}"}} for n in (1001, 1002, 1003)]
    comparison = calibrate([(b, project((b["id"], tuple(sorted(b["data"].items()))))) for b in bodies])
    sent = {"id": "evt_7", "data": {"a": "one", "b": "two", "c": "three"}}
    assert comparison.changes(sent, project(("evt_7", sorted(sent["data"].items())))) == []
    assert comparison.comparable
    (change,) = comparison.changes(sent, project(("evt_7", [("a", "one"), ("b", "two"), ("c", "THREE")])))
    assert (change.pointer, change.how) == ("/data/c", "upper-cased")


def test_a_row_of_another_length_is_not_compared_by_position():
    """Where an item stands says what it is only while the row has the length that was learned."""
    bodies = [{"a": f"first {n}", "b": f"second {n}"} for n in (1001, 1002, 1003)]
    comparison = calibrate([(body, project(list(body.values()))) for body in bodies])
    assert comparison.changes({"b": "second 9"}, project(["second 9"])) == []
    (change,) = comparison.changes(bodies[0], project(["first 1001", "second 1"]))
    assert change.pointer == "/b"


def test_the_places_of_a_contract_are_read_from_its_rules():
    """Times, enum members, maps and declared places come from the constraints of the terms."""
    place = lambda pointer, *rules: Location(pointer, tuple(Constraint(pointer, k, v) for k, v in rules))  # noqa: E731
    terms = SimpleNamespace(
        locations=(
            place("/at", ("type", "string"), ("format", "date-time")),
            place("/kind", ("enum", ["a", "b"])),
            place("/tags/*", ("type", "string")),
        )
    )
    places = Places.of(terms)
    assert places.is_time("/at")
    assert places.is_enum("/kind")
    assert places.is_map("/tags")
    assert places.is_declared("/tags/whatever")
    assert not places.is_declared("/other")
    assert places.general("/tags/a~1b") == "/tags/*"


def test_lossless_asks_for_every_declared_field():
    """With lossless each topmost declared place that did not come out is lost; unknown properties may go."""
    comparison = learned(CORRECT["a projection"])
    sent = jsonio.replace(BODIES[0], "/customer/unknown", "x")
    found = comparison.changes(sent, project(CORRECT["a projection"](sent)), lossless=True)
    assert {change.kind for change in found} == {"lost"}
    places = {change.pointer for change in found}
    assert {"/event_type", "/customer/name", "/customer/integrations", "/customer/metadata"} <= places
    assert not places & {"/customer/id", "/customer/unknown", "/customer/email"}
    whole = learned(CORRECT["the value itself"])
    assert whole.changes(sent, sent, lossless=True) == []


def test_a_consumer_may_ignore_what_it_may_refuse():
    """With may_drop null and empty stand for "ignored", and another value is still a change."""
    comparison = learned(CORRECT["the value itself"])
    gone = {**BODIES[0], "customer": None}
    assert comparison.changes(BODIES[0], gone, may_drop=True) == []
    assert [c.how for c in comparison.changes(BODIES[0], gone)] == ["came out as null"]
    wrong = jsonio.replace(BODIES[0], "/customer/name", "Someone")
    assert comparison.changes(BODIES[0], wrong, may_drop=True)


@pytest.mark.parametrize("came", [NOTHING, None, True, "text", [], {}, 3])
def test_a_result_of_another_shape_is_left_alone(came):
    """A result that does not look like the calibrated ones at all is not held against the consumer, but for null."""
    found = learned(CORRECT["the value itself"]).changes(BODIES[0], came, may_drop=True)
    assert found == []


def respelt(value, keep=()):
    """Every name in camelCase, those in ``keep`` with what they hold as they are."""
    if isinstance(value, list):
        return [respelt(item, keep) for item in value]
    if not isinstance(value, dict):
        return value
    names = {key: key.split("_")[0] + "".join(part.title() for part in key.split("_")[1:]) for key in value}
    return {names[key]: item if key in keep else respelt(item, keep) for key, item in value.items()}


def test_who_respells_names_may_respell_those_that_the_contract_does_not_know_and_no_data():
    """A reader of camelCase gives unknown objects in camelCase, too; the keys of metadata are data."""
    consumer = calibrate(
        [(body(n), project(respelt(body(n), keep=["metadata", "integrations"]))) for n in range(4)], PLACES
    )
    sent = body(4)
    sent["customer"]["new_field"] = {"created_at": "soon", "more_of_it": [{"due_date": 7}]}
    sent["customer"]["metadata"] = {"plan_tier": "gold"}
    kept = respelt(sent, keep=["metadata"])
    assert consumer.changes(sent, project(kept)) == []
    assert [c.pointer for c in consumer.changes(sent, project(respelt(sent)))] == [
        "/customer/metadata/plan_tier"
    ]
    kept["customer"]["newField"]["moreOfIt"][0]["dueDate"] = 8
    assert [c.pointer for c in consumer.changes(sent, project(kept))] == [
        "/customer/new_field/more_of_it/0/due_date"
    ]


def entries(value, path=()):
    """Every leaf with its way to it, as rows: ``[[way, value], …]``."""
    if isinstance(value, dict):
        return [row for key, item in value.items() for row in entries(item, (*path, key))]
    return [[list(path), value]]


def test_where_an_entry_of_a_map_stands_among_rows_is_no_place_of_its_own():
    """Rows of all that an object holds follow its keys' order, which nobody promises; a field's row stays told."""

    def rows(sent):
        customer = sent["customer"]
        return entries({name: customer[name] for name in ("id", "name", "metadata")})

    sent = [
        jsonio.replace(
            each,
            "/customer/metadata",
            {"plan": f"The {n}1st harbour crossing", "region": f"The {n}2st harbour crossing"},
        )
        for n, each in enumerate(BODIES)
    ]
    consumer = calibrate([(each, project(rows(each))) for each in sent], PLACES)
    metadata = sent[0]["customer"]["metadata"]
    turned = jsonio.replace(sent[0], "/customer/metadata", dict(reversed(metadata.items())))
    assert consumer.changes(turned, project(rows(turned))) == []
    came = rows(sent[0])
    came[1][1] = came[1][1][:5]
    assert [c.pointer for c in consumer.changes(sent[0], project(came))] == ["/customer/name"]


def test_a_list_of_the_values_of_one_field_may_hold_each_once():
    """Who sorts a set of the providers drops no item; who leaves one provider out does."""

    def providers(sent):
        return {"systems": sorted({item["provider"] for item in sent["customer"]["integrations"]})}

    consumer = calibrate([(sent, project(providers(sent))) for sent in BODIES], PLACES)
    sent = copy.deepcopy(BODIES[0])
    sent["customer"]["integrations"].append(dict(sent["customer"]["integrations"][0], id="eim_other"))
    assert consumer.changes(sent, project(providers(sent))) == []
    sent["customer"]["integrations"].append(dict(sent["customer"]["integrations"][0]))
    assert consumer.changes(sent, project(providers(sent))) == []
    cut = {"systems": providers(sent)["systems"][:1]}
    assert [c.pointer for c in consumer.changes(sent, project(cut))] == ["/customer/integrations"]
