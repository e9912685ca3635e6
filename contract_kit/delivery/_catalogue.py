"""The catalogue of delivery cases: the same terms, the same cases; ids and times come in when they are sent.

A wrong delivery comes second in its case, after a sound one from which it differs in one thing: so a
receiver that refuses everything is not taken for a careful one. It is about another customer and has an id
of its own, so that its refusal is not that of a repeat; the cases ``replay-*`` are those with the same id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contract_kit import jsonio
from contract_kit.delivery import _http as http
from contract_kit.delivery._bodies import Bodies
from contract_kit.delivery._refused import REFUSED, REPLAYED
from contract_kit.delivery._taken import EITHER, TAKEN
from contract_kit.model import Case, Step
from contract_kit.shape import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_kit.delivery._making import Recipe
    from contract_kit.model import Expect, Policy, TargetKind, Terms

__all__ = ["case_id", "delivery_cases", "recipe"]

_SOUND_BECAUSE = "it is a sound delivery, as the sender may send it"
_EITHER_BECAUSE = "sound receivers differ about it; whoever takes or refuses it must not crash"
_WRONG_BECAUSE = "a delivery whose signature does not hold must be refused"
_FRAMING_BECAUSE = "a message whose end cannot be known must not be taken: refuse, close or wait"
_REPEAT_BECAUSE = "the sender repeats deliveries: a repeated id is answered 2xx and acted upon once"
_JUDGED_EFFECTS = frozenset({"unsigned", "key-other", "body-altered", "time-too-old"})
_OTHERS = 30
"""Events between a delivery and its repeat: the sender tries again after minutes, and others come meanwhile."""
_RECIPES: Mapping[str, Recipe] = {one.name: one for one in (*TAKEN, *EITHER, *REFUSED)}


def recipe(name: str) -> Recipe:
    """The signing recipe of that name (:attr:`Step.signing`); ``KeyError`` where there is none."""
    return _RECIPES[name]


def case_id(variant: str) -> str:
    """``delivery:::variant``: no place of the body and no keyword is meant.

    >>> case_id("unsigned")
    'delivery:::unsigned'
    """
    return f"delivery:::{variant}"


def delivery_cases(
    terms: Terms,
    *,
    policy: Policy | None = None,
    signed: bool,
    effects: bool = False,
    target: TargetKind = "url",
) -> Iterator[Case]:
    """Every delivery case of a contract.

    ``signed`` says that there is a secret: without one only those cases come that need no signature.
    ``effects`` says that effects are counted: only then do cases say how many they must add. Framings
    come for a ``url`` alone. Each case has ``steps``; its expectation and body are those of the last.
    Yields nothing where no sound body can be made.
    """
    bodies = Bodies(terms)
    if not bodies:
        return
    ruling: Policy = policy or terms.usual_policy
    maker = _Maker(terms, ruling, bodies, signed=signed)
    for case in maker.every(target):
        yield case if effects else replace(case, effects=None)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What all the cases of one group share."""

    family: str
    because: str


def _has_both_families(terms: Terms) -> bool:
    """Whether the provider is known to sign under either family's header names."""
    families = terms.profile.delivery.get("families", {}) if terms.profile else {}
    return {"svix", "webhook"} <= families.keys()


