"""Texts of a certain form made of free bits: ULIDs, UUIDs, Go's times, numbers, words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contract_kit.values._pools import mix

__all__ = ["CROCKFORD", "EARLIEST", "SPAN", "alnum", "digits", "go_time", "prefix", "ulid", "uuid4", "words"]

EARLIEST = 1_735_689_600_000
"""2025-01-01T00:00:00Z in milliseconds: the first moment at which a payload's main thing may be created."""
SPAN = 58_000_000_000
"""Milliseconds from then (nearly two years) in which it is."""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALNUM = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
_PREFIXES = {
    "account": "acct",
    "customer": "cust",
    "entity_integration_mapping": "eim",
    "environment": "env",
    "event": "evt",
    "integration": "eim",
    "invoice": "inv",
    "message": "msg",
    "organization": "org",
    "payment": "pay",
    "payment_intent": "pi",
    "product": "prod",
    "repository": "repo",
    "session": "sess",
    "subscription": "subs",
    "transaction": "txn",
    "webhook": "wh",
}
_ADJECTIVES = [
    "amber",
    "brave",
    "calm",
    "dawn",
    "early",
    "fresh",
    "gentle",
    "hidden",
    "inner",
    "jolly",
    "keen",
    "light",
    "mellow",
    "north",
    "open",
    "plain",
    "quiet",
    "rapid",
    "silver",
    "tidy",
    "upper",
    "vivid",
    "warm",
    "young",
]
_NOUNS = [
    "anchor",
    "bridge",
    "cedar",
    "delta",
    "ember",
    "field",
    "garden",
    "harbor",
    "island",
    "junction",
    "kettle",
    "lantern",
    "meadow",
    "notebook",
    "orchard",
    "parcel",
    "quarry",
    "river",
    "summit",
    "terrace",
    "umbrella",
    "valley",
    "willow",
    "yard",
]


def ulid(milliseconds: int, first: int, second: int) -> str:
    """A ULID: 48 bits of time and 80 random ones in Crockford's base 32 (github.com/ulid/spec).

    >>> ulid(1469918176385, 0, 0)
    '01ARYZ6S410000000000000000'
    """
    number = (milliseconds & (1 << 48) - 1) << 80 | (first & (1 << 40) - 1) << 40 | second & (1 << 40) - 1
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def go_time(milliseconds: int, state: int) -> str:
    """RFC 3339 as Go's encoder writes it: 0 to 9 fraction digits with trailing zeros cut, ``Z``.

    >>> go_time(0, 0), go_time(86_400_000, 9 + (123456789 << 8))
    ('1970-01-01T00:00:00Z', '1970-01-02T00:00:00.123456789Z')
    """
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=milliseconds // 1000)
    digits = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 6, 6, 6, 6, 6, 3)[state & 15]
    fraction = f"{state >> 8 & (1 << 40) - 1:09d}"[:9][:digits].rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}Z"


def prefix(entity: str) -> str:
    """The short prefix of an entity's ids.

    >>> prefix("customer"), prefix("tenant"), prefix("credit_note"), prefix("")
    ('cust', 'tenant', 'cn', 'obj')
    """
    if entity in _PREFIXES:
        return _PREFIXES[entity]
    parts = entity.split("_")
    return "".join(part[0] for part in parts if part) if len(parts) > 1 else entity[:10] or "obj"


def words(state: int, separator: str = "-") -> str:
    """Two or three plain words and a number: short, and hardly ever the same twice."""
    first, second = _ADJECTIVES[state % 24], _NOUNS[state // 24 % 24]
    return f"{first}{separator}{second}{separator}{state // 576 % 997}"


def uuid4(state: int) -> str:
    """A UUID of version 4 made of mixed bits."""
    text = f"{mix(state, 1):016x}{mix(state, 2):016x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"


def alnum(state: int, length: int) -> str:
    """Letters and digits."""
    out = ""
    while len(out) < length:
        state = mix(state, length)
        out += "".join(
            _ALNUM[state >> 6 * place & 63 if (state >> 6 * place & 63) < len(_ALNUM) else place]
            for place in range(10)
        )
    return out[:length]


def digits(state: int, length: int) -> str:
    """A number of ``length`` digits, the first not zero."""
    return str(10 ** (length - 1) + mix(state, length) % (9 * 10 ** (length - 1)))
