"""The loop: expectation, judgement, random search, shrinking, grouping of failures into findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contract_kit.model import Expectation
    from contract_kit.runner._check import check, judge_for, message
    from contract_kit.runner._run import Run, run
    from contract_kit.runner._settings import Progress, Settings, select

__all__ = ["Expectation", "Progress", "Run", "Settings", "check", "judge_for", "message", "run", "select"]

_HOMES = {
    "Expectation": "contract_kit.model",
    "Progress": "._settings",
    "Run": "._run",
    "Settings": "._settings",
    "check": "._check",
    "judge_for": "._check",
    "message": "._check",
    "run": "._run",
    "select": "._settings",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message_ = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message_)
    from importlib import import_module

    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value
