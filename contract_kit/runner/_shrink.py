"""The smallest example that still fails in the same way and still deserves its label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.cases import change, expectation_of
from contract_kit.jsonio import MISSING, get, join, remove, strict_loads, tokens, written
from contract_kit.jsonio import replace as put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Case, Verdict

    from ._run import Run

__all__ = ["smallest"]

_MOST_TRIES = 30
_LEAVE = ("equivalent", "malformed", "delivery")
_SLOW = ("timeout", "slow")
_LONG, _MANY = 40, 3
"""Letters of a text and entries of a container above which a shorter one is looked for."""


def smallest(run: Run, verdict: Verdict, *, keep: str | None = None) -> Verdict:
    """``verdict`` for a smaller body, if one is found that the contract and the target judge the same.

    Branches that have no part in the failure are dropped one after the other: whole ones first, so that
    what remains reads like a short, natural payload. A long text, or an array or a map of many entries, that
    is itself the difference becomes as short as it may be: then it shows where the limit is. ``keep`` is a place
    that stays, too: what a body without a difference fails for.
    """
    if verdict.case.kind in _LEAVE or verdict.finding in _SLOW or verdict.finding == "inconsistent":
        return verdict
    best, tries = verdict, 0
    progress = True
    while progress and tries < _MOST_TRIES:
        progress = False
        for body in _smaller(best, keep):
            tries += 1
            if tries > _MOST_TRIES:
                break
            found = _still(run, best, body)
            if found is not None:
                best, progress = found, True
                break
    return _shortened(run, best)


def _smaller(verdict: Verdict, keep: str | None) -> Iterator[Any]:
    """Bodies with one branch less, the largest branch first; never one on the way to the difference, nor inside it."""
    case = verdict.case
    try:
        value = strict_loads(case.body)
    except (ValueError, RecursionError):
        return
    kept = {case.at, verdict.pointer or case.at, keep or case.at}
    places: list[tuple[int, str]] = []
    for at, item in _containers(value):
        if at and not any(_on_way(at, place) for place in kept) and not _is_inside(at, case.at):
            places.append((-len(written(item) or b""), at))
    for _, at in sorted(places):
        yield remove(value, at)


def _is_inside(at: str, place: str) -> bool:
    return bool(place) and at.startswith(place + "/")


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


def _shortened(run: Run, verdict: Verdict) -> Verdict:
    """The verdict for as few letters or entries at the difference as still make it fail: found by halving."""
    case = verdict.case
    try:
        body = strict_loads(case.body)
    except (ValueError, RecursionError):
        return verdict
    value, at = get(body, case.at), case.at
    size = _size(value)
    if not at or case.kind != "valid" or size is None:
        return verdict
    best, low = verdict, 0
    while size - low > 1:
        middle = (low + size) // 2
        found = _still(run, verdict, put(body, at, _first(value, middle)), moved=True)
        if found is None:
            low = middle
        else:
            best, size = found, middle
    return best if best is verdict else _renamed(run, best, value, size)


def _size(value: Any) -> int | None:
    """How long a value is that may be made shorter."""
    if isinstance(value, str):
        return len(value) if len(value) > _LONG else None
    return len(value) if isinstance(value, dict | list) and len(value) > _MANY else None


def _first(value: Any, size: int) -> Any:
    return dict(list(value.items())[:size]) if isinstance(value, dict) else value[:size]


def _renamed(run: Run, verdict: Verdict, before: Any, size: int) -> Verdict:
    """The verdict with the words of its case told of the shorter value."""
    at, case = verdict.case.at, verdict.case
    if isinstance(before, str):
        said = f"{at} is a text of {size:,} characters"
    else:
        noun = ("entry", "entries") if isinstance(before, dict) else ("item", "items")
        said = f"{at} has {size:,} {noun[size != 1]}"
    base = run.base_value
    changed = case.changed if base is MISSING else change(base, at, get(strict_loads(case.body), at))
    return replace(verdict, case=replace(case, description=said, changed=changed))


def _still(run: Run, before: Verdict, value: Any, *, moved: bool = False) -> Verdict | None:
    """The verdict on a smaller body, where it is the same failure with the same label.

    ``moved``: the place of a change may be another, for another key or item is now the first that is dropped.
    """
    case = _relabelled(run, before.case, value)
    if case is None:
        return None
    reply = run.judge.ask(case.body, case)
    run.tally.deliveries += 1
    verdict = run.judge.settled(case, reply)
    same = (
        verdict.finding == before.finding
        and (moved or verdict.pointer == before.pointer)
        and verdict.reply.exception == before.reply.exception
        and verdict.reply.where == before.reply.where
        and verdict.reply.status == before.reply.status
    )
    return verdict if same else None


def _relabelled(run: Run, case: Case, value: Any) -> Case | None:
    """The case with another body, where the contract still says the same of it."""
    told = expectation_of(run.terms, run.policy, value)
    broken = {(v.pointer, v.keyword) for v in told.violations}
    if case.kind == "invalid":
        if not broken or len({pointer for pointer, _ in broken}) != 1:
            return None
        if not any(keyword == case.keyword for _, keyword in broken):
            return None
    elif broken:
        return None
    firm = told.expect == "accept" and not run.settings.expectations
    if told.expect != case.expect and not firm:
        return None
    body = written(value)
    return None if body is None else replace(case, body=body, expect=told.expect)
