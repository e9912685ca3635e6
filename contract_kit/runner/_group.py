"""Which failures have one cause: what a developer would mend in one place is one finding.

A crash whose exception is known is named by its type and the consumer's own frame. Everything else is
grouped in two steps: failures at one place under one rule are together, and places at which the same
variants of one rule fail are one cause. Bodies that differ in many things (eras, pairs, random ones) are
explained by a failure of one difference that they share, where there is one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from contract_kit.delivery import causes

from ._place import Met, frame_of, holders, is_whole, pattern, place_of, rough_key
from ._plainest import plainest, readability
from ._rules import Group, by_rule, contains, locations_of
from ._unchecked import unchecked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from contract_kit.delivery import Cause
    from contract_kit.model import Verdict

__all__ = ["Group", "Met", "group", "holders", "is_whole", "pattern", "place_of", "rough_key"]

_NONE: Mapping[str, int] = MappingProxyType({})


def group(
    verdicts: Iterable[Verdict], met: Met, below: Mapping[str, int] = _NONE, largest: int = 0
) -> list[Group]:
    """Groups of failures with one cause each, gravest and plainest first.

    ``met`` tells which variants were judged at each place, so that "all of them fail" can be known, and
    ``below`` how many bodies that break a rule below each place; ``largest`` is the size of the largest body
    that was taken, in bytes.
    """
    by_finding: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_finding[str(verdict.finding)].append(verdict)
    found = _from_spelling(by_finding)
    for name, failures in by_finding.items():
        made: list[Group] = []
        of_bases, rest = _from_bases(name, failures, met)
        if name == "false_accept":
            crashed = (*by_finding.get("crash", ()), *by_finding.get("timeout", ()))
            loose, rest = unchecked(rest, below, crashed, met)
            made.extend(loose)
        large: list[Group] = []
        if name == "false_reject":
            large, rest = _too_large(rest, largest)
            made.extend(large)
        of_deliveries: list[Group] = []
        if name in _OF_DELIVERIES:
            of_deliveries, rest = _from_deliveries(name, rest)
            of_deliveries = _within(large, of_deliveries)
        of_bodies = _BY_FINDING.get(name, by_rule)(rest, met)
        made.extend([*(one for one in of_deliveries if not _is_twin(one, of_bodies)), *of_bodies])
        found.extend(_at_home(of_bases, made))
    found = _of_time(found)
    first = [(one, one.first) for one in found]
    first.sort(key=lambda pair: (_GRAVITY.index(str(pair[1].finding)), readability(pair[1])))
    return [one for one, _ in first]


def _of_time(groups: list[Group]) -> list[Group]:
    """What is slow for some bodies and hangs on others is one cause: the slow ones go to the hang at their place."""
    hangs = [one for one in groups if one.first.finding == "timeout"]
    if not hangs:
        return groups
    apart: list[Group] = []
    for made in groups:
        home = next((hang for hang in hangs if _is_beside(made, hang)), None)
        if made.first.finding == "slow" and home is not None:
            home.lead = home.first
            home.verdicts.extend(made.verdicts)
        else:
            apart.append(made)
    return apart


def _is_beside(slow: Group, hang: Group) -> bool:
    """Whether a slow group has a place of a hang, or says nothing of the place."""
    return not any(slow.locations) or bool(set(slow.locations) & set(hang.locations))


_LARGE = 8_192


def _too_large(failures: list[Verdict], largest: int) -> tuple[list[Group], list[Verdict]]:
    """One group of what is refused for its size: at several places, and each longer than all that was taken."""
    sizes = [v for v in failures if len(v.case.body) > max(largest, _LARGE) and v.case.kind != "delivery"]
    if len({pattern(v.case) for v in sizes}) < _SEVERAL_PLACES:
        return [], failures
    lead = min(sizes, key=lambda v: (len(v.case.body), v.case.id))
    said = (
        f"refuses bodies of {len(lead.case.body):,} bytes and more (the largest that it took has {largest:,})"
    )
    return [Group(sizes, [""], lead=lead, said=said)], [v for v in failures if v not in sizes]


def _within(large: list[Group], of_deliveries: list[Group]) -> list[Group]:
    """The groups of deliveries without that of large ones, which fail for the limit that bodies show."""
    sizes = [one for one in of_deliveries if large and one.cause is not None and one.cause.name == "size"]
    for one in sizes:
        large[0].verdicts.extend(one.verdicts)
    return [one for one in of_deliveries if one not in sizes]


_SEVERAL_PLACES = 2
_OF_DELIVERIES = frozenset({"crash", "timeout", "false_accept", "false_reject"})
_UNSIGNED = frozenset({401, 403})


def _from_deliveries(name: str, failures: list[Verdict]) -> tuple[list[Group], list[Verdict]]:
    """Delivery cases by their causes, and the failures that are left.

    Who verifies another spelling than the one that was sent refuses bodies, too, in the very same words; so does
    who has the same answer to everything.
    """
    of_variant: dict[str, list[Verdict]] = defaultdict(list)
    rest: list[Verdict] = []
    for verdict in failures:
        told = verdict.case.kind != "delivery" or verdict.reply.where
        (rest if told else of_variant[verdict.case.variant]).append(verdict)
    groups = []
    for cause in causes(name, of_variant):
        found = [verdict for variant in cause.variants for verdict in of_variant[variant]]
        said = _said_to_all(cause, found)
        if said:
            found += [v for v in rest if _answer(v) in said]
            rest = [v for v in rest if _answer(v) not in said]
        groups.append(Group(found, locations_of(found), lead=found[0], cause=cause))
    return groups, rest


def _from_spelling(by_finding: dict[str, list[Verdict]]) -> list[Group]:
    """Who takes a sound body in one spelling and not in another: what is refused alike fails for that.

    So does what is refused in its plain spelling alone. All of those are taken out of ``by_finding``.
    """
    refused = by_finding.get("false_reject", [])
    if not any(v.case.kind == "delivery" and v.case.variant == "sound" for v in refused):
        return []
    told, rest = _from_deliveries("false_reject", refused)
    spelling = next((one for one in told if one.cause is not None and one.cause.name == "spelling"), None)
    if spelling is None:
        return []
    others = [verdict for one in told if one is not spelling for verdict in one.verdicts]
    by_finding["false_reject"] = [*others, *rest]
    unlike = by_finding.pop("inconsistent", [])
    spelling.verdicts += [v for v in unlike if v.case.kind == "equivalent"]
    by_finding["inconsistent"] = [v for v in unlike if v.case.kind != "equivalent"]
    return [spelling]


def _said_to_all(cause: Cause, found: list[Verdict]) -> set[tuple[int | None, bytes]]:
    """The answers that show of bodies that they fail for this cause, too."""
    if cause.name not in ("spelling", "sound"):
        return set()
    return {_answer(v) for v in found if v.reply.status in _UNSIGNED or v.case.variant == "sound"}


def _answer(verdict: Verdict) -> tuple[int | None, bytes]:
    return verdict.reply.status, verdict.reply.body


_NO_TEXT = ("malformed", "encoding")
_TWINS = {
    "repeat-later-first": ("foreign", "foreign"),
    "repeat-broken-between": ("malformed", "cuts"),
    "body-not-utf8": _NO_TEXT,
    "body-not-utf8-dropped": _NO_TEXT,
}
"""Delivery cases about what cases about the body are about, too: another event, bytes that are no UTF-8."""


def _is_twin(made: Group, of_bodies: Collection[Group]) -> bool:
    """Whether a group of deliveries fails for what bodies fail for: then it is put there."""
    wanted = {_TWINS.get(verdict.case.variant) for verdict in made.verdicts}
    for group in of_bodies if len(wanted) == 1 and None not in wanted else ():
        if any((v.case.kind, place_of(v.case)[1]) in wanted for v in group.verdicts):
            group.verdicts.extend(made.verdicts)
            return True
    return False


_NOT_OF_BODIES = frozenset({"leak", "inconsistent", "duplicate_effect", "missing_effect", "altered", "lost"})


def _from_bases(name: str, failures: list[Verdict], met: Met) -> tuple[list[Group], list[Verdict]]:
    """Where not even a sound base passes, all that was made from it fails for the same reason."""
    bases: dict[str, Verdict] = {}
    for verdict in failures:
        if verdict.case.family == "base":
            bases.setdefault(verdict.case.origin, verdict)
    if name in _NOT_OF_BODIES or not bases:
        return [], failures
    groups = {
        origin: Group([verdict], [pattern(verdict.case)], lead=verdict) for origin, verdict in bases.items()
    }
    origins = {verdict.case.body: origin for origin, verdict in bases.items()}
    rest = []
    for verdict in failures:
        if verdict.case.family == "base":
            continue
        # Another spelling of a base fails as the base does.
        origin = origins.get(verdict.case.plain or b"", verdict.case.origin)
        if origin in groups:
            groups[origin].verdicts.append(verdict)
        else:
            rest.append(verdict)
    if "full" in groups:
        others = [v for origin, made in groups.items() if origin != "full" for v in made.verdicts]
        full = groups["full"]
        full.verdicts.extend([*others, *rest])
        full.culprit = _culprit(full.verdicts, met)
        return [full], []
    return list(groups.values()), [verdict for verdict in rest if not _joined(verdict, groups.values())]


def _culprit(failures: list[Verdict], met: Met) -> str | None:
    """The one place at which something else makes the base pass, if there is one: what stands there is the cause."""
    failed: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for verdict in failures:
        failed[verdict.case.kind, *place_of(verdict.case)].add(verdict.case.variant)
    passes = {
        key[1]
        for key, variants in met.items()
        if key[0] == "valid" and key[1] and key[2] != "whole"
        if any(expect == "accept" and variant not in failed[key] for variant, expect in variants.items())
    }
    # What holds the place passes, too, when it is another.
    inner = [place for place in passes if not any(other.startswith(place + "/") for other in passes)]
    return inner[0] if len(inner) == 1 else None


def _joined(verdict: Verdict, groups: Collection[Group]) -> bool:
    """Whether a body of many differences has the form that some base failed for: then it is put there."""
    if not is_whole(verdict.case):
        return False
    for made in groups:
        if made.lead is not None and contains(verdict.case, made.lead.case):
            made.verdicts.append(verdict)
            return True
    return False


def _at_home(of_bases: list[Group], made: list[Group]) -> list[Group]:
    """All groups, those of a base put to one that explains it: one difference that the base has as well."""
    apart: list[Group] = []
    for base in of_bases:
        home = next((one for one in made if _explains(one, base.first)), None)
        if home is not None:
            home.verdicts.extend(base.verdicts)
        else:
            apart.append(base)
    return [*apart, *made]


def _explains(made: Group, base: Verdict) -> bool:
    """Whether a group holds a failure of one difference that is the reason why a base fails, too."""
    single = (v for v in made.verdicts if v.case.at and v.case.family != "base")
    return any(_same_frame(v, base) or contains(base.case, v.case) for v in islice(single, _MOST_COMPARED))


_MOST_COMPARED = 40


def _same_frame(one: Verdict, other: Verdict) -> bool:
    """Whether two crashes are one exception at one place of the consumer."""
    if one.finding not in ("crash", "timeout") or not one.reply.where:
        return False
    return (one.reply.where, one.reply.exception) == (other.reply.where, other.reply.exception)


_GRAVITY = (
    "crash",
    "timeout",
    "leak",
    "false_accept",
    "altered",
    "duplicate_effect",
    "missing_effect",
    "false_reject",
    "inconsistent",
    "lost",
    "slow",
)

# -- crashes and hangs ------------------------------------------------------------------------


def _by_frame(failures: list[Verdict], met: Met) -> list[Group]:
    """By the consumer's own frame, where there is one; the rest by place, one a place whatever the rule."""
    known: dict[str, Group] = {}
    rest: list[Verdict] = []
    own = _own_exceptions(failures)
    for verdict in failures:
        where = frame_of(verdict)
        if where:
            name = str(verdict.reply.exception)
            known.setdefault(name if name in own else where, Group()).verdicts.append(verdict)
        else:
            rest.append(verdict)
    for made in known.values():
        made.locations = locations_of(made.verdicts)
    return [*known.values(), *by_rule(rest, met, by_place=True)]


