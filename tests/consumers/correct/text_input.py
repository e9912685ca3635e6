"""A framework has already decoded the body: takes ``str``; lines of ``if`` and a TypedDict out."""

from __future__ import annotations

from typing import Any, TypedDict

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import loads


class Address(TypedDict, total=False):
    address_line1: str
    address_line2: str
    address_city: str
    address_state: str
    address_postal_code: str
    address_country: str


class Welcome(TypedDict, total=False):
    event_type: str
    customer: Address


def parse(text: str) -> Welcome:
    """The address, under the names that it was sent with, or ``ValueError``."""
    value: Any = loads(text)
    if not dict_passer.BODY(value):
        raise ValueError("not a customer.created")
    result = Welcome()
    if "event_type" in value:
        result["event_type"] = value["event_type"]
    if "customer" in value:
        names = Address.__annotations__
        result["customer"] = Address(**{key: item for key, item in value["customer"].items() if key in names})  # type: ignore[typeddict-item]
    return result
