"""From replies to verdicts: what the oracle needs to know of a target, gathered as the run goes.

The oracle is pure; here is what it is told: how the target's results correspond to bodies (calibration),
what it gave for the plain spelling, and what a process that saw nothing before gives.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact, strict_loads
from contract_kit.model import JSON_HEADERS, NOTHING, Case, Delivery, Reply, Verdict
from contract_kit.oracle import (
    Change,
    Comparison,
    Places,
    calibrate,
    counters,
    find_leaks,
    judge,
    same_result,
    unlike,
    without,
)
from contract_kit.targets import AsSent, send

from ._distinct import distinct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contract_kit.model import Policy, Terms
    from contract_kit.targets import Target

__all__ = ["Judge"]

_DISTINCT = 3
"""Bodies that are given again with nothing twice."""
_NO_REFERENCES = 2
"""The version of marshal's format in which equal values always have equal bytes."""


class Judge:
    """Judges the replies of one target."""

    def __init__(
        self,
        terms: Terms,
        target: Target,
        prepare: Callable[[Delivery], Delivery],
        *,
        lossless: bool = False,
        secrets: Sequence[str] = (),
    ) -> None:
        self.target = target
        self._terms = terms
        self.lossless = lossless
        self._prepare = prepare
        self._secrets = tuple(secrets)
        self._places = Places.of(terms)
        self._plain: dict[bytes, Reply] = {}
        self.comparison: Comparison = calibrate((), self._places)
        self._counters: frozenset[tuple[str, ...]] = frozenset()
        """Places of results that have nothing to do with a body: they are no part of what two results must agree in."""
        self.compared = 0
        self.accepted = 0

    def ask(self, case_body: bytes, case: Case | None = None, *, fresh: bool = False) -> Reply:
        """Give the target one body, outside the stream of cases."""
        headers = case.headers if case is not None else JSON_HEADERS
        method = case.method if case is not None else "POST"
        key = None if case is None else (case, 0, None)
        delivery = Delivery(key=key, body=case_body, headers=headers, method=method, fresh=fresh)
        return send(self.target, self._prepare(delivery))

    def calibrate(self, bodies: Sequence[Any]) -> list[Reply]:
        """Learn from realistic bodies what comes out for them; the replies to those that were given.

        Where values come out, they are given once more with other values for what a body holds twice.
        """
        replies, pairs = self._learn(bodies)
        if pairs:
            policy: Policy = self._terms.usual_policy
            others = [
                distinct(self._terms, policy, body, turn) for turn, body in enumerate(bodies[:_DISTINCT])
            ]
            more, apart = self._learn([body for body in others if body is not None])
            replies, pairs = replies + more, pairs + apart
        self.comparison = calibrate(pairs, self._places)
        self._counters = counters([came for _, came in pairs])
        if pairs:
            self._counters |= self._own_affair(compact(pairs[0][0]))
        return replies

    def _own_affair(self, body: bytes) -> frozenset[tuple[str, ...]]:
        """Where two processes that saw nothing before differ about one body: clocks of any kind, chance."""
        one, other = self.ask(body, fresh=True), self.ask(body, fresh=True)
        if one.value is NOTHING or other.value is NOTHING:
            return frozenset()
        return frozenset(unlike(one.value, other.value))

    def _learn(self, bodies: Sequence[Any]) -> tuple[list[Reply], list[tuple[Any, Any]]]:
        replies = []
        pairs = []
        for body in bodies:
            text = compact(body)
            reply = self._plain[text] = self.ask(text)
            replies.append(reply)
            if reply.outcome == "accepted" and reply.value is not NOTHING:
                pairs.append((body, reply.value))
        return replies, pairs

    def verdict(self, case: Case, reply: Reply) -> tuple[Verdict, bool]:
        """The verdict on a case and its reply, and whether it is doubtful: then :meth:`settled` must be asked.

        The target is asked nothing, for other deliveries may be under way.
        """
        changes = self._changes(case, reply, NOTHING)
        plain = self._plain.get(case.plain) if case.plain is not None else None
        doubtful = (case.plain is not None and plain is None) or any(not change.sure for change in changes)
        return self._judge(case, reply, changes, plain), doubtful

    def settled(self, case: Case, reply: Reply) -> Verdict:
        """The verdict with all that can be asked of the target."""
        verdict, doubtful = self.verdict(case, reply)
        if not doubtful:
            return verdict
        if case.plain is not None and case.plain not in self._plain:
            self._plain[case.plain] = self.ask(case.plain)
        fresh = self.ask(case.body, case, fresh=True)
        value = fresh.value if fresh.outcome == "accepted" else NOTHING
        plain = self._plain.get(case.plain) if case.plain is not None else None
        return self._judge(case, reply, self._changes(case, reply, value), plain)

    def _judge(self, case: Case, reply: Reply, changes: list[Change], plain: Reply | None) -> Verdict:
        leak = find_leaks(reply, self._secrets, sent=case.body) if reply.headers or reply.body else None
        return judge(
            case,
            reply,
            changes=changes,
            plain=plain,
            leak=leak,
            counters=self._counters,
            places=self._places,
        )

    def _changes(self, case: Case, reply: Reply, fresh: Any) -> list[Change]:
        if (
            reply.outcome != "accepted"
            or reply.value is NOTHING
            or case.expect == "reject"
            or not case.compare
        ):
            return []
        self.accepted += 1
        if not self.comparison.comparable:
            return []
        if type(reply) is AsSent and reply.sent == case.body:
            self.compared += 1
            return []
        try:
            sent = strict_loads(case.body)
        except (ValueError, RecursionError):
            return []
        self.compared += 1
        if _identical(sent, reply.value):
            return []
        broken = case.kind == "invalid"
        found = self.comparison.changes(
            sent,
            reply.value,
            fresh=fresh,
            lossless=self.lossless and not broken,
            # What a consumer need not take it may leave out.
            may_drop=case.expect == "either",
        )
        # What is wrong may be repaired by a consumer that takes it; nothing else may change.
        return [c for c in found if not (broken and _related(c.pointer, case.at))]

    def is_same(self, case: Case, first: Reply, second: Reply) -> bool:
        """Whether a case came to the same twice, but for counters, clocks and random ids."""
        if first.outcome != second.outcome:
            return False
        one, two = first.value, second.value
        if one is NOTHING or two is NOTHING:
            return one is two
        if (type(one) is type(two) and one == two) or _identical(one, two):
            return True
        one, two = without(one, self._counters), without(two, self._counters)
        return same_result(one, two, case.body.decode("utf-8", "replace"))

    def again(self, case: Case, first: Reply, second: Reply) -> Verdict | None:
        """The verdict on a case that was given twice and gave two results; ``None`` where chance explains it."""
        one, two = self.ask(case.body, case, fresh=True), self.ask(case.body, case, fresh=True)
        if judge(case, two, plain=one, counters=self._counters).finding == "inconsistent":
            return None
        for reply in (second, first):
            verdict = judge(case, reply, plain=one, counters=self._counters)
            if verdict.finding == "inconsistent":
                return verdict
        return None


def _identical(sent: Any, came: Any) -> bool:
    """Whether the value came out as it went in, to the type: the quick answer for most cases."""
    try:
        return marshal.dumps(sent, _NO_REFERENCES) == marshal.dumps(came, _NO_REFERENCES)
    except ValueError:  # nested too deep, or of a type that marshal does not know
        return False


def _related(pointer: str, at: str) -> bool:
    return not pointer or pointer == at or pointer.startswith(at + "/") or at.startswith(pointer + "/")
