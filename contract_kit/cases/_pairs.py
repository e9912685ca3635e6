"""Pairs: bodies in which every two classes of two places occur together (every three on wish).

The places of the first base are the factors of a covering array, their classes (see ``_classes``) the
values. What stands below an absent object has no class there, and such pairs count nowhere. The first rows
are made of what the provider can send alone, so that policy ``provider`` asks for them to be accepted. In a
contract of more than ``_MOST_FACTORS`` places the upper ones are taken, with few classes each.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, tokens
from contract_kit.schema import validator_for
from contract_kit.values import MOOT, bases, count_covered, covering

from ._classes import Option, options_of
from ._draft import Draft

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from contract_kit.model import Terms
    from contract_kit.values import Base, Site

__all__ = ["note_double", "pairs", "pairs_of"]

_MOST_FACTORS = 48
_MOST_CLASSES, _FEW_CLASSES = 60, 6
"""Of one place, in a contract of few places and in one of many."""
_MOST_TRIES, _MOST_SURROUNDINGS = 20_000, 8
_WORDS = {2: "pair", 3: "triple"}


@dataclass(frozen=True, slots=True)
class Factor:
    """One place of the base that has more than one class."""

    pattern: str
    sites: tuple[Site, ...]
    paths: tuple[tuple[str | int, ...], ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The array of a contract: ``rows`` have a number of a class for each factor, or ``MOOT``."""

    base: Base
    strength: int
    factors: tuple[Factor, ...]
    needs: Mapping[int, tuple[int, Collection[int]]]
    rows: tuple[tuple[int, ...], ...]
    impossible: int

    def variant(self, number: int) -> str:
        """The name of a row, from 0."""
        return f"{_WORDS[self.strength]}-{number + 1:04d}"


def pairs(terms: Terms, base: Base, strength: int) -> Iterator[Draft]:
    """A draft for each row of the covering array; ``base`` is the first one of the contract."""
    plan = _planned(terms, base, strength)
    for number, row in enumerate(plan.rows):
        value = _body(plan.base.value, plan.factors, row, number)
        words = _words(plan.factors, row)
        yield Draft(
            kind="valid",
            family="pair",
            variant=plan.variant(number),
            value=value,
            sure=True,
            description=_sentence(words, 4),
            changed=_sentence(words, 12),
            nodes=base.nodes,
            origin=base.name,
        )


def pairs_of(terms: Terms, strength: int = 2, ids: Collection[str] | None = None) -> tuple[int, int]:
    """How many pairs of classes a contract has, and how many of them the cases ``ids`` hold (``None``: all).

    A row whose body an earlier case has is no case of its own; it counts as held where others of the array are.
    """
    plan = _planned(terms, None, strength)
    rows: Sequence[tuple[int, ...]] = plan.rows
    if ids is not None:
        doubles = terms.root.memo.get("pair doubles", ())
        names = [plan.variant(number) for number in range(len(rows))]
        held = {name for name in names if f"valid:::{name}" in ids}
        if held or not set(names).difference(doubles):
            held.update(doubles)
        rows = [row for row, name in zip(rows, names, strict=True) if name in held]
    sizes = [len(factor.options) for factor in plan.factors]
    total, covered = count_covered(sizes, rows, strength, needs=plan.needs)
    return total - plan.impossible, covered


def note_double(terms: Terms, draft: Draft) -> None:
    """Remember that a draft of the array was no case, because an earlier case has its body."""
    if draft.family == "pair":
        terms.root.memo.setdefault("pair doubles", set()).add(draft.variant)


# -- the plan ---------------------------------------------------------------------------------


def _planned(terms: Terms, base: Base | None, strength: int) -> Plan:
    memo, key = terms.root.memo, ("pairs", strength)
    if key not in memo:
        memo[key] = _plan(terms, base if base is not None else next(iter(bases(terms))), strength)
    return memo[key]  # type: ignore[no-any-return]


