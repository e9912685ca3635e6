"""``valid``: bodies that satisfy the contract, from ordinary to strange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from contract_kit.jsonio import MISSING, compact, get, join, replace
from contract_kit.shape import json_type
from contract_kit.values import (
    DEEP,
    Edge,
    deeper,
    judge_of,
    meaning_edges,
    minimal,
    number_edges,
    ruler,
    text_edges,
    time_edges,
    wide_edges,
)

from ._blocks import blocks
from ._draft import READERS_DISAGREE, Draft, shown
from ._edit import edit, sound
from ._equivalent import marked
from ._structure import structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.model import Terms
    from contract_kit.values import Base, Site

__all__ = ["valid"]

_MOST_EDGES = 8000
"""Edges of one sort that a contract gets in all, as long as each place has its core."""
_MOST_LARGEST, _MOST_HOLDERS = 2, 6
_BODY_LIMIT, _MARGIN = 350_000, 1000


def valid(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    """Every valid draft that is made from one base; ``bodies`` are other whole bodies (first base only)."""
    yield _itself(base)
    if base.name == DEEP:
        # All that may stand there was met at the levels above.
        for site in base.sites:
            yield from _absent(base, site)
        return
    turns = _turns(base)
    for site in base.sites:
        yield from _absent(base, site)
        yield from _members(terms, base, site)
        yield from _types(base, site)
        yield from _scalars(terms, base, site, turns[site.at])
        yield from structure(terms, base, site)
        yield from blocks(terms, base, site)
    yield from _orders(base)
    # Behind the single differences: these may differ from the base in one thing that has a name of its own.
    if bodies:
        yield from _whole(terms, base, bodies)
    yield from _eras(terms, base, bodies)


# -- whole bodies -----------------------------------------------------------------------------


def _itself(base: Base) -> Draft:
    """The base as it is; one that was made for a branch of a choice is told by the place of the choice."""
    if not base.name.startswith("branch-"):
        return sound(base, "", "base", base.name, base.value, f"a sound body ({base.name})")
    pattern, _, branch = base.name.removeprefix("branch-").rpartition("-")
    at = next((at for at, node in base.nodes.items() if node.pointer == pattern), "")
    told = shown(get(base.value, at))
    return sound(
        base,
        at,
        "base",
        f"branch-{branch}",
        base.value,
        f"{at or 'the body'} in another of its forms: {told}",
        changed=f"{at or 'the whole body'} → {told}",
    )


def _whole(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    for number, body in enumerate(bodies[1:], start=2):
        yield sound(base, "", "body", f"full-{number}", body, "another sound, full body")
    full = marked(terms, base)
    if full is not None:
        words = "texts that hold all that some writer of JSON escapes and another does not"
        yield sound(base, "", "body", "full-marked", full, words, changed=words)
    small = minimal(terms)
    yield sound(base, "", "body", "minimal", small, "what is required alone", changed="only what is required")
    if "object" in terms.root.types:
        yield sound(base, "", "body", "empty", {}, "the empty object", changed="the whole body → {}")

    for levels in (2, 3):
        deep = deeper(terms, levels)
        if deep is not None:
            words = f"what may hold itself does so {levels} times"
            yield sound(base, "", "depth", f"depth-{levels}", deep, words, changed=words)


def _eras(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    """Bodies as the provider sent them, from shape to shape; one that the document forbids is no valid case."""
    for era in terms.profile.eras if terms.profile else ():
        from contract_kit.spec import as_era

        for number, body in enumerate(bodies[:2]):
            yield sound(
                base,
                "",
                "era",
                f"era-{era['from']}" + (f"-{number + 1}" if number else ""),
                as_era(era, body),
                f"the body as the provider sent it from {era['from']}",
                changed=f"the body has the shape of {era['from']}",
            )


# -- one difference ---------------------------------------------------------------------------


def _absent(base: Base, site: Site) -> Iterator[Draft]:
    if isinstance(site.value, dict):
        for name in site.value:
            at = join(site.at, name)
            yield edit(base, at, MISSING, "absent", "absent", f"{at} is absent")


def _members(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    members = site.node.enum
    if members is None or site.node.pointer in terms.pins:
        return
    for member in members:
        if compact(member) != compact(site.value):
            name = member if isinstance(member, str) else compact(member).decode()
            yield edit(base, site.at, member, "enum", name, f"{site.at} is {shown(member)}", keyword="enum")


_PLAIN: dict[str, Any] = {"null": None, "boolean": True, "integer": 1, "number": 1.5, "string": "text"}


def _types(base: Base, site: Site) -> Iterator[Draft]:
    """Each other type that is allowed at a place, and no type at all where none is asked."""
    here = json_type(site.value)
    for name in site.node.types:
        if (
            name in _PLAIN
            and name != here
            and site.node.enum is None
            and not (name == "number" and here == "integer")
        ):
            judge = judge_of(site.node)
            if judge.is_valid(_PLAIN[name]):
                yield edit(
                    base,
                    site.at,
                    _PLAIN[name],
                    "type",
                    name,
                    f"{site.at} is {shown(_PLAIN[name])}",
                    keyword="type",
                )
    if "boolean" in site.node.types and isinstance(site.value, bool):
        yield edit(
            base, site.at, not site.value, "type", "other-boolean", f"{site.at} is the other truth value"
        )


def _turns(base: Base) -> dict[str, tuple[int, int]]:
    """For each place its number among those that ask the same, and how many they are.

    Items of one array share the edges among them: each edge is met once, and each item meets some of
    every family.
    """
    groups: dict[Any, list[str]] = {}
    for site in base.sites:
        groups.setdefault((site.node.pointer, site.node.identity), []).append(site.at)
    return {at: (n, len(group)) for group in groups.values() for n, at in enumerate(group)}


def _scalars(terms: Terms, base: Base, site: Site, turn: tuple[int, int]) -> Iterator[Draft]:
    node = site.node
    if node.enum is not None or node.pointer in terms.pins:
        return
    edges: list[Edge] = []
    largest: Iterable[Edge] = ()
    if isinstance(site.value, str):
        if node.format == "date-time":
            edges.extend(_share(terms, site.at, time_edges(), "format"))
        else:
            edges.extend(meaning_edges(node, terms.profile))
            edges.extend(_share(terms, site.at, text_edges(node), "type"))
            largest = _largest(terms, base, site)
    elif isinstance(site.value, int | float) and not isinstance(site.value, bool):
        edges.extend((*number_edges(node), *wide_edges(node)))
    yield from _kept(base, site, [*edges[turn[0] :: turn[1]], *largest])


def _largest(terms: Terms, base: Base, site: Site) -> Iterator[Edge]:
    """At the first few places of free text, and in each object: a text that fills the body up to the limit."""
    free = site.node.format is None and site.node.keyword("maxLength") is None
    places = terms.root.memo.setdefault("largest", [])
    holder = site.node.pointer.rpartition("/")[0]
    new = len(places) < _MOST_LARGEST or (len(places) < _MOST_HOLDERS and all(holder != p[2] for p in places))
    if free and new and (base.name, site.at, holder) not in places:
        places.append((base.name, site.at, holder))
    if (base.name, site.at, holder) in places:
        limit = terms.profile.body_limit if terms.profile is not None else _BODY_LIMIT
        room = limit - len(compact(base.value)) - _MARGIN
        yield Edge("length", "body-limit", ruler(room))


_CORE = frozenset(
    {"empty", "leading", "nfd", "zero", "ampersand", "256", "emoji", "0", "9", "lower-both", "east"}
)


def _share(terms: Terms, at: str, edges: tuple[Edge, ...], keyword: str) -> tuple[Edge, ...]:
    """The edges that one place of a contract gets: all in a small contract, a fair share in a large one.

    Every place gets the plainest, and the rest go round: each edge is met at many places. So the catalogue
    grows with the number of places and not with that times the number of edges.
    """
    memo = terms.root.memo
    if ("places", keyword) not in memo:
        value = "string" if keyword == "type" else "date-time"
        memo["places", keyword] = sum(
            1 for rule in terms.constraints if rule.keyword == keyword and value in _names(rule.value)
        )
    step = -(-memo["places", keyword] * len(edges) // _MOST_EDGES)
    if step <= 1:
        return edges
    # By the place alone: the catalogue is the same each time that it is made.
    turn = crc32(at.encode("utf-8", "surrogatepass")) % step
    return tuple(e for n, e in enumerate(edges) if n % step == turn or e.name in _CORE)


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _kept(base: Base, site: Site, edges: list[Edge]) -> Iterator[Draft]:
    judge = judge_of(site.node)
    for edge in edges:
        if judge.is_valid(edge.value):
            yield edit(
                base,
                site.at,
                edge.value,
                edge.family,
                f"{edge.family}-{edge.name}",
                f"{site.at} is {{}} ({edge.family}: {edge.name})",
                sendable=edge.sendable,
                expect="either" if edge.disputed else None,
                because=READERS_DISAGREE if edge.disputed else "",
            )


def _orders(base: Base) -> Iterator[Draft]:
    """Times of one object equal, and the later one before the earlier."""
    for site in base.sites:
        if not isinstance(site.value, dict):
            continue
        times = [n for n, c in site.node.properties.items() if c.format == "date-time" and n in site.value]
        if len(times) < 2:
            continue
        first, second = join(site.at, times[0]), join(site.at, times[1])
        same = replace(base.value, second, site.value[times[0]])
        yield sound(base, second, "order", "order-equal", same, f"{second} equals {first}")
        swapped = replace(replace(base.value, first, site.value[times[1]]), second, site.value[times[0]])
        yield sound(
            base,
            second,
            "order",
            "order-swapped",
            swapped,
            f"{second} and {first} are swapped",
            sendable=False,
        )
