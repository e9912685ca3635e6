"""Receivers with one fault each, over loopback: one finding, named for its cause; and sound ones that act late."""

from __future__ import annotations

import io
import json
import queue
import textwrap
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cli_makers import run as command_line

from contract_kit.delivery import delivery_cases, prepare
from contract_kit.errors import TargetError
from contract_kit.report import Context
from contract_kit.runner import Settings, run
from contract_kit.sample import Receiver, serve
from contract_kit.spec import load_terms
from contract_kit.targets import ReceiverGone, UrlTarget

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TERMS = load_terms("customer.created")
OUTSIDE = frozenset({"delivery", "foreign", "malformed", "equivalent"})


def fuzz(app, *, sign="svix", effects=None, secret=SECRET, workers=8, **settings):
    chosen = Settings(secret=secret, sign=sign, effects=effects, **{"max_examples": 0} | settings)
    with serve(app) as running, UrlTarget(running.url, workers=workers, timeout=5) as target:
        return run(TERMS, target, chosen, Context(target=running.url, kind="url", secret=True))


def titles(result):
    return [(one.finding, one.title) for one in result.findings]


def reading(change, inner=None):
    """A receiver that verifies what ``change`` makes of the body."""
    inner = inner or Receiver(secret=SECRET)

    def app(environ, start_response):
        if environ["REQUEST_METHOD"] != "POST":
            return inner(environ, start_response)
        body = change(environ["wsgi.input"].read())
        return inner(
            {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}, start_response
        )

    return app


def answering(status, when=lambda _body, _environ: True, headers=()):
    """A receiver that has one answer to some requests."""
    inner = Receiver(secret=SECRET)

    def app(environ, start_response):
        body = environ["wsgi.input"].read()
        again = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if not when(body, environ):
            return inner(again, start_response)
        start_response(status, [("Content-Length", "0"), *headers])
        return [b""]

    return app


# -- what is verified -----------------------------------------------------------------------------------


def ascii_again(body):
    try:
        return json.dumps(json.loads(body), separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return body


def blanks_again(body):
    try:
        return json.dumps(json.loads(body)).encode()
    except (ValueError, RecursionError):
        return body


@pytest.mark.parametrize(
    "change",
    [ascii_again, blanks_again, lambda body: body.decode("latin-1").encode()],
    ids=["ascii", "blanks", "latin-1"],
)
def test_who_verifies_another_spelling_is_fuzzed_though_it_refuses_the_first_delivery(change):
    (said,) = titles(fuzz(reading(change), kinds=OUTSIDE))
    why = "verifies another spelling of the body than what was sent"
    assert said == (
        "false_reject",
        f"{why}: refuses a delivery that must be taken: non-ASCII letters as they are",
    )


def test_another_spelling_explains_the_bodies_that_are_refused_too():
    only = ("valid:/customer/*::absent", "valid:::*", "delivery:::body-*", "delivery:::sound", "equivalent:*")
    result = fuzz(reading(ascii_again), only=only)
    (found,) = result.findings
    assert found.title.startswith("verifies another spelling of the body")
    assert found.count > 30


def test_a_receiver_of_the_other_family_is_told_from_a_wrong_secret():
    names = {f"HTTP_SVIX_{part}" for part in ("ID", "TIMESTAMP", "SIGNATURE")}
    deaf = answering("401 Unauthorized", lambda _, environ: bool(names & environ.keys()))
    with pytest.raises(TargetError, match=r"takes the same under the names webhook-.*; say --sign webhook"):
        fuzz(deaf)
    assert fuzz(deaf, sign="webhook", only=("delivery:::several-*",)).findings == ()


def test_who_wants_signatures_and_gets_none_is_asked_for_the_secret():
    with pytest.raises(TargetError, match="401: are signatures wanted"):
        fuzz(Receiver(secret=SECRET), secret=None)


def test_a_wrong_secret_that_is_answered_400_is_hinted_at():
    result = fuzz(answering("400 Bad Request"), only=("valid:::*",))
    assert "is the secret right" in " ".join(result.notes)


# -- one cause is one finding ---------------------------------------------------------------------------


def is_json(body):
    try:
        json.loads(body.decode())
    except (ValueError, RecursionError):
        return False
    return True


def is_text(body):
    try:
        body.decode()
    except ValueError:
        return False
    return True


def signed(environ):
    return "HTTP_SVIX_SIGNATURE" in environ or "HTTP_WEBHOOK_SIGNATURE" in environ


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (
            answering("302 Found", headers=[("Location", "/")]),
            ("crash", "answers 302 on a delivery: a sound delivery"),
        ),
        (
            answering("500 Oops", lambda body, environ: signed(environ) and not is_text(body)),
            ("crash", "answers 500 on a body that is no UTF-8: random bytes"),
        ),
        (
            answering("500 Oops", lambda body, environ: signed(environ) and not is_json(body)),
            ("crash", "answers 500 on a body that is no JSON: text behind the body"),
        ),
        (
            answering("500 Oops", lambda _, environ: not environ.get("CONTENT_TYPE")),
            ("crash", "answers 500 on a delivery: no content type"),
        ),
    ],
    ids=["302", "no-text", "no-json", "no-content-type"],
)
def test_one_fault_is_one_finding_with_its_name(app, said):
    # Framings that are broken reach the app as another body; that is not what is meant here.
    assert titles(fuzz(app, kinds=OUTSIDE, skip=("delivery:::framing-*",))) == [said]


