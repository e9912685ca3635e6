"""What a field means: recognised from its name, format, description and parents, in one table.

A contract says ``string``; a reader sees an e-mail. The table :data:`MEANINGS` is read from the top, the
first row that fits wins; :func:`register` and ``[[tool.contract_kit.meanings]]`` put a user's rows above it, and a
provider profile settles single places by their pointer. Names are compared in their normal form (see ``_names``): ``postalCode``,
``postal-code``, ``PostCode`` and ``zip`` are one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contract_kit.values._names import field_name, parents
from contract_kit.values._rows import Meaning
from contract_kit.values._table import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contract_kit.model import Profile
    from contract_kit.shape import Node

__all__ = ["MEANINGS", "Meaning", "configure", "known_meanings", "meaning", "register", "registered"]

_FREE_MAP = re.compile(
    r"(?:.*_)?(?:metadata|meta|metadatum|custom_fields?|custom_attributes?|attributes?|labels?|annotations?|extras?|"
    r"propert(?:y|ies)|parameters?|params?|data|additional_data|variables?|settings?|config|context)"
)
_extra: list[Meaning] = []
_configured: tuple[Meaning, ...] = ()
_changes = 0
_FALLBACK = {"string": "word", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def register(row: Meaning) -> None:
    """Put a row above the table (the newest on top), for documents with words of their own.

    ``samples`` are what is generated for it; without them ``name`` must be one that the house can make.
    """
    global _changes  # noqa: PLW0603 (the one table of a process)
    _extra.insert(0, row)
    _changes += 1


def configure(rows: Iterable[Meaning]) -> None:
    """The rows of a configuration, in place of those of the one before: below registered ones, above the table."""
    global _configured, _changes
    found = tuple(rows)
    if found != _configured:
        _configured, _changes = found, _changes + 1


def known_meanings() -> frozenset[str]:
    """Names that a row without samples may have: what the house can make."""
    from contract_kit.values._makers import MAKERS

    return frozenset(MAKERS)


def generation() -> int:
    """How often users have changed the table: what was settled before a change is settled anew."""
    return _changes


def registered(name: str) -> Meaning | None:
    """The user's row of that name, if any."""
    return next((row for row in (*_extra, *_configured) if row.name == name), None)


def meaning(node: Node, profile: Profile | None = None) -> str:
    """What the value at ``node`` means: a row's name, ``metadata.value`` in a free map, or a type's word."""
    settled: Mapping[str, str] = profile.meanings if profile is not None else {}
    if node.pointer in settled:
        return settled[node.pointer]
    name, above = field_name(node.pointer), parents(node.pointer)
    if node.pointer.endswith("/*") and _FREE_MAP.fullmatch(name) and "string" in node.types:
        return "metadata.value"
    for row in (*_extra, *_configured, *MEANINGS):
        if row.fits(name, above, node):
            return row.name
    return _FALLBACK.get(next(iter(node.types), ""), next(iter(node.types), "null"))
