"""A string that matches a pattern and looks like a real one: letters of both cases and digits, no run of one sign.

The same walk as in ``_regex``, with other answers where several characters or repetitions may stand; another
``seed``, another text. What comes of it may miss (look-arounds, lengths): whoever asks tries it and falls back
to the plain way.
"""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ._pools import mix
from ._regex import Way, class_text, is_negated, ops

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Mixed", "as_known"]

_LOWER = "kqmztrwbpxhcnfvdgjyslaoeiu"
_DIGITS = "4815926370"
_SIGNS = "-_. /+@:,#"
_FEW = 3


class Mixed(Way):
    """One way through a pattern, told apart by ``variant`` and by ``seed``; ``wanted`` repetitions where they are open."""

    def __init__(self, pattern: str, variant: int, wanted: int, seed: int = 0) -> None:
        super().__init__(0, 0)
        self.wanted, self.seed = wanted, seed
        self.at = crc32(pattern.encode("utf-8", "surrogatepass")) % 89 + 7 * variant
        self.last = ""

    def part(self, op: Any, value: Any, more: int) -> str:
        """The text of one part."""
        if op is ops.IN:
            return self._said(self._one(_kinds(value)) or super().part(op, value, more))
        if op is ops.ANY:
            return self._said(self._one(_ANY))
        if op is ops.NOT_LITERAL:
            return self._said(self._one(tuple(kind.replace(chr(value), "") for kind in _ANY)))
        if op is ops.BRANCH and self.seed:
            ways = value[1]
            return self.walk(ways[mix(self.seed, self.at) % len(ways)], more)
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            least, most, inner = value
            often = max(least, self._often(inner, endless=most is ops.MAXREPEAT))
            return "".join(self.walk(inner, 0) for _ in range(min(often, int(most))))
        return self._said(super().part(op, value, more))

    def _often(self, inner: Any, *, endless: bool) -> int:
        """How often an open repetition is entered: a group once, a sign not at all, an amount of few digits."""
        op, value = inner[0] if len(inner) == 1 else (None, None)
        if op is ops.LITERAL:
            return 0
        if op not in (ops.IN, ops.ANY, ops.NOT_LITERAL):
            return min(self.wanted, 1)
        number = op is ops.IN and _kinds(value) == (_DIGITS,)
        return min(self.wanted, _FEW) if number and endless else self.wanted

    def _said(self, text: str) -> str:
        self.last = text[-1:] or self.last
        return text

    def _one(self, kinds: tuple[str, ...]) -> str:
        """The next character: kinds take turns, and a number does not begin with a zero."""
        if not kinds:
            return ""
        self.at += 1
        kind = kinds[self.at % len(kinds)]
        turn = mix(self.seed, self.at) if self.seed else self.at // len(kinds)
        char = kind[turn % len(kind)]
        if char == "0" and not self.last.isdigit() and len(kind) > 1:
            char = next(c for c in kind if c != "0")
        return char


_ANY = (_LOWER, _DIGITS, _LOWER[::-1].upper())


def _kinds(items: Any) -> tuple[str, ...]:
    """The characters of a class by kind: small letters, digits, capitals; signs where it has none of these."""
    return _members("".join(class_text(item) for item in items[is_negated(items) :]), is_negated(items))


@lru_cache(maxsize=1024)
def _members(text: str, negated: bool) -> tuple[str, ...]:
    try:
        wanted = re.compile(f"[{'^' if negated else ''}{text}]")
    except re.error:
        return ()
    kinds = ["".join(c for c in kind if wanted.match(c)) for kind in _ANY]
    found = tuple(kind for kind in kinds if kind)
    signs = "".join(c for c in _SIGNS if wanted.match(c))
    return found or ((signs,) if signs else ())


_KNOWN = ("192.0.2.17", "192.168.100.101")
_SHAPE = str.maketrans(dict.fromkeys(string.digits, "9") | dict.fromkeys(string.ascii_letters, "a"))
# Where so many digits stand, people read a time: of a day, of a day in American or German order, of a clock.
_TIMES = (
    (re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)"), "%Y-%m-%d"),
    (re.compile(r"(?<!\d)\d{4}/\d\d/\d\d(?!\d)"), "%Y/%m/%d"),
    (re.compile(r"(?<!\d)\d\d/\d\d/\d{4}(?!\d)"), "%m/%d/%Y"),
    (re.compile(r"(?<!\d)\d\d\.\d\d\.\d{4}(?!\d)"), "%d.%m.%Y"),
    (re.compile(r"(?<!\d)\d\d-\d\d-\d{4}(?!\d)"), "%d-%m-%Y"),
    (re.compile(r"^\d{4}-\d\d$"), "%Y-%m"),
    (re.compile(r"^20\d{12}$"), "%Y%m%d%H%M%S"),
    (re.compile(r"^20\d{6}$"), "%Y%m%d"),
    (re.compile(r"(?<!\d)\d{8}[Tt]\d{6}(?!\d)"), "%Y%m%dT%H%M%S"),
    (re.compile(r"(?<!\d)\d\d:\d\d:\d\d(?!\d)"), "%H:%M:%S"),
    (re.compile(r"^\d\d:\d\d$"), "%H:%M"),
)
_EPOCH = "9999999999.999999"
_ZONE = re.compile(r"(?<=[:.]\d\d|\d\d\d)(?:[A-Za-z]|[+-]\d\d:?\d\d)$")
_ZERO = {1: "Z", 5: "+0000", 6: "+00:00"}
_BETWEEN = re.compile(r"(?<=-\d\d)t(?=\d\d:)")
_FIRST = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


def as_known(text: str, seed: int = 0) -> Iterator[str]:
    """What people would write in place of a text of this shape: a date where four, two and two digits stand.

    >>> list(as_known("4815-92-63")), list(as_known("5926-37-44 81:59:26 UTC"))
    (['2026-03-14'], ['2026-03-14 09:26:53 UTC'])
    """
    shape = text.translate(_SHAPE)
    yield from (known for known in _KNOWN if known.translate(_SHAPE) == shape)
    when = _FIRST - timedelta(seconds=mix(seed, 1) % _YEARS) if seed else _FIRST
    dated = f"{when.timestamp():.0f}.{text[11:]}" if shape == _EPOCH else text
    for digits, form in _TIMES:
        dated = digits.sub(when.strftime(form), dated)
    if dated == text:
        return
    zoned = _ZONE.sub(lambda found: _ZERO[len(found[0])], dated)
    yield from dict.fromkeys((_BETWEEN.sub("T", zoned), zoned, dated))


_YEARS = 40_000_000
"""Seconds before the first moment in which others lie: a year and a quarter."""
