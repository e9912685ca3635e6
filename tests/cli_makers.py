"""What the tests of the command line share: a small document, small consumers, ways to run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SMALL = """\
openapi: 3.1.0
info: {title: small, version: "1"}
paths: {}
webhooks:
  order.paid:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [event, status]
              properties:
                event: {type: string, const: order.paid}
                status: {type: string, enum: [open, closed]}
      responses: {"200": {description: taken}}
  order.refunded:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object}
      responses: {"200": {description: taken}}
"""

SHOP = '''\
"""Consumers of order.paid."""
import json, math

class BadWebhook(Exception):
    pass

def _read(body):
    def no(name):
        raise ValueError(name)
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=no)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("no JSON") from error
    if not isinstance(data, dict) or data.get("event") != "order.paid":
        raise BadWebhook("no event of ours")
    return data

def sound(body):
    data = _read(body)
    if not isinstance(data.get("status"), str) or data["status"] not in ("open", "closed"):
        raise BadWebhook("status")
    return data

def faulty(body):
    """Takes a status in any case."""
    data = _read(body)
    if not isinstance(data.get("status"), str) or data["status"].lower() not in ("open", "closed"):
        raise BadWebhook("status")
    return data

def slow(body):
    import pathlib, time
    seen.append(body)
    if len(seen) == 20:
        pathlib.Path("started").touch()
    time.sleep(0.05)
    return sound(body)

seen = []
'''
BROKEN = "import json\n\nraise RuntimeError('no database')\n"

SMALL_RUN = (
    "--spec",
    "small.yaml",
    "--event",
    "order.paid",
    "--rejects",
    "shop:BadWebhook",
    "--max-examples",
    "0",
)
"""Options of a run that is over in a moment."""


def workplace(folder: Path) -> Path:
    """A directory with the document and the consumers."""
    (folder / "small.yaml").write_text(SMALL)
    (folder / "shop.py").write_text(SHOP)
    (folder / "broken.py").write_text(BROKEN)
    return folder


@dataclass
class Done:
    """What a call of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        return self.err.splitlines()


def command(*words: str) -> list[str]:
    """The words of a real call."""
    return [sys.executable, "-m", "contract_kit", *words]


def run(*words: str, cwd: Path, env: dict[str, str] | None = None, timeout: float = 60) -> Done:
    """A real process."""
    import os

    done = subprocess.run(
        command(*words),
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
