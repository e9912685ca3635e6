"""The commands that talk to receivers, over real HTTP on loopback: ``serve``, ``send``, ``fuzz URL``, ``demo``."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from cli_makers import Done, command, run, workplace

from contract_kit.cli import main
from contract_kit.sample import DEMO, Receiver, serve

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_c2VjcmV0IHRoYXQgbm9ib2R5IHNlZXM="


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.delenv("CONTRACT_KIT_SECRET", raising=False)
    monkeypatch.chdir(workplace(tmp_path))
    return tmp_path


@pytest.fixture
def cli(place, capsys):
    def call(*words: str) -> Done:
        code = main(words)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


@pytest.fixture(scope="module")
def signed():
    with serve(Receiver(secret=SECRET)) as running:
        yield running


@pytest.fixture(scope="module")
def planted():
    with serve(Receiver(secret=SECRET, faults=DEMO)) as running:
        yield running


# -- send -------------------------------------------------------------------------------------


def test_a_signed_event_is_taken_and_an_unsigned_one_is_refused(cli, signed):
    taken = cli("send", signed.url, "--secret", SECRET)
    assert (taken.code, taken.err) == (0, "")
    assert taken.out.startswith("200 after ")
    assert cli("send", signed.url, "--secret", SECRET, "--sign", "webhook").code == 0
    refused = cli("send", signed.url)
    assert (refused.code, refused.out.splitlines()[0].split()[0]) == (1, "401")
    assert cli("send", signed.url, "--secret", OTHER).code == 1


def test_the_secret_may_come_from_the_environment(cli, signed, monkeypatch):
    monkeypatch.setenv("CONTRACT_KIT_SECRET", SECRET)
    assert cli("send", signed.url).code == 0


def test_values_of_ones_own_are_sent(cli, signed):
    words = ("send", signed.url, "--secret", SECRET)
    assert cli(*words, "--set", '/customer/status="gone"').code == 1
    assert cli(*words, "--set", '/customer/name="Ada"', "--set", '/customer/status="deleted"').code == 0


def test_a_case_of_the_catalogue_is_sent_by_its_id(cli, signed):
    words = ("send", signed.url, "--secret", SECRET, "--case")
    assert cli(*words, "valid:/customer/email::absent").code == 0
    assert cli(*words, "invalid:/customer/status:enum:unknown").code == 1
    steps = cli(*words, "delivery:::unsigned").out.splitlines()
    assert [line.split()[0] for line in steps if " after " in line] == ["200", "401"]
    wrong = cli(*words, "valid:/customer/emial::absent")
    assert (wrong.code, "did you mean valid:/customer/email::absent" in wrong.err) == (2, True)


def test_a_reply_never_brings_the_secret_to_the_screen(cli, place):
    def tell(environ, start_response):
        start_response("200 OK", [("Content-Length", str(11 + len(SECRET)))])
        return [b"the key is " + SECRET.encode()]

    with serve(tell) as running:
        done = cli("send", running.url, "--secret", SECRET)
    assert done.code == 0
    assert SECRET not in done.out
    assert "the key is [redacted]" in done.out


# -- serve ------------------------------------------------------------------------------------


@contextmanager
def serving(place, *words: str):
    """A real ``serve`` and the URL that it prints."""
    process = subprocess.Popen(
        command("serve", "--port", "0", *words),
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process, process.stdout.readline().split()[1]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_prints_where_it_is_and_ends_with_130(place, cli, number):
    with serving(place, "--secret", SECRET) as (process, url):
        told = process.stdout.readline() + process.stdout.readline()
        assert cli("send", url, "--secret", SECRET).code == 0
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "/effects" in told
    assert SECRET not in told + out + err
    assert err.endswith("interrupted\n")


def test_a_port_that_is_taken_ends_with_3(cli, signed):
    done = cli("serve", "--port", str(signed.port))
    assert (done.code, done.errors) == (
        3,
        [f"Error: cannot listen at 127.0.0.1 port {signed.port}: address already in use"],
    )


# -- fuzz -------------------------------------------------------------------------------------

SMALL = ("--spec", "small.yaml", "--event", "order.paid", "--max-examples", "0")
QUICK = ("--secret", SECRET, "--max-examples", "0")


def test_a_sound_receiver_passes_every_delivery_case(cli, signed):
    effects = ("--effects", signed.effects_url, "--effects-pointer", "/writes")
    done = cli("fuzz", signed.url, *QUICK, "--kinds", "delivery", "--workers", "16", *effects)
    assert (done.code, done.err) == (0, ""), done.out
    assert "effects not observed" not in done.out


def test_a_fault_behind_a_url_is_found_and_replayed_without_its_secret_in_any_file(cli, planted, place):
    only = ("--only", "invalid:/customer/status:enum:case-*")
    found = cli("fuzz", planted.url, *QUICK, *only, "--report", "r.json", "--report", "r.html")
    assert found.code == 1
    (finding,) = json.loads((place / "r.json").read_text())["findings"]
    assert (finding["finding"], finding["observed"]["status"]) == ("false_accept", 200)
    again = cli("replay", "r.json", planted.url, "--secret", SECRET)
    assert (again.code, again.out.splitlines()[-1]) == (1, "1 of 1 still fail")
    for path in place.rglob("*"):
        if path.is_file():
            assert SECRET.removeprefix("whsec_").encode() not in path.read_bytes(), path


def test_a_replay_that_cannot_come_in_does_not_say_that_the_fault_is_mended(cli, planted, place):
    only = ("--only", "invalid:/customer/status:enum:case-*")
    assert cli("fuzz", planted.url, *QUICK, *only, "--report", "r.json").code == 1
    for words in ((), ("--secret", OTHER)):
        again = cli("replay", "r.json", planted.url, *words)
        assert (again.code, again.out) == (3, "")
        assert "answers the first sound delivery with 401" in again.err


def test_a_kept_delivery_case_is_replayed_by_its_id(cli, place, planted, signed):
    only = ("--only", "delivery:::repeat-five-times")
    effects = ("--effects", planted.effects_url, "--effects-pointer", "/writes")
    found = cli("fuzz", planted.url, *QUICK, *only, *effects, "--report", "r.json")
    assert found.code == 1
    line = json.loads((place / "r.json").read_text())["findings"][0]["reproduce"]["cli"]
    assert f"--effects {planted.effects_url} --effects-pointer /writes" in line, "else it would pass"
    again = cli("replay", "r.json", planted.url, "--secret", SECRET, *effects)
    assert again.code == 1
    unseen = cli("replay", "r.json", signed.url, "--secret", SECRET)
    assert (unseen.code, unseen.out.splitlines()[-1]) == (2, "1 of 1 not judged")
    assert "say --effects" in unseen.out
    sound = ("--effects", signed.effects_url, "--effects-pointer", "/writes")
    assert cli("replay", "r.json", signed.url, "--secret", SECRET, *sound).code == 0


@pytest.mark.parametrize(
    ("path", "secret", "told"),
    [
        ("/webhooks", OTHER, "answers the first sound delivery with 401: is the secret right (--secret)?"),
        ("/nowhere", SECRET, "answers the first sound delivery with 404: is the path right?"),
        (
            "/effects",
            SECRET,
            "answers the first sound delivery with 405: is the path right? it takes no POST",
        ),
    ],
)
def test_a_receiver_that_refuses_the_first_sound_delivery_ends_the_run_with_3(
    cli, signed, place, path, secret, told
):
    done = cli("fuzz", signed.base + path, "--secret", secret, "--report", "r.json")
    assert (done.code, done.out, done.errors) == (3, "", [f"Error: {signed.base}{path} {told}"])
    assert not (place / "r.json").exists()


def test_headers_of_ones_own_go_with_every_delivery(cli, place):
    seen = set()

    def app(environ, start_response):
        seen.add(environ.get("HTTP_X_TENANT"))
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    with serve(app) as running:
        cli("fuzz", running.url, "--header", "X-Tenant: a7", *SMALL, "--only", "valid:*")
    assert seen == {"a7"}


def test_a_credential_in_a_header_stands_in_no_report(cli, place):
    def app(environ, start_response):
        answer = environ.get("HTTP_AUTHORIZATION", "").encode()
        start_response("500 Oops", [("Content-Length", str(len(answer)))])
        return [answer]

    with serve(app) as running:
        words = ("--header", "Authorization: Bearer tok-7fjs82jd", "--report", "r.json", "-v")
        done = cli("fuzz", running.url, *SMALL, "--only", "valid:*", *words)
    assert done.code == 1
    assert "tok-7fjs82jd" not in done.out + (place / "r.json").read_text()


APPS = """\
import json
def wsgi(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ.get("HTTP_X_TENANT") != "a7":
        status = "403 Forbidden"
    else:
        status = answer(body)
    start_response(status, [("Content-Type", "text/plain")])
    return [b"ok"]

def answer(body):
    import shop
    try:
        shop.sound(body)
    except shop.BadWebhook:
        return "400 Bad Request"
    return "200 OK"
"""


@pytest.mark.parametrize("isolate", ["--isolate", "--no-isolate"])
def test_an_app_is_an_endpoint_and_gets_the_user_s_headers(cli, place, isolate):
    (place / "apps.py").write_text(APPS)
    words = ("fuzz", "apps:wsgi", *SMALL, "--kinds", "valid,invalid,malformed", isolate)
    assert cli(*words).code == 3
    done = cli(*words, "--header", "X-Tenant: a7")
    assert (done.code, done.err) == (0, ""), done.out
    assert "(wsgi)" in done.out.splitlines()[0]


def test_ctrl_c_ends_a_run_over_http_within_a_second(place, signed):
    process = subprocess.Popen(
        command("fuzz", signed.url, "--secret", SECRET, "--rate", "50", "--report", "r.json"),
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    # it has begun when the receiver acted upon something
    before, until = _writes(signed), time.monotonic() + 20
    while _writes(signed) == before and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 15  # at fifty a second three minutes were ahead
    assert (process.returncode, err) == (130, "interrupted: the findings so far are shown\n")
    assert "stopped early: interrupted" in out
    assert json.loads((place / "r.json").read_text())["summary"]["stopped"] == "interrupted"


def _writes(running) -> int:
    from contract_kit.targets import fetch

    return json.loads(fetch(running.effects_url).body)["writes"]


# -- demo -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_demo_finds_exactly_what_is_planted(tmp_path):
    done = run("demo", cwd=tmp_path, timeout=120)
    assert (done.code, done.err) == (0, ""), done.out
    assert f"found the {len(DEMO)} planted faults, and nothing else" in done.out
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html"]
    secret, keep_up = (line.strip() for line in done.out.splitlines()[-2:])
    again = [line.split(maxsplit=1)[1] for line in done.out.splitlines() if line.startswith("    replay ")]
    assert len(again) == len(DEMO)
    with socket.socket() as sock:  # somebody else may have the port that is served at unasked
        sock.bind(("127.0.0.1", 0))
        port = str(sock.getsockname()[1])
    keep_up = keep_up.replace("serve", f"serve --port {port}")
    lines = [secret, keep_up, "trap 'kill $!' EXIT", "sleep 2", *(f"{one}; echo end $?" for one in again)]
    pasted = (
        "\n".join(lines).replace("contract-kit", f"{sys.executable} -m contract_kit").replace("8765", port)
    )
    seen = subprocess.run(["sh", "-c", pasted], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert [line for line in seen.stdout.splitlines() if line.startswith("end ")] == ["end 1"] * len(DEMO)


def test_a_demo_that_misses_a_fault_says_which_and_ends_with_1(cli, monkeypatch):
    import contract_kit.runner

    def nothing(terms, target, settings, context, **_more):
        from dataclasses import replace

        found = real(terms, target, replace(settings, only=("valid:/customer/email::absent",)), context)
        return replace(found, findings=())

    real = contract_kit.runner.run
    monkeypatch.setattr(contract_kit.runner, "run", nothing)
    done = cli("demo")
    assert done.code == 1
    assert len(done.errors) == len(DEMO)
    assert "Error: not found: the receiver dies where the customer has no email (crash)" in done.errors
