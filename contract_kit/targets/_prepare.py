"""A target's name → a function that answers deliveries: done in whatever process holds the consumer."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractKitError, TargetError, UsageError
from contract_kit.model import ENDPOINTS, Reply
from contract_kit.targets._base import Question
from contract_kit.targets._callable import Rejects, make_caller, run_one
from contract_kit.targets._describe import describe, makes_app
from contract_kit.targets._frames import Ground, home_of
from contract_kit.targets._import import import_object, own_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from contract_kit.model import Delivery, TargetKind
    from contract_kit.targets._apps import ServedApp

__all__ = ["DEFAULT_REJECTS", "Prepared", "call_here", "prepare", "prepare_object", "timeout_of"]

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
        answer = _asked(asgi, asgi.wait_for, ground)
        return Prepared(kind, module, ground, timeout, answer, asgi.start, asgi.close)
    from contract_kit.targets._wsgi import WsgiApp

    wsgi = WsgiApp(obj, path=path, timeout=timeout, ground=ground)
    answer = _asked(wsgi, _waited_for, ground)
    return Prepared(kind, module, ground, timeout, answer, close=wsgi.close)


def _asked(
    app: ServedApp, wait_for: Callable[[Awaitable[Any]], Any], ground: Ground
) -> Callable[[Delivery], Reply]:
    """What answers deliveries, and questions (see :class:`Question`) beside them."""

    def answer(delivery: Delivery) -> Reply:
        if not isinstance(delivery, Question):
            return app.call(delivery)
        app.start()
        try:
            return Reply(outcome="accepted", value=_called(delivery.call, wait_for, ground.cwd))
        except ContractKitError as error:
            return Reply(outcome="crashed", exception=type(error).__name__, message=str(error))

    return answer


def _called(name: str, wait_for: Callable[[Awaitable[Any]], Any], cwd: str) -> Any:
    found = import_object(name, cwd=cwd)
    if not callable(found):
        raise UsageError(f"{name} cannot be called")
    try:
        value = found()
        return wait_for(value) if isawaitable(value) else value
    except Exception as error:
        raise TargetError(f"{name} raised {type(error).__name__}: {error}") from error


def _waited_for(awaitable: Awaitable[Any]) -> Any:
    import asyncio

    async def wait() -> Any:
        return await awaitable

    return asyncio.run(wait())


def call_here(name: str, cwd: str) -> Any:
    """What the callable of that name returns in this process; see :func:`contract_kit.targets.ask`."""
    return _called(name, _waited_for, cwd)


def _exception(named: str | type[BaseException], cwd: str) -> type[BaseException]:
    found = import_object(named, cwd=cwd) if isinstance(named, str) else named
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise UsageError(f"rejects {named!r} is no exception class")
    return found
