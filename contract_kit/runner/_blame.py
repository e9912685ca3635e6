"""Where not even a sound body passes: which of its values is the cause.

Nothing was changed in the body, so no difference tells. Its fields are taken away one after the other as long as it
fails in the same way; what cannot be taken away is what it fails for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.cases import expectation_of
from contract_kit.jsonio import get, join, remove, strict_loads, written
from contract_kit.model import ENDPOINTS

from ._place import fails_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Verdict

    from ._run import Run

__all__ = ["blamed"]

_MOST, _MOST_OUTSIDE, _MOST_OF_A_HANG = 120, 60, 12
_OUTCOMES = frozenset({"false_reject", "crash", "timeout"})


def blamed(run: Run, verdict: Verdict) -> str | None:
    """The one value of a sound body without which it does not fail in the same way, by its place, if there is one."""
    if verdict.finding not in _OUTCOMES or verdict.case.kind != "valid":
        return None
    try:
        body = strict_loads(verdict.case.body)
    except (ValueError, RecursionError):
        return None
    value, held = _least(run, verdict, body)
    leaves = [at for at in _places(value) if not isinstance(get(value, at), dict | list)]
    causes = [at for at in leaves if at not in held]
    if len(causes) != 1:
        return None
    return _where(body, causes[0], get(value, causes[0]))


def _least(run: Run, verdict: Verdict, value: Any) -> tuple[Any, set[str]]:
    """As little of a body as still fails alike, and the places that cannot be left out by contract."""
    left = _MOST_OUTSIDE if run.target.kind in ENDPOINTS else _MOST
    left = _MOST_OF_A_HANG if verdict.finding == "timeout" else left
    held: set[str] = set()
    needed: set[str] = set()
    while left > 0:
        at = next((at for at in _places(value) if at not in held and at not in needed), None)
        if at is None:
            return value, held
        without = remove(value, at)
        said = _fails(run, verdict, without)
        left -= said is not None
        if said is None:
            held.add(at)
        elif not said:
            needed.add(at)
        else:
            value = without
            if at.rpartition("/")[2].isdecimal():  # the items after it have other indexes now
                held.clear()
                needed.clear()
    return {}, held


def _fails(run: Run, verdict: Verdict, value: Any) -> bool | None:
    """Whether a body fails as before; ``None`` where the contract expects something else of it."""
    told = expectation_of(run.terms, run.policy, value)
    body = written(value)
    if told.violations or told.expect != verdict.case.expect or body is None:
        return None
    return fails_alike(run.ask(replace(verdict.case, body=body)), verdict)


def _places(value: Any, at: str = "") -> Iterator[str]:
    """All places inside a value, those that hold most first."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in sorted(pairs, key=lambda pair: not isinstance(pair[1], dict | list)):
        here = join(at, key)
        yield here
        yield from _places(item, here)


def _where(body: Any, at: str, value: Any) -> str | None:
    """Where a value stands in the whole body: items before it may be gone, so that only its names are known."""
    names = _names(at)
    return next(
        (place for place in _places(body) if _names(place) == names and get(body, place) == value), None
    )


def _names(at: str) -> list[str]:
    return [token for token in at.split("/") if not token.isdecimal()]
