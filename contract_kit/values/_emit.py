"""A contract as Python source that makes samples: one function a shape, for values or for JSON text.

The source only picks: everything that is dear to make stands in tables. In text mode every table holds JSON
text and objects are put together by f-strings, so a sample is never a dictionary and never encoded.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from itertools import combinations, count
from struct import Struct
from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.jsonio import compact, join
from contract_kit.values._build import Builder
from contract_kit.values._leaves import LEAVES, is_plain
from contract_kit.values._makers import METADATA_KEYS
from contract_kit.values._realistic import field_meaning
from contract_kit.values._scalar import fit
from contract_kit.values._source import Frame, Source
from contract_kit.values._worlds import padded, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_kit.shape import Node
    from contract_kit.values._build import Decided, Decision

__all__ = ["Emitter"]

_ODD = frozenset(
    [
        "not",
        "contains",
        "minContains",
        "maxContains",
        "uniqueItems",
        "dependentRequired",
        "dependentSchemas",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "patternProperties",
        "prefixItems",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)
_MOST_LEAVES = 1500
_WHOLE = 64
_OF_A_WORLD = ("region", "company", "preferred_language", "billing_contact", "vat_id", "plan")
_FREE_KEYS = tuple(key for key in METADATA_KEYS if key not in _OF_A_WORLD)
_WORLD_KEYS = (("region", 15), ("city", 2), ("preferred_language", 11), ("billing_currency", 9))


class Emitter(Source):
    """Walks a contract and writes the function that makes its samples in one shape."""

    # -- structure ----------------------------------------------------------------------------

    def source(self, function: str) -> str:
        """The whole function."""
        value = self.value(self.terms.root, "")
        layout = Struct(f"<{self.row}")
        self.tables[f"{function}_row"], self.size = layout.unpack_from, layout.size
        numbers = ", ".join(f"r{number}" for number in range(len(self.row)))
        head = [f"def {function}(i, data, at):", f"    ({numbers},) = {function}_row(data, at)"]
        return "\n".join([*head, *self.root.first, *self.root.body, f"    return {value}"]) + "\n"

    def value(self, node: Node, at: str) -> str:
        """An expression for the value of a node; statements that it needs are written before."""
        if node.pointer in self.terms.pins:
            return self.constant(self.terms.pins[node.pointer])
        node = _without_null(node)
        branches = _branches(node) if self.shape.branches and self._leaves <= _MOST_LEAVES else []
        if branches:
            return self.choice(branches, at)
        kinds = [kind for kind in node.types if kind != "null"]
        self._leaves += 1
        odd = (
            node.choices
            or node.impossible
            or len(kinds) != 1
            or any(_ODD & part.keys() for part in node.parts)
        )
        if not node.parts and not node.choices and not node.impossible:
            # Anything may stand here: a word will do.
            return self.pick(self.material.draw(node, at, lambda leaf: leaf(node, at)))
        if odd or self._leaves > _MOST_LEAVES or node.recursions > 0:
            return self.built(node, at)
        if node.enum is not None:
            return self.member(node, at)
        if kinds[0] == "object":
            return self.object(node, at)
        if kinds[0] == "array":
            return self.array(node, at)
        return self.leaf(node, kinds[0], at)

    def choice(self, branches: list[Node], at: str) -> str:
        """The value of one of the branches: all come as often as each other."""
        name = self.name("b")
        turn = self.let(self.draw(8))
        for number, branch in enumerate(branches):
            least, end = (256 * one // len(branches) for one in (number, number + 1))
            with self.under(f"{least} <= {turn} < {end}"):
                self.line(f"{name} = {self.value(branch, at)}")
        return name

    def built(self, node: Node, at: str) -> str:
        """Whole values from the structural builder, for what has keywords out of the ordinary."""
        turns = count()

        def make(leaf: Any) -> Any:
            builder = Builder(leaf, items=2, entries=2, fixed=self.terms.pins)
            first = builder.build(node, at)
            builder.forced = _turned(first.decided, next(turns))
            with suppress(SpecError):
                return builder.build(node, at).value
            return first.value

        values = self.material.draw(node, at, make, _WHOLE)
        expression = self.pick(values)
        fresh = not self.text and any(isinstance(value, (dict, list)) for value in values)
        return f"fresh({expression})" if fresh else expression

    def member(self, node: Node, at: str) -> str:
        """A member of an enum: the one that the world asks for, the first one mostly, or any."""
        named = field_meaning(node, self.terms.profile).partition(":")[0]
        members = [member for member in node.enum or () if member is not None]
        wished = self.worlds[0].leaf(node, at)
        if named in ("event", "entity_type") and wished in members:
            return self.constant(wished)
        return self.pick([*members[:1] * 9, *members] if named in ("status", "kind") else members)

    def object(self, node: Node, at: str) -> str:
        """An object: stretches of properties that are always there, and single ones under a condition."""
        name = self.name("d")
        ready: list[tuple[str, str]] = []
        started = False
        for key, child in node.properties.items():
            presence = self.shape.presence(node, key)
            if presence == "never" or (child.recursions > 0 and key not in node.required):
                continue
            place = join(at, key)
            if presence == "always":
                ready.append((key, self.value(child, place)))
                continue
            self._flush(name, ready, started=started)
            started, ready = True, []
            self._perhaps(name, key, child, place, presence)
        for key, value in self.shape.beyond(node).items():
            ready.append((key, self.constant(value)))
        free = node.values if not node.closed and not node.properties else None
        if free is not None and is_plain(free):
            self._flush(name, ready, started=started)
            self.entries(name, free, at)
            started = True
        elif self.text and not started:
            named = [(key, value if _simple(value) else self.let(value)) for key, value in ready]
            inside = ",".join(f"{_literal(key)}:{{{value}}}" for key, value in named)
            return self.let(f"f'{{{{{inside}}}}}'")
        else:
            self._flush(name, ready, started=started)
        if self.text:
            self.line(f"{name} = '{{' + {name}[1:] + '}}'")
        return name

    def _perhaps(self, name: str, key: str, child: Node, place: str, presence: str) -> None:
        """A property that is there under a condition: by chance, or unless it is empty."""
        if presence == "nonempty" and child.types == ("string",):
            value = self.let(self.value(child, place))
            condition = f"len({value}) > 2" if self.text else value
        else:
            value, condition = "", f"{self.draw(8)} > 60"
        with self.under(condition):
            expression = value or self.value(child, place)
            self.line(
                f"{name} += f',{_literal(key)}:{{{expression}}}'"
                if self.text
                else f"{name}[{key!r}] = {expression}"
            )

    def _flush(self, name: str, ready: list[tuple[str, str]], *, started: bool) -> None:
        if self.text:
            # An expression with quotes cannot stand in an f-string: it gets a name first.
            named = [(key, value if _simple(value) else self.let(value)) for key, value in ready]
            text = "".join(f",{_literal(key)}:{{{value}}}" for key, value in named)
            if text or not started:
                self.line(f"{name} {'+' if started else ''}= f'{text}'")
            return
        if not started:
            self.line(f"{name} = {{{', '.join(f'{key!r}: {value}' for key, value in ready)}}}")
        else:
            for key, value in ready:
                self.line(f"{name}[{key!r}] = {value}")

    def entries(self, name: str, values: Node, at: str) -> None:
        """A free map's entries: one of the payload's world, one to three of others, no key twice."""
        world = self.world()
        keys = padded([key for key, _ in _WORLD_KEYS], 256)
        columns = padded([column for _, column in _WORLD_KEYS], 256)
        which = self.let(self.draw(8))
        kept = self.name("K")
        self.tables[kept] = keys
        self.tables[kept + "c"] = columns
        self._entry(name, f"{kept}[{which}]", f"{world}[{kept}c[{which}]]")
        free = self.name("K")
        drawn = {key: self._metadata(values, join(at, key)) for key in _FREE_KEYS}
        self.tables[free] = padded(_FREE_KEYS, 256 + 13)
        self.tables[free + "v"] = tuple(drawn[key] for key in self.tables[free])
        start, number_of = self.let(self.draw(8)), self.let(self.draw(8))
        for number, (step, bound) in enumerate(((0, 40), (3, 120), (7, 200))):
            position = f"{start} + {step}" if number else start
            pick = f"{free}v[{position}][{self.draw(8)}]"
            with self.under(f"{number_of} > {bound}"):
                self._entry(name, f"{free}[{position}]", pick)

    def _metadata(self, values: Node, at: str) -> tuple[Any, ...]:
        drawn = self.material.draw(values, at, lambda leaf: fit(values, "string", leaf(values, at)))
        found = padded(drawn, 256)
        return written(found) if self.text else found

    def _entry(self, name: str, key: str, value: str) -> None:
        # Keys of ours need no escapes in JSON.
        self.line(f"""{name} += f',"{{{key}}}":{{{value}}}'""" if self.text else f"{name}[{key}] = {value}")

    def array(self, node: Node, at: str) -> str:
        """An array of one to three items, written out one by one; each item is a thing of its own."""
        least, most = node.keyword("minItems") or 0, node.keyword("maxItems")
        longest = 3 if len(self.frames) == 1 else 2
        longest = max(least, longest if most is None else min(most, longest))
        name = self.name("l")
        if node.items is None or longest == 0 or least > 3:
            return self.built(node, at)
        self.line(f"{name} = {chr(39) * 2 if self.text else '[]'}")
        count = self.let(self.draw(8))
        for number in range(longest):
            # A third has one item, a third two, a third three.
            bound = 256 * number // longest
            with self.under(f"{count} >= {bound}") if number >= max(least, 1) else nullcontext():
                item = self._item(node.items, join(at, number), number)
                if self.text:
                    self.line(f"{name} += f',{{{item}}}'" if _simple(item) else f"{name} += ',' + ({item})")
                else:
                    self.line(f"{name}.append({item})")
        if self.text:
            self.line(f"{name} = '[' + {name}[1:] + ']'")
        return name

    def _item(self, node: Node, at: str, number: int) -> str:
        outer = self.frame
        inner = Frame(self._depth, at, item=number)
        kept, self._inside = self._inside, 0
        self.frames.append(inner)
        value = self.value(node, at)
        self.frames.pop()
        self._inside = kept
        outer.body += [*inner.first, *inner.body]
        return value

    # -- leaves -------------------------------------------------------------------------------

    def leaf(self, node: Node, kind: str, at: str) -> str:
        """A scalar: put together of the payload's world where that can be, else from a table."""
        named, _, argument = field_meaning(node, self.terms.profile).partition(":")
        expression: str | None = None
        if kind == "string" and is_plain(node):
            make = LEAVES.get(named)
            expression = make(self, at, argument) if make is not None else None
        if expression is None:
            expression = self.pooled(node, kind, at)
        if self.shape.nulls and "null" in node.types:
            null = "'null'" if self.text else "None"
            expression = self.let(f"{expression} if {self.draw(8)} > 25 else {null}")
        if self.shape.sometimes_empty(node):
            empty = "'\"\"'" if self.text else "''"
            name = self.let(expression) if not _simple(expression) else expression
            whole = kind == "string" and field_meaning(node, self.terms.profile).startswith("address.")
            group = self.shared("bare", self.frame, lambda: self.draw(8)) if whole else self.draw(8)
            return self.let(f"{name} if {group} > 60 else {empty}")
        return expression

    def pooled(self, node: Node, kind: str, at: str) -> str:
        """A value of a table that was drawn from many worlds; ``null`` now and then where it may stand."""
        return self.pick(self.material.draw(node, at, lambda leaf: fit(node, kind, leaf(node, at))))


