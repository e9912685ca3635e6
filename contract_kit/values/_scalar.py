"""Scalars: a wish made to fit its keywords, or the plainest value that satisfies them."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations, product
from typing import TYPE_CHECKING, Any
from zlib import crc32

from contract_kit.errors import ImpossibleSchema, UnsupportedKeyword
from contract_kit.schema import Validator, validator_for

from ._formats import EXAMPLES, FORMS, WIDTHS, is_numeric, numeric_text, padded
from ._neighbours import stretched
from ._regex import looking_real, matching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.shape import Node

__all__ = ["bounds", "exact", "fit", "hair", "is_multiple", "plain"]


def fit(node: Node, name: str, wish: Any, *, variant: int = 0) -> Any:
    """A scalar of type ``name`` for ``node``: ``wish`` where it fits, else something near or plain.

    ``variant`` asks for a different value each; ``ImpossibleSchema`` where there is none.
    """
    if name == "null":
        return None
    if name == "boolean":
        return wish if isinstance(wish, bool) else variant % 2 == 0
    if name == "string":
        return _string(node, wish if isinstance(wish, str) else None, variant)
    return _number(node, name, wish, variant)


_LONGEST = 200_000
"""Characters: a text that must be longer fits no body that a provider sends."""


# -- strings ----------------------------------------------------------------------------------


def _string(node: Node, wish: str | None, variant: int) -> str:
    least, most = node.keyword("minLength") or 0, node.keyword("maxLength")
    if most is not None and least > most:
        raise ImpossibleSchema(node.pointer, f"minLength {least} is over maxLength {most}")
    if least > _LONGEST:
        raise UnsupportedKeyword("minLength", node.pointer)
    patterns, form = node.all_of("pattern"), node.format
    judge = _judge(node, "string")
    for text in _candidates(node, wish, variant, patterns, form):
        sized = _sized(text, least, most) if not patterns and form not in EXAMPLES else text
        if judge.is_valid(sized):
            return sized
    raise UnsupportedKeyword("pattern" if patterns else "format", node.pointer)


_RULES = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def _judge(node: Node, name: str) -> Validator:
    """The validator of a node's rules for one type of scalar."""
    rules = [
        {k: part[k] for k in _RULES["string" if name == "string" else "number"] if k in part}
        for part in node.parts
    ]
    return validator_for({"type": name, "allOf": [{}, *(rule for rule in rules if rule)]})


def _candidates(node: Node, wish: str | None, variant: int, patterns: list[str], form: str | None) -> Any:
    least, most = node.keyword("minLength") or 0, node.keyword("maxLength")
    known = EXAMPLES.get(form or "", ())
    if wish is not None and not variant and (not is_numeric(form) or numeric_text(str(form), wish)):
        yield wish
        if patterns:
            yield from _cut(wish)
    if known:
        for offset in range(len(known)):
            yield known[(variant + offset) % len(known)]
        longer = padded(form or "", least)
        if longer is not None:
            yield longer
        # Shorter ones, and those that a pattern beside the format may want.
        yield from sorted(FORMS.get(form or "", {}).values(), key=len)
        if is_numeric(form):
            yield "7" * max(least, 1)
    if not patterns and not known:
        yield f"text {variant}" if variant else "text"
    # What was wished for cannot stand, and tells this payload from others all the same.
    seed = crc32(wish.encode("utf-8", "surrogatepass")) if wish and not variant else 0
    for pattern in patterns:
        yield from looking_real(pattern, least=least, most=most, variant=variant, seed=seed)
    for pattern in patterns if seed else ():
        yield from looking_real(pattern, least=least, most=most)
    for pattern in patterns:
        found = matching(pattern, least=least, most=most, extra=variant)
        if found is not None:
            yield found
    if len(patterns) > 1:
        yield from _joined(patterns, least, most, variant)


def _cut(wish: str) -> Iterator[str]:
    """A wish without its last parts: a pattern may want a version of two numbers, or a day without the time.

    >>> list(_cut("3.14.2"))
    ['3.14', '3']
    """
    for sign in ("T", ".", "-", " "):
        text = wish
        while sign in text:
            text = text.rpartition(sign)[0]
            if text:
                yield text


_MOST_JOINED = 3


def _joined(patterns: list[str], least: int, most: int | None, variant: int) -> Iterator[str]:
    """Texts of several patterns: a match of each, side by side, in every order; whoever asks tries them.

    What starts in one way and ends in another is found so.
    """
    sizes = range(1, most + 1) if most is not None else range(1, 9)
    parts = [
        [text for extra in range(variant, variant + 3) if (text := matching(p, extra=extra, search=False))]
        for p in patterns[:_MOST_JOINED]
    ]
    for chosen in product(*parts):
        for order in permutations(chosen):
            whole = "".join(order)
            yield whole
            for size in (least, *sizes):
                text = stretched(tuple(patterns), whole, size)
                if text is not None:
                    yield text
                    break


