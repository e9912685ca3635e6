"""``fixtures``: the catalogue as a folder of files, for test suites in any language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import Command, State, state_of
from contract_kit.cli._cases import warn
from contract_kit.cli._options import case_options, configured, contract_options, options_from
from contract_kit.errors import UsageError
from contract_kit.model import TARGET_KINDS

if TYPE_CHECKING:
    from contract_kit.config import Options

__all__ = ["command"]

_CURRENT, _STALE = 0, 1
_SHOWN = 20
_CHOICE = ("event", "policy", "kinds", "only", "skip", "as", "each")


@click.command(
    "fixtures",
    cls=Command,
    help="Write the catalogue to DIR: one file a case, bytes exactly as they are to be sent, and a "
    "manifest.json. A bundle that is there is replaced whole; with --check it is compared instead "
    "(exit 1 when it is not current).",
    short_help="Write the catalogue as files, for any language.",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing: say what in DIR is not current.")
@contract_options
@case_options
@click.option(
    "--as", "as_", type=click.Choice(TARGET_KINDS), help="For which kind of consumer.  [default: parser]"
)
@click.option(
    "--each",
    type=click.IntRange(min=1),
    metavar="N",
    help="At most N valid and invalid cases of each place and rule or family.  [default: all]",
)
@click.pass_context
def command(ctx: click.Context, /, folder: Path, check: bool, each: int | None, **params: Any) -> int:
    """Parse, build, run, exit code."""
    state = state_of(ctx)
    if check:
        given = {**params, "as": params["as_"], "each": each}
        said = [f"--{name}" for name in _CHOICE if given[name]]
        if said:
            raise UsageError(f"--check takes no {', '.join(said)}: the manifest says how DIR was made")
        configured()
        return _check(folder, params["spec"], state)

    return _write(folder, options_from(params).over(configured().options), each, state)


def _write(folder: Path, options: Options, each: int | None, state: State) -> int:
    from contract_kit.bundle import write_bundle
    from contract_kit.spec import DEFAULT_EVENT, load_terms

    terms = load_terms(options.event or DEFAULT_EVENT, options.spec)
    written = write_bundle(
        terms,
        folder,
        policy=options.policy,
        target=options.as_ or "parser",
        kinds=options.kinds,
        only=options.only or (),
        skip=options.skip or (),
        each=each,
    )
    click.echo(f"{written.cases:,} cases, {written.size / 1e6:.1f} MB, written to {folder}")
    warn(terms, state)
    return _CURRENT


def _check(folder: Path, spec: Path | None, state: State) -> int:
    import shlex

    from contract_kit.bundle import check_bundle, options_of

    stale = check_bundle(folder, spec=spec)
    if not stale:
        click.echo(f"{folder} is current")
        return _CURRENT
    for line in stale[:_SHOWN]:
        click.echo(line)
    if len(stale) > _SHOWN:
        click.echo(f"… and {len(stale) - _SHOWN:,} more")
    again = ["contract-kit", "fixtures", str(folder), *options_of(folder)]
    again += ["--spec", str(spec)] if spec is not None else []
    state.say(f"{folder} is not current; write it anew: {shlex.join(again)}")
    return _STALE
