"""What the plugin keeps for one run of pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._keep import KEY, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from ._bench import Bench
    from ._ledger import Ledger
    from ._options import Chosen

__all__ = ["PluginSession", "session_of"]

_IN_FULL = 3
"""Failures of one cause that are told in full; each later one is a line."""


def session_of(config: pytest.Config) -> PluginSession:
    """The run's own; made when first asked for."""
    found = kept(config)
    if found is None:
        found = config.stash[KEY] = PluginSession(config)
    return found


class PluginSession:
    """Choices, open consumers and findings of one run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._chosen: Chosen | None = None
        self._ledger: Ledger | None = None
        self._benches: dict[Any, Bench] = {}
        self._told: dict[tuple[str, ...], list[str]] = {}

    @property
    def chosen(self) -> Chosen:
        """Options, ini values and the table, read once."""
        if self._chosen is None:
            from ._options import choose

            self._chosen = choose(self.config)
        return self._chosen

    @property
    def reports(self) -> tuple[Path, ...]:
        """The report files that are wanted; none where the choices are wrong, which has been told."""
        return () if self._chosen is None else self._chosen.reports

    @property
    def narrows(self) -> bool:
        """Whether the command line or an ini value chooses among cases: then a test may well be left with none."""
        from ._options import narrowed

        return narrowed(self.config)

    @property
    def ledger(self) -> Ledger:
        """What was found so far, in the process that prints."""
        if self._ledger is None:
            from ._ledger import Ledger

            self._ledger = Ledger()
        return self._ledger

    @property
    def has_findings(self) -> bool:
        """Whether any case was judged in this run."""
        return self._ledger is not None

    def document(self, spec: Path | str | None) -> Path | None:
        """A document's path: as it is from here, else from pytest's rootdir."""
        from pathlib import Path

        if spec is None:
            return None
        path = Path(spec)
        if path.is_absolute():
            return path
        here = self.config.invocation_params.dir / path
        return here if here.exists() else self.config.rootpath / path

    def isolates(self, said: bool | None) -> bool:
        """Whether a named consumer runs in a child process: not where it must be seen from here."""
        config = self.config
        if said is False or config.getini("contract_no_isolate"):
            return False
        watched = config.getoption("usepdb", False) or config.getoption("trace", False)
        return not watched and not config.getoption("cov_source", None)

    def bench(self, key: Any, make: Callable[[Bench | None], Bench], still: Callable[[Bench], bool]) -> Bench:
        """The open consumer of that key, made anew where it is another one by now."""
        known = self._benches.get(key)
        if known is None or not still(known):
            self._benches[key] = made = make(known)
            if known is not None:
                known.close()
            return made
        return known

    def close(self) -> None:
        """Close every consumer."""
        for bench in self._benches.values():
            bench.close()

    def told_before(self, suite: str, verdict: Any) -> str | None:
        """The case that this cause was told of in full, when that was done often enough."""
        from contract_kit.runner._group import rough_key

        cases = self._told.setdefault((suite, *rough_key(verdict)), [])
        cases.append(verdict.case.id)
        return cases[0] if len(cases) > _IN_FULL else None
