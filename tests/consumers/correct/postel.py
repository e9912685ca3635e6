"""A tolerant reader: takes what it understands, leaves out the rest; lawful under policy ``tolerant``.

It refuses what is not JSON, and bodies without an object at the root. A field of another type is left
out; an unknown status is kept as it was sent.
"""

from __future__ import annotations

from typing import Any

from tests.consumers.correct._strict import loads


def parse(body: bytes) -> dict[str, Any]:
    """A small nested dict of what was understood, or ``ValueError``."""
    value = loads(body)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    result = _texts(value, "event_type")
    customer = value.get("customer")
    if isinstance(customer, dict):
        result["customer"] = _texts(customer, "id", "name", "email", "status", "created_at")
        metadata = customer.get("metadata")
        if isinstance(metadata, dict) and all(isinstance(item, str) for item in metadata.values()):
            result["customer"]["metadata"] = metadata
    return result


def _texts(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names if isinstance(record.get(name), str)}
