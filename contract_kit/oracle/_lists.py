"""Lists: items in their order, items left out on purpose, lists that came out as sets or as dicts by id."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import escape_token
from contract_kit.model import NOTHING
from contract_kit.oracle._bound import Bound, Frame, items_of, signatures
from contract_kit.oracle._change import Change
from contract_kit.oracle._plain import leaf_kind

if TYPE_CHECKING:
    from contract_kit.oracle._bound import Path
    from contract_kit.oracle._compare import Walk
    from contract_kit.oracle._plain import Plain

__all__ = ["compare_keyed", "compare_list"]
_MANY = 40
"""Items that are compared each with each; above, what makes them recognisable must do."""


class _Pairing:
    """One list beside what came out of it; compares items on demand, within a budget."""

    def __init__(self, walk: Walk, path: Path, pointer: str, sent: list[Any], came: list[Plain]) -> None:
        self.walk, self.path, self.pointer = walk, (*path, "*"), pointer
        self.sent, self.came = sent, came
        bound = walk.table.bound.get(path)
        source = bound.source if bound is not None and bound.source is not None else pointer
        self.source = f"{source}/*"
        self.budget = 6 * (len(sent) + len(came)) + 2_000

    def changes(self, at: int, of: int, fresh: Plain = NOTHING) -> list[Change]:
        """The changes of item ``at`` that came out, read as item ``of`` that was sent."""
        self.budget -= 1
        walk = self.walk
        kept, walk.changes = walk.changes, []
        here = f"{self.pointer}/{of}"
        walk.frames.append(Frame(self.source, here, self.sent[of]))
        try:
            walk.covered.add(here)
            walk.visit(self.path, self.came[at], fresh, (here, self.sent[of]))
            return walk.changes
        finally:
            walk.frames.pop()
            walk.changes = kept

    def fits(self, at: int, of: int) -> bool:
        """Whether item ``at`` that came out is item ``of`` that was sent."""
        return self.budget > 0 and not self.changes(at, of)

    def subsequence(self) -> list[int] | None:
        """For each item that came out the index that it had, in order; ``None`` if there is none."""
        found: list[int] = []
        of = 0
        for at in range(len(self.came)):
            while of < len(self.sent) and not self.fits(at, of):
                of += 1
            if of == len(self.sent):
                return None
            found.append(of)
            of += 1
        return found

    def shuffled(self) -> list[int] | None:
        """The same in any order."""
        left = list(range(len(self.sent)))
        found: list[int] = []
        for at in range(len(self.came)):
            hit = next((of for of in left if self.fits(at, of)), None)
            if hit is None:
                return None
            left.remove(hit)
            found.append(hit)
        return found

    def is_shuffled(self) -> bool:
        """Whether the same items came out in another order."""
        if len(self.sent) > _MANY:
            return signatures(self.sent) == signatures(self.came)
        return self.shuffled() is not None


def _report(walk: Walk, pointer: str, sent: Any, came: Plain, how: str) -> None:
    walk.add(Change(pointer, sent, came, how))


def compare_list(
    walk: Walk, path: Path, pointer: str, sent: list[Any], came: Plain, fresh: Plain, bound: Bound | None
) -> None:
    """Compare a list that came out as a list or a set."""
    items = items_of(came) or []
    if len(items) < len(sent):
        sent = _telling(walk, path, sent, items)
    pairing = _Pairing(walk, path, pointer, sent, items)
    if leaf_kind(came) == "set":
        _compare_set(walk, pairing, came, bound)
        return
    if bound is not None and bound.rule == "part":
        _compare_part(walk, pairing)
        return
    if len(items) == len(sent):
        _compare_equal_length(walk, pairing, came, fresh)
    elif len(items) < len(sent):
        _compare_shorter(walk, pairing, came)
    else:
        _report(walk, pointer, sent, came, f"came out with {len(items)} items in place of {len(sent)}")


def _telling(walk: Walk, path: Path, sent: list[Any], items: list[Plain]) -> list[Any]:
    """The items of ``sent`` that hold what a list of one of their fields carries: others have no part in it.

    Where something empty stands for them they have.
    """
    bound = walk.table.bound.get((*path, "*"))
    if bound is None or bound.source is None or any(isinstance(item, (dict, list)) for item in items):
        return sent
    if any(item is None or item == "" for item in items):
        return sent
    field = bound.source.rpartition("/*/")[2]
    return [item for item in sent if not isinstance(item, dict) or item.get(field) not in (None, "")]


def _compare_equal_length(walk: Walk, pairing: _Pairing, came: Plain, fresh: Plain) -> None:
    if _is_permutation(pairing.sent, pairing.came):
        _report(walk, pairing.pointer, pairing.sent, came, "items re-ordered")
        return
    fresh_items = items_of(fresh) or []
    found = [
        pairing.changes(i, i, fresh_items[i] if i < len(fresh_items) else NOTHING)
        for i in range(len(pairing.sent))
    ]
    if not any(found):
        walk.opened.add(pairing.pointer)
        return
    if sum(map(bool, found)) > 1 and pairing.is_shuffled():
        _report(walk, pairing.pointer, pairing.sent, came, "items re-ordered")
        return
    for changes in found:
        for change in changes:
            walk.add(change)


def _is_permutation(sent: list[Any], came: list[Plain]) -> bool:
    """Whether the very items came out in another order: quick, and beyond doubt."""
    try:
        one, two = ([marshal.dumps(item, 2) for item in items] for items in (sent, came))
    except ValueError:  # nested too deep for it
        return False
    return one != two and sorted(one) == sorted(two)


def _compare_shorter(walk: Walk, pairing: _Pairing, came: Plain) -> None:
    sent, items, pointer = pairing.sent, pairing.came, pairing.pointer
    if not items:
        if not walk.may_drop and not _is_filtered(walk, pairing, []):
            _report(walk, pointer, sent, came, "came out empty")
        return
    if _is_each_once(walk, pairing):
        return
    kept = pairing.subsequence()
    if kept is None:
        order = pairing.shuffled()
        how = f"shortened from {len(sent)} to {len(items)} items"
        _report(walk, pointer, sent, came, how if order is None else how + " and re-ordered")
        return
    stay = set(kept)
    dropped = [index for index in range(len(sent)) if index not in stay]
    if _is_filtered(walk, pairing, kept):
        return
    again = any(sent[index] in [sent[other] for other in kept[:place]] for place, index in enumerate(kept))
    if not again and all(any(sent[index] == sent[other] for other in kept) for index in dropped):
        _report(walk, pointer, sent, came, "repeated items dropped")
    elif kept == list(range(len(items))):
        _report(walk, pointer, sent, came, f"shortened from {len(sent)} to {len(items)} items")
    else:
        _report(walk, pointer, sent, came, f"{len(dropped)} of {len(sent)} items dropped")


def _is_each_once(walk: Walk, pairing: _Pairing) -> bool:
    """Whether a list under a name of its own has each value of one field of the items, and each once, as a set would.

    ``sorted({item["provider"] for item in items})`` leaves out nothing.
    """
    path, items = pairing.path, pairing.came
    bound, below = walk.table.bound.get(path[:-1]), walk.table.bound.get(path)
    if bound is None or bound.named or below is None or below.source is None:
        return False
    field = below.source.rpartition("/*/")[2]
    wanted = [item.get(field) for item in pairing.sent if isinstance(item, dict)]
    if not wanted or not all(isinstance(value, str) for value in (*wanted, *items)):
        return False
    return len(set(items)) == len(items) and set(items) == set(wanted)


def _is_filtered(walk: Walk, pairing: _Pairing, kept: list[int]) -> bool:
    """Whether the items left out have, in an enum field, a member that no item has that ever came out.

    A consumer that gives the published ones under a name of its own is in its right, even if calibration
    showed it no others.
    """
    bound = walk.table.bound.get(pairing.path[:-1])
    if bound is None or (bound.named and bound.rule != "keyed"):
        return False
    stay, base = set(kept), pairing.source
    gone = [item for index, item in enumerate(pairing.sent) if index not in stay]
    if not gone or not all(isinstance(item, dict) for item in gone):
        return False
    for name in gone[0]:
        place = f"{base}/{escape_token(name)}"
        if not walk.places.is_enum(place):
            continue
        taken = set(walk.table.kept.get(place, ()))
        taken |= {
            pairing.sent[i].get(name)
            for i in stay
            if isinstance(pairing.sent[i], dict) and isinstance(pairing.sent[i].get(name), str)
        }
        if taken and all(isinstance(item.get(name), str) and item[name] not in taken for item in gone):
            return True
    return False


def _compare_part(walk: Walk, pairing: _Pairing) -> None:
    """A list that is known to leave items out: those that came out must be some that went in."""
    if pairing.subsequence() is not None or pairing.shuffled() is not None:
        return
    for at in range(len(pairing.came)):
        tried = [pairing.changes(at, of) for of in range(min(len(pairing.sent), 50))]
        for change in min(tried, key=len, default=[]):
            walk.add(change)


def _compare_set(walk: Walk, pairing: _Pairing, came: Plain, bound: Bound | None) -> None:
    sent, items = pairing.sent, pairing.came
    partly = bound is not None and bound.rule == "part"
    # A set of one field of the items holds each value once.
    partly = partly or (
        any(isinstance(item, dict) for item in sent)
        and not any(isinstance(item, (dict, list)) for item in items)
    )
    if pairing.shuffled() is None:
        _report(walk, pairing.pointer, sent, came, "items changed")
    elif len(items) < len(sent) and not partly:
        distinct = [item for index, item in enumerate(sent) if item not in sent[:index]]
        how = "repeated items dropped" if len(distinct) == len(items) else "items dropped"
        _report(walk, pairing.pointer, sent, came, how)


def compare_keyed(
    walk: Walk, path: Path, pointer: str, sent: list[Any], came: dict[str, Plain], fresh: Plain, bound: Bound
) -> None:
    """Compare a list that came out as a dict by one field of its items.

    Items without the field, and all but the last of those that share it, have no place in such a dict.
    """
    by: dict[str, int] = {}
    for index, item in enumerate(sent):
        key = item.get(bound.key) if isinstance(item, dict) else None
        if isinstance(key, str):
            by[key] = index
    pairing = _Pairing(walk, path, pointer, sent, list(came.values()))
    shared = len(by) < len(sent)
    for at, key in enumerate(came):
        of = by.get(key)
        if of is not None and not shared:
            below = fresh.get(key, NOTHING) if type(fresh) is dict else NOTHING
            for change in pairing.changes(at, of, below):
                walk.add(change)
    gone = [of for key, of in by.items() if key not in came]
    stay = [of for key, of in by.items() if key in came]
    if gone and not shared and not walk.may_drop and not _is_filtered(walk, pairing, stay):
        _report(walk, pointer, sent, came, f"{len(gone)} of {len(sent)} items dropped")
