"""A child process with its three pipes, none of which ever blocks us. POSIX only.

The child leads a process group of its own, so that whatever it started ends with it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["OUTPUT_LIMIT", "Process"]

OUTPUT_LIMIT = 8_388_608
"""Bytes of stdout that are read: more is no answer to one webhook."""
_ERRORS_KEPT = 65_536
_CHUNK = 65_536
_DRAINED = OUTPUT_LIMIT // _CHUNK
"""Reads after the end, at most: a process that it left behind may go on printing."""


class Process:
    """A running command. Register its pipes with a selector; give its events to :meth:`step`.

    ``out`` is what it has printed so far (a caller may cut it), ``flooded`` that it printed more than the
    limit. Raises :class:`OSError` where the command cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        selector: selectors.BaseSelector,
        *,
        cwd: str | None,
        env: Mapping[str, str],
    ) -> None:
        self._selector = selector
        self._popen = subprocess.Popen(  # noqa: S603 - the user's own command
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=dict(env),
            bufsize=0,
            start_new_session=True,
        )
        self.out = bytearray()
        self.flooded = False
        self._errors = bytearray()
        self._last_errors = bytearray()
        self._pending = memoryview(b"")
        self._close_after = False
        self._exit_fd: int | None = None
        assert self._popen.stdout is not None
        assert self._popen.stderr is not None
        assert self._popen.stdin is not None
        self._pipes: dict[str, IO[bytes]] = {
            "in": self._popen.stdin,
            "out": self._popen.stdout,
            "err": self._popen.stderr,
        }
        for name, pipe in self._pipes.items():
            os.set_blocking(pipe.fileno(), False)
            if name != "in":
                selector.register(pipe, selectors.EVENT_READ, (self, name))
        with contextlib.suppress(AttributeError, OSError):
            self._exit_fd = os.pidfd_open(self._popen.pid)
            selector.register(self._exit_fd, selectors.EVENT_READ, (self, "exit"))
        self._told = self._exit_fd is not None

    @property
    def tells_its_end(self) -> bool:
        """Whether the selector wakes when the child ends; else somebody must look."""
        return self._told

    @property
    def errors(self) -> str:
        """What it wrote to stderr; where that was very much, its beginning and its end."""
        gap = b"\n...\n" if self._last_errors else b""
        return (bytes(self._errors) + gap + bytes(self._last_errors)).decode("utf-8", "replace")

    def forget_errors(self) -> None:
        """What stderr said so far belongs to what is over."""
        self._errors.clear()
        self._last_errors.clear()

    def give(self, data: bytes, *, close: bool) -> None:
        """Write to its stdin as it reads; ``close`` it afterwards."""
        self._pending = memoryview(bytes(self._pending) + data)
        self._close_after = close
        self._write()

    def step(self, name: str) -> None:
        """One of its pipes is ready (``in``, ``out``, ``err``), or it ended (``exit``)."""
        if name == "in":
            self._write()
        elif name != "exit":
            self._read(name)
        elif self._exit_fd is not None:  # said once; it would wake us for ever
            self._forget_exit()

    def poll(self) -> int | None:
        """The exit code (negative: the signal), once it ended and all that it had printed is read."""
        code = self._popen.poll()
        if code is not None:
            for name in ("out", "err"):
                for _ in range(_DRAINED):
                    if not self._read(name):
                        break
        return code

    def kill(self) -> None:
        """End the whole process group, now, and free everything."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        for name in list(self._pipes):
            self._close(name)
        self._forget_exit()
        self._popen.wait()

    def _forget_exit(self) -> None:
        if self._exit_fd is not None:
            self._selector.unregister(self._exit_fd)
            os.close(self._exit_fd)
            self._exit_fd = None

    def end(self, seconds: float) -> None:
        """Close its stdin, let it end by itself for ``seconds``, then :meth:`kill` what is left."""
        self._close("in")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        self.kill()

    def _close(self, name: str) -> None:
        pipe = self._pipes.pop(name, None)
        if pipe is None:
            return
        with contextlib.suppress(KeyError):
            self._selector.unregister(pipe)
        with contextlib.suppress(OSError):
            pipe.close()

    def _write(self) -> None:
        pipe = self._pipes.get("in")
        if pipe is None:
            return
        try:
            while self._pending:
                self._pending = self._pending[os.write(pipe.fileno(), self._pending) :]
        except BlockingIOError:
            with contextlib.suppress(KeyError):
                self._selector.register(pipe, selectors.EVENT_WRITE, (self, "in"))
            return
        except OSError:  # it does not read its stdin: that is its own affair
            self._pending = memoryview(b"")
            self._close("in")
            return
        if self._close_after:
            self._close("in")
        else:
            with contextlib.suppress(KeyError):
                self._selector.unregister(pipe)

    def _read(self, name: str) -> bool:
        """Read once; true where there may be more."""
        pipe = self._pipes.get(name)
        if pipe is None:
            return False
        try:
            data = os.read(pipe.fileno(), _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._close(name)
            return False
        if name == "err":
            self._keep_errors(data)
            return True
        self.flooded = self.flooded or len(self.out) + len(data) > OUTPUT_LIMIT
        if not self.flooded:
            self.out += data
        return not self.flooded

    def _keep_errors(self, data: bytes) -> None:
        room = _ERRORS_KEPT - len(self._errors)
        self._errors += data[:room]
        if rest := data[room:]:
            self._last_errors += rest
            del self._last_errors[:-_ERRORS_KEPT]
