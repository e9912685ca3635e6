"""How a value of each meaning is made: one small function a meaning, all pure functions of the wish.

What is coherent over a payload comes from the :class:`~contract_kit.values._realistic.Realism` that the wish
carries; what is free comes from the wish's ``state``, 64 well-mixed bits.
"""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import tokens
from contract_kit.values._ascii import slug
from contract_kit.values._entries import METADATA, PROVIDERS, Wish
from contract_kit.values._forms import EARLIEST, SPAN, alnum, digits, go_time, ulid, uuid4, words
from contract_kit.values._names import field_name, parents
from contract_kit.values._pools import mix

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.shape import Node

__all__ = ["MAKERS", "METADATA", "METADATA_KEYS", "PROVIDERS", "Wish"]

_RANK = {"created": 0, "started": 1, "updated": 2, "ended": 3, "due": 4}
_JOBS = (
    "Head of Finance",
    "Data Engineer",
    "Operations Manager",
    "Buyer",
    "Support Lead",
    "CTO",
    "Accountant",
)
_KINDS = ["standard", "primary", "manual", "automatic", "internal", "external", "basic", "recurring"]
_STATUSES = ["active", "pending", "completed", "inactive", "processing", "archived"]
_LANGUAGES = ["Python", "Go", "TypeScript", "Rust", "Java", "Ruby", "Kotlin", "Elixir"]
_MIMES = [
    "application/pdf",
    "image/png",
    "text/csv",
    "application/json",
    "image/jpeg",
    "text/plain",
    "application/zip",
]
# Those that the registries of IBANs give as examples.
_IBANS = (
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "PL61109010140000071219812874",
    "GB29NWBK60161331926819",
)
_SUFFIXES = [".pdf", ".png", ".csv", ".json", ".jpg", ".txt", ".zip"]
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36",
    "curl/8.16.0",
    "okhttp/5.1.0",
)


# -- one maker a meaning --------------------------------------------------------------------------


def _moment(kind: str) -> Callable[[Wish], int]:
    """Milliseconds of a moment in the life of the thing in which it stands."""
    rank = _RANK[kind]

    def when(wish: Wish) -> int:
        created = wish.world.created(wish.scope)
        step = mix(wish.world.state, 10, created) % 172_800_000 + 1
        return created + (step * rank if kind != "due" else step * rank + 30 * 86_400_000)

    return when


def _time(kind: str) -> Callable[[Wish], str]:
    when = _moment(kind)
    return lambda wish: go_time(when(wish), wish.state)


def _date(kind: str) -> Callable[[Wish], str]:
    when = _moment(kind)
    return lambda wish: go_time(when(wish), 0)[:10]


def _epoch(kind: str) -> Callable[[Wish], int]:
    when = _moment(kind)
    # Seconds, but where only milliseconds are large enough.
    return lambda wish: when(wish) // (1 if (wish.node.keyword("minimum") or 0) >= _MILLISECONDS else 1000)


_MILLISECONDS = 10**11


def _birthday(wish: Wish) -> str:
    return (datetime(1950, 1, 1, tzinfo=UTC) + timedelta(days=wish.state % 20_000)).strftime("%Y-%m-%d")


def _part(name: str) -> Callable[[Wish], str]:
    def part(wish: Wish) -> str:
        return str(getattr(wish.world.address(wish.holder), name))

    return part


def _full_address(wish: Wish) -> str:
    a = wish.world.address(wish.at)
    return ", ".join(part for part in (a.line1, f"{a.postal_code} {a.city}".strip(), a.country) if part)


def _id(wish: Wish) -> str:
    name = field_name(wish.at)
    if name in _REFERENCES:
        return _entity_id(wish)
    if name.endswith("_by"):
        return _actor(wish)
    if name in ("id", "identifier", "gid"):
        above = parents(wish.at)
        entity = above[0] if above else wish.world.main
        return wish.world.identifier(entity, wish.scope, wish.argument or None)
    return wish.world.identifier(name.removesuffix("_id"), "", wish.argument or None)


def _entity_id(wish: Wish) -> str:
    entity = wish.world.subject(wish.at)
    return wish.world.identifier(entity, "", wish.argument or None)


