"""What went in against what came out, place by place.

The rule of thumb: what a consumer leaves out is its own affair, what it hands on must be what was sent. Where
the comparison cannot tell, it says nothing.
"""

from __future__ import annotations

import json
import marshal
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import escape_token
from contract_kit.model import NOTHING
from contract_kit.oracle._again import same_result
from contract_kit.oracle._alike import SHORT, as_dict
from contract_kit.oracle._bound import MISSING, Bound, Frame, Path, Table, items_of, resolve
from contract_kit.oracle._change import Change
from contract_kit.oracle._equal import explain, is_empty, is_other, normal, same
from contract_kit.oracle._learn import learn
from contract_kit.oracle._lists import compare_keyed, compare_list
from contract_kit.oracle._places import Places
from contract_kit.oracle._plain import leaf_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_kit.oracle._plain import Plain

__all__ = ["Comparison", "Walk", "calibrate", "compare"]

_MOST_CHANGES = 20
_MOST_OWN, _TRAIT = 30, 100
"""Fields of the consumer's own that are looked at, and letters of each."""
_MANY_KEYS = 3
"""Keys of one object that are told one by one."""
_TOP = 2
"""Levels at which it pays to look whether nothing changed at all."""
_DAMAGE = frozenset({"cut", "digits", "offset", "retyped", "letters"})
_PLAIN = frozenset({"case", "space", "normal", "escape", "digits", "offset", "cut"})
"""What was done is beyond doubt, though a neighbour may hold the same value."""
_NO_PLACES = Places()
_SCALARS = frozenset({str, bool, int})
_DATA = Bound("", seen=True, rule="map")
"""How the values of a map correspond: exactly."""


class Comparison:
    """How one consumer's results correspond to bodies, learned by :func:`calibrate`."""

    def __init__(self, table: Table, places: Places) -> None:
        self.table = table
        self.places = places
        own = (path for path, bound in table.bound.items() if bound.source is None and "*" not in path)
        self._own = tuple(islice(own, _MOST_OWN))

    @property
    def comparable(self) -> bool:
        """Whether anything that comes out can be traced to what went in; else "values not compared"."""
        return any(bound.tells for bound in self.table.bound.values())

    @property
    def carried(self) -> tuple[str, ...]:
        """The places of the body that come out, sorted (``*`` for items)."""
        return tuple(
            sorted({bound.source for bound in self.table.bound.values() if bound.source is not None})
        )

    def made(self, came: Plain) -> Iterator[tuple[Path, Any]]:
        """What the consumer made of the body: the values at places that carry nothing of it, counters and all."""
        for path in self._own:
            value = came
            for part in path:
                value = value.get(part, NOTHING) if type(value) is dict else NOTHING
            if value is not NOTHING and (type(value) is tuple or not isinstance(value, (dict, list))):
                yield path, repr(value)[:_TRAIT]

    def changes(
        self,
        sent: Any,
        came: Plain,
        *,
        fresh: Plain = NOTHING,
        lossless: bool = False,
        may_drop: bool = False,
    ) -> list[Change]:
        """What is other in ``came`` than it was ``sent``.

        ``fresh`` is what a process that saw no other body gave for this one: with it, a value that was never
        sent and is no default is a sure change, without it an unsure one. ``may_drop`` takes null and empty
        for any value (cases that a consumer may refuse or ignore in part). ``lossless`` also asks that every
        declared value came out.
        """
        walk = Walk(self.table, self.places, sent, fresh_known=fresh is not NOTHING, may_drop=may_drop)
        try:
            walk.visit((), came, fresh, None)
            if lossless and self.comparable and isinstance(sent, (dict, list)):
                walk.changes.extend(_lost(walk, sent))
        except RecursionError:  # a body of hostile depth: not compared
            return []
        return walk.changes


def calibrate(pairs: Sequence[tuple[Any, Plain]], places: Places = _NO_PLACES) -> Comparison:
    """Learn from realistic bodies, whose texts are all distinct, and from what came out for each.

    Four to six full bodies that differ in every value serve well; one suffices for a result that keeps the
    names.
    """
    usable = [pair for pair in pairs if pair[1] is not NOTHING]
    return Comparison(learn(usable, places) if usable else Table(), places)


def compare(
    sent: Any, came: Plain, *, places: Places = _NO_PLACES, fresh: Plain = NOTHING, lossless: bool = False
) -> list[Change]:
    """The changes of a single result, without calibration: finds less than a calibrated comparison."""
    return calibrate([(sent, came)], places).changes(sent, came, fresh=fresh, lossless=lossless)


