"""``demo``: the sample receiver with planted faults, fuzzed over HTTP."""

from __future__ import annotations

import base64
import secrets
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract_kit.cli._base import Command, State, state_of
from contract_kit.cli._options import seed_option
from contract_kit.cli._serve import PORT

if TYPE_CHECKING:
    from contract_kit.model import RunResult
    from contract_kit.report import Redactor
    from contract_kit.sample import Receiver, Running

__all__ = ["command"]

_REPORT = Path("report.html")
_EXAMPLES = 50
_INTERRUPTED = 130
_AGAIN = f"http://127.0.0.1:{PORT}/webhooks"
"""Where 'contract-kit serve' serves: the receiver of the run has ended when somebody pastes a line."""
_COUNTED = ("--effects", f"http://127.0.0.1:{PORT}/effects", "--effects-pointer", "/writes")
_KEEP_UP = """\
its receiver has ended; the replay lines work beside one that is kept up:
  export CONTRACT_KIT_SECRET=whsec_Y29udHJhY3Rfa2l0J3MgZGVtbw==
  contract-kit serve --planted &"""


@click.command(
    "demo",
    cls=Command,
    help="Serve the sample receiver with a few planted faults on a free loopback port, fuzz it, print the "
    f"findings and write {_REPORT}. Exit code 0 when it found exactly the planted ones, else 1.",
    short_help="Find the faults planted in the sample receiver.",
)
@seed_option
@click.option("-q", "--quiet", count=True, help="Less.")
@click.option("-v", "--verbose", count=True, help="More.")
@click.pass_context
def command(ctx: click.Context, /, seed: int | None, quiet: int, verbose: int) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.report import Redactor, check_report_paths, print_text, write_reports
    from contract_kit.sample import DEMO, serve
    from contract_kit.sample import Receiver as Sample

    state = state_of(ctx)
    paths = check_report_paths([_REPORT])
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    state.secrets.append(secret)
    redactor = Redactor(state.secrets)
    receiver = Sample(secret=secret, faults=DEMO)
    with serve(receiver) as running:
        result = _fuzzed(running, receiver, secret, seed or 0, redactor, quiet=quiet > 0)
    with suppress(BrokenPipeError):
        print_text(result, verbosity=verbose - quiet, redactor=redactor)
    write_reports(result, paths, redactor=redactor)
    if result.summary.stopped == "interrupted":
        state.say("interrupted: the findings so far are shown")
        return _INTERRUPTED
    return _compared(result, state)


def _fuzzed(
    running: Running, receiver: Receiver, secret: str, seed: int, redactor: Redactor, *, quiet: bool
) -> RunResult:
    """One run over HTTP, signed, with the receiver's own count of what it acted upon."""
    from contract_kit.cli._base import hypothesis_elsewhere
    from contract_kit.cli._progress import progress
    from contract_kit.report import Context
    from contract_kit.runner import Settings, run
    from contract_kit.spec import load_terms
    from contract_kit.targets import UrlTarget

    settings = Settings(secret=secret, effects=lambda: receiver.writes, max_examples=_EXAMPLES, seed=seed)
    context = Context(target=_AGAIN, kind="url", secret=True, effects=_COUNTED, redactor=redactor)
    with closing(UrlTarget(running.url)) as target, hypothesis_elsewhere(), progress(quiet=quiet) as moving:
        return run(load_terms(), target, settings, context, progress=moving)


def _compared(result: RunResult, state: State) -> int:
    """Exit code 0 for exactly the planted faults; else a line for each that is missing or too much."""
    from contract_kit.sample import DEMO, compare

    verdict = compare(result.findings, DEMO)
    if verdict.exact:
        click.echo(f"the demo found the {len(verdict.found)} planted faults, and nothing else; see {_REPORT}")
        click.echo(_KEEP_UP)
        return 0
    for one in verdict.missed:
        state.error(f"not found: the receiver {one.fault.value} ({one.finding})")
    for finding in verdict.others:
        state.error(f"not planted: {finding.finding}: {finding.title}")
    return 1
