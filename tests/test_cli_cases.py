"""``cases``, ``generate`` and ``spec``: what they print, streamed and in one piece."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from cli_makers import Done, command, workplace

import contract_kit
from contract_kit.cases import body_cases
from contract_kit.cli import main
from contract_kit.schema import validator_for
from contract_kit.spec import load_terms

SMALL = ("--spec", "small.yaml", "--event", "order.paid")
FIELDS = ["id", "kind", "expect", "pointer", "keyword", "description", "method", "headers", "body"]


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


def listed(done: Done) -> list[dict]:
    assert (done.code, done.err) == (0, "")
    return [json.loads(line) for line in done.out.splitlines()]


def test_each_case_is_an_object_with_the_fields_of_the_interface(cli):
    cases = listed(cli("cases", *SMALL, "--format", "ndjson"))
    assert all(list(case) == FIELDS for case in cases)
    assert {case["kind"] for case in cases} >= {"valid", "equivalent", "invalid", "malformed"}
    assert all((case["pointer"] is None) == (case["keyword"] is None) for case in cases)
    assert all(set(case["body"]) in ({"text"}, {"base64"}) for case in cases)
    assert any("base64" in case["body"] for case in cases)


def test_the_three_formats_list_the_same_cases_in_the_same_order(cli):
    lines = listed(cli("cases", *SMALL, "--format", "ndjson"))
    assert json.loads(cli("cases", *SMALL, "--format", "json").out) == lines
    *rows, total = cli("cases", *SMALL).out.splitlines()
    assert [row.split()[2] for row in rows] == [case["id"] for case in lines]
    assert total.startswith(f"{len(lines)} cases: ")


def test_kinds_and_globs_choose(cli):
    cases = listed(cli("cases", *SMALL, "--kinds", "invalid", "--only", "*:enum:*", "--format", "ndjson"))
    assert cases
    assert all(case["kind"] == "invalid" and ":enum:" in case["id"] for case in cases)
    left = listed(cli("cases", *SMALL, "--kinds", "invalid", "--skip", "*:enum:*", "--format", "ndjson"))
    assert not any(":enum:" in case["id"] for case in left)


def test_the_policy_changes_what_is_expected(cli):
    words = ("cases", *SMALL, "--kinds", "invalid", "--format", "ndjson", "--policy")
    assert {case["expect"] for case in listed(cli(*words, "schema"))} == {"reject"}
    assert {case["expect"] for case in listed(cli(*words, "tolerant"))} == {"either"}


def test_endpoints_have_delivery_cases_with_their_steps(cli):
    cases = listed(cli("cases", *SMALL, "--as", "url", "--kinds", "delivery", "--format", "ndjson"))
    assert cases
    assert all(case["kind"] == "delivery" and case["steps"] for case in cases)
    assert not any(
        case["kind"] == "delivery"
        for case in listed(cli("cases", *SMALL, "--as", "parser", "--format", "ndjson"))
    )


@pytest.mark.parametrize("target", [None, "url", "asgi", "parser"])
def test_python_gives_the_delivery_cases_that_the_command_line_lists(cli, target):
    words = () if target is None else ("--as", target)
    found = contract_kit.load().cases(kinds=["delivery"], target=target)
    if target == "parser":
        assert (len(found), cli("cases", "--kinds", "delivery", *words).code) == (0, 2)
        return
    told = listed(cli("cases", "--kinds", "delivery", *words, "--format", "ndjson"))
    assert [case.id for case in found] == [case["id"] for case in told] != []


def pipe(place, *words: str, read: int) -> tuple[int, bytes]:
    """Exit code and stderr of a call whose reader takes ``read`` bytes and goes away."""
    process = subprocess.Popen(command(*words), cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(read)
    process.stdout.close()
    _, err = process.communicate(timeout=30)
    return process.returncode, err


@pytest.mark.parametrize(
    "words",
    [("cases", "--format", "ndjson"), ("cases",), ("generate", "--count", "1000000")],
    ids=" ".join,
)
def test_a_reader_that_has_seen_enough_ends_it_quietly(place, words):
    assert pipe(place, *words, read=100) == (0, b"")


@pytest.mark.parametrize("words", [("cases",), ("generate",)], ids=" ".join)
def test_a_full_disk_is_told_in_one_line(place, words):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*words, *SMALL), cwd=place, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"Error: cannot write to standard output: no space left on device\n"


def test_a_terminal_without_unicode_gets_the_table_too(place):
    done = subprocess.run(
        command("cases", *SMALL),
        cwd=place,
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    done.stdout.decode("ascii")


# -- generate ---------------------------------------------------------------------------------


def test_payloads_are_valid_and_the_same_for_a_seed(cli):
    first = json.loads(cli("generate", "--count", "5").out)
    judge = validator_for(load_terms().schema)
    assert len(first) == 5
    assert all(judge.is_valid(payload) for payload in first)
    assert all(payload["event_type"] == "customer.created" for payload in first)
    assert json.loads(cli("generate", "--count", "5").out) == first
    assert json.loads(cli("generate", "--count", "5", "--seed", "1").out) != first


def test_any_slice_of_a_sequence_can_be_made_anywhere(cli):
    words = ("generate", "--format", "ndjson")
    whole = cli(*words, "--count", "70").out.splitlines()
    assert cli(*words, "--count", "8", "--start", "60").out.splitlines() == whole[60:68]
    cases = (*words, *SMALL, "--kinds", "invalid,malformed", "--seed", "4")
    listing = cli(*cases, "--count", "500").out.splitlines()
    assert len(listing) == 500
    assert cli(*cases, "--count", "5", "--start", "330").out.splitlines() == listing[330:335]


def test_other_kinds_come_as_cases(cli):
    (case,) = listed(cli("generate", *SMALL, "--kinds", "invalid", "--count", "1", "--format", "ndjson"))
    assert list(case) == FIELDS
    assert case["kind"] == "invalid"


def test_nothing_is_an_empty_array(cli):
    assert json.loads(cli("generate", "--count", "0").out) == []


def test_a_file_is_written_whole_and_by_its_suffix(cli, place):
    done = cli("generate", *SMALL, "--count", "3", "--out", "out.ndjson")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert len([json.loads(line) for line in (place / "out.ndjson").read_text().splitlines()]) == 3
    cli("generate", *SMALL, "--count", "3", "--out", "out.json")
    assert len(json.loads((place / "out.json").read_text())) == 3
    assert not [path for path in place.iterdir() if path.name.endswith(".tmp")]


def test_a_file_that_was_there_stays_where_generating_fails(cli, place):
    (place / "out.json").write_text("precious")
    done = cli("generate", "--event", "no.such", "--out", "out.json")
    assert done.code == 2
    assert (place / "out.json").read_text() == "precious"


# -- spec -------------------------------------------------------------------------------------


def test_the_schema_judges_as_the_contract_does(cli):
    schema = json.loads(cli("spec", *SMALL).out)
    judge = validator_for(schema)
    assert judge.is_valid({"event": "order.paid", "status": "open"})
    assert not judge.is_valid({"event": "order.paid", "status": "gone"})


def test_a_pinned_schema_takes_this_event_only(cli):
    loose, pinned = (validator_for(json.loads(cli("spec", *flags).out)) for flags in ((), ("--pin",)))
    assert loose.is_valid({})
    assert loose.is_valid({"event_type": "invoice.update"})
    assert not pinned.is_valid({})
    assert not pinned.is_valid({"event_type": "invoice.update"})
    assert pinned.is_valid({"event_type": "customer.created"})


def test_the_receiver_s_document_has_the_payload_as_request_body_and_says_the_same(cli, place):
    done = cli("spec", "--receiver", "--path", "/hooks", "--out", "receiver.json")
    assert (done.code, done.out) == (0, "")
    document = json.loads((place / "receiver.json").read_text())
    body = document["paths"]["/hooks"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert document["openapi"].startswith("3.0")  # as the document itself
    assert body["properties"]["customer"]["$ref"].startswith("#/components/schemas/")
    text = json.dumps(document)
    assert "#/$defs/" not in text
    names = document["components"]["schemas"]
    assert {ref.split('"')[0] for ref in text.split("#/components/schemas/")[1:]} == set(names)
    terms = load_terms()
    ours, theirs = validator_for(terms.schema), validator_for({**body, "components": document["components"]})
    bodies = [
        json.loads(case.body) for case in islice(body_cases(terms, kinds=["valid", "invalid"]), 0, None, 97)
    ]
    assert {ours.is_valid(one) for one in bodies} == {True, False}
    assert [ours.is_valid(one) for one in bodies] == [theirs.is_valid(one) for one in bodies]


def test_help_loads_nothing_heavy(place):
    """What start-up costs is measured by ``make bench``; here is why it stays little."""
    code = """
import sys
from contract_kit.cli import main
main(["--help"])
print(sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=place, text=True)
    loaded = set(ast.literal_eval(done.stderr))
    assert "click" in loaded
    heavy = {
        "asyncio",
        "faker",
        "hypothesis",
        "jsonschema_rs",
        "pyarrow",
        "pytest",
        "rich",
        "schemathesis",
        "yaml",
    }
    assert not heavy & loaded
