"""The frozen values that flow through the house.

document → :class:`Terms` → :class:`Case` → :class:`Delivery` → :class:`Reply` → :class:`Verdict` →
:class:`Finding` → :class:`RunResult`. Each station reads the one before it and makes the next; no
station changes a value that it was given. Bodies are ``bytes`` from the case onward, for a malformed
body must be representable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.shape import Node

Kind = Literal["valid", "equivalent", "foreign", "invalid", "malformed", "delivery"]
Expect = Literal["accept", "reject", "either"]
Outcome = Literal["accepted", "rejected", "crashed", "timed_out", "not_judged"]
Policy = Literal["schema", "provider", "tolerant"]
TargetKind = Literal["parser", "model", "asgi", "wsgi", "command", "url"]
InputKind = Literal["bytes", "str", "value"]
FindingName = Literal[
    "crash",
    "timeout",
    "false_accept",
    "false_reject",
    "altered",
    "lost",
    "inconsistent",
    "slow",
    "duplicate_effect",
    "missing_effect",
    "leak",
]
Headers = tuple[tuple[str, str], ...]

KINDS: tuple[Kind, ...] = ("valid", "equivalent", "foreign", "invalid", "malformed", "delivery")
POLICIES: tuple[Policy, ...] = ("schema", "provider", "tolerant")
TARGET_KINDS: tuple[TargetKind, ...] = ("parser", "model", "asgi", "wsgi", "command", "url")
ENDPOINTS: frozenset[TargetKind] = frozenset({"asgi", "wsgi", "url"})
DIED = "the receiver died"
"""How a reply's detail begins where the receiver takes no connections any more; among how many deliveries may follow."""
HELD_UP = "the receiver answers nothing any more"
"""What the detail of a reply begins with whose delivery a receiver hangs on since, as far as can be told."""
JSON_HEADERS: Headers = (("content-type", "application/json"),)


