"""Cases of one or several deliveries: signatures, times, framing, repeats; and the effects that they have.

Steps are prepared only when they are sent, for times and ids must be fresh. Cases whose effects are counted
run alone; the others run side by side, one step after the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from contract_kit.delivery import delivery_cases, expected_signatures, prepare, read_reply
from contract_kit.oracle import find_leaks, judge

from ._settings import select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.delivery import EffectCounter
    from contract_kit.model import Case, Delivery, Reply, Verdict

    from ._run import Run

__all__ = ["deliver"]


def deliver(run: Run) -> None:
    """Give every delivery case that fits the target and the user's choice."""
    settings = run.settings
    signed = settings.secret is not None and settings.sign != "none"
    stream = delivery_cases(
        run.terms,
        policy=run.policy,
        signed=signed,
        effects=settings.effects is not None,
        target=run.target.kind,
    )
    cases = list(select(stream, settings, run.target.kind))
    run.progress.phase("deliveries", len(cases))
    counted = [case for case in cases if settings.effects is not None and case.effects is not None]
    alone = [case for case in cases if case not in counted and any(step.together for step in case.steps)]
    beside = [case for case in cases if case not in counted and case not in alone]
    _side_by_side(run, beside)
    for case in (*alone, *counted):
        if run.over():
            return
        _alone(run, case)
        run.progress.advance()
    if settings.effects is None and any(case.family == "repeat" for case in cases):
        run.notes.append(
            "effects not observed: repeats only asked for 2xx (--effects tells how many there were)"
        )


def _delivery(run: Run, case: Case, index: int, token: str) -> Delivery:
    family = "svix" if run.settings.sign == "none" else run.settings.sign
    secret = None if run.settings.sign == "none" else run.settings.secret
    made = prepare(case, index, secret=secret, run=token, family=family)
    return replace(made, key=(case, index, made))


# -- side by side -----------------------------------------------------------------------------


def _side_by_side(run: Run, cases: Sequence[Case]) -> None:
    """First steps of all, then second steps of those that have one, and so on."""
    tokens = {case.id: uuid4().hex for case in cases}
    failed: dict[str, Verdict] = {}
    last: dict[str, Verdict] = {}
    for index in range(max((len(case.steps) for case in cases), default=0)):

        def outgoing(index: int = index) -> Iterator[Delivery]:
            for case in cases:
                if run.over():
                    return
                if index < len(case.steps) and case.id not in failed:
                    yield _delivery(run, case, index, tokens[case.id])

        for delivery, reply in run.target.exchange(outgoing()):
            case, at, sent = delivery.key
            run.tally.deliveries += 1
            verdict = _judged(run, case, at, sent, reply)
            last[case.id] = verdict
            if verdict.finding is not None:
                failed[case.id] = verdict
            if at == len(case.steps) - 1:
                run.progress.advance()
    for case in cases:
        if case.id in last:
            run.record(case, failed.get(case.id, last[case.id]))


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
        first = happened
        # What happens at once may happen otherwise each time.
        for _ in range(_TURNS if any(step.together for step in case.steps) else 1):
            if run.over():
                break
            counter.take_time(first, wanted)
            verdict, happened = _tried(run, case, counter)
            if verdict is not None and happened != wanted:
                counter.believe(happened, wanted)
                break
    if verdict is not None:
        run.record(case, verdict)


_TURNS = 3


def _tried(run: Run, case: Case, counter: EffectCounter | None) -> tuple[Verdict | None, int]:
    """The verdict on one try of a case, ``None`` where it could not be tried; and how many effects it had."""
    if counter is not None:
        counter.begin()
    token = uuid4().hex
    verdict: Verdict | None = None
    for batch in _batches(case):
        outgoing = [_delivery(run, case, index, token) for index in batch]
        for delivery, reply in run.target.exchange(outgoing):
            _, at, sent = delivery.key
            run.tally.deliveries += 1
            found = _judged(run, case, at, sent, reply)
            if verdict is None or verdict.finding is None:
                verdict = found
    happened = wanted = case.effects or 0
    if counter is not None and verdict is not None and verdict.finding is None:
        happened = counter.added(wanted)
        verdict = _counted(case, verdict, happened)
    return verdict, happened


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
