"""Effects are counted for receivers that act before they answer, and for those that act later."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from contract_kit.delivery import EffectCounter, NotCounted
from contract_kit.errors import TargetError


class Later:
    """A receiver's count that grows some time after it was asked to."""

    def __init__(self):
        self.writes = 0
        self.reads = 0
        self._timers = []

    def act(self, *after):
        for seconds in after:
            if seconds:
                self._timers.append(threading.Timer(seconds, self._write))
                self._timers[-1].start()
            else:
                self._write()

    def _write(self):
        self.writes += 1

    def __call__(self):
        self.reads += 1
        return self.writes

    def join(self):
        for timer in self._timers:
            timer.join()


@pytest.fixture
def later():
    receiver = Later()
    yield receiver
    receiver.join()


def counted(counter, receiver, wanted, *after):
    counter.begin()
    receiver.act(*after)
    return counter.added(wanted)


def test_who_acts_before_it_answers_is_not_waited_for(later):
    counter = EffectCounter(later)
    counted(counter, later, 1, 0)
    before, started = later.reads, time.monotonic()
    assert [counted(counter, later, 1, 0) for _ in range(20)] == [1] * 20
    assert later.reads - before == 40, "once before each case, and once after it"
    assert time.monotonic() - started < 5


def test_an_effect_that_comes_late_is_no_missing_one(later):
    counter = EffectCounter(later)
    assert counted(counter, later, 1, 0.15) == 1
    assert counted(counter, later, 2, 0.05, 0.15) == 2


def test_a_duplicate_that_comes_late_is_counted_for_its_own_case(later):
    counter = EffectCounter(later)
    assert counted(counter, later, 1, 0.1) == 1
    assert counted(counter, later, 1, 0.1, 0.15) == 2
    assert counted(counter, later, 1, 0.1) == 1


def test_what_was_delivered_before_is_not_the_first_cases_own(later):
    later.act(0.05, 0.1, 0.15)
    assert counted(EffectCounter(later), later, 1, 0) == 1


def test_an_effect_that_does_not_come_is_waited_for_ever_less(later):
    counter = EffectCounter(later, patience=0.2)
    started = time.monotonic()
    assert [counted(counter, later, 1) for _ in range(6)] == [0] * 6
    assert time.monotonic() - started < 10


def test_an_effect_that_must_not_come_is_counted(later):
    counter = EffectCounter(later)
    assert counted(counter, later, 1, 0, 0, 0) == 3
    assert counted(counter, later, 0, 0) == 1


def test_too_many_are_doubted_until_they_were_too_many_again(later):
    counter = EffectCounter(later, patience=0.2)
    assert counted(counter, later, 1, 0, 0) == 2
    assert counter.doubts(2, 1)
    counter.take_time()
    assert counted(counter, later, 1, 0, 0) == 2
    counter.believe()
    assert not counter.doubts(2, 1)
    assert not counter.doubts(0, 1), "too few were waited for already"
    assert not counter.doubts(1, 1)


def test_who_is_slower_than_was_thought_is_waited_for_and_what_was_learnt_is_kept(later):
    counter = EffectCounter(later, patience=0.1)
    assert counted(counter, later, 1, 0.2) == 1
    assert counted(counter, later, 1) == 0
    assert counted(counter, later, 1, 0.2) == 1, "one that was missing makes nobody hurry"


def test_a_queue_that_is_behind_is_waited_for_until_it_has_caught_up(later):
    later.act(*(0.02 * n for n in range(1, 40)))
    counter = EffectCounter(later, patience=0.05)
    assert counted(counter, later, 1, 0) == 1
    assert later.writes == 40


def test_a_number_that_never_rests_says_nothing_of_a_case(monkeypatch):
    monkeypatch.setattr("contract_kit.delivery._effects._BACKLOG", 0.3)
    numbers = itertools.count()
    counter = EffectCounter(lambda: next(numbers), patience=0.1)
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(NotCounted, match="did not come to rest"):
            counter.begin()
        counter.take_time()
    assert time.monotonic() - started < 10, "the wait for it is bounded for the whole run"


def test_who_could_not_tell_once_is_not_asked_again():
    asked = []

    def read():
        asked.append(1)
        raise TargetError("it is gone")

    counter = EffectCounter(read)
    for _ in range(3):
        with pytest.raises(NotCounted, match="it is gone"):
            counter.begin()
    assert len(asked) == 1
