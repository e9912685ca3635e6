"""Words of the user's own, in code: wrong ones are refused where they stand, with what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from difflib import get_close_matches
from os import PathLike
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.errors import ContractKitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["collecting", "did_you_mean", "refuse_wrong", "several"]

_STRENGTHS = (2, 3)


def several(said: Any) -> tuple[Any, ...] | None:
    """One word or several, as several; ``None`` stays ``None``."""
    if said is None:
        return None
    return tuple(said) if isinstance(said, Iterable) and not isinstance(said, str | type) else (said,)


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """``"; did you mean …?"``, or nothing where nothing is near."""
    near = get_close_matches(name, list(known), n=2, cutoff=cutoff)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def refuse_wrong(said: Mapping[str, Any]) -> None:
    """``UsageError`` for the first value that cannot be; ``None`` is "not said", names not known here are let be."""
    from contract_kit.config import INPUTS, SIGNS
    from contract_kit.model import KINDS, POLICIES, TARGET_KINDS

    choices: dict[str, Collection[Any]] = {
        "kinds": KINDS,
        "policy": POLICIES,
        "as_": TARGET_KINDS,
        "target": TARGET_KINDS,
        "input": INPUTS,
        "sign": SIGNS,
        "strength": _STRENGTHS,
    }
    for name, value in said.items():
        if value is None:
            continue
        if name in choices:
            for one in value if name == "kinds" else (value,):
                _one_of(name, one, choices[name])
        elif name in _SHAPES:
            wanted, is_right = _SHAPES[name]
            if not is_right(value):
                raise UsageError(f"{name}={value!r}: expected {wanted}")


def _one_of(name: str, one: Any, known: Collection[Any]) -> None:
    if one not in known:
        hint = did_you_mean(one, known) if isinstance(one, str) else ""
        raise UsageError(f"{name}: {one!r} is none of {', '.join(map(str, known))}{hint}")


def _number(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


_SHAPES: dict[str, tuple[str, Any]] = {
    "event": ("the name of an event", lambda value: isinstance(value, str)),
    "spec": ("a path", lambda value: isinstance(value, str | PathLike)),
    "path": ("a path, as /webhooks", lambda value: isinstance(value, str)),
    "only": ("globs on case ids", lambda value: all(isinstance(one, str) for one in value)),
    "skip": ("globs on case ids", lambda value: all(isinstance(one, str) for one in value)),
    "max_examples": ("a whole number of at least 0", lambda value: _number(value, int) and value >= 0),
    "timeout": ("seconds, more than 0", lambda value: _number(value, (int, float)) and value > 0),
    "headers": (
        "a mapping of names to values",
        lambda value: all(isinstance(word, str) for pair in value for word in pair),
    ),
    "rejects": (
        "an exception or 'package.module:Exception', or several of them",
        lambda value: all(
            isinstance(one, str) or (isinstance(one, type) and issubclass(one, BaseException))
            for one in value
        ),
    ),
}
"""Argument → what it is to be, and whether a value is."""


@contextmanager
def collecting(where: str) -> Iterator[None]:
    """While pytest collects ``where``: what is wrong is told in a line that names it, without a trace."""
    wrong = None
    try:
        yield
    except (ContractKitError, pytest.UsageError) as error:
        wrong = str(error)
    if wrong is not None:
        raise pytest.Collector.CollectError(wrong if where in wrong else f"{where}: {wrong}")
