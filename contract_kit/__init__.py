"""Contract testing, fixtures and fuzzing for people who receive webhooks.

>>> import contract_kit
>>> contract = contract_kit.load("customer.created")
>>> len(contract.constraints)
44

Nothing heavy is imported until it is used: each public name is looked up when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit._lazy import lazily

if TYPE_CHECKING:
    from contract_kit.api import Contract, load
    from contract_kit.delivery import sign
    from contract_kit.errors import ContractKitError, ContractViolation
    from contract_kit.model import Case, Finding, Violation
    from contract_kit.pytest_plugin import contract_tests
    from contract_kit.runner import check

__version__ = "0.1.0"
__all__ = [
    "Case",
    "Contract",
    "ContractKitError",
    "ContractViolation",
    "Finding",
    "Violation",
    "__version__",
    "check",
    "contract_tests",
    "load",
    "sign",
]

_HOMES = {
    "Contract": "contract_kit.api",
    "load": "contract_kit.api",
    "Case": "contract_kit.model",
    "Finding": "contract_kit.model",
    "Violation": "contract_kit.model",
    "ContractKitError": "contract_kit.errors",
    "ContractViolation": "contract_kit.errors",
    "contract_tests": "contract_kit.pytest_plugin",
    "check": "contract_kit.runner",
    "sign": "contract_kit.delivery",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
