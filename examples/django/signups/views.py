"""Verify, read, act once, answer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from signups.models import Event, Signup
from signups.payload import BadBody, read
from svix.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(settings.WEBHOOK_SECRET)


class Refused(Exception):
    """``status`` is what is answered."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@csrf_exempt  # the signature says who it is
@require_POST
def take(request: HttpRequest) -> JsonResponse:
    try:
        body = body_of(request)
        event_id = verify(request, body)
        if request.content_type.lower() != "application/json":
            raise Refused(415, "the body must be application/json")
        event = read(body)
    except (Refused, BadBody) as refused:
        return JsonResponse({"error": str(refused)}, status=refused.status)
    if event is None or "customer" not in event:
        return JsonResponse({"status": "ignored"})
    return JsonResponse({"status": "stored" if act(event_id, body, event["customer"]) else "done before"})


def body_of(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as error:
        raise Refused(413, "the body is too large") from error
    except UnreadablePostError as error:
        raise Refused(400, "the body broke off") from error


def verify(request: HttpRequest, body: bytes) -> str:
    """The event's id. Over the raw bytes, before anything reads them; 401 where the signature does not hold.

    The library raises its own exception for a wrong signature, and ``ValueError`` (``binascii.Error``,
    ``UnicodeDecodeError``) for a header without a comma, broken base64 or a body that is no UTF-8.
    """
    try:
        webhook.verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError) as error:
        raise Refused(401, "the signature does not hold") from error
    # The same order as the library's: the id that was verified, and no other.
    return request.headers.get("svix-id", request.headers.get("webhook-id", ""))


def act(event_id: str, body: bytes, customer: dict[str, Any]) -> bool:
    """Store a new customer; ``False`` where the event was there already."""
    with transaction.atomic():
        event, new = Event.objects.get_or_create(id=event_id, defaults={"body": body})
        if new:
            Signup.objects.create(
                event=event,
                customer_id=customer.get("id"),
                email=customer.get("email"),
                name=customer.get("name"),
            )
    return new


@require_GET
def effects(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"writes": Signup.objects.count()})