def _plan(terms: Terms, base: Base, strength: int) -> Plan:
    factors = _factors(terms, base)
    needs = _needs(factors)
    sizes = [len(factor.options) for factor in factors]
    calm = [[n for n, option in enumerate(f.options) if option.sendable] for f in factors]
    rows = covering(sizes, strength, needs=needs, first=calm) if factors else []
    judge = validator_for(terms.schema)
    kept: dict[tuple[int, ...], None] = {}
    for row in rows:
        kept.setdefault(_repaired(judge, base, factors, needs, row, len(kept)))
    found = list(kept)
    impossible = 0
    if found != rows:
        impossible = _complete(judge, base, factors, needs, found, strength)
    return Plan(base, strength, factors, needs, tuple(found), impossible)


def _factors(terms: Terms, base: Base) -> tuple[Factor, ...]:
    groups: dict[str, list[Site]] = {}
    for site in base.sites:
        groups.setdefault(site.node.pointer, []).append(site)
    most = _MOST_CLASSES if len(groups) <= _MOST_FACTORS else _FEW_CLASSES
    found: list[Factor] = []
    for pattern in sorted(groups, key=lambda pointer: pointer.count("/")):
        if len(found) >= _MOST_FACTORS:
            break
        options = options_of(terms, base, groups[pattern], most=most)
        if len(options) > 1:
            paths = tuple(_path(base.value, site.at) for site in groups[pattern])
            found.append(Factor(pattern, tuple(groups[pattern]), paths, options))
    order = {pattern: number for number, pattern in enumerate(groups)}
    return tuple(sorted(found, key=lambda factor: order[factor.pattern]))


def _needs(factors: Sequence[Factor]) -> dict[int, tuple[int, Collection[int]]]:
    """For each factor the nearest one above it that can take it away."""
    where = {factor.pattern: number for number, factor in enumerate(factors)}
    needs: dict[int, tuple[int, Collection[int]]] = {}
    for number, factor in enumerate(factors):
        above = factor.pattern
        while above:
            above = above.rpartition("/")[0]
            if above in where:
                options = factors[where[above]].options
                needs[number] = (where[above], tuple(n for n, o in enumerate(options) if o.alive))
                break
    return needs


# -- rows and bodies --------------------------------------------------------------------------


def _body(value: Any, factors: Sequence[Factor], row: Sequence[int], number: int) -> Any:
    """The base with the classes of a row. Of a place that stands several times, the rows take turns."""
    whole = [_copied(value)]
    for factor, choice in zip(factors, row, strict=True):
        if choice <= 0:  # plain, or moot
            continue
        there = [
            (holder, path[-1], site.value)
            for site, path in zip(factor.sites, factor.paths, strict=True)
            if (holder := _holder(whole, path)) is not None
        ]
        if there:
            holder, last, was = there[number % len(there)]
            new = factor.options[choice].make(was)
            if new is MISSING:
                del holder[last]
            else:
                holder[last] = _copied(new) if isinstance(new, dict | list) else new
    return whole[0]


