"""What a status means for a webhook: one rule for URLs, ASGI apps and WSGI apps."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_kit.model import Headers, Outcome

__all__ = ["LONGEST_WAIT", "TRIES", "asks_to_wait", "judge_status"]

TRIES = 3
"""How often a delivery is given to a receiver that asks to wait."""
LONGEST_WAIT = 5.0
"""Seconds; a receiver that asks for more is asked again after that."""
_WAITS = frozenset({408, 429})


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


@lru_cache(maxsize=64)
def judge_status(status: int) -> tuple[Outcome, str]:
    """The outcome of a reply with this status, and one sentence on it.

    >>> judge_status(204)
    ('accepted', 'answered 204 No Content')
    >>> judge_status(307)[0], judge_status(422)[0], judge_status(500)[0]
    ('crashed', 'rejected', 'crashed')
    """
    said = f"answered {_phrase(status)}"
    if 200 <= status <= 299:
        return "accepted", said
    if 400 <= status <= 499:
        return "rejected", said
    if 300 <= status <= 399:
        return "crashed", f"{said}: senders do not follow redirects"
    if 100 <= status <= 199:
        return "crashed", f"{said}, which is no final answer"
    return "crashed", said


def asks_to_wait(status: int, headers: Headers) -> float | None:
    """Seconds that a receiver asks to wait before the delivery is sent again, or ``None`` where it does not.

    408 and 429 do, and 503 with Retry-After (seconds or a date); never more than :data:`LONGEST_WAIT`.
    """
    if status not in _WAITS and status != HTTPStatus.SERVICE_UNAVAILABLE:
        return None
    after = next((value.strip() for name, value in headers if name.lower() == "retry-after"), None)
    if after is None:
        return 0.5 if status in _WAITS else None
    try:
        seconds = float(after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(after).timestamp() - time.time()
        except ValueError:
            seconds = 0.5
    # NaN compares false with everything, so it is taken as "at once".
    return min(seconds, LONGEST_WAIT) if seconds > 0 else 0.0
