"""Schemathesis as a maker of cases: it runs in a thread of its own and talks to an app that is us.

The app answers nothing itself. Each request is handed to the run's own thread, which labels, signs, sends and
judges it as any case, and gives the receiver's reply back. So all that the run promises holds here too: which
addresses may be reached, that redirects are not followed, limits, and that Ctrl-C ends it at once.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from contract_kit.bridges._labels import Labels
from contract_kit.spec import receiver_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract_kit.model import Case, Reply, Verdict
    from contract_kit.runner import Run

__all__ = ["drive"]

_TICK = 0.1
"""Seconds between two looks at the clock while Schemathesis thinks."""
_GRACE = 2.0
"""Seconds for Schemathesis to end by itself once it was told to; its threads die with the process anyway."""
_MOST_SINGLES = 600
"""Cases of one difference that a run may spend on explaining failures."""
_MOST_BODY = 65_536


@dataclass(slots=True)
class _Asked:
    """A request of Schemathesis that waits for its answer."""

    method: str
    content_type: str | None
    body: bytes
    answer: SimpleQueue[Reply | None] = field(default_factory=SimpleQueue)


def drive(run: Run) -> None:
    """Run Schemathesis to its end, or to the run's."""
    relay = _Relay()
    stream = _events(run, relay)
    worker = threading.Thread(target=_consume, args=(stream, relay), name="schemathesis", daemon=True)
    run.progress.phase("schemathesis", None)
    worker.start()
    broken = True
    try:
        _serve(run, relay)
        broken = False
    finally:
        relay.close()
        stream.stop()
        worker.join(_TICK if broken else _GRACE)
    run.notes.extend(f"Schemathesis: {problem}" for problem in dict.fromkeys(relay.problems))


def _events(run: Run, relay: _Relay) -> Any:
    """The stream of Schemathesis's events over the relay; nothing is sent before it is read."""
    import schemathesis
    from schemathesis.engine import from_schema

    most = run.settings.max_examples
    config = schemathesis.Config.from_dict(
        {
            "seed": run.settings.seed,
            "workers": 1,
            "continue-on-failure": True,
            "checks": {"enabled": False},  # ours are made of the replies
            "generation": {"max-examples": max(most, 1), "database": "none", "no-shrink": True},
            "phases": {"stateful": {"enabled": False}, "fuzzing": {"enabled": most > 0}},
        }
    )
    schema = schemathesis.openapi.from_dict(receiver_of(run.terms, pin=True), config=config)
    schema.app = relay
    return from_schema(schema).execute()


def _consume(stream: Iterable[Any], relay: _Relay) -> None:
    """Read the events to the end; what went wrong inside Schemathesis becomes a note."""
    try:
        for event in stream:
            problem = getattr(event, "info", None) or getattr(event, "exception", None)
            if problem is not None:
                relay.problems.append(_words(problem))
    except BaseException as problem:  # noqa: BLE001 (a foreign engine must not end the run)
        relay.problems.append(_words(problem))
    finally:
        relay.done.set()


def _words(problem: Any) -> str:
    title, message = (
        getattr(problem, "title", type(problem).__name__),
        getattr(problem, "message", str(problem)),
    )
    return " ".join(f"{title}: {message}".split())[:300]


def _serve(run: Run, relay: _Relay) -> None:
    """Answer requests until there are no more, or the run is over."""
    judging = _Judging(run)
    while not run.over():
        try:
            asked = relay.asked.get(timeout=_TICK)
        except Empty:
            if relay.done.is_set():
                return
            continue
        reply: Reply | None = None
        try:
            reply = judging(asked)
        finally:
            asked.answer.put(reply)


class _Judging:
    """From a request to a recorded verdict."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._labels = Labels(run.terms, run.policy, run.target.kind, "schemathesis")
        self._known: dict[str, Reply | None] = {}
        self._singles = _MOST_SINGLES

    def __call__(self, asked: _Asked) -> Reply | None:
        case = self._labels.case(asked.body, method=asked.method, content_type=asked.content_type)
        if case.id in self._known:
            return self._known[case.id]
        reply = self._known[case.id] = self._run.examine(case)
        failed = self._run.judged.get(case.id)
        if failed is not None:
            self._explain(case, failed)
        return reply

    def _explain(self, case: Case, failed: Verdict) -> None:
        """Find the one difference that a failure comes from, if it comes from one, and say so of the failure."""
        cause: Case | None = None
        for single in self._labels.singles(case):
            if single.id not in self._known:
                if self._singles <= 0 or self._run.over():
                    continue
                self._singles -= 1
                self._known[single.id] = self._run.examine(single)
            found = self._run.judged.get(single.id)
            if cause is None and found is not None and found.finding == failed.finding:
                cause = single
        if cause is not None:
            told = replace(
                case, at=cause.at, family=cause.family, pointer=cause.pointer, keyword=cause.keyword
            )
            self._run.judged[case.id] = replace(failed, case=told, pointer=cause.at, keyword=cause.keyword)


class _Relay:
    """A WSGI app whose requests are answered by another thread."""

    def __init__(self) -> None:
        self.asked: SimpleQueue[_Asked] = SimpleQueue()
        self.done = threading.Event()
        self.problems: list[str] = []
        self._closed = threading.Event()

    def close(self) -> None:
        """Answer whoever waits or comes, without anybody being asked."""
        self._closed.set()
        deadline = time.monotonic() + _TICK
        while time.monotonic() < deadline:
            try:
                self.asked.get_nowait().answer.put(None)
            except Empty:
                return

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        reply = self._ask(environ)
        status = reply.status if reply is not None and reply.status is not None else None
        if status is None or not 200 <= status <= 599:
            status = 204 if reply is None else 502
        kept = [
            ("Content-Type", v) for k, v in (reply.headers if reply else ()) if k.lower() == "content-type"
        ]
        start_response(f"{status} {_phrase(status)}", kept[:1])
        return [reply.body[:_MOST_BODY]] if reply is not None and status != 204 else []

    def _ask(self, environ: dict[str, Any]) -> Reply | None:
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(int(length))
        asked = _Asked(environ["REQUEST_METHOD"], environ.get("CONTENT_TYPE") or None, body)
        if self._closed.is_set():
            return None
        self.asked.put(asked)
        while not self._closed.is_set():
            try:
                return asked.answer.get(timeout=_TICK)
            except Empty:
                continue
        return None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
