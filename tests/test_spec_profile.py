"""What the bundled provider sends: the profile agrees with the document where it must, and adds what is known."""

from __future__ import annotations

import pytest
from spec_makers import document, operation

from contract_kit.errors import SpecError, UsageError
from contract_kit.schema import Validator, violations
from contract_kit.spec import as_era, load_profile, load_terms

TEXT = (
    "address_city",
    "address_line1",
    "address_line2",
    "address_postal_code",
    "address_state",
    "created_by",
    "updated_by",
    "environment_id",
    "tenant_id",
)
FULL = {
    "event_type": "customer.created",
    "customer": {
        "id": "cust_01K5Z3N8QWERTYUIOPASDFGHJK",
        "external_id": "u-1",
        "name": "Zoë\nÅström",
        "email": "zoe@mail.example.org",
        "address_country": "NO",
        **dict.fromkeys(TEXT, "text"),
        "metadata": {"a": "b", "": ""},
        "integrations": [
            {
                "id": "eim_1",
                "entity_type": "customer",
                "status": "archived",
                "created_at": "2026-01-01T00:00:00Z",
            }
        ],
        "status": "published",
        "created_at": "2026-01-01T00:00:00.123456789Z",
        "updated_at": "0001-12-31T23:59:59Z",
    },
}


@pytest.fixture(scope="module")
def profile():
    return load_profile()


@pytest.fixture(scope="module")
def sends(profile):
    return Validator(profile.sends)


def customer(**changes):
    return {**FULL, "customer": {**FULL["customer"], **changes}}


def test_a_full_body_is_sent(sends):
    assert sends.violations(FULL) == []
    assert violations(load_terms().schema, FULL) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"email": ""},
        {"email": "a+b@x.example.org"},
        {"address_country": ""},
        {"metadata": None},
        {"metadata": {}},
        {"integrations": []},
        {"timezone": "Europe/Oslo"},
        {"new": [{"x": None}, 1, 1.5, True]},
        {"name": "n" * 255},
        {"created_at": "9999-12-31T00:00:00.1Z"},
        {"created_by": ""},
    ],
)
def test_what_the_provider_can_send(sends, changes):
    assert sends.violations(customer(**changes)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "x" * 51},
        {"external_id": ""},
        {"external_id": "x" * 256},
        {"name": ""},
        {"name": "n" * 256},
        {"name": "a\0b"},
        {"email": "no address"},
        {"email": "a" * 250 + "@x.org"},
        {"address_line1": "x" * 256},
        {"address_line2": "x" * 256},
        {"address_city": "x" * 101},
        {"address_state": "x" * 101},
        {"address_postal_code": "x" * 21},
        {"address_country": "XX"},
        {"address_country": "no"},
        {"address_country": "NOR"},
        {"address_city": "\0"},
        {"metadata": {"a": "\0"}},
        {"metadata": {"\0": "a"}},
        {"metadata": {"a": 1}},
        {"new": {"deep": ["\0"]}},
        {"\0": 1},
        {"created_at": "2026-01-01t00:00:00Z"},
        {"created_at": "2026-01-01T00:00:00z"},
        {"created_at": "2026-01-01T00:00:00+00:00"},
        {"created_at": "2026-01-01T00:00:00.10Z"},
        {"created_at": "2026-01-01T00:00:00.Z"},
        {"created_at": "2026-01-01T00:00:00.1234567891Z"},
        {"created_at": "2016-12-31T23:59:60Z"},
        {"created_at": "0000-01-01T00:00:00Z"},
        {"created_at": "2026-02-29T00:00:00Z"},
        {"created_at": ""},
        {"status": "gone"},
        {"integrations": [{"status": "gone"}]},
        {"integrations": None},
        {"timezone": 5},
    ],
)
def test_what_the_provider_cannot_send(sends, changes):
    found = sends.violations(customer(**changes))
    assert found
    assert all(one.pointer.startswith("/customer") for one in found)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"customer": FULL["customer"]},
        {"event_type": "customer.created"},
        {**FULL, "event_type": "customer.updated"},
        {**FULL, "customer": {"name": "x"}},
        {**FULL, "x": "\0"},
        [],
        None,
    ],
)
def test_a_body_without_its_parts_is_not_sent(sends, body):
    assert not sends.is_valid(body)


def test_beyond_the_document_the_profile_admits_null_metadata_only(sends):
    """Each wrong type at each documented place is refused by both, but for ``metadata: null``."""
    contract = Validator(load_terms().schema)
    admitted = []
    for name in FULL["customer"]:
        for wrong in (None, True, 5, 1.5, "wrong", [5], {"x": 5}):
            body = customer(**{name: wrong})
            if not contract.is_valid(body) and sends.is_valid(body):
                admitted.append((name, wrong))
    assert admitted == [("metadata", None)]


def test_every_iso_country_is_known(profile):
    codes = profile.sends["$defs"]["country"]["enum"]
    assert len(codes) == len(set(codes)) == 250
    assert codes[0] == ""
    assert "NO" in codes
    assert all(len(code) == 2 and code.isupper() for code in codes[1:])


