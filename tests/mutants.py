"""Mutants of the correct consumers, each given a run: ``python -m tests.mutants [SUBJECT …]``, or ``make mutants``.

Cosmic Ray makes the mutants, and two operators of ours for what it has none for: texts, and statements that are
left out. A mutant is killed by the first finding of a strict run without random search. One that survives is either
equivalent, and the table below says why, or a miss of ours: then the exit code is 1.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import ndiff
from functools import cache
from inspect import isabstract
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Case, Finding, Terms

__all__ = ["Mutant", "main", "mutants", "same_meaning"]

ROOT = Path(__file__).parents[1]
REFUSAL = "tests.consumers.correct.handwritten:BadWebhook"
SUBJECTS: dict[str, tuple[str, ...]] = {
    "handwritten": (":BadWebhook",),
    "exact_datetimes": ("builtins:ValueError",),
}
"""Each subject with what it refuses with; a name without a module is the mutant's own."""
_TEXT = "a time that comes out as text is as good as a datetime"
_LEFT = "a field that a consumer leaves out is fine: `lost` is asked for by --lossless"
_FILLED = "a time of a row that never holds anything may be one that the consumer's own database fills"
_LEAP = "whether a leap second is taken is left open: sound validators differ"
_CALM = r"(?!.*((/|%) (minute|self|int)|(\*\*|<<|>>) self|(<<|>>) (minute -|60 \+ minute)|\['))"
"""No operator that dies of zero or of what is below it, and no other group: with those a reader crashes."""
EQUIVALENT: tuple[tuple[str, str, str, str], ...] = (
    ("handwritten", r"if TYPE_CHECKING:", r"if .+", "types are of no account when it runs"),
    (
        "handwritten",
        r"return \(hour \* 60 \+ minute - self.*",
        _CALM + r"return (not )?\(.+ (and|or) hour (<=|<|==|is) 2[23] and minute (<=|<|==|is) 5[89]",
        _LEAP,
    ),
    (
        "handwritten",
        r"return \(hour \* 60 \+ minute - self.*",
        r"return \(hour \* 60 \+ minute - self\.offset\(match\)\) % 1440 == 1439 and hour .+|pass",
        _LEAP,
    ),
    (
        "handwritten",
        r"return value  # the text, not a datetime",
        r"pass",
        _FILLED,
    ),
    (
        "handwritten",
        r"return body\.decode\(.utf-8.\)",
        r"return body\.decode\('utf-'\)",
        "Python knows UTF-8 under that name, too",
    ),
    (
        "handwritten",
        r"raise BadWebhook\(.the body is not JSON that we can read.\) from exc",
        r"pass",
        "what is no JSON becomes null, and a body that is null is refused",
    ),
    ("handwritten", r"return 0", r"return -?1", _LEAP),
    ("handwritten", r"minutes = int\(match.*", _CALM + r"minutes = .*", _LEAP),
    ("handwritten", r"return -minutes if match.*", _CALM + r"return .*minutes.*", _LEAP),
    (
        "handwritten",
        r"leap = year % 4 == 0 and.*",
        r"leap = year % 4 (==|<=|is) 0 and \(year % 100 (!=|>|is not) 0 or year % 400 (==|<=|is) 0\)",
        "a remainder is never below zero, and a small integer is one object",
    ),
    (
        "handwritten",
        r"return 29 if month == 2.*",
        r"return 29 if month is 2.*",
        "a small integer is one object",
    ),
    ("handwritten", r".*is None.*", r".*== None.*", "nothing else is equal to None"),
    ("exact_datetimes", r".*is None.*", r".*== None.*", "nothing else is equal to None"),
    (
        "exact_datetimes",
        r"fraction = text\[19:\].*",
        r"fraction = (text\[ 18:\].*|.*rstrip\('(zx)?'\).*|.*partition\('[+-]x'\).*)",
        _TEXT,
    ),
    (
        "exact_datetimes",
        r"if len\(fraction\.rstrip\(.0.\)\) > 6:",
        r"if len\(fraction\.rstrip\((.0.\)\) (> [0-5]|>= 6|!= 6)|'(0x)?'\)\) > 6):",
        _TEXT,
    ),
    (
        "exact_datetimes",
        r"for name in \(\*.*",
        r"for name in (\[\]|\(\*[A-Z_]+, ('\w*', \"status\"|\"entity_type\", '\w*'|'\w*')\)):",
        _LEFT,
    ),
    ("exact_datetimes", r"(setattr\(self|self\.\w+ =).*", r"pass", _LEFT),
    ("exact_datetimes", r"return text  # a leap second", r"pass", _LEAP),
    (
        "exact_datetimes",
        r"return Event\(value.*",
        r"pass",
        "who returns nothing tells nothing of values: the report says 'values not compared'",
    ),
    (
        "exact_datetimes",
        r"self\.(created|updated)_at = .*",
        r"self\.\w+_at = moment\(record\.get\('\w+'\)\)",
        _FILLED,
    ),
    ("handwritten", r"if second == 60:.*", r"if second is 60:.*", "a small integer is one object"),
    (
        "handwritten",
        r"return hour <= 23 and minute <= 59 and second <= 59",
        r".* and second <= 60",
        "60 is dealt with above",
    ),
    (
        "handwritten",
        r"return match\[.sign.\] is None or \(int\(match\[.off_hour.\]\) <= 23.*",
        r".*(<= 22|< 23).*",
        "offsets beyond 18 hours are left open: Java has none",
    ),
    (
        "handwritten",
        r"INT_DIGITS = 4300.*|return int\(digits\).*",
        r"INT_DIGITS = .*|return int\(digits\) if .* else float\(digits\)",
        "numbers are equal if they are the same double; those of thousands of digits may be refused",
    ),
    (
        "handwritten",
        r'return self\.record\(value, EVENT_FIELDS, ""\)',
        r".*'x'\)",
        "the place is for words alone",
    ),
)
"""Subject, the old line, the new one (expressions for ``re.fullmatch``), and why nobody can tell them apart."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a subject's source: the operator that made it, the two lines, the whole new source."""

    subject: str
    operator: str
    number: int
    old: str
    new: str
    source: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What a run made of a mutant. ``by`` is the title of the finding that killed it, empty for a survivor."""

    mutant: Mutant
    finding: str
    by: str
    seconds: float


# -- making them ------------------------------------------------------------------------------


def operators() -> Iterator[tuple[str, Any]]:
    """Cosmic Ray's operators that need no arguments, and our two."""
    from cosmic_ray.plugins import get_operator, operator_names

    for name in sorted(operator_names()):
        made = get_operator(name)
        if not made.arguments() and not isabstract(made):
            yield name.rpartition("/")[2], made()
    yield from _own_operators()


