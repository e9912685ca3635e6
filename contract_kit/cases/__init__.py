"""Terms → cases about the body: the deterministic catalogue, made one by one.

The order is fixed: sound bodies first, then their spellings, other events, broken rules, broken JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.model import ENDPOINTS, Case, Kind, Policy, TargetKind, Terms
from contract_kit.values import base_values, bases

from ._draft import READERS_DISAGREE, Draft, change, shown
from ._equivalent import equivalent, spellings
from ._foreign import foreign
from ._invalid import invalid, near_misses
from ._left import left_out
from ._maker import Maker, Told, expectation_of
from ._malformed import malformed
from ._pairs import note_double, pairs, pairs_of
from ._places import case_id, pattern_in, pattern_of
from ._random import differences, invalid_cases, valid_cases
from ._valid import valid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from contract_kit.values import Base

__all__ = [
    "BODY_KINDS",
    "READERS_DISAGREE",
    "Draft",
    "Maker",
    "Told",
    "body_cases",
    "case_id",
    "change",
    "differences",
    "expectation_of",
    "invalid_cases",
    "left_out",
    "near_misses",
    "pairs_of",
    "pattern_in",
    "pattern_of",
    "shown",
    "spellings",
    "valid_cases",
]

BODY_KINDS: tuple[Kind, ...] = ("valid", "equivalent", "foreign", "invalid", "malformed")


def body_cases(
    terms: Terms,
    *,
    kinds: Collection[Kind] | None = None,
    policy: Policy | None = None,
    target: TargetKind | None = None,
    strength: int = 2,
) -> Iterator[Case]:
    """The catalogue of a contract about bodies (``delivery`` cases are made elsewhere).

    ``policy`` is ``provider`` where there is a profile, else ``schema``; ``target`` matters to foreign
    events alone: an endpoint must take them.
    """
    ruling: Policy = policy or terms.usual_policy
    maker = Maker(terms, ruling, target)
    wanted = set(kinds) if kinds is not None else set(BODY_KINDS)
    for draft in _drafts(terms, ruling, target, strength):
        # A case is finished even if it is not wanted: ids and doubles do not depend on the selection.
        case = maker.finish(draft)
        if case is None:
            note_double(terms, draft)
        if case is not None and case.kind in wanted:
            yield case


def _drafts(terms: Terms, policy: Policy, target: TargetKind | None, strength: int) -> Iterator[Draft]:
    every: list[Base] = []
    bodies: tuple[Any, ...] = ()
    for number, base in enumerate(bases(terms)):
        every.append(base)
        if number == 0 and base.name == "full":
            bodies = tuple(base_values(terms, 5))
        yield from valid(terms, base, bodies if number == 0 else ())
        if number == 0:
            yield from pairs(terms, base, strength)
    first = every[0]
    yield from equivalent(terms, first, bodies)
    yield from foreign(terms, first, "accept" if policy == "schema" or target in ENDPOINTS else "either")
    for base in every:
        yield from invalid(terms, base)
    yield from malformed(first)
