"""What ASGI and WSGI apps in this process share: the request, the path, the errors, the judgement."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

from contract_kit.model import Reply
from contract_kit.targets._base import ClosesItself
from contract_kit.targets._frames import Ground, qualified_name, where_raised
from contract_kit.targets._framing_bytes import SOUND, header_bytes
from contract_kit.targets._parser import BODY_KEPT
from contract_kit.targets._status import TRIES, asks_to_wait, judge_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.model import Delivery, Headers, TargetKind

__all__ = ["Heard", "Place", "ServedApp", "guess_path", "request_headers"]

_HOST = b"testserver"
_MESSAGE = 2_000
_LONGEST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an app the deliveries go: the path as it stands in a URL, and its parts as apps get them."""

    text: str

    @property
    def raw_path(self) -> bytes:
        """The path, percent-encoded, without the query."""
        return quote(self.text.partition("?")[0] or "/", safe="%/:@!$&'()*+,;=-._~").encode()

    @property
    def path(self) -> bytes:
        """The path with its percent-encoding undone."""
        return unquote_to_bytes(self.raw_path)

    @property
    def query(self) -> bytes:
        """The query, percent-encoded."""
        return quote(self.text.partition("?")[2], safe="%/:@!$&'()*+,;=-._~?").encode()


@dataclass(slots=True)
class Heard:
    """What an app said to one delivery, as far as it came: ``whole`` once the reply is complete.

    ``ended`` is the moment (:func:`time.perf_counter`) of that, ``error`` what the app raised, ``late`` a
    sentence on how it hung. ``total`` counts the body's bytes, those that were not kept included.
    """

    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    whole: bool = False
    cut: bool = False
    total: int = 0
    ended: float | None = None
    error: BaseException | None = None
    late: str | None = None

    def take(self, data: bytes) -> None:
        """Add a piece of the body; what is beyond the limit is counted and dropped."""
        self.total += len(data)
        if len(self.body) < BODY_KEPT:
            self.body += data[: BODY_KEPT - len(self.body)]

    def end(self, *, cut: bool) -> None:
        """The reply is complete, or so long that the rest is not waited for (``cut``)."""
        self.cut, self.whole, self.ended = cut, True, time.perf_counter()


class ServedApp(ClosesItself, ABC):
    """An app in this process as a target that is given one delivery at a time.

    ``path`` may hold a query; without one it is found by looking (see :func:`guess_path`). ``timeout`` is in
    seconds, ``ground`` what is the consumer's own (the working directory unless told), ``name`` what the user
    typed.
    """

    kind: TargetKind

    def __init__(
        self,
        app: Any,
        *,
        name: str = "",
        path: str | None = None,
        timeout: float = 15.0,
        ground: Ground | None = None,
    ) -> None:
        self.name = name or getattr(app, "__name__", type(app).__name__)
        self._app = app
        self._place = Place(path or guess_path(app))
        self._timeout = timeout
        self._ground = ground or Ground(str(Path.cwd()))

    def start(self) -> None:
        """What is done before the first delivery, once; here nothing."""

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """See :meth:`Target.exchange`."""
        for delivery in deliveries:
            yield delivery, self.call(delivery)

    def call(self, delivery: Delivery) -> Reply:
        """Give one delivery; again, a few times, where the app asks to wait."""
        if delivery.framing not in SOUND:
            said = f"the framing {delivery.framing!r} exists only on a wire"
            return Reply(outcome="not_judged", detail=said)
        self.start()
        for turn in range(TRIES):
            reply = self._once(delivery)
            wait = None if reply.status is None else asks_to_wait(reply.status, reply.headers)
            if wait is None or reply.outcome == "timed_out":
                return reply
            if turn + 1 < TRIES:
                time.sleep(min(wait, _LONGEST_PAUSE))
        return replace(reply, outcome="not_judged", detail=f"{reply.detail}, {TRIES} times")

    def close(self) -> None:
        """What is done after the last delivery; here nothing."""

    @abstractmethod
    def _talk(self, delivery: Delivery) -> Heard:
        """Give one delivery once, and hear what comes of it."""

    def _once(self, delivery: Delivery) -> Reply:
        began = time.perf_counter()
        with _listening() as ear:
            heard = self._talk(delivery)
        elapsed = (heard.ended or time.perf_counter()) - began
        if heard.late is None and elapsed > self._timeout:
            heard.late, heard.whole = f"it answered after {elapsed:.3g} s", False
        heard.error = heard.error or ear.error
        return replace(_judged(heard, self._ground), elapsed=elapsed)


