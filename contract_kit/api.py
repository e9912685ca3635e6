"""A contract, as users hold it: payloads, cases, validation.

:func:`load` is the way in; everything that a :class:`Contract` gives is made from its frozen terms.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, overload

from contract_kit.errors import UsageError
from contract_kit.model import ENDPOINTS, Case, Kind, Policy, TargetKind, Terms

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from contract_kit.model import Constraint, Location, Violation

__all__ = ["Cases", "Contract", "load", "use_meanings"]


def load(event: str = "customer.created", spec: Path | str | None = None) -> Contract:
    """The contract of one event.

    ``spec`` is an OpenAPI 3.0 or 3.1 document (YAML, JSON, or a Markdown page with one in a fence); without
    it the bundled one is read. Raises ``SpecError`` for a document that cannot be used and
    ``UnknownEvent``, with the nearest names, for an event that it does not have.

    >>> load("customer.created").validate({"customer": {"status": "gone"}})[0].pointer
    '/customer/status'
    """
    from contract_kit.spec import load_terms

    return Contract(load_terms(event, spec))


def use_meanings(rows: Sequence[Mapping[str, Any]]) -> None:
    """Put the rows of a configuration above the table of what fields mean, in place of those put there before.

    ``UsageError`` for a row without samples whose name is none that can be made.
    """
    import sys

    if not rows and "contract_kit.values" not in sys.modules:
        return
    from contract_kit.values import Meaning, configure, known_meanings

    for row in rows:
        if not row.get("samples") and row["name"].partition(":")[0] not in known_meanings():
            message = f"tool.contract_kit.meanings: {row['name']!r} is no known meaning; give it samples"
            raise UsageError(message)
    configure(Meaning(**row) for row in rows)


class Contract:
    """What one event's body must be; see :func:`load`."""

    __slots__ = ("terms",)

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    @property
    def event(self) -> str:
        """The event's name."""
        return self.terms.event

    @property
    def schema(self) -> Mapping[str, Any]:
        """The payload's JSON Schema: draft 2020-12, self-contained."""
        return self.terms.schema

    @property
    def locations(self) -> tuple[Location, ...]:
        """Every place of the payload with its rules, parents first."""
        return self.terms.locations

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Every rule of the contract."""
        return self.terms.constraints

    def payloads(self) -> SearchStrategy[Any]:
        """A Hypothesis strategy of valid payloads, realistic and edge mixed; shrinks to the edit that matters."""
        from contract_kit.values import payloads

        return payloads(self.terms)

    def invalid(self, *, policy: Policy | None = None) -> SearchStrategy[Case]:
        """A Hypothesis strategy of cases, each breaking exactly one named rule."""
        from contract_kit.cases import invalid_cases

        return invalid_cases(self.terms, policy=policy)

    def cases(
        self,
        *,
        kinds: Collection[Kind] | None = None,
        policy: Policy | None = None,
        target: TargetKind | None = None,
        strength: int = 2,
    ) -> Cases:
        """The deterministic catalogue: the same contract gives the same cases with the same ids.

        ``policy`` is ``provider`` where the provider is known, else ``schema``. ``target`` matters to
        other events alone, which endpoints must take. ``strength`` is that of the covering array. Cases of
        ``delivery`` are of several steps, signed and counted, and are there when ``kinds`` names them.
        """
        return Cases(self.terms, kinds, policy, target, strength)

    def samples(self, n: int, *, seed: int = 0, start: int = 0) -> Iterator[dict[str, Any]]:
        """``n`` realistic payloads, fast; sample ``i`` depends on ``(seed, i)`` alone."""
        from contract_kit.values import samples

        return samples(self.terms, n, seed=seed, start=start)

    def validate(self, value: Any) -> list[Violation]:
        """Every rule that a decoded payload breaks, with pointer and keyword; empty when it is valid."""
        from contract_kit.schema import violations

        return violations(self.terms.schema, value)

    def __repr__(self) -> str:
        return f"<Contract {self.terms.event} from {self.terms.source}>"


class Cases(Sequence[Case]):
    """The catalogue as a sequence: iterated it is made case by case, indexed it is kept."""

    def __init__(
        self,
        terms: Terms,
        kinds: Collection[Kind] | None,
        policy: Policy | None,
        target: TargetKind | None,
        strength: int,
    ) -> None:
        self._make = (terms, kinds, policy, target, strength)
        self._kept: tuple[Case, ...] | None = None

    def __iter__(self) -> Iterator[Case]:
        if self._kept is not None:
            return iter(self._kept)
        from contract_kit.cases import body_cases

        terms, kinds, policy, target, strength = self._make
        bodies = body_cases(terms, kinds=kinds, policy=policy, target=target, strength=strength)
        if kinds is None or "delivery" not in kinds or target not in (None, *ENDPOINTS):
            return bodies
        from contract_kit.delivery import delivery_cases

        deliveries = delivery_cases(terms, policy=policy, signed=True, effects=True, target=target or "url")
        return chain(bodies, deliveries)

    def _all(self) -> tuple[Case, ...]:
        if self._kept is None:
            self._kept = tuple(iter(self))  # not tuple(self): that asks for the length first
        return self._kept

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, index: int) -> Case: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Case]: ...
    def __getitem__(self, index: int | slice) -> Case | Sequence[Case]:
        return self._all()[index]

    def __repr__(self) -> str:
        return f"<Cases of {self._make[0].event}>"
