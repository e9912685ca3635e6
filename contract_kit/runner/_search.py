"""Random search after the catalogue: what shrinks is judged again at every step.

Hypothesis draws the cases and shrinks what fails; a failure of a cause that is known already is no news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.cases import invalid_cases, valid_cases

from ._group import rough_key
from ._settings import as_told, is_chosen

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contract_kit.model import Case, Verdict

    from ._run import Run

__all__ = ["search"]

_ROUNDS = 3


class _News(Exception):
    """A failure whose cause was not known before."""


class _Over(BaseException):
    """The run must end."""


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
    for number in range(_ROUNDS):
        found = _round(run, strategy, known, left, run.settings.seed + number)
        if found is None:
            return
        known.add(rough_key(found))
        run.record(found.case, found)
        left = max(left // 2, 20)


def _round(
    run: Run, strategy: SearchStrategy[Case], known: set[tuple[str, ...]], examples: int, seed: int
) -> Verdict | None:
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
        verdict = run.judge.settled(case, reply)
        if verdict.finding is not None and rough_key(verdict) not in known:
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
