"""What each ``format`` allows: plain examples, and legal forms that careless readers do not take.

Sources: RFC 3339 (date-time, date, time, duration), RFC 5321 (email), RFC 1123 (hostname), RFC 3986 (uri),
RFC 3987 (iri), RFC 6570 (uri-template), RFC 9562 (uuid), RFC 4291 (ipv6), RFC 4648 (byte), RFC 8259 (json), RFC 6901
(json-pointer), ECMA 262 (regex). A format that is not here is an annotation that nobody checks.
"""

from __future__ import annotations

import re

__all__ = ["DISPUTED", "EXAMPLES", "FORMS", "WIDTHS", "is_numeric", "numeric_text", "padded"]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "date-time": ("2026-03-14T09:26:53.589793Z", "2026-03-15T10:00:00Z", "2025-12-31T23:59:59.5Z"),
    "date": ("2026-03-14", "2024-02-29", "1999-12-31"),
    "time": ("09:26:53Z", "23:59:59.999Z", "00:00:00+01:00"),
    "duration": ("P3DT4H", "PT36H", "PT90M"),
    "email": ("ada.lovelace@example.com", "billing@example.org", "o.reilly+test@example.net"),
    "idn-email": ("ada.lovelace@example.com", "billing@example.org"),
    "hostname": ("hooks.example.com", "api.example.org", "a.example"),
    "idn-hostname": ("hooks.example.com", "api.example.org"),
    "uri": ("https://example.com/orders/42", "https://example.org/a?b=c#d", "urn:example:a1"),
    "uri-reference": ("/orders/42", "https://example.com/", "../a?b=c"),
    "iri": ("https://example.com/orders/42", "https://example.org/"),
    "iri-reference": ("/orders/42", "https://example.com/"),
    "uri-template": ("https://example.com/users/{user}", "https://example.com/{a}/{b}"),
    "uuid": (
        "4f9d5a3e-7b21-4c68-9d0f-2a8e6c1b3f57",
        "00000000-0000-0000-0000-000000000000",
        "c56a4180-65aa-42ec-a945-5fd21dec0538",
    ),
    "ipv4": ("192.0.2.17", "198.51.100.4", "203.0.113.250"),
    "ipv6": ("2001:db8::17", "::1", "2001:db8:0:1::ff"),
    "json-pointer": ("/a/b~1c/0", "", "/x"),
    "relative-json-pointer": ("1/a", "0"),
    "regex": ("^[a-z]+$", "a|b"),
    "byte": ("aGVsbG8=", "Y29udHJhY3Q="),
    "json": ('{"id":"42","tags":["a","b"]}', '{"total":1050}', '["a","b"]'),
    "binary": ("binary",),
    "password": ("correct horse battery", "s3cret-pass"),
}
"""Plain legal texts by format; those of :data:`_WHOLE` and :data:`_BROKEN` are added below."""

