"""A Python object → something that takes a body, and what came of one body as a reply."""

from __future__ import annotations

import asyncio
import functools
import inspect
from time import perf_counter
from typing import TYPE_CHECKING, Any

from contract_kit.errors import UsageError
from contract_kit.jsonio import strict_loads
from contract_kit.model import Reply
from contract_kit.oracle import project
from contract_kit.targets._describe import library_of
from contract_kit.targets._frames import Ground, qualified_name, where_raised

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from contract_kit.model import InputKind, TargetKind

__all__ = ["Rejects", "Unreadable", "make_caller", "raised", "refuses", "run_one"]

Rejects = tuple[type[BaseException], ...]
MAX_MESSAGE = 500


class Unreadable(ValueError):
    """Our own reader refused a body that the target takes as text or as a value: the target never saw it."""


def make_caller(
    obj: Any, as_: TargetKind, input_: InputKind = "bytes"
) -> tuple[Callable[[bytes], Any], Rejects]:
    """What gives a body to a parser or a model, and the exceptions that are a refusal by its very nature.

    Raises ``UsageError`` where the library that would read into the class is not installed.
    """
    if as_ == "model":
        return _model(obj)
    if as_ != "parser":
        raise UsageError(f"{as_} is no kind of target that is called with a body alone")
    if input_ not in _READERS:
        raise UsageError(f"input {input_!r} is unknown; one of {', '.join(_READERS)}")
    read = _READERS[input_]
    finish = _Finisher()

    def call(body: bytes) -> Any:
        result = obj(read(body))
        kind = type(result)
        begun = hasattr(kind, "__await__") or hasattr(kind, "send") or hasattr(kind, "asend")
        return finish(result) if begun else result

    return call, (Unreadable,)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is no UTF-8 text: {error}") from error


def _value(body: bytes) -> Any:
    try:
        return strict_loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the body is no JSON: {error}") from error


_READERS: dict[str, Callable[[bytes], Any]] = {"bytes": bytes, "str": _text, "value": _value}


class _Finisher:
    """Runs to its end what a call has only begun: awaitables on an event loop that is kept, generators."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, result: Any) -> Any:
        if inspect.isgenerator(result):
            return list(result)
        if inspect.isasyncgen(result):
            return self._run(_drained(result))
        if inspect.isawaitable(result):
            return self._run(_awaited(result))
        return result

    def _run(self, work: Any) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            return _run_beside(work)
        if self._loop is None or self._loop.is_closed():  # the consumer may have closed it
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(work)

    def __del__(self) -> None:
        if self._loop is not None and not self._loop.is_closed() and not self._loop.is_running():
            self._loop.close()


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


async def _drained(result: Any) -> list[Any]:
    return [item async for item in result]


def _run_beside(work: Any) -> Any:
    """Where a loop runs in this thread already (a test that is a coroutine): in another thread."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _model(cls: Any) -> tuple[Callable[[bytes], Any], Rejects]:
    library = library_of(cls)
    if library == "msgspec":
        import msgspec

        return msgspec.json.Decoder(cls).decode, (msgspec.MsgspecError, UnicodeDecodeError)
    if library == "cattrs":
        return _structured(cls)
    import pydantic

    if library == "pydantic":
        return cls.model_validate_json, (pydantic.ValidationError,)
    adapter = cls if isinstance(cls, pydantic.TypeAdapter) else pydantic.TypeAdapter(cls)
    return adapter.validate_json, (pydantic.ValidationError,)


def _structured(cls: Any) -> tuple[Callable[[bytes], Any], Rejects]:
    """The body is read here, for cattrs takes a value; what is no object it refuses with a bare TypeError."""
    try:
        import cattrs
    except ImportError:
        raise UsageError(
            f"{getattr(cls, '__name__', cls)} is a plain class: structuring JSON into it needs cattrs "
            '(pip install "contract-kit[all]"), or pass a function that reads the body'
        ) from None
    structure = functools.partial(_structure, cattrs.global_converter.structure, cls)
    return structure, (Unreadable, cattrs.BaseValidationError, ValueError, TypeError)


def _structure(structure: Callable[[Any, Any], Any], cls: Any, body: bytes) -> Any:
    return structure(_value(body), cls)


def refuses(error: BaseException, rejects: Rejects) -> bool:
    """Whether an exception is a refusal: a declared one, or a group of nothing else."""
    if isinstance(error, rejects):
        return True
    if isinstance(error, BaseExceptionGroup):
        return all(refuses(member, rejects) for member in error.exceptions)
    return False


def run_one(call: Callable[[bytes], Any], body: bytes, rejects: Rejects, ground: Ground) -> Reply:
    """Give one body and say what came of it; ``elapsed`` is the call alone. Whatever it raises is caught."""
    start = perf_counter()
    try:
        result = call(body)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are the consumer's too
        return raised(error, perf_counter() - start, rejects, ground)
    elapsed = perf_counter() - start
    return Reply(outcome="accepted", value=project(result), elapsed=elapsed)


def raised(error: BaseException, elapsed: float, rejects: Rejects, ground: Ground) -> Reply:
    """The reply of a consumer that raised."""
    if isinstance(error, Unreadable):
        detail = "refused by contract_kit's own reader; the target takes text or values and never saw it"
        return Reply(outcome="rejected", elapsed=elapsed, message=_message(error), detail=detail)
    name = qualified_name(type(error))
    refused = refuses(error, rejects)
    return Reply(
        outcome="rejected" if refused else "crashed",
        exception=name,
        message=_message(error),
        where=where_raised(error, ground),
        elapsed=elapsed,
        detail=f"it refused with {name}" if refused else f"it raised {name}",
    )


def _message(error: BaseException) -> str:
    """What an error says, bounded; an error that cannot say it says nothing."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - the consumer's own __str__ may raise anything
        return ""
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"
