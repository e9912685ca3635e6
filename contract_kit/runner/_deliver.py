"""Cases of one or several deliveries: signatures, times, framing, repeats; and the effects that they have.

Steps are prepared only when they are sent, for times and ids must be fresh. Cases whose effects are counted
run alone, and before the thousands of the catalogue: a receiver that answers first and acts later may be behind
with those for minutes. The others run side by side, one step after the other.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from contract_kit.delivery import NotCounted, delivery_cases, expected_signatures, prepare, read_reply
from contract_kit.oracle import find_leaks, judge

from ._settings import select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.delivery import EffectCounter, Family
    from contract_kit.model import Case, Delivery, Reply, Verdict

    from ._run import Run

__all__ = ["deliver", "deliver_counted"]


def deliver_counted(run: Run) -> None:
    """Give the delivery cases whose effects are counted, where the user tells how."""
    counted = [case for case in _cases(run) if case.effects is not None]
    if counted:
        run.progress.phase("effects", len(counted))
        _one_by_one(run, counted)


def deliver(run: Run) -> None:
    """Give every delivery case that fits the target and the user's choice, but those that are counted."""
    cases = [case for case in _cases(run) if case.effects is None]
    run.progress.phase("deliveries", len(cases))
    alone = [case for case in cases if case.family == _CONNECTION or any(one.together for one in case.steps)]
    _side_by_side(run, [case for case in cases if case not in alone])
    _one_by_one(run, alone)
    if run.settings.effects is None and any(case.family == "repeat" for case in cases):
        run.notes.append(
            "effects not observed: repeats only asked for 2xx (--effects tells how many there were)"
        )


def _cases(run: Run) -> Iterator[Case]:
    settings = run.settings
    stream = delivery_cases(
        run.terms,
        policy=run.policy,
        signed=settings.secret is not None and settings.sign != "none",
        effects=settings.effects is not None,
        target=run.target.kind,
    )
    return select(stream, settings, run.target.kind)


def _one_by_one(run: Run, cases: Sequence[Case]) -> None:
    for case in cases:
        if run.over():
            return
        _alone(run, case)
        run.progress.advance()


class _Try:
    """One try of a case: what its steps share is fresh each time."""

    def __init__(self, run: Run, case: Case) -> None:
        self._case, self._token, self._began = case, uuid4().hex, 0
        sign = run.settings.sign
        self._family: Family = "svix" if sign == "none" else sign
        self._secret = None if sign == "none" else run.settings.secret

    def step(self, index: int) -> Delivery:
        """Step ``index`` as it goes out now; its ``key`` is (case, index, what was sent)."""
        now = int(time.time())
        self._began = self._began or now
        made = prepare(
            self._case,
            index,
            secret=self._secret,
            run=self._token,
            family=self._family,
            now=now,
            began=self._began,
        )
        return replace(made, key=(self._case, index, made))


# -- side by side -----------------------------------------------------------------------------


def _side_by_side(run: Run, cases: Sequence[Case]) -> None:
    """First steps of all, then second steps of those that have one, and so on."""
    tries = {case.id: _Try(run, case) for case in cases}
    found: dict[str, Verdict] = {}
    """Verdicts of cases that are over: at the first step that fails, or after the last."""
    try:
        for index in range(max((len(case.steps) for case in cases), default=0)):

            def outgoing(index: int = index) -> Iterator[Delivery]:
                for case in cases:
                    if run.over():
                        return
                    if index < len(case.steps) and case.id not in found:
                        yield tries[case.id].step(index)

            for delivery, reply in run.target.exchange(outgoing()):
                case, at, sent = delivery.key
                run.tally.deliveries += 1
                verdict = _judged(run, case, at, sent, reply)
                last = at == len(case.steps) - 1
                if verdict.finding is not None or last:
                    found[case.id] = verdict
                if last:
                    run.progress.advance()
        asked: Counter[tuple[Any, ...]] = Counter()
        for id_, verdict in found.items():
            found[id_] = _unless_left_over(run, verdict, asked)
    finally:
        for case in cases:
            if case.id in found:
                run.record(case, found[case.id])


_CONNECTION = "connection"
"""The family of cases that are about what else went over the same connection."""
_ASKED_AGAIN = 3


