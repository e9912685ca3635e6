"""Every benchmark in one go: `make bench`.

Run: ``python benchmarks/run.py [--only NAME] [--old PYTHON] [--json FILE] [--page FILE]``

Each benchmark is a process of its own, one after the other, five rounds each. What they measured, with the
machine, its load before and after each and the versions of everybody, goes into ``benchmarks/results.json``;
the table made of it goes between the two marks of ``docs/performance.md``. With ``--only`` the other
benchmarks' last results are kept. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from table import table  # noqa: E402 (a file beside this one)

BEGIN, END = "<!-- bench: begin (written by make bench) -->", "<!-- bench: end -->"
PEERS = (
    "contract-kit",
    "faker",
    "mimesis",
    "polyfactory",
    "jsf",
    "orjson",
    "hypothesis",
    "schemathesis",
    "pytest",
    "click",
)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A file beside this one and the words that it is started with."""

    name: str
    words: tuple[str, ...]


BENCHMARKS = (
    Benchmark("samples", ("--rounds", "5")),
    Benchmark("growth", ("--rounds", "5")),
    Benchmark("generate", ("--rounds", "5")),
    Benchmark("cores", ("--rounds", "5")),
    Benchmark("strategies", ("--rounds", "5")),
    Benchmark("rounds", ("--rounds", "5")),
    Benchmark("engines", ("--rounds", "5", "--seconds", "2")),
    Benchmark("http_clients", ("--rounds", "5", "--seconds", "0.2")),
    Benchmark("startup", ("--rounds", "5")),
)


def machine() -> dict[str, object]:
    """What everything ran on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "cores": os.cpu_count(),
        "processor": model,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Of us and of the peers that are there."""
    found = {}
    for name in PEERS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def ran(benchmark: Benchmark, old: Path | None) -> dict[str, object]:
    """What one benchmark measured; ``failed`` says why where it did not."""
    before, begun = os.getloadavg()[0], time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.json")
        words = [sys.executable, str(HERE / f"{benchmark.name}.py"), *benchmark.words, "--json", str(out)]
        if benchmark.name == "strategies" and old is not None:
            words += ["--old", str(old)]
        done = subprocess.run(words, check=False)
        result = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
    return {
        "load_before": round(before, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "took_s": round(time.perf_counter() - begun, 1),
        "failed": f"it ended with {done.returncode}" if done.returncode or result is None else None,
        "result": result,
    }


def put(page: Path, text: str, first: str = BEGIN, last: str = END) -> None:
    """The text between two marks of a page."""
    whole = page.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise SystemExit(f"{page} has lost its marks {first} and {last}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=[one.name for one in BENCHMARKS])
    parser.add_argument("--old", type=Path, metavar="PYTHON", help="see strategies.py")
    parser.add_argument("--json", type=Path, default=HERE / "results.json", metavar="FILE")
    parser.add_argument("--page", type=Path, default=HERE.parent / "docs" / "performance.md", metavar="FILE")
    parser.add_argument(
        "--table", action="store_true", help="write the table of the last results, measure nothing"
    )
    chosen = parser.parse_args()
    kept = json.loads(chosen.json.read_text(encoding="utf-8")) if chosen.json.exists() else {}
    if not chosen.table:
        done = dict(kept.get("benchmarks", {})) if chosen.only else {}
        go = datetime.now(UTC).isoformat(timespec="seconds")
        for benchmark in BENCHMARKS:
            if chosen.only and benchmark.name not in chosen.only:
                continue
            print(f"== {benchmark.name}", flush=True)
            when = datetime.now(UTC).isoformat(timespec="seconds")
            done[benchmark.name] = {"go": go, "at": when, **ran(benchmark, chosen.old)}
        kept = {"version": 1, "machine": machine(), "versions": versions(), "benchmarks": done}
        chosen.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    put(chosen.page, table(kept))
    failed = [name for name, one in kept["benchmarks"].items() if one["failed"]]
    for name in failed:
        print(f"failed: {name}, {kept['benchmarks'][name]['failed']}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