def _actor(wish: Wish) -> str:
    at = EARLIEST - wish.state % SPAN
    return f"{wish.argument or 'user'}_{ulid(at, mix(wish.state, 1), mix(wish.state, 2))}"


def _external_id(wish: Wish) -> str:
    """As the world's own systems number their customers: no two shops do it alike."""
    state, country = mix(wish.state, 1), wish.world.place.country
    firm = slug(wish.world.company(), "-")[:24].strip("-") or "client"
    return str(
        (
            f"CRM-{digits(state, 6)}",
            uuid4(state),
            f"{firm}-{digits(state, 3)}",
            digits(state, 8),
            f"{country}-2026-{digits(state, 5)}",
            f"user:{digits(state, 7)}",
            f"acct_{alnum(state, 12)}",
            f"000{digits(state, 5)}",
            f"{firm}/{country.lower()}/{digits(state, 4)}",
        )[wish.state % 9]
    )


_REFERENCES = ("entity_id", "object_id", "resource_id", "subject_id", "parent_id", "record_id")
_PROVIDER_NAMES = tuple(PROVIDERS)


def _provider(wish: Wish) -> str:
    number = wish.world.number(wish.scope)
    return _PROVIDER_NAMES[(wish.world.state + number) % len(_PROVIDER_NAMES)]


def _provider_id(wish: Wish) -> str:
    return PROVIDERS[_provider(wish)](wish.state)


METADATA_KEYS = tuple(METADATA)


def _metadata_value(wish: Wish) -> str:
    key = tokens(wish.at)[-1]
    make = METADATA.get(key) or METADATA.get(key.rpartition("_")[0])
    return make(wish) if make else words(wish.state)


def _username(wish: Wish) -> str:
    return slug(wish.world.person(wish.scope).local, "-") + (
        str(wish.state % 90 + 10) if wish.state % 2 else ""
    )


def _url(wish: Wish) -> str:
    host = wish.pick(("www", "app", "api", "shop", "docs"))
    return f"https://{host}.example.com/{field_name(wish.at).removesuffix('_url')}/{words(wish.state)}"


def _ip(wish: Wish) -> str:
    # The three blocks that RFC 5737 keeps for documentation.
    block = ("192.0.2", "198.51.100", "203.0.113")[wish.state % 3]
    return f"{block}.{wish.state // 3 % 254 + 1}"


def _locale(wish: Wish) -> str:
    locale = wish.world.locale
    return locale if "_" in str(wish.node.all_of("example")) else locale.replace("_", "-")


def _between(low: float, high: float, step: int = 1) -> Callable[[Wish], Any]:
    """A number of a usual size, within the bounds of its place."""

    def number(wish: Wish) -> Any:
        bottom, top = _bounds(wish.node, low, high)
        whole = "number" not in wish.node.types
        if whole:
            first, last = math.ceil(bottom), math.floor(top)
            return first + wish.state % max(last - first + 1, 1) // step * step
        return round(bottom + (top - bottom) * (wish.state % 100_000) / 100_000, 2)

    return number


def _bounds(node: Node, low: float, high: float) -> tuple[float, float]:
    """A usual range, moved into the bounds that the schema gives."""
    least = [
        v for v in (node.keyword("minimum"), node.keyword("exclusiveMinimum")) if isinstance(v, (int, float))
    ]
    most = [
        v for v in (node.keyword("maximum"), node.keyword("exclusiveMaximum")) if isinstance(v, (int, float))
    ]
    bottom = max([low, *least])
    top = min([high, *most]) if not most or min(most) >= bottom else min(most)
    if bottom > top:
        top = bottom if not most else min(most)
        bottom = min(bottom, top) if not least else max(least)
    if top <= bottom and least and most:
        # The usual range only touches the allowed one (a score of 0 to 1): all that is allowed is usual.
        bottom, top = max(least), min(most)
    return bottom, max(top, bottom)


def _as_text(make: Callable[[Wish], Any]) -> Callable[[Wish], Any]:
    """The number as text where only text may stand."""

    def either(wish: Wish) -> Any:
        value = make(wish)
        return value if {"integer", "number"} & set(wish.node.types) else str(value)

    return either


