"""A place in a document → one self-contained draft 2020-12 schema with what it reaches under ``$defs``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.errors import RefError, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.spec._dialect import Definition, Translator
    from contract_kit.spec._refs import Place

__all__ = ["DIALECT", "bundle"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_CONJUNCTION = 10_000
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLES = ("not", "if", "then", "else")


def bundle(translator: Translator, place: Place, notes: list[str] | None = None) -> dict[str, Any]:
    """The schema at ``place``; recursive references stay references into ``#/$defs``.

    ``notes`` gets a sentence for each thing in it that is not looked at.
    Raises :class:`RefError` for a schema that contains itself without a level of the body between.
    """
    root = translator.definition(place)
    passed: list[Definition] = []
    while root not in passed and root.refs and root.schema.keys() <= {"$ref", "description", "title"}:
        passed.append(root)
        root = translator.definition(next(iter(root.refs.values())))
    found: dict[str, Definition] = {}
    waiting = list(root.refs.items())[::-1]
    while waiting:
        name, target = waiting.pop()
        if name not in found:
            found[name] = translator.definition(target)
            waiting.extend(list(found[name].refs.items())[::-1])
    _refuse_circles(found)
    body = root.schema if isinstance(root.schema, dict) else ({} if root.schema else {"not": {}})
    schema = {"$schema": DIALECT, **body}
    if notes is not None:
        notes.extend(note for definition in (*passed, root, *found.values()) for note in definition.notes)
    if found:
        schema["$defs"] = {name: definition.schema for name, definition in found.items()}
    return schema


def _in_place(
    schema: Any, lists: tuple[str, ...] = _LISTS, singles: tuple[str, ...] = _SINGLES
) -> Iterator[str]:
    """The definitions that judge the same value as ``schema`` does, each as often as it is named."""
    stack = [schema]
    while stack:
        item = stack.pop()
        if not isinstance(item, dict):
            continue
        if "$ref" in item:
            yield item["$ref"].removeprefix("#/$defs/")
        for keyword in lists:
            stack.extend(item.get(keyword, ()))
        stack.extend(item[keyword] for keyword in singles if keyword in item)
        if singles:
            stack.extend(item.get("dependentSchemas", {}).values())


def _refuse_circles(found: dict[str, Definition]) -> None:
    """Refuse a definition that leads back to itself, or whose ``allOf`` multiply beyond reading."""
    edges = {name: list(dict.fromkeys(_in_place(item.schema))) for name, item in found.items()}
    done: dict[str, int] = {}  # finished definitions: how many schemas their conjunction has
    for start, first in edges.items():
        stack = [(start, iter(first))] if start not in done else []
        path = [name for name, _ in stack]
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                path.pop()
                parts = _in_place(found[name].schema, ("allOf",), ())
                done[name] = 1 + sum(done[part] for part in parts)
                if done[name] > MAX_CONJUNCTION:
                    message = f"its allOf expand to more than {MAX_CONJUNCTION:,} schemas"
                    raise SpecError(f"{found[name].place}: {message}")
            elif following in path:
                raise RefError(f"#{found[following].place}", str(found[name].place), "goes round in a circle")
            elif following not in done:
                stack.append((following, iter(edges[following])))
                path.append(following)
