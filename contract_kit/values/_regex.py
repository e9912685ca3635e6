"""A string that matches a pattern: short, plain and always the same.

Walks the parsed pattern and takes the simplest way through each part, then a few less simple ones. What
cannot be found so (rare look-arounds, conditionals) is left to hypothesis-jsonschema, whose answer may
change with releases.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contract_kit.schema import matcher
from contract_kit.shape import is_slow, python_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _constants as ops
    from re import _parser as parser

__all__ = ["Way", "class_text", "is_negated", "looking_real", "matching", "ops"]

_LIKED = "a1A0 -_.@/"
_CATEGORIES = {
    ops.CATEGORY_DIGIT: "0",
    ops.CATEGORY_NOT_DIGIT: "a",
    ops.CATEGORY_SPACE: " ",
    ops.CATEGORY_NOT_SPACE: "a",
    ops.CATEGORY_WORD: "a",
    ops.CATEGORY_NOT_WORD: "-",
}


class _Hard(Exception):
    """The pattern has a part that is not constructed here."""


@lru_cache(maxsize=4096)
def matching(
    pattern: str, *, least: int = 0, most: int | None = None, extra: int = 0, search: bool = True
) -> str | None:
    """A string of ``least`` to ``most`` characters in which ``pattern`` is found, or ``None``.

    ``extra`` asks for other answers: each open repetition is entered that many times more. ``search`` allows
    for a search of some seconds where no string can be constructed.

    >>> matching("^cus_[0-9a-f]{4}$")
    'cus_0000'
    """
    read = python_pattern(pattern)
    parsed = _parsed(read)
    if parsed is None:
        return None
    _, tree = parsed
    fits = matcher(pattern)
    for more in range(extra, extra + 4):
        for turn in range(_TURNS):
            found = _attempt(tree, read, least, more, turn)
            if found is not None and _fits(found, least, most) and fits(found):
                return found
    return _searched(read, least, most) if search and not is_slow(pattern) else None


def looking_real(
    pattern: str, *, least: int = 0, most: int | None = None, variant: int = 0, seed: int = 0
) -> Iterator[str]:
    """Strings in which ``pattern`` is found that look like real ones, the best first; none where it is hard.

    ``variant`` asks for another one of a row, ``seed`` for one of its own.

    >>> next(looking_real("^cus_[0-9a-f]{6}$"))
    'cus_d5a9e2'
    """
    from ._mixed import Mixed, as_known

    read = python_pattern(pattern)
    found = _parsed(read)
    if found is None:
        return
    _, tree = found
    fits = matcher(pattern)
    for wanted in (*_WANTED, *((least, 2 * least) if least > _WANTED[0] else ())):
        try:
            text = Mixed(read, variant, wanted, seed).walk(tree, 0)
        except (_Hard, RecursionError, StopIteration):
            return
        tails = (
            [text + _TAIL[seed % 26 : seed % 26 + 6]]
            if seed and read.startswith("^") and not _closed(read)
            else []
        )
        for known in (*as_known(text, seed), *tails, text) if not variant else (text,):
            if _fits(known, least, most) and fits(known):
                yield known


_TAIL = "7Kq3mZ9tR2wB5xH8cN4vF6dG1jY0sL"
"""What stands behind a prefix where a pattern says no more than that."""


def _closed(read: str) -> bool:
    return read.endswith(("$", r"\Z"))


_WANTED = (8, 4, 2, 1, 0)


def _parsed(read: str) -> tuple[re.Pattern[str], Any] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(read), parser.parse(read)
    except (re.error, OverflowError, RecursionError):
        return None


_TURNS = 4


def _fits(text: str, least: int, most: int | None) -> bool:
    return len(text) >= least and (most is None or len(text) <= most)


def _attempt(tree: Any, pattern: str, least: int, more: int, turn: int) -> str | None:
    try:
        text = Way(more, turn).walk(tree, more)
        lacking = more
        while len(text) < least and lacking < least + more:
            # Each round enters open repetitions once more: the first text that is long enough is kept.
            lacking += 1
            text = Way(lacking, turn).walk(tree, lacking)
        if len(text) < least and not pattern.endswith((r"\Z", "$")):
            text += "a" * (least - len(text))
    except (_Hard, RecursionError):
        return None
    return text


class Way:
    """One way through a pattern. Look-arounds are passed by: whether they hold is seen afterwards.

    ``turn`` asks for other characters where several may stand, for what a look-around wants.
    """

    def __init__(self, more: int, turn: int) -> None:
        self.most, self.turn, self.count = more, turn, turn
        self.met = 0
        self.groups: dict[int, str] = {}

    def walk(self, tree: Any, more: int) -> str:
        """The text of a sequence of parts."""
        return "".join(self.part(op, value, more) for op, value in tree)

    def part(self, op: Any, value: Any, more: int) -> str:
        """The text of one part."""
        if op is ops.LITERAL:
            return chr(value)
        if op is ops.NOT_LITERAL:
            return next(c for c in _LIKED if ord(c) != value)
        if op is ops.ANY:
            return self.any_of("aA1-")
        if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
            return ""
        if op is ops.IN:
            return self.any_of(_members(value)) if self.turn else _members(value)[0]
        if op is ops.BRANCH:
            ways = value[1]
            number = more + self.turn
            return self.walk(ways[number if number < len(ways) else 0], more)
        if op is ops.SUBPATTERN:
            text = self.walk(value[-1], more)
            if value[0] is not None:
                self.groups[value[0]] = text
            return text
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            least, most, inner = value
            # On other turns one repetition alone is entered more often: other lengths come of it.
            more = more if self.turn in (0, self.met + 1) else 0
            self.met += 1
            return "".join(self.walk(inner, 0) for _ in range(min(max(least, least + more), int(most))))
        if op is ops.ATOMIC_GROUP:
            return self.walk(value, more)
        if op is ops.GROUPREF:
            return self.groups.get(value, "")
        raise _Hard(str(op))

    def any_of(self, chars: str) -> str:
        """The next of some characters; always the first on the plainest way."""
        if not self.turn:
            return chars[0]
        self.count += 1
        return chars[self.count % len(chars)]


def _members(items: Any) -> str:
    """Some characters of a class, the plainest first."""
    if is_negated(items):
        wanted = re.compile("[^" + "".join(class_text(item) for item in items[1:]) + "]")
        return "".join(c for c in _LIKED if wanted.match(c)) or next(
            c for c in map(chr, range(33, 1000)) if wanted.match(c)
        )
    found = []
    for op, value in items:
        if op is ops.LITERAL:
            found.append(chr(value))
        elif op is ops.RANGE:
            found.append(chr(value[0]))
            if value[1] > value[0]:
                found.append(chr(value[0] + 1))
        elif op is ops.CATEGORY:
            found.append(_CATEGORIES[value])
        else:
            raise _Hard(str(op))
    return "".join(found)


def is_negated(items: Any) -> bool:
    """Whether a class names the characters that may not stand."""
    return bool(items) and items[0][0] is ops.NEGATE


def class_text(item: Any) -> str:
    """One item of a class as it is written in a pattern."""
    op, value = item
    if op is ops.LITERAL:
        return re.escape(chr(value))
    if op is ops.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if op is ops.CATEGORY:
        return _CATEGORY_TEXTS[value]
    raise _Hard(str(op))


_CATEGORY_TEXTS = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}


def _searched(pattern: str, least: int, most: int | None) -> str | None:
    """The first match that hypothesis-jsonschema's strategy for this leaf gives."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis.errors import HypothesisException
    from hypothesis_jsonschema import from_schema

    schema: dict[str, Any] = {"type": "string", "pattern": pattern, "minLength": least}
    if most is not None:
        schema["maxLength"] = most
    quiet = settings(
        database=None,
        derandomize=True,
        max_examples=50,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        found = find(from_schema(schema), lambda _: True, settings=quiet)
    except (HypothesisException, ValueError, TypeError, AssertionError):
        return None
    return found if isinstance(found, str) else None
