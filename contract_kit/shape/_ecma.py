r"""Regular expressions of JSON Schema (ECMA 262) as Python reads them.

The dialects differ in few things that documents use: ``\p{…}`` is unknown to Python, ``$`` also matches
before a last line feed there, ``\d`` and ``\w`` are ASCII in ECMA 262, and groups are named otherwise.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

__all__ = ["matches", "python_pattern"]

_SCRIPTS = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f",
    "Greek": "\u0370-\u03ff",
    "Cyrillic": "\u0400-\u04ff",
    "Han": "\u4e00-\u9fff",
    "Arabic": "\u0600-\u06ff",
}
_LONG = {
    "Letter": "L",
    "Uppercase_Letter": "Lu",
    "Lowercase_Letter": "Ll",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Mark": "M",
    "Alphabetic": "L",
    "Uppercase": "Lu",
    "Lowercase": "Ll",
}
_TOKEN = re.compile(
    r"\\[pP]\{(?:[A-Za-z_]+=)?([A-Za-z_]+)\}|\\[dD]|\(\?<(?=[A-Za-z_])|\\k<(\w+)>|\\.|\$|\[\^?|\]", re.DOTALL
)


def python_pattern(pattern: str) -> str:
    r"""``pattern`` in Python's dialect.

    >>> python_pattern(r"^\d{4}$")
    '^[0-9]{4}\\Z'
    """
    inside = False

    def token(found: re.Match[str]) -> str:
        nonlocal inside
        text = found.group()
        if text[0] == "[":
            # A bracket inside a class is itself.
            text, inside = ("\\" + text if inside else text), True
        elif text == "]":
            inside = False
        elif text == "$":
            return "$" if inside else r"\Z"
        elif text[:2] in (r"\p", r"\P"):
            body = _members(found.group(1), negated=text[1] == "P")
            return body if inside else f"[{body}]"
        elif text == r"\d":
            return "0-9" if inside else "[0-9]"
        elif text == r"\D" and not inside:
            return "[^0-9]"
        elif text == "(?<":
            return text if inside else "(?P<"
        elif text.startswith(r"\k<"):
            return f"(?P={found.group(2)})"
        elif text == r"\/":
            return "/"
        return text

    return _TOKEN.sub(token, pattern)


@lru_cache(maxsize=64)
def _members(name: str, *, negated: bool) -> str:
    """The characters of a Unicode category or script, as the inside of a class."""
    if name in _SCRIPTS and not negated:
        return _SCRIPTS[name]
    wanted = _LONG.get(name, name)
    ranges: list[str] = []
    first: int | None = None
    last = min(sys.maxunicode, 0x1FFFF) + 1
    for code in range(last + 1):
        char = chr(code) if code < last else "\x00"
        inside = code < last and unicodedata.category(char).startswith(wanted) is not negated
        if inside and first is None:
            first = code
        elif not inside and first is not None:
            ranges.append(f"{re.escape(chr(first))}-{re.escape(chr(code - 1))}")
            first = None
    return "".join(ranges) or "\\x00"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return re.compile(python_pattern(pattern))
        except (re.error, OverflowError, RecursionError):
            return None


def matches(pattern: str, text: str) -> bool:
    r"""Whether ``pattern`` is found in ``text``; never where Python cannot read it.

    >>> matches(r"^\p{Lu}", "Éa"), matches("^a$", "a\n")
    (True, False)
    """
    found = _compiled(pattern)
    return found is not None and found.search(text) is not None
