"""Bodies of many differences → the one that matters: what a reader needs to see, and what groups well.

A pair's, an era's or a random body that fails is taken back to the base, difference by difference, as long as
it still fails in the same way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.cases import differences, expectation_of
from contract_kit.jsonio import MISSING, differing, get, join, remove, strict_loads, tokens, written
from contract_kit.jsonio import replace as put
from contract_kit.model import ENDPOINTS
from contract_kit.report import clause

from ._group import group, is_whole
from ._place import fails_alike

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import Case, Verdict

    from ._run import Run

__all__ = ["reduced"]

_MOST, _MOST_OUTSIDE = 8, 3
_FEW = 3
"""Differences that make a sentence."""
_MANY_PLACES = 200
_MOST_STEPS, _MOST_STEPS_OF_A_HANG = 120, 12


def reduced(run: Run, failed: list[Verdict]) -> list[Verdict]:
    """``failed``, with bodies that no single difference explains reduced to what makes them fail."""
    base = run.base_value
    if base is MISSING:
        return failed
    most = _MOST_OUTSIDE if run.target.kind in ENDPOINTS else _MOST
    smaller: dict[str, Verdict] = {}
    for made in group(failed, run.tally.met, run.tally.below, run.tally.largest):
        whole = [v for v in made.verdicts if v.case.family != "base" and v.case.kind != "equivalent"]
        if all(is_whole(v.case) for v in whole):
            few, rest = whole[:most], whole[most:]
            told = {verdict.case.id: _reduced(run, verdict, base) for verdict in few}
            most -= len(few)
            smaller |= told | {v.case.id: _likened(v, told.values(), base) for v in rest}
    by_body = {(v.case.body, v.finding): v for v in failed if v.case.kind != "equivalent"}
    for verdict in failed:
        plain = by_body.get((verdict.case.plain, verdict.finding)) if verdict.case.plain is not None else None
        if plain is not None:  # another spelling fails as the plain one does
            there = smaller.get(plain.case.id, plain)
            smaller[verdict.case.id] = replace(there, case=replace(there.case, id=verdict.case.id))
    return [smaller.get(verdict.case.id, verdict) for verdict in failed]


def _likened(verdict: Verdict, told: Iterable[Verdict], base: Any) -> Verdict:
    """A body of many differences like those that were reduced: it differs, too, where they fail."""
    try:
        value = strict_loads(verdict.case.body)
    except (ValueError, RecursionError):
        return verdict
    for at, _ in Counter(one.case.at for one in told if one.case.at).most_common():
        if get(value, at) != get(base, at):
            return replace(verdict, case=replace(verdict.case, at=at), pointer=verdict.pointer or at)
    return verdict


def _reduced(run: Run, verdict: Verdict, base: Any) -> Verdict:
    """The verdict on the body with as few differences from ``base`` as still make it fail."""
    try:
        value = strict_loads(verdict.case.body)
    except (ValueError, RecursionError):
        return verdict
    best, steps = verdict, 0
    places = _places(base, value)
    # Halves first: most differences have no part in it.
    size = max(len(places) // 2, 1)
    most = _MOST_STEPS_OF_A_HANG if verdict.finding == "timeout" else _MOST_STEPS
    while places and steps < most:
        kept = False
        for start in range(0, len(places), size):
            if steps >= most:
                break
            chunk = places[start : start + size]
            steps += 1
            found = _with(run, best, _taken_back(base, value, chunk))
            if found is not None:
                best, value = found
                places = [place for place in _places(base, value) if place not in chunk]
                kept = True
                break
        if not kept:
            if size == 1:
                break
            size = max(size // 2, 1)
    return _told(best, base, value)


def _places(base: Any, value: Any) -> list[str]:
    """The places to take back one after the other: of arrays, first the items that one of the two has more.

    An array may differ in so much that it is no difference to show; a few hundred items are one.
    """
    found = list(differing(base, value, items=True))
    return found if len(found) <= _MANY_PLACES else list(differing(base, value))


def _taken_back(base: Any, value: Any, places: list[str]) -> Any:
    """``value`` with what ``base`` has at ``places``."""
    # Items are added from the first and taken away from the last, for the others must keep their places.
    adding = [place for place in places if get(base, place) is not MISSING]
    for place in (*adding, *reversed([place for place in places if place not in adding])):
        old = get(base, place)
        try:
            if old is not MISSING:
                value = put(value, place, old)
            elif get(value, place) is not MISSING:
                value = remove(value, place)
        except (KeyError, IndexError, TypeError, ValueError):
            continue
    return value


def _with(run: Run, before: Verdict, value: Any) -> tuple[Verdict, Any] | None:
    """The verdict on another body, where it fails as before and the contract says the same of it."""
    told = expectation_of(run.terms, run.policy, value)
    if told.violations or told.expect != before.case.expect:
        return None
    body = written(value)
    if body is None:
        return None
    case = replace(before.case, body=body)
    verdict = run.ask(case)
    return (verdict, value) if fails_alike(verdict, before) else None


def _told(verdict: Verdict, base: Any, value: Any) -> Verdict:
    """The verdict with its case described by the differences that are left."""
    at, words = differences(base, value)
    if not words:
        return verdict
    case: Case = replace(verdict.case, at=at, changed=words, description=words)
    places = list(differing(base, value))
    if len(places) == 1 and case.family == "several":
        case = replace(case, family="pair")
    if 1 < len(places) <= _FEW:
        said = " and ".join(clause(place, get(value, place)) for place in places)
        case = replace(case, family="several", description=said)
        at = _common(places)
    return replace(verdict, case=case, pointer=verdict.pointer or at)


def _common(places: list[str]) -> str:
    """The place that holds them all."""
    first, *others = (tokens(place)[:-1] for place in places)
    shared = first
    for other in others:
        shared = [one for one, two in zip(shared, other, strict=False) if one == two]
    return join("", *shared)
