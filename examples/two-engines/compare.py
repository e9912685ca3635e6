"""Two engines over one receiver: which of its planted faults does each find?

    python examples/two-engines/compare.py [--max-examples N] [--seed N] [--kinds a,b] [--json FILE]

Starts the sample receiver with every fault planted, on a free loopback port, and fuzzes it three times: with
contract_kit's own cases, with Schemathesis's, and with both. Exit code 0 where both together miss nothing.
"""

from __future__ import annotations

import argparse
import base64
import json
import secrets
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from contract_kit.bridges import schemathesis as bridge
from contract_kit.model import KINDS
from contract_kit.report import Context
from contract_kit.runner import Settings, run
from contract_kit.sample import Fault, Receiver, compare, planted, serve
from contract_kit.spec import load_terms
from contract_kit.targets import UrlTarget

ENGINES = {
    "own": {"own": True, "engines": ()},
    "schemathesis": {"own": False, "engines": (bridge.search,)},
    "both": {"own": True, "engines": (bridge.search,)},
}


def fuzz(engine: str, *, max_examples: int, seed: int, kinds: frozenset[str] | None) -> dict[str, Any]:
    """One run over a fresh receiver: what was found, and what it took."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    receiver = Receiver(secret=secret, faults=frozenset(Fault))
    settings = Settings(
        secret=secret,
        effects=lambda: receiver.writes,
        policy="schema",
        max_examples=max_examples,
        seed=seed,
        kinds=kinds,
    )
    with serve(receiver) as running, closing(UrlTarget(running.url)) as target:
        context = Context(target=running.url, kind="url", secret=True)
        result = run(load_terms(), target, settings, context, **ENGINES[engine])
    verdict = compare(result.findings, Fault)
    return {
        "found": sorted(one.fault.name for one in verdict.found),
        "others": [f"{finding.finding}: {finding.title}" for finding in verdict.others],
        "findings": len(result.findings),
        "deliveries": result.summary.deliveries,
        "seconds": result.summary.duration_s,
        "notes": list(result.notes),
    }


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Faults down, engines across."""
    faults = [one.fault for one in planted(Fault)]
    width = max(len(fault.value) for fault in faults)
    lines = [f"{'the receiver …':{width}}  " + "  ".join(f"{name:>12}" for name in rows)]
    for fault in faults:
        marks = ("found" if fault.name in row["found"] else "-" for row in rows.values())
        lines.append(f"{fault.value:{width}}  " + "  ".join(f"{mark:>12}" for mark in marks))
    for words, key in (("false alarms", "others"), ("findings", ""), ("deliveries", ""), ("seconds", "")):
        figures = (len(row[key]) if key else row[words] for row in rows.values())
        lines.append(f"{words:{width}}  " + "  ".join(f"{figure:>12}" for figure in figures))
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    words = argparse.ArgumentParser(description="Two engines over one receiver.")
    words.add_argument("--max-examples", type=int, default=100)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--kinds", type=lambda text: frozenset(text.split(",")), metavar=",".join(KINDS))
    words.add_argument("--json", type=Path)
    said = words.parse_args(argv)
    rows = {
        name: fuzz(name, max_examples=said.max_examples, seed=said.seed, kinds=said.kinds) for name in ENGINES
    }
    print(table(rows))
    for name, row in rows.items():
        for line in (*row["others"], *row["notes"]):
            print(f"{name}: {line}")
    if said.json is not None:
        said.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 0 if len(rows["both"]["found"]) == len(planted(Fault)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
