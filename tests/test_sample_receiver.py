"""The sample receiver is right in everything but what is planted in it, and that is known again when found."""

from __future__ import annotations

import functools
import http.client
import io
import json
import socket
import threading
from pathlib import Path

import pytest

import contract_kit.sample as sample
from contract_kit.cases import body_cases
from contract_kit.delivery import delivery_cases, prepare, sign, signed
from contract_kit.errors import SigningError
from contract_kit.model import Delivery, Finding, Reply
from contract_kit.sample import DEMO, Fault, Receiver, compare, planted, serve
from contract_kit.sample._payload import EVENTS
from contract_kit.spec import load_terms
from contract_kit.targets._url import UrlTarget

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TERMS = load_terms("customer.created")
WRONG = {("accept", "rejected"): "false_reject", ("reject", "accepted"): "false_accept"}


@functools.cache
def bodies():
    """The whole catalogue under the policy that asks the most: the others only take demands away."""
    return tuple(body_cases(TERMS, policy="schema", target="wsgi"))


@functools.cache
def deliveries(target="url"):
    return tuple(delivery_cases(TERMS, policy="schema", signed=True, effects=True, target=target))


def call(app, delivery, path="/webhooks"):
    """The app called as a server calls it: outcome, status and the reply's body."""
    environ = {
        "REQUEST_METHOD": delivery.method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(delivery.body)),
        "wsgi.input": io.BytesIO(delivery.body),
    }
    for name, value in delivery.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    started = []
    try:
        body = b"".join(app(environ, lambda status, headers: started.append(int(status[:3]))))
    except Exception:
        return "crashed", 500, b""
    status = started[0]
    return "accepted" if status < 300 else "rejected" if status < 500 else "crashed", status, body


def finding(case, name):
    return Finding(
        id=case.id,
        finding=name,
        title="",
        pointer=case.pointer,
        keyword=case.keyword,
        locations=(),
        count=1,
        case=case,
        reply=Reply(outcome="accepted"),
        expected="",
        observed="",
        changed="",
    )


def name_of(expect, outcome):
    return "crash" if outcome == "crashed" else WRONG.get((expect, outcome))


def body_findings(receiver, keep=lambda _case: True):
    found = []
    for case in bodies():
        if keep(case):
            delivery = Delivery(key=case.id, body=case.body, headers=case.headers)
            name = name_of(case.expect, call(receiver, delivery)[0])
            if name:
                found.append(finding(case, name))
    return found


def delivery_findings(receiver):
    """In process, without framings: each case by itself, its effects counted."""
    found = []
    for case in deliveries("wsgi"):
        before, names = receiver.writes, set()
        for index, step in enumerate(case.steps):
            sent = prepare(case, index, secret=SECRET, run="run")
            outcome, _, reply = call(receiver, sent)
            names.add(name_of(step.expect, outcome))
            if b"expected v1," in reply:
                names.add("leak")
        names.discard(None)
        if not names and case.effects is not None and receiver.writes - before > case.effects:
            names.add("duplicate_effect")
        found += [finding(case, name) for name in names]
    return found


def test_without_faults_no_body_of_the_catalogue_is_answered_wrongly():
    receiver = Receiver()
    assert [one.id for one in body_findings(receiver)] == []
    assert receiver.writes > 500


def over_http(receiver, cases):
    """Every step of every case over real connections; cases with one step many at a time."""
    answers = {}
    with serve(receiver) as running, UrlTarget(running.url, workers=8) as target:
        singles = [case for case in cases if len(case.steps) == 1]
        for delivery, reply in target.exchange(prepare(c, 0, secret=SECRET, run="run") for c in singles):
            answers[delivery.key] = reply.outcome
        for case in cases:
            if len(case.steps) == 1:
                continue
            before = receiver.writes
            for group in groups(case):
                sent = [prepare(case, index, secret=SECRET, run="run") for index in group]
                answers |= {delivery.key: reply.outcome for delivery, reply in target.exchange(sent)}
            answers[case.id] = receiver.writes - before
    return answers


def groups(case):
    """The numbers of the steps, those that go out together side by side."""
    found = []
    for index, step in enumerate(case.steps):
        if step.together:
            found[-1].append(index)
        else:
            found.append([index])
    return found


def test_without_faults_every_delivery_case_passes_over_http_and_repeats_have_their_effects():
    answers = over_http(Receiver(secret=SECRET), deliveries())
    for case in deliveries():
        for index, step in enumerate(case.steps):
            outcome = answers[case.id, index]
            assert outcome != "timed_out", case.id
            assert name_of(step.expect, outcome) is None, (case.id, index, outcome)
        if case.effects is not None:
            assert answers[case.id] == case.effects, case.id


def test_an_unsigned_receiver_passes_what_is_sent_without_a_secret():
    receiver = Receiver()
    for case in delivery_cases(TERMS, policy="schema", signed=False, target="wsgi"):
        for index, step in enumerate(case.steps):
            outcome = call(receiver, prepare(case, index, secret=None, run="run"))[0]
            assert name_of(step.expect, outcome) is None, case.id


