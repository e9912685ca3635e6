"""The parent's end of the host process: start it, have workers forked and ended, ask where one stands.

See :mod:`contract_kit.targets._child` for what runs there. Every command waits for its answer.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import ENDPOINTS
from contract_kit.targets._frames import Ground, where_dumped
from contract_kit.targets._journal import Journal, make_journal
from contract_kit.targets._wire import pack, receive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.model import TargetKind
    from contract_kit.targets._base import Mined

__all__ = ["Ending", "Host", "HostGone", "Worker", "raise_error"]

IMPORT_LIMIT = 120.0
"""Seconds that the import of a target may take before it counts as hung."""
_DUMP_LIMIT, _DUMP_QUIET = 0.5, 0.02
_CLOSING = 0.5
_BOOT = "import sys; sys.path[:0] = [{root!r}]; from contract_kit.targets._child import main; main({fds})"


class HostGone(Exception):
    """The host does not answer any more: somebody killed it."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that answers deliveries over ``sock``.

    One that ``greets`` says hello when it has imported or started the target, and only then is at work.
    ``death`` is a descriptor that is readable when the process has ended, where the system has such (Linux):
    the line itself may be held open by a copy that the consumer forked.
    """

    pid: int
    sock: socket.socket
    journal: Journal
    greets: bool
    death: int | None = None

    def hang_up(self) -> None:
        """Close our end; a worker that waits for the next batch then ends by itself."""
        if self.sock.fileno() >= 0:
            self.sock.close()
            self.journal.close()
            if self.death is not None:
                os.close(self.death)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended: ``status`` as ``os.wait`` has it (``None``: not known), ``tail`` what it said."""

    status: int | None
    tail: str
    dump: str
    killed: bool = False
    """Whether it was we who ended it."""


