"""``--effects``: a URL or a callable that tells how many events the receiver has acted upon so far."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractKitError, TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.config import Options
    from contract_kit.targets import Target

__all__ = ["effects_of"]


def effects_of(options: Options, cwd: str, target: Target) -> Callable[[], int] | None:
    """The counter that ``--effects`` names; asked once: what is wrong with it shows before the run.

    A callable is called where the app of ``target`` lives, for what it counts may live in that process; where
    the target is no app of Python's, here.
    """
    if options.effects is None:
        if options.effects_pointer is not None:
            raise UsageError(
                "--effects-pointer says where the integer of --effects stands; give --effects too"
            )
        return None
    source = options.effects
    ask = _url(source, options, target) if "://" in source else _callable(source, cwd, target)
    pointer = options.effects_pointer or ""

    def count() -> int:
        return _integer(ask(), pointer, source)

    count()
    return count


def _url(url: str, options: Options, target: Target) -> Callable[[], Any]:
    from contract_kit.jsonio import strict_loads
    from contract_kit.targets import UrlTarget, fetch

    def ask() -> Any:
        if isinstance(target, UrlTarget):
            target.let_go()  # the receiver may serve one connection at a time
        reply = fetch(
            url,
            insecure=bool(options.insecure),
            allow_remote=bool(options.allow_remote),
        )
        if reply.status is None or not 200 <= reply.status < 300:
            said = (
                f"answered {reply.status}" if reply.status is not None else reply.detail or "did not answer"
            )
            raise TargetError(f"--effects {url}: {said}")
        try:
            return strict_loads(reply.body)
        except (ValueError, RecursionError):
            raise TargetError(f"--effects {url}: the answer is no JSON") from None

    return ask


def _callable(spec: str, cwd: str, target: Target) -> Callable[[], Any]:
    from contract_kit.targets import ask, call_here

    def count() -> Any:
        try:
            return ask(target, spec) if target.kind in ("asgi", "wsgi") else call_here(spec, cwd)
        except ContractKitError as error:
            raise type(error)(f"--effects {error}") from error

    return count


_SHORT, _MANY = 40, 1000


def _integer(answer: Any, pointer: str, source: str) -> int:
    from contract_kit.jsonio import get

    try:
        value = get(answer, pointer)
    except ValueError as error:
        raise UsageError(f"--effects-pointer {pointer!r}: {error}") from None
    if not _counts(value):
        place = f" at {pointer}" if pointer else ""
        raise TargetError(f"--effects {source}: there is no integer{place} in the answer{_elsewhere(answer)}")
    return int(value)


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _elsewhere(answer: Any) -> str:
    """Where integers do stand in an answer, as far as a line holds them."""
    from contract_kit.jsonio import walk

    whole = (pointer for pointer, value in islice(walk(answer), _MANY) if _counts(value))
    places = [pointer for pointer in whole if pointer.isprintable() and len(pointer) < _SHORT][:3]
    return f"; perhaps --effects-pointer {' or '.join(places)}" if places else ""
