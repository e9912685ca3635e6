"""ASGI and WSGI apps in this process: judged like receivers over the network, and by what they raise."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import wsgiref.validate

import fastapi
import pytest

from contract_kit.errors import TargetError
from contract_kit.model import Delivery
from contract_kit.targets import AsgiApp, WsgiApp, send

BODY = b'{"event_type":"customer.created","customer":{"name":"Ada"}}'


def post(body=BODY, **fields):
    return Delivery(key=fields.pop("key", 0), body=body, **fields)


def call_asgi(app, delivery, path=None, **how):
    """One delivery, the app's lifespan around it."""
    with AsgiApp(app, path=path, **how) as target:
        return target.call(delivery)


def call_wsgi(app, delivery, path=None, **how):
    return WsgiApp(app, path=path, **how).call(delivery)


# ---- ASGI ---------------------------------------------------------------------------------------------------


def asgi(*, status=200, headers=(), body=b"", before=None, after=None, seen=None):
    """A bare app that answers as told; ``before`` and ``after`` its reply it calls and awaits what is given."""

    async def app(scope, receive, send):
        assert scope["type"] == "http", "this app knows no lifespan"
        if seen is not None:
            seen.append(scope)
        if before is not None:
            await before(receive)
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})
        if after is not None:
            await after(receive)

    return app


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "accepted"), (204, "accepted"), (302, "crashed"), (422, "rejected"), (500, "crashed")],
)
def test_an_asgi_apps_status_says_the_outcome(status, outcome):
    reply = call_asgi(asgi(status=status, headers=[(b"X-Note", b"\xe9")], body=b"said"), post())
    assert (reply.outcome, reply.status, reply.body) == (outcome, status, b"said")
    assert reply.headers == (("x-note", "é"),)


def test_the_scope_is_what_the_specification_says():
    seen = []
    call_asgi(
        asgi(seen=seen), post(headers=(("Content-Type", "application/json"), ("X-Ünï", "é"))), "/a%20b?x=1"
    )
    scope = seen[0]
    assert (scope["method"], scope["path"], scope["raw_path"], scope["query_string"]) == (
        "POST",
        "/a b",
        b"/a%20b",
        b"x=1",
    )
    assert (b"content-type", b"application/json") in scope["headers"]
    assert (b"content-length", b"%d" % len(BODY)) in scope["headers"]
    assert all(name == name.lower() for name, _ in scope["headers"])
    assert scope["asgi"]["version"] == "3.0"


@pytest.mark.parametrize("framing", ["plain", "chunked", "http-1.0"])
def test_an_asgi_app_gets_the_body_whole_however_it_is_framed(framing):
    got = []

    async def read(receive):
        more = True
        while more:
            message = await receive()
            got.append(message["body"])
            more = message["more_body"]

    call_asgi(asgi(before=read), post(framing=framing))
    assert b"".join(got) == BODY
    assert (len(got) > 1) == (framing == "chunked")


def test_a_framing_that_exists_only_on_a_wire_is_not_judged():
    assert call_asgi(asgi(), post(framing="two-lengths")).outcome == "not_judged"
    assert call_wsgi(wsgi(), post(framing="two-lengths")).outcome == "not_judged"


async def stumble(receive):
    raise KeyError("customer")


async def leave(receive):
    sys.exit(3)


async def sleep_long(receive):
    await asyncio.sleep(60)


async def block(receive):
    time.sleep(0.3)  # noqa: ASYNC251 - blocking is what it is about


async def wait_for_the_end(receive):
    await receive()
    assert (await receive())["type"] == "http.disconnect"


def test_an_exception_out_of_an_asgi_app_is_a_crash_with_its_place():
    reply = call_asgi(asgi(before=stumble), post())
    assert (reply.outcome, reply.exception, reply.message) == ("crashed", "KeyError", "'customer'")
    assert "test_inprocess_apps.py" in reply.where
    assert reply.where.endswith("in stumble")


def test_an_asgi_app_that_exits_is_a_crash_and_not_our_end():
    assert call_asgi(asgi(before=leave), post()).exception == "SystemExit"


