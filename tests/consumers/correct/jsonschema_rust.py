"""jsonschema-rs: the published schema, compiled once; the dict is the value.

Its own ``date-time`` (0.60) takes a minus or other signs for a digit (``2023-01-29T12:0-:59Z``), so the format is ours.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from tests.consumers.correct._strict import contract, is_rfc3339, loads

_VALIDATOR = jsonschema_rs.Draft202012Validator(
    contract(), validate_formats=True, formats={"date-time": is_rfc3339}
)


def parse(body: bytes) -> Any:
    """The decoded body; ``jsonschema_rs.ValidationError`` or ``ValueError`` else."""
    value = loads(body)
    _VALIDATOR.validate(value)
    return value
