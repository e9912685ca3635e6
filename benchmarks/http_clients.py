"""Which HTTP client should carry the deliveries? Measures candidates against one loopback receiver.

Run: ``python benchmarks/http_clients.py [--seconds 1.0] [--rounds 3] [--json FILE]``

Every client sends the same 2 kB JSON body with POST over 8 kept-alive connections to a receiver in a
process of its own, which does next to nothing, so that the client is the bottleneck. The rounds are
interleaved and the best round of each client counts, for other work on the machine only ever slows.
``CPU µs`` is the processor time of the client's own process for one request: it hardly depends on what
else runs. ``ratio`` is requests a second over those of ``requests``. The bare ones do the least that a
client can do; ``contract_kit UrlTarget`` does everything: framing, limits, judgement.

requests, httpx, aiohttp and urllib3 are no dependencies of the project; those that are missing are named
and left out. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import queue
import selectors
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CONNECTIONS = 8
BODY = json.dumps({"event_type": "customer.created", "customer": {"name": "x" * 1_980}}).encode()
REPLY = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}'


class Receiver(asyncio.Protocol):
    """Counts bytes until a request is whole, then answers the same few bytes."""

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            start = head.index(b"content-length:") + 15
            whole = end + 4 + int(head[start : head.find(b"\r\n", start) if b"\r\n" in head[start:] else end])
            if len(self.buffer) < whole:
                return
            self.buffer = self.buffer[whole:]
            self.transport.write(REPLY)


def serve(pipe) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def request_bytes(port: int) -> bytes:
    head = f"POST /hook HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


# ---- candidates: each takes (port, seconds) and gives the number of requests done ----------------


def in_threads(work, seconds: float) -> int:
    stop = time.perf_counter() + seconds
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(work, [stop] * CONNECTIONS))


def with_requests(port: int, seconds: float) -> int:
    import requests

    def work(stop: float) -> int:
        done = 0
        with requests.Session() as session:
            session.trust_env = False
            while time.perf_counter() < stop:
                session.post(
                    f"http://127.0.0.1:{port}/hook", data=BODY, headers={"content-type": "application/json"}
                )
                done += 1
        return done

    return in_threads(work, seconds)


def with_urllib3(port: int, seconds: float) -> int:
    import urllib3

    def work(stop: float) -> int:
        done, pool = 0, urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=1)
        while time.perf_counter() < stop:
            pool.request("POST", "/hook", body=BODY, headers={"content-type": "application/json"})
            done += 1
        pool.close()
        return done

    return in_threads(work, seconds)


async def in_tasks(send, seconds: float) -> int:
    stop = time.perf_counter() + seconds

    async def work() -> int:
        done = 0
        while time.perf_counter() < stop:
            await send()
            done += 1
        return done

    return sum(await asyncio.gather(*(work() for _ in range(CONNECTIONS))))


def with_httpx(port: int, seconds: float) -> int:
    import httpx

    async def main() -> int:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
            headers = {"content-type": "application/json"}
            return await in_tasks(
                lambda: client.post(f"http://127.0.0.1:{port}/hook", content=BODY, headers=headers), seconds
            )

    return asyncio.run(main())


def with_aiohttp(port: int, seconds: float) -> int:
    import aiohttp

    async def main() -> int:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def send() -> None:
                url, headers = f"http://127.0.0.1:{port}/hook", {"content-type": "application/json"}
                async with session.post(url, data=BODY, headers=headers) as reply:
                    await reply.read()

            return await in_tasks(send, seconds)

    return asyncio.run(main())


def with_streams(port: int, seconds: float) -> int:
    message = request_bytes(port)

    async def work(stop: float) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        while time.perf_counter() < stop:
            writer.write(message)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length[15:]))
            done += 1
        writer.close()
        return done

    async def main() -> int:
        stop = time.perf_counter() + seconds
        return sum(await asyncio.gather(*(work(stop) for _ in range(CONNECTIONS))))

    return asyncio.run(main())


class HandParsed(asyncio.Protocol):
    """Answers each whole reply with the next request: the least that a client over asyncio can do."""

    def __init__(self, message, stop, tally):
        self.message, self.stop, self.tally, self.buffer = message, stop, tally, b""
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.message)

    def next(self):
        self.tally[0] += 1
        if time.perf_counter() < self.stop:
            self.transport.write(self.message)
        else:
            self.transport.close()

    def data_received(self, data):
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        first, *lines = self.buffer[:end].split(b"\r\n")
        headers = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)
        ]
        int(first[9:12])
        whole = end + 4 + int(dict(headers)[b"content-length"])
        if len(self.buffer) >= whole:
            self.buffer = self.buffer[whole:]
            self.next()

    def connection_lost(self, _exc):
        if not self.gone.done():
            self.gone.set_result(None)


class LibParsed(HandParsed):
    """The same with httptools' parser."""

    def connection_made(self, transport):
        import httptools

        self.make = httptools.HttpResponseParser
        self.parser, self.headers, self.parts = self.make(self), [], []
        super().connection_made(transport)

    def on_header(self, name, value):
        self.headers.append((name, value))

    def on_body(self, data):
        self.parts.append(data)

    def on_message_complete(self):
        self.parser.get_status_code()
        self.parser, self.headers, self.parts = self.make(self), [], []
        self.next()

    def data_received(self, data):
        self.parser.feed_data(data)


