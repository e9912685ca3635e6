"""Instants: RFC 3339 text and what date-time objects print, compared to the last digit."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

__all__ = ["Instant", "difference", "instant", "is_epoch", "shifted"]

_TEXT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?"
    r"\s?([Zz]|[+-]\d\d:?\d\d(?::\d\d)?)?",
    re.ASCII,
)
_DAY = 86_400
_EPOCH = dt.date(1970, 1, 1).toordinal()
_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
_NAMES = ((0, "dropped"), (3, "cut to milliseconds"), (6, "cut to microseconds"), (9, "cut to nanoseconds"))


@dataclass(frozen=True, slots=True)
class Instant:
    """A point of time.

    ``seconds`` are whole ones since 1970 in UTC, ``fraction`` the digits after the point without trailing
    zeros, ``offset`` is in seconds, ``None`` where none was written. ``leap`` marks second 60, ``dated`` a
    date alone.
    """

    seconds: int
    fraction: str
    offset: int | None
    leap: bool
    dated: bool


@lru_cache(maxsize=4_096)
def instant(text: str) -> Instant | None:
    """The instant that ``text`` names, ``None`` where it names none. Without an offset it is read as UTC.

    >>> instant("2026-01-02T03:04:05.120Z").fraction
    '12'
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, digits, zone = found.groups()
    try:
        days = dt.date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:
        return None
    clock = int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)
    offset = _offset(zone)
    return Instant(
        seconds=days * _DAY + clock - (offset or 0),
        fraction=(digits or "").rstrip("0"),
        offset=offset,
        leap=second == "60",
        dated=hour is None,
    )


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "").ljust(6, "0")
    total = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:6])
    return -total if zone[0] == "-" else total


def _exact(point: Instant) -> Fraction:
    return point.seconds + Fraction(int(point.fraction or 0), 10 ** len(point.fraction))


def difference(sent: Instant, came: Instant) -> tuple[str, str] | None:
    """How ``came`` differs from ``sent`` as ``(code, sentence)``; ``None`` for the same instant.

    Codes: ``digits``, ``offset``, ``date``, ``instant``. A leap second is never held against a consumer.
    """
    if sent.leap or (sent.seconds == came.seconds and sent.fraction == came.fraction):
        return None
    if came.dated and not sent.dated:
        return ("date", "time of day dropped")
    if sent.seconds == came.seconds and sent.fraction.startswith(came.fraction):
        size = len(came.fraction)
        name = next((name for most, name in _NAMES if size <= most), "cut")
        return ("digits", f"fraction {name}")
    gap = abs(_exact(sent) - _exact(came))
    if (
        gap < 1
        and len(came.fraction) < len(sent.fraction)
        and gap * 2 <= Fraction(1, 10 ** len(came.fraction))
    ):
        return ("digits", "fraction rounded")
    if sent.offset and not came.offset and sent.seconds + sent.offset == came.seconds:
        return ("offset", "time zone offset dropped")
    if sent.offset and sent.seconds + 2 * sent.offset == came.seconds and sent.fraction == came.fraction:
        return ("offset", "time zone offset added the wrong way")
    if _is_rezoned(sent, came):
        return ("offset", "its time of day put into another time zone")
    return ("instant", "came out as another instant")


def _is_rezoned(sent: Instant, came: Instant) -> bool:
    """Whether the clock shows the same and the zone is another one: who replaces a zone and does not convert."""
    if sent.offset is None or came.offset is None or not sent.fraction.startswith(came.fraction):
        return False
    return sent.seconds + sent.offset == came.seconds + came.offset


def is_epoch(sent: Instant, number: float) -> bool | None:
    """Whether ``number`` counts the (milli-, micro-, nano)seconds to ``sent``; ``None``: digits lost."""
    exact = _exact(sent)
    if isinstance(number, float) and abs(Fraction(number) - exact) < Fraction(1, 1 << 21):
        return True if len(sent.fraction) <= 6 else None
    for unit in _UNITS:
        if number == exact * unit:
            return True
        if int(exact * unit) == number:
            return None
    return False


def shifted(sent: Instant, number: float) -> tuple[str, str] | None:
    """How a number that counts the units to another instant than ``sent`` comes from its offset."""
    if not sent.offset:
        return None
    for turn, words in ((1, "time zone offset dropped"), (2, "time zone offset added the wrong way")):
        moved = replace(sent, seconds=sent.seconds + turn * sent.offset)
        if is_epoch(moved, number) is not False:
            return ("offset", words)
    return None
