"""Broken rules of texts and numbers: lengths, patterns, bounds and multiples, just past each and far past it."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from contract_kit.values import (
    VIOLATORS,
    exact,
    hair,
    is_multiple,
    neighbours,
    padded,
    plain,
    stretched,
    ways,
    without_lookarounds,
)

from ._broken import HIGHEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.shape import Node

__all__ = ["numbers", "patterns", "strings"]

Proposal = tuple[str, str, Any]


def strings(node: Node, value: str) -> Iterator[Proposal]:
    least, most = node.keyword("minLength"), node.keyword("maxLength")
    asked = tuple(node.all_of("pattern"))
    if least:
        # What keeps the pattern comes first: it breaks one rule alone.
        if asked:
            shorter = stretched(asked, value, least - 1)
            if shorter is not None:
                yield "one-short-alike", "minLength", shorter
        yield "one-short", "minLength", value[: least - 1] if len(value) >= least - 1 else "x" * (least - 1)
        yield "empty", "minLength", ""
        yield "blank", "minLength", ""
    if most is not None and most <= HIGHEST["maxLength"]:
        filler = value or "x"
        longer = stretched(asked, value, most + 1) if asked else padded(node.format or "", most + 1)
        if longer is not None:
            yield "one-over-alike", "maxLength", longer
        for variant, size in (("one-over", most + 1), ("twice", 2 * most + 2), ("far-over", most + 1000)):
            yield variant, "maxLength", (filler * (size // len(filler) + 1))[:size]
        yield "one-over-astral", "maxLength", "𝒜" * (most + 1)
    if node.format in VIOLATORS:
        return
    if node.format is not None:
        yield "text", "format", "not one"


def patterns(node: Node, value: str) -> Iterator[Proposal]:
    """What nearly matches, and what does not at all."""
    for variant, text in {
        "empty": "",
        "blank": " ",
        "text": "not like that",
        "space-before": " " + value,
        "space-after": value + " ",
        "line-break-before": "\n" + value,
        "doubled": value + value,
        "case-upper": value.upper(),
        "case-lower": value.lower(),
        "prefix": value[:-1],
        "suffix": value[1:],
        "longer": value + "!",
        "punctuation": "!?",
        "letter": "x",
        "digit": "7",
        "non-ascii": "é" + value[1:],
        "nul-after": value + "\x00",
    }.items():
        yield variant, "pattern", text
    for number, text in enumerate(ways(node, value)):
        tail = f"-{number}" if number else ""
        patterns = tuple(node.all_of("pattern"))
        for name, other in neighbours(patterns, text).broken.items():
            yield name + tail, "pattern", other
        for name, other in ({} if number else without_lookarounds(patterns, text)).items():
            yield name, "pattern", other


def numbers(node: Node, value: float) -> Iterator[Proposal]:
    """Just past each bound, one step past it and far past it; what is no multiple. Counted as decimals are."""
    del value
    for variant, keyword, new in _beyond(node):
        bound = node.keyword(keyword)
        at_bound = keyword in ("minimum", "maximum") and abs(new) <= _LARGEST and float(new) == float(bound)
        if abs(new) <= _LARGEST and not at_bound:
            yield variant, keyword, new


_LARGEST = 1.7976931348623157e308
"""No double lies beyond. Readers differ about such numbers, and about those that are the same double as a bound."""
_COUNTED = 2**53
"""Up to here each integer is a double of its own."""


def _beyond(node: Node) -> Iterator[Proposal]:
    step = node.keyword("multipleOf")
    unit = exact(step) if step else Fraction(1)
    for keyword, sign in (("minimum", -1), ("maximum", 1)):
        bound = node.keyword(keyword)
        if bound is not None:
            side = "under" if sign < 0 else "over"
            if step:
                last = (floor if sign > 0 else ceil)(exact(bound) / unit)
                yield f"step-{side}", keyword, plain((last + sign) * unit)
            yield f"one-{side}", keyword, plain(exact(bound) + sign * unit)
            yield f"far-{side}", keyword, plain(exact(bound) + sign * 1000 * unit)
            if abs(bound) > _COUNTED:  # what is near it may be the same double
                yield (
                    f"twice-{side}",
                    keyword,
                    plain(exact(bound) + sign * (abs(exact(bound)) // unit) * unit),
                )
            if "number" in node.types and not step:
                yield (
                    f"just-{side}",
                    keyword,
                    plain(exact(bound) + sign * max(abs(exact(bound)), Fraction(1)) / 1000),
                )
                if node.format != "float":  # whose readers hold seven digits
                    yield f"hair-{side}", keyword, plain(exact(bound) + sign * hair(bound))
    above, below = node.keyword("exclusiveMinimum"), node.keyword("exclusiveMaximum")
    if above is not None:
        yield "at-bound", "exclusiveMinimum", above
        yield "one-under", "exclusiveMinimum", plain(exact(above) - unit)
    if below is not None:
        yield "at-bound", "exclusiveMaximum", below
        yield "one-over", "exclusiveMaximum", plain(exact(below) + unit)
    if step:
        yield from _no_multiples(node, unit, step)


def _no_multiples(node: Node, unit: Fraction, step: float) -> Iterator[Proposal]:
    """Numbers between two multiples, within the bounds."""
    low = next((v for k in ("minimum", "exclusiveMinimum") if (v := node.keyword(k)) is not None), None)
    high = next((v for k in ("maximum", "exclusiveMaximum") if (v := node.keyword(k)) is not None), None)
    start = ceil(exact(low) / unit) * unit if low is not None else Fraction(0)
    if low is None and high is not None:
        start = (floor(exact(high) / unit) - 2) * unit
    for variant, more in (
        ("one-more", unit + 1),
        ("half", unit * Fraction(3, 2)),
        ("tenth", unit * Fraction(11, 10)),
    ):
        new = plain(start + more)
        if is_multiple(new, step) is False:
            yield variant, "multipleOf", new
