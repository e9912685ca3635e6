"""One place of a payload: a conjunction of plain schemas, and what a generator asks of it."""

from __future__ import annotations

from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any

from contract_kit.errors import RefError
from contract_kit.jsonio import compact, join
from contract_kit.model import Constraint

from ._charity import charitable
from ._choices import discriminated
from ._ecma import matches
from ._rules import ASSUMED, RULES, TYPES, is_rule, json_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._choices import Choice, Schema
    from ._document import Document

__all__ = ["Node"]

_LARGEST = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum", "minContains")
_SMALLEST = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum", "maxContains")

_ANYTHING: tuple[Any, ...] = (True, {})


class Node:
    """One place of a payload: everything that must hold there.

    ``pointer`` has ``*`` for items of arrays and values of maps. ``parts`` are the plain schemas whose
    conjunction holds here; ``choices`` are still open. ``depth_of`` a reference is how often it was
    entered on the way here, which is how walkers stop in recursive schemas.
    """

    def __init__(
        self, document: Document, conjunction: tuple[Any, ...], pointer: str, trail: tuple[str, ...]
    ) -> None:
        self._document = document
        self.pointer = pointer
        self._conjunction = conjunction
        parts: list[Schema] = []
        choices: list[Choice] = []
        seen = list(trail)
        self.impossible = not all(self._flatten(item, parts, choices, seen, ()) for item in conjunction)
        self.parts = tuple(parts)
        self.choices = tuple(choices)
        self.trail = tuple(seen)
        self._picked = 0
        self.settled = 0
        """How many choices were settled on the way to this node at this place."""

    def _flatten(
        self,
        schema: Any,
        parts: list[Schema],
        choices: list[Choice],
        trail: list[str],
        inside: tuple[str, ...],
    ) -> bool:
        """Spread ``schema`` into plain parts and open choices; false when it is the ``false`` schema."""
        if isinstance(schema, bool):
            return schema
        if schema.get("not") in _ANYTHING:
            return False
        ref = schema.get("$ref")
        if ref is not None:
            if ref in inside:
                raise RefError(ref, self.pointer, "leads to itself")
            trail.append(ref)
            if not self._flatten(self._document.lookup(ref), parts, choices, trail, (*inside, ref)):
                return False
        for item in schema.get("allOf", ()):
            if not self._flatten(item, parts, choices, trail, inside):
                return False
        choices.extend(self._document.choices(schema))
        if len(schema) > (ref is not None):
            parts.append(schema)
        return True

    # -- what may stand here ------------------------------------------------------------------

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The JSON types that are allowed here; ``integer`` is not repeated beside ``number``."""
        allowed = set(TYPES)
        for part in self.parts:
            if "type" in part:
                named = part["type"]
                names = {named} if isinstance(named, str) else set(named)
                if "number" in names:
                    names.add("integer")
                allowed &= names
        members = self.enum
        if members is not None:
            allowed &= {json_type(member) for member in members} | (
                {"number"} if any(json_type(m) in ("integer", "number") for m in members) else set()
            )
        if "number" in allowed:
            allowed.discard("integer")
        return tuple(name for name in TYPES if name in allowed)

    @cached_property
    def typed(self) -> bool:
        """Whether a ``type`` keyword stands here."""
        return any("type" in part for part in self.parts)

    @cached_property
    def enum(self) -> tuple[Any, ...] | None:
        """The values that are allowed here by ``enum`` and ``const``, or ``None`` for all."""
        found: list[Any] | None = None
        for part in self.parts:
            for members in ([part["const"]] if "const" in part else None, part.get("enum")):
                if members is not None:
                    texts = {compact(member) for member in members}
                    found = list(members) if found is None else [m for m in found if compact(m) in texts]
        return None if found is None else tuple(found)

    def keyword(self, name: str) -> Any:
        """The tightest value of a keyword over all parts, or ``None``."""
        values = [part[name] for part in self.parts if name in part]
        if not values:
            return None
        if name in _LARGEST:
            return max(values)
        if name in _SMALLEST:
            return min(values)
        if name == "multipleOf" and len(values) > 1 and all(isinstance(v, int) for v in values):
            return lcm(*values)
        if name == "uniqueItems":
            return any(values)
        return values[0]

    def all_of(self, name: str) -> list[Any]:
        """The values of a keyword in every part that has it."""
        return [part[name] for part in self.parts if name in part]

    @property
    def format(self) -> str | None:
        """The (first) ``format``, if any."""
        return self.keyword("format")  # type: ignore[no-any-return]

    @property
    def description(self) -> str:
        """What the document says of this place."""
        return " ".join(str(text) for text in (*self.all_of("title"), *self.all_of("description")))

    # -- children -----------------------------------------------------------------------------

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names that must be present, in document order."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.get("required", ())))

    @cached_property
    def properties(self) -> dict[str, Node]:
        """Declared properties that may be present, in document order."""
        names = dict.fromkeys(name for part in self.parts for name in part.get("properties", ()))
        nodes = {name: self.child(name) for name in names}
        return {name: node for name, node in nodes.items() if not node.impossible}

    @cached_property
    def forbidden(self) -> tuple[str, ...]:
        """Declared properties that must be absent (``false`` schemas)."""
        names = dict.fromkeys(name for part in self.parts for name in part.get("properties", ()))
        return tuple(name for name in names if self.child(name).impossible)

    def child(self, name: str, *, star: bool = False) -> Node:
        """The node of the property ``name``: all that ``properties``, patterns and additional say of it."""
        conjunction: list[Any] = []
        for part in self.parts:
            conjunction.extend(_says(part, name))
        pointer = join(self.pointer, "*" if star else name)
        return Node(self._document, tuple(conjunction), pointer, self.trail)

    def were_it_allowed(self, name: str) -> Node:
        """The node of a forbidden property by all that is said of it but for that it may not be there."""
        said = [schema for part in self.parts for schema in _says(part, name)]
        kept = tuple(s for s in said if not Node(self._document, (s,), self.pointer, self.trail).impossible)
        return Node(self._document, kept, join(self.pointer, name), self.trail)

    @cached_property
    def values(self) -> Node | None:
        """The node of a map's values (``additionalProperties`` as a schema), ``*`` in its pointer."""
        schemas = [
            part["additionalProperties"]
            for part in self.parts
            if isinstance(part.get("additionalProperties"), dict)
        ]
        if not schemas or self.closed:
            return None
        return Node(self._document, tuple(schemas), join(self.pointer, "*"), self.trail)

    @cached_property
    def patterns(self) -> dict[str, Node]:
        """Nodes of ``patternProperties``, by pattern; ``*`` in their pointers."""
        found: dict[str, list[Any]] = {}
        for part in self.parts:
            for pattern, schema in part.get("patternProperties", {}).items():
                found.setdefault(pattern, []).append(schema)
        return {
            pattern: Node(self._document, tuple(schemas), join(self.pointer, "*"), self.trail)
            for pattern, schemas in found.items()
        }

    @cached_property
    def closed(self) -> bool:
        """Whether unknown properties are forbidden."""
        return any(
            part.get("additionalProperties") is False or part.get("unevaluatedProperties") is False
            for part in self.parts
        )

    @cached_property
    def prefix(self) -> tuple[Node, ...]:
        """Nodes of ``prefixItems``."""
        longest = max((len(part.get("prefixItems", ())) for part in self.parts), default=0)
        return tuple(self.item(index) for index in range(longest))

    def item(self, index: int) -> Node:
        """The node of the item at ``index``; its pointer has the index only under ``prefixItems``."""
        conjunction: list[Any] = []
        in_prefix = False
        for part in self.parts:
            first = part.get("prefixItems", ())
            if index < len(first):
                in_prefix = True
                conjunction.append(first[index])
            elif "items" in part:
                conjunction.append(part["items"])
        if not conjunction:
            conjunction.extend(self._unevaluated())
        pointer = join(self.pointer, index if in_prefix else "*")
        return Node(self._document, tuple(conjunction), pointer, self.trail)

    def _unevaluated(self) -> tuple[Any, ...]:
        """What ``unevaluatedItems`` asks of an item that nothing else speaks of: what ``contains`` takes is spoken of.

        Made once: nodes are told apart by the very schemas that they are made of.
        """
        rules = self.all_of("unevaluatedItems")
        if not rules:
            return ()
        key = ("unevaluated", tuple(id(part) for part in self.parts))
        if key not in self.memo:
            sought = self.all_of("contains")
            made = tuple(
                {"anyOf": [*sought, rule], ASSUMED: True} if sought and rule is not True else rule
                for rule in rules
            )
            self.memo[key] = (made, self.parts)
        return self.memo[key][0]  # type: ignore[no-any-return]

    @cached_property
    def items(self) -> Node | None:
        """The node of an array's items behind the prefix, ``None`` where anything may stand or nothing."""
        if not any("items" in part for part in self.parts):
            return None
        node = self.item(max(len(self.prefix), 0))
        return None if node.impossible else node

    @cached_property
    def contains(self) -> tuple[Node, ...]:
        """Nodes of ``contains``, one a part."""
        return tuple(
            Node(self._document, (part["contains"],), join(self.pointer, "*"), self.trail)
            for part in self.parts
            if "contains" in part
        )

    @cached_property
    def names(self) -> Node | None:
        """The node of property names (``propertyNames``)."""
        schemas = self.all_of("propertyNames")
        return (
            Node(self._document, ({"type": "string"}, *schemas), self.pointer, self.trail)
            if schemas
            else None
        )

    @property
    def unsettled(self) -> Node:
        """This node as it was before any choice was settled."""
        if not self._picked:
            return self
        asked = self._conjunction[: len(self._conjunction) - self._picked]
        return Node(self._document, asked, self.pointer, self.trail)

    def rules(self, name: str) -> list[Any]:
        """The values of a keyword in every part in which it is a rule (and no condition of a branch)."""
        return [part[name] for part in self.parts if name in part and ASSUMED not in part]

    @classmethod
    def of(cls, like: Node, schemas: list[Any]) -> Node:
        """A node at the place of another one that asks other things."""
        return cls(like._document, tuple(schemas), like.pointer, like.trail)

    def narrowed(self, schema: Any) -> Node:
        """This node, its settled choices kept, with one more schema that must hold."""
        return self._with(schema, tuple(self.choices), self.settled)

    def also(self, *schemas: Any) -> Node:
        """This node with further schemas that must hold."""
        return Node(self._document, (*self._conjunction, *schemas), self.pointer, self.trail)

    # -- choices ------------------------------------------------------------------------------

    def pick(self, choice: int, branch: int) -> Node:
        """This node with the choice number ``choice`` settled on its branch number ``branch``."""
        left = tuple(c for i, c in enumerate(self.choices) if i != choice)
        return self._with(self.choices[choice].branches[branch], left, self.settled + 1)

    def alone(self, choice: int, branch: int) -> Node:
        """As :meth:`pick`, with the other choices of the node forgotten: what one branch says, whatever they say."""
        return self._with(self.choices[choice].branches[branch], (), self.settled + 1)

    def _with(self, schema: Any, left: tuple[Choice, ...], settled: int) -> Node:
        node = Node.__new__(Node)
        node._document, node.pointer = self._document, self.pointer  # noqa: SLF001 (its own class)
        brought: list[Choice] = []
        parts, trail = list(self.parts), list(self.trail)
        fine = node._flatten(schema, parts, brought, trail, ())  # noqa: SLF001 (its own class)
        # Choices that the schema brings come first: they are settled next.
        node.choices = (*brought, *left)
        node.parts, node.trail = tuple(parts), tuple(trail)
        node.impossible = self.impossible or not fine
        node.settled, node._picked = settled, self._picked + 1  # noqa: SLF001 (its own class)
        node._conjunction = (*self._conjunction, schema)  # noqa: SLF001 (its own class)
        return node

    @property
    def recursions(self) -> int:
        """How often the most entered reference on the way here was entered again."""
        return max((self.trail.count(ref) for ref in set(self.trail)), default=1) - 1

    @property
    def schema(self) -> Schema:
        """A self-contained JSON Schema of this node: what a validator needs to judge a value for it."""
        whole: Schema = {"allOf": list(self._conjunction)} if self._conjunction else {}
        definitions = self._document.definitions(self._conjunction)
        if definitions:
            whole["$defs"] = definitions
        return whole

    @property
    def fresh(self) -> bool:
        """Whether no choice of it was settled yet."""
        return not self._picked

    @cached_property
    def identity(self) -> tuple[int, ...]:
        """The same for two nodes of one document that ask the same of a value."""
        return tuple(id(item) for item in self._conjunction)

    def lookup(self, ref: str) -> Any:
        """The schema that a reference of this node's document names."""
        return self._document.lookup(ref)

    @property
    def discriminated(self) -> Schema | None:
        """The document's schema with its discriminators as rules, ``None`` where none of them adds one."""
        if "discriminated" not in self.memo:
            whole = self._document.schema
            found = discriminated(whole, self.lookup)
            self.memo["discriminated"] = None if found is whole else found
        return self.memo["discriminated"]  # type: ignore[no-any-return]

    @property
    def charitable(self) -> Schema | None:
        """The document's schema as a charitable reader takes it, ``None`` where that is its word."""
        if "charitable" not in self.memo:
            whole = self._document.schema
            found = charitable(whole)
            self.memo["charitable"] = None if found is whole else found
        return self.memo["charitable"]  # type: ignore[no-any-return]

    @property
    def memo(self) -> dict[Any, Any]:
        """Room that all nodes of one document share, for what others derive from them."""
        return self._document.memo

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The rules that hold here, one a keyword."""
        found: dict[str, Constraint] = {}
        for part in self.parts:
            if ASSUMED in part:
                continue
            for name in RULES:
                if name in part and is_rule(name, part):
                    found.setdefault(name, Constraint(self.pointer, name, part[name]))
        return tuple(found[name] for name in RULES if name in found)

    def __repr__(self) -> str:
        return f"<Node {self.pointer or '/'} {'|'.join(self.types)}>"


def _says(part: Schema, name: str) -> Iterator[Any]:
    """What one plain schema says of the property ``name``."""
    known = False
    if name in part.get("properties", {}):
        known = True
        yield part["properties"][name]
    for pattern, schema in part.get("patternProperties", {}).items():
        if matches(pattern, name):
            known = True
            yield schema
    if not known and "additionalProperties" in part:
        yield part["additionalProperties"]