def _unless_left_over(run: Run, verdict: Verdict, asked: Counter[tuple[Any, ...]]) -> Verdict:
    """A failure that does not come again over connections of its own comes of what went over them before.

    The first few of each answer are asked for again; once one of them was none, all are. ``asked`` counts both.
    """
    key = (verdict.finding, verdict.reply.status)
    steady = asked[key] >= _ASKED_AGAIN and not asked[*key, "left over"]
    if verdict.finding not in ("crash", "false_reject") or run.target.kind != "url" or steady or run.over():
        return verdict
    asked[key] += 1
    again = _given(run, verdict.case, fresh=True)
    if again is None or again.finding is not None:
        return verdict
    asked[*key, "left over"] += 1
    said = "beside others, over connections that served others before"
    return replace(
        verdict,
        finding="inconsistent",
        expected="the same as alone, over a new connection: as it should be",
        observed=f"{said}: {verdict.observed}",
    )


def _judged(run: Run, case: Case, index: int, sent: Delivery, reply: Reply) -> Verdict:
    """The verdict on one step, as one on its case."""
    step = case.steps[index]
    final = index == len(case.steps) - 1
    told = case if final else replace(case, expect=step.expect, body=step.body)
    reply = read_reply(step, reply)
    secret = run.settings.secret
    leak = None
    if secret is not None:
        leak = find_leaks(reply, (secret,), signatures=expected_signatures(sent, secret), sent=sent.body)
    elif reply.body or reply.headers:
        leak = find_leaks(reply, (), sent=sent.body)
    verdict = judge(told, reply, leak=leak)
    if verdict.finding is not None and not final:
        return replace(verdict, case=case, observed=f"delivery {index + 1}, a sound one: {verdict.observed}")
    return verdict


# -- alone ------------------------------------------------------------------------------------


def _alone(run: Run, case: Case) -> None:
    """One case, step by step, steps that belong together at once; then its effects are counted."""
    counter = run.effects if case.effects is not None else None
    wanted = case.effects or 0
    verdict, happened = _tried(run, case, counter)
    if verdict is not None and counter is not None and counter.doubts(happened, wanted):
        # What happens at once may happen otherwise each time.
        for _ in range(_TURNS if any(step.together for step in case.steps) else 1):
            if run.over():
                break
            counter.take_time()
            verdict, happened = _tried(run, case, counter)
            if verdict is not None and happened > wanted:
                counter.believe()
                break
    if verdict is not None:
        if counter is None:
            verdict = _unless_left_over(run, verdict, Counter())
        run.record(case, verdict)


_TURNS = 3


def _tried(run: Run, case: Case, counter: EffectCounter | None) -> tuple[Verdict | None, int]:
    """The verdict on one try of a case, ``None`` where it could not be tried; and how many effects it had."""
    happened = wanted = case.effects or 0
    try:
        if counter is not None:
            counter.begin()
        verdict = _given(run, case)
        if counter is not None and verdict is not None and verdict.finding is None:
            happened = counter.added(wanted)
            verdict = _counted(case, verdict, happened)
    except NotCounted as why:
        note = f"effects not judged: {why}"
        if note not in run.notes:
            run.notes.append(note)
        verdict = _given(run, case)
        if verdict is not None and verdict.finding is None:
            verdict = replace(verdict, reply=replace(verdict.reply, outcome="not_judged"))
    return verdict, happened


def _given(run: Run, case: Case, *, fresh: bool = False) -> Verdict | None:
    """All steps of a case, and the verdict on what was answered; ``fresh``: each over a connection of its own."""
    this = _Try(run, case)
    verdict: Verdict | None = None
    for batch in _batches(case):
        outgoing = [replace(this.step(index), fresh=fresh) for index in batch]
        for delivery, reply in run.target.exchange(outgoing):
            _, at, sent = delivery.key
            run.tally.deliveries += 1
            found = _judged(run, case, at, sent, reply)
            final = at == len(case.steps) - 1
            if (verdict is None or verdict.finding is None) and (final or case.family != _CONNECTION):
                verdict = found
    return verdict


def _batches(case: Case) -> list[list[int]]:
    """Numbers of steps, those that are sent at once in one batch."""
    batches: list[list[int]] = []
    for index, step in enumerate(case.steps):
        if step.together and batches:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _counted(case: Case, verdict: Verdict, happened: int) -> Verdict:
    """The verdict, with the number of effects taken into account."""
    wanted = case.effects or 0
    if happened == wanted:
        return verdict
    return replace(
        verdict,
        finding="duplicate_effect" if happened > wanted else "missing_effect",
        expected=f"{wanted} effect{'s' * (wanted != 1)}",
        observed=f"{happened} effect{'s' * (happened != 1)}",
    )
