"""Small consumers with one fault each, for the tests of the runner."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from tests.consumers.correct.handwritten import BadWebhook, Parser
from tests.consumers.correct.handwritten import parse as sound

seen: list[Any] = []


def passer(body: bytes) -> Any:
    return json.loads(body)


def blind_to_integrations(body: bytes) -> Any:
    event = json.loads(body)
    if isinstance(event, dict) and isinstance(event.get("customer"), dict):
        event = {**event, "customer": {k: v for k, v in event["customer"].items() if k != "integrations"}}
    return sound(json.dumps(event).encode())


def dies_of_letters(body: bytes) -> Any:
    event = sound(body)
    str(event.get("customer", {}).get("name", "")).encode("latin-1")
    return event


def nothing(body: bytes) -> None:
    sound(body)


def needs_email(body: bytes) -> Any:
    event = sound(body)
    event["customer"]["email"].strip()
    return event


def no_pipes(body: bytes) -> Any:
    event = sound(body)
    if "|" in str(event.get("customer", {}).get("name", "")):
        raise BadWebhook
    return event


def hangs(body: bytes) -> Any:
    event = sound(body)
    if event.get("customer", {}).get("address_city", "x") == "":
        time.sleep(60)
    return event


def hangs_on_every_text(body: bytes) -> Any:
    event = sound(body)
    if not str(event.get("customer", {}).get("address_city", "Xx"))[:1].isupper():
        time.sleep(60)
    return event


def remembers_name(body: bytes) -> Any:
    event = sound(body)
    if not isinstance(event.get("customer"), dict):
        return event
    if "name" in event["customer"]:
        seen.append(event["customer"]["name"])
    return {**event, "customer": {**event["customer"], "name": seen[0] if seen else None}}


def slow_on_many(body: bytes) -> Any:
    event = sound(body)
    entries = event.get("customer", {}).get("metadata") or {}
    if len(entries) > 90:
        time.sleep(0.3)
    return event


def refuses_every_seventh(body: bytes) -> Any:
    event = sound(body)
    seen.append(None)
    if len(seen) % 7 == 0:
        raise BadWebhook
    return event


def dies_of_infinity(body: bytes) -> Any:
    event = sound(body)
    if "Infinity" in json.dumps(event) or "inf" in repr(event.get("new_field", "")):
        raise RuntimeError
    return event


def _customer(body: bytes) -> tuple[Any, dict[str, Any]]:
    event = sound(body)
    found = event.get("customer", {})
    return event, found if isinstance(found, dict) else {}


def numeric_postal_code(body: bytes) -> Any:
    event, customer = _customer(body)
    if not str(customer.get("address_postal_code", "1")).isdigit():
        raise BadWebhook("postal code")
    return event


def latin_names(body: bytes) -> Any:
    event, customer = _customer(body)
    try:
        str(customer.get("name", "")).encode("cp1252")
    except UnicodeEncodeError as error:
        raise BadWebhook("name") from error
    return event


def sixty_kilobytes(body: bytes) -> Any:
    if len(body) > 60_000:
        raise BadWebhook("too much")
    return sound(body)


def short_names(body: bytes) -> Any:
    event, customer = _customer(body)
    if len(customer.get("name", "")) > 73:
        raise BadWebhook("name")
    return event


def few_links(body: bytes) -> Any:
    event, customer = _customer(body)
    assert len(customer.get("integrations", ())) <= 12
    return event


def nameless(body: bytes) -> Any:
    event, customer = _customer(body)
    if "customer" in event and "name" not in customer and "external_id" not in customer:
        raise LookupError("nobody")
    return event


class _FirstLinkOnly(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        return (
            [*super().integrations(value[:1], at), *value[1:]]
            if isinstance(value, list)
            else super().integrations(value, at)
        )


first_link_only = _FirstLinkOnly().parse


def wants_email(body: bytes) -> Any:
    event, customer = _customer(body)
    if not customer.get("email"):
        raise BadWebhook("email")
    return event


_ADDRESS = re.compile(r"^([a-zA-Z0-9]+)+@example")


def backtracks(body: bytes) -> Any:
    event, customer = _customer(body)
    _ADDRESS.match(customer.get("email", ""))
    return event


calls = 0


def every_thirtieth(body: bytes) -> Any:
    global calls  # noqa: PLW0603
    event = sound(body)
    calls += 1
    if calls % 30 == 0:
        raise ConnectionError("reset")
    return event


def numbered(body: bytes) -> Any:
    global calls  # noqa: PLW0603
    event, customer = _customer(body)
    calls += 1
    return {
        "call": calls,
        "job": f"job-{calls:05}",
        "topic": event.get("event_type"),
        "id": customer.get("id"),
    }


def timed(body: bytes) -> Any:
    """Says how long the machine has been up, beside what it was sent."""
    return {"event": sound(body), "at": time.perf_counter()}


def dear_death(body: bytes) -> Any:
    """Works for a while before it dies of every text of one field."""
    event, customer = _customer(body)
    if not str(customer.get("address_city", "Xx"))[:1].isupper():
        time.sleep(0.6)
        raise MemoryError
    return event


def dear_pause(body: bytes) -> Any:
    event, customer = _customer(body)
    if customer and "id" not in customer:
        time.sleep(0.6)
    return event


def no_offsets(body: bytes) -> Any:
    """Does not take times with an offset, in a list at that."""
    event, customer = _customer(body)
    for item in customer.get("integrations", ()):
        if str(item.get("created_at", "Z"))[-6:-5] in ("+", "-"):
            raise BadWebhook("offset")
    return event


def outer_id(body: bytes) -> Any:
    event, customer = _customer(body)
    for item in customer.get("integrations", ()):
        if "id" in item and "id" in customer:
            item["id"] = customer["id"]
    return event


def utf8_of_id(body: bytes) -> Any:
    event, customer = _customer(body)
    str(customer.get("external_id", "")).encode()
    return event


def zone_of_postal_code(body: bytes) -> Any:
    event, customer = _customer(body)
    code = customer.get("address_postal_code", "")
    return event if not code.isdigit() or int(code) >= 0 else None


def knows_no_archived_link(body: bytes) -> Any:
    event, customer = _customer(body)
    if any(link.get("status") == "archived" for link in customer.get("integrations", ())):
        raise BadWebhook("status")
    return event


def six_digits_of_a_second(body: bytes) -> Any:
    event, _ = _customer(body)
    if re.search(rb"\.[0-9]{7}", body):
        raise BadWebhook("time")
    return event


seen_customers: set[str] = set()


def once_only(body: bytes) -> Any:
    event, customer = _customer(body)
    key = customer.get("id", "")
    if key in seen_customers:
        raise BadWebhook("seen before")
    seen_customers.update({key} - {""})
    return event


def country_for_state(body: bytes) -> Any:
    _, customer = _customer(body)
    names = ("id", "name", "email", "address_city", "address_state", "address_country")
    row = {name: customer.get(name, "") for name in names}
    return row | {"address_state": row["address_country"]}


def labelled(body: bytes) -> Any:
    _, customer = _customer(body)
    labels = customer.get("metadata") or {}
    return {
        "key": customer.get("external_id", ""),
        "tags": [f"{key}={value}" for key, value in labels.items()],
        "labels_json": json.dumps(labels),
    }


def no_infinity(body: bytes) -> Any:
    event = sound(body)
    try:
        json.dumps(event, allow_nan=False)
    except ValueError as exc:
        raise BadWebhook("a number that no double holds") from exc
    return event


def links_counted(body: bytes) -> Any:
    _, customer = _customer(body)
    return {"ref": customer.get("external_id", ""), "flags": len(customer.get("integrations", ()))}


def streamed(body: bytes) -> Any:
    """Rows of two tables, of which the second has fields of the same names as the first."""
    _, customer = _customer(body)
    links = customer.get("integrations", ())
    names = ("id", "status", "tenant_id", "environment_id", "created_by")
    yield {"table": "customer", "row": {name: customer.get(name) for name in names}}
    for link in links:
        yield {"table": "link", "row": {name: link.get(name) for name in names}}


rows = iter(range(1, 10**9))


def stored(body: bytes) -> Any:
    """A row with the rows that belong to it, under keys of the database's own."""
    _, customer = _customer(body)
    links = [
        {"pk": next(rows), "provider": link.get("provider_type")} for link in customer.get("integrations", ())
    ]
    return {"pk": next(rows), "name": customer.get("name"), "links": links}


def links_by_provider(body: bytes) -> Any:
    _, customer = _customer(body)
    links = [
        {"provider_type": link.get("provider_type"), "ref": link.get("provider_entity_id")}
        for link in customer.get("integrations", ())
    ]
    return {
        "name": customer.get("name"),
        "links": sorted(links, key=lambda link: link["provider_type"] or ""),
    }


def providers(body: bytes) -> Any:
    """The providers of those links that have one, as a set and as a list."""
    _, customer = _customer(body)
    links = customer.get("integrations", ())
    named = [link["provider_type"] for link in links if "provider_type" in link]
    return {"key": customer.get("external_id", ""), "providers": frozenset(named), "kinds": named}
