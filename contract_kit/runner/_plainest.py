"""Which failure of a group a reader understands at once: an everyday body with one difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.delivery import plainness
from contract_kit.jsonio import MISSING, get, strict_loads

from ._place import is_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import Case, Verdict

__all__ = ["plainest", "readability"]

_KINDS = ("valid", "invalid", "foreign", "malformed", "equivalent", "delivery")
_NICE = (
    "case-title",
    "case-upper",
    "unknown",
    "integer",
    "string",
    "object",
    "text",
    "no-zone",
    "day-30-of-02",
    "fraction-0",
    "fraction-6",
    "fraction-3",
    "fraction-9",
    "key-hyphen",
    "key-camel",
    "key-dotted",
    "items-repeated",
    "lookalike-zero",
    "unicode-one-letter",
    "after-text",
    "literal-nan",
)
"""Variants that a reader understands at once."""
_PLAIN_FIRST: tuple[frozenset[str], ...] = (
    frozenset({"absent", "enum", "type", "format"}),
    frozenset({"text", "name", "email", "country", "postal-code", "id", "fraction", "number", "bound"}),
    frozenset({"length", "key", "items", "unknown", "day", "year", "offset"}),
    frozenset({"size", "space", "lookalike"}),
)
"""Families from plain to strange; all others come after them."""
_MINED = "constant-"
"""How the variants of constants from the target's own source begin: true, but they look odd in a report."""
_SAMPLE = 40
"""Of so many failures that are alike in all but their value, the values are looked at."""
_SHORT = 60


def plainest(verdicts: Iterable[Verdict]) -> Verdict:
    """The failure that is easiest to read.

    A body that nothing was done to comes before all others: where it fails, no difference is the cause.
    """
    ordered = sorted(verdicts, key=readability)
    best = readability(ordered[0])[:_RANK]
    alike = [verdict for verdict in ordered[:_SAMPLE] if readability(verdict)[:_RANK] == best]
    return min(alike, key=lambda verdict: (_oddness(verdict.case), readability(verdict)))


_RANK = 7
"""How much of a failure's readability must agree before its value decides."""


def readability(verdict: Verdict) -> tuple[Any, ...]:
    """What sorts failures by how easy they are to read, the easiest first."""
    case = verdict.case
    return (
        is_whole(case) and not _is_untouched(case),
        _KINDS.index(case.kind) if verdict.finding != "false_accept" else 0,
        not _is_untouched(case),
        "/1" in case.at or "/2" in case.at,
        case.variant.startswith(_MINED),
        plainness(case.variant) if case.kind == "delivery" else (),
        _strangeness(case),
        _NICE.index(case.variant) if case.variant in _NICE else len(_NICE),
        "." in case.variant,
        len(case.changed),
        not case.id.startswith(case.kind),  # another spelling, told in the words of the plain one
        case.id,
    )


def _is_untouched(case: Case) -> bool:
    """Whether a case is the everyday body that the others are made of."""
    return case.family == "base" and case.origin == "full"


def _strangeness(case: Case) -> int:
    return next((n for n, some in enumerate(_PLAIN_FIRST) if case.family in some), len(_PLAIN_FIRST))


def _oddness(case: Case) -> int:
    """0 for a short text of everyday letters, or what is no text; 1 for none; 2 for long and strange ones."""
    try:
        value = get(strict_loads(case.body), case.at)
    except (ValueError, RecursionError):
        return 2
    if value is MISSING or not isinstance(value, str):
        return 0
    if not value:
        return 1
    plain = value.isascii() and value.isprintable() and value == value.strip()
    return 0 if plain and 1 < len(value) <= _SHORT else 2
