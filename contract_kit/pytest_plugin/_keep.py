"""What hangs on pytest's configuration: a file of its own, so that looking for it costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ._session import PluginSession

__all__ = ["KEY", "WANTED", "kept"]

WANTED = pytest.StashKey[dict[str, Any]]()
"""What the command line wants collected."""
KEY = pytest.StashKey["PluginSession"]()


def kept(config: pytest.Config) -> PluginSession | None:
    """The run's session, if anything has asked for one."""
    return config.stash.get(KEY, None)
