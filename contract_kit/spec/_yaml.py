"""YAML text → JSON values, for documents that nobody vouches for.

The scalars are those of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): ``on``,
``no`` and ``2026-01-01`` are text, ``012`` is twelve, ``0o14`` too. PyYAML reads YAML 1.1, so only its
scanner is used here; values are built from its events in one loop without recursion. What a hostile
document could do is bounded: depth, the nodes that aliases expand to, and no tag builds anything.

Keys are always the text that was written (``200:`` is ``"200"``), a key that stands twice is refused, and
``<<`` merges as every OpenAPI tool does, though YAML 1.2 dropped it.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NoReturn

from contract_kit.spec._text import one_line, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MAX_ALIASED", "MAX_DEPTH", "Unreadable", "read_yaml"]

MAX_DEPTH = 100
"""Levels of nesting; the deepest real documents have under 60."""

MAX_ALIASED = 500_000
"""Nodes that all aliases of a document may expand to, together."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_NUMBER_START = frozenset("+-.0123456789")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_STR_TAGS = frozenset({"tag:yaml.org,2002:str", "!"})
_PLAIN_TAGS = _STR_TAGS | {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


class Unreadable(ValueError):
    """Text that is no document: ``line`` (from 1, or ``None``) and ``reason``."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason, line)
        self.reason, self.line = reason, line


def _scalar(text: str, line: int) -> Any:
    """A plain scalar as the core schema reads it."""
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text[0] not in _NUMBER_START:
        return text
    try:
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if math.isfinite(number):
                return number
            raise Unreadable(f"the number {quoted(text)} is too large for a JSON reader", line)
        if _OCTAL.fullmatch(text):
            return int(text, 0)
        if _HEX.fullmatch(text):
            return int(text, 0)
    except ValueError as problem:
        if isinstance(problem, Unreadable):
            raise
        raise Unreadable(f"the number {quoted(text, 20)} has too many digits", line) from None
    if _NOT_JSON.fullmatch(text):
        raise Unreadable(f"{text} is no JSON number", line)
    return text


class _Frame:
    """A list or an object that is being read."""

    __slots__ = ("anchor", "before", "height", "key", "merges", "value", "waits")

    def __init__(self, value: Any, anchor: str | None, before: int) -> None:
        self.value, self.anchor, self.before = value, anchor, before
        self.height = 1
        self.waits = isinstance(value, dict)  # the next scalar is a key
        self.key: str | None = None
        self.merges: list[Any] | None = None


class _Reader:
    """Builds the value of one YAML document from its events."""

    def __init__(self) -> None:
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int, int] | None] = {}
        self.count = 0
        self.aliased = 0
        self.root: Any = None
        self.documents = 0

    def _put(self, value: Any, height: int, line: int) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if height >= frame.height:
            frame.height = height + 1
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.waits:
            raise Unreadable("a key must be a scalar", line)
        elif frame.merges is not None and frame.key is None:
            self._merge(frame, value, line)
            frame.waits = True
        else:
            frame.value[frame.key] = value
            frame.waits = True

    @staticmethod
    def _merge(frame: _Frame, value: Any, line: int) -> None:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise Unreadable("'<<' merges objects only", line)
        assert frame.merges is not None
        frame.merges.extend(parts)

    def _key(self, event: Any, line: int) -> None:
        frame = self.stack[-1]
        key: str = event.value
        if key == "<<" and event.implicit[0]:
            frame.merges, frame.key = frame.merges or [], None
        elif key in frame.value:
            raise Unreadable(f"the key {quoted(key)} stands twice", line)
        else:
            frame.value[key] = None  # holds its place in the order
            frame.key = key
        frame.waits = False

    def scalar(self, event: Any) -> None:
        line = event.start_mark.line + 1
        self.count += 1
        if event.tag is not None and event.tag not in _STR_TAGS:
            _refuse_tag(event.tag, line)
        if self.stack and self.stack[-1].waits:
            if event.anchor is not None:
                self.anchors[event.anchor] = (event.value, 1, 0)
            self._key(event, line)
            return
        value = _scalar(event.value, line) if event.implicit[0] and event.tag is None else event.value
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1, 0)
        self._put(value, 0, line)

    def open(self, event: Any, value: Any) -> None:
        line = event.start_mark.line + 1
        if event.tag is not None and event.tag not in _PLAIN_TAGS:
            _refuse_tag(event.tag, line)
        if self.stack and self.stack[-1].waits:
            raise Unreadable("a key must be a scalar", line)
        if len(self.stack) >= MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH} levels", line)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame(value, event.anchor, self.count))
        self.count += 1

    def close(self, event: Any) -> None:
        frame = self.stack.pop()
        for part in frame.merges or ():
            for key, item in part.items():
                frame.value.setdefault(key, item)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.value, self.count - frame.before, frame.height)
        self._put(frame.value, frame.height, event.start_mark.line + 1)

    def alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        known = self.anchors.get(event.anchor, ())
        if known == ():
            raise Unreadable(f"the alias *{one_line(event.anchor, 40)} has no anchor", line)
        if not known:
            raise Unreadable(f"the alias *{one_line(event.anchor, 40)} contains itself", line)
        value, size, height = known
        self.count += size
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise Unreadable(f"its aliases expand to more than {MAX_ALIASED:,} nodes", line)
        if len(self.stack) + height > MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH} levels", line)
        if self.stack and self.stack[-1].waits:
            raise Unreadable("an alias cannot be a key here", line)
        self._put(value, height, line)

    def start(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise Unreadable("holds more than one YAML document", event.start_mark.line + 1)


def _refuse_tag(tag: str, line: int) -> NoReturn:
    shown = tag.replace("tag:yaml.org,2002:", "!!", 1)
    raise Unreadable(f"the YAML tag {quoted(shown)} is refused: a document holds plain values only", line)


def read_yaml(text: str) -> Any:
    """The JSON value of one YAML document; :class:`Unreadable` with the line for anything else."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader()
    actions: dict[type, Callable[[Any], None]] = {
        yaml.ScalarEvent: reader.scalar,
        yaml.MappingStartEvent: lambda event: reader.open(event, {}),
        yaml.SequenceStartEvent: lambda event: reader.open(event, []),
        yaml.MappingEndEvent: reader.close,
        yaml.SequenceEndEvent: reader.close,
        yaml.AliasEvent: reader.alias,
        yaml.DocumentStartEvent: reader.start,
    }
    try:
        for event in yaml.parse(text, Loader=loader):
            action = actions.get(type(event))
            if action is not None:
                action(event)
    except yaml.YAMLError as problem:
        raise _translated(problem) from None
    except (RecursionError, UnicodeEncodeError):
        raise Unreadable("nested too deep or no Unicode text") from None
    if not reader.documents:
        raise Unreadable("is empty")
    return reader.root


def _translated(problem: Any) -> Unreadable:
    """PyYAML's error as one line of ours."""
    mark = getattr(problem, "problem_mark", None)
    line = None if mark is None else mark.line + 1
    reason = getattr(problem, "problem", None) or getattr(problem, "reason", None) or str(problem)
    if "nesting depth" in str(reason):  # newer libyaml stops by itself, above our own limit
        return Unreadable(f"nested deeper than {MAX_DEPTH} levels", line)
    return Unreadable(f"is not YAML: {one_line(str(reason))}", line)
