"""marshmallow: three schemas, unknown fields left out."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from tests.consumers.correct._strict import (
    INTEGRATION_STRINGS,
    STRINGS,
    TIMES,
    EntityType,
    events,
    is_rfc3339,
    loads,
)

_STATUS = validate.OneOf(("published", "deleted", "archived"))
_ENTITY = validate.OneOf(get_args(EntityType))


def _time(value: str) -> None:
    if not is_rfc3339(value):
        raise ValidationError("Not a valid time.")


def _fields(strings: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields.String() for name in strings} | {
        name: fields.String(validate=_time) for name in TIMES
    }


_Integration = Schema.from_dict(
    {
        **_fields(INTEGRATION_STRINGS),
        "entity_type": fields.String(validate=_ENTITY),
        "status": fields.String(validate=_STATUS),
    },
    name="Integration",
)
_Customer = Schema.from_dict(
    {
        **_fields(STRINGS),
        "status": fields.String(validate=_STATUS),
        "metadata": fields.Dict(keys=fields.String(), values=fields.String()),
        "integrations": fields.List(fields.Nested(_Integration(unknown=EXCLUDE))),
    },
    name="Customer",
)
_CustomerCreated = Schema.from_dict(
    {
        "event_type": fields.String(validate=validate.OneOf(events())),
        "customer": fields.Nested(_Customer(unknown=EXCLUDE)),
    },
    name="CustomerCreated",
)
_SCHEMA = _CustomerCreated(unknown=EXCLUDE)


def parse(body: bytes) -> Any:
    """A dict of the known fields; ``ValueError`` or marshmallow's ``ValidationError`` else."""
    return _SCHEMA.load(loads(body))
