"""``malformed``: bytes that no strict JSON reader takes.

A lenient reader must be tempted: the damage stands where, if it is overlooked, the body satisfies the
contract. Bodies on which sound readers differ (a byte order mark, duplicate keys, UTF-16, lone
surrogates, nesting beyond common limits) are here too, and ask only that nothing breaks.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact, strict_loads

from ._disputed import disputed, surrogates
from ._draft import Draft
from ._packings import encodings, entries, others
from ._tokens import literals, strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.values import Base

__all__ = ["malformed"]

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def malformed(base: Base) -> Iterator[Draft]:
    """Every malformed draft of one sound base."""
    plain = compact(base.value)
    for source in (_cuts, _around, _punctuation, literals, strings, encodings, others):
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
    yield "yaml", "the body as YAML", "\n".join(f"{k}: {json.dumps(v)}" for k, v in entries(value)).encode()
    yield "brace-missing", "the last brace is missing", plain[:-1]
    yield (
        "curly-quotes",
        "typographic quotes around a key",
        text.replace('"', "“", 1).replace('"', "”", 1).encode(),
    )


def _first_key(value: Any) -> str | None:
    return next((k for k in value if k.isidentifier()), None) if isinstance(value, dict) else None
