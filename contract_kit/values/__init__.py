"""Shape → values: realistic ones, edges by type and meaning, base bodies, strategies, covering arrays."""

from contract_kit.values._bases import DEEP, Base, Site, base_values, bases, deeper, minimal, unmet
from contract_kit.values._build import Builder, Built, build, judge_of
from contract_kit.values._edge_keys import KEYS, unknown_values
from contract_kit.values._edge_texts import ruler
from contract_kit.values._edges import Edge
from contract_kit.values._formats import DISPUTED, EXAMPLES, FORMS, WIDTHS, padded
from contract_kit.values._lookarounds import without_lookarounds
from contract_kit.values._meaning import Meaning, configure, known_meanings, meaning, register
from contract_kit.values._more import entry_of, further
from contract_kit.values._negate import opposites
from contract_kit.values._neighbours import neighbours, stretched
from contract_kit.values._pairs import MOOT, count_covered, covering
from contract_kit.values._payloads import payloads
from contract_kit.values._regex import matching
from contract_kit.values._sampler import realistic, sample_lines, samples
from contract_kit.values._scalar import exact, fit, hair, is_multiple, plain
from contract_kit.values._select import (
    addresses,
    all_breaking,
    breaking,
    meaning_edges,
    number_edges,
    sized,
    text_edges,
    time_edges,
    ways,
    wide_edges,
)
from contract_kit.values._shapes import beyond
from contract_kit.values._strategies import Edit, applied, edits_of
from contract_kit.values._violators import VIOLATORS

__all__ = [
    "DEEP",
    "DISPUTED",
    "EXAMPLES",
    "FORMS",
    "KEYS",
    "MOOT",
    "VIOLATORS",
    "WIDTHS",
    "Base",
    "Builder",
    "Built",
    "Edge",
    "Edit",
    "Meaning",
    "Site",
    "addresses",
    "all_breaking",
    "applied",
    "base_values",
    "bases",
    "beyond",
    "breaking",
    "build",
    "configure",
    "count_covered",
    "covering",
    "deeper",
    "edits_of",
    "entry_of",
    "exact",
    "fit",
    "further",
    "hair",
    "is_multiple",
    "judge_of",
    "known_meanings",
    "matching",
    "meaning",
    "meaning_edges",
    "minimal",
    "neighbours",
    "number_edges",
    "opposites",
    "padded",
    "payloads",
    "plain",
    "realistic",
    "register",
    "ruler",
    "sample_lines",
    "samples",
    "sized",
    "stretched",
    "text_edges",
    "time_edges",
    "unknown_values",
    "unmet",
    "ways",
    "wide_edges",
    "without_lookarounds",
]
