"""A target's name → a function that answers deliveries: done in whatever process holds the consumer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import ENDPOINTS
from contract_kit.targets._callable import Rejects, make_caller, run_one
from contract_kit.targets._describe import describe, makes_app
from contract_kit.targets._frames import Ground, home_of
from contract_kit.targets._import import import_object, own_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract_kit.model import Delivery, Reply, TargetKind

__all__ = ["DEFAULT_REJECTS", "Prepared", "prepare", "prepare_object", "timeout_of"]

DEFAULT_REJECTS = ("builtins:ValueError",)


def _nothing() -> None:
    """Parsers and models need no start and no end."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A consumer ready to answer: ``module`` is where it was defined, ``ground`` what counts as its own.

    ``start`` is done before the first delivery of a process, ``close`` after its last. ``timeout`` is that of
    one delivery, in seconds. ``parts`` is what a parser or a model is called with: the call, the exceptions that
    are a refusal, the ground.
    """

    kind: TargetKind
    module: str
    ground: Ground
    timeout: float
    answer: Callable[[Delivery], Reply]
    start: Callable[[], object] = _nothing
    close: Callable[[], object] = _nothing
    parts: tuple[Callable[[bytes], Any], Rejects, Ground] | None = None


def timeout_of(kind: TargetKind, timeout: float | None) -> float:
    """The user's word, else 15 seconds for endpoints and 2 for the rest."""
    return timeout or (15.0 if kind in ENDPOINTS else 2.0)


def prepare(config: Mapping[str, Any]) -> Prepared:
    """Import what ``config["spec"]`` names, and prepare it. ``TargetError``, ``UsageError``: why not."""
    return prepare_object(import_object(config["spec"], cwd=config["cwd"]), config)


def prepare_object(obj: Any, config: Mapping[str, Any]) -> Prepared:
    """The same for an object that is at hand.

    ``config`` holds ``spec`` (the target's name), ``as``, ``input``, ``rejects`` (exceptions or their names),
    ``path`` (of an app), ``timeout`` and ``cwd``.
    """
    if config["as"] in ENDPOINTS and makes_app(obj):
        obj = _made(obj, config["cwd"])
    kind = describe(obj, config["as"], name=config["spec"])
    module = config["spec"].partition(":")[0]
    defined = str(getattr(obj, "__module__", None))
    ground = Ground(config["cwd"], home_of(module) or home_of(defined))
    timeout = timeout_of(kind, config["timeout"])
    if kind in ENDPOINTS:
        return _app(obj, kind, module, ground, timeout, config["path"])
    call, natural = make_caller(obj, kind, config["input"])
    refusals: Rejects = (*(_exception(each, config["cwd"]) for each in config["rejects"]), *natural)

    def answer(delivery: Delivery) -> Reply:
        return run_one(call, delivery.body, refusals, ground)

    return Prepared(kind, module, ground, timeout, answer, parts=(call, refusals, ground))


def _made(factory: Any, cwd: str) -> Any:
    try:
        return factory()
    except BaseException as error:
        raise TargetError(own_error(error, cwd)) from error


def _app(
    obj: Any, kind: TargetKind, module: str, ground: Ground, timeout: float, path: str | None
) -> Prepared:
    if kind == "asgi":
        from contract_kit.targets._asgi import AsgiApp

        asgi = AsgiApp(obj, path=path, timeout=timeout, ground=ground)
        return Prepared(kind, module, ground, timeout, asgi.call, asgi.start, asgi.close)
    from contract_kit.targets._wsgi import WsgiApp

    wsgi = WsgiApp(obj, path=path, timeout=timeout, ground=ground)
    return Prepared(kind, module, ground, timeout, wsgi.call, close=wsgi.close)


def _exception(named: str | type[BaseException], cwd: str) -> type[BaseException]:
    found = import_object(named, cwd=cwd) if isinstance(named, str) else named
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise UsageError(f"rejects {named!r} is no exception class")
    return found
