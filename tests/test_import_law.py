"""The import law of docs/architecture.md: rooms import lower rooms only, and heavy libraries have a home."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

import contract_kit

ROOT = Path(contract_kit.__file__).parent
DOC = ROOT.parent / "docs" / "architecture.md"

HOME = {
    "faker": {"values"},
    "hypothesis": {"values", "cases", "runner", "pytest_plugin", "api", "bridges"},
    "hypothesis_jsonschema": {"values"},
    "yaml": {"spec"},
    "jsonschema_rs": {"schema"},
    "click": {"cli"},
    "rich": {"cli", "report"},
    "pytest": {"pytest_plugin"},
    "schemathesis": {"bridges"},
    "pyarrow": {"bridges", "cli"},
}
PRINTERS = {"cli", "report", "sample"}


@cache
def ranks() -> dict[str, int]:
    """The rank of each room, read from the table of the document: the picture and the test are one."""
    found: dict[str, int] = {}
    for line in DOC.read_text(encoding="utf-8").splitlines():
        match = re.match(r"\| ((?:`[\w./]+`(?:, )?)+) \| (\d) \|", line)
        if match:
            for name in re.findall(r"`([\w./]+)`", match[1]):
                found[name.rstrip("/").removesuffix(".py")] = int(match[2])
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path, *, with_types: bool = False) -> list[tuple[str, int]]:
    """Modules that a file imports, absolute, with their lines; those for type checkers only if asked."""
    tree = tree_of(path)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and not with_types:
            skipped.update(id(child) for part in node.body for child in ast.walk(part))
    package = ["contract_kit", *path.relative_to(ROOT).with_suffix("").parts]
    found = []
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: -node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found += [(f"{module}.{alias.name}", node.lineno) for alias in node.names]
    return found


FILES = sorted(ROOT.rglob("*.py"))


def test_every_room_has_a_rank_in_the_document() -> None:
    assert {room(path) for path in FILES} - set(ranks()) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_lower_rooms_only(path: Path) -> None:
    rank, here = ranks(), room(path)
    for module, line in imports(path):
        parts = module.split(".")
        if parts[0] != "contract_kit" or len(parts) < 2:
            continue
        there = parts[1] if parts[1] in rank else "__init__"
        if there == "__init__" and parts[1].startswith("__"):
            continue
        assert there == here or rank[there] < rank[here], f"{path.name}:{line} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_heavy_library_is_imported_in_its_home_only(path: Path) -> None:
    for module, line in imports(path, with_types=True):
        homes = HOME.get(module.split(".")[0])
        assert homes is None or room(path) in homes, f"{path.name}:{line} imports {module}"


@pytest.mark.parametrize(
    "path", [p for p in FILES if room(p) not in PRINTERS], ids=lambda p: str(p.relative_to(ROOT))
)
def test_only_the_outermost_rooms_print(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{path.name}:{node.lineno} prints"


def test_files_of_one_room_import_each_other_without_circles() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        name = ".".join(["contract_kit", *path.relative_to(ROOT).with_suffix("").parts])
        own = f"contract_kit.{room(path)}."
        top = tree_of(path).body
        lines = {n.lineno for n in top if isinstance(n, ast.Import | ast.ImportFrom)}
        graph[name] = {
            m
            if m in graph or (ROOT / Path(*m.split(".")[1:])).with_suffix(".py").exists()
            else m.rpartition(".")[0]
            for m, line in imports(path)
            if m.startswith(own) and line in lines
        } - {name, own[:-1]}
    state: dict[str, int] = {}

    def visit(node: str, way: tuple[str, ...]) -> None:
        assert state.get(node) != 1, " → ".join([*way[way.index(node) :], node])
        if node in state:
            return
        state[node] = 1
        for other in graph.get(node, ()):
            visit(other, (*way, node))
        state[node] = 2

    for node in graph:
        visit(node, ())


def test_nothing_heavy_is_imported_with_the_package() -> None:
    import subprocess

    code = "import sys, contract_kit; print(*sorted(m.split('.')[0] for m in sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not set(out.split()) & set(HOME)
