"""Stack traces and panics of the usual runtimes, as they stand on a command's stderr.

Each runtime has a mark that only an uncaught error leaves, and where it can be read also the error's
type, its message and the place. Formats: the runtimes' own documentation, and what they print.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Trace", "find_trace"]

_MESSAGE = 2_000


@dataclass(frozen=True, slots=True)
class Trace:
    """An uncaught error of another runtime: ``where`` as in :class:`contract_kit.model.Reply`."""

    runtime: str
    exception: str | None = None
    message: str = ""
    where: str | None = None


def find_trace(stderr: str, cwd: str = "") -> Trace | None:
    """The trace or panic that stands on ``stderr``, or ``None``; paths under ``cwd`` are shown relative."""
    for runtime, mark, read in _RUNTIMES:
        if mark.search(stderr):
            exception, message, where = read(stderr)
            return Trace(runtime, exception, message[:_MESSAGE], _short(where, cwd) if where else None)
    return None


def _short(where: str, cwd: str) -> str:
    return where.removeprefix(cwd.rstrip(os.sep) + os.sep) if cwd else where


Read = tuple[str | None, str, str | None]
"""Exception, message, where."""


def _pick(found: list[re.Match[str]], at: int) -> re.Match[str] | None:
    return found[at] if found else None


_PY_FRAME = re.compile(
    r'^ *File "(?P<file>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<name>.+))?$', re.MULTILINE
)
_PY_LIBRARY = re.compile(r"[/\\]lib[/\\]python\d|[/\\]site-packages[/\\]|<frozen")
_PY_ERROR = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$", re.MULTILINE)


def _python(text: str) -> Read:
    frames = list(_PY_FRAME.finditer(text))
    own = [
        each
        for each in frames
        if not re.search(r"[/\\](?:lib[/\\]python\d|site-packages|<frozen)", each["file"])
    ]
    frame = _pick(own or frames, -1)
    where = f"{frame['file']}:{frame['line']} in {frame['name'] or '<module>'}" if frame else None
    after = text[frames[-1].end() :] if frames else text
    error = _PY_ERROR.search(after)
    return (error["type"], error["message"] or "", where) if error else (None, "", where)


_JS_ERROR = re.compile(
    r"^(?:Uncaught )?(?P<type>(?=[A-Z])\w*(?:Error|Exception)\w*)(?: \[[^\]]*\])?(?:: (?P<message>.*))?$",
    re.MULTILINE,
)
_JS_FRAME = re.compile(
    r"^\s+at (?:(?P<name>(?:async )?[^\n(]+?) \()?"
    r"(?P<file>(?:file://)?(?:/|[A-Za-z]:\\)[^\n]*?):(?P<line>\d+):\d+\)?$",
    re.MULTILINE,
)


def _javascript(text: str) -> Read:
    error = _JS_ERROR.search(text)
    frames = list(_JS_FRAME.finditer(text, error.end() if error else 0)) or list(_JS_FRAME.finditer(text))
    own = [frame for frame in frames if "node_modules" not in frame["file"]]
    frame = _pick(own or frames, 0)
    where = None
    if frame:
        where = f"{frame['file'].removeprefix('file://')}:{frame['line']}"
        where = f"{where} in {frame['name'].strip()}" if frame["name"] else where
    return (error["type"], error["message"] or "", where) if error else (None, "", where)


_JVM_FRAME = re.compile(
    r"^\s+at (?:[\w.@]+/+)?(?P<name>[\w.$<>]+)"
    r"\((?P<file>[\w$]+\.(?:java|kt|scala|groovy|clj)):(?P<line>\d+)\)$",
    re.MULTILINE,
)
_JVM_ERROR = re.compile(
    r'^(?:Exception in thread "[^"\n]*" |Caused by: )?'
    r"(?P<type>(?:[\w$]+\.)+[\w$]*(?:Exception|Error|Throwable)[\w$]*)"
    r"(?:: (?P<message>.*))?$",
    re.MULTILINE,
)


def _jvm(text: str) -> Read:
    error = _pick(list(_JVM_ERROR.finditer(text)), -1)
    frames = list(_JVM_FRAME.finditer(text, error.end() if error else 0))
    own = [each for each in frames if not re.match(r"(?:java|javax|jdk|sun|kotlin|scala)\.", each["name"])]
    frame = _pick(own or frames, 0)
    where = f"{frame['file']}:{frame['line']} in {frame['name']}" if frame else None
    return (error["type"], error["message"] or "", where) if error else (None, "", where)


_GO_ERROR = re.compile(r"^(?:panic|fatal error): (?P<message>.*)$", re.MULTILINE)
_GO_LIBRARY = re.compile(r"[/\\]src[/\\](?:runtime|encoding|internal)[/\\]")
_GO_FRAME = re.compile(r"^(?P<name>[\w./*()-]+)\(.*\)\n\t(?P<file>[^\n]+\.go):(?P<line>\d+)", re.MULTILINE)


def _go(text: str) -> Read:
    error = _GO_ERROR.search(text)
    frames = list(_GO_FRAME.finditer(text))
    own = [
        each
        for each in frames
        if not re.search(r"[/\\]src[/\\](?:runtime|encoding|internal)[/\\]", each["file"])
    ]
    frame = _pick(own or frames, 0)
    where = f"{frame['file']}:{frame['line']} in {frame['name']}" if frame else None
    return "panic", error["message"] if error else "", where


_RUST = re.compile(
    r"^thread '[^\n]*? panicked at (?:'(?P<old>[^\n]*)', )?(?P<file>[^\n:]+):(?P<line>\d+):\d+:?"
    r"(?:\n(?P<message>[^\n]*))?",
    re.MULTILINE,
)


def _rust(text: str) -> Read:
    found = _RUST.search(text)
    if found is None:
        return "panic", "", None
    return "panic", found["old"] or found["message"] or "", f"{found['file']}:{found['line']}"


_RUBY = re.compile(
    r"^(?P<file>[^\s:][^\n:]*):(?P<line>\d+):in [`'](?P<name>[^\n]*?)': "
    r"(?P<message>.*) \((?P<type>[A-Z][\w:]*)\)$",
    re.MULTILINE,
)


def _ruby(text: str) -> Read:
    found = _RUBY.search(text)
    assert found is not None
    return found["type"], found["message"], f"{found['file']}:{found['line']} in {found['name']}"


_PHP = re.compile(
    r"Uncaught (?P<type>[\w\\]+)(?:: (?P<message>[^\n]*?))? in (?P<file>[^\n]+?):(?P<line>\d+)\n?",
    re.MULTILINE,
)


def _php(text: str) -> Read:
    found = _PHP.search(text)
    if found is None:
        return "Fatal error", "", None
    return found["type"], found["message"] or "", f"{found['file']}:{found['line']}"


_NET = re.compile(r"^Unhandled [Ee]xception[.:] (?P<type>[\w.]+)(?:: (?P<message>.*))?$", re.MULTILINE)
_NET_FRAME = re.compile(
    r"^\s+at (?P<name>[^\n(]+)\([^\n]*\) in (?P<file>[^\n]+):line (?P<line>\d+)", re.MULTILINE
)


def _dotnet(text: str) -> Read:
    error, frame = _NET.search(text), _NET_FRAME.search(text)
    where = f"{frame['file']}:{frame['line']} in {frame['name']}" if frame else None
    return (error["type"], error["message"] or "", where) if error else (None, "", where)


def _bare(text: str) -> Read:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return None, first.strip(), None


_RUNTIMES: tuple[tuple[str, re.Pattern[str], Callable[[str], Read]], ...] = (
    (
        "Python",
        re.compile(
            r"^(?: *[+|] .*)?Traceback \(most recent call last\):|^Fatal Python error: ", re.MULTILINE
        ),
        _python,
    ),
    ("Rust", re.compile(r"^thread '[^\n]* panicked at ", re.MULTILINE), _rust),
    (
        "Go",
        re.compile(r"^(?:panic|fatal error): [^\n]*\n(?:[^\n]*\n)*?\n?goroutine \d+ ", re.MULTILINE),
        _go,
    ),
    ("PHP", re.compile(r"^(?:PHP )?Fatal error: ", re.MULTILINE), _php),
    (
        ".NET",
        re.compile(r"^Unhandled [Ee]xception[.:] [\w.]+|^\s+at [^\n]+ in [^\n]+:line \d+$", re.MULTILINE),
        _dotnet,
    ),
    (
        "Java",
        re.compile(
            r'^Exception in thread "|^\s+at [\w.$<>/@]+'
            r"\((?:[\w$]+\.(?:java|kt|scala|groovy|clj):\d+|Native Method|Unknown Source)\)$",
            re.MULTILINE,
        ),
        _jvm,
    ),
    (
        "JavaScript",
        re.compile(r"^\s+at [^\n]*(?:/|\\|node:|file:)[^\n]*:\d+:\d+\)?$", re.MULTILINE),
        _javascript,
    ),
    ("Ruby", _RUBY, _ruby),
    ("Elixir", re.compile(r"^\*\* \([A-Z][\w.]*(?:Error|Exception)?\) ", re.MULTILINE), _bare),
    ("Lua", re.compile(r"^stack traceback:$", re.MULTILINE), _bare),
    ("C++", re.compile(r"^terminate called (?:after throwing|without an active)", re.MULTILINE), _bare),
    ("sanitizer", re.compile(r"ERROR: \w+Sanitizer: |^[^\n]+:\d+:\d+: runtime error: ", re.MULTILINE), _bare),
)
