"""Broken rules and missing properties beside another value than the everyday one: checks that hang on a state."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from contract_kit.jsonio import MISSING
from contract_kit.report import clause

from ._edits import apart
from ._near import near

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.model import Case
    from contract_kit.targets import Together
    from contract_kit.values import Site

    from ._edits import Edit, Edits

__all__ = ["context_cases"]

_MOST_CONTEXTS, _MOST_PLACES = 14, 60
_FEW_MEMBERS = 6


def context_cases(edits: Edits, together: Sequence[Together]) -> Iterator[Case]:
    """For each state that there may be: every other place absent, empty and of a wrong type beside it.

    A state is a member of a short enum, or a constant that stands in one statement of the target's source with
    a property's name.
    """
    states = dict.fromkeys(chain(_constants(edits, together), _members(edits)))
    for at, value in islice(states, _MOST_CONTEXTS):
        for site in edits.sites[:_MOST_PLACES]:
            if site.at and apart(at, site.at) and site.node.pointer not in edits.pinned:
                yield from _beside(edits, (at, value), site)


def _constants(edits: Edits, together: Sequence[Together]) -> Iterator[tuple[str, str]]:
    for site, value in near(edits, together):
        if isinstance(value, str) and value != site.value and edits.takes(site, value):
            yield site.at, value


def _members(edits: Edits) -> Iterator[tuple[str, str]]:
    for site in edits.sites:
        members = site.node.enum or ()
        if len(members) <= _FEW_MEMBERS and site.node.pointer not in edits.pinned:
            yield from (
                (site.at, member) for member in members if isinstance(member, str) and member != site.value
            )


def _beside(edits: Edits, state: Edit, site: Site) -> Iterator[Case]:
    where = f"with-{state[1]}"
    made: list[Case | None] = []
    if edits.may_go(site):
        made.append(edits.two([state, (site.at, MISSING)], f"{where}-without-{site.at}"))
    if isinstance(site.value, str) and edits.takes(site, ""):
        made.append(edits.two([state, (site.at, "")], f"{where}-empty-{site.at}"))
    wrong = "text" if isinstance(site.value, int | float) else 42
    said = f"{clause(site.at, wrong)} where {clause(*state)}"
    made.append(edits.broken(site.at, wrong, "type", where, said, beside=[state]))
    yield from (case for case in made if case is not None)
