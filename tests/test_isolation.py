"""A consumer in a child process may do to its process what it likes: the case is named, and the run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import Delivery
from contract_kit.targets import constants, open_python_target, send

TIMEOUT = 0.35

HOSTILE = """
import asyncio, ctypes, gc, json, os, re, signal, subprocess, sys, threading, time, warnings

seen = 0
loop = None


def hang():
    while True:
        pass

def hang_in_c(): re.match(r"(a|a)*b", "a" * 60)
def sleep(): time.sleep(60)
def leave(): os._exit(3)
def leave_politely(): sys.exit(4)
def segfault(): ctypes.string_at(0)
def abort(): os.abort()
def kill_self(): os.kill(os.getpid(), signal.SIGKILL)
def interrupt(): signal.raise_signal(signal.SIGINT)
def generator_exit(): raise GeneratorExit
def recurse(): recurse()
def eat(): return len([bytearray(1 << 24) for _ in range(1000)])
def eat_at_once(): bytearray(64 << 30)
def flood():
    for _ in range(300):
        print("x" * 10_000)
        sys.stderr.write("y" * 10_000)
def close_output(): os.close(1); os.close(2)
def close_all(): os.closerange(0, 65536)
def close_low(): os.closerange(0, 100)
def handlers():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
def block_signals_and_hang():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    hang()
def chdir(): os.chdir("/")
def shallow(): sys.setrecursionlimit(60)
def no_gc(): gc.disable()
def thread(): threading.Thread(target=time.sleep, args=(60,), daemon=False).start()
def fork(): os.fork()
def fork_and_hang():
    if os.fork() == 0:
        time.sleep(60)
def daemon():
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)
def child(): subprocess.Popen(["sleep", "60"])
def strict(): warnings.simplefilter("error")
def read_input(): return sys.stdin.read()
def close_loop():
    asyncio.set_event_loop(asyncio.new_event_loop())
    asyncio.get_event_loop().close()
def kill_parent(): os.kill(os.getppid(), signal.SIGKILL)
def nothing(): pass


def parse(body):
    global seen
    seen += 1
    value = json.loads(body)
    globals()[value["do"]]()
    return {"i": value["i"], "seen": seen, "pid": os.getpid()}


def collect(body, collected=[]):
    collected.append(body.decode())
    return {"collected": collected}


async def parse_async(body):
    value = json.loads(body)
    if value["do"] == "close_loop":
        asyncio.get_running_loop().stop()
    await asyncio.sleep(0)
    return {"i": value["i"]}


async def parse_and_close(body):
    asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)
    await asyncio.sleep(60)
