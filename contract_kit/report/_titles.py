"""One line that a person understands at once: what the consumer does, to what, where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract_kit.jsonio import MISSING
from contract_kit.model import DIED, HELD_UP
from contract_kit.report._changes import say_change
from contract_kit.report._escape import visible
from contract_kit.report._words import TITLE, place, rule_words, thing, unknown, value_of, when, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contract_kit.model import Case, Changed, Constraint, FindingName, Reply

__all__ = ["title"]

_LAST_EXIT_CODE = 255
# The same for a finding with several places.
_MANY: dict[str, str] = {
    "type": "values of a wrong type",
    "enum": "values outside the enum",
    "const": "other values than the one allowed",
    "format": "text of a wrong format",
    "required": "bodies without what is required",
    "dependentRequired": "bodies without what is required there",
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), "unknown fields"),
    **dict.fromkeys(("properties", "patternProperties"), "fields that are ruled out"),
    "propertyNames": "fields of illegal names",
    "minLength": "texts that are too short",
    "maxLength": "texts that are too long",
    "pattern": "texts that do not match the pattern",
    **dict.fromkeys(("minimum", "exclusiveMinimum"), "numbers that are too small"),
    **dict.fromkeys(("maximum", "exclusiveMaximum"), "numbers that are too large"),
    "multipleOf": "numbers that are not a multiple",
    "minItems": "too few items",
    "maxItems": "too many items",
    "uniqueItems": "repeated items",
    "minProperties": "too few fields",
    "maxProperties": "too many fields",
    **dict.fromkeys(("items", "prefixItems", "unevaluatedItems"), "items that may not be there"),
    "contains": "arrays without the item that they must hold",
    "minContains": "too few items of one kind",
    "maxContains": "too many items of one kind",
    "not": "values that are ruled out",
    "anyOf": "values of none of the forms that are allowed",
    "oneOf": "values of none or several of the forms that are allowed",
}
"""What is broken at several places, in words."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a title is made of."""

    case: Case
    reply: Reply
    locations: tuple[str, ...]
    rule: Constraint | None
    at: str | None
    changed: Changed | None


def title(
    finding: FindingName,
    case: Case,
    reply: Reply,
    locations: Sequence[str] = (),
    *,
    rule: Constraint | None = None,
    at: str | None = None,
    changed: Changed | None = None,
) -> str:
    """One line on one finding, safe to show anywhere.

    ``locations`` are all places that fail for the cause. ``rule`` is the broken rule of the contract, so that
    the line can say what would have been right; the case's reason stands in for it. ``at`` is the actual
    place where a value changed or was lost, if it is another than the case's, and ``changed`` says how it changed.
    """
    said = _SAY[finding](_Facts(case, reply, tuple(locations), rule, at, changed))
    return visible(said, TITLE)


# ------------------------------------------------------------------------------------- what it did to it


def _crash(it: _Facts) -> str:
    among = _among(it.reply, DIED)
    if among is not None:
        return f"dies, perhaps {when(it.case)} ({among})" if among else f"dies {when(it.case)}"
    if it.reply.detail and not it.reply.exception and it.reply.status is None:
        return f"crashes {when(it.case)} ({visible(it.reply.detail, TITLE // 2)})"
    return f"{_did(it.reply)} {when(it.case)}{_elsewhere(it)}"


def _among(reply: Reply, told: str) -> str | None:
    """Of which deliveries under way a detail that begins as ``told`` is; ``None`` where it tells something else."""
    return reply.detail.removeprefix(told).removeprefix(", ") if reply.detail.startswith(told) else None


def _did(reply: Reply) -> str:
    """A crash in few words."""
    if reply.exception:
        name = reply.exception.split(":")[0]
        last = name.rsplit(".", 1)[-1]
        return f"crashes with {name if last.islower() else last}"  # `error` alone says nothing: re.error does
    if reply.status is None:
        return f"crashes ({visible(reply.detail, TITLE // 2)})" if reply.detail else "crashes"
    # Exit codes end at 255, and a signal is below zero; what crashes over HTTP is 3xx, 5xx or broken.
    http = reply.status > _LAST_EXIT_CODE or reply.headers
    if http and reply.status // 100 in _WELL:
        return "sends a broken reply"
    return f"answers {reply.status}" if http else f"exits with {reply.status}"


_WELL = (2, 4)
"""Hundreds of statuses that are no crash by themselves: where it is one, the reply broke off after its status."""