@pytest.mark.parametrize("before", [sleep_long, wait_for_the_end])
def test_an_asgi_app_that_waits_too_long_times_out(before):
    reply = call_asgi(asgi(before=before), post(), timeout=0.1)
    assert reply.outcome == "timed_out"
    assert before.__name__ in reply.detail


def test_an_asgi_app_that_blocks_too_long_times_out_when_it_is_over():
    assert call_asgi(asgi(before=block), post(), timeout=0.1).outcome == "timed_out"


@pytest.mark.parametrize("after", [sleep_long, stumble])
def test_what_an_asgi_app_does_after_its_reply_does_not_change_it(after):
    assert call_asgi(asgi(after=after), post(), timeout=0.1).outcome == "accepted"


def test_an_asgi_app_hears_of_the_end_after_its_reply():
    assert call_asgi(asgi(after=wait_for_the_end), post(), timeout=2).outcome == "accepted"


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"type": "http.response.start", "status": 200}],
        [{"type": "http.response.body", "body": b""}],
        [{"type": "http.response.start", "status": 200}] * 2,
        [{"type": "http.response.start", "status": 200}, {"type": "http.response.body", "more_body": True}],
        [{"type": "websocket.accept"}],
        [{"type": "http.response.start", "status": "no"}],
    ],
)
def test_an_asgi_reply_that_is_none_is_a_crash(messages):
    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    assert call_asgi(app, post()).outcome == "crashed"


def test_an_endless_asgi_reply_is_cut():
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})

    reply = call_asgi(app, post())
    assert (reply.outcome, len(reply.body)) == ("accepted", 65_536)
    assert "cut" in reply.detail


class WithLifespan:
    """An app that says how its life went; ``fails`` is what its startup answers."""

    def __init__(self, fails=None):
        self.fails, self.life = fails, []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            assert (await receive())["type"] == "lifespan.startup"
            if self.fails:
                await send({"type": "lifespan.startup.failed", "message": self.fails})
                return
            scope["state"]["db"] = "open"
            self.life.append("up")
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
            self.life.append("down")
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.life.append(scope["state"]["db"])
        await asgi()(scope, receive, send)


def test_the_lifespan_goes_around_all_deliveries():
    app = WithLifespan()
    with AsgiApp(app, name="shop:app") as target:
        assert target.kind == "asgi"
        outcomes = [reply.outcome for _, reply in target.exchange([post(key=1), post(key=2)])]
        target.close()
        target.close()
    assert outcomes == ["accepted"] * 2
    assert app.life == ["up", "open", "open", "down"]


def test_a_startup_that_fails_is_a_target_error_in_one_line():
    with pytest.raises(TargetError, match="startup failed: no database") as caught:
        call_asgi(WithLifespan(fails="Traceback\nno database"), post())
    assert "\n" not in str(caught.value)


def test_an_app_without_a_lifespan_is_served_whether_it_returns_or_raises():
    async def returns(scope, receive, send):
        if scope["type"] == "http":
            await asgi()(scope, receive, send)

    assert call_asgi(returns, post()).outcome == "accepted"
    assert call_asgi(asgi(), post()).outcome == "accepted"


def test_an_asgi_app_is_called_where_a_loop_is_running_already():
    async def inside():
        return call_asgi(asgi(), post())

    assert asyncio.run(inside()).outcome == "accepted"


def test_an_asgi_app_that_asks_to_wait_is_asked_again_and_then_not_judged():
    seen = []
    reply = call_asgi(asgi(status=429, headers=[(b"retry-after", b"0")], seen=seen), post())
    assert (reply.outcome, len(seen)) == ("not_judged", 3)


# ---- WSGI ---------------------------------------------------------------------------------------------------


