"""Does the time of a sample grow with what is asked, and no faster? In how many, and in how many places.

Run: ``python benchmarks/growth.py [--rounds 5] [--json FILE]``

One contract is sampled 2,000, 20,000 and 100,000 times; and contracts of 20, 80 and 320 properties, a quarter of them in an
object of their own, are sampled as often. The figures are µs of processor time: a sample, and a property of a
sample. They should stay as they are from row to row. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

COUNTS, WIDTHS, EACH = (2_000, 20_000, 100_000), (20, 80, 320), 2_000
NAMES = ("id", "name", "email", "city", "created_at", "status", "note", "amount")


def document(width: int) -> dict:
    """An OpenAPI document whose one event has ``width`` properties."""

    def fields(few: int) -> dict:
        made = {}
        for number in range(few):
            name = NAMES[number % len(NAMES)]
            schema: dict = {"type": "integer" if name == "amount" else "string"}
            if name == "created_at":
                schema["format"] = "date-time"
            made[f"{name}_{number}"] = schema
        return made

    inner = fields(width // 4)
    outer = {
        **fields(width - len(inner)),
        "part": {"type": "object", "required": [*inner], "properties": inner},
    }
    body = {"type": "object", "required": [*outer], "properties": outer}
    post = {
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "taken"}},
    }
    info = {"title": "wide", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "webhooks": {"thing.created": {"post": post}}}


def taken(contract, count: int) -> float:
    """Seconds of processor time for that many samples."""
    begun = time.process_time()
    deque(contract.samples(count), maxlen=0)
    return time.process_time() - begun


def measure(rounds: int) -> list[dict]:
    """A row a size: µs a unit, best and median."""
    import contract_kit

    customer = contract_kit.load("customer.created")
    jobs = {("samples", count): (customer, count, count) for count in COUNTS}
    with tempfile.TemporaryDirectory() as folder:
        for width in WIDTHS:
            page = Path(folder, f"wide{width}.json")
            page.write_text(json.dumps(document(width)), encoding="utf-8")
            wide = contract_kit.load("thing.created", spec=page)
            jobs["properties", width] = (wide, EACH, EACH * width)
    seen: dict = {key: [] for key in jobs}
    for turn in range(rounds + 1):
        for key, (contract, count, units) in jobs.items():
            spent = taken(contract, count if turn else 10)  # the first turn compiles
            if turn:
                seen[key].append(spent * 1e6 / units)
    return [
        {
            "of": of,
            "size": size,
            "best_us": round(min(found), 3),
            "median_us": round(statistics.median(found), 3),
        }
        for (of, size), found in seen.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    rows = measure(chosen.rounds)
    for row in rows:
        one = "sample" if row["of"] == "samples" else "property"
        print(f"{row['size']:>9,} {row['of']:12} {row['best_us']:8} µs a {one} (median {row['median_us']})")
    if chosen.json:
        chosen.json.write_text(json.dumps({"rounds": chosen.rounds, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
