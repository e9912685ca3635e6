"""What a signing recipe is given, and what it makes: the three headers, or what stands in their place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract_kit.delivery._signing import Family, mac

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.model import Expect, Headers

__all__ = ["TOLERANCE", "Making", "Recipe", "part", "sent", "spelled", "timed"]

TOLERANCE = 300
"""Seconds of clock difference that receivers are told to tolerate, either way."""


@dataclass(frozen=True, slots=True)
class Making:
    """One delivery that is about to be signed. ``at`` is in seconds; ``before`` is the one sent before it."""

    key: bytes
    family: Family
    id: str
    at: int
    body: bytes
    before: Making | None = None

    def good(
        self,
        *,
        key: bytes | None = None,
        id: str | None = None,  # noqa: A002 - the header's own name
        at: str | int | None = None,
        body: bytes | None = None,
    ) -> str:
        """The base64 of the sound signature, or of one over something else."""
        return mac(
            self.key if key is None else key,
            self.id if id is None else id,
            str(self.at if at is None else at),
            self.body if body is None else body,
        )

    def headers(self, **changes: str | None) -> Headers:
        """The three sound headers with some of ``id, timestamp, signature`` changed (``None``: left out)."""
        values = {"id": self.id, "timestamp": str(self.at), "signature": f"v1,{self.good()}"} | changes
        return tuple((f"{self.family}-{name}", text) for name, text in values.items() if text is not None)

    def named(self, family: Family) -> Making:
        """The same, under the header names of ``family``."""
        return replace(self, family=family)

    @property
    def other(self) -> Making:
        """Another sound delivery: the one that was sent before, or one that was never sent."""
        return self.before or replace(self, id=self.id + "0", at=self.at - 1, body=self.body + b" ")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to sign, right or wrong. ``words`` say what differs from a sound delivery."""

    name: str
    expect: Expect
    words: str
    make: Callable[[Making], Headers]


Row = tuple[str, str, "Callable[[Making], Headers]"]
"""Name, words, and how to make the headers."""


def sent(expect: Expect, *rows: Row) -> tuple[Recipe, ...]:
    """Recipes that say themselves what headers they send."""
    return tuple(Recipe(name, expect, words, make) for name, words, make in rows)


def spelled(
    expect: Expect, *rows: tuple[str, str, Callable[[str], str]], prefix: str = "signature-"
) -> tuple[Recipe, ...]:
    """Sound id and time; the signature header is what each row makes of the sound signature's base64."""
    return tuple(Recipe(prefix + name, expect, words, _signed_with(write)) for name, words, write in rows)


def timed(expect: Expect, *rows: tuple[str, str, Callable[[int], str]]) -> tuple[Recipe, ...]:
    """Another text for the time (from the time's seconds), soundly signed as it stands there."""
    return tuple(Recipe(f"time-{name}", expect, words, _dated(write)) for name, words, write in rows)


def _signed_with(write: Callable[[str], str]) -> Callable[[Making], Headers]:
    return lambda making: making.headers(signature=write(making.good()))


def _dated(write: Callable[[int], str]) -> Callable[[Making], Headers]:
    def make(making: Making) -> Headers:
        text = write(making.at)
        return making.headers(timestamp=text, signature=f"v1,{making.good(at=text)}")

    return make


def part(text: str, sign: str) -> str:
    """``text`` with ``sign`` in place of one character in its middle.

    >>> part("abcdefgh", "!")
    'abcd!fgh'
    """
    middle = len(text) // 2
    return text[:middle] + sign + text[middle + 1 :]
