"""One value that went in and one that came out: the same, or how it was changed."""

from __future__ import annotations

import base64
import json
import math
import unicodedata
import uuid
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from contract_kit.oracle._plain import leaf_kind
from contract_kit.oracle._times import difference, instant, is_epoch, shifted

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.oracle._plain import Plain

__all__ = ["explain", "is_empty", "is_other", "normal", "same"]

Reason = tuple[str, str]
_OTHERS = frozenset(
    {"unknown", "other", "unrecognized", "unrecognised", "unspecified", "unsupported", "undefined"}
)
_NULLS = frozenset({"None", "null", "NULL", "nil", "<nil>", "undefined", "NaN", "nan"})
_EDGES = "\ufeff\u200b \t\r\n"
_LONG = 2_000
_REMEMBERED = 300
_ALIKE = 0.75
_DIGITS_AFTER, _MOST_ROUNDED = 7, 1e9
"""Digits after the point to which numbers are rounded, and the greatest number that is looked at."""


def normal(name: str) -> str:
    """A name without its spelling: ``externalId``, ``external_id`` and ``External-ID`` are one."""
    known = _NORMAL.get(name)
    if known is None:
        known = "".join(c for c in name if c.isalnum()).lower() or name
        if len(_NORMAL) < 20_000:
            _NORMAL[name] = known
    return known


_NORMAL: dict[str, str] = {}


def is_empty(came: Plain) -> bool:
    """What stands for "nothing": null, and the empty text, list, object and set."""
    if type(came) is tuple:
        return leaf_kind(came) == "set" and not came[1]
    return came is None or (isinstance(came, (str, list, dict)) and not came)


def same(sent: Any, came: Plain, *, time: bool = False) -> bool | None:
    """Whether a scalar came out as it went in, as JSON sees it; ``None`` where that cannot be said."""
    kind = type(sent)
    if kind is str and type(came) is str:
        if sent == came:
            return True
        return _same_time(sent, came) if time else False
    if type(came) is tuple:
        return _same_leaf(sent, came)
    if kind is bool or type(came) is bool:
        return sent is came
    if kind in (int, float):
        if type(came) not in (int, float):
            return False
        return _same_number(sent, came)
    if kind is str and type(came) in (int, float):
        point = instant(sent)
        return False if point is None or not time else (is_epoch(point, came) or False)
    return bool(kind is type(came) and sent == came)


def _same_number(sent: float, came: float) -> bool | None:
    if sent == came:
        return True
    try:
        first = float(sent)
        second = float(came)
    except OverflowError:
        return None
    if math.isinf(first) or math.isinf(second) or math.isnan(first):
        return None
    return first == second


def _same_time(sent: str, came: str) -> bool | None:
    before, after = instant(sent), instant(came)
    if before is None or after is None:
        return None if before is not None and before.leap else False
    return difference(before, after) is None


def _same_leaf(sent: Any, came: Plain) -> bool | None:
    kind, text = leaf_kind(came), came[1] if came[0] == "\0set" else came[2]
    if kind == "decimal":
        return _same_decimal(sent, text)
    if not isinstance(sent, str):
        return None
    if kind in {"datetime", "date"}:
        before, after = instant(sent), instant(text)
        return None if before is None or after is None else difference(before, after) is None
    if kind == "uuid":
        return _same_uuid(sent, text)
    if kind == "bytes":
        return _same_bytes(sent, text)
    if kind == "enum":
        return True if normal(sent) == normal(text) else None
    if kind == "text":
        return True if sent == text else None
    return None


def _same_decimal(sent: Any, text: str) -> bool | None:
    try:
        number = Decimal(text)
        if isinstance(sent, str):
            return sent == text or (Decimal(sent) == number and str(Decimal(sent)) == text)
        if isinstance(sent, bool) or not isinstance(sent, (int, float)):
            return False
        return _same_number(sent, float(number))
    except (InvalidOperation, OverflowError, ValueError):
        return False


def _same_uuid(sent: str, text: str) -> bool:
    try:
        return uuid.UUID(sent) == uuid.UUID(text)
    except ValueError:
        return False


