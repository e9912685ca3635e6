"""A Python target in a child process: whatever it does to its process is a reply, and the run goes on.

Deliveries go out in batches, and no answer is lost with the process that gave it (see :mod:`._journal`), so the
first delivery without an answer is the one that the worker is at: a hang, an exit or a crash of the process is
known to be that case's.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import ENDPOINTS, Delivery, Reply
from contract_kit.targets._base import ClosesItself
from contract_kit.targets._frames import Ground, where_dumped
from contract_kit.targets._host import IMPORT_LIMIT, Ending, Host, HostGone, Worker, raise_error
from contract_kit.targets._journal import LULL
from contract_kit.targets._prepare import timeout_of
from contract_kit.targets._wire import Inbox, app_item_of, item_of, pack, reply_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contract_kit.targets._base import Mined

__all__ = ["IsolatedTarget"]

MEMORY = 1 << 30
"""Bytes that a worker may use beyond what the imported target uses."""
_GRACE = 0.2
_APP_PATIENCE = 2.25
"""Seconds beyond the timeout for an app to cut itself off, or to be asked again when it said "later"."""
_AHEAD_SECONDS = 0.02
_MOST_AHEAD, _FIRST_AHEAD = 48, 4
_BATCH = 16
"""Deliveries in a batch, whose answers come together: enough to be worth it, and few beside those ahead."""
_MOST_BYTES = 80_000
_FIRST_ANSWERS, _LARGE_ANSWER = 3, 1 << 15
"""Answers that show how large a consumer's results are, and bytes that nobody minds."""


