"""Receivers that serve one connection at a time: a kept one keeps all others waiting.

Such a server (``http.server.HTTPServer`` that speaks HTTP/1.1 is one) reads the next request of a connection for as
long as that is open, and accepts no other meanwhile. To a client that keeps connections every new one looks
like a hang, though the receiver answers each delivery at once. So where a new connection has been waiting while
exactly one other was kept, that one is let go: if the waiting one is served then, its wait was our doing. After
that was seen of several connections, none is kept any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PATIENCE", "Turns"]

PATIENCE = 1.0
"""Seconds that a new connection waits for its first reply before a kept one is let go for it."""
_TRIAL = 1.0
"""Seconds in which it is served then, if the kept one was what it waited for."""
_SURE = 2
"""Connections that were served once another was let go, after which that is how the receiver works."""
_MOST_TRIALS = 8
"""Deliveries may be slow for reasons of their own: after so many trials that is believed."""

Link = TypeVar("Link")


class Turns(Generic[Link]):
    """What is known of how a receiver takes turns between connections. Times are the client's, in seconds."""

    def __init__(self) -> None:
        self._new: dict[Link, float] = {}
        """Connections that were not served yet, and since when, the oldest first."""
        self._held: set[Link] = set()
        """Those that waited when another was let go."""
        self._until = 0.0
        self._seen = self._trials = 0
        self.one = False
        """The receiver serves one connection at a time."""

    @property
    def keeps(self) -> bool:
        """Whether a connection may be kept once its reply is there."""
        return not (self.one or self._held)

    def opened(self, link: Link, now: float) -> None:
        """A new connection begins."""
        if not self.one and self._trials < _MOST_TRIALS:
            self._new[link] = now

    def answered(self, link: Link, now: float) -> None:
        """A connection's reply is there."""
        if link in self._held:
            self._seen += 1
            self._until = now + _TRIAL
            self.one = self.one or self._seen >= _SURE
        self.closed(link)

    def closed(self, link: Link) -> None:
        """A connection is over, or known to be served."""
        self._new.pop(link, None)
        self._held.discard(link)

    def due(self) -> float | None:
        """When :meth:`waiting` should be asked next."""
        if self._held:
            return self._until
        since = next(iter(self._new.values()), None)
        return None if self.one or since is None else since + PATIENCE

    def waiting(self, kept: int, now: float) -> Sequence[Link]:
        """Connections that wait, it seems, for the one that was ``kept`` (how many were): let go of it."""
        if self._held and now >= self._until:
            self._held.clear()
        if self.one or self._held:
            return ()
        late = [link for link, since in self._new.items() if now - since >= PATIENCE]
        for link in late:
            del self._new[link]
        if not late or kept != 1:
            return ()
        self._trials += 1
        self._held, self._until = set(late), now + _TRIAL
        return late
