"""Targets as items of their own, without a line of test code: ``contract::NAME::CASE-ID``."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.errors import ContractKitError

from ._marker import nothing_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from contract_kit.config import TargetConfig
    from contract_kit.model import Case

    from ._bench import Bench
    from ._session import PluginSession

__all__ = ["ContractRoot"]

_SEARCHES = {"random-valid": "valid", "random-invalid": "invalid"}


class ContractRoot(pytest.Collector):
    """All targets; ``wanted`` are the parts of node ids that were asked for, ``None`` for everything."""

    def __init__(self, *, session_: PluginSession, wanted: list[str] | None, **words: Any) -> None:
        super().__init__(**words)
        self._session, self._wanted = session_, wanted
        self.add_marker("contract")

    def collect(self) -> Iterator[pytest.Collector]:
        """The targets that were asked for."""
        targets = {target.name: target for target in self._session.chosen.targets}
        chosen = _selected(targets, self._wanted)
        emptied: list[str] = []
        for name, ids in chosen.items():
            yield ContractTarget.from_parent(
                self,
                name=name,
                nodeid=f"{self.nodeid}::{name}",
                target=targets[name],
                ids=ids,
                session_=self._session,
                emptied=emptied,
                among=len(chosen),
            )


def _selected(targets: Iterable[str], wanted: list[str] | None) -> dict[str, list[str] | None]:
    """Target's name → the ids that were asked for, ``None`` for all."""
    names = sorted(targets, key=len, reverse=True)
    if wanted is None or "" in wanted:
        return dict.fromkeys(targets)
    chosen: dict[str, list[str] | None] = {}
    for part in wanted:
        name = next((name for name in names if part == name or part.startswith(name + "::")), None)
        if name is None:
            known = f"there are {', '.join(targets)}" if names else "none is set up"
            raise pytest.Collector.CollectError(f"no target in 'contract::{part}'; {known}")
        ids = chosen.get(name, [])
        chosen[name] = None if part == name or ids is None else [*ids, part[len(name) + 2 :]]
    return chosen


class ContractTarget(pytest.Collector):
    """One target and its cases. ``emptied`` are those of ``among`` targets that a choice has left no case."""

    def __init__(
        self,
        *,
        target: TargetConfig,
        ids: list[str] | None,
        session_: PluginSession,
        emptied: list[str],
        among: int,
        **words: Any,
    ) -> None:
        super().__init__(**words)
        self._target, self._ids, self._session = target, ids, session_
        self._emptied, self._among = emptied, among

    def collect(self) -> list[pytest.Item]:
        """An item a case, and one a random search; ``CollectError`` where the target cannot be opened."""
        try:
            items = list(self._items())
        except ContractKitError as error:
            raise self.CollectError(str(error)) from None
        if not items:
            self._emptied.append(self.name)
            if not self._session.narrows or len(self._emptied) == self._among:
                options = self._target.options
                told = {"kinds": options.kinds, "only": options.only, "skip": options.skip}
                raise self.CollectError(nothing_left(told, self._session))
        return items

    def _items(self) -> Iterator[pytest.Item]:
        from ._bench import Bench, Subject, is_url
        from ._catalogue import cases_for, settings_for, terms_for

        chosen, options = self._session.chosen, self._target.options
        subject = Subject(
            what=self._target.target,
            command=self._target.command,
            options=options,
            isolate=self._session.isolates(options.isolate),
            cwd=chosen.root,
            secret=chosen.secret,
        )
        terms = terms_for(options.event, options.spec)
        settings = settings_for(options, self._target.expect, chosen.secret)
        bench = Bench(self.nodeid, subject, terms, settings)
        kind = "url" if is_url(subject.what) else bench.target.kind
        self.session_bench(bench)
        cases: Iterable[Case] = cases_for(terms, settings, kind)
        searches = self._searches()
        if self._ids is not None:
            by_id = {case.id: case for case in cases}
            self._all_there([*by_id, *searches])
            cases = [by_id[one] for one in self._ids if one in by_id]
            searches = [one for one in searches if one in self._ids]
        for case in cases:
            yield ContractItem.from_parent(self, name=case.id, case=case, bench=bench)
        for name in searches:
            yield ContractSearch.from_parent(self, name=name, bench=bench, settings=self._settings())

    def session_bench(self, bench: Bench) -> None:
        """Leave the bench with the session, which closes it at the end."""
        self._session.bench(self.nodeid, lambda _: bench, lambda known: known is bench)

    def _searches(self) -> list[str]:
        options = self._target.options
        if options.max_examples == 0 or options.only:
            return []
        kinds, skip = options.kinds, options.skip or ()
        fitting = [name for name, kind in _SEARCHES.items() if kinds is None or kind in kinds]
        return [name for name in fitting if not any(fnmatchcase(name, glob) for glob in skip)]

    def _settings(self) -> tuple[int | None, int | None]:
        return self._target.options.max_examples, self._session.chosen.seed

    def _all_there(self, known: list[str]) -> None:
        missing = [one for one in self._ids or () if one not in known]
        if missing:
            near = get_close_matches(missing[0], known, n=3, cutoff=0.6)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise self.CollectError(f"{self.nodeid} has no case {missing[0]!r}{hint}")


class _Item(pytest.Item):
    def __init__(self, *, bench: Bench, **words: Any) -> None:
        super().__init__(**words)
        self._bench = bench

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands: in no file."""
        return self.path, None, self.nodeid


class ContractItem(_Item):
    """One case of one target."""

    def __init__(self, *, case: Case, **words: Any) -> None:
        super().__init__(**words)
        self.contract_case = case

    def runtest(self) -> None:
        """Give the case to the target and judge what came of it."""
        from ._judging import judge_item

        judge_item(self, self._bench, self.contract_case)


class ContractSearch(_Item):
    """Random search for one target."""

    def __init__(self, *, settings: tuple[int | None, int | None], **words: Any) -> None:
        super().__init__(**words)
        self._settings = settings

    def runtest(self) -> None:
        """Search; what is found is made small by Hypothesis."""
        from ._judging import judge_item
        from ._search import Drawn, searching
        from ._search import drawn as drawn_from

        bench, (max_examples, seed) = self._bench, self._settings

        def examine(drawn: Drawn) -> None:
            judge_item(self, bench, drawn.case, random=True)

        strategy = drawn_from(
            _SEARCHES[self.name], lambda: (bench.terms, bench.settings.policy, bench.target.kind)
        )
        searching(examine, strategy, self.nodeid, max_examples, seed)()
