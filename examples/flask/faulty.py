"""The same receiver with a mistake in it, chosen by FAULT (``a,b`` for several): what people have written.

FAULT=reserialised waitress-serve --port 8000 faulty:app
"""

from __future__ import annotations

import json
import os
from typing import Any

import app as right
import payload
from flask import abort, request
from svix.webhooks import WebhookVerificationError

app = right.app


def _reserialised() -> None:
    """Verifies what it has read and written again, not what was sent."""
    verify = right.verify

    def over_parsed(body: bytes) -> str:
        try:
            value = payload.parse(body)
        except payload.BadBody:
            abort(400)
        return verify(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))

    right.verify = over_parsed


def _narrow_except() -> None:
    """Catches the one exception that the library's documentation names."""

    def verify(body: bytes) -> str:
        try:
            right.webhook.verify(body, dict(request.headers))
        except WebhookVerificationError:
            abort(right.refuse(401, "the signature does not hold"))
        return request.headers.get("svix-id", request.headers.get("webhook-id", ""))

    right.verify = verify


def _other_events() -> None:
    """Refuses the events that it does not handle: the sender tries again, and then gives up on the endpoint."""
    read = right.read

    def only_ours(body: bytes) -> dict[str, Any]:
        event = read(body)
        if event is None:
            raise payload.BadBody(400, "/event_type: not handled here")
        return event

    right.read = only_ours


FAULTS = {"reserialised": _reserialised, "narrow-except": _narrow_except, "other-events": _other_events}
for name in os.environ["FAULT"].split(","):
    FAULTS[name]()
