"""``send``: one signed event to a URL, as the provider would send it, or one case of the catalogue."""

from __future__ import annotations

import secrets
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import Command, state_of
from contract_kit.cli._options import (
    configured,
    contract_options,
    delivery_options,
    options_from,
    secret_options,
    seed_option,
)
from contract_kit.errors import TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.config import Options
    from contract_kit.model import Case, Delivery, Kind, Reply, Terms
    from contract_kit.report import Redactor

__all__ = ["command"]

_REPLY = 4000


@click.command(
    "send",
    cls=Command,
    help="Send one event to URL and show the reply: a realistic one, or a case of the catalogue.\n\n"
    "Exit code 0 for 2xx, 1 for any other reply, 3 where nobody can be reached.",
    short_help="Send one signed event to a URL.",
)
@click.argument("url")
@contract_options
@click.option("--case", "case_id", metavar="ID", help="A case of the catalogue, by its id.")
@click.option(
    "--set",
    "edits",
    multiple=True,
    metavar="POINTER=JSON",
    help="Another value in the body, e.g. --set /customer/email=null.",
)
@secret_options
@seed_option
@delivery_options
@click.pass_context
def command(
    ctx: click.Context, /, url: str, case_id: str | None, edits: tuple[str, ...], **params: Any
) -> int:
    """Parse, build, run, exit code."""
    from contract_kit.cli._open import Wanted, open_target, redactor_of
    from contract_kit.spec import DEFAULT_EVENT, load_terms
    from contract_kit.targets import send

    said, state = options_from(params), state_of(ctx)
    options = said.over(configured().options)
    secret = params["secret"] or None
    if secret:
        state.secrets.append(secret)
    terms = load_terms(options.event or DEFAULT_EVENT, options.spec)
    deliveries = list(_deliveries(terms, options, case_id, edits, secret))
    wanted = Wanted(target=url, options=_one_at_a_time(options), said=said, secret=secret)
    reply: Reply | None = None
    with closing(open_target(wanted)) as target:
        for delivery in deliveries:
            reply = send(target, delivery)
            _show(reply, redactor_of(wanted))
    assert reply is not None
    return 0 if reply.status is not None and 200 <= reply.status < 300 else 1


def _one_at_a_time(options: Options) -> Options:
    from dataclasses import replace

    return replace(options, as_="url", workers=1)


def _deliveries(
    terms: Terms, options: Options, case_id: str | None, edits: tuple[str, ...], secret: str | None
) -> Iterator[Delivery]:
    """What goes out, one after the other: one delivery, or the steps of a case that has some."""
    from contract_kit.delivery import prepare, signed
    from contract_kit.model import JSON_HEADERS, Delivery

    family = options.sign or "svix"
    key = None if family == "none" else secret
    case = None if case_id is None else _case(terms, options, case_id)
    if case is not None and case.steps:
        if edits:
            raise UsageError(f"{case.id} is a case of several deliveries: --set does not fit it")
        run = secrets.token_hex(8)
        for index in range(len(case.steps)):
            yield prepare(case, index, secret=key, run=run, family=family)  # type: ignore[arg-type]
        return
    body = _edited(case.body if case is not None else _realistic(terms, options), edits)
    headers = case.headers if case is not None else JSON_HEADERS
    method = case.method if case is not None else "POST"
    delivery = Delivery(key=None, body=body, headers=headers, method=method)
    yield delivery if key is None else signed(delivery, key, family)  # type: ignore[arg-type]


def _case(terms: Terms, options: Options, case_id: str) -> Case:
    from dataclasses import replace
    from difflib import get_close_matches

    from contract_kit.cli._cases import catalogue

    seen = []
    kinds: tuple[Kind, ...] | None = ("delivery",) if case_id.startswith("delivery:") else None
    for case in catalogue(terms, replace(options, as_="url", kinds=kinds)):
        if case.id == case_id:
            return case
        seen.append(case.id)
    near = get_close_matches(case_id, seen, n=2, cutoff=0.8)
    hint = f"did you mean {' or '.join(near)}?" if near else "'contract-kit cases' lists them"
    raise UsageError(f"there is no case {case_id!r}; {hint}")


def _realistic(terms: Terms, options: Options) -> bytes:
    from contract_kit.values import sample_lines

    return next(iter(sample_lines(terms, 1, seed=options.seed or 0)))


def _edited(body: bytes, edits: tuple[str, ...]) -> bytes:
    """The body with the user's own values. ``UsageError`` for no such place and for what is no JSON."""
    from contract_kit.jsonio import compact, replace, strict_loads

    if not edits:
        return body
    try:
        value = strict_loads(body)
    except (ValueError, RecursionError):
        raise UsageError("the case's body is no JSON: --set does not fit it") from None
    for edit in edits:
        pointer, equals, text = edit.partition("=")
        if not equals or (pointer and not pointer.startswith("/")):
            raise UsageError(f"--set {edit!r}: it is written POINTER=JSON, as in /customer/email=null")
        try:
            new = strict_loads(text.encode())
        except (ValueError, RecursionError):
            raise UsageError(f"--set {edit!r}: {text!r} is no JSON; a text stands in double quotes") from None
        try:
            value = replace(value, pointer, new)
        except (KeyError, IndexError, TypeError, ValueError):
            raise UsageError(f"--set {edit!r}: the body has no place {pointer}") from None
    return compact(value)


def _show(reply: Reply, redactor: Redactor) -> None:
    """The status and the reply on standard output. ``TargetError`` where nobody was there."""
    from contract_kit.report import visible_bytes

    if reply.status is None:
        words = reply.detail or reply.outcome.replace("_", " ")
        if reply.outcome == "not_judged":
            raise TargetError(words)
        click.echo(f"no reply: {redactor.text(words)}")
        return
    click.echo(f"{reply.status} after {reply.elapsed * 1000:.0f} ms")
    if reply.body:
        click.echo(redactor.text(visible_bytes(reply.body.rstrip(), _REPLY)))
