"""Baselines: findings that are known already stay visible and fail no run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.cli._output import destination, replace_file
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from contract_kit.model import Finding

__all__ = ["Baseline", "Entry", "read_baseline"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One known finding; ``target`` is the configured target's name, or nothing for the only one."""

    id: str
    title: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known findings of a file."""

    path: Path
    entries: tuple[Entry, ...] = ()

    def known(self, target: str) -> dict[str, str]:
        """Titles by id of what is known of a target; a run of one unnamed target knows everything."""
        return {entry.id: entry.title for entry in self.entries if not target or entry.target in ("", target)}

    def updated(self, target: str, findings: Iterable[Finding], *, whole: bool) -> Baseline:
        """The file's next content. Only a ``whole`` run may say that something has vanished."""
        found = {finding.id: finding for finding in findings}
        kept = [
            entry
            for entry in self.entries
            if entry.id in found or not whole or (target and entry.target not in ("", target))
        ]
        there = {entry.id for entry in kept if not target or entry.target in ("", target)}
        new = [Entry(key, finding.title, target) for key, finding in found.items() if key not in there]
        return Baseline(self.path, tuple(sorted((*kept, *new), key=lambda e: (e.target, e.id))))

    def vanished(self, target: str, findings: Iterable[Finding]) -> list[Entry]:
        """What is known of a target and was not found."""
        found = {finding.id for finding in findings}
        return [e for e in self.entries if e.id not in found and (not target or e.target in ("", target))]

    def write(self) -> None:
        """Write the file at once; ``UsageError`` where the disk refuses."""
        listed = [
            {"id": entry.id, **({"target": entry.target} if entry.target else {}), "title": entry.title}
            for entry in self.entries
        ]
        text = json.dumps({"version": VERSION, "findings": listed}, ensure_ascii=False, indent=2)
        replace_file(self.path, [text.encode("utf-8", "backslashreplace"), b"\n"])


def read_baseline(path: Path, *, may_be_new: bool) -> Baseline:
    """The baseline in ``path``; an empty one that is to be made. ``UsageError`` for any other file."""
    if may_be_new:
        destination(path)
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        if may_be_new:
            return Baseline(path)
        raise UsageError(f"there is no baseline {str(path)!r}; --update-baseline makes it") from None
    except OSError as error:
        raise UsageError(
            f"cannot read baseline {str(path)!r}: {(error.strerror or str(error)).lower()}"
        ) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{str(path)!r} is no baseline: it is not JSON") from None
    try:
        return Baseline(path, tuple(_entry(item) for item in data["findings"]))
    except (KeyError, TypeError):
        raise UsageError(
            f"{str(path)!r} is no baseline: it should hold findings, each with id and title"
        ) from None


def _entry(item: Any) -> Entry:
    values = (item["id"], item.get("title", ""), item.get("target", ""))
    if not all(isinstance(value, str) for value in values):
        raise TypeError
    return Entry(*values)
