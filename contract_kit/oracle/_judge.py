"""One case and what came of it → one verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contract_kit.jsonio import compact, get, strict_loads
from contract_kit.model import NOTHING, Changed, Verdict
from contract_kit.oracle._again import same_result
from contract_kit.oracle._order import entries_of, same_in_any_order
from contract_kit.oracle._places import Places
from contract_kit.oracle._plain import leaf_kind
from contract_kit.oracle._steady import without

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from contract_kit.model import Case, Expect, FindingName, Outcome, Reply
    from contract_kit.oracle._bound import Path
    from contract_kit.oracle._change import Change
    from contract_kit.oracle._plain import Plain

__all__ = ["judge", "show"]

_WIDTH = 80
_NO_PLACES = Places()
_EXPECTED: dict[Expect, str] = {
    "accept": "accepted",
    "reject": "rejected",
    "either": "accepted or rejected, without a crash",
}


def judge(
    case: Case,
    reply: Reply,
    *,
    changes: Sequence[Change] = (),
    plain: Reply | None = None,
    leak: str | None = None,
    counters: frozenset[Path] = frozenset(),
    places: Places = _NO_PLACES,
) -> Verdict:
    """The verdict on ``case``.

    ``changes`` are those of the value that came out (an unsure one counts for nothing; lost fields are among
    them only where ``lossless`` asked for them), ``plain`` the reply with which this one must agree: that to
    the plain spelling of the same value, or to the same case given before. ``leak`` is what ``find_leaks``
    said, ``counters`` the places of results that count calls, ``places`` what the contract says of places.

    One case has one verdict; the gravest wins: a crash or a hang, a wrong acceptance or refusal, a leak, a changed
    value, a disagreement, a lost field; but a value that only another spelling changes is a disagreement of the
    spellings.
    """
    finding = _outcome(case, reply)
    if finding is not None:
        return _failed(case, reply, finding, plain, leak)
    if reply.outcome == "not_judged":
        return Verdict(case=case, reply=reply)
    if leak is not None:
        return _verdict(case, reply, "leak", "a reply that gives nothing away", leak, case.at)
    sure = [change for change in changes if change.sure] if reply.outcome == "accepted" else []
    changed = next((change for change in sure if change.kind != "lost"), None)
    differs = _disagreement(case, reply, plain, counters, places) if plain is not None else None
    if changed is not None and (differs is None or case.kind != "equivalent"):
        return _changed(case, reply, changed)
    if differs is not None:
        return _verdict(case, reply, "inconsistent", differs[0], differs[1], case.at)
    if sure:
        return _changed(case, reply, sure[0])
    return Verdict(case=case, reply=reply)


def _verdict(
    case: Case, reply: Reply, finding: FindingName, expected: str, observed: str, at: str
) -> Verdict:
    return Verdict(
        case=case,
        reply=reply,
        finding=finding,
        pointer=at,
        keyword=case.keyword,
        expected=expected,
        observed=observed,
    )


def _outcome(case: Case, reply: Reply) -> FindingName | None:
    """The finding that the outcome alone is."""
    if reply.outcome == "crashed":
        return "crash"
    if reply.outcome == "timed_out":
        return "timeout"
    if reply.outcome == "accepted" and case.expect == "reject":
        return "false_accept"
    if reply.outcome == "rejected" and case.expect == "accept":
        return "false_reject"
    return None


def _failed(case: Case, reply: Reply, finding: FindingName, plain: Reply | None, leak: str | None) -> Verdict:
    """The verdict where the outcome is a finding."""
    observed = _observed(reply)
    if finding == "false_reject" and plain is not None and plain.outcome == "accepted":
        # The value is not refused: this spelling of it is.
        expected = "accepted, as with the same value before"
        return _verdict(case, reply, "inconsistent", expected, observed, case.at)
    if finding == "crash" and leak is not None:
        observed = f"{observed}, and {leak}"
    return _verdict(case, reply, finding, _expected(case, finding), observed, case.at)


def _expected(case: Case, finding: FindingName) -> str:
    """One line on what should have happened, with the reason where the verdict turns on it."""
    words = _EXPECTED[case.expect]
    if finding in {"false_accept", "false_reject"} and case.because:
        return f"{words}: {case.because}"
    return words


_OUTCOME: dict[Outcome, str] = {
    "accepted": "accepted",
    "rejected": "rejected",
    "crashed": "crashed",
    "timed_out": "no answer in time",
    "not_judged": "not judged",
}


def _observed(reply: Reply) -> str:
    """What happened, in one line: outcome, status, exception with its message, the consumer's frame."""
    words = _OUTCOME[reply.outcome]
    if reply.status is not None:
        words += f" with status {reply.status}"
    if reply.exception:
        message = _short(_line(reply.message))
        words += f": {reply.exception}" + (f": {message}" if message else "")
    elif reply.detail:
        words += f": {_short(_line(reply.detail), 2 * _WIDTH)}"
    if reply.where:
        words += f" at {reply.where}"
    return words


