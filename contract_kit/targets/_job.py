"""What goes into the HTTP client, and what comes out: :class:`Job` and :class:`Answer`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from contract_kit.model import Headers

__all__ = ["CLOSED", "Answer", "Job"]

CLOSED = "the connection was closed"
"""The detail of an answer where nothing more is known of why there is none."""
Failure = Literal["reply", "dropped", "broken", "timeout", "refused", "tls"]


@dataclass(slots=True, eq=False)
class Job:
    """One request to be sent: ``key`` is the caller's, ``data`` the whole message.

    ``bodiless``: the request is HEAD. ``alone``: it goes over a connection of its own, which is closed
    after it. ``number`` is the caller's count. ``timeout`` in seconds, from the start of the connection
    to the end of the reply. ``resent``: a kept-alive connection closed under it without a byte of reply,
    so it was sent again over a new one.
    """

    key: Any
    data: bytes
    timeout: float
    bodiless: bool = False
    alone: bool = False
    number: int = 0
    tries: int = 0
    resent: bool = field(default=False, init=False)
    started: float = field(default=0.0, init=False)
    deadline: float = field(default=0.0, init=False)
    link: Any = field(default=None, init=False)
    hops: int = field(default=0, init=False)


@dataclass(slots=True)
class Answer:
    """How a job ended; not changed once it is handed out.

    ``kind`` is ``reply``: a whole reply, or one that was cut at the limit (``cut``); ``broken``: a reply
    that cannot be read; ``dropped``: the connection closed without a byte of reply; ``timeout``;
    ``refused``: no connection; ``tls``: no TLS on the connection. ``detail`` says more; ``elapsed`` in
    seconds; ``ended``: the connection ended before the reply was whole.
    """

    kind: Failure
    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    detail: str = ""
    elapsed: float = 0.0
    cut: bool = False
    ended: bool = False
