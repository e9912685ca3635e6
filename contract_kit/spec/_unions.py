"""Events inside one schema: a union whose branches each say, by ``const`` or ``enum``, which they are.

Stripe, Paddle and Svix style documents describe one webhook whose body is ``oneOf`` many event schemas.
Each value of the discriminating property is an event, and its contract is the branch that it selects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit import jsonio
from contract_kit.errors import RefError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.spec._refs import Place, Refs

__all__ = ["NAME_KEYS", "Member", "members", "names_said", "texts_allowed"]

NAME_KEYS = (
    "event_type", "eventType", "event_name", "eventName", "event", "type", "topic", "webhook_type",
    "webhookType", "event_key", "eventKey", "notification_type", "notificationType", "name", "kind",
)  # fmt: skip
"""Properties that name the event, the surest first."""

_HOOKISH = re.compile(r"hook|event|callback|notif", re.IGNORECASE)
_SEPARATED = re.compile(r"\w[.:/]\w")
_LOOSE = frozenset({"type", "name", "kind"})
_MOST = 2000
_DEEP = 6


@dataclass(frozen=True, slots=True)
class Member:
    """One event of a union: its name, its branch, and the property that must say the name."""

    name: str
    place: Place
    pins: Mapping[str, str]


def members(refs: Refs, place: Place, entry: str) -> list[Member]:
    """The events that the schema at ``place`` holds; none where it is one event only."""
    found: dict[str, Member] = {}
    place, schema = refs.follow(place)
    branches = list(_branches(refs, place, set(), _DEEP))
    if not branches:
        for member in _named_alone(refs, place, entry):
            found.setdefault(member.name, member)
        return list(found.values())
    told = schema.get("discriminator") if isinstance(schema, dict) else None
    key = told.get("propertyName") if isinstance(told, dict) else None
    mapping = told.get("mapping") if isinstance(told, dict) else None
    wanted = mapping if isinstance(mapping, dict) and isinstance(key, str) else {}
    for value, ref in wanted.items() if _names_events(str(key), list(wanted), entry) else ():
        target = _mapped(refs, ref, place)
        if target is not None:
            found.setdefault(value, Member(value, target, {jsonio.join("", str(key)): value}))
    for branch in branches:
        for member in _of_branch(refs, branch, key, entry):
            if len(found) < _MOST:
                found.setdefault(member.name, member)
    return list(found.values())


def _mapped(refs: Refs, ref: Any, place: Place) -> Place | None:
    if not isinstance(ref, str):
        return None
    if "#" not in ref and "/" not in ref:
        ref = "#/components/schemas/" + jsonio.escape_token(ref)
    try:
        return refs.follow(refs.target(ref, place, "discriminator"))[0]
    except RefError:
        return None


def _branches(refs: Refs, place: Place, seen: set[Place], deep: int) -> Iterator[Place]:
    """The branches of a union, those of unions inside it in their stead; a base class gives its children.

    ``seen`` has the schemas that were asked already: each is asked once, however many ways lead to it.
    """
    place, schema = refs.follow(place)
    if not isinstance(schema, dict) or place in seen or deep == 0:
        return
    seen.add(place)
    for keyword in ("oneOf", "anyOf"):
        parts = schema.get(keyword)
        if not isinstance(parts, list):
            continue
        for index, part in enumerate(parts):
            if isinstance(part, dict) and part.get("type") == "null":
                continue
            spot, _ = refs.follow(place.under(keyword, index))
            if spot not in seen:
                inner = list(_branches(refs, spot, seen, deep - 1))
                yield from inner or [spot]
    told = schema.get("discriminator")
    mapping = told.get("mapping") if isinstance(told, dict) else None
    if isinstance(mapping, dict) and not schema.keys() & {"oneOf", "anyOf"}:
        for ref in mapping.values():
            target = _mapped(refs, ref, place)
            if target is not None and target != place:
                yield target


def _of_branch(refs: Refs, branch: Place, key: Any, entry: str) -> Iterator[Member]:
    keys = (*([key] if isinstance(key, str) else []), *NAME_KEYS, "action")
    for name in dict.fromkeys(keys):
        values = _values(refs, branch, name, set())
        if not values:
            continue
        if _names_events(name, values, entry):
            for value in values:
                event = f"{entry}.{value}" if name == "action" else value
                yield Member(event, branch, {jsonio.join("", name): value})
        return


def _names_events(key: str, values: list[str], entry: str) -> bool:
    """Whether the values of a property are event names, and not kinds of one event's payload."""
    if key == "action":
        return not any(_letters(entry).endswith(_letters(value)) for value in values)
    loose = key in _LOOSE or key not in NAME_KEYS
    return not loose or bool(_HOOKISH.search(entry)) or any(_SEPARATED.search(value) for value in values)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def _named_alone(refs: Refs, place: Place, entry: str) -> Iterator[Member]:
    """Events of a body that is no union, but whose event property lists several names, none of them ours."""
    for key in NAME_KEYS:
        values = _values(refs, place, key, set())
        if not values:
            continue
        dotted = all(_SEPARATED.search(value) for value in values)
        if entry not in values and len(values) > 1 and (dotted or key not in _LOOSE):
            for value in values:
                yield Member(value, place, {jsonio.join("", key): value})
        return


def names_said(refs: Refs, place: Place) -> list[str]:
    """The event names that the surest property of the schema at ``place`` may say; none where it is free."""
    found = (_values(refs, place, key, set()) for key in NAME_KEYS)
    return next((values for values in found if values), [])


def texts_allowed(rule: Any) -> list[str]:
    """The texts that a schema's own ``const`` or ``enum`` lists."""
    if not isinstance(rule, dict):
        return []
    listed = [rule["const"]] if "const" in rule else rule.get("enum")
    return [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []


def _values(refs: Refs, place: Place, key: str, seen: set[Place]) -> list[str]:
    """The texts that the property ``key`` of the schema at ``place`` is limited to, ``allOf`` followed."""
    place, schema = refs.follow(place)
    if not isinstance(schema, dict) or place in seen:
        return []
    seen.add(place)
    properties = schema.get("properties")
    found: list[str] = []
    if isinstance(properties, dict) and isinstance(properties.get(key), dict):
        _, rule = refs.follow(place.under("properties", key))
        found = texts_allowed(rule)
    parts = schema.get("allOf")
    for index in range(len(parts) if isinstance(parts, list) else 0):
        more = _values(refs, place.under("allOf", index), key, seen)
        found = [text for text in found if text in more] if found and more else found or more
    return found
