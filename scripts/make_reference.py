# ruff: noqa: INP001 - a script, not a package
"""Write ``docs/reference.md`` from the code: what is said there is what the code takes.

python scripts/make_reference.py            # writes the file
python scripts/make_reference.py --check    # exit 1 when the file is not current
"""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import contract_kit
from contract_kit.cli import _main
from contract_kit.config._values import READERS
from contract_kit.pytest_plugin import _fixtures, _marker, _options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
_HEAD = """\
# Reference

Made from the code by `make reference`; a test fails where it is stale. What to do with it all stands in the
[tutorial](tutorial.md) and in [contract tests with pytest](pytest.md).
"""
_DEFAULT = re.compile(r"\s*\[default: (.*)\]$")
_IN_TABLE = {
    "reject_exit": "whole numbers from 1 to 255",
    "headers": "a list of `'K: V'`, or a table",
    "kinds": "a list of kinds",
}
"""Where the reader of a value does not say by itself what it takes."""


def reference() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        *_pytest_options(),
        *_ini_values(),
        *_fixture_list(),
        *_marker_arguments(),
        *_check_arguments(),
        *_suite_arguments(),
        *_table_keys(),
        *_commands(),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


# -- pytest -----------------------------------------------------------------------------------


class _Recorder:
    """Stands in for pytest's parser, and remembers what the plugin registers."""

    def __init__(self) -> None:
        self.options: list[tuple[str, dict[str, Any]]] = []
        self.ini: list[tuple[str, str, str]] = []

    def getgroup(self, *_names: str) -> _Recorder:
        return self

    def addoption(self, name: str, **what: Any) -> None:
        self.options.append((name, what))

    def addini(self, name: str, help: str, type: str, default: Any) -> None:  # noqa: A002, ARG002 (pytest's names)
        self.ini.append((name, help, type))


def _registered() -> _Recorder:
    recorder: Any = _Recorder()
    _options.add_options(recorder)
    found: _Recorder = recorder
    return found


def _pytest_options() -> Iterator[str]:
    yield "## Options of pytest\n"
    rows = []
    for name, what in _registered().options:
        shown = f"`{name} {what['metavar']}`" if what.get("metavar") else f"`{name}`"
        rows.append((shown, what["help"], "yes" if what["action"] == "append" else ""))
    yield _table(("option", "meaning", "repeatable"), rows)


def _ini_values() -> Iterator[str]:
    yield "## Ini values of pytest\n"
    yield (
        "For `pytest.ini`, `tox.ini`, `setup.cfg` and `[tool.pytest.ini_options]`. The command line overrules "
        "them, and they overrule `[tool.contract_kit]`.\n"
    )
    kinds = {"linelist": "a line each", "string": "text", "bool": "true or false"}
    yield _table(
        ("ini value", "meaning", "type"),
        [(f"`{name}`", help_, kinds[kind]) for name, help_, kind in _registered().ini],
    )


def _fixture_list() -> Iterator[str]:
    yield "## Fixtures\n"
    for name in _fixtures.__all__:
        fixture = getattr(_fixtures, name)
        function = getattr(fixture, "__wrapped__", None) or fixture._get_wrapped_function()  # noqa: SLF001
        marker = getattr(fixture, "_fixture_function_marker", None) or fixture._pytestfixturefunction  # noqa: SLF001
        scope = "" if marker.scope == "function" else f" ({marker.scope})"
        yield f"### `{name}`{scope}\n"
        made = _made_by(function)
        if made is not None:
            yield f"```text\n{_call(name, made)}\n```\n"
        yield _prose(inspect.getdoc(function) or "")


