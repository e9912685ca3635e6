"""What a body must be: the published schema as strict Pydantic models.

Two choices are deliberate. A property may be absent but not null, so the defaults below are never validated
and the types are not optional. Times stay text: Pydantic's own ``datetime`` also takes Unix times, bare
dates and times without a zone, none of which the document allows.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


def _rfc3339(text: str) -> str:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("must be an RFC 3339 date-time")
    date(int(found[1]), int(found[2]), int(found[3]))  # raises ValueError where there is no such day
    return text


def _encoded(text: str) -> str:
    text.encode()  # raises ValueError where there is a lone surrogate: no database takes it
    return text


Text = Annotated[str, AfterValidator(_encoded)]
Time = Annotated[str, AfterValidator(_rfc3339)]
Status = Literal["published", "deleted", "archived"]
Entity = Literal[
    "customer", "plan", "invoice", "subscription", "payment",
    "credit_note", "addon", "item", "item_price", "price",
]  # fmt: skip
ABSENT: Any = None


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Integration(_Strict):
    id: Text = ABSENT
    entity_id: Text = ABSENT
    entity_type: Entity = ABSENT
    provider_entity_id: Text = ABSENT
    provider_type: Text = ABSENT
    status: Status = ABSENT
    tenant_id: Text = ABSENT
    environment_id: Text = ABSENT
    created_at: Time = ABSENT
    created_by: Text = ABSENT
    updated_at: Time = ABSENT
    updated_by: Text = ABSENT


class Customer(_Strict):
    id: Text = ABSENT
    external_id: Text = ABSENT
    name: Text = ABSENT
    email: Text = ABSENT
    address_line1: Text = ABSENT
    address_line2: Text = ABSENT
    address_city: Text = ABSENT
    address_state: Text = ABSENT
    address_postal_code: Text = ABSENT
    address_country: Text = ABSENT
    status: Status = ABSENT
    tenant_id: Text = ABSENT
    environment_id: Text = ABSENT
    created_at: Time = ABSENT
    created_by: Text = ABSENT
    updated_at: Time = ABSENT
    updated_by: Text = ABSENT
    integrations: list[Integration] = ABSENT
    metadata: dict[str, str] | None = None
    """The document says "object", the provider also sends null."""


class CustomerCreated(_Strict):
    event_type: str = "customer.created"
    customer: Customer = ABSENT


class BadBody(ValueError):
    """The body is not what the contract says; ``status`` is 400 for no JSON and 422 for another shape."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def parse(body: bytes) -> Any:
    """The JSON value of a body: UTF-8 without a byte order mark, no NaN, no infinities."""
    try:
        # Decoding here and not in json.loads, which takes encoded surrogates, UTF-16 and UTF-32 as well.
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadBody(400, "the body is no JSON") from error


def read(body: bytes) -> CustomerCreated | None:
    """The event; ``None`` for one that we do not handle. Raises :class:`BadBody`."""
    value = parse(body)
    if isinstance(value, dict) and value.get("event_type", "customer.created") != "customer.created":
        if isinstance(value["event_type"], str):
            return None
        raise BadBody(422, "/event_type: must be a string")
    try:
        return CustomerCreated.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise BadBody(422, f"/{place}: {first['type']}") from error
