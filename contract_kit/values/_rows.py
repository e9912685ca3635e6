"""One row of the table of meanings: what a field must be called for it to mean something."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contract_kit.shape import Node

__all__ = ["Meaning"]

# A field with one of these formats is what its format says, whatever its name.
_TELLING = frozenset(
    [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "url",
        "uuid",
        "ipv4",
        "ipv6",
        "ip",
        "byte",
        "binary",
        "base64",
        "json",
        "json-pointer",
        "relative-json-pointer",
        "regex",
        "uri-template",
        "password",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One row of the table.

    ``names`` is a regular expression for the end of the normalised name (whole words), ``exact`` one for
    all of it, ``says`` one that is searched in the description, ``under`` and ``not_under`` ones for the end
    of the nearest parent's name. ``formats`` are values of ``format``: a row that has them is for such
    fields. What is left empty is not asked; ``names`` and ``exact`` are alternatives. ``samples`` are values
    for rows whose meaning the house does not know how to make.
    """

    name: str
    names: str = ""
    exact: str = ""
    says: str = ""
    under: str = ""
    not_under: str = ""
    formats: tuple[str, ...] = ()
    types: tuple[str, ...] = ("string",)
    samples: tuple[Any, ...] = ()
    _compiled: dict[str, re.Pattern[str]] = field(default_factory=dict, compare=False, repr=False)

    def fits(self, name: str, above: tuple[str, ...], node: Node) -> bool:
        """Whether a field of this normalised name, under these parents, has this meaning."""
        if not set(self.types) & set(_kinds(node)):
            return False
        form = node.format
        if self.formats:
            return form in self.formats and (not self.names or self._ends("names", self.names, name))
        if form in _TELLING or not (self.names or self.exact):
            return False
        nearest = above[0] if above else ""
        return (
            (
                (bool(self.names) and self._ends("names", self.names, name))
                or (bool(self.exact) and bool(self._pattern("exact", self.exact).fullmatch(name)))
            )
            and (not self.under or self._ends("under", self.under, nearest))
            and (not self.not_under or not self._ends("not_under", self.not_under, nearest))
            and (not self.says or bool(self._pattern("says", self.says).search(node.description.lower())))
        )

    def _ends(self, slot: str, pattern: str, name: str) -> bool:
        return bool(self._pattern(slot, rf"(?:.*_)?(?:{pattern})").fullmatch(name))

    def _pattern(self, slot: str, pattern: str) -> re.Pattern[str]:
        if slot not in self._compiled:
            self._compiled[slot] = re.compile(pattern)
        return self._compiled[slot]


_ANY_TYPE = 6


def _kinds(node: Node) -> tuple[str, ...]:
    """The types of a field; where anything may stand, text is what people put there."""
    return ("string",) if not node.typed and len(node.types) >= _ANY_TYPE else node.types
