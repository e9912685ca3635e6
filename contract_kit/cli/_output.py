"""Results go to standard output or to a file: streamed, and a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from contract_kit.cli._base import State

__all__ = ["as_array", "beside", "destination", "replace_file", "write_stdout"]

_AT_ONCE = 1 << 16


def write_stdout(pieces: Iterable[bytes], state: State) -> None:
    """Write pieces to standard output as they come, a few at a time."""
    if sys.stdout is None:
        return
    state.writing = "to standard output"
    sys.stdout.flush()
    _pump(pieces, sys.stdout.buffer, steady=sys.stdout.isatty())
    sys.stdout.buffer.flush()
    state.writing = None


def _pump(pieces: Iterable[bytes], out: IO[bytes], *, steady: bool = False) -> None:
    held = bytearray()
    for piece in pieces:
        held += piece
        if steady or len(held) >= _AT_ONCE:
            out.write(held)
            held.clear()
    out.write(held)


def as_array(items: Iterable[bytes]) -> Iterator[bytes]:
    """JSON items as one array, an item a line."""
    before = b"[\n"
    for item in items:
        yield before + item
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def destination(path: Path) -> Path:
    """``path``, where a file can be made there; ``UsageError`` where not, before any work is done."""
    if path.is_dir():
        raise UsageError(f"cannot write {str(path)!r}: it is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {str(path)!r}: there is no directory {str(path.parent)!r}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write {str(path)!r}: no permission to write to {str(path.parent)!r}")
    return path


def replace_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside its place and rename it; ``UsageError`` where the disk refuses."""
    try:
        with beside(path) as out:
            _pump(pieces, out)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write {str(path)!r}: {reason}") from error


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` when all went well, and is gone when not."""
    if path.exists() and not path.is_file():  # a pipe or a device cannot be renamed onto
        with path.open("wb") as out:
            yield out
        return
    beside = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as out:
            yield out
        beside.replace(path.resolve() if path.is_symlink() else path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
