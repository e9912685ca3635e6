"""``@pytest.mark.contract``: which cases a test with ``contract_case`` runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.errors import UsageError

from ._words import collecting, did_you_mean, refuse_wrong, several

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from contract_kit.config import Options
    from contract_kit.model import Case

    from ._session import PluginSession

__all__ = ["Words", "nothing_left", "parametrize", "words_of"]

_LISTS = ("kinds", "only", "skip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the markers of a test say, the nearest last; ``target`` is the kind of target (``"url"``)."""

    event: str | None = None
    spec: Path | str | None = None
    kinds: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    skip: tuple[str, ...] | None = None
    policy: str | None = None
    strength: int = 2
    target: str | None = None
    input: str | None = None


def words_of(node: pytest.Item | pytest.Collector) -> Words:
    """What the markers around a test say. ``pytest.UsageError`` for arguments that there are none of."""
    said: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("contract"))):
        if len(mark.args) > 1:
            raise _wrong(node, f"takes one event, got {len(mark.args)}: {mark.args!r}")
        unknown = set(mark.kwargs) - {*Words.__dataclass_fields__}
        if unknown:
            known = ", ".join(Words.__dataclass_fields__)
            hint = did_you_mean(min(unknown), Words.__dataclass_fields__) or f"; there are {known}"
            raise _wrong(node, f"has no argument {min(unknown)!r}{hint}")
        said |= {**mark.kwargs} | ({"event": mark.args[0]} if mark.args else {})
    try:
        said |= {name: several(said[name]) for name in _LISTS if name in said}
        refuse_wrong(said)
    except UsageError as error:
        raise _wrong(node, str(error)) from None
    return Words(**said)


def _wrong(node: pytest.Item | pytest.Collector, what: str) -> Exception:
    return pytest.Collector.CollectError(f"{node.nodeid}: @pytest.mark.contract {what}")


def parametrize(metafunc: pytest.Metafunc, session: PluginSession) -> None:
    """One test a case."""
    from ._suite import suite_of

    suite, node = suite_of(metafunc.cls), metafunc.definition
    with collecting(node.nodeid):
        if suite is not None:
            cases, told = list(suite.cases(session)), suite.said
        else:
            words = words_of(node)
            cases, told = list(_cases(words, session)), {name: getattr(words, name) for name in _LISTS}
        searched = suite is not None and suite.searched(session)
        if not cases and not searched and not session.narrows:
            raise UsageError(nothing_left({name: told[name] for name in _LISTS}, session))
    metafunc.parametrize("contract_case", cases, ids=[case.id for case in cases])


def nothing_left(told: Mapping[str, Any], session: PluginSession) -> str:
    """What to say where a choice leaves no case: an empty test would pass for a good one."""
    options = session.chosen.options
    words = {name: said or getattr(options, name) for name, said in told.items()}
    said = ", ".join(f"{name}={_told(said)}" for name, said in words.items() if said)
    return f"no case is left by {said or 'the contract'}; 'contract-kit cases' lists them"


def _told(said: Any) -> str:
    return repr(said[0] if isinstance(said, tuple) and len(said) == 1 else said)


def _cases(words: Words, session: PluginSession) -> Iterator[Case]:
    from ._catalogue import cases_for, settings_for, terms_for

    chosen = session.chosen
    options = over(words, chosen.options)
    terms = terms_for(options.event, session.document(options.spec))
    settings = settings_for(options, chosen.expect, strength=words.strength)
    kind: Any = words.target or "parser"
    return cases_for(terms, settings, kind)


def over(words: Words, base: Options) -> Options:
    """The marker's words, else what holds for the whole run; what a parser takes is the test's own business."""
    from pathlib import Path

    from contract_kit.config import Options

    said: dict[str, Any] = {
        "event": words.event,
        "spec": None if words.spec is None else Path(words.spec),
        "kinds": words.kinds,
        "only": words.only,
        "skip": words.skip,
        "policy": words.policy,
        "input": words.input or "bytes",
    }
    return Options(**said).over(base)
