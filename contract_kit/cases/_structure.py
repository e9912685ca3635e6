"""``valid``: arrays, maps and objects of every size, with keys and properties of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.errors import SpecError
from contract_kit.jsonio import MISSING, compact, join, replace
from contract_kit.shape import matches
from contract_kit.values import (
    KEYS,
    Builder,
    Site,
    breaking,
    entry_of,
    further,
    judge_of,
    neighbours,
    sized,
    stretched,
    unknown_values,
)

from ._contains import containing
from ._draft import Draft, shown
from ._edit import edit
from ._invalid import proposals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Terms
    from contract_kit.values import Base

__all__ = ["structure"]

_MANY = (0, 1, 2, 10, 50, 100, 101, 1000)
_MOST_COMPARED = 101
"""Items that must differ and are no scalars: many a validator compares each with each other one, in half a second a thousand."""
_BODY_SHARE = 60_000
_BODY_LIMIT, _MARGIN = 350_000, 1000
_PROBE = 1000


def structure(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    """What may stand in an array or object besides what the base has there."""
    yield from _nearly_forbidden(terms, base, site)
    yield from _arrays(terms, base, site)
    yield from _maps(terms, base, site)
    yield from _counted(base, site)
    yield from _long_names(base, site)
    yield from _unknown(base, site)


def _nearly_forbidden(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    """What is nearly what ``not`` forbids, and allowed."""
    node = site.node
    for number, schema in enumerate(node.unsettled.rules("not")):
        found = breaking(node, "not", schema)
        if found is MISSING:
            continue
        judge, near = judge_of(node), Site(site.at, type(node).of(node, [schema]), found)
        for (variant, _, new), _ in zip(proposals(terms, near, ()), range(_MOST_NEAR), strict=False):
            if new != site.value and judge.is_valid(new):
                tail = f"-{number}" if number else ""
                words = f"{site.at or 'the body'} is {{}}, nearly what may not stand there"
                yield edit(base, site.at, new, "not", f"not-nearly-{variant}{tail}", words)


_MOST_NEAR = 80


def _arrays(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    if not isinstance(site.value, list):
        return
    judge, items = judge_of(site.node), site.value
    share = max(len(compact(items[0])) + 1 if items else 4, 4)
    if site.node.keyword("uniqueItems"):
        # Items that must differ are longer than the first ones.
        share = max(share, len(compact(_items(site, _PROBE))) // _PROBE + 2)
    own = _bounds(site, "minItems", "maxItems")
    sizes = _sizes(terms, base, own, share)
    if site.node.keyword("uniqueItems") and isinstance(next(iter(items), None), (dict, list)):
        sizes = {name: size for name, size in sizes.items() if size <= max([_MOST_COMPARED, *own])}
    else:
        sizes |= _fullest(terms, base, site, "array", share)
    for name, size in sizes.items():
        new = _items(site, size)
        if judge.is_valid(new) and len(new) != len(items):
            yield edit(base, site.at, new, "size", name, f"{site.at} has {size:,} item{'s' * (size != 1)}")
    if len(items) > 1:
        for name, new in (("reversed", items[::-1]), ("repeated", [items[0], *items[:-1]])):
            if judge.is_valid(new):
                yield edit(base, site.at, new, "items", f"items-{name}", f"{site.at} has its items {name}")
    yield from containing(terms, base, site)


def _sizes(terms: Terms, base: Base, own: list[int], share: int) -> dict[str, int]:
    """Common sizes as far as they leave a body handy, and the place's own as far as a body may be large."""
    room = _room(terms, base)
    return {
        f"size-{n}": n for n in sorted({*_MANY, *own}) if n * share <= (room if n in own else _BODY_SHARE)
    }


def _room(terms: Terms, base: Base) -> int:
    limit = terms.profile.body_limit if terms.profile is not None else _BODY_LIMIT
    return limit - len(compact(base.value)) - _MARGIN


def _items(site: Site, size: int) -> list[Any]:
    """``size`` items: those of the base again and again, after what the prefix asks for."""
    first = len(site.node.prefix)
    unique = bool(site.node.keyword("uniqueItems"))
    if size > len(site.value) and site.node.keyword("maxContains") is not None:
        return [*site.value, *sized(_uncounted(site), size - len(site.value), unique=unique)]
    if size <= len(site.value) or not first:
        return sized(site.value, size, unique=unique) if size > len(site.value) else site.value[:size]
    rest = site.value[first:]
    if not rest:
        try:
            rest = [Builder().build(site.node.item(first)).value]
        except SpecError:
            return list(site.value)
    return [*site.value[:first], *sized(rest, size - first, unique=unique)]


