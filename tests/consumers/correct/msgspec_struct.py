"""msgspec: one decoder, structs whose absent fields are UNSET."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from tests.consumers.correct._strict import EntityType, Status, events, rfc3339


class BadWebhook(Exception):
    """Our one refusal; not a ValueError."""


class Integration(msgspec.Struct):
    created_at: str | UnsetType = UNSET
    created_by: str | UnsetType = UNSET
    entity_id: str | UnsetType = UNSET
    entity_type: EntityType | UnsetType = UNSET
    environment_id: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    provider_entity_id: str | UnsetType = UNSET
    provider_type: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    tenant_id: str | UnsetType = UNSET
    updated_at: str | UnsetType = UNSET
    updated_by: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_times(self.created_at, self.updated_at)


class Customer(msgspec.Struct):
    address_city: str | UnsetType = UNSET
    address_country: str | UnsetType = UNSET
    address_line1: str | UnsetType = UNSET
    address_line2: str | UnsetType = UNSET
    address_postal_code: str | UnsetType = UNSET
    address_state: str | UnsetType = UNSET
    created_at: str | UnsetType = UNSET
    created_by: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    environment_id: str | UnsetType = UNSET
    external_id: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    integrations: list[Integration] | UnsetType = UNSET
    metadata: dict[str, str] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    tenant_id: str | UnsetType = UNSET
    updated_at: str | UnsetType = UNSET
    updated_by: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_times(self.created_at, self.updated_at)


class CustomerCreated(msgspec.Struct):
    event_type: str | UnsetType = UNSET
    customer: Customer | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.event_type is not UNSET and self.event_type not in events():
            raise ValueError("unknown event")


def _check_times(*times: str | UnsetType) -> None:
    for time in times:
        if isinstance(time, str):
            rfc3339(time)


_DECODER = msgspec.json.Decoder(CustomerCreated)


def parse(body: bytes) -> CustomerCreated:
    """The struct, or :class:`BadWebhook`."""
    try:
        # msgspec does not look into strings that it skips: decode the whole first
        return _DECODER.decode(body.decode("utf-8"))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise BadWebhook("not a customer.created") from exc
