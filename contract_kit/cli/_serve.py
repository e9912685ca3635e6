"""``serve``: the sample receiver, to try deliveries on."""

from __future__ import annotations

import threading

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import named
from contract_kit.errors import TargetError

__all__ = ["PORT", "command"]

PORT = 8765


@click.command(
    "serve",
    cls=Command,
    help="Serve the sample receiver until Ctrl-C: POST /webhooks takes customer.created, GET /effects tells "
    "how many it acted upon.",
    short_help="Serve the sample receiver.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 is a free one."
)
@click.option(
    "--secret",
    metavar="whsec_…",
    envvar="CONTRACT_KIT_SECRET",
    show_envvar=True,
    callback=named,
    help="Take only what is signed with it.",
)
@click.option("--planted", is_flag=True, help="With the faults that 'contract-kit demo' plants.")
@click.pass_context
def command(ctx: click.Context, /, host: str, port: int, secret: str | None, planted: bool) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.sample import DEMO, Receiver, serve

    state = state_of(ctx)
    if secret:
        state.secrets.append(secret)
    receiver = Receiver(secret=secret or None, faults=DEMO if planted else ())
    try:
        with serve(receiver, host, port, log=state.say) as running:
            _greet(running.url, running.effects_url, signed=bool(secret))
            threading.Event().wait()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TargetError(f"cannot listen at {host} port {port}: {reason}") from error
    return 0


def _greet(url: str, effects: str, *, signed: bool) -> None:
    click.echo(f"webhooks  {url}")
    click.echo(f"effects   {effects}  (--effects {effects} --effects-pointer /writes)")
    hint = "as given; senders need the same" if signed else "none: unsigned deliveries are taken (--secret)"
    click.echo(f"secret    {hint}")