def test_who_refuses_repeats_has_one_finding():
    done = set()

    def is_repeat(_body, environ):
        number = environ.get("HTTP_SVIX_ID", environ.get("HTTP_WEBHOOK_ID"))
        again = number in done
        done.add(number)
        return again

    result = fuzz(answering("409 Conflict", is_repeat), only=("delivery:::repeat-*",))
    (said,) = titles(result)
    assert said[1].startswith("refuses what it has taken before: ")
    assert said[1].endswith("the same id again, freshly signed")


# -- effects --------------------------------------------------------------------------------------------


class Behind:
    """Answers first and acts later, one after the other, and each takes its time."""

    def __init__(self, seconds):
        self.writes = 0
        self._receiver = Receiver(secret=SECRET)
        self._work, self._seconds = queue.Queue(), seconds
        threading.Thread(target=self._act, daemon=True).start()

    def __call__(self, environ, start_response):
        before = self._receiver.writes
        reply = self._receiver(environ, start_response)
        for _ in range(self._receiver.writes - before):
            self._work.put(1)
        return reply

    def _act(self):
        while True:
            self.writes += self._work.get()
            time.sleep(self._seconds)


def test_a_queue_that_falls_behind_makes_no_duplicates_and_loses_nothing():
    receiver = Behind(0.01)
    only = ("valid:/customer/*::absent", "valid:/customer/email:*", "delivery:*")
    result = fuzz(receiver, effects=lambda: receiver.writes, only=only)
    assert titles(result) == []
    assert result.summary.not_judged == 0
    assert result.summary.cases > 250, "many more than it can act upon in the time"


def test_who_acts_twice_on_each_event_is_told_of_it_and_not_of_a_repeat():
    receiver = Receiver(secret=SECRET)
    result = fuzz(receiver, effects=lambda: 2 * receiver.writes, only=("delivery:::repeat-*",))
    assert titles(result) == [
        ("duplicate_effect", "acts more than once on one delivery: 4 effects of 2 different events")
    ]
    assert result.findings[0].case.id == "delivery:::repeat-other-customer"


def test_effects_that_cannot_be_told_any_more_end_no_run():
    receiver = Receiver(secret=SECRET)
    asked = []

    def effects():
        asked.append(1)
        if len(asked) > 3:
            raise TargetError("--effects: it broke")
        return receiver.writes

    result = fuzz(receiver, effects=effects, only=("delivery:::repeat-*", "delivery:::sound"))
    assert titles(result) == []
    assert "effects not judged: --effects: it broke" in result.notes
    assert result.summary.not_judged == 12, "each whose effects would have been counted"