def test_what_demo_plants_is_found_exactly():
    """Whole catalogue, one finding a case: each is explained by a planted fault, and no fault is missed."""
    unsigned, signing = Receiver(faults=DEMO), Receiver(secret=SECRET, faults=DEMO)
    verdict = compare(body_findings(unsigned) + delivery_findings(signing))
    assert [one.fault for one in verdict.missed] == []
    assert [one.id for one in verdict.others] == []
    assert verdict.exact
    assert {one.fault for one in verdict.found} == DEMO
    assert len({one.finding for one in planted()}) == 4


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_each_fault_alone_is_found_as_itself(fault):
    def near(case):
        return any(word in case.id for word in ("email", "status", "updated_at", "created_at", "/name"))

    found = delivery_findings(Receiver(secret=SECRET, faults={fault}))
    found += body_findings(Receiver(faults={fault}), near)
    assert compare(found, {fault}).exact


def test_a_finding_that_was_not_planted_is_left_over_and_a_missed_fault_is_named():
    case = next(case for case in bodies() if case.kind == "malformed")
    verdict = compare([finding(case, "false_accept")], {Fault.STALE})
    assert [one.fault for one in verdict.missed] == [Fault.STALE]
    assert [one.id for one in verdict.others] == [case.id]
    assert not verdict.exact


def test_it_shares_no_code_with_what_it_is_tested_by():
    for path in Path(sample.__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for room in ("delivery", "cases", "schema", "spec", "jsonio"):
            assert f"contract_kit.{room}" not in text


def test_it_knows_the_events_of_the_document():
    node = next(place for place in TERMS.locations if place.pointer == "/event_type")
    assert next(rule.value for rule in node.constraints if rule.keyword == "enum") == sorted(
        EVENTS, key=next(rule.value for rule in node.constraints if rule.keyword == "enum").index
    )


@pytest.mark.parametrize("secret", ["whsec_!", "", "whsec_"])
def test_a_secret_that_is_none_is_refused_without_showing_it(secret):
    with pytest.raises(SigningError, match="no base64"):
        Receiver(secret=secret)


# -- the server ---------------------------------------------------------------------------------------


def request(connection, method, path, body=None, headers=()):
    connection.request(method, path, body, dict(headers))
    reply = connection.getresponse()
    return reply.status, dict(reply.getheaders()), reply.read()


def test_one_connection_serves_health_effects_and_deliveries_one_after_the_other():
    body = b'{"event_type":"customer.created","customer":{"id":"c"}}'
    with serve(Receiver(secret=SECRET)) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        assert request(connection, "GET", "/health")[::2] == (200, b'{"ok": true}\n')
        kept = connection.sock
        headers = {"content-type": "application/json", **sign(body, SECRET)}
        for done_before in (False, True):
            status, _, reply = request(connection, "POST", "/webhooks", body, headers.items())
            assert (status, json.loads(reply)["done_before"]) == (200, done_before)
        assert json.loads(request(connection, "GET", "/effects")[2]) == {"writes": 1}
        assert request(connection, "HEAD", "/effects")[::2] == (200, b"")
        assert connection.sock is kept
        connection.close()
        assert running.url == f"http://127.0.0.1:{running.port}/webhooks"
        assert running.effects_url.endswith("/effects")
        assert running.health_url.endswith("/health")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/webhooks", 405),
        ("FOO", "/webhooks", 405),
        ("DELETE", "/effects", 405),
        ("GET", "/", 404),
        ("POST", "/webhooks", 401),
    ],
)
def test_what_is_not_there_is_refused_in_the_right_words(method, path, status):
    outcome, found, reply = call(Receiver(secret=SECRET), Delivery(key=0, body=b"", method=method), path)
    assert (outcome, found) == ("rejected", status)
    assert json.loads(reply)["error"]


def test_another_content_type_is_refused_after_the_signature_was_verified():
    delivery = Delivery(key=0, body=b"{}", headers=(("content-type", "text/plain"),))
    assert call(Receiver(secret=SECRET), delivery)[1] == 401
    assert call(Receiver(secret=SECRET), signed(delivery, SECRET))[1] == 415


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 5000000\r\n", b"413"),
        (b"Transfer-Encoding: chunked\r\n\r\n4c4b40\r\n", b"413"),
        (b"", b"411"),
        (b"Content-Length: 1\r\nContent-Length: 2\r\n", b"400"),
        (b"Transfer-Encoding: gzip\r\n", b"501"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_the_connection_closed(head, status):
    with serve(Receiver()) as running, socket.create_connection(("127.0.0.1", running.port), 5) as link:
        link.sendall(b"POST /webhooks HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
        reply = b"".join(iter(lambda: link.recv(65536), b""))
        assert reply.startswith(b"HTTP/1.1 " + status)


def test_leaving_the_block_closes_idle_connections_and_the_port():
    with serve(Receiver()) as running:
        link = socket.create_connection(("127.0.0.1", running.port), 5)
        link.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert link.recv(1000)
    assert link.recv(1000) == b""
    link.close()
    with pytest.raises(OSError, match=r"."):
        socket.create_connection(("127.0.0.1", running.port), 1)


def test_an_address_that_is_taken_is_an_oserror():
    with (
        serve(Receiver()) as running,
        pytest.raises(OSError, match=r"."),
        serve(Receiver(), port=running.port),
    ):
        pass


def test_requests_are_logged_only_where_somebody_asks(capfd):
    lines = []
    with serve(Receiver(), log=lines.append) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        request(connection, "GET", "/health")
        connection.close()
    assert lines == ["'GET /health HTTP/1.1' 200"]
    assert capfd.readouterr() == ("", "")


def test_many_threads_that_deliver_one_event_make_one_effect():
    receiver = Receiver(secret=SECRET)
    delivery = signed(Delivery(key=0, body=b"{}"), SECRET)
    threads = [threading.Thread(target=call, args=(receiver, delivery)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert receiver.writes == 1
