"""What ``generate`` writes, made in slices of one sequence: here, or by several processes and given in order.

A slice depends on the job and its numbers alone, so it does not matter who makes it: the result of eight
processes is that of one, byte for byte. Each process makes every n-th slice and waits while its pipe is full,
so that memory stays flat however slow the reader is.
"""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractKitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from contract_kit.model import Case, Kind, Policy, Terms

    Make = Callable[[int, int], bytes]

__all__ = ["Job", "Source", "blocks", "slices", "source_of"]

_ENDS = frozenset({signal.SIGINT, signal.SIGTERM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be made, in words that another process understands."""

    event: str
    spec: Path | None
    kinds: tuple[Kind, ...]
    policy: Policy | None
    seed: int


class Source:
    """The sequence of a job: item ``i`` is the same whenever and wherever it is asked for."""

    def __init__(self, job: Job) -> None:
        from contract_kit.spec import load_terms

        if "delivery" in job.kinds:
            raise UsageError(
                "delivery cases are no data; 'contract-kit cases --as url --kinds delivery' lists them"
            )
        self.job = job
        self.terms: Terms = load_terms(job.event, job.spec)
        self._known: list[Case] = []
        if not self.realistic:
            from contract_kit.cases import body_cases

            self._known = list(body_cases(self.terms, kinds=job.kinds, policy=job.policy))
            if not self._known:
                raise UsageError(f"the contract has no cases of kind {', '.join(job.kinds)}")

    @property
    def realistic(self) -> bool:
        """Whether the items are realistic payloads; else they are cases, as the catalogue lists them."""
        return self.job.kinds == ("valid",)

    def lines(self, first: int, count: int) -> Iterator[bytes]:
        """Items as compact JSON."""
        if self.realistic:
            from contract_kit.values import sample_lines

            return sample_lines(self.terms, count, seed=self.job.seed, start=first)
        from contract_kit.jsonio import compact

        return map(compact, self.values(first, count))

    def values(self, first: int, count: int) -> Iterator[dict[str, Any]]:
        """Items as values."""
        if self.realistic:
            from contract_kit.values import samples

            return samples(self.terms, count, seed=self.job.seed, start=first)
        from contract_kit.cli._kept import case_json

        return map(case_json, self._drawn(first, count))

    def _drawn(self, first: int, count: int) -> Iterator[Case]:
        """``count`` cases from ``first`` on: each round is the whole catalogue in an order of its own."""
        import random

        order: list[int] = []
        last = -1
        for number in range(first, first + count):
            turn, at = divmod(number, len(self._known))
            if turn != last:
                order, last = list(range(len(self._known))), turn
                random.Random(f"{self.job.seed}:{turn}").shuffle(order)
            yield self._known[order[at]]


@lru_cache(maxsize=1)
def source_of(job: Job) -> Source:
    """The source of a job, made once a process (and before it forks, once for all)."""
    return Source(job)


def slices(start: int, count: int, size: int) -> Iterator[tuple[int, int]]:
    """First number and length of each slice; they lie where they lie, whoever makes them."""
    for first in range(start, start + count, size):
        yield first, min(size, start + count - first)


@contextmanager
def blocks(make: Make, start: int, count: int, *, size: int, workers: int) -> Iterator[Iterator[bytes]]:
    """What ``make`` makes of each slice, in order. ``make`` gives at least a byte and can be pickled."""
    workers = min(workers, -(-count // size))
    if workers <= 1:
        yield (make(first, length) for first, length in slices(start, count, size))
        return
    if _forks():
        make(start, 1)  # what is compiled now is there in every process
    readers: list[Connection] = []
    processes: list[BaseProcess] = []
    try:
        for number in range(workers):
            _hire(make, (start, count, size), (number, workers), readers, processes)
        yield _received(slices(start, count, size), readers, processes)
    finally:
        for reader in readers:
            reader.close()
        for process in processes:
            process.terminate()
            process.join()


def _hire(
    make: Make,
    wanted: tuple[int, int, int],
    turn: tuple[int, int],
    readers: list[Connection],
    processes: list[BaseProcess],
) -> None:
    from multiprocessing import get_context

    forks = _forks()
    context: Any = get_context("fork" if forks else "spawn")
    reader, writer = context.Pipe(duplex=False)
    # What a fork inherits it must close: a pipe is broken only when nobody else can read from it.
    inherited = [*readers, reader] if forks else []
    process = context.Process(target=_work, args=(make, wanted, turn, writer, inherited), daemon=True)
    with _undisturbed():
        process.start()
    writer.close()
    readers.append(reader)
    processes.append(process)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Interruptions wait until a process has begun: in the middle of a fork Python prints and forgets them.

    The new process begins with them blocked too, until it has said what they are to it.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, which knows no fork either
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _forks() -> bool:
    """Whether a process is a copy of this one; elsewhere, and on macOS whose libraries dislike it, it begins anew."""
    from multiprocessing import get_all_start_methods

    return "fork" in get_all_start_methods() and sys.platform != "darwin"


def _work(
    make: Make,
    wanted: tuple[int, int, int],
    turn: tuple[int, int],
    writer: Connection,
    inherited: list[Connection],
) -> None:
    """One process: every n-th slice; it ends quietly when nobody reads, and says what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells all of them; the first one decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    for reader in inherited:
        reader.close()
    number, workers = turn
    try:
        for first, length in islice(slices(*wanted), number, None, workers):
            writer.send_bytes(make(first, length))
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 (it is said by the process that has a terminal)
        with suppress(OSError):
            writer.send_bytes(b"")
            writer.send(error if isinstance(error, ContractKitError) else f"{type(error).__name__}: {error}")


def _received(
    wanted: Iterator[tuple[int, int]], readers: list[Connection], processes: list[BaseProcess]
) -> Iterator[bytes]:
    for turn, (first, length) in enumerate(wanted):
        reader, process = readers[turn % len(readers)], processes[turn % len(readers)]
        try:
            block = reader.recv_bytes()
            said = None if block else reader.recv()
        except (EOFError, OSError):  # at the end of a block, or in the middle of one
            process.join()
            raise ContractKitError(
                f"a worker process {_end(process.exitcode)} before it had made items {first:,} to "
                f"{first + length - 1:,}; fewer --workers need less memory"
            ) from None
        if said is not None:
            raise said if isinstance(said, ContractKitError) else ContractKitError(f"a worker failed: {said}")
        yield block


def _end(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with {code}"
