"""The cases that tests are made of: one catalogue a contract, kept for the whole process."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from contract_kit.model import ENDPOINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from contract_kit.config import Options
    from contract_kit.model import Case, Expectation, Policy, TargetKind, Terms
    from contract_kit.runner import Settings

__all__ = ["cases_for", "catalogue", "policy_for", "settings_for", "terms_for"]


def terms_for(event: str | None, spec: Path | str | None) -> Terms:
    """The contract of an event, read once; read again when the document has changed."""
    from pathlib import Path

    from contract_kit.spec import DEFAULT_EVENT

    stamp = None
    if spec is not None:
        try:
            found = Path(spec).stat()
            stamp = (found.st_mtime_ns, found.st_size)
        except OSError:
            stamp = None  # the reader says it better
    return _terms(event or DEFAULT_EVENT, None if spec is None else str(spec), stamp)


@lru_cache(maxsize=32)
def _terms(event: str, spec: str | None, stamp: tuple[int, int] | None) -> Terms:
    from contract_kit.spec import load_terms

    del stamp
    return load_terms(event, spec)


def policy_for(terms: Terms, policy: Policy | None) -> Policy:
    """The policy that holds where the user names none."""
    return policy or terms.usual_policy


def settings_for(
    options: Options, expect: Iterable[Expectation], secret: str | None = None, strength: int = 2
) -> Settings:
    """The runner's settings for a user's options."""
    from contract_kit.runner import Settings

    return Settings(
        policy=options.policy,
        kinds=None if options.kinds is None else frozenset(options.kinds),
        only=options.only or (),
        skip=options.skip or (),
        expectations=tuple(expect),
        input=options.input or "bytes",
        lossless=bool(options.lossless),
        seed=options.seed or 0,
        secret=secret,
        sign=cast("Any", options.sign or "svix"),
        strength=strength,
    )


def cases_for(terms: Terms, settings: Settings, kind: TargetKind) -> Iterator[Case]:
    """The cases for a target of that kind: chosen, and with the user's own expectations."""
    from contract_kit.runner import select

    return select(
        catalogue(terms, settings.policy, kind, settings.strength, signed=signs(settings)), settings, kind
    )


def signs(settings: Settings) -> bool:
    """Whether deliveries are signed: only then can it be tested what is done with wrong signatures."""
    return settings.secret is not None and settings.sign != "none"


def catalogue(
    terms: Terms, policy: Policy | None, kind: TargetKind, strength: int = 2, *, signed: bool = False
) -> Iterator[Case]:
    """Every case of a contract that a target of that kind can be given."""
    ruling = policy_for(terms, policy)
    yield from _bodies(_Key(terms), ruling, kind in ENDPOINTS, strength)
    if kind in ENDPOINTS:
        from contract_kit.delivery import delivery_cases

        yield from delivery_cases(terms, policy=ruling, signed=signed, target=kind)


class _Key:
    """Terms as a key: by what they were read from."""

    __slots__ = ("_said", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._said = (terms.event, terms.source, terms.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)


@lru_cache(maxsize=4)
def _bodies(key: _Key, policy: Policy, endpoint: bool, strength: int) -> tuple[Case, ...]:
    from contract_kit.cases import body_cases

    with _without_collector():
        target: TargetKind = "url" if endpoint else "parser"
        return tuple(body_cases(key.terms, policy=policy, target=target, strength=strength))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Nothing of what is made in here is garbage: looking for it would take a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
