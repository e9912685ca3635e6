"""From outside: the wheel alone in a clean environment, used in each way by a repository that is not ours.

``make test-wheel`` runs it: it needs a package index, and a minute or two.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
DATA = {
    "contract_kit/py.typed",
    "contract_kit/_specs/flexprice.openapi.yaml",
    "contract_kit/_specs/flexprice.profile.yaml",
    "contract_kit/bundle/manifest.schema.json",
    "contract_kit/report/report.css",
    "contract_kit/report/report.schema.json",
    "contract_kit/values/pools.json",
}
SHOP = """
import json


class BadWebhook(Exception):
    pass


def parse(body):
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("no JSON") from error
    if not isinstance(event, dict) or event.get("event_type") != "customer.created":
        raise BadWebhook("another event")
    return event


def careless(body):
    event = parse(body)
    if isinstance(event.get("customer"), dict):
        event["customer"].get("email", "").lower()
    return event


def refuse(name):
    raise ValueError(name)


async def app(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    try:
        parse(body)
        status = 204
    except BadWebhook:
        status = 400
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""
TESTS = """
import contract_kit
import pytest
from shop import BadWebhook, app, parse


def test_fixtures(customer_created, make_customer_created, customer_created_delivery):
    assert customer_created["event_type"] == "customer.created"
    assert make_customer_created(customer={"name": "Ada"})["customer"]["name"] == "Ada"
    assert {name.lower() for name in dict(customer_created_delivery.headers)} >= {"svix-id", "svix-signature"}


@pytest.mark.contract(kinds=("equivalent", "foreign"))
def test_marker(contract_case):
    contract_kit.check(parse, contract_case, rejects=BadWebhook)


TestParser = contract_kit.contract_tests(
    parse, rejects=BadWebhook, policy="tolerant", only="malformed:::l*", max_examples=5
)
TestApp = contract_kit.contract_tests(app, policy="tolerant", kinds="equivalent", max_examples=0)
"""
SETUP = ("--target", "shop:parse", "--rejects", "shop:BadWebhook", "--policy", "tolerant")
FEW = ("--contract-only", "malformed:::*", "--contract-max-examples", "5")


def _run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A process as a user starts it: nothing of this one's environment that could help it find our checkout."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))
    }
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel, and the sdist that it was built from."""
    folder = tmp_path_factory.mktemp("dist")
    done = _run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def bin_(built, tmp_path_factory) -> Path:
    """Where the commands of an environment stand that has the wheel and what it asks for, and nothing else."""
    clean = tmp_path_factory.mktemp("clean") / "venv"
    assert _run(sys.executable, "-m", "venv", clean, cwd=built).returncode == 0
    (wheel,) = built.glob("*.whl")
    done = _run(clean / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=built)
    assert done.returncode == 0, done.stderr
    return clean / "bin"


@pytest.fixture
def shop(tmp_path) -> Path:
    """A repository that receives webhooks."""
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "test_shop.py").write_text(TESTS)
    return tmp_path


def test_the_wheel_holds_its_data_and_the_sdist_no_bundle(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= DATA
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"contract_kit"}
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    assert tops >= {"contract_kit", "specs", "pyproject.toml", "README.md", "tests", "docs"}
    assert not tops & {"fixtures", ".ci", ".venv", ".cache", ".nox", ".hypothesis", ".contract_kit"}
    assert sdist.stat().st_size < 3_000_000


def test_fixtures_the_marker_and_contract_tests(bin_, shop):
    done = _run(bin_ / "python", "-m", "pytest", "-q", "-W", "error", cwd=shop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout


def test_zero_code(bin_, shop):
    assert _run(bin_ / "contract-kit", "init", *SETUP, "--yes", cwd=shop).returncode == 0
    done = _run(bin_ / "python", "-m", "pytest", "-q", "-W", "error", "contract::parse", *FEW, cwd=shop)
    assert done.returncode == 0, done.stdout + done.stderr
    words = ("--contract-target", "shop:careless", "--contract-rejects", "shop:BadWebhook")
    reports = ("--contract-report", "r.html", "--contract-report", "r.json", "--contract-report", "r.xml")
    only = ("--contract-only", "invalid:/customer/email:type:null", "--contract-max-examples", "0")
    done = _run(bin_ / "python", "-m", "pytest", "-q", "contract", *words, *only, *reports, cwd=shop)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "crash: crashes with AttributeError when customer.email is null\n" in done.stdout
    assert all((shop / name).stat().st_size > 500 for name in ("r.html", "r.json", "r.xml"))
    assert "<style" in (shop / "r.html").read_text()


def test_the_command_line(bin_, shop):
    kit = bin_ / "contract-kit"
    fuzzed = _run(kit, "fuzz", "shop:parse", *SETUP[2:], "--kinds", "malformed,foreign", cwd=shop)
    assert fuzzed.returncode == 0, fuzzed.stdout + fuzzed.stderr
    broken = _run(
        kit, "fuzz", "shop:careless", *SETUP[2:], "--kinds", "invalid", "--max-examples", "0", cwd=shop
    )
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "crashes with AttributeError" in broken.stdout
    listed = _run(kit, "cases", "--kinds", "invalid", "--format", "ndjson", cwd=shop)
    assert len(listed.stdout.splitlines()) > 1000, listed.stderr
    made = _run(kit, "generate", "--count", "3", "--format", "ndjson", cwd=shop)
    assert made.stdout.count('"customer.created"') == 3, made.stderr
    bundle = _run(kit, "fixtures", "hooks", "--kinds", "valid", "--each", "1", cwd=shop)
    assert bundle.returncode == 0, bundle.stderr
    assert _run(kit, "demo", "-q", cwd=shop).returncode == 0
