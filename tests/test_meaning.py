"""What a field means is recognised from its name, format, description and parents."""

from __future__ import annotations

from typing import Any

import pytest

from contract_kit.model import Profile
from contract_kit.shape import Node, build_root
from contract_kit.values._meaning import MEANINGS, Meaning, meaning, register
from contract_kit.values._names import normal
from contract_kit.values._rows import Meaning as Row


def at(path: str, **schema: Any) -> Node:
    """The node at ``path`` (``*`` for items) of a schema that holds nothing else."""
    whole: dict[str, Any] = {"type": "string", **schema}
    steps = path.split("/")
    for step in reversed(steps):
        whole = (
            {"type": "array", "items": whole}
            if step == "*"
            else {"type": "object", "properties": {step: whole}}
        )
    node = build_root(whole)
    for step in steps:
        found = node.items if step == "*" else node.child(step)
        assert found is not None
        node = found
    return node


NAMES = """
    address.city: city address_city addressCity customer/City billing_city cityName ship-to-city town
    address.country: country country_code countryCode address_country billingCountry nationality
    address.line1: line1 address_line1 addressLine1 address_1 street streetAddress billing_address_1
    address.line2: line2 address_line2 addressLine2 address_2
    address.postal_code: zip zipCode postal_code postalCode postcode post_code shipping_zip plz
    address.state: shipping_address/state address/state province address_state billing/region
    address.timezone: timezone time_zone timeZone tz
    address.full: address shipping_address
    actor: created_by updatedBy approved_by
    company: company company_name enterprise/name organization/name merchant/name vendor companyName
    currency: currency currency_code presentmentCurrency
    email: email e_mail e-mail emailAddress customer_email email/address emails/* billingEmail contact/mail
    external_id: external_id externalId external_customer_id client_reference_id order_number sku
    filename: filename file_name file/name attachments/*/name
    git_ref: default_branch head/ref deployment/ref
    hostname: hostname host domain
    id: id customer_id userId orgID
    ip: ip ip_address client_ip remoteAddress
    language: language lang preferred_language
    programming_language: repository/language
    locale: locale
    mac: mac_address
    mime: mime_type contentType
    path: path file_path commits/*/modified/* head_commit/added/*
    path.repository: repository/full_name
    person.family: last_name lastName surname family_name
    person.given: first_name firstName fname given_name
    person.name: customer/name user/name full_name contactName author/name merged_by/name sponsor/name commits/*/committer/name sender_name
    phone: phone phone_number phoneNumber tel mobile
    provider_type: provider_type provider
    provider_id: provider_entity_id
    sha: sha head_sha commit_id
    slug: repository/name labels/*/name slug tags/*
    status: status order/state
    text: description body note comment cancellation_reason
    time.created: created_at createdAt created date_created/created_on
    time.due: expires_at renewalDate trial_end due_at
    time.ended: deleted_at closed_at cancelledAt
    time.updated: updated_at lastModifiedAt modified_on last_seen_at
    title: title name product/name plan/name subject
    token: node_id access_token api_key
    url: url html_url website callbackUrl homepage uri
    url.image: avatar_url logo
    username: login sender/login username
    uuid: uuid
    version: version api_version
    user_agent: user_agent userAgent
    color: color
"""


@pytest.mark.parametrize("line", [line.strip() for line in NAMES.strip().splitlines()])
def test_text_fields_mean_what_their_names_say_in_any_spelling(line: str) -> None:
    wanted, _, paths = line.partition(": ")
    found = {path: meaning(at(path)) for path in paths.split()}
    assert found == dict.fromkeys(found, wanted)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("repository/name", "person.name"),
        ("plan/name", "person.name"),
        ("email/address", "address.full"),
        ("email_verified", "email"),
        ("wallet/address", "address.full"),
        ("order/state", "address.state"),
        ("number_of_emails", "email"),
        ("event_name", "person.name"),
        ("file/name", "person.name"),
        ("name_prefix", "person.name"),
        ("country_count", "address.country"),
        ("homepage", "text"),
        ("capacity", "address.city"),
        ("velocity", "address.city"),
        ("discount_id", "count"),
        ("valid", "id"),
        ("paid", "id"),
        ("estate", "address.state"),
        ("zipped", "address.postal_code"),
        ("description", "kind"),
    ],
)
def test_a_name_that_only_contains_a_word_has_not_its_meaning(path: str, wrong: str) -> None:
    assert meaning(at(path)) != wrong


@pytest.mark.parametrize(
    ("path", "kind", "wanted"),
    [
        ("amount", "integer", "cents"),
        ("unit_amount", "integer", "cents"),
        ("price", "number", "money"),
        ("quantity", "integer", "quantity"),
        ("created", "integer", "epoch.created"),
        ("updated_at", "integer", "epoch.updated"),
        ("id", "integer", "number_id"),
        ("tax_rate", "number", "percent"),
        ("latitude", "number", "latitude"),
        ("lng", "number", "longitude"),
        ("comments_count", "integer", "count"),
        ("reactions/total_count", "integer", "count"),
        ("total_price", "integer", "cents"),
        ("expires_in", "integer", "seconds"),
        ("status", "integer", "status_code"),
        ("private", "boolean", "boolean"),
        ("start", "integer", "number"),
        ("size", "integer", "size"),
        ("something", "number", "number"),
    ],
)
def test_numbers_and_flags_have_meanings_of_their_own(path: str, kind: str, wanted: str) -> None:
    assert meaning(at(path, type=kind)) == wanted