def _same_bytes(sent: str, text: str) -> bool:
    raw = text.encode("utf-8", "surrogateescape")
    if sent.encode("utf-8", "surrogatepass") == raw:
        return True
    try:
        return base64.b64decode(sent, validate=True) == raw
    except ValueError:
        return False


def explain(sent: Any, came: Plain) -> Reason | None:
    """What was done to ``sent`` to make ``came``, as ``(code, sentence)``; ``None`` where nobody can tell.

    Codes of damage that no computed field shows: ``cut``, ``digits``, ``offset``, ``retyped``, ``letters``.
    """
    if sent is None:
        return ("retyped", "null became text") if type(came) is str and came in _NULLS else None
    if came is None:
        return ("null", "came out as null")
    if type(came) is tuple:
        return _explain_leaf(sent, came)
    if isinstance(sent, str) and type(came) is str:
        known = len(sent) + len(came) <= _REMEMBERED
        return _explained(sent, came) if known else _explain_text(sent, came)
    return _explain_type(sent, came)


@lru_cache(maxsize=8_192)
def _explained(sent: str, came: str) -> Reason | None:
    """The same for short texts: a consumer that always changes something changes the same again and again."""
    return _explain_text(sent, came)


def _explain_leaf(sent: Any, came: Plain) -> Reason | None:
    kind = leaf_kind(came)
    if kind in {"datetime", "date"} and isinstance(sent, str):
        before, after = instant(sent), instant(came[2])
        return None if before is None or after is None else difference(before, after)
    if kind == "decimal":
        return _explain_type(sent, came[2]) if not isinstance(sent, str) else _explain_number(sent, came[2])
    if kind == "bytes" and isinstance(sent, str):
        return _explain_text(sent, came[2])
    return None


def _explain_number(sent: str, text: str) -> Reason | None:
    try:
        return ("retyped", "text became a number") if float(sent) == float(text) else None
    except ValueError:
        return None


_WORDS = {"object": dict, "list": list, "text": str, "number": (int, float)}


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    for word, kind in _WORDS.items():
        if isinstance(value, kind):  # type: ignore[arg-type]  # a tuple of types is meant
            return {"object": "an object", "text": "text"}.get(word, f"a {word}")
    return "null"


def _explain_type(sent: Any, came: Plain) -> Reason | None:
    """A value of one JSON type that came out as one of another, where the one is written in the other."""
    if type(came) is type(sent) or (_word(sent) == _word(came) == "a number"):
        return _explain_amount(sent, came)
    became = f"{_word(sent)} became {_word(came)}"
    if came in ([sent], {"value": sent}):
        return ("retyped", became)
    for text, other in ((sent, came), (came, sent)):
        if isinstance(text, str) and _writes(text, other):
            return ("retyped", became)
    if isinstance(sent, (bool, int, float)) and isinstance(came, (bool, int, float)) and sent == came:
        return ("retyped", became)
    point = instant(sent) if isinstance(sent, str) else None
    if point is not None and isinstance(came, (int, float)):
        lost = is_epoch(point, came) is None
        return ("digits", "fraction of the second lost") if lost else shifted(point, came)
    return None


def _writes(text: str, other: Any) -> bool:
    if isinstance(other, bool) and text.strip().lower() in {
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "1",
        "0",
    }:
        return True
    try:
        if isinstance(other, (int, float)):
            return float(text) == other or int(float(text)) == other
        return bool(json.loads(text) == other) or str(other) == text
    except (ValueError, OverflowError, RecursionError):
        return not isinstance(other, (int, float)) and str(other) == text


def _explain_amount(sent: Any, came: Any) -> Reason | None:
    if not isinstance(sent, (int, float)) or isinstance(sent, bool):
        return None
    if sent == -came:
        return ("number", "sign lost")
    if abs(sent - came) < 1 and came == int(came):
        return ("digits", "rounded to a whole number")
    if (sent and abs(sent - came) / abs(sent) < 1e-3) or _is_rounded(sent, came):
        return ("digits", "digits lost")
    return ("number", "another number")


