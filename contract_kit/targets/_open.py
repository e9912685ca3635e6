"""The way to a Python target: by its name or as an object, in a child process or in this one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.targets._prepare import DEFAULT_REJECTS, prepare, prepare_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import InputKind, TargetKind
    from contract_kit.targets._base import Target

__all__ = ["constants", "open_python_target"]

_INPUTS = ("bytes", "str", "value")


def open_python_target(
    spec_or_obj: Any,
    *,
    as_: TargetKind | None = None,
    input_: InputKind = "bytes",
    rejects: Iterable[str | type[BaseException]] = DEFAULT_REJECTS,
    isolate: bool = True,
    timeout: float = 2.0,
    cwd: str | None = None,
) -> Target:
    """A target for ``package.module:object``, or for the object itself.

    ``rejects`` are exceptions, or their names, that are a refusal; a model's own validation errors always are.
    With ``isolate`` whatever the consumer does to its process is survived; an object is then imported again
    in the child, so it must be one that has a name. ``timeout`` is in seconds, for one delivery.

    Raises ``TargetError`` for what cannot be imported, ``UsageError`` for what is no target, or not the one
    that ``as_`` says.
    """
    if input_ not in _INPUTS:
        raise UsageError(f"input {input_!r} is unknown; one of {', '.join(_INPUTS)}")
    if not timeout > 0:
        raise UsageError(f"timeout {timeout!r} must be more than no time")
    here = os.path.abspath(cwd or os.getcwd())
    refusals = list(rejects) or list(DEFAULT_REJECTS)
    if isolate:
        return _isolated(spec_or_obj, as_, input_, refusals, timeout, here)
    from contract_kit.targets._inprocess import InProcessTarget

    if isinstance(spec_or_obj, str):
        config = {"spec": spec_or_obj, "as": as_, "input": input_, "rejects": refusals, "cwd": here}
        return InProcessTarget(prepare(config), name=spec_or_obj, timeout=timeout)
    name = _name_of(spec_or_obj)
    prepared = prepare_object(
        spec_or_obj, name=name, as_=as_, input_=input_, rejects=refusals, cwd=here
    )
    return InProcessTarget(prepared, name=name, timeout=timeout)


def _isolated(
    spec_or_obj: Any,
    as_: TargetKind | None,
    input_: InputKind,
    rejects: list[str | type[BaseException]],
    timeout: float,
    here: str,
) -> Target:
    config = {
        "spec": spec_or_obj if isinstance(spec_or_obj, str) else _importable(spec_or_obj),
        "as": as_,
        "input": input_,
        "rejects": [each if isinstance(each, str) else _importable(each) for each in rejects],
        "cwd": here,
    }
    from contract_kit.targets._isolated import IsolatedTarget

    return IsolatedTarget(config, timeout=timeout)


def _name_of(obj: Any) -> str:
    """``module:name`` as far as an object has one; what has none is told by its type."""
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    return f"{getattr(obj, '__module__', None) or type(obj).__module__}:{named.__qualname__}"


def _importable(obj: Any) -> str:
    """The name under which a child process finds the same object."""
    import sys

    name = _name_of(obj)
    module_name, _, path = name.partition(":")
    found: Any = sys.modules.get(module_name)
    for part in path.split("."):
        found = getattr(found, part, None)
    if module_name == "__main__" or found is not obj:
        raise UsageError(
            f"{name} cannot be imported by a child process; give its name as 'package.module:object', "
            "or run it in this process (isolate=False, --no-isolate)"
        )
    return name


def constants(target: Target) -> tuple[tuple[str, ...], tuple[float | int, ...]]:
    """(strings, numbers) in the source of a Python target and of what it imports from the same project.

    At most 500 together, the nearest first; none for targets whose source is not at hand.
    """
    mined = getattr(target, "constants", None)
    if mined is None:
        return (), ()
    strings, numbers = mined()
    return tuple(strings), tuple(numbers)
