"""``spec``: the payload's schema, or the contract as a document that other tools can read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import contract_options, options_from
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from contract_kit.model import Terms

__all__ = ["command", "payload_schema", "receiver_document"]

_NAME = re.compile(r"[^A-Za-z0-9._-]")
_DEFS = "#/$defs/"


@click.command(
    "spec",
    cls=Command,
    help="Print the payload's JSON Schema (draft 2020-12, self-contained), or with --receiver an OpenAPI 3.1 "
    "document that has the payload as a request body, as other tools expect it.",
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
    from contract_kit.config import load_config
    from contract_kit.jsonio import pretty
    from contract_kit.spec import DEFAULT_EVENT, load_terms

    options = options_from({**params, "path": None}).over(load_config().options)
    if path is not None and not receiver:
        raise UsageError("--path is where a receiver takes webhooks; it goes with --receiver")
    if path is not None and not path.startswith("/"):
        raise UsageError(f"--path {path!r}: a path begins with /")
    if out is not None:
        destination(out)
    terms = load_terms(options.event or DEFAULT_EVENT, options.spec)
    shown = (
        receiver_document(terms, path or "/webhooks", pin=pin) if receiver else payload_schema(terms, pin=pin)
    )
    pieces = [pretty(shown).encode("utf-8", "backslashreplace"), b"\n"]
    if out is None:
        write_stdout(pieces, state_of(ctx))
    else:
        replace_file(out, pieces)
    return 0


def payload_schema(terms: Terms, *, pin: bool = False) -> dict[str, Any]:
    """The payload's schema; with ``pin`` the event's name must stand where the contract has it."""
    schema = dict(terms.schema)
    if pin and terms.pins:
        schema["allOf"] = [*schema.get("allOf", ()), *(_pinned(at, name) for at, name in terms.pins.items())]
    return schema


def _pinned(pointer: str, value: Any) -> dict[str, Any]:
    """A schema that holds where ``value`` stands at ``pointer``."""
    from contract_kit.jsonio import tokens

    schema: dict[str, Any] = {"const": value}
    for token in reversed(tokens(pointer)):
        schema = {"properties": {token: schema}, "required": [token]}
    return schema


def receiver_document(terms: Terms, path: str, *, pin: bool = False) -> dict[str, Any]:
    """An OpenAPI 3.1 document of one operation: ``POST path`` with the payload as its body."""
    schema = payload_schema(terms, pin=pin)
    names = {name: _component(name, number) for number, name in enumerate(schema.pop("$defs", {}))}
    defs = terms.schema.get("$defs", {})
    schema.pop("$schema", None)
    components = {names[name]: _moved(defs[name], names) for name in names}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Receiver of {terms.event}", "version": "1"},
        "paths": {
            path: {
                "post": {
                    "operationId": _NAME.sub("_", terms.event),
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _moved(schema, names)}},
                    },
                    "responses": {
                        "2XX": {"description": "taken"},
                        "4XX": {"description": "refused"},
                    },
                }
            }
        },
        "components": {"schemas": components},
    }


def _component(name: str, number: int) -> str:
    """A name that OpenAPI allows; numbered where letters had to go, so that two stay two."""
    safe = _NAME.sub("_", name)
    return safe if safe == name else f"{safe}_{number}"


_LITERAL = frozenset({"const", "enum", "example", "examples", "default"})
_TABLES = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs"})


def _moved(schema: Any, names: dict[str, str]) -> Any:
    """A schema whose references lead to the document's components; values that it quotes stay as they are."""
    if isinstance(schema, list):
        return [_moved(item, names) for item in schema]
    if not isinstance(schema, dict):
        return schema
    moved: dict[str, Any] = {}
    for key, item in schema.items():
        if key == "$ref" and isinstance(item, str):
            moved[key] = _moved_ref(item, names)
        elif key in _TABLES and isinstance(item, dict):
            moved[key] = {name: _moved(one, names) for name, one in item.items()}
        else:
            moved[key] = item if key in _LITERAL else _moved(item, names)
    return moved


def _moved_ref(ref: str, names: dict[str, str]) -> str:
    from contract_kit.jsonio import escape_token, tokens

    if not ref.startswith(_DEFS):
        return ref
    first, *rest = tokens(ref[1:])[1:]
    return "/".join(("#/components/schemas", *map(escape_token, (names.get(first, first), *rest))))
