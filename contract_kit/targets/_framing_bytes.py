"""Requests as bytes: sound framings, and those that clients refuse to send.

:data:`FRAMINGS` maps the name in :attr:`Delivery.framing` to the function that writes the request. Names
that stand in :data:`SOUND` are messages as RFC 9112 wants them; after any other the connection cannot be
used again, and the receiver may answer 4xx, close, or wait in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FRAMINGS", "SOUND", "Request", "header_bytes"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request before it is framed; ``headers`` in order, without those that frame the body."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def header_bytes(text: str) -> bytes:
    """A header's text as bytes: Latin-1 where that holds it, else UTF-8; escaped raw bytes as they were."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape" if "\udc80" <= max(text) <= "\udcff" else "replace")


def _head(request: Request, *framing: tuple[bytes, bytes], version: bytes = b"HTTP/1.1") -> bytes:
    begun = _begun(request.method, request.target, version, request.headers)
    return b"".join((begun, *[b"%s: %s\r\n" % pair for pair in framing], b"\r\n"))


@lru_cache(maxsize=64)
def _begun(method: bytes, target: bytes, version: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The request line and the headers; most requests differ in nothing but the body."""
    lines = (b"%s %s %s" % (method, target, version), *[b"%s: %s" % pair for pair in headers])
    return b"".join(line + b"\r\n" for line in lines)


_LENGTH = b"Content-Length"
_CHUNKED = (b"Transfer-Encoding", b"chunked")
_BODILESS = frozenset({b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"DELETE", b"CONNECT"})


def _length(value: int | bytes) -> tuple[bytes, bytes]:
    return (_LENGTH, b"%d" % value if isinstance(value, int) else value)


def _plain(request: Request) -> bytes:
    if not request.body and request.method in _BODILESS:
        return _head(request)
    return _head(request, _length(len(request.body))) + request.body


def _http_1_0(request: Request) -> bytes:
    return _head(request, _length(len(request.body)), version=b"HTTP/1.0") + request.body


def _chunks(body: bytes, *, parts: int = 4, extension: bytes = b"") -> bytes:
    size = max(1, -(-len(body) // parts))
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)


def _chunked(request: Request) -> bytes:
    return _head(request, _CHUNKED) + _chunks(request.body) + b"0\r\n\r\n"


def _chunked_tiny(request: Request) -> bytes:
    return _head(request, _CHUNKED) + _chunks(request.body, parts=max(1, len(request.body))) + b"0\r\n\r\n"


def _chunked_extension(request: Request) -> bytes:
    return _head(request, _CHUNKED) + _chunks(request.body, extension=b";note=1") + b"0\r\n\r\n"


def _chunked_trailer(request: Request) -> bytes:
    return _head(request, _CHUNKED) + _chunks(request.body) + b"0\r\nX-Checked: yes\r\n\r\n"


def _with_length(value: Callable[[int], bytes]) -> Callable[[Request], bytes]:
    def frame(request: Request) -> bytes:
        return _head(request, _length(value(len(request.body)))) + request.body

    return frame


def _length_missing(request: Request) -> bytes:
    return _head(request) + request.body


def _two_lengths(request: Request) -> bytes:
    size = len(request.body)
    return _head(request, _length(size), _length(max(0, size - 1))) + request.body


def _length_list(request: Request) -> bytes:
    size = len(request.body)
    return _head(request, _length(b"%d, %d" % (size, size + 1))) + request.body


def _length_and_chunked(request: Request) -> bytes:
    return _head(request, _length(len(request.body)), _CHUNKED) + _chunks(request.body) + b"0\r\n\r\n"


def _with_chunks(damage: Callable[[bytes], bytes]) -> Callable[[Request], bytes]:
    def frame(request: Request) -> bytes:
        return _head(request, _CHUNKED) + damage(request.body)

    return frame


def _one_chunk(size: bytes, body: bytes, end: bytes = b"\r\n0\r\n\r\n") -> bytes:
    return size + b"\r\n" + body + end


def _chunk_cut(body: bytes) -> bytes:
    return b"%x\r\n" % (len(body) + 1) + body[: len(body) // 2]


def _unknown_coding(request: Request) -> bytes:
    return _head(request, (b"Transfer-Encoding", b"chunkedd")) + _chunks(request.body) + b"0\r\n\r\n"


def _header_repeated(request: Request) -> bytes:
    twice: list[tuple[bytes, bytes]] = []
    for pair in request.headers:
        twice += [pair] if pair[0].lower() == b"host" else [pair, pair]
    return _plain(Request(request.method, request.target, tuple(twice), request.body))


def _without_host(request: Request) -> bytes:
    rest = tuple(pair for pair in request.headers if pair[0].lower() != b"host")
    return _plain(Request(request.method, request.target, rest, request.body))


def _damaged_head(damage: Callable[[bytes], bytes]) -> Callable[[Request], bytes]:
    def frame(request: Request) -> bytes:
        head = _head(request, _length(len(request.body)))
        return damage(head) + request.body

    return frame


FRAMINGS: dict[str, Callable[[Request], bytes]] = {
    "plain": _plain,
    "chunked": _chunked,
    "chunked-tiny": _chunked_tiny,
    "chunked-extension": _chunked_extension,
    "chunked-trailer": _chunked_trailer,
    "http-1.0": _http_1_0,
    "header-repeated": _header_repeated,
    "length-missing": _length_missing,
    "length-short": _with_length(lambda size: b"%d" % (size // 2)),
    "length-long": _with_length(lambda size: b"%d" % (size + 10)),
    "length-negative": _with_length(lambda size: b"-%d" % size),
    "length-plus": _with_length(lambda size: b"+%d" % size),
    "length-hex": _with_length(lambda size: b"0x%x" % size),
    "length-garbage": _with_length(lambda size: b"%dabc" % size),
    "length-empty": _with_length(lambda _size: b""),
    "length-overflow": _with_length(lambda size: b"%d" % (2**64 + size)),
    "length-list": _length_list,
    "two-lengths": _two_lengths,
    "length-and-chunked": _length_and_chunked,
    "bad-chunk-size": _with_chunks(lambda body: _one_chunk(b"xyz", body)),
    "chunk-size-empty": _with_chunks(lambda body: _one_chunk(b"", body)),
    "chunk-size-negative": _with_chunks(lambda body: _one_chunk(b"-%x" % len(body), body)),
    "chunk-size-overflow": _with_chunks(lambda body: _one_chunk(b"1" + b"%016x" % len(body), body)),
    "chunk-size-short": _with_chunks(lambda body: _one_chunk(b"%x" % (len(body) // 2), body)),
    "chunk-cut": _with_chunks(_chunk_cut),
    "chunk-no-end": _with_chunks(_chunks),
    "unknown-coding": _unknown_coding,
    "no-host": _without_host,
    "bad-version": _damaged_head(lambda head: head.replace(b" HTTP/1.1\r\n", b" HTTP/x.y\r\n", 1)),
    "space-before-colon": _damaged_head(lambda head: head.replace(b": ", b" : ", 1)),
    "no-colon": _damaged_head(lambda head: head.replace(b"\r\n", b"\r\nnonsense\r\n", 1)),
    "header-nul": _damaged_head(lambda head: head.replace(b"\r\n", b"\r\nX-Nul: a\0b\r\n", 1)),
    "header-huge": _damaged_head(
        lambda head: head.replace(b"\r\n", b"\r\nX-Huge: " + b"a" * 1_000_000 + b"\r\n", 1)
    ),
}

SOUND = frozenset(
    {
        "plain",
        "chunked",
        "chunked-tiny",
        "chunked-extension",
        "chunked-trailer",
        "http-1.0",
        "header-repeated",
    }
)
