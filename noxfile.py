"""The versions that we promise: `make matrix`, or `nox -s 'plugin-3.13(newest)'` for one of them.

Each session is a fresh environment with the package and nothing that its tests do not need: pytest,
Hypothesis and Python are what varies. "oldest" is read from pyproject.toml, so that a promise that is
made there is a promise that is tested here. A Python that is not on the path is skipped, and nox says so (with
pyenv: `PYENV_VERSION=3.11.7:3.12.1:3.13.0 make matrix`).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "venv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False

PYTHONS = ("3.11", "3.12", "3.13")
VARIED = ("pytest", "hypothesis")
COMPANY = ("pytest-xdist", "pytest-timeout", "pytest-randomly", "standardwebhooks")
TESTS = ("tests/plugin", "tests/test_import_law.py", "tests/test_config.py", "tests/test_samples.py")
PROJECT = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text("utf-8"))["project"]


def oldest() -> list[str]:
    """``pytest>=8.0`` of the dependencies → ``pytest==8.0.0``."""
    bounds = dict(re.findall(r"^([\w-]+)>=([\d.]+)", "\n".join(PROJECT["dependencies"]), re.MULTILINE))
    return [f"{name}=={bounds[name]}" + ".0" * (2 - bounds[name].count(".")) for name in VARIED]


@nox.session(python=PYTHONS)
@nox.parametrize("versions", ["oldest", "newest"], ids=["oldest", "newest"])
def plugin(session: nox.Session, versions: str) -> None:
    """The plugin, the import law and what both stand on."""
    chosen = oldest() if versions == "oldest" else list(VARIED)
    session.install("--upgrade", "--editable", ".", *chosen, *COMPANY)
    session.run("python", "-c", _SAY)
    session.run("python", "-m", "pytest", "-p", "no:cacheprovider", "-q", *(session.posargs or TESTS))


_SAY = (
    "import sys, pytest, hypothesis;"
    "print('Python', sys.version.split()[0], 'pytest', pytest.__version__, 'Hypothesis', hypothesis.__version__)"
)
