"""The record of one changed value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from contract_kit.oracle._plain import Plain

__all__ = ["Change"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that came out other than it went in.

    ``pointer`` is the actual place in the body; ``how`` a short sentence for people. ``kind``: ``altered``;
    ``invented`` (nothing was sent, something came out); ``lost`` (only asked for with ``lossless``). An
    ``invented`` change is not ``sure`` until a fresh process's answer to the same body is known.
    """

    pointer: str
    sent: Any
    came: Plain
    how: str
    kind: Literal["altered", "invented", "lost"] = "altered"
    sure: bool = True