FORMS: dict[str, dict[str, str]] = {
    "date": {
        "leap-day": "2024-02-29",
        "leap-century": "2000-02-29",
        "first": "0001-01-01",
        "last": "9999-12-31",
        "epoch": "1970-01-01",
        "year-end": "2025-12-31",
        "before-1582": "1500-03-01",
    },
    "time": {
        "zero": "00:00:00Z",
        "last": "23:59:59Z",
        "fraction": "09:26:53.5Z",
        "nanoseconds": "09:26:53.123456789Z",
        "lower-z": "09:26:53z",
        "east": "09:26:53+05:30",
        "west": "09:26:53-08:00",
        "zero-offset": "09:26:53+00:00",
        "minus-zero": "09:26:53-00:00",
        "largest-offset": "09:26:53+23:59",
        "leap-second": "23:59:60Z",
    },
    "duration": {
        "zero": "PT0S",
        "days": "P30D",
        "weeks": "P4W",
        "months": "P1M",
        "minutes": "PT1M",
        "years": "P100Y",
        "full": "P1Y2M3DT4H5M6S",
        "hours": "PT36H",
        "date-and-time": "P1DT12H",
        "large": "P999999999D",
    },
    "email": {
        "tag": "ada+webhooks@example.com",
        "dots": "a.d.a@example.com",
        "upper": "ADA@EXAMPLE.COM",
        "digits": "1234567890@example.com",
        "subdomains": "ada@a.b.c.example.com",
        "one-letter": "a@b.co",
        "apostrophe": "o'brien@example.com",
        "specials": "!#$%&'*+/=?^_`{|}~-@example.com",
        "hyphen-domain": "ada@exa-mple.com",
        "punycode": "ada@xn--bcher-kva.example",
        "quoted": '"ada lovelace"@example.com',
        "ip-literal": "ada@[192.0.2.17]",
        "long-tld": "ada@example.photography",
        "local-64": "a" * 64 + "@example.com",
        "domain-no-dot": "ada@localhost",
        "underscore": "ada_lovelace@example.com",
    },
    "idn-email": {
        "umlaut": "ada@bücher.example",
        "chinese": "用户@例子.广告",
        "plain": "ada@example.com",
    },
    "hostname": {
        "one-label": "localhost",
        "digits": "123.example",
        "upper": "HOOKS.EXAMPLE.COM",
        "hyphens": "a-b-c.example",
        "label-63": "a" * 63 + ".example",
        "punycode": "xn--bcher-kva.example",
        "deep": "a.b.c.d.e.f.example",
        "digit-first": "3com.example",
        "length-253": ".".join(["a" * 61] * 4) + ".abcde",
    },
    "idn-hostname": {
        "umlaut": "bücher.example",
        "plain": "hooks.example.com",
    },
    "uri": {
        "query": "https://example.com/?a=b&c=d",
        "fragment": "https://example.com/#top",
        "port": "http://example.com:8080/",
        "user": "https://ada:pass@example.com/",
        "ipv6": "http://[2001:db8::1]/",
        "ipv4": "http://192.0.2.17/",
        "urn": "urn:isbn:0451450523",
        "mail": "mailto:ada@example.com",
        "tel": "tel:+1-816-555-1212",
        "percent": "https://example.com/a%20b",
        "upper": "HTTPS://EXAMPLE.COM/",
        "no-path": "https://example.com",
        "dots": "https://example.com/a/../b",
        "empty-query": "https://example.com/?",
        "data": "data:text/plain,hello",
        "file": "file:///etc/hosts",
        "custom": "myapp+v1://open",
        "punycode": "https://xn--bcher-kva.example/",
        "long": "https://example.com/" + "a" * 2000,
        "sub-delims": "https://example.com/a;b=c,d!e'(f)*",
    },
    "uri-reference": {
        "empty": "",
        "path": "/a/b",
        "relative": "../a",
        "query": "?a=b",
        "fragment": "#top",
        "network": "//example.com/a",
        "absolute": "https://example.com/",
        "word": "a",
    },
    "iri": {
        "umlaut": "https://bücher.example/ä",
        "plain": "https://example.com/",
    },
    "iri-reference": {
        "umlaut": "/ä/ö",
        "plain": "/a",
    },
    "uri-template": {
        "none": "https://example.com/",
        "one": "https://example.com/{id}",
        "list": "https://example.com/{a,b}",
        "query": "https://example.com/{?q,lang}",
        "fragment": "https://example.com/{#x}",
        "explode": "/{list*}",
        "prefix": "/{var:3}",
    },
    "uuid": {
        "upper": "C56A4180-65AA-42EC-A945-5FD21DEC0538",
        "mixed": "c56a4180-65AA-42ec-a945-5fd21DEC0538",
        "nil": "00000000-0000-0000-0000-000000000000",
        "max": "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "v1": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "v7": "01890a5d-ac96-774b-bcce-b302099a8057",
        "no-variant": "c56a4180-65aa-02ec-1945-5fd21dec0538",
    },
    "ipv4": {
        "zero": "0.0.0.0",  # noqa: S104 (a text)
        "broadcast": "255.255.255.255",
        "loopback": "127.0.0.1",
        "private": "10.0.0.1",
        "documentation": "192.0.2.1",
    },
    "ipv6": {
        "full": "2001:0db8:0000:0000:0000:0000:0000:0017",
        "loopback": "::1",
        "any": "::",
        "upper": "2001:DB8::A",
        "gap-end": "2001:db8::",
        "mapped": "::ffff:192.0.2.17",
        "link-local": "fe80::1",
        "all-ones": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "no-gap": "1:2:3:4:5:6:7:8",
    },
    "json-pointer": {
        "whole": "",
        "root-key": "/",
        "index": "/a/0",
        "tilde": "/a~0b",
        "slash": "/a~1b",
        "blank": "/a b",
        "unicode": "/ä",
        "quote": '/"',
        "append": "/a/-",
        "percent": "/c%d",
    },
    "relative-json-pointer": {
        "here": "0",
        "key": "0#",
        "up": "1/a",
        "far": "2/a/0",
    },
    "regex": {
        "empty": "",
        "class": "[a-z]",
        "anchored": "^a$",
        "groups": "(a)(b)",
        "counted": "a{1,3}",
        "escaped": "\\d+",
        "look": "a(?=b)",
        "lazy": "a*?",
        "unicode": "é",
    },
    "json": {
        "empty-object": "{}",
        "empty-array": "[]",
        "null": "null",
        "number": "-0.5e3",
        "text": '"a"',
        "spaced": ' { "a" : 1 }\n',
        "escaped": '{"a":"\\u00e9\\/\\ud83d\\ude00"}',
        "nested": '{"a":{"b":[{"c":null}]}}',
        "json-again": '"{\\"a\\":1}"',
    },
    "byte": {
        "empty": "",
        "one-padding": "QUI=",
        "two-paddings": "QQ==",
        "no-padding": "QUJD",
        "plus-slash": "+/+/",
        "zero-bytes": "AAAA",
        "long": "QUJD" * 500,
    },
    "binary": {
        "empty": "",
        "text": "binary",
    },
    "password": {
        "empty": "",
        "blank": " ",
        "long": "p" * 200,
        "unicode": "pässwörd🔑",
        "quotes": "a\"b'c",
    },
}
"""Legal forms by format and name."""

