"""Shape → values: realistic ones, edges by type and meaning, base bodies, strategies, covering arrays."""

from contract_kit.values._bases import Base, Site, base_values, bases, minimal
from contract_kit.values._build import Builder, Built, build, judge_of
from contract_kit.values._edges import KEYS, Edge, unknown_values
from contract_kit.values._formats import EXAMPLES, VIOLATORS
from contract_kit.values._meaning import Meaning, meaning, register
from contract_kit.values._pairs import MOOT, count_covered, covering
from contract_kit.values._sampler import realistic, sample_lines, samples
from contract_kit.values._scalar import fit
from contract_kit.values._select import breaking, meaning_edges, number_edges, sized, text_edges, time_edges
from contract_kit.values._strategies import Edit, applied, edits_of, payloads

__all__ = [
    "EXAMPLES",
    "KEYS",
    "MOOT",
    "VIOLATORS",
    "Base",
    "Builder",
    "Built",
    "Edge",
    "Edit",
    "Meaning",
    "Site",
    "applied",
    "base_values",
    "bases",
    "breaking",
    "build",
    "count_covered",
    "covering",
    "edits_of",
    "fit",
    "judge_of",
    "meaning",
    "meaning_edges",
    "minimal",
    "number_edges",
    "payloads",
    "realistic",
    "register",
    "sample_lines",
    "samples",
    "sized",
    "text_edges",
    "time_edges",
    "unknown_values",
]
