"""Random search by Hypothesis, as its users know it: their profile, their database, its shrinking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from contract_kit.model import Case, Policy, TargetKind, Terms

__all__ = ["Drawn", "drawn", "searching"]


class Drawn:
    """A random case; in Hypothesis's own words it is its one difference, not its whole body."""

    __slots__ = ("case",)

    def __init__(self, case: Case) -> None:
        self.case = case

    def __repr__(self) -> str:
        from contract_kit.report import visible

        return f"<{self.case.kind} case: {visible(self.case.changed or self.case.description, 120)}>"


def drawn(kind: str, about: Callable[[], tuple[Terms, Policy | None, TargetKind]]) -> SearchStrategy[Drawn]:
    """Random cases of a kind; the contract, the policy and what the target is are read when the first is drawn."""
    from hypothesis import strategies as st

    def make() -> SearchStrategy[Drawn]:
        from contract_kit.cases import invalid_cases, valid_cases

        terms, policy, target = about()
        cases = valid_cases if kind == "valid" else invalid_cases
        return cases(terms, policy=policy, target=target).map(Drawn)

    return st.deferred(make)


def searching(
    test: Any, strategy: SearchStrategy[Drawn], name: str, max_examples: int | None, seed: int | None
) -> Any:
    """``test(…, drawn)`` as a Hypothesis test.

    Examples are kept in the user's database under ``name``. The profile's number of examples holds unless one
    is given; a deadline does not, for consumers have time limits of their own.
    """
    import hypothesis

    words: dict[str, Any] = {} if max_examples is None else {"max_examples": max_examples}
    test.__name__ = "test_random_" + "".join(sign if sign.isalnum() else "_" for sign in name)
    made = hypothesis.given(drawn=strategy)(test)
    made = hypothesis.settings(deadline=None, suppress_health_check=list(hypothesis.HealthCheck), **words)(
        made
    )
    return made if seed is None else hypothesis.seed(seed)(made)
