"""Samples as Parquet: nested columns of the contract's own types, one file or a directory of parts.

A part holds a fixed stretch of the sequence, so that the same rows lie in the same file whoever made them.
Values go through Arrow's record batches, which worker processes make and this one writes.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contract_kit.cli._columns import Columns, columns_of
from contract_kit.cli._generate_make import blocks, source_of
from contract_kit.cli._output import destination
from contract_kit.errors import UsageError
from contract_kit.report import beside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contract_kit.cli._generate_make import Job

__all__ = ["PARTITION", "write_parquet"]

PARTITION = "contract_event"
"""The column that a directory's parts are partitioned by, as Hive, Spark and DuckDB read it from their path."""
_ROWS = 8192
_PART = 32 * _ROWS
"""Rows of a group, which is what a worker makes at a time, and of a part."""


def write_parquet(job: Job, count: int, start: int, workers: int, out: Path) -> None:
    """Write ``count`` items from ``start`` on to the file ``out``, or below the directory where it has no suffix.

    A directory gets ``contract_event=NAME/part-00000.parquet`` and so on; parts that it had of this event go.
    A file, and all the parts of an event, take their place when everything is written, or not at all.
    ``UsageError`` where pyarrow is missing or the disk refuses.
    """
    _pyarrow()
    whole = out.suffix.lower() == ".parquet"
    if whole:
        destination(out)
    elif out.exists() and not out.is_dir():
        raise UsageError(f"cannot write {str(out)!r}: it is a file; a Parquet file is named *.parquet")
    schema = _columns(job).schema
    try:
        with blocks(_Batches(job), start, count, size=_ROWS, workers=workers) as made:
            if whole:
                with beside(out) as file:
                    _write(file, schema, made)
            else:
                _write_parts(out / f"{PARTITION}={_for_path(job.event)}", schema, made)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot write {str(out)!r}: {reason}") from error


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow: pip install 'contract-kit[parquet]'") from None
    return pa


def _for_path(event: str) -> str:
    """An event's name as Hive writes the value of a partition: what a path gives a meaning to is escaped."""
    return "".join(
        c if c.isalnum() or c in "._-" else "".join(f"%{b:02X}" for b in c.encode()) for c in event
    )


@lru_cache(maxsize=1)
def _columns(job: Job) -> Columns:
    source = source_of(job)
    return columns_of(source.terms, cases=not source.realistic)


@dataclass(frozen=True, slots=True)
class _Batches:
    """Makes slices as Arrow streams of one record batch."""

    job: Job

    def __call__(self, first: int, count: int) -> bytes:
        columns = _columns(self.job)
        arrow = _pyarrow()
        sink = arrow.BufferOutputStream()
        with arrow.ipc.new_stream(sink, columns.schema) as stream:
            stream.write_batch(columns.batch(source_of(self.job).values(first, count)))
        return bytes(sink.getvalue())


def _write(file: Any, schema: Any, made: Iterator[bytes]) -> None:
    arrow = _pyarrow()
    with arrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for block in made:
            writer.write_table(arrow.ipc.open_stream(block).read_all(), row_group_size=_ROWS)


def _write_parts(folder: Path, schema: Any, made: Iterator[bytes]) -> None:
    with _swapped(folder) as new:
        stream, number = iter(made), 0
        block = next(stream, None)
        while block is not None or number == 0:
            with (new / f"part-{number:05}.parquet").open("xb") as file:
                block = _write_part(file, schema, block, stream)
            number += 1


def _write_part(file: Any, schema: Any, block: bytes | None, stream: Iterator[bytes]) -> bytes | None:
    """Fill one part, beginning with ``block``; the first block of the next one."""
    following: list[bytes | None] = [None]

    def rows() -> Iterator[bytes]:
        current = block
        for _ in range(_PART // _ROWS):
            if current is None:
                return
            yield current
            current = next(stream, None)
        following[0] = current

    _write(file, schema, rows())
    return following[0]


def _only_parts(folder: Path) -> None:
    foreign = [one.name for one in folder.iterdir() if not one.name.startswith("part-")]
    if foreign:
        raise UsageError(f"{str(folder)!r} holds what is no part of ours: {min(foreign)}")


@contextmanager
def _swapped(folder: Path) -> Iterator[Path]:
    """A new directory that takes the place of ``folder`` when all went well, and is gone when not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f".{secrets.token_hex(8)}.tmp")
    old = folder.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        new.mkdir()
        yield new
        if folder.exists():
            _only_parts(folder)
            folder.rename(old)
        os.replace(new, folder)  # noqa: PTH105 (Path.replace says "file")
    except BaseException:
        if old.exists() and not folder.exists():
            with suppress(OSError):
                old.rename(folder)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
