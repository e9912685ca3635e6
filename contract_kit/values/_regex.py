"""A string that matches a pattern: short, plain and always the same.

Walks the parsed pattern and takes the simplest way through each part. What it cannot construct
(look-around, conditionals) it leaves to hypothesis-jsonschema, whose answer may change with releases.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _constants as ops  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]

__all__ = ["matching"]

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


def matching(pattern: str, *, least: int = 0, most: int | None = None, extra: int = 0) -> str | None:
    """A string of ``least`` to ``most`` characters in which ``pattern`` is found, or ``None``.

    ``extra`` asks for other answers: each open repetition is entered that many times more.

    >>> matching("^cus_[0-9a-f]{4}$")
    'cus_0000'
    """
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError):
        return None
    for more in range(extra, extra + 4):
        found = _attempt(pattern, least, more)
        if found is not None and compiled.search(found) and _fits(found, least, most):
            return found
    return _searched(pattern, least, most)


def _fits(text: str, least: int, most: int | None) -> bool:
    return len(text) >= least and (most is None or len(text) <= most)


def _attempt(pattern: str, least: int, more: int) -> str | None:
    try:
        tree = parser.parse(pattern)
        text = _walk(tree, {}, more)
        if len(text) < least:
            text = _walk(tree, {}, least - len(text) + more)
        if len(text) < least and not pattern.endswith("$"):
            text += "a" * (least - len(text))
    except (_Hard, RecursionError):
        return None
    return text


def _walk(tree: Any, groups: dict[int, str], more: int) -> str:
    return "".join(_part(op, value, groups, more) for op, value in tree)


def _part(op: Any, value: Any, groups: dict[int, str], more: int) -> str:
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.NOT_LITERAL:
        return next(c for c in _LIKED if ord(c) != value)
    if op is ops.ANY:
        return "a"
    if op is ops.AT:
        return ""
    if op is ops.IN:
        return _member(value)
    if op is ops.BRANCH:
        return _walk(value[1][min(more, len(value[1]) - 1) if more < len(value[1]) else 0], groups, more)
    if op is ops.SUBPATTERN:
        text = _walk(value[-1], groups, more)
        if value[0] is not None:
            groups[value[0]] = text
        return text
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        least, most, inner = value
        return "".join(_walk(inner, groups, 0) for _ in range(min(max(least, least + more), int(most))))
    if op is ops.ATOMIC_GROUP:
        return _walk(value, groups, more)
    if op is ops.GROUPREF:
        return groups.get(value, "")
    raise _Hard(str(op))


def _member(items: Any) -> str:
    """One character of a class."""
    if items and items[0][0] is ops.NEGATE:
        wanted = re.compile("[^" + "".join(_class_text(item) for item in items[1:]) + "]")
        return next(c for c in _LIKED + "".join(map(chr, range(33, 1000))) if wanted.match(c))
    op, value = items[0]
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.RANGE:
        return chr(value[0])
    if op is ops.CATEGORY:
        return _CATEGORIES[value]
    raise _Hard(str(op))


def _class_text(item: Any) -> str:
    op, value = item
    if op is ops.LITERAL:
        return re.escape(chr(value))
    if op is ops.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if op is ops.CATEGORY:
        return {
            ops.CATEGORY_DIGIT: r"\d",
            ops.CATEGORY_NOT_DIGIT: r"\D",
            ops.CATEGORY_SPACE: r"\s",
            ops.CATEGORY_NOT_SPACE: r"\S",
            ops.CATEGORY_WORD: r"\w",
            ops.CATEGORY_NOT_WORD: r"\W",
        }[value]
    raise _Hard(str(op))


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
