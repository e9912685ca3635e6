"""Structure: one value for a whole node, constructed and then checked where construction is not enough.

What a leaf should say is somebody else's wish (see ``_realistic``); here the wish is made to fit its
keywords, and objects, arrays, maps and choices are put together around the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from contract_kit.errors import ImpossibleSchema, SpecError, UnsupportedKeyword
from contract_kit.jsonio import MISSING, compact, join
from contract_kit.shape import Node, json_type

from ._entry_names import entry_names, spare_names
from ._judge import judge_of, opposites_of, told_apart
from ._order import CHECKED, branch_order, needs_check, room, types_in_order, without
from ._regex import matching
from ._scalar import fit

if TYPE_CHECKING:
    from contract_kit.schema import Validator

__all__ = ["Builder", "Built", "Decided", "Decision", "TooLarge", "build", "judge_of", "plain_leaf"]

Decision = tuple[str, int]
"""A choice that was settled: the pointer of its node, and how many were settled there before."""


class Decided(NamedTuple):
    """Which branch was taken, of how many, and the keyword whose choice it was."""

    branch: int
    among: int
    keyword: str


Leaf = Callable[[Node, str], Any]
Want = Callable[[str], bool]

_DEEPEST = 40
_MOST_BENDS = 3
_MOST_STEPS = 50_000
_BEND = 20
"""Steps that a try against a ``not`` counts: each asks validators of its own."""
_MOST_ITEMS = 10_000


def plain_leaf(node: Node, at: str) -> Any:
    """A leaf without realism: ``None`` wishes for nothing, so the keywords alone decide."""
    del node, at
    return None


class Exhausted(SpecError):
    """No value was found among so many tries: choices that exclude each other have no end."""

    def __init__(self, pointer: str, steps: int) -> None:
        super().__init__(
            f"{pointer or '/'}: no value was found within {steps:,} steps; make its choices fewer"
        )


class TooLarge(Exception):
    """A value has more places than its builder was allowed."""


@dataclass(frozen=True, slots=True)
class Built:
    """A value with the settled node (no open choices) of each of its places, by actual pointer.

    ``decided`` says of each choice which branch was taken.
    """

    value: Any
    nodes: Mapping[str, Node]
    decided: Mapping[Decision, Decided]


@dataclass(slots=True)
class Builder:
    """Builds values for nodes.

    ``leaf`` wishes for a scalar; ``want`` says whether an optional property (by its pointer with ``*``) is
    to be present; ``forced`` settles choices by ``(pointer, number of the choice)``; ``fixed`` gives whole
    values by pointer (the event's pinned name).
    """

    leaf: Leaf = plain_leaf
    want: Want = lambda _pointer: True
    items: int = 3
    entries: int = 3
    forced: Mapping[Decision, int] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    deepest: int = 0
    """How often a schema may hold itself."""
    limit: int | None = None
    """How many places a value may have: :class:`TooLarge` is raised beyond."""
    patience: int = _MOST_STEPS
    """How many steps a search may take."""
    bending: int = 0
    quiet: Want | None = None
    """Says of a pointer that no option of this builder reaches what stands there: it may be shared."""
    shared: dict[Any, Any] = field(default_factory=dict)
    """What was built at quiet places, for all builders of a document that have the same leaves."""
    steps: int = 0
    nodes: dict[str, Node] = field(default_factory=dict)
    decided: dict[Decision, Decided] = field(default_factory=dict)

    def build(self, node: Node, at: str = "") -> Built:
        """The value; ``ImpossibleSchema`` where there can be none, with the pointer of the contradiction."""
        self.nodes, self.decided, self.steps = {}, {}, 0
        value = self._value(node, at, 0)
        return Built(value, self.nodes, self.decided)

    # -- choices ------------------------------------------------------------------------------

    def _value(self, node: Node, at: str, depth: int) -> Any:
        if node.impossible:
            raise ImpossibleSchema(node.pointer, "it is the false schema")
        if depth > _DEEPEST:
            raise ImpossibleSchema(node.pointer, "it requires itself without end")
        self.steps += 1
        if self.steps > self.patience:
            raise Exhausted(node.pointer, self.patience)
        if self.quiet is not None and node.fresh and at and self.quiet(node.pointer):
            return self._once(node, at, depth)
        return self._chosen(node, at, depth) if node.choices else self._settled(node, at, depth)

    def _once(self, node: Node, at: str, depth: int) -> Any:
        """What stands at a quiet place, built once for all builders that share."""
        key = (at, node.identity, self.items, self.entries)
        if key not in self.shared:
            inner = Builder(self.leaf, _never, self.items, self.entries, fixed=self.fixed)
            value = inner._chosen(node, at, depth) if node.choices else inner._settled(node, at, depth)
            # The node is kept beside it: its parts must live as long as the key that names them.
            self.shared[key] = (value, inner.nodes, inner.decided, node)
        value, nodes, decided, _ = self.shared[key]
        self.nodes.update(nodes)
        self.decided.update(decided)
        return value

    def _chosen(self, node: Node, at: str, depth: int) -> Any:
        """Settle the first open choice, trying branches in the order of :func:`branch_order`."""
        decision = (node.pointer, node.settled)
        forced = self.forced.get(decision)
        deep = node.recursions > self.deepest
        order = branch_order(node, shallow=deep) if forced is None else [forced]
        trouble: ImpossibleSchema | UnsupportedKeyword | None = None
        judge = judge_of(node)
        for branch in order:
            kept, before = dict(self.nodes), dict(self.decided)
            choice = node.choices[0]
            self.decided.setdefault(decision, Decided(branch, len(choice.branches), choice.keyword))
            try:
                value = self._value(node.pick(0, branch), at, depth + 1)
            except (ImpossibleSchema, UnsupportedKeyword) as error:
                trouble = trouble or error
            else:
                if not judge.is_valid(value):
                    value = self._mended(node.pick(0, branch), value, at, judge)
                if value is not MISSING:
                    return value
            self.nodes.clear()
            self.nodes.update(kept)
            self.decided.clear()
            self.decided.update(before)
        if trouble is not None:
            raise trouble
        raise ImpossibleSchema(node.pointer, f"no branch of {node.choices[0].keyword} could be satisfied")

    def _settled(self, node: Node, at: str, depth: int) -> Any:
        self.nodes[at] = node
        if self.limit is not None and len(self.nodes) > self.limit:
            raise TooLarge
        if node.pointer in self.fixed:
            return self.fixed[node.pointer]
        if not node.types:
            raise ImpossibleSchema(node.pointer, "no type is allowed by all of its parts")
        members = node.enum
        if members is not None:
            return self._member(node, at, members)
        trouble: ImpossibleSchema | None = None
        for name in types_in_order(node):
            try:
                value = self._typed(node, name, at, depth)
            except ImpossibleSchema as error:
                trouble = trouble or error
                continue
            if not needs_check(node) or judge_of(node).is_valid(value):
                return value
            value = self._mended(node, value, at, judge_of(node))
            value = _varied(node, name) if value is MISSING else value
            if value is not MISSING:
                return value
        value = self._bent(node, at, depth)
        if value is not MISSING:
            return value
        if trouble is not None:
            raise trouble
        unmet = next((k for k in CHECKED if node.keyword(k) is not None), "its keywords")
        raise UnsupportedKeyword(unmet, node.pointer)

    def _mended(self, node: Node, value: Any, at: str, judge: Validator) -> Any:
        """``value`` without the optional properties that it cannot bear, or ``MISSING``."""
        if not isinstance(value, dict):
            return MISSING
        firm = {*node.required, *(name for name in value if join(node.pointer, name) in self.fixed)}
        kept = {name for name in value if name in firm}
        if judge.is_valid({name: value[name] for name in value if name in kept}):
            for name in value:
                if judge.is_valid({n: item for n, item in value.items() if n in kept or n == name}):
                    kept.add(name)
        else:
            fewer = next((n for n in value if n not in firm and judge.is_valid(without(value, n))), None)
            if fewer is None:
                return MISSING
            kept = set(value) - {fewer}
        for name in set(value) - kept:
            gone = join(at, name)
            for place in [p for p in self.nodes if p == gone or p.startswith(gone + "/")]:
                del self.nodes[place]
        return {name: item for name, item in value.items() if name in kept}

    def _bent(self, node: Node, at: str, depth: int) -> Any:
        """A value for a node whose ``not`` is in the way: one that breaks what is forbidden, or ``MISSING``."""
        forbidden = [schema for schema in node.all_of("not") if isinstance(schema, dict)]
        if not forbidden or self.bending > _MOST_BENDS:
            return MISSING
        self.bending += 1
        try:
            for schema in forbidden:
                for other in opposites_of(node, schema):
                    self.steps += _BEND
                    narrow = node.narrowed(other)
                    try:
                        value = self._value(narrow, at, depth + 1)
                    except (ImpossibleSchema, UnsupportedKeyword):
                        continue
                    if judge_of(node).is_valid(value):
                        return value
        finally:
            self.bending -= 1
        return MISSING

    def _member(self, node: Node, at: str, members: tuple[Any, ...]) -> Any:
        wish = self.leaf(node, at)
        judge = judge_of(node)
        fine = [m for m in members if judge.is_valid(m)]
        if not fine:
            raise ImpossibleSchema(node.pointer, "no member of its enum satisfies the other keywords")
        full = [m for m in fine if m is not None] or fine
        return next((m for m in full if m == wish and json_type(m) == json_type(wish)), full[0])

    def _typed(self, node: Node, name: str, at: str, depth: int) -> Any:
        if name == "object":
            return self._object(node, at, depth)
        if name == "array":
            return self._array(node, at, depth)
        return fit(node, name, self.leaf(node, at))

    # -- objects ------------------------------------------------------------------------------

    def _object(self, node: Node, at: str, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        most = node.keyword("maxProperties")
        required = set(node.required)
        for name, child in node.properties.items():
            if name in required or (self._wanted(child, name) and room(value, required, most)):
                self._property(value, name, child, at, depth, needed=name in required)
        for name in node.required:
            if name not in value:
                value[name] = self._value(node.child(name), join(at, name), depth + 1)
        self._entries(node, value, at, depth, most)
        self._dependents(node, value, at, depth)
        self._fill(node, value, at, depth)
        if most is not None and len(value) > most:
            raise ImpossibleSchema(node.pointer, f"more properties are required than maxProperties {most}")
        return value

    def _wanted(self, child: Node, name: str) -> bool:
        del name
        return child.recursions <= self.deepest and self.want(child.pointer)

    def _property(
        self, value: dict[str, Any], name: str, child: Node, at: str, depth: int, *, needed: bool
    ) -> None:
        """Build one declared property; one that is impossible is refused wherever it would be met."""
        before = dict(self.nodes)
        try:
            value[name] = self._value(child, join(at, name), depth + 1)
        except ImpossibleSchema:
            if needed or child.recursions == 0:
                raise
            self.nodes.clear()
            self.nodes.update(before)

    def _entries(self, node: Node, value: dict[str, Any], at: str, depth: int, most: int | None) -> None:
        """Entries of a map and of ``patternProperties``."""
        for pattern, child in node.patterns.items():
            key = matching(pattern)
            if key is not None and key not in value and room(value, set(), most) and self.want(child.pointer):
                self._entry(node, value, key, at, depth)
        if node.values is None or node.values.impossible or node.values.recursions > self.deepest:
            return
        if not self.want(node.values.pointer):
            return
        for key in entry_names(node, self.entries)[: self.entries]:
            if key not in value and room(value, set(), most):
                self._entry(node, value, key, at, depth)

    def _entry(self, node: Node, value: dict[str, Any], key: str, at: str, depth: int) -> None:
        """One entry of a map, left out where no value is possible: a map may be empty."""
        child = node.child(key, star=True)
        before = dict(self.nodes)
        try:
            value[key] = self._value(child, join(at, key), depth + 1)
        except ImpossibleSchema:
            self.nodes.clear()
            self.nodes.update(before)

    def _dependents(self, node: Node, value: dict[str, Any], at: str, depth: int) -> None:
        for part in node.all_of("dependentRequired"):
            for trigger, names in part.items():
                for name in names if trigger in value else ():
                    if name not in value:
                        value[name] = self._value(node.child(name), join(at, name), depth + 1)

    def _fill(self, node: Node, value: dict[str, Any], at: str, depth: int) -> None:
        """Reach ``minProperties``: first with declared properties, then with further keys."""
        least = node.keyword("minProperties") or 0
        if least > _MOST_ITEMS:
            raise UnsupportedKeyword("minProperties", node.pointer)
        for name, child in node.properties.items():
            if len(value) < least and name not in value:
                value[name] = self._value(child, join(at, name), depth + 1)
        names = spare_names(node, least, self.entries)
        while len(value) < least:
            key = next(names, None)
            if key is None:
                raise ImpossibleSchema(
                    node.pointer, f"fewer properties are allowed than minProperties {least}"
                )
            if key not in value:
                value[key] = self._value(node.child(key, star=True), join(at, key), depth + 1)

    # -- arrays -------------------------------------------------------------------------------

    def _array(self, node: Node, at: str, depth: int) -> list[Any]:
        least, most = node.keyword("minItems") or 0, node.keyword("maxItems")
        if most is not None and least > most:
            raise ImpossibleSchema(node.pointer, f"minItems {least} is over maxItems {most}")
        for keyword in ("minItems", "minContains"):
            if (node.keyword(keyword) or 0) > _MOST_ITEMS:
                raise UnsupportedKeyword(keyword, node.pointer)
        size = max(
            least, min(self.items if most is None else most, self.items), min(len(node.prefix), most or 99)
        )
        wanted = node.all_of("contains") if (node.keyword("minContains") or 1) > 0 else []
        due = (node.keyword("minContains") or 1) if wanted else 0
        unique = bool(node.keyword("uniqueItems"))
        value: list[Any] = []
        while (len(value) < size or due) and (most is None or len(value) < most):
            child, needed = node.item(len(value)), len(value) < least or due
            if child.impossible or (child.recursions > self.deepest and not needed):
                break
            taken = value if unique else None
            first = len(value) < len(node.prefix)
            try:
                item, found = self._sought(
                    child, wanted if due else [], at, len(value), depth, taken, first=first
                )
            except ImpossibleSchema:
                if needed:
                    raise
                break  # an array may end where no item is possible
            if item is MISSING:
                break
            value.append(item)
            due -= found
        if len(value) < least:
            raise ImpossibleSchema(node.pointer, f"minItems {least} cannot be reached")
        if due:
            raise ImpossibleSchema(node.pointer, "there is no room for the items that it must contain")
        return value

    def _sought(
        self,
        child: Node,
        wanted: list[Any],
        at: str,
        index: int,
        depth: int,
        taken: list[Any] | None,
        *,
        first: bool,
    ) -> tuple[Any, bool]:
        """An item, if it may be one of those that must be contained, and whether it is.

        Where the prefix allows none (``first``), they come behind.
        """
        kept, before = dict(self.nodes), dict(self.decided)
        try:
            return self._item(child.also(*wanted) if wanted else child, at, index, depth, taken), bool(wanted)
        except ImpossibleSchema:
            if not wanted or not first:
                raise
            self.nodes.clear()
            self.nodes.update(kept)
            self.decided.clear()
            self.decided.update(before)
            return self._item(child, at, index, depth, taken), False

    def _item(self, child: Node, at: str, index: int, depth: int, taken: list[Any] | None) -> Any:
        """One item; with ``taken`` given, one that is not among them (``MISSING`` when there is none left)."""
        here = join(at, index)
        value = self._value(child, here, depth + 1)
        if taken is None:
            return value
        known = {compact(item) for item in taken}
        if compact(value) not in known:
            return value
        for other in child.enum or ():
            if compact(other) not in known:
                return other
        for name in child.types:
            if name in ("string", "integer", "number"):
                for variant in range(1, 40):
                    other = fit(child, name, None, variant=variant)
                    if compact(other) not in known:
                        return other
        return told_apart(child, value, known)


def _varied(node: Node, name: str) -> Any:
    """A scalar that satisfies all that is said of a node, where the wished-for one did not; or ``MISSING``.

    What looks down on it (another branch that must not hold too) may want another one than its own rules.
    """
    judge = judge_of(node)
    for variant in range(_VARIANTS if name in ("string", "integer", "number") else 0):
        try:
            value = fit(node, name, None, variant=variant)
        except (ImpossibleSchema, UnsupportedKeyword):
            continue
        if judge.is_valid(value):
            return value
    return MISSING


_VARIANTS = 12


def _never(_pointer: str) -> bool:
    return False


def build(node: Node, leaf: Leaf = plain_leaf, **options: Any) -> Any:
    """One value that satisfies ``node`` (see :class:`Builder` for the options)."""
    return Builder(leaf, **options).build(node).value
