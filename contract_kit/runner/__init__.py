"""The loop: expectation, judgement, random search, shrinking, grouping of failures into findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit._lazy import lazily

if TYPE_CHECKING:
    from contract_kit.model import Expectation
    from contract_kit.runner._check import check, message
    from contract_kit.runner._contact import first_contact
    from contract_kit.runner._run import Run, run
    from contract_kit.runner._settings import Progress, Settings, select

__all__ = ["Expectation", "Progress", "Run", "Settings", "check", "first_contact", "message", "run", "select"]

_HOMES = {
    "Expectation": "contract_kit.model",
    "Progress": "._settings",
    "Run": "._run",
    "Settings": "._settings",
    "check": "._check",
    "first_contact": "._contact",
    "message": "._check",
    "run": "._run",
    "select": "._settings",
}

__getattr__ = lazily(__name__, _HOMES)
