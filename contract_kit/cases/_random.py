"""Random cases, labelled like those of the catalogue: what it cannot list, and what shrinks well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, differing, get
from contract_kit.values import applied as apply_edit
from contract_kit.values import bases, edits_of, payloads

from ._draft import Draft, change
from ._invalid import invalid
from ._maker import Maker

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from contract_kit.model import Case, Policy, TargetKind, Terms

__all__ = ["differences", "invalid_cases", "valid_cases"]

_MOST_FAULTS = 4000


def _policy(terms: Terms, policy: Policy | None) -> Policy:
    return policy or ("provider" if terms.profile is not None else "schema")


def valid_cases(
    terms: Terms, *, policy: Policy | None = None, target: TargetKind | None = None
) -> SearchStrategy[Case]:
    """Valid payloads as cases, with what the policy expects of them."""
    maker = Maker(terms, _policy(terms, policy), target)
    starts, _ = edits_of(terms)

    def labelled(value: Any) -> Case:
        at, words = differences(starts[0], value)
        draft = Draft(
            kind="valid",
            family="random",
            variant="random",
            at=at,
            value=value,
            description=f"a random valid body ({words})" if words else "a random valid body",
            changed=words or "nothing: a sound body",
        )
        case = maker.finish(draft, again=True)
        assert case is not None, "the strategy made an invalid payload"
        return case

    return payloads(terms).map(labelled)


def invalid_cases(
    terms: Terms, *, policy: Policy | None = None, target: TargetKind | None = None
) -> SearchStrategy[Case]:
    """Cases that break exactly one named rule, in a body that may have valid edits besides."""
    from hypothesis import assume
    from hypothesis import strategies as st

    maker = Maker(terms, _policy(terms, policy), target)
    starts, table = edits_of(terms)
    faults = _faults(terms)
    counts = st.sampled_from((0, 0, 1, 2))
    where, what = st.integers(0, len(faults) - 1), st.integers(0, max(len(table) - 1, 0))

    @st.composite
    def case(draw: DrawFn) -> Case:
        fault = faults[draw(where)]
        made = maker.finish(fault, again=True)
        assert made is not None, "a fault of the table is none"
        value = fault.whole()
        broken = get(value, fault.at)
        for _ in range(draw(counts) if table else 0):
            edited = apply_edit(value, table[draw(what)], draw)
            if edited is MISSING or get(edited, fault.at) != broken:
                continue
            again = maker.finish(_with(fault, edited), again=True)
            if again is not None and (again.pointer, again.keyword) == (made.pointer, made.keyword):
                value, made = edited, again
        assume(made is not None)
        return made

    del starts
    return case()


def _with(fault: Draft, value: Any) -> Draft:
    from dataclasses import replace

    return replace(fault, value=value, body=None, base=None)


def _faults(terms: Terms) -> list[Draft]:
    """Every invalid draft that is a case, once a contract; of many an even choice."""
    memo = terms.root.memo
    if "faults" not in memo:
        maker = Maker(terms, "schema")
        found = [
            draft
            for base in bases(terms)
            for draft in invalid(terms, base)
            if maker.finish(draft) is not None
        ]
        step = max(1, -(-len(found) // _MOST_FAULTS))
        memo["faults"] = found[::step]
    return memo["faults"]  # type: ignore[no-any-return]


def differences(base: Any, value: Any, most: int = 3) -> tuple[str, str]:
    """The first place at which two bodies differ, and up to ``most`` differences in words."""
    places = list(differing(base, value))
    words = "; ".join(change(base, at, get(value, at)) for at in places[:most])
    if len(places) > most:
        words += f"; and {len(places) - most} more"
    return (places[0] if len(places) == 1 else ""), words
