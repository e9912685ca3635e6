r"""Texts that a pattern refuses for one of its look-arounds alone: "a digit somewhere" (``(?=.*\d)``), "not 00" (``(?!00)``).

Near misses of one character do not show them: a text of many digits keeps one. So each look-around is turned
into its opposite, and a text is looked for that matches the pattern so turned: all else about it is right.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import TYPE_CHECKING

from contract_kit.errors import SpecError
from contract_kit.schema import matcher
from contract_kit.shape import tokens_in

from ._regex import matching

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["without_lookarounds"]

_OPPOSITE = {"(?=": "(?!", "(?!": "(?=", "(?<=": "(?<!", "(?<!": "(?<="}
_SORTS = {"digits": string.digits, "lower": string.ascii_lowercase, "upper": string.ascii_uppercase}
_STANDING = "aA7-"
_BRACKETS = re.compile(r"\\.|\[\^?|\]|[()]", re.DOTALL)
_LONGEST, _MOST = 64, 6


@lru_cache(maxsize=512)
def without_lookarounds(patterns: tuple[str, ...], text: str) -> dict[str, str]:
    r"""Texts like ``text``, which matches all of ``patterns``, that break one look-around each, by a name.

    >>> without_lookarounds((r"^(?=.*\d)[A-Z0-9]{4,8}$",), "AB1209")
    {'lookaround-0': 'ABAAAA'}
    >>> without_lookarounds((r"^(?!00)[0-9]{4}$",), "4211")
    {'lookaround-0': '0011'}
    """
    found: dict[str, str] = {}
    for pattern in patterns if len(text) <= _LONGEST else ():
        for start, end in _lookarounds(pattern)[:_MOST]:
            mark = next(mark for mark in _OPPOSITE if pattern.startswith(mark, start))
            turned = pattern[:start] + _OPPOSITE[mark] + pattern[start + len(mark) :]
            rest = tuple(other for other in patterns if other != pattern)
            inner = matching(pattern[start + len(mark) : end], search=False) or ""
            other = _first_that_matches((turned, *rest), _tries(text, inner, turned))
            if other is not None:
                found[f"lookaround-{len(found)}"] = other
    return found


def _first_that_matches(patterns: tuple[str, ...], tries: Iterator[str]) -> str | None:
    try:
        judges = [matcher(pattern) for pattern in patterns]
    except SpecError:
        return None
    return next((text for text in tries if all(judge(text) for judge in judges)), None)


def _tries(text: str, inner: str, turned: str) -> Iterator[str]:
    """``text`` without a sort of characters, with what a look-around speaks of in it, and others."""
    for chars in _SORTS.values():
        for standing in _STANDING:
            yield "".join(standing if char in chars else char for char in text)
    signs = {char for char in text if not char.isalnum()}
    for standing in _STANDING:
        yield "".join(standing if char in signs else char for char in text)
    for at in range(len(text) + 1 if inner else 0):
        yield text[:at] + inner + text[at + len(inner) :]
        yield text[:at] + inner + text[at:]
    made = matching(turned, search=False)
    if made is not None:
        yield made


def _lookarounds(pattern: str) -> list[tuple[int, int]]:
    """Where each look-around begins and where its closing bracket stands."""
    found, opened = [], []
    for token, inside in tokens_in(pattern, _BRACKETS):
        at = token.start()
        if inside:
            continue
        if token.group() == "(":
            opened.append(at)
        elif token.group() == ")" and opened:
            start = opened.pop()
            if pattern.startswith(tuple(_OPPOSITE), start):
                found.append((start, at))
    return sorted(found)
