"""``generate``: realistic payloads, or cases of other kinds, any slice of one seed's sequence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import (
    configured,
    contract_options,
    kinds_option,
    options_from,
    policy_option,
    seed_option,
)
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.cli._generate_make import Job
    from contract_kit.config import Options

__all__ = ["command"]

_SUFFIXES = {".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
_AT_ONCE = 512


@click.command(
    "generate",
    cls=Command,
    help="Make realistic payloads: the i-th of a seed is the same wherever it is made.\n\n"
    "With other --kinds it makes cases, each an object as 'contract-kit cases' lists them, drawn from the "
    "catalogue in the seed's order, round after round. Parquet needs pyarrow, the extra [parquet].",
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
    "--workers",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that make them; the result is the same.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("json", "ndjson", "parquet")),
    help="An array, a line each, or columns.  [default: by the suffix of --out, else json]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file; for Parquet without the suffix .parquet a directory of parts.  [default: standard output]",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    count: int,
    start: int,
    workers: int,
    form: str | None,
    out: Path | None,
    **params: Any,
) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.cli._generate_make import blocks, source_of
    from contract_kit.cli._output import destination, replace_file, write_stdout

    said = options_from(params)
    job = _job(said.over(configured().options), said)
    form = form or _SUFFIXES.get(out.suffix.lower() if out is not None else "", "json")
    if form == "parquet":
        return _parquet(job, count, start, workers, out)
    if out is not None:
        destination(out)
    source_of(job)
    joint = b"\n" if form == "ndjson" else b",\n"
    with blocks(_Text(job, joint), start, count, size=_AT_ONCE, workers=workers) as made:
        pieces = _lines(made) if form == "ndjson" else _array(made)
        if out is None:
            write_stdout(pieces, state_of(ctx))
        else:
            replace_file(out, pieces)
    return 0


def _job(options: Options, said: Options) -> Job:
    from contract_kit.cli._generate_make import Job
    from contract_kit.spec import DEFAULT_EVENT

    return Job(
        event=options.event or DEFAULT_EVENT,
        spec=options.spec,
        kinds=tuple(said.kinds or ("valid",)),
        policy=options.policy,
        seed=options.seed or 0,
    )


def _parquet(job: Job, count: int, start: int, workers: int, out: Path | None) -> int:
    from contract_kit.cli._generate_parquet import write_parquet

    if out is None:
        raise UsageError("Parquet is no text: name a file or a directory with --out")
    write_parquet(job, count, start, workers, out)
    return 0


@dataclass(frozen=True, slots=True)
class _Text:
    """Makes slices as JSON texts with something between them."""

    job: Job
    joint: bytes

    def __call__(self, first: int, count: int) -> bytes:
        from contract_kit.cli._generate_make import source_of

        return self.joint.join(source_of(self.job).lines(first, count))


def _lines(made: Iterable[bytes]) -> Iterator[bytes]:
    for block in made:
        yield block + b"\n"


def _array(made: Iterable[bytes]) -> Iterator[bytes]:
    before = b"[\n"
    for block in made:
        yield before + block
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"
