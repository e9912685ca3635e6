"""A threading HTTP/1.1 server for WSGI apps: keeps connections, reads lengths and chunks as RFC 9112 says."""

from __future__ import annotations

import contextlib
import io
import re
import socket
import socketserver
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from contract_kit.sample._app import EFFECTS, HEALTH, WEBHOOKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    App = Callable[..., Any]

__all__ = ["Running", "serve"]

_MOST = 4_000_000
"""Bytes: larger bodies are answered 413. The sender's own limit is about 350 kB."""
_LINE = 4096
_DIGITS = re.compile(r"[0-9]{1,18}")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")


class _BadMessage(Exception):
    """A body whose end cannot be known: the status to answer before the connection is closed."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Running:
    """Where a served receiver is."""

    base: str
    port: int

    @property
    def url(self) -> str:
        """Where deliveries go."""
        return self.base + WEBHOOKS

    @property
    def effects_url(self) -> str:
        """Where the number of effects stands, at ``/writes``."""
        return self.base + EFFECTS

    @property
    def health_url(self) -> str:
        """What answers 200 as long as it runs."""
        return self.base + HEALTH


@contextmanager
def serve(
    app: App, host: str = "127.0.0.1", port: int = 0, *, log: Callable[[str], None] | None = None
) -> Iterator[Running]:
    """Serve a WSGI app from threads of this process until the block is left; ``port`` 0 is a free one.

    ``log`` is called with one line for each request, from many threads. Raises ``OSError`` where the
    address cannot be listened at. When the block is left, every connection is closed.
    """
    server = _Server((host, port), app, log)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="sample-receiver", daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    try:
        yield Running(f"http://{shown}:{server.server_port}", server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], app: App, log: Callable[[str], None] | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.app, self.log = app, log
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind, without asking a name server who we are, as the base class does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that it can be closed."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close and forget the connection."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening and close what is open: idle connections would otherwise wait for their end."""
        super().server_close()
        with self._guard:
            for request in self._open:
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 60
    server: _Server

    def handle_one_request(self) -> None:
        """Read one request and answer it; whatever is wrong with it closes the connection."""
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if len(self.raw_requestline) > 65536:
                self.requestline = self.request_version = self.command = ""
                self.send_error(414)
            elif self.raw_requestline and self.parse_request():
                self._serve()
            else:
                self.close_connection = True
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def _serve(self) -> None:
        try:
            body = self._body()
        except _BadMessage as bad:
            self.send_error(bad.status)
            self.close_connection = True
            return
        status, headers, answer = self._run(body)
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def _run(self, body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        """The app's answer; 500 without a word where it dies."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            parts = self.server.app(self._environ(body), lambda *what: started.append(what))
            answer = b"".join(parts)
            status, headers = started[-1]
        except Exception:  # noqa: BLE001 - whatever an app raises is a 500
            text = b"Internal Server Error\n"
            fixed = [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]
            return "500 Internal Server Error", fixed, text
        return status, headers, answer

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": str(self.server.server_name),
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
            if key not in ("HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                environ[key] = f"{environ[key]},{value.strip()}" if key in environ else value.strip()
        return environ

    # -- the body (RFC 9112, sections 6 and 7) ----------------------------------------------------------

    def _body(self) -> bytes:
        lengths = self.headers.get_all("Content-Length") or []
        codings = self.headers.get_all("Transfer-Encoding") or []
        if codings:
            if lengths or self.request_version == "HTTP/1.0":
                raise _BadMessage(400)
            if [coding.strip().lower() for coding in codings] != ["chunked"]:
                raise _BadMessage(501)
            return self._chunks()
        if not lengths:
            if self.command in ("POST", "PUT", "PATCH"):
                raise _BadMessage(411)
            return b""
        if len(set(lengths)) != 1 or _DIGITS.fullmatch(lengths[0].strip()) is None:
            raise _BadMessage(400)
        return self._exactly(int(lengths[0]))

    def _exactly(self, size: int) -> bytes:
        if size > _MOST:
            raise _BadMessage(413)
        data = self.rfile.read(size)
        if len(data) != size:
            raise _BadMessage(400)
        return data

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        left = _MOST
        while True:
            found = _SIZE.fullmatch(self.rfile.readline(_LINE))
            if found is None:
                raise _BadMessage(400)
            size = int(found[1], 16)
            if not size:
                break
            left -= size
            if left < 0:
                raise _BadMessage(413)
            parts.append(self._exactly(size))
            if self._exactly(2) != b"\r\n":
                raise _BadMessage(400)
        for _ in range(100):
            line = self.rfile.readline(_LINE)
            if line == b"\r\n":
                return b"".join(parts)
            if not line.endswith(b"\r\n"):
                break
        raise _BadMessage(400)

    # -- quiet ------------------------------------------------------------------------------------------

    def version_string(self) -> str:
        """No version: it is nobody's business."""
        return "contract-kit-sample"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        """One line to whom it may concern."""
        if self.server.log is not None:
            line = self.requestline.encode("ascii", "backslashreplace").decode()[:200]
            self.server.log(f"{line!r} {int(code)}" if isinstance(code, int) else line)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing else is said."""
