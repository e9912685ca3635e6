"""The pytest plugin: options, marker, fixtures and the collector; silent and cheap until used.

Here are only the hooks. Each imports its part of the work when there is work: a run of pytest that uses
nothing of ours pays for this file and for the fixtures' signatures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.pytest_plugin._fixtures import (
    _contract_default,
    _contract_marked,
    contract_case,
    contract_payload,
    contract_secret,
    customer_created,
    customer_created_delivery,
    make_contract_delivery,
    make_contract_payload,
    make_customer_created,
)
from contract_kit.pytest_plugin._keep import WANTED, kept
from contract_kit.pytest_plugin._options import add_options, asked, may_have_targets

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from contract_kit.pytest_plugin._suite import contract_tests

__all__ = [
    "_contract_default",
    "_contract_marked",
    "contract_case",
    "contract_payload",
    "contract_secret",
    "contract_tests",
    "customer_created",
    "customer_created_delivery",
    "make_contract_delivery",
    "make_contract_payload",
    "make_customer_created",
]

_ROOT = "contract"


def __getattr__(name: str) -> Any:
    if name == "contract_tests":
        from contract_kit.pytest_plugin._suite import contract_tests

        return contract_tests
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and ini values."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, take our node ids out of the arguments, refuse wrong options at once."""
    config.addinivalue_line(
        "markers",
        "contract(event='customer.created', *, kinds=, only=, skip=, policy=, strength=, spec=, target=, input=): "
        "which cases a test with contract_case runs on, one test a case",
    )
    told = getattr(config, "workerinput", {}).get("contract_kit")
    if told is not None:  # a worker of pytest-xdist: the controller has read the command line
        config.stash[WANTED] = told
        if told["alone"]:
            config.args[:] = []
        return
    config.pluginmanager.register(_Controller(config), "contract_kit.controller")
    config.stash[WANTED] = _wanted(config)
    if asked(config):
        from contract_kit.pytest_plugin._session import session_of

        _ = session_of(config).chosen


def _wanted(config: pytest.Config) -> dict[str, Any]:
    """What to collect; ``contract``, ``contract::NAME`` and ``contract::NAME::CASE-ID`` are no paths but ours.

    ``nodes`` are the parts behind ``contract::`` (``None``: all targets), ``alone`` says that nothing else
    is wanted, ``collect`` that our targets are wanted at all. Plain data, for it goes to workers.
    """
    here = config.invocation_params.dir
    given = config.args_source is pytest.Config.ArgsSource.ARGS
    ours = [arg for arg in config.args if _is_ours(arg, here)]
    config.args[:] = [arg for arg in config.args if arg not in ours]
    named = config.getoption("contract_target") or config.getoption("contract_url")
    return {
        "nodes": [arg.removeprefix(_ROOT).removeprefix("::") for arg in ours] if ours else None,
        "alone": bool(ours) and not config.args,
        "collect": bool(ours or named or config.getoption("contract_asked") or not given),
    }


def _is_ours(arg: str, here: Path) -> bool:
    if arg.startswith(_ROOT + "::"):
        return not (here / _ROOT).is_file()
    return arg == _ROOT and not (here / _ROOT).exists()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Targets stand beside the user's files."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed and _may_collect(collector.config):
        from contract_kit.pytest_plugin._session import session_of

        session = session_of(collector.config)
        wanted = collector.config.stash[WANTED]["nodes"]
        if wanted is not None or session.chosen.targets:
            from contract_kit.pytest_plugin._items import ContractRoot

            root = ContractRoot.from_parent(
                collector, name=_ROOT, nodeid=_ROOT, session_=session, wanted=wanted
            )
            report.result = [*(report.result or ()), root]
    return report


def _may_collect(config: pytest.Config) -> bool:
    wanted = config.stash[WANTED]
    return bool(wanted["collect"]) and (wanted["nodes"] is not None or may_have_targets(config))


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> None:
    """A class of ``contract_tests`` gets its random tests just before pytest looks into it."""
    if isinstance(obj, type) and hasattr(obj, "__contract_suite__"):
        from contract_kit.pytest_plugin._session import session_of
        from contract_kit.pytest_plugin._suite import materialise
        from contract_kit.pytest_plugin._words import collecting

        with collecting(f"{collector.nodeid}::{name}"):
            materialise(obj, name, session_of(collector.config), collector.nodeid)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a case, for tests that ask for ``contract_case``."""
    if "contract_case" in metafunc.fixturenames:
        from contract_kit.pytest_plugin._marker import parametrize
        from contract_kit.pytest_plugin._session import session_of

        parametrize(metafunc, session_of(metafunc.config))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test has judged goes with its report."""
    if call.when != "call" or item.get_closest_marker("contract") is None:
        return (yield)
    from contract_kit.pytest_plugin._reports import finish, prepare
    from contract_kit.pytest_plugin._session import session_of

    prepare(item, call, session_of(item.config))
    report = yield
    finish(item, call, report, session_of(item.config))
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let go of every consumer."""
    found = kept(session.config)
    if found is not None:
        found.close()


class _Controller:
    """Where reports come together: this process, or the one whose workers run the tests."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker of pytest-xdist is told what the command line wants."""
        node.workerinput["contract_kit"] = self._config.stash[WANTED]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what was judged."""
        record = getattr(report, "contract_kit", None)
        if record is not None and report.outcome in ("passed", "failed", "skipped"):
            from contract_kit.pytest_plugin._session import session_of

            session_of(self._config).ledger.add(record, report)
            if self._config.getoption("xmlpath", None):
                from contract_kit.pytest_plugin._reports import name_in_junit

                name_in_junit(self._config, report, record["about"]["name"])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The distinct causes, after the failures; and where the reports are."""
        found = kept(self._config)
        if found is not None:
            from contract_kit.pytest_plugin._reports import summarise

            summarise(terminalreporter, found)
