"""What the reports tell people to paste does, pasted, what it says."""

from __future__ import annotations

import ast
import base64
import dataclasses
import hashlib
import hmac
import itertools
import json
import os
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_makers import HOSTILE, PARSER, URL, body_with, make_case, make_finding

import contract_kit
from contract_kit.model import Case, Step
from contract_kit.report import Context, Redactor, reproduce
from contract_kit.report._escape import printable

KEY = b"a key of some thirty-two bytes!!"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
STUB = """#!/bin/sh
for word; do printf '%s\\0' "$word"; done > "$OUT/words"
cat > "$OUT/body"
"""


@pytest.fixture(scope="module")
def paste(tmp_path_factory):
    """Runs a line in a POSIX shell with a curl that writes down what it was given: (words, body)."""
    folder = tmp_path_factory.mktemp("stub")
    (folder / "curl").write_text(STUB)
    (folder / "curl").chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"

    def run(line: str) -> tuple[list[str], bytes]:
        environment = {"PATH": path, "OUT": str(folder), "CONTRACT_KIT_SECRET": SECRET}
        done = subprocess.run(
            ["sh", "-c", line],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=20,
            cwd=folder,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        words = (folder / "words").read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
        if "--data-raw" in words:
            return words, words[words.index("--data-raw") + 1].encode()
        assert words[words.index("--data-binary") + 1] == "@-"
        return words, (folder / "body").read_bytes()

    return run


def headers_of(words: list[str]) -> list[str]:
    return [word for before, word in itertools.pairwise(words) if before == "-H"]


def test_the_curl_line_sends_the_body_and_headers_of_the_case(paste):
    case = make_case(headers=(("content-type", "application/json"), ("x-note", "it's 100%"), ("x-empty", "")))
    words, body = paste(reproduce(case, URL)["curl"])
    assert body == case.body
    assert headers_of(words) == ["content-type: application/json", "x-note: it's 100%", "x-empty;"]
    assert words[-1] == URL.target
    assert "-X" not in words


@settings(max_examples=25, deadline=None)
@given(st.binary())
def test_any_body_arrives_byte_for_byte(paste, body):
    assert paste(reproduce(make_case(body=body), URL)["curl"])[1] == body


@pytest.mark.parametrize(
    "body", [b"\x00" * 100_000, HOSTILE.encode("utf-8", "surrogatepass"), bytes(range(256)) * 100, b""]
)
def test_hostile_bodies_arrive_too_and_start_nothing(paste, body):
    line = reproduce(make_case(body=body), URL)["curl"]
    assert paste(line)[1] == body
    assert all(map(printable, line))


def test_hostile_headers_and_addresses_stay_words_of_the_one_curl(paste):
    ctx = dataclasses.replace(URL, target=f"http://127.0.0.1/{HOSTILE}", headers=(("x-more", HOSTILE),))
    words, _ = paste(reproduce(make_case(), ctx)["curl"])
    assert words[-1].startswith("http://127.0.0.1/</script>")
    assert len(headers_of(words)) == 2


def test_method_and_certificate_and_missing_content_type_reach_curl(paste):
    case = make_case(method="PUT", headers=())
    words, _ = paste(reproduce(case, dataclasses.replace(URL, insecure=True))["curl"])
    assert words[words.index("-X") + 1] == "PUT"
    assert "-k" in words
    assert headers_of(words) == ["content-type:"]


@pytest.mark.parametrize("family", ["svix", "webhook"])
def test_a_signed_line_signs_the_body_with_the_secret_of_the_environment(paste, family):
    ctx = dataclasses.replace(URL, secret=True, sign=family, redactor=Redactor([SECRET]))
    case = make_case(body=body_with(name="é\x00'%s\n"))
    line = reproduce(case, ctx)["curl"]
    assert SECRET not in line
    words, body = paste(line)
    sent = dict(header.split(": ", 1) for header in headers_of(words))
    signed = f"{sent[f'{family}-id']}.{sent[f'{family}-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert body == case.body
    assert sent[f"{family}-signature"] == f"v1,{wanted}"


def test_credentials_are_not_in_the_lines(paste):
    ctx = dataclasses.replace(
        URL,
        headers=(("authorization", "Bearer abcdefgh"),),
        options=("--header", "authorization: Bearer abcdefgh"),
    )
    lines = reproduce(make_case(headers=(("svix-signature", "v1,abcdefgh"),)), ctx)
    assert "abcdefgh" not in " ".join(lines.values())
    assert headers_of(paste(lines["curl"])[0])[-1] == "authorization: [redacted]"


@pytest.mark.parametrize(
    ("ctx", "saved", "said"),
    [
        (PARSER, None, ["contract-kit", "fuzz", "shop.webhooks:parse", "--only", "ID", "--policy", "schema"]),
        (PARSER, ".contract_kit/x 1.json", ["contract-kit", "replay", ".contract_kit/x 1.json", "shop.webhooks:parse", "--policy", "schema"]),
        (
            Context(target="node parse.mjs", kind="command", command=("node", "my parse.mjs"), options=("--timeout", "1")),
            None,
            ["contract-kit", "fuzz", "--only", "ID", "--timeout", "1", "--", "node", "my parse.mjs"],
        ),
        (
            dataclasses.replace(URL, secret=True, options=("--secret", SECRET)),
            None,
            ["contract-kit", "fuzz", URL.target, "--only", "ID", "--secret", "$CONTRACT_KIT_SECRET"],
        ),
        (
            dataclasses.replace(URL, secret=True),
            None,
            ["contract-kit", "fuzz", URL.target, "--only", "ID", "--secret", "$CONTRACT_KIT_SECRET"],
        ),
    ],
)  # fmt: skip
def test_the_command_names_the_case_the_target_and_the_options(ctx, saved, said):
    case = make_case()
    words = shlex.split(reproduce(case, ctx, saved=saved)["cli"])
    assert words == [case.id if word == "ID" else word for word in said]


def test_an_id_with_glob_signs_is_matched_as_it_is():
    import fnmatch

    case = make_case(id="valid:/m/a[1]?:text:x")
    pattern = shlex.split(reproduce(case, PARSER)["cli"])[4]
    assert fnmatch.fnmatchcase(case.id, pattern)
    assert not fnmatch.fnmatchcase("valid:/m/a1b:text:x", pattern)


def run_function(text: str) -> tuple[Case, dict]:
    """The case that the pasted test function checks, and how, with a ``check`` of our own."""
    seen = {}

    class Kit:
        Case = Case

        load = staticmethod(contract_kit.load)

        @staticmethod
        def check(target, case, **more):
            seen.update(target=target, case=case, **more)

    module = ast.parse(text)
    kept = [node for node in module.body if not (isinstance(node, ast.Import | ast.ImportFrom))]
    names = {
        "contract_kit": Kit,
        "parse": "parse",
        "BadWebhook": "BadWebhook",
        "base64": base64,
        "json": json,
    }
    import gzip

    names["gzip"] = gzip
    exec(compile(ast.Module(kept, []), "pasted", "exec"), names)
    (name,) = [name for name in names if name.startswith("test_")]
    names[name]()
    return seen.pop("case"), seen


@pytest.mark.parametrize(
    "body",
    [b"{}", body_with(status="Published"), b"", b"\xff\xfe", b'{"a":"' + b"x" * 50_000 + b'"}', bytes(range(256)) * 90,
     "é\u202e'''\"\"\"\\".encode(), "\U0001f600".encode() * 3000],
)  # fmt: skip
def test_the_pytest_function_checks_exactly_this_case(body):
    case = make_case(body=body, compare=False, method="PUT")
    text = reproduce(case, PARSER)["pytest"]
    again, more = run_function(text)
    for name in (
        "id",
        "event",
        "kind",
        "expect",
        "body",
        "pointer",
        "keyword",
        "at",
        "because",
        "compare",
        "method",
    ):
        assert getattr(again, name) == getattr(case, name)
    assert more == {"target": "parse", "rejects": "BadWebhook"}
    assert "from shop.webhooks import BadWebhook, parse" in text
    assert max(map(len, text.splitlines())) < 130
    assert len(text) < 60_000


@given(st.text(st.characters(exclude_categories=())))
def test_hostile_words_do_not_break_out_of_the_function(text):
    case = make_case(id=text, description=text, because=text, body=text.encode("utf-8", "surrogatepass"))
    again, _ = run_function(reproduce(case, PARSER)["pytest"])
    assert (again.id, again.because, again.body) == (case.id, case.because, case.body)


def test_the_function_gives_a_parser_what_it_takes():
    for given_as, taken in [
        ("str", "lambda body: parse(body.decode())"),
        ("value", "lambda body: parse(json.loads(body))"),
    ]:
        text = reproduce(make_case(), dataclasses.replace(PARSER, input=given_as))["pytest"]
        assert f"contract_kit.check({taken}, case" in text
    assert "\nimport json\n" in "\n" + text


def test_a_url_is_checked_by_its_address_and_several_refusals_as_a_tuple():
    text = reproduce(make_case(), dataclasses.replace(URL, rejects=("builtins:ValueError", "a.b:C")))[
        "pytest"
    ]
    assert "contract_kit.check('http://127.0.0.1:8000/webhooks', case, rejects=(ValueError, C))" in text


def test_cases_of_several_deliveries_have_no_curl_line_and_are_taken_from_the_catalogue():
    case = make_case(steps=(Step(body=b"{}", expect="accept"),))
    lines = reproduce(case, URL)
    assert "curl" not in lines
    assert f"only={case.id!r}" in lines["pytest"]


@pytest.mark.parametrize(
    ("ctx", "fields"),
    [
        (dataclasses.replace(URL, insecure=True), {}),
        (dataclasses.replace(URL, effects=("--effects", "http://127.0.0.1:1/n")), {"effects": 1}),
    ],
)
def test_what_a_test_cannot_say_has_no_test_code(ctx, fields):
    assert "pytest" not in reproduce(make_case(**fields), ctx)


def test_check_gives_no_case_of_several_deliveries_for_it_would_be_another():
    case = make_case(steps=(Step(body=b"{}", expect="accept"),), terms=contract_kit.load().terms)
    with pytest.raises(contract_kit.errors.UsageError, match="several deliveries"):
        contract_kit.check(URL.target, case)


def test_a_finding_stands_for_its_case():
    finding = make_finding()
    assert reproduce(finding, PARSER) == reproduce(finding.case, PARSER)


def test_commands_have_no_pytest_function():
    assert set(reproduce(make_case(), Context(target="x", kind="command", command=("x",)))) == {"cli"}