def _own_exceptions(failures: list[Verdict]) -> set[str]:
    """Exception types of the consumer's own that are raised in several places: a refusal not declared as one."""
    frames: dict[str, set[str]] = defaultdict(set)
    for verdict in failures:
        name = verdict.reply.exception
        if name and "." in name and verdict.reply.where and verdict.finding == "crash":
            frames[name].add(verdict.reply.where)
    return {name for name, places in frames.items() if len(places) > 1}


# -- values -----------------------------------------------------------------------------------


def _by_change(failures: list[Verdict], met: Met) -> list[Group]:
    """Changed values: by the place that changed; places that change in the same way are one cause."""
    del met
    at_place: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in failures:
        at_place[pattern(verdict.case, verdict.pointer)].append(verdict)
    by_manner: dict[frozenset[str], Group] = {}
    for place, verdicts in at_place.items():
        manner = frozenset(name for name, _ in Counter(_manner(v) for v in verdicts).most_common(1))
        made = by_manner.setdefault(manner, Group())
        made.verdicts.extend(verdicts)
        made.locations.append(place)
    for made in by_manner.values():
        made.lead = _typical(made)
    return list(by_manner.values())


def _typical(made: Group) -> Verdict | None:
    """The plainest of the changes that most of a group are, where the plainest of all is of another kind.

    Who strips white space empties a blank, too; but that is not what to tell of it.
    """
    manners = Counter(_manner(verdict) for verdict in made.verdicts)
    (usual, many), *_ = manners.most_common(1)
    if 2 * manners[_manner(made.first)] >= many:
        return None
    return plainest(verdict for verdict in made.verdicts if _manner(verdict) == usual)


