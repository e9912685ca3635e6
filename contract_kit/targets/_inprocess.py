"""A Python target in this very process: for ``--no-isolate`` and for tests that pytest runs.

What protection is possible here: an alarm ends a case that runs too long in Python code, on the main thread,
where the system has alarms; signal handlers and the recursion limit are put back after every case. A hang
in C code, ``os._exit`` and a segfault are not survived.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from contract_kit.model import Delivery, Reply
from contract_kit.targets._base import ClosesItself
from contract_kit.targets._frames import where_running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

    from contract_kit.targets._base import Mined
    from contract_kit.targets._frames import Ground
    from contract_kit.targets._prepare import Prepared

__all__ = ["InProcessTarget"]

_AGAIN = 0.01
"""Seconds after which the alarm rings again, for a consumer that catches everything."""
_KEPT = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE", "SIGALRM")
    if hasattr(signal, name)
)


class _TooLong(BaseException):
    """Raised by the alarm inside the consumer."""


class InProcessTarget(ClosesItself):
    """A prepared consumer, called where we are. ``fresh`` is not possible here, and is passed over."""

    def __init__(self, prepared: Prepared, *, name: str) -> None:
        self.name = name
        self.kind = prepared.kind
        self._prepared = prepared
        self._timeout = prepared.timeout

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """See :meth:`Target.exchange`."""
        for delivery in deliveries:
            yield delivery, self._one(delivery)

    def _one(self, delivery: Delivery) -> Reply:
        limit = sys.getrecursionlimit()
        try:
            on_main = threading.current_thread() is threading.main_thread()
            if self.kind == "asgi" or not on_main:  # an ASGI app's own loop cuts it off
                return self._prepared.answer(delivery)
            with _Guard(self._timeout, self._prepared.ground) as guard:
                return guard.run(self._prepared, delivery)
        finally:
            sys.setrecursionlimit(limit)

    def constants(self) -> Mined:
        """See :func:`contract_kit.targets.constants`."""
        from contract_kit.targets._constants import mine

        return mine(self._prepared.module, self._prepared.ground)

    def close(self) -> None:
        """Run an app's shutdown."""
        self._prepared.close()


class _Guard:
    """One case on the main thread: its alarm, and the person at the keyboard told from the consumer."""

    def __init__(self, timeout: float, ground: Ground) -> None:
        self._timeout, self._ground = timeout, ground
        self._handlers: dict[int, Any] = {}
        self._timer: tuple[float, float] | None = None
        self._running = False
        self.rang = False
        self.interrupted = False
        self.where: str | None = None

    def __enter__(self) -> Self:
        self._handlers = {number: signal.getsignal(number) for number in _KEPT}
        if callable(self._handlers[signal.SIGINT]):
            signal.signal(signal.SIGINT, self._interrupt)
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._alarm)
            self._running = True
            self._timer = signal.setitimer(signal.ITIMER_REAL, self._timeout, _AGAIN)
        return self

    def __exit__(self, *_: object) -> None:
        self._running = False
        if self._timer is not None:
            signal.setitimer(signal.ITIMER_REAL, *self._timer)  # an alarm of somebody else's goes on
        for number, handler in self._handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, handler)

    def run(self, prepared: Prepared, delivery: Delivery) -> Reply:
        try:
            reply = prepared.answer(delivery)
            self._running = False
        except _TooLong:  # it rang outside the consumer's own call
            reply = Reply(outcome="timed_out")
        if self.interrupted and reply.exception == "KeyboardInterrupt":
            raise KeyboardInterrupt
        if not self.rang:
            return reply
        return Reply(
            outcome="timed_out",
            where=self.where,
            elapsed=max(reply.elapsed, self._timeout),
            detail=f"no answer within {self._timeout:g} s; the call was broken off",
        )

    def _alarm(self, _number: int, frame: FrameType | None) -> None:
        if not self._running:
            return
        if not self.rang:
            self.where = where_running(frame, self._ground)
        self.rang = True
        raise _TooLong

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = True
        self._handlers[signal.SIGINT](number, frame)
