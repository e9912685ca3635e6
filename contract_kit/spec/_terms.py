"""An event of a document → :class:`~contract_kit.model.Terms`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.errors import UsageError
from contract_kit.model import Terms
from contract_kit.shape import build_root, chosen_alone, locations
from contract_kit.spec._bundle import bundle
from contract_kit.spec._dialect import Translator
from contract_kit.spec._events import Index, index_of
from contract_kit.spec._load import Document, document_of, load_document
from contract_kit.spec._payload import media_of
from contract_kit.spec._pins import find_pins
from contract_kit.spec._places import bundled
from contract_kit.spec._profile import profile_for
from contract_kit.spec._refs import Refs

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BUNDLED", "DEFAULT_EVENT", "bundled_document", "events", "load_terms"]

DEFAULT_EVENT = "customer.created"
BUNDLED = "flexprice.openapi.yaml"


def bundled_document() -> Document:
    """The document that ships with contract_kit; its name is the same in a wheel and in a checkout."""
    return document_of(bundled(BUNDLED), BUNDLED, suffix=".yaml")


def events(document: Document) -> tuple[str, ...]:
    """The names of the events that ``document`` describes, in document order."""
    return _index(document).listed


def load_terms(
    event: str = DEFAULT_EVENT,
    spec: Path | str | None = None,
    *,
    document: Document | None = None,
    allow_files: bool = False,
) -> Terms:
    """The terms of ``event`` in the document ``spec`` (the bundled one unless given).

    Give ``document`` in place of ``spec`` to read a large document once for many events. Raises
    :class:`SpecError` and its kinds for everything that is wrong with the document or the event's schema.
    """
    if document is not None and spec is not None:
        msg = "give a spec or a document, not both"
        raise UsageError(msg)
    if document is None:
        document = bundled_document() if spec is None else load_document(spec, allow_files=allow_files)
    entry = _index(document).find(event)
    notes: list[str] = []
    schema = bundle(_translator(document), entry.place, notes)
    media = media_of(entry.place)
    if media is not None:
        notes.append(f"the payload's media type is {media}; its bodies are made as JSON")
    pins = find_pins(schema, entry.name, entry.pins)
    schema = chosen_alone(schema, build_root(schema).lookup, notes)
    root = build_root(schema)
    root.memo["notes"] = tuple(dict.fromkeys(notes))
    return Terms(
        event=entry.name,
        schema=schema,
        root=root,
        locations=tuple(locations(root)),
        pins=pins,
        profile=profile_for(document, entry.name, schema, pins),
        source=document.source,
        sha256=document.sha256,
    )


def _translator(document: Document) -> Translator:
    if "translator" not in document.cache:
        document.cache["translator"] = Translator(document, Refs(document))
    found: Translator = document.cache["translator"]
    return found


def _index(document: Document) -> Index:
    return index_of(document, _translator(document).refs)
