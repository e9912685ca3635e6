"""Bindings: which place of a result carries which place of the body; and how a place is found again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from contract_kit.jsonio import tokens
from contract_kit.oracle._equal import normal
from contract_kit.oracle._plain import SET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_kit.oracle._plain import Plain

__all__ = [
    "MISSING",
    "UNRELATED",
    "Bound",
    "Frame",
    "Path",
    "Rule",
    "Table",
    "align",
    "items_of",
    "resolve",
    "signatures",
]

Path = tuple[str, ...]
"""A place of what came out: keys, ``*`` for the items of a bound list."""
Rule = Literal["value", "object", "map", "list", "part", "keyed", "json"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()


@dataclass(frozen=True, slots=True)
class Frame:
    """The body, or one item of a list that the walk stands in: general and actual pointer, and value."""

    source: str
    pointer: str
    value: Any


@dataclass(frozen=True, slots=True)
class Bound:
    """What a place of the result carries.

    ``source`` is the place in the body, ``None`` for one that carries nothing of it. ``named``: their names
    agree. ``seen``: the value was once seen to come out as it went in. ``kinds``: the leaf kinds seen.
    ``rule``: how containers correspond: ``part`` is a list of which some items are left out, ``keyed`` a dict
    by the items' ``key``, ``json`` the container's JSON text.
    """

    source: str | None
    named: bool = True
    seen: bool = False
    rule: Rule = "value"
    key: str = ""
    kinds: frozenset[str] = frozenset()

    @property
    def tells(self) -> bool:
        """Whether values were compared here, and not only names."""
        return self.source is not None and self.rule != "object" and (self.seen or bool(self.kinds))


UNRELATED = Bound(None)
_ENOUGH = 0.5


@dataclass(slots=True)
class Table:
    """All bindings, and the paths that lead to one."""

    bound: dict[Path, Bound] = field(default_factory=dict)
    heads: set[Path] = field(default_factory=set)
    kept: dict[str, set[Any]] = field(default_factory=dict)
    """By enum place inside of lists: the members whose items came out."""
    sizes: dict[Path, int] = field(default_factory=dict)
    """How many items each list has whose items are known by where they stand."""
    idle: set[Path] = field(default_factory=set)
    """Fields that never held anything, and of which no place of the body has the name."""
    respelt: bool = False
    """Whether some name came out in another spelling: ``externalId`` for ``external_id``."""

    def put(self, path: Path, bound: Bound) -> None:
        """Bind ``path``."""
        self.bound[path] = bound
        if path and bound.source and not self.respelt:
            name = bound.source.rpartition("/")[2]
            self.respelt = path[-1] != name and normal(path[-1]) == normal(name)
        for size in range(len(path)):
            self.heads.add(path[:size])


@lru_cache(maxsize=4096)
def _tokens(rest: str) -> tuple[str, ...]:
    return tuple(tokens(rest))


def resolve(source: str, frames: Sequence[Frame]) -> tuple[str, Any] | None:
    """The actual pointer and value of a general place, seen from the innermost frame that holds it."""
    for frame in reversed(frames):
        if source == frame.source:
            return frame.pointer, frame.value
        if source.startswith(frame.source + "/"):
            value = frame.value
            rest = source[len(frame.source) :]
            for token in _tokens(rest):
                value = value.get(token, MISSING) if isinstance(value, dict) else MISSING
            return frame.pointer + rest, value
    return None


def items_of(came: Plain) -> list[Plain] | None:
    """The items of a list or a set, else ``None``."""
    if type(came) is list:
        return came
    return came[1] if type(came) is tuple and came[0] == SET else None


def _words(value: Any, depth: int = 0) -> set[Any]:
    """What makes an item recognisable: its texts and big numbers, not those of lists inside it."""
    if isinstance(value, dict):
        if depth > 4:
            return set()
        return {word for item in value.values() for word in _words(item, depth + 1)}
    if type(value) is tuple:
        return {value[2]} if value[0] != SET else set()
    return {value} if isinstance(value, str) and value else _big(value)


def _big(value: Any) -> set[Any]:
    return {value} if isinstance(value, (int, float)) and not isinstance(value, bool) else set()


def signatures(items: Sequence[Any]) -> Counter[frozenset[Any]]:
    """What makes each item recognisable, without their order."""
    return Counter(frozenset(_words(item)) for item in items)


def align(came: Sequence[Plain], sent: Sequence[Any]) -> list[int | None]:
    """For each item that came out the index of the item that went in which it looks like most."""
    wanted = [_words(item) for item in sent]
    found: list[int | None] = []
    for item in came:
        words = _words(item)
        scores = [(len(words & other), -abs(index - len(found))) for index, other in enumerate(wanted)]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        good = best is not None and words and scores[best][0] >= _ENOUGH * len(words)
        found.append(best if good else None)
    return found
