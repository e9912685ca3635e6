"""A schema as a generator sees it: a lazy tree of nodes, references followed and ``allOf`` merged.

A :class:`Node` is a conjunction of plain schemas for one place of a payload. What a generator asks is
answered by it at once (which types, which bounds, which children); what is a choice (``anyOf``,
``oneOf``, ``if``) stays a :class:`Choice` until somebody picks a branch, which gives a new node. Children are
made when first asked for, so recursive schemas are endless trees that cost nothing until walked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any

from contract_kit.errors import RefError
from contract_kit.jsonio import compact, join, tokens
from contract_kit.model import Constraint, Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["TYPES", "Choice", "Node", "build_root", "json_type", "locations"]

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")

# Keywords that are a rule of their own; the rest are structure or annotation.
RULES = (
    "type",
    "enum",
    "const",
    "format",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "required",
    "additionalProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "unevaluatedProperties",
    "unevaluatedItems",
)
_LARGEST = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum", "minContains")
_SMALLEST = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum", "maxContains")

# Formats that say how a publisher stores a value; no validator asserts them.
_ANNOTATIONS = frozenset({"int32", "int64", "float", "double", "password", "byte", "binary"})

Schema = dict[str, Any]


def json_type(value: Any) -> str:
    """The JSON Schema type of a value: an integral float is an ``integer``, as the drafts say."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


@dataclass(frozen=True, slots=True)
class Choice:
    """An open choice at a node: one of ``branches`` (each a schema) must hold besides the rest."""

    keyword: str
    branches: tuple[Any, ...]
    discriminator: Mapping[str, Any] | None = None


def _refs_in(schema: Any) -> Iterator[str]:
    stack = [schema]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("$ref"), str):
                yield item["$ref"]
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


class _Document:
    """The root schema, with references looked up once."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self._seen: dict[str, Any] = {}
        self._refs: dict[str, frozenset[str]] = {}
        self.memo: dict[Any, Any] = {}
        """Room for what others derive from nodes of this document, by keys of their own."""

    def definitions(self, schemas: tuple[Any, ...]) -> dict[str, Any]:
        """The definitions that ``schemas`` reach, directly or through others."""
        found: dict[str, Any] = {}
        waiting = [ref for schema in schemas for ref in _refs_in(schema)]
        while waiting:
            ref = waiting.pop()
            if not ref.startswith("#/$defs/"):
                return dict(self.schema.get("$defs", {}))
            name = tokens(ref[1:])[1]
            if name not in found:
                found[name] = self.schema["$defs"][name]
                if name not in self._refs:
                    self._refs[name] = frozenset(_refs_in(found[name]))
                waiting.extend(self._refs[name])
        return found

    def lookup(self, ref: str) -> Any:
        if ref not in self._seen:
            self._seen[ref] = self._find(ref)
        return self._seen[ref]

    def _find(self, ref: str) -> Any:
        if not ref.startswith("#"):
            raise RefError(ref, "", "leads outside the document")
        here: Any = self.schema
        for token in tokens(ref[1:]):
            if isinstance(here, dict) and token in here:
                here = here[token]
            elif isinstance(here, list) and token.isdecimal() and int(token) < len(here):
                here = here[int(token)]
            else:
                raise RefError(ref, "", "leads to nowhere")
        return here


class Node:
    """One place of a payload: everything that must hold there.

    ``pointer`` has ``*`` for items of arrays and values of maps. ``parts`` are the plain schemas whose
    conjunction holds here; ``choices`` are still open. ``depth_of`` a reference is how often it was
    entered on the way here, which is how walkers stop in recursive schemas.
    """

    def __init__(
        self, document: _Document, conjunction: tuple[Any, ...], pointer: str, trail: tuple[str, ...]
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
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                choices.append(Choice(keyword, tuple(schema[keyword]), schema.get("discriminator")))
        if "if" in schema and ("then" in schema or "else" in schema):
            test = schema["if"]
            choices.append(
                Choice(
                    "if",
                    (
                        {"allOf": [test, schema.get("then", True)]},
                        {"allOf": [{"not": test}, schema.get("else", True)]},
                    ),
                )
            )
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
        conjunction = []
        in_prefix = False
        for part in self.parts:
            first = part.get("prefixItems", ())
            if index < len(first):
                in_prefix = True
                conjunction.append(first[index])
            elif "items" in part:
                conjunction.append(part["items"])
            elif part.get("unevaluatedItems") is False:
                conjunction.append(False)
        pointer = join(self.pointer, index if in_prefix else "*")
        return Node(self._document, tuple(conjunction), pointer, self.trail)

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

    def also(self, *schemas: Any) -> Node:
        """This node with further schemas that must hold."""
        return Node(self._document, (*self._conjunction, *schemas), self.pointer, self.trail)

    # -- choices ------------------------------------------------------------------------------

    def pick(self, choice: int, branch: int) -> Node:
        """This node with the choice number ``choice`` settled on its branch number ``branch``."""
        chosen = self.choices[choice]
        node = Node.__new__(Node)
        node._document, node.pointer = self._document, self.pointer
        parts, choices, trail = list(self.parts), [], list(self.trail)
        choices.extend(c for i, c in enumerate(self.choices) if i != choice)
        before = len(choices)
        fine = node._flatten(chosen.branches[branch], parts, choices, trail, ())
        # Choices that the branch brings come first: they are settled next.
        node.choices = tuple(choices[before:] + choices[:before])
        node.parts, node.trail = tuple(parts), tuple(trail)
        node.impossible = self.impossible or not fine
        node.settled = self.settled + 1
        node._conjunction = (*self._conjunction, chosen.branches[branch])
        return node

    @property
    def recursions(self) -> int:
        """How often the most entered reference on the way here was entered again."""
        return max((self.trail.count(ref) for ref in set(self.trail)), default=1) - 1

    @property
    def schema(self) -> Schema:
        """A self-contained JSON Schema of this node: what a validator needs to judge a value for it."""
        whole: Schema = {"allOf": list(self._conjunction)}
        definitions = self._document.definitions(self._conjunction)
        if definitions:
            whole["$defs"] = definitions
        return whole

    @property
    def identity(self) -> tuple[int, ...]:
        """The same for two nodes of one document that ask the same of a value."""
        return tuple(id(item) for item in self._conjunction)

    @property
    def memo(self) -> dict[Any, Any]:
        """Room that all nodes of one document share, for what others derive from them."""
        return self._document.memo

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The rules that hold here, one a keyword."""
        found: dict[str, Constraint] = {}
        for part in self.parts:
            for name in RULES:
                if name in part and _is_rule(name, part[name]):
                    found.setdefault(name, Constraint(self.pointer, name, part[name]))
        return tuple(found[name] for name in RULES if name in found)

    def __repr__(self) -> str:
        return f"<Node {self.pointer or '/'} {'|'.join(self.types)}>"


