"""Drafts of sound bodies: whole ones, and bases with one difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, get, tokens

from ._draft import Draft, difference

if TYPE_CHECKING:
    from contract_kit.values import Base

__all__ = ["edit", "sound"]


def sound(base: Base, at: str, family: str, variant: str, value: Any, description: str, **more: Any) -> Draft:
    return Draft(
        kind="valid",
        family=family,
        variant=variant,
        at=at,
        value=value,
        description=description,
        nodes=base.nodes,
        origin=base.name,
        **more,
    )


def edit(base: Base, at: str, new: Any, family: str, variant: str, words: str, **more: Any) -> Draft:
    """The base with ``new`` at ``at``: one difference. A property that comes or goes changes its object."""
    told, changed = difference(base, at, new)
    place, there = at, new
    above, _, _ = at.rpartition("/")
    holder = get(base.value, above) if at else MISSING
    if isinstance(holder, dict):
        key = tokens(at)[-1]
        if new is MISSING:
            place, there = above, {name: item for name, item in holder.items() if name != key}
        elif key not in holder:
            place, there = above, {**holder, key: new}
    return Draft(
        kind="valid",
        family=family,
        variant=variant,
        at=at,
        description=words.replace("{}", told),
        changed=changed,
        nodes=base.nodes,
        origin=base.name,
        base=base,
        place=place,
        new=there,
        **more,
    )
