"""Groups → findings: the smallest example, the title, how to see it again."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from contract_kit.jsonio import MISSING, get
from contract_kit.model import Constraint, Finding
from contract_kit.report import clause, place, reproduce, title, visible

from ._blame import blamed
from ._group import Group, group, pattern
from ._reduce import reduced
from ._shrink import smallest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Verdict

    from ._run import Run

__all__ = ["findings"]


def findings(run: Run, *, shrink: bool = True) -> tuple[Finding, ...]:
    """What a run has found, one finding a cause."""
    failed = run.tally.failed
    if shrink and not run.over():
        failed = reduced(run, failed)
    groups = group(failed, run.tally.met, run.tally.below, run.tally.largest)
    return tuple(_asked_for(run, _told_once(_finding(run, made, shrink=shrink) for made in groups)))


def _told_once(found: Iterator[Finding]) -> Iterator[Finding]:
    """Findings that would be told in the same words are one: made small, two examples may turn out to be alike."""
    told: dict[tuple[str, str, str | None], Finding] = {}
    for finding in found:
        words = (finding.finding, finding.title, finding.pointer)
        first = told.get(words)
        if first is None:
            told[words] = finding
            continue
        told[words] = replace(
            first,
            count=first.count + finding.count,
            locations=tuple(dict.fromkeys((*first.locations, *finding.locations))),
            case_ids=(*first.case_ids, *finding.case_ids),
            known=first.known and finding.known,
        )
    yield from told.values()


def _asked_for(run: Run, found: Iterator[Finding]) -> Iterator[Finding]:
    """As many as the user wants to see; those that are known already do not count."""
    most = run.settings.max_findings
    left = most if most is not None else float("inf")
    for finding in found:
        if finding.known:
            yield finding
        elif left > 0:
            left -= 1
            yield finding


def _finding(run: Run, made: Group, *, shrink: bool) -> Finding:
    shown = made.first
    if shrink and not run.over():
        if shown.case.family == "base":
            made.culprit = blamed(run, shown) or made.culprit
        shown = smallest(run, shown, keep=made.culprit)
    case, reply = shown.case, shown.reply
    name = shown.finding
    assert name is not None
    rule = _rule(run, shown)
    locations = tuple(there for there in made.locations if there) or (() if not case.at else (pattern(case),))
    first = shown.pointer if name in ("altered", "lost") else pattern(case)
    places = tuple(dict.fromkeys((first, *locations))) if first else locations
    head = shown.pointer if name in ("altered", "lost") else None
    told = replace(reply, detail=shown.observed) if name == "leak" else reply
    # What is checked nowhere is told by one place: to count them all would hide the point.
    named = locations[:1] if made.below is not None else (head, *locations[1:]) if head else locations
    said = title(name, case, told, named, rule=rule, at=head, changed=shown.changed)
    if name == "crash" and _GIVEN_AWAY in shown.observed:
        said = visible(f"{said}; {shown.observed[shown.observed.rindex(_GIVEN_AWAY) + 6 :]}", _LONGEST)
    if made.said:
        said = visible(made.said, _LONGEST)
    if made.culprit is not None:
        said = visible(f"{said}, because {_culprit(run, made.culprit)}", _LONGEST)
        locations = (pattern(case, made.culprit),)
    if made.below is not None:
        said = visible(f"{_unchecked(made)}: {said}", _LONGEST)
    if made.cause is not None and made.cause.words:
        said = visible(f"{made.cause.words}: {said}", _LONGEST)
    ident = _ident(made, name)
    return Finding(
        id=ident,
        finding=name,
        title=said,
        pointer=(
            pattern(case, made.culprit or shown.pointer) if made.culprit or shown.pointer else case.pointer
        )
        or None,
        keyword=case.keyword,
        locations=locations or places,
        count=len(made.verdicts),
        case=case,
        reply=reply,
        expected=shown.expected,
        observed=shown.observed,
        changed=case.changed,
        known=ident in run.settings.known,
        reproduce=reproduce(case, run.context),
        case_ids=tuple(verdict.case.id for verdict in made.verdicts),
    )


def _culprit(run: Run, at: str) -> str:
    value = get(run.base_value, at)
    return f"of {place(at)}" if value is MISSING else clause(at, value)


def _unchecked(made: Group) -> str:
    """What a consumer does not look at."""
    if not made.below:
        return "checks next to nothing"
    items = place(made.below.rpartition("/")[0])
    if made.checked and all(at.endswith("/0") for at in made.checked):
        return f"checks only the first item of {items}"
    return (
        f"does not check all items of {items}"
        if made.checked
        else f"checks nothing below {place(made.below)}"
    )


_LONGEST = 200
_GIVEN_AWAY = ", and the reply's "


def _rule(run: Run, shown: Verdict) -> Constraint | None:
    for rule in run.terms.constraints:
        if (rule.pointer, rule.keyword) == (shown.case.pointer, shown.case.keyword):
            return rule
    return None


def _ident(made: Group, name: str) -> str:
    """A short id that stays the same from run to run: of what failed, not of how it is shown."""
    first = made.first
    rule = made.cause.name if made.cause is not None else first.case.keyword or first.case.family
    place = f"{name} {first.case.kind} {pattern(first.case, first.pointer)} {rule}"
    return f"{name}-{sha256(place.encode()).hexdigest()[:10]}"
