"""Which failures have one cause: what a developer would mend in one place is one finding.

A crash whose exception is known is named by its type and the consumer's own frame. Everything else is
grouped in two steps: failures at one place under one rule are together, and places at which the same
variants of one rule fail are one cause. Bodies that differ in many things (eras, pairs, random ones) are
explained by a failure of one difference that they share, where there is one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from contract_kit.delivery import causes
from contract_kit.jsonio import MISSING, get, strict_loads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from contract_kit.delivery import Cause
    from contract_kit.model import Case, Verdict

__all__ = ["Group", "group", "holders", "pattern", "place_of", "rough_key"]

_TEXTS = frozenset(
    [
        "text",
        "length",
        "space",
        "control",
        "unicode",
        "lookalike",
        "sentinel",
        "backtrack",
        "name",
        "email",
        "country",
        "postal-code",
        "id",
        "bound",
    ]
)
_TIMES = frozenset(["fraction", "case", "offset", "day", "leap-second", "year", "month-end"])
_NUMBERS = frozenset({"number"})
_CONTAINERS = frozenset({"size", "items", "key"})
_WHOLE = frozenset({"base", "body", "era", "pair", "random"})
_ENCODINGS = ("text-utf8", "text-latin", "text-windows", "latin-1")
_CONSTANTS = ("literal-nan", "literal-infinity", "literal-minus-infinity")


Met = dict[tuple[str, str, str], dict[str, str]]
"""What was judged: by (kind, place, rule) the variants, each with what was expected of it."""
_NONE: Mapping[str, int] = MappingProxyType({})
_FAILS_ON = {"false_accept": "reject", "false_reject": "accept"}


@dataclass(slots=True)
class Group:
    """Failures with one cause, which ``cause`` names where they are of deliveries.

    ``below`` is a place of which nothing below is checked.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    below: str = ""
    cause: Cause | None = None
    lead: Verdict | None = None

    @property
    def first(self) -> Verdict:
        """The failure that tells the cause: the base where not even that passes, else the easiest to read."""
        if self.lead is not None:
            return self.lead
        return min(self.verdicts, key=_readability)


def _readability(verdict: Verdict) -> tuple[Any, ...]:
    case = verdict.case
    order = ("valid", "invalid", "foreign", "malformed", "equivalent", "delivery")
    return (
        case.family in _WHOLE and case.family != "base",
        order.index(case.kind) if verdict.finding != "false_accept" else 0,
        "/1" in case.at or "/2" in case.at,
        _strangeness(case),
        _NICE.index(case.variant) if case.variant in _NICE else len(_NICE),
        "." in case.variant,
        len(case.changed),
        case.id,
    )


_NICE = (
    "case-title",
    "case-upper",
    "unknown",
    "integer",
    "string",
    "object",
    "text",
    "no-zone",
    "day-30-of-02",
    "fraction-9",
    "lookalike-zero",
    "unicode-one-letter",
    "literal-nan",
    "after-text",
)
"""Variants that a reader understands at once."""
_PLAIN_FIRST = (
    "absent",
    "enum",
    "type",
    "format",
    "text",
    "fraction",
    "unknown",
    "name",
    "email",
    "unicode",
    "space",
)


def _strangeness(case: Case) -> int:
    return _PLAIN_FIRST.index(case.family) if case.family in _PLAIN_FIRST else len(_PLAIN_FIRST)


def is_whole(case: Case) -> bool:
    """Whether a case differs from the base in many things, none of which is known to matter."""
    return case.family in _WHOLE and not case.at


def pattern(case: Case, pointer: str | None = None) -> str:
    """A pointer of a case's body with ``*`` for items and map values."""
    from contract_kit.cases import pattern_in

    at = case.at if pointer is None else pointer
    return pattern_in(case.terms, at) if case.terms is not None else at


def place_of(case: Case) -> tuple[str, str]:
    """The pattern of a case's place, and the rule or kind of edge that it is about."""
    if case.kind == "malformed":
        return "", _malformed_class(case)
    if case.kind in ("equivalent", "foreign"):
        return "", case.kind
    if case.kind == "delivery":
        return "", f"{case.family}:{case.variant.partition('-')[0]}"
    if case.kind == "invalid":
        return pattern(case), case.keyword or case.family
    return pattern(case), _family_class(case.family)


