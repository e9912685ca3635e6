"""Which events a document describes, and where the payload of each stands.

Publishers put them in four places: operations of documentation-only paths, ``webhooks`` (``x-webhooks`` in
3.0), ``callbacks`` of operations or components, and inside one such entry whose body is a union over many
events. An :class:`Entry` is one event found in one of them.

An ordinary API's operations are no events, nor are those that manage hooks. They can be asked for by name all
the same; they are listed only where the document has nothing that looks more like an event (a page with one
operation, say). A schema under ``components`` can be asked for, too: see ``_schemas``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract_kit.errors import RefError, SpecError, UnknownEvent
from contract_kit.spec._entry import LIKELY, ORDINARY, STATED, Entry, plain_name
from contract_kit.spec._payload import Finder
from contract_kit.spec._refs import Place, Refs
from contract_kit.spec._schemas import schema_entries, tops
from contract_kit.spec._unions import members, names_said, texts_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.spec._load import Document

__all__ = ["Index", "index_of"]

_HOOKISH = re.compile(
    r"web-?_?hook|(?<![a-z])(events?|hooks?|callbacks?|notifications?)(?![a-z])", re.IGNORECASE
)
_NAMING = re.compile(r"event|topic|hook|trigger|action", re.IGNORECASE)
"""Headers that say which event it is."""

_DOTTED = re.compile(r"[A-Za-z][\w-]*([.:][A-Za-z][\w-]*)+")
_FILE = re.compile(r".*\.(json|xml|csv|ya?ml|txt|html?|pdf|png|jpe?g|svg|ico|js|zip)", re.IGNORECASE)
_GENERIC = re.compile(
    r"\{.*|v?[0-9.]+|your|api|(your-?)?(web-?_?hooks?|hooks?|events?|callbacks?|notifications?|endpoint|url|handler|"
    r"receiver|webhook-?_?(events?|url|endpoint|handler))",
    re.IGNORECASE,
)


class Index:
    """Every event of one document, in document order."""

    def __init__(self, document: Document, refs: Refs) -> None:
        self._document, self._refs = document, refs
        found: dict[str, Entry] = {}
        for entry in _Walk(document, refs).entries():
            _add(found, entry)
        best = max((entry.rank for entry in found.values()), default=ORDINARY)
        likely = tuple(entry.name for entry in found.values() if entry.rank == best)
        self.listed = likely or tops(document)
        self._entries = found

    def find(self, event: str) -> Entry:
        """The entry of ``event``, by its name, an alias, or a name that differs only in punctuation."""
        entry = self._find(event)
        if entry.problem is not None:
            raise entry.problem
        return entry

    def _find(self, event: str) -> Entry:
        found = _named(event, self._entries) or _named(event, schema_entries(self._document, self._refs))
        if found is None:
            raise UnknownEvent(event, self.listed, self._document.source)
        return found


def _named(event: str, known: Mapping[str, Entry]) -> Entry | None:
    """The one of ``known`` that is called ``event``; ``None`` where there is none, or which is not clear."""
    if event in known:
        return known[event]
    entries, plain = known.values(), plain_name(event)
    for hits in (
        [entry for entry in entries if event in entry.aliases],
        [entry for entry in entries if plain_name(entry.name) == plain],
        [entry for entry in entries if plain in map(plain_name, entry.aliases)],
    ):
        rank = max((entry.rank for entry in hits), default=ORDINARY)
        best = [entry for entry in hits if entry.rank == rank]
        if len({(id(hit.place.sheet), hit.place.pointer) for hit in best}) == 1:
            return best[0]
    return None


def _add(found: dict[str, Entry], entry: Entry) -> None:
    """Enter ``entry``; a second one of its name gets its place's name in front, unless it is the same."""
    known = found.get(entry.name)
    if known is None:
        found[entry.name] = entry
        return
    if known.place == entry.place:
        return
    if entry.rank > known.rank:
        found[entry.name] = entry
        return
    for alias in entry.aliases:
        if alias not in found:
            found[alias] = replace(entry, name=alias)
            return


def index_of(document: Document, refs: Refs) -> Index:
    """The events of ``document``, worked out once."""
    if "index" not in document.cache:
        document.cache["index"] = Index(document, refs)
    found: Index = document.cache["index"]
    return found


