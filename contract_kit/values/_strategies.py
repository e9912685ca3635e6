"""What random bodies are made of: bodies to start from, and a table of edits to make.

Drawing a payload field by field is slow and shrinks to nonsense. Here a body is a base, by index, and a
few edits, by index, so that a failing body shrinks to the first base with the one edit that matters
(``_payloads`` draws them). Free text, numbers and structure of any kind come in as edits of their own;
hypothesis-jsonschema serves the leaves that have patterns or formats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import replace as replace_field
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, get, join, remove, replace
from contract_kit.shape import python_pattern

from ._bases import Base, Site, base_values, bases
from ._build import judge_of
from ._edge_keys import KEYS, unknown_values
from ._formats import DISPUTED, EXAMPLES, FORMS
from ._scalar import bounds, is_multiple
from ._select import meaning_edges, number_edges, sized, text_edges, time_edges

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contract_kit.model import Terms
    from contract_kit.shape import Node

    from ._edges import Edge

__all__ = ["Edit", "applied", "edits_of", "text_leaf"]

_MOST_TABLE = 6000
_BASES = 8
_EDGES_EACH = 60


@dataclass(frozen=True, slots=True)
class Edit:
    """A change at one place: to ``new``, or to what ``draw`` gives (free text and the like)."""

    at: str
    new: Any
    draw: SearchStrategy[Any] | None = None
    judged: bool = False
    """Whether ``new`` is known to satisfy what is said of its place."""


def applied(value: Any, edit: Edit) -> Any:
    """``value`` with one edit that draws nothing, or ``MISSING`` where the place is not there any more."""
    new = edit.new
    parent = get(value, edit.at.rpartition("/")[0]) if edit.at else None
    if edit.at and not isinstance(parent, dict | list):
        return MISSING
    if new is MISSING:
        return remove(value, edit.at) if get(value, edit.at) is not MISSING else MISSING
    if isinstance(parent, list) and get(value, edit.at) is MISSING:
        return MISSING
    return replace(value, edit.at, new)


def edits_of(terms: Terms) -> tuple[list[Any], list[Edit]]:
    """Bodies to start from and edits to make: one of each place, then a second one of each, and so on."""
    memo = terms.root.memo
    if "edits" not in memo:
        made = list(bases(terms))
        starts = [base.value for base in made]
        if made[0].name == "full":
            starts[1:1] = base_values(terms, _BASES)[1:]
        memo["whole"] = made[0].name == "full"
        memo["edits"] = (starts, _in_turn(terms, made))
    return memo["edits"]  # type: ignore[no-any-return]


def _in_turn(terms: Terms, made: list[Base]) -> list[Edit]:
    """The edits of all places, a place after the other in rounds; what a map or an object has not is one place.

    Items of an array are alike: what is drawn, and costs as much as the rest of a body, comes early for one of them.
    """
    places: dict[str, list[Edit]] = {}
    late: list[Edit] = []
    drawn: set[str] = set()
    count = 0
    for base in made:
        for site in base.sites:
            for edit in _edits(terms, base, site):
                count += 1
                if edit.draw is not None and site.node.pointer in drawn:
                    late.append(edit)
                    continue
                named = edit.at == site.at or edit.new is MISSING
                places.setdefault(edit.at if named else join(site.at, "*"), []).append(edit)
            drawn.add(site.node.pointer)
            if count > _MOST_TABLE:
                break
    return [edit for turn in zip_longest(*places.values()) for edit in turn if edit is not None] + late


def _edits(terms: Terms, base: Base, site: Site) -> list[Edit]:
    del base
    node, value = site.node, site.value
    if node.pointer in terms.pins:
        return []
    judge = judge_of(node)
    found: list[Edit] = []
    if node.enum is not None:
        found.extend(Edit(site.at, member) for member in node.enum if member != value)
    elif isinstance(value, str):
        edges = (
            time_edges()
            if node.format == "date-time"
            else (*meaning_edges(node, terms.profile), *text_edges(node))
        )
        if node.format is None or node.format in FORMS or node.format == "date-time":
            found.append(Edit(site.at, None, text_leaf(node)))
        found.extend(_from(site.at, edges[:: max(len(edges) // _EDGES_EACH, 1)], judge))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found.append(Edit(site.at, None, number_leaf(node)))
        found.extend(_from(site.at, number_edges(node), judge))
    elif isinstance(value, list):
        found.extend(Edit(site.at, sized(value, n)) for n in (0, 1, 2, 5, 20) if n != len(value))
        found.append(Edit(site.at, value[::-1]))
    elif isinstance(value, dict):
        found.extend(Edit(join(site.at, name), MISSING) for name in value)
        found.extend(_open(site, judge))
    return [one for edit in found if (one := _judged(edit, site.at, judge)) is not None]


def _judged(edit: Edit, at: str, judge: Any) -> Edit | None:
    """An edit of the place itself only where it is sound there; others are judged when they are made."""
    if edit.at != at or edit.draw is not None or edit.new is MISSING:
        return edit
    return replace_field(edit, judged=True) if judge.is_valid(edit.new) else None


def _from(at: str, edges: tuple[Edge, ...], judge: Any) -> list[Edit]:
    return [
        Edit(at, edge.value)
        for edge in edges
        if not edge.disputed and len(str(edge.value)) < 2000 and judge.is_valid(edge.value)
    ]


def _open(site: Site, judge: Any) -> list[Edit]:
    """Entries of a map, and properties that the contract does not name, of any shape."""
    from hypothesis import strategies as st

    if not isinstance(site.value, dict) or site.node.closed:
        return []
    if site.node.values is not None:
        sound = next(iter(site.value.values()), "x")
        keys = [key for key in KEYS.values() if len(key) < 300 and judge.is_valid({**site.value, key: sound})]
        return [Edit(join(site.at, key), sound) for key in keys]
    plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
    nested = st.lists(plain, max_size=4) | st.dictionaries(st.text(max_size=8), plain, max_size=4)
    json_values = plain | nested | st.dictionaries(st.text(max_size=8), nested, max_size=3)
    at = join(site.at, "new_field")
    return [Edit(at, None, json_values), *(Edit(at, edge.value) for edge in unknown_values())]


def text_leaf(node: Node) -> SearchStrategy[Any]:
    """Free text where the node is free, legal forms where it has a format, else what its pattern matches."""
    from hypothesis import strategies as st

    least, most = node.keyword("minLength") or 0, node.keyword("maxLength")
    patterns = node.all_of("pattern")
    if node.format == "date-time" and not patterns:
        return _date_times()
    if node.format in FORMS:
        forms = [text for name, text in FORMS[node.format].items() if (node.format, name) not in DISPUTED]
        return st.sampled_from([*EXAMPLES.get(node.format, ()), *forms])
    if patterns:
        return _matching(patterns, least, most)
    letters = st.characters(exclude_categories=["Cs"])
    return st.text(letters, min_size=least, max_size=min(most or max(300, least), max(300, least)))


def _matching(patterns: list[str], least: int, most: int | None) -> SearchStrategy[Any]:
    """What hypothesis-jsonschema makes of patterns; its strategies for leaves work with every Hypothesis."""
    from hypothesis_jsonschema import from_schema

    rules: list[dict[str, Any]] = [{"pattern": python_pattern(pattern)} for pattern in patterns]
    rules.append({"minLength": least} if most is None else {"minLength": least, "maxLength": most})
    strategy: SearchStrategy[Any] = from_schema({"type": "string", "allOf": rules})
    return strategy


def number_leaf(node: Node) -> SearchStrategy[Any]:
    """Numbers within the node's bounds, the width of its format and what 64 bits or a double can hold."""
    from hypothesis import strategies as st

    least, most, open_low, open_high = bounds(node)
    low = Fraction(-(2**63)) if least is None else max(least, Fraction(-(2**63)))
    high = Fraction(2**63 - 1) if most is None else min(most, Fraction(2**63 - 1))
    step = node.keyword("multipleOf")
    unit = Fraction(str(step)) if step else Fraction(1)
    first, last = math.ceil(low / unit), math.floor(high / unit)
    multiples = (
        st.integers(first, last).map(lambda n: _number(n * unit)) if first <= last else st.just(_number(low))
    )
    if step:
        return multiples.filter(lambda value: is_multiple(value, step) is True)
    if "number" not in node.types or low >= high:
        return multiples
    decimals = st.floats(
        float(low) if least is not None else None,
        float(high) if most is not None else None,
        exclude_min=open_low,
        exclude_max=open_high,
        allow_nan=False,
        allow_infinity=False,
        width=32 if node.format == "float" and least is None and most is None else 64,
    )
    return multiples | decimals


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _date_times() -> SearchStrategy[str]:
    """RFC 3339 date-times: any instant, 0 to 12 fraction digits, offsets up to 18 hours."""
    from hypothesis import strategies as st

    def written(moment: Any, digits: str, offset: int | None) -> str:
        text = moment.strftime("%m-%dT%H:%M:%S") + (f".{digits}" if digits else "")
        zone = (
            "Z"
            if offset is None
            else f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
        )
        return f"{moment.year:04}-{text}{zone}"

    return st.builds(
        written,
        st.datetimes(),
        st.text("0123456789", max_size=12),
        st.none() | st.integers(-18 * 60, 18 * 60),
    )