def _sized(text: str, least: int, most: int | None) -> str:
    if len(text) < least:
        text = (text or "x") * (least // max(len(text), 1) + 1)
        text = text[:least]
    return text if most is None or len(text) <= most else text[:most].rstrip() or text[:most]


# -- numbers ----------------------------------------------------------------------------------


def bounds(node: Node) -> tuple[Fraction | None, Fraction | None, bool, bool]:
    """Least and largest number that are allowed, and whether each bound itself is excluded."""
    low, high = node.keyword("minimum"), node.keyword("maximum")
    above, below = node.keyword("exclusiveMinimum"), node.keyword("exclusiveMaximum")
    least, open_low = _tighter(low, above, larger=True)
    most, open_high = _tighter(high, below, larger=False)
    if node.format in WIDTHS and node.format != "float":
        lowest, highest = map(Fraction, WIDTHS[node.format])
        least = lowest if least is None else max(least, lowest)
        most = highest if most is None else min(most, highest)
    return least, most, open_low, open_high


def _tighter(closed: Any, opened: Any, *, larger: bool) -> tuple[Fraction | None, bool]:
    if closed is None and opened is None:
        return None, False
    if opened is None:
        return exact(closed), False
    if closed is None:
        return exact(opened), True
    wins = opened >= closed if larger else opened <= closed
    return (exact(opened), True) if wins else (exact(closed), False)


def exact(number: float) -> Fraction:
    """A number as its digits say it: ``0.1`` is a tenth.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(number))


def plain(number: Fraction) -> int | float:
    """The JSON number for a fraction: an integer where it is whole, or beyond doubles."""
    if number.denominator == 1:
        return int(number)
    try:
        return float(number)
    except OverflowError:
        return int(number)


def hair(bound: float) -> Fraction:
    """A small distance from a bound that a double still shows there.

    >>> hair(90), hair(10**12)
    (Fraction(1, 1000000), Fraction(1000, 1))
    """
    return max(Fraction(1, 10**6), abs(exact(bound)) / 10**9)


def _number(node: Node, name: str, wish: Any, variant: int) -> int | float:
    step = node.keyword("multipleOf")
    unit = exact(step) if step else Fraction(1)
    if name == "integer" and unit.denominator != 1:
        unit = Fraction(unit.numerator)
    judge = _judge(node, name)

    def fits(value: float) -> bool:
        low, high = WIDTHS.get(node.format or "", (-math.inf, math.inf))
        return judge.is_valid(value) and is_multiple(value, step) is not None and low <= value <= high

    if not variant and not isinstance(wish, bool) and isinstance(wish, int | float) and fits(wish):
        return wish
    near = (
        ()
        if variant or isinstance(wish, bool) or not isinstance(wish, int | float)
        else _near(node, unit, wish)
    )
    for candidate in (*near, *_numbers(node, unit, variant)):
        value = plain(candidate)
        if fits(value):
            return value
    raise ImpossibleSchema(node.pointer, "no number lies within its bounds")


_NEIGHBOURS = 20


def _near(node: Node, unit: Fraction, wish: float) -> Iterator[Fraction]:
    """Multiples of ``unit`` near a wish that was none, or that was out of bounds."""
    if not math.isfinite(wish):
        return
    least, most, _, _ = bounds(node)
    number = exact(wish)
    if least is not None and most is not None and not least <= number <= most:
        number = least + number % (most - least) if most > least else least
    first = round(number / unit) * unit
    for step in range(_NEIGHBOURS):
        yield first + step * unit


def is_multiple(value: float, step: float | None) -> bool | None:
    """Whether ``value`` is a multiple of ``step``; ``None`` where decimal and binary arithmetic disagree.

    >>> is_multiple(0.07, 0.01), is_multiple(0.5, 0.25), is_multiple(1.3, 0.25)
    (None, True, False)
    """
    if step is None or isinstance(step, int):
        return True if step is None else value % step == 0
    try:
        whole = exact(value) % exact(step) == 0
        binary = float(value / step).is_integer()
    except (OverflowError, ValueError, ZeroDivisionError):
        return None
    return whole if whole == binary else None


def _numbers(node: Node, unit: Fraction, variant: int) -> Any:
    """Candidates in the order of plainness: near the lower bound, near the upper, between."""
    least, most, open_low, open_high = bounds(node)
    start = Fraction(1) if least is None or least < 1 else least
    if most is not None and start > most:
        start = least if least is not None else most
    first = math.ceil(start / unit) * unit
    yield first + variant * unit
    yield first + (variant + 1) * unit
    if most is not None:
        last = math.floor(most / unit) * unit
        yield last - variant * unit
        yield last - (variant + 1) * unit
    if least is not None and most is not None and most > least:
        yield least + (most - least) * Fraction(variant + 1, variant + 2)
        yield (least + most) / 2
    if least is not None and not open_low:
        yield least
    if most is not None and not open_high:
        yield most
