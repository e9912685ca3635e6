"""Names of places: ids of cases, and pointers as the contract declares them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from contract_kit.jsonio import join, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

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
            found = exact
    return found


def _declared(terms: Terms) -> frozenset[str]:
    memo = terms.root.memo
    if "declared" not in memo:
        memo["declared"] = frozenset(place.pointer for place in terms.locations)
    return memo["declared"]  # type: ignore[no-any-return]
