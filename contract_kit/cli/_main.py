"""The group of commands, and the one place where errors become lines and exit codes."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

import click

from contract_kit.cli._base import HELP_NAMES, STDOUT, State, debug_option
from contract_kit.errors import ContractKitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

__all__ = ["main"]

COMMANDS = ("demo", "fuzz", "cases", "generate", "fixtures", "send", "serve", "replay", "spec", "init")
"""In the order in which help lists them; each is ``command`` of the file of its name."""
USAGE, OURS, INTERRUPTED = 2, 4, 130
_FORGETFUL = frozenset({"__del__", "gc_callback", "remove"})
"""Finalizers, the callback that Hypothesis gives to the garbage collector, and those of weak references."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a stream's device says; files of ours that cannot be written have a ``UsageError`` with their name."""


class _Group(click.Group):
    """Commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"contract_kit.cli._{cmd_name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from contract_kit import __version__

        click.echo(f"contract-kit {__version__}")
        ctx.exit()


def _group() -> click.Group:
    return _Group(
        "contract-kit",
        help="Contract testing, fixtures and fuzzing for people who receive webhooks.\n\n"
        "Exit codes: 0 nothing found, 1 findings, 2 wrong use or an unreadable document, 3 the target "
        "cannot be imported, started or reached, 4 a fault of contract-kit, 130 interrupted.",
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_version,
                help="Show the version and exit.",
            ),
            debug_option(),
        ],
        context_settings={"help_option_names": HELP_NAMES, "max_content_width": 100},
        no_args_is_help=False,
        invoke_without_command=True,
        callback=_without_command,
    )


@click.pass_context
def _without_command(ctx: click.Context) -> int:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return USAGE
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; errors are lines on stderr."""
    _three_streams()
    state = State()
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        with _interruptible():
            code = _run(args, state)
    except BaseException as error:  # noqa: BLE001 (every end has its line and its code)
        if state.debug and not isinstance(error, click.exceptions.Exit | SystemExit):
            import traceback

            state.say(*traceback.format_exc().splitlines())
        code = _ending(error, state)
    return _flushed(code, state)


def _three_streams() -> None:
    """A stream that was closed before we started is nobody's: a pipe to a child must not get its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends a run with what was found until then, and so does SIGTERM (a CI job that is cancelled).

    Handlers that somebody else has set stay as they are.
    """
    here = threading.current_thread() is threading.main_thread()
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    ours = {number: old for number, old in usual.items() if here and signal.getsignal(number) is old}
    for number in ours:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, old in ours.items():
            signal.signal(number, old)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise ``KeyboardInterrupt``; a moment later where Python would print and forget what is raised."""
    if frame is not None and frame.f_code.co_name in _FORGETFUL:
        threading.Timer(0.01, os.kill, (os.getpid(), number)).start()
        return
    raise KeyboardInterrupt


def _run(args: list[str], state: State) -> int:
    with _group().make_context("contract-kit", args, obj=state) as ctx:
        found: Any = ctx.command.invoke(ctx)
        return int(found or 0)


def _ending(error: BaseException, state: State) -> int:
    """The exit code of an error, its line said."""
    match error:
        case click.exceptions.Exit():
            return int(error.exit_code)
        case SystemExit():
            return error.code if isinstance(error.code, int) else 0
        case click.Abort() | KeyboardInterrupt():
            state.say("interrupted")
            return INTERRUPTED
        case BrokenPipeError():
            return 0  # whoever reads has seen enough
        case click.UsageError():
            state.error(_one_line(error.format_message()), _hint(error))
            return USAGE
        case click.ClickException():
            state.error(_one_line(error.format_message()))
            return USAGE
        case ContractKitError():
            state.error(str(error))
            return error.exit_code
        case OSError() if state.writing is not None or error.errno in _FULL:
            where = state.writing or STDOUT
            if where == STDOUT and sys.stdout is not None:
                _discard(sys.stdout)  # what it still holds would fail, and be told, once more
            state.error(f"cannot write {where}: {_reason(error)}")
            return USAGE
    from contract_kit import __version__

    said = f"{type(error).__name__}: {error}".rstrip(": ")
    state.error(f"a fault of contract-kit {__version__}: {said}", "--debug shows where; please report it")
    return OURS


def _one_line(text: str) -> str:
    return " ".join(text.split()).removesuffix(".")


def _hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx is not None else "contract-kit"
    return f"'{path} --help' shows how"


def _flushed(code: int, state: State) -> int:
    """What is still held goes out now: the interpreter must not fail aloud at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            _discard(stream)
        except (OSError, ValueError) as error:
            _discard(stream)
            state.error(f"cannot write {STDOUT}: {_reason(error)}")
            code = code or USAGE
    return code


def _discard(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