def _copied(value: Any) -> Any:
    """A copy that may be changed at every place."""
    if isinstance(value, dict):
        return {k: _copied(v) if isinstance(v, dict | list) else v for k, v in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _path(value: Any, pointer: str) -> tuple[str | int, ...]:
    """The keys that lead to a place of ``[value]``: whole numbers in arrays, so that the root has one too."""
    keys: list[str | int] = [0]
    for token in tokens(pointer):
        keys.append(int(token) if isinstance(value, list) else token)
        value = value[keys[-1]]
    return tuple(keys)


def _holder(whole: Any, path: Sequence[str | int]) -> Any:
    """The object or array that holds the place, ``None`` where the place is not there."""
    holder = whole
    try:
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return holder


def _settled(row: Sequence[int], needs: Mapping[int, tuple[int, Collection[int]]]) -> tuple[int, ...]:
    """A row in which exactly those factors have a value whose needs are met."""
    found = list(row)
    for number in range(len(found)):  # parents stand before their children
        parent, values = needs.get(number, (number, (found[number],)))
        if found[parent] not in values and parent != number:
            found[number] = MOOT
        elif found[number] == MOOT:
            found[number] = 0
    return tuple(found)


def _repaired(
    judge: Any,
    base: Base,
    factors: Sequence[Factor],
    needs: Mapping[int, tuple[int, Collection[int]]],
    row: tuple[int, ...],
    number: int,
) -> tuple[int, ...]:
    """The row, or as much of it as rules that look at several places at once allow."""
    if judge.is_valid(_body(base.value, factors, row, number)):
        return row
    kept = _settled([0] * len(row), needs)
    for index, choice in enumerate(row):
        if choice > 0:
            wish = _settled([choice if n == index else old for n, old in enumerate(kept)], needs)
            if wish[index] == choice and judge.is_valid(_body(base.value, factors, wish, number)):
                kept = wish
    return kept


def _complete(
    judge: Any,
    base: Base,
    factors: Sequence[Factor],
    needs: Mapping[int, tuple[int, Collection[int]]],
    rows: list[tuple[int, ...]],
    strength: int,
) -> int:
    """Add rows for what repairs have lost; the number of combinations for which no body was found.

    A combination is tried in the base, and in rows that have a part of it already: what it needs beside
    itself may stand there.
    """
    met = {combo for row in rows for combo in _combinations(row, strength)}
    sizes = [range(len(factor.options)) for factor in factors]
    impossible = tries = 0
    for places in combinations(range(len(factors)), strength):
        for combo in _product(places, sizes):
            if combo in met or not _together(combo, needs, len(factors)):
                continue
            for around in _surroundings(combo, rows, len(factors)):
                row = _settled(_promised(around, combo, needs), needs)
                tries += 1
                if judge.is_valid(_body(base.value, factors, row, len(rows))):
                    rows.append(row)
                    met.update(_combinations(row, strength))
                    break
            else:
                impossible += 1
            if tries > _MOST_TRIES:
                return impossible
    return impossible


def _together(
    combo: Sequence[tuple[int, int]], needs: Mapping[int, tuple[int, Collection[int]]], size: int
) -> bool:
    """Whether the classes can stand in one row at all, by what needs what."""
    row = _settled(_promised([0] * size, combo, needs), needs)
    return all(row[place] == choice for place, choice in combo)


def _surroundings(
    combo: Sequence[tuple[int, int]], rows: Sequence[tuple[int, ...]], size: int
) -> Iterator[list[int]]:
    yield [0] * size
    for part in combo:
        yield from [list(row) for row in rows if row[part[0]] == part[1]][:_MOST_SURROUNDINGS]


def _promised(
    row: list[int], combo: Sequence[tuple[int, int]], needs: Mapping[int, tuple[int, Collection[int]]]
) -> list[int]:
    """``row`` with the classes of ``combo``, and parents that leave their places there."""
    asked = dict(combo)
    for place, choice in combo:
        row[place] = choice
        here = place
        while here in needs:
            here, values = needs[here]
            if here not in asked and row[here] not in values and values:
                row[here] = min(values)
    return row


def _combinations(row: Sequence[int], strength: int) -> Iterator[tuple[tuple[int, int], ...]]:
    there = [(place, choice) for place, choice in enumerate(row) if choice != MOOT]
    return combinations(there, strength)


def _product(places: Sequence[int], sizes: Sequence[range]) -> Iterator[tuple[tuple[int, int], ...]]:
    found: list[tuple[tuple[int, int], ...]] = [()]
    for place in places:
        found = [(*some, (place, choice)) for some in found for choice in sizes[place]]
    return iter(found)


# -- words ------------------------------------------------------------------------------------


def _words(factors: Sequence[Factor], row: Sequence[int]) -> list[str]:
    return [
        f"{factor.pattern}: {factor.options[choice].name}"
        for factor, choice in zip(factors, row, strict=True)
        if choice > 0
    ]


def _sentence(words: Sequence[str], most: int) -> str:
    """The first few differences, and how many more there are."""
    listed = ", ".join(words[:most]) or "nothing differs from the base"
    return f"{listed} and {len(words) - most} more" if len(words) > most else listed
