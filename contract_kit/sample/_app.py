"""The sample receiver: a WSGI app that verifies, reads, checks, and acts once upon each event."""

from __future__ import annotations

import json
import re
import threading
import traceback
from typing import TYPE_CHECKING, Any

from contract_kit.sample._faults import Fault
from contract_kit.sample._payload import Payload
from contract_kit.sample._verify import Refused, Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    Environ = dict[str, Any]
    StartResponse = Callable[[str, list[tuple[str, str]]], object]

__all__ = ["EFFECTS", "HEALTH", "WEBHOOKS", "Receiver"]

WEBHOOKS, EFFECTS, HEALTH = "/webhooks", "/effects", "/health"
_JSON = re.compile(r"application/json(?:[\s,;].*)?", re.IGNORECASE | re.DOTALL)
_PHRASES = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    500: "Internal Server Error",
}


class Receiver:
    """A receiver of ``customer.created``, right in everything but the ``faults`` that are planted in it.

    It takes ``POST /webhooks``, signed where there is a ``secret`` (``whsec_…``; :class:`SigningError` where
    it is no base64), and answers ``GET /effects`` with ``{"writes": n}``,
    ``GET /health`` with ``{"ok": true}``.
    A WSGI app, safe to be called by many threads.
    """

    def __init__(self, *, secret: str | None = None, faults: Collection[Fault] = ()) -> None:
        self.faults = frozenset(faults)
        self._verifier = None if secret is None else Verifier(secret, self.faults)
        self._payload = Payload(self.faults)
        self._lock = threading.Lock()
        self._done: set[object] = set()
        self._writes = 0

    @property
    def writes(self) -> int:
        """How many events it has acted upon."""
        return self._writes

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """See PEP 3333. What a planted crash raises goes to the server, which answers 500."""
        try:
            status, answer = 200, self._answer(environ)
        except Refused as refused:
            status, answer = refused.status, {"error": refused.words}
        except Exception:
            if Fault.TRACEBACK not in self.faults:
                raise
            status, answer = 500, {"error": traceback.format_exc()}
        body = json.dumps(answer).encode() + b"\n"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        if status == 405:
            headers.append(("Allow", "POST" if environ.get("PATH_INFO") == WEBHOOKS else "GET, HEAD"))
        start_response(f"{status} {_PHRASES[status]}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, environ: Environ) -> dict[str, Any]:
        path, method = environ.get("PATH_INFO") or "/", environ["REQUEST_METHOD"]
        if path == WEBHOOKS:
            if method != "POST":
                raise Refused(405, "only POST is taken here")
            return self._take(environ)
        if path not in (EFFECTS, HEALTH):
            raise Refused(404, f"there are {WEBHOOKS}, {EFFECTS} and {HEALTH}")
        if method not in ("GET", "HEAD"):
            raise Refused(405, "only GET is taken here")
        return {"writes": self._writes} if path == EFFECTS else {"ok": True}

    def _take(self, environ: Environ) -> dict[str, Any]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = _headers(environ)
        name = headers.get("svix-id") or headers.get("webhook-id") or ""
        if self._verifier is not None:
            name = self._verifier.verify(headers, body)
        kind = environ.get("CONTENT_TYPE", "").strip()
        if kind and _JSON.fullmatch(kind) is None:
            raise Refused(415, "the body must be application/json")
        payload = self._payload.read(body)
        return {"ok": True, "done_before": not self._act(name, headers, payload)}

    def _act(self, name: str, headers: dict[str, str], payload: dict[str, Any]) -> bool:
        """Act upon an event, unless it was acted upon before: whether it did."""
        if payload.get("event_type", "customer.created") != "customer.created":
            return False
        customer = payload.get("customer")
        if Fault.NO_EMAIL in self.faults and customer is not None:
            customer["email"].lower()
        if Fault.TRACEBACK in self.faults and customer is not None and customer.get("name") == "":
            customer["name"].split()[0]
        known: object = name
        if Fault.REPEATED_ID in self.faults:
            known = (name, headers.get("svix-timestamp") or headers.get("webhook-timestamp"))
        with self._lock:
            if name and known in self._done:
                return False
            self._done.add(known)
            self._writes += 1
        return True


def _headers(environ: Environ) -> dict[str, str]:
    """The request's headers by their names in lower case."""
    return {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
