"""What the contract says of a place, as far as the comparison must know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract_kit.jsonio import escape_token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import Terms

__all__ = ["Places"]

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Places:
    """The declared locations (``*`` for items and map values) and which of them hold times and enum members.

    With nothing declared everything counts as declared: no contract is known.
    """

    declared: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    enums: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    _known: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, terms: Terms) -> Places:
        """The places of a contract."""
        pairs = [(place.pointer, rule) for place in terms.locations for rule in place.constraints]
        return cls.from_pointers(
            (place.pointer for place in terms.locations),
            times=(at for at, rule in pairs if rule.keyword == "format" and rule.value == "date-time"),
            enums=(at for at, rule in pairs if rule.keyword in {"enum", "const"}),
        )

    @classmethod
    def from_pointers(
        cls, declared: Iterable[str], *, times: Iterable[str] = (), enums: Iterable[str] = ()
    ) -> Places:
        """The places named by ``declared``; what leads to them is declared too."""
        when, members = frozenset(times), frozenset(enums)
        every = {*declared, *when, *members}
        parents: set[str] = set()
        for pointer in every:
            head = pointer.rpartition("/")[0]
            while head not in parents:
                parents.add(head)
                if not head:
                    break
                head = head.rpartition("/")[0]
        every.discard("")
        known = frozenset(every | parents if every else ())
        return cls(known, when, members, frozenset(parents))

    def general(self, pointer: str) -> str:
        """The declared form of an actual pointer: ``/customer/metadata/plan`` → ``/customer/metadata/*``."""
        known = self._known.get(pointer)
        if known is None:
            known = ""
            for token in tokens(pointer):
                here = f"{known}/{escape_token(token)}"
                starred = known + "/*"
                known = starred if here not in self.declared and starred in self.declared else here
            if len(self._known) > _MOST:
                self._known.clear()
            self._known[pointer] = known
        return known

    def is_time(self, pointer: str) -> bool:
        """Whether the contract says ``date-time`` there."""
        return bool(self.times) and self.general(pointer) in self.times

    def is_enum(self, pointer: str) -> bool:
        """Whether the contract lists the members there."""
        return bool(self.enums) and self.general(pointer) in self.enums

    def is_declared(self, pointer: str) -> bool:
        """Whether the contract names the place."""
        return not self.declared or self.general(pointer) in self.declared

    def is_map(self, pointer: str) -> bool:
        """Whether an object there is data with keys of its own, or not declared at all."""
        if not self.declared:
            return False
        here = self.general(pointer)
        return f"{here}/*" in self.declared or here not in self.declared

    def is_free(self, pointer: str) -> bool:
        """Whether the contract says nothing of what an object there holds."""
        return not self.declared or self.general(pointer) not in self.parents
