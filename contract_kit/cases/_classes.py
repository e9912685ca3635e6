"""What a place of a body can be, in classes: the values of the factors of a covering array.

The first class of every place is ``plain``: what the base body has there. The others are few and each
stands for many: of the edges of a type or a meaning, the ones at which readers differ most. Those that the
provider can send are preferred, so that a body that is made of them alone must be taken by everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, compact, remove, replace
from contract_kit.schema import validator_for
from contract_kit.shape import json_type
from contract_kit.values import EXAMPLES, judge_of, meaning_edges, number_edges, text_edges, time_edges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contract_kit.model import Terms
    from contract_kit.values import Base, Site

__all__ = ["PLAIN", "Option", "options_of"]

_SENDABLE, _OTHERS, _MEANT = 7, 2, 3
"""How many classes of a scalar the provider can send, how many it cannot, and how many are of its meaning."""
_TEXTS = {
    "empty": "",
    "non-ascii": "José Ångström 山田",
    "blank-around": " Ada ",
    "number-like": "007",
    "long": "0123456789" * 10,
    "markup": "<b>Ben & Jerry's</b>",
    "emoji": "Ada 🚀",
    "line-feed": "Ada\nLovelace",
    "null-like": "null",
    "decomposed": "cafe\u0301",
    "one-character": "x",
    "json-like": '{"id": "x"}',
}
_TIMES = (
    "fraction-0",
    "fraction-9",
    "offset-east",
    "day-leap-day",
    "year-before-epoch",
    "case-lower-both",
    "day-last-second",
    "year-9999",
    "fraction-1",
)
_OTHER_TYPES: dict[str, Any] = {"null": None, "boolean": True, "integer": 1, "number": 1.5, "string": "text"}


@dataclass(frozen=True, slots=True)
class Option:
    """One class of a place. ``make`` turns what the base has there into what this class has, or ``MISSING``.

    ``alive`` says whether what stands below the place is still there; ``sendable`` whether the provider can
    send the base body with this one change.
    """

    name: str
    make: Callable[[Any], Any]
    alive: bool = False
    sendable: bool = True


PLAIN = Option("plain", lambda value: value, alive=True)


def options_of(terms: Terms, base: Base, sites: Sequence[Site], *, most: int) -> tuple[Option, ...]:
    """The classes of one place, ``plain`` first, at most ``most``; ``sites`` are where it stands in the base."""
    site = sites[0]
    found = [PLAIN]
    if _may_go(base, sites):
        found.append(_judged(terms, base, site, Option("absent", lambda _value: MISSING)))
    if site.node.pointer not in terms.pins:
        wishes = _sizes(site) if isinstance(site.value, dict | list) else _values(terms, base, site)
        fitting = (option for option in wishes if _fits(option, sites))
        found.extend(_chosen(terms, base, site, fitting))
    return tuple(found[:most])


def _may_go(base: Base, sites: Sequence[Site]) -> bool:
    """Whether a place is an optional property: items and entries go with the size of what holds them."""
    pattern = sites[0].node.pointer
    if not pattern or pattern.endswith("/*"):
        return False
    for site in sites:
        above, _, name = site.at.rpartition("/")
        node = base.nodes.get(above)
        if node is None or name.replace("~1", "/").replace("~0", "~") in node.required or node.prefix:
            return False
    return True


def _fits(option: Option, sites: Sequence[Site]) -> bool:
    """Whether a class is another value than the base's, and allowed, wherever the place stands."""
    for site in sites:
        new = option.make(site.value)
        if not judge_of(site.node).is_valid(new):
            return False
    return compact(option.make(sites[0].value)) != compact(sites[0].value)


def _judged(terms: Terms, base: Base, site: Site, option: Option) -> Option:
    """The option with the provider's word on it."""
    if terms.profile is None or not terms.profile.sends:
        return option
    new = option.make(site.value)
    body = remove(base.value, site.at) if new is MISSING else replace(base.value, site.at, new)
    sendable = option.sendable and validator_for(terms.profile.sends).is_valid(body)
    return Option(option.name, option.make, option.alive, sendable)


