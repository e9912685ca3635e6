"""`contract-kit generate` as a whole process: payloads a second, and memory that does not grow.

Run: ``python benchmarks/generate.py [--rounds 5] [--count 200000] [--json FILE]``

Each round starts the command twice, for 10,000 lines and for ``--count`` of them, and reads wall time, processor
time and the largest resident set that the kernel kept of it; between them the same number of ready dicts go through
``orjson.dumps`` into a file, which is the limit (without orjson the standard encoder stands there, and is
named). A last run writes a million lines, for the sake of its memory. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SMALL, MILLION = 10_000, 1_000_000


def generated(count: int, out: Path) -> dict[str, float]:
    """Lines a second, of wall and of processor time, and megabytes of one whole process."""
    words = [sys.executable, "-m", "contract_kit", "generate", "--count", str(count), "--out", str(out)]
    begun = time.perf_counter()
    pid = os.posix_spawn(sys.executable, words, {**os.environ, "PYTHONPATH": str(ROOT)})
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "wall": count / seconds,
        "cpu": count / (usage.ru_utime + usage.ru_stime),
        "megabytes": usage.ru_maxrss * unit / 1e6,
    }


def encoder():
    """The fastest encoder there is, by name."""
    try:
        import orjson
    except ImportError:
        return "json.dumps", lambda value: json.dumps(value, separators=(",", ":")).encode()
    return "orjson.dumps", orjson.dumps


def encoded(count: int, ready: list, dumps, out: Path) -> dict[str, float]:
    """The same for the encoder alone, in this process."""
    begun, used = time.perf_counter(), time.process_time()
    with out.open("wb") as file:
        for number in range(count):
            file.write(dumps(ready[number % len(ready)]) + b"\n")
    return {
        "wall": count / (time.perf_counter() - begun),
        "cpu": count / (time.process_time() - used),
    }


def measure(rounds: int, count: int) -> dict:
    """Rows of the command and of the limit, rates of processor time; and the memory of both sizes."""
    import contract_kit

    ready = list(contract_kit.load("customer.created").samples(500))
    name, dumps = encoder()
    small, large, limit = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.ndjson")
        for _ in range(rounds):
            small.append(generated(SMALL, out))
            large.append(generated(count, out))
            size = out.stat().st_size
            limit.append(encoded(count, ready, dumps, out))
        million = [generated(MILLION, out)]
    rows = []
    for label, found in (("contract-kit generate, NDJSON", large), (f"{name} of ready dicts (limit)", limit)):
        row: dict = {"name": label}
        for what in ("wall", "cpu"):
            row[f"{what}_best"] = round(max(one[what] for one in found))
            row[what] = round(statistics.median(one[what] for one in found))
            row[f"{what}_of_limit"] = round(
                statistics.median(one[what] / least[what] for one, least in zip(found, limit, strict=True)), 3
            )
        rows.append(row)
    return {
        "rounds": rounds,
        "count": count,
        "bytes": size,
        "rows": rows,
        "megabytes": {
            str(lines): round(statistics.median(one["megabytes"] for one in found), 1)
            for lines, found in ((SMALL, small), (count, large), (MILLION, million))
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    found = measure(chosen.rounds, chosen.count)
    print(
        f"{'lines a second':36} {'wall, best':>11} {'median':>9} {'CPU, best':>11} {'median':>9} {'of limit':>9}"
    )
    for row in found["rows"]:
        print(
            f"{row['name']:36} {row['wall_best']:11,} {row['wall']:9,} {row['cpu_best']:11,} {row['cpu']:9,}"
            f" {row['cpu_of_limit']:9}"
        )
    for lines, megabytes in found["megabytes"].items():
        print(f"{int(lines):,} lines: {megabytes} MB at most")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
