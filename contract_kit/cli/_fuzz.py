"""``fuzz``: give a consumer every case of a contract and say what is wrong with it."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import STDOUT, CommandTaker, State, command_words, state_of
from contract_kit.cli._cases import warn
from contract_kit.cli._options import (
    POSITIVE,
    case_options,
    configured,
    contract_options,
    options_from,
    seed_option,
    target_options,
)
from contract_kit.errors import ContractKitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contract_kit.cli._baseline import Baseline
    from contract_kit.cli._open import Wanted
    from contract_kit.config import Config, Options
    from contract_kit.model import Expectation, RunResult, TargetKind
    from contract_kit.runner import Run, Settings
    from contract_kit.targets import Target

__all__ = ["Job", "command", "jobs_from", "run_job", "settings_of"]

ENGINES = ("own", "schemathesis", "both")
_EXAMPLES = 200
_INTERRUPTED = 130
_GRAVEST = (_INTERRUPTED, 4, 3, 2, 1, 0)


@dataclass(frozen=True, slots=True)
class Job:
    """One target to fuzz: ``name`` is that of a configured one, ``""`` for the one on the command line."""

    name: str
    wanted: Wanted
    expect: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What becomes of results. ``whole`` says that a run meets every case of its target."""

    reports: tuple[Path, ...]
    baseline: Baseline | None
    update: bool
    verbosity: int
    whole: bool
    engine: str = "own"


@click.command(
    "fuzz",
    cls=CommandTaker,
    help="Give a consumer every case of a contract and say what is wrong with it.\n\n"
    "TARGET is the URL of a running receiver, package.module:object (a parser, a Pydantic, msgspec, "
    "dataclass or attrs class, an ASGI or WSGI app), or, after --, a command that reads a body on stdin "
    "and writes a JSON value to stdout. Without it the targets of [tool.contract_kit] in pyproject.toml "
    "are run, or the one of them that is named.",
    short_help="Fuzz a parser, a model, an app, a URL or a command.",
    options_metavar="[OPTIONS]",
    epilog="-- COMMAND ARG… in place of TARGET runs a command.",
)
@click.argument("target", required=False)
@contract_options
@target_options
@case_options
@click.option(
    "--max-examples",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Random examples a search (valid, invalid), after the catalogue.  [default: {_EXAMPLES}]",
)
@click.option("--max-time", type=POSITIVE, metavar="SECONDS", help="Start no new case after so long.")
@click.option(
    "--max-findings", type=click.IntRange(min=1), metavar="N", help="Start no new case after N findings."
)
@click.option("-x", "first", is_flag=True, help="Stop at the first finding.")
@seed_option
@click.option("--effects", metavar="URL|PKG.MOD:CALLABLE", help="How many events were acted upon so far.")
@click.option("--effects-pointer", metavar="PTR", help="Where the integer of --effects stands, as /writes.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a report: .json, .xml (JUnit) or .html.",
)
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Findings in it fail no run."
)
@click.option("--update-baseline", is_flag=True, help="Write what is found to the baseline.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="own",
    help="Endpoints: who makes the cases; schemathesis is an extra.  [default: own]",
)
@click.option("-q", "--quiet", count=True, help="Less.")
@click.option("-v", "--verbose", count=True, help="More.")
@click.pass_context
def command(ctx: click.Context, /, target: str | None, **params: Any) -> int:
    """Parse, build, run, exit code."""
    state = state_of(ctx)
    if params["first"]:
        params["max_findings"] = 1
    jobs = jobs_from(ctx, target, params)
    ways = _ways(params, jobs)
    codes = []
    for job in jobs:
        try:
            codes.append(_fuzz(job, _named(ways, job, jobs), state))
        except ContractKitError as error:
            if len(jobs) == 1:
                raise
            state.error(f"{job.name}: {error}")
            codes.append(error.exit_code)
        if codes[-1] == _INTERRUPTED:
            break
    return min(codes, key=_GRAVEST.index)


# -- parse and build --------------------------------------------------------------------------


