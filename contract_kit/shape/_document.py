"""The root schema that nodes are nodes of, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.errors import RefError
from contract_kit.jsonio import tokens

from ._choices import choices_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ._choices import Choice, Schema

__all__ = ["Document"]


def _refs_in(schema: Any) -> Iterator[str]:
    stack = [schema]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("$ref"), str):
                yield item["$ref"]
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


class Document:
    """The root schema, with references looked up once."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self._seen: dict[str, Any] = {}
        self._refs: dict[str, frozenset[str]] = {}
        self._choices: dict[int, tuple[Any, tuple[Choice, ...]]] = {}
        self.memo: dict[Any, Any] = {}
        """Room for what others derive from nodes of this document, by keys of their own."""

    def definitions(self, schemas: tuple[Any, ...]) -> dict[str, Any]:
        """The definitions that ``schemas`` reach, directly or through others."""
        found: dict[str, Any] = {}
        waiting = [ref for schema in schemas for ref in _refs_in(schema)]
        while waiting:
            ref = waiting.pop()
            if not ref.startswith("#/$defs/"):
                return dict(self.schema.get("$defs", {}))
            name = tokens(ref[1:])[1]
            if name not in found:
                found[name] = self.schema["$defs"][name]
                if name not in self._refs:
                    self._refs[name] = frozenset(_refs_in(found[name]))
                waiting.extend(self._refs[name])
        return found

    def choices(self, schema: Schema) -> tuple[Choice, ...]:
        """The choices that one plain schema leaves open, made once (nodes are told apart by their parts)."""
        key = id(schema)
        if key not in self._choices:
            # The schema is kept beside its choices: it must live as long as the key that names it.
            self._choices[key] = (schema, tuple(choices_of(schema, self.lookup)))
        return self._choices[key][1]

    def lookup(self, ref: str) -> Any:
        if ref not in self._seen:
            self._seen[ref] = self._find(ref)
        return self._seen[ref]

    def _find(self, ref: str) -> Any:
        if not ref.startswith("#"):
            raise RefError(ref, "", "leads outside the document")
        here: Any = self.schema
        for token in tokens(ref[1:]):
            if isinstance(here, dict) and token in here:
                here = here[token]
            elif isinstance(here, list) and token.isdecimal() and int(token) < len(here):
                here = here[int(token)]
            else:
                raise RefError(ref, "", "leads to nowhere")
        return here