class _Nothing:
    """The type of the one value that says "the target gave no value" (``None`` is a value)."""

    def __repr__(self) -> str:
        return "NOTHING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING = _Nothing()


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule of a contract: ``keyword`` with ``value`` at ``pointer`` (``*`` for items and map values)."""

    pointer: str
    keyword: str
    value: Any


@dataclass(frozen=True, slots=True)
class Location:
    """One place of a payload and the rules that hold there."""

    pointer: str
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a value, as the validator saw it.

    ``pointer`` is the actual place in the value (``/customer/integrations/2/status``), ``keyword`` the
    JSON Schema keyword, ``message`` the validator's sentence.
    """

    pointer: str
    keyword: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a provider beyond its document.

    ``sends`` is a JSON Schema of what the provider really sends: a body that satisfies the document
    and not ``sends`` cannot come from it, and a body that satisfies ``sends`` and not the document
    has been seen all the same; policy ``provider`` takes both as ``either``.
    """

    name: str
    sends: Mapping[str, Any]
    meanings: Mapping[str, str] = field(default_factory=dict)
    eras: tuple[Mapping[str, Any], ...] = ()
    delivery: Mapping[str, Any] = field(default_factory=dict)
    body_limit: int = 350_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one event's body must be, and how its provider delivers it.

    ``schema`` is a self-contained JSON Schema (draft 2020-12, references under ``#/$defs``) with the
    event's name pinned nowhere: it is the document's word. ``root`` is the same seen by a generator.
    ``pins`` are the places where the event's name stands (``{"/event_type": "customer.created"}``).
    """

    event: str
    schema: Mapping[str, Any]
    root: Node
    locations: tuple[Location, ...]
    pins: Mapping[str, Any]
    profile: Profile | None
    source: str
    sha256: str

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Every rule of the contract, in document order."""
        return tuple(rule for place in self.locations for rule in place.constraints)

    @property
    def usual_policy(self) -> Policy:
        """The policy that holds where the user names none."""
        return "schema" if self.profile is None else "provider"


@dataclass(frozen=True, slots=True)
class Expectation:
    """The user's own word on some cases: ``match`` is a glob on ids, ``because`` is shown with findings."""

    match: str
    expect: Expect
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One delivery of a case, in words: how to sign and frame it is decided when it is sent.

    Times and ids are fresh in every run; ``event`` numbers them, so that two steps with one number are
    two deliveries of the same event. ``together`` sends the step at the same time as the one before it.
    """

    body: bytes
    expect: Expect
    signing: str = "sound"
    framing: str = "plain"
    method: str = "POST"
    headers: Headers = JSON_HEADERS
    event: int = 0
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Bytes and headers to give a consumer, and what must come of it.

    ``pointer`` and ``keyword`` name the broken rule (``*`` for items and map values), ``None`` where no
    rule is broken; ``at`` is the actual place of the one difference from a sound body, and ``family``
    and ``variant`` say what was done there. ``plain`` is the plain spelling of the same value, with which
    the outcome and the value must agree. ``compare`` is false where sound readers differ about the value.
    """

    id: str
    event: str
    kind: Kind
    expect: Expect
    body: bytes
    description: str
    because: str
    pointer: str | None = None
    keyword: str | None = None
    at: str = ""
    family: str = ""
    variant: str = ""
    changed: str = ""
    method: str = "POST"
    headers: Headers = JSON_HEADERS
    plain: bytes | None = None
    compare: bool = True
    steps: tuple[Step, ...] = ()
    effects: int | None = None
    origin: str = ""
    """The base body that the one difference was made to, by name."""
    terms: Terms | None = field(default=None, repr=False, compare=False)
    """The contract that the case belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What goes to a target: one body with its headers. ``key`` comes back with the reply."""

    key: Any
    body: bytes
    headers: Headers = JSON_HEADERS
    method: str = "POST"
    framing: str = "plain"
    fresh: bool = False
    """Ask for a process that has seen no delivery before (Python targets in a child process)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a delivery.

    ``value`` is a plain tree (see :mod:`contract_kit.oracle`) or ``NOTHING``; ``exception`` is the
    qualified type and the message of what a consumer raised, ``where`` the consumer's own innermost
    frame (``shop/webhooks.py:41 in parse``); ``elapsed`` is in seconds. ``detail`` is one plain
    sentence on what happened, for people.
    """

    outcome: Outcome
    value: Any = NOTHING
    status: int | None = None
    exception: str | None = None
    message: str = ""
    where: str | None = None
    elapsed: float = 0.0
    headers: Headers = ()
    body: bytes = b""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """How a value came out other than it was sent: a short sentence, and both values in few words."""

    how: str
    sent: str
    came: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the oracle says of one case and its reply; ``finding`` is ``None`` where all is well.

    ``pointer`` is the actual place that the verdict is about: where a value changed, or where the case
    differs. ``expected`` and ``observed`` are one line each, for people, not yet escaped. ``changed`` is known
    where a value came out changed.
    """

    case: Case
    reply: Reply
    finding: FindingName | None = None
    pointer: str | None = None
    keyword: str | None = None
    expected: str = ""
    observed: str = ""
    changed: Changed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One distinct fault: everything that a report needs, and nothing that it must not show."""

    id: str
    finding: FindingName
    title: str
    pointer: str | None
    keyword: str | None
    locations: tuple[str, ...]
    count: int
    case: Case
    reply: Reply
    expected: str
    observed: str
    changed: str
    known: bool = False
    reproduce: Mapping[str, str] = field(default_factory=dict)
    case_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of a run; ``stopped`` says why it ended early (``"--max-time"``, ``"interrupted"``)."""

    cases: int = 0
    deliveries: int = 0
    passed: int = 0
    failed: int = 0
    not_judged: int = 0
    skipped: int = 0
    findings: int = 0
    duration_s: float = 0.0
    cases_per_s: float = 0.0
    stopped: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which rules of the contract the run's cases satisfied and violated, and which pairs they met."""

    constraints: int = 0
    violated: int = 0
    satisfied: int = 0
    missing: tuple[str, ...] = ()
    pairs_total: int = 0
    pairs_covered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A whole run. ``notes`` are sentences that a reader must know ("values not compared")."""

    event: str
    spec: str
    sha256: str
    target: str
    target_kind: TargetKind
    policy: Policy
    seed: int
    summary: Summary
    coverage: Coverage
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
