"""Sample receivers of ``examples/`` as they are started by hand, on a free port each."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from contract_kit.config import read_config
from contract_kit.report import Context
from contract_kit.runner import Expectation, Settings, run
from contract_kit.spec import load_terms
from contract_kit.targets import UrlTarget, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import RunResult

EXAMPLES = Path(__file__).parent.parent / "examples"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TERMS = load_terms("customer.created")
_LISTENING = re.compile(r"http://127\.0\.0\.1:([1-9][0-9]*)")
_PYTHON = (sys.executable, "-m")
COMMANDS = {
    "fastapi-sqlite": (*_PYTHON, "uvicorn", "{app}:app", "--port", "0", "--no-access-log"),
    "flask": (*_PYTHON, "waitress", "--listen", "127.0.0.1:0", "--threads", "8", "{app}:app"),
    "django": (*_PYTHON, "hypercorn", "--workers", "0", "--bind", "127.0.0.1:0", "{app}:application"),
    "express": ("node", "{app}.mjs"),
}
ENTRY = {"django": "asgi"}


@cache
def our_word(name: str) -> tuple[Expectation, ...]:
    """Where a good receiver departs from the document, as its ``pyproject.toml`` says with reasons."""
    config = read_config(EXAMPLES / name / "pyproject.toml")
    return config.expect


def need(name: str) -> None:
    """Skip where what an example runs on is not here."""
    if name == "express":
        if shutil.which("node") is None:
            pytest.skip("Node is not installed")
        if not (EXAMPLES / "express" / "node_modules" / "express").is_dir():
            pytest.skip("the packages of examples/express are not installed: make examples")
        return
    for module in {"fastapi-sqlite": ("fastapi", "uvicorn"), "flask": ("flask", "waitress")}.get(
        name, ("django", "hypercorn")
    ):
        pytest.importorskip(module)


@dataclass(frozen=True, slots=True)
class Served:
    """A receiver that runs."""

    name: str
    base: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return self.base + "/webhooks"

    def effects(self) -> int:
        return int(json.loads(fetch(self.base + "/effects").body)["writes"])

    def run(self, *, workers: int = 8, **settings) -> RunResult:
        """A signed run with its effects counted."""
        chosen = Settings(
            secret=SECRET,
            effects=self.effects,
            **{"expectations": our_word(self.name), "max_examples": 0} | settings,
        )
        with UrlTarget(self.url, workers=workers) as target:
            return run(TERMS, target, chosen, Context(target=self.url, kind="url", secret=True))


@cache
def _django_database() -> bytes:
    """An empty database with its tables: made once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "db.sqlite3"
        subprocess.run(
            (sys.executable, "manage.py", "migrate", "--verbosity", "0"),
            cwd=EXAMPLES / "django",
            env=os.environ | {"WEBHOOK_SECRET": SECRET, "DATABASE": str(path)},
            check=True,
            timeout=60,
        )
        return path.read_bytes()


@contextmanager
def serving(name: str, *faults: str) -> Iterator[Served]:
    """Start an example, wait until it says where it listens; kill it and its children afterwards."""
    need(name)
    with TemporaryDirectory() as folder:
        database = Path(folder) / "events.db"
        if name == "django":
            database.write_bytes(_django_database())
        app = "faulty" if faults else ENTRY.get(name, "app")
        environment = {
            "WEBHOOK_SECRET": SECRET,
            "DATABASE": str(database),
            "PORT": "0",
            "FAULT": ",".join(faults),
            "PYTHONPATH": str(EXAMPLES / name),
            "PYTHONUNBUFFERED": "1",
        }
        process = subprocess.Popen(
            [word.format(app=app) for word in COMMANDS[name]],
            cwd=EXAMPLES / name,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        where: Future[str] = Future()
        reader = threading.Thread(target=_read, args=(process, where), daemon=True)
        reader.start()
        try:
            yield Served(name, f"http://127.0.0.1:{where.result(timeout=60)}", process)
        finally:
            kill(process)
            reader.join(10)
            assert process.stdout is not None
            process.stdout.close()


def kill(process: subprocess.Popen[str]) -> None:
    """End a receiver at once, with its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _read(process: subprocess.Popen[str], where: Future[str]) -> None:
    """Read the log to its end; the first address in it is where the receiver listens."""
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        found = _LISTENING.search(line)
        if found is not None and not where.done():
            where.set_result(found[1])
        del said[:-40]
    if not where.done():
        where.set_exception(RuntimeError("the receiver ended before it listened:\n" + "".join(said)))
