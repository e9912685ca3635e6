"""What a worker tells of a parser and a body: no more than is not known on the other side.

Most results are what stood in the body, and most of the second time are what came the first time. Both are seen
here, where the result is, in a fraction of the time that it takes to carry a value over and compare it there.
"""

from __future__ import annotations

import marshal
from time import perf_counter
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import strict_loads
from contract_kit.model import Reply
from contract_kit.oracle import project
from contract_kit.targets._callable import raised, refuses
from contract_kit.targets._wire import AS_SENT, REFUSED, pack, pack_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.targets._callable import Rejects
    from contract_kit.targets._frames import Ground

__all__ = ["tell"]

_FORMAT = 2
"""The version of marshal in which equal trees of equal types always have equal bytes."""


def tell(
    call: Callable[[bytes], Any],
    rejects: Rejects,
    ground: Ground,
    body: bytes,
    how: str = "",
    before: int = 0,
) -> bytes:
    """Give one body; the frame that :func:`~contract_kit.targets._wire.reply_from` reads.

    ``how`` and ``before`` are those of :func:`~contract_kit.targets._wire.item_of`. Whatever the consumer
    raises is caught; the time is that of the call alone.
    """
    start = perf_counter()
    try:
        result = call(body)
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are the consumer's too
        elapsed = perf_counter() - start
        if how == REFUSED and refuses(error, rejects):
            return pack(elapsed)
        return pack_reply(raised(error, elapsed, rejects, ground))
    elapsed = perf_counter() - start
    if type(result) is dict or type(result) is list:
        if how == AS_SENT and _plain_digest(result) == before:
            return pack(elapsed)
        digest = _digest_as_sent(result, body)
        if digest is not None:
            return pack([elapsed, digest])
    reply = Reply(outcome="accepted", value=project(result), elapsed=elapsed)
    digest = _plain_digest(reply.value)
    if how and digest == before:
        return pack(elapsed)
    return pack_reply(reply, digest)


def _plain_digest(value: Any) -> int | None:
    """A number for a value, the same for the same value in all workers of one host; ``None`` for none."""
    try:
        return hash(marshal.dumps(value, _FORMAT))
    except (ValueError, MemoryError):  # it holds other objects, nests too deep, or is far too large
        return None


def _digest_as_sent(result: Any, body: bytes) -> int | None:
    """The digest of a result that is what stands in the body; ``None`` where it is anything else.

    Whether the two are equal is asked first: that takes no longer than the body is large, whatever the result is.
    """
    try:
        sent = strict_loads(body)
        if result != sent:
            return None
        raw = marshal.dumps(result, _FORMAT)
        return hash(raw) if raw == marshal.dumps(sent, _FORMAT) else None
    except Exception:  # noqa: BLE001 - objects of the consumer may compare as they like
        return None
