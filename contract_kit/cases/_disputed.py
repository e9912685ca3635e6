"""Bodies that sound JSON readers take differently: nothing may break, and nothing that came out is compared."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact, get, join, replace, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["disputed", "free_text", "surrogates", "with_unknown"]

Disputed = tuple[str, str, bytes]
"""A variant, its words, the body."""

_MOST_TEXTS = 80
_LATER_ITEM = re.compile(r"/[1-9][0-9]*(?:/|$)")


def with_unknown(plain: bytes, raw: bytes) -> bytes:
    """The body with one more property whose value is ``raw``."""
    name = b'"new_field":' + raw
    return plain[:-1] + (b"," if plain != b"{}" else b"") + name + b"}"


def free_text(value: Any) -> tuple[str, str] | None:
    """A place with a plain text: the one whose text is most like a name (letters and a blank)."""
    found = [
        (at, item)
        for at, item in walk(value)
        if isinstance(item, str) and len(item) > 2 and item.isprintable()
    ]
    liked = [place for place in found if " " in place[1]]
    return next(iter(liked or found), None)


def disputed(value: Any, plain: bytes) -> Iterator[Disputed]:
    """What sound readers take differently."""
    text = plain.decode()
    yield "byte-order-mark", "a UTF-8 byte order mark before the body", b"\xef\xbb\xbf" + plain
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        yield name, f"the body in {name.upper()}", text.encode(name, "replace")
    for depth in (100, 500, 1000, 10_000, 100_000):
        raw = b"[" * depth + b"]" * depth
        yield (
            f"deep-arrays-{depth}",
            f"an unknown property with {depth} nested arrays",
            with_unknown(plain, raw),
        )
    for depth in (500, 10_000):
        raw = b'{"a":' * depth + b"1" + b"}" * depth
        yield (
            f"deep-objects-{depth}",
            f"an unknown property with {depth} nested objects",
            with_unknown(plain, raw),
        )
    yield "deep-open", "100,000 opening brackets", b"[" * 100_000
    for digits in (400, 4300, 5000, 100_000):
        yield f"digits-{digits}", f"an unknown number of {digits} digits", with_unknown(plain, b"9" * digits)
    yield "exponent-huge", "the number 1e999999999", with_unknown(plain, b"1e999999999")
    yield "fraction-long", "a number with 20,000 fraction digits", with_unknown(plain, b"0." + b"3" * 20_000)
    for variant, raw in (
        ("high", b'"\\ud800"'),
        ("low", b'"\\udc00"'),
        ("swapped", b'"\\udc00\\ud800"'),
        ("upper", b'"\\uD83D"'),
        ("before-letter", b'"\\ud83da"'),
    ):
        yield (
            f"surrogate-{variant}",
            "a lone surrogate escape in an unknown property",
            with_unknown(plain, raw),
        )
    if isinstance(value, dict):
        words = "an unknown property whose name is a lone surrogate escape"
        yield "surrogate-name", words, with_unknown(plain, b"1").replace(b'"new_field":1', b'"\\ud800":1')
    place = free_text(value)
    if place is not None:
        mark = compact(place[1])
        yield (
            "surrogate-known",
            f"a lone surrogate escape in the text at {place[0]}",
            plain.replace(mark, mark[:-1] + b'\\ud800"', 1),
        )
    yield from _duplicates(value, plain)


def surrogates(value: Any) -> Iterator[tuple[str, str, bytes]]:
    """A lone surrogate escape behind each text: the place, the words, the body. Of arrays, in the first item.

    What reads it hands on text that no encoder takes: logs, databases, sockets.
    """
    mark = "<here>"
    texts = (at for at, item in walk(value) if isinstance(item, str) and not _LATER_ITEM.search(at))
    for at in islice(texts, _MOST_TEXTS):
        body = compact(replace(value, at, f"{get(value, at)}{mark}"))
        yield at, f"a lone surrogate escape in the text at {at}", body.replace(mark.encode(), b"\\ud800", 1)


def _duplicates(value: Any, plain: bytes) -> Iterator[Disputed]:
    if not isinstance(value, dict) or not value:
        return
    key = next(iter(value))
    again = json.dumps(key, ensure_ascii=False).encode() + b":" + compact(value[key])
    yield "duplicate-same", f"the property {key} twice with the same value", plain[:-1] + b"," + again + b"}"
    other = json.dumps(key, ensure_ascii=False).encode() + b":null"
    yield "duplicate-null-first", f"the property {key} twice, first as null", b"{" + other + b"," + plain[1:]
    yield "duplicate-null-last", f"the property {key} twice, last as null", plain[:-1] + b"," + other + b"}"
    inner = next((k for k, v in value.items() if isinstance(v, dict) and v), None)
    if inner is not None:
        name = next(iter(value[inner]))
        entry = json.dumps(name, ensure_ascii=False).encode() + b":" + compact("other")
        mark = json.dumps(inner, ensure_ascii=False).encode() + b":{"
        yield (
            "duplicate-inner",
            f"the property {join('', inner, name)} twice with another value",
            plain.replace(mark, mark + entry + b",", 1),
        )
