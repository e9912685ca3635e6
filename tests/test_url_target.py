"""The URL target against receivers of every kind: right ones, broken ones and hostile ones, all on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter

import pytest

from contract_kit.errors import RemoteAddressRefused, TargetError, UsageError
from contract_kit.model import Delivery
from contract_kit.targets import ReceiverGone, UrlTarget, fetch, send
from contract_kit.targets._framing_bytes import FRAMINGS, SOUND, Request, header_bytes
from contract_kit.targets._net import is_near, resolve
from contract_kit.targets._parser import BrokenReply, ReplyParser
from contract_kit.targets._status import asks_to_wait, judge_status

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Receiver:
    """A raw TCP receiver: each connection runs ``talk(sock, number)`` in a thread of its own."""

    def __init__(self, talk, *, tls=None, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, 0))
        self.listener.listen(256)
        self.port = self.listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://{f'[{host}]' if ':' in host else host}:{self.port}/hook"
        self.talk, self.tls = talk, tls
        self.over = threading.Event()
        self.socks, self.threads, self.connections = [], [], 0
        self.thread = threading.Thread(target=self._accept)
        self.thread.start()

    def _accept(self):
        while not self.over.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.socks.append(sock)
            self._take(sock)

    def _take(self, sock):
        thread = threading.Thread(target=self._serve, args=(sock, self.connections))
        self.threads.append(thread)
        thread.start()

    def _serve(self, sock, number):
        with contextlib.suppress(OSError):
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self.socks.append(sock)
            self.talk(sock, number)
        with contextlib.suppress(OSError):
            sock.close()

    def stop_listening(self):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def close(self):
        self.stop_listening()
        for sock in list(self.socks):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self.thread.join()
        for thread in self.threads:
            thread.join()


def read_request(sock, pending=b""):
    """One request with a Content-Length: (head, body, what came after it); ``None`` at the end."""
    data = pending
    while b"\r\n\r\n" not in data:
        more = sock.recv(65_536)
        if not more:
            return None
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    while len(rest) < length:
        more = sock.recv(65_536)
        if not more:
            return None
        rest += more
    return head, rest[:length], rest[length:]


def answering(reply):
    """A receiver that answers each request with ``reply`` (bytes, or a function of head and body)."""

    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            head, body, rest = request
            sock.sendall(reply(head, body) if callable(reply) else reply)

    return talk


def once(reply):
    """A receiver that answers one request on a connection and closes it."""

    def talk(sock, number):
        request = read_request(sock)
        if request is not None:
            sock.sendall(reply(*request[:2]) if callable(reply) else reply)

    return talk


@pytest.fixture
def receiver():
    made = []

    def make(talk, **options):
        made.append(Receiver(talk, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def target(receiver):
    made = []

    def make(talk, *, tls=None, host="127.0.0.1", **options):
        made.append(UrlTarget(receiver(talk, tls=tls, host=host).url, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def post(body=b"{}", **fields):
    return Delivery(key=fields.pop("key", 0), body=body, **fields)


# ---- the address guard --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.9.1", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd12::1",
     "::ffff:127.0.0.1", "::ffff:192.168.0.9"],
)  # fmt: skip
def test_loopback_and_private_addresses_are_near(address):
    assert is_near(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "0.0.0.0", "169.254.169.254", "172.32.0.1", "192.0.2.1", "198.51.100.7", "203.0.113.9", "100.64.0.1",
     "255.255.255.255", "224.0.0.1", "::", "fe80::1", "2001:db8::1", "2606:4700::1", "64:ff9b::7f00:1",
     "::ffff:8.8.8.8", "::ffff:169.254.169.254", "::127.0.0.1", "not an address"],
)  # fmt: skip
def test_every_other_address_is_remote(address):
    assert not is_near(address)


@pytest.mark.parametrize(
    "url",
    ["http://8.8.8.8/", "http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0:8000/",
     "http://[::ffff:8.8.8.8]/"],
)  # fmt: skip
def test_a_remote_address_is_refused_before_anything_is_sent(url):
    with pytest.raises(RemoteAddressRefused, match="allow-remote"):
        UrlTarget(url)


def test_allow_remote_lets_a_remote_address_pass():
    UrlTarget("http://192.0.2.1/", allow_remote=True).close()


def test_a_name_is_judged_by_the_address_it_leads_to(monkeypatch):
    def answer(host, port, type):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with (
        UrlTarget("http://receiver.test/") as target,
        pytest.raises(RemoteAddressRefused, match=r"93\.184\.216\.34"),
    ):
        send(target, post())
    with UrlTarget("http://receiver.test/") as target, pytest.raises(RemoteAddressRefused):
        target.wait_until_up(0.1)
    with pytest.raises(RemoteAddressRefused):
        fetch("http://receiver.test/")


def test_of_a_names_addresses_only_the_near_ones_are_connected_to(monkeypatch):
    both = [
        (2, 1, 6, "", ("93.184.216.34", 80)),
        (2, 1, 6, "", ("10.0.0.7", 80)),
        (2, 1, 6, "", ("10.0.0.7", 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: both)
    assert [address.text for address in resolve("mixed.test", 80)] == ["10.0.0.7"]
    assert len(resolve("mixed.test", 80, allow_remote=True)) == 2


def test_the_checked_address_is_the_one_connected_to_even_when_the_name_changes(target, monkeypatch):
    subject = target(answering(OK))
    looked_up = []
    real = socket.getaddrinfo

    def answer(*args, **named):
        looked_up.append(args)
        return real(*args, **named) if len(looked_up) == 1 else [(2, 1, 6, "", ("93.184.216.34", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    named = UrlTarget(subject.name.replace("127.0.0.1", "localhost"))
    with named:
        assert [send(named, post()).outcome for _ in range(3)] == ["accepted"] * 3
    assert len(looked_up) == 1


def test_an_unknown_host_is_a_target_error(monkeypatch):
    def fail(*args, **named):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with UrlTarget("http://nobody.invalid/") as target, pytest.raises(TargetError, match=r"nobody\.invalid"):
        send(target, post())


# ---- URLs and options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "127.0.0.1:80",
        "http://",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "",
        "http:///x",
    ],
)
def test_what_is_no_url_of_a_receiver_is_wrong_use(url):
    with pytest.raises(UsageError):
        UrlTarget(url)


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"timeout": 0}, {"rate": 0}, {"headers": [("a b", "c")]},
                                   {"headers": [("a", "b\r\nc: d")]}])  # fmt: skip
def test_impossible_options_are_refused_when_the_target_is_made(wrong):
    with pytest.raises(UsageError):
        UrlTarget("http://127.0.0.1/", **wrong)


def test_path_query_credentials_and_host_go_out_as_they_should(target):
    heads = []
    subject = target(answering(lambda head, body: heads.append(head) or OK))
    url = subject.name.replace("127.0.0.1", "me:p%40ss@127.0.0.1").replace("/hook", "/a b/ü?q=1 2#gone")
    with UrlTarget(url) as named:
        assert "p%40ss" not in named.name
        assert send(named, post()).outcome == "accepted"
    lines = heads[0].split(b"\r\n")
    assert lines[0] == b"POST /a%20b/%C3%BC?q=1%202 HTTP/1.1"
    assert lines[1] == b"Host: " + subject.name.split("/")[2].encode()
    assert b"Authorization: Basic bWU6cEBzcw==" in lines


def test_an_own_header_goes_along_and_gives_way_to_the_deliverys(target):
    heads = []
    subject = target(
        answering(lambda head, body: heads.append(head.split(b"\r\n")) or OK),
        headers=[("X-Team", "ours"), ("X-Both", "own"), ("Content-Type", "application/cloudevents+json")],
    )
    send(subject, post(headers=(("content-type", "application/json"), ("x-both", "case"))))
    send(subject, post(headers=(("CONTENT-type", "text/plain"),)))
    assert b"X-Team: ours" in heads[0]
    assert b"x-both: case" in heads[0]
    assert b"X-Both: own" not in heads[0]
    assert b"Content-Type: application/cloudevents+json" in heads[0]
    assert b"CONTENT-type: text/plain" in heads[1]
    assert not any(b"cloudevents" in line for line in heads[1])


def test_headers_go_out_raw_in_any_case_and_beyond_ascii(target):
    heads = []
    subject = target(answering(lambda head, body: heads.append(head) or OK))
    send(
        subject,
        post(
            headers=(
                ("SVIX-Id", "é"),
                ("svix-id", "€"),
                ("x-raw", b"\xff".decode("utf-8", "surrogateescape")),
            )
        ),
    )
    assert b"SVIX-Id: \xe9\r\nsvix-id: \xe2\x82\xac\r\nx-raw: \xff\r\n" in heads[0]
    assert header_bytes("\ud800") == b"?"


# ---- outcomes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "accepted"), (201, "accepted"), (299, "accepted"), (301, "crashed"), (302, "crashed"), (307, "crashed"),
     (304, "crashed"), (400, "rejected"), (401, "rejected"), (422, "rejected"), (499, "rejected"), (500, "crashed"),
     (503, "crashed"), (600, "crashed"), (101, "crashed"), (999, "crashed")],
)  # fmt: skip
def test_the_status_says_the_outcome(target, status, outcome):
    reply = b"HTTP/1.1 %d Said\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" % status
    got = send(target(answering(reply)), post())
    assert (got.outcome, got.status) == (outcome, status)
    assert judge_status(status)[0] == outcome


REPLIES = {
    "no length, until close": (b"HTTP/1.1 200 OK\r\n\r\nhello", "accepted", b"hello"),
    "HTTP/1.0": (b"HTTP/1.0 202 Accepted\r\nContent-Type: text/plain\r\n\r\nhello", "accepted", b"hello"),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "accepted", b""),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "accepted", b"hello"),
    "empty line first": (b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "accepted", b""),
    "chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n",
        "accepted",
        b"hello",
    ),
    "interim replies": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "accepted",
        b"",
    ),
    "same length twice": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "accepted", b"x"),
    "folded header": (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n", "accepted", b""),
    "unknown coding": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello", "accepted", b"hello"),
    "garbage": (b"\x00\xff\xfe nonsense", "crashed", b""),
    "HTTP/2": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", "crashed", b""),
    "html without a head": (b"<html>it works</html>", "crashed", b""),
    "bad status": (b"HTTP/1.1 OK 200\r\n\r\n", "crashed", b""),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "crashed", b""),
    "negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "crashed", b""),
    "no colon": (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "crashed", b""),
    "bad chunk size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "crashed", b""),
    "long chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", "crashed", b"a"),
    "cut head": (b"HTTP/1.1 200 OK\r\nContent-Le", "crashed", b""),
    "cut body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", "crashed", b"hello"),
    "cut chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "crashed", b"hel"),
    "closed at once": (b"", "crashed", b""),
    "interim only": (b"HTTP/1.1 100 Continue\r\n\r\n", "crashed", b""),
    "endless header": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000, "crashed", b""),
    "endless chunk header": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 9_000, "crashed", b""),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_is_read_as_clients_in_the_field_read_it(target, name):
    reply, outcome, body = REPLIES[name]
    got = send(target(once(reply)), post())
    assert (got.outcome, got.body) == (outcome, body), got.detail
    assert got.detail


@pytest.mark.parametrize("name", [name for name in REPLIES if REPLIES[name][1] == "accepted"])
def test_a_reply_is_the_same_however_it_is_cut_into_packets(name):
    reply, _, body = REPLIES[name]
    parser = ReplyParser()
    done = [parser.feed(reply[at : at + 1]) for at in range(len(reply))]
    assert done[:-1] == [False] * (len(reply) - 1) or parser.rest is False
    assert parser.end()
    assert parser.body == body


def test_a_body_of_a_million_tiny_chunks_is_cut_too():
    parser = ReplyParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    block = b"1\r\na\r\n" * 40_000
    began = time.process_time()
    while not parser.feed(block):
        pass
    assert parser.cut
    assert time.process_time() - began < 20
    parser = ReplyParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert parser.feed(b"1\r\na\r\n" * 5_000 + b"0\r\n\r\n")
    assert (parser.cut, len(parser.body)) == (False, 5_000)


def test_endless_interim_replies_and_trailers_come_to_an_end():
    parser = ReplyParser()
    with pytest.raises(BrokenReply, match="interim"):
        any(map(parser.feed, [b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 5_000] * 100))
    parser = ReplyParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    while not parser.feed(b"X: y\r\n" * 10_000):
        pass
    assert parser.cut


def test_a_parser_that_ended_early_says_where():
    parser = ReplyParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    with pytest.raises(BrokenReply, match="3 of 9"):
        parser.end()


def test_a_connection_that_switched_protocols_is_not_used_again(receiver):
    there = receiver(answering(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"))
    with UrlTarget(there.url, workers=1) as subject:
        assert [send(subject, post()).outcome for _ in range(2)] == ["crashed", "crashed"]
    assert there.connections == 2


def test_head_has_no_body_whatever_its_length_says(target):
    subject = target(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), timeout=1)
    assert [send(subject, post(b"", method="HEAD")).outcome for _ in range(2)] == ["accepted"] * 2


def test_a_reply_that_comes_before_the_body_was_read_counts(target):
    def talk(sock, number):
        sock.recv(1_000)
        sock.sendall(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    got = send(target(talk), post(b"x" * 5_000_000))
    assert (got.outcome, got.status) == ("rejected", 413), got.detail


# ---- asking to wait -----------------------------------------------------------------------------------------


def replies_in_turn(*replies):
    left = list(replies)
    return answering(lambda head, body: left.pop(0) if len(left) > 1 else left[0])


BUSY = b"HTTP/1.1 %d Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("status", [408, 429, 503])
def test_a_receiver_that_asks_to_wait_is_asked_again(target, status):
    got = send(target(replies_in_turn(BUSY % (status, b"0"), BUSY % (status, b"0.01"), OK)), post())
    assert got.outcome == "accepted"


@pytest.mark.parametrize("status", [408, 429, 503])
def test_a_receiver_that_keeps_asking_is_not_judged(target, status):
    seen = Counter()
    subject = target(answering(lambda head, body: seen.update(["asked"]) or BUSY % (status, b"0")))
    got = send(subject, post())
    assert (got.outcome, got.status, seen["asked"]) == ("not_judged", status, 3)


def test_a_receiver_that_always_asks_to_wait_is_not_waited_for_for_ever(target):
    seen = Counter()
    subject = target(answering(lambda head, body: seen.update(["asked"]) or BUSY % (429, b"0")), workers=1)
    replies = [reply for _, reply in subject.exchange(post(key=number) for number in range(50))]
    assert {reply.outcome for reply in replies} == {"not_judged"}
    assert seen["asked"] < 50 + 3 * 10


def test_waits_are_bounded_and_dates_are_understood():
    assert asks_to_wait(429, (("retry-after", "3600"),)) == 5.0
    assert asks_to_wait(503, (("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),)) == 0.0
    assert asks_to_wait(503, ()) is None
    assert asks_to_wait(429, (("retry-after", "soon"),)) == 0.5
    assert asks_to_wait(429, (("retry-after", "nan"),)) == 0.0
    assert asks_to_wait(400, (("retry-after", "1"),)) is None


# ---- connections --------------------------------------------------------------------------------------------


def test_connections_are_kept_and_no_more_than_the_workers(receiver):
    there = receiver(answering(OK))
    with UrlTarget(there.url, workers=4) as subject:
        replies = list(subject.exchange(post(key=number) for number in range(200)))
    assert sorted(delivery.key for delivery, _ in replies) == list(range(200))
    assert {reply.outcome for _, reply in replies} == {"accepted"}
    assert there.connections <= 4


def test_a_receiver_that_closes_kept_connections_as_it_likes_loses_nothing(receiver):
    bodies = Counter()

    def talk(sock, number):
        rest = b""
        for _ in range(number % 3 + 1):
            request = read_request(sock, rest)
            if request is None:
                return
            bodies[request[1]] += 1
            sock.sendall(OK)

    there = receiver(talk)
    with UrlTarget(there.url) as subject:
        replies = list(subject.exchange(post(b"%d" % number) for number in range(150)))
    assert {reply.outcome for _, reply in replies} == {"accepted"}
    assert set(bodies.values()) == {1}, "a delivery that was answered is not sent again"


def test_a_kept_connection_closed_under_a_request_is_tried_again_on_a_fresh_one(target):
    def talk(sock, number):
        if number == 1:
            read_request(sock)
            sock.sendall(OK)
            read_request(sock)  # takes the second request and closes without a word
        else:
            answering(OK)(sock, number)

    subject = target(talk, workers=1)
    assert [send(subject, post()).outcome for _ in range(2)] == ["accepted", "accepted"]


class OneAtATime(Receiver):
    """Serves a connection until the other side closes it, and accepts no other meanwhile."""

    def _take(self, sock):
        self._serve(sock, self.connections)


@pytest.mark.parametrize("workers", [1, 8])
def test_a_receiver_that_serves_one_connection_at_a_time_does_not_hang(workers):
    there = OneAtATime(answering(OK))
    try:
        with UrlTarget(there.url, workers=workers, timeout=4.0) as subject:
            deliveries = [post(key=number, fresh=number % 25 == 1) for number in range(100)]
            replies = [reply for _, reply in subject.exchange(deliveries)]
            assert [reply.outcome for reply in replies] == ["accepted"] * 100
            assert max(reply.elapsed for reply in replies) < 2.0, "what it waited for us is not its slowness"
            subject.let_go()
            assert fetch(there.url, timeout=1.0).outcome == "accepted", "who counts effects is served, too"
    finally:
        there.close()


def test_a_slow_delivery_over_a_connection_of_its_own_does_not_end_the_keeping_of_others(receiver):
    def reply(head, body):
        time.sleep(2.5 if body == b"slow" else 0)
        return OK

    there = receiver(answering(reply))
    with UrlTarget(there.url, workers=2) as subject:
        send(subject, post())
        slow = send(subject, post(b"slow", fresh=True))
        assert slow.outcome == "accepted"
        before = there.connections
        assert {reply.outcome for _, reply in subject.exchange(post() for _ in range(40))} == {"accepted"}
    assert there.connections <= before + 2


def test_what_follows_a_reply_to_head_is_nobodys_answer(target):
    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            head, _, rest = request
            sock.sendall(OK[:-2])
            if head.startswith(b"HEAD"):
                time.sleep(0.1)
            sock.sendall(OK[-2:])

    subject = target(talk, workers=1)
    replies = [send(subject, post(method=method)) for method in ("HEAD", "POST")]
    assert [reply.outcome for reply in replies] == ["accepted", "accepted"]
    assert replies[1].body == b"ok"


def test_a_receiver_that_drops_a_delivery_every_time_crashed(target):
    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            if b"poison" in request[1]:
                return
            sock.sendall(OK)

    subject = target(talk, workers=1)
    outcomes = [reply.outcome for _, reply in subject.exchange([post(), post(b"poison"), post()])]
    assert outcomes == ["accepted", "crashed", "accepted"]


def test_bytes_after_a_reply_are_nobodys_answer(target):
    subject = target(answering(OK + OK), workers=1)
    assert [send(subject, post()).body for _ in range(3)] == [b"ok"] * 3


def test_hanging_connections_do_not_stop_the_rest(receiver):
    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            rest = request[2]
            if request[1] == b"hang":
                sock.recv(1)
                return
            sock.sendall(OK)

    there = receiver(talk)
    deliveries = [post(b"hang" if number < 100 else b"go", key=number) for number in range(1_000)]
    with UrlTarget(there.url, workers=200, timeout=1.2) as subject:
        replies = list(subject.exchange(deliveries))
    assert Counter(reply.outcome for _, reply in replies) == {"accepted": 900, "timed_out": 100}
    assert {delivery.body for delivery, reply in replies if reply.outcome == "timed_out"} == {b"hang"}
    order = [reply.outcome for _, reply in replies]
    assert order.index("timed_out") > 800, "the others came first"


def test_deliveries_are_pulled_as_they_are_wanted(target):
    subject, pulled = target(answering(OK), workers=3), []

    def deliveries():
        for number in range(1_000):
            pulled.append(number)
            yield post(key=number)

    replies = subject.exchange(deliveries())
    assert pulled == []
    for _ in range(10):
        next(replies)
    replies.close()
    assert len(pulled) <= 10 + 2 * 3
    assert send(subject, post()).outcome == "accepted", "stopping early leaves the target usable"


def test_an_error_of_the_deliveries_comes_through_and_leaves_the_target_usable(target):
    subject = target(answering(OK))

    def deliveries():
        yield post()
        raise LookupError

    with pytest.raises(LookupError):
        list(subject.exchange(deliveries()))
    assert send(subject, post()).outcome == "accepted"


def test_who_wants_a_pace_is_not_outrun_by_what_is_made_ahead(target):
    """A run that is over after some replies then sends hardly anything more."""
    pulled = []

    def outgoing():
        for number in range(1000):
            pulled.append(number)
            yield post()

    exchange = target(answering(OK), rate=100).exchange(outgoing())
    for _ in range(10):
        next(exchange)
    assert len(pulled) <= 12
    exchange.close()


def test_the_rate_bounds_how_often_deliveries_start(target):
    began = time.monotonic()
    replies = list(target(answering(OK), rate=100).exchange(post() for _ in range(21)))
    assert len(replies) == 21
    assert time.monotonic() - began >= 0.19


def test_a_busy_caller_is_neither_the_receivers_slowness_nor_its_timeout(target):
    subject = target(answering(OK), timeout=0.3, workers=2)
    replies = []
    for _, reply in subject.exchange(post() for _ in range(6)):
        replies.append(reply)
        time.sleep(0.2)  # the caller's own work, longer in sum than the time limit
    assert {reply.outcome for reply in replies} == {"accepted"}
    assert max(reply.elapsed for reply in replies) < 0.2


def test_it_works_where_an_event_loop_is_running(target):
    import asyncio

    subject = target(answering(OK))

    async def inside():
        return send(subject, post())

    assert asyncio.run(inside()).outcome == "accepted"


# ---- hostile receivers --------------------------------------------------------------------------------------


def silent(sock, number):
    while sock.recv(65_536):
        pass


def byte_by_byte(sock, number):
    read_request(sock)
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"x" * 500:
        sock.sendall(bytes([byte]))
        time.sleep(0.02)


def endless(head):
    def talk(sock, number):
        read_request(sock)
        sock.sendall(head)
        while True:
            sock.sendall(b"x" * 65_536)

    return talk


@pytest.mark.parametrize("talk", [silent, byte_by_byte])
def test_a_receiver_that_never_finishes_times_out(target, talk):
    began = time.monotonic()
    got = send(target(talk, timeout=0.3), post())
    assert got.outcome == "timed_out"
    assert 0.25 < got.elapsed < 5
    assert time.monotonic() - began < 6


@pytest.mark.parametrize(
    ("head", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "accepted"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", "accepted"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 100000000\r\n\r\n", "crashed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", "accepted"),
        (b"HTTP/1.1 200 OK\r\n", "crashed"),
        (b"", "crashed"),
    ],
)
def test_an_endless_or_huge_reply_is_cut_and_judged_by_its_status(target, head, outcome):
    got = send(target(endless(head)), post())
    assert got.outcome == outcome, got.detail
    assert len(got.body) <= 65_536


def test_a_receiver_that_accepts_late_is_waited_for(target):
    def talk(sock, number):
        time.sleep(0.2)
        answering(OK)(sock, number)

    assert send(target(talk), post()).outcome == "accepted"


def test_close_is_quick_even_with_hanging_connections(receiver):
    there = receiver(silent)
    subject = UrlTarget(there.url, workers=50)
    replies = subject.exchange(post() for _ in range(50))
    timer = threading.Timer(0.2, subject_interrupt)
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(replies)
    replies.close()
    subject.close()
    subject.close()
    timer.join()
    assert time.monotonic() - began < 10  # each of the fifty would be waited for 15 seconds
    assert threading.active_count() < 60, "no thread of ours lingers"


def subject_interrupt():
    import signal

    os.kill(os.getpid(), signal.SIGINT)


# ---- is it there? -------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_a_receiver_that_is_not_there_is_a_target_error_in_one_line():
    with UrlTarget(f"http://127.0.0.1:{free_port()}/hook") as target:
        with pytest.raises(TargetError, match="cannot be reached: connection refused") as caught:
            target.wait_until_up(0.2)
        assert "\n" not in str(caught.value)
        assert not isinstance(caught.value, ReceiverGone)


def test_a_receiver_that_comes_up_late_is_waited_for():
    port = free_port()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    timer = threading.Timer(0.2, lambda: (listener.bind(("127.0.0.1", port)), listener.listen()))
    timer.start()
    with UrlTarget(f"http://127.0.0.1:{port}/hook") as target:
        target.wait_until_up(5)
    timer.join()
    listener.close()


def test_a_receiver_that_died_is_told_from_one_that_refuses(receiver, monkeypatch):
    monkeypatch.setattr("contract_kit.targets._url_exchange.GRACE", 0.2)

    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            if request[1] == b"die":
                there.stop_listening()
                return
            sock.sendall(OK if request[1] == b"{}" else b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")

    there = receiver(talk)
    got = []
    with UrlTarget(there.url, workers=1) as subject:
        assert send(subject, post(b"no")).outcome == "rejected"
        replies = subject.exchange([post(), post(b"die"), post(), post()])
        with pytest.raises(ReceiverGone, match="the receiver is gone"):
            got.extend((delivery.body, reply.outcome) for delivery, reply in replies)
    assert got == [(b"{}", "accepted"), (b"die", "crashed")]


def test_a_receiver_that_died_in_the_middle_of_a_reply_was_at_that_delivery(receiver, monkeypatch):
    monkeypatch.setattr("contract_kit.targets._url_exchange.GRACE", 0.2)

    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            if request[1] == b"die":
                there.stop_listening()
                sock.sendall(OK[:-1])
                return
            sock.sendall(OK)

    there = receiver(talk)
    got = []
    with UrlTarget(there.url, workers=1) as subject:
        replies = subject.exchange([post(), post(b"die"), post()])
        with pytest.raises(ReceiverGone) as gone:
            got.extend((delivery.body, reply.outcome) for delivery, reply in replies)
    assert got == [(b"{}", "accepted"), (b"die", "crashed")]
    assert [delivery.body for delivery in gone.value.lost] == [b"die"]


def supervised(there, delay):
    """A receiver of one process under a supervisor: a body that kills it takes every connection along, at once."""
    dead, lock = set(), threading.Lock()

    def talk(sock, number):
        rest = b""
        while (request := read_request(sock, rest)) is not None:
            _, body, rest = request
            with lock:
                if sock in dead:
                    return
                if body.startswith(b"die"):
                    for other in list(there[0].socks):
                        dead.add(other)
                        with contextlib.suppress(OSError):
                            other.shutdown(socket.SHUT_RDWR)
                    return
            time.sleep(delay)
            sock.sendall(OK)

    return talk


@pytest.mark.parametrize("delay", [0.0, 0.02])
def test_only_the_delivery_that_kills_a_process_is_blamed_for_it(receiver, delay):
    there = []
    there.append(receiver(supervised(there, delay)))
    bodies = [b"die %d" % number if number in (7, 30) else b"%d" % number for number in range(60)]
    with UrlTarget(there[0].url, workers=8) as subject:
        replies = {delivery.body: reply.outcome for delivery, reply in subject.exchange(map(post, bodies))}
    assert {body for body, outcome in replies.items() if outcome != "accepted"} == {b"die 7", b"die 30"}
    assert set(replies) == set(bodies)


def test_a_receiver_that_dies_for_good_under_many_deliveries_is_one_crash(receiver, monkeypatch):
    monkeypatch.setattr("contract_kit.targets._url_exchange.GRACE", 0.2)
    under_way = threading.Barrier(4)

    def talk(sock, number):
        read_request(sock)
        under_way.wait(5)
        there.stop_listening()

    there = receiver(talk)
    got = []
    with UrlTarget(there.url, workers=4) as subject:
        replies = subject.exchange(post(b"%d" % number) for number in range(20))
        with pytest.raises(ReceiverGone):
            got.extend(reply for _, reply in replies)
    assert Counter(reply.outcome for reply in got) == {"crashed": 1, "not_judged": 3}
    assert all("one of 4 deliveries under way" in reply.detail for reply in got)


def test_a_receiver_that_starts_again_at_once_loses_nothing(receiver):
    first = receiver(once(OK))
    with UrlTarget(first.url, workers=1) as subject:
        assert send(subject, post()).outcome == "accepted"
        first.stop_listening()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def again():
            listener.bind(("127.0.0.1", first.port))
            listener.listen()
            sock, _ = listener.accept()
            with sock:
                once(OK)(sock, 1)

        timer = threading.Timer(0.2, again)
        timer.start()
        assert send(subject, post()).outcome == "accepted"
        timer.join()
        listener.close()


def test_localhost_is_reached_whichever_family_the_receiver_listens_on(target):
    subject = target(answering(OK))
    with UrlTarget(subject.name.replace("127.0.0.1", "localhost")) as named:
        named.wait_until_up(2)
        assert send(named, post()).outcome == "accepted"


def test_an_ipv6_receiver_is_reached(target):
    assert send(target(answering(OK), host="::1"), post()).outcome == "accepted"


# ---- framing ------------------------------------------------------------------------------------------------


def strict(sock, number):
    """A receiver that knows only a sound Content-Length, and waits in silence for what does not come."""
    request = read_request(sock)
    if request is not None:
        sock.sendall(OK)


@pytest.mark.parametrize("name", [name for name in FRAMINGS if name not in SOUND])
def test_a_broken_framing_may_be_answered_with_silence_a_close_or_a_refusal(receiver, name, monkeypatch):
    monkeypatch.setattr("contract_kit.targets._url.SILENCE", 0.05)
    for talk in (
        silent,
        lambda sock, number: sock.recv(10),
        once_raw(b"HTTP/1.1 400 Bad\r\n\r\n"),
        once_raw(b"<p>400</p>"),
    ):
        with UrlTarget(receiver(talk).url) as subject:
            got = send(subject, post(b'{"a": 1}', framing=name))
            assert got.outcome == "rejected", got.detail
    with UrlTarget(receiver(once_raw(OK)).url) as subject:
        assert send(subject, post(b'{"a": 1}', framing=name)).outcome == "accepted"


def once_raw(reply):
    def talk(sock, number):
        sock.recv(65_536)
        sock.sendall(reply)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65_536):
            pass

    return talk


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_sound_framing_carries_the_body_whole(name):
    import httptools

    class Seen:
        body, done = b"", False

        def on_body(self, data):
            self.body += data

        def on_message_complete(self):
            self.done = True

    for body in (b"", b"x", b'{"a": "\xc3\xa9"}' * 100):
        seen = Seen()
        httptools.HttpRequestParser(seen).feed_data(
            FRAMINGS[name](Request(b"POST", b"/", ((b"Host", b"x"), (b"content-type", b"a/b")), body))
        )
        assert (seen.body, seen.done) == (body, True)


@pytest.mark.parametrize("name", [name for name in FRAMINGS if name not in SOUND])
def test_a_broken_framing_is_never_read_as_the_whole_body_by_a_strict_reader(name):
    import httptools

    whole = []

    class Seen:
        body = b""

        def on_body(self, data):
            self.body += data

        def on_message_complete(self):
            whole.append(self.body)

    body = b'{"event_type":"customer.created"}'
    with contextlib.suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        httptools.HttpRequestParser(Seen()).feed_data(
            FRAMINGS[name](Request(b"POST", b"/", ((b"Host", b"x"),), body))
        )
    assert body not in whole or name in {"no-host", "header-huge"}, "Host and size are the server's own rules"


def test_an_unknown_framing_is_wrong_use(target):
    with pytest.raises(UsageError, match="chunked"):
        send(target(answering(OK)), post(framing="tape"))


def test_a_raw_framing_leaves_the_kept_connections_alone(receiver):
    there = receiver(answering(OK))
    with UrlTarget(there.url, workers=1) as subject:
        for framing in ("plain", "two-lengths", "plain", "length-short", "plain"):
            send(subject, post(framing=framing))
    assert there.connections == 3


# ---- TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the certificate is made with openssl, which is not installed")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


def test_a_certificate_is_checked_unless_told_otherwise(target, certificate):
    subject = target(answering(OK), tls=certificate[0])
    with pytest.raises(TargetError, match="--insecure"):
        subject.wait_until_up(1)
    with pytest.raises(TargetError, match="certificate verify failed"):
        send(subject, post())


def test_tls_carries_big_bodies_and_kept_connections(receiver, certificate):
    there = receiver(answering(lambda head, body: b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
                     tls=certificate[0])  # fmt: skip
    with UrlTarget(there.url, insecure=True, workers=2) as subject:
        subject.wait_until_up(2)
        before = there.connections
        replies = list(subject.exchange(post(b"x" * 300_000) for _ in range(10)))
    assert [len(reply.body) for _, reply in replies] == [65_536] * 10
    assert {reply.outcome for _, reply in replies} == {"accepted"}
    assert there.connections - before <= 2


def test_a_trusted_certificate_needs_no_option(target, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    subject = target(answering(OK), tls=certificate[0])
    subject.wait_until_up(2)
    assert send(subject, post()).outcome == "accepted"


def test_plain_http_behind_https_is_a_target_error(receiver):
    there = receiver(once_raw(b"HTTP/1.1 400 Bad\r\n\r\n"))
    with (
        UrlTarget(there.url.replace("http:", "https:"), insecure=True) as subject,
        pytest.raises(TargetError, match="TLS"),
    ):
        send(subject, post())


# ---- one request --------------------------------------------------------------------------------------------


def test_fetch_gives_a_body_and_follows_no_redirect(receiver):
    there = receiver(answering(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"writes": 3}'[:-1]))
    assert fetch(there.url).body == b'{"writes": 3'
    moved = receiver(
        answering(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
    )
    assert (fetch(moved.url).outcome, fetch(moved.url).status) == ("crashed", 302)
