"""Calibration: which place of what a consumer returns carries which place of what it was sent.

A consumer may return the whole, a part, a few fields under other names, a regrouped object, a list as a dict
by id. So nothing is assumed: several realistic bodies go in, and a place that comes out is *bound* to a place
that went in where it has the same name (in any spelling, joined names too) or carries the same value each
time. A place of the same name whose value never matches is bound only where all its values are recognisable
as what was sent, changed: an always lower-cased e-mail address is a fault, an ``id`` of the consumer's own
database is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import escape_token, tokens
from contract_kit.oracle._alike import as_dict, has_scalars, likeness, tells
from contract_kit.oracle._bound import MISSING, UNRELATED, Bound, Frame, Table, items_of, resolve
from contract_kit.oracle._equal import is_empty, normal
from contract_kit.oracle._rows import by_key, holds_more, is_part, items_from, lists_of
from contract_kit.oracle._sources import Sample, Sources, is_json, places_of, proves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_kit.oracle._bound import Path, Rule
    from contract_kit.oracle._places import Places
    from contract_kit.oracle._plain import Plain

__all__ = ["learn"]

_MOST_POSITIONS = 16
_SEVERAL = 2
"""Fields that must hold what was sent before an empty one beside them is one that was lost."""
_MANY = 3
"""Fields of an item that must be its own before one that is not is a fault."""
_OF_ROWS = frozenset(
    [
        "id",
        "uuid",
        "pk",
        "key",
        "version",
        "created",
        "updated",
        "createdat",
        "updatedat",
        "deletedat",
        "createdby",
        "updatedby",
    ]
)
"""Names (without their spelling) that a row of the consumer's own has, too."""


def learn(pairs: Sequence[tuple[Any, Plain]], places: Places) -> Table:
    """The bindings that hold for all ``pairs`` of a body's JSON value and what came out for it."""
    learner = _Learner(places)
    hint = "" if all(_looks_whole(sent, came) for sent, came in pairs) else None
    learner.bind((), [Sample(came, (Frame("", "", sent),)) for sent, came in pairs], hint)
    return learner.table


def _looks_whole(sent: Any, came: Plain) -> bool:
    """Whether a result may be the body itself: a scalar for a scalar, an object with none but its names."""
    if not isinstance(sent, dict):
        return not isinstance(sent, list)
    names = {normal(name) for name in sent}
    return type(came) is dict and all(normal(key) in names for key in came)


