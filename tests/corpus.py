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
    target = open_python_target(consumer.target, input_=consumer.input, rejects=consumer.rejects, timeout=1.0)
    with target:  # type: ignore[attr-defined]
        context = Context(target=consumer.target, kind=target.kind, rejects=consumer.rejects)
        result = run(load_terms(), target, settings, context, progress=progress)
    return Row(consumer, result, progress.first, time.monotonic() - progress.started)


def _correct(one: Correct) -> tuple[str, bool]:
    row = fuzz(one)
    lines = [f"correct   {one.name:26} {row.seconds:5.1f} s  {len(row.result.findings)} findings"]
    lines += [f"          {f.finding}: {f.title} [{f.case.id}]" for f in row.result.findings]
    return "\n".join(lines), not row.result.findings


def _faulty(name: str) -> tuple[str, int, float | None, bool]:
    from tests.consumers import FAULTY

    fault = next(fault for fault in FAULTY if fault.name == name)
    row = fuzz(fault, max_examples=50)
    mark = "found" if row.right else "misnamed" if row.names else "missed"
    if mark != "found" and fault.known_miss:
        mark = "known"
    first = f"{row.first_s:.2f} s" if row.first_s is not None else "-"
    told = ",".join(row.names) or fault.known_miss
    line = f"{mark:9} {name:26} {row.seconds:5.1f} s  first {first:>8}  wants {','.join(fault.findings):24} said {told}"
    return line, len(row.names), row.first_s, mark in ("found", "known")


def main(glob: str = "*") -> int:
    """Print the table; 1 when a fault was missed or misnamed, or a correct consumer was blamed."""
    from concurrent.futures import ProcessPoolExecutor

    from tests.consumers import CORRECT, FAULTY

    good, counts, firsts = True, [], []
    with ProcessPoolExecutor(2) as pool:
        for line, fine in pool.map(_correct, [one for one in CORRECT if fnmatchcase(one.name, glob)]):
            print(line, flush=True)
            good &= fine
        for line, count, first, fine in pool.map(
            _faulty, [f.name for f in FAULTY if fnmatchcase(f.name, glob)]
        ):
            print(line, flush=True)
            counts.append(count)
            firsts += [first] if first is not None else []
            good &= fine
    if firsts:
        print(
            f"{len(counts)} faults; findings a fault: mean {sum(counts) / len(counts):.2f}, most {max(counts)}; ",
            end="",
        )
        print(f"time to the first: median {sorted(firsts)[len(firsts) // 2]:.2f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
