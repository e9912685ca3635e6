"""A receiver of ``customer.created`` with FastAPI: verify, read, act once, answer.

uvicorn app:app --port 8000
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from payload import BadBody, read
from starlette.requests import ClientDisconnect
from store import Store
from svix.webhooks import Webhook, WebhookVerificationError

MOST_BYTES = 1_000_000
"""The provider sends up to about 350 kB."""
webhook = Webhook(os.environ["WEBHOOK_SECRET"])


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.store = Store(os.environ.get("DATABASE", "events.db"))
    yield
    app.state.store.close()


app = FastAPI(title="Sign-ups", lifespan=lifespan, openapi_url=None)


@app.post("/webhooks")
async def take(request: Request) -> dict[str, str]:
    body = await _limited(request)
    event_id = verify(request, body)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body must be application/json")
    try:
        event = read(body)
    except BadBody as bad:
        raise HTTPException(bad.status, str(bad)) from bad
    if event is None or event.customer is None:
        return {"status": "ignored"}
    new = await run_in_threadpool(request.app.state.store.act, event_id, body, event.customer)
    return {"status": "stored" if new else "done before"}


def verify(request: Request, body: bytes) -> str:
    """The event's id. Over the raw bytes, before anything reads them; 401 where the signature does not hold.

    The library raises its own exception for a wrong signature, and ``ValueError`` (``binascii.Error``,
    ``UnicodeDecodeError``) for a header without a comma, broken base64 or a body that is no UTF-8.
    """
    try:
        webhook.verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError) as error:
        raise HTTPException(401, "the signature does not hold") from error
    # The same order as the library's: the id that was verified, and no other.
    return request.headers.get("svix-id", request.headers.get("webhook-id", ""))


async def _limited(request: Request) -> bytes:
    parts, size = [], 0
    try:
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise HTTPException(413, "the body is too large")
    except ClientDisconnect as gone:
        raise HTTPException(400, "the body broke off") from gone
    return b"".join(parts)


@app.get("/effects")
async def effects(request: Request) -> dict[str, int]:
    return {"writes": await run_in_threadpool(request.app.state.store.count)}
