"""What a consumer does not check at all: a subtree, or the body as a whole, is one cause however many its rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ._place import holders, pattern
from ._rules import Group, locations_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from contract_kit.model import Verdict

    from ._place import Met

__all__ = ["unchecked"]

_SEVERAL_RULES, _SEVERAL_RULES_OF_ALL = 3, 2
"""How many keywords must be broken with impunity before it is no longer a rule that is missing."""
_SEVERAL_PLACES = 4
_NEARLY = 0.9
"""The share of all broken bodies that a consumer takes that looks at next to nothing."""


def unchecked(
    failures: list[Verdict], below: Mapping[str, int], crashed: Iterable[Verdict], met: Met
) -> tuple[list[Group], list[Verdict]]:
    """Groups of the false accepts of whole subtrees, and the failures that are left.

    ``below`` says how many bodies were judged that break a rule below each place, ``crashed`` which ones ended
    in a crash or a hang: those were not refused either, but show nothing. ``met`` is what was judged at all.
    """
    broken = [v for v in failures if v.case.kind == "invalid"]
    taken = Counter(holder for v in broken for holder in holders(v.case.at))
    lost = Counter(holder for v in crashed if v.case.kind == "invalid" for holder in holders(v.case.at))
    bare_all = _is_bare(taken[""], lost[""], below.get("", 0) * _NEARLY)
    if bare_all and _is_wide(broken):
        return _everything(broken, failures, met)
    bare = {
        holder
        for holder, count in taken.items()
        if holder and _is_bare(count, lost[holder], below.get(holder, 0))
    }
    highest = {holder for holder in bare if not bare.intersection(holders(holder))}
    groups, rest = _subtrees(failures, highest)
    for made in groups:
        made.checked = _checked_beside(made, bare, below)
    return groups, rest


def _checked_beside(made: Group, bare: Collection[str], below: Mapping[str, int]) -> tuple[str, ...]:
    """The items of a list that are checked, where others of it are not."""
    if made.below is None or not made.below.endswith("/*"):
        return ()
    some = made.verdicts[0].case
    lists = {at.rpartition("/")[0] for at in bare if pattern(some, at) == made.below}
    beside = (at for at in below if at.rpartition("/")[0] in lists and at.rpartition("/")[2].isdecimal())
    return tuple(sorted(at for at in beside if at not in bare))


def _is_wide(broken: list[Verdict]) -> bool:
    """Whether failures tell of the body as a whole: a choice of cases about one field says nothing of others."""
    places = {pattern(v.case) for v in broken}
    return len(places) >= _SEVERAL_PLACES and len({v.case.keyword for v in broken}) >= _SEVERAL_RULES_OF_ALL


def _is_bare(taken: int, lost: int, judged: float) -> bool:
    """Whether nothing was refused, and the better half was taken."""
    return taken + lost >= judged and taken >= lost


def _everything(
    broken: list[Verdict], failures: list[Verdict], met: Met
) -> tuple[list[Group], list[Verdict]]:
    """One group of all rules; of what is no JSON, too, where nothing is refused there either."""
    rest = [v for v in failures if v.case.kind != "invalid"]
    damaged = [v for v in rest if v.case.kind == "malformed"]
    judged = sum(
        expect == "reject" for key, told in met.items() if key[0] == "malformed" for expect in told.values()
    )
    group = Group(list(broken), locations_of(broken), below="")
    if damaged and len(damaged) >= judged * _NEARLY:
        group.verdicts += damaged
        rest = [v for v in rest if v.case.kind != "malformed"]
    return [group], rest


def _subtrees(failures: list[Verdict], highest: set[str]) -> tuple[list[Group], list[Verdict]]:
    """A group for each of the ``highest`` places; what is wrong with the place itself belongs to it."""
    groups: dict[str, Group] = defaultdict(Group)
    rest: list[Verdict] = []
    for verdict in failures:
        at = verdict.case.at
        home = highest.intersection((at, *holders(at))) if verdict.case.kind == "invalid" else None
        if home:
            place = pattern(verdict.case, home.pop())
            groups[place].below = place
            groups[place].verdicts.append(verdict)
        else:
            rest.append(verdict)
    for place, made in list(groups.items()):
        if (
            len({v.case.keyword for v in made.verdicts if v.case.at.count("/") > place.count("/")})
            < _SEVERAL_RULES
        ):
            rest.extend(groups.pop(place).verdicts)
        else:
            made.locations = list(dict.fromkeys([place, *locations_of(made.verdicts)]))
    return list(groups.values()), rest
