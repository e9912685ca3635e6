"""docs/pytest.md: each of its blocks runs, in a repository such as it speaks of. The reference is not stale."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

from doc_blocks import Shell, blocks_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "pytest.md"
OURS_ALONE = " ".join(f"-p no:{name}" for name in ("asyncio", "randomly", "schemathesis", "cov", "timeout"))
FEW = ("*/status:enum:case-*", "malformed:::empty", "delivery:::first")
BOUND = " ".join(["--contract-max-examples=3", *(f"--contract-only={glob}" for glob in FEW)])

WEBHOOKS = """
import contract_kit
from contract_kit.jsonio import strict_loads

CONTRACT = contract_kit.load()

class BadWebhook(Exception):
    pass

def parse(body):
    try:
        value = strict_loads(body)
    except (ValueError, RecursionError) as error:
        raise BadWebhook(str(error)) from error
    broken = CONTRACT.validate(value)
    if broken:
        raise BadWebhook(broken[0].message)
    return value
"""
CARELESS = "    value = strict_loads(body)\n    value.get('customer', {}).get('email', '').lower()\n"
APP = """
from standardwebhooks import Webhook, WebhookVerificationError
from shop.webhooks import BadWebhook, parse

def create_app(testing, secret="whsec_Y29udHJhY3Rfa2l0OiBmb3IgdGVzdHMu"):
    def app(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {f"webhook-{n}": environ.get(f"HTTP_SVIX_{n.upper()}", "") for n in ("id", "timestamp", "signature")}
        status = "400 Bad Request"
        try:
            Webhook(secret).verify(body, headers)
            parse(body)
            status = "204 No Content"
        except (WebhookVerificationError, BadWebhook, ValueError):
            pass
        start_response(status, [("content-length", "0")])
        return [b""]
    return app
"""
CLIENT = """
import io
from types import SimpleNamespace
import pytest
from shop.app import create_app

@pytest.fixture
def client(contract_secret):
    app = create_app(testing=True, secret=contract_secret)
    def post(path, content, headers):
        environ = {"wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content))}
        environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in dict(headers).items()}
        said = []
        app(environ, lambda status, headers: said.append(int(status.split()[0])))
        return SimpleNamespace(status_code=said[0])
    return SimpleNamespace(post=post)
"""


def _repository(root: Path) -> None:
    for name, text in {
        "shop/__init__.py": "",
        "shop/webhooks.py": WEBHOOKS,
        "shop/app.py": APP,
        "conftest.py": CLIENT,
        "tests/test_plain.py": "def test_plain(): ...\n",
        "pytest.ini": "[pytest]\npythonpath = .\n",
    }.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def test_every_block_of_the_page_runs(tmp_path):
    _repository(tmp_path)
    base = {"HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "h")}
    bounded = Shell(tmp_path, {**base, "PYTEST_ADDOPTS": f"{OURS_ALONE} {BOUND}"})
    failing = Shell(tmp_path, {**base, "PYTEST_ADDOPTS": f"{OURS_ALONE} --contract-max-examples=3"})
    tests = []
    for block in blocks_of(PAGE):
        if block.language == "console" and block.exit:
            careless = WEBHOOKS.replace("    broken =", CARELESS + "    broken =")
            (tmp_path / "shop" / "webhooks.py").write_text(careless)
            failing.follow(block)
            (tmp_path / "shop" / "webhooks.py").write_text(WEBHOOKS)
        elif block.language == "console":
            bounded.follow(block)
        else:
            assert block.language in ("python", "toml", "ini"), (
                f"line {block.line}: {block.language} does not run"
            )
            assert block.file is not None, f"line {block.line}: which file is this?"
            (tmp_path / block.file).write_text(block.text)
            tests += [block.file] if block.language == "python" else []
            _ = block.language == "toml" and tomllib.loads(block.text)
    assert len(tests) == 4
    code, printed = bounded.type(f"pytest -q {' '.join(tests)}")
    assert code == 0, printed
    assert re.search(r"\d\d passed in", printed), printed


def test_the_reference_says_what_the_code_takes():
    """`make reference` writes it anew."""
    made = runpy.run_path(str(ROOT / "scripts" / "make_reference.py"))["reference"]()
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == made