# -- numbers as text ----------------------------------------------------------------------------

WIDTHS: dict[str, tuple[int, int]] = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "float": (-(2**100), 2**100),
}
"""The least and largest number that a ``format`` of numbers holds; no validator asserts it, and typed readers do."""
_WHOLE = ("int32", "int64", "uint32", "uint64", "integer", "int", "long", "bigint", "unix-time", "timestamp")
_BROKEN = ("float", "double", "decimal", "number", "decimal128", "bigdecimal", "money")
_MOST = {"int32": 2**31 - 1, "uint32": 2**32 - 1, "uint64": 2**64 - 1, "int": 2**31 - 1, "integer": 2**31 - 1}
_WHOLE_TEXT = re.compile(r"-?(?:0|[1-9][0-9]*)")
_BROKEN_TEXT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def is_numeric(form: str | None) -> bool:
    """Whether a ``format`` of a *string* says that a number is written there (a ``decimal``, an ``int64``).

    No validator asserts it, and every reader that the format is meant for does.
    """
    return form in _WHOLE or form in _BROKEN


def numeric_text(form: str, text: str) -> bool:
    """Whether ``text`` is a number as ``form`` wants it."""
    return (_WHOLE_TEXT if form in _WHOLE else _BROKEN_TEXT).fullmatch(text) is not None


def _numeric_forms(form: str) -> dict[str, str]:
    if form in ("unix-time", "timestamp"):
        return {"epoch": "0", "now": "1773480413", "2038": "2147483648"}
    most = _MOST.get(form, 2**63 - 1)
    found = {"zero": "0", "one": "1", "large": "1000000"}
    found |= {} if form.startswith("uint") else {"negative": "-1"}
    if form in _WHOLE:
        return {**found, "largest": str(most)}
    return {**found, "cents": "19.99", "zero-cents": "0.00", "trailing-zero": "1.10", "small": "0.001"}


for _form in _WHOLE:
    EXAMPLES[_form] = ("42", "1001", "7")
    FORMS[_form] = _numeric_forms(_form)
for _form in _BROKEN:
    EXAMPLES[_form] = ("19.99", "240.50", "7.00")
    FORMS[_form] = _numeric_forms(_form)
EXAMPLES["unix-time"] = EXAMPLES["timestamp"] = ("1773480413", "1773482953", "1767225600")

# -- legal texts of a length ----------------------------------------------------------------------

_HEADS = {
    "uri": "https://example.com/",
    "iri": "https://example.com/",
    "uri-reference": "/",
    "iri-reference": "/",
    "json-pointer": "/",
    "uri-template": "https://example.com/",
}
_LABEL, _LOCAL, _ADDRESS, _HOST = 63, 64, 254, 253


