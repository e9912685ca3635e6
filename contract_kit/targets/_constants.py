"""Strings and numbers that stand in a target's own source: values that its author had in mind.

Hypothesis collects constants from the modules of its own process; a target that lives in a child process
needs them collected there, from the syntax tree.
"""

from __future__ import annotations

import ast
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.targets._base import Mined, Together
    from contract_kit.targets._frames import Ground

__all__ = ["mine"]

_MOST_STRINGS, _MOST_NUMBERS, _MOST_STATEMENTS = 300, 200, 200
_MOST_TOGETHER = 16
"""Constants of a statement that are still read together, and no table."""
_MOST_MODULES = 60
_LONGEST = 200
_LARGEST_SOURCE = 2_000_000


def mine(module_name: str, ground: Ground) -> Mined:
    """At most 300 strings, 200 numbers and 200 statements of a module and what it imports of the same project.

    The nearest come first. Docstrings, mere annotations and long texts are left out; so is whatever the project did not
    write itself.
    """
    strings: dict[str, None] = {}
    numbers: dict[float | int, None] = {}
    together: dict[Together, None] = {}
    waiting, seen = [module_name], {module_name}
    while waiting and len(seen) <= _MOST_MODULES:
        name = waiting.pop(0)
        tree = _tree(name, ground)
        if tree is None:
            continue
        for value in _constants(tree):
            if isinstance(value, str):
                strings[value] = None
            else:
                numbers[value] = None
        together |= dict.fromkeys(_statements(tree))
        for other in _imported(tree, name):
            if other not in seen and other in sys.modules:
                seen.add(other)
                waiting.append(other)
    return (
        tuple(islice(strings, _MOST_STRINGS)),
        tuple(islice(numbers, _MOST_NUMBERS)),
        tuple(islice(together, _MOST_STATEMENTS)),
    )


def _tree(name: str, ground: Ground) -> ast.Module | None:
    """The syntax tree of a loaded module, if it is the project's own."""
    filename = getattr(sys.modules.get(name), "__file__", None)
    if not filename or not filename.endswith(".py") or not ground.owns(filename):
        return None
    try:
        source = Path(filename).read_bytes()
        return ast.parse(source) if len(source) <= _LARGEST_SOURCE else None
    except (OSError, SyntaxError, ValueError):
        return None


def _imported(tree: ast.Module, importer: str) -> Iterator[str]:
    """Full names of all that a module's import statements may mean."""
    module = sys.modules[importer]
    package = importer if hasattr(module, "__path__") else importer.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                yield from (".".join(parts[: i + 1]) for i in range(len(parts)))
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")
                above = above[: len(above) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
            yield base


def _constants(tree: ast.Module) -> Iterator[str | float | int]:
    """The values of constants, in source order of their blocks, without docstrings and mere annotations."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant):
            yield from _worth(node.value)
            continue
        children = [child for child in ast.iter_child_nodes(node) if not _silent(node, child)]
        waiting.extend(reversed(children))


def _statements(tree: ast.Module) -> Iterator[Together]:
    """The names and the constants of each statement that has both, without the statements inside of it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or isinstance(node, _HEADLESS):
            continue
        names: dict[str, None] = {}
        values: dict[str | float | int, None] = {}
        for part in _own_parts(node):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Constant):
                    values |= dict.fromkeys(_worth(inner.value))
                elif isinstance(inner, ast.Attribute):
                    names[inner.attr] = None
                elif isinstance(inner, ast.Name):
                    names[inner.id] = None
        names |= dict.fromkeys(value for value in values if isinstance(value, str))
        if values and len(names) + len(values) > 1 and len(values) <= _MOST_TOGETHER:
            yield tuple(names), tuple(values)


_HEADLESS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def _own_parts(node: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement, and the patterns of a ``match``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.match_case):
            yield child.pattern
        elif not isinstance(child, ast.stmt | ast.excepthandler):
            yield child


def _silent(parent: ast.AST, child: ast.AST) -> bool:
    """Whether a node says nothing about values: a docstring or lone text, an annotation, an import."""
    if isinstance(child, ast.Import | ast.ImportFrom):
        return True
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if child is getattr(parent, "annotation", None) or child is getattr(parent, "returns", None):
        # ``Annotated[str, Field(pattern=…)]`` calls something: its rules stand there.
        return not any(isinstance(inner, ast.Call) for inner in ast.walk(child))
    return False


def _worth(value: object) -> Iterator[str | float | int]:
    """A constant that could stand in a body; bytes as the text that they are."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str) and 0 < len(value) <= _LONGEST:
        yield value
    elif type(value) in {int, float}:
        yield value  # type: ignore[misc]
