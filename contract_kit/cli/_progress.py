"""How far a run is, on stderr, and only where that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from contract_kit.runner import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bar

__all__ = ["progress"]


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """A line that moves; nothing where nobody watches."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns: tuple[Any, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,} cases"),
        TextColumn("{task.fields[failures]}", style="red"),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=8) as bar:
        yield _Shown(bar)


class _Shown(Progress):
    """A run's news as one moving line."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._failures = 0
        self._task = bar.add_task("", total=None, failures="")

    def phase(self, name: str, total: int | None) -> None:
        self._bar.update(self._task, description=name, total=total, completed=0)

    def advance(self, done: int = 1) -> None:
        self._bar.update(self._task, advance=done)

    def found(self, title: str) -> None:  # noqa: ARG002 (how many is enough while it runs)
        self._failures += 1
        self._bar.update(self._task, failures=f"{self._failures:,} failing")
