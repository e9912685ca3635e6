"""How our processes talk: frames of a length and a marshalled plain value, over a socket of their own."""

from __future__ import annotations

import marshal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import strict_loads
from contract_kit.model import NOTHING, Delivery, Reply
from contract_kit.oracle import leaf
from contract_kit.targets._base import Question

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

__all__ = [
    "AsSent",
    "Inbox",
    "Traced",
    "app_item_of",
    "delivery_of",
    "item_of",
    "pack",
    "pack_reply",
    "receive",
    "reply_from",
]

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
        self.size = 0
        """Bytes of the frame that came last."""

    def feed(self, data: bytes) -> Iterator[Any]:
        """The frames that ``data`` completes."""
        self._held += data
        start = 0
        while len(self._held) - start >= _HEAD:
            stop = start + _HEAD + int.from_bytes(self._held[start : start + _HEAD], "little")
            if len(self._held) < stop:
                break
            self.size = stop - start
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


def pack_reply(reply: Reply, digest: int | None = None) -> bytes:
    """A reply as a frame; a value that cannot travel becomes a leaf that says nothing."""
    fields = _fields(reply)
    if digest is not None:
        fields["digest"] = digest
    try:
        return pack(fields)
    except ValueError:
        fields["value"] = leaf("opaque", "unmarshallable")
        return pack(fields)


@dataclass(frozen=True, kw_only=True)
class Traced(Reply):
    """A reply with a ``digest``: a number by which its process knows the same result again."""

    __slots__ = ("digest",)

    digest: int


@dataclass(frozen=True, kw_only=True)
class AsSent(Traced):
    """The body was accepted, and what came out is what stands in it (``sent``), to the type of each number.

    The value did not travel; it is read from the body when somebody wants it.
    """

    __slots__ = ("sent",)

    sent: bytes

    @property  # type: ignore[misc]
    def value(self) -> Any:
        """The value of the body."""
        return strict_loads(self.sent)

    @value.setter
    def value(self, _: Any) -> None:
        """Nothing is kept."""


AS_SENT, AS_BEFORE, REFUSED = "sent", "value", "refused"
"""How the reply that a delivery had before is known again: as sent, by its value's digest, or as a refusal."""


def item_of(delivery: Delivery) -> Any:
    """A delivery to a parser as it goes over the line: its body, and what it came to before where that is known."""
    before = getattr(delivery, "before", None)
    if type(before) is AsSent:
        return delivery.body, AS_SENT, before.digest
    if type(before) is Traced:
        return delivery.body, AS_BEFORE, before.digest
    if before is not None and before.outcome == "rejected":
        return delivery.body, REFUSED, 0
    return delivery.body


def app_item_of(delivery: Delivery) -> Any:
    """A delivery to an app as it goes over the line: what the app is given, or the name that a question asks for."""
    if isinstance(delivery, Question):
        return delivery.call
    return delivery.body, delivery.headers, delivery.method, delivery.framing


def delivery_of(item: Any) -> Delivery:
    """What :func:`app_item_of` was made from, without its key."""
    if isinstance(item, str):
        return Question(key=None, body=b"", call=item)
    body, headers, method, framing = item
    return Delivery(key=None, body=body, headers=headers, method=method, framing=framing)


def reply_from(told: Any, delivery: Delivery) -> Reply:
    """The reply to a delivery, of what a worker told.

    A number: it took so long, and came to the same as before. A list of that and a digest: the value came out
    as it was sent. Else the fields of a reply.
    """
    if type(told) is float:
        return delivery.before  # type: ignore[attr-defined, no-any-return]  # else nothing could be the same
    if type(told) is list:
        return AsSent(outcome="accepted", elapsed=told[0], digest=told[1], sent=delivery.body)
    return Traced(**told) if "digest" in told else Reply(**told)
