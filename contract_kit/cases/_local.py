"""Judging an edit of a sound body where it was made.

A body is large and an edit is small. What a schema says of a place can be asked there alone as long as no
keyword above it looks down on what stands inside (``anyOf``, ``not``, ``uniqueItems`` and the like); else the
question is asked at the first such place on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, get, join, replace, tokens
from contract_kit.model import Violation
from contract_kit.values import judge_of

if TYPE_CHECKING:
    from contract_kit.schema import Validator
    from contract_kit.shape import Node
    from contract_kit.values import Base

__all__ = ["LOOKS_DOWN", "Local"]

LOOKS_DOWN = frozenset(
    "not if anyOf oneOf contains uniqueItems dependentSchemas unevaluatedProperties unevaluatedItems enum const".split()  # noqa: SIM905
)
_SILENT = frozenset(
    [
        "anyOf",
        "oneOf",
        "type",
        "title",
        "description",
        "discriminator",
        "examples",
        "default",
        "deprecated",
        "$schema",
        "$defs",
    ]
)
_FAILED = {
    "anyOf": "it satisfies none of the schemas of anyOf",
    "oneOf": "it does not satisfy exactly one of the schemas of oneOf",
}


def _only_choice(node: Node) -> str | None:
    """The keyword of a place whose one choice is all that is said of what stands inside it."""
    found = [keyword for part in node.parts for keyword in part if keyword in _FAILED]
    plain = all(set(part) <= _SILENT for part in node.parts)
    return found[0] if plain and len(found) == 1 else None


class Local:
    """One schema as a judge of edits; ``whole`` is its validator, ``root`` its node."""

    def __init__(self, root: Node, whole: Validator) -> None:
        self._root, self.whole = root, whole
        self._base: Base | None = None
        self._sound = False
        self._pivots: dict[str, tuple[str, Validator, Any]] = {}
        self._choices: dict[str, str | None] = {}

    def violations(self, base: Base, place: str, new: Any) -> list[Violation]:
        """What a body breaks that is ``base`` with ``new`` at ``place``."""
        self._turn(base)
        if not self._sound:
            return self.whole.violations(replace(base.value, place, new))
        pivot, judge, there = self._pivot(base, place)
        choice = self._choices.get(pivot) if pivot != place else None
        if choice is not None:
            # All that stands there is seen through one choice: it fails as a whole, and said shortly.
            if judge.is_valid(replace(there, place[len(pivot) :], new)):
                return []
            return [Violation(pivot, choice, _FAILED[choice])]
        found = judge.violations(replace(there, place[len(pivot) :], new))
        return [Violation(pivot + v.pointer, v.keyword, v.message) for v in found] if pivot else found

    def is_valid(self, base: Base, place: str, new: Any) -> bool:
        """Whether such a body satisfies the schema."""
        self._turn(base)
        if not self._sound:
            return self.whole.is_valid(replace(base.value, place, new))
        pivot, judge, there = self._pivot(base, place)
        return judge.is_valid(replace(there, place[len(pivot) :], new))

    def _turn(self, base: Base) -> None:
        """Bases come one after the other: what is known of one is forgotten with it."""
        if base is not self._base:
            self._base, self._pivots, self._choices = base, {}, {}
            self._sound = self.whole.is_valid(base.value)

    def _pivot(self, base: Base, place: str) -> tuple[str, Validator, Any]:
        if place not in self._pivots:
            here, node = "", self._root
            for token in tokens(place):
                value = get(base.value, here)
                if node.choices or any(word in part for part in node.parts for word in LOOKS_DOWN):
                    break
                if isinstance(value, list):
                    node = node.item(int(token))
                elif isinstance(value, dict) and token in value:
                    node = node.child(token)
                else:
                    break
                here = join(here, token)
            judge = judge_of(node) if here else self.whole
            self._choices[here] = _only_choice(node)
            there = get(base.value, here)
            assert there is not MISSING
            self._pivots[place] = (here, judge, there)
        return self._pivots[place]
