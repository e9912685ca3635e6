"""Provider profiles: what is known of a sender beyond its document.

A profile is a YAML file of its own, never code::

    name: flexprice
    match: {title: Flexprice API}        # the document that it is about
    body_limit: 350000
    delivery: {...}
    events:
      customer.created:
        needs: [/customer, /event_type]  # where the payload must have these places
        sends: {...}                     # JSON Schema, draft 2020-12
        meanings: {/customer/id: id:cust}
        eras: [...]

An event that the profile does not describe gets what is known of all of them: ``sends`` is then the
document's own schema and, where the payload says its event's name, that name.

An era is a shape that the provider's bodies had for a time, as edits of a full body (:func:`as_era`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit import jsonio
from contract_kit.errors import SpecError
from contract_kit.model import Profile
from contract_kit.spec._load import parse_text, read_bytes
from contract_kit.spec._places import bundled, bundled_names
from contract_kit.spec._text import fail, kind_of, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from contract_kit.spec._load import Document

__all__ = ["as_era", "load_profile", "profile_for"]

_SUFFIX = ".profile.yaml"
_PARTS = {"name": str, "match": dict, "events": dict, "delivery": dict, "body_limit": int}
_EVENT_PARTS = {"needs": list, "sends": dict, "meanings": dict, "eras": list}


def load_profile(source: Path | None = None, *, event: str = "customer.created") -> Profile:
    """The profile of ``event`` in the file ``source`` (the bundled one unless given).

    Raises :class:`SpecError` where the file is no profile or does not describe the event.
    """
    name = "flexprice" + _SUFFIX if source is None else str(source)
    raw = bundled(name) if source is None else read_bytes(source, name)
    whole = _read(raw, name)
    described = whole["events"].get(event)
    if described is None:
        fail(name, f"describes no event {one_line(event, 60)!r}")
    return _profile(whole, described, described["sends"])


def profile_for(
    document: Document, event: str, schema: Mapping[str, Any], pins: Mapping[str, Any]
) -> Profile | None:
    """The bundled profile that is about ``document``, fitted to ``event``; ``None`` where there is none."""
    if not document.title:
        return None
    for name in bundled_names():
        if not name.endswith(_SUFFIX):
            continue
        whole = _read(bundled(name), name)
        if whole["match"].get("title") != document.title:
            continue
        described = whole["events"].get(event)
        if described is not None and all(_has(schema, place) for place in described.get("needs", ())):
            return _profile(whole, described, described["sends"])
        return _profile(whole, {}, _own_word(schema, pins))
    return None


def as_era(era: Mapping[str, Any], body: Any) -> Any:
    """``body`` (a full one) in the shape of ``era``; ``body`` itself is not changed.

    The edits, in this order, each optional and each naming objects by their pointer:

    - ``keep``: ``{pointer: [names]}``, only those properties stay
    - ``fill``: ``{pointer: {name: value}}``, properties that are added where absent
    - ``drop_empty``: ``{pointer: [names]}``, properties that go when ``""``, ``null``, ``{}`` or ``[]``
    - ``drop``: ``[pointers]``, what goes in any case
    - ``rename``: ``{pointer: new name}``

    >>> as_era({"drop": ["/b"], "rename": {"/a": "A"}}, {"a": 1, "b": 2})
    {'A': 1}
    """
    for place, names in era.get("keep", {}).items():
        body = _edited(body, place, {key: key in names for key in _object(body, place)})
    for place, values in era.get("fill", {}).items():
        here = _object(body, place)
        if isinstance(jsonio.get(body, place), dict):
            body = _placed(body, place, {**here, **{k: v for k, v in values.items() if k not in here}})
    for place, names in era.get("drop_empty", {}).items():
        here = _object(body, place)
        stays = {key: not (key in names and value in ("", None, {}, [])) for key, value in here.items()}
        body = _edited(body, place, stays)
    for place in era.get("drop", ()):
        parent, _, last = place.rpartition("/")
        body = _edited(body, parent, {k: k not in jsonio.tokens("/" + last) for k in _object(body, parent)})
    for place, new in era.get("rename", {}).items():
        parent, _, last = place.rpartition("/")
        old = jsonio.tokens("/" + last)[0]
        here = _object(body, parent)
        if here:
            body = _placed(body, parent, {new if key == old else key: v for key, v in here.items()})
    return body


def _object(body: Any, place: str) -> dict[str, Any]:
    found = jsonio.get(body, place)
    return found if isinstance(found, dict) else {}


def _edited(body: Any, place: str, stays: Mapping[str, bool]) -> Any:
    here = _object(body, place)
    return _placed(body, place, {k: v for k, v in here.items() if stays[k]}) if here else body


def _placed(body: Any, place: str, value: dict[str, Any]) -> Any:
    return jsonio.replace(body, place, value)


def _read(raw: bytes, name: str) -> dict[str, Any]:
    """A profile file, its parts of the right kinds."""
    whole = parse_text(raw.decode("utf-8-sig", errors="replace"), name, ".yaml")
    if not isinstance(whole, dict):
        fail(name, f"is no profile: it is {kind_of(whole)}")
    whole = {"match": {}, "events": {}, "delivery": {}, "body_limit": 350_000, **whole}
    _check(name, "", whole, _PARTS)
    if "name" not in whole:
        raise SpecError(f"{one_line(name)}: is no profile: it has no 'name'")
    for event, described in whole["events"].items():
        place = jsonio.join("/events", event)
        if not isinstance(described, dict) or "sends" not in described:
            fail(f"{name}: {place}", "must be an object with 'sends'")
        _check(name, place, described, _EVENT_PARTS)
    return whole


def _check(name: str, place: str, value: dict[str, Any], parts: Mapping[str, type]) -> None:
    for key, item in value.items():
        if key not in parts:
            fail(f"{name}: {jsonio.join(place, key)}", f"is unknown; a profile has {', '.join(parts)}")
        if not isinstance(item, parts[key]):
            fail(f"{name}: {jsonio.join(place, key)}", f"must not be {kind_of(item)}")


def _profile(whole: Mapping[str, Any], described: Mapping[str, Any], sends: Mapping[str, Any]) -> Profile:
    return Profile(
        name=whole["name"],
        sends=sends,
        meanings=dict(described.get("meanings", {})),
        eras=tuple(described.get("eras", ())),
        delivery=whole["delivery"],
        body_limit=whole["body_limit"],
    )


def _own_word(schema: Mapping[str, Any], pins: Mapping[str, Any]) -> dict[str, Any]:
    """The document's schema, and the event's name where the payload says it."""
    inner = {key: value for key, value in schema.items() if key not in {"$schema", "$defs"}}
    named: list[dict[str, Any]] = []
    for pointer, value in pins.items():
        rule: dict[str, Any] = {"const": value}
        for token in reversed(jsonio.tokens(pointer)):
            rule = {"required": [token], "properties": {token: rule}}
        named.append(rule)
    whole: dict[str, Any] = {"$schema": schema.get("$schema"), "allOf": [inner, *named]}
    if "$defs" in schema:
        whole["$defs"] = schema["$defs"]
    return whole


def _has(schema: Mapping[str, Any], pointer: str) -> bool:
    """Whether the payload declares the property at ``pointer``."""
    from contract_kit.spec._pins import property_schemas

    parts: list[Any] = [schema]
    for token in jsonio.tokens(pointer):
        parts = property_schemas(schema, parts, token)
    return bool(parts)
