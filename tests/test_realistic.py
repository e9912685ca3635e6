"""Realistic values: one world a payload, everything in it hangs together."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from importlib import resources
from typing import Any

import pytest

from contract_kit.jsonio import walk
from contract_kit.shape import build_root
from contract_kit.values._ascii import slug, to_ascii
from contract_kit.values._build import Builder
from contract_kit.values._meaning import Meaning, register
from contract_kit.values._pools import committed_pools, faker_pools
from contract_kit.values._realistic import Realism, main_entity

TEXT = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}
MAPPING = {
    "type": "object",
    "properties": {
        "id": TEXT,
        "entity_id": TEXT,
        "entity_type": {"type": "string", "enum": ["plan", "customer", "invoice"]},
        "provider_type": TEXT,
        "provider_entity_id": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
        "tenant_id": TEXT,
    },
}
CUSTOMER = {
    "type": "object",
    "properties": {
        "event_type": TEXT,
        "customer": {
            "type": "object",
            "properties": {
                **dict.fromkeys(("id", "external_id", "name", "email", "created_by", "tenant_id"), TEXT),
                **{
                    f"address_{part}": TEXT
                    for part in ("line1", "line2", "city", "state", "postal_code", "country")
                },
                "created_at": TIME,
                "updated_at": TIME,
                "deleted_at": TIME,
                "integrations": {"type": "array", "items": MAPPING},
                "metadata": {"type": "object", "additionalProperties": TEXT},
                "amount": {"type": "integer", "minimum": 5, "maximum": 7},
            },
        },
    },
}
ROOT = build_root(CUSTOMER)


def body(index: int, **options: Any) -> Any:
    world = Realism(index=index, event="customer.created", **options)
    return Builder(world.leaf, fixed={"/event_type": "customer.created"}).build(ROOT).value


@pytest.mark.parametrize("index", range(12))
def test_a_payload_is_one_coherent_world(index: int) -> None:
    customer = body(index)["customer"]
    world = Realism(index=index, event="customer.created")
    person = world.person()
    assert customer["name"] == person.name
    assert customer["email"].startswith(person.local)
    places = committed_pools().places_of[customer["address_country"]]
    assert customer["address_city"] in {place.city for place in places}
    assert customer["created_at"] <= customer["updated_at"] <= customer["deleted_at"]
    for mapping in customer["integrations"]:
        assert mapping["entity_id"] == customer["id"]
        assert mapping["entity_type"] == "customer"
        assert mapping["tenant_id"] == customer["tenant_id"]
        assert customer["created_at"][:16] <= mapping["created_at"][:16] <= mapping["updated_at"][:16]
    assert len({mapping["provider_type"] for mapping in customer["integrations"]}) == 3


@pytest.mark.parametrize("index", range(40))
def test_texts_of_one_payload_differ_where_their_meaning_allows_it(index: int) -> None:
    customer = body(index)["customer"]
    shared = re.compile(r"entity_id|entity_type|tenant_id|metadata|^/id$")
    texts = [value for at, value in walk(customer) if isinstance(value, str) and not shared.search(at)]
    assert len(texts) == len(set(texts))


def test_ids_are_a_prefix_and_a_ulid_of_the_time_of_creation() -> None:
    for index in range(20):
        customer = body(index)["customer"]
        assert re.fullmatch(r"cust_[0-7][0-9A-HJKMNP-TV-Z]{25}", customer["id"])
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        stamp = 0
        for char in customer["id"][5:15]:
            stamp = stamp * 32 + digits.index(char)
        assert time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stamp // 1000)) == customer["created_at"][:19]


def test_times_are_written_as_go_writes_them_with_every_fraction_length() -> None:
    times = [value for index in range(80) for at, value in walk(body(index)) if at.endswith("_at")]
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{0,8}[1-9]))?Z")
    matches = [form.fullmatch(text) for text in times]
    assert all(matches)
    assert {len(match[1] or "") for match in matches if match} == set(range(10))


def test_a_payload_is_a_function_of_its_number_and_seed() -> None:
    assert body(3) == body(3)
    assert body(3) != body(4)
    assert body(3, seed=1) != body(3)


def test_a_leaf_is_the_same_whenever_it_is_asked_for() -> None:
    world = Realism(index=1)
    node = ROOT.child("customer").child("name")
    assert world.leaf(node, "/customer/name") == world.leaf(node, "/customer/name")


def test_base_bodies_do_not_change() -> None:
    """They are the fixture bundle's: a change here changes every consumer's fixtures."""
    customer = body(0)["customer"]
    assert (customer["name"], customer["email"], customer["address_city"]) == (
        "Julian Misiuk",
        "julian.misiuk@example.net",
        "Świnoujście",
    )
    assert customer["created_at"] == "2026-09-23T22:19:29.623583Z"


@pytest.mark.parametrize("country", [row.alpha2 for row in committed_pools().countries])
def test_every_country_has_an_address_of_its_own(country: str) -> None:
    pools = committed_pools()
    address = Realism(index=0, country=country).address("/customer")
    assert address.country == country
    assert address.line1
    assert address.city
    assert len(address.postal_code) <= 20
    assert "#" not in address.postal_code
    assert pools.people[address.locale]


def test_there_are_249_countries_and_many_scripts() -> None:
    pools = committed_pools()
    assert len(pools.countries) == len(pools.by_code) == 249
    assert len({row.alpha3 for row in pools.countries}) == 249
    assert len(pools.locales) >= 30
    names = "".join(person.name for people in pools.people.values() for person in people)
    for letter in "éЖλعשनธ王あ김გա":
        assert any(ord(letter) & ~0x7F == ord(char) & ~0x7F for char in names), letter


def test_time_zones_are_known_to_the_tz_database() -> None:
    from zoneinfo import ZoneInfo

    assert {str(ZoneInfo(place.timezone)) for place in committed_pools().places}


def test_pools_are_small_and_load_quickly() -> None:
    file = resources.files("contract_kit.values").joinpath("pools.json")
    assert len(file.read_bytes()) <= 300_000
    code = (
        "import time; from contract_kit.values._pools import committed_pools as c; t = time.process_time(); c();\
            print(time.process_time() - t)"
    )
    spent = min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in "12"
    )
    assert spent < 0.05, "15 ms on a quiet machine"


def test_the_committed_places_are_those_of_the_script() -> None:
    done = subprocess.run([sys.executable, "scripts/draw_pools.py", "--check"], check=False)
    assert done.returncode == 0


def test_every_mail_address_is_legal_and_reaches_nobody() -> None:
    legal = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*@(?:[a-z]+\.)?example\.(?:com|org|net)")
    pools = committed_pools()
    assert all(
        re.fullmatch(r"[a-z0-9]+(?:\.[a-z0-9]+)*", p.local)
        for people in pools.people.values()
        for p in people
    )
    assert all(legal.fullmatch(Realism(index=index).email()) for index in range(200))


def test_faker_draws_the_same_structure_and_the_same_twice() -> None:
    live, kept = faker_pools(16), committed_pools()
    assert live.people.keys() == kept.people.keys()
    assert live.places == kept.places
    assert min(len(people) for people in live.people.values()) >= 12
    assert faker_pools.__wrapped__(16) == live


def test_names_of_any_script_become_mail_addresses() -> None:
    names = {
        "Лебедева": "lebedeva",
        "김서윤": "gimseoyun",
        "გია დოლიძე": "gia.dolidze",
        "Đặng Văn": "dang.van",
        "İnönü": "inonu",
        "さくら": "sakura",
        "王磊": "wanglei",
        "…": "",
    }
    assert {name: slug(name) for name in names} == names
    assert to_ascii("a\x00b\ud800") == "a\x00b"


def test_registered_samples_are_what_is_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_kit.values._meaning._extra", [])
    register(Meaning(name="iban", names="iban", samples=("DE02", "FR14")))
    node = build_root({"type": "object", "properties": {"iban": TEXT}}).child("iban")
    assert Realism(index=0).leaf(node, "/iban") in ("DE02", "FR14")


def test_the_document_s_own_example_speaks_where_nothing_better_is_known() -> None:
    node = build_root({"type": "object", "properties": {"tier": {**TEXT, "example": "gold"}}}).child("tier")
    assert Realism(index=0).leaf(node, "/tier") == "gold"


def test_numbers_keep_to_their_bounds() -> None:
    assert {body(index)["customer"]["amount"] for index in range(60)} == {5, 6, 7}


@pytest.mark.parametrize(
    ("event", "entity"),
    [
        ("customer.created", "customer"),
        ("invoice.update.voided", "invoice"),
        ("issues", "issue"),
        ("pull-request-opened", "pull_request"),
        ("", "customer"),
    ],
)
def test_the_event_says_what_a_payload_is_about(event: str, entity: str) -> None:
    assert main_entity(event) == entity


def test_any_kind_of_leaf_gets_a_candidate() -> None:
    """A wish is JSON, whatever the schema says."""
    schemas: list[Any] = [
        {},
        {"type": "null"},
        {"type": ["integer", "null"]},
        {"type": "boolean"},
        {"enum": [None]},
        {"const": {"a": 1}},
        {"type": "number", "minimum": 3, "exclusiveMaximum": 3.5},
        {"type": "integer", "maximum": -10},
        {"type": "string", "format": "no-such-format"},
        {"type": "array"},
        True,
    ]
    for schema in schemas:
        node = build_root({"type": "object", "properties": {"thing": schema}}).child("thing")
        json.dumps(Realism(index=0).leaf(node, "/thing"))
