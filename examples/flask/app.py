"""A receiver of ``customer.created`` with Flask: verify, read, act once, answer.

waitress-serve --port 8000 app:app
"""

from __future__ import annotations

import os
import threading
from typing import Any

from flask import Flask, Response, abort, jsonify, make_response, request
from payload import BadBody, read
from svix.webhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_000_000  # the provider sends up to about 350 kB
webhook = Webhook(os.environ["WEBHOOK_SECRET"])


class Signups:
    """Customers by the event that told of them. Kept in memory: with several processes use a database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._customers: dict[str, dict[str, Any]] = {}

    def act(self, event_id: str, customer: dict[str, Any]) -> bool:
        """Keep a new customer; ``False`` where the event was there already."""
        with self._lock:
            if event_id in self._customers:
                return False
            self._customers[event_id] = {name: customer.get(name) for name in ("id", "email", "name")}
            return True

    def count(self) -> int:
        return len(self._customers)


signups = Signups()


def refuse(status: int, words: str) -> Response:
    return make_response(jsonify(error=words), status)


@app.post("/webhooks")
def take() -> Response:
    body = request.get_data(cache=False)
    event_id = verify(body)
    if request.mimetype != "application/json":
        return refuse(415, "the body must be application/json")
    try:
        event = read(body)
    except BadBody as bad:
        return refuse(bad.status, str(bad))
    if event is None or "customer" not in event:
        return jsonify(status="ignored")
    return jsonify(status="stored" if signups.act(event_id, event["customer"]) else "done before")


def verify(body: bytes) -> str:
    """The event's id. Over the raw bytes, before anything reads them; 401 where the signature does not hold.

    The library raises its own exception for a wrong signature, and ``ValueError`` (``binascii.Error``,
    ``UnicodeDecodeError``) for a header without a comma, broken base64 or a body that is no UTF-8.
    """
    try:
        webhook.verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError):
        abort(refuse(401, "the signature does not hold"))
    # The same order as the library's: the id that was verified, and no other.
    return request.headers.get("svix-id", request.headers.get("webhook-id", ""))


@app.get("/effects")
def effects() -> Response:
    return jsonify(writes=signups.count())
