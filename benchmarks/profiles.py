"""Where the time goes on the hot paths: `make profile`.

Run: ``python benchmarks/profiles.py [--page FILE]``

Each path runs for a while in a process of its own while a timer of processor time looks a thousand times a second
at what Python is doing. What is written in C counts for the function that calls it. Told are the shares by room of
the house (and by library), and the functions that are met most often at the top of the stack. The text goes between
two marks of ``docs/performance.md``. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter, deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

BEGIN, END = "<!-- profile: begin (written by make profile) -->", "<!-- profile: end -->"
EVENT = "customer.created"
TICK = 0.001
ROOMS, FUNCTIONS = 8, 10

# ---- the paths ----------------------------------------------------------------------------------


def generating() -> None:
    """``generate``: 200,000 JSON lines."""
    from contract_kit.spec import load_terms
    from contract_kit.values._sampler import sample_lines

    deque(sample_lines(load_terms(EVENT), 200_000), maxlen=0)


def drawing() -> None:
    """``payloads()``: 5,000 examples."""
    import hypothesis

    import contract_kit

    @hypothesis.seed(0)
    @hypothesis.settings(max_examples=5_000, database=None, deadline=None, phases=[hypothesis.Phase.generate])
    @hypothesis.given(contract_kit.load(EVENT).payloads())
    def look(_value):
        pass

    look()


def over_a_parser() -> None:
    """A run over an isolated parser, the parent: five times the whole catalogue."""
    from rounds import isolated

    from contract_kit.spec import load_terms

    for _ in range(5):
        isolated(load_terms(EVENT))


def in_the_worker() -> None:
    """The same, the child: the consumer's own time, and what we make of its results."""
    import rounds

    from contract_kit.cases import body_cases
    from contract_kit.spec import load_terms
    from contract_kit.targets._callable import make_caller
    from contract_kit.targets._frames import Ground
    from contract_kit.targets._tell import tell

    call, natural = make_caller(rounds.parse, "parser")
    ground = Ground(str(ROOT / "benchmarks"), str(ROOT / "benchmarks"))
    bodies = [case.body for case in body_cases(load_terms(EVENT), target="parser")]
    for _ in range(5):
        for body in bodies:
            tell(call, (*natural, ValueError), ground, body)


def over_an_endpoint() -> None:
    """A run over an endpoint that does next to nothing, the sender: five times the whole catalogue."""
    import multiprocessing

    import engines

    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=engines.serve_bare, args=(theirs,), daemon=True)
    process.start()
    try:
        port = mine.recv()
        for _ in range(5):
            engines.fuzz(port, 60.0, engine="own")
    finally:
        process.terminate()


PATHS = {
    path.__name__: path for path in (generating, drawing, over_a_parser, in_the_worker, over_an_endpoint)
}

# ---- looking ------------------------------------------------------------------------------------


class Looks:
    """What was met: by room, and by function, of the innermost frame."""

    def __init__(self) -> None:
        self.rooms: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()

    def look(self, _number, frame) -> None:
        code = frame.f_code
        room = room_of(code.co_filename)
        self.rooms[room] += 1
        self.functions[f"{room}: {code.co_qualname if sys.version_info >= (3, 11) else code.co_name}"] += 1


def room_of(filename: str) -> str:
    """The part of the house, or the library, that a file belongs to."""
    if filename.startswith("<contract_kit"):
        return "the compiled sampler"
    if filename == "<string>":
        return "dataclasses"
    parts = Path(filename).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if filename.startswith(str(ROOT / "contract_kit")):
        inside = Path(filename).relative_to(ROOT / "contract_kit").parts
        return "/".join(inside[:2]).removesuffix(".py")
    if filename.startswith(str(ROOT)):
        return "the benchmark's consumer"
    return f"Python's {parts[-1].removesuffix('.py') if len(parts) > 1 else filename}"


def watched(name: str) -> str:
    """One path's text."""
    looks, path = Looks(), PATHS[name]
    signal.signal(signal.SIGPROF, looks.look)
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, TICK, TICK)
    path()
    signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - begun
    total = looks.rooms.total()
    lines = [f"{(path.__doc__ or '').replace('`', '')} {seconds:.1f} s, {total:,} looks."]
    rooms = [f"{count / total:4.0%}  {room}" for room, count in looks.rooms.most_common(ROOMS)]
    functions = [f"{count / total:4.0%}  {what}" for what, count in looks.functions.most_common(FUNCTIONS)]
    width = max(map(len, rooms))
    for row in range(max(len(rooms), len(functions))):
        left, right = (column[row] if row < len(column) else "" for column in (rooms, functions))
        lines.append(f"  {left:{width}}   {right}".rstrip())
    return "\n".join(lines)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("path", nargs="?", choices=list(PATHS), help=argparse.SUPPRESS)
    words.add_argument("--page", type=Path, metavar="FILE")
    said = words.parse_args()
    if said.path is not None:
        print(watched(said.path))
        return
    texts = []
    for name in PATHS:
        done = subprocess.run(
            [sys.executable, __file__, name], capture_output=True, text=True, check=True, env={**os.environ}
        )
        texts.append(done.stdout.strip())
        print(texts[-1], flush=True)
    if said.page is not None:
        from run import put

        put(said.page, "```text\n" + "\n\n".join(texts) + "\n```", BEGIN, END)


if __name__ == "__main__":
    main()
