"""``equivalent``: the same JSON value, spelled otherwise. Outcome and value must equal the plain one's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact, get, replace

from ._draft import Draft
from ._maker import expectation_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contract_kit.model import Terms
    from contract_kit.values import Base, Site

__all__ = ["equivalent", "marked", "spellings"]


_MARKS = 'Ben & Jerry\'s <a/b> "c" \\ \u2028 é 🚀'
"""A text with all that some writer of JSON escapes and another does not."""


def equivalent(terms: Terms, base: Base, bodies: tuple[Any, ...]) -> Iterator[Draft]:
    """Every spelling of the first base, of a second body with other letters, and of one full of what is escaped."""
    given = {"": base.value, "-2": bodies[1] if len(bodies) > 1 else None, "-marked": marked(terms, base)}
    for suffix, value in given.items():
        if value is None:
            continue
        plain = compact(value)
        for variant, (words, body) in spellings(value).items():
            yield Draft(
                kind="equivalent",
                family="spelling",
                variant=f"{variant}{suffix}",
                value=value,
                body=body,
                description=words,
                changed=words,
                expect=None,
                because="it is the same JSON value as a body that must be accepted",
                plain=plain,
            )


def marked(terms: Terms, base: Base) -> Any | None:
    """The base with such a text wherever a text must be taken whatever it says; ``None`` where that is nowhere."""
    memo = terms.root.memo
    if "marked" not in memo:
        memo["marked"] = _marked(terms, base)
    return memo["marked"]


def _marked(terms: Terms, base: Base) -> Any | None:
    value = base.value
    for number, site in enumerate(base.sites):
        if not _is_free(site) or get(value, site.at) != site.value:
            continue
        changed = replace(value, site.at, f"{_MARKS} {number}")
        if expectation_of(terms, "provider", changed).expect == "accept":
            value = changed
    return None if value is base.value else value


def _is_free(site: Site) -> bool:
    """Whether a text may say what it likes, as far as its own rules tell."""
    formed = (site.node.format, site.node.enum, site.node.keyword("contentEncoding"))
    return isinstance(site.value, str) and formed == (None, None, None)


def spellings(value: Any) -> dict[str, tuple[str, bytes]]:
    """Other spellings of a value by name, each with a sentence."""
    text = compact(value).decode()
    return {
        "keys-reversed": ("the keys of each object in reverse order", compact(_ordered(value, _reverse))),
        "keys-sorted": ("the keys of each object sorted", compact(_ordered(value, sorted))),
        "keys-sorted-by-length": (
            "the keys of each object sorted by length",
            compact(_ordered(value, lambda keys: sorted(keys, key=lambda k: (len(k), k)))),
        ),
        "keys-rotated": (
            "the first key of each object last",
            compact(_ordered(value, lambda k: [*k[1:], *k[:1]])),
        ),
        "keys-shuffled": ("the keys of each object shuffled", compact(_ordered(value, _shuffle))),
        "indented": ("indented by two blanks", json.dumps(value, ensure_ascii=False, indent=2).encode()),
        "indented-tabs": ("indented by tabs", json.dumps(value, ensure_ascii=False, indent="\t").encode()),
        "line-ends-crlf": (
            "indented, with CR LF line ends",
            json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\r\n").encode(),
        ),
        "line-ends-cr": (
            "indented, with CR line ends",
            json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\r").encode(),
        ),
        "spaces-python": (
            "a blank after each colon and comma",
            json.dumps(value, ensure_ascii=False).encode(),
        ),
        "space-before-colon": ("blanks on both sides of each colon", _spaced(value, " : ", " , ")),
        "white-space-all": (
            "all legal white space between all tokens",
            _spaced(value, " \t\r\n:\n\r\t ", "\t,\r\n "),
        ),
        "space-around": ("white space before and after the body", b" \t\r\n" + text.encode() + b"\r\n\t "),
        "line-break-after": ("a line break after the body", text.encode() + b"\n"),
        "much-space": ("10,000 blanks after the body", text.encode() + b" " * 10_000),
        "ascii": ("non-ASCII letters as \\u escapes", json.dumps(value, separators=(",", ":")).encode()),
        "escaped-lower": ("every character of every text as a \\u escape", _escaped(value, "{:04x}")),
        "escaped-upper": ("every character as an upper-case \\u escape", _escaped(value, "{:04X}")),
        "escaped-slash": ("slashes as \\/", _strings(value, lambda s: _plain(s).replace("/", "\\/"))),
        "escaped-go": (
            "&, <, > and line separators as Go's encoder writes them",
            _strings(value, _go),
        ),
        "escaped-keys": ("the keys' characters as \\u escapes", _keys_escaped(value)),
        "escaped-first": ("the first character of each text escaped", _strings(value, _first)),
    }


def _ordered(value: Any, order: Callable[[list[str]], list[str]]) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key], order) for key in order(list(value))}
    if isinstance(value, list):
        return [_ordered(item, order) for item in value]
    return value


def _reverse(keys: list[str]) -> list[str]:
    return keys[::-1]


def _shuffle(keys: list[str]) -> list[str]:
    """Shuffled in a way that never changes: by the digest of the names."""
    from hashlib import sha256

    return sorted(keys, key=lambda key: sha256(key.encode("utf-8", "surrogatepass")).digest())


def _spaced(value: Any, colon: str, comma: str) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(comma, colon)).encode()


def _plain(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _units(text: str, form: str) -> str:
    data = text.encode("utf-16-be", "surrogatepass")
    return "".join("\\u" + form.format(data[i] << 8 | data[i + 1]) for i in range(0, len(data), 2))


def _go(text: str) -> str:
    plain = _plain(text)
    for letter in "&<>\u2028\u2029":
        plain = plain.replace(letter, f"\\u{ord(letter):04x}")
    return plain


def _first(text: str) -> str:
    return _units(text[0], "{:04x}") + _plain(text[1:]) if text else ""


def _strings(value: Any, write: Callable[[str], str], keys: Callable[[str], str] | None = None) -> bytes:
    """The value with each text written by ``write`` (which gives what stands between the quotes)."""
    name = keys or write

    def text(item: Any) -> str:
        if isinstance(item, dict):
            return "{" + ",".join(f'"{name(k)}":{text(v)}' for k, v in item.items()) + "}"
        if isinstance(item, list):
            return "[" + ",".join(map(text, item)) + "]"
        if isinstance(item, str):
            return f'"{write(item)}"'
        return json.dumps(item)

    return text(value).encode()


def _escaped(value: Any, form: str) -> bytes:
    return _strings(value, lambda s: _units(s, form))


def _keys_escaped(value: Any) -> bytes:
    return _strings(value, _plain, lambda s: _units(s, "{:04x}"))