@pytest.mark.parametrize(
    ("path", "form", "wanted"),
    [
        ("created_at", "date-time", "time.created"),
        ("created", "date-time", "time.created"),
        ("whenever", "date-time", "time"),
        ("due", "date", "date.due"),
        ("birthday", "date", "date.birth"),
        ("name", "email", "email"),
        ("name", "uuid", "uuid"),
        ("city", "uri", "url"),
        ("email", "hostname", "hostname"),
        ("x", "ipv6", "ipv6"),
        ("id", "uuid", "uuid"),
        ("retry", "duration", "duration"),
    ],
)
def test_a_telling_format_outweighs_the_name(path: str, form: str, wanted: str) -> None:
    assert meaning(at(path, format=form)) == wanted


@pytest.mark.parametrize(
    ("path", "says", "wanted"),
    [
        ("name", "Name is the name of the customer", "person.name"),
        ("name", "The company's registered name", "company"),
        ("country", "ISO 3166-1 alpha-3 code", "address.country3"),
        ("country", "ISO 3166-1 alpha-2 code", "address.country"),
        ("country", "Full name of the country", "address.country_name"),
        ("contact", "Email of the customer", "email"),
        ("type", "Name of the event", "event"),
        ("type", "Kind of the thing", "kind"),
    ],
)
def test_the_description_settles_what_the_name_leaves_open(path: str, says: str, wanted: str) -> None:
    assert meaning(at(path, description=says)) == wanted


def test_values_of_a_free_map_are_metadata() -> None:
    root = build_root(
        {"type": "object", "properties": {"metadata": {"additionalProperties": {"type": "string"}}}}
    )
    values = root.child("metadata").values
    assert values is not None
    assert meaning(values) == "metadata.value"


def test_a_profile_settles_single_places_by_their_pointer() -> None:
    profile = Profile(name="p", sends={}, meanings={"/customer/name": "company", "/customer/id": "id:cust"})
    assert meaning(at("customer/name"), profile) == "company"
    assert meaning(at("customer/id"), profile) == "id:cust"
    assert meaning(at("customer/email"), profile) == "email"


def test_a_registered_row_stands_above_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_kit.values._meaning._extra", [])
    register(Meaning(name="iban", names="iban|account_number", samples=("DE02120300000000202051",)))
    assert meaning(at("bank/account_number")) == "iban"
    assert meaning(at("bank/holder")) != "iban"


def test_every_row_of_the_table_can_be_made_or_is_a_container() -> None:
    from contract_kit.values._makers import MAKERS

    assert {row.name for row in MEANINGS} - MAKERS.keys() <= {"metadata"}
    assert all(isinstance(row, Row) for row in MEANINGS)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("addressLine1", "address_line_1"),
        ("ZIPCode", "postal_code"),
        ("HTMLUrl", "html_url"),
        ("customer.e-mail", "customer_email"),
        ("", ""),
        ("__proto__", "proto"),
        ("Straße", "straße"),
        ("名前", "名前"),
    ],
)
def test_names_have_one_normal_form(name: str, wanted: str) -> None:
    assert normal(name) == wanted


@pytest.mark.parametrize(
    ("path", "schema", "wanted"),
    [
        ("From", {"description": "The E.164 phone number that sent it"}, "phone"),
        ("seen", {"description": "ISO 8601 timestamp of the last visit"}, "time.updated"),
        ("seen_first", {"description": "The first visit, YYYY-MM-DD"}, "date"),
        ("born", {"format": "date"}, "date.birth"),
        ("birth_date", {"pattern": "^[0-9-]{10}$"}, "date.birth"),
        ("occurredAt", {"type": "integer", "description": "As a millisecond timestamp"}, "epoch_ms.created"),
        ("celsius", {"type": "number"}, "celsius"),
        ("mimetype", {}, "mime"),
        ("inside", {"format": "json"}, "json"),
        ("at", {"type": "integer", "description": "Milliseconds since the epoch"}, "epoch_ms.created"),
        ("at", {"type": "integer", "description": "Seconds since the Unix epoch"}, "epoch.created"),
        ("period/start", {"type": "integer", "format": "unix-time"}, "epoch.started"),
        ("currency", {"description": "Three-letter ISO code, in lowercase."}, "currency.lower"),
        ("unit", {"format": "currency"}, "currency"),
        ("sent", {"format": "date-time-rfc-2822"}, "time.rfc2822"),
        ("last4", {}, "digits4"),
        ("vat_number", {}, "vat"),
        ("iban", {}, "iban"),
        ("card/brand", {}, "card_brand"),
        ("exp_year", {"type": "integer"}, "year"),
        ("links/*/rel", {}, "relation"),
    ],
)
def test_descriptions_and_publishers_formats_tell_too(path, schema, wanted):
    assert meaning(at(path, **schema)) == wanted


def test_a_configuration_extends_the_table(tmp_path, monkeypatch):
    """Rows of ``[[tool.contract_kit.meanings]]`` stand above the house's own, and go with their configuration."""
    from contract_kit.api import use_meanings
    from contract_kit.config import load_config
    from contract_kit.errors import UsageError

    (tmp_path / "pyproject.toml").write_text(
        "[[tool.contract_kit.meanings]]\nname = 'parcel'\nnames = 'tracking_number'\nsamples = ['JD01460000']\n"
        "[[tool.contract_kit.meanings]]\nname = 'currency'\nformats = 'acme_currency'\n"
    )
    monkeypatch.chdir(tmp_path)
    try:
        use_meanings(load_config().meanings)
        assert meaning(at("tracking_number")) == "parcel"
        assert meaning(at("price", format="acme_currency")) == "currency"
        with pytest.raises(UsageError, match="'parcels' is no known meaning; give it samples"):
            use_meanings([{"name": "parcels", "names": "x"}])
    finally:
        use_meanings(())
    assert meaning(at("tracking_number")) == "tracking"
