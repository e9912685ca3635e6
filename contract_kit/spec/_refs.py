"""Where a ``$ref`` leads, offline.

A :class:`Place` is a file and a JSON pointer in it. References are JSON pointers with percent and ``~``
escapes, ``$id`` and ``$anchor`` names of the same document, and, where a document was loaded with
``allow_files``, other files below its own directory. Everything else is a :class:`RefError` with the pointer
of the ``$ref``: nothing is ever fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

from contract_kit import jsonio
from contract_kit.errors import RefError, SpecError
from contract_kit.spec._load import parse_text, read_bytes
from contract_kit.spec._text import kind_of, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contract_kit.spec._load import Document

__all__ = ["Place", "Refs", "Sheet"]

_OPAQUE = frozenset({"example", "examples", "enum", "const", "default"})
_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas"})


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One file: the document itself (``label`` is empty) or another that it refers to."""

    label: str
    data: Any
    path: Path | None = None
    names: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file. ``str`` is how errors show it: the pointer, after the file where it is another."""

    sheet: Sheet
    pointer: str

    def __str__(self) -> str:
        shown = f"{self.sheet.label}#{self.pointer}" if self.sheet.label else self.pointer
        return one_line(shown)

    def under(self, *parts: str | int) -> Place:
        """The place below this one."""
        return Place(self.sheet, jsonio.join(self.pointer, *parts))


class Refs:
    """Follows the references of one document."""

    def __init__(self, document: Document) -> None:
        path = document.path
        self.main = Sheet("", document.data, path)
        self._tree = path.resolve().parent if path is not None and document.allow_files else None
        self._files: dict[Path, Sheet] = {} if path is None else {path.resolve(): self.main}

    def value(self, place: Place) -> Any:
        """What stands at ``place``; it must exist."""
        found = _at(place.sheet.data, place.pointer)
        assert found is not jsonio.MISSING, place
        return found

    def target(self, ref: Any, place: Place, keyword: str = "$ref") -> Place:
        """Where ``ref``, which stands in the object at ``place``, leads."""
        here = place.under(keyword)
        if not isinstance(ref, str):
            raise SpecError(f"{here}: must be a text, not {kind_of(ref)}")
        base = self._base(place)
        locator, fragment = urldefrag(ref)
        if not locator:
            return self._inside(ref, fragment, here, base)
        absolute = urljoin(base.uri, locator) if base.uri else locator
        for name in (absolute, locator):
            known = _names(place.sheet).get(name)
            if isinstance(known, str):
                return self._inside(ref, fragment, here, _Base(name, known))
        sheet = self._file(ref, locator, here)
        return self._inside(ref, fragment, Place(sheet, ""), _Base("", ""), shown=here)

    def follow(self, place: Place) -> tuple[Place, Any]:
        """The place that a chain of ``$ref`` ends at, and what stands there."""
        seen: set[tuple[int, str]] = set()
        value = self.value(place)
        while isinstance(value, dict) and "$ref" in value:
            key = (id(place.sheet), place.pointer)
            if key in seen:
                raise RefError(str(value["$ref"]), str(place), "goes round in a circle")
            seen.add(key)
            place = self.target(value["$ref"], place)
            value = self.value(place)
        return place, value

    def _inside(self, ref: str, fragment: str, here: Place, base: _Base, shown: Place | None = None) -> Place:
        """The place of ``fragment`` in the resource that starts at ``base``."""
        told = str(shown or here)
        text = unquote(fragment)
        if text and not text.startswith("/"):
            found = _names(here.sheet).get(f"{base.uri}#{text}")
            if isinstance(found, str):
                return Place(here.sheet, found)
            raise RefError(one_line(ref), told, "names an anchor that the document has not, or has twice")
        starts = (base.pointer, "") if base.pointer else ("",)
        for start in starts:  # an $id in the way is often an oversight: the document's own root counts too
            if _at(here.sheet.data, start + text) is not jsonio.MISSING:
                return Place(here.sheet, start + text)
        raise RefError(one_line(ref), told, "leads to nowhere")

    def _base(self, place: Place) -> _Base:
        """The resource that ``place`` is in: the nearest ``$id`` above it, or the whole file."""
        value, pointer, uri, start = place.sheet.data, "", "", ""
        for token in jsonio.tokens(place.pointer):
            value = _child(value, token)
            pointer = jsonio.join(pointer, token)
            if isinstance(value, dict) and isinstance(value.get("$id"), str):
                uri, start = urljoin(uri, urldefrag(value["$id"])[0]), pointer
        return _Base(uri, start)

    def _file(self, ref: str, locator: str, here: Place) -> Sheet:
        outside = "leads outside the document; only references inside it are followed"
        if self._tree is None or "://" in locator or here.sheet.path is None:
            raise RefError(one_line(ref), str(here), outside)
        try:
            path = (here.sheet.path.parent / unquote(locator)).resolve()
        except (OSError, ValueError, RuntimeError):
            raise RefError(one_line(ref), str(here), "leads to nowhere") from None
        if not path.is_relative_to(self._tree):
            raise RefError(one_line(ref), str(here), "leads out of the document's own directory")
        if path not in self._files:
            if not path.is_file():
                raise RefError(one_line(ref), str(here), "leads to a file that is not there")
            label = str(path.relative_to(self._tree))
            raw = read_bytes(path, label)
            text = raw.decode("utf-8-sig", errors="replace")
            self._files[path] = Sheet(label, parse_text(text, label, path.suffix), path)
        return self._files[path]


@dataclass(frozen=True, slots=True)
class _Base:
    uri: str
    pointer: str


def _child(value: Any, token: str) -> Any:
    if isinstance(value, dict):
        return value.get(token, jsonio.MISSING)
    if isinstance(value, list) and token.isascii() and token.isdecimal() and len(token) < 9:
        return value[int(token)] if int(token) < len(value) else jsonio.MISSING
    return jsonio.MISSING


def _at(value: Any, pointer: str) -> Any:
    for token in jsonio.tokens(pointer):
        value = _child(value, token)
        if value is jsonio.MISSING:
            return value
    return value


def _names(sheet: Sheet) -> dict[str, Any]:
    """``$id`` and anchor names of a file → their pointers; ``None`` for a name that stands twice.

    Anchors are ``URI#name``; dynamic anchors are kept as ordinary ones, and as ``dynamic:name`` too.
    """
    if not sheet.names:
        sheet.names[""] = ""
        for pointer, uri, schema in _schemas(sheet.data):
            if isinstance(schema.get("$id"), str):
                _add(sheet.names, uri, pointer)
            for keyword in ("$anchor", "$dynamicAnchor"):
                name = schema.get(keyword)
                if isinstance(name, str):
                    _add(sheet.names, f"{uri}#{name}", pointer)
                    if keyword == "$dynamicAnchor":
                        _add(sheet.names, f"dynamic:{name}", pointer)
    return sheet.names


def _add(names: dict[str, Any], name: str, pointer: str) -> None:
    names[name] = None if name in names and names[name] != pointer else pointer


def _schemas(data: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every object of a file that may name itself: pointer, URI of its resource, the object."""
    stack: list[tuple[Any, str, str, bool]] = [(data, "", "", False)]
    while stack:
        value, pointer, uri, named = stack.pop()
        if isinstance(value, list):
            stack.extend((item, jsonio.join(pointer, i), uri, False) for i, item in enumerate(value))
            continue
        if not isinstance(value, dict):
            continue
        if not named and isinstance(value.get("$id"), str):
            uri = urljoin(uri, urldefrag(value["$id"])[0])
        if not named:
            yield pointer, uri, value
        for key, item in value.items():
            if isinstance(item, dict | list) and (named or key not in _OPAQUE):
                stack.append((item, jsonio.join(pointer, key), uri, not named and key in _NAMED))


def dynamic_target(sheet: Sheet, name: str) -> str | None:
    """The pointer of the only ``$dynamicAnchor`` of that name in a file, or ``None``."""
    found = _names(sheet).get(f"dynamic:{name}")
    return found if isinstance(found, str) else None