def _made_by(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """The call of the protocol that a factory says it returns."""
    protocol = getattr(_fixtures, str(function.__annotations__.get("return")), None)
    made: Callable[..., Any] | None = vars(protocol).get("__call__") if inspect.isclass(protocol) else None
    return made


def _marker_arguments() -> Iterator[str]:
    yield "## Marker\n"
    yield (
        "`@pytest.mark.contract(event, …)` on functions, classes and modules; the nearest word counts. A test "
        "that asks for `contract_case` runs once a case.\n"
    )
    rows = []
    for field in _marker.Words.__dataclass_fields__.values():
        default = "" if field.default is None else f"`{field.default}`"
        rows.append((f"`{field.name}`", f"`{_plain(field.type)}`", default))
    yield _table(("argument", "type", "default"), rows)


def _check_arguments() -> Iterator[str]:
    yield "## `contract_kit.check`\n"
    yield f"```text\n{_call('check', contract_kit.check)}\n```\n"
    yield _prose((inspect.getdoc(contract_kit.check) or "").partition("\n\n>>>")[0])


def _suite_arguments() -> Iterator[str]:
    yield "## `contract_kit.contract_tests`\n"
    yield f"```text\n{_call('contract_tests', contract_kit.contract_tests)}\n```\n"
    yield _prose(inspect.getdoc(contract_kit.contract_tests) or "")


# -- the table --------------------------------------------------------------------------------


def _table_keys() -> Iterator[str]:
    yield "## `[tool.contract_kit]` in `pyproject.toml`\n"
    yield (
        "Every key may stand in the table itself, for all targets, and in a `[[tool.contract_kit.targets]]`, for "
        "that one. A target has a `name`, and either a `target` or a `command` (a list of words). "
        "`[[tool.contract_kit.expect]]`, and `expect` of a target, hold `match` (a glob on case ids), `expect` "
        "(`accept`, `reject` or `either`) and `because`. `[[tool.contract_kit.meanings]]` says what fields mean ([documents](documents.md)). Dashes and underscores in keys are the same.\n"
    )
    yield _table(
        ("key", "value"),
        [(f"`{key}`", _IN_TABLE.get(key) or _taken(read)) for key, (_, read) in READERS.items()],
    )


def _taken(read: Callable[[Any], Any]) -> str:
    """What a reader says that it expects, when it is given what no key takes."""
    try:
        read(object())
    except ValueError as wrong:
        said = str(wrong).removeprefix("expected ").rpartition(", got ")[0]
        return f"`{said.removeprefix('one of ').replace(', ', '`, `')}`" if "one of" in said else said
    raise AssertionError(f"{read} takes anything")


# -- the command line -------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield _prose(_main._group().help or "")  # noqa: SLF001
    for name in _main.COMMANDS:
        command: click.Command = import_module(f"contract_kit.cli._{name}").command
        arguments = [param for param in command.params if isinstance(param, click.Argument)]
        words = [param.metavar or str(param.name).upper() for param in arguments]
        shown = [
            word if param.required else f"[{word}]" for word, param in zip(words, arguments, strict=True)
        ]
        yield f"### `{' '.join(['contract-kit', name, *shown])}`\n"
        yield _prose(command.help or "")
        options = [param for param in command.params if isinstance(param, click.Option)]
        yield _table(("option", "meaning", "default"), [_option(option) for option in options])


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join([*option.opts, *option.secondary_opts])
    value = option.metavar or ("|".join(option.type.choices) if isinstance(option.type, click.Choice) else "")
    if not value and not option.is_flag and not option.count:
        value = option.type.name.upper().partition(" ")[0]
    text = option.help or ""
    told = _DEFAULT.search(text)
    default = told[1] if told else str(option.default) if option.show_default else ""
    text = _DEFAULT.sub("", text)
    if option.envvar:
        text += f" Also `{option.envvar}`."
    return f"`{names} {value}`" if value else f"`{names}`", text.strip(), default


# -- Markdown ---------------------------------------------------------------------------------


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |\n" for line in lines)


def _prose(text: str) -> str:
    """A docstring as Markdown."""
    text = re.sub(r":\w+:`~?([\w.]+)`", r"`\1`", text).replace("``", "`")
    text = re.sub(r"::\n\n((?: {4}.*\n?)+)", lambda found: f":\n\n{_fenced(found[1])}", text)
    return text + "\n"


def _fenced(block: str) -> str:
    return "```text\n" + inspect.cleandoc(block).strip() + "\n```\n"


def _call(name: str, function: Callable[..., Any]) -> str:
    """A signature as it is called: an argument a line where one line is too narrow."""
    shown: list[str] = []
    star = False
    for param in inspect.signature(function).parameters.values():
        if param.name == "self":
            continue
        if param.kind is param.KEYWORD_ONLY and not star:
            shown, star = [*shown, "*"], True
        star = star or param.kind is param.VAR_POSITIONAL
        shown.append(_parameter(param))
    line = f"{name}({', '.join(shown)})"
    return line if len(line) <= 100 else f"{name}(\n" + "".join(f"    {one},\n" for one in shown) + ")"


def _parameter(param: inspect.Parameter) -> str:
    mark = "*" if param.kind is param.VAR_POSITIONAL else "**" if param.kind is param.VAR_KEYWORD else ""
    default = (
        ""
        if param.default is param.empty
        else f" = {getattr(param.default, '__name__', repr(param.default))}"
    )
    return f"{mark}{param.name}: {_plain(param.annotation)}{default}"


def _plain(annotation: object) -> str:
    return str(annotation).replace("typing.", "")


def main(words: list[str]) -> int:
    """Write the page, or say whether it is current."""
    text = reference()
    if words == ["--check"]:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        sys.stdout.write(f"{PAGE.name} is {'current' if current else 'stale: make reference'}\n")
        return 0 if current else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
