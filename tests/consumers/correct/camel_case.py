"""A gateway to a JavaScript front end: the same values under camelCase names, metadata keys untouched."""

from __future__ import annotations

import re
from typing import Any

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import INTEGRATION_STRINGS, STRINGS, TIMES, loads

_CUSTOMER = (*STRINGS, *TIMES, "status", "metadata")
_INTEGRATION = (*INTEGRATION_STRINGS, *TIMES, "status", "entity_type")


def camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _pick(record: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {camel(name): record[name] for name in names if name in record}


def parse(body: bytes) -> dict[str, Any]:
    """``{"eventType": …, "customer": {"addressCity": …}}``, or ``ValueError``."""
    value = loads(body)
    if not dict_passer.BODY(value):
        raise ValueError("not a customer.created")
    result = _pick(value, ("event_type",))
    if "customer" in value:
        customer = value["customer"]
        result["customer"] = _pick(customer, _CUSTOMER)
        if "integrations" in customer:
            result["customer"]["integrations"] = [
                _pick(item, _INTEGRATION) for item in customer["integrations"]
            ]
    return result