def _manner(verdict: Verdict) -> str:
    """How a value changed, without the figures: ``shortened``, ``lower-cased``."""
    how = verdict.changed.how if verdict.changed is not None else ""
    if "key" in how and "dropped" in how:
        return "keys dropped"
    words = verdict.observed.split(":")[0].split()[1:]
    return " ".join(word for word in words if not any(letter.isdigit() or letter == "/" for letter in word))


def _by_spelling(failures: list[Verdict], met: Met) -> list[Group]:
    """Spellings are one cause; where other bodies show that something is kept between them, that is the one.

    What is kept of a connection is another.
    """
    kept = [v for v in failures if v.case.kind != "equivalent"]
    over = [v for v in kept if v.case.kind == "delivery"]
    if over:
        lead = next((v for v in over if v.case.family == "connection"), plainest(over))
        return [
            Group(over, locations_of(over), lead=lead),
            *_by_spelling([v for v in failures if v.case.kind != "delivery"], met),
        ]
    return (
        [Group(failures, locations_of(kept or failures), lead=plainest(kept or failures))] if failures else []
    )


def _by_delivery(failures: list[Verdict], met: Met) -> list[Group]:
    """Leaks are one cause; effects are by family."""
    del met
    families: dict[str, Group] = {}
    for verdict in failures:
        families.setdefault(str(verdict.finding), Group()).verdicts.append(verdict)
    for name, made in families.items():
        made.locations = locations_of(made.verdicts)
        taken = [verdict for verdict in made.verdicts if verdict.case.expect == "accept"]
        if (
            name.endswith("_effect") and taken
        ):  # a wrong number of sound deliveries is no matter of refused ones
            made.lead = plainest(taken)
        # Where no id came twice and there are too many, each event has several: no repeat is to blame.
        single = [verdict for verdict in taken if (verdict.case.effects or 0) == len(verdict.case.steps) > 1]
        if name == "duplicate_effect" and single:
            made.lead = plainest(single)
            events = made.lead.case.effects
            made.said = (
                f"acts more than once on one delivery: {made.lead.observed} of {events} different events"
            )
    return list(families.values())


_BY_FINDING = {
    "crash": _by_frame,
    "timeout": _by_frame,
    "slow": _by_frame,
    "altered": _by_change,
    "lost": _by_change,
    "inconsistent": _by_spelling,
    "leak": _by_delivery,
    "duplicate_effect": _by_delivery,
    "missing_effect": _by_delivery,
}