"""

SURVIVED = [
    "flood", "close_output", "close_low", "handlers", "chdir", "shallow", "no_gc", "thread", "fork",
    "fork_and_hang", "daemon", "child", "strict", "read_input", "close_loop",
]  # fmt: skip
CRASHES = {
    "leave": (None, None, "exit code 3"),
    "leave_politely": ("SystemExit", "leave_politely", "SystemExit"),
    "segfault": (None, "segfault", "SIGSEGV"),
    "abort": (None, "abort", "SIGABRT"),
    "kill_self": (None, None, "killed"),
    "interrupt": ("KeyboardInterrupt", "interrupt", "KeyboardInterrupt"),
    "generator_exit": ("GeneratorExit", "generator_exit", "GeneratorExit"),
    "recurse": ("RecursionError", "recurse", "RecursionError"),
    "eat_at_once": ("MemoryError", "eat_at_once", "MemoryError"),
    "close_all": (None, None, "descriptors"),
}
HANGS = {"hang": "hang", "hang_in_c": "hang_in_c", "sleep": "sleep", "block_signals_and_hang": None}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "hostile_shop.py").write_text(HOSTILE)
    return folder


@pytest.fixture(scope="module")
def target(project):
    with open_python_target("hostile_shop:parse", timeout=TIMEOUT, cwd=str(project)) as target:
        yield target


def order(do: str, i: int = 0, *, fresh: bool = False) -> Delivery:
    return Delivery(key=i, body=json.dumps({"do": do, "i": i}).encode(), fresh=fresh)


def given_among_others(target, do: str):
    """The reply to the third of seven deliveries, and those to the rest."""
    deliveries = [order(do if i == 2 else "nothing", i) for i in range(7)]
    replies = dict.fromkeys(range(7))
    for delivery, reply in target.exchange(deliveries):
        assert replies[delivery.key] is None
        replies[delivery.key] = reply
    return replies.pop(2), replies


def all_accepted(replies) -> bool:
    return all(reply.outcome == "accepted" and reply.value["i"] == i for i, reply in replies.items())


@pytest.mark.parametrize("do", SURVIVED)
def test_what_leaves_the_process_alive_changes_no_answer(target, do):
    send(target, order("leave"))  # what an earlier test did to the process is gone with it
    reply, others = given_among_others(target, do)
    assert reply.outcome == "accepted", reply
    assert all_accepted(others)


@pytest.mark.parametrize("do", CRASHES)
def test_a_crash_is_that_cases_and_the_next_case_goes_on(target, do):
    reply, others = given_among_others(target, do)
    exception, where, words = CRASHES[do]
    assert (reply.outcome, reply.exception) == ("crashed", exception)
    assert words in reply.detail
    assert (reply.where or "None").endswith(f"in {where}" if where else "None")
    assert all_accepted(others)


@pytest.mark.parametrize("do", ["leave", "segfault", "kill_self", "sleep"])
def test_answers_that_were_not_sent_yet_are_not_lost_and_nothing_is_given_twice(project, do):
    """The process ends in the middle of many quick cases: each was given once, in order, to it or to the next."""
    orders = [order(do if i == 101 else "nothing", i) for i in range(200)]
    with open_python_target("hostile_shop:parse", timeout=TIMEOUT, cwd=str(project)) as target:
        replies = {delivery.key: reply for delivery, reply in target.exchange(orders)}
    assert replies.pop(101).outcome in {"crashed", "timed_out"}
    assert list(replies) == [*range(101), *range(102, 200)]
    assert [reply.value["seen"] for reply in replies.values()] == [*range(1, 102), *range(1, 99)]
    assert len({reply.value["pid"] for reply in replies.values()}) == 2


def test_answers_of_any_size_come_whole(project):
    """Small ones that wait for others, and such as are larger than the memory in which they wait."""
    sizes = [0, 70_000, 1, 65_000, 65_400, 3, 3_000_000, 9, 30_000, 30_000, 30_000]
    orders = [
        Delivery(key=size, body=json.dumps({"do": "nothing", "i": "é" * size}).encode()) for size in sizes
    ]
    with open_python_target("hostile_shop:parse", timeout=20, cwd=str(project)) as target:
        for delivery, reply in target.exchange(orders):
            assert reply.value["i"] == "é" * delivery.key


@pytest.mark.parametrize("do", HANGS)
def test_a_hang_is_cut_off_named_and_placed(target, do):
    reply, others = given_among_others(target, do)
    assert reply.outcome == "timed_out"
    assert TIMEOUT <= reply.elapsed < TIMEOUT * 3
    if HANGS[do]:
        assert reply.where.startswith("hostile_shop.py:")
        assert reply.where.endswith(f"in {HANGS[do]}")
    assert all_accepted(others)


def test_a_consumer_that_kills_the_process_above_it_costs_a_new_import_and_no_answer(project):
    """The system ends the worker a moment later: in this case, in a later one, or when all are answered."""
    with open_python_target("hostile_shop:parse", timeout=5, cwd=str(project)) as target:
        reply, others = given_among_others(target, "kill_parent")
        wait_until_gone({reply.value["pid"]} if reply.outcome == "accepted" else set(), 2)
        crashes = [each for each in (reply, *others.values()) if each.outcome != "accepted"]
        assert [each.detail for each in crashes] in ([], ["it killed the process that started it"])
        assert send(target, order("nothing")).value["seen"] in {1, 2, 3, 4, 5}


def test_an_exit_is_seen_though_a_forked_copy_holds_the_line_open(target):
    send(target, order("fork_and_hang"))
    assert send(target, order("leave")).outcome == "crashed"


def test_memory_that_runs_away_ends_that_case_alone(project, monkeypatch):
    monkeypatch.setattr("contract_kit.targets._isolated.MEMORY", 1 << 27)
    with open_python_target("hostile_shop:parse", timeout=10, cwd=str(project)) as target:
        reply, others = given_among_others(target, "eat")
        assert (reply.outcome, reply.exception) == ("crashed", "MemoryError")
        assert all_accepted(others)


def test_state_is_kept_between_deliveries_unless_a_fresh_process_is_asked_for(target):
    first, second = send(target, order("nothing")), send(target, order("nothing"))
    assert second.value["seen"] == first.value["seen"] + 1
    fresh = [reply.value for _, reply in target.exchange([order("nothing", i, fresh=True) for i in range(3)])]
    assert [value["seen"] for value in fresh] == [1, 1, 1]
    assert len({value["pid"] for value in fresh}) == 3
    assert send(target, order("nothing")).value["seen"] == second.value["seen"] + 1


def test_what_grows_from_body_to_body_is_begun_anew(project):
    """A list kept in a default argument: that it is kept shows, but not at the price of reading all of it each time."""
    bodies = [b'{"text": "%s", "number": %d}' % (b"x" * 1_000, number) for number in range(400)]
    with open_python_target("hostile_shop:collect", timeout=10, cwd=str(project)) as target:
        given = list(target.exchange(Delivery(key=None, body=body) for body in bodies))
    assert [delivery.body for delivery, _ in given] == bodies
    kept = [reply.value["collected"] for _, reply in given]
    assert [each[-1].encode() for each in kept] == bodies
    lengths = [len(each) for each in kept]
    assert lengths[:3] == [1, 2, 3]
    assert max(lengths) < 100


def test_a_fresh_process_may_hang_or_die_too(target):
    deliveries = [
        order(do, i, fresh=i % 2 == 1)
        for i, do in enumerate(["nothing", "hang", "nothing", "leave", "nothing"])
    ]
    outcomes = [(delivery.key, reply.outcome) for delivery, reply in target.exchange(deliveries)]
    assert outcomes == [(0, "accepted"), (1, "timed_out"), (2, "accepted"), (3, "crashed"), (4, "accepted")]


def test_deliveries_are_pulled_with_a_bounded_look_ahead(target):
    pulled = []

    def endless():
        for i in range(10**9):
            pulled.append(i)
            yield order("nothing", i)

    exchange = target.exchange(endless())
    for _ in range(1000):
        next(exchange)
    exchange.close()
    assert len(pulled) < 1200
    assert send(target, order("nothing")).outcome == "accepted"


def test_many_hangs_in_a_row_are_each_their_own(project):
    with open_python_target("hostile_shop:parse", timeout=0.15, cwd=str(project)) as target:
        outcomes = [reply.outcome for _, reply in target.exchange([order("sleep", i) for i in range(5)])]
    assert outcomes == ["timed_out"] * 5


def test_a_slow_reader_of_replies_does_not_make_a_consumer_hang(target):
    """The clock runs from what was read, so answers that wait for a busy caller are no hangs."""
    exchange = target.exchange(order("nothing", i) for i in range(200))
    outcomes = [next(exchange)[1].outcome]
    end = time.monotonic() + TIMEOUT * 1.5
    while time.monotonic() < end:
        pass
    outcomes += [reply.outcome for _, reply in exchange]
    assert outcomes == ["accepted"] * 200


@pytest.mark.parametrize("name", ["parse_async", "parse_and_close"])
def test_an_event_loop_that_the_consumer_stops_is_its_own_fault_and_made_anew(project, name):
    with open_python_target(f"hostile_shop:{name}", timeout=5, cwd=str(project)) as target:
        outcomes = [reply.outcome for _, reply in target.exchange([order("close_loop", i) for i in range(3)])]
    assert outcomes == ["crashed"] * 3


def descendants(pid: int) -> set[int]:
    """Living processes below ``pid``."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found |= {int(child)} | descendants(int(child))
    return found


