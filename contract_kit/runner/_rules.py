"""Failures at one place under one rule are together; places at which the same variants fail are one cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, get, strict_loads

from ._place import is_whole, pattern, place_of
from ._plainest import plainest

if TYPE_CHECKING:
    from contract_kit.delivery import Cause
    from contract_kit.model import Case, Verdict

    from ._place import Met

__all__ = ["Group", "by_rule", "contains", "locations_of"]

_FAILS_ON = {"false_accept": "reject", "false_reject": "accept"}


@dataclass(slots=True)
class Group:
    """Failures with one cause, which ``cause`` names where they are of deliveries.

    ``below`` is a place of which nothing below is checked; the body itself (``""``) where nothing is at all.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    locations: list[str] = field(default_factory=list)
    below: str | None = None
    checked: tuple[str, ...] = ()
    """Items beside those of ``below`` of which all is checked."""
    cause: Cause | None = None
    lead: Verdict | None = None
    culprit: str | None = None
    """The one place for which a sound base fails."""
    said: str = ""
    """The title, where the failures together say more than the one that is shown."""

    @property
    def first(self) -> Verdict:
        """The failure that tells the cause: the base where not even that passes, else the easiest to read."""
        return self.lead if self.lead is not None else plainest(self.verdicts)


def locations_of(verdicts: list[Verdict]) -> list[str]:
    """The places of a group, the most frequent first.

    Bodies that differ in many things, other events, and a broken rule beside another value say nothing of the
    place: only where there is nothing else do they count.
    """
    single = [v for v in verdicts if not is_whole(v.case)]
    told = [v for v in single if v.case.kind != "foreign" and v.case.family != "context"] or single
    return [place for place, _ in Counter(pattern(v.case, v.pointer) for v in told).most_common()] or [""]


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


def by_rule(failures: list[Verdict], met: Met, *, by_place: bool = False) -> list[Group]:
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
    groups = _outside_of_unions(_merged(list(spots.values()), met, by_place=by_place))
    return _explained(groups, whole)


def _merged(spots: list[_Spot], met: Met, *, by_place: bool) -> list[Group]:
    """Spots of one cause together: the same variants of one rule at many places, all rules of one place."""
    clusters: list[list[_Spot]] = []
    for spot in spots:
        home = next((c for c in clusters if _alike(c[0], spot)), None)
        if home is None:
            clusters.append([spot])
        else:
            home.append(spot)
    clusters = _at_home(_same_places(clusters, by_place=by_place))
    return [_group_of(cluster) for cluster in _lenient(clusters, met, dying=by_place)]


def _at_home(clusters: list[list[_Spot]]) -> list[list[_Spot]]:
    """What has the same reason as another cluster of its place is put to that one.

    A body that was taken back to one difference is about an edge of that place; and who does without an empty text
    as he does without an absent one asks for a text.
    """
    apart: list[list[_Spot]] = []
    for cluster in clusters:
        home = next((other for other in clusters if other is not cluster and _takes(other, cluster)), None)
        if home is not None:
            home.extend(cluster)
        else:
            apart.append(cluster)
    return apart


def _takes(home: list[_Spot], cluster: list[_Spot]) -> bool:
    if {spot.kind for spot in (*home, *cluster)} != {"valid"} or home[0].rule == "whole":
        return False
    tried = {f"{variant}-empty" for spot in home for variant in spot.failing}
    if home[0].rule == "container" and {variant for spot in cluster for variant in spot.failing} <= tried:
        return True  # an entry that fails whatever it holds
    if home[0].rule == "unknown" and all(_is_stranger(spot) for spot in cluster):
        return True
    if not {spot.place for spot in cluster} <= {spot.place for spot in home}:
        return False
    if all(spot.rule == "whole" for spot in cluster):
        return True
    empty = all(spot.rule == "text" and all(v.endswith("-empty") for v in spot.failing) for spot in cluster)
    return empty and home[0].rule == "absent"


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