class _Learner:
    def __init__(self, places: Places) -> None:
        self.places = places
        self.sources = Sources(places)
        self.table = Table()

    def bind(self, path: Path, samples: Sequence[Sample], hint: str | None) -> None:
        """Bind ``path`` and what is below; ``hint`` is the place that its name suggests."""
        full = [sample for sample in samples if sample.came is not None]
        if not full:
            if hint is not None:
                self.table.put(path, Bound(hint))
            else:
                self.table.idle.add(path)
        elif all(type(sample.came) is dict for sample in full):
            self._bind_dict(path, full, hint)
        elif all(items_of(sample.came) is not None for sample in full):
            self._bind_list(path, full, hint)
        else:
            self._bind_value(path, full, hint)

    # values

    def _bind_value(self, path: Path, samples: Sequence[Sample], hint: str | None) -> None:
        if hint is not None and is_json(hint, samples):
            self.table.put(path, Bound(hint, seen=True, rule="json"))
            return
        if hint is not None and (bound := self.sources.of_place(hint, samples, named=True)):
            self.table.put(path, bound)
            return
        self.table.put(path, self.sources.of_value(path, samples) or UNRELATED)

    # objects

    def _bind_dict(self, path: Path, samples: Sequence[Sample], hint: str | None) -> None:
        source = self._counterpart(samples, hint)
        if source is None and self._bind_keyed(path, samples, hint):
            return
        if source is not None:
            rule: Rule = "map" if self.places.is_map(source) or self._is_whole(source, samples) else "object"
            self.table.put(path, Bound(source, seen=True, rule=rule))
            if rule == "map":
                return
        keys = dict.fromkeys(key for sample in samples for key in sample.came)
        for key in keys:
            below = [Sample(sample.came[key], sample.frames) for sample in samples if key in sample.came]
            self.bind((*path, key), below, self._child(source, key, samples))
        if source is not None:
            self._bind_emptied(path, source, samples)
            self._bind_outer(path, source, samples)

    def _bind_emptied(self, path: Path, source: str, samples: Sequence[Sample]) -> None:
        """Bind the fields that never hold anything, of an object whose other fields hold what was sent.

        Such a field is read under another name than it has. An id, or a time of creation, may be one that the
        consumer's own database is going to fill. Two others tell that the object is the one that was sent; where it
        was sent with two fields in all, the other one does.
        """
        sizes = [len(found[1]) for sample in samples if (found := resolve(source, sample.frames))]
        wanted = max(1, min(_SEVERAL, max(sizes, default=0) - 1))
        children = {key: self._child(source, key, samples) for key in samples[0].came}
        bound = (self.table.bound.get((*path, key)) for key, child in children.items() if child is not None)
        if sum(each is not None and each.named and each.seen for each in bound) < wanted:
            return
        for key, child in children.items():
            if child is None or normal(key) in _OF_ROWS or not self.places.is_declared(child):
                continue
            sent = [found[1] for sample in samples if (found := resolve(child, sample.frames))]
            gone = all(is_empty(sample.came.get(key)) for sample in samples)
            if gone and not any(value is MISSING or is_empty(value) for value in sent):
                self.table.put((*path, key), Bound(child, seen=True))

    def _bind_outer(self, path: Path, source: str, samples: Sequence[Sample]) -> None:
        """Bind the fields that hold what an outer object has under their name, beside others that are their own.

        An outer variable that is used in an inner loop; who hands on the rest of an object means that object.
        """
        if not source.endswith("/*"):
            return
        children = {key: self._child(source, key, samples) for key in samples[0].came}
        bound = {key: self.table.bound.get((*path, key)) for key in children}
        own = [key for key, each in bound.items() if each and each.seen and each.source == children[key]]
        if len(own) < _MANY:
            return
        for key, child in children.items():
            each = bound[key]
            if child is None or each is None or each.source is None or not self.places.is_declared(child):
                continue
            outer = each.seen and not each.source.startswith(f"{source}/")
            if outer and each.source.rpartition("/")[2] == key and proves(each.source, samples):
                self.table.put((*path, key), Bound(child, kinds=frozenset({""})))

    def _child(self, source: str | None, key: str, samples: Sequence[Sample]) -> str | None:
        """The place of the same name, whatever the spelling, in the counterpart of the parent."""
        if source is None:
            return None
        wanted = normal(key)
        for sample in samples:
            found = resolve(source, sample.frames)
            names = list(found[1]) if found and isinstance(found[1], dict) else []
            for name in [key, *names]:
                if name in names and (name == key or normal(name) == wanted):
                    return f"{source}/{escape_token(name)}"
        return None

    def _is_whole(self, source: str, samples: Sequence[Sample]) -> bool:
        """Whether a free-form object comes out as data: each key of each sample, as it went in."""
        if not self.places.declared or not self.places.is_free(source):
            return False
        for sample in samples:
            found = resolve(source, sample.frames)
            if found and isinstance(found[1], dict) and not found[1].keys() <= sample.came.keys():
                return False
        return True

    def _counterpart(self, samples: Sequence[Sample], hint: str | None) -> str | None:
        """The object that the dicts of ``samples`` are made from: the one whose names and values fit best.

        Objects of one kind of sender share ids of its tenant and the like: where no name says so, one that does not
        fit every sample is another's.
        """
        scores: dict[str, float] = {}
        least: dict[str, float] = {}
        for sample in samples:
            for source, value in places_of(sample.frames, dict):
                if source != hint and self.places.is_map(source) and not _tells_all(value, sample.came):
                    scores[source] = float("-inf")  # data of another's: a key or two in common prove nothing
                    continue
                fit = likeness(sample.came, value, source, self.places)
                scores[source] = scores.get(source, 0) + fit
                least[source] = min(fit, least.get(source, fit))
        best = max(scores, key=lambda source: (scores[source], source == hint), default=None)
        if best is not None and scores[best] >= len(samples) and (best == hint or least.get(best, 0) > 0):
            return best
        if hint is None or hint not in scores:
            return None
        return hint if scores[hint] > 0 or not any(has_scalars(sample.came) for sample in samples) else None

    def _bind_keyed(self, path: Path, samples: Sequence[Sample], hint: str | None) -> bool:
        """Bind a dict that holds a list's items by one of their fields."""
        for source, first in lists_of(samples, hint):
            names = {name for item in first if isinstance(item, dict) for name in item}
            for name in sorted(names, key=lambda name: (normal(name) != "id", name)):
                below = by_key(samples, source, name)
                if below:
                    self.table.put(path, Bound(source, seen=True, rule="keyed", key=name))
                    self.bind((*path, "*"), below, f"{source}/*")
                    return True
        return False

    # lists

    def _bind_list(self, path: Path, samples: Sequence[Sample], hint: str | None) -> None:
        for source, _ in lists_of(samples, hint):
            below = items_from(source, samples)
            if below:
                # a list that kept its name is promised whole; one of another name may be a choice of items
                named = bool(path) and normal(path[-1]) == normal(tokens(source)[-1] if source else "")
                if not named and holds_more(source, below, samples):
                    continue
                rule: Rule = "part" if not named and is_part(source, samples) else "list"
                self.table.put(path, Bound(source, named=named, seen=True, rule=rule))
                self._keep(source, below)
                self.bind((*path, "*"), below, f"{source}/*")
                return
        if not any(items_of(sample.came) for sample in samples):
            self.table.put(path, Bound(hint, rule="list") if hint is not None else UNRELATED)
            return
        if self._bind_pairs(path, samples):
            return
        sizes = {len(items_of(sample.came) or ()) for sample in samples}
        if len(sizes) > 1:  # where an item stands says nothing about it
            self.table.put(path, UNRELATED)
            return
        self.table.sizes[path] = size = sizes.pop()
        for index in range(min(size, _MOST_POSITIONS)):
            below = [Sample((items_of(sample.came) or [])[index], sample.frames) for sample in samples]
            self.bind((*path, str(index)), below, None)
        self._forget_entries(path)

    def _forget_entries(self, path: Path) -> None:
        """Let go of what stands at a position because an entry of a map stood there: maps have no order.

        A field that has the entry's name is no matter of order.
        """
        for inner, bound in list(self.table.bound.items()):
            if inner[: len(path)] != path or bound.source is None or bound.rule != "value":
                continue
            holder, _, key = bound.source.rpartition("/")
            if self.places.is_map(holder) and normal(inner[-1]) != normal(key):
                self.table.put(inner, UNRELATED)

    def _bind_pairs(self, path: Path, samples: Sequence[Sample]) -> bool:
        """Bind a list of keys with their values, as ``dict.items`` gives it, like the object that it tells."""
        pairs = [as_dict(sample.came) for sample in samples]
        for source in dict(places_of(samples[0].frames, dict)):
            found = [resolve(source, sample.frames) for sample in samples]
            if all(at is not None and tells(told, at[1]) for told, at in zip(pairs, found, strict=True)):
                below = [
                    Sample(told, sample.frames) for told, sample in zip(pairs, samples, strict=True) if told
                ]
                self._bind_dict(path, below, source)
                return True
        return False

    def _keep(self, source: str, below: Sequence[Sample]) -> None:
        for sample in below:
            item = sample.frames[-1].value
            if isinstance(item, dict):
                for name, value in item.items():
                    place = f"{source}/*/{escape_token(name)}"
                    if isinstance(value, str) and self.places.is_enum(place):
                        self.table.kept.setdefault(place, set()).add(value)


def _tells_all(sent: dict[str, Any], came: dict[str, Plain]) -> bool:
    """Whether every key of an object that is data came out, in any spelling."""
    names = {normal(key) for key in came}
    return all(normal(key) in names for key in sent)
