"""A framework has already read the JSON: takes the value, checks it with ``match``, returns tuples inside.

Named tuples of what a mailing list wants; the metadata stays a map.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.consumers.correct import dict_passer


class Subscriber(NamedTuple):
    email: str | None
    name: str | None
    metadata: dict[str, str] | None
    created_at: str | None


class Refused(Exception):
    """The refusal."""


def parse(value: Any) -> Subscriber | None:
    """A subscriber; ``None`` where there is no customer; :class:`Refused` for anything unsound."""
    if not dict_passer.BODY(value):
        raise Refused("not a customer.created")
    match value:
        case {"customer": {} as customer}:
            return Subscriber(*(customer.get(name) for name in Subscriber._fields))
        case _:
            return None
