"""Effects are counted for receivers that act before they answer, and for those that act later."""

from __future__ import annotations

import threading
import time

import pytest

from contract_kit.delivery import EffectCounter


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
    assert time.monotonic() - started < 0.2


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
    counter = EffectCounter(later, patience=0.4)
    started = time.monotonic()
    assert [counted(counter, later, 1) for _ in range(6)] == [0] * 6
    assert time.monotonic() - started < 2.5


def test_an_effect_that_must_not_come_is_counted(later):
    counter = EffectCounter(later)
    assert counted(counter, later, 1, 0, 0, 0) == 3
    assert counted(counter, later, 0, 0) == 1


def test_a_wrong_number_is_doubted_until_it_was_the_same_after_a_longer_wait(later):
    counter = EffectCounter(later, patience=0.2)
    assert counted(counter, later, 1) == 0
    assert counter.doubts(0, 1)
    counter.take_time(0, 1)
    assert counted(counter, later, 1) == 0
    counter.believe(0, 1)
    assert not counter.doubts(0, 1)
    assert counter.doubts(2, 1), "too many are another thing than too few"
    assert not counter.doubts(1, 1)


def test_who_is_slower_than_was_thought_is_waited_for_the_second_time(later):
    counter = EffectCounter(later, patience=0.2)
    assert counted(counter, later, 1, 0.4) == 0, "it comes after our patience"
    counter.take_time(0, 1)
    assert counted(counter, later, 1, 0.4) == 1, "and was neither forgotten nor taken for one of this case"
    assert counted(counter, later, 1, 0.4) == 1, "what was learnt is kept"