class _Maker:
    """Makes the cases for one contract and one policy, group by group."""

    def __init__(self, terms: Terms, policy: Policy, bodies: Bodies, *, signed: bool) -> None:
        self.terms, self.policy, self.bodies, self.signed = terms, policy, bodies, signed
        self._sound = "sound" if signed else "none"

    def every(self, target: TargetKind) -> Iterator[Case]:
        """All groups in their order: what must be taken first."""
        if self.signed:
            yield from self._taken()
            yield from self._respelled()
        yield from self._sizes()
        yield from self._content_types()
        yield from self._methods()
        if target == "url":
            yield from self._framings()
            yield from self._connections()
        if self.signed:
            yield from self._free()
            yield from self._refused()
            yield from self._unsigned_bodies()
            yield from self._repeats()
            yield from self._replays()
        else:
            yield from self._unsigned_repeats()

    # -- making one ---------------------------------------------------------------------------------

    def _case(self, variant: str, plan: _Plan, words: str, *steps: Step, effects: int | None = None) -> Case:
        last = steps[-1]
        return Case(
            id=case_id(variant),
            event=self.terms.event,
            kind="delivery",
            expect=last.expect,
            body=last.body,
            description=words,
            because=plan.because,
            family=plan.family,
            variant=variant,
            changed=words,
            method=last.method,
            headers=last.headers,
            steps=steps,
            effects=effects,
        )

    def _step(self, variant: str, number: int = 0, *, expect: Expect = "accept", **more: Any) -> Step:
        """A step of the case ``variant`` about its customer ``number``, sound unless told otherwise."""
        body = more.pop("body", None)
        if body is None:
            body = self.bodies.body(case_id(variant), number)
        return Step(**{"body": body, "expect": expect, "signing": self._sound, "event": number, **more})

    def _one(self, variant: str, plan: _Plan, words: str, **step: Any) -> Case:
        return self._case(variant, plan, words, self._step(variant, **step))

    # -- what must be taken, and what is free ----------------------------------------------------------

    def _taken(self) -> Iterator[Case]:
        plan = _Plan("signature", _SOUND_BECAUSE)
        for one in TAKEN:
            if one.name == "family-other" and not _has_both_families(self.terms):
                free = _Plan("signature", _EITHER_BECAUSE)
                yield self._one(one.name, free, one.words, signing=one.name, expect="either")
            else:
                yield self._one(one.name, plan, one.words, signing=one.name)

    def _respelled(self) -> Iterator[Case]:
        plan = _Plan("spelling", "the signature holds over the bytes that are sent, however they are spelled")
        styles: dict[str, tuple[str, dict[str, Any]]] = {
            "indented": ("an indented body, signed as sent", {"indent": 2, "ensure_ascii": False}),
            "blanks": ("a body with blanks, signed as sent", {"ensure_ascii": False}),
            "sorted": ("sorted keys, signed as sent", {"sort_keys": True, "ensure_ascii": False}),
            "ascii": ("non-ASCII letters escaped, signed as sent", {}),
            "ascii-compact": ("non-ASCII letters escaped, and no blanks", {"separators": (",", ":")}),
            "non-ascii": ("non-ASCII letters as they are", {"ensure_ascii": False, "separators": (",", ":")}),
        }
        for name, (words, style) in styles.items():
            variant = f"body-{name}"
            value = self.bodies.value(case_id(variant), non_ascii="ascii" in name)
            yield self._one(variant, plan, words, body=json.dumps(value, **style).encode())
        variant = "body-space-around"
        body = b"\r\n " + self.bodies.body(case_id(variant)) + b"\n"
        yield self._one(variant, plan, "white space around the body, signed as sent", body=body)

    def _free(self) -> Iterator[Case]:
        plan = _Plan("signature", _EITHER_BECAUSE)
        for one in EITHER:
            yield self._one(one.name, plan, one.words, signing=one.name, expect="either")

    def _sizes(self) -> Iterator[Case]:
        """Bodies past the limits that frameworks have by themselves, up to what the provider sends."""
        if self.terms.profile is None:
            return  # what nobody is known to send, everybody may find too much
        limit = self.terms.profile.body_limit
        plan = _Plan("size", f"the provider sends up to about {limit // 1000:,} kB")
        for variant, size in (*http.SIZES.items(), ("body-largest", limit * 98 // 100)):
            if size <= limit:
                body = self.bodies.large(case_id(variant), size)
                yield self._one(variant, plan, f"a body of {len(body):,} bytes", body=body)

    def _content_types(self) -> Iterator[Case]:
        strict: Expect = "reject" if self.policy == "schema" else "either"
        groups: tuple[tuple[tuple[http.ContentType, ...], Expect, str], ...] = (
            (http.CONTENT_TYPES, "accept", _SOUND_BECAUSE),
            (http.FREE_TYPES, "either", _EITHER_BECAUSE),
            (http.OTHER_TYPES, strict, "the document says application/json"),
        )
        for types, expect, because in groups:
            for one in types:
                headers = () if one.text is None else (("content-type", one.text),)
                plan = _Plan("content-type", because)
                yield self._one(f"content-type-{one.name}", plan, one.words, expect=expect, headers=headers)

    def _methods(self) -> Iterator[Case]:
        strict: Expect = "reject" if self.policy == "schema" else "either"
        plan = _Plan("method", "the document has POST alone; other methods are 405, 501 or another 4xx")
        for method in http.METHODS:
            yield self._one(
                f"method-{method}", plan, f"{method} in place of POST", method=method, expect=strict
            )
        plan = _Plan("method", _EITHER_BECAUSE)
        for method in http.FREE_METHODS:
            yield self._one(
                f"method-{method}", plan, f"{method} in place of POST", method=method, expect="either"
            )

    def _framings(self) -> Iterator[Case]:
        for framing, words in http.FRAMED.items():
            plan = _Plan("framing", _SOUND_BECAUSE)
            yield self._one(f"framing-{framing}", plan, words, framing=framing)
        for framing, words in http.FREE_FRAMED.items():
            plan = _Plan("framing", _EITHER_BECAUSE)
            yield self._one(f"framing-{framing}", plan, words, framing=framing, expect="either")
        for framing, words in http.BROKEN.items():
            plan = _Plan("framing", _FRAMING_BECAUSE)
            yield self._one(f"framing-{framing}", plan, words, framing=framing, expect="reject")

    def _connections(self) -> Iterator[Case]:
        """A sound delivery over the connection of one that many a receiver answers before it has read all of it."""
        plan = _Plan("connection", "what is left unread of a request is no part of the next (RFC 9112, 9.3)")
        before: dict[str, tuple[str, dict[str, Any]]] = {
            "unsigned": ("one without a signature", {"signing": "unsigned"}),
            "method": ("one with PUT in place of POST", {"method": "PUT"}),
            "content-type": ("one of plain text", {"headers": (("content-type", "text/plain"),)}),
        }
        for name, (words, first) in before.items():
            if name == "unsigned" and not self.signed:
                continue
            variant = f"connection-{name}"
            steps = self._step(variant, expect="either", **first), self._step(variant, 1)
            yield self._case(variant, plan, f"a sound delivery over the connection of {words}", *steps)

    # -- what must be refused ------------------------------------------------------------------------

    def _refused(self) -> Iterator[Case]:
        for one in REFUSED:
            plan = _Plan("time" if one.name.startswith("time-") else "signature", _WRONG_BECAUSE)
            second: dict[str, Any] = {}
            if one.name.startswith("body-respelled"):
                value = self.bodies.value(case_id(one.name), 1)
                second["body"] = json.dumps(value, indent=1, ensure_ascii=False).encode()
            elif one.name.startswith("body-not-utf8"):
                second["body"] = b':"\xff'.join(self.bodies.body(case_id(one.name), 1).split(b':"', 1))
            yield self._case(
                one.name,
                plan,
                one.words,
                self._step(one.name),
                self._step(one.name, 1, expect="reject", signing=one.name, **second),
                effects=1 if one.name in _JUDGED_EFFECTS else None,
            )

    def _unsigned_bodies(self) -> Iterator[Case]:
        """Bodies that a receiver dies of which reads before it verifies."""
        plan = _Plan("unsigned", "it is not signed: it must be refused, and be it never so broken")
        broken: dict[str, tuple[str, bytes]] = {
            "empty": ("no body and no signature", b""),
            "cut": ("a body that breaks off, without a signature", b'{"'),
            "null": ("null without a signature", b"null"),
            "array": ("an array without a signature", b"[]"),
            "text": ("a text without a signature", b'"text"'),
            "empty-object": ("an empty object without a signature", b"{}"),
            "not-utf8": ("bytes that are no UTF-8, without a signature", b'{"a":"\xff\xfe"}'),
            "deep": ("100,000 brackets without a signature", b"[" * 100_000),
            "digits": ("a number of 5,000 digits without a signature", b"9" * 5000),
        }
        for name, (words, body) in broken.items():
            variant = f"unsigned-{name}"
            wrong = self._step(variant, 1, expect="reject", signing="unsigned", body=body)
            yield self._case(variant, plan, words, self._step(variant), wrong)

    def _replays(self) -> Iterator[Case]:
        plan = _Plan("replay", _WRONG_BECAUSE + ", also under an id that was taken before")
        for name in REPLAYED:
            variant = f"replay-{name}"
            sound = self._step(variant)
            wrong = replace(sound, expect="reject", signing=name)
            words = f"the same delivery again, {recipe(name).words}"
            yield self._case(variant, plan, words, sound, wrong, effects=1)

    # -- repeats ------------------------------------------------------------------------------------

    def _repeats(self) -> Iterator[Case]:
        plan = _Plan("repeat", _REPEAT_BECAUSE)

        def case(variant: str, words: str, *steps: Step, effects: int | None) -> Case:
            return self._case(variant, plan, words, *steps, effects=effects)

        first = self._step("repeat-same-id")
        yield case("repeat-same-id", "the same id again, freshly signed", first, first, effects=1)
        first = self._step("repeat-five-times")
        yield case("repeat-five-times", "the same id five times", *[first] * 5, effects=1)
        variant = "repeat-after-others"
        first = self._step(variant)
        others = [self._step(variant, 1 + number % 2, event=1 + number) for number in range(_OTHERS)]
        words = f"the same id again, after {_OTHERS} other events"
        yield case(variant, words, first, *others, first, effects=_OTHERS + 1)
        yield self._at_once(plan)
        yield from self._repeats_changed(plan)
        if _has_both_families(self.terms):
            first = self._step("repeat-family-other", signing="family-other")
            words = "the same id again, both times under the other header names"
            yield case("repeat-family-other", words, first, first, effects=1)
            variant = "repeat-family-other-two-ids"
            one, two = (self._step(variant, number, signing="family-other") for number in (0, 1))
            yield case(variant, "two events, both under the other header names", one, two, effects=2)
        variant = "repeat-two-ids"
        first = self._step(variant)
        yield case(variant, "another id for the same customer", first, replace(first, event=1), effects=2)
        variant = "repeat-other-customer"
        yield case(
            variant, "another id for another customer", self._step(variant), self._step(variant, 1), effects=2
        )
        later = self._sibling("repeat-later-first")
        if later is not None:
            yield case(
                "repeat-later-first",
                f"a later event of the same customer, {later[0]}, before this one",
                self._step("repeat-later-first", body=later[1], event=1),
                self._step("repeat-later-first"),
                effects=None,
            )

    def _at_once(self, plan: _Plan) -> Case:
        first = self._step("repeat-at-once")
        again = replace(first, together=True)
        words = "the same id at once over several connections"
        return self._case("repeat-at-once", plan, words, first, *[again] * 5, effects=1)

    def _repeats_changed(self, plan: _Plan) -> Iterator[Case]:
        """Repeats that differ from the first delivery: in spelling, or in having been refused before."""
        variant = "repeat-respelled"
        first = self._step(variant)
        body = json.dumps(self.bodies.value(case_id(variant)), ensure_ascii=False).encode()
        words = "the same id again, the body spelled otherwise"
        yield self._case(variant, plan, words, first, replace(first, body=body), effects=1)
        variant = "repeat-after-refusal"
        sound = self._step(variant)
        wrong = replace(sound, expect="reject", signing="key-other")
        words = "a sound delivery under an id that came before with a wrong signature"
        because = _Plan("repeat", "a delivery that was refused must not count as done")
        yield self._case(variant, because, words, wrong, sound, effects=1)
        variant = "repeat-refused-between"
        sound = self._step(variant)
        wrong = replace(sound, expect="reject", signing="key-other")
        words = "the same id again, after it also came with a wrong signature"
        because = _Plan("repeat", "a refusal must not undo that the event was done")
        yield self._case(variant, because, words, sound, wrong, sound, effects=1)
        variant = "repeat-broken-between"
        sound = self._step(variant)
        broken = replace(sound, expect="either", body=sound.body[: len(sound.body) // 2])
        words = "the same id again, after it also came with a body that breaks off"
        yield self._case(variant, because, words, sound, broken, sound, effects=1)

    def _unsigned_repeats(self) -> Iterator[Case]:
        """Without ids nobody can know a repeat: the same body again must be taken, and that is all."""
        plan = _Plan("repeat", "the sender repeats deliveries that it has no answer to")
        first = self._step("repeat-body")
        yield self._case("repeat-body", plan, "the same body again", first, first)
        first = self._step("repeat-body-at-once")
        again = replace(first, together=True)
        words = "the same body at once over several connections"
        yield self._case("repeat-body-at-once", plan, words, first, *[again] * 3)

    def _sibling(self, variant: str) -> tuple[str, bytes] | None:
        """A later event about the same thing, such as ``customer.updated``, if the document knows one."""
        thing, _, verb = self.terms.event.rpartition(".")
        if verb != "created":
            return None
        for pointer, name in self.terms.pins.items():
            node = next((n for n in nodes(self.terms.root) if n.pointer == pointer and n.enum), None)
            if name == self.terms.event and node is not None and f"{thing}.updated" in (node.enum or ()):
                value = jsonio.replace(self.bodies.value(case_id(variant)), pointer, f"{thing}.updated")
                return f"{thing}.updated", jsonio.compact(value)
        return None
