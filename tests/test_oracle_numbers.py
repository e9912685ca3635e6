"""Offsets left out or added the wrong way, in datetimes, texts and counted seconds; numbers of fewer digits."""

from __future__ import annotations

import datetime as dt

import pytest

from contract_kit.oracle import project
from contract_kit.oracle._equal import explain, same

SENT = "2026-03-14T09:26:53.25+05:30"
LOCAL = dt.datetime(2026, 3, 14, 9, 26, 53, 250_000, tzinfo=dt.UTC)
AHEAD = dt.timedelta(hours=5, minutes=30)
UNITS = {
    "milliseconds": lambda at: round(at.timestamp() * 1_000),
    "nanoseconds": lambda at: round(at.timestamp() * 1_000) * 1_000_000,
    "datetime": project,
    "text": lambda at: at.isoformat(),
}


@pytest.mark.parametrize("unit", UNITS)
def test_the_same_instant_is_the_same(unit):
    assert same(SENT, UNITS[unit](LOCAL - AHEAD), time=True)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("came", "words"),
    [
        (LOCAL, "time zone offset dropped"),
        (LOCAL + AHEAD, "time zone offset added the wrong way"),
    ],
)
def test_what_happened_to_the_offset_is_told(unit, came, words):
    value = UNITS[unit](came)
    assert same(SENT, value, time=True) is False
    assert explain(SENT, value) == ("offset", words)


@pytest.mark.parametrize("sent", [SENT, "2026-03-14T09:26:53.25Z", "2026-03-14T09:26:53.2500009-08:00"])
def test_a_clock_put_into_another_zone_is_told(sent):
    """Who replaces the zone of a time, and does not convert it, gives another instant with the same digits."""
    zone = dt.timezone(dt.timedelta(hours=1))
    for value in (LOCAL.replace(tzinfo=zone).isoformat(), project(LOCAL.replace(tzinfo=zone))):
        assert explain(sent, value) == ("offset", "its time of day put into another time zone")
    later = LOCAL.replace(tzinfo=zone) + dt.timedelta(seconds=1)
    assert explain(sent, later.isoformat()) == ("instant", "came out as another instant")


def test_another_number_is_no_time():
    assert explain(SENT, 12_345) is None
    assert explain("2026-03-14T09:26:53Z", 1_773_480_414) is None


@pytest.mark.parametrize(
    ("sent", "came", "words"),
    [
        (2.17314, 2.17, "digits lost"),
        (-3.3999, -3.3, "digits lost"),
        (20.72403, 21, "rounded to a whole number"),
        (2.17314, 2.18, "another number"),
        (1234, 12.34, "another number"),
    ],
)
def test_a_number_of_fewer_digits_is_told_from_another(sent, came, words):
    reason = explain(sent, came)
    assert reason is not None
    assert reason[1] == words
