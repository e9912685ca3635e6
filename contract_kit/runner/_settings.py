"""How a run goes: everything that a user can set, in one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from contract_kit.model import ENDPOINTS, Case, Kind, Policy, TargetKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from contract_kit.model import Expectation, InputKind, RunResult

__all__ = ["Family", "Progress", "Settings", "as_told", "is_chosen", "select"]

Family = Literal["svix", "webhook", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options of a run; see ``contract-kit fuzz --help`` for each.

    ``max_time`` is in seconds. ``effects`` gives the number of events that the receiver has acted upon so
    far. ``known`` maps finding ids of a baseline to their titles.
    """

    policy: Policy | None = None
    kinds: frozenset[Kind] | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    input: InputKind = "bytes"
    lossless: bool = False
    max_examples: int = 200
    max_time: float | None = None
    max_findings: int | None = None
    seed: int = 0
    secret: str | None = field(default=None, repr=False)
    sign: Family = "svix"
    effects: Callable[[], int] | None = field(default=None, repr=False)
    known: Mapping[str, str] = field(default_factory=dict)
    strength: int = 2


class Progress:
    """What a run tells while it runs; this one says nothing."""

    def phase(self, name: str, total: int | None) -> None:
        """A part of the run begins; ``total`` cases are ahead, if that is known."""

    def advance(self, done: int = 1) -> None:
        """So many more cases are done."""

    def found(self, title: str) -> None:
        """A failure was met (not yet grouped)."""

    def done(self, result: RunResult) -> None:
        """The run is over."""


def select(cases: Iterable[Case], settings: Settings, kind: TargetKind) -> Iterator[Case]:
    """The cases that fit the target and the user's choice, with the user's expectations applied."""
    for case in cases:
        if is_chosen(case, settings, kind):
            yield as_told(case, settings)


def is_chosen(case: Case, settings: Settings, kind: TargetKind) -> bool:
    """Whether the target can be given the case and the user wants it."""
    if not _fits(case, settings, kind):
        return False
    if settings.only and not any(fnmatchcase(case.id, glob) for glob in settings.only):
        return False
    return not any(fnmatchcase(case.id, glob) for glob in settings.skip)


def _fits(case: Case, settings: Settings, kind: TargetKind) -> bool:
    """Whether a target can be given a case at all."""
    if settings.kinds is not None and case.kind not in settings.kinds:
        return False
    if case.kind == "delivery":
        return kind in ENDPOINTS
    if kind not in ("parser", "model") or settings.input == "bytes":
        return True
    if settings.input == "value":
        # We decode for such a target: spelling is not its business.
        return case.kind in ("valid", "foreign", "invalid")
    return _is_text(case.body)


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def as_told(case: Case, settings: Settings) -> Case:
    """The case with the user's own word on it, where there is one."""
    for told in settings.expectations:
        if fnmatchcase(case.id, told.match):
            changes: dict[str, Any] = {"expect": told.expect}
            if told.because:
                changes["because"] = told.because
            return replace(case, **changes)
    return case
