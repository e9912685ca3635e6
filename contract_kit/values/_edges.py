"""Edges: legal values at which careless code breaks, by type.

Each is ``(family, name, value)``. They are wishes: whoever uses them keeps those that satisfy the node.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["COMMON_LIMITS", "KEYS", "LATER", "Edge", "numbers", "texts", "times", "unknown_values"]

COMMON_LIMITS = (20, 32, 50, 64, 100, 128, 255, 256, 500, 512, 1000, 1024, 2048, 4096)
_LARGE = (65_535, 65_536)


class Edge(NamedTuple):
    """One edge value. ``sendable`` false: no provider would send it; ``disputed``: sound validators differ."""

    family: str
    name: str
    value: Any
    sendable: bool = True
    disputed: bool = False


_SPACE = {
    "blank": " ",
    "blanks": "   ",
    "leading": " Ada",
    "trailing": "Ada ",
    "inner-double": "Ada  Lovelace",
    "tab": "Ada\tLovelace",
    "line-feed": "Ada\nLovelace",
    "carriage-return": "Ada\r\nLovelace",
    "trailing-line-feed": "Ada\n",
    "no-break": "Ada\u00a0Lovelace",
    "ideographic": "Ada\u3000Lovelace",
    "line-separator": "Ada\u2028Lovelace",
    "paragraph-separator": "Ada\u2029Lovelace",
    "next-line": "Ada\u0085Lovelace",
    "vertical-tab": "Ada\x0bLovelace",
    "form-feed": "Ada\x0cLovelace",
}

_CONTROL = {
    "nul": "Ada\x00Lovelace",
    "only-nul": "\x00",
    "trailing-nul": "Ada\x00",
    "bell": "Ada\x07Lovelace",
    "backspace": "Ada\x08Lovelace",
    "escape": "Ada\x1b[31mLovelace",
    "delete": "Ada\x7fLovelace",
    "c1": "Ada\x9bLovelace",
    "unit-separator": "Ada\x1fLovelace",
}

_UNICODE = {
    "one-letter": "é",
    "nfc": "caf\u00e9",
    "nfd": "cafe\u0301",
    "angstrom": "\u212bngstr\u00f6m",
    "ligature": "\ufb01nance",
    "sharp-s": "Straße",
    "capital-sharp-s": "STRA\u1e9eE",
    "dotted-i": "İstanbul",
    "dotless-i": "ırmak",
    "final-sigma": "Σίσυφος",
    "titlecase-dz": "ǅungla",
    "fullwidth": "Ａｄａ",
    "superscript": "x²",
    "kelvin": "300 \u212a",
    "cyrillic": "Анна Ковалёва",
    "greek": "Ελένη Παπαδοπούλου",
    "hebrew": "דָּוִד כהן",
    "arabic": "محمد الأحمد",
    "hindi": "प्रिया शर्मा",
    "thai": "สมชาย ใจดี",
    "chinese": "王小明",
    "japanese": "山田 太郎",
    "japanese-rare": "\U00020bb7野家",
    "korean": "김민준",
    "korean-jamo": "\u1100\u1161\u11a8",
    "georgian": "ნინო ბერიძე",
    "vietnamese": "Nguyễn Thị Hồng",
    "right-to-left": "\u202eevoL adA\u202c",
    "bidi-isolate": "\u2067שלום\u2069 Ada",
    "left-to-right-mark": "Ada\u200e",
    "zero-width-space": "Ada\u200bLovelace",
    "zero-width-joiner": "Ada\u200dLovelace",
    "zero-width-no-break": "\ufeffAda",
    "soft-hyphen": "Love\u00adlace",
    "combining-many": "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324",
    "leading-combining": "\u0301a",
    "astral": "\U0001d4d0\U0001d4ed\U0001d4ea",
    "emoji": "Ada 🚀",
    "emoji-family": "👩\u200d👩\u200d👧\u200d👦",
    "emoji-flag": "🇩🇪",
    "emoji-skin": "👍🏽",
    "emoji-variation": "☂\ufe0f",
    "private-use": "\ue000",
    "noncharacter": "\uffff",
    "replacement": "\ufffd",
    "last-bmp": "\ud7ff",
    "last-code-point": "\U0010fffd",
    "arabic-digits": "١٢٣",
    "curly-quotes": "“Ada” ‘Lovelace’",
    "minus-sign": "\u22121",
    "dashes": "a–b—c",
}

_LOOKALIKE = {
    "zero": "0",
    "one": "1",
    "leading-zeros": "007",
    "negative": "-1",
    "decimal": "1.50",
    "comma-decimal": "1,5",
    "thousands": "1,000",
    "exponent": "1e5",
    "long-number": "12345678901234567890123",
    "hex": "0x1F",
    "octal": "0o17",
    "underscored-number": "1_000",
    "nan": "NaN",
    "infinity": "Infinity",
    "true": "true",
    "false": "False",
    "yes": "yes",
    "no": "NO",
    "off": "off",
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "us-date": "01/02/2026",
    "epoch": "1767312245",
    "time-of-day": "12:30",
    "json-object": '{"id": "x"}',
    "json-array": "[1, 2]",
    "json-string": '"Ada"',
    "yaml": "a: b",
    "yaml-tag": "!!python/object:os.system",
    "csv": 'Ada,"Lovelace; Countess"',
    "form": "a=b&c=d+e%20f",
    "percent": "100%25",
    "percent-escape": "%41da%00",
    "html": "<b>Ada</b>",
    "script": "<script>alert(1)</script>",
    "html-entity": "Ada &amp; Co",
    "ampersand": "Ada & Co <ada@example.com>",
    "xml": '<?xml version="1.0"?><a/>',
    "cdata": "]]>",
    "sql-quote": "O'Brien",
    "sql": "Robert'); DROP TABLE customers;--",
    "sql-wildcard": "100%_",
    "shell": "$(id) `id` ; id | id > x",
    "template-dollar": "${7*7}",
    "template-braces": "{{7*7}}",
    "template-percent": "{% raw %}",
    "format-percent": "%s %d %n %(name)s",
    "format-braces": "{0} {name} {}",
    "log4j": "${jndi:ldap://127.0.0.1/a}",
    "formula": "=1+1",
    "formula-at": "@SUM(A1)",
    "formula-plus": "+1-555-0100",
    "path": "../../etc/passwd",
    "windows-path": "C:\\temp\\new",
    "file-url": "file:///etc/passwd",
    "url": "https://example.com/?a=b#c",
    "device-name": "CON",
    "header-injection": "Ada\r\nX-Injected: yes",
    "mail-injection": "ada@example.com\nBcc: all@example.com",
    "backslash": "a\\b",
    "trailing-backslash": "Ada\\",
    "backslash-n": "a\\nb",
    "escaped-unicode": "\\u0041da",
    "double-quote": 'Ada "the Countess" Lovelace',
    "only-quote": '"',
    "backtick": "`Ada`",
    "slash": "a/b",
    "pipe": "a|b",
    "hash": "#1",
    "colon": "a:b",
    "comma": "Lovelace, Ada",
    "semicolon": "a;b",
    "dollar-key": "$where",
    "dot": ".",
    "dotted": "a.b.c",
    "hyphen": "-",
    "option": "--help",
    "base64": "QWRh",
    "uuid": "c56a4180-65aa-42ec-a945-5fd21dec0538",
    "upper": "ADA LOVELACE",
    "lower": "ada lovelace",
    "mixed-case": "McDonald van der Berg",
}

_SENTINEL = {
    "null": "null",
    "none": "None",
    "nil": "nil",
    "undefined": "undefined",
    "n-a": "N/A",
    "unknown": "unknown",
    "default": "default",
    "missing": "<missing>",
    "unset": "UNSET",
    "ellipsis": "...",
    "deleted": "[deleted]",
    "redacted": "[REDACTED]",
    "object-object": "[object Object]",
    "test": "test",
    "proto": "__proto__",
    "constructor": "constructor",
    "surname-null": "Null",
}

_REGEX = {
    "repeated-a": "a" * 40 + "!",
    "repeated-digit": "1" * 40 + "x",
    "repeated-dot": "a." * 25 + "!",
    "repeated-hyphen": "a-" * 25 + "!",
    "repeated-blank": "a" + " " * 40 + "!",
    "only-blanks-then-x": " " * 2000 + "x",
    "repeated-at": "a@" * 30,
    "mail-like": "a" * 40 + "@" + "a" * 40,
    "mail-dots": "a@" + "a." * 30,
    "word-blanks": "word " * 30 + "!",
    "commas": "," * 2000,
    "open-brackets": "(" * 500,
    "open-tags": "<a" * 500,
    "slashes": "/" * 2000,
    "underscores": "_" * 40 + "!",
    "long-repeated-a": "a" * 30_000 + "!",
    "long-blanks": " " * 30_000 + "x",
}


@cache
def texts() -> tuple[Edge, ...]:
    """Edges of a free string."""
    found = [
        Edge("text", "empty", ""),
        Edge("text", "one-character", "x"),
        Edge("text", "one-astral", "\U0001f600"),
    ]
    for family, table in (
        ("space", _SPACE),
        ("control", _CONTROL),
        ("unicode", _UNICODE),
        ("lookalike", _LOOKALIKE),
        ("sentinel", _SENTINEL),
        ("backtrack", _REGEX),
    ):
        found.extend(Edge(family, name, value) for name, value in table.items())
    return (*found, *lengths(4096))


LATER = (Edge("unicode", "superscript-digits", "10²"),)
"""Edges of a free string that came later: they stand behind all others, for places share the edges by their number."""


@cache
def lengths(most: int) -> tuple[Edge, ...]:
    """Strings on both sides of common limits, whose every cut shows: no two windows are alike."""
    sizes = sorted({size + more for size in (*COMMON_LIMITS, *_LARGE) for more in (0, 1)})
    ascii_ones = [Edge("length", str(size), ruler(size)) for size in sizes if size <= most + 1]
    wide = [Edge("length", f"{size}-wide", "é" * size) for size in (100, 128, 255, 256) if size <= most]
    astral = [Edge("length", f"{size}-astral", "𝒜" * size) for size in (50, 128, 255) if size <= most]
    return (*ascii_ones, *wide, *astral)


@lru_cache(maxsize=8)
def ruler(size: int) -> str:
    """A text of ``size`` characters that says at each place how long it is so far.

    >>> ruler(12)
    'xx3x5x7x9x12'
    """
    parts: list[str] = []
    left = size
    while left > 0:
        mark = f"x{left}"
        if len(mark) > left:
            mark = "x" * left
        parts.append(mark)
        left -= len(mark)
    return "".join(reversed(parts))


_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@cache
def times() -> tuple[Edge, ...]:
    """Date-times that RFC 3339 allows and careless readers do not take, or take for another instant."""
    digits = "123456789"
    found = [
        *(Edge("fraction", str(n), f"2026-03-14T09:26:53.{digits[:n]}Z") for n in range(1, 10)),
        Edge("fraction", "0", "2026-03-14T09:26:53Z"),
        Edge("fraction", "trailing-zeros", "2026-03-14T09:26:53.500000Z"),
        Edge("fraction", "all-zeros", "2026-03-14T09:26:53.000Z"),
        Edge("fraction", "leading-zeros", "2026-03-14T09:26:53.000000001Z"),
        Edge("fraction", "nines", "2026-03-14T23:59:59.999999999Z"),
        Edge("fraction", "microseconds-round-up", "2026-03-14T09:26:53.9999999Z"),
        Edge("fraction", "12-digits", "2026-03-14T09:26:53.123456789012Z"),
        Edge("case", "lower-t", "2026-03-14t09:26:53Z"),
        Edge("case", "lower-z", "2026-03-14T09:26:53z"),
        Edge("case", "lower-both", "2026-03-14t09:26:53z"),
        Edge("offset", "east", "2026-03-14T14:56:53+05:30"),
        Edge("offset", "west", "2026-03-14T01:26:53-08:00"),
        Edge("offset", "zero", "2026-03-14T09:26:53+00:00"),
        Edge("offset", "minus-zero", "2026-03-14T09:26:53-00:00"),
        Edge("offset", "quarter", "2026-03-14T15:11:53+05:45"),
        Edge("offset", "far-east", "2026-03-14T23:26:53+14:00"),
        Edge("offset", "far-west", "2026-03-13T21:26:53-12:00"),
        # Java's offsets end at 18 hours.
        Edge("offset", "largest", "2026-03-15T09:25:53+23:59", disputed=True),
        Edge("offset", "smallest", "2026-03-13T09:27:53-23:59", disputed=True),
        Edge("offset", "fraction", "2026-03-14T14:56:53.123456789+05:30"),
        Edge("day", "first-second", "2026-01-01T00:00:00Z"),
        Edge("day", "last-second", "2026-12-31T23:59:59Z"),
        Edge("day", "midnight", "2026-03-14T00:00:00Z"),
        Edge("day", "noon", "2026-03-14T12:00:00Z"),
        Edge("day", "leap-day", "2024-02-29T12:00:00Z"),
        Edge("day", "leap-century", "2000-02-29T12:00:00Z"),
        Edge("day", "next-day-in-utc", "2026-12-31T23:30:00-01:00"),
        Edge("day", "previous-day-in-utc", "2026-01-01T00:30:00+01:00"),
        Edge("day", "gap-in-berlin", "2026-03-29T02:30:00+01:00"),
        Edge("day", "fold-in-berlin", "2026-10-25T02:30:00+02:00"),
        Edge("leap-second", "real", "2016-12-31T23:59:60Z", disputed=True),
        Edge("leap-second", "offset", "2017-01-01T00:59:60+01:00", disputed=True),
        Edge("leap-second", "fraction", "2016-12-31T23:59:60.5Z", disputed=True),
        Edge("year", "1", "0001-01-01T00:00:00Z"),
        Edge("year", "999", "0999-12-31T23:59:59Z"),
        Edge("year", "1582", "1582-10-10T00:00:00Z"),
        Edge("year", "1883", "1883-11-18T12:00:00Z"),
        Edge("year", "1900", "1900-01-01T00:00:00Z"),
        Edge("year", "before-epoch", "1969-12-31T23:59:59Z"),
        Edge("year", "epoch", "1970-01-01T00:00:00Z"),
        Edge("year", "before-1970-fraction", "1969-12-31T23:59:59.999999999Z"),
        Edge("year", "2038", "2038-01-19T03:14:08Z"),
        Edge("year", "2100", "2100-02-28T23:59:59Z"),
        Edge("year", "2262", "2262-04-11T23:47:16.854775808Z"),
        Edge("year", "9999", "9999-12-31T23:59:59Z"),
        # msgspec rounds it into the year 10000.
        Edge("year", "9999-fraction", "9999-12-31T23:59:59.999999999Z", disputed=True),
        Edge("year", "below-1-in-utc", "0001-01-01T00:00:00+01:00", sendable=False),
        Edge("year", "above-9999-in-utc", "9999-12-31T23:59:59-01:00", sendable=False),
    ]
    found += [
        Edge("month-end", f"{month:02}", f"2025-{month:02}-{days:02}T23:59:59Z")
        for month, days in enumerate(_DAYS, start=1)
    ]
    found += [
        Edge("offset", "minute-59", "2026-03-14T10:25:53+00:59"),
        Edge("leap-second", "far-east", "2017-01-01T05:29:60+05:30", disputed=True),
        Edge("leap-second", "far-west", "2016-12-31T15:59:60-08:00", disputed=True),
        Edge("month-end", "leap-year", "2024-12-31T23:59:59Z"),
        Edge("month-end", "leap-january", "2024-01-31T23:59:59Z"),
    ]
    return tuple(found)


@cache
def numbers() -> tuple[Edge, ...]:
    """Edges of a number; whole ones also serve integers."""
    whole = [
        0,
        1,
        -1,
        9,
        10,
        100,
        127,
        128,
        255,
        256,
        32_767,
        32_768,
        65_535,
        65_536,
        2**31 - 1,
        2**31,
        -(2**31),
        -(2**31) - 1,
        2**32,
        2**53 - 1,
        2**53,
        2**53 + 1,
        -(2**53) - 1,
        2**63 - 1,
        -(2**63),
    ]
    beyond = [2**63, 2**64, 10**25, -(10**25)]
    broken = [
        0.1,
        -0.5,
        0.1 + 0.2,
        1.005,
        19.99,
        1e-7,
        5e-324,
        1.7976931348623157e308,
        123456789.123456789,
        1e21,
    ]
    return (
        *(Edge("number", str(n).replace("-", "minus-"), n) for n in whole),
        *(Edge("number", str(n).replace("-", "minus-"), n, sendable=False, disputed=True) for n in beyond),
        *(Edge("fraction", str(n).replace("-", "minus-").replace("+", ""), n) for n in broken),
    )


KEYS: dict[str, str] = {
    "empty": "",
    "blank": " ",
    "leading-blank": " plan",
    "dotted": "a.b",
    "leading-dot": ".a",
    "dollar": "$set",
    "dollar-ref": "$ref",
    "dollar-where": "$where",
    "at": "@type",
    "slash": "a/b",
    "tilde": "a~b",
    "brackets": "a[0]",
    "brackets-empty": "a[]",
    "colon": "a:b",
    "quote": 'a"b',
    "apostrophe": "a'b",
    "backslash": "a\\b",
    "percent": "a%62",
    "ampersand": "a&b=c",
    "hyphen": "plan-tier",
    "camel": "planTier",
    "upper": "PLAN_TIER",
    "digit": "0",
    "negative": "-1",
    "long-digit": "18446744073709551616",
    "float": "1.0",
    "true": "true",
    "null": "null",
    "undefined": "undefined",
    "nan": "NaN",
    "emoji": "🚀",
    "chinese": "等级",
    "arabic": "خطة",
    "right-to-left": "\u202eplan",
    "zero-width": "pl\u200ban",
    "line-feed": "a\nb",
    "tab": "a\tb",
    "nul": "a\x00b",
    "escape": "\x1b[31m",
    "proto": "__proto__",
    "constructor": "constructor",
    "prototype": "prototype",
    "to-string": "toString",
    "has-own-property": "hasOwnProperty",
    "value-of": "valueOf",
    "then": "then",
    "to-json": "toJSON",
    "length": "length",
    "class": "__class__",
    "dict": "__dict__",
    "init": "__init__",
    "python-keyword": "class",
    "self": "self",
    "items": "items",
    "keys": "keys",
    "get": "get",
    "copy": "copy",
    "type": "type",
    "java-class": "@class",
    "sql": "order",
    "cdata": "#text",
    "merge": "<<",
    "255": "k" * 255,
    "256": "k" * 256,
    "4096": "k" * 4096,
}
"""Names of map entries at which languages, databases and libraries stumble."""


@cache
def unknown_values() -> tuple[Edge, ...]:
    """Values of properties that the contract does not name."""
    return (
        Edge("unknown", "string", "a new text"),
        Edge("unknown", "empty-string", ""),
        Edge("unknown", "null", None),
        Edge("unknown", "true", True),
        Edge("unknown", "false", False),
        Edge("unknown", "zero", 0),
        Edge("unknown", "integer", 42),
        Edge("unknown", "negative", -1),
        Edge("unknown", "fraction", 0.1),
        Edge("unknown", "four-decimals", 1234.5678),
        Edge("unknown", "2-53", 2**53 + 1),
        Edge("unknown", "empty-array", []),
        Edge("unknown", "array", ["a", 1, None, {"b": []}]),
        Edge("unknown", "empty-object", {}),
        Edge("unknown", "object", {"a": {"b": {"c": [1, "two", None]}}}),
        Edge("unknown", "object-like-known", {"id": "x", "status": "gone", "created_at": "never"}),
    )


def within(edges: tuple[Edge, ...], judge: Any) -> Iterator[Edge]:
    """The edges that a validator takes."""
    return (edge for edge in edges if judge.is_valid(edge.value))