class _Walk:
    """One pass over a document."""

    def __init__(self, document: Document, refs: Refs) -> None:
        self._document, self._refs = document, refs
        self._finder = Finder(document, refs)
        self._root = Place(refs.main, "")

    def entries(self) -> Iterator[Entry]:
        """Every event, in document order, those inside unions right after their entry."""
        for key in self._document.data:
            if key == "paths":
                yield from self._paths()
            elif key in {"webhooks", "x-webhooks"}:
                yield from self._webhooks(key)
            elif key == "components":
                yield from self._component_callbacks()

    def _paths(self) -> Iterator[Entry]:
        base = self._root.under("paths")
        for path in self._document.data["paths"] or ():
            if not path.startswith("/"):
                continue
            spot = base.under(path)
            try:
                for method, place, operation in self._operations(spot):
                    payload = self._finder.payload(place, operation)
                    if payload is not None:
                        entry = _path_entry(path, method, operation, payload)
                        yield from self._expanded(self._told(entry, place, operation))
                    yield from self._callbacks(place, operation, path)
            except RefError as problem:
                yield replace(_path_entry(path, "post", {}, spot), problem=problem)

    def _webhooks(self, key: str) -> Iterator[Entry]:
        base = self._root.under(key)
        for name in self._document.data[key] or ():
            spot = base.under(name)
            try:
                for method, place, operation in self._operations(spot):
                    sends = method in {"post", "put", "patch"}
                    payload = self._finder.payload(place, operation, responses=sends)
                    if payload is not None:
                        aliases = (*_texts(operation, "operationId", "summary"), f"{method.upper()} {name}")
                        entry = Entry(name, payload, aliases)
                        yield from self._expanded(self._told(entry, place, operation))
                        break
            except RefError as problem:
                yield Entry(name, spot, problem=problem)

    def _operations(self, place: Place) -> Iterator[tuple[str, Place, dict[str, Any]]]:
        """The operations of a path item; one that was left empty has none."""
        if self._refs.value(place) is not None:
            yield from self._finder.operations(place)

    def _component_callbacks(self) -> Iterator[Entry]:
        components = self._document.data["components"]
        if isinstance(components, dict) and components.get("callbacks") is not None:
            base = self._root.under("components", "callbacks")
            for name in self._finder.object_at(base)[1]:
                yield from self._callback(base.under(name), name, "components")

    def _callbacks(self, place: Place, operation: dict[str, Any], path: str) -> Iterator[Entry]:
        if operation.get("callbacks") is None:
            return
        where, callbacks = self._finder.object_at(place.under("callbacks"))
        owner = operation.get("operationId")
        for name in callbacks:
            yield from self._callback(where.under(name), name, owner if isinstance(owner, str) else path)

    def _callback(self, place: Place, name: str, owner: str) -> Iterator[Entry]:
        try:
            where, callback = self._finder.object_at(place)
            for expression in callback:
                if not expression.startswith("x-"):
                    yield from self._callback_item(where.under(expression), name, owner)
        except RefError as problem:
            yield Entry(name, place, problem=problem)

    def _callback_item(self, place: Place, name: str, owner: str) -> Iterator[Entry]:
        for method, spot, operation in self._operations(place):
            payload = self._finder.payload(spot, operation, responses=False)
            if payload is not None:
                own = _texts(operation, "operationId")
                aliases = (f"{owner}/{name}", f"{owner}/{name}/{method}", *own)
                yield from self._expanded(self._told(Entry(name, payload, aliases), spot, operation))
                return

    def _told(self, entry: Entry, place: Place, operation: dict[str, Any]) -> Entry:
        """``entry`` with the names that a header says of the event, and the one that its body must say."""
        try:
            said = names_said(self._refs, entry.place)
        except SpecError:
            said = []  # whoever asks for the entry is told
        named = (*self._header_names(place, operation), *(said if len(said) == 1 else ()))
        return replace(entry, aliases=tuple(dict.fromkeys((*entry.aliases, *named))))

    def _header_names(self, place: Place, operation: dict[str, Any]) -> Iterator[str]:
        """What the header that names the event is limited to, by ``enum`` or ``const``."""
        parameters = operation.get("parameters")
        for index in range(len(parameters) if isinstance(parameters, list) else 0):
            try:
                where, parameter = self._refs.follow(place.under("parameters", index))
                if not isinstance(parameter, dict) or parameter.get("in") != "header":
                    continue
                if _NAMING.search(str(parameter.get("name"))) and isinstance(parameter.get("schema"), dict):
                    yield from texts_allowed(self._refs.follow(where.under("schema"))[1])
            except RefError:
                continue  # a header is no part of a body

    def _expanded(self, entry: Entry) -> Iterator[Entry]:
        yield entry
        if entry.rank == ORDINARY:
            return
        try:
            inside = members(self._refs, entry.place, entry.name)
        except SpecError:
            return  # whoever asks for the entry itself is told
        for member in inside:
            aliases = (f"{entry.name}/{member.name}",)
            yield Entry(member.name, member.place, aliases, entry.rank, member.pins)


def _texts(operation: dict[str, Any], *keys: str) -> tuple[str, ...]:
    found = (operation.get(key) for key in keys)
    return tuple(text for text in found if isinstance(text, str) and 0 < len(text) <= 100)


def _path_entry(path: str, method: str, operation: dict[str, Any], payload: Place) -> Entry:
    """An operation under ``paths`` as an event: named by its path's end, its id or its summary."""
    last = path.rstrip("/").rpartition("/")[2]
    told = _texts(operation, "operationId", "summary")
    dotted = [name for name in (last, *told) if _DOTTED.fullmatch(name) and not _FILE.fullmatch(name)]
    marked = any(key.lower().startswith("x-webhook") and value for key, value in operation.items())
    tags = operation.get("tags")
    tagged = isinstance(tags, list) and any(_HOOKISH.search(tag) for tag in tags if isinstance(tag, str))
    own = bool(last) and not _GENERIC.fullmatch(last)
    hooked = _HOOKISH.search(path.rpartition("/")[0] if own else path) is not None
    names = [*dotted, *(name for name in (last, *told) if name and not _GENERIC.fullmatch(name))]
    name = next(iter(names), path)
    verb = method.upper()
    aliases = tuple(dict.fromkeys((*names, *told, last, f"{verb} {path}", path)))
    if marked or last in dotted or (own and hooked and "{" not in path and method == "post"):
        rank = STATED
    else:
        rank = LIKELY if tagged or (hooked and method in {"post", "put", "patch"}) else ORDINARY
    return Entry(name, payload, aliases, rank)