APPS = """
    import os
    from contract_kit.sample import Receiver

    app = Receiver(secret=os.environ["CONTRACT_KIT_SECRET"])
    state = {}

    def effects():
        return app.writes

    async def later():
        return app.writes

    async def asgi(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            state["receiver"] = app
            await send({"type": "lifespan.startup.complete"})
            await receive()
            state.clear()
            return await send({"type": "lifespan.shutdown.complete"})
        import io
        body = b""
        more = True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        names = {k.decode("latin-1").upper().replace("-", "_"): v.decode("latin-1") for k, v in scope["headers"]}
        environ = {f"HTTP_{k}": v for k, v in names.items()}
        environ |= {
            "REQUEST_METHOD": scope["method"], "PATH_INFO": scope["path"], "wsgi.input": io.BytesIO(body),
            "CONTENT_TYPE": names.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": str(len(body)),
        }
        said = []
        parts = state["receiver"](environ, lambda status, headers: said.append((status, headers)))
        ((status, headers),) = said
        pairs = [(k.encode(), v.encode("latin-1")) for k, v in headers]
        await send({"type": "http.response.start", "status": int(status[:3]), "headers": pairs})
        await send({"type": "http.response.body", "body": b"".join(parts)})

    async def started():
        return state["receiver"].writes

    number = 3
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    (tmp_path / "late_shop.py").write_text(textwrap.dedent(APPS))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRACT_KIT_SECRET", SECRET)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "effects"),
    [
        ("late_shop:app", "late_shop:effects"),
        ("late_shop:app", "late_shop:later"),
        ("late_shop:asgi", "late_shop:started"),
    ],
)
def test_effects_of_an_app_are_asked_for_in_its_own_process(shop, target, effects):
    words = ("--path", "/webhooks", "--only", "delivery:::repeat-*", "--max-examples", "0")
    done = command_line("fuzz", target, *words, "--effects", effects, cwd=shop)
    assert (done.code, done.err) == (0, ""), done.out
    assert "effects not" not in done.out


def test_what_is_no_counter_is_told_before_the_run(shop):
    words = ("--path", "/webhooks", "--only", "delivery:::repeat-*")
    no_call = command_line("fuzz", "late_shop:app", *words, "--effects", "late_shop:number", cwd=shop)
    assert (no_call.code, no_call.errors) == (2, ["Error: --effects late_shop:number cannot be called"])
    nowhere = command_line("fuzz", "late_shop:app", *words, "--effects", "late_shop:nobody", cwd=shop)
    assert (nowhere.code, len(nowhere.errors)) == (3, 1)
    assert "late_shop has no 'nobody'" in nowhere.err


def test_an_app_that_takes_webhooks_elsewhere_is_asked_for_its_path(shop):
    done = command_line("fuzz", "late_shop:app", "--path", "/hooks", cwd=shop)
    told = "Error: late_shop:app answers the first sound delivery with 404: is the path right (--path)?"
    assert (done.code, done.errors) == (3, [told])


# -- the delivery before --------------------------------------------------------------------------------


def test_what_is_taken_from_the_delivery_before_is_what_was_sent_however_long_ago():
    case = next(c for c in delivery_cases(TERMS, signed=True) if c.variant == "headers-of-other")
    sound = prepare(case, 0, secret=SECRET, run="r", now=1_000)
    wrong = prepare(case, 1, secret=SECRET, run="r", now=1_007, began=1_000)
    names = ("svix-id", "svix-timestamp", "svix-signature")
    theirs, ours = dict(sound.headers), dict(wrong.headers)
    assert [ours[name] for name in names] == [theirs[name] for name in names]
    assert sound.body != wrong.body


# -- a receiver that dies -------------------------------------------------------------------------------


class Dying(UrlTarget):
    """A receiver that is there no more once it was given some body."""

    def exchange(self, deliveries, /):
        for delivery in deliveries:
            if b"\xff" in delivery.body:
                gone = ReceiverGone(self.name, "connection refused")
                gone.lost = (*self.before, delivery) if self.with_others else (delivery,)
                for given, reply in super().exchange(gone.lost):
                    yield given, replace(reply, outcome="not_judged", status=None, headers=(), body=b"")
                raise gone
            self.before = (delivery,)
            yield from super().exchange((delivery,))


@pytest.mark.parametrize("others", [False, True], ids=["alone", "under-way-with-others"])
def test_a_receiver_that_dies_of_a_body_is_a_crash_with_the_case(others):
    """With others under way it is not known which it was: the least sound is named, and said to be one of them."""
    only = ("malformed:::text-*", "valid:/customer/email:*") if others else ("malformed:::text-*",)
    with serve(Receiver(secret=SECRET)) as running, Dying(running.url) as target:
        target.with_others = others
        chosen = Settings(secret=SECRET, max_examples=0, only=only)
        result = run(TERMS, target, chosen, Context(target=running.url, kind="url", secret=True))
    (found,) = result.findings
    assert (found.finding, found.case.kind) == ("crash", "malformed")
    assert "on a body that is no UTF-8" in found.title
    if others:
        assert found.title.startswith("dies, perhaps ")
        assert found.title.endswith(" (one of 2 deliveries under way)")
    else:
        assert found.title.startswith("dies on ")
    assert result.summary.stopped == "receiver gone"
    assert any(f"under way was {found.case.id}" in note for note in result.notes)
    assert result.summary.not_judged == int(others)


# -- what is left unread over a connection ---------------------------------------------------------------


class Hasty(BaseHTTPRequestHandler):
    """Answers 401 before it has read the body, and keeps the connection: the body is read as the next request."""

    protocol_version = "HTTP/1.1"
    reads_first = False
    sound = Receiver(secret=SECRET)

    def do_POST(self):
        size = self.headers.get("content-length", "")
        if not size.isdecimal():
            self.close_connection = True
            self.answer(411)
            return
        body = self.rfile.read(int(size)) if self.reads_first or self.is_signed() else b""
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/webhooks",
            "CONTENT_TYPE": self.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()},
        }
        self.sound(environ, lambda status, _headers: self.answer(int(status.split()[0])))

    def is_signed(self):
        return any(self.headers.get(f"{family}-signature") for family in ("svix", "webhook"))

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


@pytest.mark.parametrize("reads_first", [False, True])
def test_who_answers_before_it_has_read_the_body_is_one_finding(reads_first):
    """Whatever comes next over that connection fails in its own way: none of that is a finding of its own."""
    handler = type("Handler", (Hasty,), {"reads_first": reads_first})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/webhooks"
            with UrlTarget(url, workers=4, timeout=5) as target:
                chosen = Settings(
                    secret=SECRET,
                    sign="svix",
                    max_examples=0,
                    only=("delivery:*",),
                    skip=("*framing*", "*method*"),
                )
                result = run(TERMS, target, chosen, Context(target=url, kind="url", secret=True))
        finally:
            server.shutdown()
    found = [(one.finding, one.case.id) for one in result.findings]
    assert found == ([] if reads_first else [("inconsistent", "delivery:::connection-unsigned")])
    if found:
        assert result.findings[0].title.startswith(
            "takes what it left unread of a delivery for the next one: "
        )
