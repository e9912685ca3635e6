"""Random cases, labelled like those of the catalogue: what it cannot list, and what shrinks well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, differing, get
from contract_kit.values import Edit, applied, bases, edits_of, payloads

from ._draft import Draft, change
from ._invalid import invalid
from ._maker import Maker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from contract_kit.model import Case, Policy, TargetKind, Terms

__all__ = ["differences", "invalid_cases", "valid_cases"]

_MOST_FAULTS = 4000


def _policy(terms: Terms, policy: Policy | None) -> Policy:
    return policy or terms.usual_policy


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
    from hypothesis import strategies as st

    maker = Maker(terms, _policy(terms, policy), target)
    _, table = edits_of(terms)
    faults = _faults(terms)
    counts = st.sampled_from((0, 0, 1, 2))
    where, what = st.integers(0, len(faults) - 1), st.integers(0, max(len(table) - 1, 0))
    alone: dict[int, Case] = {}
    """Faults in the body that they were made in, finished once."""

    @st.composite
    def case(draw: DrawFn) -> Case:
        number = draw(where)
        fault, made = faults[number], alone.get(number)
        if made is None:
            made = maker.finish(fault, again=True)
            assert made is not None, "a fault of the table is none"
            alone[number] = made
        edits = []
        for _ in range(draw(counts) if table else 0):
            edit = table[draw(what)]
            edits.append(edit if edit.draw is None else Edit(edit.at, draw(edit.draw)))
        return _edited(maker, fault, made, edits) if edits else made

    return case()


def _edited(maker: Maker, fault: Draft, made: Case, edits: Sequence[Edit]) -> Case:
    """``made`` with the edits; where its rule would not be broken any more, or another one, with those that may be."""
    if len(edits) > 1:
        together = _judged(maker, fault, made, _put(fault, fault.whole(), edits))
        if together is not None:
            return together
    value = fault.whole()
    for edit in edits:
        edited = _put(fault, value, [edit])
        again = _judged(maker, fault, made, edited)
        if again is not None:
            value, made = edited, again
    return made


def _put(fault: Draft, value: Any, edits: Sequence[Edit]) -> Any:
    """``value`` with the edits that leave what is wrong in it as it is."""
    broken = get(value, fault.at)
    for edit in edits:
        edited = applied(value, edit)
        if edited is not MISSING and get(edited, fault.at) == broken:
            value = edited
    return value


def _judged(maker: Maker, fault: Draft, made: Case, value: Any) -> Case | None:
    """The case with this value, if it breaks the very rule that ``made`` breaks."""
    again = maker.finish(replace(fault, value=value, body=None, base=None), again=True)
    return (
        again
        if again is not None and (again.pointer, again.keyword) == (made.pointer, made.keyword)
        else None
    )


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
