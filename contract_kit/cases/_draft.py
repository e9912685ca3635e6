"""Drafts: what a family of cases makes, and how it words the one difference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, compact, get, join, replace, written
from contract_kit.model import JSON_HEADERS, NOTHING, Expect, Headers, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.shape import Node
    from contract_kit.values import Base

__all__ = ["READERS_DISAGREE", "Draft", "change", "difference", "shown"]

READERS_DISAGREE = "sound readers disagree about it"
"""Why nothing is demanded of a consumer, where the standards and the readers that follow them leave it open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a family makes: a value (or raw bytes), and what was done to a base to get it.

    ``at`` is the actual pointer of the one difference, ``keyword`` the rule that is meant to break (or
    the rule that an edge stands at), ``expect`` overrides the policy where the policy has no say. An edit of a
    base says ``base``, the ``place`` whose value is another one and ``new``, that value; it is judged there
    where nothing above looks down on it.
    """

    kind: Kind
    family: str
    variant: str
    description: str
    at: str = ""
    keyword: str = ""
    value: Any = NOTHING
    body: bytes | None = None
    changed: str = ""
    because: str = ""
    expect: Expect | None = None
    sendable: bool = True
    compare: bool = True
    headers: Headers = JSON_HEADERS
    plain: bytes | None = None
    sure: bool = False
    nodes: Mapping[str, Node] | None = None
    origin: str = ""
    base: Base | None = None
    place: str = ""
    new: Any = NOTHING

    def whole(self) -> Any:
        """The value of the body."""
        if self.value is NOTHING and self.base is not None:
            return replace(self.base.value, self.place, self.new)
        return self.value

    def written(self) -> bytes:
        """The body as it is to be sent."""
        if self.body is not None:
            return self.body
        if self.base is not None and self.new is not NOTHING:
            return self.base.spliced(self.place, self.new)
        return compact(self.value)


_CUT = 80


def shown(value: Any) -> str:
    """A value as short JSON for a sentence; the middle of a long one is left out.

    >>> shown("a" * 200)[:12]
    '"aaaaaaaaaaa'
    """
    if value is MISSING or value is NOTHING:
        return "(absent)"
    if isinstance(value, str) and len(value) > 4 * _CUT:
        return f"{shown(value[: _CUT - 20])[:-1]}…{shown(value[-15:])[1:]} ({len(value):,} characters)"
    said = written(value)
    text = _BLANKS.sub(" ", repr(value) if said is None else said.decode("utf-8", "replace"))
    if len(text) <= _CUT:
        return text
    size = len(value) if isinstance(value, str) else len(text)
    return f"{text[: _CUT - 20]}…{text[-15:]} ({size:,} characters)"


_BLANKS = re.compile(r"\s+")


def change(base: Any, at: str, new: Any) -> str:
    """The one difference between a base and a case: ``/customer/status: "published" → "gone"``."""
    old = get(base, at)
    inside = _inside(at, old, new)
    if inside is not None:
        return inside
    if new is MISSING:
        return f"{at or 'the whole body'}: {shown(old)} → (absent)"
    if old is MISSING:
        return f"{at}: (absent) → {shown(new)}"
    if not at:
        return f"the whole body → {shown(new)}"
    return f"{at}: {shown(old)} → {shown(new)}"


def difference(base: Base, at: str, new: Any) -> tuple[str, str]:
    """``new`` in short, and :func:`change`: what is the same for all edits of a place is written once."""
    if at not in base.words:
        old = get(base.value, at)
        base.words[at] = f"{at}: {shown(old)} → " if at else "the whole body → "
    told = shown(new)
    return told, _inside(at, get(base.value, at), new) or base.words[at] + told


_FEW = 3


def _inside(at: str, old: Any, new: Any) -> str | None:
    """What differs inside of two objects or arrays that are too large to be shown; ``None`` where they are not."""
    if isinstance(old, list) and isinstance(new, list):
        longer = old and new and len(old) != len(new) and len(compact(new)) > _CUT
        return f"{at}: {len(old):,} → {len(new):,} items" if longer else None
    if not (isinstance(old, dict) and isinstance(new, dict) and old and new):
        return None
    keys = [key for key in {**old, **new} if old.get(key, MISSING) != new.get(key, MISSING)]
    if len(compact(new)) <= _CUT and len(keys) > 1:
        return None
    if len(keys) > 2 * _FEW:
        return f"{at}: {len(old):,} → {len(new):,} entries" if len(old) != len(new) else None
    told = [
        f"{join(at, key)}: {shown(old.get(key, MISSING))} → {shown(new.get(key, MISSING))}" for key in keys
    ]
    return "; ".join(told[:_FEW]) + (f"; and {len(told) - _FEW} more" if len(told) > _FEW else "")
