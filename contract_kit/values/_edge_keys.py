"""Edges of objects: names of entries, and values of properties that nobody has declared."""

from __future__ import annotations

from functools import cache

from ._edges import Edge

__all__ = ["KEYS", "unknown_values"]

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
