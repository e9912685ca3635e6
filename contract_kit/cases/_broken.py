"""Broken rules of arrays, objects and logic: what to put in a place that one of its keywords forbids.

Each proposal is ``(variant, keyword, new value of the place)``. What is made by hand stays close to the base;
behind it come values that are built for the opposite of the keyword.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.jsonio import MISSING
from contract_kit.shape import json_type, matches
from contract_kit.values import (
    Builder,
    all_breaking,
    breaking,
    entry_of,
    further,
    judge_of,
    matching,
    neighbours,
    opposites,
    sized,
    stretched,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.shape import Node

__all__ = ["HIGHEST", "contained", "entries", "items", "logic"]

Proposal = tuple[str, str, Any]
HIGHEST = {"maxLength": 400_000, "maxItems": 20_000, "maxProperties": 5_000, "maxContains": 20_000}
"""Bounds that lie higher are met by no body that a provider sends: what passes them is not made."""
_MOST_PAIRS = 6


def _opposite(node: Node, keyword: str, **beside: Any) -> Iterator[Proposal]:
    """Values that break one keyword and keep the node's others, built from the keyword's opposites."""
    for part in node.parts:
        if keyword in part:
            rule = {keyword: part[keyword], **{k: part[k] for k in beside if k in part}}
            for number, found in enumerate(all_breaking(node, keyword, opposites(rule, node.lookup))):
                yield f"built-{number}", keyword, found


# -- arrays -----------------------------------------------------------------------------------


def items(node: Node, value: list[Any]) -> Iterator[Proposal]:
    """Too few and too many items, the same twice, none of what there must be, too many for a prefix."""
    least, most = node.keyword("minItems"), node.keyword("maxItems")
    if least:
        yield "one-short", "minItems", value[: least - 1]
        yield "empty", "minItems", []
    if most is not None and most <= HIGHEST["maxItems"]:
        yield "one-over", "maxItems", _distinct(node, value, most + 1)
        if most < 100:
            yield "far-over", "maxItems", _distinct(node, value, most + 10)
        yield from _opposite(node, "maxItems")
    if node.keyword("uniqueItems") and value:
        full = most is not None and len(value) >= most
        yield "first-again", "uniqueItems", [value[0]] * len(value) if full else [*value, value[0]]
        yield "last-again", "uniqueItems", [value[-1], *value[:-1], value[-1]][: most or None]
    yield from _contains(node, value)
    yield from _beyond(node, value)


def _beyond(node: Node, value: list[Any]) -> Iterator[Proposal]:
    """One item more where the prefix is all that may be; the last one again tempts a reader that takes a list."""
    for index, child in enumerate(node.prefix):
        if child.impossible and len(value) >= index:
            yield f"forbidden-{index}", "prefixItems", [*value[:index], "text"]
    first = len(node.prefix)
    if len(value) < first:
        return
    if node.item(first).impossible:
        closing = "items" if any(part.get("items") is False for part in node.parts) else "unevaluatedItems"
        extras = {"null": None, "text": "text", "object": {}, **({"last": value[-1]} if value else {})}
        for variant, extra in extras.items():
            yield f"extra-{variant}", closing, [*value, extra]
        if value:
            yield "extra-many", closing, [*value, *value]
    for schema in node.rules("unevaluatedItems"):
        if isinstance(schema, dict):
            for name, extra in _breaking(node, schema):
                yield f"extra-{name}", "unevaluatedItems", [*value, extra]


def _breaking(node: Node, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Plain values that a schema forbids."""
    judge = judge_of(type(node).of(node, [schema]))
    for name, value in _PLAIN.items():
        if not judge.is_valid(value):
            yield name, value


_PLAIN: dict[str, Any] = {
    "null": None,
    "true": True,
    "integer": 42,
    "fraction": 1.5,
    "text": "text",
    "empty-text": "",
    "array": ["text"],
    "object": {"id": "text"},
}


def contained(node: Node) -> Iterator[tuple[Any, Any]]:
    """Each schema that an array must contain an item of, with such an item."""
    for schema in node.all_of("contains"):
        try:
            yield schema, Builder(items=1).build(node.item(len(node.prefix)).also(schema)).value
        except SpecError:
            continue