def request_headers(delivery: Delivery, *, chunked: bool = False) -> list[tuple[bytes, bytes]]:
    """A delivery's headers as a server hands them to the app: ``host`` and what frames the body added."""
    given = [(header_bytes(name), header_bytes(value)) for name, value in delivery.headers]
    if delivery.framing == "header-repeated":
        given = [pair for pair in given for _ in range(2)]
    names = {name.lower() for name, _ in given}
    host = [] if b"host" in names else [(b"host", _HOST)]
    length = (
        (b"transfer-encoding", b"chunked") if chunked else (b"content-length", b"%d" % len(delivery.body))
    )
    return [*host, *given, *([] if length[0] in names else [length])]


def guess_path(app: Any) -> str:
    """Where an app takes webhooks: its only POST route, or the only one that is called a hook; else ``/``.

    Knows the route tables of Starlette and FastAPI (``app.routes``) and of Flask (``app.url_map``).
    """
    found = list(dict.fromkeys(_post_routes(app)))
    hooks = [path for path in found if "hook" in path.lower()]
    for some in (found, hooks):
        if len(some) == 1:
            return some[0]
    return "/"


def _post_routes(app: Any) -> Iterator[str]:
    routes = getattr(app, "routes", None)
    if isinstance(routes, list | tuple):
        for route in routes:
            path = getattr(route, "path", None)
            if (
                isinstance(path, str)
                and "POST" in (getattr(route, "methods", None) or ())
                and "{" not in path
            ):
                yield path
    table: Any = getattr(app, "url_map", None)
    if hasattr(table, "iter_rules"):
        for rule in table.iter_rules():
            if "POST" in (rule.methods or ()) and "<" not in rule.rule:
                yield rule.rule


class _Ear(logging.Handler):
    """Hears the exceptions that a framework swallows and logs (Flask and Django answer 500, no more)."""

    error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            self.error = record.exc_info[1]


@contextmanager
def _listening() -> Iterator[_Ear]:
    """Listen to the log while an app is called."""
    ear, root = _Ear(), logging.getLogger()
    root.addHandler(ear)
    try:
        yield ear
    finally:
        root.removeHandler(ear)


def _judged(heard: Heard, ground: Ground) -> Reply:
    """What an app said or raised, judged like a reply over the network."""
    reply = Reply(outcome="crashed", status=heard.status, headers=heard.headers, body=heard.body)
    said, error = "", heard.error
    if heard.status is not None:
        outcome, said = judge_status(heard.status)
        reply = replace(
            reply, outcome=outcome, detail=f"{said}; the body was cut at 1 MB" if heard.cut else said
        )
    if heard.late is not None and not heard.whole:
        return replace(reply, outcome="timed_out", detail=heard.late)
    if error is not None and (not heard.whole or reply.outcome == "crashed"):
        return replace(
            reply,
            outcome="crashed",
            exception=qualified_name(type(error)),
            message=_text(error),
            where=where_raised(error, ground),
            detail=f"it raised {qualified_name(type(error))}" + (f" and {said}" if said else ""),
        )
    if not heard.whole:
        began = f"{said}, and then the reply did not end" if said else "it gave no reply"
        return replace(reply, outcome="crashed", detail=began)
    return reply


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_MESSAGE]
    except Exception:  # noqa: BLE001 - the consumer's own __str__ may raise anything
        return ""