class IsolatedTarget(ClosesItself):
    """See the module. ``config`` is what :func:`contract_kit.targets._prepare.prepare` reads."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.name = str(config["spec"])
        self._config = {**config, "memory": MEMORY}
        self._ground = Ground(config["cwd"])
        self._host: Host | None = Host(self._config)
        self.kind = self._host.kind
        self._timeout = timeout_of(self.kind, config["timeout"])
        self._watch = self._timeout + (_APP_PATIENCE if self.kind in ENDPOINTS else 0.0)
        self._line: _Line | None = None
        self._closed = False

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """See :meth:`Target.exchange`; replies come in the order of the deliveries."""
        source = _Source(deliveries)
        line: _Line | None = None
        try:
            while True:
                if (line is None or not line.sent) and source.next_is_fresh():
                    yield self._alone(source.pull())
                    continue
                while (line is None or line.wants_more()) and source.next_is_usual():
                    line = self._ready_line()
                    line.give(source.batch(min(line.room(), _BATCH)))
                if line is None or not line.sent:
                    return
                answers, left = self._listen(line)
                if left is not None:
                    source.put_back(left)
                    line = None
                yield from answers
        finally:
            if self._line is not None and self._line.sent:
                self._drop()

    def _ready_line(self) -> _Line:
        if self._line is not None and not self._line.sent and self._line.hung_up():
            self._drop()  # it ended between two exchanges: a thread of its own, or somebody outside
        if self._line is None:
            self._line = self._connect()
        return self._line

    def _connect(self) -> _Line:
        """A new worker, on a new host if the old one is gone."""
        if self._closed:
            raise UsageError(f"{self.name} is closed")
        for _ in range(2):
            if self._host is None:
                self._host = Host(self._config)
            try:
                return _Line(self._host.fork(), plain=self.kind not in ENDPOINTS)
            except HostGone:
                self._host.close()
                self._host = None
        raise TargetError(f"{self.name}: no process can be started for it")

    def _listen(self, line: _Line) -> tuple[list[tuple[Delivery, Reply]], list[Delivery] | None]:
        """The next answers. The second is what must be given again where the worker is no more."""
        found = line.answers(self._watch)
        if found:
            if line.swollen or any(reply.exception == "MemoryError" for _, reply in found):
                left = list(line.sent)
                line.sent.clear()
                self._drop()
                return found, left
            return found, None
        elapsed = time.monotonic() - line.since
        if line.ended:
            found = line.leftover()
            reply = self._crashed(self._drop(_GRACE), elapsed)
        else:
            found, reply = self._hung(line, elapsed)
        left = list(line.sent)
        line.sent.clear()
        late = sum(given.elapsed for _, given in found) > self._watch / 2
        if left and not (late and reply.outcome == "timed_out"):
            found.append((left.pop(0), reply))
        return found, left

    def _hung(self, line: _Line, elapsed: float) -> tuple[list[tuple[Delivery, Reply]], Reply]:
        """End the worker: what it had done all the same, and the reply to what it was at."""
        assert self._host is not None
        where = where_dumped(self._host.dump(line.worker.pid), self._ground)
        self._line = None
        ending = self._host.end(line.worker)
        found = line.leftover()
        line.worker.hang_up()
        if not ending.killed and line.worker.death is None:
            # It ended unseen: a copy of it, that it forked, held the line open. Where its death is seen, it was
            # alive a moment ago, and ends now because we hang up: it is late, and no more.
            return found, self._crashed(ending, elapsed)
        return found, Reply(
            outcome="timed_out",
            where=where,
            elapsed=elapsed,
            detail=f"no answer within {self._timeout:g} s; the process was killed",
        )

    def _crashed(self, ending: Ending, elapsed: float) -> Reply:
        stack = ending.dump if "File " in ending.dump else ending.tail
        fatal = ending.status is not None and os.WIFSIGNALED(ending.status)
        return Reply(
            outcome="crashed",
            where=where_dumped(stack, self._ground) if fatal else None,
            elapsed=elapsed,
            detail=_obituary(ending),
        )

    def _drop(self, grace: float = 0.0) -> Ending:
        """End the current worker."""
        line, self._line = self._line, None
        assert line is not None
        if self._host is None:
            line.worker.hang_up()
            return Ending(None, "", "")
        line.worker.hang_up()
        return self._host.end(line.worker, grace)

    def _alone(self, delivery: Delivery) -> tuple[Delivery, Reply]:
        """One delivery to a process of its own."""
        usual, self._line = self._line, None
        try:
            self._line = line = self._connect()
            line.give([delivery])
            answers, _ = self._listen(line)
            if self._line is not None and self._host is not None:
                self._host.end_later(self._line.worker)
                self._line = None
            return answers[0]
        finally:
            if self._line is not None:
                self._drop()
            self._line = usual

    def constants(self) -> Mined:
        """See :func:`contract_kit.targets.constants`."""
        with contextlib.suppress(HostGone):
            if self._host is not None:
                return self._host.constants()
        return (), (), ()

    def close(self) -> None:
        """End the host and its workers."""
        self._closed = True
        if self._line is not None:
            self._line.worker.hang_up()
            self._line = None
        if self._host is not None:
            self._host.close()
            self._host = None


def _obituary(ending: Ending) -> str:
    """One sentence on how a worker ended."""
    from contract_kit.targets._child import BROKEN_CHANNEL

    words = [line.strip() for line in ending.tail.splitlines() if line.strip()]
    last = f"; its last words: {words[-1][:200]}" if words else ""
    if ending.status is None:
        return "it killed the process that started it"
    code = os.waitstatus_to_exitcode(ending.status)
    if code in {BROKEN_CHANNEL, -signal.SIGKILL}:
        return f"the process closed the descriptors that it answers through, or was killed{last}"
    if code < 0:
        return f"the process died of {signal.Signals(-code).name}{last}"
    return f"the process ended itself with exit code {code}{last}"


class _Source:
    """Deliveries pulled one ahead, so that a batch can stop before one that wants a fresh process."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self._iterator = iter(deliveries)
        self._held: deque[Delivery] = deque()

    def has_more(self) -> bool:
        if not self._held:
            self._held.extend(_first(self._iterator))
        return bool(self._held)

    def next_is_fresh(self) -> bool:
        return self.has_more() and self._held[0].fresh

    def next_is_usual(self) -> bool:
        return self.has_more() and not self._held[0].fresh

    def pull(self) -> Delivery:
        return self._held.popleft()

    def batch(self, room: int) -> list[Delivery]:
        """At most ``room`` deliveries, and no more bytes than a socket takes with ease; no fresh one."""
        batch: list[Delivery] = []
        size = 0
        while len(batch) < room and size < _MOST_BYTES and self.next_is_usual():
            batch.append(self._held.popleft())
            size += len(batch[-1].body)
        return batch

    def put_back(self, deliveries: list[Delivery]) -> None:
        self._held.extendleft(reversed(deliveries))


def _first(iterator: Iterator[Delivery]) -> list[Delivery]:
    for item in iterator:
        return [item]
    return []


