"""A file → a :class:`Document`: YAML, JSON, or a Markdown page with one of them in a fence.

Documents are untrusted: size, depth and aliases are bounded, nothing is fetched, and whatever is wrong ends
in one :class:`~contract_kit.errors.SpecError` that names the file and the line.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from contract_kit.errors import SpecError
from contract_kit.spec._markdown import fences, looks_like_description
from contract_kit.spec._text import fail, kind_of, one_line, quoted
from contract_kit.spec._yaml import MAX_DEPTH, Unreadable, read_yaml

__all__ = ["MAX_BYTES", "Document", "document_of", "load_document", "parse_text", "read_bytes"]

MAX_BYTES = 32 * 1024 * 1024
_MARKDOWN = frozenset({".md", ".mdx", ".markdown"})
_YAML = frozenset({".yaml", ".yml"})
_VERSION = re.compile(r"3\.([0-9]+)(?:\.[0-9]+)?(?:[-+].*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An OpenAPI document, read and known to be one.

    ``data`` is its JSON value and never changes; ``minor`` is 0 for OpenAPI 3.0, 1 for 3.1 and later;
    ``path`` is its file, where references to other files start when ``allow_files`` lets them.
    ``cache`` keeps what was worked out once (the events, translated schemas).
    """

    source: str
    sha256: str
    data: dict[str, Any]
    minor: int
    path: Path | None = None
    allow_files: bool = False
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The API's name, or nothing."""
        info = self.data.get("info")
        title = info.get("title") if isinstance(info, dict) else None
        return title if isinstance(title, str) else ""


def load_document(source: Path | str, *, allow_files: bool = False) -> Document:
    """The OpenAPI document in the file ``source``.

    ``allow_files`` lets its references lead to other files of the same directory tree. Raises
    :class:`SpecError` for a file that cannot be read, is no OpenAPI 3 document, or is hostile.
    """
    name = str(source)
    if re.match(r"[a-z][a-z0-9+.-]+://", name):
        fail(name, "is an address; documents are read from files, so download it first")
    path = Path(source)
    raw = read_bytes(path, name)
    return document_of(raw, name, suffix=path.suffix, path=path, allow_files=allow_files)


def read_bytes(path: Path, name: str) -> bytes:
    """The content of a file of at most ``MAX_BYTES``."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        fail(name, "no such file")
    except IsADirectoryError:
        fail(name, "is a directory, not a document")
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        fail(name, f"cannot be read: {one_line(reason)}")
    if len(raw) > MAX_BYTES:
        fail(name, f"is larger than {MAX_BYTES // 1024 // 1024} MB")
    return raw


def document_of(
    raw: bytes, name: str, *, suffix: str = "", path: Path | None = None, allow_files: bool = False
) -> Document:
    """The document that ``raw`` holds; ``suffix`` (``.md``, ``.json``, …) says how to read it."""
    data = parse_text(_decoded(raw, name), name, suffix)
    minor = _openapi_minor(data, name)
    digest = hashlib.sha256(raw).hexdigest()
    return Document(source=name, sha256=digest, data=data, minor=minor, path=path, allow_files=allow_files)


def _decoded(raw: bytes, name: str) -> str:
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as problem:
        fail(name, f"is not UTF-8 text (byte {problem.start})")


def parse_text(text: str, name: str, suffix: str = "") -> Any:
    """The value of a document's text; :class:`SpecError` with the line where it is none."""
    try:
        return _parse(text, suffix.lower())
    except Unreadable as problem:
        at = "" if problem.line is None else f"line {problem.line}: "
        fail(name, at + problem.reason)


def _parse(text: str, suffix: str) -> Any:
    if not text.strip():
        raise Unreadable("is empty")
    if suffix in _MARKDOWN:
        return _read_page(text)
    if suffix == ".json":
        return _read_json(text)
    if text.lstrip()[0] in "{[":
        try:
            return _read_json(text)
        except Unreadable:
            return read_yaml(text)  # flow style; the YAML reader finds the better words
    if suffix not in _YAML and any(looks_like_description(fence) for fence in fences(text)):
        return _read_page(text)
    return read_yaml(text)


def _read_page(page: str) -> Any:
    """The one API description among the fenced blocks of a Markdown page."""
    found: list[tuple[int, Any]] = []
    problem: Unreadable | None = None
    for fence in fences(page):
        if not looks_like_description(fence):
            continue
        try:
            value = _parse(fence.text, ".yaml")
        except Unreadable as error:
            line = None if error.line is None else error.line + fence.line - 1
            problem = problem or Unreadable(error.reason, line)
            continue
        if isinstance(value, dict) and ("openapi" in value or "swagger" in value):
            found.append((fence.line, value))
    described = [pair for pair in found if "openapi" in pair[1]] or found
    if len(described) == 1:
        return described[0][1]
    if described:
        lines = ", ".join(str(line) for line, _ in described)
        raise Unreadable(f"has {len(described)} fenced OpenAPI documents (lines {lines}); keep one to a page")
    raise problem or Unreadable("has no fenced OpenAPI document")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Unreadable(f"the key {quoted(twice)} stands twice in one object")
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable(f"the number {quoted(text)} is too large for a JSON reader")
    return number


def _constant(text: str) -> NoReturn:
    raise Unreadable(f"{text} is no JSON number")


def _read_json(text: str) -> Any:
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_constant)
    except json.JSONDecodeError as problem:
        raise Unreadable(f"is not JSON: {problem.msg} (column {problem.colno})", problem.lineno) from None
    except RecursionError:
        raise Unreadable(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as problem:
        if isinstance(problem, Unreadable):
            raise
        raise Unreadable("has a number with too many digits") from None
    _check_depth(value)
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for item in level for child in _containers(item)]
        if not level:
            return
    raise Unreadable(f"nested deeper than {MAX_DEPTH} levels")


def _containers(value: Any) -> list[Any]:
    """The lists and objects directly in ``value``."""
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, dict | list)]
    return [child for child in value if isinstance(child, dict | list)] if isinstance(value, list) else []


def _openapi_minor(data: Any, name: str) -> int:
    """The minor version of an OpenAPI 3 document; anything else is refused by its name."""
    if not isinstance(data, dict):
        fail(name, f"is not an OpenAPI document: it is {kind_of(data)}")
    if "openapi" not in data:
        fail(name, _what_it_is(data))
    version = str(data["openapi"])
    found = _VERSION.fullmatch(version)
    if not found:
        fail(name, f"OpenAPI version {quoted(version)} is not supported; 3.0 and 3.1 are")
    for key in ("paths", "webhooks", "x-webhooks", "components"):
        part = data.get(key)
        if part is not None and not isinstance(part, dict):
            raise SpecError(f"{one_line(name)}: /{key}: must be an object, not {kind_of(part)}")
    return min(int(found[1]), 1)


def _what_it_is(data: dict[str, Any]) -> str:
    if "swagger" in data:
        return f"is Swagger {one_line(str(data['swagger']), 10)}; convert it to OpenAPI 3.0 or 3.1 first"
    if "asyncapi" in data:
        return "is an AsyncAPI document, not an OpenAPI document"
    if data.keys() & {"$schema", "properties", "$ref", "$defs", "definitions", "oneOf", "anyOf", "allOf"}:
        return "is a bare JSON Schema, not an OpenAPI document; put it under 'webhooks' of one"
    return "is not an OpenAPI document: it has no 'openapi' key"
