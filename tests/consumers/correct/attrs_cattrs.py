"""attrs classes structured by cattrs, with hooks that refuse where cattrs would coerce."""

from __future__ import annotations

from typing import Any, NewType

import attrs
import cattrs

from tests.consumers.correct._strict import events, is_rfc3339, loads

Time = NewType("Time", str)
Status = NewType("Status", str)
EntityType = NewType("EntityType", str)
EventType = NewType("EventType", str)


class NotACustomer(Exception):
    """The refusal."""


@attrs.frozen
class Integration:
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


@attrs.frozen
class Customer:
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


@attrs.frozen
class CustomerCreated:
    event_type: EventType | None = None
    customer: Customer | None = None


def _string(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _member(*members: str) -> Any:
    def check(value: Any, _: Any) -> str:
        if not isinstance(value, str) or value not in members:
            raise ValueError("not one of its values")
        return value

    return check


def _time(value: Any, _: Any) -> str:
    if not isinstance(value, str) or not is_rfc3339(value):
        raise ValueError("not a time")
    return value


def _optional(kind: Any, converter: cattrs.Converter) -> Any:
    # a field that is there has a value: null is no stand-in for absent
    return lambda value, _: converter.structure(value, kind)


def _list(value: Any, _: Any) -> list[Integration]:
    if not isinstance(value, list):
        raise TypeError("not an array")
    return [_CONVERTER.structure(item, Integration) for item in value]


def _map(value: Any, _: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return {key: _string(item, str) for key, item in value.items()}


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    converter.register_structure_hook(str, _string)
    converter.register_structure_hook(Time, _time)
    converter.register_structure_hook(Status, _member("published", "deleted", "archived"))
    kinds = "customer plan invoice subscription payment credit_note addon item item_price price"
    converter.register_structure_hook(EntityType, _member(*kinds.split()))
    converter.register_structure_hook(EventType, _member(*events()))
    for kind in (str, Time, Status, EntityType, EventType):
        converter.register_structure_hook(kind | None, _optional(kind, converter))
    converter.register_structure_hook(list[Integration] | None, _list)
    converter.register_structure_hook(dict[str, str] | None, _map)
    _register_record(converter, Integration)
    _register_record(converter, Customer)
    converter.register_structure_hook(Customer | None, _optional(Customer, converter))
    return converter


def _register_record(converter: cattrs.Converter, kind: type[Any]) -> None:
    make = cattrs.gen.make_dict_structure_fn(kind, converter)

    def structure(value: Any, target: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError("not an object")
        return make(value, target)

    converter.register_structure_hook(kind, structure)


_CONVERTER = _converter()


def parse(body: bytes) -> CustomerCreated:
    """The attrs instance, or :class:`NotACustomer`."""
    try:
        value = loads(body)
        if not isinstance(value, dict):
            raise TypeError("not an object")
        return _CONVERTER.structure(value, CustomerCreated)
    except (ValueError, TypeError, cattrs.BaseValidationError) as exc:
        raise NotACustomer("not a customer.created") from exc
