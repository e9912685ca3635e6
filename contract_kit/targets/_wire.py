"""How our processes talk: frames of a length and a marshalled plain value, over a socket of their own."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from contract_kit.model import NOTHING, Reply
from contract_kit.oracle import leaf

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

__all__ = ["Inbox", "pack", "pack_reply", "receive", "reply_from"]

_HEAD = 4
_FORMAT = 2
"""The version of marshal that looks for no repeated objects: it is twice as quick on payloads."""
_DEFAULTS: dict[str, Any] = {
    "value": NOTHING, "status": None, "exception": None, "message": "", "where": None,
    "headers": (), "body": b"", "detail": "",
}  # fmt: skip


def pack(value: Any) -> bytes:
    """One frame. ``ValueError`` for what is no plain value."""
    data = marshal.dumps(value, _FORMAT)
    return len(data).to_bytes(_HEAD, "little") + data


class Inbox:
    """Bytes as they arrive → the values of whole frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The frames that ``data`` completes."""
        self._held += data
        start = 0
        while len(self._held) - start >= _HEAD:
            stop = start + _HEAD + int.from_bytes(self._held[start : start + _HEAD], "little")
            if len(self._held) < stop:
                break
            yield marshal.loads(self._held[start + _HEAD : stop])  # noqa: S302 - from our own child
            start = stop
        del self._held[:start]


def receive(sock: socket.socket) -> Any:
    """The next frame's value, of a blocking socket that carries one at a time. ``EOFError`` at its end."""
    inbox = Inbox()
    while True:
        data = sock.recv(1 << 16)
        if not data:
            raise EOFError
        for value in inbox.feed(data):
            return value


def _fields(reply: Reply) -> dict[str, Any]:
    """A reply as a plain dict of what is not left at its default."""
    fields: dict[str, Any] = {"outcome": reply.outcome, "elapsed": reply.elapsed}
    for name, default in _DEFAULTS.items():
        value = getattr(reply, name)
        if value is not default:
            fields[name] = value
    return fields


def pack_reply(reply: Reply) -> bytes:
    """A reply as a frame; a value that cannot travel becomes a leaf that says nothing."""
    fields = _fields(reply)
    try:
        return pack(fields)
    except ValueError:
        fields["value"] = leaf("opaque", "unmarshallable")
        return pack(fields)


def reply_from(fields: dict[str, Any]) -> Reply:
    """The reply that :func:`pack_reply` packed."""
    return Reply(**fields)
