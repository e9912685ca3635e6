"""``invalid``: one broken rule, named, and nothing broken at another pointer.

Each function proposes values for one place that should break one keyword there. Proposals are cheap and
may miss; the validator decides which of them are cases (see ``_draft.Maker``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zlib import crc32

from contract_kit.jsonio import MISSING, compact, get, join
from contract_kit.shape import json_type
from contract_kit.values import (
    DISPUTED,
    VIOLATORS,
    Site,
    judge_of,
    sized,
)

from ._bounds import numbers, patterns, strings
from ._broken import contained, entries, items, logic
from ._draft import READERS_DISAGREE, Draft, difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Terms
    from contract_kit.shape import Node
    from contract_kit.values import Base

__all__ = ["invalid", "near_items", "near_misses", "proposals"]

Proposal = tuple[str, str, Any]
"""(variant, keyword, new value of the place)"""


def invalid(terms: Terms, base: Base) -> Iterator[Draft]:
    """Every invalid draft of one base, place by place; items of arrays at first, middle and last."""
    others = _other_members(base)
    for site in base.sites:
        for name, variant, keyword in _inside(site):
            yield _without(base, site, name, keyword, variant)
        for variant, keyword, new in proposals(terms, site, others):
            yield _draft(base, site.at, keyword, variant, new)


def _draft(base: Base, at: str, keyword: str, variant: str, new: Any) -> Draft:
    told, changed = difference(base, at, new)
    disputed = keyword == "format" and (base.nodes[at].format, variant) in DISPUTED
    return Draft(
        kind="invalid",
        family=keyword,
        variant=variant,
        at=at,
        keyword=keyword,
        description=_describe(at, keyword, variant, told, new, base),
        changed=changed,
        nodes=base.nodes,
        origin=base.name,
        base=base,
        place=at,
        new=new,
        expect="either" if disputed else None,
        because=READERS_DISAGREE if disputed else "",
    )


def _without(base: Base, site: Site, name: str, keyword: str, variant: str) -> Draft:
    """The base without one property of a place; the fault is told of the place."""
    at = join(site.at, name)
    return Draft(
        kind="invalid",
        family=keyword,
        variant=variant,
        at=site.at,
        keyword=keyword,
        description=f"{at} is absent",
        changed=difference(base, at, MISSING)[1],
        nodes=base.nodes,
        origin=base.name,
        base=base,
        place=site.at,
        new={key: item for key, item in site.value.items() if key != name},
    )


def _describe(at: str, keyword: str, variant: str, told: str, new: Any, base: Base) -> str:
    where = at or "the body"
    if keyword == "type":
        return f"{where} is {told} ({json_type(new)}) instead of {json_type(get(base.value, at))}"
    return f"{where} is {told} ({variant.replace('-', ' ')})"


_MOST_VIOLATORS, _FIRST_VIOLATORS, _FIRST_MISSES = 3000, 3, 17


def _rules(terms: Terms, keyword: str) -> int:
    """How many rules of one keyword a contract has."""
    key = ("rules", keyword)
    if key not in terms.root.memo:
        terms.root.memo[key] = sum(rule.keyword == keyword for rule in terms.constraints)
    return terms.root.memo[key]  # type: ignore[no-any-return]


def _shared(terms: Terms, site: Site, found: list[Proposal], first: int) -> Iterator[Proposal]:
    """In a large contract the places share what breaks a text: each has the first, and some of the others."""
    if found:
        step = -(-_rules(terms, found[0][1]) * len(found) // _MOST_VIOLATORS)
        turn = crc32(site.at.encode("utf-8", "surrogatepass"))
        for number, proposal in enumerate(found):
            if step <= 1 or number < first or (number + turn) % step == 0:
                yield proposal


def proposals(terms: Terms, site: Site, others: tuple[Any, ...]) -> Iterator[Proposal]:
    """What may stand at a place and break one of its own rules."""
    node = site.node
    yield from logic(node)
    if not site.at or node.types:
        yield from _types(site)
    if node.enum is not None or node.pointer in terms.pins:
        yield from _enum(site, others)
    for name in node.all_of("format"):
        found = [(variant, "format", text) for variant, text in VIOLATORS.get(name, {}).items()]
        yield from _shared(terms, site, found, _FIRST_VIOLATORS)
    if isinstance(site.value, str):
        yield from strings(node, site.value)
        if node.all_of("pattern"):
            yield from _shared(terms, site, list(patterns(node, site.value)), _FIRST_MISSES)
    if isinstance(site.value, int | float) and not isinstance(site.value, bool):
        yield from numbers(node, site.value)
    if isinstance(site.value, list):
        yield from items(node, site.value)
        yield from _nearly_contained(terms, site, others)
    if isinstance(site.value, dict):
        yield from entries(node, site.value)


def _nearly_contained(terms: Terms, site: Site, others: tuple[Any, ...]) -> Iterator[Proposal]:
    """Arrays whose items are nearly what they must contain, and no more than that."""
    for number, (schema, made) in enumerate(contained(site.node)):
        wanted = judge_of(site.node.item(len(site.node.prefix)).also(schema))
        match = next((item for item in site.value if wanted.is_valid(item)), made)
        enough = (site.node.keyword("minContains") or 1) - 1
        size = max(len(site.value), enough + 1) - enough
        tail = f"-{number}" if number else ""
        for variant, new in near_items(terms, site, schema, match, others):
            rest = sized([new], size, unique=bool(site.node.keyword("uniqueItems")))
            yield f"nearly-{variant}{tail}", "contains", [match] * enough + rest


def near_items(
    terms: Terms, site: Site, schema: Any, match: Any, others: tuple[Any, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """Items that an array may hold and that are nearly, and not, what ``schema`` (of ``contains``) asks for."""
    item = site.node.item(len(site.node.prefix))
    inner = item.also(schema)
    fine, wanted = judge_of(item), judge_of(inner)
    near = Site(join(site.at, 0), inner, match)
    absent = (
        (variant, keyword, {key: value for key, value in match.items() if key != name})
        for name, variant, keyword in _inside(near)
    )
    for (variant, _, new), _ in zip(
        (*absent, *proposals(terms, near, others)), range(_MOST_NEAR), strict=False
    ):
        if fine.is_valid(new) and not wanted.is_valid(new):
            yield variant, new


_MOST_NEAR = 80


# -- type -------------------------------------------------------------------------------------

_WRONG: dict[str, tuple[tuple[str, Any], ...]] = {
    "null": (("null", None),),
    "boolean": (("false", False), ("true", True)),
    "integer": (("zero", 0), ("integer", 42)),
    "number": (("fraction", 1.5),),
    "string": (("empty-string", ""), ("string", "text")),
    "array": (("empty-array", []), ("array", ["text", 1])),
    "object": (("empty-object", {}), ("object", {"id": "text"})),
}


def _types(site: Site) -> Iterator[Proposal]:
    """Every other JSON type, empty and full, and the right value in a wrong wrapper."""
    allowed = site.node.types
    for name, values in _WRONG.items():
        if name in allowed or (name == "integer" and "number" in allowed):
            continue
        if name == "number" and "integer" in allowed:
            continue
        for variant, value in values:
            yield variant, "type", value
    if "number" not in allowed and "integer" in allowed:
        yield "fraction", "type", _with_fraction(site.node, site.value)
    right = site.value
    if "array" not in allowed:
        yield "in-array", "type", [right]
    if "object" not in allowed:
        yield "in-object", "type", {"value": right}
    if "string" not in allowed:
        yield "as-text", "type", json.dumps(right, ensure_ascii=False, separators=(",", ":"))
        if isinstance(right, list) and right and isinstance(right[0], str):
            yield "joined", "type", ",".join(str(item) for item in right)
    if "array" in allowed and isinstance(right, list) and right:
        yield "first-item", "type", right[0]
        yield "by-index", "type", {str(n): item for n, item in enumerate(right)}
    if "object" in allowed and isinstance(right, dict):
        yield "pairs", "type", [[k, v] for k, v in right.items()]
        yield "values", "type", list(right.values())
    if "string" in allowed and isinstance(right, str):
        yield "code-points", "type", [ord(c) for c in right[:8]]
        yield "characters", "type", list(right[:8])
    if "boolean" in allowed:
        yield "one", "type", 1
        yield "yes", "type", "yes"


def _with_fraction(node: Node, right: Any) -> float:
    """A number that is no integer, as near to ``right`` as may be: within its bounds a half is all that is wrong."""
    if isinstance(right, bool) or not isinstance(right, int) or abs(right) >= _WHOLE_BELOW:
        return 1.5
    tops = [top for keyword in ("maximum", "exclusiveMaximum") if (top := node.keyword(keyword)) is not None]
    return right - 0.5 if tops and right + 0.5 >= min(tops) else right + 0.5


_WHOLE_BELOW = 2**52


# -- enum and const ---------------------------------------------------------------------------


def _other_members(base: Base) -> tuple[Any, ...]:
    """Members of all enums of a base: each is a near miss for the other places."""
    found: dict[bytes, Any] = {}
    for node in base.nodes.values():
        for member in (node.enum or ())[:12]:
            found.setdefault(compact(member), member)
    return tuple(found.values())


def _enum(site: Site, others: tuple[Any, ...]) -> Iterator[Proposal]:
    keyword = (
        "const" if site.node.keyword("const") is not None and site.node.keyword("enum") is None else "enum"
    )
    members = site.node.enum or (site.value,)
    texts = [m for m in members if isinstance(m, str)]
    for number, member in enumerate(_spread(texts, site.value)):
        tail = "" if number == 0 else f".{member}"
        for variant, text in near_misses(member).items():
            yield f"{variant}{tail}", keyword, text
    if texts:
        yield "empty", keyword, ""
        yield "blank", keyword, " "
        yield "unknown", keyword, "unknown_value"
        yield "number-text", keyword, "0"
        yield "null-text", keyword, "null"
        if len(texts) > 1:
            yield "two-joined", keyword, f"{texts[0]},{texts[1]}"
            yield "two-piped", keyword, f"{texts[0]}|{texts[1]}"
    known = {compact(m) for m in members}
    for other in others:
        if compact(other) not in known and json_type(other) in site.node.types:
            yield f"other-{other if isinstance(other, str) else compact(other).decode()}", keyword, other
    for member in members:
        if isinstance(member, bool) and "boolean" in site.node.types:
            yield "other-boolean", keyword, not member
        elif isinstance(member, int | float) and not isinstance(member, bool):
            yield f"next-{member}", keyword, member + 1
            yield f"minus-{member}", keyword, -member - 1
        elif isinstance(member, dict | list):
            yield "emptied", keyword, type(member)()


def _spread(texts: list[str], current: Any) -> list[str]:
    """The member that stands there first, then the others; of a long enum the first and the last few."""
    rest = [m for m in texts if m != current]
    if len(rest) > 12:
        rest = [*rest[:2], *rest[-2:]]
    return ([current] if current in texts else []) + rest


def near_misses(member: str) -> dict[str, str]:
    """Texts that a careless comparison takes for ``member``.

    >>> near_misses("published")["case-upper"]
    'PUBLISHED'
    """
    found = {
        "case-upper": member.upper(),
        "case-lower": member.lower(),
        "case-title": member[:1].upper() + member[1:],
        "case-words": member.title(),
        "case-last": member[:-1] + member[-1:].upper(),
        "space-before": " " + member,
        "space-after": member + " ",
        "tab-after": member + "\t",
        "line-break-after": member + "\n",
        "nul-after": member + "\x00",
        "zero-width": member + "\u200b",
        "prefix": member[:-1],
        "first-letter": member[:1],
        "suffix": member[1:],
        "longer": member + "x",
        "longer-before": "x" + member,
        "plural": member[:-1] if member.endswith("s") else member + "s",
        "quoted": f'"{member}"',
        "doubled": member + member,
        "fullwidth": "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in member),
    }
    for name, old, new in (
        ("dots-underscores", ".", "_"),
        ("underscores-hyphens", "_", "-"),
        ("underscores-blanks", "_", " "),
        ("underscores-gone", "_", ""),
        ("hyphens-underscores", "-", "_"),
        ("dots-slashes", ".", "/"),
    ):
        if old in member:
            found[name] = member.replace(old, new)
    if "." in member:
        found["last-part"] = member.rsplit(".", 1)[-1]
        found["first-part"] = member.split(".", 1)[0]
        found["other-verb"] = member.split(".", 1)[0] + ".exploded"
    if "i" in member:
        found["dotless-i"] = member.replace("i", "\u0131", 1)
    if "s" in member:
        found["long-s"] = member.replace("s", "\u017f", 1)
    return {name: text for name, text in found.items() if text != member}


def _inside(site: Site) -> Iterator[tuple[str, str, str]]:
    """Faults that are made below a place and told of it: properties that must be there and are not."""
    if not isinstance(site.value, dict):
        return
    for name in site.node.required:
        if name in site.value:
            yield name, f"{name}-absent", "required"
    for rules in site.node.all_of("dependentRequired"):
        for trigger, names in rules.items():
            for name in names:
                if trigger in site.value and name in site.value:
                    yield name, f"{name}-absent-with-{trigger}", "dependentRequired"
