"""jsonschema: the published schema is the validator, the dict is the value.

``jsonschema[format]`` lets a line break pass after a time and knows neither leap seconds nor the year 0,
so the time is checked by a checker of our own.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.consumers.correct._strict import contract, is_rfc3339, loads

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _date_time(value: object) -> bool:
    return not isinstance(value, str) or is_rfc3339(value)


_VALIDATOR = Draft202012Validator(contract(), format_checker=_FORMATS)


def parse(body: bytes) -> Any:
    """The decoded body, or ``ValueError``."""
    value = loads(body)
    try:
        sound = _VALIDATOR.is_valid(value)
    except RecursionError as exc:  # its message holds the repr of what is wrong
        raise ValueError("nested too deep") from exc
    if not sound:
        raise ValueError("not a customer.created")
    return value
