"""What a body must be: ``schema.json`` put to the ``jsonschema`` library.

The library checks no formats unless it is told to, and its own ``date-time`` (of the ``[format]`` extra) takes
a line break at the end and refuses leap seconds. So the check is here.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator, FormatChecker

_FORMATS = FormatChecker(formats=())
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(text: object) -> bool:
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is not None:
        date(int(found[1]), int(found[2]), int(found[3]))  # raises ValueError where there is no such day
    return found is not None or not isinstance(text, str)


SCHEMA = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=_FORMATS)


class BadBody(ValueError):
    """The body is not what the contract says; ``status`` is 400 for no JSON and 422 for another shape."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def parse(body: bytes) -> Any:
    """The JSON value of a body: UTF-8 without a byte order mark, no NaN, no infinities."""
    try:
        # Decoding here and not in json.loads, which takes encoded surrogates, UTF-16 and UTF-32 as well.
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadBody(400, "the body is no JSON") from error


def read(body: bytes) -> dict[str, Any] | None:
    """The event; ``None`` for one that we do not handle. Raises :class:`BadBody`."""
    value = parse(body)
    name = value.get("event_type", "customer.created") if isinstance(value, dict) else None
    if isinstance(name, str) and name != "customer.created":
        return None
    broken = next(VALIDATOR.iter_errors(value), None)
    if broken is not None:
        place = "/".join(str(part) for part in broken.absolute_path)
        raise BadBody(422, f"/{place}: {broken.validator}")
    assert isinstance(value, dict)
    return value
