"""What a second core is worth: `generate --workers`, and pytest under xdist.

Run: ``python benchmarks/cores.py [--rounds 5] [--json FILE]``

``generate`` writes 500,000 lines by one process and by two; pytest gives the 541 foreign and malformed
cases to a consumer of ten milliseconds, by itself and with ``-n 2``. (To a consumer of microseconds what a test costs pytest, and xdist on top,
is nearly all.) Each is a whole process, in turn, in wall time; what came out is compared, and must be the same. Where
there is one core, or other work, two processes gain nothing. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LINES = 500_000
CONSUMER = '''
import json, time

def parse(body):
    """Strict enough to refuse something, and slow as a consumer that does something is."""
    until = time.process_time() + 0.01
    while time.process_time() < until:
        pass
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value
'''
WORDS = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:schemathesis",
    "-p",
    "no:randomly",
    "--contract-target",
    "consumer:parse",
    "--contract-kinds",
    "foreign,malformed",
    "--contract-max-examples",
    "0",
    "--contract-no-isolate",
)


def generated(number: int, folder: Path) -> tuple[float, str]:
    """Seconds, and a digest of the file."""
    out = folder / "out.ndjson"
    words = [sys.executable, "-m", "contract_kit", "generate", "--count", str(LINES), "--out", str(out)]
    begun = time.perf_counter()
    subprocess.run([*words, "--workers", str(number)], check=True, env=environment())
    seconds = time.perf_counter() - begun
    with out.open("rb") as file:
        return seconds, hashlib.file_digest(file, "sha256").hexdigest()


def tested(number: int, folder: Path) -> tuple[float, str]:
    """Seconds, and how many passed and failed."""
    (folder / "consumer.py").write_text(CONSUMER, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", *WORDS, "--tb=no", "-n", str(number if number > 1 else 0)]
    begun = time.perf_counter()
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    found = re.search(r"(\d+ failed, \d+ passed)", done.stdout)
    if found is None:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return seconds, found[1]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


PATHS = {"generate, 500,000 lines": generated, "pytest, a consumer of 10 ms": tested}


def measure(rounds: int) -> dict:
    """A row a path: the seconds by one and by two, and how many times as fast two are."""
    rows = []
    for name, path in PATHS.items():
        seconds: dict[int, list[float]] = {1: [], 2: []}
        came: set[str] = set()
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(rounds):
                for number, found in seconds.items():
                    took, what = path(number, Path(folder))
                    found.append(took)
                    came.add(what)
        if len(came) != 1:
            raise SystemExit(f"{name}: not the same by one and by two: {came}")
        rows.append(
            {
                "name": name,
                "best": {str(number): round(min(found), 2) for number, found in seconds.items()},
                "median": {str(n): round(statistics.median(found), 2) for n, found in seconds.items()},
                "gain": round(
                    statistics.median(one / two for one, two in zip(seconds[1], seconds[2], strict=True)), 2
                ),
            }
        )
    return {"rounds": rounds, "cores": os.cpu_count(), "rows": rows}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--json", type=Path, metavar="FILE")
    said = words.parse_args()
    found = measure(said.rounds)
    print(f"{found['cores']} cores".ljust(32) + f"{'by one, s':>10}{'by two, s':>11}{'gain':>7}")
    for row in found["rows"]:
        one, two = row["median"].values()
        print(f"{row['name']:32}{one:10}{two:11}{row['gain']:7}")
    if said.json is not None:
        said.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
