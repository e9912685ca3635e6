"""Where an operation's payload schema stands: which content, request body or response."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contract_kit.errors import RefError
from contract_kit.jsonio import tokens
from contract_kit.spec._text import fail, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.spec._load import Document
    from contract_kit.spec._refs import Place, Refs

__all__ = ["METHODS", "Finder", "media_of"]

METHODS = ("post", "put", "patch", "get", "delete", "options", "head", "trace", "query")
"""In the order in which a path item's operations are asked for a payload."""

_JSON = re.compile(r"application/json\s*(;.*)?", re.IGNORECASE)
_LIKE_JSON = re.compile(r"[^;]+[+/]json\s*(;.*)?", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"type", "description", "title", "example", "examples", "nullable", "format"})


class Finder:
    """Finds payloads in one document; every structural fault is a :class:`SpecError` with its place."""

    def __init__(self, document: Document, refs: Refs) -> None:
        self._document, self._refs = document, refs

    def object_at(self, place: Place) -> tuple[Place, dict[str, Any]]:
        """The object at ``place``, references followed."""
        place, value = self._refs.follow(place)
        if not isinstance(value, dict):
            fail(f"{self._document.source}: {place}", f"must be an object, not {kind_of(value)}")
        return place, value

    def operations(self, place: Place) -> Iterator[tuple[str, Place, dict[str, Any]]]:
        """The operations of a path item: method, place, object. Methods beside a ``$ref`` count too."""
        value = self._refs.value(place)
        spots = {method: place for method in METHODS if isinstance(value, dict) and method in value}
        target, item = self.object_at(place)
        spots = {**{method: target for method in METHODS if method in item}, **spots}
        for method in METHODS:
            if method in spots:
                where, operation = self.object_at(spots[method].under(method))
                yield method, where, operation

    def payload(self, place: Place, operation: dict[str, Any], *, responses: bool = True) -> Place | None:
        """The schema of the body that the provider sends: the request body's, else a 2xx response's.

        Documentation-only operations describe the payload as their response; where there is a request
        body as well it wins, unless it says nothing about the body.
        """
        sent = None
        if operation.get("requestBody") is not None:
            sent = self._content(place.under("requestBody"))
        if sent is not None and not self._says_nothing(sent):
            return sent
        answered = self._response(place, operation) if responses else None
        return answered if answered is not None and not self._says_nothing(answered) else sent or answered

    def _response(self, place: Place, operation: dict[str, Any]) -> Place | None:
        if operation.get("responses") is None:
            return None
        where, responses = self.object_at(place.under("responses"))
        codes = sorted(
            (code for code in responses if re.fullmatch(r"2([0-9]{2}|XX)|default", code, re.IGNORECASE)),
            key=lambda code: (code.lower() == "default", code.upper().endswith("XX"), code),
        )
        for code in codes:
            found = self._content(where.under(code))
            if found is not None:
                return found
        return None

    def _content(self, place: Place) -> Place | None:
        """The schema of a request body or response: JSON's first, then the first that has one."""
        place, body = self.object_at(place)
        if body.get("content") is None:
            return None
        where, content = self.object_at(place.under("content"))
        ranked = sorted(content, key=_rank)
        for media in ranked:
            spot, value = self.object_at(where.under(media))
            if value.get("schema") is not None:
                return spot.under("schema")
        return None

    def _says_nothing(self, place: Place) -> bool:
        try:
            _, schema = self._refs.follow(place)
        except RefError:
            return False  # who asks for this event is told where it breaks
        if not isinstance(schema, dict) or schema.get("type", "object") != "object":
            return False
        return schema.keys() <= _SAYS_NOTHING


def media_of(place: Place) -> str | None:
    """The media type of the body whose schema stands at ``place``, where that is none of JSON's."""
    steps = tokens(place.pointer)
    if "content" not in steps[:-1]:
        return None
    media = steps[len(steps) - 1 - steps[::-1].index("content") + 1]
    return media if _rank(media) > 1 and "*" not in media else None


def _rank(media: str) -> int:
    if _JSON.fullmatch(media):
        return 0
    return 1 if _LIKE_JSON.fullmatch(media) else 2
