"""Our HTTP/1.1 client: many connections, one thread, no event loop but its own.

Measured by ``benchmarks/http_clients.py``: a selector that the caller turns costs a third of
``asyncio.Protocol`` and a fifth of an event loop in a second thread, whose replies must cross over; and
it works where a loop is already running (notebooks, asynchronous tests). So :class:`Client` is a plain
object with two verbs: :meth:`Client.submit` starts an exchange, :meth:`Client.poll` moves all of them on
and gives those that are done.

Its clock stands still while the caller is busy (see :mod:`contract_kit.targets._clock`): a reply that
waited for us is not the receiver's slowness, and never its timeout.
"""

from __future__ import annotations

import errno
import heapq
import os
import selectors
import socket
import ssl
import struct
from typing import TYPE_CHECKING

from contract_kit.errors import TargetError
from contract_kit.targets._clock import Clock
from contract_kit.targets._job import CLOSED, Answer, Job
from contract_kit.targets._parser import BrokenReply, ReplyParser
from contract_kit.targets._turns import Turns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_kit.targets._net import Address

__all__ = ["Client"]

_CHUNK = 262_144
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_LATER = frozenset(
    {0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, getattr(errno, "WSAEWOULDBLOCK", 0)}
)
_NO_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class _Link:
    """One connection. ``stage`` is ``connecting``, ``handshake``, ``open`` or ``closed``."""

    __slots__ = ("job", "mask", "out", "parser", "served", "sock", "stage")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.stage = "connecting"
        self.mask = 0
        self.job: Job | None = None
        self.parser = ReplyParser()
        self.out: memoryview | None = None
        self.served = 0


