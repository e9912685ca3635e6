"""What runs on the other side: the host that imports the target once, and the workers that it forks.

The host is told everything over a control socket (see :mod:`contract_kit.targets._host`). It imports the
target, then forks a worker whenever one is wanted: a worker that replaces a hung one, or that has seen no
delivery before, costs a fork and not an import. While it waits it drains what workers print, so that no
consumer blocks on its own output, and keeps the end of it.

Where the import leaves threads running, a fork would copy locks that nobody opens again: then the host is
``lazy``, imports nothing, and each worker imports the target for itself.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import gc
import os
import select
import signal
import socket
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractKitError
from contract_kit.model import ENDPOINTS
from contract_kit.targets._journal import Journal, Outbox
from contract_kit.targets._prepare import Prepared, prepare
from contract_kit.targets._tell import tell
from contract_kit.targets._wire import Inbox, delivery_of, pack, pack_reply, receive

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BROKEN_CHANNEL", "dump_signal", "main", "serve"]

BROKEN_CHANNEL = 97
"""Exit status of a worker that can no longer answer: the consumer closed what was not its own."""
_TAIL = 16_384
_GRACE = 0.02
_HIGH = 64
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def dump_signal() -> int:
    """The signal that asks a worker where it stands; one that programs hardly ever use."""
    return signal.SIGRTMAX - 3 if hasattr(signal, "SIGRTMAX") else signal.SIGUSR2


def main(control: int, output: int, dump: int) -> None:
    """The host, from its first word to its last; ends with the process that started it."""
    channel = socket.socket(fileno=_lift(control))
    config = receive(channel)
    sys.path[:] = config["imports"]
    if config["deathsig"]:
        _die_with_parent(config["parent"])
    dump = _lift(dump)
    host = _Host(channel, _lift(output), dump, config)
    _watch_stack(dump)
    try:
        host.prepare()
        host.run()
    except (EOFError, OSError):
        pass
    finally:
        host.end_all()
        os.killpg(0, signal.SIGKILL)  # whatever the target started when it was imported, and this process


def _lift(fd: int) -> int:
    """The descriptor as a high number, out of the way of a consumer that closes low ones by the dozen."""
    import fcntl
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    floor = max(_HIGH, min(soft if soft > 0 else 1024, 1024) - _HIGH)
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, floor)
    os.close(fd)
    return high


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the closed socket does the same, a moment later."""
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