def _coordinate(limit: float) -> Callable[[Wish], Any]:
    return _as_text(lambda wish: round(wish.state % 2_000_001 / 1_000_000 * limit - limit, 6))


MAKERS: dict[str, Callable[[Wish], Any]] = {
    **{f"time.{kind}": _time(kind) for kind in _RANK},
    **{f"date.{kind}": _date(kind) for kind in _RANK},
    **{f"epoch.{kind}": _epoch(kind) for kind in _RANK},
    **{f"epoch_ms.{kind}": _moment(kind) for kind in _RANK},
    "time.rfc2822": lambda wish: format_datetime(
        datetime.fromtimestamp(_moment("updated")(wish) // 1000, UTC)
    ),
    "time": _time("updated"),
    "date": _date("updated"),
    "date.birth": _birthday,
    "clock": lambda wish: f"{wish.state % 24:02d}:{wish.state // 24 % 60:02d}:{wish.state // 1440 % 60:02d}Z",
    "duration": lambda wish: wish.pick(("P1M", "P30D", "PT15M", "P1Y", "PT36H", "P2W", "P1DT12H")),
    "email": lambda wish: wish.world.email(wish.scope),
    "hostname": lambda wish: f"{words(wish.state)}.example.com",
    "url": _url,
    "url.image": lambda wish: f"https://images.example.com/{words(wish.state)}.png",
    "url.template": lambda wish: f"https://api.example.com/{words(wish.state)}{{/id}}",
    "path": lambda wish: f"/{words(wish.state, '/')}",
    "path.repository": lambda wish: f"{_username(wish)}/{words(wish.state)}",
    "uuid": lambda wish: uuid4(wish.state),
    "ip": _ip,
    "ipv6": lambda wish: f"2001:db8:{wish.state % 65536:x}::{wish.state // 65536 % 65535 + 1:x}",
    "mac": lambda wish: ":".join(f"{wish.state >> shift & 255:02x}" for shift in range(0, 48, 8)),
    "base64": lambda wish: base64.b64encode(wish.state.to_bytes(8, "big")).decode(),
    "binary": lambda wish: words(wish.state),
    "json": lambda wish: f'{{"id":"{words(wish.state)}","count":{wish.state % 400}}}',
    "json_pointer": lambda wish: f"/{words(wish.state, '/')}",
    "relative_json_pointer": lambda wish: f"{wish.state % 4}/{words(wish.state)}",
    "regex": lambda wish: f"^{words(wish.state, '[a-z]+')}$",
    "password": lambda wish: alnum(wish.state, 16),
    "event": lambda wish: wish.world.event or "thing.created",
    "id": _id,
    "number_id": _between(100_000, 999_999_999),
    "external_id": _external_id,
    "provider_id": _provider_id,
    "provider_type": _provider,
    "entity_id": _entity_id,
    "entity_type": lambda wish: wish.world.subject(wish.at),
    "actor": _actor,
    "token": lambda wish: alnum(wish.state, 24),
    "digits4": lambda wish: f"{wish.state % 10_000:04d}",
    "vat": lambda wish: f"{wish.world.place.country}{digits(wish.state, 9)}",
    "tracking": lambda wish: wish.pick(("1Z{}", "00{}", "{}")).format(digits(wish.state >> 8, 16)),
    "iban": lambda wish: wish.pick(_IBANS),
    "bic": lambda wish: wish.pick(("DEUTDEFF", "BNPAFRPP", "INGBNL2A", "BREXPLPW", "CHASUS33")),
    "card_brand": lambda wish: wish.pick(("visa", "mastercard", "amex")),
    "relation": lambda wish: wish.pick(("self", "next", "edit", "related", "up")),
    "sha": lambda wish: f"{mix(wish.state, 1):016x}{mix(wish.state, 2):016x}{mix(wish.state, 3) >> 32:08x}",
    "sha256": lambda wish: "".join(f"{mix(wish.state, n):016x}" for n in range(4)),
    "md5": lambda wish: f"{mix(wish.state, 1):016x}{mix(wish.state, 2):016x}",
    "phone": lambda wish: (
        f"+1{wish.pick(('202', '212', '312', '415', '617'))}55501{wish.state // 8 % 100:02d}"
    ),
    "address.line1": _part("line1"),
    "address.line2": lambda wish: (
        wish.world.address(wish.holder).line2 or wish.pick(wish.world.pools.units[wish.world.locale])
    ),
    "address.line3": lambda wish: words(wish.state, " ").title(),
    "address.city": _part("city"),
    "address.state": _part("state"),
    "address.postal_code": _part("postal_code"),
    "address.country": _part("country"),
    "address.country3": lambda wish: wish.world.pools.by_code[wish.world.place.country].alpha3,
    "address.country_name": lambda wish: wish.world.pools.by_code[wish.world.place.country].name,
    "address.timezone": _part("timezone"),
    "address.full": _full_address,
    "latitude": _coordinate(90),
    "longitude": _coordinate(180),
    "currency.lower": lambda wish: wish.world.pools.by_code[wish.world.place.country].currency.lower(),
    "currency": lambda wish: wish.world.pools.by_code[wish.world.place.country].currency,
    "cents": _between(100, 250_000),
    "money": lambda wish: (
        _between(1, 2_500)(wish)
        if {"integer", "number"} & set(wish.node.types)
        else f"{wish.state % 250_000 / 100 + 1:.2f}"
    ),
    "percent": _as_text(_between(0, 100)),
    "count": _between(0, 400),
    "quantity": _as_text(_between(1, 60)),
    "size": _between(1, 5_000_000),
    "ordinal": _between(1, 60),
    "year": _between(2024, 2032),
    "month": _between(1, 12),
    "day": _between(1, 28),
    "hour": _between(0, 23),
    "minute": _between(0, 59),
    "seconds": _between(1, 3_600),
    "celsius": _between(-10, 40),
    "number": _between(0, 10_000),
    "status_code": lambda wish: wish.pick((200, 201, 202, 204)),
    "locale": _locale,
    "language": lambda wish: wish.world.locale.partition("_")[0],
    "programming_language": lambda wish: wish.pick(_LANGUAGES),
    "user_agent": lambda wish: wish.pick(_AGENTS),
    "filename": lambda wish: words(wish.state) + wish.pick(_SUFFIXES),
    "mime": lambda wish: wish.pick(_MIMES),
    "method": lambda wish: wish.pick(("GET", "POST", "PUT", "DELETE")),
    "color": lambda wish: (
        f"{wish.state % 0x1000000:06x}" if wish.state & 1 << 40 else f"#{wish.state % 0x1000000:06x}"
    ),
    "version": lambda wish: f"{wish.state % 9}.{wish.state // 9 % 20}.{wish.state // 180 % 10}",
    "git_ref": lambda wish: (
        wish.pick(("main", "develop", "release/2.4")) if wish.state % 3 else words(wish.state)
    ),
    "person.name": lambda wish: wish.world.person(wish.scope).name,
    "person.given": lambda wish: wish.world.person(wish.scope).given,
    "person.family": lambda wish: wish.world.person(wish.scope).family,
    "username": _username,
    "company": lambda wish: wish.world.company(wish.scope),
    "job": lambda wish: wish.pick(_JOBS),
    "gender": lambda wish: wish.pick(("female", "male", "other")),
    "slug": lambda wish: words(wish.state),
    "status": lambda wish: wish.pick(_STATUSES),
    "kind": lambda wish: wish.pick(_KINDS),
    "html": lambda wish: f"<p>{wish.pick(wish.world.pools.texts)}</p>",
    "markdown": lambda wish: f"## {words(wish.state, ' ')}\n\n* {wish.pick(wish.world.pools.texts)}\n",
    "title": lambda wish: words(wish.state, " ").capitalize(),
    "text": lambda wish: wish.pick(wish.world.pools.texts),
    "metadata.value": _metadata_value,
    "word": lambda wish: words(wish.state),
    "boolean": lambda wish: wish.state % 3 > 0,
}
