"""A WSGI app in this process, called as PEP 3333 says.

The app runs on the thread that calls. A hang is seen when it is over, unless the process around it is
watched.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from contract_kit.targets._apps import Heard, Place, ServedApp, request_headers
from contract_kit.targets._parser import BODY_READ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract_kit.model import Delivery, TargetKind

    App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

__all__ = ["WsgiApp"]

_STATUS = re.compile(r"(\d{3})(?: |$)")
_UNPREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class WsgiApp(ServedApp):
    """A WSGI app as a target; nothing is started and nothing held."""

    kind: TargetKind = "wsgi"

    def _talk(self, delivery: Delivery) -> Heard:
        response = _Response()
        try:
            _drive(self._app, _environ(delivery, self._place), response)
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - whatever the consumer raises
            response.heard.error = raised
        return response.heard


class _Response:
    """``start_response`` and ``write``, checked as a server would check them."""

    def __init__(self) -> None:
        self.heard = Heard()
        self._sent = False

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        try:
            if exc_info is not None and self._sent:
                raise exc_info[1].with_traceback(exc_info[2])
            if exc_info is None and self.heard.status is not None:
                raise AssertionError("start_response was called twice without exc_info")
        finally:
            exc_info = None
        match = _STATUS.match(status) if isinstance(status, str) else None
        if match is None:
            raise ValueError(f"{status!r} is no status line such as '200 OK'")
        if not all(isinstance(part, str) for pair in headers for part in pair):
            raise TypeError("the headers of start_response must be pairs of str")
        self.heard.status = int(match[1])
        self.heard.headers = tuple((name.lower(), value) for name, value in headers)
        return self.write

    def write(self, data: bytes) -> None:
        if not isinstance(data, bytes | bytearray):
            raise TypeError(f"the body must be bytes, not {type(data).__name__}")
        if self.heard.status is None:
            raise AssertionError("a body came before start_response was called")
        self._sent = self._sent or bool(data)
        self.heard.take(bytes(data))

    def end(self, *, cut: bool) -> None:
        if self.heard.status is None:
            raise AssertionError("start_response was never called")
        self.heard.end(cut=cut)


def _drive(app: App, environ: dict[str, Any], response: _Response) -> None:
    result = app(environ, response.start)
    try:
        cut = False
        for piece in result:
            response.write(piece)
            if response.heard.total >= BODY_READ:
                cut = True
                break
        response.end(cut=cut)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()


def _environ(delivery: Delivery, place: Place) -> dict[str, Any]:
    """The environment of one request. A chunked body comes with its length, as most servers hand it on."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": delivery.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": place.path.decode("latin-1"),
        "QUERY_STRING": place.query.decode("ascii"),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.0" if delivery.framing == "http-1.0" else "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(delivery.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in request_headers(delivery):
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in _UNPREFIXED else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ and key not in _UNPREFIXED else text
    return environ
