"""``malformed``: bytes that no strict JSON reader takes.

A lenient reader must be tempted: the damage stands where, if it is overlooked, the body satisfies the
contract. Bodies on which sound readers differ (a byte order mark, duplicate keys, UTF-16, lone
surrogates, nesting beyond common limits) are here too, and ask only that nothing breaks.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contract_kit.jsonio import compact, strict_loads

from ._disputed import disputed, free_text, surrogates, with_unknown
from ._draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.values import Base

__all__ = ["malformed"]

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def malformed(base: Base) -> Iterator[Draft]:
    """Every malformed draft of one sound base."""
    plain = compact(base.value)
    for source in (_cuts, _around, _punctuation, _literals, _strings, _encodings, _others):
        for variant, words, body in source(base.value, plain):
            # A number cut short is one, and so are digits in hexadecimal: only what has braces is surely spoiled.
            if isinstance(base.value, dict | list) or not _is_json(body):
                yield _draft(source.__name__.strip("_"), variant, words, body)
    for variant, words, body in disputed(base.value, plain):
        yield _draft("disputed", variant, words, body, disputed=True)
    for at, words, body in surrogates(base.value):
        yield _draft("disputed", "surrogate", words, body, at=at, disputed=True)


def _draft(
    family: str, variant: str, words: str, body: bytes, *, at: str = "", disputed: bool = False
) -> Draft:
    return Draft(
        kind="malformed",
        at=at,
        family=family,
        variant=variant,
        body=body,
        description=words,
        changed=words,
        expect="either" if disputed else "reject",
        because="sound JSON readers differ about it" if disputed else "it is not JSON (RFC 8259)",
        compare=False,
    )


def _is_json(body: bytes) -> bool:
    try:
        strict_loads(body)
    except ValueError:
        return False
    return True


Spoiled = tuple[str, str, bytes]


def _cuts(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """The body cut off after each token, and in the middle of a text and an escape."""
    del value
    tokens = list(_TOKEN.finditer(plain))
    for number, token in enumerate(tokens[:-1], start=1):
        yield f"cut-{number}", f"cut off after token {number} of {len(tokens)}", plain[: token.end()]
    texts = [t for t in tokens if t.group().startswith(b'"') and len(t.group()) > 4]
    if texts:
        middle = texts[len(texts) // 2]
        yield "cut-in-text", "cut off inside a text", plain[: middle.start() + 3]
        yield "cut-in-escape", "cut off inside an escape", plain[: middle.start() + 3] + b"\\u00"
    yield "cut-first", "the first byte is missing", plain[1:]
    yield "cut-half", "cut off in the middle", plain[: len(plain) // 2]


def _around(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """Something before or behind a sound body."""
    del value
    for variant, words, tail in (
        ("after-text", "text behind the body", b"x"),
        ("after-brace", "one closing brace too many", b"}"),
        ("after-bracket", "a closing bracket behind the body", b"]"),
        ("after-comma", "a comma behind the body", b","),
        ("after-semicolon", "a semicolon behind the body", b";"),
        ("after-null", "null behind the body", b"null"),
        ("after-nul", "a NUL byte behind the body", b"\x00"),
        ("after-nuls", "NUL bytes behind the body", b"\x00" * 16),
        ("after-comment", "a comment behind the body", b" // end"),
        ("after-hash-comment", "a # comment behind the body", b"\n# end"),
        ("after-document", "a second document behind the body", b"\n" + plain),
        ("after-object", "an empty object behind the body", b"{}"),
        ("after-form-feed", "a form feed behind the body", b"\x0c"),
        ("after-no-break", "a no-break space behind the body", "\u00a0".encode()),
        ("after-vertical-tab", "a vertical tab behind the body", b"\x0b"),
        ("after-control-z", "a Control-Z behind the body", b"\x1a"),
        ("after-record", "a record separator behind the body", b"\x1e"),
    ):
        yield variant, words, plain + tail
    for variant, words, head in (
        ("before-text", "text before the body", b"x"),
        ("before-comma", "a comma before the body", b","),
        ("before-comment", "a comment before the body", b"/* v1 */"),
        ("before-guard", "an anti-hijacking guard before the body", b")]}',\n"),
        ("before-assignment", "an assignment before the body", b"data="),
        ("before-nul", "a NUL byte before the body", b"\x00"),
        ("before-no-break", "a no-break space before the body", "\u00a0".encode()),
        ("before-document", "an empty object before the body", b"{}"),
        ("before-record", "a record separator before the body", b"\x1e"),
        ("before-form-feed", "a form feed before the body", b"\x0c"),
    ):
        yield variant, words, head + plain
    yield "in-parentheses", "the body in parentheses", b"(" + plain + b")"
    yield "in-callback", "the body in a callback", b"callback(" + plain + b")"
    yield "in-fence", "the body in a Markdown fence", b"```json\n" + plain + b"\n```"
    yield "in-quotes", "the body in single quotes", b"'" + plain + b"'"
    yield "in-two-braces", "the body in two pairs of braces", b"{" + plain + b"}"


def _punctuation(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """Commas, colons, brackets, quotes and comments where none may be, or other ones."""
    text = plain.decode()
    yield "trailing-comma-object", "a comma behind the last property", plain[:-1] + b",}"
    closing = next((t.start() for t in _TOKEN.finditer(plain) if t.group() == b"]"), 0)
    if closing:
        comma = plain[:closing] + b"," + plain[closing:]
        yield "trailing-comma-array", "a comma behind the last item", comma
        brace = plain[:closing] + b"}" + plain[closing + 1 :]
        yield "array-closed-by-brace", "an array closed by a brace", brace
    yield "leading-comma", "a comma before the first property", b"{," + plain[1:]
    for variant, words, old, new in (
        ("comma-twice", "two commas between properties", '","', '",,"'),
        ("comma-missing", "no comma between two properties", '","', '" "'),
        ("comma-semicolon", "a semicolon between two properties", '","', '";"'),
        ("colon-missing", "no colon behind a key", '":', '" '),
        ("colon-equals", "an equals sign in place of a colon", '":', '"='),
        ("colon-arrow", "an arrow in place of a colon", '":', '"=>'),
        ("colon-twice", "two colons behind a key", '":', '"::'),
        ("comment-line", "a // comment inside", '",', '",// note\n'),
        ("comment-block", "a /* comment */ inside", '",', '",/* note */'),
        ("comment-hash", "a # comment inside", '",', '",# note\n'),
        ("quote-missing", "a key without its closing quote", '":', ":"),
        ("no-break-space", "a no-break space between tokens", '":', '":\u00a0'),
        ("form-feed", "a form feed between tokens", '":', '":\x0c'),
        ("byte-order-mark-inside", "a byte order mark between tokens", '":', '":\ufeff'),
    ):
        if old in text:
            yield variant, words, text.replace(old, new, 1).encode()
    key = _first_key(value)
    if key is not None:
        quoted = json.dumps(key, ensure_ascii=False)
        yield "key-unquoted", "a key without quotes", text.replace(f"{quoted}:", f"{key}:", 1).encode()
        yield (
            "key-single-quotes",
            "a key in single quotes",
            text.replace(f"{quoted}:", f"'{key}':", 1).encode(),
        )
        yield "key-backticks", "a key in backticks", text.replace(f"{quoted}:", f"`{key}`:", 1).encode()
    swapped = text.replace("'", "\\u0027").replace('"', "'")
    yield "single-quotes", "single quotes in place of all double ones", swapped.encode()
    yield "python-repr", "Python's repr of the value", repr(value).encode("utf-8", "replace")
    yield "yaml", "the body as YAML", "\n".join(f"{k}: {json.dumps(v)}" for k, v in _items(value)).encode()
    yield "brace-missing", "the last brace is missing", plain[:-1]
    yield (
        "curly-quotes",
        "typographic quotes around a key",
        text.replace('"', "“", 1).replace('"', "”", 1).encode(),
    )


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else [("value", value)]


def _first_key(value: Any) -> str | None:
    return next((k for k in value if k.isidentifier()), None) if isinstance(value, dict) else None


def _literals(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """Numbers and words that are not JSON, in a property that nobody reads."""
    if not isinstance(value, dict):
        return
    for variant, raw in (
        ("nan", b"NaN"),
        ("infinity", b"Infinity"),
        ("minus-infinity", b"-Infinity"),
        ("inf", b"inf"),
        ("undefined", b"undefined"),
        ("none", b"None"),
        ("python-true", b"True"),
        ("python-false", b"False"),
        ("upper-null", b"NULL"),
        ("upper-true", b"TRUE"),
        ("nil", b"nil"),
        ("cut-null", b"nul"),
        ("hex", b"0x1F"),
        ("octal", b"0o17"),
        ("binary", b"0b11"),
        ("leading-zero", b"012"),
        ("negative-leading-zero", b"-012"),
        ("double-zero", b"00"),
        ("plus", b"+1"),
        ("bare-minus", b"-"),
        ("two-minus", b"--1"),
        ("minus-blank", b"- 1"),
        ("bare-fraction", b".5"),
        ("negative-bare-fraction", b"-.5"),
        ("bare-point", b"1."),
        ("point-exponent", b"1.e5"),
        ("bare-exponent", b"1e"),
        ("exponent-plus", b"1e+"),
        ("exponent-fraction", b"1e2.5"),
        ("underscore", b"1_000"),
        ("thousands", b"1,000"),
        ("two-points", b"1.2.3"),
        ("suffix", b"10n"),
        ("suffix-long", b"10L"),
        ("fullwidth-digits", "１２".encode()),
        ("arabic-digits", "٣".encode()),
        ("date", b"2026-01-02"),
        ("word", b"yes"),
        ("nothing", b""),
        ("blank", b" "),
        ("call", b"Date(0)"),
        ("regex", b"/a/"),
        ("raw-string", b'r"x"'),
        ("bytes-string", b'b"x"'),
        ("triple-quotes", b'"""x"""'),
        ("two-strings", b'"a" "b"'),
        ("plus-strings", b'"a"+"b"'),
        ("tuple", b"(1,2)"),
        ("set", b"{1,2}"),
        ("array-hole", b"[1,,2]"),
        ("array-trailing-comma", b"[1,]"),
        ("array-open", b"[1,2"),
        ("array-comma-only", b"[,]"),
        ("array-colon", b'["a":1]'),
        ("object-no-colon", b'{"a" 1}'),
        ("object-no-value", b'{"a":}'),
        ("object-no-key", b"{:1}"),
        ("object-number-key", b"{1:2}"),
        ("object-null-key", b"{null:2}"),
        ("object-trailing-comma", b'{"a":1,}'),
        ("object-bare", b'{"a"}'),
        ("object-two-values", b'{"a":1 2}'),
    ):
        yield (
            f"literal-{variant}",
            f"an unknown property with the value {raw.decode() or 'nothing'}",
            with_unknown(plain, raw),
        )


def _strings(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """Raw control characters, bad escapes and broken UTF-8 inside a text that the contract knows."""
    place = free_text(value)
    if place is None:
        return
    at, text = place
    mark = compact(text)
    inside = mark[1:-1]
    if plain.count(mark) < 1:
        return
    for variant, words, raw in (
        ("raw-line-feed", "a raw line feed", b"\n"),
        ("raw-carriage-return", "a raw carriage return", b"\r"),
        ("raw-tab", "a raw tab", b"\t"),
        ("raw-nul", "a raw NUL byte", b"\x00"),
        ("raw-escape", "a raw escape character", b"\x1b"),
        ("raw-unit-separator", "a raw control character 0x1F", b"\x1f"),
        ("raw-backspace", "a raw backspace", b"\x08"),
        ("escape-x", "the escape \\x41", b"\\x41"),
        ("escape-octal", "the escape \\101", b"\\101"),
        ("escape-zero", "the escape \\0", b"\\0"),
        ("escape-apostrophe", "the escape \\'", b"\\'"),
        ("escape-a", "the escape \\a", b"\\a"),
        ("escape-e", "the escape \\e", b"\\e"),
        ("escape-v", "the escape \\v", b"\\v"),
        ("escape-line-feed", "an escaped line feed", b"\\\n"),
        ("escape-big-u", "the escape \\U00000041", b"\\U00000041"),
        ("escape-braces", "the escape \\u{41}", b"\\u{41}"),
        ("escape-short-u", "the escape \\u41", b"\\u41 "),
        ("escape-bad-u", "the escape \\u00g0", b"\\u00g0"),
        ("escape-signed-u", "the escape \\u+041", b"\\u+041"),
        ("escape-blank-u", "the escape \\u 041", b"\\u 041"),
        ("utf8-lone-continuation", "a lone UTF-8 continuation byte", b"\x80"),
        ("utf8-two-continuations", "two lone continuation bytes", b"\xbf\xbf"),
        ("utf8-overlong-slash", "an overlong UTF-8 slash", b"\xc0\xaf"),
        ("utf8-overlong-nul", "an overlong UTF-8 NUL", b"\xc0\x80"),
        ("utf8-overlong-three", "an overlong UTF-8 sequence of three bytes", b"\xe0\x80\xaf"),
        ("utf8-surrogate", "an encoded surrogate", b"\xed\xa0\x80"),
        ("utf8-surrogate-pair", "an encoded surrogate pair (CESU-8)", b"\xed\xa0\xbd\xed\xb8\x80"),
        ("utf8-cut", "a cut UTF-8 sequence", b"\xe2\x82"),
        ("utf8-cut-four", "a cut UTF-8 sequence of four bytes", b"\xf0\x9f\x98"),
        ("utf8-beyond", "a code point beyond U+10FFFF", b"\xf4\x90\x80\x80"),
        ("utf8-five-bytes", "a UTF-8 sequence of five bytes", b"\xf8\x88\x80\x80\x80"),
        ("utf8-fe", "the byte 0xFE", b"\xfe"),
        ("utf8-ff", "the byte 0xFF", b"\xff"),
        ("latin-1", "a Latin-1 letter", b"\xe9"),
        ("windows-1252", "a Windows-1252 quote", b"\x93"),
    ):
        body = plain.replace(mark, b'"' + inside + raw + b'"', 1)
        yield f"text-{variant}", f"{words} in the text at {at}", body


def _encodings(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """Whole bodies in other encodings or packings."""
    del value
    text = plain.decode()
    accented = text.replace("a", "é", 1) if text.isascii() else text
    latin = accented.encode("latin-1", "replace")
    yield (
        "latin-1",
        "the body in Latin-1",
        latin if "é" in accented else accented.encode("cp1252", "replace") + b"\xe9",
    )
    import base64

    yield "gzip", "the body packed with gzip, undeclared", _gzip(plain)
    yield "zlib", "the body packed with zlib, undeclared", _zlib(plain)
    yield "base64", "the body in base64", base64.b64encode(plain)
    yield "hex", "the body in hexadecimal", plain.hex().encode()
    yield "percent", "the body percent-encoded", urlencode({"payload": text}).encode()


def _stored(data: bytes) -> bytes:
    """Stored blocks of DEFLATE (RFC 1951, section 3.2.4): what a compressor makes differs between its makers."""
    size = 65_535
    parts = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    blocks = []
    for number, part in enumerate(parts, start=1):
        last, length = number == len(parts), len(part)
        blocks.append(bytes([last]) + struct.pack("<HH", length, length ^ 0xFFFF) + part)
    return b"".join(blocks)


def _gzip(data: bytes) -> bytes:
    """RFC 1952, without a time and with no operating system named."""
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFF_FFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + _stored(data) + tail


def _zlib(data: bytes) -> bytes:
    """RFC 1950."""
    return b"\x78\x01" + _stored(data) + struct.pack(">I", zlib.adler32(data))


def _others(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """No body at all, and bodies of other kinds."""
    yield "empty", "an empty body", b""
    yield "blank", "a body of one blank", b" "
    yield "blank-lines", "a body of blank lines", b"\r\n\r\n"
    yield "nuls", "a body of NUL bytes", b"\x00" * 64
    yield "brace", "an opening brace alone", b"{"
    yield "bracket", "an opening bracket alone", b"["
    yield "quote", "a quote alone", b'"'
    yield "comma", "a comma alone", b","
    yield "word", "a word", b"hello"
    yield "two-objects", "two empty objects", b"{}{}"
    yield "ndjson", "two bodies on two lines", plain + b"\n" + plain + b"\n"
    flat = {k: v if isinstance(v, str) else json.dumps(v) for k, v in _items(value)}
    yield "form", "the body as a form", urlencode(flat).encode("utf-8", "replace")
    yield "xml", "the body as XML", b'<?xml version="1.0"?><event><type>x</type></event>'
    yield "html", "an HTML page", b"<!doctype html><title>502 Bad Gateway</title>"
    yield (
        "multipart",
        "a multipart body",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + plain + b"\r\n--b--\r\n",
    )
    yield "binary", "random bytes", bytes(range(256))
    yield "pickle", "a Python pickle", b"\x80\x04}\x94."
    yield "messagepack", "a MessagePack map", b"\x82\xa1a\x01\xa1b\x02"
