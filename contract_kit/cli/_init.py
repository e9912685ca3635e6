"""``init``: the few lines of configuration that a repository needs, shown before they are written."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contract_kit.cli._base import CommandTaker, State, command_words, state_of
from contract_kit.config import INPUTS, find_config
from contract_kit.errors import UsageError
from contract_kit.model import POLICIES, TARGET_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["command"]

_NAME = re.compile(r"\w+(\.\w+)*:\w+(\.\w+)*")
_URL = re.compile(r"https?://[^\s/]+(/\S*)?")
_TEMPLATE = """\
# [[tool.contract_kit.targets]]
# name = "parser"
# target = "package.module:function"
# rejects = ["package.module:BadWebhook"]
"""
"""What stands where no target is named yet: it is no more than a comment."""


@click.command(
    "init",
    cls=CommandTaker,
    help="Add [tool.contract_kit] to the pyproject.toml that counts here, or make one. What would change is "
    "shown; nothing is written without --yes, and a table that is there is never touched. The target may be "
    "a command: put it last, after --.",
    short_help="Set up a repository: a table in its pyproject.toml.",
)
@click.option("--target", metavar="TARGET", help="A URL, or package.module:object.")
@click.option("--name", metavar="NAME", help="How reports call the target.  [default: from the target]")
@click.option("--rejects", multiple=True, metavar="PKG.MOD:EXC", help="An exception that is a refusal.")
@click.option("--as", "as_", type=click.Choice(TARGET_KINDS), help="What the target is.")
@click.option("--input", type=click.Choice(INPUTS), help="What a parser takes.")
@click.option("--event", metavar="NAME", help="The event.  [default: customer.created]")
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An OpenAPI document: YAML, JSON or Markdown.  [default: the bundled one]",
)
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    help="Whose word is law.  [default: provider where the provider is known, else schema]",
)
@click.option("--yes", is_flag=True, help="Write it.")
@click.pass_context
def command(ctx: click.Context, /, yes: bool, **given: Any) -> int:
    """Parse, build, run, exit code."""
    given["command"] = command_words(ctx)
    _check(given)
    path = _place()
    old = path.read_bytes() if path.is_file() else b""
    added = _fitting(_lines(given, path.parent), old)
    _refuse_what_breaks(path, old, added)
    _show(path, old, added)
    return _write(path, added, state_of(ctx)) if yes else _wait(state_of(ctx))


def _check(given: dict[str, Any]) -> None:
    """Wrong words are told now, and not when the configuration is first used."""
    target, words = given["target"], given["command"]
    if target is not None and words:
        raise UsageError("give --target or a command after --, and one of them only")
    if target is None and not words:
        for name in ("name", "rejects", "as_", "input"):
            if given[name]:
                raise UsageError(f"--{name.rstrip('_')} says something of a target: name it with --target")
    if target is not None and not (_NAME.fullmatch(target) or _URL.fullmatch(target)):
        raise UsageError(f"{target!r} is neither a URL nor of the form package.module:object")
    for name in given["rejects"]:
        if not _NAME.fullmatch(name):
            raise UsageError(f"--rejects: {name!r} is not of the form package.module:exception")
    if given["name"] is not None and not re.fullmatch(r"[\w.-]+", given["name"]):
        raise UsageError(f"--name: {given['name']!r}: letters, digits, '.', '-' and '_' make a name")


def _place() -> Path:
    """The file to add to: the nearest one upward within the repository, else one here."""
    here = Path.cwd()
    found = find_config(here)
    if found is None:
        return here / "pyproject.toml"
    for folder in (here, *here.parents):
        if folder == found.parent:
            return found
        if (folder / ".git").exists():
            break
    return here / "pyproject.toml"


def _lines(given: dict[str, Any], root: Path) -> str:
    """The table as text. ``SpecError`` where the contract cannot be loaded."""
    from contract_kit.spec import DEFAULT_EVENT, load_terms

    event, spec = given["event"] or DEFAULT_EVENT, given["spec"]
    terms = load_terms(event, spec)
    table: dict[str, Any] = {"event": event}
    if spec is not None:
        table["spec"] = _seen_from(root, spec)
    table["policy"] = given["policy"] or terms.usual_policy
    return "".join(
        [
            "[tool.contract_kit]\n",
            *_pairs(table),
            "\n",
            *(_target(given) if given["target"] or given["command"] else [_TEMPLATE]),
        ]
    )


def _target(given: dict[str, Any]) -> Iterator[str]:
    yield "[[tool.contract_kit.targets]]\n"
    what: dict[str, Any] = {"name": given["name"] or _called(given)}
    if given["command"]:
        what["command"] = list(given["command"])
    else:
        what["target"] = given["target"]
    what |= {"as": given["as_"], "input": given["input"], "rejects": list(given["rejects"]) or None}
    yield from _pairs(what)


def _called(given: dict[str, Any]) -> str:
    if given["command"]:
        return re.sub(r"[^\w.-]", "-", Path(given["command"][0]).stem) or "command"
    if _URL.fullmatch(given["target"]):
        return "receiver"
    return str(given["target"]).rpartition(":")[2]


def _pairs(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, list):
            yield f"{key} = [{', '.join(map(_quoted, value))}]\n"
        elif value is not None:
            yield f"{key} = {_quoted(value)}\n"


def _quoted(text: str) -> str:
    """A TOML string. JSON's spelling is one, but for DEL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{text!r} is no Unicode text, and cannot stand in a TOML file") from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _seen_from(root: Path, spec: Path) -> str:
    """A document inside the repository is named from its root, with slashes: others have it elsewhere."""
    path = Path(os.path.normpath(spec.absolute()))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _fitting(lines: str, old: bytes) -> bytes:
    """The lines as they follow what is there: after one blank line, with its ends of line."""
    ends = "\r\n" if b"\r\n" in old else "\n"
    text = old.decode("utf-8", "replace")
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    return (gap + lines).replace("\n", ends).encode()


def _refuse_what_breaks(path: Path, old: bytes, added: bytes) -> None:
    """Adding must be all that is done: no table of ours may be there, and the file must stay TOML."""
    try:
        tool = tomllib.loads(old.decode("utf-8")).get("tool", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {' '.join(str(error).split())}") from error
    if isinstance(tool, dict) and "contract_kit" in tool:
        raise UsageError(f"{path} has a [tool.contract_kit] table already; edit it there")
    try:
        tomllib.loads((old + added).decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{path}: [tool.contract_kit] cannot be added at its end; is 'tool' an inline table? ({error})"
        ) from error


def _show(path: Path, old: bytes, added: bytes) -> None:
    """What would change, as a unified diff."""
    before = old.decode().splitlines()
    after = (old + added).decode().splitlines()
    name = path.name if path.parent == Path.cwd() else str(path)
    for line in difflib.unified_diff(
        before, after, name if path.exists() else "/dev/null", name, lineterm=""
    ):
        click.echo(line)


def _wait(state: State) -> int:
    state.say("nothing is written yet; the same command with --yes writes it")
    return 0


def _write(path: Path, added: bytes, state: State) -> int:
    """Add at the end, or make the file: what is there is not written again, so it cannot get lost."""
    state.writing = str(path)
    with path.open("ab" if path.exists() else "xb") as file:
        file.write(added)
    state.writing = None
    state.say(f"written to {path}; now run contract-kit fuzz, or pytest")
    return 0
