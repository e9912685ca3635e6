"""The one place where hostile text becomes text that is safe to show.

Payloads hold what breaks terminals, browsers, XML readers and shells: control characters, escape
sequences, direction overrides, invisible letters, lone surrogates, closing tags, quotes. Everything that
a report shows goes through this module once, and nothing is dropped: what cannot be seen is spelled out.
"""

from __future__ import annotations

import base64
import gzip
import html
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "html_text",
    "literal_glob",
    "printable",
    "shell_bytes",
    "shell_quote",
    "visible",
    "visible_bytes",
    "xml_text",
]

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Letters by category that nobody can see: fillers, blank Braille, grapheme joiner, Mongolian and other
# variation selectors (Unicode 15, "Default_Ignorable_Code_Point" beyond category Cf).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SAFE_SHELL = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_BMP_END = 0xFFFF
_MARKS = 3
_CARRY_PACKED = 8_000
"""Bodies of more bytes are packed (gzip) in shell lines where that makes them shorter."""


def printable(char: str) -> bool:
    r"""Whether a person sees ``char`` and it changes nothing around it.

    >>> printable("é"), printable(" "), printable("\u202e"), printable("\x1b")
    (True, True, False, False)
    """
    if " " <= char < "\x7f":
        return True
    # The categories of str.isprintable: no control, format, surrogate, private, unassigned, separators.
    return char.isprintable() and not _INVISIBLE.match(char)


def _code(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= _BMP_END else f"\\U{code:08x}"


def _spell(char: str, keep: str) -> str:
    return char if char in keep or printable(char) else _SHORT.get(char) or _code(char)


def _pieces(text: str, keep: str) -> Iterator[str]:
    """Each character as it is shown.

    A combining mark is spelled out where it would sit on a quote, a bracket or a blank, and where it is one
    of a heap: it stays only upon a letter, up to ``_MARKS`` of them.
    """
    marks = _MARKS
    for char in text:
        if unicodedata.category(char) in {"Mn", "Mc", "Me"}:
            marks += 1
            shown = _spell(char, keep) if marks <= _MARKS else _code(char)
            if shown != char:
                marks = _MARKS
        else:
            shown = _spell(char, keep)
            marks = 0 if shown == char and char.isalpha() else _MARKS
        yield shown


def _escape(text: str, keep: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(_pieces(text, keep))


def visible(text: str, limit: int | None = None, *, newlines: bool = False) -> str:
    r"""``text`` with everything invisible or dangerous spelled out as ``\u`` escapes.

    With ``limit`` the middle of longer text gives way to the number of characters that are not shown;
    the result is about ``limit`` long. ``newlines`` leaves line feeds as they are.

    >>> visible("a\x1b[31m\u202eb\ud800\x00")
    'a\\u001b[31m\\u202eb\\ud800\\u0000'
    >>> visible("x" * 100, 20)
    'xxxxxxxxxxxxxx… (+79) …xxxxxxx'
    """
    keep = "\n" if newlines else ""
    if limit is None:
        return _escape(text, keep)
    if len(text) <= limit:
        whole = _escape(text, keep)
        if len(whole) <= limit:
            return whole
    head = _fitting(list(_pieces(text[:limit], keep)), limit - limit // 3)
    rest = text[len(head) :]
    # Both ends are cut from what was escaped in order: a mark knows the letter before it.
    tail = _fitting(list(_pieces(rest[-limit:], keep))[::-1], limit // 3 + 1)[::-1]
    hidden = len(rest) - len(tail)
    if hidden <= 0:
        return _escape(text, keep)
    return f"{''.join(head)}… (+{hidden:,}) …{''.join(tail)}"


def _fitting(pieces: list[str], room: int) -> list[str]:
    """The first of ``pieces`` that together are at most ``room`` long."""
    for number, piece in enumerate(pieces):
        room -= len(piece)
        if room < 0:
            return pieces[:number]
    return pieces


def visible_bytes(body: bytes, limit: int | None = None, *, newlines: bool = False) -> str:
    r"""``body`` as UTF-8 text, made visible; bytes that are no UTF-8 show as ``\xNN``.

    >>> visible_bytes(b'{"a": "\xff\x00"}')
    '{"a": "\\xff\\u0000"}'
    """
    return visible(body.decode("utf-8", "backslashreplace"), limit, newlines=newlines)


def html_text(text: str, limit: int | None = None, *, newlines: bool = False) -> str:
    """``text`` for HTML, in elements and in quoted attributes.

    >>> html_text("</script>")
    '&lt;/script&gt;'
    """
    return html.escape(visible(text, limit, newlines=newlines))


def xml_text(text: str, limit: int | None = None, *, newlines: bool = True) -> str:
    r"""``text`` for XML 1.0: what XML cannot hold is spelled out, the rest escaped.

    >>> print(xml_text("]]>\x00"))
    ]]&gt;\u0000
    """
    # Non-characters (U+FFFE, U+FFFF) are unassigned, so `visible` has spelled them out as well.
    return html.escape(visible(text, limit, newlines=newlines))


def _octal(data: bytes) -> str:
    r"""``data`` as a ``printf`` format in single quotes (POSIX: ``\ddd``, ``%%``, ``\\``)."""
    out = []
    for char in data.decode("utf-8", "surrogateescape"):
        if char == "'":
            out.append("'\\''")
        elif char in "%\\":
            out.append(char * 2)
        elif printable(char):
            out.append(char)
        else:
            out.extend(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
    if out[:1] == ["-"]:
        out[0] = "\\055"  # a format that starts with a dash is an option to some printf
    return "'" + "".join(out) + "'"


def _is_plain(text: str) -> bool:
    return all(printable(char) for char in text)


def literal_glob(text: str) -> str:
    """A glob that matches ``text`` only.

    >>> literal_glob("valid:/a[0]?:x")
    'valid:/a[[]0][?]:x'
    """
    return re.sub(r"[\[*?]", lambda found: f"[{found.group()}]", text)


def shell_quote(text: str) -> str:
    r"""One word of a POSIX shell line, copy-paste safe whatever ``text`` holds.

    A NUL is left out: no shell word can hold one.

    >>> print(shell_quote("it's"), shell_quote("plain.py:parse"), shell_quote("a\x1bb"))
    'it'\''s' plain.py:parse "$(printf 'a\033b')"
    """
    if _SAFE_SHELL.fullmatch(text):
        return text
    if _is_plain(text):
        return "'" + text.replace("'", "'\\''") + "'"
    data = text.replace("\0", "").encode("utf-8", "surrogateescape" if _is_escaped(text) else "surrogatepass")
    # $( ) takes line ends off the end: they stand after it, in quotes of their own.
    core = data.rstrip(b"\n")
    ends = "\n" * (len(data) - len(core))
    return f'"$(printf {_octal(core)})"' + (f"'{ends}'" if ends else "")


def _is_escaped(text: str) -> bool:
    return all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in text)


def shell_bytes(data: bytes) -> str:
    r"""A POSIX shell command that writes exactly ``data`` to its standard output.

    >>> print(shell_bytes(b'{"a": 1}'))
    printf %s '{"a": 1}'
    >>> print(shell_bytes(b"100%\x00"))
    printf '100%%\000'
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = None
    if len(data) > _CARRY_PACKED:
        packed = base64.b64encode(gzip.compress(data, mtime=0)).decode()
        if len(packed) < len(data):
            return f"printf %s {packed} | base64 -d | gunzip"
    if text is not None and _is_plain(text):
        return f"printf %s {shell_quote(text)}" if text else "printf ''"
    return f"printf {_octal(data)}"
