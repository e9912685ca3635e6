"""A hand-written reader of customer.created: strict, lossless, nothing but the standard library.

Every step is a method, so that a variation of one step is a small subclass. What it returns is the
body as a tree of plain values, unknown properties included.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STATUSES = ("published", "deleted", "archived")
ENTITY_TYPES = (
    "customer",
    "plan",
    "invoice",
    "subscription",
    "payment",
    "credit_note",
    "addon",
    "item",
    "item_price",
    "price",
)
EVENTS = (
    "subscription.created",
    "subscription.draft.created",
    "subscription.activated",
    "subscription.updated",
    "subscription.paused",
    "subscription.cancelled",
    "subscription.resumed",
    "subscription.phase.created",
    "subscription.phase.updated",
    "subscription.phase.deleted",
    "feature.created",
    "feature.updated",
    "feature.deleted",
    "feature.wallet_balance.alert",
    "entitlement.created",
    "entitlement.updated",
    "entitlement.deleted",
    "wallet.created",
    "wallet.updated",
    "wallet.terminated",
    "wallet.transaction.created",
    "payment.created",
    "payment.updated",
    "payment.failed",
    "payment.success",
    "payment.pending",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "invoice.update.finalized",
    "invoice.update.payment",
    "invoice.update.voided",
    "invoice.update",
    "invoice.payment.overdue",
    "wallet.credit_balance.dropped",
    "wallet.credit_balance.recovered",
    "wallet.ongoing_balance.dropped",
    "wallet.ongoing_balance.recovered",
    "subscription.renewal.due",
    "invoice.communication.triggered",
    "credit_note.created",
    "credit_note.updated",
)

# Each field and the method of Parser that reads it.
EVENT_FIELDS = {"event_type": "event_type", "customer": "customer"}
CUSTOMER_FIELDS = {
    "address_city": "text",
    "address_country": "text",
    "address_line1": "text",
    "address_line2": "text",
    "address_postal_code": "text",
    "address_state": "text",
    "created_at": "time",
    "created_by": "text",
    "email": "text",
    "environment_id": "text",
    "external_id": "text",
    "id": "text",
    "integrations": "integrations",
    "metadata": "metadata",
    "name": "text",
    "status": "status",
    "tenant_id": "text",
    "updated_at": "time",
    "updated_by": "text",
}
INTEGRATION_FIELDS = {
    "created_at": "time",
    "created_by": "text",
    "entity_id": "text",
    "entity_type": "entity_type",
    "environment_id": "text",
    "id": "text",
    "provider_entity_id": "text",
    "provider_type": "text",
    "status": "status",
    "tenant_id": "text",
    "updated_at": "time",
    "updated_by": "text",
}

TIME = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[Tt]"
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<off_hour>\d\d):(?P<off_minute>\d\d))",
    re.ASCII,
)
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
INT_DIGITS = 4300  # what int() takes at most


class BadWebhook(ValueError):
    """The body is not a customer.created that we can take."""


class Parser:
    """Bytes to a checked tree of plain values; raises :class:`BadWebhook` and nothing else."""

    events: Iterable[str] = EVENTS
    statuses: Iterable[str] = STATUSES
    entity_types: Iterable[str] = ENTITY_TYPES

    def parse(self, body: bytes) -> Any:
        return self.event(self.load(self.decode(body)))

    # bytes to values

    def decode(self, body: bytes) -> str:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise BadWebhook("the body is not UTF-8") from exc

    def load(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=self.constant, parse_int=self.integer)
        except (ValueError, RecursionError) as exc:
            raise BadWebhook("the body is not JSON that we can read") from exc

    def constant(self, name: str) -> NoReturn:
        raise BadWebhook(f"{name} is not JSON")

    def integer(self, digits: str) -> int | float:
        return int(digits) if len(digits) <= INT_DIGITS else float(digits)

    # values to checked values; `at` is the place of the value

    def event(self, value: Any) -> Any:
        return self.record(value, EVENT_FIELDS, "")

    def customer(self, value: Any, at: str) -> Any:
        return self.record(value, CUSTOMER_FIELDS, at)

    def integrations(self, value: Any, at: str) -> Any:
        if not isinstance(value, list):
            raise BadWebhook(f"{at} is not an array")
        return [self.integration(item, f"{at}/{index}") for index, item in enumerate(value)]

    def integration(self, value: Any, at: str) -> Any:
        return self.record(value, INTEGRATION_FIELDS, at)

    def metadata(self, value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            raise BadWebhook(f"{at} is not an object")
        return {key: self.text(item, f"{at}/{key}") for key, item in value.items()}

    def record(self, value: Any, fields: Mapping[str, str], at: str) -> Any:
        if not isinstance(value, dict):
            raise BadWebhook(f"{at or 'the body'} is not an object")
        return {key: self.field(key, item, fields, at) for key, item in value.items()}

    def field(self, key: str, value: Any, fields: Mapping[str, str], at: str) -> Any:
        if key not in fields:
            return self.unknown(value, f"{at}/{key}")
        return getattr(self, fields[key])(value, f"{at}/{key}")

    def unknown(self, value: Any, at: str) -> Any:
        return value

    def text(self, value: Any, at: str) -> Any:
        if not isinstance(value, str):
            raise BadWebhook(f"{at} is not a string")
        return value

    def choice(self, value: Any, allowed: Iterable[str], at: str) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise BadWebhook(f"{at} is not one of the values that we know")
        return value

    def event_type(self, value: Any, at: str) -> Any:
        return self.choice(value, self.events, at)

    def status(self, value: Any, at: str) -> Any:
        return self.choice(value, self.statuses, at)

    def entity_type(self, value: Any, at: str) -> Any:
        return self.choice(value, self.entity_types, at)

    # RFC 3339

    def time(self, value: Any, at: str) -> Any:
        if not isinstance(value, str):
            raise BadWebhook(f"{at} is not a string")
        match = self.match_time(value)
        if match is None or not (self.is_date(match) and self.is_clock(match) and self.is_offset(match)):
            raise BadWebhook(f"{at} is not an RFC 3339 time")
        return value  # the text, not a datetime

    def match_time(self, value: str) -> re.Match[str] | None:
        return TIME.fullmatch(value)

    def is_date(self, match: re.Match[str]) -> bool:
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        return 1 <= month <= 12 and 1 <= day <= self.month_length(year, month)

    def month_length(self, year: int, month: int) -> int:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if month == 2 and leap else MONTH_DAYS[month - 1]

    def is_clock(self, match: re.Match[str]) -> bool:
        hour, minute, second = (int(match[part]) for part in ("hour", "minute", "second"))
        if second == 60:  # a leap second ends a day in UTC
            return (hour * 60 + minute - self.offset(match)) % 1440 == 1439 and hour <= 23 and minute <= 59
        return hour <= 23 and minute <= 59 and second <= 59

    def is_offset(self, match: re.Match[str]) -> bool:
        return match["sign"] is None or (int(match["off_hour"]) <= 23 and int(match["off_minute"]) <= 59)

    def offset(self, match: re.Match[str]) -> int:
        """Minutes east of UTC."""
        if match["sign"] is None:
            return 0
        minutes = int(match["off_hour"]) * 60 + int(match["off_minute"])
        return -minutes if match["sign"] == "-" else minutes


def parse(body: bytes) -> Any:
    """The body as plain values, or :class:`BadWebhook`."""
    return Parser().parse(body)
