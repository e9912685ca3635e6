"""json and a table: the body is checked against a nested table of rules, and passed on untouched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from tests.consumers.correct._strict import (
    INTEGRATION_STRINGS,
    STRINGS,
    TIMES,
    EntityType,
    events,
    is_rfc3339,
    loads,
)

Rule = Callable[[Any], bool]


def string(value: Any) -> bool:
    return isinstance(value, str)


def time(value: Any) -> bool:
    return isinstance(value, str) and is_rfc3339(value)


def one_of(*members: str) -> Rule:
    return lambda value: isinstance(value, str) and value in members


def table(rules: dict[str, Rule]) -> Rule:
    def check(value: Any) -> bool:
        return isinstance(value, dict) and all(
            rule(value[key]) for key, rule in rules.items() if key in value
        )

    return check


def each(rule: Rule) -> Rule:
    return lambda value: isinstance(value, list) and all(map(rule, value))


def mapping(rule: Rule) -> Rule:
    return lambda value: isinstance(value, dict) and all(map(rule, value.values()))


STATUS = one_of("published", "deleted", "archived")
ENTITY = one_of(*get_args(EntityType))
INTEGRATION = table(
    {
        **dict.fromkeys(INTEGRATION_STRINGS, string),
        **dict.fromkeys(TIMES, time),
        "entity_type": ENTITY,
        "status": STATUS,
    }
)
CUSTOMER = table(
    {
        **dict.fromkeys(STRINGS, string),
        **dict.fromkeys(TIMES, time),
        "status": STATUS,
        "metadata": mapping(string),
        "integrations": each(INTEGRATION),
    }
)
BODY = table({"event_type": one_of(*events()), "customer": CUSTOMER})


def parse(body: bytes) -> Any:
    """What ``json.loads`` gave, or ``ValueError``."""
    value = loads(body)
    if not BODY(value):
        raise ValueError("not a customer.created")
    return value
