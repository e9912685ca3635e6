"""The documents tell the truth: their Python runs, their links lead somewhere, their commands exist."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "examples").glob("**/*.md"),
    ]
)
PAGES = [page for page in PAGES if "node_modules" not in page.parts]
NAME = {page: str(page.relative_to(ROOT)) for page in PAGES}
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:`|^\$ |^)contract-kit ([a-z]+)", re.MULTILINE)


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "verdicts.md"], ids=lambda p: p.name)
def test_python_blocks_run(page: Path) -> None:
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            exec(compile(block, str(page), "exec"), {"__name__": "docs"})


MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "contract_kit").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name.removesuffix(".__init__")))
    assert done.attempted
    assert not done.failed


@pytest.mark.parametrize("page", PAGES, ids=NAME.__getitem__)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{NAME[page]} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=NAME.__getitem__)
def test_commands_that_are_named_exist(page: Path) -> None:
    from contract_kit.cli._main import COMMANDS

    for command in COMMAND.findall(page.read_text(encoding="utf-8")):
        assert command in COMMANDS, f"{NAME[page]} names contract-kit {command}"


def test_the_changelog_and_the_package_agree_on_what_comes_next() -> None:
    import contract_kit

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{contract_kit.__version__}]" in text
