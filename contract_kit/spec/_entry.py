"""One event of a document, and how surely it is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.errors import SpecError
    from contract_kit.spec._refs import Place

__all__ = ["LIKELY", "ORDINARY", "STATED", "Entry", "plain_name"]

ORDINARY, LIKELY, STATED = 0, 1, 2
"""How surely an entry is an event: any operation, one that speaks of hooks, one written as an event."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its name, its payload schema's place, other names, and the pins a union member brings.

    ``problem`` is why the payload cannot be found (a broken reference): the event is listed, for it is
    there, and whoever asks for it is told.
    """

    name: str
    place: Place
    aliases: tuple[str, ...] = ()
    rank: int = STATED
    pins: Mapping[str, str] = field(default_factory=dict)
    problem: SpecError | None = None


def plain_name(name: str) -> str:
    """A name without the differences of taste: ``check_run.completed`` is ``check-run-completed``.

    >>> plain_name("check_run.completed") == plain_name("CheckRunCompleted")
    True
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", ".", name)
    return re.sub(r"[^a-z0-9]+", ".", spaced.lower()).strip(".")
