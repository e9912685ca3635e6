"""How a stream of deliveries goes out to a URL and comes back as replies: pace, patience and judgement."""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from contract_kit.errors import TargetError
from contract_kit.model import Reply
from contract_kit.targets._framing_bytes import SOUND
from contract_kit.targets._job import CLOSED, Answer, Job
from contract_kit.targets._status import TRIES, asks_to_wait, judge_status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.model import Delivery, Outcome
    from contract_kit.targets._url import UrlTarget

__all__ = ["ReceiverGone", "among", "exchange"]

GRACE = 1.5
"""Seconds without any connection after which a receiver is gone, and not only starting again."""
_RETRY = 0.05
_WINDOW = 0.1
"""Seconds within which connections that drop may have dropped for one cause."""


def among(number: int) -> str:
    """How it is told that a delivery is one of several that may be meant; nothing where it is the only one."""
    return f", one of {number} deliveries under way" if number > 1 else ""


class ReceiverGone(TargetError):
    """The receiver took connections before and takes none any more: it died, or somebody stopped it.

    ``lost`` are the deliveries that were under way then, in the order in which they went out: it died of one of
    them, if it died. ``under_way`` are the ids of their cases, for whoever catches it to fill in.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason
        self.lost: tuple[Delivery, ...] = ()
        self.under_way: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f"the receiver is gone: {self.name} took connections before, now: {self.reason}"
        if not self.under_way:
            return said
        first = self.under_way[0]
        if len(self.under_way) == 1:
            return f"{said}; under way was {first} (start it again, and 'contract-kit send URL --case' gives it alone)"
        several = f"one of {len(self.under_way)}"
        return f"{said}; under way was {first}, {several} (start it again: --workers 1 tells which it was)"


def exchange(target: UrlTarget, deliveries: Iterable[Delivery]) -> Iterator[tuple[Delivery, Reply]]:
    """See :meth:`UrlTarget.exchange`."""
    state = _Exchange(target, deliveries)
    try:
        while True:
            state.fill()
            if state.over:
                break
            while state.ready:
                yield state.ready.popleft()
            state.stock_up()
            state.turn()
        if state.gone is not None:
            raise state.gone
    finally:
        state.client.abort()


class _Exchange:
    """What is under way.

    ``stock`` are jobs that go out as soon as there is room, ``waiting`` those that go out (again) at a time of
    their own. Jobs go out in a burst: what is slow on our side, making them and judging replies, is done while the receiver
    is at work on the ones before, and it is woken once for several.

    ``suspects`` are jobs whose connection dropped while others were under way: a receiver's process that
    dies takes them all along. Where there are several, each is sent again, alone, and what it does then
    is its own.
    """

    def __init__(self, target: UrlTarget, deliveries: Iterable[Delivery]) -> None:
        self.target, self.client = target, target.client()
        self.source = iter(deliveries)
        self.exhausted = False
        self.flying = 0
        self.ready: deque[tuple[Delivery, Reply]] = deque()
        self.stock: deque[Job] = deque()
        self.waiting: list[tuple[float, int, Job]] = []
        self.suspects: list[tuple[float, Job, Answer]] = []
        self.gone: TargetError | None = None
        self._alone: Job | None = None
        self._several = False
        self._lost: list[Job] = []
        self._dropped: list[Job] = []
        """Whose connections ended without a reply, or in the middle of one, and nothing came since."""
        self._serial = self._pulled = 0
        self._not_before = 0.0
        self._full_patience = max(target.patience, target.workers)
        # Half the connections gain as much as all of them; who wants a pace wants to be able to stop.
        self._most_stock = -(-target.workers // 2) if target.rate is None else 1
        self._refused_since: float | None = None

    @property
    def over(self) -> bool:
        pending = self.flying or self.waiting or self.ready or self.suspects or self.stock
        return (self.exhausted or self.gone is not None) and not pending

    # ---- going out -------------------------------------------------------------------------------

    def fill(self) -> None:
        """Start as many deliveries as there is room for, now."""
        if self.gone is not None and not self.flying:
            self._bury()
        if self._alone is not None or (self.suspects and not self._cleared()):
            return
        while self.flying < self.target.workers and self.gone is None:
            now = time.monotonic()
            if now < self._not_before:
                return
            job = self._next_job(now)
            if job is None:
                return
            if self.target.rate is not None:
                self._not_before = now + 1 / self.target.rate
            self.flying += 1
            self.client.submit(job)

    def _cleared(self) -> bool:
        """Whether others may go out: not before it is known which of the suspects drops its connection."""
        first, job, answer = self.suspects[0]
        self._several = self._several or len(self.suspects) > 1
        if not self._several:
            if self.flying and time.monotonic() - first < _WINDOW:
                return False
            self.suspects.clear()
            self.ready.append((job.key, _reply(job.key, answer, job)))
            return True
        if not self.flying:
            self._alone = self.suspects.pop(0)[1]
            self._alone.alone = self._alone.resent = True
            self._several = bool(self.suspects)
            self.flying += 1
            self.client.submit(self._alone)
        return False

    def _next_job(self, now: float) -> Job | None:
        if self.waiting and self.waiting[0][0] <= now:
            return heapq.heappop(self.waiting)[2]
        if not self.stock:
            self.stock_up()
        return self.stock.popleft() if self.stock else None

    def stock_up(self) -> None:
        """Make what goes out next, as far as may be pulled ahead."""
        if self.gone is not None:
            return
        behind = self.flying + len(self.ready) + len(self.waiting) + len(self.suspects)
        room = min(self._most_stock, 2 * self.target.workers - behind)
        while len(self.stock) < room and not self.exhausted:
            try:
                self.stock.append(self._job(next(self.source)))
            except StopIteration:
                self.exhausted = True

    def _job(self, delivery: Delivery) -> Job:
        sound = delivery.framing in SOUND
        self._pulled += 1
        return Job(
            key=delivery,
            data=self.target.message(delivery),
            number=self._pulled,
            timeout=self.target.limit(delivery),
            bodiless=delivery.method == "HEAD",
            alone=delivery.fresh or not sound or delivery.framing == "http-1.0",
        )

    def turn(self) -> None:
        """Wait until something came back, or something may go out."""
        due = self._next_start()
        wait = None if due is None else max(0.0, due - time.monotonic())
        if wait is not None and not self.flying:
            time.sleep(wait)
            return
        for job, answer in self.client.poll(wait):
            self.flying -= 1
            self._settle(job, answer)

    def _next_start(self) -> float | None:
        """When something may go out though nothing came back; ``None``: not before something did."""
        if self._alone is not None or self.flying >= self.target.workers:
            return None
        if self.suspects:
            return None if self._several else self.suspects[0][0] + _WINDOW
        if self.stock:
            return self._not_before
        return max(self._not_before, self.waiting[0][0]) if self.waiting else None

    # ---- coming back -----------------------------------------------------------------------------

    def _settle(self, job: Job, answer: Answer) -> None:
        alone, self._alone = self._alone, None
        if answer.kind == "refused":
            self._refused(job, answer)
            return
        self._refused_since = None
        if answer.ended:
            self._dropped.append(job)
        else:
            self._dropped.clear()
        if answer.kind == "tls" and not self.client.connected:
            self._give_up(TargetError(f"{self.target.name}: no TLS with it: {answer.detail}"))
            return
        delivery: Delivery = job.key
        if answer.kind == "dropped" and alone is not job and delivery.framing in SOUND:
            self.suspects.append((time.monotonic(), job, answer))
        elif not self._is_put_off(job, answer):
            self.ready.append((delivery, _reply(delivery, answer, job)))

    def _is_put_off(self, job: Job, answer: Answer) -> bool:
        """The receiver asks to wait: send the delivery again later, a bounded number of times."""
        wait = _wait(answer)
        if wait is None or job.key.framing not in SOUND:
            self.target.patience = self._full_patience
            return False
        job.tries += 1
        if job.tries >= TRIES or self.target.patience <= 0:
            self.target.patience -= 1
            return False
        due = time.monotonic() + wait
        if answer.status != 408:
            self._not_before = max(self._not_before, due)
        self._put_back(job, due)
        return True

    def _put_back(self, job: Job, due: float) -> None:
        self._serial += 1
        heapq.heappush(self.waiting, (due, self._serial, job))

    def _refused(self, job: Job, answer: Answer) -> None:
        now = time.monotonic()
        if self._refused_since is None:
            self._refused_since = now
        if self.gone is None and now - self._refused_since < GRACE:
            self._put_back(job, now + _RETRY)
            return
        if job.resent:
            self._lost.append(job)
        if self.client.connected:
            self._give_up(ReceiverGone(self.target.name, answer.detail))
        else:
            self._give_up(TargetError(f"{self.target.name} cannot be reached: {answer.detail}"))

    def _give_up(self, error: TargetError) -> None:
        """Nothing goes out any more; what has no reply yet and was once under way is lost."""
        self.gone = self.gone or error
        self._lost += [job for _, job, _ in self.suspects]
        self._lost += [job for _, _, job in self.waiting if job.resent]
        self.suspects.clear()
        self.waiting.clear()
        self.stock.clear()

    def _bury(self) -> None:
        """Of what was under way when the receiver died, one did it, and it cannot be asked which.

        The first is taken for it, and says so; the others are not judged.
        """
        self._lost.sort(key=lambda job: job.number)
        if isinstance(self.gone, ReceiverGone) and not self.gone.lost:
            every = {job.number: job.key for job in (*self._dropped, *self._lost)}
            self.gone.lost = tuple(every[number] for number in sorted(every))
        answer = Answer("dropped", detail=f"the receiver is gone{among(len(self._lost))}")
        for place, job in enumerate(self._lost):
            reply = _reply(job.key, answer, job)
            self.ready.append((job.key, replace(reply, outcome="not_judged") if place else reply))
        self._lost.clear()


def _reply(delivery: Delivery, answer: Answer, job: Job) -> Reply:
    outcome, detail = _judge(answer, sound=delivery.framing in SOUND)
    if job.tries and _wait(answer) is not None:
        outcome, detail = "not_judged", f"{detail}, {job.tries} times"
    return Reply(
        outcome=outcome,
        status=answer.status,
        elapsed=answer.elapsed,
        headers=answer.headers,
        body=answer.body,
        detail=detail,
    )


def _wait(answer: Answer) -> float | None:
    if answer.kind != "reply" or answer.status is None:
        return None
    return asks_to_wait(answer.status, answer.headers)


def _judge(answer: Answer, *, sound: bool) -> tuple[Outcome, str]:
    """The outcome of an answer; ``sound`` is false where the message was broken on purpose."""
    outcome: Outcome = "crashed"
    said = ""
    if answer.status is not None:
        outcome, said = judge_status(answer.status)
    if answer.kind == "reply":
        if not sound and answer.status in {501, 505}:
            return "rejected", said
        return outcome, f"{said}; the body was cut at 1 MB" if answer.cut else said
    if answer.kind == "timeout":
        if sound:
            seconds = f"{answer.elapsed:.3g} s"
            return "timed_out", f"{answer.detail} within {seconds}" + (f" ({said})" if said else "")
        return (outcome, said) if said else ("rejected", "no reply (connection left waiting)")
    if answer.kind == "dropped":
        why = "" if answer.detail == CLOSED else f" ({answer.detail})"
        detail = f"closed the connection without a reply{why}"
        return ("crashed" if sound else "rejected"), detail
    if answer.kind == "tls":
        return "crashed", f"broke off the TLS handshake ({answer.detail})"
    broken = f"sent a broken reply: it {answer.detail}"
    if sound:
        return "crashed", f"{said}; {broken}" if said else broken
    return (outcome, f"{said}; {broken}") if said else ("rejected", broken)
