"""Realistic values for one payload: every leaf in its field's meaning, and all of them of one world.

One person, one country and one main thing (the customer of a ``customer.created``) stand behind a payload:
name and e-mail belong together, so do the parts of an address, an id's ULID tells when the thing was
created, nothing is updated before it was created, and what refers to a thing has its id. A candidate is a
wish: the builder makes it obey the keywords of its place.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

from contract_kit.jsonio import tokens
from contract_kit.shape import json_type
from contract_kit.values import _forms as forms
from contract_kit.values import _makers as makers
from contract_kit.values._build import judge_of
from contract_kit.values._meaning import generation, meaning, registered
from contract_kit.values._names import normal, scope_of, singular
from contract_kit.values._pools import MAIL_HOSTS, Address, Person, Place, Pools, committed_pools, mix

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.model import Profile
    from contract_kit.shape import Node

__all__ = ["Realism", "field_meaning", "main_entity"]

# Meanings whose values may (or must) be the same at several places of one payload.
_SHARED = frozenset(
    [
        "actor",
        "entity_id",
        "entity_type",
        "id",
        "event",
        "status",
        "provider_type",
        "boolean",
        "currency",
        "locale",
        "language",
        "person.name",
        "company",
        "email",
        "address.city",
        "address.state",
        "address.country",
        "address.country3",
        "address.country_name",
        "address.timezone",
        "address.postal_code",
        "address.line1",
        "address.line2",
        "kind",
        "gender",
        "method",
        "mime",
        "programming_language",
        "version",
    ]
)
_TRIES = 12
_PAST = ("ed", "paid", "sent", "succeeded", "deleted")
_EXAMPLES_SPEAK = frozenset(
    ["word", "text", "title", "slug", "kind", "status", "number", "job", "count", "quantity", "ordinal"]
)


@lru_cache(maxsize=4096)
def _crc(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


def field_meaning(node: Node, profile: Profile | None) -> str:
    """``meaning``, kept with the document: every payload asks it again."""
    key = ("meaning", id(profile), generation(), node.pointer, node.identity)
    if key not in node.memo:
        # The node and the profile are kept beside it: they must live as long as the key that names them.
        node.memo[key] = (meaning(node, profile), node, profile)
    return node.memo[key][0]  # type: ignore[no-any-return]


def main_entity(event: str) -> str:
    """What an event is about.

    >>> main_entity("customer.created"), main_entity("invoice.payment.overdue"), main_entity("")
    ('customer', 'invoice', 'customer')
    >>> main_entity("pull-request-opened"), main_entity("OrderPaid"), main_entity("push")
    ('pull_request', 'order', 'push')
    """
    words = normal(re.split(r"[./:]", event)[0]).split("_")
    while len(words) > 1 and words[-1].endswith(_PAST):
        words.pop()
    return singular("_".join(words)) if words[0] else "customer"


def _any(value: Any) -> bool:
    del value
    return True


class Realism:
    """The world of the payload number ``index``: the same for the same pools, number and seed.

    ``event`` names the event where it is known, ``country`` (alpha-2) chooses the payload's country.
    """

    def __init__(
        self,
        pools: Pools | None = None,
        index: int = 0,
        profile: Profile | None = None,
        *,
        event: str = "",
        seed: int = 0,
        country: str | None = None,
    ) -> None:
        self.pools: Pools = committed_pools() if pools is None else pools
        self.index: int = index
        self.profile: Profile | None = profile
        self.event: str = event
        self.main = main_entity(event)
        self.state = mix(seed, index, 0x5EED)
        self._country = country
        self._given: dict[str, Any] = {}
        self._taken: set[str] = set()

    # -- the world ----------------------------------------------------------------------------

    @cached_property
    def place(self) -> Place:
        """The payload's city: one with a state and a postal code, unless the country was asked for."""
        if self._country is not None:
            places = self.pools.places_of[self._country]
            return places[self.state % len(places)]
        whole = self.pools.whole_places
        return whole[mix(self.state, 1) % len(whole)]

    @cached_property
    def locale(self) -> str:
        """The locale of the payload's people."""
        return self.pools.by_code[self.place.country].locale

    @cached_property
    def born(self) -> int:
        """When the main thing was created, in milliseconds since 1970."""
        return forms.EARLIEST + mix(self.state, 2) % forms.SPAN

    def person(self, scope: str = "") -> Person:
        """The person of a scope; ``""`` is the one whom the payload is about."""
        people = self.pools.people[self.locale]
        first = mix(self.state, 3) % len(people)
        return people[(first + self.number(scope)) % len(people)]

    def company(self, scope: str = "") -> str:
        """The firm of a scope."""
        firms = self.pools.companies[self.locale]
        return firms[(mix(self.state, 4) + self.number(scope)) % len(firms)]

    def address(self, scope: str = "") -> Address:
        """The address that stands in the object at ``scope``: always of the payload's country."""
        return self.pools.address(self.place, mix(self.state, 5, _crc(scope)))

    def email(self, scope: str = "") -> str:
        """The address of the scope's person, on a host that reaches nobody."""
        person = self.person(scope)
        state = mix(self.state, 6, _crc(scope))
        digits = str(state // 16 % 90 + 10) if state % 4 == 0 else ""
        return f"{person.local}{digits}@{MAIL_HOSTS[state // 4096 % len(MAIL_HOSTS)]}"

    def identifier(self, entity: str, scope: str = "", prefix: str | None = None) -> str:
        """The id of an entity: prefix, ``_`` and a ULID of the time when it was created."""
        state = mix(self.state, 7, _crc(entity), _crc(scope))
        at = self.created(scope) if entity == self.main or scope else forms.EARLIEST - state % forms.SPAN
        return f"{prefix or forms.prefix(entity)}_{forms.ulid(at, mix(state, 1), mix(state, 2))}"

    def created(self, scope: str = "") -> int:
        """When the thing at a scope was created, in milliseconds since 1970; never before the main thing."""
        return self.born + (mix(self.state, 8, _crc(scope)) % 5_400_000 if scope else 0)

    def number(self, scope: str) -> int:
        """A number for a scope under which neighbours differ: its last index, or 0 for the payload's own."""
        if not scope:
            return 0
        path = tokens(scope)
        return 1 + int(path[-1]) if path[-1].isdecimal() else 1 + _crc(scope) % 1009

    # -- wishes -------------------------------------------------------------------------------

    def leaf(self, node: Node, at: str) -> Any:
        """A candidate for the value of ``node`` at the actual pointer ``at``: a JSON scalar at best."""
        if at not in self._given:
            self._given[at] = self._leaf(node, at)
        return self._given[at]

    def _leaf(self, node: Node, at: str) -> Any:
        named, _, argument = field_meaning(node, self.profile).partition(":")
        if node.enum is not None:
            return self._member(node, at, named)
        kinds = [kind for kind in node.types if kind != "null"]
        if not kinds:
            return None
        row = registered(named)
        if row is not None and row.samples:
            return row.samples[(mix(self.state, _crc(row.name)) + self.number(at)) % len(row.samples)]
        example = self._example(node, named)
        if example is not None:
            return example
        make = makers.MAKERS.get(named)
        if make is None or (kinds[0] in ("object", "array", "boolean") and "string" not in kinds):
            return self._plain("string" if "string" in kinds else kinds[0], at)
        fine = judge_of(node).is_valid if any("not" in part for part in node.parts) else _any
        return self._distinct(
            lambda state: make(makers.Wish(self, node, at, state, argument)), fine, named, at
        )

    def _distinct(self, make: Callable[[int], Any], fine: Callable[[Any], bool], named: str, at: str) -> Any:
        """A value that no other place of this payload has, where the meaning allows a choice."""
        value: Any = None
        for attempt in range(_TRIES):
            value = make(mix(self.state, _crc(at), attempt))
            if not (isinstance(value, str) and value in self._taken and named not in _SHARED) and fine(value):
                break
        if isinstance(value, str):
            self._taken.add(value)
        return value

    def _plain(self, kind: str, at: str) -> Any:
        state = mix(self.state, _crc(at))
        if kind == "boolean":
            return state % 3 > 0
        if kind in ("integer", "number"):
            return state % 10_000
        return {"object": {}, "array": []}.get(kind, forms.words(state))

    def _example(self, node: Node, named: str) -> Any:
        """The document's own example, where nothing better is known of the field."""
        if named not in _EXAMPLES_SPEAK or named == "metadata.value":
            return None
        found = [*node.all_of("example"), *(item for items in node.all_of("examples") for item in items)]
        fit = [item for item in found if json_type(item) in node.types and item not in ("", None)]
        return fit[self.state % len(fit)] if fit else None

    def _member(self, node: Node, at: str, named: str) -> Any:
        """A member of an enum: the one that the world asks for, else one by the item's position."""
        members = [member for member in node.enum or () if member is not None] or list(node.enum or ())
        if not members:
            return None
        wanted = {
            "event": self.event,
            "entity_type": self.subject(at),
            "address.country": self.place.country,
            "address.country3": self.pools.by_code[self.place.country].alpha3,
            "currency": self.pools.by_code[self.place.country].currency,
            "address.timezone": self.place.timezone,
        }.get(named)
        for member in members:
            if wanted and isinstance(member, str) and member.lower() == wanted.lower():
                return member
        if named == "provider_type":
            return members[(self.state + self.number(scope_of(at))) % len(members)]
        return members[self.number(scope_of(at)) % len(members)] if scope_of(at) else members[0]

    def subject(self, at: str) -> str:
        """What a mapping at ``at`` is about: the nearest thing that holds it, or the event's own."""
        path = tokens(at)[:-1]
        while path and not path[-1].isdecimal():
            path.pop()
        above = [token for token in path[:-2] if not token.isdecimal()]
        return singular(normal(above[-1])) if above else self.main

    # -- containers ---------------------------------------------------------------------------

    def key(self, at: str, number: int) -> str:
        """The name of the map entry number ``number`` of the object at ``at``; entries' names differ."""
        names = makers.METADATA_KEYS
        first = mix(self.state, 9, _crc(at)) % len(names)
        round_, place = divmod(number, len(names))
        name = names[(first + place) % len(names)]
        return name if not round_ else f"{name}_{round_ + 1}"
