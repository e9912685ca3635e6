"""The whole catalogue on an in-process parser, isolated in a child, beside the parser called in a plain loop.

Run: ``python benchmarks/rounds.py [--rounds 5] [--json FILE]``

The parser is a correct one, so that no time goes into findings: strict JSON, a tree of its own made of that, and
a compiled schema. It does the latter two as often as makes it a parser of some 50 µs on this machine; the table
says how much it was. The loop is the limit: the bodies of all cases, ready made, given to the parser in one process, its refusals
caught. A run makes the cases, sends each to the child, compares what came out, gives each a second time in another
order, and judges. So a case is two deliveries; the table has both, and deliveries a second of processor time of
all processes, which other work on the machine hardly changes. ``whole command`` is ``contract-kit fuzz`` with its
defaults, random search included, from the start of the process to its end. Rounds are interleaved. Nothing here
asserts a time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

EVENT = "customer.created"
WHAT = ("cases_per_s", "deliveries_per_s", "deliveries_per_cpu_s")
LOOP, RUN = "the parser in a loop (limit)", "contract_kit, catalogue, isolated"


TURNS = "CONTRACT_KIT_BENCH_TURNS"
"""Set for all processes: how often the parser looks at a body."""
AIM_US = 50


def reading():
    """A correct parser: strict JSON, then a tree of its own made of it and the document's schema, so often."""
    from contract_kit.schema import validator_for
    from contract_kit.spec import load_terms

    judge = validator_for(load_terms(EVENT).schema)
    turns = range(int(os.environ.get(TURNS, "1")))

    def strange(name):
        raise ValueError(f"{name} is no JSON")

    decode = json.JSONDecoder(parse_constant=strange).decode

    def copied(value):
        if isinstance(value, dict):
            return {key: copied(item) for key, item in value.items()}
        return [copied(item) for item in value] if isinstance(value, list) else value

    def parse(body: bytes) -> dict:
        try:
            sent = decode(body.decode("utf-8"))
            for _ in turns:
                value = copied(sent)
                if not judge.is_valid(value):
                    raise ValueError("not as the contract says")
        except RecursionError as error:
            raise ValueError("too deep") from error
        return value

    return parse


parse = reading()


def turned(bodies: list[bytes]) -> Callable[[bytes], dict]:
    """The parser that takes some :data:`AIM_US` for a body, here and in the processes that are started later."""
    used = []
    for turns in (1, 11):
        os.environ[TURNS] = str(turns)
        once = looped(reading(), bodies)
        used.append(1e6 / once["deliveries_per_cpu_s"])
    more = (used[1] - used[0]) / 10
    os.environ[TURNS] = str(1 + max(0, round((AIM_US - used[0]) / more)))
    return reading()


def processor() -> float:
    """Seconds of processor time of this process and of the children that have ended."""
    return sum(os.times()[:4])


def looped(parse: Callable[[bytes], dict], bodies: list[bytes]) -> dict[str, float]:
    """The parser alone."""
    begun, used = time.perf_counter(), processor()
    for body in bodies:
        try:  # noqa: SIM105 (suppress() would cost a tenth of what is measured)
            parse(body)
        except ValueError:
            pass
    seconds = time.perf_counter() - begun
    rate = len(bodies) / seconds
    return {
        "seconds": seconds,
        "cases_per_s": rate,
        "deliveries_per_s": rate,
        "deliveries_per_cpu_s": len(bodies) / (processor() - used),
    }


def isolated(terms) -> dict[str, float]:
    """A whole run over the catalogue, making of the cases and conclusion included, the child's start not."""
    from contract_kit.report import Context
    from contract_kit.runner import Settings, run
    from contract_kit.targets import open_python_target

    settings, used = Settings(max_examples=0), processor()
    with closing(open_python_target("rounds:parse", cwd=str(ROOT / "benchmarks"))) as target:
        begun = time.perf_counter()
        result = run(terms, target, settings, Context(target="rounds:parse", kind="parser"))
        seconds = time.perf_counter() - begun
    done = result.summary
    return {
        "seconds": seconds,
        "cases_per_s": done.cases / seconds,
        "deliveries_per_s": done.deliveries / seconds,
        "deliveries_per_cpu_s": done.deliveries / (processor() - used),
        "findings": done.findings,
    }


def commanded() -> float:
    """Seconds of the whole command."""
    words = [sys.executable, "-m", "contract_kit", "fuzz", "rounds:parse", "-q"]
    begun = time.perf_counter()
    done = subprocess.run(
        words,
        cwd=ROOT / "benchmarks",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):  # findings are no matter here
        raise SystemExit(done.stderr)
    return time.perf_counter() - begun


def measure(rounds: int) -> dict:
    """Rows of the loop and the run, and the seconds of the whole command."""
    from contract_kit.cases import body_cases
    from contract_kit.spec import load_terms

    terms = load_terms(EVENT)
    bodies = [case.body for case in body_cases(terms, target="parser")]
    mine = turned(bodies)
    seen: dict[str, list[dict[str, float]]] = {LOOP: [], RUN: []}
    command = []
    for _ in range(rounds):
        seen[LOOP].append(looped(mine, bodies))
        seen[RUN].append(isolated(terms))
        command.append(commanded())
    rows = []
    for name, found in seen.items():
        row: dict = {"name": name}
        for what in WHAT:
            row[what] = round(statistics.median(one[what] for one in found))
            row[f"{what}_best"] = round(max(one[what] for one in found))
            row[f"{what}_of_limit"] = round(
                statistics.median(
                    one[what] / limit[what] for one, limit in zip(found, seen[LOOP], strict=True)
                ),
                3,
            )
        row["seconds"] = round(statistics.median(one["seconds"] for one in found), 2)
        rows.append(row)
    return {
        "rounds": rounds,
        "cases": len(bodies),
        "parser_us": round(1e6 / rows[0]["deliveries_per_cpu_s"], 1),
        "findings": max(int(one["findings"]) for one in seen[RUN]),
        "rows": rows,
        "command_s": {"best": round(min(command), 2), "median": round(statistics.median(command), 2)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    found = measure(chosen.rounds)
    heads = ("cases/s", "deliveries/s", "deliveries/CPU s")
    print(f"{found['cases']:,} cases".ljust(36) + "".join(f"{head:>17}{'of limit':>9}" for head in heads))
    for row in found["rows"]:
        figures = [row[what] for what in WHAT]
        shares = [row[f"{what}_of_limit"] for what in WHAT]
        pairs = zip(figures, shares, strict=True)
        print(f"{row['name']:36}" + "".join(f"{one:17,}{share:9.2f}" for one, share in pairs))
    print(f"the parser takes {found['parser_us']} CPU µs; findings: {found['findings']}")
    print(f"whole command: {found['command_s']['median']} s (best {found['command_s']['best']} s)")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
