"""Texts next to one that matches a pattern: what it takes at most and at least, and what it just does not take.

No pattern is parsed here. At each place of a matching text it is asked which characters may stand there;
places side by side that take the same ones are a run. From its runs come the extremes of a text (the first
and last character of every range, the shortest and longest repetition) and its near misses: one character
beyond a range or of another sort, one repetition fewer or more.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from contract_kit.schema import matcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Neighbours", "neighbours", "stretched"]

_RANGES = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_SIGNS = "-_. /:@+,#!^"
_OTHER = "é"
_ALL = "".join((*_RANGES, _SIGNS, _OTHER))
_LONGEST, _MOST_RUNS, _MOST_REPEATS, _LARGEST = 64, 24, 300, 400_000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """By a name each: texts that match and are extreme, texts that nearly match."""

    sound: dict[str, str]
    broken: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Run:
    """Places ``first`` to ``last`` of a text, at each of which the characters ``taken`` may stand."""

    first: int
    last: int
    taken: frozenset[str]


@lru_cache(maxsize=512)
def neighbours(patterns: tuple[str, ...], text: str) -> Neighbours:
    """The neighbours of ``text``, which matches all of ``patterns``.

    >>> found = neighbours(("^[1-9][0-9]{0,2}$",), "42")
    >>> found.sound["repeated-longest-1"], found.broken["repeated-more-1"], found.broken["beyond-0-0"]
    ('422', '4222', '02')
    """
    fits = _all_of(patterns)
    if not text or len(text) > _LONGEST or not fits(text):
        return Neighbours({}, {})
    runs = _telling(_runs(text, fits))[:_MOST_RUNS]
    sound = dict(_extremes(text, runs, fits))
    broken: dict[str, str] = {}
    for run in runs:
        broken |= _misses(text, run)
        for name, other in _repeated(text, run, fits):
            (sound if fits(other) else broken).setdefault(name, other)
    return Neighbours(sound, {name: other for name, other in broken.items() if not fits(other)})


def stretched(patterns: tuple[str, ...], text: str, size: int) -> str | None:
    """A text of ``size`` characters that matches, made of ``text`` by repeating what may be repeated.

    >>> stretched(("^[a-z]+-[0-9]$",), "ab-1", 7)
    'aaaab-1'
    """
    if size > _LARGEST:
        return None
    fits = _all_of(patterns)
    if len(text) >= size:
        cuts = (text[:at] + text[at + len(text) - size :] for at in range(min(size, _LONGEST) + 1))
        return next((other for other in cuts if fits(other)), None)
    missing = size - len(text)
    more = (text[:at] + char * missing + text[at:] for at, char in enumerate(text[:_LONGEST]))
    return next((other for other in more if fits(other)), None)


def _all_of(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    judges = [matcher(pattern) for pattern in patterns]
    return lambda text: all(judge(text) for judge in judges)


def _put(text: str, at: int, char: str) -> str:
    return text[:at] + char + text[at + 1 :]


def _runs(text: str, fits: Callable[[str], bool]) -> list[_Run]:
    runs: list[_Run] = []
    for at in range(len(text)):
        taken = frozenset(char for char in _ALL if fits(_put(text, at, char)))
        if runs and runs[-1].taken == taken:
            runs[-1] = _Run(runs[-1].first, at, taken)
        else:
            runs.append(_Run(at, at, taken))
    return runs


def _telling(runs: list[_Run]) -> list[_Run]:
    """The runs without the inside of a word that the pattern spells out: its first and last sign stand for it."""

    def inside(number: int) -> bool:
        return all(
            0 <= near < len(runs) and len(runs[near].taken) == 1 for near in (number - 1, number, number + 1)
        )

    return [run for number, run in enumerate(runs) if not inside(number)]


def _extremes(text: str, runs: list[_Run], fits: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Texts of the first and last characters of the ranges that each place takes."""
    ends = [_ends(run.taken) for run in runs]
    for turn in range(max((len(chars) for chars in ends), default=0)):
        other = text
        for run, chars in zip(runs, ends, strict=True):
            if chars:
                for at in {run.first, run.last}:
                    changed = _put(other, at, chars[turn % len(chars)])
                    other = changed if fits(changed) else other
        if other != text:
            yield f"extreme-{turn}", other


def _ends(taken: frozenset[str]) -> list[str]:
    found: dict[str, None] = {}
    for chars in _RANGES:
        inside = [char for char in chars if char in taken]
        found |= dict.fromkeys((*inside[:1], *inside[-1:]))
    signs = [char for char in _SIGNS if char in taken]
    return [*found, *signs[:4]] if len(taken) > 1 else []


def _misses(text: str, run: _Run) -> dict[str, str]:
    """Texts with one character that may not stand in a run: beyond a range, of another sort, a sign."""
    wrong = list(dict.fromkeys((*_beyond(run.taken), *_sorts(run.taken))))
    wrong = wrong[-2:] if len(run.taken) == 1 else wrong
    found = {f"beyond-{run.first}-{n}": _put(text, run.first, char) for n, char in enumerate(wrong)}
    if run.last > run.first and wrong:
        found[f"beyond-{run.last}-last"] = _put(text, run.last, wrong[-1])
    return found


def _beyond(taken: frozenset[str]) -> Iterator[str]:
    """The characters next to the ranges that are taken."""
    for chars in _RANGES:
        places = [n for n, char in enumerate(chars) if char in taken]
        if places:
            yield from (chars[n] for n in (places[0] - 1, places[-1] + 1) if 0 <= n < len(chars))
    if "a" in taken or "A" in taken:
        yield "^"  # stands between Z and a: [A-z] takes it


def _sorts(taken: frozenset[str]) -> Iterator[str]:
    """One character of each sort of which none is taken."""
    for chars, char in zip(_RANGES, "7qQ", strict=True):
        if not taken & set(chars):
            yield char
    yield from [char for char in "-. " if char not in taken][:1]


def _repeated(text: str, run: _Run, fits: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """A run as short and as long as it may be, and one character shorter and longer than that."""
    least = next(
        (cut for cut in range(1, run.last - run.first + 2) if not fits(_cut(text, run, cut))),
        run.last - run.first + 2,
    )
    yield f"repeated-less-{run.first}", _cut(text, run, min(least, run.last - run.first + 1))
    if least > 1:
        yield f"repeated-shortest-{run.first}", _cut(text, run, least - 1)
    most = _most(text, run, fits)
    if most is not None:
        yield f"repeated-more-{run.first}", _grown(text, run, most + 1)
        if most:
            yield f"repeated-longest-{run.first}", _grown(text, run, most)


def _cut(text: str, run: _Run, count: int) -> str:
    return text[: run.first] + text[run.first + count :]


def _grown(text: str, run: _Run, count: int) -> str:
    return text[: run.last + 1] + text[run.last] * count + text[run.last + 1 :]


def _most(text: str, run: _Run, fits: Callable[[str], bool]) -> int | None:
    """How many characters more a run bears; ``None`` where there seems to be no end."""
    if fits(_grown(text, run, _MOST_REPEATS)):
        return None
    low, high = 0, _MOST_REPEATS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(_grown(text, run, middle)) else (low, middle)
    return low
