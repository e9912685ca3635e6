"""Bodies in which no two places hold the same: what tells apart from where a result has a value.

A realistic body repeats itself (a mapping names its customer, two things were made by one person), and from such
bodies alone it cannot be learned which of two places came out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.cases import expectation_of, pattern_in
from contract_kit.jsonio import replace, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Policy, Terms

__all__ = ["distinct"]

_MOST = 60
_TURNS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def distinct(terms: Terms, policy: Policy, body: Any, turn: int = 0) -> Any | None:
    """``body`` with other values for those that it holds twice, as far as it must still be taken.

    ``turn`` is the body's number: members of an enum are few, and only over several bodies do any two places
    differ. ``None`` where it holds nothing twice.
    """
    members = _members(terms, body, turn)
    edits = [*members.items(), *((at, new) for at, new in _repeated(body) if at not in members)][:_MOST]
    changed = body
    for at, new in edits:
        changed = replace(changed, at, new)
    if not edits:
        return None
    if expectation_of(terms, policy, changed).expect == "accept":
        return changed
    changed = body
    for at, new in edits:
        one = replace(changed, at, new)
        if expectation_of(terms, policy, one).expect == "accept":
            changed = one
    return None if changed is body else changed


def _members(terms: Terms, body: Any, turn: int) -> dict[str, Any]:
    """For each place that the contract gives members: one of them, by the digits of the place's number."""
    enums = {
        place.pointer: rule.value
        for place in terms.locations
        for rule in place.constraints
        if rule.keyword == "enum" and place.pointer not in terms.pins and len(rule.value) > 1
    }
    if not enums:
        return {}
    found = [(at, enums[pattern]) for at, _ in walk(body) if (pattern := pattern_in(terms, at)) in enums]
    return {at: of[number // len(of) ** turn % len(of)] for number, (at, of) in enumerate(found)}


def _repeated(body: Any) -> Iterator[tuple[str, Any]]:
    """The places whose value stood before, each with one that stands nowhere."""
    seen: set[Any] = {value for _, value in walk(body) if _is_telling(value)}
    met: set[Any] = set()
    for at, value in walk(body):
        if not _is_telling(value):
            continue
        if value in met:
            other = _other(value, seen)
            if other is not None:
                seen.add(other)
                yield at, other
        met.add(value)


def _is_telling(value: Any) -> bool:
    return (isinstance(value, str) and bool(value)) or type(value) in (int, float)


def _other(value: Any, seen: set[Any]) -> Any | None:
    """Another value of the same form that is not in ``seen``."""
    if not isinstance(value, str):
        return next((value + step for step in range(1, _MOST) if value + step not in seen), None)
    for end in range(len(value) - 1, -1, -1):
        for letters in _TURNS:
            at = letters.find(value[end])
            for step in range(1, len(letters) if at >= 0 else 0):
                made = value[:end] + letters[(at + step) % len(letters)] + value[end + 1 :]
                if made not in seen:
                    return made
    return None
