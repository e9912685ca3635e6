"""Bad input on the command line: an exit code, one or two plain lines, and nothing half done."""

from __future__ import annotations

import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from cli_makers import SMALL_RUN, Done, run, workplace

from contract_kit.cli import main


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    """Calls the command line in this process, in a directory of its own."""
    monkeypatch.chdir(workplace(tmp_path))
    monkeypatch.delenv("CONTRACT_KIT_SECRET", raising=False)

    def call(*words: str) -> Done:
        code = main(words)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


@pytest.fixture
def nobody():
    """A loopback port at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/hooks"


SECOND = {
    "demo": "'contract-kit demo --help' shows how",
    "fuzz": "'contract-kit fuzz --help' shows how",
    "cases": "'contract-kit cases --help' shows how",
}

WRONG_USE = {
    ("fuz", "shop:sound"): "Error: no command 'fuz'; did you mean fuzz?",
    ("fuzz",): (
        "Error: no TARGET is given, and no [[tool.contract_kit.targets]] stands in a pyproject.toml here; "
        "try a URL or package.module:object"
    ),
    ("fuzz", "shop"): "Error: 'shop' is not of the form package.module:object",
    ("fuzz", "localhost:8000/hooks"): (
        "Error: 'localhost:8000/hooks' names no scheme; a receiver is http://localhost:8000/hooks"
    ),
    ("fuzz", "ftp://127.0.0.1/x"): (
        "Error: 'ftp://127.0.0.1/x' is no URL of a receiver: it should begin with http:// or https://"
    ),
    ("fuzz", "shop:sound", "--policy", "strict"): (
        "Error: Invalid value for '--policy': 'strict' is not one of 'schema', 'provider', 'tolerant'"
    ),
    ("fuzz", "shop:sound", "--kinds", "valid,odd"): (
        "Error: Invalid value for '--kinds': 'odd' is no kind; there are "
        "valid, equivalent, foreign, invalid, malformed, delivery"
    ),
    ("fuzz", "shop:sound", "--max-examples", "-1"): (
        "Error: Invalid value for '--max-examples': -1 is not in the range x>=0"
    ),
    ("fuzz", "shop:sound", "--timeout", "0"): (
        "Error: Invalid value for '--timeout': 0.0 is not in the range x>0"
    ),
    ("fuzz", "shop:sound", "--colour"): "Error: No such option '--colour'",
    ("fuzz", "shop:sound", "--engine", "schemathesis"): (
        "Error: --engine schemathesis makes requests, which only endpoints take; this target is a parser"
    ),
    ("fuzz", "shop:sound", "--", "cat"): ("Error: give TARGET or a command after --, not both: 'shop:sound'"),
    ("fuzz", "--"): "Error: a command is needed after --",
    ("fuzz", "shop:sound", "--report", "out.pdf"): (
        "Error: cannot tell the format of report 'out.pdf': its name must end in one of .json, .xml, .html"
    ),
    ("fuzz", "shop:sound", "--report", "no/where.json"): (
        "Error: cannot write report 'no/where.json': there is no directory 'no'"
    ),
    ("fuzz", "shop:sound", "--baseline", "none.json"): (
        "Error: there is no baseline 'none.json'; --update-baseline makes it"
    ),
    ("fuzz", "shop:sound", "--baseline", "shop.py"): "Error: 'shop.py' is no baseline: it is not JSON",
    ("fuzz", "shop:sound", "--update-baseline"): (
        "Error: --update-baseline writes to the file of --baseline; give that too"
    ),
    ("fuzz", "shop:sound", "--secret", "whsec_!"): (
        "Error: the secret is no base64: it should look like whsec_ and base64"
    ),
    ("fuzz", "shop:sound", "--header", "X: y"): (
        "Error: --header is for asgi, url and wsgi targets; shop:sound is a parser"
    ),
    ("fuzz", "shop:sound", "--workers", "2"): (
        "Error: --workers is for command and url targets; shop:sound is a parser"
    ),
    ("fuzz", "http://127.0.0.1:1/", "--rejects", "shop:BadWebhook"): (
        "Error: --rejects is for model and parser targets; http://127.0.0.1:1/ is a url"
    ),
    (
        "fuzz",
        "shop:BadWebhook",
        "--as",
        "model",
    ): "Error: shop:BadWebhook is the class BadWebhook, not a model;",
    ("fuzz", "shop:sound", "--effects-pointer", "/n"): None,
    ("cases", "--event", "customer.craeted"): (
        "Error: flexprice.openapi.yaml has no event 'customer.craeted'; did you mean customer.created?"
    ),
    ("cases", "--spec", "small.yaml"): (
        "Error: small.yaml has no event 'customer.created'; did you mean order.refunded or order.paid?"
    ),
    ("cases", "--spec", "none.yaml"): "Error: none.yaml: no such file",
    ("cases", "--spec", "."): "Error: .: ",
    ("cases", "--only", "invalid:/nowhere:*"): "Error: no case is left by --only 'invalid:/nowhere:*'",
    ("generate", "--count", "-3"): "Error: Invalid value for '--count': -3 is not in the range x>=0",
    ("generate", "--count", "few"): "Error: Invalid value for '--count': 'few' is not a valid integer range",
    ("generate", "--out", "no/where.json"): "Error: cannot write 'no/where.json': there is no directory 'no'",
    ("generate", "--kinds", "delivery"): (
        "Error: delivery cases are no data; 'contract-kit cases --as url --kinds delivery' lists them"
    ),
    ("send", "http://127.0.0.1:1/", "--set", "email=1"): (
        "Error: --set 'email=1': it is written POINTER=JSON, as in /customer/email=null"
    ),
    ("send", "http://127.0.0.1:1/", "--set", "/customer/email=Ada"): (
        "Error: --set '/customer/email=Ada': 'Ada' is no JSON; a text stands in double quotes"
    ),
    ("send", "http://127.0.0.1:1/", "--set", "/nobody/email=1"): (
        "Error: --set '/nobody/email=1': the body has no place /nobody/email"
    ),
    ("replay", "shop.py", "shop:sound"): (
        "Error: 'shop.py' is neither a JSON report nor a kept failure: it is not JSON"
    ),
    ("replay", "none.json", "shop:sound"): "Error: cannot read 'none.json': no such file or directory",
    ("spec", "--path", "/x"): "Error: --path is where a receiver takes webhooks; it goes with --receiver",
}


@pytest.mark.parametrize("words", [w for w, told in WRONG_USE.items() if told is not None], ids=" ".join)
def test_wrong_use_is_told_in_one_line_and_ends_with_2(cli, words, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # what Python itself leaves behind is not ours
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    before = sorted(tmp_path.iterdir())
    done = cli(*words)
    told = WRONG_USE[words]
    assert (done.code, done.out) == (2, "")
    assert done.errors[0].startswith(told)
    assert len(done.errors) == 1 or done.errors[1:] == [SECOND.get(words[0], done.errors[1])]
    assert len(done.errors) <= 2
    assert sorted(tmp_path.iterdir()) == before


REF = """\
openapi: 3.1.0
info: {title: t, version: "1"}
webhooks:
  order.paid:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/None"}
