"""Faults that can be planted in the sample receiver, and how to know each again among a run's findings.

They are those of public bug reports on webhook handlers. A fault knows which deliveries it spoils, so that a
run can be asked whether it found exactly what was planted, however it groups and shrinks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract_kit.model import Case, Finding, FindingName

__all__ = ["DEMO", "Fault", "Planted", "Verdict", "compare", "planted"]


class Fault(Enum):
    """One mistake in a receiver; the value is what somebody would write in its changelog."""

    NO_EMAIL = "dies where the customer has no email"
    STATUS_ANY_CASE = "takes the customer's status in any case"
    NO_SUCH_DAY = "takes an updated_at on a day that does not exist"
    FRACTION_NEEDED = "refuses a created_at without a fraction"
    REPEATED_ID = "acts again upon an id that comes again with a new timestamp"
    NON_ASCII_SIGNATURE = "dies of a signature that is not ASCII"
    STALE = "takes deliveries however old they are"
    UNSIGNED = "takes deliveries that have no signature header"
    TELLS_SIGNATURE = "tells the expected signature when it refuses one"
    TRACEBACK = "answers 500 with its stack trace where the name is empty"


DEMO: frozenset[Fault] = frozenset(
    {
        Fault.NO_EMAIL,
        Fault.STATUS_ANY_CASE,
        Fault.NO_SUCH_DAY,
        Fault.FRACTION_NEEDED,
        Fault.REPEATED_ID,
        Fault.NON_ASCII_SIGNATURE,
    }
)
"""What ``demo`` plants: one of each sort."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault as a run must find it: the finding's name, where, and in which cases.

    ``pointer`` and ``keyword`` are ``None`` where the fault is at no place of the body; ``cases`` are globs
    of case ids, any of which may show it; ``spoils`` says whether it spoils a case with such a body.
    """

    fault: Fault
    finding: FindingName
    pointer: str | None
    keyword: str | None
    cases: tuple[str, ...]
    spoils: Callable[[Any], bool]

    def explains(self, finding: Finding) -> bool:
        """Whether this fault is what a finding is about."""
        return finding.finding == self.finding and self.shown_by(finding.case)

    def shown_by(self, case: Case) -> bool:
        """Whether a case, as it stands, brings the fault out."""
        if not any(fnmatchcase(case.id, glob) for glob in self.cases):
            return False
        if self.keyword is not None and (case.pointer, case.keyword) != (self.pointer, self.keyword):
            return False
        try:
            value = json.loads(case.body)
        except (ValueError, RecursionError):
            value = None
        return self.spoils(value)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run found of what was planted."""

    found: tuple[Planted, ...]
    missed: tuple[Planted, ...]
    others: tuple[Finding, ...]

    @property
    def exact(self) -> bool:
        """Whether all that was planted was found, and nothing else."""
        return not self.missed and not self.others


def compare(findings: Iterable[Finding], faults: Iterable[Fault] = DEMO) -> Verdict:
    """Findings against the faults that were planted: one may be several findings, none may be left over."""
    wanted = planted(faults)
    rest = list(findings)
    found = tuple(one for one in wanted if any(one.explains(finding) for finding in rest))
    others = tuple(finding for finding in rest if not any(one.explains(finding) for one in wanted))
    return Verdict(found, tuple(one for one in wanted if one not in found), others)


def _customer(value: Any) -> dict[str, Any] | None:
    customer = value.get("customer") if isinstance(value, dict) else None
    return customer if isinstance(customer, dict) else None


def _no_email(value: Any) -> bool:
    customer = _customer(value)
    return customer is not None and "email" not in customer


def _no_fraction(value: Any) -> bool:
    text = (_customer(value) or {}).get("created_at")
    return isinstance(text, str) and "." not in text


def _no_name(value: Any) -> bool:
    return (_customer(value) or {}).get("name") == ""


def _any(_value: Any) -> bool:
    return True


_ALL = ("*",)
_KNOWN: tuple[Planted, ...] = (
    Planted(Fault.NO_EMAIL, "crash", "/customer/email", None, _ALL, _no_email),
    Planted(Fault.STATUS_ANY_CASE, "false_accept", "/customer/status", "enum", _ALL, _any),
    Planted(Fault.NO_SUCH_DAY, "false_accept", "/customer/updated_at", "format", _ALL, _any),
    Planted(Fault.FRACTION_NEEDED, "false_reject", "/customer/created_at", None, _ALL, _no_fraction),
    Planted(Fault.REPEATED_ID, "duplicate_effect", None, None, ("delivery:::repeat-*",), _any),
    Planted(Fault.NON_ASCII_SIGNATURE, "crash", None, None, ("delivery:::signature-non-ascii*",), _any),
    Planted(
        Fault.STALE,
        "false_accept",
        None,
        None,
        ("delivery:::time-too-old*", "delivery:::time-zero", "delivery:::time-negative"),
        _any,
    ),
    Planted(
        Fault.UNSIGNED,
        "false_accept",
        None,
        None,
        (
            "delivery:::unsigned*",
            "delivery:::signature-missing",
            "delivery:::signature-empty",
            "delivery:::replay-unsigned",
            "delivery:::replay-signature-empty",
        ),
        _any,
    ),
    Planted(Fault.TELLS_SIGNATURE, "leak", None, None, ("delivery:::*",), _any),
    Planted(Fault.TRACEBACK, "crash", "/customer/name", None, _ALL, _no_name),
)


def planted(faults: Iterable[Fault] = DEMO) -> tuple[Planted, ...]:
    """What a run over a receiver with these faults must find, and nothing besides."""
    chosen = frozenset(faults)
    return tuple(one for one in _KNOWN if one.fault in chosen)
