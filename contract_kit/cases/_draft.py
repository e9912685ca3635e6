"""From a draft to a case: the body, the expectation under a policy, the id and the sentences.

A family says what it did and where; everything that is the same for all families is done here, so that
no family can get it wrong: a draft that breaks what it must not break, or breaks more than one place, or
nothing at all, is no case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from contract_kit.jsonio import MISSING, compact, get, join, tokens
from contract_kit.model import JSON_HEADERS, NOTHING, Case, Expect, Headers, Kind, Policy, Terms
from contract_kit.schema import validator_for

from ._words import rule_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.model import Violation
    from contract_kit.shape import Node

__all__ = [
    "Draft",
    "Maker",
    "Told",
    "case_id",
    "change",
    "expectation_of",
    "pattern_in",
    "pattern_of",
    "shown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a family makes: a value (or raw bytes), and what was done to a base to get it.

    ``at`` is the actual pointer of the one difference, ``keyword`` the rule that is meant to break (or
    the rule that an edge stands at), ``expect`` overrides the policy where the policy has no say.
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


_SAFE = "/-_.~!$&'(),;=@ "


def case_id(kind: str, at: str, keyword: str, variant: str) -> str:
    """``kind:pointer:keyword:variant``, with what pytest or a shell would stumble over percent-escaped.

    >>> case_id("valid", "/customer/metadata/a*b:c", "", "x")
    'valid:/customer/metadata/a%2Ab%3Ac::x'
    """
    clean = quote(at.encode("utf-8", "surrogatepass"), safe="/-_.~")
    if len(clean) > 120:
        from hashlib import sha256

        clean = f"{clean[:100]}~{sha256(clean.encode()).hexdigest()[:8]}"
    return f"{kind}:{clean}:{keyword}:{quote(variant, safe=_SAFE).replace(' ', '-')}"


def pattern_of(nodes: Mapping[str, Node] | None, at: str) -> str:
    """The pointer of a place with ``*`` for items and map values; the actual one where nothing is known."""
    if nodes is None:
        return at
    parts = tokens(at)
    if at in nodes:
        return nodes[at].pointer
    for cut in range(len(parts) - 1, -1, -1):
        above = "/" + "/".join(p.replace("~", "~0").replace("/", "~1") for p in parts[:cut]) if cut else ""
        if above in nodes:
            return nodes[above].pointer + at[len(above) :]
    return at


def pattern_in(terms: Terms, at: str) -> str:
    """The declared form of an actual pointer: ``/customer/metadata/plan`` → ``/customer/metadata/*``."""
    known = _declared(terms)
    found = ""
    for token in tokens(at):
        exact, starred = join(found, token), join(found, "*")
        if exact in known:
            found = exact
        elif starred in known or token.isdecimal():
            found = starred
        else:
            found = exact
    return found


def _declared(terms: Terms) -> frozenset[str]:
    memo = terms.root.memo
    if "declared" not in memo:
        memo["declared"] = frozenset(place.pointer for place in terms.locations)
    return memo["declared"]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Told:
    """What a contract says of a value under a policy."""

    violations: tuple[Violation, ...]
    expect: Expect


def expectation_of(terms: Terms, policy: Policy, value: Any, *, sendable: bool = True) -> Told:
    """What must come of a body with this value: the one rule of expectation.

    Asks two schemas: the document's and, under the policies that know it, that of what the provider really
    sends. Both satisfied: accept. Neither: reject. One of them: either.
    """
    violations = tuple(validator_for(terms.schema).violations(value))
    sends = None
    if terms.profile is not None and terms.profile.sends and policy != "schema":
        sends = validator_for(terms.profile.sends).is_valid(value) and sendable
    if violations:
        return Told(violations, "either" if sends or policy == "tolerant" else "reject")
    return Told((), "either" if sends is False else "accept")


class Maker:
    """Finishes drafts for one contract and one policy."""

    def __init__(self, terms: Terms, policy: Policy) -> None:
        self.terms = terms
        self.policy = policy
        self._document = validator_for(terms.schema)
        self._sends = (
            validator_for(terms.profile.sends)
            if terms.profile is not None and terms.profile.sends and policy != "schema"
            else None
        )
        self._seen: set[int] = set()
        self._ids: set[str] = set()

    def finish(self, draft: Draft, *, again: bool = False) -> Case | None:
        """The case, or ``None`` where the draft is none (see the module) or its bytes were made before.

        ``again`` lets the same bytes and ids come again: random search needs no unique ones.
        """
        body = compact(draft.value) if draft.body is None else draft.body
        key = hash((body, draft.headers))
        if key in self._seen and not again:
            return None
        broken: Violation | None = None
        if draft.kind == "invalid":
            broken = self._one_rule(draft)
            if broken is None:
                return None
        elif draft.kind in ("valid", "foreign") and not draft.sure and not self._document.is_valid(draft.value):
            return None
        if not again:
            self._seen.add(key)
        return self._case(draft, body, broken, again=again)

    def _case(self, draft: Draft, body: bytes, broken: Violation | None, *, again: bool) -> Case:
        rule_at = broken.pointer if broken else draft.at
        keyword = broken.keyword if broken else None
        variant = draft.variant
        if broken is not None and broken.pointer != draft.at:
            inner = draft.at[len(broken.pointer) + 1 :].replace("/", ".")
            variant = f"{inner}.{variant}"
        expect = self.expectation(draft, violated=broken is not None)
        name = case_id(draft.kind, rule_at, keyword or draft.keyword, variant)
        return Case(
            id=name if again else self._unique(name),
            event=self.terms.event,
            kind=draft.kind,
            expect=expect,
            body=body,
            description=draft.description,
            because=self._because(draft, broken, expect),
            pointer=pattern_of(draft.nodes, broken.pointer) if broken else None,
            keyword=keyword,
            at=draft.at,
            family=draft.family,
            variant=draft.variant,
            changed=draft.changed or draft.description,
            headers=draft.headers,
            plain=draft.plain,
            compare=draft.compare,
            terms=self.terms,
        )

    def _unique(self, name: str) -> str:
        """``name``, numbered when it was given before: ids are unique in a catalogue."""
        number, unique = 2, name
        while unique in self._ids:
            unique, number = f"{name}.{number}", number + 1
        self._ids.add(unique)
        return unique

    def _one_rule(self, draft: Draft) -> Violation | None:
        """The one rule that an invalid draft breaks: at its place or above it, and at no second place."""
        found = self._document.violations(draft.value)
        if not found or len({v.pointer for v in found}) != 1:
            return None
        there = found[0].pointer
        if draft.at != there and not draft.at.startswith(there + "/"):
            return None
        if draft.at == there:
            meant = [v for v in found if v.keyword == draft.keyword]
            return meant[0] if meant else found[0]
        return found[0]

    def expectation(self, draft: Draft, *, violated: bool) -> Expect:
        """What must come of a draft under the policy; see :func:`expectation_of`, whose rule this is."""
        if draft.expect is not None:
            return draft.expect
        if violated and self.policy == "tolerant":
            return "either"
        sends = None if self._sends is None else draft.sendable and self._sends.is_valid(draft.value)
        if violated:
            return "either" if sends else "reject"
        return "either" if sends is False else "accept"

    def _because(self, draft: Draft, broken: Violation | None, expect: Expect) -> str:
        if draft.because:
            return draft.because
        if broken is not None:
            rule = rule_sentence(self._rule_of(draft, broken), broken)
            if expect == "reject":
                return rule
            if self.policy == "tolerant":
                return f"{rule}; policy tolerant leaves it to the consumer"
            return f"{rule}, but the provider has been seen to send it"
        if expect == "either":
            return "the document allows it, but this provider cannot send it"
        return "the document allows it"

    def _rule_of(self, draft: Draft, broken: Violation) -> Any:
        node = (draft.nodes or {}).get(broken.pointer)
        return node.keyword(broken.keyword) if node is not None else None


_CUT = 80


def shown(value: Any) -> str:
    """A value as short JSON for a sentence; the middle of a long one is left out.

    >>> shown("a" * 200)[:12]
    '"aaaaaaaaaaa'
    """
    if value is MISSING or value is NOTHING:
        return "(absent)"
    if isinstance(value, str) and len(value) > 4 * _CUT:
        return f"{shown(value[: _CUT - 20])[:-1]}…{shown(value[-15:])[1:]} ({len(value)} characters)"
    text = _BLANKS.sub(" ", compact(value).decode("utf-8", "replace"))
    if len(text) <= _CUT:
        return text
    return f"{text[: _CUT - 20]}…{text[-15:]} ({len(text)} characters)"


_BLANKS = re.compile(r"\s+")


def change(base: Any, at: str, new: Any) -> str:
    """The one difference between a base and a case: ``/customer/status: "published" → "gone"``."""
    old = get(base, at)
    if new is MISSING:
        return f"{at or 'the whole body'}: {shown(old)} → (absent)"
    if old is MISSING:
        return f"{at}: (absent) → {shown(new)}"
    if not at:
        return f"the whole body → {shown(new)}"
    return f"{at}: {shown(old)} → {shown(new)}"