def _own_operators() -> Iterator[tuple[str, Any]]:
    from parso.python.tree import Keyword, Newline, PythonNode, String

    class OtherText:
        """A text becomes empty, gets another letter, or loses its last one."""

        def mutation_positions(self, node: Any) -> Any:
            if node.type == "string" and isinstance(ast.literal_eval(node.value), str):
                yield from [(node.start_pos, node.end_pos)] * 3

        def mutate(self, node: Any, index: int) -> Any:
            text = ast.literal_eval(node.value)
            other = ("", text + "x", text[:-1])[index]
            return String(repr(other), node.start_pos, node.prefix)

    class LeaveOut:
        """A statement becomes ``pass``."""

        def mutation_positions(self, node: Any) -> Any:
            if node.type == "simple_stmt" and not node.get_first_leaf().value.startswith(
                ("from", "import", "pass")
            ):
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, index: int) -> Any:
            first = node.get_first_leaf()
            return PythonNode(
                "simple_stmt", [Keyword("pass", first.start_pos, first.prefix), Newline("\n", node.end_pos)]
            )

    yield "OtherText", OtherText()
    yield "LeaveOut", LeaveOut()


def mutants(subject: str) -> Iterator[Mutant]:
    """Every mutant of a subject that means something else, once."""
    from cosmic_ray.mutating import mutate_code

    source = _path(subject).read_text(encoding="utf-8")
    seen = {meaning(source)}
    for name, operator in operators():
        for number in range(10_000):
            changed = mutate_code(source, operator, number)
            if changed is None:
                break
            told = meaning(changed)
            if told is None or told in seen:
                continue
            seen.add(told)
            yield Mutant(subject, name, number, *_lines(source, changed), changed)


def _path(subject: str) -> Path:
    return ROOT / "tests" / "consumers" / "correct" / f"{subject}.py"


class _Meaning(ast.NodeTransformer):
    """A tree without what does not show in what a consumer does: annotations, docstrings, words of refusals."""

    def visit_Expr(self, node: ast.Expr) -> Any:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> Any:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.returns = None
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_Pass(self, node: ast.Pass) -> Any:
        return None

    def visit_Raise(self, node: ast.Raise) -> Any:
        if isinstance(node.exc, ast.Call):
            node.exc.args = []
        node.cause = None
        return node