def over_protocol(kind, port: int, seconds: float) -> int:
    async def main() -> int:
        loop, tally = asyncio.get_running_loop(), [0]
        stop = time.perf_counter() + seconds
        pairs = [
            await loop.create_connection(lambda: kind(request_bytes(port), stop, tally), "127.0.0.1", port)
            for _ in range(CONNECTIONS)
        ]
        await asyncio.gather(*(protocol.gone for _, protocol in pairs))
        return tally[0]

    return asyncio.run(main())


def with_protocol_hand(port: int, seconds: float) -> int:
    return over_protocol(HandParsed, port, seconds)


def with_protocol_httptools(port: int, seconds: float) -> int:
    return over_protocol(LibParsed, port, seconds)


def with_selectors(port: int, seconds: float) -> int:
    """No asyncio at all: how much would a loop of our own save?"""
    message, done = request_bytes(port), 0
    stop = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            sock = socket.create_connection(("127.0.0.1", port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.send(message)
            selector.register(sock, selectors.EVENT_READ, sock)
        while selector.get_map():
            for key, _ in selector.select():
                sock, data = key.data, key.data.recv(65_536)
                head, _, body = data.partition(b"\r\n\r\n")
                headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
                assert len(body) == int(headers[b"content-length"])
                done += 1
                if time.perf_counter() < stop:
                    sock.send(message)
                else:
                    selector.unregister(sock)
                    sock.close()
    return done


def with_ours(port: int, seconds: float) -> int:
    from contract_kit.model import Delivery
    from contract_kit.targets import UrlTarget

    def deliveries():
        stop, key = time.perf_counter() + seconds, 0
        while time.perf_counter() < stop:
            yield Delivery(key=key, body=BODY)
            key += 1

    target = UrlTarget(f"http://127.0.0.1:{port}/hook", workers=CONNECTIONS)
    try:
        return sum(reply.outcome == "accepted" for _, reply in target.exchange(deliveries()))
    finally:
        target.close()


def spin(microseconds: float) -> None:
    """What a runner does with a reply: work of its own on the same interpreter."""
    stop = time.perf_counter() + microseconds / 1e6
    while time.perf_counter() < stop:
        pass


def bridged(port: int, seconds: float, busy: float) -> int:
    """The httptools protocol in a loop in a second thread, replies crossing to the caller's over a queue."""
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    message = request_bytes(port)

    class Bridged(LibParsed):
        def next(self):
            done.put(1)
            if todo:
                todo.pop()
                self.transport.write(self.message)
            else:
                idle.append(self)

        def connection_made(self, transport):
            self.gone.cancel()
            super().connection_made(transport)

    todo: list[int] = []
    idle: list[Bridged] = []
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def connect() -> None:
        for _ in range(CONNECTIONS):
            await loop.create_connection(lambda: Bridged(message, 0, [0]), "127.0.0.1", port)

    def add(count: int) -> None:
        todo.extend([1] * count)
        while todo and idle:
            todo.pop()
            idle.pop().transport.write(message)

    asyncio.run_coroutine_threadsafe(connect(), loop).result()
    count, stop, owed = 0, time.perf_counter() + seconds, CONNECTIONS
    loop.call_soon_threadsafe(add, CONNECTIONS)
    owed += CONNECTIONS
    while owed:
        got = done.get()
        got = 1
        while not done.empty():
            done.get()
            got += 1
        owed -= got
        count += got
        for _ in range(got):
            spin(busy)
        if time.perf_counter() < stop:
            loop.call_soon_threadsafe(add, got)
            owed += got
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    for task in idle:
        task.transport.abort()
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    return count


def pumped(port: int, seconds: float, busy: float) -> int:
    """The same with the loop run by the caller, a turn whenever it wants replies: one thread."""
    done: list[int] = []
    message = request_bytes(port)

    class Pumped(LibParsed):
        def next(self):
            done.append(1)
            idle.append(self)
            if pumping:
                loop.stop()

    idle: list[Pumped] = []
    pumping = False
    loop = asyncio.new_event_loop()

    async def connect() -> None:
        for _ in range(CONNECTIONS):
            await loop.create_connection(lambda: Pumped(message, 0, [0]), "127.0.0.1", port)

    loop.run_until_complete(connect())
    pumping = True
    count, stop, owed = 0, time.perf_counter() + seconds, CONNECTIONS
    while owed:
        if not done:
            loop.run_forever()
        while done and time.perf_counter() < stop and idle:
            idle.pop().transport.write(message)
            owed += 1
            spin(busy)
            done.pop()
            count += 1
            owed -= 1
        if time.perf_counter() >= stop:
            owed -= len(done)
            count += len(done)
            done.clear()
    pumping = False
    for protocol in idle:
        protocol.transport.abort()
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    return count


CANDIDATES = {
    "requests": with_requests,
    "urllib3": with_urllib3,
    "httpx": with_httpx,
    "aiohttp": with_aiohttp,
    "asyncio streams": with_streams,
    "asyncio.Protocol, parsed by hand": with_protocol_hand,
    "asyncio.Protocol, httptools": with_protocol_httptools,
    "selectors, no asyncio": with_selectors,
    "bridge: second thread, caller idle": lambda port, seconds: bridged(port, seconds, 0),
    "bridge: same thread, caller idle": lambda port, seconds: pumped(port, seconds, 0),
    "bridge: second thread, caller busy": lambda port, seconds: bridged(port, seconds, 100),
    "bridge: same thread, caller busy": lambda port, seconds: pumped(port, seconds, 100),
    "contract_kit UrlTarget": with_ours,
}


def in_child(name: str, port: int, seconds: float, pipe) -> None:
    CANDIDATES[name](port, 0.05)  # imports what it imports
    began = time.process_time()
    start = time.perf_counter()
    done = CANDIDATES[name](port, seconds)
    pipe.send((done / (time.perf_counter() - start), 1e6 * (time.process_time() - began) / max(done, 1)))


def measure(context, name: str, port: int, seconds: float) -> tuple[float, float]:
    """Requests a second and CPU µs a request, in a fresh process."""
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=in_child, args=(name, port, seconds, theirs))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    finally:
        child.join()


def available(name: str) -> bool:
    if name == "contract_kit UrlTarget":
        return importlib.util.find_spec("contract_kit.targets._url") is not None
    return (
        name not in {"requests", "urllib3", "httpx", "aiohttp"} or importlib.util.find_spec(name) is not None
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="one round of one client")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--only", help="part of the names of the clients to run")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    receiver = context.Process(target=serve, args=(theirs,), daemon=True)
    receiver.start()
    port = ours.recv()
    names = [name for name in CANDIDATES if available(name) and (options.only or "") in name]
    missing = [name for name in CANDIDATES if not available(name)]
    best = dict.fromkeys(names, (0.0, 0.0))
    for _ in range(options.rounds):
        for name in names:
            best[name] = max(best[name], measure(context, name, port, options.seconds))
    receiver.terminate()
    receiver.join()
    unit = best.get("requests", best[names[0]])[0]
    rows = [
        {"client": name, "per_s": round(rate), "cpu_us": round(cpu, 1), "ratio": round(rate / unit, 2)}
        for name, (rate, cpu) in best.items()
    ]
    print(f"{len(BODY)} byte bodies, {CONNECTIONS} kept-alive connections, best of {options.rounds} rounds")
    print(f"{'client':38}{'requests/s':>12}{'CPU µs':>9}{'ratio':>8}")
    for row in rows:
        print(f"{row['client']:38}{row['per_s']:>12,}{row['cpu_us']:>9}{row['ratio']:>8}")
    if missing:
        print("not installed, left out:", ", ".join(missing))
    if options.json:
        options.json.write_text(json.dumps({"body": len(BODY), "rows": rows, "missing": missing}, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
