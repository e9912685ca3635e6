"""Results go to standard output or to a file: streamed, and a file whole or not at all."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

from contract_kit.cli._base import STDOUT
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from contract_kit.cli._base import State

__all__ = ["as_array", "destination", "replace_file", "write_stdout"]

_AT_ONCE = 1 << 16


def write_stdout(pieces: Iterable[bytes], state: State) -> None:
    """Write pieces to standard output as they come, a few at a time."""
    if sys.stdout is None:
        return
    state.writing = STDOUT
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
    from contract_kit.report import check_place

    check_place(path)
    return path


def replace_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside its place and rename it; ``UsageError`` where the disk refuses."""
    from contract_kit.report import beside

    try:
        with beside(path) as out:
            _pump(pieces, out)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write {str(path)!r}: {reason}") from error