def _lenient(clusters: list[list[_Spot]], met: Met, *, dying: bool) -> list[list[_Spot]]:
    """A reader that takes many kinds of malformed bodies is one cause: it is no JSON reader.

    What is no text, and constants, are causes of their own, unless there is nothing at all that it refuses. Who
    dies of most malformed texts has nothing that catches what its reader raises, of bytes that are no text as well.
    """
    own: tuple[str, ...] = ("constants", "encoding")
    share = _share(clusters, met)
    if set(share.values()) == {1.0}:
        own = ()
    elif dying and share.get("text", 0.0) > _MOST:
        own = ("constants",)
    loose = [c for c in clusters if c[0].kind == "malformed" and c[0].rule not in own]
    if len(loose) < 2:
        return clusters
    rest = [c for c in clusters if c not in loose]
    return [*rest, [spot for cluster in loose for spot in cluster]]


def _is_stranger(spot: _Spot) -> bool:
    """Whether a body was taken back to a property that the contract does not know."""
    terms = spot.verdicts[0].case.terms
    if terms is None or spot.rule != "whole":
        return False
    return not any(
        rule.pointer == spot.place or rule.pointer.startswith(spot.place + "/") for rule in terms.constraints
    )


_MOST = 0.5


def _share(clusters: list[list[_Spot]], met: Met) -> dict[str, float]:
    """How many fail of the malformed bodies that must be refused: of texts, of what is none, of constants.

    Constants pass many a JSON reader: they count where some fail.
    """
    failing = {s.rule: s.failing for c in clusters for s in c if s.kind == "malformed"}
    failed: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for (kind, _, rule), variants in met.items():
        refusable = {name for name, expect in variants.items() if expect == "reject"}
        if kind == "malformed" and refusable and (rule != "constants" or rule in failing):
            what = rule if rule in ("constants", "encoding") else "text"
            given[what] += len(refusable)
            failed[what] += len(refusable & failing.get(rule, set()))
    return {what: failed[what] / number for what, number in given.items()}


def _outside_of_unions(groups: list[Group]) -> list[Group]:
    """What is broken within a branch of a union and outside of unions in the very same way is told of the latter.

    An object that may be null, and that stands elsewhere as well, has its rules at both places; the first breaks
    ``anyOf``, the second the rule itself.
    """
    if not any(map(_is_inside, groups)):
        return groups
    homes = [(one, _broken(one)) for one in groups if not _is_inside(one)]
    apart: list[Group] = []
    for made in groups:
        mine = _broken(made) if _is_inside(made) else set()
        home = next((one for one, told in homes if mine and mine <= told), None)
        if home is None:
            apart.append(made)
        else:
            home.lead = home.first
            home.verdicts.extend(made.verdicts)
            home.locations.extend(place for place in made.locations if place not in home.locations)
    return apart


def _is_inside(group: Group) -> bool:
    """Whether all that is broken is broken within a branch of a union."""
    return all(verdict.case.keyword in _UNIONS for verdict in group.verdicts)


_UNIONS = frozenset({"anyOf", "oneOf"})


def _broken(group: Group) -> set[tuple[str, str]]:
    """Which rules of which fields are broken, wherever those stand: the field's name, and what it must be.

    Where it is only known that no branch fits, that says nothing beside what is known of the same field.
    """
    told = {
        (pattern(v.case, v.pointer).rpartition("/")[2], v.case.because.partition(" ")[2])
        for v in group.verdicts
        if v.case.kind == "invalid" and v.case.because.startswith("/")
    }
    plain = {one for one in told if one[1].startswith("must ")}
    return plain if {field for field, _ in plain} == {field for field, _ in told} else told


def _group_of(cluster: list[_Spot]) -> Group:
    verdicts = [v for spot in cluster for v in spot.verdicts]
    return Group(verdicts, locations_of(verdicts))


def _explained(groups: list[Group], whole: list[Verdict]) -> list[Group]:
    """Bodies of many differences join the group of a failure whose one difference they contain."""
    left: list[Verdict] = []
    for verdict in whole:
        home = next((g for g in groups if any(contains(verdict.case, v.case) for v in g.verdicts[:40])), None)
        if home is not None:
            home.verdicts.append(verdict)
        else:
            left.append(verdict)
    if left:
        groups = [*groups, Group(left, [""])]
    return groups


def contains(body: Case, single: Case) -> bool:
    """Whether ``body`` has at ``single``'s place what ``single`` has there."""
    if not single.at:
        return False
    try:
        one, other = strict_loads(body.body), strict_loads(single.body)
    except (ValueError, RecursionError):
        return False
    mine = get(one, single.at)
    return bool(mine == get(other, single.at)) if mine is not MISSING else get(other, single.at) is MISSING
