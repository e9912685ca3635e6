"""Which edges a node gets, and small tools for values that break one keyword."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.jsonio import MISSING
from contract_kit.shape import FORMATS, Node

from ._build import Builder
from ._edge_texts import LATER, lengths, ruler, texts
from ._edges import Edge, numbers, times
from ._formats import DISPUTED, FORMS, WIDTHS, padded
from ._mail import MAIL
from ._meaning import meaning
from ._neighbours import neighbours, stretched
from ._pools import committed_pools
from ._regex import matching
from ._scalar import bounds, exact, fit, hair, is_multiple, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from fractions import Fraction

    from contract_kit.model import Profile

__all__ = [
    "addresses",
    "all_breaking",
    "breaking",
    "meaning_edges",
    "number_edges",
    "sized",
    "text_edges",
    "time_edges",
    "ways",
    "wide_edges",
]


def text_edges(node: Node) -> tuple[Edge, ...]:
    """Edges of a string: the common ones where it is free, legal forms and its own bounds where it is not."""
    form, patterns = node.format, node.all_of("pattern")
    if form in FORMS:
        forms = (
            Edge("form", name, text, disputed=(form, name) in DISPUTED) for name, text in FORMS[form].items()
        )
        free = form in ("binary", "password")
        bounds_ = _at_bounds(node) if free or form in FORMATS else ()
        if form.startswith("idn-"):
            # Validators have tables of Unicode of different years.
            bounds_ = tuple(edge._replace(disputed=True) for edge in bounds_)
        return (*forms, *_padded(node, form), *bounds_)
    if patterns:
        return (*_at_bounds(node), *_matching(node, patterns))
    if form is not None:
        # No validator asserts it, and whoever knows it does.
        return tuple(edge._replace(disputed=True) for edge in _at_bounds(node))
    most = node.keyword("maxLength")
    if most is not None:
        return (*texts(), *_at_bounds(node), *LATER)
    return (*texts(), *(edge for edge in lengths(70_000) if len(edge.value) > 5000), *LATER)


def _padded(node: Node, form: str) -> Iterator[Edge]:
    """Legal forms of exactly the least and the largest length, where a form can be padded."""
    for name, size in (("shortest", node.keyword("minLength")), ("longest", node.keyword("maxLength"))):
        text = padded(form, size) if size and size <= _LONGEST_FORM else None
        if text is not None:
            yield Edge("bound", name, text)


_LONGEST_FORM = 20_000


def _matching(node: Node, patterns: list[str]) -> Iterator[Edge]:
    """Texts that match the (first) pattern: short ones, longer ones, and those at the bounds of length."""
    least, most = node.keyword("minLength") or 0, node.keyword("maxLength")
    for extra in range(4):
        found = matching(patterns[0], least=least, most=most, extra=extra, search=False)
        if found is not None:
            yield Edge("bound", f"match-{extra}", found)
    for name, size in (("longest", most), ("long", min(most or 60, 60))):
        tries = (
            matching(patterns[0], least=size, most=size, extra=n, search=False)
            for n in range(8 if size and size <= _LONGEST_FORM else 0)
        )
        found = next((text for text in tries if text is not None), None)
        if found is not None:
            yield Edge("bound", f"match-{name}", found)
    yield from _extreme(node, tuple(patterns), least, most)


def _extreme(node: Node, patterns: tuple[str, ...], least: int, most: int | None) -> Iterator[Edge]:
    """The first and last characters, the shortest and longest repetitions that the patterns take."""
    value = fit(node, "string", None)
    for name, size in (("shortest", least), ("longest", most)):
        text = stretched(patterns, value, size) if size and size <= _LONGEST_FORM else None
        if text is not None:
            yield Edge("bound", f"match-{name}-alike", text)
    for number, text in enumerate(ways(node, value)):
        tail = f"-{number}" if number else ""
        for name, other in neighbours(patterns, text).sound.items():
            yield Edge("bound", f"{name}{tail}", other)


def ways(node: Node, value: str) -> list[str]:
    """``value``, which matches the patterns of a node, and texts that match in another way."""
    found = [value]
    for pattern in node.all_of("pattern"):
        if set(pattern) & set("|?*"):
            others = (matching(pattern, extra=extra, search=False) for extra in range(_MOST_WAYS))
            found.extend(text for text in others if text is not None)
    return list(dict.fromkeys(found))[:_MOST_WAYS]


_MOST_WAYS = 4


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
    step = node.keyword("multipleOf")
    found = [edge for edge in numbers() if _in_width(edge.value, node.format)]
    for name, bound in (("least", least), ("largest", most)):
        for more in (-1, 0, 1):
            if bound is not None and _in_width(bound + more, node.format):
                found.append(Edge("bound", f"{name}{more:+d}" if more else name, plain(bound + more)))
    if least is not None and most is not None and least < most:
        found.append(Edge("bound", "middle", plain((least + most) / 2)))
    if step:
        unit = exact(step)
        start = math.ceil((least or 0) / unit)
        found.extend(Edge("bound", f"multiple-{n}", plain((start + n) * unit)) for n in (0, 1, 2, 3, 7, 100))
        if most is not None:
            last = math.floor(most / unit)
            found.extend(Edge("bound", f"multiple-last-{n}", plain((last - n) * unit)) for n in (0, 1))
    elif "number" in node.types:
        found.extend(_hairs(least, most))
    whole = "number" not in node.types
    return tuple(
        # An integer spelled with a point or an exponent is one to the drafts, and none to most typed readers.
        edge._replace(
            disputed=edge.disputed
            or (whole and isinstance(edge.value, float))
            or is_multiple(edge.value, step) is None
        )
        for edge in found
    )


def _hairs(least: Fraction | None, most: Fraction | None) -> Iterator[Edge]:
    """Just inside the bounds: a reader that rounds is at the bound there, or past it."""
    if least is not None:
        yield Edge("bound", "least-hair", plain(least + hair(float(least))))
    if most is not None:
        yield Edge("bound", "largest-hair", plain(most - hair(float(most))))


def wide_edges(node: Node) -> tuple[Edge, ...]:
    """Numbers beyond the width that a format names: no validator asserts it, and typed readers refuse them."""
    if node.format not in WIDTHS:
        return ()
    return tuple(
        Edge(edge.family, edge.name, edge.value, sendable=False, disputed=True)
        for edge in numbers()
        if not _in_width(edge.value, node.format)
    )


def _in_width(value: Any, form: str | None) -> bool:
    low, high = WIDTHS.get(form or "", (-math.inf, math.inf))
    return bool(low <= value <= high)


def meaning_edges(node: Node, profile: Profile | None) -> tuple[Edge, ...]:
    """Edges of what a field means: an address has countries, an e-mail its legal and illegal forms."""
    if node.format in FORMS:
        return ()  # its legal forms are known, and what sound validators differ about is told apart there
    found = _meant(meaning(node, profile))
    # A format that nobody asserts: whoever knows it may refuse what is none.
    return found if node.format is None else tuple(edge._replace(disputed=True) for edge in found)


def _meant(name: str) -> tuple[Edge, ...]:
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


@cache
def addresses() -> Mapping[str, Mapping[str, str]]:
    """A whole address of every country, by alpha-2 code and by the meaning of its parts."""
    pools = committed_pools()
    found = {}
    for code, places in pools.places_of.items():
        whole = pools.address(places[0], 0)
        found[code] = {f"address.{part}": text for part, text in whole._asdict().items() if part != "locale"}
    return found


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
    if not unique:
        return found
    highest = max((item for item in items if isinstance(item, int | float)), default=0)
    return [_varied(item, n, highest) if n >= len(items) else item for n, item in enumerate(found)]


_COUNTER = re.compile(r"[0-9a-f]{6}$")


def _varied(item: Any, number: int, highest: float) -> Any:
    """Another value of the same type: ids keep their length, numbers lie beyond the ``highest``."""
    if isinstance(item, bool) or item is None:
        return item
    if isinstance(item, str):
        end = _COUNTER.search(item)
        if end is None:
            return f"{item}{number}"
        return f"{item[:-6]}{number:06d}" if end[0].isdecimal() else f"{item[:-6]}{number:06x}"
    if isinstance(item, int | float):
        return highest + number
    if isinstance(item, list):
        return [*item, number]
    key = next((k for k, v in item.items() if isinstance(v, str)), "number")
    return {**item, key: f"{item.get(key, '')}{number}"}


_LIFTED = (
    "not",
    "contains",
    "minContains",
    "maxContains",
    "anyOf",
    "oneOf",
    "if",
    "dependentSchemas",
    "uniqueItems",
)


def breaking(node: Node, keyword: str, schema: Any) -> Any:
    """A value that satisfies ``schema`` and what a node says without ``keyword``; or ``MISSING``."""
    return next(iter(all_breaking(node, keyword, [schema])), MISSING)


def all_breaking(node: Node, keyword: str, schemas: Iterable[Any]) -> Iterator[Any]:
    """For each schema that has one, a value that satisfies it and what a node says without ``keyword``."""
    lifted = {keyword, *(("minContains", "maxContains") if keyword == "contains" else ())}
    if keyword in ("anyOf", "oneOf", "not"):
        # What a choice allows to stand there would be unknown without it.
        lifted |= {"unevaluatedProperties", "unevaluatedItems"}
    rest = [
        {k: v for k, v in part.items() if k not in lifted and k not in ("$ref", "allOf")}
        for part in node.unsettled.parts
    ]
    bare = Node.of(node, rest)
    for schema in schemas:
        left = node.memo.get("patience", _PATIENCE)
        builder = Builder(items=2, patience=max(left, _LEAST_PATIENCE))
        try:
            found = builder.build(bare.narrowed(schema)).value
        except SpecError:
            node.memo["patience"] = left - builder.steps
        else:
            yield found


_PATIENCE, _LEAST_PATIENCE = 20_000, 500
"""Steps that a document's searches without a result may take in all, and that each of them has in any case."""
