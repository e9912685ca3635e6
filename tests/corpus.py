"""Run the fuzzer over the proof corpus and say how it did: ``python -m tests.corpus [NAME-GLOB]``.

The table that ``make proof`` prints: each fault with the findings that a run gave, the right name or not,
and the time to the first; each correct consumer with what a strict run said of it.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from contract_kit.report import Context
from contract_kit.runner import Expectation, Progress, Settings, run
from contract_kit.spec import load_terms
from contract_kit.targets import open_python_target

if TYPE_CHECKING:
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
    target = open_python_target(
        consumer.target, input_=consumer.input, rejects=consumer.rejects, timeout=1.0
    )
    with target:  # type: ignore[attr-defined]
        context = Context(target=consumer.target, kind=target.kind, rejects=consumer.rejects)
        result = run(load_terms(), target, settings, context, progress=progress)
    return Row(consumer, result, progress.first, time.monotonic() - progress.started)


def main(glob: str = "*") -> int:
    """Print the table; 1 when a fault was missed, misnamed, or a correct consumer was blamed."""
    from tests.consumers import CORRECT, FAULTY

    bad = 0
    for one in CORRECT:
        if fnmatchcase(one.name, glob):
            row = fuzz(one)
            bad += bool(row.result.findings)
            print(f"correct  {one.name:28} {row.seconds:5.1f} s  {len(row.result.findings)} findings", flush=True)
            for finding in row.result.findings:
                print(f"           {finding.finding}: {finding.title} [{finding.case.id}]", flush=True)
    counts = []
    for fault in FAULTY:
        if fnmatchcase(fault.name, glob):
            row = fuzz(fault)
            counts.append(len(row.result.findings))
            bad += not row.right
            mark = "found " if row.right else ("MISNAMED" if row.names else "MISSED")
            first = f"{row.first_s:.2f}" if row.first_s is not None else "-"
            print(f"{mark:8} {fault.name:28} {row.seconds:5.1f} s  first {first:>6} s  {len(row.names)} {','.join(row.names)}  (wants {','.join(fault.findings)} at {','.join(fault.pointers)})", flush=True)
            if not row.right or len(row.names) > 3:
                for finding in row.result.findings[:8]:
                    print(f"           {finding.finding}: {finding.title} [{finding.case.id}] n={finding.count}", flush=True)
    if counts:
        print(f"findings a fault: mean {sum(counts) / len(counts):.2f}, most {max(counts)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
