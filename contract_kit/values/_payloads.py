"""Valid payloads as a Hypothesis strategy of two draws: a base, and a text of which each letter is an edit.

What Hypothesis itself costs grows with the draws, so there are few. A letter that is taken out is an edit less
and a smaller letter is a plainer one, which are the very steps by which Hypothesis shrinks a text; it also
draws the first 256 letters of a large alphabet most of the time, and so the table has a few edits of each
place first (see ``edits_of``). An edit that draws (free text and the like) does so after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, tokens
from contract_kit.schema import validator_for
from contract_kit.values._build import Builder
from contract_kit.values._realistic import Realism
from contract_kit.values._sampler import fresh
from contract_kit.values._strategies import edits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from contract_kit.model import Terms

__all__ = ["payloads"]

_MOST_EDITS = 3
_FIRST_LETTER = 0x100000
"""Private use: no constant of anybody's source, which Hypothesis likes to draw, is made of these."""
_MOST_LETTERS = 65_000
_BODIES = 32
_TOGETHER = frozenset(
    [
        "anyOf",
        "contains",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "maxProperties",
        "minContains",
        "minProperties",
        "not",
        "oneOf",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
        "$dynamicRef",
    ]
)
"""Keywords under which two sound edits at different places may break a rule together."""
_NAMED = frozenset(["properties", "patternProperties", "$defs", "definitions"])


def payloads(terms: Terms) -> SearchStrategy[Any]:
    """Valid payloads of a contract: realistic ones, and ones with up to a few edges; each is the caller's own."""
    from hypothesis import strategies as st

    maker = _maker_of(terms)
    letters = "".join(map(chr, range(_FIRST_LETTER, _FIRST_LETTER + maker.edits)))
    which = st.integers(0, maker.bodies - 1)
    what = st.text(letters, max_size=_MOST_EDITS) if letters else st.just("")

    @st.composite
    def payload(draw: DrawFn) -> Any:
        body = draw(which)
        return maker.make(body, [ord(letter) - _FIRST_LETTER for letter in draw(what)], draw)

    return payload()


def _maker_of(terms: Terms) -> _Maker:
    memo = terms.root.memo
    if "payloads" not in memo:
        memo["payloads"] = _Maker(terms)
    return memo["payloads"]  # type: ignore[no-any-return]


class _Maker:
    """Bodies with edits, valid ones alone; what is known of an edit is kept."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        starts, table = edits_of(terms)
        more = _BODIES - len(starts) if terms.root.memo["whole"] else 0
        self._starts: list[Any] = [*starts, *[MISSING] * max(more, 0)]
        self._table = table[:_MOST_LETTERS]
        self._paths = [tuple(tokens(edit.at)) for edit in self._table]
        self._judge = validator_for(terms.root.discriminated or terms.schema)
        self._apart = _apart(terms.schema)
        self._sound: dict[int, bool] = {}

    @property
    def bodies(self) -> int:
        """How many bodies there are to start from."""
        return len(self._starts)

    @property
    def edits(self) -> int:
        """How many edits there are."""
        return len(self._table)

    def make(self, start: int, wanted: Sequence[int], draw: Callable[[SearchStrategy[Any]], Any]) -> Any:
        """A body with the wanted edits, but for those that would break it."""
        body = fresh(self._start(start))
        if not wanted:
            return body
        steps, known = [], self._apart
        for number in wanted:
            edit = self._table[number]
            if edit.draw is not None:
                known = False
                steps.append((number, draw(edit.draw)))
            elif not self._apart or self._may(number):
                steps.append((number, edit.new))
        for number, new in steps:
            body = _put(body, self._paths[number], new)
        if known or self._judge.is_valid(body):
            return body
        return self._stepwise(fresh(self._start(start)), steps)

    def _stepwise(self, body: Any, steps: list[tuple[int, Any]]) -> Any:
        for number, new in steps:
            edited = _put(fresh(body), self._paths[number], new)
            if self._judge.is_valid(edited):
                body = edited
        return body

    def _start(self, number: int) -> Any:
        """A body to start from; the realistic ones beyond the first few are made when they are asked for."""
        if self._starts[number] is MISSING:
            world = Realism(index=number, profile=self._terms.profile, event=self._terms.event)
            made = Builder(world.leaf, fixed=self._terms.pins).build(self._terms.root).value
            self._starts[number] = made if self._judge.is_valid(made) else self._starts[0]
        return self._starts[number]

    def _may(self, number: int) -> bool:
        """Whether an edit is sound wherever its place is, in a contract whose places are apart."""
        if number not in self._sound:
            edit = self._table[number]
            self._sound[number] = edit.judged or all(
                self._judge.is_valid(_put(fresh(start), self._paths[number], edit.new))
                for start in self._starts
                if start is not MISSING
            )
        return self._sound[number]


def _put(body: Any, path: Sequence[str], new: Any) -> Any:
    """``body``, changed in place, with ``new`` at ``path`` (or without what is there); as it was where there is no such place."""
    if not path:
        return body if new is MISSING else fresh(new)
    parent, last = body, path[-1]
    for token in path[:-1]:
        if isinstance(parent, dict) and token in parent:
            parent = parent[token]
        elif isinstance(parent, list) and token.isdecimal() and int(token) < len(parent):
            parent = parent[int(token)]
        else:
            return body
    if isinstance(parent, dict):
        if new is MISSING:
            parent.pop(last, None)
        else:
            parent[last] = fresh(new)
    elif isinstance(parent, list) and last.isdecimal() and int(last) < len(parent):
        if new is MISSING:
            del parent[int(last)]
        else:
            parent[int(last)] = fresh(new)
    return body


def _apart(schema: Any) -> bool:
    """Whether edits that are sound one by one are sound together, wherever their places are."""
    stack = [schema]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        if not isinstance(part, dict):
            continue
        for key, value in part.items():
            if key in _TOGETHER:
                return False
            if key in ("enum", "const"):
                if any(isinstance(one, (dict, list)) for one in (value if key == "enum" else [value])):
                    return False
            elif key in _NAMED and isinstance(value, dict):
                stack.extend(value.values())
            elif key not in ("default", "example", "examples"):
                stack.append(value)
    return True
