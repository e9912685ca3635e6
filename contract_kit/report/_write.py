"""Report files: whole or not at all, and refused before the run where they could not be written."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from contract_kit.errors import UsageError
from contract_kit.report._escape import visible
from contract_kit.report._redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contract_kit.model import RunResult

__all__ = ["beside", "check_place", "check_report_paths", "write_reports"]


def _json(result: RunResult) -> bytes:
    from contract_kit.report._json import json_bytes

    return json_bytes(result)


def _junit(result: RunResult) -> bytes:
    from contract_kit.report._junit import to_junit

    return to_junit(result).encode()


def _html(result: RunResult) -> bytes:
    from contract_kit.report._html import to_html

    return to_html(result).encode()


_WRITERS: dict[str, Callable[[RunResult], bytes]] = {".json": _json, ".xml": _junit, ".html": _html}


def check_report_paths(paths: Sequence[Path | str]) -> tuple[Path, ...]:
    """``paths`` as they will be written; :class:`UsageError` where one has no known suffix or no place.

    Called before the run: nobody wants to lose a run's findings to a typing error.
    """
    checked: list[Path] = []
    for path in map(Path, paths):
        shown = visible(str(path))
        if path.suffix.lower() not in _WRITERS:
            known = ", ".join(_WRITERS)
            msg = f"cannot tell the format of report {shown!r}: its name must end in one of {known}"
            raise UsageError(msg)
        check_place(path, "report ")
        if any(path.absolute() == other.absolute() for other in checked):
            msg = f"report {shown!r} is named twice"
            raise UsageError(msg)
        checked.append(path)
    return tuple(checked)


def write_reports(
    result: RunResult, paths: Sequence[Path | str], *, redactor: Redactor | None = None
) -> None:
    """Write the run to each of ``paths``, the format by suffix, without secrets.

    A file is written beside its place and renamed: readers see the old one or the whole new one. All
    formats are rendered before the first is written. :class:`UsageError` where a path cannot be used.
    """
    checked = check_report_paths(paths)
    clean = (redactor or Redactor()).result(result)
    rendered = [(path, _WRITERS[path.suffix.lower()](clean)) for path in checked]
    for path, data in rendered:
        try:
            with beside(path) as file:
                file.write(data)
        except OSError as error:
            msg = f"cannot write report {visible(str(path))!r}: {error.strerror or error}"
            raise UsageError(msg) from error


def check_place(path: Path, what: str = "") -> None:
    """``UsageError`` where no file can be made at ``path``; ``what`` it would be stands before its name."""
    shown, folder = f"{what}{visible(str(path))!r}", visible(str(path.parent))
    if path.is_dir():
        raise UsageError(f"cannot write {shown}: it is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {shown}: there is no directory {folder!r}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write {shown}: no permission to write to {folder!r}")


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` when all went well, and is gone when not.

    The usual permissions (umask) hold; a link stays one.
    """
    if path.exists() and not path.is_file():  # a pipe or a device cannot be renamed onto
        with path.open("wb") as out:
            yield out
        return
    # The name's own length may be at the file system's limit: a short one of ours stands in.
    new = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with new.open("xb") as out:
            yield out
        new.replace(path.resolve() if path.is_symlink() else path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
