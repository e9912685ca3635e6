"""How a value came out of a consumer, as a sentence: shortened, rounded, re-typed, re-ordered, invented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contract_kit.report._escape import visible
from contract_kit.report._words import place

if TYPE_CHECKING:
    from contract_kit.model import Changed

__all__ = ["say_change"]

_SHOWN = 60
_BOTH, _CAME, _SENT, _SHORT, _NONE = "both", "came", "sent", "short", ""
"""Which values are shown: ``short``: both, where neither is long."""
_SAID: tuple[tuple[str, str, str], ...] = (
    (r"came out as null", "turns {at} into null", _SENT),
    (r"came out empty", "empties {at}", _SENT),
    (r"came out as another value", "changes {at}", _BOTH),
    (r"came out as another instant", "moves {at} to another instant", _BOTH),
    (r"came out with all its fields null", "gives {at} with all its fields null", _NONE),
    (r"came out with (\d+) items in place of (\d+)", "gives {1} items in place of {2} at {at}", _NONE),
    (r"lower-cased", "lower-cases {at}", _BOTH),
    (r"upper-cased", "upper-cases {at}", _BOTH),
    (r"letters' case changed", "changes the case of {at}", _BOTH),
    (r"white space stripped", "strips the white space of {at}", _BOTH),
    (r"white space stripped and lower-cased", "strips and lower-cases {at}", _BOTH),
    (r"white space collapsed", "collapses the white space of {at}", _BOTH),
    (r"line breaks changed", "changes the line breaks of {at}", _BOTH),
    (r"Unicode form changed", "changes the Unicode form of {at}", _BOTH),
    (r"(control|invisible)? ?characters removed", "removes {1} characters from {at}", _BOTH),
    (r"some characters changed", "changes characters of {at}", _BOTH),
    (r"non-ASCII letters damaged", "damages the non-ASCII letters of {at}", _BOTH),
    (r"(HTML-|un)?(HTML-)?(un)?escaped", "{0} {at}", _BOTH),
    (r"percent-(en|de)coded", "percent-{1}codes {at}", _BOTH),
    (r"shortened to (.+)", "shortens {at} to {1}", _SHORT),
    (r"shortened from (.+)", "shortens {at} from {1}", _NONE),
    (r"its beginning cut off", "cuts off the beginning of {at}", _BOTH),
    (r"text was added", "adds text to {at}", _BOTH),
    (r"(an? \w+|text|null) became (an? \w+|text|null)", "turns {at} from {1} into {2}", _BOTH),
    (r"text became a date", "turns {at} from text into a date", _BOTH),
    (r"the key was dropped", "drops the key {at}, which held {sent}", _NONE),
    (r"its key became (.+)", "renames the key {at} to {1}", _NONE),
    (r"(\d+ of \d+) keys dropped", "drops {1} keys of {at}", _NONE),
    (r"(\d+ of \d+) items dropped", "drops {1} items of {at}", _NONE),
    (r"repeated items dropped", "drops repeated items of {at}", _NONE),
    (r"items dropped", "drops items of {at}", _NONE),
    (r"items changed", "changes items of {at}", _NONE),
    (r"items re-ordered", "re-orders the items of {at}", _NONE),
    (r"fraction (cut to \w+|dropped|rounded|cut)", "{fraction} the fraction of {at}{to}", _BOTH),
    (r"fraction of the second lost", "loses the fraction of {at}", _BOTH),
    (r"time zone offset dropped", "drops the time zone offset of {at}", _BOTH),
    (
        r"its time of day put into another time zone",
        "puts the time of day of {at} into another time zone",
        _BOTH,
    ),
    (r"time zone offset added the wrong way", "adds the time zone offset of {at} the wrong way", _BOTH),
    (r"time of day dropped", "drops the time of day of {at}", _BOTH),
    (r"rounded to a whole number", "rounds {at} to a whole number", _BOTH),
    (r"digits lost", "loses digits of {at}", _BOTH),
    (r"sign lost", "loses the sign of {at}", _BOTH),
    (r"another number", "changes the number {at}", _BOTH),
    (r"the value of (\S+) came out in its place", "gives the value of {place} in place of {at}", _BOTH),
    (r"was not sent, yet a value came out", "invents {at}", _CAME),
    (r"was sent as null, yet a value came out", "turns null into a value at {at}", _CAME),
)
_VERBS = {"escaped": "escapes", "HTML-escaped": "HTML-escapes", "HTML-unescaped": "HTML-unescapes"}


def say_change(change: Changed, at: str, elsewhere: str = "") -> str:
    """What was done to the value at ``at`` (as people write places), and to those ``elsewhere``, with the values.

    >>> from contract_kit.model import Changed
    >>> say_change(Changed("lower-cased", '"Ada"', '"ada"'), "customer.name", " (and in 1 more place)")
    'lower-cases customer.name (and in 1 more place): "Ada" → "ada"'
    """
    for how, told, values in _SAID:
        found = re.fullmatch(how, change.how)
        if found:
            words = _filled(told, change, at, [part or "" for part in found.groups()])
            return f"{words}{elsewhere}{_values(change, values)}"
    return f"alters {at}{elsewhere}: {change.how}{_values(change, _BOTH)}"


def _filled(told: str, change: Changed, at: str, parts: list[str]) -> str:
    verb, _, rest = change.how.removeprefix("fraction ").partition(" to ")
    named = {
        "at": at,
        "sent": visible(change.sent, _SHOWN),
        "place": place(parts[0]) if parts and parts[0].startswith("/") else "",
        "fraction": {"cut": "cuts", "dropped": "drops", "rounded": "rounds"}.get(verb, ""),
        "to": f" to {rest}" if rest else "",
    }
    first = _VERBS.get(change.how, "")
    return " ".join(told.format(first, *parts, **named).split())


def _values(change: Changed, values: str) -> str:
    sent, came = _cut(change.sent), _cut(change.came)
    if values == _SENT and change.sent[:1] in ("{", "[") and len(change.sent) > _SHOWN:
        return ""
    if sent == came:  # alike as far as they are shown
        return ""
    if values == _SHORT:
        values = _BOTH if max(len(change.sent), len(change.came)) <= _SHOWN else _NONE
    return {_BOTH: f": {sent} → {came}", _SENT: f": {sent}", _CAME: f": {came}"}.get(values, "")


_SIZE = re.compile(r"… \([0-9,]+ characters\)$")


def _cut(value: str) -> str:
    """A value that fits; one that was cut before keeps what was said of its size."""
    size = _SIZE.search(value)
    if len(value) <= _SHOWN or size is None:
        return visible(value, _SHOWN)
    return visible(value[: _SHOWN // 2]) + visible(size[0])