@functools.cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _die_with_parent(parent: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _watch_stack(dump: int) -> None:
    """Segfaults and the dump signal write the stack to ``dump``: in C, so also while the GIL is held."""
    faulthandler.enable(file=dump, all_threads=False)
    faulthandler.register(dump_signal(), file=dump, all_threads=False, chain=False)


class _Host:
    def __init__(self, channel: socket.socket, output: int, dump: int, config: dict[str, Any]) -> None:
        # A parent that was started in the background hands on an interrupt that is ignored: a consumer has its own.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.channel, self.output, self.dump, self.config = channel, output, dump, config
        self.prepared: Prepared | None = None
        self.workers: set[int] = set()
        self.kept: set[int] = set()
        self.tail = bytearray()

    def prepare(self) -> None:
        """Import the target (unless lazy) and say how that went."""
        if not self.config["lazy"]:
            try:
                self.prepared = prepare(self.config)
            except ContractKitError as error:
                self.channel.sendall(pack(("error", type(error).__name__, str(error))))
                raise EOFError from None
        os.set_blocking(self.output, False)
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self.kept = _children()
        gc.collect()
        gc.freeze()  # a collection in a worker then leaves the shared pages alone
        kind = self.prepared.kind if self.prepared else ""
        self.channel.sendall(pack(("ready", kind, threading.active_count() > 1)))

    def run(self) -> None:
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        poll.register(self.output, select.POLLIN)
        while True:
            ready = {fd for fd, _ in poll.poll()}
            if self.output in ready:
                self.drain()
            if self.channel.fileno() in ready:
                self.obey()

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.output, 1 << 18):
                self.tail += data
                del self.tail[:-_TAIL]
                if len(data) < 1 << 16:
                    break

    def obey(self) -> None:
        """One command, one answer: the parent waits for it before it sends the next."""
        data, fds, _, _ = socket.recv_fds(self.channel, 4096, 2)
        if not data:
            raise EOFError
        for command in Inbox().feed(data):
            match command:
                case ("fork", doomed):
                    self.channel.sendall(pack(self.fork(*fds)))
                    for pid in doomed:
                        self.end(pid, _GRACE)
                case ("end", pid, grace):
                    self.channel.sendall(pack(self.end(pid, grace)))
                case ("constants",):
                    self.tell_constants()
                case _:
                    raise EOFError

    def tell_constants(self) -> None:
        """Answer with the target's constants; a lazy host has a child of its own look for them."""
        from contract_kit.targets._constants import mine

        if self.prepared is not None:
            self.channel.sendall(pack(mine(self.prepared.module, self.prepared.ground)))
            return
        pid = os.fork()
        if not pid:
            try:
                prepared = prepare(self.config)
                self.channel.sendall(pack(mine(prepared.module, prepared.ground)))
                os._exit(0)
            finally:
                os._exit(1)
        if os.waitpid(pid, 0)[1]:
            self.channel.sendall(pack(((), (), ())))

    def fork(self, line: int, journal: int) -> int:
        self.tail.clear()
        mother = os.getpid()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of threads of native libraries
            pid = os.fork()
        if pid:
            os.close(line)
            os.close(journal)
            self.workers.add(pid)
            return pid
        try:
            self.be_worker(line, journal, mother)
        finally:
            os._exit(BROKEN_CHANNEL)

    def be_worker(self, line: int, journal: int, mother: int) -> None:
        self.channel.close()
        os.close(self.output)
        os.setpgid(0, 0)
        _die_with_parent(mother)
        _watch_stack(self.dump)
        _limit_memory(self.config["memory"])
        sock = socket.socket(fileno=_lift(line))
        outbox = Outbox(sock, Journal(journal))
        try:
            prepared = self.prepared or prepare(self.config)
            prepared.start()
        except ContractKitError as error:
            outbox.say(pack(("error", type(error).__name__, str(error))))
            outbox.flush()
            return
        if self.prepared is None or prepared.kind in ENDPOINTS:
            outbox.say(pack("hello"))
            outbox.flush()
        serve(sock, outbox, prepared, os._exit)

    def end(self, pid: int, grace: float) -> tuple[int, bytes, bool]:
        """Wait a moment for a worker's own end, then kill it and all that it started.

        (wait status, last output, whether it had to be killed)
        """
        deadline = time.monotonic() + grace
        ended, status = os.waitpid(pid, os.WNOHANG)
        while not ended and time.monotonic() < deadline:
            time.sleep(0.001)
            ended, status = os.waitpid(pid, os.WNOHANG)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        if not ended:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # it may not have made its group yet
            status = os.waitpid(pid, 0)[1]
        self.workers.discard(pid)
        self.end_orphans()
        self.drain()
        return status, bytes(self.tail), not ended

    def end_orphans(self) -> None:
        """Kill what dead workers left behind in groups of its own: it is our child now."""
        for pid in _children() - self.workers - self.kept:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def end_all(self) -> None:
        for pid in tuple(self.workers):
            with contextlib.suppress(OSError):
                self.end(pid, 0)


def _children() -> set[int]:
    """The pids of this process's children, where the system tells (Linux)."""
    try:
        listing = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
        return {int(pid) for pid in listing.split()}
    except OSError:
        return set()


def _limit_memory(more: int) -> None:
    """So many bytes more than now, and the first to go when the machine has none left (Linux)."""
    if sys.platform != "linux":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        statm = Path("/proc/self/statm").read_text(encoding="ascii")
        data = int(statm.split()[5]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = data + more
        # Private writable memory, not address space: libraries reserve that by the gigabyte.
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def serve(sock: socket.socket, outbox: Outbox, prepared: Prepared, leave: Callable[[int], Any]) -> None:
    """Answer batch after batch until the parent hangs up.

    A batch is a list of what :func:`~contract_kit.targets._wire.item_of` makes (parsers and models) or
    :func:`~contract_kit.targets._wire.app_item_of` (apps).
    """
    me, limit, collecting = os.getpid(), sys.getrecursionlimit(), gc.isenabled()
    answer = _answering(prepared)
    inbox = Inbox()
    try:
        while data := sock.recv(1 << 18):
            for batch in inbox.feed(data):
                for item in batch:
                    frame = answer(item)
                    if os.getpid() != me:
                        leave(0)  # the consumer has forked, and this is the copy
                    sys.setrecursionlimit(limit)
                    if collecting and not gc.isenabled():
                        gc.enable()
                    outbox.say(frame)
                outbox.flush()
    except OSError:
        leave(BROKEN_CHANNEL)
    leave(0)


def _answering(prepared: Prepared) -> Callable[[Any], bytes]:
    """What makes the frame that answers an item."""
    if prepared.parts is not None:
        call, rejects, ground = prepared.parts
        return lambda item: (
            tell(call, rejects, ground, item) if type(item) is bytes else tell(call, rejects, ground, *item)
        )
    return lambda item: pack_reply(prepared.answer(delivery_of(item)))