class Client:
    """Connections to one receiver. Used by one thread; every wait is bounded by the jobs' timeouts.

    ``addresses`` are checked ones (see :mod:`contract_kit.targets._net`): the one that worked last goes
    first.
    """

    def __init__(
        self, addresses: Sequence[Address], *, tls: ssl.SSLContext | None = None, server_name: str = ""
    ) -> None:
        self._addresses = list(addresses)
        self._tls, self._server_name = tls, server_name
        self._selector = selectors.DefaultSelector()
        self._idle: list[_Link] = []
        self._deadlines: list[tuple[float, int, Job]] = []
        self._finished: list[tuple[Job, Answer]] = []
        self._clock = Clock()
        self._turns: Turns[_Link] = Turns()
        self._serial = 0
        self.connected = False
        """A connection was made (over TLS: with its handshake) at least once."""

    # ---- the two verbs ---------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Start a job: over an idle connection, or a new one."""
        job.started = self._clock.now()
        job.deadline = job.started + job.timeout
        job.hops = 0
        self._watch_deadline(job)
        if self._idle and not job.alone:
            self._send(self._idle.pop(), job)
        else:
            self._connect(job)

    def poll(self, wait: float | None = None) -> list[tuple[Job, Answer]]:
        """Move all jobs on for ``wait`` seconds at most (``None``: until one is done); give what is done."""
        until = None if wait is None else self._clock.now() + wait
        while not self._finished:
            limits = [] if until is None else [until]
            if self._deadlines:
                limits.append(self._deadlines[0][0])
                if (due := self._turns.due()) is not None:
                    limits.append(due)
            if not limits:
                break
            self._turn(max(0.0, min(limits) - self._clock.now()))
            if until is not None and self._clock.now() >= until:
                break
        done, self._finished = self._finished, []
        self._clock.waited()
        return done

    def abort(self) -> None:
        """Give up every job that is under way; idle connections stay."""
        for key in list(self._selector.get_map().values()):
            if key.data.job is not None:
                self._close(key.data, reset=True)
        self._deadlines.clear()
        self._finished.clear()

    def forget_idle(self) -> None:
        """Close the connections that nothing is going on on."""
        while self._idle:
            self._close(self._idle[-1])

    def close(self) -> None:
        """Close everything, at once."""
        if self._selector.get_map() is None:
            return
        self.abort()
        self.forget_idle()
        self._selector.close()

    # ---- time ------------------------------------------------------------------------------------

    def _turn(self, wait: float) -> None:
        events = self._selector.select(wait)
        self._clock.waited()
        for key, mask in events:
            self._step(key.data, mask)
        now = self._clock.now()
        if (due := self._turns.due()) is not None and now >= due:
            self._take_turns(now)
        while self._deadlines and (self._deadlines[0][0] <= now or self._deadlines[0][2].link is None):
            job = heapq.heappop(self._deadlines)[2]
            if job.link is not None and job.deadline <= now:
                self._time_out(job.link, job)

    def _watch_deadline(self, job: Job) -> None:
        self._serial += 1
        heapq.heappush(self._deadlines, (job.deadline, self._serial, job))

    def _take_turns(self, now: float) -> None:
        """Let go of a kept connection that others wait for; the time that they waited for it is none of theirs."""
        links = [key.data for key in self._selector.get_map().values()]
        for link in self._turns.waiting(sum(link.served > 0 for link in links), now):
            job = link.job
            assert job is not None
            job.started, job.deadline = now, now + job.timeout
            self._watch_deadline(job)
        if not self._turns.keeps:
            self.forget_idle()

    def _time_out(self, link: _Link, job: Job) -> None:
        parser = link.parser
        if link.stage == "connecting":
            detail = "the connection was not accepted"
        elif not parser.started:
            detail = "no reply"
        else:
            detail = "the reply did not end" if parser.status else "the head of the reply did not end"
        self._close(link, reset=True)
        self._finish(job, Answer("timeout", parser.status, parser.headers, parser.body, detail))

    # ---- connections -----------------------------------------------------------------------------

    def _connect(self, job: Job) -> None:
        address = self._addresses[0]
        try:
            sock = socket.socket(address.family, socket.SOCK_STREAM)
        except OSError as error:
            if error.errno in _NO_FILES:
                raise TargetError(f"no more connections: {error.strerror}; use fewer workers") from error
            raise
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = _Link(sock)
        link.job, job.link = job, link
        link.parser.bodiless = job.bodiless
        self._turns.opened(link, self._clock.now())
        code = sock.connect_ex(address.sockaddr)
        self._selector.register(sock, _WRITE, link)
        link.mask = _WRITE
        if code not in _LATER:
            self._refused(link, code)

    def _refused(self, link: _Link, code: int) -> None:
        job = link.job
        assert job is not None
        self._close(link)
        self._addresses.append(self._addresses.pop(0))
        job.hops += 1
        if job.hops < len(self._addresses):
            self._connect(job)
        else:
            self._finish(job, Answer("refused", detail=os.strerror(code).lower()))

    def _watch(self, link: _Link, mask: int) -> None:
        if link.mask != mask:
            link.mask = mask
            self._selector.modify(link.sock, mask, link)

    def _close(self, link: _Link, *, reset: bool = False) -> None:
        """Close a connection; ``reset`` tells the other side not to take what it got for whole."""
        if link.stage == "closed":
            return
        link.stage = "closed"
        self._turns.closed(link)
        if link in self._idle:
            self._idle.remove(link)
        self._selector.unregister(link.sock)
        if reset:
            link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        link.sock.close()
        if link.job is not None:
            link.job.link = None
            link.job = None

    # ---- one connection moves on -----------------------------------------------------------------

    def _step(self, link: _Link, mask: int) -> None:
        if link.stage == "connecting":
            code = link.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                self._refused(link, code)
            else:
                self._connected(link)
        elif link.stage == "handshake":
            self._shake_hands(link)
        elif link.stage == "open":
            # Reading goes first: a receiver may answer, and close, before it has read everything.
            if mask & _READ or self._tls is not None:
                self._read(link)
            if mask & _WRITE and link.out is not None and link.stage == "open":
                self._write(link)

    def _connected(self, link: _Link) -> None:
        if self._tls is None:
            self._opened(link)
            return
        self._selector.unregister(link.sock)
        link.sock = self._tls.wrap_socket(
            link.sock, server_hostname=self._server_name or None, do_handshake_on_connect=False
        )
        self._selector.register(link.sock, _READ | _WRITE, link)
        link.mask = _READ | _WRITE
        link.stage = "handshake"
        self._shake_hands(link)

    def _shake_hands(self, link: _Link) -> None:
        assert isinstance(link.sock, ssl.SSLSocket)
        try:
            link.sock.do_handshake()
        except ssl.SSLWantReadError:
            self._watch(link, _READ)
        except ssl.SSLWantWriteError:
            self._watch(link, _READ | _WRITE)
        except OSError as error:
            job = link.job
            assert job is not None
            self._close(link)
            self._finish(job, Answer("tls", detail=_reason(error)))
        else:
            self._opened(link)

    def _opened(self, link: _Link) -> None:
        self.connected = True
        link.stage = "open"
        assert link.job is not None
        self._send(link, link.job)

    def _send(self, link: _Link, job: Job) -> None:
        link.job, job.link = job, link
        link.parser = ReplyParser(bodiless=job.bodiless)
        link.out = memoryview(job.data)
        self._write(link)

    def _write(self, link: _Link) -> None:
        out = link.out
        assert out is not None
        try:
            while out:
                out = out[link.sock.send(out) :]
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            link.out = out
            self._watch(link, _READ | _WRITE)
            return
        except OSError:
            # The other side reads no more. It may have answered all the same: reading finds that out.
            job = link.job
            link.out = None
            self._watch(link, _READ)
            if job is not None and link.served and not link.parser.started:
                self._read(link)
            return
        link.out = None
        self._watch(link, _READ)

    def _read(self, link: _Link) -> None:
        job, parser = link.job, link.parser
        while True:
            try:
                data = link.sock.recv(_CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError as error:
                self._ended(link, _reason(error))
                return
            if not data:
                self._ended(link, "")
                return
            if job is None:  # nobody has asked: what comes now belongs to no request
                self._close(link)
                return
            try:
                if parser.feed(data):
                    self._replied(link, job)
                    return
            except BrokenReply as error:
                self._broken(link, job, error)
                return
            if self._tls is None and len(data) < _CHUNK:
                return

    def _ended(self, link: _Link, reason: str) -> None:
        """The connection closed, or was reset, before the reply was done."""
        job, parser = link.job, link.parser
        if job is None:
            self._close(link)
            return
        try:
            whole = parser.end() if not reason else False
        except BrokenReply as error:
            self._broken(link, job, error, ended=True)
            return
        if whole:
            self._replied(link, job)
        elif parser.started:
            self._broken(link, job, BrokenReply(f"ended early: {reason or CLOSED}"), ended=True)
        elif link.served:
            # Closed while it lay idle, most likely: that the other side may do at any time (RFC 9112, 9.3.1).
            self._close(link)
            job.resent = True
            self._connect(job)
        else:
            self._close(link)
            self._finish(job, Answer("dropped", detail=reason or CLOSED, ended=True))

    def _broken(self, link: _Link, job: Job, error: BrokenReply, *, ended: bool = False) -> None:
        parser = link.parser
        self._close(link, reset=True)
        said = Answer("broken", parser.status, parser.headers, parser.body, str(error), ended=ended)
        self._finish(job, said)

    def _replied(self, link: _Link, job: Job) -> None:
        parser = link.parser
        answer = Answer("reply", parser.status, parser.headers, parser.body, cut=parser.cut)
        self._turns.answered(link, self._clock.now())
        if self._may_keep(link, job):
            link.served += 1
            link.job = job.link = None
            self._idle.append(link)
        else:
            self._close(link, reset=parser.cut)
        self._finish(job, answer)

    def _may_keep(self, link: _Link, job: Job) -> bool:
        """Whether a connection can serve another delivery. What follows a reply to HEAD may be its body, by mistake."""
        parser = link.parser
        if job.alone or job.bodiless or not (parser.keep_alive and self._turns.keeps):
            return False
        return not (parser.cut or parser.rest or link.out is not None)

    def _finish(self, job: Job, answer: Answer) -> None:
        job.link = None
        answer.elapsed = self._clock.now() - job.started
        self._finished.append((job, answer))


def _reason(error: OSError) -> str:
    """An error of the system or of TLS in plain words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    return (error.strerror or str(error)).lower()
