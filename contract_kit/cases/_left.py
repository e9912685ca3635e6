"""What of a contract no case is about, in words: nothing is left out in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.shape import FORMATS, MOST_PLACES, deepest, nodes
from contract_kit.values import FORMS, WIDTHS, unmet

from ._broken import HIGHEST

if TYPE_CHECKING:
    from contract_kit.model import Terms

__all__ = ["left_out"]

_SAID = frozenset(["double", "date-time", *FORMATS, *FORMS, *WIDTHS])
"""Formats that cases know: forms, widths, or the double that every JSON number is."""


def left_out(terms: Terms) -> list[str]:
    """A sentence for each thing of a contract that has no cases; of branches once the catalogue was made."""
    return [
        *terms.root.memo.get("notes", ()),
        *_deeper(terms),
        *_formats(terms),
        *_high(terms),
        *unmet(terms),
    ]


def _high(terms: Terms) -> list[str]:
    """Bounds that no body passes."""
    return [
        f"{rule.pointer or 'the body'}: {rule.keyword} {rule.value:,} is more than a body holds; no case passes it"
        for rule in terms.constraints
        if rule.keyword in HIGHEST and rule.value > HIGHEST[rule.keyword]
    ]


def _deeper(terms: Terms) -> list[str]:
    last = deepest(terms.root)
    if last is None:
        return []
    return [f"the body has more than {MOST_PLACES:,} places; those deeper than level {last} are left out"]


def _formats(terms: Terms) -> list[str]:
    """Formats that are unknown here: any text of the place's other rules may stand there."""
    places: dict[str, dict[str, None]] = {}
    for node in nodes(terms.root):
        for name in node.all_of("format"):
            if name not in _SAID:
                places.setdefault(name, {})[node.pointer] = None
    found = []
    for name, there in places.items():
        first = next(iter(there)) or "the body"
        others = f" and {len(there) - 1} more place{'s' * (len(there) > 2)}" if len(there) > 1 else ""
        found.append(f"{first}{others}: the format {name!r} is not known; what it asks for has no cases")
    return found