def alive(pids: set[int]) -> set[int]:
    def state(pid: int) -> str:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return "gone"

    return {pid for pid in pids if state(pid) not in {"gone", "X", "Z"}}


def wait_until_gone(pids: set[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pids)


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux
def test_closing_leaves_no_process_behind_whatever_the_consumer_started(project):
    before = descendants(os.getpid())
    with open_python_target("hostile_shop:parse", timeout=TIMEOUT, cwd=str(project)) as target:
        for do in ("daemon", "child", "fork_and_hang", "thread", "leave", "hang"):
            send(target, order(do))
        send(target, order("child"))
        during = descendants(os.getpid()) - before
        assert during
    wait_until_gone(during, 2)
    assert descendants(os.getpid()) == before


@linux
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_the_children_end_with_the_parent_even_in_the_middle_of_a_hang(project, blow):
    script = textwrap.dedent(f"""
        import sys
        from contract_kit.model import Delivery
        from contract_kit.targets import constants, open_python_target, send
        with open_python_target("hostile_shop:parse", timeout=60, cwd={str(project)!r}) as target:
            send(target, Delivery(key=0, body=b'{{"do": "nothing", "i": 0}}'))
            print("ready", flush=True)
            send(target, Delivery(key=0, body=b'{{"do": "hang", "i": 0}}'))
    """)
    root = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as parent:
        assert parent.stdout.readline() == b"ready\n"
        children = descendants(parent.pid)
        assert len(children) == 2
        struck = time.monotonic()
        parent.send_signal(blow)
        _, errors = parent.communicate(timeout=30)
        assert time.monotonic() - struck < 15
        assert (b"KeyboardInterrupt" in errors) is (blow == signal.SIGINT)
    wait_until_gone(children, 1)


def test_nothing_that_the_consumer_prints_reaches_our_output(target, capfd):
    send(target, order("flood"))
    assert capfd.readouterr() == ("", "")


def write(folder: Path, **modules: str) -> str:
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(source))
    return str(folder)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "import nowhere_to_be_found",
            "shop.py:1: ModuleNotFoundError: No module named 'nowhere_to_be_found'",
        ),
        ("x = 1\ny = x.nope", "shop.py:2: AttributeError: 'int' object has no attribute 'nope'"),
        ("def parse(:\n  pass", "shop.py:1: SyntaxError: invalid syntax"),
        ("import sys\nsys.exit('no settings')", "shop.py:2: SystemExit: no settings"),
        ("import os\nos._exit(5)", "importing shop:parse ended the process with exit code 5"),
        (
            "import ctypes\nctypes.string_at(0)",
            "importing shop:parse ended the process with SIGSEGV at shop.py:2 in <module>",
        ),
        ("def prase(body): pass", "shop has no 'parse'; did you mean prase?"),
    ],
)
def test_an_import_error_in_the_child_is_one_line_here(tmp_path, source, message):
    with pytest.raises(TargetError) as caught:
        open_python_target("shop:parse", cwd=write(tmp_path, shop=source))
    assert str(caught.value) == message