def _lost(walk: Walk, sent: Any) -> Iterator[Change]:
    """The topmost declared places that hold something and did not come out."""
    if "" in walk.covered and "" not in walk.opened:
        return
    heads = {each[:i] for each in walk.covered for i, letter in enumerate(each) if letter == "/"}
    stack: list[tuple[str, Any]] = [("", sent)]
    while stack:
        pointer, value = stack.pop()
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            here = f"{pointer}/{escape_token(str(key))}"
            if item is None or not walk.places.is_declared(here):
                continue
            if here in walk.opened or (here in heads and here not in walk.covered):
                if isinstance(item, (dict, list)):
                    stack.append((here, item))
            elif here not in walk.covered:
                yield Change(here, item, None, "did not come out", kind="lost")


class Walk:
    """One comparison in progress."""

    def __init__(self, table: Table, places: Places, sent: Any, *, fresh_known: bool, may_drop: bool) -> None:
        self.table = table
        self.places = places
        self.frames = [Frame("", "", sent)]
        self.fresh_known = fresh_known
        self.may_drop = may_drop
        self.changes: list[Change] = []
        self.covered: set[str] = set()
        """Pointers of what came out."""
        self.opened: set[str] = set()
        """Those of the containers of which each part was looked for."""

    def add(self, change: Change) -> None:
        """Note a change, once; a body that is wrong everywhere needs no full list."""
        if len(self.changes) < _MOST_CHANGES and change not in self.changes:
            self.changes.append(change)

    def visit(self, path: Path, came: Plain, fresh: Plain, near: tuple[str, Any] | None) -> None:
        """Compare what stands at ``path`` with its source; ``near`` is the one that its name suggests."""
        bound = self.table.bound.get(path)
        if bound is not None and bound.source is None:
            return
        if near is not None and bound is None and (path in self.table.heads or path in self.table.idle):
            # What is made of other places, or of none, is no property of that name that nobody declared.
            near = near if self.places.is_declared(near[0]) else None
        found = resolve(bound.source, self.frames) if bound is not None and bound.source is not None else near
        if found is not None:
            self.check(path, found[0], found[1], came, fresh, bound)
        elif path in self.table.heads:
            self._below(path, came, fresh)

    def _below(self, path: Path, came: Plain, fresh: Plain) -> None:
        """Go on to what is bound below a place that itself carries nothing."""
        if type(came) is dict:
            for key, item in came.items():
                self.visit((*path, key), item, _down(fresh, key), None)
        else:
            items = items_of(came) or []
            if len(items) != self.table.sizes.get(path, len(items)):
                return  # where an item stands no longer says what it is
            for index, item in enumerate(items):
                self.visit((*path, str(index)), item, _down(fresh, index), None)

    def check(
        self, path: Path, pointer: str, sent: Any, came: Plain, fresh: Plain, bound: Bound | None
    ) -> None:
        """Compare one place whose source is known."""
        self.covered.add(pointer)
        if type(came) in _SCALARS and type(came) is type(sent) and came == sent:
            return
        if bound is not None and bound.rule == "json" and type(came) is str:
            came, bound = _parsed(came), _DATA
        if sent is MISSING or sent is None:
            self._absent(path, pointer, sent, came, fresh)
        elif came is None or (self.may_drop and is_empty(came)):
            silent = bound is not None and not bound.seen
            if not (self.may_drop or silent):
                self.add(Change(pointer, sent, came, "came out as null"))
        elif len(path) < _TOP and _is_copy(sent, came):
            return
        elif isinstance(sent, dict):
            self._object(path, pointer, sent, came, fresh, bound)
        elif isinstance(sent, list):
            self._list(path, pointer, sent, came, fresh, bound)
        else:
            self._scalar(path, pointer, sent, came, bound)

    # nothing was sent

    def _absent(self, path: Path, pointer: str, sent: Any, came: Plain, fresh: Plain) -> None:
        if is_empty(came):
            return
        reason = explain(None, came) if sent is None else None
        if reason is not None:
            self.add(Change(pointer, sent, came, reason[1]))
            return
        if type(came) is dict and path in self.table.heads:
            self._below(path, came, fresh)
            return
        if self.fresh_known and same_result(came, fresh):
            return
        if type(came) is dict and self._hollow(came):
            return
        value = None if sent is MISSING else sent
        how = "was not sent" if sent is MISSING else "was sent as null"
        self.add(
            Change(pointer, value, came, f"{how}, yet a value came out", "invented", sure=self.fresh_known)
        )

    def _hollow(self, came: Plain) -> bool:
        """Whether an object holds nothing but nothing."""
        return all(is_empty(item) or (type(item) is dict and self._hollow(item)) for item in came.values())

    # objects

    def _object(
        self, path: Path, pointer: str, sent: dict[str, Any], came: Plain, fresh: Plain, bound: Bound | None
    ) -> None:
        pairs = came if type(came) is dict else as_dict(came)
        if pairs is None:
            self._other_shape(pointer, sent, came, bound)
            return
        came = pairs
        self.opened.add(pointer)
        if not self.may_drop and _is_hollow(sent, came):
            self.add(Change(pointer, sent, came, "came out with all its fields null"))
            return
        if self._is_map(path, pointer, sent, bound):
            self._map(path, pointer, sent, came, fresh)
            return
        names: dict[str, list[str]] = {}
        for name in sent:
            names.setdefault(normal(name), []).append(name)
        for key, item in came.items():
            near = None
            alike = [key] if key in sent else names.get(normal(key), [])
            if bound is None or bound.rule in {"object", "value"}:
                if len(alike) == 1:
                    near = (f"{pointer}/{escape_token(alike[0])}", sent[alike[0]])
                elif not alike and self._declared_by_name(pointer, key):
                    near = (f"{pointer}/{escape_token(key)}", MISSING)
            self.visit((*path, key), item, _down(fresh, key), near)

    def _declared_by_name(self, pointer: str, key: str) -> bool:
        here = f"{pointer}/{escape_token(key)}"
        return bool(self.places.declared) and self.places.is_declared(here)

    def _is_map(self, path: Path, pointer: str, sent: dict[str, Any], bound: Bound | None) -> bool:
        if bound is not None and bound.rule == "map":
            return True
        if path in self.table.heads or not pointer:
            return False
        return self.places.is_map(pointer) and not any(
            self.places.general(f"{pointer}/{escape_token(key)}") in self.places.declared
            and not self.places.general(f"{pointer}/{escape_token(key)}").endswith("/*")
            for key in sent
        )

    def _map(
        self, path: Path, pointer: str, sent: dict[str, Any], came: dict[str, Plain], fresh: Plain
    ) -> None:
        """Compare data with keys of its own: each key is data, and so is what the contract does not open further.

        Only in objects that the contract does not know, who respells names may respell these, too.
        """
        extra = [key for key in came if key not in sent]
        free = self.table.respelt and self.places.is_free(pointer)
        dropped: list[str] = []
        for key, value in sent.items():
            here = f"{pointer}/{escape_token(key)}"
            if key in came:
                data = _DATA if self.places.is_free(here) else None
                self.check((*path, key), here, value, came[key], _down(fresh, key), data)
            elif value is not None and len(self.changes) < _MOST_CHANGES:
                alike = next((other for other in extra if normal(other) == normal(key)), None)
                if alike is None:
                    alike = next((k for k in extra if value not in ("", None) and same(value, came[k])), None)
                if free and alike is not None and normal(alike) == normal(key):
                    extra.remove(alike)
                    self.check((*path, key), here, value, came[alike], _down(fresh, alike), _DATA)
                elif alike is not None:
                    extra.remove(alike)
                    self.add(Change(here, value, came[alike], f"its key became {alike!r}"))
                elif not self.may_drop:
                    dropped.append(key)
        if len(dropped) > 1 and not came:
            self.add(Change(pointer, sent, came, "came out empty"))
        elif len(dropped) > _MANY_KEYS:
            self.add(Change(pointer, sent, came, f"{len(dropped)} of {len(sent)} keys dropped"))
        else:
            for key in dropped:
                self.add(Change(f"{pointer}/{escape_token(key)}", sent[key], None, "the key was dropped"))
        for key in extra:
            if len(self.changes) >= _MOST_CHANGES:
                break
            if is_empty(came[key]) or (self.fresh_known and same_result(came[key], _down(fresh, key))):
                continue
            here = f"{pointer}/{escape_token(key)}"
            how = "was not sent, yet a value came out"
            self.add(Change(here, None, came[key], how, "invented", sure=self.fresh_known))

    def _other_shape(self, pointer: str, sent: Any, came: Plain, bound: Bound | None) -> None:
        """An object or a list that came out as neither: a finding only where it is certain what happened."""
        reason = explain(sent, came)
        if reason is not None and reason[0] == "retyped":
            self.add(Change(pointer, sent, came, reason[1]))
        elif bound is _DATA and leaf_kind(came) is None:
            self.add(Change(pointer, sent, came, "came out as another value"))
        elif came == "" and _holds_blank(sent):
            return
        elif came == "" or (bound is not None and bound.seen and is_empty(came) and sent):
            self.add(Change(pointer, sent, came, "came out empty"))

    # lists

    def _list(
        self, path: Path, pointer: str, sent: list[Any], came: Plain, fresh: Plain, bound: Bound | None
    ) -> None:
        if items_of(came) is not None:
            compare_list(self, path, pointer, sent, came, fresh, bound)
        elif type(came) is dict and bound is not None and bound.rule == "keyed":
            compare_keyed(self, path, pointer, sent, came, fresh, bound)
        elif type(came) is not dict:
            self._other_shape(pointer, sent, came, bound)

    # values

    def _scalar(self, path: Path, pointer: str, sent: Any, came: Plain, bound: Bound | None) -> None:
        if type(came) is dict or items_of(came) is not None:
            self._wrapped(path, pointer, sent, came, bound)
            return
        time = isinstance(sent, str) and self.places.is_time(pointer)
        equal = same(sent, came, time=time)
        if equal is None:
            return
        kind = leaf_kind(came)
        if equal:
            learned = bound is not None and kind in bound.kinds
            if kind in {"datetime", "date"} and self.places.declared and not (time or learned):
                self.add(Change(pointer, sent, came, "text became a date"))
            return
        reason = explain(sent, came)
        if self._counts(pointer, sent, came, bound, reason):
            swapped = None if reason is not None and reason[0] in _PLAIN else self._swapped(pointer, came)
            how = swapped or (reason[1] if reason else "came out as another value")
            self.add(Change(pointer, sent, came, how))

    def _counts(
        self, pointer: str, sent: Any, came: Plain, bound: Bound | None, reason: tuple[str, str] | None
    ) -> bool:
        """Whether a difference is a fault: what was learned of the place decides how much proof it takes."""
        if bound is not None and not bound.named:
            return reason is not None and reason[0] in _DAMAGE
        if self.places.is_enum(pointer) and is_other(came):
            return False
        if leaf_kind(came) in {"datetime", "date"} and reason is None:
            return False
        if bound is not None and not bound.seen:
            return reason is not None or self._swapped(pointer, came) is not None
        return bound is not None or reason is not None or type(came) is type(sent)

    def _wrapped(self, path: Path, pointer: str, sent: Any, came: Plain, bound: Bound | None) -> None:
        """A scalar that came out as an object or a list: a value object, or a change of type."""
        if path in self.table.heads or (bound is not None and not bound.named):
            return
        reason = explain(sent, came)
        if reason is not None:
            self.add(Change(pointer, sent, came, reason[1]))
        elif bound is not None and bound.seen and is_empty(came):
            self.add(Change(pointer, sent, came, "came out empty"))

    def _swapped(self, pointer: str, came: Plain) -> str | None:
        """A sentence if ``came`` is what was sent for a neighbour, or further out under the same name."""
        if not isinstance(came, str) or not came:
            return None
        frames = [Frame(f.pointer, f.pointer, f.value) for f in self.frames]
        head, _, name = pointer.rpartition("/")
        others = [f"{holder}/{name}" for holder in _above(head)] if len(came) >= SHORT else []
        around = resolve(head, frames)
        if around is not None and isinstance(around[1], dict):
            others += [f"{head}/{escape_token(key)}" for key in around[1]]
        for other in others:
            found = resolve(other, frames)
            if other != pointer and found is not None and found[1] == came:
                return f"the value of {other} came out in its place"
        return None