def _simple(expression: str) -> bool:
    """Whether an expression may stand inside an f-string of single quotes."""
    return "'" not in expression and '"' not in expression and "\\" not in expression


def _literal(key: str) -> str:
    """A property's name as JSON text inside an f-string of single quotes."""
    text = compact(key).decode()
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("{", "{{").replace("}", "}}")


def _branches(node: Node) -> list[Node]:
    """A node with its first choice settled, in each way that shows something; none where two could be met at once."""
    if not node.choices or node.impossible:
        return []
    first = node.choices[0]
    every = [node.pick(0, number) for number in range(len(first.branches))]
    if first.keyword == "oneOf" and not all(_apart(one, other) for one, other in combinations(every, 2)):
        return []
    return [branch for branch in every if branch.types not in ((), ("null",)) and not branch.impossible]


def _apart(one: Node, other: Node) -> bool:
    """Whether it is plain that no value satisfies both: by its type, or by what a property says that both require."""
    if one.impossible or other.impossible or not set(one.types) & set(other.types):
        return True
    if one.types != ("object",) or other.types != ("object",):
        return False
    both = set(one.required) & set(other.required) & one.properties.keys() & other.properties.keys()
    return any(_differ(one.properties[name].enum, other.properties[name].enum) for name in both)


def _differ(members: tuple[Any, ...] | None, others: tuple[Any, ...] | None) -> bool:
    if members is None or others is None:
        return False
    return {compact(member) for member in members}.isdisjoint(map(compact, others))


def _turned(decided: Mapping[Decision, Decided], turn: int) -> dict[Decision, int]:
    """Other branches for the choices that were met: a combination for each ``turn``."""
    forced = {}
    for decision, met in decided.items():
        turn, forced[decision] = divmod(turn, met.among)
    return forced


def _without_null(node: Node) -> Node:
    """``anyOf: [X, null]`` is X: samples show what is there."""
    while len(node.choices) == 1 and node.choices[0].keyword in ("anyOf", "oneOf"):
        picked = [node.pick(0, number) for number in range(len(node.choices[0].branches))]
        full = [other for other in picked if other.types != ("null",) and not other.impossible]
        if len(full) != 1:
            return node
        node = full[0]
    return node
