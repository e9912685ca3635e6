"""What a body must be: the published schema, checked by hand.

A property may be absent but not null; ``metadata`` may be null as well, for the provider sends that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any, NoReturn

Check = Callable[[Any, str], None]
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


class BadBody(ValueError):
    """The body is not what the contract says; ``status`` is 400 for no JSON and 422 for another shape."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def text(value: Any, place: str) -> None:
    if not isinstance(value, str):
        raise BadBody(422, f"{place}: must be a string")
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate: no database takes it
        raise BadBody(422, f"{place}: is no text") from None


def time(value: Any, place: str) -> None:
    text(value, place)
    found = _TIME.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise BadBody(422, f"{place}: must be an RFC 3339 date-time") from None


def one_of(*members: str) -> Check:
    def check(value: Any, place: str) -> None:
        if not isinstance(value, str) or value not in members:
            raise BadBody(422, f"{place}: must be one of {', '.join(members)}")

    return check


def table(**properties: Check) -> Check:
    """An object with these properties, each of which may be absent; others are passed over."""

    def check(value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise BadBody(422, f"{place}: must be an object")
        for name, inner in properties.items():
            if name in value:
                inner(value[name], f"{place}/{name}")

    return check


def array(item: Check) -> Check:
    def check(value: Any, place: str) -> None:
        if not isinstance(value, list):
            raise BadBody(422, f"{place}: must be an array")
        for index, one in enumerate(value):
            item(one, f"{place}/{index}")

    return check


def metadata(value: Any, place: str) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise BadBody(422, f"{place}: must be an object or null")
    for name, one in value.items():
        text(one, f"{place}/{name}")


STATUS = one_of("published", "deleted", "archived")
ENTITY = one_of(
    "customer", "plan", "invoice", "subscription", "payment",
    "credit_note", "addon", "item", "item_price", "price",
)  # fmt: skip
INTEGRATION = table(
    id=text, entity_id=text, entity_type=ENTITY, provider_entity_id=text, provider_type=text, status=STATUS,
    tenant_id=text, environment_id=text, created_at=time, created_by=text, updated_at=time, updated_by=text,
)  # fmt: skip
CUSTOMER = table(
    id=text, external_id=text, name=text, email=text, address_line1=text, address_line2=text,
    address_city=text, address_state=text, address_postal_code=text, address_country=text, status=STATUS,
    tenant_id=text, environment_id=text, created_at=time, created_by=text, updated_at=time, updated_by=text,
    integrations=array(INTEGRATION), metadata=metadata,
)  # fmt: skip
EVENT = table(event_type=text, customer=CUSTOMER)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def parse(body: bytes) -> Any:
    """The JSON value of a body: UTF-8 without a byte order mark, no NaN, no infinities."""
    try:
        # Decoding here and not in json.loads, which takes encoded surrogates, UTF-16 and UTF-32 as well.
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadBody(400, "the body is no JSON") from error


def read(body: bytes) -> dict[str, Any] | None:
    """The event; ``None`` for one that we do not handle. Raises :class:`BadBody`."""
    value = parse(body)
    name = value.get("event_type", "customer.created") if isinstance(value, dict) else None
    if isinstance(name, str) and name != "customer.created":
        return None
    EVENT(value, "")
    return value
