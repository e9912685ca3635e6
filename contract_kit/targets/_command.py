"""A command as a consumer: a body on stdin, a JSON value on stdout, the exit code as its word.

Commands that can stay up speak the worker protocol (``docs/worker-protocol.md``): the first start finds
out, with ``CONTRACT_KIT_WORKER=1`` in the environment and nothing on stdin, whether the command says
hello. POSIX only.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.errors import TargetError, UsageError
from contract_kit.jsonio import strict_loads
from contract_kit.model import NOTHING, Reply
from contract_kit.targets._base import ClosesItself
from contract_kit.targets._clock import Clock
from contract_kit.targets._process import OUTPUT_LIMIT, Process
from contract_kit.targets._traces import find_trace
from contract_kit.targets._worker import ENVIRONMENT, Bench, says_hello

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from contract_kit.model import Delivery, TargetKind

__all__ = ["CommandTarget"]

_LOOK = 0.01
"""Seconds between looks where the system does not tell us that a child ended."""
_PROBE = 5.0
"""Seconds for the first start; a command that says nothing until then is a plain one."""
_HELLO = 4_096
"""Bytes in which a hello has long ended."""
_CANNOT_RUN = frozenset({126, 127})
_MESSAGE = 2_000


class CommandTarget(ClosesItself):
    """A command that is given one body a start, or many where it speaks the worker protocol.

    ``timeout`` in seconds for one body; ``reject_exits`` are the exit codes that are a refusal;
    ``workers`` the processes at a time (default: one a processor); ``env`` is added to our environment.
    """

    kind: TargetKind = "command"

    def __init__(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 2.0,
        reject_exits: Iterable[int] = (1,),
        workers: int | None = None,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        if not argv:
            raise UsageError("a command is needed after --")
        if os.name != "posix":
            raise UsageError("commands can be given deliveries on POSIX systems only")
        if timeout <= 0:
            raise UsageError(f"timeout={timeout}: it must be more than 0 seconds")
        if workers is not None and workers < 1:
            raise UsageError(f"workers={workers}: at least one process is needed")
        self.argv = tuple(argv)
        self.name = " ".join(self.argv)
        self.timeout = timeout
        self.workers = workers or os.cpu_count() or 1
        self._rejects = frozenset(reject_exits)
        if 0 in self._rejects:
            raise UsageError("exit code 0 accepts; it cannot be a refusal too")
        self._cwd = cwd
        self._here = str(Path(cwd or ".").resolve())
        self._env = {**os.environ, **(env or {})}
        self._env.pop(ENVIRONMENT, None)
        self._clock = Clock()
        self._selector = selectors.DefaultSelector()
        self._running: dict[Process, tuple[Delivery, float]] = {}
        self._bench: Bench | None = None
        self._probed = False

    # ---- starting --------------------------------------------------------------------------------

    def start(self, *, worker: bool = False) -> Process:
        """Start the command; :class:`TargetError` where that cannot be done."""
        env = {**self._env, ENVIRONMENT: "1"} if worker else self._env
        try:
            return Process(self.argv, self._selector, cwd=self._cwd, env=env)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise TargetError(f"the command {self.argv[0]!r} cannot be started: {reason}") from error
        except ValueError as error:  # a NUL in an argument
            raise UsageError(f"the command cannot be started: {error}") from error

    def _probe(self) -> None:
        """Find out whether the command can stay up, by a start with nothing on its stdin."""
        if self._probed:
            return
        process = self.start(worker=True)
        try:
            process.give(b"", close=True)
            until = time.monotonic() + _PROBE
            while b"\n" not in process.out and len(process.out) < _HELLO and time.monotonic() < until:
                code = process.poll()
                if code is not None:
                    if code in _CANNOT_RUN:
                        said = process.errors.strip().splitlines()
                        raise TargetError(
                            f"the command cannot be run: {said[-1] if said else f'exit {code}'}"
                        )
                    break
                self._wait(until - time.monotonic() if process.tells_its_end else _LOOK)
            if says_hello(bytes(process.out)):
                self._bench = Bench(self)
            self._probed = True
        finally:
            process.kill()

    @property
    def stays_up(self) -> bool:
        """Whether it speaks the worker protocol, as far as is known: one start answers many bodies."""
        return self._bench is not None

    # ---- deliveries ------------------------------------------------------------------------------

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """Give the deliveries, ``workers`` at a time; yield each with its reply, as they end."""
        self._probe()
        source = iter(deliveries)
        ready: deque[tuple[Delivery, Reply]] = deque()
        exhausted = False
        try:
            while True:
                while not exhausted and len(self._running) < self.workers and len(ready) < self.workers:
                    try:
                        delivery = next(source)
                    except StopIteration:
                        exhausted = True
                    else:
                        self._give(delivery)
                if ready:
                    yield ready.popleft()
                elif self._running:
                    self._turn()
                elif exhausted:
                    return
                ready.extend(self._ended())
        finally:
            for process in list(self._running):
                process.kill()
            self._running.clear()

    def _give(self, delivery: Delivery) -> None:
        if self._bench is not None:
            process = self._bench.give(delivery)
        else:
            process = self.start()
            process.give(delivery.body, close=True)
        self._running[process] = (delivery, self._clock.now())

    def _turn(self) -> None:
        """Wait until something happens, or somebody's time is over."""
        first = min(began for _, began in self._running.values()) + self.timeout
        wait = max(0.0, first - self._clock.now())
        if not all(process.tells_its_end for process in self._running):
            wait = min(wait, _LOOK)
        self._wait(wait)

    def _wait(self, seconds: float) -> None:
        events = self._selector.select(max(0.0, seconds))
        self._clock.waited()
        for key, _ in events:
            process, name = key.data
            process.step(name)

    def _ended(self) -> Iterator[tuple[Delivery, Reply]]:
        for process, (delivery, began) in list(self._running.items()):
            if self._bench is not None and self._bench.has_come_up(process):
                # What it took to start is nobody's fault.
                began = self._clock.now()
                self._running[process] = (delivery, began)
            reply = self._reply(process, self._clock.now() - began)
            if reply is not None:
                del self._running[process]
                yield delivery, reply

    def _reply(self, process: Process, elapsed: float) -> Reply | None:
        if self._bench is not None:
            answer = self._bench.answer(process, elapsed)
            if answer is not None:
                return answer
        code = process.poll()
        if code is None and elapsed <= self.limit(process) and not process.flooded:
            return None
        process.kill()
        if code is None:
            if process.flooded:
                detail = f"printed more than {OUTPUT_LIMIT >> 20} MB"
                return Reply(outcome="crashed", elapsed=elapsed, detail=detail)
            reply = Reply(outcome="timed_out", elapsed=elapsed, detail=f"no end within {self.timeout:g} s")
        else:
            reply = self._judge(process, code, elapsed)
        return reply if self._bench is None else self._bench.ended(process, reply)

    def limit(self, process: Process) -> float:
        """Seconds for what this process does now."""
        return self.timeout + (0.0 if self._bench is None else self._bench.patience(process))

    def _judge(self, process: Process, code: int, elapsed: float) -> Reply:
        """What an exit code, stdout and stderr come to."""
        said = _ending(code)
        errors = process.errors
        trace = find_trace(errors, self._here)
        body = bytes(process.out[:65_536])
        if trace is not None:
            return Reply(
                outcome="crashed",
                exception=trace.exception or f"{trace.runtime} error",
                message=trace.message,
                where=trace.where,
                elapsed=elapsed,
                body=body,
                detail=f"a {trace.runtime} stack trace or panic stands on its stderr ({said})",
            )
        last = next((line.strip() for line in reversed(errors.splitlines()) if line.strip()), "")[:_MESSAGE]
        if code == 0:
            return Reply(
                outcome="accepted", value=_value(bytes(process.out)), elapsed=elapsed, body=body, detail=said
            )
        if code in self._rejects:
            return Reply(outcome="rejected", message=last, elapsed=elapsed, body=body, detail=said)
        return Reply(
            outcome="crashed",
            exception=said,
            message=last,
            elapsed=elapsed,
            body=body,
            detail=f"it ended with {said}",
        )

    def close(self) -> None:
        """End every process."""
        if self._selector.get_map() is None:
            return
        for process in list(self._running):
            process.kill()
        self._running.clear()
        if self._bench is not None:
            self._bench.close()
        self._selector.close()


def _ending(code: int) -> str:
    """``exit 3``, or the name of the signal."""
    if code >= 0:
        return f"exit {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _value(out: bytes) -> Any:
    """The JSON value that a command printed; ``NOTHING`` where that is none."""
    try:
        return strict_loads(out)
    except (ValueError, RecursionError):
        return NOTHING
