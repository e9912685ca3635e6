"""``spec``: the payload's schema, or the contract as a document that other tools can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import configured, contract_options, options_from
from contract_kit.errors import UsageError

__all__ = ["command"]


@click.command(
    "spec",
    cls=Command,
    help="Print the payload's JSON Schema (draft 2020-12, self-contained), or with --receiver an OpenAPI "
    "document (3.0 stays 3.0, 3.1 stays 3.1) that has the payload as a request body, as other tools expect it.",
    short_help="Print the contract as JSON Schema or OpenAPI.",
)
@contract_options
@click.option("--receiver", is_flag=True, help="An OpenAPI document of the receiver.")
@click.option("--pin", is_flag=True, help="Only bodies of this very event: its name is required and fixed.")
@click.option(
    "--path", metavar="PATH", help="With --receiver: where it takes webhooks.  [default: /webhooks]"
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="PATH", help="A file.  [default: standard output]"
)
@click.pass_context
def command(
    ctx: click.Context, /, receiver: bool, pin: bool, path: str | None, out: Path | None, **params: Any
) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.cli._output import destination, replace_file, write_stdout
    from contract_kit.jsonio import pretty
    from contract_kit.spec import (
        DEFAULT_EVENT,
        bundled_document,
        load_document,
        load_terms,
        payload_schema,
        receiver_document,
    )

    options = options_from({**params, "path": None}).over(configured().options)
    if path is not None and not receiver:
        raise UsageError("--path is where a receiver takes webhooks; it goes with --receiver")
    if path is not None and not path.startswith("/"):
        raise UsageError(f"--path {path!r}: a path begins with /")
    if out is not None:
        destination(out)
    document = bundled_document() if options.spec is None else load_document(options.spec)
    event = options.event or DEFAULT_EVENT
    if receiver:
        shown = receiver_document(document, event, pin=pin, path=path or "/webhooks")
    else:
        shown = payload_schema(load_terms(event, document=document), pin=pin)
    pieces = [pretty(shown).encode("utf-8", "backslashreplace"), b"\n"]
    if out is None:
        write_stdout(pieces, state_of(ctx))
    else:
        replace_file(out, pieces)
    return 0
