"""A target's name → a function that answers deliveries: what every process does that holds the consumer itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.targets._callable import Rejects, make_caller, run_one
from contract_kit.targets._describe import describe
from contract_kit.targets._frames import Ground, home_of
from contract_kit.targets._import import import_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from contract_kit.model import Delivery, InputKind, Reply, TargetKind

__all__ = ["DEFAULT_REJECTS", "Prepared", "prepare", "prepare_object"]

DEFAULT_REJECTS = ("builtins:ValueError",)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A consumer ready to answer: ``module`` is where it was defined, ``ground`` what counts as its own."""

    kind: TargetKind
    module: str
    ground: Ground
    answer: Callable[[Delivery], Reply]


def prepare(config: Mapping[str, Any]) -> Prepared:
    """Import what ``config["spec"]`` names, and prepare it. ``TargetError`` or ``UsageError``, in plain words."""
    obj = import_object(config["spec"], cwd=config["cwd"])
    return prepare_object(
        obj,
        name=config["spec"],
        as_=config["as"],
        input_=config["input"],
        rejects=config["rejects"],
        cwd=config["cwd"],
    )


def prepare_object(
    obj: Any,
    *,
    name: str,
    as_: TargetKind | None,
    input_: InputKind,
    rejects: Iterable[str | type[BaseException]],
    cwd: str,
) -> Prepared:
    """The same for an object that is at hand."""
    kind = describe(obj, as_, name=name)
    call, natural = make_caller(obj, kind, input_)
    declared = tuple(_exception(each, cwd) for each in rejects)
    refusals: Rejects = (*declared, *natural)
    module = name.partition(":")[0]
    defined = getattr(obj, "__module__", None)
    ground = Ground(os.path.abspath(cwd), home_of(module) or home_of(str(defined)))

    def answer(delivery: Delivery) -> Reply:
        return run_one(call, delivery.body, refusals, ground)

    return Prepared(kind, module, ground, answer)


def _exception(named: str | type[BaseException], cwd: str) -> type[BaseException]:
    found = import_object(named, cwd=cwd) if isinstance(named, str) else named
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise UsageError(f"rejects {named!r} is no exception class")
    return found
