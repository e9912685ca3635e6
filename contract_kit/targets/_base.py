"""What every target is: a station that turns deliveries into replies.

There is one verb, :meth:`Target.exchange`. It serves a child process that is fed in batches and a URL with
eight connections alike: deliveries are pulled as they are wanted, replies come as they are done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import Delivery, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from contract_kit.model import TargetKind

__all__ = ["Again", "ClosesItself", "Mined", "Question", "Target", "Together", "ask", "send"]

Together = tuple[tuple[str, ...], tuple[str | float | int, ...]]
"""What stands in one statement of a source: names (and texts, which may be keys), and constants."""
Mined = tuple[tuple[str, ...], tuple[float | int, ...], tuple[Together, ...]]
"""Of a target's source: strings, numbers, statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again(Delivery):
    """A delivery that was made before.

    ``before`` is the reply that came then. A target that sees where the consumer is that the same came again
    may yield that very object, and spare the value's way; it need not.
    """

    before: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Delivery):
    """No delivery, but a question to the process that an app lives in: what ``call`` returns there.

    ``call`` is ``package.module:callable``. Only targets that are Python apps can be asked.
    """

    call: str


@runtime_checkable
class Target(Protocol):
    """A consumer that can be given deliveries.

    ``name`` is what the user typed, ``kind`` what was found there.
    """

    name: str
    kind: TargetKind

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """Give the deliveries; yield each with its reply, in the order in which replies come.

        Deliveries are pulled lazily, with a bounded look-ahead. Closing the iterator stops early and
        leaves the target usable. A target may be asked many times, but not by two at once.
        """
        ...

    def close(self) -> None:
        """Free everything that the target holds; more than once is allowed."""
        ...


class ClosesItself:
    """Mixin: a target is a context manager that closes itself."""

    def __enter__(self) -> Self:
        """Nothing to do: a target is ready when it is made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def close(self) -> None:
        """Free everything that the target holds; more than once is allowed."""
        raise NotImplementedError


def ask(target: Target, call: str) -> Any:
    """What ``call`` (``package.module:callable``) returns where the app of ``target`` is; an awaitable's result.

    ``TargetError`` where it cannot be imported, raises, or gives no answer in time; ``UsageError`` where it is
    no callable.
    """
    reply = send(target, Question(key=None, body=b"", call=call))
    if reply.outcome == "accepted":
        return reply.value
    kind = UsageError if reply.exception == "UsageError" else TargetError
    raise kind(reply.message or f"{call}: {reply.detail}")


def send(target: Target, delivery: Delivery) -> Reply:
    """One delivery through :meth:`Target.exchange`."""
    for _, reply in target.exchange((delivery,)):
        return reply
    raise TargetError(f"{target.name} gave no reply")
