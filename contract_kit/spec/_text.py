"""How places and words of an untrusted document are shown in an error: one line, no control characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["fail", "kind_of", "one_line", "quoted"]

_LIMIT = 200


def one_line(text: str, limit: int = _LIMIT) -> str:
    r"""``text`` on one line, without control characters, cut to ``limit`` characters.

    >>> one_line("a\nb")
    'a\\nb'
    """
    if text.isprintable() and len(text) <= limit:
        return text
    parts = (c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[:limit])
    return "".join(parts) + ("…" if len(text) > limit else "")


def quoted(value: Any, limit: int = 40) -> str:
    """A value of the document as an error shows it: short, quoted as Python quotes it."""
    return one_line(repr(value), limit)


def kind_of(value: Any) -> str:
    """The JSON type of ``value`` in words, for "must be an object, not a list"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, int | float):
        return f"the number {quoted(value)}"
    return "a list" if isinstance(value, list) else "an object"


def fail(where: str, message: str) -> NoReturn:
    """Raise the :class:`SpecError` for ``where`` (a file and a place in it, in words)."""
    raise SpecError(f"{one_line(where)}: {message}")
