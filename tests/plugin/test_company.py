"""In company: other plugins, other processes, strict settings, and runs that use nothing of ours."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]
HEAVY = ("hypothesis", "faker", "jsonschema_rs", "rich", "yaml", "click", "httptools", "tomllib")


def _pytest(project, *args: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own process, as users start it."""
    words = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:schemathesis", *args]
    return subprocess.run(
        words, capture_output=True, text=True, cwd=project.pytester.path, timeout=120, check=False
    )


def test_importing_the_plugin_imports_nothing_heavy():
    code = "import contract_kit.pytest_plugin, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & set(HEAVY)
    assert not {name for name in loaded if name.startswith("contract_kit.") and "pytest_plugin" not in name}


def test_a_run_that_uses_nothing_of_ours_loads_nothing_of_ours(project):
    project.write(
        test_a="""
        import sys

        def test_a():
            ours = [name for name in sys.modules if name.startswith("contract_kit.")]
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
