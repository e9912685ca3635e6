"""``foreign``: deliveries of another event of the same document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.jsonio import MISSING, get, replace
from contract_kit.shape import nodes
from contract_kit.values import minimal

from ._draft import Draft, change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Expect, Terms
    from contract_kit.values import Base

__all__ = ["foreign"]


def foreign(terms: Terms, base: Base, expect: Expect) -> Iterator[Draft]:
    """Each other member of the enum in which the event's name stands, in a full and in a small body."""
    for pointer, name in terms.pins.items():
        members = next((n.enum for n in nodes(terms.root) if n.pointer == pointer and n.enum), None) or ()
        for member in members:
            if member == name:
                continue
            for variant, body in (("full", base.value), ("small", minimal(terms))):
                if get(body, pointer) is MISSING:
                    continue
                yield Draft(
                    kind="foreign",
                    family="foreign",
                    variant=f"{member}-{variant}" if variant != "full" else str(member),
                    at=pointer,
                    keyword="enum",
                    value=replace(body, pointer, member),
                    description=f"another event, {member}" + (", without more" if variant == "small" else ""),
                    changed=change(base.value, pointer, member),
                    expect=expect,
                    because="receivers answer 2xx to events that they do not handle",
                    nodes=base.nodes,
                    origin=base.name,
                )
