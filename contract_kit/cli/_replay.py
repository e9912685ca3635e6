"""``replay``: give saved failures again and say which still fail."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import CommandTaker, State, state_of
from contract_kit.cli._options import contract_options, policy_option, target_options
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.cli._fuzz import Job
    from contract_kit.cli._kept import Saved
    from contract_kit.model import Case, Finding, TargetKind, Terms, Verdict
    from contract_kit.report import Context
    from contract_kit.runner import Run, Settings
    from contract_kit.targets import Target

__all__ = ["command"]

_OF_EFFECTS = ("duplicate_effect", "missing_effect")
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
    failing, unknown = _replay(job, saved, params, state)
    if failing:
        click.echo(f"{failing} of {len(saved)} still fail")
        return 1
    click.echo(f"{unknown} of {len(saved)} not judged" if unknown else f"all {len(saved)} pass now")
    return UsageError.exit_code if unknown else 0


def _replay(job: Job, saved: list[Saved], params: dict[str, Any], state: State) -> tuple[int, int]:
    """How many still fail, and of how many that cannot be told; a line for each goes to standard output."""
    from contract_kit.cli._fuzz import settings_of
    from contract_kit.cli._open import context_of, open_target

    known: dict[tuple[str, str | None], Terms] = {}
    contracts = [_terms(told, params, known) for told in saved]
    failing = unknown = 0
    with closing(open_target(job.wanted)) as target:
        settings = settings_of(job, target, {})
        again = _Again(target, context_of(job.wanted, target.kind))
        for told, terms in zip(_completed(saved, contracts, target.kind), contracts, strict=True):
            if told.finding in _OF_EFFECTS and settings.effects is None:
                unknown += 1
                _say(told, "not judged", state, " (nobody counts effects: say --effects)")
                continue
            own = replace(settings, policy=settings.policy or told.policy)
            found = again.judge(told, terms, own)
            failing += found is not None
            if found is None:
                _say(told, "passes now", state)
                continue
            changed = "" if found.finding == told.finding else f" (it is a {found.finding} now)"
            _say(told, "still fails", state, changed, found.observed)
    return failing, unknown


def _terms(told: Saved, params: dict[str, Any], known: dict[tuple[str, str | None], Terms]) -> Terms:
    """The contract that a failure belongs to, each read once."""
    from contract_kit.spec import load_terms

    spec = params["spec"] or told.spec
    if params["spec"] is None and told.spec is not None and not Path(told.spec).is_file():
        raise UsageError(f"the document {told.spec!r} is not here; say where it is with --spec")
    key = (params["event"] or told.event, None if spec is None else str(spec))
    if key not in known:
        known[key] = load_terms(*key)
    return known[key]


def _completed(saved: list[Saved], contracts: list[Terms], kind: TargetKind) -> Iterator[Saved]:
    """A report tells less of a case than the catalogue knows: what is missing is looked up by the id."""
    from contract_kit.cases import body_cases

    catalogues: dict[int, dict[str, Case]] = {}
    for terms in {id(terms): terms for terms in contracts}.values():
        wanted = {
            told.case.id
            for told, own in zip(saved, contracts, strict=True)
            if own is terms and not told.whole and told.case.kind != "delivery"
        }
        cases = body_cases(terms, target=kind) if wanted else ()
        catalogues[id(terms)] = {case.id: case for case in cases if case.id in wanted}
    for told, terms in zip(saved, contracts, strict=True):
        case = catalogues[id(terms)].get(told.case.id)
        if told.whole or case is None:
            yield told
        else:
            seen = told.case
            case = replace(case, expect=seen.expect, body=seen.body, because=seen.because)
            yield replace(told, case=case)


class _Again:
    """Gives failures again to one open target."""

    def __init__(self, target: Target, context: Context) -> None:
        self._target, self._context = target, context
        self._runs: dict[tuple[int, str | None], Run] = {}

    def judge(self, told: Saved, terms: Terms, settings: Settings) -> Verdict | Finding | None:
        """What is wrong now, if anything is."""
        if told.case.steps or told.case.kind == "delivery" or told.finding in _ONCE_MORE:
            return self._by_id(told, terms, settings)
        return self._as_saved(told, terms, settings)

    def _as_saved(self, told: Saved, terms: Terms, settings: Settings) -> Verdict | None:
        """Give the very bytes that were saved, and judge what comes of them."""
        run = self._run(terms, settings)
        case = replace(told.case, terms=terms)
        verdict = run.judge.settled(case, run.judge.ask(case.body, case))
        return verdict if verdict.finding is not None else None

    def _run(self, terms: Terms, settings: Settings) -> Run:
        """A run that has met the target: one that is closed to sound bodies would seem to refuse rightly."""
        from contract_kit.runner import Progress, Run, first_contact

        key = (id(terms), settings.policy)
        if key not in self._runs:
            run = Run(terms, self._target, settings, self._context, Progress())
            first_contact(run)
            self._runs[key] = run
        return self._runs[key]

    def _by_id(self, told: Saved, terms: Terms, settings: Settings) -> Finding | None:
        """Run the case of that id again, with all that belongs to it."""
        from contract_kit.report import literal_glob
        from contract_kit.runner import run

        only = replace(
            settings, only=(literal_glob(told.case.id),), kinds=frozenset({told.case.kind}), max_examples=0
        )
        result = run(terms, self._target, only, self._context)
        if not result.summary.cases:
            raise UsageError(f"{told.case.id} is no case of this target; a delivery case may need --secret")
        return next(iter(result.findings), None)


def _say(told: Saved, how: str, state: State, more: str = "", observed: str | None = None) -> None:
    """A line on one failure, and one on what was observed."""
    from contract_kit.report import Redactor, visible

    redactor = Redactor(state.secrets)
    click.echo(f"{how:<12}  {told.finding}  {visible(redactor.text(told.title), 300)}{more}")
    if observed is not None:
        click.echo(f"{'':<12}  observed {visible(redactor.text(observed), 300)}")