def test_each_era_gives_its_shape(profile):
    contract = Validator(load_terms().schema)
    body = customer(email="", timezone="Europe/Oslo")
    shapes = {era["name"]: as_era(era, body) for era in profile.eras}
    assert list(shapes) == ["capital", "unnamed", "full", "slim", "slim-environment"]
    assert [era["from"] for era in profile.eras] == [
        "2025-04-16",
        "2025-06-30",
        "2025-08-25",
        "2026-08-10",
        "2026-08-17",
    ]
    assert list(shapes["capital"]) == ["Customer"]
    assert list(shapes["unnamed"]) == ["customer"]
    assert list(shapes["full"]) == ["event_type", "customer"]
    assert "integrations" not in shapes["full"]["customer"]
    slim = shapes["slim"]["customer"]
    assert set(slim) == {
        "id",
        "external_id",
        "name",
        "address_line1",
        "address_line2",
        "address_city",
        "address_state",
        "address_postal_code",
        "address_country",
        "timezone",
        "metadata",
    }
    assert set(shapes["slim-environment"]["customer"]) == {*slim, "environment_id"}
    for name in ("full", "slim", "slim-environment"):
        assert contract.is_valid(shapes[name]), name
        assert violations(profile.sends, shapes[name]) == [], name
    assert body == customer(email="", timezone="Europe/Oslo")


def test_an_era_fills_a_bare_customer(profile):
    bare = {"event_type": "customer.created", "customer": {"id": "i", "external_id": "e", "name": "n"}}
    full = as_era(profile.eras[2], bare)
    assert full["customer"]["metadata"] is None
    assert full["customer"]["email"] == ""
    assert as_era(profile.eras[3], bare)["customer"] == {**bare["customer"], "timezone": "UTC"}
    assert as_era(profile.eras[0], {}) == {}
    assert as_era(profile.eras[0], {"customer": "text"}) == {"Customer": "text"}


def test_the_delivery_facts_are_the_senders(profile):
    assert profile.body_limit == 350_000
    assert profile.delivery["tolerance_s"] == 300
    assert profile.delivery["timeout_s"] == 15
    assert set(profile.delivery["families"]) == {"svix", "webhook", "native"}
    assert profile.delivery["retries_s"][:3] == [5, 300, 1800]


def test_meanings_name_places_of_the_payload(profile):
    places = {place.pointer for place in load_terms().locations}
    assert set(profile.meanings) <= places
    assert profile.meanings["/customer/id"] == "id:cust"


# -- which document a profile is about ------------------------------------------------------------

PAYLOAD = {
    "type": "object",
    "properties": {"event_type": {"enum": ["invoice.paid", "x"]}, "invoice": {"type": "object"}},
}


def test_the_bundled_terms_carry_everything():
    found = load_terms()
    assert found.event == "customer.created"
    assert len(found.constraints) == 44
    assert found.pins == {"/event_type": "customer.created"}
    assert found.profile is not None
    assert found.profile.name == "flexprice"


def test_other_documents_have_no_profile():
    doc = document(
        {
            "openapi": "3.1.0",
            "info": {"title": "Other"},
            "webhooks": {"customer.created": {"post": operation(PAYLOAD)}},
        }
    )
    assert load_terms(document=doc).profile is None
    assert load_terms(document=document({**doc.data, "info": None})).profile is None


@pytest.mark.parametrize("event", ["invoice.paid", "customer.created"])
def test_other_events_of_the_provider_get_the_documents_own_word(event):
    payload = {
        "type": "object",
        "properties": {"event_type": {"enum": [event, "x"]}, "invoice": {"$ref": "#/components/schemas/I"}},
    }
    doc = document(
        {
            "openapi": "3.1.0",
            "info": {"title": "Flexprice API"},
            "webhooks": {event: {"post": operation(payload)}},
            "components": {"schemas": {"I": {"type": "object"}}},
        }
    )
    found = load_terms(event, document=doc).profile
    assert found is not None
    assert found.delivery["tolerance_s"] == 300
    assert found.eras == ()
    assert violations(found.sends, {"event_type": event, "invoice": {}}) == []
    assert [v.pointer for v in violations(found.sends, {"event_type": "x", "invoice": 5})] == [
        "/event_type",
        "/invoice",
    ][::-1]
    assert violations(found.sends, {})


def test_a_profile_of_ones_own_is_read(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("name: mine\nevents: {a.b: {sends: {type: object}}}\n")
    assert load_profile(path, event="a.b").sends == {"type": "object"}
    with pytest.raises(SpecError, match="describes no event 'c'"):
        load_profile(path, event="c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is no profile: it is a list"),
        ("events: {}", "is no profile: it has no 'name'"),
        ("name: 5", "/name: must not be the number 5"),
        ("name: a\nera: []", "/era: is unknown; a profile has name, match, events, delivery, body_limit"),
        ("name: a\nevents: {x: {}}", "/events/x: must be an object with 'sends'"),
        ("name: a\nevents: {x: {sends: []}}", "/events/x/sends: must not be a list"),
    ],
)
def test_a_bad_profile_is_refused(tmp_path, text, said):
    path = tmp_path / "p.yaml"
    path.write_text(text)
    with pytest.raises(SpecError) as caught:
        load_profile(path)
    assert str(caught.value) == f"{path}: {said}"


def test_a_spec_and_a_document_together_are_wrong_use():
    with pytest.raises(UsageError, match="not both"):
        load_terms(spec="a.yaml", document=document({}))
