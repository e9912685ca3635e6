"""A reader of HTTP/1.x replies that is fed as bytes arrive.

It is as lenient as clients in the field are (a bare LF ends a line, the reason may be missing, a body may
last until the connection closes) and no more: what they would refuse is :class:`BrokenReply`. Everything
is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_kit.model import Headers

__all__ = ["BODY_KEPT", "BODY_READ", "HEAD_LIMIT", "BrokenReply", "ReplyParser"]

HEAD_LIMIT = 65_536
"""Bytes of a status line with its headers."""
BODY_READ = 1_048_576
"""Bytes of a body that are read; a longer one is cut there and the connection given up."""
WIRE_READ = 2 * BODY_READ
"""Bytes of a whole reply on the wire: chunk headers, trailers and interim replies are bounded too."""
MOST_PARTS = 10_000
"""Chunks and interim replies of one reply; each costs us something, be it ever so short."""
BODY_KEPT = 65_536
"""Bytes of a body that are kept for the reply."""

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.([0-9]) ([0-9]{3})(?: |$)")
_LINE_LIMIT = 8_192
_BODILESS = frozenset({204, 304})
_HEAD, _LENGTH, _CHUNK_SIZE, _CHUNK, _CHUNK_END, _TRAILER, _UNTIL_CLOSE, _DONE = range(8)


class BrokenReply(Exception):
    """A reply that no HTTP client can make sense of; the text ends the sentence "the reply …"."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A head and what it says of the body: ``framing`` is ``none``, ``length``, ``chunked`` or ``close``."""

    status: int
    headers: Headers
    framing: str
    length: int
    keep_alive: bool


@lru_cache(maxsize=256)
def _parse_head(head: bytes) -> _Head:
    """Read a head without its blank line. A receiver says the same thing many times: heads are remembered."""
    first, *lines = head.split(b"\n")
    match = _STATUS.match(first.rstrip(b"\r"))
    if match is None:
        raise BrokenReply(f"has no status line: it begins with {first[:40]!r}")
    status, headers = int(match[2]), tuple(_read_headers(lines))
    options = _items(headers, "connection")
    keep_alive = "close" not in options if int(match[1]) else "keep-alive" in options
    codings, lengths = _items(headers, "transfer-encoding"), _items(headers, "content-length")
    if status < 200 or status in _BODILESS:
        return _Head(status, headers, "none", 0, keep_alive and status != 101)
    if codings:
        chunked = codings[-1] == "chunked"
        return _Head(
            status, headers, "chunked" if chunked else "close", 0, keep_alive and chunked and not lengths
        )
    if not lengths:
        return _Head(status, headers, "close", 0, keep_alive=False)
    if len(set(lengths)) > 1 or not re.fullmatch("[0-9]{1,18}", lengths[0]):
        raise BrokenReply(f"has an impossible content-length: {', '.join(lengths)[:60]!r}")
    return _Head(status, headers, "length", int(lengths[0]), keep_alive)


def _read_headers(lines: list[bytes]) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    for raw in lines:
        line = raw.rstrip(b"\r").decode("latin-1")
        if line[:1] in (" ", "\t") and headers:  # folded, as the old standard allowed
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BrokenReply(f"has a header line that is none: {line[:60]!r}")
        headers.append((name.lower(), value.strip(" \t")))
    return headers


def _items(headers: Headers, name: str) -> list[str]:
    """The items of a header's comma-separated lists, in lower case."""
    return [item.strip().lower() for key, value in headers if key == name for item in value.split(",")]


