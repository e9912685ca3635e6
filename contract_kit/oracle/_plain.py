r"""The plain tree: what a consumer's value becomes, and what the oracle compares.

It holds ``dict`` (keys are ``str``), ``list``, ``str``, ``int``, ``float``, ``bool`` and ``None``, all of
exactly these types, and two kinds of tuple:

``("\0leaf", kind, text)``
    a value that JSON has no type for. Kinds: ``datetime`` (ISO 8601 with every digit; no offset means naive),
    ``date``, ``time``, ``timedelta`` (seconds), ``decimal``, ``uuid``, ``bytes`` (as UTF-8, other bytes as
    lone surrogates), ``enum`` (the member's name, where its value is no text), ``text`` (addresses, paths,
    URLs, zones), and those that say nothing of the value: ``opaque`` (the type's name), ``cycle``, ``deep``,
    ``more``.
``("\0set", [item, …])``
    a set: items without an order.

``marshal.dumps`` takes it as it is.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeAlias

Plain: TypeAlias = Any
LEAF = "\0leaf"
SET = "\0set"
_SECOND = 1_000_000_000


def leaf(kind: str, text: str) -> tuple[str, str, str]:
    """A value that JSON has no type for."""
    return (LEAF, kind, text)


def leaf_kind(plain: Plain) -> str | None:
    """The kind of a leaf, ``"set"`` for a set, ``None`` for whatever JSON knows."""
    if type(plain) is tuple:
        return str(plain[1]) if plain[0] == LEAF else "set"
    return None


def nanoseconds(value: Any) -> int | None:
    """The nanoseconds that a time type with more digits than ``datetime`` counts."""
    for name in ("nanosecond", "nanoseconds", "nanos"):
        found = getattr(value, name, None)
        if isinstance(found, int) and 0 <= found < _SECOND:
            return int(found)
    return None


def with_nanoseconds(text: str, micro: int, nano: int | None) -> str:
    """ISO text with the digits that ``datetime`` has no room for.

    A type counts either the nanoseconds beyond the microsecond (pandas) or those of the second (whenever).
    """
    if not nano:
        return text
    if nano < 1_000:
        nano += micro * 1_000
    if nano // 1_000 != micro:
        return text
    date, _, clock = text.partition("T")
    return f"{date}T{clock[:8]}.{nano:09d}{clock[8:].lstrip('.0123456789')}"


def attributes_of(value: Any) -> dict[str, Any] | None:
    """An object's public data: instance attributes and slots, else its properties, else ``None``."""
    found: dict[str, Any] = {}
    state = getattr(value, "__dict__", None)
    if isinstance(state, dict):
        found.update((k, v) for k, v in dict.items(state) if type(k) is str and k[:1] != "_")
    for name in _slots(type(value)):
        _read(value, name, found)
    if found:
        return found
    for name in _properties(type(value)):
        _read(value, name, found)
    return found or None


def _read(value: Any, name: str, into: dict[str, Any]) -> None:
    with suppress(Exception):  # a slot never filled, a property that raises: nothing came out
        into[name] = getattr(value, name)


def _slots(kind: type) -> list[str]:
    names: list[str] = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        names.extend((slots,) if isinstance(slots, str) else slots)
    return [name for name in names if not name.startswith("_")]


def _properties(kind: type) -> list[str]:
    return [
        name
        for base in reversed(kind.__mro__)
        for name, member in base.__dict__.items()
        if isinstance(member, property) and not name.startswith("_")
    ]


def wire_name(info: Any) -> str | None:
    """The name that a Pydantic field has on the wire, where it says one."""
    wire = getattr(info, "validation_alias", None)
    choices = getattr(wire, "choices", None)
    if choices:
        wire = next((choice for choice in choices if isinstance(choice, str)), None)
    if not isinstance(wire, str):
        wire = getattr(info, "alias", None)
    return wire if isinstance(wire, str) else None