def _above(pointer: str) -> Iterator[str]:
    """The places that hold a place, the nearest first."""
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _is_hollow(sent: dict[str, Any], came: dict[str, Plain]) -> bool:
    """Whether an object kept its names and lost all its values (a model of another version)."""
    if len(came) < 2 or any(item is not None for item in came.values()):
        return False
    filled = {normal(name) for name, value in sent.items() if not is_empty(value)}
    return sum(normal(key) in filled for key in came) > 1


def _holds_blank(sent: Any) -> bool:
    """Whether one of an object's own fields is empty text: an expanded object may come out as its id."""
    return isinstance(sent, dict) and "" in (value for value in sent.values() if isinstance(value, str))


def _is_copy(sent: Any, came: Plain) -> bool:
    """Whether a container came out exactly as it went in: the common case, quick."""
    if type(sent) is not type(came) or type(came) not in (dict, list):
        return False
    try:
        return marshal.dumps(sent, 2) == marshal.dumps(came, 2)
    except ValueError:  # nested too deep for it
        return False


def _parsed(text: str) -> Plain:
    """The value of a container's JSON text; the text itself where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text or None


def _down(fresh: Plain, key: str | int) -> Plain:
    """What a fresh process gave one step further down, ``NOTHING`` where it gave nothing."""
    if isinstance(key, str):
        return fresh.get(key, NOTHING) if type(fresh) is dict else NOTHING
    items = items_of(fresh)
    return items[key] if items is not None and key < len(items) else NOTHING
