"""Every error that contract_kit raises on purpose.

::

    ContractKitError                 exit 4   a fault of our own
    ├── UsageError                   exit 2   wrong use: an option, a value, an argument
    │   └── RemoteAddressRefused              an address beyond loopback and private networks
    ├── SpecError                    exit 2   a document that cannot be used
    │   ├── UnknownEvent                      the document has no such event
    │   ├── RefError                          a $ref to nowhere, to outside, or in a circle
    │   ├── UnsupportedKeyword                a keyword that cannot be generated for
    │   └── ImpossibleSchema                  no value can satisfy it
    ├── TargetError                  exit 3   a target that cannot be imported, started or reached
    └── SigningError                 exit 2   a secret that is no secret

    ContractViolation (AssertionError)        what `check` raises: the consumer broke the contract

Errors are records: their fields are what went wrong, ``str`` renders them as one or two plain lines,
and ``exit_code`` is what the command line ends with.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import ClassVar

__all__ = [
    "ContractKitError",
    "ContractViolation",
    "ImpossibleSchema",
    "RefError",
    "RemoteAddressRefused",
    "SigningError",
    "SpecError",
    "TargetError",
    "UnknownEvent",
    "UnsupportedKeyword",
    "UsageError",
]


class ContractKitError(Exception):
    """Base of all; catch it to catch everything that contract_kit raises on purpose."""

    exit_code: ClassVar[int] = 4


class UsageError(ContractKitError, ValueError):
    """Wrong use: the message names the value that was given and what would be right."""

    exit_code = 2


class RemoteAddressRefused(UsageError):
    """Traffic was about to leave for an address that is neither loopback nor private."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address

    def __str__(self) -> str:
        if self.address in ("0.0.0.0", "::"):  # noqa: S104 - not listened at
            return (
                f"refusing to send to {self.address}: servers listen there; one on this machine is reached at "
                "127.0.0.1, another with --allow-remote"
            )
        return (
            f"refusing to send to {self.address}: it is neither loopback nor a private address "
            "(RFC 1918, fc00::/7); if you own it, say so: --allow-remote, or allow_remote = true in pyproject.toml"
        )


class SpecError(ContractKitError, ValueError):
    """A document that cannot be read or used; the message names the file and the place."""

    exit_code = 2


class UnknownEvent(SpecError):
    """The document describes no such event."""

    def __init__(self, event: str, known: tuple[str, ...], source: str) -> None:
        super().__init__(event, known, source)
        self.event, self.known, self.source = event, known, source

    def __str__(self) -> str:
        near = get_close_matches(self.event, self.known, n=3, cutoff=0.4)
        if near:
            hint = f"did you mean {' or '.join(near)}?"
        elif self.known:
            some = ", ".join(self.known[:5]) + (", …" if len(self.known) > 5 else "")
            hint = f"it has {some}"
        else:
            hint = "it describes no events at all"
        return f"{self.source} has no event {self.event!r}; {hint}"


class RefError(SpecError):
    """A ``$ref`` that leads to nowhere, outside the document, or round in a circle."""

    def __init__(self, ref: str, pointer: str, reason: str) -> None:
        super().__init__(ref, pointer, reason)
        self.ref, self.pointer, self.reason = ref, pointer, reason

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: $ref {self.ref!r} {self.reason}"


class UnsupportedKeyword(SpecError):
    """A keyword that values cannot be generated for."""

    def __init__(self, keyword: str, pointer: str) -> None:
        super().__init__(keyword, pointer)
        self.keyword, self.pointer = keyword, pointer

    def __str__(self) -> str:
        return (
            f"{self.pointer or '/'}: cannot generate for {self.keyword!r}; rewrite it or choose another event"
        )


class ImpossibleSchema(SpecError):
    """A schema that no value satisfies."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(pointer, reason)
        self.pointer, self.reason = pointer, reason

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: no value can satisfy this schema: {self.reason}"


class TargetError(ContractKitError):
    """A target that cannot be imported, started or reached."""

    exit_code = 3


class SigningError(UsageError):
    """A secret or a signature family that cannot be used; never shows the secret."""


class ContractViolation(AssertionError):
    """A consumer broke the contract; ``str`` is a message for people, ``finding`` is its name.

    Raised by :func:`contract_kit.check` and by the pytest plugin.
    """

    def __init__(
        self, message: str, *, finding: str = "", case_id: str = "", verdict: object | None = None
    ) -> None:
        super().__init__(message)
        self.finding, self.case_id, self.verdict = finding, case_id, verdict
