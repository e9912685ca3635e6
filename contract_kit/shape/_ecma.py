r"""Regular expressions of JSON Schema (ECMA 262) as Python reads them.

The dialects differ in few things that documents use: ``\p{…}`` is unknown to Python, ``$`` also matches
before a last line feed there, ``\d`` and ``\w`` are ASCII in ECMA 262, and groups are named otherwise.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["is_slow", "matches", "python_pattern", "rewritten", "tokens_in"]

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
    return rewritten(pattern, _TOKEN, _pythonic)


def _pythonic(found: re.Match[str], inside: str) -> str:
    text = found.group()
    if text[0] == "[":
        return "\\" + text if inside else text  # a bracket inside a class is itself
    if text == "$":
        return "$" if inside else r"\Z"
    if text[:2] in (r"\p", r"\P"):
        body = _members(found.group(1), negated=text[1] == "P")
        return body if inside else f"[{body}]"
    if text == r"\d":
        return "0-9" if inside else "[0-9]"
    if text == r"\D" and not inside:
        return "[^0-9]"
    if text == "(?<":
        return text if inside else "(?P<"
    if text.startswith(r"\k<"):
        return f"(?P={found.group(2)})"
    return "/" if text == r"\/" else text


def tokens_in(pattern: str, token: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str]]:
    r"""What ``token`` finds in ``pattern``, each with the ``[`` or ``[^`` of the class that it stands in, or nothing.

    ``token`` must find escapes (``\\.``) and the brackets of classes, whatever else it looks for.
    """
    inside = ""
    for found in token.finditer(pattern):
        yield found, inside
        text = found.group()
        if text[0] == "[":
            inside = inside or text
        elif text == "]":
            inside = ""


def rewritten(pattern: str, token: re.Pattern[str], change: Callable[[re.Match[str], str], str]) -> str:
    """``pattern`` with ``change`` of each of :func:`tokens_in`; the very same text where nothing changes."""
    made, at = [], 0
    for found, inside in tokens_in(pattern, token):
        made += [pattern[at : found.start()], change(found, inside)]
        at = found.end()
    new = "".join([*made, pattern[at:]])
    return pattern if new == pattern else new


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
    if found is None or (len(text) > _SHORT and is_slow(pattern)):
        return False
    return found.search(text) is not None


_SHORT = 20


@lru_cache(maxsize=1024)
def is_slow(pattern: str) -> bool:
    """Whether Python may need endless time for a pattern: an open repetition that holds another one, or ways.

    >>> is_slow("^(a+)+$"), is_slow("^[a-z]+(-[a-z]+)?$")
    (True, False)
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from re import _constants as ops
        from re import _parser as parser

        try:
            tree = parser.parse(python_pattern(pattern))
        except (re.error, OverflowError, RecursionError):
            return True

    def walk(part: Any, *, repeated: bool) -> bool:
        for op, value in part:
            if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
                open_ended = value[1] is ops.MAXREPEAT or value[1] > _SHORT
                if (repeated and open_ended) or walk(value[2], repeated=repeated or open_ended):
                    return True
            elif op is ops.SUBPATTERN:
                if walk(value[-1], repeated=repeated):
                    return True
            elif op is ops.BRANCH:
                if repeated or any(walk(way, repeated=repeated) for way in value[1]):
                    return True
            elif op in (ops.ASSERT, ops.ASSERT_NOT) and walk(value[1], repeated=repeated):
                return True
        return False

    return walk(tree, repeated=False)
