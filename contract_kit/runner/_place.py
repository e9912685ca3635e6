"""Where a failure sits and under which rule: the names by which failures are counted and put together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Case, Verdict

__all__ = ["Met", "fails_alike", "frame_of", "holders", "is_whole", "pattern", "place_of", "rough_key"]

Met = dict[tuple[str, str, str], dict[str, str]]
"""What was judged: by (kind, place, rule) the variants, each with what was expected of it."""

_TEXTS = frozenset(
    [
        "text",
        "length",
        "space",
        "control",
        "unicode",
        "lookalike",
        "sentinel",
        "backtrack",
        "name",
        "email",
        "country",
        "postal-code",
        "id",
        "bound",
    ]
)
_TIMES = frozenset(["fraction", "case", "offset", "day", "leap-second", "year", "month-end"])
_NUMBERS = frozenset({"number"})
_CONTAINERS = frozenset({"size", "items", "key"})
_WHOLE = frozenset({"base", "body", "era", "pair", "random", "several"})
_BLOCK = "-whole"
"""How the variants end that put a block of fields into an object: a whole address, say."""
_ENCODINGS = ("text-utf8", "text-latin", "text-windows", "latin-1")
_CONSTANTS = ("literal-nan", "literal-infinity", "literal-minus-infinity")


def is_whole(case: Case) -> bool:
    """Whether a case differs from the base in many things, none of which is known to matter."""
    return (case.family in _WHOLE and not case.at) or case.variant.endswith(_BLOCK)


def pattern(case: Case, pointer: str | None = None) -> str:
    """A pointer of a case's body with ``*`` for items and map values."""
    from contract_kit.cases import pattern_in

    at = case.at if pointer is None else pointer
    return pattern_in(case.terms, at) if case.terms is not None else at


def place_of(case: Case) -> tuple[str, str]:
    """The pattern of a case's place, and the rule or kind of edge that it is about."""
    if case.kind == "malformed":
        return "", _malformed_class(case)
    if case.kind in ("equivalent", "foreign"):
        return "", case.kind
    if case.kind == "delivery":
        return "", f"{case.family}:{case.variant.partition('-')[0]}"
    if case.kind == "invalid":
        return pattern(case), case.keyword or case.family
    return pattern(case), _family_class(case.family)


def _family_class(family: str) -> str:
    for name, members in (
        ("text", _TEXTS),
        ("date-time", _TIMES),
        ("number", _NUMBERS),
        ("container", _CONTAINERS),
    ):
        if family in members:
            return name
    return "whole" if family in _WHOLE else family


def _malformed_class(case: Case) -> str:
    if case.variant.startswith(_CONSTANTS):
        return "constants"
    return case.family if _is_text(case.body) else "encoding"


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def rough_key(verdict: Verdict) -> tuple[str, ...]:
    """A quick name of a failure's cause, for counting while a run goes on."""
    if verdict.finding == "crash" and verdict.reply.where:
        return ("crash", str(verdict.reply.exception), verdict.reply.where)
    return (str(verdict.finding), verdict.case.kind, *place_of(verdict.case))


def frame_of(verdict: Verdict) -> str | None:
    """The consumer's own frame; without its line where an endless loop was cut off, anywhere in it."""
    where = verdict.reply.where
    return where if where is None or verdict.finding == "crash" else re.sub(r":\d+(?= in )", "", where)


def fails_alike(one: Verdict, other: Verdict) -> bool:
    """Whether two failures have one name and happened in one place of the consumer."""
    return one.finding == other.finding and frame_of(one) == frame_of(other)


def holders(at: str) -> Iterator[str]:
    """Every place above ``at``, from the nearest to the body itself, which is counted above itself."""
    if not at:
        yield at
    while at:
        at = at.rpartition("/")[0]
        yield at
