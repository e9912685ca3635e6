"""What starting costs: the import, the command line, and a run of pytest that uses nothing of ours.

    python benchmarks/startup.py [--rounds 15] [--bare PYTHON] [--json FILE]

Run it with the Python of a clean environment that has the wheel and nothing else; ``--bare`` is the Python of
one that has pytest and nothing else, so that "before the install" is measured too. Every round starts each
process once, in turn, so that a busy machine is busy for all of them alike. The figures are medians over
the rounds; a difference is the median of the differences within each round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OURS, FAKER, HYPOTHESIS = (
    ("-p", "no:contract_kit.pytest_plugin"),
    ("-p", "no:faker"),
    ("-p", "no:hypothesispytest"),
)
ENV = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
"""Without PYTHONDONTWRITEBYTECODE above all: pytest would rewrite every module of a plugin at each start."""
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")


def runs(bare: str | None) -> dict[str, tuple[list[str], str | None]]:
    """What is started, by name, and what it is compared with."""
    here = sys.executable
    pytest = [here, *PYTEST]
    base = "pytest, all three plugins off"
    found: dict[str, tuple[list[str], str | None]] = {
        "python": ([here, "-c", "pass"], None),
        "import contract_kit": ([here, "-c", "import contract_kit"], "python"),
        "contract-kit --help": ([here, "-m", "contract_kit", "--help"], "python"),
        base: ([*pytest, *OURS, *FAKER, *HYPOTHESIS], None),
        "with ours": ([*pytest, *FAKER, *HYPOTHESIS], base),
        "with Hypothesis's": ([*pytest, *OURS, *FAKER], base),
        "with Faker's": ([*pytest, *OURS, *HYPOTHESIS], base),
        "with all three": (pytest, base),
    }
    if bare:
        found["pytest, bare environment"] = ([bare, *PYTEST], None)
        found["before → after the install"] = (pytest, "pytest, bare environment")
    return found


def started(command: list[str], cwd: str) -> tuple[float, float]:
    """Wall and processor milliseconds of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def measure(rounds: int, bare: str | None) -> list[dict[str, object]]:
    """A row a name: medians of wall and processor time, and the difference from what it is compared with."""
    wanted = runs(bare)
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in wanted}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        for turn in range(rounds + 1):
            for name, (command, _) in wanted.items():
                taken = started(command, folder)
                if turn:  # the first round fills the caches
                    seen[name].append(taken)
    rows: list[dict[str, object]] = []
    for name, (_, base) in wanted.items():
        row: dict[str, object] = {"what": name, "beside": base}
        for at, kind in enumerate(("wall_ms", "cpu_ms")):
            row[kind] = round(statistics.median(one[at] for one in seen[name]), 1)
            if base is not None:
                pairs = list(zip(seen[name], seen[base], strict=True))
                row[f"{kind}_more"] = round(statistics.median(a[at] - b[at] for a, b in pairs), 1)
                row[f"{kind}_ratio"] = round(statistics.median(a[at] / b[at] for a, b in pairs), 2)
        rows.append(row)
    return rows


def table(rows: list[dict[str, object]]) -> str:
    """The rows for people."""
    head = f"{'':32}{'wall ms':>9}{'CPU ms':>9}{'more wall':>11}{'more CPU':>10}{'ratio':>7}"
    lines = [head]
    for row in rows:
        more = (
            f"{row['wall_ms_more']:>+11}{row['cpu_ms_more']:>+10}{row['cpu_ms_ratio']:>7}"
            if row["beside"]
            else ""
        )
        lines.append(f"{row['what']:32}{row['wall_ms']:>9}{row['cpu_ms']:>9}{more}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--bare", metavar="PYTHON")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    rows = measure(given.rounds, given.bare)
    print(table(rows))
    if given.json:
        given.json.write_text(
            json.dumps({"python": sys.version.split()[0], "rounds": given.rounds, "rows": rows}, indent=2)
        )


if __name__ == "__main__":
    main()
