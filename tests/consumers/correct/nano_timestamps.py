"""Times become a datetime with nanoseconds beside the microseconds, as pandas' Timestamp has them.

What such a timestamp cannot hold (a leap second, the year 0, a tenth digit) is refused: this provider
sends none of them, so the policy is ``provider``.
"""

from __future__ import annotations

import re
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import TIMES, loads


class Timestamp(datetime):
    """A datetime; ``nanosecond`` is what comes after the microseconds, 0 to 999."""

    nanosecond: int = 0

    @classmethod
    def read(cls, text: str) -> Timestamp:
        whole, digits, zone = re.fullmatch(r"(.{19})(?:\.(\d+))?(.*)", text.upper()).groups()  # type: ignore[union-attr]
        digits = digits or ""
        if len(digits) > 9:
            raise ValueError("finer than a nanosecond")
        result = cls.fromisoformat(f"{whole}.{digits[:6]:0<6}{zone}")
        result.nanosecond = int(f"{digits[6:]:0<3}")
        return result

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        text = super().isoformat(sep, "microseconds")
        return f"{text[:26]}{self.nanosecond:03d}{text[26:]}"

    __str__ = isoformat


def parse(body: bytes) -> SimpleNamespace:
    """``event_type`` and ``customer`` as namespaces, or ``ValueError``."""
    value = loads(body)
    if not dict_passer.BODY(value):
        raise ValueError("not a customer.created")
    result = SimpleNamespace(event_type=value.get("event_type"), customer=None)
    if "customer" in value:
        result.customer = _namespace(value["customer"])
        result.customer.integrations = [
            _namespace(item) for item in value["customer"].get("integrations", [])
        ]
    return result


def _namespace(record: dict[str, Any]) -> SimpleNamespace:
    names = ("id", "external_id", "name", "email", "status", "entity_type", "provider_type")
    result = SimpleNamespace(**{name: record[name] for name in names if isinstance(record.get(name), str)})
    for name in TIMES:
        if name in record:
            setattr(result, name, Timestamp.read(record[name]))
    return result
