"""The smallest example that still fails in the same way and still deserves its label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import join, remove, strict_loads, tokens, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Case, Verdict

    from ._run import Run

__all__ = ["smallest"]

_MOST_TRIES = 30
_LEAVE = ("equivalent", "malformed", "delivery")
_SLOW = ("timeout", "slow")


def smallest(run: Run, verdict: Verdict) -> Verdict:
    """``verdict`` for a smaller body, if one is found that the contract and the target judge the same.

    Branches that have no part in the failure are dropped one after the other: whole ones first, so that
    what remains reads like a short, natural payload.
    """
    if verdict.case.kind in _LEAVE or verdict.finding in _SLOW or verdict.finding == "inconsistent":
        return verdict
    best, tries = verdict, 0
    progress = True
    while progress and tries < _MOST_TRIES:
        progress = False
        for body in _smaller(best):
            tries += 1
            if tries > _MOST_TRIES:
                break
            found = _still(run, best, body)
            if found is not None:
                best, progress = found, True
                break
    return best


def _smaller(verdict: Verdict) -> Iterator[Any]:
    """Bodies with one branch less, the largest branch first; never one on the way to the difference."""
    case = verdict.case
    try:
        value = strict_loads(case.body)
    except (ValueError, RecursionError):
        return
    kept = {case.at, verdict.pointer or case.at}
    places: list[tuple[int, str]] = []
    for at, item in _containers(value):
        if at and not any(_on_way(at, place) for place in kept):
            places.append((-len(written(item) or b""), at))
    for _, at in sorted(places):
        yield remove(value, at)


def _containers(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Objects and arrays inside objects, and items of arrays: what reads naturally when left out."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        here = join(at, key)
        if isinstance(item, dict | list) or isinstance(value, list):
            yield here, item
        if isinstance(item, dict | list):
            yield from _containers(item, here)


def _on_way(at: str, place: str) -> bool:
    """Whether removing ``at`` would remove ``place`` or move it to another index."""
    if place == at or place.startswith(at + "/"):
        return True
    head, _, last = at.rpartition("/")
    return last.isdecimal() and place.startswith(head + "/") and tokens(place)[len(tokens(head))].isdecimal()


def _still(run: Run, before: Verdict, value: Any) -> Verdict | None:
    """The verdict on a smaller body, where it is the same failure with the same label."""
    case = _relabelled(run, before.case, value)
    if case is None:
        return None
    reply = run.judge.ask(case.body, case)
    run.tally.deliveries += 1
    verdict = run.judge.settled(case, reply)
    same = (
        verdict.finding == before.finding
        and verdict.pointer == before.pointer
        and verdict.reply.exception == before.reply.exception
        and verdict.reply.where == before.reply.where
        and verdict.reply.status == before.reply.status
    )
    return verdict if same else None


def _relabelled(run: Run, case: Case, value: Any) -> Case | None:
    """The case with another body, where the contract still says the same of it."""
    from contract_kit.cases import expectation_of

    told = expectation_of(run.terms, run.policy, value)
    broken = {(v.pointer, v.keyword) for v in told.violations}
    if case.kind == "invalid":
        if not broken or len({pointer for pointer, _ in broken}) != 1:
            return None
        if not any(keyword == case.keyword for _, keyword in broken):
            return None
    elif broken:
        return None
    if told.expect != case.expect:
        return None
    body = written(value)
    return None if body is None else replace(case, body=body)
