"""Schemas under ``components`` as events: some publishers describe their payloads and no operation.

They are asked last: whatever the document says of events by operations, ``webhooks`` or callbacks comes first.
A schema answers to its own name and to the one event name that its body must say; a union, or a body that may
say several names, gives an event for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit import jsonio
from contract_kit.errors import SpecError
from contract_kit.spec._entry import ORDINARY, Entry
from contract_kit.spec._refs import Place
from contract_kit.spec._unions import members, names_said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.spec._load import Document
    from contract_kit.spec._refs import Refs

__all__ = ["schema_entries", "tops"]

_WHERE = ("components", "schemas")


def schema_entries(document: Document, refs: Refs) -> dict[str, Entry]:
    """An entry for each schema that stands under ``components``, and for each event inside one."""
    base = Place(refs.main, "").under(*_WHERE)
    found = {name: _entry(refs, name, base.under(name)) for name in _schemas(document)}
    known = {alias for entry in found.values() for alias in entry.aliases}
    for entry in tuple(found.values()):
        try:
            inside = members(refs, entry.place, entry.name) if entry.problem is None else []
        except SpecError:
            continue  # whoever asks for the schema itself is told
        for member in inside:
            if member.name not in known:
                more = Entry(
                    member.name, member.place, (f"{entry.name}/{member.name}",), ORDINARY, member.pins
                )
                found.setdefault(member.name, more)
    return found


def _entry(refs: Refs, name: str, place: Place) -> Entry:
    try:
        said = names_said(refs, place)
    except SpecError as problem:
        return Entry(name, place, rank=ORDINARY, problem=problem)
    return Entry(name, place, tuple(said) if len(said) == 1 else (), ORDINARY)


def _schemas(document: Document) -> dict[str, Any]:
    components = document.data.get("components")
    found = components.get("schemas") if isinstance(components, dict) else None
    return {str(name): schema for name, schema in found.items()} if isinstance(found, dict) else {}


def tops(document: Document) -> tuple[str, ...]:
    """The schemas that no other schema refers to, in document order; all where each is referred to."""
    schemas = _schemas(document)
    head = jsonio.join("#", *_WHERE) + "/"
    inner: set[str] = set()
    for name, schema in schemas.items():
        inner |= {jsonio.tokens(ref[1:])[len(_WHERE)] for ref in _refs(schema) if ref.startswith(head)} - {
            name
        }
    return tuple(name for name in schemas if name not in inner) or tuple(schemas)


def _refs(schema: Any) -> Iterator[str]:
    """Every ``$ref`` anywhere in a schema. Depth is bounded by the reader."""
    stack = [schema]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            ref = part.get("$ref")
            if isinstance(ref, str):
                yield ref
            stack.extend(part.values())
        elif isinstance(part, list):
            stack.extend(part)
