"""``examples/parser-pytest``, as its owner would run it: its tests pass, and a broken parser fails them by name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "examples" / "parser-pytest"


def pytest_in(folder, *words):
    """pytest as a process of its own, without what our own run has in its environment."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONTRACT_"))
    }
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words),
        cwd=folder,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout


def test_the_parser_passes_its_tests():
    code, said = pytest_in(FOLDER, "tests")
    assert code == 0, said
    passed = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) > 400


@pytest.mark.slow
def test_a_broken_parser_fails_them_by_the_right_name(tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    source = folder / "shop" / "webhooks.py"
    text = source.read_text("utf-8")
    spoiled = text.replace(
        "if _text(value, place) not in members", "if _text(value, place).lower() not in members"
    )
    assert spoiled != text
    source.write_text(spoiled, "utf-8")
    code, said = pytest_in(folder, "tests", "-k", "status and enum and case")
    assert code == 1, said
    assert "false_accept" in said
    assert "invalid:/customer/status:enum:case-upper" in said
    assert "crash" not in said


@pytest.mark.slow
def test_the_whole_catalogue_is_beside_them_and_passes():
    code, said = pytest_in(FOLDER, "-n", "2")
    assert code == 0, said[-3000:]
    passed = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert passed is not None
    assert int(passed[1]) > 9000
