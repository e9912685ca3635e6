"""First contact: realistic bodies, one after the other. They must be taken, and show how results look.

An endpoint that refuses even those has most likely been given the wrong secret or path, and thousands of cases
would say no more. One that takes the same event spelled otherwise has a fault that is worth telling: it is
fuzzed all the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contract_kit.delivery import signed
from contract_kit.errors import TargetError
from contract_kit.jsonio import compact
from contract_kit.model import ENDPOINTS, Delivery
from contract_kit.targets import send
from contract_kit.values import base_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ._run import Run

__all__ = ["CALIBRATION", "CLOSED", "first_contact"]

CALIBRATION = 5
CLOSED: Mapping[int, str] = {
    401: "is the secret right (--secret)?",
    403: "is the secret right (--secret), or is another header needed (--header)?",
    404: "is the path right?",
    405: "is the path right? it takes no POST",
}
_UNSIGNED = "are signatures wanted (--secret)?"
_OF_SIGNATURES = frozenset({401, 403})


def first_contact(run: Run) -> None:
    """Give the first bodies. ``TargetError`` with a hint where an endpoint is closed to them."""
    run.progress.phase("first contact", CALIBRATION)
    bodies = base_values(run.terms, CALIBRATION)
    run.base_value = bodies[0]
    replies = run.judge.calibrate(bodies)
    run.tally.deliveries += len(replies)
    first = replies[0]
    if run.target.kind not in ENDPOINTS:
        return
    if first.status is not None and first.status in CLOSED:
        about = first.status in _OF_SIGNATURES
        if about and any(_is_taken(run, body) for body in _respelled(bodies[0])):
            return
        hint = _hint(run, first.status, bodies[0]) if about else _of_path(run, first.status)
        raise TargetError(f"{run.target.name} answers the first sound delivery with {first.status}: {hint}")
    if all(reply.outcome == "rejected" for reply in replies):
        secret = "is the secret right (--secret)?" if _signs(run) else _UNSIGNED
        run.notes.append(f"none of the first sound deliveries was taken ({first.detail}): {secret}")


def _of_path(run: Run, status: int) -> str:
    """Where an app takes webhooks was looked for, and may be said."""
    hint = CLOSED[status]
    return hint if run.target.kind == "url" else hint.replace("right?", "right (--path)?")


def _signs(run: Run) -> bool:
    return run.settings.secret is not None and run.settings.sign != "none"


def _respelled(value: Any) -> Iterator[bytes]:
    """The spellings that receivers make up which verify the body as they read and write it, not as it came."""
    yield json.dumps(value, separators=(",", ":")).encode()
    yield json.dumps(value).encode()
    yield json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _is_taken(run: Run, body: bytes) -> bool:
    run.tally.deliveries += 1
    return _signs(run) and run.judge.ask(body).outcome == "accepted"


def _hint(run: Run, status: int, value: Any) -> str:
    if not _signs(run):
        return _UNSIGNED if status != 403 else f"{_UNSIGNED[:-1]}, or is another header needed (--header)?"
    settings = run.settings
    assert settings.secret is not None
    other = "webhook" if settings.sign == "svix" else "svix"
    delivery = Delivery(key=None, body=compact(value))
    run.tally.deliveries += 1
    if send(run.target, signed(delivery, settings.secret, other)).outcome == "accepted":  # type: ignore[arg-type]
        return f"it takes the same under the names {other}-*; say --sign {other}"
    return CLOSED[status]