def _elsewhere(it: _Facts) -> str:
    # A delivery is about no place: bodies that fail with it are named by none either.
    more = len(it.locations) - 1 if it.case.kind != "delivery" else 0
    return f" (and in {more} more place{'s' * (more > 1)})" if more > 0 else ""


def _accept(it: _Facts) -> str:
    if it.case.kind == "delivery":
        return f"accepts a delivery that must be refused: {words(it.case)}"
    if it.case.keyword is None:
        return f"accepts {thing(it.case)}"
    if len(it.locations) > 1:
        places = len(it.locations)
        what = _MANY.get(it.case.keyword, f"what breaks {it.case.keyword}")
        return f"accepts {what} in {places} places, e.g. {thing(it.case)}{rule_words(it.case, it.rule)}"
    _, value = value_of(it.case)
    if value is MISSING and it.case.kind == "invalid" and it.case.at:
        return f"accepts a body without {place(it.case.at)}{rule_words(it.case, it.rule)}"
    return f"accepts {thing(it.case)}{rule_words(it.case, it.rule)}"


def _reject(it: _Facts) -> str:
    if it.case.kind == "delivery" and it.case.expect == "reject":
        return f"refuses a sound delivery, the one before this: {words(it.case)}"
    if it.case.kind == "delivery":
        return f"refuses a delivery that must be taken: {words(it.case)}"
    if unknown(it.case):
        return f"refuses {thing(it.case)}"
    return f"refuses {thing(it.case)}{_elsewhere(it)}"


def _altered(it: _Facts) -> str:
    pointer = it.at if it.at is not None else it.locations[0] if it.locations else it.case.at
    if it.changed is None:
        return f"alters {place(pointer)}{_elsewhere(it)}"
    return say_change(it.changed, place(pointer), _elsewhere(it))


def _lost(it: _Facts) -> str:
    pointer = it.at if it.at is not None else it.locations[0] if it.locations else it.case.at
    return f"loses {place(pointer)}{_elsewhere(it)}"


def _timeout(it: _Facts) -> str:
    among = _among(it.reply, HELD_UP)
    if among is not None:
        since = (
            f"perhaps since it hangs {when(it.case)} ({among})"
            if among
            else f"since it hangs {when(it.case)}"
        )
        return f"answers nothing any more, {since}"
    return f"hangs {when(it.case)}{_elsewhere(it)}"


def _slow(it: _Facts) -> str:
    seconds = it.reply.elapsed
    took = f"takes {seconds:.1f} s" if seconds >= 1 else f"takes {seconds * 1000:.0f} ms"
    return f"{took} {when(it.case)}{_elsewhere(it)}"


def _inconsistent(it: _Facts) -> str:
    if it.case.kind == "equivalent":
        return f"treats the same JSON differently when it is spelled otherwise: {words(it.case)}"
    if it.case.kind == "delivery":
        did = f"{_did(it.reply)} on" if it.reply.outcome == "crashed" else "refuses"
        if it.case.family == "connection":
            return f"takes what it left unread of a delivery for the next one: {did} {words(it.case)}"
        return f"{did} a delivery that it takes when it comes alone, over a new connection: {words(it.case)}"
    if it.reply.outcome == "crashed":
        return f"{_did(it.reply)} once it has seen other bodies, e.g. {when(it.case)}"
    if it.reply.outcome == "rejected":
        return f"refuses, once it has seen other bodies, what it takes alone: {thing(it.case)}"
    return f"answers otherwise once it has seen other bodies, e.g. {when(it.case)}"


def _twice(it: _Facts) -> str:
    if it.case.expect == "reject":
        return f"acts on a delivery that it refuses: {words(it.case)}"
    return f"acts again on an event that was done: {words(it.case)}"


def _missing(it: _Facts) -> str:
    return f"does not act on an event that it took: {words(it.case)}"


def _leak(it: _Facts) -> str:
    what = visible(it.reply.detail or "what must stay inside shows in the reply", TITLE // 2)
    return f"{what} {when(it.case)}{_elsewhere(it)}"


_SAY: dict[FindingName, Callable[[_Facts], str]] = {
    "crash": _crash,
    "timeout": _timeout,
    "false_accept": _accept,
    "false_reject": _reject,
    "altered": _altered,
    "lost": _lost,
    "inconsistent": _inconsistent,
    "slow": _slow,
    "duplicate_effect": _twice,
    "missing_effect": _missing,
    "leak": _leak,
}
