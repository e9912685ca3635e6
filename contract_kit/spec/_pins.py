"""Where a payload says its event's name, so that a generated body can say the right one.

A pin must never make a body invalid, so each is checked against all that the schema says of its place: it
is a member of every ``enum`` there, and where there is none the place is plain text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit import jsonio
from contract_kit.spec._entry import plain_name
from contract_kit.spec._unions import NAME_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["find_pins", "property_schemas"]

_LEVELS = 3
_SURE_KEYS = frozenset(NAME_KEYS) - {"name", "kind", "type"}
_AMBIGUOUS = frozenset({"type", "event", "topic"})
"""Free texts that may mean something else, unless the event's name looks like what stands in a body."""

_ENVELOPE_KEYS = frozenset({"event_type", "eventType", "event_name", "eventName"})
_LIMITS = frozenset({"pattern", "format", "not", "if", "anyOf", "oneOf", "contentMediaType"})


def find_pins(schema: Mapping[str, Any], event: str, given: Mapping[str, str]) -> dict[str, str]:
    """Pointer → the event's name as that place spells it, for at most three levels of properties.

    ``given`` are the pins that a union's branch brings; they hold wherever the schema lets them.
    """
    pins: dict[str, str] = {}
    for pointer, value in given.items():
        parts: list[Any] = [schema]
        for token in jsonio.tokens(pointer):
            parts = property_schemas(schema, parts, token)
        if parts and _allows(parts, value):
            pins[pointer] = value
    level: list[tuple[str, list[Any]]] = [("", list(_flat(schema, [schema])))]
    for depth in range(_LEVELS):
        below: list[tuple[str, list[Any]]] = []
        for pointer, parts in level:
            for name in property_names(parts):
                here, rules = jsonio.join(pointer, name), property_schemas(schema, parts, name)
                said = _pin(name, rules, event, depth)
                if said is not None:
                    pins.setdefault(here, said)
                below.append((here, rules))
        level = below
    return pins


def _pin(name: str, parts: list[Any], event: str, depth: int) -> str | None:
    """What the property ``name`` must say for ``event``, or ``None`` where it does not name events."""
    listed = _listed(parts)
    if listed is not None:
        return _pin_listed(name, listed, event, depth)
    if (depth and (depth > 1 or name not in _ENVELOPE_KEYS)) or not _plain_text(parts):
        return None
    examples = [example for part in parts for example in part.get("examples", ())]
    if event in examples:
        return event
    if examples:
        return None
    if name in _AMBIGUOUS and not any(mark in event for mark in "._:/"):
        return None
    return event if name in _SURE_KEYS or name in _AMBIGUOUS else None


def _pin_listed(name: str, listed: list[Any], event: str, depth: int) -> str | None:
    separated = any(mark in event for mark in ".-_:/")
    telling = name in NAME_KEYS
    if event in listed:
        return event if telling or (separated and len(event) > 5) else None
    plain = plain_name(event)
    alike = [text for text in listed if isinstance(text, str) and plain_name(text) == plain]
    if len(alike) == 1 and (telling or separated):
        return str(alike[0])
    if name == "action" and depth == 0 and len(listed) > 1:
        texts = [text for text in listed if isinstance(text, str) and plain_name(text)]
        ends = [text for text in texts if plain.endswith("." + plain_name(text))]
        return max(ends, key=len, default=None)
    return None


def _listed(parts: list[Any]) -> list[Any] | None:
    """The values that all ``enum`` and ``const`` of ``parts`` allow, ``None`` where there is neither."""
    found: list[Any] | None = None
    for part in parts:
        for members in ([part["const"]] if "const" in part else None, part.get("enum")):
            if members is not None:
                found = list(members) if found is None else [value for value in found if value in members]
    return found


def _plain_text(parts: list[Any]) -> bool:
    """Whether any text of ordinary length may stand here, and a text must."""
    texts = [part.get("type") for part in parts if "type" in part]
    if not texts or any(named not in ("string", ["string", "null"]) for named in texts):
        return False
    return not any(part.keys() & _LIMITS or "minLength" in part or "maxLength" in part for part in parts)


def _allows(parts: list[Any], value: str) -> bool:
    listed = _listed(parts)
    return value in listed if listed is not None else _plain_text(parts)


def _flat(schema: Mapping[str, Any], parts: list[Any]) -> Iterator[dict[str, Any]]:
    """``parts`` with references followed and ``allOf`` spread; open choices are left alone."""
    stack, seen = list(reversed(parts)), set()
    while stack:
        part = stack.pop()
        if not isinstance(part, dict):
            continue
        yield part
        ref = part.get("$ref")
        more = list(part.get("allOf", ()))
        if ref is not None and ref not in seen:
            seen.add(ref)
            more.append(schema.get("$defs", {}).get(ref.removeprefix("#/$defs/")))
        stack.extend(reversed(more))


def property_names(parts: list[Any]) -> list[str]:
    """The declared properties of the object that ``parts`` (flattened) describe, in document order."""
    return list(dict.fromkeys(name for part in parts for name in _properties(part)))


def _properties(part: Any) -> dict[str, Any]:
    found = part.get("properties", {}) if isinstance(part, dict) else {}
    return found if isinstance(found, dict) else {}


def property_schemas(schema: Mapping[str, Any], parts: list[Any], name: str) -> list[Any]:
    """All that ``parts`` together say of the property ``name``, flattened; empty where it is not declared."""
    whole = list(_flat(schema, parts))
    return list(_flat(schema, [_properties(part)[name] for part in whole if name in _properties(part)]))
