"""In company: other plugins, other processes, strict settings, and runs that use nothing of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]
HEAVY = ("hypothesis", "faker", "jsonschema_rs", "rich", "yaml", "click", "httptools", "tomllib")


def _pytest(project, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own process, as users start it."""
    words = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:schemathesis", *args]
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        cwd=project.pytester.path,
        env={**os.environ, **env},
        timeout=120,
        check=False,
    )


def test_importing_the_plugin_imports_nothing_heavy():
    code = "import contract_kit.pytest_plugin, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & set(HEAVY)
    ours = {name for name in loaded if name.startswith("contract_kit.") and "pytest_plugin" not in name}
    assert ours == {"contract_kit._lazy"}, "twenty lines, by which the façade imports nothing else"


def test_a_run_that_uses_nothing_of_ours_loads_nothing_of_ours(project):
    project.write(
        test_a="""
        import sys

        def test_a():
            ours = [name for name in sys.modules if name.startswith("contract_kit.") and not name.endswith("._lazy")]
            assert all("pytest_plugin" in name for name in ours), ours
        """
    )
    done = _pytest(project, "-q", "-p", "no:hypothesispytest", "-p", "no:faker", "-p", "no:randomly")
    assert done.returncode == 0, done.stdout


def test_workers_collect_alike_and_the_findings_come_together(project):
    project.configure(
        """
        [tool.pytest.ini_options]
        filterwarnings = ["error"]
        addopts = ["--strict-markers", "--strict-config"]

        [tool.contract_kit]
        max_examples = 0

        [[tool.contract_kit.targets]]
        name = "careless"
        target = "shop:careless"
        rejects = ["shop:BadWebhook"]
        only = ["invalid:/customer/email:type:*", "malformed:::empty"]
        """
    )
    project.write(test_a="def test_a(customer_created): ...")
    report = project.pytester.path / "r.json"
    done = _pytest(project, "-q", "-n", "2", "--contract-report", str(report))
    assert "contract::careless: 1 cause, 14 of 15 cases failed" in done.stdout
    assert "crash x14" in done.stdout
    assert "14 failed, 2 passed" in done.stdout
    assert "warning" not in done.stdout.lower()
    assert report.is_file()
    alone = _pytest(project, "-q", "-n", "2", "contract::careless::malformed:::empty")
    assert "1 passed" in alone.stdout


def test_under_xdist_each_test_is_given_the_bytes_that_it_is_given_alone(project):
    """Payloads, cases of a mark, random search and the findings of a target: nothing depends on who runs what."""
    project.configure(
        """
        [tool.contract_kit]
        max_examples = 30

        [[tool.contract_kit.targets]]
        name = "careless"
        target = "shop:careless"
        rejects = ["shop:BadWebhook"]
        only = ["invalid:/customer/email:*", "malformed:::*"]
        """
    )
    project.write(
        test_a="""
        import json, os, pathlib
        import contract_kit, pytest, shop

        FOLDER = pathlib.Path(os.environ["WRITE_TO"])

        def keep(request, body):
            (FOLDER / request.node.name.replace("/", "+")).write_bytes(body)

        @pytest.mark.parametrize("number", range(12))
        def test_payload(request, number, customer_created, make_customer_created):
            keep(request, json.dumps([customer_created, make_customer_created(), make_customer_created()]).encode())

        @pytest.mark.contract("customer.created", kinds=("malformed",))
        def test_case(request, contract_case):
            keep(request, contract_case.body)

        TestIt = contract_kit.contract_tests(shop.parse, rejects=shop.BadWebhook, kinds=("malformed",), max_examples=30)
        """
    )
    said, found = [], []
    for number in ("0", "2"):
        folder = project.pytester.mkdir(f"by{number}")
        report = project.pytester.path / f"{number}.json"
        words = ("-q", "-rA", "-n", number, "--contract-report", str(report), "-p", "no:randomly")
        done = _pytest(project, *words, WRITE_TO=str(folder))
        lines = [line for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))]
        said.append(sorted(line.partition(" - ")[0] for line in lines))
        written = {path.name: path.read_bytes() for path in folder.iterdir()}
        reports = sorted(project.pytester.path.glob(f"{number}-*.json"))
        found.append((written, [json.loads(path.read_text())["findings"] for path in reports]))
    assert len(said[0]) > 150
    assert said[0] == said[1]
    assert len(found[0][0]) > 100
    assert len(found[0][1]) == 3
    assert found[0] == found[1]


def test_the_plugin_can_be_switched_off(project):
    project.write(test_a="def test_a(): ...")
    done = _pytest(project, "-q", "-p", "no:contract_kit.pytest_plugin")
    assert "1 passed" in done.stdout
    assert done.returncode == 0


def test_our_items_can_be_expected_to_fail_and_timed_out_and_shuffled(project):
    project.write(
        conftest="""
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                if "email" in item.name:
                    item.add_marker(pytest.mark.xfail(reason="known"))
        """
    )
    words = (
        "--contract-target",
        "shop:careless",
        "--contract-rejects",
        "shop:BadWebhook",
        "--contract-no-isolate",
    )
    only = ("--contract-only", "invalid:/customer/email:type:n*", "--contract-only", "malformed:::empty")
    done = _pytest(project, "-q", *words, *only, "--timeout", "60", "-p", "randomly", "-W", "error")
    assert "1 passed, 1 xfailed" in done.stdout
    assert "contract findings" not in done.stdout


def test_a_test_of_the_user_s_may_be_asynchronous_and_hold_a_loop(project):
    """``check`` in a coroutine: the consumer is a coroutine as well."""
    project.write(
        test_a="""
        import asyncio
        import contract_kit, pytest, shop

        @pytest.mark.contract(only="invalid:/customer/email:type:null")
        def test_a(contract_case):
            async def body():
                contract_kit.check(shop.parse_later, contract_case, rejects=shop.BadWebhook)
            asyncio.run(body())
        """
    )
    assert project.outcomes("-W", "error") == {"passed": 1}


@pytest.mark.parametrize("name", ["contract", "contract.py"])
def test_a_path_of_that_name_is_still_a_path(project, name):
    """Somebody may have a folder or a file called contract."""
    if name == "contract":
        project.pytester.mkdir("contract").joinpath("test_a.py").write_text("def test_a(): ...")
        assert project.outcomes("contract") == {"passed": 1}
    else:
        project.pytester.path.joinpath("contract.py").write_text("def test_a(): ...")
        assert project.outcomes("contract.py") == {"passed": 1}