def _family_class(family: str) -> str:
    for name, members in (
        ("text", _TEXTS),
        ("date-time", _TIMES),
        ("number", _NUMBERS),
        ("container", _CONTAINERS),
    ):
        if family in members:
            return name
    return "whole" if family in _WHOLE else family


def _malformed_class(case: Case) -> str:
    if case.variant.startswith(_CONSTANTS):
        return "constants"
    if case.variant.startswith(_ENCODINGS):
        return "encoding"
    return case.family


def rough_key(verdict: Verdict) -> tuple[str, ...]:
    """A quick name of a failure's cause, for counting while a run goes on."""
    if verdict.finding == "crash" and verdict.reply.where:
        return ("crash", str(verdict.reply.exception), verdict.reply.where)
    return (str(verdict.finding), verdict.case.kind, *place_of(verdict.case))


def group(verdicts: Iterable[Verdict], met: Met, below: Mapping[str, int] = _NONE) -> list[Group]:
    """Groups of failures with one cause each, gravest and plainest first.

    ``met`` tells which variants were judged at each place, so that "all of them fail" can be known, and
    ``below`` how many bodies that break a rule below each place.
    """
    by_finding: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_finding[str(verdict.finding)].append(verdict)
    found: list[Group] = []
    for name, failures in by_finding.items():
        of_bases, rest = _from_bases(name, failures)
        found.extend(of_bases)
        if name == "false_accept":
            unchecked, rest = _unchecked(rest, below)
            found.extend(unchecked)
        if name in _OF_DELIVERIES:
            of_deliveries, rest = _from_deliveries(name, rest)
            found.extend(of_deliveries)
        found.extend(_BY_FINDING.get(name, _by_rule)(rest, met))
    return sorted(found, key=lambda g: (_GRAVITY.index(str(g.first.finding)), _readability(g.first)))


_OF_DELIVERIES = frozenset({"crash", "timeout", "false_accept", "false_reject"})
_UNSIGNED = frozenset({401, 403})


def _from_deliveries(name: str, failures: list[Verdict]) -> tuple[list[Group], list[Verdict]]:
    """Delivery cases by their causes, and the failures that are left.

    Who verifies another spelling than the one that was sent refuses bodies, too, in the very same words.
    """
    of_variant: dict[str, list[Verdict]] = defaultdict(list)
    rest: list[Verdict] = []
    for verdict in failures:
        told = verdict.case.kind != "delivery" or verdict.reply.where
        (rest if told else of_variant[verdict.case.variant]).append(verdict)
    groups = []
    for cause in causes(name, of_variant):
        found = [verdict for variant in cause.variants for verdict in of_variant[variant]]
        if cause.name == "spelling":
            said = {(v.reply.status, v.reply.body) for v in found if v.reply.status in _UNSIGNED}
            found += [v for v in rest if (v.reply.status, v.reply.body) in said]
            rest = [v for v in rest if (v.reply.status, v.reply.body) not in said]
        groups.append(Group(found, _locations(found), lead=found[0], cause=cause))
    return groups, rest


_NOT_OF_BODIES = frozenset({"leak", "inconsistent", "duplicate_effect", "missing_effect", "altered", "lost"})


def _from_bases(name: str, failures: list[Verdict]) -> tuple[list[Group], list[Verdict]]:
    """Where not even a sound base passes, all that was made from it fails for the same reason."""
    bases = {v.case.origin: v for v in failures if v.case.family == "base"}
    if name in _NOT_OF_BODIES or not bases:
        return [], failures
    groups = {
        origin: Group([verdict], [pattern(verdict.case)], lead=verdict) for origin, verdict in bases.items()
    }
    rest = []
    for verdict in failures:
        if verdict.case.family == "base":
            continue
        if verdict.case.origin in groups:
            groups[verdict.case.origin].verdicts.append(verdict)
        else:
            rest.append(verdict)
    if "full" in groups:
        others = [v for origin, made in groups.items() if origin != "full" for v in made.verdicts]
        groups["full"].verdicts.extend([*others, *rest])
        return [groups["full"]], []
    return list(groups.values()), [verdict for verdict in rest if not _joined(verdict, groups.values())]


