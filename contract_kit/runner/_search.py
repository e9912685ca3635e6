"""Search after the catalogue: cases of what is learned of the target, then random ones.

Hypothesis draws the random cases and shrinks what fails; a failure of a cause that is known already is no news.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from contract_kit.cases import invalid_cases, valid_cases
from contract_kit.targets import constants

from ._around import around_cases
from ._constants import constant_cases
from ._contexts import context_cases
from ._edits import Edits
from ._group import rough_key
from ._settings import as_told, is_chosen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from contract_kit.model import Case, Verdict

    from ._run import Run

__all__ = ["learned_cases", "search"]

_ROUNDS = 3
_MOST_HANGS = 2
"""Hangs that end a search: each costs the whole of ``--timeout``, and none is worth shrinking at that price."""


class _News(Exception):
    """A failure whose cause was not known before."""


class _Over(BaseException):
    """The run must end."""


def learned_cases(run: Run) -> Iterator[Case]:
    """Cases of the target's own constants, of states of the payload, and of pairs around what behaved differently."""
    edits, mined = Edits(run), constants(run.target)
    return chain(constant_cases(edits, mined), context_cases(edits, mined[2]), around_cases(edits, run.odd))


def search(run: Run) -> None:
    """Draw ``max_examples`` valid and as many invalid cases; record what they show."""
    kinds = run.settings.kinds
    for kind, make in (("valid", valid_cases), ("invalid", invalid_cases)):
        if (kinds is None or kind in kinds) and not run.over() and not run.settings.only:
            run.progress.phase(f"random search: {kind}", run.settings.max_examples)
            _search(run, make(run.terms, policy=run.policy, target=run.target.kind))


def _search(run: Run, strategy: SearchStrategy[Case]) -> None:
    """Up to a few rounds: each ends with the smallest example of one new cause."""
    known = set(run.tally.causes)
    left = run.settings.max_examples
    hangs: list[Verdict] = []
    for number in range(_ROUNDS):
        found = _round(run, strategy, known, left, run.settings.seed + number, hangs)
        for hang in hangs:
            run.record(hang.case, hang)
        if found is None or len(hangs) >= _MOST_HANGS:
            return
        known.add(rough_key(found))
        run.record(found.case, found)
        left = max(left // 2, 20)


def _is_news(verdict: Verdict, known: set[tuple[str, ...]]) -> bool:
    """Whether a failure has a cause that is not known; what is kept between bodies shows at many places."""
    key = rough_key(verdict)
    if verdict.finding == "inconsistent":
        return not any(one[0] == key[0] for one in known)
    return key not in known


def _round(
    run: Run,
    strategy: SearchStrategy[Case],
    known: set[tuple[str, ...]],
    examples: int,
    seed: int,
    hangs: list[Verdict],
) -> Verdict | None:
    """The smallest example of a cause that is not ``known``; what hangs is put to ``hangs``."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, given, settings

    best: list[Verdict] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(strategy)
    def examine(case: Case) -> None:
        if run.over():
            raise _Over
        run.progress.advance()
        if not is_chosen(case, run.settings, run.target.kind):
            return
        case = as_told(case, run.settings)
        reply = run.judge.ask(case.body, case)
        run.tally.deliveries += 1
        verdict = run.flow.confirmed(run.judge.settled(case, reply))
        if verdict.finding == "timeout":
            hangs.append(verdict)
            if len(hangs) >= _MOST_HANGS:
                raise _Over
            return
        if verdict.finding is not None and _is_news(verdict, known):
            if best and rough_key(verdict) != rough_key(best[-1]):
                return
            best.append(verdict)
            raise _News

    try:
        examine()
    except _News:
        return best[-1]
    except _Over:
        return best[-1] if best else None
    except hypothesis.errors.Flaky:
        return None
    except BaseExceptionGroup as many:
        if many.subgroup(KeyboardInterrupt) is not None:
            raise KeyboardInterrupt from many
        return best[-1] if best else None
    return None
