"""Correct consumers of four other documents (``tests/documents``), and one fault of each kind on top of them.

No provider is known there: the document alone is law. ``billing.yaml`` has a choice with a discriminator,
closed objects, bounds and patterns; ``forge.yaml`` is 3.0 with ``nullable`` and ``anyOf``; ``sensors.yaml`` a
callback with tuples, ``if`` and ``then``, names of a form; ``thread.yaml`` a schema that holds itself, in a choice as well.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable
from typing import Any

from tests.consumers.correct._strict import is_rfc3339

__all__ = ["BadWebhook", "billing", "forge", "sensors", "thread"]


class BadWebhook(Exception):
    """The refusal of all of them."""


def need(condition: object, why: str) -> None:
    """Refuse what is not so."""
    if not condition:
        raise BadWebhook(why)


def _constant(name: str) -> None:
    raise BadWebhook(name)


def read(body: bytes) -> dict[str, Any]:
    """A JSON object."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("no JSON") from error
    need(isinstance(value, dict), "an object is wanted")
    return value  # type: ignore[no-any-return]


def is_number(value: Any) -> bool:
    """A number of JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: Any) -> bool:
    """An integer as JSON Schema has it: ``1.0`` is one."""
    return is_number(value) and (isinstance(value, int) or (math.isfinite(value) and value.is_integer()))


def is_text(value: Any, least: int = 0, most: float = math.inf, form: str = r"(?s:.*)") -> bool:
    """A text of a length and a form."""
    return isinstance(value, str) and least <= len(value) <= most and re.fullmatch(form, value) is not None


def is_map(value: Any, wanted: set[str], known: set[str] | None = None) -> bool:
    """An object with the wanted properties, and no other than the known ones, if they are told."""
    return isinstance(value, dict) and wanted <= set(value) and (known is None or set(value) <= known)


# -- billing


def money(value: Any) -> tuple[str, int]:
    """Currency and amount."""
    need(is_map(value, {"amount", "currency"}, {"amount", "currency"}), "money")
    need(is_integer(value["amount"]) and 0 <= value["amount"] <= 100_000_000, "amount")
    need(is_text(value["currency"], form="[A-Z]{3}"), "currency")
    return value["currency"], value["amount"]


def _line(value: Any) -> dict[str, Any]:
    need(is_map(value, {"sku", "quantity", "price"}), "line")
    need(is_text(value["sku"], 1) and is_number(value["quantity"]) and value["quantity"] > 0, "sku, quantity")
    tags = value.get("tags", [])
    need(isinstance(tags, list) and len(tags) <= 5 and all(map(is_text, tags)), "tags")
    need(len(set(tags)) == len(tags), "tags repeat")
    return {"sku": value["sku"], "quantity": value["quantity"], "price": money(value["price"]), "tags": tags}


def card(value: dict[str, Any]) -> dict[str, Any]:
    """A payment by card."""
    need(is_text(value.get("last4"), form="[0-9]{4}"), "last4")
    need(is_text(value.get("brand"), form="visa|mastercard|amex"), "brand")
    return {"method": "card", "last4": value["last4"], "brand": value["brand"]}


def _bank(value: dict[str, Any]) -> dict[str, Any]:
    need(is_text(value.get("iban"), 15, 34), "iban")
    reference = value.get("reference")
    need(reference is None or is_text(reference, most=140), "reference")
    return {"method": "bank", "iban": value["iban"], "reference": reference}


_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _date(value: Any) -> None:
    need(is_text(value, form="[0-9]{4}-[0-9]{2}-[0-9]{2}"), "due")
    try:
        dt.date.fromisoformat(value.replace("0000", "0004", 1) if value.startswith("0000") else value)
    except ValueError as error:
        raise BadWebhook("due") from error


def billing(
    body: bytes,
    *,
    amount: Callable[[Any], Any] = money,
    by_card: Callable[[dict[str, Any]], Any] = card,
) -> dict[str, Any]:
    """An invoice: amounts as pairs, the payment by its method."""
    value = read(body)
    need(is_map(value, {"type", "id", "total", "lines", "payment"}), "members")
    need(value["type"] == "invoice.settled" and is_text(value["id"], form=_UUID), "type, id")
    if "due" in value:
        _date(value["due"])
    need(isinstance(value["lines"], list) and value["lines"], "lines")
    payment = value["payment"]
    need(is_map(payment, {"method"}) and is_text(payment["method"], form="card|bank"), "method")
    return {
        "id": value["id"],
        "total": amount(value["total"]),
        "due": value.get("due"),
        "lines": [_line(line) for line in value["lines"]],
        "payment": by_card(payment) if payment["method"] == "card" else _bank(payment),
    }


# -- forge


def _may(value: dict[str, Any], name: str, fits: Callable[[Any], object]) -> None:
    need(name not in value or fits(value[name]), name)


def _nullable(fits: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: value is None or fits(value)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _moment(value: Any) -> bool:
    return isinstance(value, str) and is_rfc3339(value)


def _user(value: Any) -> str | None:
    if value is None:
        return None
    need(is_map(value, {"login", "id"}), "user")
    _may(value, "login", is_text)
    _may(value, "id", lambda number: is_integer(number) and -(2**63) <= number < 2**63)
    _may(value, "email", _nullable(is_text))
    _may(value, "type", lambda text: is_text(text, form="Bot|User|Organization"))
    _may(value, "site_admin", _flag)
    _may(value, "html_url", lambda text: is_text(text, form=r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*"))
    return str(value["login"])


def _label(value: Any) -> bool:
    need(is_map(value, {"id", "name", "color", "default"}), "label")
    _may(value, "id", is_integer)
    _may(value, "name", is_text)
    _may(value, "color", lambda text: is_text(text, form="[0-9a-f]{6}"))
    _may(value, "default", _flag)
    _may(value, "description", _nullable(is_text))
    return True


def milestone(value: Any) -> bool:
    """A name, an object with a number, or none."""
    if value is None or isinstance(value, str):
        return True
    return is_map(value, {"number"}) and is_integer(value["number"]) and is_text(value.get("title", ""))


def forge(
    body: bytes, *, stone: Callable[[Any], object] = milestone, user: Callable[[Any], Any] = _user
) -> dict[str, Any]:
    """An issue that got a label."""
    value = read(body)
    need(is_map(value, {"action", "issue", "sender"}) and value["action"] == "labeled", "action")
    _may(value, "label", _label)
    sender, issue = user(value["sender"]), value["issue"]
    names = {"number", "title", "state", "created_at", "closed_at", "assignees", "milestone"}
    need(is_map(issue, names), "issue")
    _may(issue, "number", lambda number: is_integer(number) and number >= 1)
    _may(issue, "title", is_text)
    _may(issue, "body", _nullable(is_text))
    _may(issue, "state", lambda text: is_text(text, form="open|closed"))
    _may(issue, "created_at", _moment)
    _may(issue, "closed_at", _nullable(_moment))
    _may(issue, "locked", _flag)
    _may(issue, "score", is_number)
    _may(issue, "milestone", stone)
    _may(issue, "assignees", lambda users: isinstance(users, list))
    counts = issue.get("reactions", {})
    need(isinstance(counts, dict) and all(is_integer(n) and n >= 0 for n in counts.values()), "reactions")
    return {
        "number": issue["number"],
        "title": issue["title"],
        "body": issue.get("body"),
        "opened": issue["created_at"],
        "closed": issue["closed_at"],
        "sender": sender,
        "assignees": [user(one) for one in issue["assignees"]],
    }


# -- sensors


def _pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and is_text(value[0]) and is_number(value[1])


def sensors(body: bytes, *, charge: Callable[[Any], object] | None = None) -> dict[str, Any]:
    """A reading, untouched."""
    value = read(body)
    known = {"device", "at", "values", "battery", "step", "labels"}
    need(is_map(value, {"device", "at", "values"}, known), "members")
    need(is_text(value["device"], 3, 12, "[a-z0-9-]+") and _moment(value["at"]), "device, at")
    values = value["values"]
    need(isinstance(values, list) and 1 <= len(values) <= 100 and all(map(_pair, values)), "values")
    battery = value.get("battery")
    _may(value, "battery", charge or _nullable(lambda number: is_integer(number) and number <= 100))
    step = value.get("step", 0)
    need(is_number(step) and (isinstance(step, int) or is_integer(step * 2)), "step")
    need(battery is None or battery != 0 or "step" in value, "an empty battery needs a step")
    labels = value.get("labels", {})
    need(isinstance(labels, dict) and len(labels) <= 4 and all(map(is_text, labels.values())), "labels")
    need(all(is_text(name, form="[a-z]+") for name in labels), "names of labels")
    return value


# -- one fault each


def any_currency(body: bytes) -> Any:
    """Takes an amount in whatever currency."""
    return billing(body, amount=lambda value: money({**_as_dict(value), "currency": "EUR"}) and value)


def _as_dict(value: Any) -> dict[str, Any]:
    need(is_map(value, {"amount", "currency"}, {"amount", "currency"}), "money")
    return dict(value)


def short_card(body: bytes) -> Any:
    """Gives the digits of a card as a number."""
    return billing(body, by_card=lambda value: {**card(value), "last4": int(card(value)["last4"])})


def stone_has_title(body: bytes) -> Any:
    """Asks every milestone that is an object for its title."""
    return forge(
        body,
        stone=lambda value: milestone(value) and (not isinstance(value, dict) or is_text(value["title"])),
    )


def ghost(body: bytes) -> Any:
    """A sender is always somebody."""
    return forge(body, user=lambda value: value["login"] and _user(value))


def full_battery(body: bytes) -> Any:
    """Thinks that a battery is never full."""
    return sensors(body, charge=lambda value: value is None or (is_integer(value) and value < 100))


_UUID = r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


def _comment(value: Any, is_mood: Callable[[Any], object]) -> None:
    need(is_map(value, {"id", "author"}), "a comment")
    need(is_text(value["id"], form=_UUID), "id")
    need(is_text(value["author"], 1, 30, r"[A-Za-z0-9_]+"), "author")
    _may(value, "mood", is_mood)
    if value.get("parent") is not None:
        _comment(value["parent"], is_mood)
    need(isinstance(value.get("replies", []), list), "replies")
    for reply in value.get("replies", []):
        _comment(reply, is_mood)


def _is_mood(value: Any) -> bool:
    return isinstance(value, str) and value in {"calm", "cross"}


def thread(body: bytes, *, is_mood: Callable[[Any], object] = _is_mood, withdrawn: bool = False) -> Any:
    """``comment.posted`` of ``thread.yaml``: comments that hold comments, one of them in a choice with null."""
    value = read(body)
    need(value.get("event") == "comment.posted", "event")
    need(withdrawn or "withdrawn" not in value, "withdrawn")
    need("comment" in value, "comment")
    try:
        _comment(value["comment"], is_mood)
    except RecursionError as error:
        raise BadWebhook("nested too deep") from error
    return value


def any_mood(body: bytes) -> Any:
    """Takes any text for a mood, wherever a comment stands."""
    return thread(body, is_mood=lambda value: isinstance(value, str))


def withdrawn(body: bytes) -> Any:
    """Takes the one field that is ruled out."""
    return thread(body, withdrawn=True)