def _is_rounded(sent: float, came: float) -> bool:
    """Whether a number came out with fewer digits after its point, rounded or cut."""
    if not math.isfinite(sent) or abs(sent) > _MOST_ROUNDED or came == 0:
        return False
    return any(
        came in (round(sent, digits), math.trunc(sent * 10**digits) / 10**digits)
        for digits in range(1, _DIGITS_AFTER)
    )


def _damaged(text: str) -> list[str]:
    raw = text.encode("utf-8", "surrogatepass")
    return [
        raw.decode("latin-1"),
        raw.decode("cp1252", "replace"),
        raw.decode("ascii", "replace"),
        raw.decode("ascii", "ignore"),
        *(text.encode(to, how).decode(to) for to in ("ascii", "latin-1") for how in ("replace", "ignore")),
        text.encode("ascii", "backslashreplace").decode(),
        text.encode("ascii", "xmlcharrefreplace").decode(),
        text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"),
    ]


def _forms(text: str) -> list[str]:
    return [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]


def _lines(text: str) -> list[str]:
    return [text.replace("\r\n", "\n").replace("\r", "\n"), text.replace("\n", "\r\n")]


def _without(text: str, category: str) -> list[str]:
    return ["".join(letter for letter in text if not unicodedata.category(letter).startswith(category))]


_STEPS: tuple[tuple[str, str, Callable[[str], list[str]]], ...] = (
    ("space", "white space stripped", lambda t: [t.strip(), t.lstrip(), t.rstrip(), t.strip(_EDGES)]),
    ("case", "lower-cased", lambda t: [t.lower(), t.casefold()]),
    ("case", "upper-cased", lambda t: [t.upper()]),
    ("case", "letters' case changed", lambda t: [t.title(), t.capitalize(), t.swapcase()]),
    ("space", "white space stripped and lower-cased", lambda t: [t.strip().lower()]),
    ("space", "white space collapsed", lambda t: [" ".join(t.split()), "".join(t.split())]),
    ("space", "line breaks changed", _lines),
    ("normal", "Unicode form changed", _forms),
    ("letters", "control characters removed", lambda t: _without(t, "Cc")),
    ("letters", "invisible characters removed", lambda t: _without(t, "C")),
    ("letters", "non-ASCII letters damaged", _damaged),
    ("escape", "HTML-escaped", lambda t: [escape(t), escape(t, quote=False)]),
    ("escape", "HTML-unescaped", lambda t: [unescape(t)]),
    ("escape", "percent-encoded", lambda t: [quote(t, errors="replace"), quote_plus(t, errors="replace")]),
    ("escape", "percent-decoded", lambda t: [unquote(t), unquote_plus(t)]),
    ("escape", "escaped", lambda t: [json.dumps(t), json.dumps(t)[1:-1], repr(t), repr(t)[1:-1]]),
)


def _explain_text(sent: str, came: str) -> Reason | None:
    if not came:
        return ("empty", "came out empty")
    for code, words, step in _STEPS:
        if came in step(sent):
            return (code, words)
    point, after = instant(sent), instant(came)
    if point is not None and after is not None:
        return difference(point, after) or ("time", "spelled otherwise")
    if sent.startswith(came):
        return ("cut", f"shortened to {len(came)} character{'s' * (len(came) != 1)}")
    if came.casefold() == sent.casefold():
        return ("case", "letters' case changed")
    if sent.endswith(came):
        return ("cut", "its beginning cut off")
    if sent and sent in came:
        return ("added", "text was added")
    return _alike(sent, came)


def _alike(sent: str, came: str) -> Reason | None:
    rest = iter(sent)
    if len(came) * 2 >= len(sent) and all(letter in rest for letter in came):
        return ("letters", "characters removed")
    if max(len(sent), len(came)) > _LONG:
        return None
    if SequenceMatcher(None, sent, came, autojunk=False).ratio() >= _ALIKE:
        return ("letters", "some characters changed")
    return None


def is_other(came: Plain) -> bool:
    """Whether the text is a tolerant reader's word for "a member that I don't know"."""
    return type(came) is str and normal(came) in _OTHERS
