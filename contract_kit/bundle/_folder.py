"""The folder of a bundle: what may be replaced, and how it is swapped without ever being half there."""

from __future__ import annotations

import json
import secrets
import shutil
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError

from ._make import FORMAT, MANIFEST, OWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["files_in", "may_write", "put_in_place", "read_manifest"]

_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave behind; it stands in nobody's way."""


def may_write(folder: Path) -> None:
    """Refuse what must not be replaced: files, and folders that hold anything that is not ours."""
    if not folder.parent.is_dir():
        raise UsageError(f"cannot write {str(folder)!r}: there is no directory {str(folder.parent)!r}")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"cannot write {str(folder)!r}: it is a file")
    there = set(files_in(folder))
    if not there:
        return
    recorded = read_manifest(folder, hint="; choose an empty or a new directory")
    strange = sorted(there - OWN - {case["file"] for case in recorded["cases"]})
    if strange:
        some = ", ".join(strange[:3]) + (", …" if len(strange) > 3 else "")
        raise UsageError(f"will not replace {str(folder)!r}: {some} would be lost; move it away")


def files_in(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.name not in _LITTER and (path.is_symlink() or not path.is_dir()):
            yield path.relative_to(folder).as_posix()


def put_in_place(beside: Path, folder: Path) -> None:
    """Rename the new folder to its place; the old one comes back if that fails."""
    if not folder.exists():
        beside.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.old")
    folder.rename(old)
    try:
        beside.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def read_manifest(folder: Path, *, hint: str = "") -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_bytes())
        ours = found["bundle"] == "contract-kit"
        entries = [found["cases"], found["choice"], found["document"]["sha256"], found["event"]]
    except (OSError, ValueError, KeyError, TypeError):
        ours, entries = False, []
    if not ours or not entries:
        raise UsageError(f"{str(folder)!r} is no bundle of contract-kit{hint}")
    if found["format"] != FORMAT:
        raise UsageError(
            f"{str(folder)!r} has the format {found['format']!r}, this contract-kit writes {FORMAT}"
        )
    return found  # type: ignore[no-any-return]