def _joined(verdict: Verdict, groups: Collection[Group]) -> bool:
    """Whether a body of many differences has the form that some base failed for: then it is put there."""
    if not is_whole(verdict.case):
        return False
    for made in groups:
        if made.lead is not None and _contains(verdict.case, made.lead.case):
            made.verdicts.append(verdict)
            return True
    return False


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
        if verdict.reply.where:
            name = str(verdict.reply.exception)
            known.setdefault(name if name in own else verdict.reply.where, Group()).verdicts.append(verdict)
        else:
            rest.append(verdict)
    for made in known.values():
        made.locations = _locations(made.verdicts)
    return [*known.values(), *_by_rule(rest, met, by_place=True)]


def _own_exceptions(failures: list[Verdict]) -> set[str]:
    """Exception types of the consumer's own that are raised in several places: a refusal not declared as one."""
    frames: dict[str, set[str]] = defaultdict(set)
    for verdict in failures:
        name = verdict.reply.exception
        if name and "." in name and verdict.reply.where and verdict.finding == "crash":
            frames[name].add(verdict.reply.where)
    return {name for name, places in frames.items() if len(places) > 1}


# -- by rule and place ------------------------------------------------------------------------


@dataclass(slots=True)
class _Spot:
    """Failures at one place under one rule, with the variants that fail of those that were met."""

    place: str
    rule: str
    kind: str
    verdicts: list[Verdict]
    failing: set[str]
    met: set[str]

    @property
    def total(self) -> bool:
        return self.failing >= self.met


def _by_rule(failures: list[Verdict], met: Met, *, by_place: bool = False) -> list[Group]:
    atomic = [v for v in failures if not is_whole(v.case)]
    whole = [v for v in failures if is_whole(v.case)]
    spots: dict[tuple[str, str, str], _Spot] = {}
    for verdict in atomic:
        place, rule = place_of(verdict.case)
        kind = verdict.case.kind
        key = (kind, place, rule)
        if key not in spots:
            wanted = _FAILS_ON.get(str(verdict.finding))
            judged = {v for v, expect in met.get(key, {}).items() if wanted in (None, expect)}
            spots[key] = _Spot(place, rule, kind, [], set(), judged)
        spots[key].verdicts.append(verdict)
        spots[key].failing.add(verdict.case.variant)
    groups = _merged(list(spots.values()), by_place=by_place)
    return _explained(groups, whole)


def _merged(spots: list[_Spot], *, by_place: bool) -> list[Group]:
    """Spots of one cause together: the same variants of one rule at many places, all rules of one place."""
    clusters: list[list[_Spot]] = []
    for spot in spots:
        home = next((c for c in clusters if _alike(c[0], spot)), None)
        if home is None:
            clusters.append([spot])
        else:
            home.append(spot)
    clusters = _same_places(clusters, by_place=by_place)
    return [_group_of(cluster) for cluster in _lenient(clusters)]


_SEVERAL_RULES = 3


def holders(at: str) -> Iterator[str]:
    """Every place above ``at``, but not the body itself."""
    at = at.rpartition("/")[0]
    while at:
        yield at
        at = at.rpartition("/")[0]


def _unchecked(failures: list[Verdict], below: Mapping[str, int]) -> tuple[list[Group], list[Verdict]]:
    """Subtrees of the payload in which no rule at all is checked: one cause, however many rules it has.

    ``below`` says how many bodies were judged that break a rule below each place.
    """
    broken = [v for v in failures if v.case.kind == "invalid"]
    failing = Counter(holder for v in broken for holder in holders(v.case.at))
    bare = {holder for holder, count in failing.items() if count >= below.get(holder, 0)}
    highest = {holder for holder in bare if not bare.intersection(holders(holder))}
    groups: dict[str, Group] = {}
    rest: list[Verdict] = []
    for verdict in failures:
        home = highest.intersection(holders(verdict.case.at)) if verdict.case.kind == "invalid" else None
        if home:
            place = pattern(verdict.case, home.pop())
            groups.setdefault(place, Group(below=place)).verdicts.append(verdict)
        else:
            rest.append(verdict)
    for place, made in list(groups.items()):
        if len({v.case.keyword for v in made.verdicts}) < _SEVERAL_RULES:
            rest.extend(groups.pop(place).verdicts)
        else:
            made.locations = [place, *_locations(made.verdicts)]
    return list(groups.values()), rest


