"""What JSON has no tokens for: numbers, words and texts that a lenient reader takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact

from ._disputed import free_text, with_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["literals", "strings"]

Spoiled = tuple[str, str, bytes]


def literals(value: Any, plain: bytes) -> Iterator[Spoiled]:
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


def strings(value: Any, plain: bytes) -> Iterator[Spoiled]:
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
