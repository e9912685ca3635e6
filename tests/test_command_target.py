"""Commands as consumers: exit codes, traces, hangs, floods, and those that stay up and answer line by line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import NOTHING, Delivery
from contract_kit.targets import CommandTarget, send
from contract_kit.targets._traces import find_trace

BODY = b'{"event_type":"customer.created","customer":{"name":"Ada"}}'
ROOT = Path(__file__).parent.parent
NODE = shutil.which("node")


def post(body=BODY, key=0):
    return Delivery(key=key, body=body)


@pytest.fixture
def command():
    made = []

    def make(*argv, **options):
        made.append(CommandTarget(argv, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def shell(command):
    return lambda script, **options: command("sh", "-c", script, **options)


@pytest.fixture
def python(command):
    return lambda program, **options: command(sys.executable, "-S", "-c", program, **options)


# ---- outcomes -----------------------------------------------------------------------------------------------


def test_what_a_command_prints_is_its_value(shell):
    reply = send(shell("cat"), post())
    assert (reply.outcome, reply.value) == ("accepted", json.loads(BODY))


@pytest.mark.parametrize("printed", ["", "not json", "{} {}", "NaN", '"\\377"', "[" * 5_000])
def test_what_is_no_json_is_no_value(shell, printed):
    reply = send(shell(f"cat >/dev/null; printf '%b' '{printed}'"), post())
    assert (reply.outcome, reply.value) == ("accepted", NOTHING)


def test_null_is_a_value(shell):
    assert send(shell("echo null"), post()).value is None


@pytest.mark.parametrize(
    ("script", "outcome", "exception"),
    [
        ("exit 1", "rejected", None),
        ("exit 2", "crashed", "exit 2"),
        ("kill -SEGV $$", "crashed", "SIGSEGV"),
        ("kill -ABRT $$", "crashed", "SIGABRT"),
    ],
)
def test_the_exit_code_says_the_outcome(shell, script, outcome, exception):
    reply = send(shell(f"cat >/dev/null; echo oh no >&2; {script}"), post())
    assert (reply.outcome, reply.exception) == (outcome, exception)
    assert reply.message == "oh no"


def test_other_exit_codes_can_be_a_refusal(shell):
    target = shell("exit $(cat)", reject_exits=(65, 3))
    codes = {reply.outcome: delivery.body for delivery, reply in target.exchange([post(b"65"), post(b"1")])}
    assert codes == {"rejected": b"65", "crashed": b"1"}


def test_an_uncaught_exception_is_a_crash_though_python_exits_with_1(tmp_path, command):
    (tmp_path / "parse.py").write_text(
        "import json, sys\n\ndef parse(text):\n    return json.loads(text)['customer']['name'].strip()\n\nparse(sys.stdin.read())\n"
    )
    target = command(sys.executable, "-S", "parse.py", cwd=str(tmp_path))
    assert send(target, post()).outcome == "accepted"
    reply = send(target, post(b'{"customer": {"name": null}}'))
    assert (reply.outcome, reply.exception) == ("crashed", "AttributeError")
    assert reply.where == "parse.py:4 in parse"
    reply = send(target, post(b"{"))
    assert (reply.exception, reply.where) == ("json.decoder.JSONDecodeError", "parse.py:4 in parse")


def test_a_command_that_does_not_read_its_stdin_is_fine(shell):
    assert send(shell("echo true"), post(b"x" * 2_000_000)).value is True


def test_a_big_body_goes_in_while_a_big_value_comes_out(shell):
    body = json.dumps(["x" * 1_000] * 1_000).encode()
    assert send(shell("cat"), post(body)).value == json.loads(body)


# ---- hostile commands ---------------------------------------------------------------------------------------


def test_a_command_that_hangs_is_killed_with_everything_it_started(shell, tmp_path):
    target = shell(f'test -n "$(cat)" || exit 0; sleep 60 & echo $! >{tmp_path}/pid; wait', timeout=0.3)
    began = time.monotonic()
    reply = send(target, post())
    assert reply.outcome == "timed_out"
    assert time.monotonic() - began < 20
    child = int((tmp_path / "pid").read_text())
    assert ended(child), "what it had started ended with it"


def ended(pid, within=2.0):
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


def test_a_command_that_prints_for_ever_is_stopped(shell):
    reply = send(shell("cat >/dev/null; while :; do head -c 1000000 /dev/zero; done", timeout=20), post())
    assert reply.outcome == "crashed"
    assert "MB" in reply.detail


def test_a_command_that_complains_for_ever_is_bounded(shell):
    reply = send(shell('test -n "$(cat)" || exit 0; while :; do echo oh no >&2; done', timeout=0.3), post())
    assert reply.outcome == "timed_out"


def test_a_process_left_behind_with_the_pipes_does_not_hold_us_up(shell):
    began = time.monotonic()
    assert send(shell("cat; sleep 60 & exit 0", timeout=10), post()).outcome == "accepted"
    assert time.monotonic() - began < 30


def test_commands_run_beside_each_other(shell):
    target = shell('test -n "$(cat)" || exit 0; sleep 1', workers=8, timeout=15)
    began = time.monotonic()
    replies = list(target.exchange(post(key=number) for number in range(8)))
    assert {reply.outcome for _, reply in replies} == {"accepted"}
    assert time.monotonic() - began < 7


def test_stopping_early_kills_what_runs_and_leaves_the_target_usable(shell):
    target = shell('test "$(cat)" != slow || sleep 60', workers=2, timeout=60)
    replies = target.exchange(post(b"slow" if number else b"quick", key=number) for number in range(10))
    assert next(replies)[1].outcome == "accepted"
    began = time.monotonic()
    replies.close()
    assert time.monotonic() - began < 20
    assert send(target, post(b"quick")).outcome == "accepted"


def test_an_interrupt_ends_everything_at_once(shell):
    target = shell('test -z "$(cat)" || sleep 60', timeout=60)
    replies = target.exchange([post(), post()])
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(replies)
    replies.close()
    target.close()
    timer.join()
    assert time.monotonic() - began < 20


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_no_pipe_and_no_child_is_left_behind(shell):
    target = shell("cat", workers=4)
    list(target.exchange(post() for _ in range(4)))
    before = len(list(Path("/proc/self/fd").iterdir()))
    list(target.exchange(post() for _ in range(20)))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# ---- wrong use ----------------------------------------------------------------------------------------------


def test_a_command_that_is_not_there_is_a_target_error(command, shell, tmp_path):
    with pytest.raises(TargetError, match="cannot be started: no such file"):
        send(command(str(tmp_path / "nothing")), post())
    with pytest.raises(TargetError, match="cannot be run"):
        send(shell("no-such-command-here"), post())
    (tmp_path / "plain").write_text("")
    with pytest.raises(TargetError, match="permission denied"):
        send(command(str(tmp_path / "plain")), post())


@pytest.mark.parametrize("wrong", [{"argv": []}, {"timeout": 0}, {"workers": 0}, {"reject_exits": (0, 1)}])
def test_impossible_options_are_refused_when_the_target_is_made(wrong):
    with pytest.raises(UsageError):
        CommandTarget(**{"argv": ["cat"], **wrong})


def test_the_environment_and_the_directory_are_the_callers(shell, tmp_path):
    target = shell('cat >/dev/null; printf \'["%s", "%s", "%s"]\' "$SHOP" "$(pwd)" "$CONTRACT_KIT_WORKER"',
                   cwd=str(tmp_path), env={"SHOP": "ours"})  # fmt: skip
    assert send(target, post()).value == ["ours", str(tmp_path), ""]


# ---- the worker protocol ------------------------------------------------------------------------------------

WORKER = """
import base64, json, math, os, sys, time
starts = os.environ["STARTS"]
assert os.environ["CONTRACT_KIT_WORKER"] == "1"
print(json.dumps({"contract_kit_worker": 1}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["id"] == 1 or not os.path.exists(starts):
        open(starts, "a").close()
    body = base64.b64decode(request["body_base64"])
    answer = {"id": request["id"], "outcome": "accepted", "value": os.getpid()}
    if body == b"no":
        answer = {"id": request["id"], "outcome": "rejected", "message": "I will not"}
    if body == b"crash":
        answer = {"id": request["id"], "outcome": "crashed", "exception": "KeyError", "message": "x", "where": "a.py:1"}
    if body == b"nothing":
        del answer["value"]
    if body == b"infinity":
        answer["value"] = {"outcome": math.inf}
    if body == b"odd":
        answer["outcome"] = "maybe"
    if body == b"noise":
        print("debugging"); print("{}"); print(json.dumps({"id": 0, "outcome": "rejected"}))
    if body == b"exit":
        sys.exit(0)
    if body == b"die":
        raise RuntimeError("gone")
    if body == b"hang":
        time.sleep(60)
    if body == b"flood":
        while True:
            print("x" * 1_000_000, end="")
    if body == b"deep":
        deep = "[" * 20_000 + "]" * 20_000
        print('{"id": %d, "outcome": "accepted", "value": %s}' % (request["id"], deep), flush=True)
        continue
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def worker(python, tmp_path):
    return lambda **options: python(WORKER, env={"STARTS": str(tmp_path / "starts")}, **options)


def test_a_worker_answers_many_bodies_from_one_process(worker):
    target = worker(workers=1)
    pids = {reply.value for _, reply in target.exchange(post(key=number) for number in range(200))}
    pids |= {send(target, post()).value}
    assert len(pids) == 1


@pytest.mark.parametrize(
    ("body", "outcome", "exception", "message"),
    [
        (b"no", "rejected", None, "I will not"),
        (b"crash", "crashed", "KeyError", "x"),
        (b"odd", "crashed", None, ""),
        (b"exit", "crashed", "worker ended", ""),
        (b"die", "crashed", "RuntimeError", "gone"),
        (b"noise", "accepted", None, ""),
    ],
)
def test_a_workers_word_is_taken(worker, body, outcome, exception, message):
    target = worker(workers=1)
    reply = send(target, post(body))
    assert (reply.outcome, reply.exception, reply.message) == (outcome, exception, message)
    assert send(target, post()).outcome == "accepted", "a worker that ended is replaced"


def test_a_worker_may_give_no_value(worker):
    assert send(worker(workers=1), post(b"nothing")).value is NOTHING


@pytest.mark.parametrize("body", [b"deep", b"infinity"])
def test_an_answer_whose_value_cannot_be_read_is_an_answer(worker, body):
    """Nested too deep, or what Python writes for a number beyond doubles, which is no JSON."""
    reply = send(worker(workers=1, timeout=1), post(body))
    assert (reply.outcome, reply.value) == ("accepted", NOTHING)


def test_a_worker_that_hangs_is_replaced(worker):
    target = worker(workers=1, timeout=0.3)
    outcomes = [reply.outcome for _, reply in target.exchange([post(), post(b"hang"), post()])]
    assert outcomes == ["accepted", "timed_out", "accepted"]


def test_a_worker_that_floods_is_replaced(worker):
    target = worker(workers=1, timeout=20)
    assert [reply.outcome for _, reply in target.exchange([post(b"flood"), post()])] == [
        "crashed",
        "accepted",
    ]


def test_a_worker_that_starts_slowly_is_not_charged_for_it(python, tmp_path):
    target = python(
        "import time; time.sleep(0.5)\n" + WORKER, env={"STARTS": str(tmp_path / "s")}, timeout=0.4, workers=1
    )
    reply = send(target, post())
    assert reply.outcome == "accepted"
    assert reply.elapsed < 0.3


def test_a_worker_that_dies_while_idle_is_replaced(worker):
    target = worker(workers=1)
    pid = send(target, post()).value
    os.kill(pid, signal.SIGKILL)
    assert ended(pid)
    again = send(target, post())
    assert again.outcome == "accepted"
    assert again.value != pid


def test_closing_ends_the_workers(worker):
    target = worker(workers=2)
    pids = {reply.value for _, reply in target.exchange(post() for _ in range(20))}
    target.close()
    target.close()
    assert all(ended(pid) for pid in pids)


@pytest.mark.skipif(NODE is None, reason="the example is written in Node, and Node is not installed")
def test_the_example_in_node_answers_as_a_worker_and_as_a_plain_command(command):
    example = ROOT / "examples" / "worker-node" / "worker.mjs"
    target = command(NODE, str(example), workers=2, timeout=10)
    bodies = [BODY, b"{", b"[]", b'{"customer": null}', b"\xff"] * 20
    replies = list(target.exchange(post(body, key=number) for number, body in enumerate(bodies)))
    outcomes = {delivery.body: reply.outcome for delivery, reply in replies}
    assert outcomes == dict.fromkeys(bodies[1:], "rejected") | {BODY: "accepted"}
    assert all(reply.value == json.loads(BODY) for delivery, reply in replies if delivery.body == BODY)
    assert target._bench is not None
    for body, code in ((BODY, 0), (b"{", 1)):
        assert (
            subprocess.run([NODE, str(example)], input=body, capture_output=True, check=False).returncode
            == code
        )


# ---- traces -------------------------------------------------------------------------------------------------

TRACES = {
    "Node": (
        ("file:///srv/shop/parse.mjs:3\n  return e.customer.name.trim();\n                         ^\n\n"
        "TypeError: Cannot read properties of null (reading 'trim')\n"
        "    at parse (file:///srv/shop/parse.mjs:3:26)\n    at node:internal/main:1:2\n\nNode.js v20.1.0\n"),
        ("TypeError", "Cannot read properties of null (reading 'trim')", "parse.mjs:3 in parse"),
    ),
    "Node, a dependency inside": (
        "Error: bad\n    at check (/srv/shop/node_modules/zod/index.js:1:2)\n    at async Parser.run (/srv/shop/a.js:7:9)\n",
        ("Error", "bad", "a.js:7 in async Parser.run"),
    ),
    "Java": (
        ('Exception in thread "main" java.lang.NullPointerException: Cannot invoke "String.trim()"\n'
        "\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)\n\tat shop.Parse.main(Parse.java:12)\n"),
        ("java.lang.NullPointerException", 'Cannot invoke "String.trim()"', "Parse.java:12 in shop.Parse.main"),
    ),
    "Java, caused": (
        ('Exception in thread "main" java.lang.RuntimeException: outer\n\tat shop.A.a(A.java:1)\n'
        "Caused by: java.io.IOException: inner\n\tat shop.B.b(B.java:2)\n\t... 1 more\n"),
        ("java.io.IOException", "inner", "B.java:2 in shop.B.b"),
    ),
    "Go": (
        ("panic: runtime error: index out of range [0] with length 0\n\ngoroutine 1 [running]:\n"
        "main.parse(...)\n\t/srv/shop/main.go:14\nmain.main()\n\t/srv/shop/main.go:30 +0x1d\nexit status 2\n"),
        ("panic", "runtime error: index out of range [0] with length 0", "main.go:14 in main.parse"),
    ),
    "Rust": (
        "thread 'main' panicked at src/main.rs:7:41:\ncalled `Option::unwrap()` on a `None` value\nnote: run with",
        ("panic", "called `Option::unwrap()` on a `None` value", "src/main.rs:7"),
    ),
    "Rust, new": (
        "\nthread 'main' (1234) panicked at src/main.rs:7:41:\nno\n", ("panic", "no", "src/main.rs:7"),
    ),
    "Rust, old": (
        "thread 'main' panicked at 'no', src/main.rs:2:5\n", ("panic", "no", "src/main.rs:2"),
    ),
    "Ruby": (
        ("/srv/shop/parse.rb:3:in `parse': undefined method `strip' for nil:NilClass (NoMethodError)\n"
        "\tfrom /srv/shop/parse.rb:6:in `<main>'\n"),
        ("NoMethodError", "undefined method `strip' for nil:NilClass", "parse.rb:3 in parse"),
    ),
    "PHP": (
        ("PHP Fatal error:  Uncaught TypeError: trim(): Argument #1 must be string in /srv/shop/parse.php:4\n"
        "Stack trace:\n#0 {main}\n  thrown in /srv/shop/parse.php on line 4\n"),
        ("TypeError", "trim(): Argument #1 must be string", "parse.php:4"),
    ),
    ".NET": (
        ("Unhandled exception. System.NullReferenceException: Object reference not set.\n"
        "   at Shop.Parse.Run(String body) in /srv/shop/Parse.cs:line 9\n"),
        ("System.NullReferenceException", "Object reference not set.", "Parse.cs:9 in Shop.Parse.Run"),
    ),
    "Python, a group": (
        '  + Exception Group Traceback (most recent call last):\n  |   File "/srv/shop/a.py", line 1, in <module>\n',
        (None, "", None),
    ),
    "C++": ("terminate called after throwing an instance of 'std::out_of_range'\n  what():  x\n",
            (None, "terminate called after throwing an instance of 'std::out_of_range'", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", TRACES)
def test_a_runtimes_trace_is_known_and_read(name):
    text, expected = TRACES[name]
    trace = find_trace("starting\n" + text, "/srv/shop")
    assert trace is not None
    if name not in {"Python, a group", "C++"}:
        assert (trace.exception, trace.message, trace.where) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "error: name must not be null",
        "ValueError: bad name",
        "rejected at line 3:14: unexpected token",
        "WARN customer.created: field at /customer/name:1 missing",
        "  at /customer/name: expected string",
        "panic: we sell out today",
        "shop.rb:3: warning: unused variable",
        "DeprecationWarning: use something else\n  parse(sys.stdin)",
        "usage: parse [-h]",
    ],
)
def test_what_is_no_trace_is_none(text):
    assert find_trace(text, "/srv/shop") is None


@pytest.mark.skipif(NODE is None, reason="the trace is Node's own, and Node is not installed")
def test_nodes_own_trace_is_read(command, tmp_path):
    (tmp_path / "parse.cjs").write_text(
        "function parse(text) {\n  return JSON.parse(text).customer.name.trim();\n}\n"
        "console.log(JSON.stringify(parse(require('fs').readFileSync(0, 'utf8'))));\n"
    )
    target = command(NODE, "parse.cjs", cwd=str(tmp_path), timeout=10)
    assert send(target, post()).value == "Ada"
    reply = send(target, post(b'{"customer": {"name": null}}'))
    assert (reply.outcome, reply.exception, reply.where) == ("crashed", "TypeError", "parse.cjs:2 in parse")