def _alike(one: _Spot, other: _Spot) -> bool:
    if one.kind != other.kind or one.rule != other.rule:
        return False
    if one.total and other.total:
        return True
    if one.total != other.total:
        return False
    both = one.met & other.met
    return bool(one.failing & both) and one.failing & both == other.failing & both


def _same_places(clusters: list[list[_Spot]], *, by_place: bool) -> list[list[_Spot]]:
    """Clusters of the same places are one when nothing at all is checked there, or a crash is a crash."""
    merged: dict[Any, list[_Spot]] = {}
    for number, cluster in enumerate(clusters):
        places = frozenset(spot.place for spot in cluster)
        together = by_place or (all(spot.total for spot in cluster) and cluster[0].kind == "invalid")
        key = (places, "" if by_place else cluster[0].kind) if together and places != {""} else number
        merged.setdefault(key, []).extend(cluster)
    return list(merged.values())


def _lenient(clusters: list[list[_Spot]]) -> list[list[_Spot]]:
    """A reader that takes many kinds of malformed bodies is one cause: it is no JSON reader."""
    loose = [c for c in clusters if c[0].kind == "malformed" and c[0].rule not in ("constants", "encoding")]
    if len(loose) < 2:
        return clusters
    rest = [c for c in clusters if c not in loose]
    return [*rest, [spot for cluster in loose for spot in cluster]]


def _group_of(cluster: list[_Spot]) -> Group:
    verdicts = [v for spot in cluster for v in spot.verdicts]
    return Group(verdicts, _locations(verdicts))


def _locations(verdicts: list[Verdict]) -> list[str]:
    """The places of a group, the most frequent first; those that only share the cause come behind."""
    counts = Counter(pattern(v.case, v.pointer) for v in verdicts if not is_whole(v.case))
    return [place for place, _ in counts.most_common()] or [""]


def _explained(groups: list[Group], whole: list[Verdict]) -> list[Group]:
    """Bodies of many differences join the group of a failure whose one difference they contain."""
    left: list[Verdict] = []
    for verdict in whole:
        home = next(
            (g for g in groups if any(_contains(verdict.case, v.case) for v in g.verdicts[:40])), None
        )
        if home is not None:
            home.verdicts.append(verdict)
        else:
            left.append(verdict)
    if left:
        groups = [*groups, Group(left, [""])]
    return groups


def _contains(body: Case, single: Case) -> bool:
    """Whether ``body`` has at ``single``'s place what ``single`` has there."""
    if not single.at:
        return False
    try:
        one, other = strict_loads(body.body), strict_loads(single.body)
    except (ValueError, RecursionError):
        return False
    mine = get(one, single.at)
    return bool(mine == get(other, single.at)) if mine is not MISSING else get(other, single.at) is MISSING


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
    return list(by_manner.values())


def _manner(verdict: Verdict) -> str:
    """How a value changed, without the figures: ``shortened``, ``lower-cased``."""
    words = verdict.observed.split(":")[0].split()[1:]
    return " ".join(word for word in words if not any(letter.isdigit() or letter == "/" for letter in word))


def _by_spelling(failures: list[Verdict], met: Met) -> list[Group]:
    """Spellings are one cause, and so is what a second delivery of the same case gives."""
    del met
    spelt = [v for v in failures if v.case.kind == "equivalent"]
    again = [v for v in failures if v.case.kind != "equivalent"]
    return [Group(part, _locations(part)) for part in (spelt, again) if part]


def _by_delivery(failures: list[Verdict], met: Met) -> list[Group]:
    """Leaks are one cause; effects are by family."""
    del met
    families: dict[str, Group] = {}
    for verdict in failures:
        families.setdefault(str(verdict.finding), Group()).verdicts.append(verdict)
    for made in families.values():
        made.locations = _locations(made.verdicts)
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
