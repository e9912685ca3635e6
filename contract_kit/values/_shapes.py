"""Shapes of a sample: which properties are there, how often, and which may be empty.

A contract with a profile has the shapes that its provider's bodies have (those that satisfy the document and
name the event), beside the whole documented one. Without a profile a shape with gaps stands for what one
does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.model import Terms
    from contract_kit.shape import Node

__all__ = ["DOCUMENTED", "Shape", "beyond", "shapes"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape; ``weight`` of 256 samples have it.

    ``keep`` are the properties that stay, by object; ``dropped`` the pointers that go; ``nonempty``
    properties that go when empty; ``empty`` pointers whose text is empty now and then; ``filled`` properties
    that the document does not know; with ``gaps`` each optional property is missing now and then. ``branches``:
    choices are taken anew for each sample.
    """

    name: str
    weight: int
    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    nonempty: Mapping[str, frozenset[str]] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    filled: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    gaps: bool = False
    branches: bool = True

    @property
    def nulls(self) -> bool:
        """Whether ``null`` is shown where it may stand."""
        return self.gaps

    def presence(self, node: Node, name: str) -> str:
        """``always``, ``never``, ``nonempty`` or ``sometimes`` for a property of ``node``."""
        place = f"{node.pointer}/{name}"
        if name in node.required or place in self.needed:
            return "always"
        kept = self.keep.get(node.pointer)
        if place in self.dropped or (kept is not None and name not in kept):
            return "never"
        if name in self.nonempty.get(node.pointer, ()):
            return (
                "nonempty"
                if place in self.empty
                else "sometimes"
                if _holds_others(node, name)
                else "nonempty"
            )
        if self.gaps or place in self.filled.get("?", ()):
            return "sometimes"
        return "always"

    def sometimes_empty(self, node: Node) -> bool:
        """Whether the text at ``node`` is ``""`` now and then."""
        return node.pointer in self.empty

    def beyond(self, node: Node) -> Mapping[str, Any]:
        """Properties beyond the document's, with their values."""
        if node.closed:
            return {}
        return {
            name: v for name, v in self.filled.get(node.pointer, {}).items() if name not in node.properties
        }


def _holds_others(node: Node, name: str) -> bool:
    return bool({"object", "array"} & set(node.properties[name].types))


DOCUMENTED = Shape("documented", 112)


def shapes(terms: Terms) -> tuple[Shape, ...]:
    """The shapes of a contract's samples; their weights add up to 256."""
    needed = frozenset(_on_the_way(terms.pins))
    eras = [_of_era(era, terms, needed) for era in (terms.profile.eras if terms.profile else ())]
    real = [shape for shape in eras if shape is not None]
    if not real:
        return (Shape("documented", 128), Shape("gaps", 128, needed=needed, gaps=True))
    # The oldest shape that fits is the document's own time: half of what is left, the rest share.
    left = 256 - DOCUMENTED.weight
    shares = [left // 2 if len(real) > 1 else left, *[left // 2 // max(len(real) - 1, 1)] * (len(real) - 1)]
    found = [_weighed(shape, share) for shape, share in zip(real, shares, strict=True)]
    spent = sum(shares)
    return (Shape("documented", 256 - spent), *found)


def beyond(terms: Terms) -> dict[str, tuple[str, ...]]:
    """Names that samples have beside those that the document declares, by the pointer of their object."""
    found: dict[str, dict[str, None]] = {}
    for shape in shapes(terms):
        for place, names in shape.filled.items():
            if place != "?":
                found.setdefault(place, {}).update(dict.fromkeys(names))
    return {place: tuple(names) for place, names in found.items()}


def _weighed(shape: Shape, weight: int) -> Shape:
    from dataclasses import replace

    return replace(shape, weight=weight)


def _on_the_way(pins: Mapping[str, Any]) -> list[str]:
    found = []
    for pointer in pins:
        parts = pointer.split("/")
        found += ["/".join(parts[: number + 1]) for number in range(1, len(parts))]
    return found


def _of_era(era: Mapping[str, Any], terms: Terms, needed: frozenset[str]) -> Shape | None:
    """The shape of a profile's era, ``None`` where it renames or leaves out what the event is known by."""
    dropped = frozenset(era.get("drop", ()))
    if era.get("rename") or dropped & needed:
        return None
    filled = era.get("fill", {})
    empty = {f"{place}/{name}" for place, values in filled.items() for name, v in values.items() if v == ""}
    # null breaks the document: what the provider fills with it is sometimes missing instead.
    absent = frozenset(
        f"{place}/{name}" for place, values in filled.items() for name, v in values.items() if v is None
    )
    nonempty = {place: frozenset(names) for place, names in era.get("drop_empty", {}).items()}
    empty |= {f"{place}/{name}" for place, names in nonempty.items() for name in names}
    extra: dict[str, Any] = {
        place: {name: value for name, value in values.items() if value not in ("", None)}
        for place, values in filled.items()
    }
    del terms
    return Shape(
        str(era.get("name", "era")),
        0,
        keep={place: frozenset(names) for place, names in era.get("keep", {}).items()},
        dropped=dropped,
        nonempty=nonempty,
        empty=frozenset(empty),
        filled={**extra, "?": dict.fromkeys(absent)},
        needed=needed,
    )
