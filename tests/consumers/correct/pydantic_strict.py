"""Pydantic, strict: models with no coercion, times kept as the text that was sent.

Defaults are not validated, so an absent field comes out as None and a null is refused.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import from_json

from tests.consumers.correct._strict import EntityType, Status, events, rfc3339

Time = Annotated[str, AfterValidator(rfc3339)]


def _known(value: Any) -> Any:
    if value not in events():
        raise ValueError("unknown event")
    return value


def absent() -> Any:
    """None without a None in the type: a null that was sent is refused."""
    return Field(default=None)


class Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Integration(Record):
    created_at: Time = absent()
    created_by: str = ""
    entity_id: str = ""
    entity_type: EntityType = absent()
    environment_id: str = ""
    id: str = ""
    provider_entity_id: str = ""
    provider_type: str = ""
    status: Status = absent()
    tenant_id: str = ""
    updated_at: Time = absent()
    updated_by: str = ""


class Customer(Record):
    address_city: str = ""
    address_country: str = ""
    address_line1: str = ""
    address_line2: str = ""
    address_postal_code: str = ""
    address_state: str = ""
    created_at: Time = absent()
    created_by: str = ""
    email: str = ""
    environment_id: str = ""
    external_id: str = ""
    id: str = ""
    integrations: list[Integration] = []
    metadata: dict[str, str] = {}
    name: str = ""
    status: Status = absent()
    tenant_id: str = ""
    updated_at: Time = absent()
    updated_by: str = ""


class CustomerCreated(Record):
    event_type: Annotated[str, BeforeValidator(_known)] = ""
    customer: Customer = absent()


def parse(body: bytes) -> CustomerCreated:
    """The model, or ``ValueError`` (Pydantic's own is one)."""
    return CustomerCreated.model_validate(
        from_json(body, allow_inf_nan=False)
    )  # model_validate_json takes NaN
