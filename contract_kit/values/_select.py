"""Which edges a node gets, and small tools for values that break one keyword."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.jsonio import MISSING

from ._build import Builder
from ._edges import Edge, lengths, numbers, ruler, texts, times
from ._mail import MAIL
from ._meaning import meaning
from ._pools import committed_pools
from ._scalar import bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.model import Profile
    from contract_kit.shape import Node

__all__ = ["breaking", "meaning_edges", "number_edges", "sized", "text_edges", "time_edges"]


def text_edges(node: Node) -> tuple[Edge, ...]:
    """Edges of a string: the common ones where it is free, those at its own bounds where it has any."""
    if node.format is not None or node.all_of("pattern"):
        return _at_bounds(node)
    most = node.keyword("maxLength")
    if most is not None:
        return (*texts(), *_at_bounds(node))
    return (*texts(), *(edge for edge in lengths(70_000) if len(edge.value) > 5000))


def _at_bounds(node: Node) -> tuple[Edge, ...]:
    least, most = node.keyword("minLength") or 0, node.keyword("maxLength")
    sizes = {"shortest": least, "shortest-and-one": least + 1}
    if most is not None and most <= 300_000:
        sizes |= {"longest": most, "longest-but-one": max(most - 1, 0)}
    plain = [Edge("bound", name, ruler(size)) for name, size in sizes.items()]
    wide = [Edge("bound", f"{name}-astral", "𝒜" * size) for name, size in sizes.items() if 0 < size <= 5000]
    return (*plain, *wide)


def time_edges() -> tuple[Edge, ...]:
    """Edges of a date-time."""
    return times()


def number_edges(node: Node) -> tuple[Edge, ...]:
    """Edges of a number: common ones, and both sides of its own bounds."""
    least, most, _, _ = bounds(node)
    found = list(numbers())
    for name, bound in (("least", least), ("largest", most)):
        for more in (-1, 0, 1):
            if bound is not None:
                value = bound + more
                found.append(
                    Edge(
                        "bound",
                        f"{name}{more:+d}" if more else name,
                        int(value) if value.denominator == 1 else float(value),
                    )
                )
    return tuple(found)


def meaning_edges(node: Node, profile: Profile | None) -> tuple[Edge, ...]:
    """Edges of what a field means: an address has countries, an e-mail its legal and illegal forms."""
    name = meaning(node, profile)
    pools = committed_pools()
    if name == "email":
        return tuple(Edge("email", key, value) for key, value in MAIL.items())
    if name == "address.country":
        return (
            *(Edge("country", code, code) for code in pools.by_code),
            *(Edge("country", key, value) for key, value in _NO_COUNTRY.items()),
        )
    if name == "address.postal_code":
        codes = {code: pools.address(places[0], 0).postal_code for code, places in pools.places_of.items()}
        return tuple(Edge("postal-code", code, value) for code, value in codes.items() if value)
    if name in ("person.name", "person", "company", "person.given", "person.family"):
        return tuple(Edge("name", key, value) for key, value in _names().items())
    if name.startswith("id") or name.endswith("_id"):
        return tuple(Edge("id", key, value) for key, value in _IDS.items())
    return ()


def _names() -> Mapping[str, str]:
    pools = committed_pools()
    found: dict[str, str] = {}
    for locale in pools.locales:
        people = pools.people.get(locale, ())
        if people:
            found[locale] = people[0].name
    found |= {
        "one-letter": "O",
        "mononym": "Madonna",
        "apostrophe": "D'Angelo",
        "hyphen": "Anne-Marie",
        "particle": "van der Berg",
        "suffix": "Martin Luther King Jr.",
        "title": "Dr. h. c. Ada Lovelace, PhD",
        "digit": "Jennifer 8. Lee",
        "company": "Ben & Jerry's GmbH & Co. KG",
        "quoted": 'Dwayne "The Rock" Johnson',
        "parentheses": "Prince (artist)",
        "upper": "MCDONALD",
        "lower": "bell hooks",
        "reserved": "Null",
        "true": "True",
        "test": "Test",
        "admin": "admin",
    }
    return found


_NO_COUNTRY = {
    "lower": "de",
    "mixed": "De",
    "alpha-3": "DEU",
    "numeric": "276",
    "name": "Germany",
    "unassigned": "ZZ",
    "user-assigned": "XK",
    "formerly": "YU",
    "uk": "UK",
    "eu": "EU",
    "space": "DE ",
    "flag": "🇩🇪",
}
_IDS = {
    "uuid": "c56a4180-65aa-42ec-a945-5fd21dec0538",
    "uuid-upper": "C56A4180-65AA-42EC-A945-5FD21DEC0538",
    "uuid-nil": "00000000-0000-0000-0000-000000000000",
    "ulid": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "ulid-lower": "01arz3ndektsv4rrffq69g5fav",
    "prefixed": "cust_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "other-prefix": "cus_NffrFeUfNV2Hib",
    "number": "42",
    "leading-zeros": "000042",
    "snowflake": "1234567890123456789",
    "object-id": "507f1f77bcf86cd799439011",
    "nano": "V1StGXR8_Z5jdHi6B-myT",
    "email": "ada@example.com",
    "urn": "urn:example:customer:42",
    "slash": "acme/42",
    "url": "https://example.com/customers/42",
    "dots": "acme.eu.42",
    "hash": "#42",
    "blank": "acme 42",
    "lower": "acme-corp",
    "exponent": "1e10",
    "all-zeros-exponent": "0e1234",
}


def sized(items: list[Any], size: int, *, unique: bool = False) -> list[Any]:
    """``size`` items made by repeating ``items``; told apart where ``unique`` asks for it."""
    if not items:
        items = ["item"] if size else []
    found = [items[n % len(items)] for n in range(size)]
    return (
        [_varied(item, n) if n >= len(items) else item for n, item in enumerate(found)] if unique else found
    )


def _varied(item: Any, number: int) -> Any:
    """Another value of the same type."""
    if isinstance(item, bool) or item is None:
        return item
    if isinstance(item, str):
        return f"{item}{number}"
    if isinstance(item, int | float):
        return item + number
    if isinstance(item, list):
        return [*item, number]
    key = next((k for k, v in item.items() if isinstance(v, str)), "number")
    return {**item, key: f"{item.get(key, '')}{number}"}


_LIFTED = ("not", "contains", "minContains", "dependentSchemas")


def breaking(node: Node, schema: Any) -> Any:
    """A value that satisfies ``node`` without its ``not``-like keywords, and ``schema`` too; or ``MISSING``."""
    rest = [
        {k: v for k, v in part.items() if k not in _LIFTED and k != "$ref" and k != "allOf"}
        for part in node.parts
    ]
    from contract_kit.shape import Node as Made

    bare = Made(node._document, (*rest, schema), node.pointer, node.trail)
    try:
        return Builder(items=2).build(bare).value
    except SpecError:
        return MISSING
