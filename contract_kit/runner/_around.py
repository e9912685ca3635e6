"""Pairs of edits around what behaved differently: a value that another branch is taken for meets the others.

Most single differences leave no trace but in their own place. Those that do (another status, a refusal that the
contract leaves open, another value of a field that the consumer makes of the body) are the ones whose pairs are
worth a try. Which they are depends on the cases and on what came of them, in the order of the cases.
"""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, get, strict_loads, written

from ._edits import apart

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from contract_kit.model import Case, Expect, Reply
    from contract_kit.oracle import Comparison

    from ._edits import Edit, Edits

__all__ = ["Odd", "around_cases"]

_MOST_VALUES, _MOST_ODD, _MOST_PAIRS = 8, 12, 600
"""Values of one field (more follow the body, and no branch), cases to make pairs of, and pairs."""


class Odd:
    """Notes the first case of each way in which a target behaved."""

    def __init__(self) -> None:
        self._first: dict[Hashable, dict[Hashable, Case]] = {}

    def note(self, case: Case, reply: Reply, comparison: Comparison) -> None:
        """Look at the reply to a sound body with one difference, with which nothing was wrong."""
        if case.kind != "valid" or not case.at:
            return
        self._met(("outcome",), (reply.outcome, reply.status), case)
        for path, value in comparison.made(reply.value) if reply.outcome == "accepted" else ():
            self._met(path, value, case)

    def _met(self, trait: Hashable, value: Hashable, case: Case) -> None:
        values = self._first.setdefault(trait, {})
        if len(values) <= _MOST_VALUES and value not in values:
            values[value] = case

    def cases(self) -> list[Case]:
        """One case for each way of behaving that is not the first, and so the usual, one."""
        found: dict[str, Case] = {}
        for values in self._first.values():
            if len(values) <= _MOST_VALUES:
                found.update((case.id, case) for case in islice(values.values(), 1, None))
        return list(found.values())[:_MOST_ODD]


def around_cases(edits: Edits, odd: Odd) -> Iterator[Case]:
    """Pairs of what behaved differently with one another, and with each other place absent or empty."""
    around = [(edit, case.expect) for case in odd.cases() if (edit := _edit(edits, case)) is not None]
    pairs = islice(_pairs(edits, around), _MOST_PAIRS)
    for number, (one, other, expect) in enumerate(pairs):
        case = edits.two([one, other], f"around-{number}", expect=expect)
        if case is not None:
            yield case


def _pairs(edits: Edits, around: list[tuple[Edit, Expect]]) -> Iterator[tuple[Edit, Edit, Expect | None]]:
    """Pairs of places that are apart; what is left open of one edit is left open of a pair with it."""
    for (one, first), (other, second) in combinations(around, 2):
        if apart(one[0], other[0]):
            yield one, other, "either" if "either" in (first, second) else None
    for one, expect in around:
        for site in edits.sites:
            if not site.at or not apart(one[0], site.at):
                continue
            opened: Expect | None = "either" if expect == "either" else None
            if isinstance(site.value, str) and edits.takes(site, ""):
                yield one, (site.at, ""), opened
            if edits.may_go(site):
                yield one, (site.at, MISSING), opened


def _edit(edits: Edits, case: Case) -> tuple[str, Any] | None:
    """The one difference of a case as an edit of the everyday body; ``None`` where it is another body's."""
    try:
        value = get(strict_loads(case.body), case.at)
    except (ValueError, RecursionError):
        return None
    if value is not MISSING and written(value) is None:  # a number beyond doubles, in a body of its own
        return None
    return (case.at, value) if case.origin == edits.base.name else None
