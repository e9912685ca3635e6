"""Base bodies: realistic, coherent, full values in which a fault or an edge is set.

A contract whose full body is small has one full base, and one more for each branch of each choice. For a
large contract (GitHub's events) there is a base for each object: what is required, the way to the object,
and all of its own properties; so that a body stays small and every place is met.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ImpossibleSchema, UnsupportedKeyword
from contract_kit.jsonio import compact, replace, tokens
from contract_kit.schema import validator_for
from contract_kit.shape import nodes

from ._build import Builder, Built, Decided, Decision, Exhausted, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.model import Terms
    from contract_kit.shape import Node

__all__ = ["DEEP", "FULL_LIMIT", "Base", "Site", "base_values", "bases", "deeper", "minimal", "unmet"]

FULL_LIMIT = 16_000
"""Bytes: the full body of a larger contract is cut up into a base for each object."""

DEEP = "deep"
"""The name of the base of a schema that holds itself."""

_LEVELS = 2
_MOST_BRANCHES = 400
_MOST_TRIES = 3
_MOST_PLACES = 400
_REMEMBERED = 64
_MARK = "\u0001here\u0001"
_MARK_BYTES = compact(_MARK)


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a base: its actual pointer, its settled node and what stands there."""

    at: str
    node: Node
    value: Any


@dataclass(frozen=True, slots=True)
class Base:
    """A sound body and the sites that cases are made at.

    ``name`` is stable (``full``, ``branch-/a/b-1``, ``part-/repository``); ``sites`` are the places that no
    earlier base has shown.
    """

    name: str
    value: Any
    sites: tuple[Site, ...]
    nodes: Mapping[str, Node]
    words: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Room for sentences that are the same for all edits of a place."""
    _around: dict[str, tuple[bytes, bytes]] = field(default_factory=dict, repr=False, compare=False)

    def spliced(self, at: str, new: Any) -> bytes:
        """The base's body with ``new`` at ``at``: what stands around a place is written once."""
        if at not in self._around:
            if len(self._around) > _REMEMBERED:
                self._around.clear()
            before, _, after = compact(replace(self.value, at, _MARK)).partition(_MARK_BYTES)
            self._around[at] = (before, after)
        before, after = self._around[at]
        return before + compact(new) + after


def base_values(terms: Terms, count: int) -> list[Any]:
    """``count`` full, coherent, mutually different bodies of a contract (its first base is number 0).

    They are built once a contract and belong to all who ask: nobody changes them.
    """
    made: list[Any] = terms.root.memo.setdefault("base values", [])
    made += [_builder(terms, number).build(terms.root).value for number in range(len(made), count)]
    return made[:count]


def minimal(terms: Terms) -> Any:
    """A body of what is required alone, with the event's name where it is pinned."""
    return _builder(terms, 0, want=lambda pointer: pointer in _on_the_way(terms.pins)).build(terms.root).value


