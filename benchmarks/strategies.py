"""How fast do the Hypothesis strategies draw? Examples a second, beside the strategies of others.

Run: ``python benchmarks/strategies.py [--rounds 5] [--old PYTHON] [--json FILE]``

One round draws from each in turn through ``@given``, shrinking and the example database off, so that all that
Hypothesis itself costs is in every figure; ``st.integers()`` is the least that an example can cost. Schemathesis
draws from the same document, turned into one whose request body is the pinned event. hypothesis-jsonschema fails
on objects with Hypothesis 6.170.10 and newer: ``--old`` names the Python of an environment with the last one that
it runs with, and this file runs itself there, for that strategy and for an ``st.integers()`` of that Hypothesis.
What cannot be had is named and left out. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVENT = "customer.created"
MANY, FEW = 800, 200
LIMIT = "st.integers() (limit)"
OLD_LIMIT = "st.integers() of that Hypothesis"
OLD = "hypothesis-jsonschema, from_schema"


def drawn(strategy, examples: int, seed: int) -> float:
    """Examples a second of processor time."""
    import hypothesis

    count = 0

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def look(_value):
        nonlocal count
        count += 1

    begun = time.process_time()
    look()
    return count / (time.process_time() - begun)


def contestants():
    """Names, strategies and how many examples a round draws of each; and what is missing."""
    from hypothesis import strategies as st

    import contract_kit

    contract = contract_kit.load(EVENT)
    found = {
        LIMIT: (st.integers(), MANY),
        "contract_kit, payloads()": (contract.payloads(), MANY),
        "contract_kit, invalid()": (contract.invalid(), MANY),
    }
    if importlib.util.find_spec("schemathesis") is None:
        return found, ["schemathesis"]
    import schemathesis
    from schemathesis.generation import GenerationMode

    from contract_kit.spec import bundled_document, receiver_document

    document = receiver_document(bundled_document(), EVENT, pin=True, server="http://127.0.0.1")
    (operation,) = (one.ok() for one in schemathesis.openapi.from_dict(document).get_all_operations())
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        found[f"Schemathesis, {mode.value}"] = (operation.as_strategy(generation_mode=mode), FEW)
    return found, []


def rates_of(found, rounds: int) -> dict[str, list[float]]:
    """Rates by name, a figure a round, after a small round that makes what is made once."""
    rates: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(rounds + 1):
        for name, (strategy, examples) in found.items():
            rate = drawn(strategy, examples if turn else 10, turn)
            if turn:
                rates[name].append(rate)
    return rates


def measure(rounds: int, old: Path | None):
    """Rates by name, and what was left out with the reason."""
    found, missing = contestants()
    left = [f"{name} is not installed" for name in missing]
    if old is None or not old.exists():
        left.append("hypothesis-jsonschema needs an environment with an older Hypothesis (--old)")
        return rates_of(found, rounds), left
    import contract_kit

    schema = json.dumps(contract_kit.load(EVENT).schema)
    there = subprocess.Popen(
        [str(old), __file__, "--old-side", "--rounds", str(rounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = there.communicate(schema)  # before ours, not beside them
    rates = rates_of(found, rounds)
    if there.returncode:
        return rates, [*left, "hypothesis-jsonschema failed in its own environment"]
    return {**rates, **json.loads(said)}, left


def old_side(rounds: int) -> None:
    """Read a schema, write the rates of the environment's hypothesis-jsonschema."""
    from hypothesis import strategies as st
    from hypothesis_jsonschema import from_schema

    found = {OLD_LIMIT: (st.integers(), MANY), OLD: (from_schema(json.load(sys.stdin)), FEW)}
    print(json.dumps(rates_of(found, rounds)))


def rows_of(rates: dict[str, list[float]]) -> list[dict]:
    """A row a name: best and median, and the median beside the limit's."""
    middle = {name: statistics.median(values) for name, values in rates.items()}
    return [
        {
            "name": name,
            "best": round(max(values), 1),
            "median": round(middle[name], 1),
            "of_limit": round(middle[name] / middle[LIMIT], 3),
        }
        for name, values in rates.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--old", type=Path, metavar="PYTHON")
    parser.add_argument("--old-side", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    if chosen.old_side:
        old_side(chosen.rounds)
        return
    rates, left = measure(chosen.rounds, chosen.old)
    rows = rows_of(rates)
    print(f"{'examples a second':42} {'best':>8} {'median':>8} {'of limit':>9}")
    for row in rows:
        print(f"{row['name']:42} {row['best']:8,.0f} {row['median']:8,.0f} {row['of_limit']:9.2f}")
    for reason in left:
        print(f"left out: {reason}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"rounds": chosen.rounds, "rows": rows, "left": left}, indent=1))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
