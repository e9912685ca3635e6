"""Targets as items of their own: no test code, a name for every case, causes instead of pages."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

pytest_plugins = ["pytester"]
HERE = ("--contract-no-isolate", "--contract-max-examples", "0")
CARELESS = ("--contract-target", "shop:careless", "--contract-rejects", "shop:BadWebhook", *HERE)
EMAIL = ("--contract-only", "invalid:/customer/email:type:*")
TABLE = """
[tool.contract_kit]
isolate = false
max_examples = 0

[[tool.contract_kit.targets]]
name = "parser"
target = "shop:parse"
rejects = ["shop:BadWebhook"]
only = ["malformed:::empty", "invalid:/customer/email:type:n*"]

[[tool.contract_kit.targets]]
name = "careless"
target = "shop:careless"
rejects = ["shop:BadWebhook"]
only = ["invalid:/customer/email:type:*"]
"""


def test_nothing_is_collected_when_nothing_is_set_up(project):
    project.write(test_a="def test_a(): ...")
    result = project.run()
    assert result.parseoutcomes() == {"passed": 1}
    result.stdout.fnmatch_lines(["collected 1 item"])
    assert "contract" not in result.stdout.str().partition("collected 1 item")[2]


def test_a_target_of_the_command_line_is_collected_beside_the_user_s_tests(project):
    project.write(test_a="def test_a(): ...")
    result = project.run("-v", *CARELESS, "--contract-only", "malformed:::empty", "test_a.py")
    result.stdout.fnmatch_lines(
        ["test_a.py::test_a PASSED*", "contract::shop:careless::malformed:::empty PASSED*"]
    )


def test_a_failure_tells_the_difference_the_demand_the_outcome_and_what_to_do(project):
    result = project.run(*CARELESS, "--contract-only", "invalid:/customer/email:type:null")
    result.stdout.fnmatch_lines(
        [
            "*_ contract::shop:careless::invalid:/customer/email:type:null _*",
            "crash: crashes with AttributeError when customer.email is null",
            "  case      invalid:/customer/email:type:null",
            '  changed   /customer/email: "*" → null',
            "  expected  rejected*",
            "  observed  crashed: AttributeError: 'NoneType' object has no attribute 'lower' at shop.py:* in careless",
            "  again     contract-kit *shop:careless *",
            (
                "  alone     pytest --contract-target shop:careless --contract-rejects shop:BadWebhook "
                "--contract-no-isolate contract::shop:careless::invalid:/customer/email:type:null"
            ),
            "  keep it   [[]tool.contract_kit[]]",
            '            skip = [[]"invalid:/customer/email:type:null"[]]',
            "*= contract findings =*",
            "contract::shop:careless: 1 cause, 1 of 1 cases failed",
            "  crash x1  crashes with AttributeError when customer.email is null",
            "    contract::shop:careless::invalid:/customer/email:type:null",
            "*= short test summary info =*",
            "FAILED contract::shop:careless::invalid:/customer/email:type:null - crash:*",
        ]
    )


def test_one_fault_is_told_three_times_in_full_then_in_a_line(project):
    result = project.run(*CARELESS, *EMAIL)
    text = result.stdout.str()
    failed = result.parseoutcomes()["failed"]
    assert failed > 10
    assert text.count("  observed  ") == 3
    assert text.count("(as invalid:/customer/email:type:null)") == failed - 3
    result.stdout.fnmatch_lines([f"contract::shop:careless: 1 cause, {failed} of * cases failed"])


def test_the_table_sets_up_targets_by_name(project):
    project.configure(TABLE)
    result = project.run("-v")
    result.stdout.fnmatch_lines(
        [
            "contract::parser::invalid:/customer/email:type:null PASSED*",
            "contract::parser::malformed:::empty PASSED*",
            "contract::careless::invalid:/customer/email:type:null FAILED*",
            "contract::careless: 1 cause, 1* of 1* cases failed",
        ]
    )


def test_targets_stay_out_when_paths_are_given_unless_they_are_asked_for(project):
    project.configure(TABLE)
    project.write(test_a="def test_a(): ...")
    assert project.outcomes("test_a.py") == {"passed": 1}
    assert project.outcomes("test_a.py", "--contract", "--contract-skip", "invalid:*")["passed"] == 2
    assert project.outcomes("test_a.py", "contract::parser::malformed:::empty") == {"passed": 2}


@pytest.mark.parametrize(
    ("node", "passed"),
    [
        ("contract::parser::malformed:::empty", 1),
        ("contract::parser::invalid:/customer/email:type:null", 1),
        ("contract::parser", 2),
    ],
)
def test_a_node_id_runs_alone(project, node, passed):
    project.configure(TABLE)
    project.write(test_a="def test_a(): ...")
    assert project.outcomes(node) == {"passed": passed}


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (
            "contract::parser::malformed:::emty",
            "has no case 'malformed:::emty'; did you mean malformed:::empty?",
        ),
        ("contract::none", "no target in 'contract::none'; there are parser, careless"),
    ],
)
def test_a_node_id_of_nothing_is_told(project, node, said):
    project.configure(TABLE)
    result = project.run(node)
    assert said in result.stdout.str()
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_choosing_by_name_by_mark_and_by_the_last_failures_works(project):
    project.configure(TABLE)
    project.write(test_a="def test_a(): ...")
    assert project.outcomes("-k", "email and null") == {"passed": 1, "failed": 1, "deselected": 15}
    assert project.outcomes("--lf") == {"failed": 1, "deselected": 16}
    assert project.outcomes("-m", "not contract") == {"passed": 1, "deselected": 16}
    assert project.outcomes("-x")["failed"] == 1
    assert project.outcomes("--sw")["failed"] == 1


def test_an_expectation_of_the_user_s_own_makes_peace(project):
    project.configure(
        """
        [[tool.contract_kit.targets]]
        name = "strict"
        target = "shop:strict"
        rejects = ["shop:BadWebhook"]
        only = ["valid:/customer/name::absent"]
        isolate = false

        [[tool.contract_kit.expect]]
        match = "valid:/customer/name:*"
        expect = "either"
        because = "we need a name"
        """
    )
    project.write(
        shop="""
        import json

        class BadWebhook(Exception): ...

        def strict(body):
            value = json.loads(body)
            if "name" not in value["customer"]:
                raise BadWebhook
            return value
        """
    )
    assert project.outcomes() == {"passed": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--contract-kinds", "vald"), "--contract-kinds: 'vald' is no kind; there are valid,"),
        (("--contract-policy", "mild"), "--contract-policy: 'mild' is none of schema, provider, tolerant"),
        (("--contract-seed", "x"), "--contract-seed: expected a whole number of at least 0, got 'x'"),
        (("--contract-report", "r.txt"), "cannot tell the format of report 'r.txt'"),
        (("--contract-secret", "whsec_!"), "secret"),
    ],
)
def test_a_wrong_option_is_one_line_before_anything_runs(project, words, said):
    result = project.run(*words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    errors = result.stderr.str()
    assert said in errors
    assert "whsec_!" not in errors
    assert "Traceback" not in errors


def test_a_wrong_table_names_file_and_key(project):
    project.configure('[tool.contract_kit]\npolicy = "mild"')
    result = project.run()
    assert (
        "pyproject.toml: tool.contract_kit.policy: expected one of"
        in result.stdout.str() + result.stderr.str()
    )


def test_a_target_that_cannot_be_imported_is_an_error_of_collection(project):
    project.write(broken="import shop\n1 / 0")
    result = project.run("--contract-target", "broken:parse", "--contract-no-isolate")
    result.stdout.fnmatch_lines(
        ["*broken.py:2: *ZeroDivisionError: division by zero*", "ERROR contract::broken:parse*"]
    )
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_receiver_that_is_not_there_is_told_once(project):
    result = project.run(
        "--contract-url", "http://127.0.0.1:9/hooks", "--contract-only", "malformed:::*empty*", *HERE
    )
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert "skipped" in outcomes or sum(outcomes.values()) == 1
    assert "127.0.0.1:9" in result.stdout.str()


def test_random_search_is_an_item_too(project):
    result = project.run(
        "-v", *CARELESS[:4], "--contract-no-isolate", "--contract-max-examples", "5", "-k", "random"
    )
    result.stdout.fnmatch_lines(
        [
            "contract::shop:careless::random-valid PASSED*",
            "contract::shop:careless::random-invalid *",
        ]
    )


def test_ini_values_say_the_same_as_options(project):
    project.pytester.makeini(
        """
        [pytest]
        contract_target = shop:parse
        contract_rejects = shop:BadWebhook
        contract_only = malformed:::empty
        contract_no_isolate = true
        contract_max_examples = 0
        """
    )
    assert project.outcomes("--strict-config") == {"passed": 1}


def test_reports_are_written_from_a_run(project):
    paths = [project.pytester.path / name for name in ("r.json", "r.xml", "r.html")]
    words = [word for path in paths for word in ("--contract-report", str(path))]
    project.run(*CARELESS, *EMAIL, *words, "-q")
    report = json.loads(paths[0].read_text())
    assert report["target"] == {"name": "shop:careless", "as": "parser"}
    assert report["summary"]["failed"] == report["findings"][0]["count"] > 10
    assert report["findings"][0]["finding"] == "crash"
    assert len(report["findings"]) == 1
    assert ET.parse(paths[1]).getroot().tag.startswith("testsuite")
    assert "AttributeError" in paths[2].read_text()


def test_junit_names_target_and_case(project):
    project.run(*CARELESS, "--contract-only", "malformed:::empty", "--junitxml", "j.xml")
    [case] = ET.parse(project.pytester.path / "j.xml").getroot().iter("testcase")
    assert (case.get("classname"), case.get("name")) == ("contract.shop:careless", "malformed:::empty")


def test_a_child_process_survives_what_the_consumer_does_to_itself(project):
    project.write(
        dying="""
        import os

        def parse(body):
            if not body:
                os._exit(3)
            return {}
        """
    )
    only = ("--contract-only", "malformed:::empty", "--contract-max-examples", "0")
    result = project.run("--contract-target", "dying:parse", *only)
    result.stdout.fnmatch_lines(["crash: *", "contract::dying:parse: 1 cause, 1 of 1 cases failed"])
