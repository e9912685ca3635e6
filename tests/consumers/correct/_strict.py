"""What the consumers here share where their library is too lenient: strict JSON, RFC 3339 and the lists of names.

Written apart from ``handwritten`` on purpose, so that the two check each other.
"""

from __future__ import annotations

import calendar
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

STRINGS = (
    "address_city",
    "address_country",
    "address_line1",
    "address_line2",
    "address_postal_code",
    "address_state",
    "created_by",
    "email",
    "environment_id",
    "external_id",
    "id",
    "name",
    "tenant_id",
    "updated_by",
)
TIMES = ("created_at", "updated_at")
INTEGRATION_STRINGS = (
    "created_by",
    "entity_id",
    "environment_id",
    "id",
    "provider_entity_id",
    "provider_type",
    "tenant_id",
    "updated_by",
)
Status = Literal["published", "deleted", "archived"]
EntityType = Literal[
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
]
_DAY = r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?"
_ZONE = r"(?:z|([+-])([01]\d|2[0-3]):([0-5]\d))"
_TIME = re.compile(f"{_DAY}t{_CLOCK}{_ZONE}", re.ASCII | re.IGNORECASE)


@cache
def contract() -> Any:
    """The published schema of the body, as JSON Schema 2020-12."""
    return json.loads((Path(__file__).parents[1] / "contract.json").read_text(encoding="utf-8"))


def events() -> tuple[str, ...]:
    """The event names of the published schema."""
    return tuple(contract()["$defs"]["types.WebhookEventName"]["enum"])


def loads(body: bytes | str) -> Any:
    """Strict JSON text to values; ``ValueError`` for anything else."""
    text = body.decode("utf-8") if isinstance(body, bytes) else body
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=_integer)
    except RecursionError as exc:
        raise ValueError("nested too deep") from exc


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 4000 else float(digits)


def is_rfc3339(value: str) -> bool:
    """Whether this is a date-time of RFC 3339, leap seconds included."""
    match = _TIME.fullmatch(value)
    if match is None:
        return False
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    # calendar has no year 0; the year 2000 has the same days
    if day > calendar.monthrange(year or 2000, month)[1]:
        return False
    if second < 60:
        return True
    sign, off_hour, off_minute = match.groups()[6:]
    east = (int(off_hour) * 60 + int(off_minute)) * (-1 if sign == "-" else 1) if sign else 0
    return (hour * 60 + minute - east) % (24 * 60) == 24 * 60 - 1


def rfc3339(value: str) -> str:
    """The text itself, or ``ValueError``."""
    if not is_rfc3339(value):
        raise ValueError("not an RFC 3339 time")
    return value
