"""Answers on their way from a worker: several at once, and none lost with the process that made them.

To send an answer wakes the parent, and for each alone that would cost as much as many a consumer takes for a
body. So answers wait a moment in memory that both processes see. Whatever becomes of the worker, what it had not
sent is found there, and it is known which delivery it was at.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import tempfile
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

__all__ = ["LULL", "Journal", "Outbox", "make_journal"]

LULL = 0.0005
"""Seconds that an answer waits for others, at most, while the worker has more to do."""
_WORD = struct.Struct("@Q")
_START, _LENGTH, _FRAMES = 0, _WORD.size, 2 * _WORD.size
"""Where the memory holds how much was sent before what is kept, how much is kept, and what."""
_SIZE = 1 << 16
_ROOM = _SIZE - _FRAMES


def make_journal() -> int:
    """The descriptor of a new journal's memory, which its two ends map."""
    if sys.platform == "linux":
        fd = os.memfd_create("contract-kit")
    else:
        with tempfile.TemporaryFile() as file:
            fd = os.dup(file.fileno())
    os.truncate(fd, _SIZE)
    return fd


class Journal:
    """One end of a journal.

    It is written word by word, in an order that leaves it right wherever the writer dies.
    """

    def __init__(self, fd: int) -> None:
        self._memory = mmap.mmap(fd, _SIZE)
        os.close(fd)

    def keep(self, kept: int, frame: bytes) -> None:
        """Put ``frame`` behind the ``kept`` bytes that are there."""
        at = _FRAMES + kept
        self._memory[at : at + len(frame)] = frame
        _WORD.pack_into(self._memory, _LENGTH, kept + len(frame))

    def turn(self, sent: int) -> None:
        """Begin anew, after ``sent`` bytes in all have been sent."""
        _WORD.pack_into(self._memory, _LENGTH, 0)
        _WORD.pack_into(self._memory, _START, sent)

    def rest(self, received: int) -> bytes:
        """What a dead worker had kept, but for what is among the first ``received`` bytes of all."""
        (start,) = _WORD.unpack_from(self._memory, _START)
        (length,) = _WORD.unpack_from(self._memory, _LENGTH)
        return self._memory[_FRAMES + max(0, received - start) : _FRAMES + length]

    def close(self) -> None:
        """Free the memory."""
        self._memory.close()


class Outbox:
    """The worker's end of the line."""

    def __init__(self, sock: socket.socket, journal: Journal) -> None:
        self._sock, self._journal = sock, journal
        self._kept = bytearray()
        self._sent = 0
        self._since = 0.0

    def say(self, frame: bytes) -> None:
        """Keep a frame to be sent, or send what there is. ``OSError`` where the line is closed."""
        self._sock.send(b"")  # a consumer that closes what is not its own is known by the case that did it
        if len(self._kept) + len(frame) > _ROOM:
            self.flush()
        if len(frame) > _ROOM:
            self._send(frame)
            return
        self._journal.keep(len(self._kept), frame)
        self._kept += frame
        if perf_counter() - self._since > LULL:
            self.flush()

    def flush(self) -> None:
        """Send what is kept."""
        if self._kept:
            self._send(self._kept)
            self._kept.clear()
        self._since = perf_counter()

    def _send(self, frames: bytes | bytearray) -> None:
        self._sock.sendall(frames)
        self._sent += len(frames)
        self._journal.turn(self._sent)