def meaning(source: str) -> str | None:
    """What a source does, as text that is the same for two that do the same; ``None`` for no Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    return ast.dump(_Meaning().visit(tree))


def same_meaning(one: str, other: str) -> bool:
    """Whether two sources differ in nothing but annotations, docstrings and the words of refusals."""
    return meaning(one) == meaning(other)


def _lines(source: str, changed: str) -> tuple[str, str]:
    """The lines that were there and the lines that stand there now, each as one."""
    old, new = [], []
    for line in ndiff(source.splitlines(), changed.splitlines()):
        {"- ": old, "+ ": new}.get(line[:2], []).append(line[2:].strip())
    return " ".join(old), " ".join(new)


# -- judging them -----------------------------------------------------------------------------


def _settle(folder: str) -> None:
    os.chdir(folder)
    os.environ["PYTHONPATH"] = str(ROOT)
    sys.path.insert(0, str(ROOT))


@cache
def _terms() -> Terms:
    """The contract, once a process: what the makers of cases keep with it serves every mutant."""
    from contract_kit.spec import load_terms

    return load_terms()


@cache
def _foretaste() -> tuple[Case, ...]:
    """One case of every kind, place, family and keyword: what kills most mutants, in a tenth of a run's time."""
    from contract_kit.cases import body_cases

    cases = body_cases(_terms(), policy="schema", target="parser")
    return tuple({(c.kind, c.at, c.family, c.keyword): c for c in cases}.values())


def fate(mutant: Mutant) -> Fate:
    """A strict run over one mutant, until its first finding; a mutant that cannot be imported is killed by that.

    Those that the table knows to be equivalent are not run.
    """
    from contract_kit.errors import ContractKitError
    from contract_kit.report import Context
    from contract_kit.runner import Settings, run
    from contract_kit.targets import open_python_target

    if why(mutant) is not None:  # a run of all cases would say nothing, some seconds later
        return Fate(mutant, "", "", 0.0)
    started = time.process_time()
    module = f"{mutant.subject}_{mutant.operator}_{mutant.number}".lower()
    Path(f"{module}.py").write_text(mutant.source, encoding="utf-8")
    rejects = [module + name if name.startswith(":") else name for name in SUBJECTS[mutant.subject]]
    settings = Settings(policy="schema", max_examples=0, max_findings=1)
    found: tuple[Finding, ...] = ()
    try:
        with open_python_target(f"{module}:parse", rejects=rejects, timeout=1.0, isolate=False) as target:  # type: ignore[attr-defined]
            context = Context(target=module, kind=target.kind)
            found = run(_terms(), target, settings, context, own=False, first=_foretaste()).findings
            found = found or run(_terms(), target, settings, context).findings
    except ContractKitError as error:
        return Fate(mutant, "import", str(error).splitlines()[0], time.process_time() - started)
    spent = time.process_time() - started
    return Fate(mutant, found[0].finding, found[0].title, spent) if found else Fate(mutant, "", "", spent)


def why(mutant: Mutant) -> str | None:
    """Why a mutant is equivalent, as far as the table knows."""
    for subject, old, new, reason in EQUIVALENT:
        if (
            mutant.subject in subject.split("|")
            and re.fullmatch(old, mutant.old)
            and re.fullmatch(new, mutant.new)
        ):
            return reason
    return None


def _tell(coming: Iterator[Fate], *, verbose: bool) -> int:
    """Print the table of one subject; how many were missed."""
    missed, fates = 0, []
    for one in coming:
        fates.append(one)
        reason = None if one.finding else why(one.mutant)
        missed += not one.finding and reason is None
        mark = (
            f"killed by {one.finding}: {one.by}"
            if one.finding
            else f"equivalent: {reason}"
            if reason
            else "MISSED"
        )
        if not one.finding or verbose:
            print(
                f"{one.mutant.operator} {one.mutant.number}\n  - {one.mutant.old}\n  + {one.mutant.new}\n  {mark}",
                flush=True,
            )
    killed = [one for one in fates if one.finding]
    seconds = sorted(one.seconds for one in killed)
    print(
        f"{fates[0].mutant.subject}: {len(fates)} mutants, {len(killed)} killed, "
        f"{len(fates) - len(killed) - missed} equivalent, {missed} missed; "
        f"processor seconds to a kill: median {seconds[len(seconds) // 2]:.2f}",
        flush=True,
    )
    return missed


def main(*words: str) -> int:
    """Print what became of each subject's mutants; 1 when a mutant that is not equivalent survived."""
    chosen = [word for word in words if word in SUBJECTS] or list(SUBJECTS)
    missed = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(2, initializer=_settle, initargs=(folder,)) as pool,
    ):
        for subject in chosen:
            missed += _tell(pool.map(fate, mutants(subject), chunksize=4), verbose="-v" in words)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