def jobs_from(ctx: click.Context, target: str | None, params: dict[str, Any]) -> list[Job]:
    """What is to be run: the target of the command line, or configured ones."""
    from contract_kit.cli._open import Wanted

    state = state_of(ctx)
    words, said, config = command_words(ctx), options_from(params), configured()
    secret, source = params.get("secret"), ctx.get_parameter_source("secret")
    typed = source is click.core.ParameterSource.COMMANDLINE
    if secret:
        state.secrets.append(secret)
    if words and target is not None:
        raise click.UsageError(f"give TARGET or a command after --, not both: {target!r}", ctx)

    def wanted(name: str, command_: tuple[str, ...], base: Options, root: str) -> Wanted:
        options = said.over(base)
        return Wanted(
            target=name,
            command=command_,
            options=options,
            said=said,
            secret=secret or None,
            secret_said=typed,
            cwd=root,
        )

    if target is not None and config.targets and target.isidentifier() and config.find(target) is None:
        names = ", ".join(one.name for one in config.targets)
        raise UsageError(f"no target {target!r} is set up in pyproject.toml; there are {names}")
    if words or (target is not None and config.find(target) is None):
        return [Job("", wanted(target or "", words, config.options, str(Path.cwd())), config.expect)]
    found = _configured(config, target)
    return [
        Job(one.name, wanted(one.target, one.command, one.options, str(config.root)), one.expect)
        for one in found
    ]


def _configured(config: Config, name: str | None) -> Sequence[Any]:
    if name is not None:
        one = config.find(name)
        assert one is not None
        return [one]
    if not config.targets:
        raise UsageError(
            "no TARGET is given, and no [[tool.contract_kit.targets]] stands in a pyproject.toml here; "
            "try a URL or package.module:object"
        )
    return config.targets


def _ways(params: dict[str, Any], jobs: list[Job]) -> Ways:
    from contract_kit.cli._baseline import read_baseline
    from contract_kit.report import check_report_paths

    path, update = params["baseline"], params["update_baseline"]
    if update and path is None:
        raise UsageError("--update-baseline writes to the file of --baseline; give that too")
    reports = check_report_paths(params["reports"])
    options = [job.wanted.options for job in jobs]
    return Ways(
        reports=reports,
        baseline=None if path is None else read_baseline(path, may_be_new=update),
        update=update,
        verbosity=params["verbose"] - params["quiet"],
        whole=not any(one.only or one.skip or one.kinds for one in options)
        and params["engine"] != "schemathesis",
        engine=params["engine"],
    )


def _named(ways: Ways, job: Job, jobs: list[Job]) -> Ways:
    """Reports of several targets are files of their own: ``report.parser.json``."""
    if len(jobs) == 1:
        return ways
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in job.name)
    paths = tuple(path.with_name(f"{path.stem}.{safe}{path.suffix}") for path in ways.reports)
    return replace(ways, reports=paths)


def settings_of(job: Job, target: Target, known: dict[str, str]) -> Settings:
    """The runner's settings for a job."""
    from contract_kit.cli._effects import effects_of
    from contract_kit.model import ENDPOINTS
    from contract_kit.runner import Settings

    wanted, options = job.wanted, job.wanted.options
    return Settings(
        policy=options.policy,
        kinds=frozenset(options.kinds) if options.kinds else None,
        only=options.only or (),
        skip=options.skip or (),
        expectations=job.expect,
        input=options.input or "bytes",
        lossless=bool(options.lossless),
        max_examples=_EXAMPLES if options.max_examples is None else options.max_examples,
        max_time=options.max_time,
        max_findings=options.max_findings,
        seed=options.seed or 0,
        secret=wanted.secret if target.kind in ENDPOINTS else None,
        sign=options.sign or "svix",  # type: ignore[arg-type]
        effects=effects_of(options, wanted.cwd, target) if target.kind in ENDPOINTS else None,
        known=known,
    )


# -- run --------------------------------------------------------------------------------------