def _on_the_way(pins: Mapping[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for pointer in pins:
        parts = pointer.split("/")
        found.update("/".join(parts[: n + 1]) for n in range(1, len(parts)))
    return frozenset(found)


def _builder(terms: Terms, number: int, **options: Any) -> Builder:
    from ._realistic import Realism

    leaf = Realism(index=number, profile=terms.profile, event=terms.event).leaf
    return Builder(leaf, fixed=terms.pins, **options)


def bases(terms: Terms) -> Iterator[Base]:
    """The bases of a contract, made one by one; each lists the sites that those before it had not."""
    seen: set[tuple[str, tuple[int, ...]]] = set()
    judge = validator_for(terms.schema)
    full = _small_enough(terms)
    plans: Iterator[tuple[str, Built]]
    plans = _branches(terms, "full", *full) if full is not None else _parts(terms)
    for name, built in plans:
        if not judge.is_valid(built.value):
            continue
        sites = _new_sites(built, seen)
        if sites or name in ("full", "minimal"):
            yield Base(name, built.value, sites, built.nodes)
    yield from _alone(terms, seen)
    yield from _deep(terms, seen)


def _alone(terms: Terms, seen: set[tuple[str, tuple[int, ...]]]) -> Iterator[Base]:
    """A body for each place that no other body has, without its neighbours: they may be what keeps it out.

    So it is with two properties of which a ``not`` forbids that both are there.
    """
    met = {pointer for pointer, _ in seen}
    way, judge, tries = _on_the_way(terms.pins), validator_for(terms.schema), 0
    for pointer in dict.fromkeys(node.pointer for node in nodes(terms.root)):
        if pointer in met or tries >= _MOST_ALONE:
            continue
        tries += 1
        try:
            built = _builder(terms, 0, want=_only(pointer, way), items=1, entries=1).build(terms.root)
        except (ImpossibleSchema, UnsupportedKeyword, TooLarge, Exhausted):
            continue
        sites = _new_sites(built, seen) if judge.is_valid(built.value) else ()
        met.update(site.node.pointer for site in sites)
        if pointer in met:
            yield Base(f"alone-{pointer}", built.value, sites, built.nodes)


_MOST_ALONE = 50


def _only(pointer: str, way: frozenset[str]) -> Any:
    return lambda place: place in way or _related(place, pointer)


def _deep(terms: Terms, seen: set[tuple[str, tuple[int, ...]]]) -> Iterator[Base]:
    """For what holds itself: a body of one more level than the others, with one item of each.

    A reader that looks at the first levels alone is found out by a fault that stands deeper.
    """
    built = _deeper(terms, _LEVELS)
    if built is not None and len(compact(built.value)) <= FULL_LIMIT:
        sites = _new_sites(built, seen)
        if sites and validator_for(terms.schema).is_valid(built.value):
            yield Base(DEEP, built.value, sites, built.nodes)


def _small_enough(terms: Terms) -> tuple[Built, dict[str, Any]] | None:
    """The full body and how it was built, or ``None`` where it is too large to be a base.

    What holds itself is entered once more, where that leaves the body small.
    """
    if any(number > FULL_LIMIT // 8 for number, _ in enumerate(nodes(terms.root))):
        return None
    for options in ({"deepest": 1, "limit": _MOST_PLACES}, {"limit": 4 * _MOST_PLACES}):
        try:
            built = _builder(terms, 0, **options).build(terms.root)
        except TooLarge:
            continue
        if len(compact(built.value)) <= FULL_LIMIT:
            return built, options
    return None


def deeper(terms: Terms, levels: int) -> Any:
    """A body in which what holds itself does so ``levels`` times; ``None`` where nothing does, or too large."""
    built = _deeper(terms, levels)
    return None if built is None else built.value


def _deeper(terms: Terms, levels: int) -> Built | None:
    if not any(node.recursions for node in nodes(terms.root)):
        return None
    try:
        return _builder(terms, 0, deepest=levels, items=1, entries=1, limit=8 * _MOST_PLACES).build(
            terms.root
        )
    except (TooLarge, ImpossibleSchema):
        return None


def _branches(
    terms: Terms,
    name: str,
    first: Built,
    options: dict[str, Any],
    met: set[Decision] | None = None,
    parent: str = "",
) -> Iterator[tuple[str, Built]]:
    """``first``, and a body for each other branch of each choice that is met on the way.

    With ``met`` given, choices that have nothing to do with ``parent`` are left to the parts that they are of.
    """
    yield name, first
    own: set[Decision] = set()
    tries: Counter[tuple[Decision, int]] = Counter()
    made = 0
    waiting: deque[tuple[dict[Decision, int], Built]] = deque([({}, first)])
    while waiting:
        forced, built = waiting.popleft()
        levels = {node.pointer: node.recursions for node in built.nodes.values()}
        for decision, taken in built.decided.items():
            if levels.get(decision[0], 0) >= _LEVELS:
                continue  # what holds itself has the same choices at every level
            if (
                met is not None
                and decision in met
                and decision not in own
                and not _related(decision[0], parent)
            ):
                continue
            own.add(decision)
            if met is not None:
                met.add(decision)
            tries[decision, taken.branch] = _MOST_TRIES
            _note(terms, decision, taken, built=True)
            for branch in range(taken.among):
                # One that is impossible beside these branches may be possible beside others.
                if tries[decision, branch] >= _MOST_TRIES or made >= _MOST_BRANCHES:
                    continue
                made += 1
                asked = {**_up_to(built.decided, decision), **forced, decision: branch}
                other = _other(terms, asked, options)
                if other is None:
                    # Not beside what was decided there before it; the builder may find what it goes with.
                    asked = {**{d: b for d, b in forced.items() if d[0] != decision[0]}, decision: branch}
                    other = _other(terms, asked, options)
                tries[decision, branch] += _MOST_TRIES if other else 1
                _note(terms, decision, taken._replace(branch=branch), built=other is not None)
                if other is not None:
                    yield _label(decision, branch), other
                    waiting.append((asked, other))


def _label(decision: Decision, branch: int) -> str:
    place, number = decision
    return f"branch-{place}-{number}.{branch}" if number else f"branch-{place}-{branch}"


def _note(terms: Terms, decision: Decision, which: Decided, *, built: bool) -> None:
    """Keep in mind which branches no body was found for: see :func:`unmet`."""
    left: dict[tuple[Decision, int], Decided] = terms.root.memo.setdefault("unmet", {})
    met: set[tuple[Decision, int]] = terms.root.memo.setdefault("met branches", set())
    key = (decision, which.branch)
    if built:
        met.add(key)
        left.pop(key, None)
    elif key not in met and which.keyword in _WRITTEN:
        left[key] = which


_WRITTEN = frozenset(["anyOf", "oneOf", "if", "dependentSchemas"])
"""Choices that somebody wrote; a list of types that others narrow is none."""


def unmet(terms: Terms) -> list[str]:
    """Branches of choices that no body was found for, a sentence each; known once the bases were made."""
    left: dict[tuple[Decision, int], Decided] = terms.root.memo.get("unmet", {})
    return [
        f"{place or 'the body'}: no body was found {_way(which)}; its cases are left out"
        for ((place, _), _), which in left.items()
    ]


def _way(which: Decided) -> str:
    if which.keyword in ("anyOf", "oneOf"):
        return f"for branch {which.branch + 1} of {which.among} of its {which.keyword}"
    said = "holds" if which.branch == 0 else "does not hold"
    return f"in which its if {said}" if which.keyword == "if" else f"in which its {which.keyword} {said}"


def _other(terms: Terms, asked: dict[Decision, int], options: dict[str, Any]) -> Built | None:
    """The body with other branches, ``None`` where there is none."""
    if "quiet" in options:
        ways = [pointer for pointer, _ in asked]
        quiet = options["quiet"]
        # Below a choice that is forced a place is told apart by what it asks; at it and above it is not.
        options = {**options, "quiet": lambda at: quiet(at) and not any(_under(way, at) for way in ways)}
    try:
        return _builder(terms, 0, forced=asked, **options).build(terms.root)
    except (ImpossibleSchema, UnsupportedKeyword, TooLarge, Exhausted):
        return None


def _related(pointer: str, parent: str) -> bool:
    return _under(pointer, parent) or _under(parent, pointer)


def _under(pointer: str, other: str) -> bool:
    return pointer == other or pointer.startswith(other + "/")


def _away_from(*pointers: str) -> Any:
    """Whether a place has nothing to do with any of some pointers: neither above nor below."""
    return lambda place: not any(_related(place, pointer) for pointer in pointers)


def _up_to(decided: Mapping[Decision, Decided], last: Decision) -> dict[Decision, int]:
    """The decisions at the place of ``last`` that were taken before it: they lead to it."""
    return {d: taken.branch for d, taken in decided.items() if d[0] == last[0] and d[1] < last[1]}


def _parts(terms: Terms) -> Iterator[tuple[str, Built]]:
    """For a large contract: the required body, then one body for each object with optional properties."""
    way = _on_the_way(terms.pins)
    shared = terms.root.memo.setdefault("shared values", {})
    met: set[Decision] = set()
    least: dict[str, Any] = {"want": lambda pointer: pointer in way}
    yield from _branches(terms, "minimal", _builder(terms, 0, **least).build(terms.root), least, met)
    parents: dict[str, dict[str, None]] = {}
    for node in nodes(terms.root):
        if node.properties or node.values or node.patterns:
            parents.setdefault(node.pointer, {}).update(dict.fromkeys(node.properties))
    for parent, names in parents.items():
        for number, some in enumerate(_shares(list(names))):
            options: dict[str, Any] = {
                "want": _focus(parent, way, some),
                "items": 2,
                "entries": 2,
                "quiet": _away_from(parent, *way),
                "shared": shared,
            }
            try:
                first = _builder(terms, 0, **options).build(terms.root)
            except ImpossibleSchema:
                continue
            label = f"part-{parent}-{number}" if number else f"part-{parent}"
            yield from _branches(terms, label, first, options, met, parent)


_MOST_SIBLINGS = 200


def _shares(names: list[str]) -> list[frozenset[str] | None]:
    """The properties of an object that stand in one body: all of a usual one, some of a gigantic one."""
    if len(names) <= _MOST_SIBLINGS:
        return [None]
    return [frozenset(names[n : n + _MOST_SIBLINGS]) for n in range(0, len(names), _MOST_SIBLINGS)]


def _focus(parent: str, way: frozenset[str], names: frozenset[str] | None = None) -> Any:
    depth = len(tokens(parent))

    def want(pointer: str) -> bool:
        if pointer in way or parent == pointer or parent.startswith(pointer + "/"):
            return True
        if not pointer.startswith(parent + "/"):
            return False
        path = tokens(pointer)
        return len(path) == depth + 1 and (names is None or path[-1] in names)

    return want


def _new_sites(built: Built, seen: set[tuple[str, tuple[int, ...]]]) -> tuple[Site, ...]:
    """The places of a body that no body before it had: by pattern and by what is asked there."""
    from contract_kit.jsonio import get

    fresh = []
    keys = set()
    for at, node in built.nodes.items():
        key = (node.pointer, node.identity)
        if key not in seen:
            keys.add(key)
            fresh.append(Site(at, node, get(built.value, at)))
    seen.update(keys)
    return tuple(fresh)