def wsgi(*, status="200 OK", headers=(), body=(b"",), before=None, seen=None):
    def app(environ, start_response):
        if seen is not None:
            seen.append(environ)
        if before is not None:
            before(environ)
        start_response(status, list(headers))
        return list(body)

    return app


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("200 OK", "accepted"), ("302 Found", "crashed"), ("404 Not Found", "rejected"), ("500 Oh", "crashed"),
     ("201", "accepted")],
)  # fmt: skip
def test_a_wsgi_apps_status_says_the_outcome(status, outcome):
    reply = call_wsgi(wsgi(status=status, headers=[("X-Note", "é")], body=(b"sa", b"id")), post())
    assert (reply.outcome, reply.status, reply.body) == (outcome, int(status[:3]), b"said")
    assert reply.headers == (("x-note", "é"),)


def test_the_environment_is_what_the_specification_says():
    seen = []
    reply = call_wsgi(
        wsgiref.validate.validator(wsgi(headers=[("Content-Type", "text/plain")], seen=seen)),
        post(headers=(("content-type", "application/json"), ("X-A", "é"), ("x-a", "2"))),
        "/a%20b?x=1",
    )
    assert reply.outcome == "accepted", reply.message
    environ = seen[0]
    assert (environ["PATH_INFO"], environ["QUERY_STRING"], environ["CONTENT_TYPE"]) == (
        "/a b",
        "x=1",
        "application/json",
    )
    assert environ["CONTENT_LENGTH"] == str(len(BODY))
    assert environ["HTTP_X_A"] == "é,2"
    assert environ["wsgi.input"].read(10**6) == BODY


def stumble_wsgi(environ):
    raise KeyError("customer")


def test_an_exception_out_of_a_wsgi_app_is_a_crash_with_its_place():
    reply = call_wsgi(wsgi(before=stumble_wsgi), post())
    assert (reply.outcome, reply.exception, reply.message) == ("crashed", "KeyError", "'customer'")
    assert reply.where.endswith("in stumble_wsgi")


@pytest.mark.parametrize(
    "app",
    [
        wsgi(status="fine"),
        wsgi(status=200),
        wsgi(status="2000 OK"),
        wsgi(headers=[("x", 1)]),
        wsgi(body=["text"]),
        wsgi(before=lambda environ: sys.exit(1)),
        lambda environ, start: None,
        lambda environ, start: [b"early"],
        lambda environ, start: [],
        lambda environ, start: [start("200 OK", []), start("200 OK", [])][:0],
    ],
)
def test_a_wsgi_reply_that_is_none_is_a_crash(app):
    assert call_wsgi(app, post()).outcome == "crashed"


def test_write_and_exc_info_do_what_the_specification_says():
    def changes_its_mind(environ, start_response):
        start_response("200 OK", [])
        try:
            raise LookupError
        except LookupError:
            start_response("400 Bad Request", [], sys.exc_info())
        return [b"no"]

    def too_late(environ, start_response):
        start_response("200 OK", [])(b"sent")
        try:
            raise LookupError
        except LookupError:
            start_response("400 Bad Request", [], sys.exc_info())
        return []

    def writes(environ, start_response):
        write = start_response("200 OK", [])
        write(b"by ")
        return [b"hand"]

    assert call_wsgi(changes_its_mind, post()).status == 400
    assert call_wsgi(too_late, post()).exception == "LookupError"
    assert call_wsgi(writes, post()).body == b"by hand"


class Pieces:
    closed = False

    def __init__(self, pieces):
        self.pieces = pieces

    def __iter__(self):
        return iter(self.pieces)

    def close(self):
        self.closed = True


@pytest.mark.parametrize("pieces", [[b"a"], iter(lambda: b"x" * 65_536, None), map(stumble_wsgi, [1])])
def test_the_result_is_closed_whatever_comes_of_it(pieces):
    result = Pieces(pieces)

    def app(environ, start_response):
        start_response("200 OK", [])
        return result

    call_wsgi(app, post())
    assert result.closed


def test_a_wsgi_app_that_takes_too_long_times_out():
    assert call_wsgi(wsgi(before=lambda environ: time.sleep(0.2)), post(), timeout=0.1).outcome == "timed_out"


# ---- real frameworks ----------------------------------------------------------------------------------------


