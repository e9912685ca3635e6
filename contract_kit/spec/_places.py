"""Where the bundled documents are: inside the wheel, or in ``specs/`` of a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["bundled", "bundled_names"]


def bundled(name: str) -> bytes:
    """The content of the bundled file ``name``.

    Wheels carry ``specs/`` as ``contract_kit/_specs``; a checkout has it beside the package.
    """
    for folder in _folders():
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    msg = f"the bundled file {name} is missing: the installation is not complete"
    raise SpecError(msg)


def bundled_names() -> tuple[str, ...]:
    """The names of all bundled files, sorted."""
    for folder in _folders():
        if folder.is_dir():
            return tuple(sorted(item.name for item in folder.iterdir()))
    return ()


def _folders() -> Iterator[Path | Traversable]:
    """The wheel's folder, the checkout's, and what an importer says that keeps packages elsewhere (a zip)."""
    package = Path(__file__).resolve().parents[1]
    yield package / "_specs"
    yield package.parent / "specs"
    from importlib.resources import files

    yield files("contract_kit") / "_specs"