def _contains(node: Node, value: list[Any]) -> Iterator[Proposal]:
    for number, schema in enumerate(node.all_of("contains")):
        wanted = judge_of(node.item(len(node.prefix)).also(schema))
        matching = [item for item in value if wanted.is_valid(item)]
        rest = [item for item in value if not wanted.is_valid(item)]
        fewest, largest = node.keyword("minContains"), node.keyword("maxContains")
        if fewest != 0:
            yield f"none-{number}", "contains", rest
            yield f"none-empty-{number}", "contains", []
            found = breaking(node, "contains", {"items": {"not": schema}, "minItems": 1})
            if found is not MISSING:
                yield f"none-other-{number}", "contains", found
        if fewest is not None and fewest > 1:
            yield f"too-few-{number}", "minContains", [*matching[: fewest - 1], *rest]
            yield f"too-few-alone-{number}", "minContains", matching[: fewest - 1]
        if largest is not None and largest > HIGHEST["maxContains"]:
            continue
        if largest is not None and matching:
            over = _distinct(node, matching[:1], largest + 1)
            yield f"too-many-{number}", "maxContains", [*over, *rest]
            yield f"too-many-alone-{number}", "maxContains", over
        elif largest is not None:
            found = breaking(node, "contains", {"items": schema, "minItems": largest + 1})
            if found is not MISSING:
                yield f"too-many-{number}", "maxContains", found


def _distinct(node: Node, value: list[Any], size: int) -> list[Any]:
    """``size`` items; different ones where the array wants that and the items can be varied."""
    return sized(value, size, unique=bool(node.keyword("uniqueItems")))


# -- objects ----------------------------------------------------------------------------------


def entries(node: Node, value: dict[str, Any]) -> Iterator[Proposal]:
    """Too few and too many properties, names that may not be, properties beyond those that are declared."""
    least, most = node.keyword("minProperties"), node.keyword("maxProperties")
    required = set(node.required)
    if least:
        kept = [k for k in value if k in required] + [k for k in value if k not in required]
        yield "one-short", "minProperties", {k: value[k] for k in kept[: least - 1]}
        yield "empty", "minProperties", {}
    if most is not None and most <= HIGHEST["maxProperties"]:
        extra = further(node, value, max(most + 1 - len(value), 0))
        yield "one-over", "maxProperties", {**value, **extra}
        if len(value) + len(extra) <= most:
            # No names are left that it allows: some that it does not.
            some = {f"key_{n}": next(iter(value.values()), "x") for n in range(most + 1)}
            yield "one-over", "maxProperties", dict(list({**value, **some}.items())[: most + 1])
        yield from _opposite(node, "maxProperties")
    yield from _names(node, value)
    if node.closed:
        yield from _unknown(node, value)
    for schema in node.rules("unevaluatedProperties"):
        if isinstance(schema, dict):
            for name, unknown in _breaking(node, schema):
                yield f"unknown-{name}", "unevaluatedProperties", {**value, "unknown_property": unknown}
    for name in node.forbidden:
        yield f"forbidden-{name}", "properties", {**value, name: "x"}
        yield f"forbidden-null-{name}", "properties", {**value, name: None}
        with suppress(SpecError):
            sound = Builder(items=1).build(node.were_it_allowed(name)).value
            yield f"forbidden-sound-{name}", "properties", {**value, name: sound}
    for number, (pattern, child) in enumerate(node.patterns.items()):
        key = matching(pattern) if child.impossible else None
        if key is not None:
            yield f"forbidden-pattern-{number}", "patternProperties", {**value, key: "x"}


def _unknown(node: Node, value: dict[str, Any]) -> Iterator[Proposal]:
    """Properties that may not be there: of any type, of a sibling's, and with names that are nearly known ones."""
    closing = _closing(node)
    for variant, unknown in (("string", "x"), ("null", None), ("object", {"a": 1}), ("empty-string", "")):
        for part, key in (("", "unknown_property"), ("-like", _alike(value))):
            if key:
                yield f"unknown-{variant}{part}", closing, {**value, key: unknown}
    siblings: dict[str, Any] = {}
    for item in value.values():
        siblings.setdefault(json_type(item), item)
    for kind, item in siblings.items():
        yield f"unknown-sibling-{kind}", closing, {**value, "unknown_property": item}
    for name in _some_names(node, value):
        for how, key in near_keys(name).items():
            if key not in value:
                yield f"near-{how}.{name}", closing, {**value, key: value[name]}


def _some_names(node: Node, value: dict[str, Any]) -> list[str]:
    """A declared property, and an entry of each pattern: names for which another one is a near miss."""
    declared = [name for name in value if name in node.properties][:1]
    entries = [
        next((name for name in value if name not in node.properties and matches(pattern, name)), None)
        for pattern in node.patterns
    ]
    return [*declared, *dict.fromkeys(name for name in entries if name is not None)]


_MOST_NAMES = 4