def test_a_fastapi_app_is_driven_at_its_own_route_and_its_crash_is_named():
    app = fastapi.FastAPI()

    @app.post("/webhooks/flexprice")
    async def hook(request: fastapi.Request):
        event = json.loads(await request.body())
        return {"name": event["customer"]["name"].strip()}

    with AsgiApp(app) as target:
        assert send(target, post()).outcome == "accepted"
        reply = send(target, post(b'{"customer": {"name": 1}}'))
    assert (reply.outcome, reply.exception) == ("crashed", "AttributeError")
    assert reply.where.endswith("in hook")


def test_a_starlette_app_answers_500_and_still_names_its_exception():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def hook(request):
        event = await request.json()
        return JSONResponse({"name": event["customer"]["name"].strip()})

    app = AsgiApp(Starlette(routes=[Route("/hooks", hook, methods=["POST"]), Route("/", hook)]))
    try:
        assert app.call(post()).outcome == "accepted"
        reply = app.call(post(b'{"customer": {"name": null}}'))
    finally:
        app.close()
    assert (reply.outcome, reply.status, reply.exception) == ("crashed", 500, "AttributeError")
    assert reply.where.endswith("in hook")


def test_a_flask_app_that_swallows_its_exception_is_a_crash_with_its_place():
    import flask

    app = flask.Flask("shop")

    @app.post("/webhooks")
    def hook():
        event = flask.request.get_json()
        return {"name": event["customer"]["name"].strip()}

    with WsgiApp(app, name="shop:app") as target:
        assert send(target, post()).outcome == "accepted"
        assert send(target, post(b"{")).status == 400
        reply = send(target, post(b'{"customer": {"name": null}}'))
    assert (reply.outcome, reply.status, reply.exception) == ("crashed", 500, "AttributeError")
    assert reply.where.endswith("in hook")


def test_a_django_app_that_swallows_its_exception_is_a_crash_with_its_place(tmp_path):
    """In a process of its own: Django's settings are for a whole process."""
    import subprocess

    program = tmp_path / "shop.py"
    program.write_text(
        """
import json, sys
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from contract_kit.model import Delivery
from contract_kit.targets import WsgiApp

def hook(request):
    return HttpResponse(json.loads(request.body)["customer"]["name"].strip())

urlpatterns = [path("hook/", hook)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
app = WsgiApp(get_wsgi_application(), path="/hook/")
for body in (b'{"customer": {"name": "Ada"}}', b'{"customer": {}}'):
    reply = app.call(Delivery(key=0, body=body))
    print(reply.outcome, reply.status, reply.exception, reply.where)
"""
    )
    root = str(__import__("pathlib").Path(__file__).parent.parent)
    out = subprocess.run(
        [sys.executable, str(program)],
        cwd=tmp_path,
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.splitlines() == ["accepted 200 None None", "crashed 500 KeyError shop.py:12 in hook"], (
        out.stderr
    )


def test_the_path_is_found_where_the_app_has_one_place_for_webhooks():
    import flask
    from starlette.applications import Starlette
    from starlette.routing import Route

    from contract_kit.targets._apps import guess_path

    async def view(request): ...

    assert guess_path(asgi()) == "/"
    assert guess_path(Starlette(routes=[Route("/in", view, methods=["POST"]), Route("/out", view)])) == "/in"
    two = [Route("/login", view, methods=["POST"]), Route("/Webhooks", view, methods=["POST"])]
    assert guess_path(Starlette(routes=two)) == "/Webhooks"
    assert guess_path(Starlette(routes=[*two, Route("/hook2", view, methods=["POST"])])) == "/"
    app = flask.Flask("shop")
    app.add_url_rule("/events", view_func=lambda: "", methods=["POST"])
    assert guess_path(app) == "/events"


def test_an_app_is_called_again_and_again_without_leaving_anything_behind():
    import logging

    handlers = len(logging.getLogger().handlers)
    app = WsgiApp(wsgi(before=stumble_wsgi))
    for _ in range(5):
        app.call(post())
    assert len(logging.getLogger().handlers) == handlers
