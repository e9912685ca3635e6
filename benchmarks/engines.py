"""Cases per second over one receiver: ours, Schemathesis's, and wrk's requests with a body of the same size.

Run: ``python benchmarks/engines.py [--seconds 5] [--rounds 2] [--receiver sample|bare] [--json FILE]``

The receiver is a process of its own: ``sample``, the one of ``contract-kit serve``, which reads and checks what
it gets, as receivers do; and ``bare``, which does next to nothing, so that who sends is the bottleneck. Rounds
are interleaved and the best of each counts, for other work on the machine only ever slows.

- ``wrk`` sends one body over and over with 8 connections: what the machine can do. Its body is a sound one of
  ours, of their mean size. Where wrk is not installed it is named and left out.
- ``ours, whole run`` is ``contract-kit fuzz``: cases are made, sent over 8 connections, judged, a part given
  twice. ``ours, ready made`` only sends and judges cases that were made before.
- ``schemathesis`` is its own engine with its own transport and one check, as ``st run`` has it.
- ``schemathesis by us`` is ``contract-kit fuzz --engine schemathesis``: its cases, our delivery and judgement.

The figures are requests that the receiver counted. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CONNECTIONS = 8
EVENT = "customer.created"
CASES = 4_000


class Receiver(asyncio.Protocol):
    """Takes everything; ``GET /count`` says how much it was."""

    count = 0

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower() + b"\r\n"
            size = 0
            if (at := head.find(b"content-length:")) >= 0:
                size = int(head[at + 15 : head.index(b"\r\n", at)])
            if len(self.buffer) < end + 4 + size:
                return
            self.buffer = self.buffer[end + 4 + size :]
            asked = head.startswith(b"get /count")
            Receiver.count += not asked
            answer = b'{"count":%d}' % Receiver.count if asked else b'{"ok":true}'
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                % len(answer)
                + answer
            )


def serve_sample(pipe) -> None:
    from contract_kit.sample import Receiver as Sample
    from contract_kit.sample import serve

    sample, count = Sample(secret=None), 0

    def app(environ, start_response):
        nonlocal count
        if environ["PATH_INFO"] != "/count":
            count += 1
            return sample(environ, start_response)
        answer = b'{"count":%d}' % count
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]

    with serve(app) as running:
        pipe.send(running.port)
        pipe.recv()


def serve_bare(pipe) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def counted(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count") as reply:
        return json.load(reply)["count"]


RECEIVERS = {"sample": serve_sample, "bare": serve_bare}

# ---- who sends: each takes (port, seconds) and is done after about that time --------------------


def ready_made() -> list:
    """The first cases of the catalogue about bodies, an even choice of all kinds."""
    from contract_kit.cases import body_cases
    from contract_kit.spec import load_terms

    made = list(body_cases(load_terms(EVENT), policy="schema", target="url"))
    return made[:: max(1, len(made) // CASES)]


def fuzz(port: int, seconds: float, *, engine: str) -> None:
    from contract_kit.bridges.schemathesis import search
    from contract_kit.report import Context
    from contract_kit.runner import Expectation, Settings, run
    from contract_kit.spec import load_terms
    from contract_kit.targets import UrlTarget

    url = f"http://127.0.0.1:{port}/webhooks"
    told = (Expectation("*", "either", "the receiver takes everything"),)
    kinds = frozenset({"valid", "equivalent", "foreign", "invalid", "malformed"})
    settings = Settings(
        max_time=seconds, max_examples=0 if engine == "own" else 10_000, expectations=told, kinds=kinds
    )
    own = engine == "own"
    with closing(UrlTarget(url, workers=CONNECTIONS)) as target:
        engines = () if own else (search,)
        run(load_terms(EVENT), target, settings, Context(target=url, kind="url"), engines=engines, own=own)


def ours(port: int, seconds: float, _cases: list) -> None:
    fuzz(port, seconds, engine="own")


def ours_ready_made(port: int, seconds: float, cases: list) -> None:
    from dataclasses import replace

    from contract_kit.model import Delivery
    from contract_kit.oracle import judge
    from contract_kit.targets import UrlTarget

    stop = time.perf_counter() + seconds

    def outgoing():
        for case in cycle(cases):
            if time.perf_counter() > stop:
                return
            yield Delivery(key=case, body=case.body, headers=case.headers)

    with closing(UrlTarget(f"http://127.0.0.1:{port}/webhooks", workers=CONNECTIONS)) as target:
        for delivery, reply in target.exchange(outgoing()):
            judge(replace(delivery.key, expect="either"), reply)


def schemathesis_itself(port: int, seconds: float, _cases: list) -> None:
    import schemathesis
    from schemathesis.engine import from_schema

    from contract_kit.spec import bundled_document, receiver_document

    base = f"http://127.0.0.1:{port}"
    config = schemathesis.Config.from_dict(
        {
            "seed": 0,
            "workers": 1,
            "max-time": max(1, int(seconds)),
            "checks": {"enabled": False, "not_a_server_error": {"enabled": True}},
            "generation": {"max-examples": 100_000, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    document = receiver_document(bundled_document(), EVENT, pin=True, server=base)
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.config.update(base_url=base)
    for _ in from_schema(schema).execute():
        pass


def schemathesis_by_us(port: int, seconds: float, _cases: list) -> None:
    fuzz(port, seconds, engine="schemathesis")


def everyday(cases: list) -> bytes:
    """A sound body of the size that ours have on average: the receiver has as much to do for it as for ours."""
    size = sum(len(case.body) for case in cases) // len(cases)
    sound = [case.body for case in cases if case.kind == "valid" and b"]==]" not in case.body]
    return min(sound, key=lambda body: abs(len(body) - size))


def wrk(port: int, seconds: float, cases: list) -> None:
    body = everyday(cases).decode()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "post.lua"
        script.write_text(
            'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
            f"wrk.body = [==[{body}]==]\n",
            encoding="utf-8",
        )
        words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, int(seconds))}s", "-s", str(script)]
        subprocess.run([*words, f"http://127.0.0.1:{port}/webhooks"], check=True, capture_output=True)


SENDERS = {
    "wrk": wrk,
    "ours, ready made": ours_ready_made,
    "ours, whole run": ours,
    "schemathesis by us": schemathesis_by_us,
    "schemathesis": schemathesis_itself,
}


def measure(name: str, port: int, seconds: float, cases: list) -> float:
    """Requests a second that the receiver counted."""
    before, began = counted(port), time.perf_counter()
    SENDERS[name](port, seconds, cases)
    return (counted(port) - before) / (time.perf_counter() - began)


def available() -> list[str]:
    """The senders that this machine has; the others are named."""
    import importlib.util

    names = list(SENDERS)
    if shutil.which("wrk") is None:
        print("wrk is not installed (apt install wrk); it is left out")
        names.remove("wrk")
    if importlib.util.find_spec("schemathesis") is None:
        print("Schemathesis is not installed (pip install contract-kit[schemathesis]); it is left out")
        names = [name for name in names if not name.startswith("schemathesis")]
    return names


def ratio(rates: dict[str, float], name: str, to: str) -> float | None:
    return round(rates[name] / rates[to], 2) if rates.get(to) else None


def over(receiver: str, names: list[str], cases: list, said) -> dict[str, dict]:
    """Every sender over one receiver, in turn."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=RECEIVERS[receiver], args=(theirs,), daemon=True)
    process.start()
    rounds: dict[str, list[float]] = {name: [] for name in names}
    try:
        port = mine.recv()
        for name in islice(cycle(names), len(names) * said.rounds):
            rounds[name].append(measure(name, port, said.seconds, cases))
    finally:
        process.terminate()
    rates = {name: max(found) for name, found in rounds.items()}
    return {
        name: {
            "cases_per_s": round(rate, 1),
            "of_wrk": ratio(rates, name, "wrk"),
            "of_schemathesis": ratio(rates, name, "schemathesis"),
            "rounds": [round(one, 1) for one in rounds[name]],
        }
        for name, rate in rates.items()
    }


def main() -> int:
    words = argparse.ArgumentParser(description="Cases per second over one receiver.")
    words.add_argument("--seconds", type=float, default=5.0)
    words.add_argument("--rounds", type=int, default=2)
    words.add_argument("--receiver", choices=list(RECEIVERS), action="append")
    words.add_argument("--json", type=Path)
    said = words.parse_args()
    names, cases = available(), ready_made()
    size = sum(len(case.body) for case in cases) // len(cases)
    found = {name: over(name, names, cases, said) for name in said.receiver or RECEIVERS}
    for receiver, rows in found.items():
        print(
            f"{receiver + ' receiver':22}{'cases/s':>10}{'of wrk':>10}{'of Schemathesis':>18}   (bodies of {size} bytes)"
        )
        for name, row in rows.items():
            shares = (row["of_wrk"], row["of_schemathesis"])
            left, right = ("-" if share is None else f"{share:.2f}" for share in shares)
            print(f"{name:22}{row['cases_per_s']:>10,.0f}{left:>10}{right:>18}")
    if said.json is not None:
        said.json.write_text(
            json.dumps({"body_bytes": size, "receivers": found}, indent=2) + "\n", encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
