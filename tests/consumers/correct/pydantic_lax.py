"""Pydantic as most people write it: lax mode, every field optional, null as good as absent.

Its declared differences: null passes for any field, and a time may be anything that Pydantic reads as
one (a date, an epoch number, no zone). Times are checked and kept as they were sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from tests.consumers.correct._strict import EntityType, Status, events, loads

_DATETIME: TypeAdapter[datetime] = TypeAdapter(datetime)


def _readable(value: Any) -> Any:
    _DATETIME.validate_python(value)
    return value


def _known(value: Any) -> Any:
    if value not in events():
        raise ValueError("unknown event")
    return value


Time = Annotated[Any, BeforeValidator(_readable)]


class Record(BaseModel):
    model_config = ConfigDict(extra="allow")


class Integration(Record):
    created_at: Time | None = None
    created_by: str | None = None
    entity_id: str | None = None
    entity_type: EntityType | None = None
    environment_id: str | None = None
    id: str | None = None
    provider_entity_id: str | None = None
    provider_type: str | None = None
    status: Status | None = None
    tenant_id: str | None = None
    updated_at: Time | None = None
    updated_by: str | None = None


class Customer(Record):
    address_city: str | None = None
    address_country: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_postal_code: str | None = None
    address_state: str | None = None
    created_at: Time | None = None
    created_by: str | None = None
    email: str | None = None
    environment_id: str | None = None
    external_id: str | None = None
    id: str | None = None
    integrations: list[Integration] | None = None
    metadata: dict[str, str] | None = None
    name: str | None = None
    status: Status | None = None
    tenant_id: str | None = None
    updated_at: Time | None = None
    updated_by: str | None = None


class CustomerCreated(Record):
    event_type: Annotated[str, BeforeValidator(_known)] | None = None
    customer: Customer | None = None


def parse(body: bytes) -> CustomerCreated:
    """The model, or ``ValueError``."""
    return CustomerCreated.model_validate(loads(body))
