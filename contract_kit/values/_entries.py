"""What a maker is given, and what entries of free maps and mappings to other systems say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from contract_kit.values._forms import EARLIEST, SPAN, alnum, digits, ulid, uuid4
from contract_kit.values._names import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.shape import Node
    from contract_kit.values._realistic import Realism

__all__ = ["METADATA", "PROVIDERS", "Wish"]


class Wish(NamedTuple):
    """What a maker is given: the world, the place, 64 free bits, and what follows ``:`` in the meaning."""

    world: Realism
    node: Node
    at: str
    state: int
    argument: str

    @property
    def holder(self) -> str:
        """The pointer of the object in which the value stands."""
        return self.at.rpartition("/")[0]

    @property
    def scope(self) -> str:
        """The nearest array item around the value, ``""`` for the payload's own things."""
        return scope_of(self.at)

    def pick(self, options: Any) -> Any:
        """One of some options."""
        return options[self.state % len(options)]


PROVIDERS: dict[str, Callable[[int], str]] = {
    "stripe": lambda state: f"cus_{alnum(state, 14)}",
    "quickbooks": lambda state: digits(state, 4),
    "hubspot": lambda state: digits(state, 11),
    "chargebee": lambda state: alnum(state, 16),
    "razorpay": lambda state: f"cust_{alnum(state, 14)}",
    "salesforce": lambda state: f"001{alnum(state, 15)}",
    "xero": uuid4,
    "paddle": lambda state: f"ctm_{ulid(EARLIEST + state % SPAN, state, state >> 20).lower()}",
    "zoho_books": lambda state: digits(state, 18),
    "netsuite": lambda state: digits(state, 6),
    "nomod": uuid4,
    "moyasar": uuid4,
}
METADATA: dict[str, Callable[[Wish], str]] = {
    "plan_tier": lambda wish: wish.pick(("starter", "growth", "scale", "enterprise", "business", "free")),
    "source": lambda wish: wish.pick(
        ("website", "referral", "partner", "import", "sales", "app store", "event")
    ),
    "team": lambda wish: (
        wish.pick(("north", "inbound", "key accounts", "field", "renewals")) + f" {wish.state % 7 + 1}"
    ),
    "channel": lambda wish: wish.pick(("direct", "reseller", "marketplace", "self-serve", "agency")),
    "cohort": lambda wish: f"2026-{wish.state % 12 + 1:02d}",
    "account_manager": lambda wish: wish.world.person(wish.at).name,
    "plan": lambda wish: (
        wish.pick(("starter", "growth", "scale", "enterprise")) + wish.pick(("-monthly", "-annual", ""))
    ),
    "billing_contact": lambda wish: wish.world.email(wish.at),
    "company": lambda wish: wish.world.company(),
    "segment": lambda wish: wish.pick(("smb", "mid-market", "enterprise", "self-serve", "public sector")),
    "signup_source": lambda wish: wish.pick(
        ("website", "referral", "partner", "import", "sales", "app store")
    ),
    "region": lambda wish: wish.world.place.state or wish.world.place.city,
    "vat_id": lambda wish: f"{wish.world.place.country}{digits(wish.state, 9)}",
    "salesforce_id": lambda wish: f"001{alnum(wish.state, 15)}",
    "onboarding_week": lambda wish: f"2026-W{wish.state % 52 + 1:02d}",
    "preferred_language": lambda wish: wish.world.locale.partition("_")[0],
    "internal_note": lambda wish: wish.pick(wish.world.pools.texts),
    "cost_center": lambda wish: f"CC-{digits(wish.state, 4)}",
    "contract_value": lambda wish: f"{wish.state % 90_000 / 100 + 100:.2f}",
    "is_trial": lambda wish: wish.pick(("true", "false")),
    "seats": lambda wish: str(wish.state % 480 + 1),
}
