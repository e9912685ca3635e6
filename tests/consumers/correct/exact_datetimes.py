"""Times become datetimes where a datetime holds them to the last digit, and stay text where it does not.

A datetime has six fraction digits, the years 1 to 9999 and no leap second; a body may hold more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import INTEGRATION_STRINGS, STRINGS, loads


def moment(text: str | None) -> datetime | str | None:
    if text is None:
        return None
    fraction = text[19:].lower().partition(".")[2].rstrip("z").partition("+")[0].partition("-")[0]
    if len(fraction.rstrip("0")) > 6:
        return text
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return text  # a leap second


class Integration:
    """Plain attributes, named like the fields."""

    def __init__(self, record: dict[str, Any]) -> None:
        for name in (*INTEGRATION_STRINGS, "entity_type", "status"):
            setattr(self, name, record.get(name))
        self.created_at = moment(record.get("created_at"))
        self.updated_at = moment(record.get("updated_at"))


class Customer:
    """Plain attributes, named like the fields."""

    def __init__(self, record: dict[str, Any]) -> None:
        for name in (*STRINGS, "status"):
            setattr(self, name, record.get(name))
        self.metadata = dict(record.get("metadata", {}))
        self.created_at = moment(record.get("created_at"))
        self.updated_at = moment(record.get("updated_at"))
        self.integrations = [Integration(item) for item in record.get("integrations", [])]


@dataclass
class Event:
    event_type: str | None
    customer: Customer | None


def parse(body: bytes) -> Event:
    """An event of plain objects, or ``ValueError``."""
    value = loads(body)
    if not dict_passer.BODY(value):
        raise ValueError("not a customer.created")
    customer = Customer(value["customer"]) if "customer" in value else None
    return Event(value.get("event_type"), customer)