def near_keys(name: str) -> dict[str, str]:
    """Names that a careless reader takes for ``name``.

    >>> near_keys("x_tier")["longer"]
    'x_tierx'
    """
    found = {
        "case-upper": name.upper(),
        "case-lower": name.lower(),
        "case-title": name[:1].upper() + name[1:],
        "plural": name[:-1] if name.endswith("s") else f"{name}s",
        "longer": f"{name}x",
        "longer-digit": f"{name}1",
        "shorter": name[:-1],
        "prefixed": f"x{name}",
        "prefixed-upper": f"X{name}",
        "headless": name[1:],
        "space-before": f" {name}",
        "space-after": f"{name} ",
        "hyphens": name.replace("_", "-"),
        "camel": _camel(name),
    }
    return {how: key for how, key in found.items() if key != name}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _names(node: Node, value: dict[str, Any]) -> Iterator[Proposal]:
    names = node.names
    if names is None:
        return
    judge = judge_of(names)
    sound = next(iter(value.values()), "x")
    for variant, key in (
        ("empty", ""),
        ("upper", "NOT ALLOWED!"),
        ("long", "k" * 300),
        ("punctuation", "!?"),
        ("digit", "7"),
        ("letter", "k"),
        ("non-ascii", "é"),
        ("like", _alike(value)),
    ):
        if not judge.is_valid(key):
            yield variant, "propertyNames", {**value, key: sound}
    entries = [name for name in value if name not in node.properties] or list(value)
    patterns = tuple(names.all_of("pattern"))
    for number, name in enumerate(entries[:_MOST_NAMES]):
        tail = f".{name}" if number else ""
        alike = near_keys(name)
        if patterns and judge.is_valid(name):
            alike |= neighbours(patterns, name).broken
        for how, key in alike.items():
            if key not in value and not judge.is_valid(key):
                yield f"near-{how}{tail}", "propertyNames", {**value, key: value[name]}
    for bound in (names.keyword("maxLength"), names.keyword("minLength")):
        for size in () if bound is None else (bound + 1, bound - 1):
            for key in _names_of(node, entries, size):
                if not judge.is_valid(key):
                    # A value that the object takes under such a name, where it takes any: one rule alone is broken.
                    yield f"length-{size}", "propertyNames", {**value, key: entry_of(node, key, sound)}


def _names_of(node: Node, names: list[str], size: int) -> list[str]:
    """A name of a size that is like one of ``names``, and would be allowed but for that."""
    if not 0 <= size <= HIGHEST["maxLength"]:
        return []
    rules = node.names.all_of("pattern") if node.names is not None else []
    for name in names or ["k"]:
        own = [pattern for pattern in node.patterns if matches(pattern, name)]
        found = stretched((*rules, *own), name, size)
        if found is not None:
            return [found]
    return ["k" * size]


def _closing(node: Node) -> str:
    closed = any(part.get("additionalProperties") is False for part in node.parts)
    return "additionalProperties" if closed else "unevaluatedProperties"


def _alike(value: dict[str, Any]) -> str:
    """A name that differs from a declared one by case: a careless reader takes it for known."""
    for name in value:
        if name.upper() != name and name.upper() not in value:
            return name.upper()
    return ""


# -- logic ------------------------------------------------------------------------------------


def logic(node: Node) -> Iterator[Proposal]:
    """What ``not`` forbids; what no branch of a choice takes, and what two of ``oneOf`` take.

    Found once a place: it does not depend on the branches that a base has taken there.
    """
    key = ("logic", node.pointer, node.unsettled.identity)
    if key not in node.memo:
        # The node is kept beside it: its parts must live as long as the key that names them.
        node.memo[key] = (tuple(_logic(node, node.unsettled)), node.unsettled)
    yield from node.memo[key][0]


def _logic(node: Node, whole: Node) -> Iterator[Proposal]:
    for number, schema in enumerate(whole.rules("not")):
        found = breaking(node, "not", schema)
        if found is not MISSING:
            yield f"not-{number}", "not", found
        for member in schema.get("enum", ()) if isinstance(schema, dict) else ():
            yield f"not-{number}.{member}", "not", member
    for keyword in ("anyOf", "oneOf"):
        for number, branches in enumerate(whole.rules(keyword)):
            tail = f"-{number}" if number else ""
            found = breaking(node, keyword, {"not": {"anyOf": branches}})
            if found is not MISSING:
                yield f"no-branch{tail}", keyword, found
            if keyword == "oneOf":
                two = ((i, j) for j in range(len(branches)) for i in range(j))
                for (i, j), _ in zip(two, range(_MOST_PAIRS), strict=False):
                    found = breaking(node, keyword, {"allOf": [branches[i], branches[j]]})
                    if found is not MISSING:
                        yield f"branches-{i}-{j}{tail}", keyword, found
