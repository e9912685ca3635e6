"""``[tool.contract_kit]``: what it may say, what it may not, and how one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_kit.config import (
    Config,
    Options,
    find_config,
    header_of,
    kinds_of,
    load_config,
    read_config,
)
from contract_kit.errors import UsageError
from contract_kit.model import Expectation


@pytest.fixture
def table(tmp_path):
    """Reads one table's text as a pyproject.toml."""

    def read(text: str) -> Config:
        path = tmp_path / "pyproject.toml"
        path.write_text(text, "utf-8")
        return read_config(path)

    return read


FULL = """
[tool.contract_kit]
policy = "schema"
max-examples = 20
spec = "api/hooks.yaml"

[[tool.contract_kit.targets]]
name = "parser"
target = "shop.webhooks:parse"
rejects = ["shop.webhooks:BadWebhook"]
skip = ["invalid:/customer/email:*"]

[[tool.contract_kit.targets]]
name = "endpoint"
target = "http://127.0.0.1:8000/hooks"
policy = "tolerant"
kinds = ["valid", "delivery"]
headers = ["X-Tenant: a", "Accept: */*"]
[[tool.contract_kit.targets.expect]]
match = "valid:*"
expect = "either"

[[tool.contract_kit.targets]]
command = ["node", "parse.mjs"]
reject_exit = 3

[[tool.contract_kit.expect]]
match = "invalid:*/status:enum:*"
expect = "either"
because = "we read unknown statuses as published"
"""


def test_the_table_of_the_manual_is_read_whole(table, tmp_path):
    config = table(FULL)
    parser, endpoint, command = config.targets
    assert (parser.name, parser.target) == ("parser", "shop.webhooks:parse")
    assert parser.options.rejects == ("shop.webhooks:BadWebhook",)
    assert parser.options.skip == ("invalid:/customer/email:*",)
    assert endpoint.options.kinds == ("valid", "delivery")
    assert endpoint.options.headers == (("X-Tenant", "a"), ("Accept", "*/*"))
    assert (command.name, command.command) == ("node parse.mjs", ("node", "parse.mjs"))
    assert command.options.reject_exits == (3,)
    assert config.options.spec == tmp_path / "api/hooks.yaml"


def test_a_target_overrules_the_table_and_takes_the_rest_from_it(table):
    parser, endpoint, _ = table(FULL).targets
    assert (parser.options.policy, endpoint.options.policy) == ("schema", "tolerant")
    assert endpoint.options.max_examples == 20


def test_a_target_s_own_expectations_come_before_the_table_s(table):
    config = table(FULL)
    common = Expectation("invalid:*/status:enum:*", "either", "we read unknown statuses as published")
    assert config.expect == (common,)
    assert config.find("endpoint").expect == (Expectation("valid:*", "either"), common)


def test_words_of_a_command_line_overrule_what_stands_in_the_file():
    said = Options(policy="tolerant", lossless=False)
    base = Options(policy="schema", lossless=True, seed=3)
    assert said.over(base) == Options(policy="tolerant", lossless=False, seed=3)