class Host:
    """One host process. ``kind`` is what the target turned out to be.

    Raises ``TargetError`` or ``UsageError`` where the target cannot be prepared, as the child words it.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = {**config, "lazy": False}
        self.kind: TargetKind
        self.kind, threads = self._start()
        if threads:  # a fork would copy their locks: start again, and let every worker import for itself
            self.close()
            self.config["lazy"] = True
            self._start()

    def _start(self) -> tuple[TargetKind, bool]:
        self._doomed: list[int] = []
        ours, theirs = socket.socketpair()
        output, printed = os.pipe()
        self._dump, dumped = os.pipe()
        os.set_blocking(self._dump, False)
        os.set_blocking(dumped, False)
        _widen(printed)
        inner = (theirs.fileno(), output, dumped)
        boot = _BOOT.format(root=str(Path(__file__).parents[2]), fds=", ".join(map(str, inner)))
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-P", "-c", boot],
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                cwd=self.config["cwd"],
                env={"PYTHONHASHSEED": "0", **os.environ},  # the same seed gives the same run
                pass_fds=inner,
                start_new_session=True,
            )
        except BaseException:
            for fd in (output, self._dump):
                os.close(fd)
            ours.close()
            raise
        finally:
            theirs.close()
            for fd in (printed, dumped):
                os.close(fd)
        self._channel, self._output = ours, output
        self._finish = weakref.finalize(self, _end_host, self._process, ours, (output, self._dump))
        try:
            return self._introduce()
        except BaseException:
            self.close()
            raise

    def _introduce(self) -> tuple[TargetKind, bool]:
        main = threading.current_thread() is threading.main_thread()
        hello = {**self.config, "parent": os.getpid(), "deathsig": main, "imports": sys.path}
        self._channel.sendall(pack(hello))
        tail = self._await_import()
        try:
            answer = receive(self._channel)
        except (EOFError, OSError):
            raise TargetError(self._import_ended(tail)) from None
        match answer:
            case ("ready", kind, threads):
                return kind, threads
            case ("error", _, _):
                raise_error(answer)
        raise TargetError(f"{self.config['spec']}: the child process said {answer!r}")

    def _await_import(self) -> bytes:
        """Read what the import prints, lest it block on it, until the host has something to say."""
        deadline = time.monotonic() + IMPORT_LIMIT
        tail = b""
        while True:
            channel, left = self._channel.fileno(), max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([channel, self._output], [], [], left)
            if self._output in ready:
                tail = (tail + os.read(self._output, 1 << 16))[-4096:]
            if channel in ready:
                return tail
            if not ready:
                where = self._place(self.dump(self._process.pid))
                raise TargetError(
                    f"importing {self.config['spec']} has not ended after {IMPORT_LIMIT:.0f} s"
                    + (f"; it is at {where}" if where else "")
                )

    def _import_ended(self, tail: bytes) -> str:
        code = self._process.wait()
        where = self._place(self._read_dump(0))
        words = [line for line in tail.decode("utf-8", "replace").splitlines() if line.strip()]
        how = f"with exit code {code}" if code >= 0 else f"with {signal.Signals(-code).name}"
        return (
            f"importing {self.config['spec']} ended the process {how}"
            + (f" at {where}" if where else "")
            + (f"; its last words: {words[-1].strip()[:200]}" if words else "")
        )

    def _place(self, dump: str) -> str | None:
        return where_dumped(dump, Ground(self.config["cwd"]))

    def _ask(self, command: tuple[Any, ...], fds: tuple[int, ...] = ()) -> Any:
        try:
            socket.send_fds(self._channel, [pack(command)], fds)
            return receive(self._channel)
        except (EOFError, OSError) as error:
            raise HostGone from error

    def fork(self) -> Worker:
        """A worker that has seen no delivery. ``HostGone`` where there is no host to fork it."""
        ours, theirs = socket.socketpair()
        journal = make_journal()
        try:
            self._read_dump(0)
            pid = self._ask(("fork", self._doomed), (theirs.fileno(), journal))
            self._doomed = []
        except BaseException:
            ours.close()
            os.close(journal)
            raise
        finally:
            theirs.close()
        death = None
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):  # an old kernel, or a sandbox that forbids it
                death = os.pidfd_open(pid)
        greets = self.config["lazy"] or self.kind in ENDPOINTS
        return Worker(pid, ours, Journal(journal), greets, death)

    def end(self, worker: Worker, grace: float = 0.0) -> Ending:
        """End a worker, unless it ends by itself within ``grace`` seconds."""
        try:
            status, tail, killed = self._ask(("end", worker.pid, grace))
        except HostGone:
            return Ending(None, "", self._read_dump(0), killed=True)
        return Ending(status, tail.decode("utf-8", "replace"), self._read_dump(0), killed)

    def end_later(self, worker: Worker) -> None:
        """Hang up on an idle worker; it is swept away when the next one has been forked."""
        worker.hang_up()
        self._doomed.append(worker.pid)

    def constants(self) -> Mined:
        """What :func:`contract_kit.targets.constants` finds."""
        strings, numbers, together = self._ask(("constants",))
        return strings, numbers, together

    def dump(self, pid: int) -> str:
        """The stack of a process's main thread at this moment; ``""`` if it does not say."""
        from contract_kit.targets._child import dump_signal

        self._read_dump(0)
        try:
            os.kill(pid, dump_signal())
        except ProcessLookupError:
            return ""
        return self._read_dump(_DUMP_LIMIT)

    def _read_dump(self, patience: float) -> str:
        """What stands in the dump pipe; waits up to ``patience`` seconds for a first word."""
        found = b""
        while select.select([self._dump], [], [], _DUMP_QUIET if found else patience)[0]:
            with contextlib.suppress(BlockingIOError):
                data = os.read(self._dump, 1 << 16)
                if not data:
                    break
                found += data
        return found.decode("utf-8", "replace")

    def close(self) -> None:
        """End the host and every worker of its, and wait for them."""
        self._finish()


def raise_error(told: tuple[str, str, str]) -> NoReturn:
    """Raise here what a child told as ("error", class, message)."""
    _, name, text = told
    kind = UsageError if name == "UsageError" else TargetError
    raise kind(text)


def _end_host(process: subprocess.Popen[bytes], channel: socket.socket, fds: tuple[int, ...]) -> None:
    """Hang up; the host kills its workers, then its own group. A host that does not is killed."""
    channel.close()
    try:
        process.wait(_CLOSING)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for fd in fds:
        os.close(fd)


def _widen(pipe: int) -> None:
    """Room for a megabyte of output, where the system lets us (Linux)."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
