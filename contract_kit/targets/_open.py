"""The way to a Python target: by its name or as an object, in a child process or in this one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.targets._prepare import DEFAULT_REJECTS, prepare, prepare_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import InputKind, TargetKind
    from contract_kit.targets._base import Mined, Target

__all__ = ["constants", "open_python_target"]

_INPUTS = ("bytes", "str", "value")


def open_python_target(
    spec_or_obj: Any,
    *,
    as_: TargetKind | None = None,
    input_: InputKind = "bytes",
    rejects: Iterable[str | type[BaseException]] = DEFAULT_REJECTS,
    isolate: bool = True,
    timeout: float | None = None,
    cwd: str | None = None,
    path: str | None = None,
) -> Target:
    """A target for ``package.module:object``, or for the object itself.

    ``rejects`` are exceptions, or their names, that are a refusal; a model's own errors always are.
    With ``isolate`` whatever the consumer does to its process is survived; an object is then imported again
    in the child, so it must be one that has a name. ``timeout`` is in seconds, for one delivery (15 for
    apps, else 2). ``path`` is where an app takes webhooks; without one it is found by looking.

    Raises ``TargetError`` for what cannot be imported, ``UsageError`` for what is no target, or not the one
    that ``as_`` says.
    """
    if input_ not in _INPUTS:
        raise UsageError(f"input {input_!r} is unknown; one of {', '.join(_INPUTS)}")
    if timeout is not None and not timeout > 0:
        raise UsageError(f"timeout {timeout!r} must be more than no time")
    named = isinstance(spec_or_obj, str)
    config: dict[str, Any] = {
        "spec": spec_or_obj if named else _name_of(spec_or_obj),
        "as": as_,
        "input": input_,
        "rejects": list(rejects) or list(DEFAULT_REJECTS),
        "path": path,
        "timeout": timeout,
        "cwd": str(Path(cwd or ".").absolute()),
    }
    if not isolate:
        from contract_kit.targets._inprocess import InProcessTarget

        prepared = prepare(config) if named else prepare_object(spec_or_obj, config)
        return InProcessTarget(prepared, name=config["spec"])
    if not hasattr(os, "fork"):
        raise UsageError(
            "a child process for the target needs a POSIX system; pass --no-isolate (isolate=False)"
        )
    if not named:
        config["spec"] = _importable(spec_or_obj)
    config["rejects"] = [each if isinstance(each, str) else _importable(each) for each in config["rejects"]]
    from contract_kit.targets._isolated import IsolatedTarget

    return IsolatedTarget(config)


def _name_of(obj: Any) -> str:
    """``module:name`` as far as an object has one; what has none is told by its type."""
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    return f"{getattr(obj, '__module__', None) or type(obj).__module__}:{named.__qualname__}"


def _importable(obj: Any) -> str:
    """The name under which a child process finds the same object."""
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


def constants(target: Target) -> Mined:
    """(strings, numbers, statements) in the source of a Python target and of what it imports of the same project.

    At most 300, 200 and 200, the nearest first; none for targets whose source is not at hand.
    """
    mined = getattr(target, "constants", None)
    if mined is None:
        return (), (), ()
    strings, numbers, together = mined()
    return tuple(strings), tuple(numbers), tuple(together)
