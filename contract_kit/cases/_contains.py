"""``valid``: arrays that hold what ``contains`` asks for: as few and as many as may be, extreme, and nearly so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.errors import SpecError
from contract_kit.values import Builder, Edge, judge_of, number_edges, text_edges

from ._broken import contained
from ._draft import Draft, shown
from ._edit import edit
from ._invalid import near_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Terms
    from contract_kit.shape import Node
    from contract_kit.values import Base, Site

__all__ = ["containing"]

_MOST_CONTAINED = 1000


def containing(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    """Every such draft of one array."""
    yield from _contained(base, site)
    yield from _sought(base, site)
    yield from _not_counted(terms, base, site)


def _contained(base: Base, site: Site) -> Iterator[Draft]:
    """As many of the items that ``contains`` asks for as there must and may be."""
    node = site.node
    for number, schema in enumerate(node.all_of("contains")):
        least = 1 if node.keyword("minContains") is None else node.keyword("minContains")
        try:
            match = Builder().build(node.item(len(node.prefix)).also(schema)).value
        except SpecError:
            continue
        judge = judge_of(node.item(len(node.prefix)).also({"not": schema}))
        rest = [item for item in site.value if judge.is_valid(item)]
        if not rest:
            try:
                rest = [Builder().build(node.item(len(node.prefix)).also({"not": schema})).value]
            except SpecError:
                rest = []
        whole = judge_of(node)
        for name, count in (("fewest", least), ("largest", node.keyword("maxContains"))):
            if count is not None and count > _MOST_CONTAINED:
                continue
            for where, new in (
                ("first", [match] * (count or 0) + rest),
                ("last", rest + [match] * (count or 0)),
                ("alone", [match] * (count or 0)),
            ):
                if count is not None and whole.is_valid(new) and new != site.value:
                    variant = f"contains-{name}-{where}" + (f"-{number}" if number else "")
                    yield edit(
                        base,
                        site.at,
                        new,
                        "items",
                        variant,
                        f"{site.at} holds {count} of what it must contain, {where}",
                    )


def _sought(base: Base, site: Site) -> Iterator[Draft]:
    """Extremes of what ``contains`` asks for, each the only one of its kind in the array."""
    node = site.node
    item, whole = node.item(len(node.prefix)), judge_of(node)
    for number, schema in enumerate(node.all_of("contains")):
        inner = item.also(schema)
        try:
            rest = [Builder().build(item.also({"not": schema})).value]
        except SpecError:
            rest = []
        edges = [edge for edge in _extremes_of(inner) if judge_of(inner).is_valid(edge.value)]
        for edge in edges:
            least = max(node.keyword("minContains") or 1, 1)
            size = max(node.keyword("minItems") or 0, least + len(rest)) - least
            new = [edge.value] * least + [rest[0] if rest else edge.value] * size
            if whole.is_valid(new) and new != site.value:
                variant = f"contains-{edge.name}" + (f"-{number}" if number else "")
                words = f"{site.at} holds what it must contain as {{}}".replace("{}", shown(edge.value))
                yield edit(base, site.at, new, "items", variant, words)


def _not_counted(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    """As many as there may be of what ``contains`` speaks of, and beside them what is nearly one."""
    largest = site.node.keyword("maxContains")
    if largest is None or largest > _MOST_CONTAINED:
        return
    whole = judge_of(site.node)
    for number, (schema, match) in enumerate(contained(site.node)):
        for variant, new in near_items(terms, site, schema, match):
            array = [match] * largest + [new]
            if whole.is_valid(array):
                tail = f"-{number}" if number else ""
                words = f"{site.at} holds {largest} of what it may contain, and {shown(new)}"
                yield edit(base, site.at, array, "items", f"contains-not-{variant}{tail}", words)


def _extremes_of(node: Node) -> Iterator[Edge]:
    """Members of an enum, or values at the bounds."""
    for member in node.enum or ():
        yield Edge("member", str(member), member)
    if node.enum is None:
        edges = (
            *(number_edges(node) if {"integer", "number"} & set(node.types) else ()),
            *(text_edges(node) if "string" in node.types else ()),
        )
        yield from (edge for edge in edges if edge.family == "bound")
