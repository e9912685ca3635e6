"""jsonschema-rs: the published schema, compiled once; the dict is the value."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from tests.consumers.correct._strict import contract, loads

_VALIDATOR = jsonschema_rs.Draft202012Validator(contract(), validate_formats=True)


def parse(body: bytes) -> Any:
    """The decoded body; ``jsonschema_rs.ValidationError`` or ``ValueError`` else."""
    value = loads(body)
    _VALIDATOR.validate(value)
    return value
