"""Edges of texts: white space, control characters, Unicode, what looks like something else, every length."""

from __future__ import annotations

from functools import cache, lru_cache

from ._edges import Edge

__all__ = ["COMMON_LIMITS", "LATER", "lengths", "ruler", "texts"]

COMMON_LIMITS = (20, 32, 50, 64, 100, 128, 255, 256, 500, 512, 1000, 1024, 2048, 4096)
_LARGE = (65_535, 65_536)

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
