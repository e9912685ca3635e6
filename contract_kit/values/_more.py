"""Further properties of an object: names that it allows beside those that it has, and sound values for them."""

from __future__ import annotations

from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.shape import matches

from ._build import Builder, judge_of
from ._regex import matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.shape import Node

__all__ = ["entry_of", "further"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LENGTHS = 3
_MOST = 5_000


def further(node: Node, value: Mapping[str, Any], number: int) -> dict[str, Any]:
    """At most ``number`` properties that may be added to ``value``, each with a value that is sound by itself.

    Fewer where no more names are found that the object allows.
    """
    number = min(number, _MOST)
    found: dict[str, Any] = {}
    made: dict[tuple[int, ...], Any] = {}
    for name in _names(node, number):
        if len(found) >= number:
            break
        if name in value or name in found or not _allowed(node, name):
            continue
        child = node.child(name, star=name not in node.properties)
        if child.identity not in made:
            try:
                made[child.identity] = Builder(items=1, entries=1).build(child).value
            except SpecError:
                made[child.identity] = None
                continue
        found[name] = made[child.identity]
    return found


def entry_of(node: Node, name: str, otherwise: Any) -> Any:
    """A value that an object takes under a name, ``otherwise`` where it takes none."""
    try:
        return Builder(items=1, entries=1).build(node.child(name)).value
    except SpecError:
        return otherwise


def _allowed(node: Node, name: str) -> bool:
    if node.names is not None and not judge_of(node.names).is_valid(name):
        return False
    if node.closed and name not in node.properties and not any(matches(p, name) for p in node.patterns):
        return False
    return not node.child(name).impossible


def _names(node: Node, number: int) -> Iterator[str]:
    """Names to try: declared ones, common ones, and those that are like what patterns and rules of names ask for."""
    open_ones = () if node.closed else (f"key_{n}" for n in range(number + 1))
    words = [matching(pattern) for pattern in node.patterns]
    if node.names is not None:
        words += [member for member in node.names.enum or () if isinstance(member, str)]
        words += [matching(pattern) for pattern in node.names.all_of("pattern")]
        words += [None] if words else ["k"]
    alike = chain.from_iterable(_alike(word, number) for word in words if word is not None)
    return chain(node.properties, open_ones, (word for word in words if word is not None), alike)


def _alike(word: str, number: int) -> Iterator[str]:
    """Names like ``word``, with letters put in and letters changed."""
    whole = (_spelt(n) for n in count())
    for letters in islice(whole, 2 * number + len(_LETTERS)):
        for at in range(len(word), max(len(word) - 4, -1), -1):
            yield word[:at] + letters + word[at:]
            if len(letters) <= _LENGTHS:
                yield word[: max(at - len(letters), 0)] + letters + word[at:]


def _spelt(number: int) -> str:
    """The letters of a number: a, b, … z, aa, ab and so on."""
    text = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, len(_LETTERS))
        text = _LETTERS[digit] + text
    return text
