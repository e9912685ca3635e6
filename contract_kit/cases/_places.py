"""Names of places: ids of cases, and pointers as the contract declares them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from contract_kit.jsonio import join, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.model import Terms
    from contract_kit.shape import Node

__all__ = ["case_id", "pattern_in", "pattern_of"]

_SAFE = "/-_.~!$&'(),;=@ "


def case_id(kind: str, at: str, keyword: str, variant: str) -> str:
    """``kind:pointer:keyword:variant``, with what pytest or a shell would stumble over percent-escaped.

    >>> case_id("valid", "/customer/metadata/a*b:c", "", "x")
    'valid:/customer/metadata/a%2Ab%3Ac::x'
    """
    return f"{kind}:{_clean(at)}:{keyword}:{_plain(variant)}"


@lru_cache(maxsize=4096)
def _clean(at: str) -> str:
    clean = quote(at.encode("utf-8", "surrogatepass"), safe="/-_.~")
    if len(clean) > 120:
        from hashlib import sha256

        clean = f"{clean[:100]}~{sha256(clean.encode()).hexdigest()[:8]}"
    return clean


@lru_cache(maxsize=4096)
def _plain(variant: str) -> str:
    return quote(variant.encode("utf-8", "surrogatepass"), safe=_SAFE).replace(" ", "-")


def pattern_of(nodes: Mapping[str, Node] | None, at: str) -> str:
    """The pointer of a place with ``*`` for items and map values; the actual one where nothing is known."""
    if nodes is None:
        return at
    parts = tokens(at)
    if at in nodes:
        return nodes[at].pointer
    for cut in range(len(parts) - 1, -1, -1):
        above = "/" + "/".join(p.replace("~", "~0").replace("/", "~1") for p in parts[:cut]) if cut else ""
        if above in nodes:
            return nodes[above].pointer + at[len(above) :]
    return at


def pattern_in(terms: Terms, at: str) -> str:
    """The declared form of an actual pointer: ``/customer/metadata/plan`` → ``/customer/metadata/*``."""
    known = _declared(terms)
    found = ""
    for token in tokens(at):
        exact, starred = join(found, token), join(found, "*")
        if exact in known:
            found = exact
        elif starred in known or token.isdecimal():
            found = starred
        else:
            found = starred if _is_entry(terms, found, token) else exact
    return found


_MOST_NODES = 200


def _is_entry(terms: Terms, above: str, name: str) -> bool:
    """Whether a place below a schema that holds itself is an entry of a map: its levels are not declared."""
    memo, key = terms.root.memo, ("names", above)
    if key not in memo:
        nodes = [terms.root]
        for step in tokens(above):
            nodes = [below for node in nodes for below in _below(node, step)][:_MOST_NODES]
        settled = [each for node in nodes for each in _settled(node)]
        names = frozenset(name for node in settled for name in (*node.properties, *node.forbidden))
        memo[key] = (names, any(node.values is not None or node.patterns for node in settled))
    names, is_map = memo[key]
    return is_map and name not in names


def _below(node: Node, step: str) -> Iterator[Node]:
    for each in _settled(node):
        if step == "*":
            yield from (
                below for below in (each.values, each.items, *each.patterns.values()) if below is not None
            )
        elif step in each.properties:
            yield each.properties[step]
        elif step.isdecimal() and int(step) < len(each.prefix):
            yield each.prefix[int(step)]


def _settled(node: Node) -> Iterator[Node]:
    """A node with its choices picked, in all ways (up to a bound)."""
    waiting, made = [node], 0
    while waiting and made < _MOST_NODES:
        here = waiting.pop()
        made += 1
        if not here.choices:
            yield here
        elif not here.impossible:
            waiting.extend(here.pick(0, branch) for branch in range(len(here.choices[0].branches)))


def _declared(terms: Terms) -> frozenset[str]:
    memo = terms.root.memo
    if "declared" not in memo:
        memo["declared"] = frozenset(place.pointer for place in terms.locations)
    return memo["declared"]  # type: ignore[no-any-return]
