"""Edges: legal values at which careless code breaks, by type; here those of times and numbers.

Each is ``(family, name, value)``. They are wishes: whoever uses them keeps those that satisfy the node.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

__all__ = ["Edge", "numbers", "times"]


class Edge(NamedTuple):
    """One edge value. ``sendable`` false: no provider would send it; ``disputed``: sound validators differ."""

    family: str
    name: str
    value: Any
    sendable: bool = True
    disputed: bool = False


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@cache
def times() -> tuple[Edge, ...]:
    """Date-times that RFC 3339 allows and careless readers do not take, or take for another instant."""
    digits = "123456789"
    found = [
        *(Edge("fraction", str(n), f"2026-03-14T09:26:53.{digits[:n]}Z") for n in range(1, 10)),
        Edge("fraction", "0", "2026-03-14T09:26:53Z"),
        Edge("fraction", "trailing-zeros", "2026-03-14T09:26:53.500000Z"),
        Edge("fraction", "all-zeros", "2026-03-14T09:26:53.000Z"),
        Edge("fraction", "leading-zeros", "2026-03-14T09:26:53.000000001Z"),
        Edge("fraction", "nines", "2026-03-14T23:59:59.999999999Z"),
        Edge("fraction", "microseconds-round-up", "2026-03-14T09:26:53.9999999Z"),
        Edge("fraction", "12-digits", "2026-03-14T09:26:53.123456789012Z"),
        Edge("case", "lower-t", "2026-03-14t09:26:53Z"),
        Edge("case", "lower-z", "2026-03-14T09:26:53z"),
        Edge("case", "lower-both", "2026-03-14t09:26:53z"),
        Edge("offset", "east", "2026-03-14T14:56:53+05:30"),
        Edge("offset", "west", "2026-03-14T01:26:53-08:00"),
        Edge("offset", "zero", "2026-03-14T09:26:53+00:00"),
        Edge("offset", "minus-zero", "2026-03-14T09:26:53-00:00"),
        Edge("offset", "quarter", "2026-03-14T15:11:53+05:45"),
        Edge("offset", "far-east", "2026-03-14T23:26:53+14:00"),
        Edge("offset", "far-west", "2026-03-13T21:26:53-12:00"),
        # Java's offsets end at 18 hours.
        Edge("offset", "largest", "2026-03-15T09:25:53+23:59", disputed=True),
        Edge("offset", "smallest", "2026-03-13T09:27:53-23:59", disputed=True),
        Edge("offset", "fraction", "2026-03-14T14:56:53.123456789+05:30"),
        Edge("day", "first-second", "2026-01-01T00:00:00Z"),
        Edge("day", "last-second", "2026-12-31T23:59:59Z"),
        Edge("day", "midnight", "2026-03-14T00:00:00Z"),
        Edge("day", "noon", "2026-03-14T12:00:00Z"),
        Edge("day", "leap-day", "2024-02-29T12:00:00Z"),
        Edge("day", "leap-century", "2000-02-29T12:00:00Z"),
        Edge("day", "next-day-in-utc", "2026-12-31T23:30:00-01:00"),
        Edge("day", "previous-day-in-utc", "2026-01-01T00:30:00+01:00"),
        Edge("day", "gap-in-berlin", "2026-03-29T02:30:00+01:00"),
        Edge("day", "fold-in-berlin", "2026-10-25T02:30:00+02:00"),
        Edge("leap-second", "real", "2016-12-31T23:59:60Z", disputed=True),
        Edge("leap-second", "offset", "2017-01-01T00:59:60+01:00", disputed=True),
        Edge("leap-second", "fraction", "2016-12-31T23:59:60.5Z", disputed=True),
        Edge("year", "1", "0001-01-01T00:00:00Z"),
        Edge("year", "999", "0999-12-31T23:59:59Z"),
        Edge("year", "1582", "1582-10-10T00:00:00Z"),
        Edge("year", "1883", "1883-11-18T12:00:00Z"),
        Edge("year", "1900", "1900-01-01T00:00:00Z"),
        Edge("year", "before-epoch", "1969-12-31T23:59:59Z"),
        Edge("year", "epoch", "1970-01-01T00:00:00Z"),
        Edge("year", "before-1970-fraction", "1969-12-31T23:59:59.999999999Z"),
        Edge("year", "2038", "2038-01-19T03:14:08Z"),
        Edge("year", "2100", "2100-02-28T23:59:59Z"),
        Edge("year", "2262", "2262-04-11T23:47:16.854775808Z"),
        Edge("year", "9999", "9999-12-31T23:59:59Z"),
        # msgspec rounds it into the year 10000.
        Edge("year", "9999-fraction", "9999-12-31T23:59:59.999999999Z", disputed=True),
        Edge("year", "below-1-in-utc", "0001-01-01T00:00:00+01:00", sendable=False),
        Edge("year", "above-9999-in-utc", "9999-12-31T23:59:59-01:00", sendable=False),
    ]
    found += [
        Edge("month-end", f"{month:02}", f"2025-{month:02}-{days:02}T23:59:59Z")
        for month, days in enumerate(_DAYS, start=1)
    ]
    found += [
        Edge("offset", "minute-59", "2026-03-14T10:25:53+00:59"),
        Edge("leap-second", "far-east", "2017-01-01T05:29:60+05:30", disputed=True),
        Edge("leap-second", "far-west", "2016-12-31T15:59:60-08:00", disputed=True),
        Edge("month-end", "leap-year", "2024-12-31T23:59:59Z"),
        Edge("month-end", "leap-january", "2024-01-31T23:59:59Z"),
    ]
    return tuple(found)


@cache
def numbers() -> tuple[Edge, ...]:
    """Edges of a number; whole ones also serve integers."""
    whole = [
        0,
        1,
        -1,
        9,
        10,
        100,
        127,
        128,
        255,
        256,
        32_767,
        32_768,
        65_535,
        65_536,
        2**31 - 1,
        2**31,
        -(2**31),
        -(2**31) - 1,
        2**32,
        2**53 - 1,
        2**53,
        2**53 + 1,
        -(2**53) - 1,
        2**63 - 1,
        -(2**63),
    ]
    beyond = [2**63, 2**64, 10**25, -(10**25)]
    broken = [
        0.1,
        -0.5,
        0.1 + 0.2,
        1.005,
        19.99,
        1e-7,
        5e-324,
        1.7976931348623157e308,
        123456789.123456789,
        1e21,
    ]
    return (
        *(Edge("number", str(n).replace("-", "minus-"), n) for n in whole),
        *(Edge("number", str(n).replace("-", "minus-"), n, sendable=False, disputed=True) for n in beyond),
        *(Edge("fraction", str(n).replace("-", "minus-").replace("+", ""), n) for n in broken),
    )