def _is_rule(name: str, value: Any) -> bool:
    if name in ("additionalProperties", "unevaluatedProperties", "unevaluatedItems"):
        return value is False
    if name == "uniqueItems":
        return value is True
    if name == "format":
        return value not in _ANNOTATIONS
    return not (name in ("required", "dependentRequired", "dependentSchemas") and not value)


def _says(part: Schema, name: str) -> Iterator[Any]:
    """What one plain schema says of the property ``name``."""
    known = False
    if name in part.get("properties", {}):
        known = True
        yield part["properties"][name]
    for pattern, schema in part.get("patternProperties", {}).items():
        if re.search(pattern, name):
            known = True
            yield schema
    if not known and "additionalProperties" in part:
        yield part["additionalProperties"]


def build_root(schema: Mapping[str, Any]) -> Node:
    """The root node of a self-contained draft 2020-12 schema with references under ``#``."""
    body = {key: value for key, value in schema.items() if key not in ("$defs", "$schema")}
    return Node(_Document(schema), (body,), "", ())


def locations(root: Node) -> tuple[Location, ...]:
    """Every place of the payload with its rules, parents first; recursive places are listed once.

    Branches of a choice share their places: the rules of all branches are listed there.
    """
    found: dict[str, dict[str, Constraint]] = {}
    for node in nodes(root):
        rules = found.setdefault(node.pointer, {})
        for rule in node.constraints:
            rules.setdefault(rule.keyword, rule)
    return tuple(Location(pointer, tuple(rules.values())) for pointer, rules in found.items())


def nodes(root: Node) -> Iterator[Node]:
    """Every node below ``root``, parents first, branches of choices after their node.

    A reference that is entered a second time on one way is listed and not walked into.
    """
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if node.impossible or node.recursions > 0:
            continue
        below = [
            *(
                node.pick(i, j)
                for i, choice in enumerate(node.choices[:1])
                for j in range(len(choice.branches))
            ),
            *(() if node.choices else children(node)),
        ]
        stack.extend(reversed(below))


def children(node: Node) -> Iterator[Node]:
    """The declared children of a node: properties, map values, patterns, prefix and items."""
    yield from node.properties.values()
    if node.values is not None:
        yield node.values
    yield from node.patterns.values()
    yield from node.prefix
    if node.items is not None:
        yield node.items
