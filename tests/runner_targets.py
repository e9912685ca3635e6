"""Small consumers with one fault each, for the tests of the runner."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.consumers.correct.handwritten import BadWebhook
from tests.consumers.correct.handwritten import parse as sound

seen: list[Any] = []


def passer(body: bytes) -> Any:
    return json.loads(body)


def blind_to_integrations(body: bytes) -> Any:
    event = json.loads(body)
    if isinstance(event, dict) and isinstance(event.get("customer"), dict):
        event = {**event, "customer": {k: v for k, v in event["customer"].items() if k != "integrations"}}
    return sound(json.dumps(event).encode())


def dies_of_letters(body: bytes) -> Any:
    event = sound(body)
    str(event.get("customer", {}).get("name", "")).encode("latin-1")
    return event


def nothing(body: bytes) -> None:
    sound(body)


def needs_email(body: bytes) -> Any:
    event = sound(body)
    event["customer"]["email"].strip()
    return event


def no_pipes(body: bytes) -> Any:
    event = sound(body)
    if "|" in str(event.get("customer", {}).get("name", "")):
        raise BadWebhook
    return event


def hangs(body: bytes) -> Any:
    event = sound(body)
    if event.get("customer", {}).get("address_city", "x") == "":
        time.sleep(60)
    return event


def hangs_on_every_text(body: bytes) -> Any:
    event = sound(body)
    if not str(event.get("customer", {}).get("address_city", "Xx"))[:1].isupper():
        time.sleep(60)
    return event


def remembers_name(body: bytes) -> Any:
    event = sound(body)
    if not isinstance(event.get("customer"), dict):
        return event
    if "name" in event["customer"]:
        seen.append(event["customer"]["name"])
    return {**event, "customer": {**event["customer"], "name": seen[0] if seen else None}}


def slow_on_many(body: bytes) -> Any:
    event = sound(body)
    entries = event.get("customer", {}).get("metadata") or {}
    if len(entries) > 90:
        time.sleep(0.3)
    return event


def refuses_every_seventh(body: bytes) -> Any:
    event = sound(body)
    seen.append(None)
    if len(seen) % 7 == 0:
        raise BadWebhook
    return event


def dies_of_infinity(body: bytes) -> Any:
    event = sound(body)
    if "Infinity" in json.dumps(event) or "inf" in repr(event.get("new_field", "")):
        raise RuntimeError
    return event