def test_what_is_no_target_is_wrong_use_and_not_an_import_error(tmp_path):
    with pytest.raises(UsageError, match="that needs 2 arguments"):
        open_python_target("shop:parse", cwd=write(tmp_path, shop="def parse(body, secret): pass"))


def test_a_target_that_prints_a_lot_while_it_is_imported_is_imported(tmp_path):
    folder = write(tmp_path, shop="print('x' * 5_000_000)\ndef parse(body): return {}")
    with open_python_target("shop:parse", cwd=folder) as target:
        assert send(target, order("x")).outcome == "accepted"


def test_threads_that_start_at_import_live_in_every_worker(tmp_path):
    """A fork would lose them and keep their locks, so each worker imports for itself."""
    source = """
        import queue, threading
        asked, answered = queue.Queue(), queue.Queue()
        def work():
            while True:
                answered.put(asked.get())
        threading.Thread(target=work, daemon=True).start()
        def parse(body):
            asked.put(body.decode())
            return {"text": answered.get(timeout=1)}
    """
    with open_python_target("shop:parse", cwd=write(tmp_path, shop=source)) as target:
        replies = [
            reply for _, reply in target.exchange([order("x", 1), order("x", 2, fresh=True), order("x", 3)])
        ]
        assert constants(target)[:2] == (("text",), (1,))
    assert [json.loads(reply.value["text"])["i"] for reply in replies] == [1, 2, 3]


