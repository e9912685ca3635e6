"""The code blocks of a page, and a way to follow them: files are written, commands typed, outputs compared.

A block of ``console`` holds commands (``$ …``) and what they print; a line ``…`` stands for any lines, ``…``
within a line for any text. ``exit=N`` behind the language says how the last command ends. A block is a file
where the text before it ends with the file's name: `` `shop/webhooks.py`: ``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([^`\s]+)`:\s*$")
SKIPPED = {
    r"pip install |python -m pip install ": "no network: what it installs is what runs this test",
    r"python3 -m venv |\. \S+/activate$": "the environment is the one that runs this test",
}
_NOT_A_USER_S = (
    "PYTHONDONTWRITEBYTECODE",
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "PYTEST_XDIST_WORKER",
    "CONTRACT_KIT_SECRET",
)
"""Without byte code pytest rewrites every module of every plugin at each start."""


@dataclass(frozen=True)
class Block:
    """One fenced block; ``file`` is the name before it, ``exit`` how its last command ends."""

    language: str
    text: str
    line: int
    file: str | None
    exit: int


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        before = _FILE.search(text[: match.start()])
        ends = re.search(r"exit=(\d+)", match[2])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(match[1], match[3], line, before and before[1], int(ends[1]) if ends else 0))
    return found


def is_skipped(command: str) -> bool:
    return any(re.match(pattern, command) for pattern in SKIPPED)


@dataclass
class Shell:
    """Types commands; the working directory stays from one to the next."""

    cwd: Path
    env: dict[str, str]

    def type(self, command: str) -> tuple[int, str]:
        beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        told = self.cwd.parent / f"{self.cwd.name}.pwd"
        plain = {name: value for name, value in os.environ.items() if name not in _NOT_A_USER_S}
        done = subprocess.run(
            ["bash", "-c", f'{command}\ncode=$?; pwd > "$TOLD"; exit $code'],
            cwd=self.cwd,
            env={**plain, "PATH": beside, "COLUMNS": "120", **self.env, "TOLD": str(told)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.cwd = Path(told.read_text().strip())
        told.unlink()
        return done.returncode, done.stdout

    def follow(self, block: Block) -> None:
        """Type the block's commands and compare what they print with what it shows."""
        typed = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
        for number, part in enumerate(typed):
            command, _, shown = part.partition("\n")
            if is_skipped(command):
                continue
            code, printed = self.type(command.partition("   #")[0])
            said = f"line {block.line}: $ {command}\n{printed}"
            assert code == (block.exit if number == len(typed) - 1 else 0), said
            assert not shown.strip() or matches(shown, printed), f"{said}\n--- the page shows\n{shown}"


def matches(shown: str, printed: str) -> bool:
    pattern = re.escape(shown.strip()).replace("…", ".*?")
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None
