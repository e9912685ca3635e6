"""What a worker had said and not sent is read when it is dead, once, wherever it died."""

from __future__ import annotations

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.targets._journal import Journal, Outbox, make_journal


class Dead(Exception):
    """The worker dies here."""


class Line:
    """A socket that carries ``most`` bytes and then ends the worker."""

    def __init__(self, most: int) -> None:
        self.carried = b""
        self._most = most

    def send(self, data: bytes) -> int:
        return len(data)

    def sendall(self, data: bytes) -> None:
        room = self._most - len(self.carried)
        self.carried += data[:room]
        if len(data) > room:
            raise Dead


def ends() -> tuple[Journal, Journal]:
    fd = make_journal()
    return Journal(os.dup(fd)), Journal(fd)


@given(
    frames=st.lists(st.binary(min_size=1, max_size=40_000), max_size=12),
    flushes=st.sets(st.integers(0, 12)),
    most=st.integers(0, 200_000),
)
def test_all_that_was_said_is_there_once(frames, flushes, most):
    """What was carried and what was kept are, together, what was said: to the byte, though the line broke."""
    theirs, ours = ends()
    line = Line(most)
    outbox = Outbox(line, theirs)
    said = []
    try:
        for number, frame in enumerate(frames):
            said.append(frame)
            outbox.say(frame)
            if number in flushes:
                outbox.flush()
    except Dead:
        pass
    found = line.carried + ours.rest(len(line.carried))
    whole = b"".join(said)
    assert found == whole[: len(found)]
    assert len(found) >= len(whole) - (len(said[-1]) if said else 0)
    theirs.close()
    ours.close()


def test_a_line_that_is_closed_is_known_at_the_next_word():
    """Not at the end of the batch: the case that closed it is the one that is told of."""
    theirs, ours = ends()
    mine, other = socket.socketpair()
    outbox = Outbox(mine, theirs)
    outbox.say(b"one")
    os.close(mine.detach())
    with pytest.raises(OSError):
        outbox.say(b"two")
    other.close()
    theirs.close()
    ours.close()
