"""Bodies of many differences → the one that matters: what a reader needs to see, and what groups well.

A pair's, an era's or a random body that fails is taken back to the base, difference by difference, as long as
it still fails in the same way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.cases import differences, expectation_of
from contract_kit.jsonio import MISSING, differing, get, remove, strict_loads, written
from contract_kit.jsonio import replace as put
from contract_kit.model import ENDPOINTS

from ._group import group, is_whole

if TYPE_CHECKING:
    from contract_kit.model import Case, Verdict

    from ._run import Run

__all__ = ["reduced"]

_MOST, _MOST_OUTSIDE = 8, 3
_MOST_STEPS = 120


def reduced(run: Run, failed: list[Verdict]) -> list[Verdict]:
    """``failed``, with bodies that no single difference explains reduced to what makes them fail."""
    base = run.base_value
    if base is MISSING:
        return failed
    unexplained = [
        verdict
        for made in group(failed, run.tally.met, run.tally.below)
        if all(is_whole(v.case) for v in made.verdicts)
        for verdict in made.verdicts
        if verdict.case.family != "base"
    ]
    most = _MOST_OUTSIDE if run.target.kind in ENDPOINTS else _MOST
    smaller = {verdict.case.id: _reduced(run, verdict, base) for verdict in unexplained[:most]}
    return [smaller.get(verdict.case.id, verdict) for verdict in failed]


def _reduced(run: Run, verdict: Verdict, base: Any) -> Verdict:
    """The verdict on the body with as few differences from ``base`` as still make it fail."""
    try:
        value = strict_loads(verdict.case.body)
    except (ValueError, RecursionError):
        return verdict
    best, steps = verdict, 0
    places = list(differing(base, value))
    # Halves first: most differences have no part in it.
    size = max(len(places) // 2, 1)
    while places and steps < _MOST_STEPS:
        kept = False
        for start in range(0, len(places), size):
            chunk = places[start : start + size]
            steps += 1
            found = _with(run, best, _taken_back(base, value, chunk))
            if found is not None:
                best, value = found
                places = [place for place in places if place not in chunk]
                kept = True
                break
        if not kept:
            if size == 1:
                break
            size = max(size // 2, 1)
    return _told(best, base, value)


def _taken_back(base: Any, value: Any, places: list[str]) -> Any:
    """``value`` with what ``base`` has at ``places``."""
    for place in places:
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
    alike = verdict.finding == before.finding and verdict.reply.where == before.reply.where
    return (verdict, value) if alike else None


def _told(verdict: Verdict, base: Any, value: Any) -> Verdict:
    """The verdict with its case described by the differences that are left."""
    at, words = differences(base, value)
    if not words:
        return verdict
    case: Case = replace(verdict.case, at=at, changed=words, description=words)
    return replace(verdict, case=case, pointer=verdict.pointer or at)
