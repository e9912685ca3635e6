"""A consumer that needs four fields: the whole body is checked, a small frozen dataclass comes out."""

from __future__ import annotations

from dataclasses import dataclass

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import loads


class Refused(Exception):
    """The refusal."""


@dataclass(frozen=True, slots=True)
class Signup:
    """Who signed up; what was not sent is empty."""

    id: str = ""
    external_id: str = ""
    name: str = ""
    email: str = ""


def parse(body: bytes) -> Signup:
    """The signup, or :class:`Refused`."""
    try:
        value = loads(body)
    except ValueError as exc:
        raise Refused("not JSON") from exc
    if not dict_passer.BODY(value):
        raise Refused("not a customer.created")
    customer = value.get("customer", {})
    return Signup(**{key: customer.get(key, "") for key in ("id", "external_id", "name", "email")})
