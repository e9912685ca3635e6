"""A document turned into one that other tools can read: the payload as the request body of one operation.

Publishers describe what they send as a response, a webhook or a callback; a tool that fuzzes servers looks for a
request body and finds none. Here the translated schema of one event (the same that our own cases are judged by)
is written back in the document's own version of OpenAPI, with what it reaches as components and nothing else.

OpenAPI 3.0 has fewer words than JSON Schema. What it cannot say is said otherwise where there is a way
(``const`` is an ``enum`` of one, a ``null`` beside another type is ``nullable``); what it has no way to say can
only have come from a document that uses later words, and stays as it stood there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.jsonio import escape_token, tokens
from contract_kit.spec._terms import load_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract_kit.model import Terms
    from contract_kit.spec._load import Document

__all__ = ["payload_schema", "receiver_document", "receiver_of"]

_DEFS = "#/$defs/"
_COMPONENTS = "#/components/schemas/"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_PATH = re.compile(r"/[^{}?#\s]*")
_VERSION = re.compile(r"3\.[01]\.[0-9]+")
_ONE = frozenset(
    {
        "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
        "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
_MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"dependentSchemas", "patternProperties", "properties"})
_DIRECTION = frozenset({"readOnly", "writeOnly"})
"""They speak of an API's own requests and responses; in a request body they would forbid what is sent."""
_NOTES = frozenset({"$comment", "default", "deprecated", "description", "examples", "title"})


def receiver_document(
    document: Document,
    event: str,
    *,
    pin: bool = False,
    path: str = "/webhooks",
    server: str | None = None,
) -> dict[str, Any]:
    """An OpenAPI document of one operation, ``POST path``, whose required JSON body is the payload of ``event``.

    3.0 stays 3.0 and 3.1 stays 3.1. With ``pin`` the event's name is required, and no other is allowed, where
    the contract has it. ``server`` is the base URL of the receiver. Raises :class:`SpecError` where the event
    cannot be used, :class:`UsageError` for a path that is none or has parameters.

    >>> from contract_kit.spec import bundled_document
    >>> made = receiver_document(bundled_document(), "customer.created")
    >>> made["openapi"], list(made["paths"]), made["paths"]["/webhooks"]["post"]["requestBody"]["required"]
    ('3.0.1', ['/webhooks'], True)
    """
    terms = load_terms(event, document=document)
    made = receiver_of(terms, pin=pin, path=path, server=server, old=document.minor == 0)
    return {**made, "openapi": _version(document), "info": _info(document, terms)}


def receiver_of(
    terms: Terms, *, pin: bool = False, path: str = "/webhooks", server: str | None = None, old: bool = False
) -> dict[str, Any]:
    """:func:`receiver_document` for an event that is read already: OpenAPI 3.1, or 3.0 with ``old``."""
    if not _PATH.fullmatch(path):
        raise UsageError(f"path={path!r}: a path begins with / and has no parameters, query or blanks")
    write = _Writer(terms.schema.get("$defs", {}), old=old)
    body = write(payload_schema(terms, pin=pin))
    info = {"title": f"Receiver of {terms.event}", "version": "1"}
    made: dict[str, Any] = {"openapi": "3.0.3" if old else "3.1.0", "info": info}
    if server is not None:
        made["servers"] = [{"url": server}]
    made["paths"] = {path: {"post": _operation(terms.event, body)}}
    components = write.reached()
    if components:
        made["components"] = {"schemas": components}
    return made


def payload_schema(terms: Terms, *, pin: bool = False) -> dict[str, Any]:
    """The payload's schema (draft 2020-12); with ``pin`` the event's name must stand where the contract has it."""
    schema = dict(terms.schema)
    if pin:
        for pointer, name in terms.pins.items():
            schema = _pinned(schema, tokens(pointer), name, schema.get("$defs", {}))
    return schema


def _pinned(schema: Any, way: list[str], name: Any, defs: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with ``name`` and nothing else at the end of ``way``; references on the way are opened."""
    here = _opened(schema, defs)
    if not way:
        notes = {key: item for key, item in here.items() if key in {"description", "title"}}
        return {"type": "string", "const": name, **notes} if isinstance(name, str) else {"const": name}
    declared = here.get("properties")
    if not isinstance(declared, dict) or way[0] not in declared:
        rule: dict[str, Any] = {"const": name}
        for token in reversed(way):
            rule = {"type": "object", "properties": {token: rule}, "required": [token]}
        return {**here, "allOf": [*here.get("allOf", ()), rule]}
    inner = {**declared, way[0]: _pinned(declared[way[0]], way[1:], name, defs)}
    required = list(dict.fromkeys((*here.get("required", ()), way[0])))
    return {**here, "properties": inner, "required": required}


def _opened(schema: Any, defs: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema that is only a reference refers to; anything else as it is."""
    seen: set[str] = set()
    while isinstance(schema, dict) and "$ref" in schema and schema.keys() - _NOTES == {"$ref"}:
        name = schema["$ref"].removeprefix(_DEFS)
        if name in seen:
            break
        seen.add(name)
        schema = defs[name]
    return schema if isinstance(schema, dict) else {}


def _version(document: Document) -> str:
    said = str(document.data["openapi"])
    if _VERSION.fullmatch(said):
        return said
    return "3.0.3" if document.minor == 0 else "3.1.0"


def _info(document: Document, terms: Terms) -> dict[str, Any]:
    told = document.data.get("info")
    version = told.get("version") if isinstance(told, dict) else None
    return {"title": f"Receiver of {terms.event}", "version": str(version) if version is not None else "1"}


def _operation(event: str, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": _UNSAFE.sub("_", event),
        "summary": event,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"2XX": {"description": "taken"}, "4XX": {"description": "refused"}},
    }


