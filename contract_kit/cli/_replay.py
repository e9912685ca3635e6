"""``replay``: give saved failures again and say which still fail."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import CommandTaker, State, state_of
from contract_kit.cli._options import contract_options, policy_option, target_options
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from contract_kit.cli._fuzz import Job
    from contract_kit.cli._kept import Saved
    from contract_kit.model import Case, Finding, Terms, Verdict
    from contract_kit.runner import Settings
    from contract_kit.targets import Target

__all__ = ["command"]

_ONCE_MORE = ("slow", "inconsistent", "timeout")
"""Findings that one more delivery does not show: the whole case is run again."""


@click.command(
    "replay",
    cls=CommandTaker,
    help="Give the failures in FILE again: a kept one under .contract_kit/failures, or a JSON report.\n\n"
    "TARGET is as for 'contract-kit fuzz'. Exit code 1 if any still fails, 0 if all pass now.",
    short_help="Give saved failures again.",
    epilog="-- COMMAND ARG… in place of TARGET runs a command.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("target", required=False)
@contract_options
@policy_option
@target_options
@click.option("--effects", metavar="URL|PKG.MOD:CALLABLE", help="How many events were acted upon so far.")
@click.option("--effects-pointer", metavar="PTR", help="Where the integer of --effects stands, as /writes.")
@click.pass_context
def command(ctx: click.Context, /, file: Path, target: str | None, **params: Any) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.cli._base import command_words
    from contract_kit.cli._fuzz import jobs_from
    from contract_kit.cli._kept import read_saved

    if target is None and not command_words(ctx):
        raise click.UsageError("say what is to be given it: TARGET, or -- COMMAND", ctx)
    state = state_of(ctx)
    saved = read_saved(file)
    if not saved:
        click.echo("the report has no findings")
        return 0
    (job,) = jobs_from(ctx, target, params)
    terms = _Terms(params)
    failing = sum(_one(job, told, terms, state) for told in saved)
    click.echo(f"{failing} of {len(saved)} still fail" if failing else f"all {len(saved)} pass now")
    return 1 if failing else 0


@dataclass(slots=True)
class _Terms:
    """The contracts that failures belong to, each read once."""

    params: dict[str, Any]

    def of(self, told: Saved) -> Terms:
        from contract_kit.spec import load_terms

        spec = self.params["spec"] or told.spec
        if self.params["spec"] is None and told.spec is not None and not Path(told.spec).is_file():
            raise UsageError(f"the document {told.spec!r} is not here; say where it is with --spec")
        return load_terms(self.params["event"] or told.event, spec)


def _one(job: Job, told: Saved, terms: _Terms, state: State) -> bool:
    """Whether one failure still fails; the line that says so goes to standard output."""
    from contract_kit.cli._fuzz import settings_of
    from contract_kit.cli._open import open_target

    contract = terms.of(told)
    options = replace(job.wanted.options, policy=job.wanted.options.policy or told.policy)
    job = replace(job, wanted=replace(job.wanted, options=options))
    with closing(open_target(job.wanted)) as target:
        settings = settings_of(job, target.kind, {})
        again = told.case.steps or told.case.kind == "delivery" or told.finding in _ONCE_MORE
        found = (_by_id if again else _as_saved)(told, contract, target, settings, job)
    _say(told, found, state)
    return found is not None


def _as_saved(
    told: Saved, terms: Terms, target: Target, settings: Settings, job: Job
) -> Verdict | Finding | None:
    """Give the very bytes that were saved, and judge what comes of them."""
    from contract_kit.cli._open import context_of
    from contract_kit.runner import Progress, Run
    from contract_kit.values import base_values

    run = Run(terms, target, settings, context_of(job.wanted, target.kind), Progress())
    run.judge.calibrate(base_values(terms, 5))
    case: Case = replace(told.case, terms=terms)
    verdict = run.judge.settled(case, run.judge.ask(case.body, case))
    return verdict if verdict.finding is not None else None


def _by_id(
    told: Saved, terms: Terms, target: Target, settings: Settings, job: Job
) -> Verdict | Finding | None:
    """Run the case of that id again, with all that belongs to it."""
    from contract_kit.cli._open import context_of
    from contract_kit.runner import run

    literal = "".join(f"[{sign}]" if sign in "[*?" else sign for sign in told.case.id)
    only = replace(settings, only=(literal,), kinds=frozenset({told.case.kind}), max_examples=0)
    result = run(terms, target, only, context_of(job.wanted, target.kind))
    if not result.summary.cases:
        raise UsageError(f"{told.case.id} is no case of this target; a delivery case may need --secret")
    return next(iter(result.findings), None)


def _say(told: Saved, found: Verdict | Finding | None, state: State) -> None:
    from contract_kit.report import Redactor, visible

    redactor = Redactor(state.secrets)
    shown = visible(redactor.text(told.title), 300)
    if found is None:
        click.echo(f"passes now    {told.finding}  {shown}")
        return
    changed = "" if found.finding == told.finding else f" (it is a {found.finding} now)"
    click.echo(f"still fails   {told.finding}  {shown}{changed}")
    click.echo(f"              observed {visible(redactor.text(found.observed), 300)}")
