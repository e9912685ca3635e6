"""The worker protocol's side that asks: commands that stay up and answer line by line (NDJSON).

``docs/worker-protocol.md`` is the protocol's own text.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import strict_loads
from contract_kit.model import NOTHING, Outcome, Reply

if TYPE_CHECKING:
    from contract_kit.model import Delivery
    from contract_kit.targets._command import CommandTarget
    from contract_kit.targets._process import Process

__all__ = ["ENVIRONMENT", "Bench", "says_hello"]

ENVIRONMENT = "CONTRACT_KIT_WORKER"
VERSION = 1
_START = 10.0
"""Seconds that a worker may take to say hello."""
_FAREWELL = 0.3
_OUTCOMES: dict[str, Outcome] = {"accepted": "accepted", "rejected": "rejected", "crashed": "crashed"}
_TEXT = 2_000


def says_hello(out: bytes) -> bool:
    r"""Whether the first line that a command printed is a hello that we understand.

    >>> says_hello(b'{"contract_kit_worker": 1}\n'), says_hello(b'{"name": "Ada"}\n')
    (True, False)
    """
    line, end, _ = out.partition(b"\n")
    hello = _object(line) if end else None
    return hello is not None and hello.get("contract_kit_worker") == VERSION


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = strict_loads(line)
    except (ValueError, RecursionError):
        return _without_value(line)
    return value if isinstance(value, dict) else None


_ID = re.compile(rb'"id"\s*:\s*(\d{1,18})\s*[,}]')
_OUTCOME = re.compile(rb'"outcome"\s*:\s*"(\w{1,20})"')


def _without_value(line: bytes) -> dict[str, Any] | None:
    """What an answer says whose value cannot be read: nested too deep, or what Python writes for it (``Infinity``).

    A worker has one request at a time, so it is the answer to that, and its own fields stand around the value.
    """
    number, outcome = _ID.search(line), _OUTCOME.search(line)
    if number is None or outcome is None:
        return None
    return {"id": int(number[1]), "outcome": outcome[1].decode()}


class Bench:
    """The workers of one target: each has one request at a time; one that dies or hangs is replaced."""

    def __init__(self, target: CommandTarget) -> None:
        self._target = target
        self._idle: list[Process] = []
        self._asked: dict[Process, int] = {}
        self._starting: set[Process] = set()
        self._serial = 0

    def give(self, delivery: Delivery) -> Process:
        """Ask an idle worker, or a new one."""
        process = None
        while self._idle and process is None:
            process = self._idle.pop()
            if process.poll() is not None:
                process.kill()
                process = None
        if process is None:
            process = self._target.start(worker=True)
            self._starting.add(process)
        self._serial += 1
        self._asked[process] = self._serial
        process.forget_errors()
        request = {"id": self._serial, "body_base64": base64.b64encode(delivery.body).decode()}
        process.give(json.dumps(request, separators=(",", ":")).encode() + b"\n", close=False)
        return process

    def has_come_up(self, process: Process) -> bool:
        """True once, when a new worker says hello."""
        if process not in self._starting or not says_hello(bytes(process.out)):
            return False
        self._starting.discard(process)
        del process.out[: process.out.index(b"\n") + 1]
        return True

    def patience(self, process: Process) -> float:
        """Seconds beyond the timeout, for a worker that is still starting."""
        return _START if process in self._starting else 0.0

    def answer(self, process: Process, elapsed: float) -> Reply | None:
        """The answer to what the worker was asked, once it is there. Other lines are passed over."""
        if process in self._starting:
            return None
        while (end := process.out.find(b"\n")) >= 0:
            line = bytes(process.out[:end])
            del process.out[: end + 1]
            said = _object(line)
            if said is not None and said.get("id") == self._asked[process]:
                reply = _reply(said, elapsed)
                self._idle.append(process)
                return reply
        return None

    def ended(self, process: Process, reply: Reply) -> Reply:
        """A worker that ended instead of answering crashed, however it ended."""
        self._asked.pop(process, None)
        self._starting.discard(process)
        if reply.outcome == "timed_out" or reply.exception is not None:
            return reply
        detail = f"the worker ended before it answered ({reply.detail})"
        return replace(reply, outcome="crashed", value=NOTHING, exception="worker ended", detail=detail)

    def close(self) -> None:
        """Let the idle ones go: their stdin is closed, and soon they are."""
        for process in self._idle:
            process.end(_FAREWELL)
        self._idle.clear()


def _reply(said: dict[str, Any], elapsed: float) -> Reply:
    outcome = _OUTCOMES.get(str(said.get("outcome")))
    if outcome is None:
        detail = f"broke the worker protocol: its outcome is {str(said.get('outcome'))[:60]!r}"
        return Reply(outcome="crashed", elapsed=elapsed, detail=detail)
    return Reply(
        outcome=outcome,
        value=said["value"] if outcome == "accepted" and "value" in said else NOTHING,
        exception=_text(said, "exception"),
        message=_text(said, "message") or "",
        where=_text(said, "where"),
        elapsed=elapsed,
        detail=f"the worker says {outcome}",
    )


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return None if value is None else str(value)[:_TEXT]
