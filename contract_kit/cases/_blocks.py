"""``valid``: several fields of one object that change together, because they mean one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit.jsonio import join
from contract_kit.values import addresses, judge_of, meaning

from ._edit import edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.model import Terms
    from contract_kit.values import Base, Site

    from ._draft import Draft

__all__ = ["blocks"]

_FEWEST = 2


def blocks(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    """At the first object that holds an address: a whole one of every country of ISO 3166-1."""
    fields = _address_fields(terms, site)
    here = (base.name, site.at)
    if len(fields) <= _FEWEST or "address.country" not in fields.values():
        return
    if terms.root.memo.setdefault("address", here) != here:
        return
    judge = judge_of(site.node)
    for code, parts in addresses().items():
        new = {**site.value, **{name: parts[part] for name, part in fields.items()}}
        if judge.is_valid(new):
            yield edit(
                base,
                site.at,
                new,
                "country",
                f"country-{code}-whole",
                f"{site.at or 'the body'} has a whole address in {code}",
            )


def _address_fields(terms: Terms, site: Site) -> Mapping[str, str]:
    """Names of an object's plain properties that are parts of an address, with the part that each is."""
    if not isinstance(site.value, dict):
        return {}
    found: dict[str, str] = {}
    for name, node in site.node.properties.items():
        pinned = join(site.node.pointer, name) in terms.pins
        if name in site.value and isinstance(site.value[name], str) and node.enum is None and not pinned:
            part = meaning(node, terms.profile)
            if part in _PARTS and part not in found.values():
                found[name] = part
    return found


_PARTS = frozenset(
    f"address.{part}" for part in ("line1", "line2", "city", "state", "postal_code", "country", "timezone")
)
