"""Which constants of a target's source are meant for which places: what stands in one statement with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._edits import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.targets import Together
    from contract_kit.values import Site

    from ._edits import Edits

__all__ = ["near", "own_words"]

_SHORTEST = 4
"""Letters of a name that may be the end of a property's: ``country`` of ``address_country``."""


def near(edits: Edits, together: Sequence[Together]) -> Iterator[tuple[Site, Any]]:
    """Places with the constants that stand beside their names, once each, in the order of the source."""
    seen: set[tuple[str, Any]] = set()
    named = [(site, _plain(name_of(site))) for site in edits.sites]
    known = {name for _, name in named}
    for names, values in together:
        told = {_plain(name) for name in names}
        meant = [site for site, name in named if any(_means(word, name) for word in told)]
        for value in values:
            if isinstance(value, str) and _plain(value) in known:
                continue
            for site in meant:
                if (site.node.pointer, value) not in seen:
                    seen.add((site.node.pointer, value))
                    yield site, value


def own_words(edits: Edits, strings: Sequence[str], longest: int) -> list[str]:
    """The texts of a source that are no names of the contract's properties."""
    known = {_plain(name_of(site)) for site in edits.sites}
    return [text for text in dict.fromkeys(strings) if 0 < len(text) <= longest and _plain(text) not in known]


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum()).lower()


def _means(word: str, name: str) -> bool:
    return word == name or (len(word) >= _SHORTEST and name.endswith(word))
