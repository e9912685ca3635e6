"""How the value of each key is read; what it should have been is said where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast, get_args

from contract_kit.errors import UsageError
from contract_kit.model import KINDS, POLICIES, TARGET_KINDS, InputKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.model import Headers, Kind

__all__ = [
    "INPUTS",
    "MEANINGS",
    "READERS",
    "SIGNS",
    "Wrong",
    "header_of",
    "kinds_of",
    "one_of",
    "shown",
    "string",
    "strings",
]

INPUTS: tuple[str, ...] = get_args(InputKind)
SIGNS = ("svix", "webhook", "none")


class Wrong(ValueError):
    """What a value should have been."""


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def string(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(f"expected a string, got {shown(value)}")
    return value


def strings(value: Any) -> tuple[str, ...]:
    """A list of strings, or one string that stands for a list of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise Wrong(f"expected a list of strings, got {shown(value)}")
    return tuple(items)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"expected true or false, got {shown(value)}")
    return value


def _integer(least: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise Wrong(f"expected a whole number of at least {least}, got {shown(value)}")
        return value

    return read


def _positive(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise Wrong(f"expected a number above 0, got {shown(value)}")
    return float(value)


def one_of(known: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise Wrong(f"expected one of {', '.join(known)}, got {shown(value)}")
        return str(value)

    return read


def _kinds(value: Any) -> tuple[Kind, ...]:
    try:
        return kinds_of(",".join(strings(value)))
    except UsageError as error:
        raise Wrong(str(error)) from None


def _headers(value: Any) -> Headers:
    """A list of ``K: V`` lines, or a table."""
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return tuple(value.items())
    try:
        return tuple(header_of(line) for line in strings(value))
    except UsageError as error:
        raise Wrong(str(error)) from None


def _expression(value: Any) -> str:
    try:
        re.compile(string(value))
    except re.error as error:
        raise Wrong(f"expected a regular expression, got {shown(value)}: {error}") from None
    return str(value)


def _types(value: Any) -> tuple[str, ...]:
    return tuple(one_of(("string", "integer", "number", "boolean"))(name) for name in strings(value))


def _samples(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list) or not value or any(isinstance(item, dict | list) for item in value):
        raise Wrong(f"expected a list of texts, numbers or booleans, got {shown(value)}")
    return tuple(value)


def _exits(value: Any) -> tuple[int, ...]:
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(i, int) and not isinstance(i, bool) and 0 < i < 256 for i in items):
        raise Wrong(f"expected exit codes from 1 to 255, got {shown(value)}")
    return tuple(items)


def kinds_of(text: str) -> tuple[Kind, ...]:
    """``"valid,invalid"`` → its kinds. ``UsageError`` for a kind that there is none of.

    >>> kinds_of("valid, invalid")
    ('valid', 'invalid')
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in KINDS:
            raise UsageError(f"{name!r} is no kind; there are {', '.join(KINDS)}")
    if not names:
        raise UsageError(f"no kind is named; there are {', '.join(KINDS)}")
    return cast("tuple[Kind, ...]", tuple(dict.fromkeys(names)))


def header_of(line: str) -> tuple[str, str]:
    """``"K: V"`` → its name and its value. ``UsageError`` without a colon; the value never shows."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError(f"a header is written 'Name: value', got {name.split(' ')[0]!r} without a colon")
    return name.strip(), value.strip()


READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "event": ("event", string),
    "spec": ("spec", string),
    "as": ("as_", one_of(TARGET_KINDS)),
    "input": ("input", one_of(INPUTS)),
    "rejects": ("rejects", strings),
    "reject_exit": ("reject_exits", _exits),
    "path": ("path", string),
    "policy": ("policy", one_of(POLICIES)),
    "kinds": ("kinds", _kinds),
    "only": ("only", strings),
    "skip": ("skip", strings),
    "lossless": ("lossless", _flag),
    "max_examples": ("max_examples", _integer(0)),
    "max_time": ("max_time", _positive),
    "max_findings": ("max_findings", _integer(1)),
    "seed": ("seed", _integer(0)),
    "timeout": ("timeout", _positive),
    "sign": ("sign", one_of(SIGNS)),
    "effects": ("effects", string),
    "effects_pointer": ("effects_pointer", string),
    "headers": ("headers", _headers),
    "workers": ("workers", _integer(1)),
    "rate": ("rate", _positive),
    "insecure": ("insecure", _flag),
    "allow_remote": ("allow_remote", _flag),
    "isolate": ("isolate", _flag),
}
"""Key of the table → field of :class:`Options`, and how its value is read."""

MEANINGS: dict[str, Callable[[Any], Any]] = {
    "name": string,
    **dict.fromkeys(("names", "exact", "says", "under", "not_under"), _expression),
    "formats": strings,
    "types": _types,
    "samples": _samples,
}
"""Keys of a row of ``[[tool.contract_kit.meanings]]``."""
