"""Would coverage of the target's lines make the search after the catalogue find more?

Run: ``python -m benchmarks.coverage_steering [--pairs 1000] [--seeds 3]``, in a checkout: it uses the proof corpus.

The faults are those of ``tests/consumers/faulty/hidden.py``, which hang on a constant, a state, a pair or a size.
First each single difference of the catalogue is given; faults that this shows need no search. For the others,
``--pairs`` bodies with two differences are given, chosen in two ways from the same differences:

- *blind*: any two,
- *steered*: one of them from those that reached a line, or a step from one line to the next, that was not
  reached before; a pair that reaches another new one gives its two differences to these.

A fault is found where outcome or value are not those of the correct consumer: no oracle of ours has a part in it
(so those that only take long are left out).
Lines come from ``sys.settrace``, for ``sys.monitoring`` (3.12) tells the same, only sooner. Last, what the search
finds that contract_kit has (constants of the source, states, pairs around what behaved differently).
"""

from __future__ import annotations

import argparse
import json
import random
import sys

from contract_kit.cases import body_cases
from contract_kit.jsonio import MISSING, get, remove, replace, strict_loads, written
from contract_kit.report import Context
from contract_kit.runner import Settings, run
from contract_kit.spec import load_terms
from contract_kit.targets import open_python_target
from contract_kit.values import base_values
from tests.consumers import FAULTY
from tests.consumers.correct.handwritten import BadWebhook, parse

TRACED = ("/tests/consumers/faulty/hidden.py", "/tests/consumers/correct/handwritten.py")
LONGEST = 20_000
"""Bytes of a body: larger ones cost more under a tracer than they tell."""


def outcome(consumer, body):
    try:
        return "accepted", json.dumps(consumer(body), sort_keys=True, default=str)
    except BadWebhook:
        return "rejected", ""
    except Exception as error:  # noqa: BLE001 (whatever it dies of)
        return "crashed", type(error).__name__


def traced(consumer, body):
    """The outcome, and the steps from line to line that were taken."""
    steps = set()

    def local(frame, event, _):
        if event == "line":
            steps.add((frame.f_code.co_name, last[0], frame.f_lineno))
            last[0] = frame.f_lineno
        return local

    def enter(frame, _event, _):
        return local if frame.f_code.co_filename.endswith(TRACED) else None

    last = [0]
    sys.settrace(enter)
    try:
        return outcome(consumer, body), steps
    finally:
        sys.settrace(None)


def differences(terms, base):
    """Place and value of each of the catalogue's single differences."""
    found = []
    for case in body_cases(terms, kinds=["valid", "invalid"], policy="schema"):
        if case.at and case.origin == "full" and len(case.body) <= LONGEST:
            value = get(strict_loads(case.body), case.at)
            if value != get(base, case.at) and edited(base, [(case.at, value)]) is not None:
                found.append((case.at, value))
    return found


def edited(base, edits):
    value = base
    for at, new in edits:
        try:
            value = remove(value, at) if new is MISSING else replace(value, at, new)
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return written(value)


def singly(consumer, base, edits):
    """Whether a single difference shows the fault; and those of which each took a new step."""
    seen, telling = set(), []
    for edit in edits:
        body = edited(base, [edit])
        result, steps = traced(consumer, body)
        if result != outcome(parse, body):
            return True, telling
        if steps - seen:
            telling.append(edit)
            seen |= steps
    return False, (telling, seen)


def in_pairs(consumer, base, edits, pairs, rng, steering=None):
    """After how many pairs the fault shows; ``None`` where it does not."""
    telling, seen = (list(steering[0]), set(steering[1])) if steering else (edits, set())
    for number in range(1, pairs + 1):
        pair = [rng.choice(telling), rng.choice(edits)]
        body = edited(base, pair)
        if body is None:
            continue
        result, steps = traced(consumer, body) if steering else (outcome(consumer, body), set())
        if result != outcome(parse, body):
            return number
        if steps - seen:
            telling.extend(pair)
            seen |= steps
    return None


def ours(terms, fault):
    """Whether a run of contract_kit finds it."""
    with open_python_target(fault.target, rejects=fault.rejects, timeout=2.0) as target:
        context = Context(target=fault.target, kind=target.kind)
        found = run(terms, target, Settings(policy=fault.policy, max_examples=1), context).findings
    return any(one.finding in fault.findings for one in found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    terms = load_terms()
    base = base_values(terms, 1)[0]
    edits = differences(terms, base)
    hidden = [fault for fault in FAULTY if fault.target.startswith("tests.consumers.faulty.hidden:")]
    faults = [fault for fault in hidden if fault.findings[0] not in ("slow", "timeout")]
    print(
        f"{len(faults)} hidden faults, {len(edits):,} differences, {options.pairs:,} pairs, {options.seeds} seeds"
    )
    totals = {"single": 0, "blind": 0, "steered": 0, "ours": 0}
    for fault in faults:
        module, _, name = fault.target.partition(":")
        consumer = getattr(__import__(module, fromlist=[name]), name)
        shown, steering = singly(consumer, base, edits)
        if shown:
            totals["single"] += 1
            continue
        said = {}
        for way, told in (("blind", None), ("steered", steering)):
            after = [
                in_pairs(consumer, base, edits, options.pairs, random.Random(seed), told)
                for seed in range(options.seeds)
            ]
            said[way] = [number if number is not None else "-" for number in after]
            totals[way] += any(number is not None for number in after)
        said["ours"] = ours(terms, fault)
        totals["ours"] += said["ours"]
        print(f"{name:22} blind {said['blind']}  steered {said['steered']}  ours {said['ours']}", flush=True)
    print(
        f"shown by a single difference: {totals['single']}; of the others: blind {totals['blind']}, "
        f"steered {totals['steered']}, contract_kit's own search {totals['ours']}"
    )


if __name__ == "__main__":
    main()
