"""``@pytest.mark.contract``: which cases a test with ``contract_case`` runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from contract_kit.config import Options

    from ._session import PluginSession

__all__ = ["Words", "parametrize", "words_of"]

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
            raise _wrong(node, f"has no argument {min(unknown)!r}; there are {known}")
        said |= {**mark.kwargs} | ({"event": mark.args[0]} if mark.args else {})
    for name in _LISTS:
        if said.get(name) is not None:
            said[name] = (said[name],) if isinstance(said[name], str) else tuple(said[name])
    return Words(**said)


def _wrong(node: pytest.Item | pytest.Collector, what: str) -> Exception:
    return pytest.Collector.CollectError(f"{node.nodeid}: @pytest.mark.contract {what}")


def parametrize(metafunc: pytest.Metafunc, session: PluginSession) -> None:
    """One test a case."""
    from contract_kit.errors import ContractKitError

    from ._suite import suite_of

    suite = suite_of(metafunc.cls)
    try:
        if suite is not None:
            cases = list(suite.cases(session))
        else:
            cases = list(_cases(words_of(metafunc.definition), session, metafunc.definition))
    except ContractKitError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    metafunc.parametrize("contract_case", cases, ids=[case.id for case in cases])


def _cases(words: Words, session: PluginSession, node: pytest.Item | pytest.Collector) -> Any:
    from contract_kit.model import KINDS, POLICIES, TARGET_KINDS

    from ._catalogue import cases_for, settings_for, terms_for

    for name, said, known in (
        ("kinds", words.kinds or (), KINDS),
        ("policy", (words.policy,) if words.policy else (), POLICIES),
        ("target", (words.target,) if words.target else (), TARGET_KINDS),
    ):
        for one in said:
            if one not in known:
                raise _wrong(node, f"{name}: {one!r} is none of {', '.join(known)}")
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
