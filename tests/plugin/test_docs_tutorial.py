"""The tutorial, followed literally from an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from doc_blocks import Shell, blocks_of, is_skipped, matches

DOCS = Path(__file__).parents[2] / "docs"
FEW = ("valid:/event_type:*", "equivalent:*", "foreign:*", "malformed:::l*")
BOUND = " ".join(["--contract-max-examples=5", *(f"--contract-only={glob}" for glob in FEW)])
"""A bound of this test alone: the page's own run of everything takes half a minute."""
OURS_ALONE = " ".join(f"-p no:{name}" for name in ("asyncio", "randomly", "schemathesis", "cov", "timeout"))


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\n…\nz", "a\nb\nc\nz", True),
        ("a … z", "a b z", True),
        ("a\nz", "a\nb\nz", False),
        ("a.z", "abz", False),
    ],
)
def test_what_a_page_shows_is_compared_with_what_is_printed(shown, printed, same):
    assert matches(shown, printed) is same


def test_the_tutorial_can_be_followed_from_an_empty_folder_to_green_ci_files(tmp_path):
    shell = Shell(
        tmp_path,
        {"PYTEST_ADDOPTS": f"{OURS_ALONE} {BOUND}", "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "h")},
    )
    kinds = set()
    for block in blocks_of(DOCS / "tutorial.md"):
        kinds.add(block.language)
        if block.language == "console":
            shell.follow(block)
            continue
        assert block.file is not None, f"line {block.line}: a block that is neither a file nor commands"
        path = shell.cwd / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    assert kinds == {"console", "toml", "python", "yaml", "text"}
    _run_like_ci(shell)


def _run_like_ci(shell: Shell) -> None:
    """The commands of both CI files, which are the same, typed once in the finished repository."""
    hub = yaml.safe_load((shell.cwd / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    lab = yaml.safe_load((shell.cwd / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    typed = [step["run"] for step in hub["jobs"]["tests"]["steps"] if "run" in step]
    assert typed == lab["tests"]["script"]
    for command in typed:
        if not is_skipped(command):
            code, printed = shell.type(command)
            assert code == 0, printed
    artifacts = lab["tests"]["artifacts"]
    assert hub["jobs"]["tests"]["steps"][-1]["with"]["path"] == artifacts["paths"][0]
    for kept in (artifacts["paths"][0], artifacts["reports"]["junit"]):
        (made,) = shell.cwd.glob(kept)
        assert made.stat().st_size > 1000
        assert kept in (shell.cwd / ".gitignore").read_text().split()
