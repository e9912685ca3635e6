"""From a draft to a case: the expectation under a policy, the id and the sentences.

A family says what it did and where; everything that is the same for all families is done here, so that
no family can get it wrong: a draft that breaks what it must not break, or breaks more than one place, or
nothing at all, is no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.model import ENDPOINTS, NOTHING, Case, Expect, Policy, TargetKind, Terms, Violation
from contract_kit.schema import validator_for
from contract_kit.shape import build_root

from ._draft import READERS_DISAGREE, Draft
from ._local import Local
from ._places import case_id, pattern_of
from ._words import rule_sentence

if TYPE_CHECKING:
    from contract_kit.shape import Node


__all__ = ["Maker", "Told", "expectation_of"]


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
    violations = tuple(_causes(validator_for(terms.schema).violations(value)))
    sends = None
    if terms.profile is not None and terms.profile.sends and policy != "schema":
        sends = validator_for(terms.profile.sends).is_valid(value) and sendable
    if violations:
        lenient = terms.root.charitable
        at_odds = lenient is not None and validator_for(lenient).is_valid(value)
        return Told(violations, "either" if sends or at_odds or policy == "tolerant" else "reject")
    chosen = terms.root.discriminated
    if chosen is not None and not validator_for(chosen).is_valid(value):
        return Told((), "either")
    return Told((), "either" if sends is False else "accept")


_CALLED = {"required": "writeOnly"}
"""What a document calls a place at which it is at odds with itself, by the rule that is broken there; else nullable."""


class Maker:
    """Finishes drafts for one contract, one policy and one kind of target."""

    def __init__(self, terms: Terms, policy: Policy, target: TargetKind | None = None) -> None:
        self.terms = terms
        self.policy = policy
        self._open_events = target in ENDPOINTS and policy != "schema"
        self._document = Local(terms.root, validator_for(terms.schema))
        self._sends: Local | None = None
        if terms.profile is not None and terms.profile.sends and policy != "schema":
            self._sends = Local(build_root(terms.profile.sends), validator_for(terms.profile.sends))
        self._chosen: Local | None = None
        if terms.root.discriminated is not None:
            self._chosen = Local(
                build_root(terms.root.discriminated), validator_for(terms.root.discriminated)
            )
        self._charity: Local | None = None
        if terms.root.charitable is not None:
            self._charity = Local(build_root(terms.root.charitable), validator_for(terms.root.charitable))
        self._seen: set[int] = set()
        self._ids: set[str] = set()

    def finish(self, draft: Draft, *, again: bool = False) -> Case | None:
        """The case, or ``None`` where the draft is none (see the module) or its bytes were made before.

        ``again`` lets the same bytes and ids come again: random search needs no unique ones.
        """
        body = draft.written()
        key = hash((body, draft.headers))
        if key in self._seen and not again:
            return None
        broken: Violation | None = None
        if draft.kind == "invalid":
            broken = self._one_rule(draft)
            if broken is None:
                return None
        elif draft.kind in ("valid", "foreign") and not draft.sure and not _is_valid(self._document, draft):
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
            origin=draft.origin,
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
        found = _causes(_violations(self._document, draft))
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
        if violated and (self.policy == "tolerant" or self._is_unknown_event(draft)):
            return "either"
        sends = None if self._sends is None else draft.sendable and _is_valid(self._sends, draft)
        if violated:
            return "either" if sends or self._is_at_odds(draft) else "reject"
        if sends is False or (self._chosen is not None and not _is_valid(self._chosen, draft)):
            return "either"
        return "accept"

    def _is_unknown_event(self, draft: Draft) -> bool:
        """Whether all that is wrong is the event's name: an endpoint may answer 2xx to one that it does not know."""
        if not self._open_events or draft.keyword not in ("enum", "const"):
            return False
        return pattern_of(draft.nodes, draft.at) in self.terms.pins

    def _is_at_odds(self, draft: Draft) -> bool:
        """Whether a charitable reader takes what the document's word forbids; see ``shape/_charity``."""
        return self._charity is not None and _is_valid(self._charity, draft)

    def _because(self, draft: Draft, broken: Violation | None, expect: Expect) -> str:
        if draft.because:
            return draft.because
        if broken is not None:
            rule = self._sentence(draft, broken)
            if expect == "reject":
                return rule
            if self.policy == "tolerant":
                return f"{rule}; policy tolerant leaves it to the consumer"
            if self._is_unknown_event(draft):
                return f"{rule}, but an endpoint may answer 2xx to an event that it does not know"
            if self._is_at_odds(draft):
                if draft.keyword == "pattern":
                    return READERS_DISAGREE
                return f"{rule}, but the document calls it {_CALLED.get(draft.keyword, 'nullable')}"
            return f"{rule}, but the provider has been seen to send it"
        if expect == "either" and self._chosen is not None:
            return "the schema allows it, but a consumer that chooses by the discriminator may refuse it"
        if expect == "either":
            return "the document allows it, but this provider cannot send it"
        return "the document allows it"

    def _sentence(self, draft: Draft, broken: Violation) -> str:
        """The broken rule in words; of a choice that no branch is left of, the rule of the branch that was meant."""
        if broken.keyword in ("anyOf", "oneOf") and draft.keyword not in ("", broken.keyword):
            meant = Violation(draft.at, draft.keyword, "")
            rule = self._rule_of(draft, meant)
            if draft.keyword == "type" and draft.at == broken.pointer:
                rule = _all_types((draft.nodes or {})[draft.at].unsettled)
            if rule is not None:
                return rule_sentence(rule, meant)
        return rule_sentence(self._rule_of(draft, broken), broken)

    def _rule_of(self, draft: Draft, broken: Violation) -> Any:
        node = (draft.nodes or {}).get(broken.pointer)
        return node.keyword(broken.keyword) if node is not None else None


_FOLLOWS = frozenset(["unevaluatedProperties", "unevaluatedItems"])


def _causes(found: list[Violation]) -> list[Violation]:
    """The violations without those that follow from others: what a broken schema has looked at counts as not seen."""
    if len(found) < 2 or all(v.keyword in _FOLLOWS for v in found):
        return found
    below = [v.pointer for v in found if v.keyword not in _FOLLOWS]
    return [
        v
        for v in found
        if v.keyword not in _FOLLOWS
        or not any(p == v.pointer or p.startswith(f"{v.pointer}/") for p in below)
    ]


_ANY_TYPE = 6


def _all_types(node: Node) -> list[str] | None:
    """The JSON types of all branches of a place, ``None`` where some branch says nothing of types."""
    found: dict[str, None] = {}
    for number, choice in enumerate(node.choices):
        for branch in range(len(choice.branches)):
            picked = node.pick(number, branch)
            if len(picked.types) >= _ANY_TYPE:
                return None
            found |= dict.fromkeys(picked.types)
    return list(found) or None


def _is_valid(judge: Local, draft: Draft) -> bool:
    if draft.base is not None and draft.new is not NOTHING:
        return judge.is_valid(draft.base, draft.place, draft.new)
    return judge.whole.is_valid(draft.value)


def _violations(judge: Local, draft: Draft) -> list[Violation]:
    if draft.base is not None and draft.new is not NOTHING:
        return judge.violations(draft.base, draft.place, draft.new)
    return judge.whole.violations(draft.value)