def test_an_object_is_found_again_by_its_name_and_one_without_a_name_is_refused():
    with open_python_target(json.loads) as target:
        assert send(target, order("x")).value == {"do": "x", "i": 0}
    with pytest.raises(UsageError, match="isolate=False"):
        open_python_target(lambda body: body)


def test_constants_come_from_the_child_that_holds_the_source(tmp_path):
    folder = write(
        tmp_path,
        shop='"""Text that says nothing."""\nimport json\nfrom shop_rules import LIMIT\ndef parse(body) -> "dict":\n    return json.loads(body)["status"] == "archived"',
        shop_rules="LIMIT = 4711",
    )
    with open_python_target("shop:parse", cwd=folder) as target:
        assert constants(target)[:2] == (("status", "archived"), (4711,))


def test_a_closed_target_says_so_and_may_be_closed_again(project):
    target = open_python_target("hostile_shop:parse", cwd=str(project))
    send(target, order("nothing"))
    target.close()
    target.close()
    with pytest.raises(UsageError, match="closed"):
        send(target, order("nothing"))


APPS = """
import asyncio, contextlib, json, os, time

started = 0

async def asgi(scope, receive, send):
    global started
    if scope["type"] == "lifespan":
        await receive()
        started += 1
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return
    body = (await receive())["body"]
    do = json.loads(body)["do"]
    if do == "await":
        await asyncio.sleep(60)
    await send({"type": "http.response.start", "status": answer(do), "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % started})

def wsgi(environ, start_response):
    status = answer(json.loads(environ["wsgi.input"].read())["do"])
    start_response(f"{status} Whatever", [])
    return [b"1"]

def answer(do):
    if do == "leave":
        os._exit(1)
    while do == "hang":
        pass
    if do == "crash":
        {}["nope"]
    return 422 if do == "refuse" else 204

def make():
    return asgi

def make_badly():
    return os.environ["SHOP_SETTINGS_THAT_ARE_NOT_THERE"]

async def failing(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})
"""


@pytest.mark.parametrize("name", ["asgi", "wsgi"])
def test_an_app_in_a_child_answers_hangs_and_dies_like_any_other_consumer(tmp_path, monkeypatch, name):
    monkeypatch.setattr("contract_kit.targets._isolated._APP_PATIENCE", 0.2)
    folder = write(tmp_path, shop_apps=APPS)
    doings = ["nothing", "refuse", "crash", "hang", "nothing", "leave", "nothing"]
    with open_python_target(f"shop_apps:{name}", timeout=TIMEOUT, cwd=folder) as target:
        assert target.kind == name
        replies = [reply for _, reply in target.exchange([order(do, i) for i, do in enumerate(doings)])]
        assert [reply.outcome for reply in replies] == [
            "accepted", "rejected", "crashed", "timed_out", "accepted", "crashed", "accepted",
        ]  # fmt: skip
        assert [reply.status for reply in replies[:2]] == [204, 422]
        assert replies[2].where.endswith("in answer")
        assert replies[3].where.endswith("in answer")
        if name == "asgi":
            assert send(target, order("await")).outcome == "timed_out"
            assert send(target, order("nothing")).body == b"1"


def test_a_factory_is_called_where_the_user_says_what_it_makes(tmp_path):
    folder = write(tmp_path, shop_apps=APPS)
    with open_python_target("shop_apps:make", as_="asgi", cwd=folder) as target:
        assert send(target, order("nothing")).status == 204
    with pytest.raises(UsageError, match="--as asgi"):
        open_python_target("shop_apps:make", cwd=folder)
    with pytest.raises(TargetError, match=r"shop_apps.py:\d+: KeyError"):
        open_python_target("shop_apps:make_badly", as_="wsgi", cwd=folder)


def test_an_app_whose_startup_fails_is_an_error_and_not_a_finding(tmp_path):
    with (
        open_python_target("shop_apps:failing", as_="asgi", cwd=write(tmp_path, shop_apps=APPS)) as target,
        pytest.raises(TargetError, match="no database"),
    ):
        send(target, order("nothing"))