class _Line:
    """The connection to one worker: ``sent`` are the deliveries without an answer, oldest first.

    ``swollen``: what the consumer returns grows from body to body, as where it keeps a list of them. All that it keeps
    would be read and compared again with each, so another worker goes on. ``since`` is the moment from which the
    oldest of them has surely been in work. Times are measured from
    what is read here, so a caller that comes back late finds the answers that wait, and only then looks at
    the clock.
    """

    def __init__(self, worker: Worker, *, plain: bool) -> None:
        self.worker = worker
        self.sent: deque[Delivery] = deque()
        self.since = 0.0
        self.ended = self.swollen = False
        self._usual, self._first = 0, _FIRST_ANSWERS
        self._greeted = not worker.greets
        self._plain = plain
        self._out = bytearray()
        self._inbox = Inbox()
        self._received = 0
        self._fd = worker.sock.fileno()
        self._pace = 0.0
        self._poll = select.poll()
        self._poll.register(worker.sock, select.POLLIN)
        if worker.death is not None:
            self._poll.register(worker.death, select.POLLIN)
        worker.sock.setblocking(False)

    def room(self) -> int:
        """How many more deliveries keep the worker busy while we think: a few milliseconds' work."""
        most = int(_AHEAD_SECONDS / self._pace) if self._pace else _FIRST_AHEAD
        return max(1, min(_MOST_AHEAD, most) - len(self.sent))

    def wants_more(self) -> bool:
        return not self._out and self.room() >= min(_BATCH, 2 * len(self.sent))

    def hung_up(self) -> bool:
        return bool(self._poll.poll(0))

    def give(self, batch: list[Delivery]) -> None:
        if not batch:
            return
        if not self.sent:
            self.since = time.monotonic()
        items = list(map(item_of if self._plain else app_item_of, batch))
        self.sent.extend(batch)
        self._out += pack(items)
        self._push()

    def _push(self) -> None:
        try:
            done = self.worker.sock.send(self._out)
        except BlockingIOError:
            done = 0
        except OSError:  # it is gone; what it said last is read first
            done = len(self._out)
        del self._out[:done]
        self._poll.modify(self.worker.sock, select.POLLIN | (select.POLLOUT if self._out else 0))

    def answers(self, timeout: float) -> list[tuple[Delivery, Reply]]:
        """What has come, at least one; none where the worker has ended (``ended``) or hangs."""
        while True:
            limit = timeout + LULL if self._greeted else IMPORT_LIMIT
            left = self.since + limit - time.monotonic()
            ready = dict(self._poll.poll(max(0.0, left) * 1000))
            if not ready and left <= 0:
                return []
            if ready.get(self._fd, 0) & select.POLLOUT:
                self._push()
            dead = self.worker.death in ready  # what it said before is read to its end
            if not dead and not ready.get(self._fd, 0) & ~select.POLLOUT:
                continue
            try:
                data = self.worker.sock.recv(1 << 16)
            except BlockingIOError:
                if not dead:
                    continue
                data = b""
            except OSError:
                data = b""
            if not data:
                self.ended = True
                return []
            found = self._take(data)
            if found:
                return found

    def leftover(self) -> list[tuple[Delivery, Reply]]:
        """What a worker that is no more had said and is not read."""
        data = b""
        with contextlib.suppress(OSError):
            while more := self.worker.sock.recv(1 << 16):
                data += more
        found = self._take(data)
        return found + self._take(self.worker.journal.rest(self._received))

    def _take(self, data: bytes) -> list[tuple[Delivery, Reply]]:
        found: list[tuple[Delivery, Reply]] = []
        self._received += len(data)
        for told in self._inbox.feed(data):
            if told == "hello":
                self._greeted = True
            elif type(told) is tuple:
                raise_error(told)
            else:
                delivery = self.sent.popleft()
                found.append((delivery, reply_from(told, delivery)))
                self._weigh(self._inbox.size, len(delivery.body))
        self.since = time.monotonic()
        if found:
            pace = sum(reply.elapsed for _, reply in found) / len(found) + 2e-5
            self._pace = pace if not self._pace else 0.8 * self._pace + 0.2 * pace
        return found

    def _weigh(self, answer: int, body: int) -> None:
        """Notice an answer that is large for its body and for what this worker answered first; in bytes."""
        if self._first:
            self._first -= 1
            self._usual = max(self._usual, answer)
        elif answer > _LARGE_ANSWER + 8 * body + 2 * self._usual:
            self.swollen = True
