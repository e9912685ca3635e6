"""The plugin is tested from outside: small projects, run by a pytest of their own in this process."""

from __future__ import annotations

import sys

import hypothesis  # noqa: F401 - what a run inside imports is forgotten after it, unless it was here before
import pytest
import yaml  # noqa: F401 - its fast reader is lost when it is imported twice

import contract_kit
import contract_kit.cases
import contract_kit.config
import contract_kit.delivery
import contract_kit.pytest_plugin._bench
import contract_kit.pytest_plugin._catalogue
import contract_kit.pytest_plugin._found
import contract_kit.pytest_plugin._items
import contract_kit.pytest_plugin._judging
import contract_kit.pytest_plugin._ledger
import contract_kit.pytest_plugin._marker
import contract_kit.pytest_plugin._payload
import contract_kit.pytest_plugin._reports
import contract_kit.pytest_plugin._search
import contract_kit.pytest_plugin._session
import contract_kit.pytest_plugin._suite
import contract_kit.pytest_plugin._wire
import contract_kit.report._html
import contract_kit.report._json
import contract_kit.report._write
import contract_kit.runner._deliver
import contract_kit.runner._run  # noqa: F401

SHOP = '''
import json
import contract_kit
from contract_kit.jsonio import strict_loads

CONTRACT = contract_kit.load()

class BadWebhook(Exception):
    pass

def parse(body):
    """Right in every respect."""
    try:
        value = strict_loads(body)
    except (ValueError, RecursionError) as error:
        raise BadWebhook(str(error)) from error
    broken = CONTRACT.validate(value)
    if broken:
        raise BadWebhook(broken[0].message)
    return value

async def parse_later(body):
    return parse(body)

def careless(body):
    """Crashes on an e-mail address that is no text."""
    value = json.loads(body) if body[:1] == b"{" else None
    if isinstance(value, dict) and isinstance(value.get("customer"), dict):
        value["customer"].get("email", "").lower()
    return parse(body)

def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        parse(body)
    except BadWebhook:
        start_response("400 Bad Request", [("content-length", "0")])
    else:
        start_response("204 No Content", [])
    return [b""]
'''
QUIET = ("-p", "no:asyncio", "-p", "no:randomly", "-p", "no:schemathesis", "-p", "no:xdist", "-p", "no:cov")


class Project:
    """A downstream repository with a consumer in ``shop.py``."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        pytester.makepyfile(shop=SHOP)
        pytester.syspathinsert()

    def write(self, **files: str) -> None:
        self.pytester.makepyfile(**files)

    def configure(self, text: str) -> None:
        self.pytester.makepyprojecttoml(text)

    def run(self, *args: str) -> pytest.RunResult:
        return self.pytester.runpytest_inprocess(*QUIET, *args)

    def run_apart(self, *args: str) -> pytest.RunResult:
        return self.pytester.runpytest_subprocess(*QUIET, *args)

    def outcomes(self, *args: str) -> dict[str, int]:
        return self.run(*args).parseoutcomes()


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    return Project(pytester)


@pytest.fixture(autouse=True)
def _as_for_people(monkeypatch):
    """pytest writes another summary where it thinks that it runs for a machine: we compare what people see.

    And a module of the same name that another test has imported is not the one that a project here means.
    """
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)
