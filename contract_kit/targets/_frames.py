"""Where in a consumer's own code something happened: from an exception, a live frame or a dumped stack.

A place reads ``shop/webhooks.py:41 in parse``. It is the innermost frame that belongs to the consumer: not to
the standard library, not to an installed package (unless the target itself is one), not to contract_kit.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType, TracebackType

__all__ = ["Ground", "home_of", "qualified_name", "where_dumped", "where_raised", "where_running"]

_OWN = str(Path(__file__).absolute().parents[1]) + os.sep
_LIBRARIES = {path for name in ("stdlib", "platstdlib") if (path := sysconfig.get_path(name))}
_STDLIB = tuple(path + os.sep for path in _LIBRARIES | {str(Path(path).resolve()) for path in _LIBRARIES})
_INSTALLED = re.compile(r"[/\\](?:site|dist)-packages[/\\]")
_DUMPED = re.compile(r'^\s*File "(?P<file>.*)", line (?P<line>\d+) in (?P<name>.*)$')

Place = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """What counts as the consumer's own.

    Paths are shown relative to ``cwd``; ``home`` is the target's own package, which is its own even where
    it is installed among others.
    """

    cwd: str
    home: str = ""
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def owns(self, filename: str) -> bool:
        """Whether a file is the consumer's own code."""
        try:
            return self._known[filename]
        except KeyError:
            answer = self._known[filename] = self._judge(filename)
            return answer

    def _judge(self, filename: str) -> bool:
        if filename.startswith("<"):
            return False
        full = str(Path(self.cwd, filename))
        if self.home and full.startswith(self.home):
            return not full.startswith(_OWN + "targets" + os.sep)
        return not (full.startswith(_OWN) or full.startswith(_STDLIB) or _INSTALLED.search(full))

    def show(self, place: Place) -> str:
        """One line for people, the path as short as it stays clear."""
        filename, line, name = place
        return f"{self.short(filename)}:{line} in {name}"

    def short(self, filename: str) -> str:
        """A path relative to the working directory or to the installed packages, where it lies there."""
        if filename.startswith(self.cwd + os.sep):
            filename = filename[len(self.cwd) + 1 :]
        return _INSTALLED.split(filename)[-1]


def home_of(module_name: str) -> str:
    """The place of the top-level package that a loaded module belongs to; ``""`` where that is not known."""
    parts = module_name.split(".")
    ours = parts[0] == "contract_kit"  # our own sample: its room alone is the consumer
    module_name = ".".join(parts[: 2 if ours else 1])
    module = sys.modules.get(module_name)
    filename = getattr(module, "__file__", None)
    if not filename:
        return ""
    full = Path(filename).absolute()
    return f"{full.parent}{os.sep}" if hasattr(module, "__path__") else str(full)


def qualified_name(kind: type) -> str:
    """``shop.errors.BadWebhook``; what is built in stands alone: ``ValueError``."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _places(trace: TracebackType | None) -> Iterator[Place]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield code.co_filename, trace.tb_lineno, code.co_name
        trace = trace.tb_next


def _innermost(places: Iterable[Place], ground: Ground) -> Place | None:
    """The last of the places (outermost first) that is the consumer's own."""
    own = None
    for place in places:
        if ground.owns(place[0]):
            own = place
    return own


def _recursing(places: list[Place], ground: Ground) -> Place | None:
    """The outermost place of the consumer's that comes again: the same at whatever depth the stack ended."""
    seen: set[tuple[str, str]] = set()
    repeated: set[tuple[str, str]] = set()
    for filename, _, name in places:
        (repeated if (filename, name) in seen else seen).add((filename, name))
    for place in places:
        if (place[0], place[2]) in repeated and ground.owns(place[0]):
            return place
    return None


def _sources(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was explicitly raised from, the root cause first; of a group its first member."""
    chain: list[BaseException] = []
    node: BaseException | None = error
    while node is not None and node not in chain:
        chain.append(node)
        if node.__cause__ is not None:
            node = node.__cause__
        elif isinstance(node, BaseExceptionGroup):
            node = node.exceptions[0]
        else:
            node = None
    return reversed(chain)


def where_raised(error: BaseException, ground: Ground) -> str | None:
    """The consumer's innermost frame of an error's root cause, else the innermost frame that is not ours."""
    for source in _sources(error):
        places = list(_places(source.__traceback__))
        place = _recursing(places, ground) if isinstance(source, RecursionError) else None
        place = place or _innermost(places, ground)
        if place:
            return ground.show(place)
    foreign = [place for place in _places(error.__traceback__) if not place[0].startswith(_OWN)]
    return ground.show(foreign[-1]) if foreign else None


def where_running(frame: FrameType | None, ground: Ground) -> str | None:
    """The consumer's innermost frame of a running stack, else the innermost that is not ours."""
    places: list[Place] = []
    while frame is not None:
        places.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return _of_stack(places, ground)


def where_dumped(dump: str, ground: Ground) -> str | None:
    """The same from what :mod:`faulthandler` wrote: a thread's stack, most recent call first."""
    places: list[Place] = []
    for line in dump.splitlines():
        match = _DUMPED.match(line)
        if match:
            places.append((match["file"], int(match["line"]), match["name"]))
        elif places and not line.strip():
            break  # the next thread
    return _of_stack(places, ground)


def _of_stack(places: list[Place], ground: Ground) -> str | None:
    """``places`` are innermost first."""
    own = next((place for place in places if ground.owns(place[0])), None)
    other = next((place for place in places if not place[0].startswith(_OWN)), None)
    place = own or other
    return ground.show(place) if place else None
