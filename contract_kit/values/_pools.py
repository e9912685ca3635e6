"""Pools of realistic material: people, companies, streets and places of many locales and every country.

Two sources give the same structure. :func:`committed_pools` reads ``pools.json``, which
``scripts/draw_pools.py`` drew from Faker once: base bodies must not change with Faker's releases.
:func:`faker_pools` draws from the installed Faker: same Faker, same bytes. Places (city, state, postal code
and zone that belong together) are ours in both, for Faker draws each of them by itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Address", "Country", "Person", "Place", "Pools", "committed_pools", "faker_pools", "mix"]

_MASK = (1 << 64) - 1
MAIL_HOSTS = (
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "post.example.org",
    "firma.example.net",
    "team.example.com",
    "office.example.org",
)
"""Hosts that RFC 2606 keeps free: no mail of a test reaches anybody."""


def mix(*numbers: int) -> int:
    """A well-mixed 64-bit number of some whole numbers (splitmix64's finish): the same on every machine.

    >>> mix(1, 2) == mix(1, 2), mix(1, 2) == mix(2, 1)
    (True, False)
    """
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ (number & _MASK)) + 0x9E3779B97F4A7C15 & _MASK
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


class Country(NamedTuple):
    """One country of ISO 3166-1 with the locale that its people's names are drawn from."""

    alpha2: str
    alpha3: str
    currency: str
    locale: str
    name: str


class Place(NamedTuple):
    """A city with what belongs to it; ``postal`` has ``#`` for digits that are free."""

    country: str
    city: str
    state: str
    postal: str
    timezone: str


class Person(NamedTuple):
    """A name and the part before the ``@`` that is derived from it."""

    name: str
    given: str
    family: str
    local: str
    locale: str


class Address(NamedTuple):
    """A whole address whose parts belong together."""

    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    timezone: str
    locale: str


@dataclass(frozen=True)
class Pools:
    """What realistic values are drawn from; every sequence is in a fixed order.

    ``people``, ``companies``, ``streets`` and ``units`` are keyed by locale.
    """

    source: str
    countries: tuple[Country, ...]
    places: tuple[Place, ...]
    people: Mapping[str, tuple[Person, ...]]
    companies: Mapping[str, tuple[str, ...]]
    streets: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    texts: tuple[str, ...]

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Every locale, in alphabetical order."""
        return tuple(self.people)

    @cached_property
    def by_code(self) -> Mapping[str, Country]:
        """Countries by alpha-2 code."""
        return {country.alpha2: country for country in self.countries}

    @cached_property
    def places_of(self) -> Mapping[str, tuple[Place, ...]]:
        """Places by country, the seat of government first."""
        found: dict[str, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.country, []).append(place)
        return {code: tuple(places) for code, places in found.items()}

    @cached_property
    def whole_places(self) -> tuple[Place, ...]:
        """Places that have all parts of an address, and no two alike."""
        return tuple(place for place in self.places if place.postal and place.state not in ("", place.city))

    def address(self, place: Place, number: int) -> Address:
        """The address number ``number`` at a place; about a third have no second line."""
        locale = self.by_code[place.country].locale
        streets, units = self.streets[locale], self.units[locale]
        state = mix(number, len(place.city), ord(place.city[0]))
        line2 = units[state // 7 % len(units)] if units and state % 3 else ""
        return Address(
            streets[state // 1021 % len(streets)],
            line2,
            place.city,
            place.state,
            _digits(place.postal, state >> 7),
            place.country,
            place.timezone,
            locale,
        )


def _digits(pattern: str, state: int) -> str:
    """``pattern`` with each ``#`` made a digit.

    >>> _digits("10##", 0)
    '1000'
    """
    out = []
    for char in pattern:
        if char == "#":
            state, digit = divmod(state, 10)
            out.append(chr(48 + digit))
        else:
            out.append(char)
    return "".join(out)


def _pools(source: str, data: Mapping[str, Any], drawn: Mapping[str, Mapping[str, Any]]) -> Pools:
    return Pools(
        source,
        tuple(Country(*row) for row in data["countries"]),
        tuple(Place(*row) for row in data["places"]),
        {
            name: tuple(Person(row[0], row[1], row[2], row[3], name) for row in part["people"])
            for name, part in drawn.items()
        },
        {name: tuple(part["companies"]) for name, part in drawn.items()},
        {name: tuple(part["streets"]) for name, part in drawn.items()},
        {name: tuple(part["units"]) for name, part in drawn.items()},
        tuple(data["texts"]),
    )


@lru_cache(maxsize=1)
def _data() -> Any:
    text = resources.files(__package__).joinpath("pools.json").read_text(encoding="utf-8")
    return json.loads(text)


@lru_cache(maxsize=1)
def committed_pools() -> Pools:
    """The pools that never change with Faker's releases."""
    data = _data()
    return _pools(f"committed, drawn from Faker {data['faker']}", data, data["locales"])


@lru_cache(maxsize=2)
def faker_pools(people: int = 64) -> Pools:
    """Pools drawn now from the installed Faker, ``people`` names a locale: same Faker, same pools.

    A locale that this Faker does not have keeps its committed part.
    """
    import faker

    from contract_kit.values._draw import draw_locale

    data = _data()
    drawn = {}
    for number, (name, committed) in enumerate(data["locales"].items()):
        drawn[name] = draw_locale(name, number, people=people, companies=24, streets=48) or committed
    return _pools(f"Faker {faker.VERSION}", data, drawn)
