"""Source that makes samples, as it is being written: its bits, its names, its statements, its tables.

A function is given the sample's number ``i`` and a row of random numbers ``r0``, ``r1``, …: bytes where a table of 256 is
picked from, and 16 bits elsewhere.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contract_kit.errors import ContractKitError, SpecError
from contract_kit.jsonio import compact
from contract_kit.values._build import plain_leaf
from contract_kit.values._realistic import Realism
from contract_kit.values._worlds import padded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contract_kit.model import Terms
    from contract_kit.shape import Node
    from contract_kit.values._pools import Pools
    from contract_kit.values._shapes import Shape

__all__ = ["Frame", "Material", "Source", "compiled"]


_BARE = re.compile(r"[^A-Za-z_]")


@dataclass(slots=True)
class Frame:
    """Statements of one thing (the payload's, or an item's): what is shared comes first."""

    depth: int
    number: str
    first: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    item: int = 0


class Material:
    """What all shapes of a contract draw their tables from: worlds, and what was wished of them."""

    def __init__(self, terms: Terms, pools: Pools) -> None:
        self.terms = terms
        count = max(16, min(256, 1 << (20_000 // max(len(terms.locations), 1)).bit_length() - 1))
        self.worlds = [
            Realism(pools, number, terms.profile, event=terms.event, seed=0xACE) for number in range(count)
        ]
        self._kept: dict[tuple[Any, ...], list[Any]] = {}

    def draw(self, node: Node, at: str, make: Callable[[Any], Any], most: int = 256) -> list[Any]:
        """What can be made of the worlds' wishes; where none will do, the plainest value."""
        key = (node.pointer, at, node.identity)
        if key not in self._kept:
            values = []
            for world in self.worlds[:most]:
                with suppress(SpecError):
                    values.append(make(world.leaf))
            self._kept[key] = values or [make(plain_leaf)]
        return self._kept[key]


class Source:
    """The source for one contract and one shape, and the tables that it picks from."""

    def __init__(self, material: Material, shape: Shape, *, text: bool, tables: dict[str, Any]) -> None:
        self.material, self.terms, self.worlds = material, material.terms, material.worlds
        self.shape, self.text, self.tables = shape, text, tables
        self.size = 0
        self.row = "B"
        self._names = 0
        self._leaves = 0
        self.root = Frame(1, "")
        self.frames = [self.root]

    # -- bits and names -----------------------------------------------------------------------

    def draw(self, bits: int) -> str:
        """An expression for ``bits`` fresh bits (at most 16); 8 and 16 are a number of the row as it is."""
        number = f"r{len(self.row)}"
        self.row += "B" if bits <= 8 else "H"
        return number if bits in (8, 16) else f"({number} & {(1 << bits) - 1})"

    def name(self, stem: str = "v") -> str:
        """A name that is not used yet."""
        self._names += 1
        return f"{_BARE.sub('', stem)}{self._names}"

    @property
    def frame(self) -> Frame:
        """The thing that is being written."""
        return self.frames[-1]

    def shared(self, key: str, frame: Frame, write: Callable[[], str]) -> str:
        """The variable ``key`` of a frame, set before its body to what ``write`` writes."""
        if key not in frame.names:
            expression = write()
            frame.names[key] = self.name(key)
            frame.first.append("    " * frame.depth + f"{frame.names[key]} = {expression}")
        return frame.names[key]

    def line(self, text: str) -> None:
        """One statement of the body, at the present depth."""
        self.frame.body.append("    " * self._depth + text)

    @property
    def _depth(self) -> int:
        return self.frame.depth + self._inside

    _inside = 0

    @contextmanager
    def under(self, condition: str) -> Iterator[None]:
        """What is written inside stands under an ``if``."""
        self.line(f"if {condition}:")
        self._inside += 1
        yield
        self._inside -= 1

    def pick(self, values: Sequence[Any]) -> str:
        """One of some ready values: a table of 256, and a byte that picks."""
        return f"{self.table(padded(values, 256))}[{self.draw(8)}]"

    def table(self, values: tuple[Any, ...]) -> str:
        """A table of ready values; its name."""
        name = self.name("P")
        self.tables[name] = tuple(compact(value).decode() for value in values) if self.text else values
        return name

    def quoted(self, text: str) -> str:
        """A text that a fragment of an f-string describes, as an expression."""
        return f"""f'"{text}"'""" if self.text else f"f'{text}'"

    def let(self, expression: str) -> str:
        """A variable for an expression."""
        name = self.name()
        self.line(f"{name} = {expression}")
        return name

    def constant(self, value: Any) -> str:
        """A value that is always the same."""
        if isinstance(value, (str, int, bool)) and not self.text:
            return repr(value)
        name = self.name("P")
        self.tables[name] = compact(value).decode() if self.text else value
        return name if self.text or not isinstance(value, (dict, list)) else f"fresh({name})"

    # -- the world ----------------------------------------------------------------------------

    def world(self) -> str:
        """The variable of the frame's world: an address of a country, its people and its ways."""
        size, countries = len(self.tables["A"]), len(self.tables["C"])
        root = self.shared(
            "a",
            self.root,
            lambda: (
                f"A[{self.draw(16)} * {size} >> 16] if i & 3 else C[(i >> 2) % {countries}][{self.draw(3)}]"
            ),
        )
        if self.frame is self.root:
            return root
        return self.shared("a", self.frame, lambda: f"C[{root}[14]][{self.draw(3)}]")

    def person(self) -> str:
        """The variable of the frame's person."""
        world = self.world()
        return self.shared("p", self.frame, lambda: f"{world}[7][{self.draw(8)}]")


def compiled(source: str, tables: dict[str, Any]) -> Any:
    """The functions of a source, over its tables."""
    space = dict(tables)
    try:
        exec(compile(source, "<contract_kit sampler>", "exec"), space)  # noqa: S102 - source of our own making
    except SyntaxError as error:  # pragma: no cover - a fault of ours
        raise ContractKitError(f"the sampler wrote bad source: {error}") from error
    return space