def _uncounted(site: Site) -> list[Any]:
    """The items of an array that are none of those that ``maxContains`` counts."""
    item = site.node.item(len(site.node.prefix))
    judges = [judge_of(item.also(schema)) for schema in site.node.all_of("contains")]
    return [item for item in site.value if not any(judge.is_valid(item) for judge in judges)] or site.value


def _fullest(terms: Terms, base: Base, site: Site, kind: str, share: int) -> dict[str, int]:
    """At the first place of its kind: as many items as the provider's body limit holds."""
    memo = terms.root.memo
    here = (base.name, site.at)
    if memo.setdefault(("fullest", kind), here) != here:
        return {}
    return {"size-limit": max(_room(terms, base) // (share + 2), 1)}


def _bounds(site: Site, least: str, most: str) -> list[int]:
    found = [site.node.keyword(least), site.node.keyword(most)]
    return [n for bound in found if bound is not None for n in (bound, bound + 1, max(bound - 1, 0))]


def _maps(terms: Terms, base: Base, site: Site) -> Iterator[Draft]:
    values = site.node.values
    if not isinstance(site.value, dict) or values is None:
        return
    judge = judge_of(site.node)
    sound = next((v for k, v in site.value.items() if k not in site.node.properties), "value")
    share = len(compact(sound)) + 12
    sizes = _sizes(terms, base, _bounds(site, "minProperties", "maxProperties"), share)
    for name, size in (sizes | _fullest(terms, base, site, "map", share)).items():
        new = _named(site, sound, size)
        if judge.is_valid(new) and size != len(site.value):
            yield edit(
                base, site.at, new, "size", name, f"{site.at} has {size:,} entr{'ies' if size != 1 else 'y'}"
            )
    for name, key in KEYS.items():
        new = {**site.value, key: sound}
        if key not in site.value and judge.is_valid(new):
            yield edit(
                base,
                site.at,
                new,
                "key",
                f"key-{name}",
                f"{site.at} has an entry named {shown(key)}",
                compare=True,
            )
    for name, pair in _alike().items():
        new = {**site.value, pair[0]: sound, pair[1]: _other(sound)}
        if judge.is_valid(new):
            yield edit(
                base,
                site.at,
                new,
                "key",
                f"keys-alike-{name}",
                f"{site.at} has entries named {shown(list(pair))}",
            )
    own = list(
        dict.fromkeys(part for node in base.nodes.values() for part in [node.pointer.rsplit("/", 1)[-1]])
    )
    for key in own[:40]:
        new = {**site.value, key: sound}
        if key not in ("*", "") and key not in site.value and judge.is_valid(new):
            yield edit(
                base, site.at, new, "key", f"key-own-{key}", f"{site.at} has an entry named {key!r} too"
            )


def _counted(base: Base, site: Site) -> Iterator[Draft]:
    """An object that is no map, with as few and as many properties as it may have."""
    node = site.node
    if not isinstance(site.value, dict) or node.values is not None:
        return
    judge = judge_of(node)
    firm = {name: item for name, item in site.value.items() if name in node.required}
    for size in sorted(set(_bounds(site, "minProperties", "maxProperties"))):
        rest = {**site.value, **further(node, site.value, max(size - len(site.value), 0))}
        new = dict(list({**firm, **rest}.items())[:size])
        if len(new) != len(site.value) and judge.is_valid(new):
            yield edit(
                base,
                site.at,
                new,
                "size",
                f"size-{size}",
                f"{site.at} has {size:,} propert{'ies' if size != 1 else 'y'}",
            )


def _long_names(base: Base, site: Site) -> Iterator[Draft]:
    """Entries whose names are as short and as long as ``propertyNames`` allows, or extreme for its pattern."""
    names = site.node.names
    if not isinstance(site.value, dict) or names is None:
        return
    whole, rules = judge_of(site.node), names.all_of("pattern")
    entries = [name for name in site.value if name not in site.node.properties] or list(site.value)
    keys: dict[str, str] = {}
    for number, name in enumerate(entries[:3]):
        asked = (*rules, *(pattern for pattern in site.node.patterns if matches(pattern, name)))
        tail = f".{name}" if number else ""
        found = dict(neighbours(asked, name).sound) if asked else {}
        for word, keyword in (("shortest", "minLength"), ("longest", "maxLength")):
            key = stretched(asked, name, names.keyword(keyword)) if names.keyword(keyword) else None
            found |= {} if key is None else {word: key}
        keys |= {f"{how}{tail}": key for how, key in found.items()}
    for how, key in keys.items():
        new = {**site.value, key: entry_of(site.node, key, "x")}
        if key not in site.value and whole.is_valid(new):
            yield edit(
                base,
                site.at,
                new,
                "key",
                f"key-{how}",
                f"{site.at} has an entry named {shown(key)}",
                compare=True,
            )


def _named(site: Site, sound: Any, size: int) -> dict[str, Any]:
    """A map of ``size`` entries beside the declared properties that must be there."""
    kept = {name: site.value[name] for name in site.node.required if name in site.value}
    if site.node.names is None:
        names = (f"key_{n}" for n in range(size))
        return kept | {name: sound for name, _ in zip(names, range(size - len(kept)), strict=False)}
    own = {name: item for name, item in site.value.items() if name not in site.node.properties}
    found = {**kept, **dict(list(own.items())[: max(size - len(kept), 0)])}
    return found | further(site.node, found, max(size - len(found), 0))


def _other(sound: Any) -> Any:
    return f"{sound} (other)" if isinstance(sound, str) else sound


def _alike() -> dict[str, tuple[str, str]]:
    return {
        "case": ("region_id", "Region_ID"),
        "unicode": ("caf\u00e9", "cafe\u0301"),
        "width": ("plan", "ｐｌａｎ"),
        "space": ("plan_a", "plan_a "),
        "snake-camel": ("plan_code", "planCode"),
        "sharp-s": ("strasse", "straße"),
        "digit": ("1", "01"),
    }


def _unknown(base: Base, site: Site) -> Iterator[Draft]:
    """Properties that the contract does not name; the sender may add some any day."""
    if not isinstance(site.value, dict) or site.node.closed or site.node.values is not None:
        return
    judge = judge_of(site.node)
    name = next(n for n in ("new_field", "x_new_field", "new_field_2") if n not in site.node.properties)
    at = join(site.at, name)
    for edge in unknown_values():
        if judge.is_valid({**site.value, name: edge.value}):
            yield edit(
                base,
                at,
                edge.value,
                "unknown",
                f"unknown-{edge.name}",
                f"{site.at or 'the body'} has an unknown property {shown(edge.value)}",
                sendable=edge.sendable,
            )
    for key in ("", "__proto__", "constructor", "a.b", "$ref", "名前"):
        if key not in site.value and judge.is_valid({**site.value, key: "x"}):
            yield edit(
                base,
                join(site.at, key),
                "x",
                "unknown",
                f"unknown-named-{key or 'empty'}",
                f"{site.at or 'the body'} has an unknown property named {shown(key)}",
            )
    # A reader of the schema would look into it: numbers that Python cannot hold must be allowed there.
    if judge.is_valid({**site.value, name: 10**400}) and judge.is_valid({**site.value, name: 0.1}):
        yield from _huge(base, site, at)


def _huge(base: Base, site: Site, at: str) -> Iterator[Draft]:
    """Numbers beyond 64 bits and beyond doubles, spelled as digits: Python's writer would change them."""
    for name, digits in (
        ("beyond-64-bits", "18446744073709551617"),
        ("beyond-doubles", "1e400"),
        ("long-fraction", "0." + "1" * 60),
    ):
        mark = "\u0001number\u0001"
        marked = compact(replace(base.value, at, mark))
        yield Draft(
            kind="valid",
            family="unknown",
            variant=f"unknown-{name}",
            at=at,
            value=replace(base.value, at, 1),
            body=marked.replace(compact(mark), digits.encode()),
            description=f"{site.at or 'the body'} has an unknown property {digits[:24]}",
            changed=f"{at}: (absent) → {digits[:24]}",
            expect=None if name == "long-fraction" else "either",
            because="" if name == "long-fraction" else "sound readers differ about numbers of this size",
            compare=False,
            nodes=base.nodes,
            origin=base.name,
        )
