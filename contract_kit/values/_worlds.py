"""Tables that the sampler picks from: whole worlds (an address with its country's people), times, ids.

Every table has a length that is a power of two where it is picked from by free bits. ``plain`` tables hold
Python values; ``written`` ones hold the same as JSON text, ready to be joined.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact
from contract_kit.values._entries import PROVIDERS
from contract_kit.values._forms import CROCKFORD, alnum, go_time, ulid
from contract_kit.values._pools import MAIL_HOSTS, Pools, mix

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "FIELDS",
    "FIRST_DAY",
    "MINUTES",
    "clock_tables",
    "id_tables",
    "old_ids",
    "padded",
    "world_tables",
    "written",
]

FIRST_DAY = datetime(2024, 10, 15, tzinfo=UTC)
"""The day on which the first sample may be created; the last one is 2**20 minutes later."""
MINUTES = 1 << 20
_DAYS = MINUTES // 1440 + 200
_PLACES_EACH = 8
FIELDS = [
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
    "country",
    "timezone",
    "people",
    "companies",
    "currency",
    "locale",
    "language",
    "alpha3",
    "country_name",
    "number",
    "region",
]
"""Where what stands in a row of a world."""


def padded(values: Sequence[Any], size: int) -> tuple[Any, ...]:
    """``size`` values: the given ones over and over."""
    return tuple(values[number % len(values)] for number in range(size))


def written(value: Any) -> Any:
    """A table with its texts as JSON text; tuples keep their form.

    >>> written(("a", ("é",), 3))
    ('"a"', ('"é"',), 3)
    """
    if isinstance(value, tuple):
        return tuple([written(item) for item in value])
    if not isinstance(value, str):
        return value
    # What is printable has no lone surrogate, and needs no more than this.
    return encode_basestring(value) if value.isprintable() else compact(value).decode()


def _world(
    pools: Pools, cache: dict[str, tuple[Any, ...]], number: int, place: Any, turn: int
) -> tuple[Any, ...]:
    country = pools.by_code[place.country]
    locale = country.locale
    if locale not in cache:
        people = tuple(
            (p.name, p.given, p.family, p.local, p.local.replace(".", "-")) for p in pools.people[locale]
        )
        cache[locale] = (padded(people, 256), padded(pools.companies[locale], 256))
    people, companies = cache[locale]
    a = pools.address(place, mix(number, turn))
    return (
        *(a.line1, a.line2, a.city, a.state, a.postal_code, a.country, a.timezone, people, companies),
        *(country.currency, locale.replace("_", "-"), locale.partition("_")[0], country.alpha3, country.name),
        *(number, a.state or a.city),
    )


@lru_cache(maxsize=4)
def world_tables(source: str, as_json: bool) -> dict[str, Any]:
    """``A``: all worlds; ``C``: the same by country, eight each. ``source`` is a key of :data:`_POOLS`."""
    pools = _POOLS[source]
    cache: dict[str, tuple[Any, ...]] = {}
    by_country = []
    everything = []
    for number, country in enumerate(pools.countries):
        places = pools.places_of[country.alpha2]
        rows = [
            _world(pools, cache, number, places[turn % len(places)], turn)
            for turn in range(max(_PLACES_EACH, len(places) * 4))
        ]
        everything += rows[: len(places) * 4]
        by_country.append(tuple(rows[:_PLACES_EACH]))
    if as_json:
        return _written_worlds(everything, by_country)
    return {"A": tuple(everything), "C": tuple(by_country)}


def _written_worlds(everything: list[Any], by_country: list[Any]) -> dict[str, Any]:
    """The worlds as JSON text: people are written once a locale, parts of addresses stay bare."""
    people: dict[int, tuple[Any, ...]] = {}

    def row(world: tuple[Any, ...]) -> tuple[Any, ...]:
        key = id(world[7])
        if key not in people:
            once = {person: (*written(person[:3]), *person[3:]) for person in world[7]}
            firms = {firm: written(firm) for firm in world[8]}
            people[key] = (tuple(map(once.__getitem__, world[7])), tuple(map(firms.__getitem__, world[8])))
        return (*written(world[:7]), *people[key], *written(world[9:14]), world[14], written(world[15]))

    return {"A": tuple(map(row, everything)), "C": tuple(tuple(map(row, rows)) for rows in by_country)}


_POOLS: dict[str, Pools] = {}


def use(pools: Pools) -> str:
    """Make pools known to the tables; the key to ask them by."""
    _POOLS[pools.source] = pools
    return pools.source


@lru_cache(maxsize=1)
def clock_tables() -> dict[str, Any]:
    """``DAY``, ``DATE``, ``MIN`` of a day, 4,096 seconds: ``SF`` as text, ``MS`` after the first day in ms."""
    days = [(FIRST_DAY + timedelta(days=number)).strftime("%Y-%m-%d") for number in range(_DAYS)]
    epoch = int(FIRST_DAY.timestamp()) * 1000
    seconds, milliseconds = [], []
    for number in range(4096):
        text = go_time(number % 60 * 1000, mix(number, 0xF4AC))[17:]
        seconds.append(text)
        milliseconds.append(epoch + int(text[:2] + (text[3:-1] + "000")[:3]))
    return {
        "DAY": tuple(day + "T" for day in days),
        "DATE": tuple(days),
        "MIN": tuple(f"{number // 60:02d}:{number % 60:02d}:" for number in range(1440)),
        "SF": tuple(seconds),
        "MS": tuple(milliseconds),
    }


@lru_cache(maxsize=1)
def id_tables() -> dict[str, Any]:
    """What ids are put together from: ``T3`` for 15 bits of time, ``S8`` for eight random characters."""
    triples = tuple(a + b + c for a in CROCKFORD for b in CROCKFORD for c in CROCKFORD)
    eights = []
    for number in range(1 << 12):
        state = mix(number, 0x51D)
        eights.append(
            triples[state & 32767] + triples[state >> 15 & 32767] + triples[state >> 30 & 32767][:2]
        )
    prefixes = (
        "CRM-",
        "user:",
        "acct_",
        "",
        "000",
        "cust-",
        "EXT",
        "shop/",
        "DE-2026-",
        "c_",
        "ERP.",
        "#",
        "A-",
        "K",
    )
    return {
        "T3": triples,
        "S8": tuple(eights),
        "XP": padded(prefixes, 256),
        "DG": ("",) * 196 + tuple(str(number) for number in range(40, 100)),
        "HOST": padded(MAIL_HOSTS, 256),
        "PROV": tuple(
            tuple((name, make(mix(n, 0xB0B))) for n in range(256)) for name, make in PROVIDERS.items()
        ),
        "X6": tuple(alnum(number, 6) for number in range(1024)),
    }


def old_ids(prefix: str, count: int) -> tuple[str, ...]:
    """Ids of things that were there before the payload's: tenants, users, environments."""
    first = int(FIRST_DAY.timestamp()) * 1000
    ages = [mix(number, 5) % 40_000_000_000 for number in range(count)]
    return tuple(
        f"{prefix}_{ulid(first - age, mix(number, 6), mix(number, 7, len(prefix)))}"
        for number, age in enumerate(ages)
    )
