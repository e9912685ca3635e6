"""Cases from the target's own source: what it compares with, it may treat in a way of its own."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import join
from contract_kit.report import clause

from ._near import near, own_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.model import Case
    from contract_kit.targets import Mined
    from contract_kit.values import Site

    from ._edits import Edits

__all__ = ["constant_cases"]

_MOST, _MOST_NEAR = 1600, 400
_MOST_EVERYWHERE, _PLACES_EACH = 900, 4
"""Cases in which each constant meets each free text, and then a few of them for each of the others."""
_MOST_KEYS, _MOST_NAMES, _MOST_SIZES = 60, 16, 6
_LONGEST = 60
_LARGEST, _MOST_ITEMS = 5_000, 2_000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{2,40}", re.ASCII)
_STRANGERS: dict[str, Any] = {"null": None, "text": "text", "zero": 0, "empty-array": [], "empty-object": {}}


def constant_cases(edits: Edits, mined: Mined) -> Iterator[Case]:
    """At most two thousand or so cases with the target's constants at places of the payload.

    Those that stand in one statement with a property's name come first, at that property. At an enum's place a
    constant that is no member is an illegal value, and every constant is tried there; free texts meet all as far
    as there is room. A constant may be the key of a map, the name of a property that the contract does not
    know, a number that of a size.
    """
    strings, numbers, together = mined
    words = own_words(edits, strings, _LONGEST)
    meant = (case for site, value in near(edits, together) for case in _meant(edits, site, value))
    yield from islice(meant, _MOST_NEAR)
    yield from _lines(edits, strings)
    rest = chain(
        _members(edits, words),
        _keys(edits, words[:_MOST_KEYS]),
        _sizes(edits, numbers),
        _names(edits, words),
        _texts(edits, words),
    )
    yield from islice(rest, _MOST)


def _meant(edits: Edits, site: Site, value: Any) -> Iterator[Case]:
    """A constant at the place whose name stands beside it; a number may be a size."""
    if isinstance(value, str):
        yield from _at(edits, site, value)
    elif type(value) is int:
        yield from _sized(edits, site, value)
        if edits.takes(site, value):
            yield from _made(edits.one(site.at, value, f"constant-{value}", clause(site.at, value)))


def _at(edits: Edits, site: Site, word: str) -> Iterator[Case]:
    words, variant = f"{clause(site.at, word)}, a constant of the target's own source", f"constant-{word}"
    if site.node.enum is not None:  # its members stand in the catalogue
        if word not in site.node.enum:
            yield from _made(edits.broken(site.at, word, "enum", variant, words))
    elif edits.takes(site, word):
        yield from _made(edits.one(site.at, word, variant, words))


def _made(case: Case | None) -> Iterator[Case]:
    if case is not None:
        yield case


def _members(edits: Edits, words: Sequence[str]) -> Iterator[Case]:
    for site in edits.sites:
        if site.node.enum is not None and isinstance(site.value, str):
            for word in words:
                yield from _at(edits, site, word)


def _texts(edits: Edits, words: Sequence[str]) -> Iterator[Case]:
    free = edits.free_texts()
    if not free:
        return
    many = _MOST_EVERYWHERE // len(free)
    for number, word in enumerate(words):
        first = number * _PLACES_EACH
        some = free if number < many else [free[(first + turn) % len(free)] for turn in range(_PLACES_EACH)]
        for site in dict.fromkeys(range(len(some))):
            yield from _at(edits, some[site], word)


def _keys(edits: Edits, words: Sequence[str]) -> Iterator[Case]:
    """Constants as the keys of maps."""
    for site in edits.sites:
        if not isinstance(site.value, dict) or site.node.values is None:
            continue
        sound = next(iter(site.value.values()), "text")
        for word in words:
            if word in site.value:
                continue
            new = {**site.value, word: sound}
            if edits.takes(site, new):
                said = f"{site.at} has an entry named {word!r}, a constant of the target's own source"
                yield from _made(edits.one(site.at, new, f"constant-{word}", said, family="key"))
            if edits.takes(site, {**site.value, word: ""}):
                at = join(site.at, word)
                yield from _made(edits.one(at, "", f"constant-{word}-empty", clause(at, "")))


def _names(edits: Edits, words: Sequence[str]) -> Iterator[Case]:
    """Constants as the names of properties that the contract does not know."""
    names = [word for word in words if _NAME.fullmatch(word)][:_MOST_NAMES]
    for site in edits.sites:
        if not isinstance(site.value, dict) or site.node.values is not None:
            continue
        for word in names:
            for name, item in _STRANGERS.items():
                if word in site.value or not edits.takes(site, {**site.value, word: item}):
                    continue
                at = join(site.at, word)
                variant = f"constant-{word}-{name}"
                yield from _made(edits.one(at, item, variant, clause(at, item), family="unknown"))


def _sizes(edits: Edits, numbers: Sequence[float]) -> Iterator[Case]:
    """Numbers as sizes: of texts, arrays and maps, that size and one more."""
    few = [n for n in dict.fromkeys(numbers) if type(n) is int and 1 < n <= _LARGEST][:_MOST_SIZES]
    free = edits.free_texts()
    for size in few:
        for site in edits.sites:
            if site in free or isinstance(site.value, list) or site.node.values is not None:
                yield from _sized(edits, site, size)


def _sized(edits: Edits, site: Site, size: int) -> Iterator[Case]:
    if not 0 < size <= _LARGEST:
        return
    for many in (size, size + 1):
        new = _of_size(site, many)
        if new is not None and edits.takes(site, new):
            said = f"{site.at} has {many:,} {_noun(new)}{'s' * (many != 1)}"
            family = "length" if isinstance(new, str) else "size"
            yield from _made(edits.one(site.at, new, f"constant-size-{many}", said, family=family))


def _noun(value: Any) -> str:
    return "character" if isinstance(value, str) else "item" if isinstance(value, list) else "field"


_FILLER = "Lorem ipsum dolor sit amet consectetur adipiscing elit "


def _of_size(site: Site, size: int) -> Any | None:
    """A value of so many letters, items or entries; ``None`` where there is none to make it of."""
    value = site.value
    if isinstance(value, str) and site.node.enum is None and site.node.format is None:
        text = (_FILLER * (size // len(_FILLER) + 1))[:size]
        return text[:-1] + "x"
    if size > _MOST_ITEMS or not value:
        return None
    if isinstance(value, list):
        return [value[number % len(value)] for number in range(size)]
    if isinstance(value, dict) and site.node.values is not None:
        sound = next(iter(value.values()))
        return {f"key_{number}": sound for number in range(size)}
    return None


def _lines(edits: Edits, strings: Sequence[str]) -> Iterator[Case]:
    """Where the source has an expression that ends with ``$``: a line break behind what has a form.

    ``$`` matches before it, too. It is asked of those alone, for a validator in wide use has the same fault.
    """
    if not any(text.endswith("$") for text in strings):
        return
    for site in edits.sites:
        keyword = "format" if site.node.format is not None else "pattern"
        if isinstance(site.value, str) and site.node.keyword(keyword) is not None:
            said = f"{site.at} has a line break behind it"
            yield from _made(edits.broken(site.at, site.value + "\n", keyword, "line-feed-after", said))
