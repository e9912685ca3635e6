"""Reading ``customer.created``: the code under test. No library, no framework."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_STATUSES = ("published", "deleted", "archived")
_ENTITIES = (
    "customer", "plan", "invoice", "subscription", "payment",
    "credit_note", "addon", "item", "item_price", "price",
)  # fmt: skip
_TEXTS = (
    "id", "external_id", "name", "email", "address_line1", "address_line2", "address_city", "address_state",
    "address_postal_code", "address_country", "tenant_id", "environment_id", "created_by", "updated_by",
)  # fmt: skip
_LINKED_TEXTS = (
    "id", "entity_id", "provider_entity_id", "provider_type", "tenant_id", "environment_id", "created_by",
    "updated_by",
)  # fmt: skip


class BadWebhook(ValueError):
    """A body that we refuse."""


@dataclass(frozen=True)
class Customer:
    """What the shop keeps of a customer. Times stay text: nanoseconds do not fit a ``datetime``."""

    id: str = ""
    external_id: str = ""
    name: str = ""
    email: str = ""
    address_country: str = ""
    status: str = "published"
    created_at: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


def parse(body: bytes) -> Customer | None:
    """The customer of a ``customer.created``; ``None`` where it brings none. Raises :class:`BadWebhook`."""
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("no JSON") from error
    _object(event, "")
    if event.get("event_type", "customer.created") != "customer.created":
        raise BadWebhook("/event_type: another event")
    if "customer" not in event:
        return None
    customer = _object(event["customer"], "/customer")
    _check(customer, "/customer", _TEXTS)
    for index, item in enumerate(_array(customer.get("integrations", []), "/customer/integrations")):
        _linked(item, f"/customer/integrations/{index}")
    metadata = customer.get("metadata")
    for name, value in _object({} if metadata is None else metadata, "/customer/metadata").items():
        _text(value, f"/customer/metadata/{name}")
    kept = {name: customer[name] for name in Customer.__dataclass_fields__ if customer.get(name) is not None}
    return Customer(**kept)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _linked(item: Any, place: str) -> None:
    _check(_object(item, place), place, _LINKED_TEXTS)
    if "entity_type" in item:
        _one_of(item["entity_type"], f"{place}/entity_type", _ENTITIES)


def _check(value: dict[str, Any], place: str, texts: tuple[str, ...]) -> None:
    """What customers and integrations have in common: texts, a status, two times."""
    for name in texts:
        if name in value:
            _text(value[name], f"{place}/{name}")
    if "status" in value:
        _one_of(value["status"], f"{place}/status", _STATUSES)
    for name in ("created_at", "updated_at"):
        if name in value:
            _time(value[name], f"{place}/{name}")


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadWebhook(f"{place}: must be an object")
    return value


def _array(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadWebhook(f"{place}: must be an array")
    return value


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise BadWebhook(f"{place}: must be a string")
    return value


def _one_of(value: Any, place: str, members: tuple[str, ...]) -> None:
    if _text(value, place) not in members:
        raise BadWebhook(f"{place}: must be one of {', '.join(members)}")


def _time(value: Any, place: str) -> None:
    found = _TIME.fullmatch(_text(value, place))
    if found is None:
        raise BadWebhook(f"{place}: must be an RFC 3339 date-time")
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise BadWebhook(f"{place}: there is no such day") from error
