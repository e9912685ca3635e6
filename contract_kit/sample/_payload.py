"""What the sample receiver asks of a ``customer.created`` body: the published document, written out by hand.

The document says ``metadata`` is an object, and the provider has been seen to send ``null``. The sample keeps
to the document; a receiver of your own should rather take both.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from contract_kit.sample._faults import Fault
from contract_kit.sample._verify import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    Check = Callable[[Any, str], None]

__all__ = ["EVENTS", "Payload"]

EVENTS = frozenset(
    {
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
    }
)
_STATUSES = frozenset({"published", "deleted", "archived"})
_ENTITIES = frozenset(
    {
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
    }
)
_INTEGRATION_TEXTS = (
    "id",
    "entity_id",
    "provider_entity_id",
    "provider_type",
    "created_by",
    "updated_by",
    "tenant_id",
    "environment_id",
)
_CUSTOMER_TEXTS = (
    "id",
    "external_id",
    "name",
    "email",
    "address_line1",
    "address_line2",
    "address_city",
    "address_state",
    "address_postal_code",
    "address_country",
    "created_by",
    "updated_by",
    "tenant_id",
    "environment_id",
)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\.[0-9]+)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Payload:
    """Reads and checks bodies; the faults are those of :class:`Fault` that are about the body."""

    def __init__(self, faults: AbstractSet[Fault]) -> None:
        self._faults = faults
        integration: dict[str, Check] = dict.fromkeys(_INTEGRATION_TEXTS, _string)
        integration |= {
            "entity_type": _one_of(_ENTITIES),
            "status": _one_of(_STATUSES),
            "created_at": self._time,
            "updated_at": self._time,
        }
        customer: dict[str, Check] = dict.fromkeys(_CUSTOMER_TEXTS, _string)
        customer |= {
            "status": self._status,
            "created_at": self._created,
            "updated_at": self._updated,
            "metadata": _strings,
            "integrations": _each(_object(integration)),
        }
        self._whole = _object({"event_type": _one_of(EVENTS), "customer": _object(customer)})

    def read(self, body: bytes) -> dict[str, Any]:
        """The payload in a body: :class:`Refused` with 400 for no JSON, with 422 for no payload."""
        try:
            value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Refused(400, "the body is not JSON") from None
        self._whole(value, "")
        found: dict[str, Any] = value
        return found

    def _status(self, value: Any, at: str) -> None:
        if Fault.STATUS_ANY_CASE in self._faults and isinstance(value, str):
            value = value.lower()
        _one_of(_STATUSES)(value, at)

    def _created(self, value: Any, at: str) -> None:
        self._time(value, at)
        if Fault.FRACTION_NEEDED in self._faults and "." not in value:
            raise Refused(422, f"{at} is no time")

    def _updated(self, value: Any, at: str) -> None:
        self._time(value, at, any_day=Fault.NO_SUCH_DAY in self._faults)

    def _time(self, value: Any, at: str, *, any_day: bool = False) -> None:
        """RFC 3339, section 5.6; a second 60 only where the day ends in UTC."""
        _string(value, at)
        found = _TIME.fullmatch(value)
        if found is None:
            raise Refused(422, f"{at} is no time")
        year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        last = 28 if month == 2 and not leap else _DAYS[month - 1] if 1 <= month <= 12 else 0
        if not 1 <= day <= (31 if any_day and last else last):
            raise Refused(422, f"{at} is no day")
        if found[6] == "60":
            offset = int(f"{found[8]}{int(found[9]) * 60 + int(found[10])}") if found[8] else 0
            if (hour * 60 + minute - offset) % 1440 != 1439:
                raise Refused(422, f"{at} is no second")


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _string(value: Any, at: str) -> None:
    if not isinstance(value, str):
        raise Refused(422, f"{at} is no text")


def _one_of(names: frozenset[str]) -> Check:
    def check(value: Any, at: str) -> None:
        _string(value, at)
        if value not in names:
            raise Refused(422, f"{at} is none of the names that there are")

    return check


def _strings(value: Any, at: str) -> None:
    if not isinstance(value, dict):
        raise Refused(422, f"{at} is no object")
    for item in value.values():
        _string(item, f"a value of {at}")


def _each(check: Check) -> Check:
    def every(value: Any, at: str) -> None:
        if not isinstance(value, list):
            raise Refused(422, f"{at} is no array")
        for number, item in enumerate(value):
            check(item, f"{at}/{number}")

    return every


def _object(checks: Mapping[str, Check]) -> Check:
    """Each property by its check where it is there; nothing is required, the unknown is passed over."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise Refused(422, f"{at or 'the body'} is no object")
        for name, item in value.items():
            if name in checks:
                checks[name](item, f"{at}/{name}")

    return check
