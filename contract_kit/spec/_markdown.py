"""Markdown pages with fenced OpenAPI documents, as documentation sites publish them one event a page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fence", "fences", "looks_like_description"]

_OPEN = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_KEY = re.compile(r"""(?m)^[ \t]*\{?[ \t]*["']?(?:openapi|swagger)["']?[ \t]*:""")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block: the line of its first content line (from 1), its info string and its text."""

    line: int
    info: str
    text: str


def fences(page: str) -> Iterator[Fence]:
    """The fenced blocks of a Markdown page (CommonMark 0.31, section 4.5; any indentation, as in lists)."""
    mark, indent, info, first = "", "", "", 0
    held: list[str] = []
    for number, line in enumerate(page.splitlines(), start=1):
        if not mark:
            found = _OPEN.match(line)
            if found and not (found["mark"][0] == "`" and "`" in found["info"]):
                mark, indent, info = found["mark"], found["indent"], found["info"].strip()
                first, held = number + 1, []
            continue
        stripped = line.strip()
        if len(stripped) >= len(mark) and not stripped.strip(mark[0]):
            yield Fence(first, info, "\n".join(held) + "\n")
            mark = ""
            continue
        held.append(_without(line, indent))
    if mark:  # a fence that is never closed runs to the end of the page
        yield Fence(first, info, "\n".join(held) + "\n")


def _without(line: str, indent: str) -> str:
    """``line`` without as much of its leading blanks as the opening fence had."""
    kept = line.lstrip(" \t")
    lead = line[: len(line) - len(kept)]
    return lead[len(indent) :] + kept


def looks_like_description(fence: Fence) -> bool:
    """True where the block has a line that only an API description has (``openapi:`` or ``swagger:``)."""
    return _KEY.search(fence.text) is not None
