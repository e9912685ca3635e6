"""Where the bundled documents are: inside the wheel, or in ``specs/`` of a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from contract_kit.errors import SpecError

__all__ = ["bundled", "bundled_names"]


def bundled(name: str) -> bytes:
    """The content of the bundled file ``name``.

    Wheels carry ``specs/`` as ``contract_kit/_specs``; a checkout has it beside the package.
    """
    inside = files("contract_kit").joinpath("_specs", name)
    if inside.is_file():
        return inside.read_bytes()
    beside = _checkout() / name
    if beside.is_file():
        return beside.read_bytes()
    msg = f"the bundled file {name} is missing: the installation is not complete"
    raise SpecError(msg)


def bundled_names() -> tuple[str, ...]:
    """The names of all bundled files, sorted."""
    inside = files("contract_kit").joinpath("_specs")
    if inside.is_dir():
        return tuple(sorted(item.name for item in inside.iterdir()))
    beside = _checkout()
    return tuple(sorted(item.name for item in beside.iterdir())) if beside.is_dir() else ()


def _checkout() -> Path:
    return Path(__file__).resolve().parents[2] / "specs"
