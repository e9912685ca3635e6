"""``cases``: list the catalogue, case by case as it is made."""

from __future__ import annotations

import sys
from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import case_options, configured, contract_options, options_from
from contract_kit.errors import UsageError
from contract_kit.model import ENDPOINTS, TARGET_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.cli._base import State
    from contract_kit.config import Options
    from contract_kit.model import Case, Terms

__all__ = ["catalogue", "chosen", "command", "warn"]


@click.command(
    "cases",
    cls=Command,
    help="List the catalogue: the same contract gives the same cases with the same ids.",
    short_help="List the catalogue of cases.",
)
@contract_options
@case_options
@click.option(
    "--as",
    "as_",
    type=click.Choice(TARGET_KINDS),
    help="For which target; endpoints (url, asgi, wsgi) have delivery cases too.  [default: any parser]",
)
@click.option(
    "--strength",
    type=click.Choice(("2", "3")),
    default="2",
    show_default=True,
    help="Of the covering array: each pair, or each triple, of classes meets in some case.",
)
@click.option("--format", "form", type=click.Choice(("table", "json", "ndjson")), default="table")
@click.pass_context
def command(ctx: click.Context, /, form: str, strength: str, **params: Any) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.cli._kept import case_json
    from contract_kit.cli._output import as_array, write_stdout
    from contract_kit.jsonio import compact

    options = options_from(params).over(configured().options)
    terms, state = _terms(options), state_of(ctx)
    cases = _some(chosen(catalogue(terms, options, strength=int(strength)), options), options)
    if form == "table":
        write_stdout(_table(cases), state)
    else:
        items = (compact(case_json(case)) for case in cases)
        write_stdout(as_array(items) if form == "json" else (item + b"\n" for item in items), state)
    warn(terms, state)
    return 0


def warn(terms: Terms, state: State) -> None:
    """Say on stderr what of the document no case is about."""
    from contract_kit.cases import left_out

    state.say(*(f"Warning: {line}" for line in left_out(terms)))


def _terms(options: Options) -> Terms:
    from contract_kit.spec import DEFAULT_EVENT, load_terms

    return load_terms(options.event or DEFAULT_EVENT, options.spec)


def catalogue(terms: Terms, options: Options, *, strength: int = 2) -> Iterator[Case]:
    """Every case of a contract for the kind of target that was named; delivery cases for endpoints."""
    from contract_kit.cases import body_cases
    from contract_kit.delivery import delivery_cases

    delivered = options.kinds is not None and "delivery" in options.kinds
    target = options.as_ or ("url" if delivered else None)
    if options.kinds != ("delivery",):
        yield from body_cases(
            terms, kinds=options.kinds, policy=options.policy, target=target, strength=strength
        )
    if target in ENDPOINTS and (options.kinds is None or delivered):
        yield from delivery_cases(terms, policy=options.policy, signed=True, effects=True, target=target)


def chosen(cases: Iterator[Case], options: Options) -> Iterator[Case]:
    """Those that the globs let through."""
    for case in cases:
        if options.only and not any(fnmatchcase(case.id, glob) for glob in options.only):
            continue
        if options.skip and any(fnmatchcase(case.id, glob) for glob in options.skip):
            continue
        yield case


def _some(cases: Iterator[Case], options: Options) -> Iterator[Case]:
    """The cases; ``UsageError`` where the choice leaves none."""
    none = True
    for case in cases:
        none = False
        yield case
    if none:
        said = [f"--only {glob!r}" for glob in options.only or ()]
        said += [f"--skip {glob!r}" for glob in options.skip or ()]
        said += [f"--kinds {','.join(options.kinds)}"] if options.kinds else []
        raise UsageError(f"no case is left by {' '.join(said) or 'the contract'}")


def _table(cases: Iterator[Case]) -> Iterator[bytes]:
    """A line a case, and at the end how many there are of each kind."""
    from contract_kit.report import visible

    counts: Counter[str] = Counter()
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for case in cases:
        counts[case.kind] += 1
        line = f"{case.kind:<10}  {case.expect:<6}  {visible(case.id)}  {visible(case.description, 200)}\n"
        yield line.encode(encoding, "backslashreplace")
    listed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    yield f"{counts.total():,} cases: {listed}\n".encode()
