"""The command line: one file a command, each of which parses, builds, runs and gives an exit code.

Nothing but click is imported until a command runs.
"""

from __future__ import annotations

from contract_kit.cli._main import main

__all__ = ["main"]