def run_job(
    job: Job,
    *,
    known: dict[str, str],
    quiet: bool,
    engine: str = "own",
    whole: bool = False,
    state: State | None = None,
) -> RunResult:
    """Open the target, run, close it; failures are kept. Errors are left to ``main``.

    ``state`` is told what of the document no case is about.
    """
    from contract_kit.cli._base import hypothesis_elsewhere
    from contract_kit.cli._kept import forget, keep, tried_first, with_kept
    from contract_kit.cli._open import context_of, open_target
    from contract_kit.cli._progress import progress
    from contract_kit.runner import run
    from contract_kit.spec import DEFAULT_EVENT, load_terms

    wanted, options = job.wanted, job.wanted.options
    terms = load_terms(options.event or DEFAULT_EVENT, options.spec)
    if wanted.secret is not None:
        from contract_kit.delivery import sign

        sign(b"", wanted.secret)  # a secret that is none is told before anything is sent
    with closing(open_target(wanted)) as target:
        settings = settings_of(job, target, known)
        context = context_of(wanted, target.kind)
        others = _engines(engine, target.kind)
        own = engine != "schemathesis"
        first = tried_first(terms, context, settings.policy)
        with hypothesis_elsewhere(), progress(quiet=quiet) as moving:
            result = run(
                terms, target, settings, context, progress=moving, engines=others, own=own, first=first
            )
    if state is not None and not quiet:
        warn(terms, state)
    if not result.summary.cases and result.summary.stopped is None:
        raise UsageError(_nothing_to_do(options, result.target_kind))
    if whole and result.summary.stopped is None:
        forget(result, context)
    return with_kept(result, context, keep(result, context, options, job.name))


def _engines(engine: str, kind: TargetKind) -> Sequence[Callable[[Run], None]]:
    """The makers of cases besides our own; an error where one is wanted that cannot be had."""
    from contract_kit.model import ENDPOINTS

    if engine == "own":
        return ()
    if kind not in ENDPOINTS:
        raise UsageError(
            f"--engine {engine} makes requests, which only endpoints take; this target is a {kind}"
        )
    from contract_kit.bridges.schemathesis import required, search

    required()
    return (search,)


def _nothing_to_do(options: Options, kind: TargetKind) -> str:
    said = [f"--only {glob!r}" for glob in options.only or ()]
    said += [f"--skip {glob!r}" for glob in options.skip or ()]
    said += [f"--kinds {','.join(options.kinds)}"] if options.kinds else []
    return (
        f"no case for a {kind} is left by {' '.join(said) or 'the contract'}; 'contract-kit cases' lists them"
    )


def _fuzz(job: Job, ways: Ways, state: State) -> int:
    from contract_kit.cli._open import redactor_of
    from contract_kit.report import write_reports

    known = ways.baseline.known(job.name) if ways.baseline is not None else {}
    result = run_job(
        job, known=known, quiet=ways.verbosity < 0, engine=ways.engine, whole=ways.whole, state=state
    )
    redactor = redactor_of(job.wanted)
    _show(result, ways.verbosity, redactor, state)
    write_reports(result, ways.reports, redactor=redactor)
    stopped = result.summary.stopped
    if ways.baseline is not None:
        _compare(job, ways, result, state)
    if stopped == "interrupted":
        state.say("interrupted: the findings so far are shown")
        return _INTERRUPTED
    return 1 if any(not one.known for one in result.findings) and not ways.update else 0


def _show(result: RunResult, verbosity: int, redactor: Any, state: State) -> None:
    """Print a run; a reader that has gone away changes nothing about what was found."""
    from contract_kit.report import print_text

    state.writing = STDOUT
    with suppress(BrokenPipeError):
        print_text(result, verbosity=verbosity, redactor=redactor)
    state.writing = None


def _compare(job: Job, ways: Ways, result: RunResult, state: State) -> None:
    """Say what vanished, and bring the file up to date where that is asked for."""
    from contract_kit.cli._baseline import read_baseline

    assert ways.baseline is not None
    whole = ways.whole and result.summary.stopped is None
    path = ways.baseline.path
    if whole:
        for entry in ways.baseline.vanished(job.name, result.findings):
            state.say(f"gone: {entry.id}  {entry.title}")
    if not ways.update:
        return
    if result.summary.stopped == "interrupted":
        state.say(f"{path} is left as it was: the run was interrupted")
        return
    before = read_baseline(path, may_be_new=True)  # another target of this call may have written it
    after = before.updated(job.name, result.findings, whole=whole)
    after.write()
    added = len(set(after.entries) - set(before.entries))
    gone = len(set(before.entries) - set(after.entries))
    state.say(f"{path}: {added} added, {gone} removed, {len(after.entries)} known findings")
