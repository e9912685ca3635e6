"""One case on one bench, as a test: what passes, what fails and with what words, what is put on record."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from contract_kit.model import Case, Verdict

    from ._bench import Bench

__all__ = ["RECORD", "alone", "judge_item", "keep", "words_for"]

RECORD = pytest.StashKey[dict[str, Any]]()
"""What a test has to put on record, until its report is made."""


def judge_item(item: pytest.Item, bench: Bench, case: Case, *, random: bool = False) -> None:
    """Judge a case; raise ``ContractViolation`` where the contract is broken, skip where nothing can be said."""
    __tracebackhide__ = True
    from contract_kit.errors import ContractKitError

    from ._bench import NotJudged

    verdict, wrong = None, ""
    try:
        verdict = bench.examine(case)
    except NotJudged as error:
        if random:
            return
        pytest.skip(f"not judged: {error}")
    except ContractKitError as error:
        wrong = str(error)
    if verdict is None:  # outside of the except: else pytest would tell both
        pytest.fail(wrong, pytrace=False)
    _record(item, bench, verdict, random=random)
    if verdict.finding is not None:
        raise bench.violation(verdict, words_for(item, verdict, random=random), again=not random)


def _record(item: pytest.Item, bench: Bench, verdict: Verdict, *, random: bool) -> None:
    from ._wire import record_of

    if random and verdict.finding is None:
        return  # only what it ends with counts: the smallest failure, or nothing
    item.stash[RECORD] = record_of(bench, verdict)


def words_for(item: pytest.Item, verdict: Verdict, *, random: bool) -> str:
    """What to do next: run it alone, or keep it as it is."""
    lines = [f"  because   {line}" for line in _because(verdict)]
    lines.append(f"  alone     {alone(item)}")
    if not random:
        lines += keep(verdict)
    return "\n".join(lines)


def _because(verdict: Verdict) -> list[str]:
    from contract_kit.report import visible

    because = verdict.case.because
    return [] if not because or because in verdict.expected else [visible(because, 300)]


def alone(item: pytest.Item) -> str:
    """The command that runs this test only."""
    from ._options import command_words

    words = ["pytest", *command_words(item.config), item.nodeid]
    return " ".join(map(shlex.quote, words))


def keep(verdict: Verdict) -> list[str]:
    """How to make a known exception of it, in ``pyproject.toml``."""
    case = verdict.case
    said = _toml(case.id)
    if verdict.finding in ("false_accept", "false_reject"):
        lines = ["[[tool.contract_kit.expect]]", f"match = {said}", 'expect = "either"', 'because = "…"']
    else:
        # No expectation excuses a crash, a hang or a changed value: such a case can only be left out.
        lines = ["[tool.contract_kit]", f"skip = [{said}]"]
    return [f"  {'keep it' if number == 0 else '':<9} {line}" for number, line in enumerate(lines)]


def _toml(case_id: str) -> str:
    """A TOML string of a glob that matches this id only."""
    import json

    from contract_kit.report import literal_glob

    return json.dumps(literal_glob(case_id))