"""
DOCUMENTS = {
    "unreadable: [": "doc.yaml",
    "{}": "doc.yaml",
    "hello": "doc.yaml",
    '{"swagger": "2.0", "paths": {}}': "doc.yaml",
    REF: "#/components/schemas/None",
    REF.replace("#/components/schemas/None", "http://example.com/a.json"): "http://example.com/a.json",
    REF.replace("#/components/schemas/None", "../../secret.yaml"): "../../secret.yaml",
    REF.replace('$ref: "#/components/schemas/None"', "type: string, minLength: 3, maxLength: 2"): "",
}


@pytest.mark.parametrize("text", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_a_document_that_cannot_be_used_ends_with_2_and_no_report(cli, tmp_path, text):
    (tmp_path / "doc.yaml").write_text(text)
    done = cli("fuzz", "shop:sound", "--spec", "doc.yaml", "--event", "order.paid", "--report", "r.json")
    assert (done.code, done.out, len(done.errors)) == (2, "", 1)
    assert done.err.startswith("Error: ")
    assert DOCUMENTS[text] in done.err
    assert not (tmp_path / "r.json").exists()


UNREACHED = {
    ("broken:parse",): "broken.py:3: RuntimeError: no database",
    ("nowhere:parse",): "Error: cannot import nowhere: there is no 'nowhere' in ",
    ("shop:sond",): "Error: shop has no 'sond'; did you mean sound",
    ("--", "no-such-command"): "Error: the command 'no-such-command' cannot be started: ",
}


@pytest.mark.parametrize("words", UNREACHED, ids=" ".join)
def test_a_target_that_cannot_be_had_ends_with_3_and_no_report(cli, tmp_path, words):
    done = cli("fuzz", "--spec", "small.yaml", "--event", "order.paid", "--report", "r.json", *words)
    assert (done.code, done.out, len(done.errors)) == (3, "", 1)
    assert done.err.startswith(UNREACHED[words])
    assert not (tmp_path / "r.json").exists()


def test_no_isolate_says_the_same_of_a_broken_import(cli):
    done = cli("fuzz", "broken:parse", "--no-isolate")
    assert (done.code, done.errors) == (3, ["broken.py:3: RuntimeError: no database"])


@pytest.mark.parametrize(
    "command", [("fuzz", "--timeout", "0.2"), ("send", "--timeout", "0.2")], ids=" ".join
)
def test_a_receiver_that_is_not_there_ends_with_3(cli, nobody, command):
    name, *options = command
    done = cli(name, nobody, *options)
    assert (done.code, done.out, len(done.errors)) == (3, "", 1)
    assert done.err.startswith(f"Error: {nobody} cannot be reached: connection refused")


@pytest.mark.parametrize("command", ["fuzz", "send"])
@pytest.mark.parametrize(
    "url", ["http://192.0.2.7/hooks", "http://169.254.169.254/", "http://[2001:db8::1]/"]
)
def test_a_remote_address_is_refused_without_the_users_word(cli, command, url):
    done = cli(command, url)
    assert (done.code, done.out, len(done.errors)) == (2, "", 1)
    assert "--allow-remote" in done.err


def test_effects_are_guarded_like_everything_else(cli, tmp_path, nobody):
    (tmp_path / "app.py").write_text(
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
    )
    small = ("--spec", "small.yaml", "--event", "order.paid", "--max-examples", "0")
    remote = cli("fuzz", "app:app", *small, "--effects", "http://192.0.2.7/n")
    assert (remote.code, "--allow-remote" in remote.err) == (2, True)
    gone = cli("fuzz", "app:app", *small, "--effects", nobody)
    assert gone.code == 3
    no_integer = cli("fuzz", "app:app", *small, "--effects", "builtins:dict")
    assert (no_integer.code, no_integer.errors) == (
        3,
        ["Error: --effects builtins:dict: there is no integer in the answer"],
    )
    (tmp_path / "counts.py").write_text("def all_of_them():\n    return {'ok': True, 'of': {'writes': 3}}\n")
    elsewhere = cli("fuzz", "app:app", *small, "--effects", "counts:all_of_them")
    said = "there is no integer in the answer; perhaps --effects-pointer /of/writes"
    assert (elsewhere.code, elsewhere.errors) == (3, [f"Error: --effects counts:all_of_them: {said}"])


def test_secrets_never_stand_in_an_error(cli):
    secret = "whsec_c2VjcmV0IHRoYXQgbm9ib2R5IHNlZXM="
    done = cli("fuzz", "http://user:hunter22@192.0.2.7/?key=" + secret[6:], "--secret", secret)
    assert done.code == 2
    assert "hunter22" not in done.err
    assert secret[6:] not in done.err


def test_control_characters_of_hostile_input_are_spelled_out(cli):
    done = cli("cases", "--event", "\x1b[31mred\x07")
    assert "\x1b" not in done.err
    assert "\x07" not in done.err


def test_a_fault_of_ours_ends_with_4_and_says_how_to_see_more(cli, monkeypatch):
    import contract_kit.spec

    def fail(*_args, **_more):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(contract_kit.spec, "load_terms", fail)
    done = cli("cases")
    assert (done.code, done.errors) == (
        4,
        [
            "Error: a fault of contract-kit 0.1.0: ZeroDivisionError: ours",
            "--debug shows where; please report it",
        ],
    )
    shown = cli("cases", "--debug")
    assert shown.code == 4
    assert "Traceback (most recent call last)" in shown.err


def test_debug_shows_the_traceback_before_or_after_the_command(cli):
    for words in (("--debug", "cases", "--event", "no"), ("cases", "--event", "no", "--debug")):
        done = cli(*words)
        assert done.code == 2
        assert "UnknownEvent" in done.err


def test_without_a_command_help_goes_to_stderr_and_the_code_is_2(cli):
    done = cli()
    assert (done.code, done.out) == (2, "")
    assert "Usage: contract-kit" in done.err


def test_version_and_help_end_with_0(cli):
    from contract_kit import __version__

    assert cli("--version").out == f"contract-kit {__version__}\n"
    for words in (("--help",), ("-h",), ("fuzz", "--help"), ("cases", "-h")):
        done = cli(*words)
        assert (done.code, done.err) == (0, "")
        assert "Usage: contract-kit" in done.out


def test_a_choice_that_leaves_no_case_is_wrong_use(cli):
    done = cli("fuzz", "shop:sound", *SMALL_RUN, "--only", "valid:/nowhere:*", "--report", "r.json")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: no case for a parser is left by --only 'valid:/nowhere:*'")


def test_a_wrong_configuration_is_told_with_its_file(cli, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.contract_kit]\nseed = 'x'\n")
    done = cli("fuzz", "shop:sound")
    assert (done.code, done.errors) == (
        2,
        ["Error: pyproject.toml: tool.contract_kit.seed: expected a whole number of at least 0, got 'x'"],
    )


def test_a_real_process_ends_with_the_same_codes(tmp_path):
    workplace(tmp_path)
    assert run("fuz", cwd=tmp_path).code == 2
    done = run("fuzz", "broken:parse", cwd=tmp_path)
    assert (done.code, done.out, done.errors) == (3, "", ["broken.py:3: RuntimeError: no database"])


def shell(line: str, cwd) -> subprocess.CompletedProcess[str]:
    """A line of a shell, in which ``contract-kit`` is ours."""
    line = line.replace("contract-kit", f"{shlex.quote(sys.executable)} -m contract_kit")
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=cwd)


SMALL = f"contract-kit fuzz shop:faulty --rejects shop:BadWebhook {shlex.join(SMALL_RUN)}"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{SMALL} >&-", 1),
        (f"{SMALL} 2>&-", 1),
        (f"{SMALL} <&-", 1),
        (f"{SMALL} >&- 2>&- <&-", 1),
        ("contract-kit cases >&-", 0),
        ("contract-kit --help >&-", 0),
        ("contract-kit fuzz shop:none 2>&-", 3),
    ],
)
def test_streams_that_are_closed_change_no_exit_code(tmp_path, line, code):
    workplace(tmp_path)
    done = shell(line, tmp_path)
    assert done.returncode == code
    assert "fault of contract-kit" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize(
    "words",
    ["--help", "cases --help", "cases", "generate", "spec", "fixtures out --kinds foreign", "--version"],
)
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_full_disk_is_told_in_a_line_and_ends_with_2(tmp_path, words, unbuffered):
    done = shell(f"PYTHONUNBUFFERED={unbuffered} contract-kit {words} >/dev/full", tmp_path)
    assert done.stderr == "Error: cannot write to standard output: no space left on device\n"
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize(
    ("line", "code"), [("contract-kit fuzz shop:none", 3), ("contract-kit fuz", 2), (SMALL, 1)]
)
def test_an_error_that_cannot_be_told_keeps_its_exit_code(tmp_path, line, code):
    workplace(tmp_path)
    assert shell(f"{line} >out 2>/dev/full", tmp_path).returncode == code


@pytest.mark.parametrize("option", ["--secret", "--event"])
def test_an_empty_variable_of_a_script_is_not_taken_for_the_default(cli, option):
    done = cli("fuzz", "http://127.0.0.1:1/", option, "")
    assert done.code == 2
    assert done.errors[0].startswith(f"Error: Invalid value for '{option}'")
    assert done.errors[0].endswith("it is empty")


def test_help_imports_nothing_heavy(tmp_path):
    heavy = ("rich", "hypothesis", "faker", "yaml", "jsonschema_rs", "httptools", "asyncio", "pytest")
    code = (
        "import sys; from contract_kit.cli import main; main(['--help']); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr == "[]\n"