class _Writer:
    """Writes draft 2020-12 as the schemas of OpenAPI 3.1, or of 3.0 (``old``)."""

    def __init__(self, defs: Mapping[str, Any], *, old: bool) -> None:
        self._defs = defs
        self._old = old
        self._names: dict[str, str] = {}

    def __call__(self, schema: Any) -> Any:
        """One schema, its references leading into the components."""
        if not isinstance(schema, dict):
            return schema if not self._old else {} if schema else {"not": {}}
        made: dict[str, Any] = {}
        for keyword, item in schema.items():
            if keyword in _ONE:
                flag = keyword == "additionalProperties" and isinstance(item, bool)
                made[keyword] = item if flag else self(item)
            elif keyword in _MANY:
                made[keyword] = [self(part) for part in item]
            elif keyword in _NAMED:
                made[keyword] = {name: self(part) for name, part in item.items()}
            elif keyword == "$ref":
                made[keyword] = self._ref(item)
            elif keyword == "discriminator":
                made[keyword] = self._discriminator(item)
            elif keyword not in _DIRECTION and keyword not in {"$defs", "$schema"}:
                made[keyword] = item
        return _older(made) if self._old else made

    def reached(self) -> dict[str, Any]:
        """The components that what was written leads to, in the order in which they are met."""
        made: dict[str, Any] = {}
        while waiting := [name for name in self._names if name not in made]:
            for name in waiting:
                made[name] = self(self._defs[name])
        return {self._names[name]: schema for name, schema in made.items()}

    def _ref(self, ref: str) -> str:
        first, *rest = tokens(ref.removeprefix("#"))[1:]
        if first not in self._names:
            name = _UNSAFE.sub("_", first)
            while name in self._names.values():
                name += "_"
            self._names[first] = name
        return _COMPONENTS + "/".join((self._names[first], *map(escape_token, rest)))

    def _discriminator(self, told: Mapping[str, Any]) -> dict[str, Any]:
        mapping = {key: self._ref(ref) for key, ref in told.get("mapping", {}).items()}
        return {**told, "mapping": mapping} if mapping else dict(told)


# -- what OpenAPI 3.0 says otherwise ----------------------------------------------------------


def _older(made: dict[str, Any]) -> dict[str, Any]:
    """The keywords of one schema as OpenAPI 3.0 has them; those below are written already."""
    for change in _CHANGES:
        made = change(made)
    return made


def _constant(made: dict[str, Any]) -> dict[str, Any]:
    if "const" in made:
        value = made.pop("const")
        made["enum"] = [value]
    return made


def _example(made: dict[str, Any]) -> dict[str, Any]:
    examples = made.pop("examples", None)
    if examples and "example" not in made:
        made["example"] = examples[0]
    return made


def _bounds(made: dict[str, Any]) -> dict[str, Any]:
    for bound, exclusive, tighter in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        limit = made.get(exclusive)
        if limit is None or isinstance(limit, bool):
            continue
        if bound in made and tighter(made[bound], limit) != limit:
            del made[exclusive]
        else:
            made[bound], made[exclusive] = limit, True
    return made


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    """``null`` among types or branches, as ``nullable``."""
    branches = made.get("anyOf")
    if branches and _NO_VALUE in branches and made.keys() - _NOTES - {"example"} == {"anyOf"}:
        rest = [part for part in branches if part != _NO_VALUE]
        made.pop("anyOf")
        return {**made, ("anyOf" if len(rest) != 1 else "allOf"): rest or [{}], "nullable": True}
    named = made.get("type")
    if named == "null":
        return {**{key: item for key, item in made.items() if key != "type"}, **_NO_VALUE}
    if not isinstance(named, list):
        return made
    names = [name for name in named if name != "null"]
    del made["type"]
    if not names:
        return {**made, **_NO_VALUE}
    if len(names) == 1:
        made["type"] = names[0]
        return {**made, "nullable": True} if "null" in named else made
    choice = [_array({"type": name}) for name in names]
    if "null" in named:
        choice.append(dict(_NO_VALUE))
    if "anyOf" not in made:
        return {**made, "anyOf": choice}
    return {**made, "allOf": [*made.get("allOf", ()), {"anyOf": choice}]}


def _array(made: dict[str, Any]) -> dict[str, Any]:
    """3.0 wants to know of every array what is in it."""
    return {**made, "items": {}} if made.get("type") == "array" and "items" not in made else made


def _alone(made: dict[str, Any]) -> dict[str, Any]:
    """Beside ``$ref`` nothing counts in 3.0: what stands there moves out."""
    if "$ref" not in made or len(made) == 1:
        return made
    ref = {"$ref": made.pop("$ref")}
    return {**made, "allOf": [ref, *made.get("allOf", ())]}


_NO_VALUE: dict[str, Any] = {"enum": [None], "nullable": True}
"""``{"type": "null"}`` in the words of 3.0."""
_CHANGES: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (
    _constant,
    _example,
    _bounds,
    _nullable,
    _array,
    _alone,
)