def _chosen(terms: Terms, base: Base, site: Site, options: Iterator[Option]) -> Iterator[Option]:
    """Enough of the options that the provider can send, and a few that it cannot; in their order."""
    everything = site.node.enum is not None or isinstance(site.value, dict | list)
    sendable = others = 0
    for option in options:
        if sendable >= _SENDABLE and not everything:
            return
        judged = _judged(terms, base, site, option)
        sendable += judged.sendable
        others += not judged.sendable
        if judged.sendable or others <= _OTHERS or everything:
            yield judged


# -- what there is to choose from -------------------------------------------------------------


def _constant(name: str, value: Any, *, sendable: bool = True) -> Option:
    return Option(name, lambda _value: value, sendable=sendable)


def _sizes(site: Site) -> Iterator[Option]:
    """No items and one item (or entries of a map); the base has more."""
    if isinstance(site.value, list):
        if site.value:
            yield Option("no-items", lambda value: value[:0])
        if len(site.value) > 1:
            yield Option("one-item", lambda value: value[:1], alive=True)
    else:
        declared = site.node.properties
        entries = [name for name in site.value if name not in declared]
        if entries:
            yield Option("no-entries", lambda value: {k: v for k, v in value.items() if k in declared})
        if len(entries) > 1:
            first = entries[0]
            yield Option(
                "one-entry",
                lambda value: {k: v for k, v in value.items() if k in declared or k == first},
                alive=True,
            )
    if "null" in site.node.types and site.node.typed:
        yield _constant("null", None)


def _values(terms: Terms, base: Base, site: Site) -> Iterator[Option]:
    """Members of an enum, or edges of a scalar, and the other types that are allowed there."""
    del base
    node, here = site.node, json_type(site.value)
    if node.enum is not None:
        for member in node.enum:
            yield _constant(f"member {_named(member)}", member)
        return
    if node.typed:
        for name in node.types:
            if name in _OTHER_TYPES and name != here and (name, here) != ("number", "integer"):
                yield _constant(name, _OTHER_TYPES[name])
    if isinstance(site.value, bool):
        yield Option("other-boolean", lambda value: not value)
    elif isinstance(site.value, str):
        yield from _texts(terms, site)
    elif isinstance(site.value, int | float):
        sound = (edge for edge in number_edges(node) if not edge.disputed)
        edges = sorted(sound, key=lambda edge: edge.family != "bound")
        for edge in edges:
            if edge.family == "bound" or edge.value in (0, -1, 2**31, 2**53 + 1, 0.1, -0.5):
                yield _constant(f"{edge.family}-{edge.name}", edge.value, sendable=edge.sendable)


def _texts(terms: Terms, site: Site) -> Iterator[Option]:
    node = site.node
    if node.format == "date-time":
        times = {f"{edge.family}-{edge.name}": edge for edge in time_edges() if not edge.disputed}
        for name in _TIMES:
            yield _constant(name, times[name].value)
        return
    for number, example in enumerate(EXAMPLES.get(node.format or "", ()), start=1):
        yield _constant(f"example-{number}", example)
    for edge in text_edges(node):
        if edge.family == "bound" and not edge.disputed:
            yield _constant(f"bound-{edge.name}", edge.value)
    meant = [edge for edge in meaning_edges(node, terms.profile) if edge.sendable and not edge.disputed]
    step = max(len(meant) // _MEANT, 1)
    for edge in meant[step // 2 :: step][:_MEANT]:
        yield _constant(f"{edge.family}-{edge.name}", edge.value)
    for name, text in () if node.format is not None else _TEXTS.items():
        yield _constant(name, text)


def _named(member: Any) -> str:
    return member if isinstance(member, str) else compact(member).decode()