def padded(form: str, size: int) -> str | None:
    """A legal text of ``form`` with ``size`` characters, or ``None`` where the format has no such text.

    >>> padded("hostname", 12), padded("email", 8), padded("email", 300)
    ('aaaa.example', 'aaa@b.co', None)
    """
    if form in _HEADS:
        return _HEADS[form] + "a" * (size - len(_HEADS[form])) if size > len(_HEADS[form]) else None
    if form in ("hostname", "idn-hostname"):
        return _host(size)
    if form not in ("email", "idn-email") or size > _ADDRESS:
        return None
    tail = "@example.com" if size > len("@example.com") else "@b.co"
    if 0 < size - len(tail) <= _LOCAL:
        return "a" * (size - len(tail)) + tail
    host = _host(size - _LOCAL - 1)
    return None if host is None else f"{'a' * _LOCAL}@{host}"


def _host(size: int) -> str | None:
    tail = ".example"
    room = size - len(tail)
    if room < 1 or size > _HOST:
        return None
    labels = []
    while room > 0:
        # A label and its dot; never a dot alone at the end.
        take = min(room, _LABEL)
        take -= room - take == 1
        labels.append("a" * take)
        room -= take + 1
    return ".".join(labels) + tail


DISPUTED: frozenset[tuple[str, str]] = frozenset(
    {
        # ajv-formats takes the offset from an hour and a minute before it looks whether they exist.
        ("date-time", "leap-second-hour-24"),
        ("date-time", "leap-second-minute-60"),
        ("date-time", "offset-no-colon"),  # ajv-formats takes both; RFC 3339 wants the colon and the minutes
        ("date-time", "offset-hours-only"),
        ("date-time", "leap-second-midday-west"),
        ("date-time", "leap-second-midday"),  # some look at the date, some at the time, some at nothing
        ("date", "with-time"),  # Pydantic's lax date takes a midnight
        ("date", "one-digit"),  # strptime and its kin in other languages
        ("date", "arabic-digits"),
        ("date", "basic"),  # Python's date.fromisoformat takes every form of ISO 8601
        ("date", "week"),
        ("time", "leap-second"),  # Python's jsonschema takes none
        ("time", "lower-z"),  # Python's time.fromisoformat takes none
        ("time", "largest-offset"),  # Java's offsets end at 18 hours
        ("time", "no-seconds"),  # a time of day without date is mostly read as a local one
        ("time", "no-zone"),
        ("time", "comma"),
        ("time", "bare-point"),
        ("time", "offset-minute-60"),
        ("duration", "weeks"),  # a span of seconds cannot hold months; Java's Duration takes no weeks
        ("duration", "months"),
        ("duration", "years"),
        ("duration", "full"),
        ("duration", "bare-t"),  # Pydantic's timedelta takes these
        ("duration", "no-p"),
        ("duration", "wrong-order"),
        ("duration", "weeks-mixed"),
        ("duration", "clock"),
        ("duration", "lower"),  # msgspec's
        ("email", "quoted"),  # ajv-formats takes no quoted local part, no address literal, no bare host
        ("email", "ip-literal"),
        ("email", "domain-no-dot"),
        ("email", "specials"),  # zod takes few signs in a local part
        ("hostname", "underscore"),  # names in the DNS have them, host names do not
        ("ipv4", "leading-zero"),  # inet_aton and Java read an octal number
        ("ipv6", "zone"),  # Python's ipaddress takes a scope
        ("uuid", "no-hyphens"),  # Python's UUID, Pydantic and msgspec take these
        ("uuid", "braces"),
        ("uuid", "urn"),
        ("uuid", "misplaced-hyphens"),
        ("uuid", "no-variant"),  # zod looks at the variant
        ("regex", "look"),  # the engines of Go and Rust have no look-around
        # WHATWG's URL parser escapes what RFC 3986 forbids; urllib, and Pydantic where it is lax, do likewise.
        *(
            ("uri", name)
            for name in (
                "backslash", "bad-escape", "blank", "braces", "brackets", "caret", "line-feed",
                "non-ascii", "pipe", "quote", "spaces",
            )
        ),
        *(
            ("uri-reference", name) for name in ("backslash", "braces", "line-feed", "pipe")
        ),
    }
)  # fmt: skip
"""Forms and violators on which readers in wide use differ, ``(format, name)``: what comes of them is left open.

``date-time`` is stricter than the rest: its rules are RFC 3339's to the letter, and only where a *validator*
differs is a text left open. Typed readers of times take more (see ``docs/findings-in-libraries.md``).
"""