class ReplyParser:
    """Reads one final reply; interim ones (1xx) before it are passed over.

    ``bodiless`` says that the request was HEAD. After ``done`` everything else may be read.
    """

    __slots__ = (
        "_at",
        "_body",
        "_buffer",
        "_left",
        "_parts",
        "_state",
        "_total",
        "_wire",
        "bodiless",
        "cut",
        "done",
        "headers",
        "keep_alive",
        "rest",
        "started",
        "status",
    )

    def __init__(self, *, bodiless: bool = False) -> None:
        self.bodiless = bodiless
        self.status: int | None = None
        self.headers: Headers = ()
        self.done = self.cut = self.keep_alive = self.started = False
        self.rest = False
        """Something followed the reply that belongs to no reply."""
        self._buffer = b""
        self._body = bytearray()
        self._state = _HEAD
        self._at = self._left = self._total = self._wire = self._parts = 0

    @property
    def body(self) -> bytes:
        """The first :data:`BODY_KEPT` bytes of the body."""
        return bytes(self._body)

    def feed(self, data: bytes) -> bool:
        """Take what arrived; true when the reply is whole (or long enough). Raises :class:`BrokenReply`."""
        self.started = True
        self._buffer = self._buffer + data if self._buffer else data
        while not self.done and self._step():
            pass
        # The buffer is cut once, not at each step: a body of tiny chunks costs no more than another.
        self._buffer, self._at = self._buffer[self._at :], 0
        self._wire += len(data)
        if (self._wire > WIRE_READ or self._parts > MOST_PARTS) and not self.done:
            if self.status is None:
                raise BrokenReply("is nothing but interim replies")
            self.cut = self.done = True
        if self.done:
            self.rest, self._buffer = bool(self._buffer), b""
        return self.done

    def end(self) -> bool:
        """The connection is closed: true where that ends the reply properly. Raises :class:`BrokenReply`."""
        if self.done:
            return True
        if self._state == _UNTIL_CLOSE:
            self.done = True
            return True
        if self._state == _HEAD:
            if not self._buffer:
                return False
            raise BrokenReply("ended in the middle of its head")
        if self._state == _LENGTH:
            raise BrokenReply(f"ended after {self._total} of {self._total + self._left} bytes of its body")
        raise BrokenReply("ended before its last chunk")

    def _step(self) -> bool:
        """Read on as far as one state goes; false where more bytes are wanted."""
        if self._state == _HEAD:
            return self._read_head()
        if self._state == _LENGTH:
            self._take()
            self.done = self.done or self._left == 0
            return False
        if self._state == _UNTIL_CLOSE:
            self._left = len(self._buffer) - self._at
            self._take()
            return False
        return self._read_chunked()

    def _take(self) -> None:
        """Take what is left of the body or chunk, as far as it is here."""
        count = min(self._left, len(self._buffer) - self._at)
        if (room := BODY_KEPT - len(self._body)) > 0:
            self._body += self._buffer[self._at : self._at + min(count, room)]
        self._at += count
        self._left -= count
        self._total += count
        if self._total >= BODY_READ and (self._left or self._state != _LENGTH):
            self.cut = self.done = True

    def _read_head(self) -> bool:
        buffer, at = self._buffer, self._at
        while buffer[at : at + 1] in (b"\r", b"\n"):
            at += 1
        if not b"HTTP/".startswith(begin := buffer[at : at + 5]):
            raise BrokenReply(f"is not HTTP: it begins with {buffer[at : at + 20]!r}")
        end = _END.search(buffer, at) if len(begin) == 5 else None
        if (len(buffer) if end is None else end.start()) - at > HEAD_LIMIT:
            raise BrokenReply(f"has a head of more than {HEAD_LIMIT} bytes")
        if end is None:
            self._at = at
            return False
        self._at = end.end()
        head = _parse_head(buffer[at : end.start()])
        if not 100 <= head.status <= 199 or head.status == 101:
            self._begin_body(head)
        else:
            self._parts += 1
        return True

    def _begin_body(self, head: _Head) -> None:
        self.status, self.headers, self.keep_alive = head.status, head.headers, head.keep_alive
        if self.bodiless or head.framing == "none":
            self.done = True
        elif head.framing == "chunked":
            self._state = _CHUNK_SIZE
        elif head.framing == "length":
            self._state, self._left, self.done = _LENGTH, head.length, head.length == 0
        else:
            self._state = _UNTIL_CLOSE

    def _read_chunked(self) -> bool:
        if self._state == _CHUNK:
            self._take()
            if self.done or self._left:
                return False
            self._state = _CHUNK_END
        end = self._buffer.find(b"\n", self._at)
        if end < 0:
            if len(self._buffer) - self._at > _LINE_LIMIT:
                raise BrokenReply("has a chunk header without an end")
            return False
        line, self._at = self._buffer[self._at : end].rstrip(b"\r"), end + 1
        if self._state == _CHUNK_END:
            if line:
                raise BrokenReply("has a chunk that is longer than it says")
            self._state = _CHUNK_SIZE
        elif self._state == _TRAILER:
            self.done = not line
        else:
            self._begin_chunk(line.partition(b";")[0].strip())
        return True

    def _begin_chunk(self, size: bytes) -> None:
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", size):
            raise BrokenReply(f"has a chunk size that is none: {size[:20]!r}")
        self._parts += 1
        self._left = int(size, 16)
        self._state = _CHUNK if self._left else _TRAILER
