"""Options that several commands share, and how their values become :class:`~contract_kit.config.Options`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from contract_kit.config import INPUTS, SIGNS, Options, header_of, kinds_of
from contract_kit.errors import UsageError
from contract_kit.model import POLICIES, TARGET_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from contract_kit.config import Config

    Decorator: TypeAlias = Callable[[Any], Any]

__all__ = [
    "POSITIVE",
    "case_options",
    "configured",
    "contract_options",
    "delivery_options",
    "kinds_option",
    "named",
    "options_from",
    "policy_option",
    "secret_options",
    "seed_option",
    "target_options",
]

POSITIVE = click.FloatRange(min=0, min_open=True)


def _flag(*names: str, help: str) -> Decorator:  # noqa: A002 (click's own name for it)
    return click.option(*names, is_flag=True, default=None, help=help)


def _together(*decorators: Decorator) -> Decorator:
    """Several options as one decorator, listed by help in this order."""

    def decorate(function: Any) -> Any:
        for one in reversed(decorators):
            function = one(function)
        return function

    return decorate


def _checked(read: Callable[[str], Any]) -> Callable[..., Any]:
    """A click callback that reads one value or several, and turns our errors into click's."""

    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if value is None or value == ():
            return None
        try:
            return tuple(map(read, value)) if isinstance(value, tuple) else read(value)
        except UsageError as error:
            raise click.BadParameter(str(error), ctx, param) from None

    return callback


def _many(_ctx: click.Context, _param: click.Parameter, value: tuple[Any, ...]) -> Any:
    return value or None


def named(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A name, where one is said: an empty variable of a script is not the default."""
    if value == "" and ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE:
        raise click.BadParameter("it is empty", ctx, param)
    return value


contract_options = _together(
    click.option("--event", metavar="NAME", callback=named, help="The event.  [default: customer.created]"),
    click.option(
        "--spec",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="An OpenAPI document: YAML, JSON or Markdown.  [default: the bundled one]",
    ),
)
policy_option = click.option(
    "--policy",
    type=click.Choice(POLICIES),
    help="Whose word is law.  [default: provider where the provider is known, else schema]",
)
kinds_option = click.option(
    "--kinds",
    metavar="A,B",
    callback=_checked(kinds_of),
    help="Kinds of cases: valid, equivalent, foreign, invalid, malformed, delivery.  [default: all that fit]",
)
case_options = _together(
    policy_option,
    kinds_option,
    click.option(
        "--only", multiple=True, callback=_many, metavar="ID-GLOB", help="Only cases whose id matches."
    ),
    click.option(
        "--skip", multiple=True, callback=_many, metavar="ID-GLOB", help="No case whose id matches."
    ),
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help="Everything random comes from it.  [default: 0]"
)
secret_options = _together(
    click.option(
        "--secret",
        metavar="whsec_…",
        envvar="CONTRACT_KIT_SECRET",
        show_envvar=True,
        callback=named,
        help="Sign deliveries; turns the signature cases on.",
    ),
    click.option(
        "--sign", type=click.Choice(SIGNS), help="The family of signature headers.  [default: svix]"
    ),
)
delivery_options = _together(
    click.option(
        "--header",
        "headers",
        multiple=True,
        callback=_checked(header_of),
        metavar="'K: V'",
        help="A header that goes with every delivery.",
    ),
    _flag("--insecure", help="Do not check the receiver's certificate."),
    _flag("--allow-remote", help="Let traffic go beyond loopback, RFC 1918 and fc00::/7."),
    click.option(
        "--timeout",
        type=POSITIVE,
        metavar="SECONDS",
        help="Time for one case.  [default: 15 for endpoints, 2 otherwise]",
    ),
)
target_options = _together(
    click.option(
        "--as", "as_", type=click.Choice(TARGET_KINDS), help="What TARGET is.  [default: found by looking]"
    ),
    click.option("--input", type=click.Choice(INPUTS), help="What a parser takes.  [default: bytes]"),
    click.option(
        "--rejects",
        multiple=True,
        callback=_many,
        metavar="PKG.MOD:EXC",
        help="An exception that is a refusal; replaces the default.  [default: builtins:ValueError]",
    ),
    click.option(
        "--reject-exit",
        "reject_exits",
        multiple=True,
        callback=_many,
        type=click.IntRange(1, 255),
        metavar="CODE",
        help="An exit code of a command that is a refusal; replaces the default.  [default: 1]",
    ),
    click.option("--path", metavar="PATH", help="Where an app takes webhooks.  [default: found by looking]"),
    click.option(
        "--isolate/--no-isolate",
        default=None,
        help="Run a Python target in a child process, so that it can hang or die.  [default: isolate]",
    ),
    _flag("--lossless", help="Every declared field must come out again."),
    secret_options,
    delivery_options,
    click.option(
        "--workers",
        type=click.IntRange(1, 1000),
        metavar="N",
        help="Connections to a URL, or processes of a command.  [default: 8, or one a processor]",
    ),
    click.option(
        "--rate", type=POSITIVE, metavar="N", help="Deliveries to a URL a second, at most.  [default: any]"
    ),
)


def configured() -> Config:
    """The configuration that counts here; its rows on what fields mean are in use from now on."""
    from contract_kit.api import use_meanings
    from contract_kit.config import load_config

    config = load_config()
    use_meanings(config.meanings)
    return config


def options_from(params: dict[str, Any]) -> Options:
    """What was said on the command line, as options; ``params`` may hold other things too."""
    names = {field.name for field in dataclasses.fields(Options)}
    return Options(**{name: value for name, value in params.items() if name in names})
