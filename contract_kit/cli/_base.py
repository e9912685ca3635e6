"""What all commands share: the state of one call, ``--debug``, and what stands after ``--``."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "HELP_NAMES",
    "STDOUT",
    "Command",
    "CommandTaker",
    "State",
    "command_words",
    "debug_option",
    "hypothesis_elsewhere",
    "state_of",
]

HELP_NAMES = ["-h", "--help"]
_PLACE = re.compile(r"^[^\s:]+:\d+: ")
STDOUT = "to standard output"
"""Where results go unless they go to a file, as :attr:`State.writing` has it."""


@dataclass(slots=True)
class State:
    """One call of the command line. ``secrets`` never show; ``writing`` is what bytes are just going to."""

    debug: bool = False
    secrets: list[str] = field(default_factory=list)
    writing: str | None = None

    def say(self, *lines: str) -> None:
        """Lines for people on stderr: no secret, and nothing that a terminal would obey."""
        from contract_kit.report import Redactor, visible

        redactor = Redactor(self.secrets)
        for line in lines:
            for part in line.splitlines() or [""]:
                _to_stderr(visible(redactor.text(part), 1000))

    def error(self, *lines: str) -> None:
        """What went wrong; a ``file:line: Error`` stands alone, so that editors can jump there."""
        first, *rest = [line for part in lines for line in part.splitlines()]
        self.say(first if _PLACE.match(first) else f"Error: {first}", *rest)


def _to_stderr(line: str) -> None:
    if sys.stderr is not None:
        encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        with suppress(OSError):  # a full disk: what went wrong before that is the exit code
            sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def state_of(ctx: click.Context) -> State:
    """The state of the call that ``ctx`` belongs to."""
    state = ctx.find_object(State)
    assert state is not None
    return state


def debug_option() -> click.Option:
    """``--debug``: wherever it stands, before or after the command's name."""

    def remember(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value and (state := ctx.find_object(State)) is not None:
            state.debug = True

    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=remember,
        help="Show tracebacks.",
    )


class Command(click.Command):
    """A command with ``--debug`` and ``-h``; what follows ``--`` is left to :func:`command_words`."""

    takes_command = False

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("context_settings", {})
        more["context_settings"] = {"help_option_names": HELP_NAMES, **more["context_settings"]}
        super().__init__(*args, **more)
        self.params.append(debug_option())
        for param in self.params:
            if isinstance(param, click.Option) and param.multiple:
                told, gap, default = (param.help or "").partition("  [default")
                param.help = f"{told} Repeatable.{gap}{default}"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Everything after the first ``--`` is another program's, its options included."""
        if self.takes_command and "--" in args:
            at = args.index("--")
            ctx.meta[_WORDS] = tuple(args[at + 1 :])
            if not args[at + 1 :]:
                raise click.UsageError("a command is needed after --", ctx)
            args = args[:at]
        return super().parse_args(ctx, args)


class CommandTaker(Command):
    """A command whose target may be ``-- COMMAND ARG…``."""

    takes_command = True


_WORDS = "contract_kit.cli.words"


def command_words(ctx: click.Context) -> tuple[str, ...]:
    """The words after ``--``."""
    words: tuple[str, ...] = ctx.meta.get(_WORDS, ())
    return words


@contextmanager
def hypothesis_elsewhere() -> Iterator[None]:
    """Hypothesis keeps tables of its own, in the working directory unless it is told where."""
    name = "HYPOTHESIS_STORAGE_DIRECTORY"
    if name in os.environ:
        yield
        return
    cache = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    os.environ[name] = str(Path(cache) / "contract-kit" / "hypothesis")
    try:
        yield
    finally:
        del os.environ[name]
