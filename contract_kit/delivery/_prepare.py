"""From a case to what is sent: fresh ids, fresh times and signatures come in here, and nowhere before."""

from __future__ import annotations

import time
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from contract_kit.delivery._bodies import freshened
from contract_kit.delivery._catalogue import recipe
from contract_kit.delivery._making import Making
from contract_kit.delivery._signing import FAMILIES, Family, fresh_id, key_of, mac, sign
from contract_kit.model import Delivery

if TYPE_CHECKING:
    from contract_kit.model import Case, Reply, Step

__all__ = ["expected_signatures", "prepare", "read_reply", "signed"]


NOT_IMPLEMENTED = 501
"""What RFC 9110, section 15.6.2, has a server answer to a method that it does not know."""


def signed(delivery: Delivery, secret: str, family: Family = "svix", *, now: int | None = None) -> Delivery:
    """The delivery with the headers of a sound signature: a fresh id, the time now."""
    headers = sign(delivery.body, secret, id=fresh_id(), timestamp=now, family=family)
    return replace(delivery, headers=(*delivery.headers, *headers.items()))


def prepare(
    case: Case,
    index: int,
    *,
    secret: str | None,
    run: str,
    family: Family = "svix",
    now: int | None = None,
    began: int | None = None,
) -> Delivery:
    """Step ``index`` of a case as it is sent; its ``key`` is ``(case.id, index)``.

    ``run`` is a text that is fresh in each run, and each time that a case is tried again: the ids of
    events and of customers come from it, so that no try is a repeat of another. The steps of one try
    share it. Without ``secret`` nothing is signed. ``began`` is the ``now`` of the try's first step, where that
    was another second: what a later step takes from the delivery before it is then what was really sent.
    """
    step = case.steps[index]
    moment = int(time.time()) if now is None else now
    first = moment if began is None else began
    delivery = Delivery(
        key=(case.id, index),
        body=freshened(step.body, case.id, run),
        headers=step.headers,
        method=step.method,
        framing=step.framing,
    )
    if secret is None or step.signing == "none":
        return delivery
    key = key_of(secret)
    making = _making(case, 0, key, run, family, first)
    if index:
        making = replace(_making(case, index, key, run, family, moment), before=making)
    return replace(delivery, headers=(*step.headers, *recipe(step.signing).make(making)))


def expected_signatures(delivery: Delivery, secret: str) -> tuple[str, ...]:
    """The signatures that a receiver computes for a delivery and that were not sent to it.

    They must not stand in its reply. Empty where what was sent holds the sound one already.
    """
    key, headers = key_of(secret), {name.lower(): value for name, value in delivery.headers}
    found: dict[str, None] = {}
    for family in FAMILIES:
        name, at = headers.get(f"{family}-id"), headers.get(f"{family}-timestamp")
        if name is not None and at is not None:
            found[mac(key, name, at, delivery.body)] = None
    sent = " ".join(value for name, value in headers.items() if name.endswith("-signature"))
    return tuple(f"v1,{good}" for good in found if good not in sent)


def read_reply(step: Step, reply: Reply) -> Reply:
    """The reply as the step means it: 501 to another method than ``POST`` is a refusal, and no crash."""
    if step.method != "POST" and reply.status == NOT_IMPLEMENTED and reply.outcome == "crashed":
        return replace(reply, outcome="rejected")
    return reply


def _making(case: Case, index: int, key: bytes, run: str, family: Family, now: int) -> Making:
    step = case.steps[index]
    return Making(
        key=key,
        family=family,
        id=_event_id(run, case.id, step.event),
        # Each step a second after the one before it: a repeat has a time of its own.
        at=now - (len(case.steps) - 1 - index),
        body=freshened(step.body, case.id, run),
    )


_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _event_id(run: str, case_id: str, event: int) -> str:
    """An id in the sender's form, always the same for one event of one case in one run."""
    number = int.from_bytes(sha256(f"{run}\n{case_id}\n{event}".encode()).digest(), "big")
    text = ""
    for _ in range(27):
        number, at = divmod(number, 62)
        text += _LETTERS[at]
    return f"msg_{text}"
