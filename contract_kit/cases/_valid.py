"""``valid``: bodies that satisfy the contract, from ordinary to strange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, compact, get, join, replace, tokens
from contract_kit.shape import json_type
from contract_kit.values import (
    KEYS,
    Edge,
    judge_of,
    meaning_edges,
    minimal,
    number_edges,
    sized,
    text_edges,
    time_edges,
    unknown_values,
)

from ._draft import Draft, difference, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Terms
    from contract_kit.values import Base, Site

__all__ = ["valid"]

_MOST_EDGES = 8000
"""Edges of one sort that a contract gets in all, as long as each place has its core."""
_MANY = (0, 1, 2, 10, 50, 100, 101, 1000)
_BODY_SHARE = 60_000


def valid(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    """Every valid draft that is made from one base; ``bodies`` are other whole bodies (first base only)."""
    yield _draft(base, "", "base", base.name, base.value, f"a sound body ({base.name})")
    turns = _turns(base)
    for site in base.sites:
        yield from _absent(base, site)
        yield from _members(terms, base, site)
        yield from _types(base, site)
        yield from _scalars(terms, base, site, turns[site.at])
        yield from _arrays(base, site)
        yield from _maps(base, site)
        yield from _unknown(terms, base, site)
    yield from _orders(base)
    # Behind the single differences: these may differ from the base in one thing that has a name of its own.
    if bodies:
        yield from _whole(terms, base, bodies)
    yield from _eras(terms, base, bodies)


def _draft(
    base: Base, at: str, family: str, variant: str, value: Any, description: str, **more: Any
) -> Draft:
    return Draft(
        kind="valid",
        family=family,
        variant=variant,
        at=at,
        value=value,
        description=description,
        nodes=base.nodes,
        **more,
    )


def _edit(base: Base, at: str, new: Any, family: str, variant: str, words: str, **more: Any) -> Draft:
    """The base with ``new`` at ``at``: one difference. A property that comes or goes changes its object."""
    told, changed = difference(base, at, new)
    place, there = at, new
    above, _, _ = at.rpartition("/")
    holder = get(base.value, above) if at else MISSING
    if isinstance(holder, dict):
        key = tokens(at)[-1]
        if new is MISSING:
            place, there = above, {name: item for name, item in holder.items() if name != key}
        elif key not in holder:
            place, there = above, {**holder, key: new}
    return Draft(
        kind="valid",
        family=family,
        variant=variant,
        at=at,
        description=words.replace("{}", told),
        changed=changed,
        nodes=base.nodes,
        base=base,
        place=place,
        new=there,
        **more,
    )


# -- whole bodies -----------------------------------------------------------------------------


def _whole(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    for number, body in enumerate(bodies[1:], start=2):
        yield _draft(base, "", "base", f"full-{number}", body, "another sound, full body")
    small = minimal(terms)
    yield _draft(
        base, "", "base", "minimal", small, "what is required alone", changed="only what is required"
    )
    if "object" in terms.root.types:
        yield _draft(base, "", "base", "empty", {}, "the empty object", changed="the whole body → {}")


def _eras(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    """Bodies as the provider sent them, from shape to shape; one that the document forbids is no valid case."""
    for era in terms.profile.eras if terms.profile else ():
        from contract_kit.spec import as_era

        for number, body in enumerate(bodies[:2]):
            yield _draft(
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
            yield _edit(base, at, MISSING, "absent", "absent", f"{at} is absent")


def _members(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    members = site.node.enum
    if members is None or site.node.pointer in terms.pins:
        return
    for member in members:
        if compact(member) != compact(site.value):
            name = member if isinstance(member, str) else compact(member).decode()
            yield _edit(base, site.at, member, "enum", name, f"{site.at} is {shown(member)}", keyword="enum")


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
                yield _edit(
                    base,
                    site.at,
                    _PLAIN[name],
                    "type",
                    name,
                    f"{site.at} is {shown(_PLAIN[name])}",
                    keyword="type",
                )
    if "boolean" in site.node.types and isinstance(site.value, bool):
        yield _edit(
            base, site.at, not site.value, "type", "other-boolean", f"{site.at} is the other truth value"
        )


def _turns(base: Base) -> dict[str, tuple[int, int]]:
    """For each place its number among those of one pattern, and how many they are.

    Items of one array share the edges among them: each edge is met once, and each item meets some of
    every family.
    """
    groups: dict[str, list[str]] = {}
    for site in base.sites:
        groups.setdefault(site.node.pointer, []).append(site.at)
    return {at: (n, len(group)) for group in groups.values() for n, at in enumerate(group)}


def _scalars(terms: Terms, base: Base, site: Site, turn: tuple[int, int]) -> Iterator[Draft]:
    node = site.node
    if node.enum is not None or node.pointer in terms.pins:
        return
    edges: list[Edge] = []
    if isinstance(site.value, str):
        if node.format in ("date-time",):
            edges.extend(_share(terms, time_edges(), "format"))
        else:
            edges.extend(meaning_edges(node, terms.profile))
            edges.extend(_share(terms, text_edges(node), "type"))
    elif isinstance(site.value, int | float) and not isinstance(site.value, bool):
        edges.extend(number_edges(node))
    yield from _kept(base, site, edges[turn[0] :: turn[1]])


_CORE = frozenset(
    {"empty", "leading", "nfd", "zero", "ampersand", "256", "emoji", "0", "9", "lower-both", "east"}
)


def _share(terms: Terms, edges: tuple[Edge, ...], keyword: str) -> tuple[Edge, ...]:
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
        memo["turn", keyword] = 0
    step = -(-memo["places", keyword] * len(edges) // _MOST_EDGES)
    if step <= 1:
        return edges
    memo["turn", keyword] += 1
    turn = memo["turn", keyword] % step
    return tuple(e for n, e in enumerate(edges) if n % step == turn or e.name in _CORE)


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _kept(base: Base, site: Site, edges: list[Edge]) -> Iterator[Draft]:
    judge = judge_of(site.node)
    for edge in edges:
        if judge.is_valid(edge.value):
            yield _edit(
                base,
                site.at,
                edge.value,
                edge.family,
                f"{edge.family}-{edge.name}",
                f"{site.at} is {{}} ({edge.family}: {edge.name})",
                sendable=edge.sendable,
                expect="either" if edge.disputed else None,
                because="sound readers disagree about it" if edge.disputed else "",
            )


# -- arrays and maps --------------------------------------------------------------------------


def _arrays(base: Base, site: Site) -> Iterator[Draft]:
    if not isinstance(site.value, list):
        return
    judge, items = judge_of(site.node), site.value
    share = max(len(compact(items[0])) if items else 4, 4)
    sizes = {*_MANY, *_bounds(site, "minItems", "maxItems")}
    for size in sorted(n for n in sizes if n * share <= _BODY_SHARE):
        new = sized(items, size)
        if judge.is_valid(new) and len(new) != len(items):
            yield _edit(base, site.at, new, "size", f"size-{size}", f"{site.at} has {size} items")
    if len(items) > 1:
        for name, new in (("reversed", items[::-1]), ("repeated", [items[0], *items[:-1]])):
            if judge.is_valid(new):
                yield _edit(base, site.at, new, "items", f"items-{name}", f"{site.at} has its items {name}")


def _bounds(site: Site, least: str, most: str) -> list[int]:
    found = [site.node.keyword(least), site.node.keyword(most)]
    return [n for bound in found if bound is not None for n in (bound, bound + 1, max(bound - 1, 0))]


def _maps(base: Base, site: Site) -> Iterator[Draft]:
    values = site.node.values
    if not isinstance(site.value, dict) or values is None:
        return
    judge = judge_of(site.node)
    sound = next((v for k, v in site.value.items() if k not in site.node.properties), "value")
    for size in sorted({*_MANY, *_bounds(site, "minProperties", "maxProperties")}):
        new = {f"key_{n}": sound if n % 7 else f"{sound}" for n in range(size)}
        if (
            judge.is_valid(new)
            and size * (len(compact(sound)) + 12) <= _BODY_SHARE
            and size != len(site.value)
        ):
            yield _edit(base, site.at, new, "size", f"size-{size}", f"{site.at} has {size} entries")
    for name, key in KEYS.items():
        new = {**site.value, key: sound}
        if key not in site.value and judge.is_valid(new):
            yield _edit(
                base,
                site.at,
                new,
                "key",
                f"key-{name}",
                f"{site.at} has an entry named {shown(key)}",
                compare=True,
            )
    for name, pair in _alike().items():
        new = {**site.value, pair[0]: sound, pair[1]: _other(sound)}
        if judge.is_valid(new):
            yield _edit(
                base,
                site.at,
                new,
                "key",
                f"keys-alike-{name}",
                f"{site.at} has entries named {shown(list(pair))}",
            )
    own = list(
        dict.fromkeys(part for node in base.nodes.values() for part in [node.pointer.rsplit("/", 1)[-1]])
    )
    for key in own[:40]:
        new = {**site.value, key: sound}
        if key not in ("*", "") and key not in site.value and judge.is_valid(new):
            yield _edit(
                base, site.at, new, "key", f"key-own-{key}", f"{site.at} has an entry named {key!r} too"
            )


def _other(sound: Any) -> Any:
    return f"{sound} (other)" if isinstance(sound, str) else sound


def _alike() -> dict[str, tuple[str, str]]:
    return {
        "case": ("region_id", "Region_ID"),
        "unicode": ("caf\u00e9", "cafe\u0301"),
        "width": ("plan", "ｐｌａｎ"),
        "space": ("plan_a", "plan_a "),
        "snake-camel": ("plan_code", "planCode"),
        "sharp-s": ("strasse", "straße"),
        "digit": ("1", "01"),
    }


def _unknown(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    """Properties that the contract does not name; the sender may add some any day."""
    if not isinstance(site.value, dict) or site.node.closed or site.node.values is not None:
        return
    judge = judge_of(site.node)
    name = next(n for n in ("new_field", "x_new_field", "new_field_2") if n not in site.node.properties)
    at = join(site.at, name)
    for edge in unknown_values():
        if judge.is_valid({**site.value, name: edge.value}):
            yield _edit(
                base,
                at,
                edge.value,
                "unknown",
                f"unknown-{edge.name}",
                f"{site.at or 'the body'} has an unknown property {shown(edge.value)}",
                sendable=edge.sendable,
            )
    for key in ("", "__proto__", "constructor", "a.b", "$ref", "名前"):
        if key not in site.value and judge.is_valid({**site.value, key: "x"}):
            yield _edit(
                base,
                join(site.at, key),
                "x",
                "unknown",
                f"unknown-named-{key or 'empty'}",
                f"{site.at or 'the body'} has an unknown property named {shown(key)}",
            )
    yield from _huge(base, site, at)


def _huge(base: Base, site: Site, at: str) -> Iterator[Draft]:
    """Numbers beyond 64 bits and beyond doubles, spelled as digits: Python's writer would change them."""
    for name, digits in (
        ("beyond-64-bits", "18446744073709551617"),
        ("beyond-doubles", "1e400"),
        ("long-fraction", "0." + "1" * 60),
    ):
        mark = "\u0001number\u0001"
        marked = compact(replace(base.value, at, mark))
        yield Draft(
            kind="valid",
            family="unknown",
            variant=f"unknown-{name}",
            at=at,
            value=replace(base.value, at, 1),
            body=marked.replace(compact(mark), digits.encode()),
            description=f"{site.at or 'the body'} has an unknown property {digits[:24]}",
            changed=f"{at}: (absent) → {digits[:24]}",
            expect=None if name == "long-fraction" else "either",
            because="" if name == "long-fraction" else "sound readers differ about numbers of this size",
            compare=False,
            nodes=base.nodes,
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
        yield _draft(base, second, "order", "order-equal", same, f"{second} equals {first}")
        swapped = replace(replace(base.value, first, site.value[times[1]]), second, site.value[times[0]])
        yield _draft(
            base,
            second,
            "order",
            "order-swapped",
            swapped,
            f"{second} and {first} are swapped",
            sendable=False,
        )
