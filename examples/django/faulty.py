"""The same receiver with a mistake in it, chosen by FAULT (``a,b`` for several): what people have written.

FAULT=stale hypercorn --bind 127.0.0.1:8000 faulty:application
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import Any

from asgi import application
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from signups import payload, views

__all__ = ["application"]


def _as_text() -> None:
    """Turns whatever comes into text, as a form would."""

    def text(value: Any, place: str) -> None:
        payload.text(str(value), place)

    checks = dict.fromkeys(("external_id", "name", "email"), text)
    customer = payload.table(**checks)

    def event(value: Any, place: str) -> None:
        if isinstance(value, dict) and isinstance(value.get("customer"), dict):
            told = {name: item for name, item in value["customer"].items() if name not in checks}
            right(value | {"customer": told}, place)
            customer(value["customer"], place)
        else:
            right(value, place)

    right, payload.EVENT = payload.EVENT, event
    act = views.act
    views.act = lambda event_id, body, customer: act(
        event_id, body, {name: str(item) for name, item in customer.items()}
    )


def _seen_first() -> None:
    """Notes the id before it verifies: a delivery that was refused is done."""
    seen: set[str] = set()
    take = views.take

    def noting(request: HttpRequest) -> JsonResponse:
        event_id = request.headers.get("svix-id", "")
        if event_id and event_id in seen:
            return JsonResponse({"status": "done before"})
        seen.add(event_id)
        return take(request)

    noting.csrf_exempt = True
    views.take = noting


def _stale() -> None:
    """Its own few lines of HMAC, without a look at the time."""
    key = base64.b64decode(settings.WEBHOOK_SECRET.removeprefix("whsec_"))

    def verify(request: HttpRequest, body: bytes) -> str:
        family = "svix" if "svix-id" in request.headers else "webhook"
        parts = [request.headers.get(f"{family}-{name}", "") for name in ("id", "timestamp")]
        if not all(parts):
            raise views.Refused(401, "the signature does not hold")
        digest = hmac.digest(key, ".".join(parts).encode("latin-1") + b"." + body, hashlib.sha256)
        good = "v1," + base64.b64encode(digest).decode()
        sent = request.headers.get(f"{family}-signature", "").split(" ")
        if not any(hmac.compare_digest(one.encode(), good.encode()) for one in sent):
            raise views.Refused(401, "the signature does not hold")
        return parts[0]

    views.verify = verify


FAULTS = {"as-text": _as_text, "seen-first": _seen_first, "stale": _stale}
for name in os.environ["FAULT"].split(","):
    FAULTS[name]()
