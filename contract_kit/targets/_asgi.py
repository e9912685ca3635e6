"""An ASGI app in this process: one event loop, its lifespan, a scope for each delivery.

The app runs on the thread that calls, as it would on a server's main thread; only where a loop is already
running there (a notebook, an asynchronous test) a helper thread is used. A hang that awaits is cut off at
the timeout; one that blocks is seen when it is over, unless the process around it is watched.
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from contract_kit.errors import TargetError
from contract_kit.targets._apps import Heard, Place, ServedApp, request_headers
from contract_kit.targets._parser import BODY_READ

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, MutableMapping

    from contract_kit.model import Delivery, TargetKind

    Message = MutableMapping[str, Any]
    App = Callable[..., Awaitable[None]]

__all__ = ["AsgiApp"]

_VERSION = {"version": "3.0", "spec_version": "2.4"}
_PATIENCE = 1.0
"""Seconds that a cancelled app gets to end."""
_PARTS = 4


class AsgiApp(ServedApp):
    """An ASGI app with its loop as a target; its lifespan goes from the first delivery until ``close``."""

    kind: TargetKind = "asgi"

    def __init__(self, app: App, **how: Any) -> None:
        super().__init__(app, **how)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifespan: _Lifespan | None = None

    def start(self) -> None:
        """Run the lifespan's startup, unless that was done; :class:`TargetError` where it fails."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._lifespan = _Lifespan(self._app)
            failure = self._run(self._lifespan.start(max(self._timeout, 10.0)))
            if failure is not None:
                self._lifespan = None
                self.close()
                raise TargetError(f"the app's startup failed: {failure}")

    def wait_for(self, awaitable: Awaitable[Any]) -> Any:
        """The result of something awaitable, on the app's own loop, in the time of one delivery."""

        async def wait() -> Any:
            return await asyncio.wait_for(awaitable, self._timeout)

        self.start()
        return self._run(wait())

    def close(self) -> None:
        """Run the lifespan's shutdown, and end whatever still runs."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        try:
            if self._lifespan is not None:
                self._run(self._lifespan.stop(5.0), loop)
            self._run(_end_everything(), loop)
            self._run(loop.shutdown_asyncgens(), loop)
            self._run(loop.shutdown_default_executor(), loop)
        finally:
            loop.close()

    def _run(self, work: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop | None = None) -> Any:
        loop = loop or self._loop
        assert loop is not None
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return loop.run_until_complete(work)
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(loop.run_until_complete, work).result()

    def _talk(self, delivery: Delivery) -> Heard:
        exchange = _Exchange(delivery)
        state = self._lifespan.state if self._lifespan is not None else {}
        self._run(self._drive(exchange, _scope(delivery, self._place, state)))
        return exchange.heard

    async def _drive(self, exchange: _Exchange, scope: Message) -> None:
        """Run the app on one scope, for as long as its time lasts."""
        heard = exchange.heard

        async def serve() -> None:
            try:
                await self._app(scope, exchange.receive, exchange.send)
            except SystemExit as error:  # which would end the loop, and us
                heard.error = error

        task = asyncio.ensure_future(serve())
        over = asyncio.ensure_future(exchange.cut_off.wait())
        try:
            await asyncio.wait({task, over}, timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                if not heard.cut:
                    place = self._waiting_at(task)
                    waits = f" (it waits at {place})" if place else ""
                    heard.late = f"no reply within {self._timeout:g} s{waits}"
                task.cancel()
                await asyncio.wait({task}, timeout=_PATIENCE)
            elif not task.cancelled():
                heard.error = heard.error or task.exception()
        finally:
            over.cancel()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await over

    def _waiting_at(self, task: asyncio.Task[None]) -> str | None:
        """The consumer's innermost frame of a coroutine that waits."""
        awaited: Any = task.get_coro()
        found = None
        while (frame := getattr(awaited, "cr_frame", None)) is not None:
            if self._ground.owns(frame.f_code.co_filename):
                found = self._ground.show((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
            awaited = awaited.cr_await
        return found


async def _end_everything() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_PATIENCE)


def _scope(delivery: Delivery, place: Place, state: dict[str, Any]) -> Message:
    headers = request_headers(delivery, chunked=delivery.framing.startswith("chunked"))
    return {
        "type": "http",
        "asgi": dict(_VERSION),
        "http_version": "1.0" if delivery.framing == "http-1.0" else "1.1",
        "method": delivery.method.upper(),
        "scheme": "http",
        "path": place.path.decode("utf-8", "replace"),
        "raw_path": place.raw_path,
        "query_string": place.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("testserver", 80),
        "state": dict(state),
        "extensions": {},
    }


class _Exchange:
    """The two channels of one request, checked as a server would check them."""

    def __init__(self, delivery: Delivery) -> None:
        size = len(delivery.body)
        step = max(1, -(-size // _PARTS)) if delivery.framing.startswith("chunked") else max(1, size)
        self._parts = [delivery.body[at : at + step] for at in range(0, size, step)] or [b""]
        self._parts.reverse()
        self.heard = Heard()
        self.cut_off = asyncio.Event()
        self._over = asyncio.Event()

    async def receive(self) -> Message:
        if self._parts:
            part = self._parts.pop()
            return {"type": "http.request", "body": part, "more_body": bool(self._parts)}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        kind, heard = message.get("type"), self.heard
        if heard.whole:
            if heard.cut:
                raise OSError("the client is gone")
            raise RuntimeError(f"the app sent {kind!r} after its reply was complete")
        if kind == "http.response.start":
            if heard.status is not None:
                raise RuntimeError("the app started its reply twice")
            heard.status = int(message["status"])
            heard.headers = tuple(
                (bytes(name).decode("latin-1").lower(), bytes(value).decode("latin-1"))
                for name, value in message.get("headers", ())
            )
        elif kind == "http.response.body":
            if heard.status is None:
                raise RuntimeError("the app sent a body before its status")
            heard.take(bytes(message.get("body", b"")))
            more = bool(message.get("more_body"))
            cut = heard.total >= BODY_READ and more
            if cut or not more:
                heard.end(cut=cut)
                self._over.set()
            if heard.cut:
                self.cut_off.set()
        elif kind != "http.response.trailers":
            raise RuntimeError(f"the app sent {kind!r}, which is no part of a reply")


class _Lifespan:
    """Startup and shutdown; an app that knows neither (it returns or raises) is served all the same."""

    def __init__(self, app: App) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Future[None] | None = None

    async def start(self, seconds: float) -> str | None:
        """``None``, or why the startup failed."""

        async def serve() -> None:
            scope = {"type": "lifespan", "asgi": dict(_VERSION), "state": self.state}
            await self._app(scope, self._inbox.get, self._outbox.put)

        self._task = asyncio.ensure_future(serve())
        answer = await self._ask("lifespan.startup", seconds)
        if answer is None:
            return None if self._task.done() else f"it took more than {seconds:g} s"
        if answer.get("type") == "lifespan.startup.failed":
            return str(answer.get("message") or "it gave no reason").strip().splitlines()[-1]
        return None

    async def stop(self, seconds: float) -> None:
        if self._task is not None and not self._task.done():
            await self._ask("lifespan.shutdown", seconds)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_PATIENCE)
            if self._task.done() and not self._task.cancelled():
                self._task.exception()  # seen: an app without a lifespan may raise what it likes

    async def _ask(self, what: str, seconds: float) -> Message | None:
        """The app's answer; ``None`` where it ended, or said nothing in time."""
        assert self._task is not None
        await self._inbox.put({"type": what})
        answer = asyncio.ensure_future(self._outbox.get())
        both: set[asyncio.Future[Any]] = {answer, self._task}
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        await asyncio.wait({answer})
        if self._task.done() and not self._task.cancelled():
            self._task.exception()
        return None if self._outbox.empty() else self._outbox.get_nowait()