def _changed(case: Case, reply: Reply, change: Change) -> Verdict:
    finding: FindingName = "lost" if change.kind == "lost" else "altered"
    if change.kind == "altered" and _is_put_there(case, change):
        change = replace(change, how=f"the value of {case.at} came out in its place")
    place = change.pointer or "/"
    if change.kind == "invented":
        expected = f"{place} absent, null, empty or the default"
    else:
        expected = f"{place} as sent: {show(change.sent)}"
    observed = f"{place} {change.how}"
    if change.kind != "lost" and change.how != "the key was dropped":
        observed += f": {show(change.came)}"
    verdict = _verdict(case, reply, finding, expected, observed, change.pointer)
    return replace(verdict, changed=Changed(change.how, show(change.sent), show(change.came)))


def _is_put_there(case: Case, change: Change) -> bool:
    """Whether what came out is what the case has at the place that it is about, which is another one."""
    if not case.at or case.at == change.pointer or not isinstance(change.came, str):
        return False
    try:
        return bool(get(strict_loads(case.body), case.at) == change.came)
    except (ValueError, RecursionError):
        return False


def _disagreement(
    case: Case, reply: Reply, plain: Reply, counters: frozenset[Path], places: Places
) -> tuple[str, str] | None:
    """How two replies to one value differ: expected and observed line."""
    if plain.outcome in {"not_judged", "crashed", "timed_out"}:
        return None
    if plain.outcome != reply.outcome:
        return f"{_OUTCOME[plain.outcome]}, as with the same value before", _observed(reply)
    body, before = (each.decode("utf-8", "surrogateescape") for each in (case.body, case.plain or case.body))
    given, wanted = without(reply.value, counters), without(plain.value, counters)
    if reply.outcome != "accepted" or same_result(given, wanted, body, before):
        return None
    if before != body and same_in_any_order(given, wanted, entries_of(case.body, places)):
        return None
    place, first, second = _where(wanted, given)
    return (
        f"the same value as before: {place} {show(first)}",
        f"another value: {place} {show(second)}",
    )


def _where(first: Plain, second: Plain, pointer: str = "", depth: int = 0) -> tuple[str, Plain, Plain]:
    """The first place where two results differ."""
    if type(first) is dict and type(second) is dict and depth < 50:
        for key in [*first, *(key for key in second if key not in first)]:
            one, two = first.get(key, NOTHING), second.get(key, NOTHING)
            if one is NOTHING or two is NOTHING or not same_result(one, two):
                return _where(one, two, f"{pointer}/{key}", depth + 1)
    if type(first) is type(second) is list and len(first) == len(second) and depth < 50:
        for index, (one, two) in enumerate(zip(first, second, strict=True)):
            if not same_result(one, two):
                return _where(one, two, f"{pointer}/{index}", depth + 1)
    return pointer or "/", first, second


def show(value: Any, width: int = _WIDTH) -> str:
    """A value in one short line: JSON, or the text of a leaf."""
    if value is NOTHING:
        return "nothing"
    kind = leaf_kind(value)
    if kind is not None and kind != "set":
        return _short(f"{value[2]} ({kind})" if kind != "opaque" else f"a {value[2]}", width)
    try:
        text = compact(_jsonable(value[1] if kind == "set" else value)).decode("utf-8", "backslashreplace")
    except (ValueError, TypeError, RecursionError):
        text = repr(type(value).__name__)
    return _short(text, width)


def _jsonable(value: Plain, depth: int = 0) -> Any:
    if depth > 50:
        return "…"
    if type(value) is dict:
        return {key: _jsonable(item, depth + 1) for key, item in value.items()}
    if type(value) is list:
        return [_jsonable(item, depth + 1) for item in value]
    if type(value) is tuple:
        return value[2] if leaf_kind(value) != "set" else _jsonable(value[1], depth + 1)
    return str(value) if isinstance(value, float) and value - value != 0 else value


def _line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str, width: int = _WIDTH) -> str:
    if len(text) <= width:
        return text
    return f"{text[: width - 20]}… ({len(text):,} characters)"
