"""Runs over live receivers that go wrong: killed in the middle, interrupted anywhere, with many connections.

A run that ends early says why, and keeps what it had found.
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from receivers import SECRET, TERMS, kill, serving

from contract_kit.report import Context
from contract_kit.runner import Progress, Settings, run
from contract_kit.sample import Fault, Receiver, serve
from contract_kit.targets import ReceiverGone, UrlTarget

FAULTY = (Fault.NO_EMAIL, Fault.STALE, Fault.STATUS_ANY_CASE)
SMALL = (
    "delivery:::time-*",
    "delivery:::signature-*",
    "delivery:::repeat-*",
    "valid:/customer/*::absent",
    "invalid:/customer/status:enum:*",
)
REPORT = {"crash", "false_accept"}


def fuzz(url, *, progress=None, workers=8, effects=None, **settings):
    """A run and the seconds that it took."""
    chosen = Settings(secret=SECRET, effects=effects, **{"max_examples": 0} | settings)
    started = time.monotonic()
    with UrlTarget(url, workers=workers, timeout=5) as target:
        result = run(TERMS, target, chosen, Context(target=url, kind="url", secret=True), progress=progress)
    return result, time.monotonic() - started


def found(result):
    return {(one.finding, one.pointer, one.id) for one in result.findings}


class Once(Progress):
    """Does something once: when a phase has advanced so far, or when the first failure is met."""

    def __init__(self, act, *, phase="", after=0, at_failure=False):
        self.act, self.wanted, self.after, self.at_failure = act, phase, after, at_failure
        self.now, self.done_ = "", False
        self.at = 0.0

    def _do(self):
        if not self.done_:
            self.done_, self.at = True, time.monotonic()
            self.act()

    def phase(self, name, total):
        self.now = name

    def advance(self, done=1):
        self.after -= done if self.now == self.wanted else 0
        if self.now == self.wanted and self.after < 0 and not self.at_failure:
            self._do()

    def found(self, title):
        if self.at_failure:
            self._do()


def interrupt():
    raise KeyboardInterrupt


# -- killed -------------------------------------------------------------------------------------------


def test_a_receiver_that_is_killed_ends_the_run_with_what_was_found_and_a_note():
    with serving("fastapi-sqlite", "email") as served:
        killer = Once(lambda: kill(served.process), at_failure=True)
        result, _ = fuzz(served.url, progress=killer, only=("valid:*", "invalid:*"))
    assert killer.done_
    assert time.monotonic() - killer.at < 20
    assert result.summary.stopped == "receiver gone"
    assert any("the receiver is gone" in note and served.url in note for note in result.notes)
    told = [one for one in result.findings if not one.title.startswith("dies")]
    assert [(one.finding, one.pointer) for one in told] == [("crash", "/customer/email")]


def test_a_receiver_that_is_killed_before_anything_was_found_died_of_what_was_under_way_or_cannot_be_reached():
    """Whether a body or a person killed it cannot be told from outside: it is said which deliveries it may have been."""
    with serving("fastapi-sqlite") as served:
        killer = Once(lambda: kill(served.process), phase="catalogue", after=100)
        try:
            result, _ = fuzz(served.url, progress=killer)
        except ReceiverGone as gone:
            assert "the receiver is gone" in str(gone)  # noqa: PT017 (which of the two depends on the moment)
            assert not gone.under_way  # noqa: PT017
        else:
            assert [one.finding for one in result.findings] == ["crash"]
            assert result.findings[0].title.startswith("dies")
            assert any("the receiver is gone" in note for note in result.notes)


# -- interrupted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "after"),
    [
        ("first contact", 0),
        ("catalogue", 40),
        ("deliveries", 0),
        ("deliveries", 75),
        ("random search: valid", 5),
        ("random search: invalid", 5),
    ],
)
def test_ctrl_c_anywhere_in_a_run_ends_it_within_a_second_with_what_was_found(phase, after):
    act = Once(interrupt, phase=phase, after=after)
    if phase == "first contact":
        act.phase = lambda _name, _total: act._do()
    only = () if phase.startswith("random") else SMALL
    limit = {
        "kinds": frozenset({"invalid", "valid"}),
        "skip": ("*::*", "invalid:/customer/*"),
        "max_examples": 60,
    }
    with serve(Receiver(secret=SECRET, faults=FAULTY)) as running:
        result, _ = fuzz(running.url, progress=act, only=only, **(limit if not only else {}))
        took = time.monotonic() - act.at
    assert act.done_, "the phase was met"
    assert took < 1.0
    assert result.summary.stopped == "interrupted"
    assert {one.finding for one in result.findings} <= REPORT
    if phase == "deliveries":
        assert ("crash", "/customer/email") in {(one.finding, one.pointer) for one in result.findings}


def test_ctrl_c_while_findings_are_made_small_leaves_them_as_they_are(monkeypatch):
    """The second Ctrl-C of somebody who has no time."""
    from contract_kit.runner import _findings

    def impatient(_run, _verdict, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(_findings, "smallest", impatient)
    with serve(Receiver(secret=SECRET, faults=FAULTY)) as running:
        result, _ = fuzz(running.url, only=("valid:/customer/email::absent",))
    assert result.summary.stopped == "interrupted"
    assert [one.finding for one in result.findings] == ["crash"]


# -- connections --------------------------------------------------------------------------------------


def test_the_number_of_connections_changes_nothing_about_what_is_found():
    results = []
    for workers in (1, 3, 32):
        receiver = Receiver(secret=SECRET, faults=(*FAULTY, Fault.REPEATED_ID))
        with serve(receiver) as running:
            result, _ = fuzz(
                running.url, workers=workers, only=SMALL, effects=lambda receiver=receiver: receiver.writes
            )
        results.append(result)
    one, few, many = results
    assert {name for name, _, _ in found(one)} == {"crash", "false_accept", "duplicate_effect"}
    assert found(one) == found(few) == found(many)
    assert [[f.case_ids for f in r.findings] for r in (few, many)] == [[f.case_ids for f in one.findings]] * 2
    assert one.summary.cases == few.summary.cases == many.summary.cases


def test_at_once_means_over_several_connections_at_the_same_time():
    """A receiver that looks first and writes then shows it, and shows nothing else."""
    with serving("fastapi-sqlite", "race") as served:
        for workers in (2, 8):
            result = served.run(kinds=frozenset({"delivery"}), only=("delivery:::repeat-*",), workers=workers)
            names = {(one.finding, one.case_ids) for one in result.findings}
            assert names == {("duplicate_effect", ("delivery:::repeat-at-once",))}, workers


# ---- hangs that hold others up -------------------------------------------------------------------------------


class OneLock(ThreadingHTTPServer):
    """Takes every event in turn, under one lock; that of a customer without a name for ``seconds``."""

    daemon_threads = True

    def __init__(self, seconds):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock, self.over = threading.Lock(), threading.Event()
        self.seconds = seconds
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self):
        self.over.set()
        self.shutdown()
        self.server_close()
        self.thread.join()

    def handle_error(self, request, client_address):
        """Clients go away."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            if body.get("customer", {}).get("name") == "":
                self.server.over.wait(self.server.seconds)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


def fuzz_one_lock(seconds):
    there = OneLock(seconds)
    try:
        with UrlTarget(there.url, workers=4, timeout=1.0) as target:
            chosen = Settings(max_examples=0, only=("valid:/customer/name::*", "valid:/customer/email::*"))
            return run(TERMS, target, chosen, Context(target=there.url, kind="url"))
    finally:
        there.close()


def test_what_was_only_held_up_by_a_hang_is_no_hang():
    (finding,) = fuzz_one_lock(1.6).findings
    assert finding.title == 'hangs when customer.name is ""'


def test_a_receiver_that_answers_nothing_since_is_one_finding_that_says_so():
    result = fuzz_one_lock(3600)
    (finding,) = result.findings
    assert finding.title.startswith("answers nothing any more, perhaps since it hangs when customer.")
    assert "one of 4 deliveries under way" in finding.title
    assert result.summary.not_judged > 0
    assert result.summary.stopped == "the target hung for too long"