WRONG = {
    "tool.contract_kit = 3": "tool.contract_kit: expected a table, got 3",
    '[tool.contract_kit]\npolcy = "schema"': (
        "tool.contract_kit.polcy: there is no such option; did you mean policy?"
    ),
    '[tool.contract_kit]\npolicy = "strict"': (
        "tool.contract_kit.policy: expected one of schema, provider, tolerant, got 'strict'"
    ),
    '[tool.contract_kit]\nmax_examples = "many"': (
        "tool.contract_kit.max_examples: expected a whole number of at least 0, got 'many'"
    ),
    "[tool.contract_kit]\nmax_examples = true": (
        "tool.contract_kit.max_examples: expected a whole number of at least 0, got True"
    ),
    "[tool.contract_kit]\ntimeout = -1": "tool.contract_kit.timeout: expected a number above 0, got -1",
    "[tool.contract_kit]\ntimeout = nan": "tool.contract_kit.timeout: expected a number above 0, got nan",
    '[tool.contract_kit]\nlossless = "yes"': "tool.contract_kit.lossless: expected true or false, got 'yes'",
    '[tool.contract_kit]\nkinds = ["valid", "odd"]': (
        "tool.contract_kit.kinds: 'odd' is no kind; there are "
        "valid, equivalent, foreign, invalid, malformed, delivery"
    ),
    "[tool.contract_kit]\nrejects = [3]": "tool.contract_kit.rejects: expected a list of strings, got [3]",
    '[tool.contract_kit]\nsecret = "whsec_abc"': (
        "tool.contract_kit.secret: secrets belong in no file: set CONTRACT_KIT_SECRET"
    ),
    '[tool.contract_kit]\ntargets = "shop:parse"': (
        "tool.contract_kit.targets: expected an array of tables ([[tool.contract_kit.targets]]), "
        "got 'shop:parse'"
    ),
    '[[tool.contract_kit.targets]]\nname = "a"': (
        "tool.contract_kit.targets[0]: give it a target or a command, and one of them only"
    ),
    '[[tool.contract_kit.targets]]\ntarget = "a:b"\ntagret = "c:d"': (
        "tool.contract_kit.targets[0].tagret: there is no such option; did you mean target?"
    ),
    '[[tool.contract_kit.targets]]\ntarget = "a:b"\n[[tool.contract_kit.targets]]\ntarget = "a:b"': (
        "tool.contract_kit.targets[1].name: there are two targets 'a:b'"
    ),
    '[[tool.contract_kit.expect]]\nmatch = "*"': "tool.contract_kit.expect[0]: expect is missing",
    '[[tool.contract_kit.expect]]\nmatch = "*"\nexpect = "maybe"': (
        "tool.contract_kit.expect[0].expect: expected one of accept, reject, either, got 'maybe'"
    ),
    '[[tool.contract_kit.expect]]\nmatch = "*"\nexpect = "either"\nwhy = "so"': (
        "tool.contract_kit.expect[0].why: there are match, expect and because"
    ),
    '[tool.contract_kit]\nheaders = ["no colon"]': (
        "tool.contract_kit.headers: a header is written 'Name: value', got 'no' without a colon"
    ),
    "[tool.contract_kit]\nreject_exit = 0": (
        "tool.contract_kit.reject_exit: expected exit codes from 1 to 255, got 0"
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.items(), ids=range(len(WRONG)))
def test_whatever_is_wrong_is_told_in_one_line_with_file_and_key(table, text, message):
    with pytest.raises(UsageError) as caught:
        table(text)
    assert str(caught.value) == f"pyproject.toml: {message}"


def test_what_is_no_toml_is_told_with_its_place(table):
    with pytest.raises(UsageError, match=r"^pyproject.toml is not TOML: .*line 1"):
        table("[tool.contract_kit\n")


def test_a_file_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"^pyproject\.toml is not TOML: "):
        read_config(path)


def test_without_the_table_there_is_nothing_and_no_error(table):
    config = table('[project]\nname = "shop"\n')
    assert (config.targets, config.expect, config.options) == ((), (), Options())


def test_the_nearest_file_upward_counts(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.contract_kit]\npolicy = "schema"\n')
    inner = tmp_path / "src" / "shop"
    inner.mkdir(parents=True)
    assert find_config(inner) == tmp_path / "pyproject.toml"
    assert load_config(inner).options.policy == "schema"
    assert load_config(inner).root == tmp_path


def test_without_a_file_the_configuration_is_empty():
    # Nothing above the root directory can hold one.
    assert find_config(Path("/")) is None or Path("/pyproject.toml").exists()
    assert Config().root == Path.cwd()


def test_a_header_s_value_never_stands_in_the_message_about_it():
    with pytest.raises(UsageError) as caught:
        header_of("Bearer very-secret-token")
    assert "very-secret-token" not in str(caught.value)


def test_kinds_are_a_list_with_commas():
    assert kinds_of("valid,invalid,valid") == ("valid", "invalid")
    with pytest.raises(UsageError, match="no kind is named"):
        kinds_of(" , ")
