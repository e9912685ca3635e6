"""Consumers with one fault each; :func:`fault` writes a fault's record where the fault stands.

A fault is a subclass of the correct :class:`~tests.consumers.correct.handwritten.Parser` with one step
changed, or a plain function. Notes say what was done, never with which body it shows.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tests.consumers import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = (
    "crashes",
    "accepts",
    "more_accepts",
    "refusals",
    "altered",
    "more_altered",
    "slow",
    "spelling",
    "state",
    "hidden",
)
_TABLE: dict[str, Faulty] = {}


def fault(
    findings: str, at: str | tuple[str, ...], note: str, **more: Any
) -> Callable[[Any], Callable[[bytes], Any]]:
    """Register what is decorated under its own name, and leave a function ``body -> value`` in its place.

    ``findings`` are names with a blank between; a decorated class is instantiated once, so what it keeps
    on itself it keeps from one body to the next.
    """

    def register(made: Any) -> Callable[[bytes], Any]:
        parse: Callable[[bytes], Any] = made
        if isinstance(made, type):
            parser: Any = made()

            def parse(body: bytes) -> Any:
                return parser.parse(body)

            parse.__module__, parse.__name__, parse.__qualname__ = (
                made.__module__,
                made.__name__,
                made.__name__,
            )
            parse.__doc__ = note
        _TABLE[made.__name__] = Faulty(
            name=made.__name__,
            target=f"{made.__module__}:{made.__name__}",
            findings=tuple(findings.split()),
            pointers=(at,) if isinstance(at, str) else at,
            note=note,
            **more,
        )
        return parse

    return register


def table() -> tuple[Faulty, ...]:
    """Every fault, module by module, in the order of their source."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    modules = [f"{__name__}.{module}" for module in MODULES]
    return tuple(sorted(_TABLE.values(), key=lambda row: modules.index(row.target.partition(":")[0])))
