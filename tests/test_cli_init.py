"""``init``: shown first, written on a word, never over what is there."""

from __future__ import annotations

import tomllib

import pytest
from cli_makers import Done, workplace

from contract_kit.cli import main
from contract_kit.config import read_config

PARSER = ("--target", "shop:parse", "--rejects", "shop:BadWebhook")
WAITING = "nothing is written yet; the same command with --yes writes it\n"


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(workplace(tmp_path))

    def call(*words: str) -> Done:
        code = main(("init", *words))
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


def test_what_would_change_is_shown_and_nothing_is_written(cli, tmp_path):
    done = cli(*PARSER)
    assert (done.code, done.err) == (0, WAITING)
    assert done.out.splitlines() == [
        "--- /dev/null",
        "+++ pyproject.toml",
        "@@ -0,0 +1,8 @@",
        "+[tool.contract_kit]",
        '+event = "customer.created"',
        '+policy = "provider"',
        "+",
        "+[[tool.contract_kit.targets]]",
        '+name = "parse"',
        '+target = "shop:parse"',
        '+rejects = ["shop:BadWebhook"]',
    ]
    assert not (tmp_path / "pyproject.toml").exists()


def test_what_is_written_is_what_was_shown_and_the_reader_takes_it(cli, tmp_path):
    shown = cli(*PARSER).out
    done = cli(*PARSER, "--yes")
    path = tmp_path / "pyproject.toml"
    assert (done.code, done.out) == (0, shown)
    assert done.err == f"written to {path}; now run contract-kit fuzz, or pytest\n"
    (target,) = read_config(path).targets
    assert (target.name, target.target, target.options.rejects) == (
        "parse",
        "shop:parse",
        ("shop:BadWebhook",),
    )


@pytest.mark.parametrize(
    ("old", "added"),
    [
        (b"", b"[tool.contract_kit]\n"),
        (b"[project]\nname = 'x' # a\n", b"\n[tool.contract_kit]\n"),
        (b"[project]\nname = 'x'", b"\n\n[tool.contract_kit]\n"),
        (b"[project]\r\nname = '\xc3\xa4'\r\n", b"\r\n[tool.contract_kit]\r\n"),
    ],
)
def test_what_is_there_stays_to_the_byte_and_its_ends_of_line_are_kept(cli, tmp_path, old, added):
    path = tmp_path / "pyproject.toml"
    path.write_bytes(old)
    assert cli(*PARSER, "--yes").code == 0
    new = path.read_bytes()
    assert new.startswith(old + added)
    assert new.count(b"\r\n") in (0, new.count(b"\n"))
    assert read_config(path).find("parse")


@pytest.mark.parametrize(
    "old",
    [
        "[tool.contract_kit]\n",
        "[[tool.contract_kit.targets]]\ntarget = 'a:b'\n",
        "[tool]\ncontract_kit.seed = 1\n",
    ],
)
def test_a_table_that_is_there_is_not_touched(cli, tmp_path, old):
    path = tmp_path / "pyproject.toml"
    path.write_text(old)
    done = cli(*PARSER, "--yes")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"Error: {path} has a [tool.contract_kit] table already; edit it there\n"
    assert path.read_text() == old


@pytest.mark.parametrize(
    ("old", "said"), [("[project\n", "is not TOML: "), ("tool = {x = 1}\n", "is 'tool' an inline table?")]
)
def test_a_file_that_cannot_be_added_to_is_left_alone(cli, tmp_path, old, said):
    (tmp_path / "pyproject.toml").write_text(old)
    done = cli(*PARSER, "--yes")
    assert done.code == 2
    assert said in done.err
    assert (tmp_path / "pyproject.toml").read_text() == old


def test_without_a_target_there_is_a_comment_that_says_what_to_write(cli, tmp_path):
    assert cli("--yes").code == 0
    text = (tmp_path / "pyproject.toml").read_text()
    assert '# target = "package.module:function"' in text
    assert read_config(tmp_path / "pyproject.toml").targets == ()
    uncommented = text.replace("# ", "")
    assert tomllib.loads(uncommented)["tool"]["contract_kit"]["targets"][0]["name"] == "parser"


def test_a_document_of_one_s_own_is_named_from_the_root_and_has_its_own_law(cli, tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    done = cli("--spec", "../small.yaml", "--event", "order.paid", "--target", "shop:sound", "--yes")
    assert done.code == 0
    assert f"+++ {tmp_path / 'pyproject.toml'}" in done.out
    table = tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"]["contract_kit"]
    assert (table["event"], table["spec"], table["policy"]) == ("order.paid", "small.yaml", "schema")
    assert not (tmp_path / "sub" / "pyproject.toml").exists()


def test_a_file_beyond_the_repository_is_somebody_else_s(cli, tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    assert cli(*PARSER, "--yes").code == 0
    assert (tmp_path / "repo" / "pyproject.toml").is_file()
    assert "contract_kit" not in (tmp_path / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("words", "name", "target", "command"),
    [
        (("--target", "http://127.0.0.1:8000/hooks"), "receiver", "http://127.0.0.1:8000/hooks", ()),
        (("--target", "shop.app:App.hook", "--as", "asgi"), "App.hook", "shop.app:App.hook", ()),
        (("--name", "mine", "--", "node", 'a "b\\\x7f.mjs'), "mine", "", ("node", 'a "b\\\x7f.mjs')),
        (("--", "./bin/read hook"), "read-hook", "", ("./bin/read hook",)),
    ],
)
def test_every_kind_of_target_reads_back_as_it_was_given(cli, tmp_path, words, name, target, command):
    assert cli("--yes", *words).code == 0
    (found,) = read_config(tmp_path / "pyproject.toml").targets
    assert (found.name, found.target, found.command) == (name, target, command)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--target", "shop/webhooks.py"),
            "Error: 'shop/webhooks.py' is neither a URL nor of the form package.module:object",
        ),
        (
            ("--target", "a:b", "--rejects", "Bad"),
            "Error: --rejects: 'Bad' is not of the form package.module:exception",
        ),
        (("--rejects", "a:b"), "Error: --rejects says something of a target: name it with --target"),
        (
            ("--target", "a:b", "--", "node"),
            "Error: give --target or a command after --, and one of them only",
        ),
        (
            ("--target", "a:b", "--name", "a b"),
            "Error: --name: 'a b': letters, digits, '.', '-' and '_' make a name",
        ),
        (("--", "a\udcff"), "Error: 'a\\udcff' is no Unicode text, and cannot stand in a TOML file"),
        (("--event", "no.such"), "Error: "),
    ],
)
def test_wrong_use_is_told_and_nothing_is_written(cli, tmp_path, words, said):
    done = cli("--yes", *words)
    assert done.code == 2
    assert done.err.startswith(said)
    assert not (tmp_path / "pyproject.toml").exists()
