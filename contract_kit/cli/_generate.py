"""``generate``: realistic payloads, or cases of other kinds, any slice of one seed's sequence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import contract_options, kinds_option, options_from, policy_option, seed_option
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.config import Options
    from contract_kit.model import Case, Terms

__all__ = ["command"]

_LINES = (".ndjson", ".jsonl")


@click.command(
    "generate",
    cls=Command,
    help="Make realistic payloads: the i-th of a seed is the same wherever it is made.\n\n"
    "With other --kinds it makes cases, each an object as 'contract-kit cases' lists them, drawn from the "
    "catalogue in the seed's order, round after round.",
    short_help="Make realistic payloads, or cases.",
)
@contract_options
@policy_option
@kinds_option
@click.option("--count", type=click.IntRange(min=0), default=10, show_default=True, metavar="N")
@click.option(
    "--start",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="The number of the first one in the seed's sequence.",
)
@seed_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("json", "ndjson")),
    help="An array, or a line each.  [default: json; ndjson for --out FILE.ndjson or .jsonl]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="PATH", help="A file.  [default: standard output]"
)
@click.pass_context
def command(
    ctx: click.Context, /, count: int, start: int, form: str | None, out: Path | None, **params: Any
) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.cli._output import as_array, destination, replace_file, write_stdout
    from contract_kit.config import load_config
    from contract_kit.spec import DEFAULT_EVENT, load_terms

    said = options_from(params)
    base = load_config().options
    options = said.over(base)
    if out is not None:
        destination(out)
    terms = load_terms(options.event or DEFAULT_EVENT, options.spec)
    items = _items(terms, options, said.kinds or ("valid",), count, start)
    lines = form == "ndjson" or (form is None and out is not None and out.suffix.lower() in _LINES)
    pieces = (item + b"\n" for item in items) if lines else as_array(items)
    if out is None:
        write_stdout(pieces, state_of(ctx))
    else:
        replace_file(out, pieces)
    return 0


def _items(terms: Terms, options: Options, kinds: Any, count: int, start: int) -> Iterator[bytes]:
    from contract_kit.cli._kept import case_json
    from contract_kit.jsonio import compact

    seed = options.seed or 0
    if kinds == ("valid",):
        from contract_kit.values import sample_lines

        return sample_lines(terms, count, seed=seed, start=start)
    if "delivery" in kinds:
        raise UsageError(
            "delivery cases are no data; 'contract-kit cases --as url --kinds delivery' lists them"
        )
    return (compact(case_json(case)) for case in _drawn(terms, options, kinds, seed, count, start))


def _drawn(terms: Terms, options: Options, kinds: Any, seed: int, count: int, start: int) -> Iterator[Case]:
    """``count`` cases from ``start`` on: each round is the whole catalogue in an order of its own."""
    import random

    from contract_kit.cases import body_cases

    known = list(body_cases(terms, kinds=kinds, policy=options.policy))
    if not known:
        raise UsageError(f"the contract has no cases of kind {', '.join(kinds)}")
    order: list[int] = []
    last = -1
    for number in range(start, start + count):
        turn, at = divmod(number, len(known))
        if turn != last:
            order, last = list(range(len(known))), turn
            random.Random(f"{seed}:{turn}").shuffle(order)
        yield known[order[at]]
