"""``fixtures``: written, checked, refused."""

from __future__ import annotations

import json

import pytest
from cli_makers import Done, workplace

from contract_kit.cli import main

SMALL = ("--spec", "small.yaml", "--event", "order.paid")


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(workplace(tmp_path))

    def call(*words: str) -> Done:
        code = main(words)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


def test_a_bundle_is_written_and_is_current(cli, tmp_path):
    done = cli("fixtures", "hooks", *SMALL)
    cases = json.loads((tmp_path / "hooks" / "manifest.json").read_bytes())["cases"]
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{len(cases):,} cases, ")
    again = cli("fixtures", "hooks", "--check", "--spec", "small.yaml")
    assert (again.code, again.out, again.err) == (0, "hooks is current\n", "")


def test_options_choose_what_goes_in(cli, tmp_path):
    assert (
        cli("fixtures", "hooks", *SMALL, "--kinds", "invalid", "--only", "*:enum:*", "--as", "url").code == 0
    )
    manifest = json.loads((tmp_path / "hooks" / "manifest.json").read_bytes())
    assert manifest["target"] == "url"
    assert {(case["kind"], case["keyword"]) for case in manifest["cases"]} == {("invalid", "enum")}


def test_what_is_not_current_is_named_with_the_command_that_mends_it(cli, tmp_path):
    cli("fixtures", "hooks", *SMALL, "--kinds", "valid", "--each", "4")
    case = json.loads((tmp_path / "hooks" / "manifest.json").read_bytes())["cases"][0]
    (tmp_path / "hooks" / case["file"]).write_bytes(b"{}")
    done = cli("fixtures", "--check", "hooks", "--spec", "small.yaml")
    assert (done.code, done.out) == (1, f"{case['file']}: not as it would be written now\n")
    said, _, typed = done.err.strip().partition("anew: ")
    assert said == "hooks is not current; write it "
    assert cli(*typed.split()[1:]).code == 0
    assert cli("fixtures", "--check", "hooks", "--spec", "small.yaml").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fixtures", "hooks", "--check"), "Error: 'hooks' is no bundle of contract-kit"),
        (("fixtures", "shop.py", *SMALL), "it is a file"),
        (("fixtures", ".", *SMALL), "is no bundle of contract-kit; choose an empty or a new directory"),
        (("fixtures", "no/hooks", *SMALL), "there is no directory"),
        (("fixtures", "hooks", *SMALL, "--only", "none"), "the choice leaves no case"),
        (("fixtures", "hooks", *SMALL, "--kinds", "delivery"), "signed when they are sent"),
        (("fixtures", "hooks", *SMALL, "--each", "0"), "--each"),
        (("fixtures", "hooks", "--check", "--kinds", "valid"), "--check takes no --kinds"),
        (("fixtures",), "DIR"),
    ],
)
def test_wrong_use_is_one_plain_line(cli, words, said):
    done = cli(*words)
    assert done.code == 2
    assert said in done.errors[0]
    assert len(done.errors) <= 2


def test_a_bundle_of_another_document_asks_for_it(cli):
    cli("fixtures", "hooks", *SMALL)
    done = cli("fixtures", "--check", "hooks")
    assert (done.code, done.err) == (
        2,
        "Error: 'hooks' was made from small.yaml: say where it is with --spec\n",
    )


def test_a_changed_document_is_named_first(cli, tmp_path):
    cli("fixtures", "hooks", *SMALL)
    (tmp_path / "small.yaml").write_text((tmp_path / "small.yaml").read_text().replace("closed", "shut"))
    done = cli("fixtures", "--check", "hooks", "--spec", "small.yaml")
    assert done.code == 1
    assert done.out.startswith("the document has changed: small.yaml\n")
