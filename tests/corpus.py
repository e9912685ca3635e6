"""Run the fuzzer over the proof corpus and say how it did: ``python -m tests.corpus [-v] [NAME-GLOB]``.

The table that ``make proof`` prints: each fault with the findings that a run gave, the right name or not,
and the time to the first; each correct consumer with what a strict run said of it.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import mean, median
from typing import TYPE_CHECKING

from contract_kit.report import Context
from contract_kit.runner import Expectation, Progress, Settings, run
from contract_kit.spec import load_terms
from contract_kit.targets import open_python_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.model import RunResult
    from tests.consumers import Correct, Faulty

__all__ = ["Row", "fuzz", "main"]


class _FirstFinding(Progress):
    """Notes when the first failure was met."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.first: float | None = None

    def found(self, title: str) -> None:
        del title
        if self.first is None:
            self.first = time.monotonic() - self.started


@dataclass(frozen=True)
class Row:
    """One consumer and what a run said of it."""

    consumer: Correct | Faulty
    result: RunResult
    first_s: float | None
    seconds: float

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(finding.finding for finding in self.result.findings)

    @property
    def right(self) -> bool:
        """Whether a finding has one of the names that the fault deserves."""
        return bool(set(self.names) & set(getattr(self.consumer, "findings", ())))


def fuzz(consumer: Correct | Faulty, *, max_examples: int = 200) -> Row:
    """One strict run over one consumer, in a child process."""
    told = tuple(Expectation(d.match, d.expect, d.because) for d in getattr(consumer, "expect", ()))
    settings = Settings(
        policy=consumer.policy, input=consumer.input, expectations=told, max_examples=max_examples
    )
    progress = _FirstFinding()
    target = open_python_target(consumer.target, input_=consumer.input, rejects=consumer.rejects, timeout=1.0)
    with target:  # type: ignore[attr-defined]
        context = Context(target=consumer.target, kind=target.kind, rejects=consumer.rejects)
        result = run(load_terms(), target, settings, context, progress=progress)
    return Row(consumer, result, progress.first, time.monotonic() - progress.started)


@dataclass(frozen=True)
class Told:
    """One consumer's lines of the table, and what the last lines count of it."""

    lines: tuple[str, ...]
    mark: str
    findings: int
    first_s: float | None = None


def _titles(row: Row) -> tuple[str, ...]:
    return tuple(f"          {f.finding}: {f.title} [{f.case.id}]" for f in row.result.findings)


def _correct(one: Correct) -> Told:
    row = fuzz(one)
    found = len(row.names)
    line = f"{'blamed' if found else 'correct':9} {one.name:26} {row.seconds:5.1f} s  {found} findings"
    return Told((line, *_titles(row)), "blamed" if found else "correct", found)


def _faulty(name: str) -> Told:
    from tests.consumers import FAULTY

    fault = next(fault for fault in FAULTY if fault.name == name)
    row = fuzz(fault, max_examples=50)
    mark = "found" if row.right else "misnamed" if row.names else "missed"
    if mark != "found" and fault.known_miss:
        mark = "known"
    first = f"{row.first_s:.2f} s" if row.first_s is not None else "-"
    told = ",".join(row.names) or fault.known_miss
    line = f"{mark:9} {name:26} {row.seconds:5.1f} s  first {first:>8}  wants {','.join(fault.findings):24} said {told}"
    return Told((line, *_titles(row)), mark, len(row.names), row.first_s)


def _last_lines(correct: Sequence[Told], faulty: Sequence[Told]) -> Iterator[str]:
    """The totals of the table."""
    if correct:
        blamed = sum(told.findings for told in correct)
        yield f"{len(correct)} correct consumers; false alarms: {blamed}"
    marks = Counter(told.mark for told in faulty)
    if faulty:
        yield f"{len(faulty)} faults: " + ", ".join(
            f"{number} {mark}" for mark, number in marks.most_common()
        )
        counts = [told.findings for told in faulty if told.findings]
        yield f"findings a fault: mean {mean(counts):.2f}, most {max(counts)}" if counts else "no findings"
    firsts = [told.first_s for told in faulty if told.first_s is not None]
    if firsts:
        yield f"time to the first finding: median {median(firsts):.2f} s, most {max(firsts):.2f} s"


def main(*words: str) -> int:
    """Print the table; 1 when a fault was missed or misnamed, or a correct consumer was blamed.

    ``-v`` also prints what each finding says; another word is a glob of the names to run.
    """
    from concurrent.futures import ProcessPoolExecutor

    from tests.consumers import CORRECT, FAULTY

    glob = next((word for word in words if word != "-v"), "*")
    verbose = "-v" in words
    correct: list[Told] = []
    faulty: list[Told] = []
    with ProcessPoolExecutor(2) as pool:
        coming = (
            (correct, pool.map(_correct, [one for one in CORRECT if fnmatchcase(one.name, glob)])),
            (faulty, pool.map(_faulty, [one.name for one in FAULTY if fnmatchcase(one.name, glob)])),
        )
        for kept, arriving in coming:
            for told in arriving:
                print(
                    "\n".join(told.lines if verbose or told.mark != "found" else told.lines[:1]), flush=True
                )
                kept.append(told)
    print(*_last_lines(correct, faulty), sep="\n")
    return int(any(told.mark not in ("correct", "found", "known") for told in (*correct, *faulty)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
