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
    "fraction-9",
    "lookalike-zero",
    "unicode-one-letter",
    "after-text",
    "literal-nan",
)
"""Variants that a reader understands at once."""
_PLAIN_FIRST = (
    "absent",
    "enum",
    "type",
    "format",
    "text",
    "fraction",
    "unknown",
    "name",
    "email",
    "unicode",
    "space",
)
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
        case.id,
    )


def _is_untouched(case: Case) -> bool:
    """Whether a case is the everyday body that the others are made of."""
    return case.family == "base" and case.origin == "full"


def _strangeness(case: Case) -> int:
    return _PLAIN_FIRST.index(case.family) if case.family in _PLAIN_FIRST else len(_PLAIN_FIRST)


def _oddness(case: Case) -> int:
    """0 for a short text of everyday letters, or what is no text; 1 for long and strange ones."""
    try:
        value = get(strict_loads(case.body), case.at)
    except (ValueError, RecursionError):
        return 1
    if value is MISSING or not isinstance(value, str):
        return 0
    plain = value.isascii() and value.isprintable() and value == value.strip()
    return int(not (plain and 1 < len(value) <= _SHORT))
