"""``package.module:object`` → the object, and plain words for everything that can go wrong on the way."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.errors import TargetError, UsageError
from contract_kit.targets._frames import Ground, qualified_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

__all__ = ["import_object", "is_found_here", "own_error"]


def import_object(spec: str, *, cwd: str | None = None) -> Any:
    """The object that ``package.module:object.attr`` names, the working directory first on the path.

    What stands in ``src`` of that directory alone is found there, as it would be once it is installed.
    Raises ``UsageError`` for text that is no such name, and ``TargetError`` where the import fails: in one
    line, ``file:line: Error: message`` for an error of the target's own.
    """
    module_name, path = _split(spec)
    here = str(Path(cwd or ".").absolute())
    _on_the_path(here, 0)
    src, top = str(Path(here, "src")), module_name.partition(".")[0]
    if _holds(src, top) and not _holds(here, top):
        _on_the_path(src, sys.path.index(here) + 1)
    found: Any = _import_module(module_name, here)
    for i, part in enumerate(path):
        try:
            found = getattr(found, part)
        except AttributeError:
            owner = ":".join([module_name, ".".join(path[:i])]).rstrip(":")
            raise TargetError(f"{owner} has no {part!r}{_near(part, dir(found))}") from None
        except BaseException as error:
            raise TargetError(own_error(error, here)) from error
    return found


def is_found_here(spec: str) -> bool:
    """Whether :func:`import_object`, started anew in the working directory, would find what is loaded as ``spec``.

    What stands below the directory and was found by somebody else's path (a folder of tests, which pytest
    puts there) would not be; nor has what is made in a function a name to be found by.
    """
    here, top = Path.cwd(), spec.partition(":")[0].partition(".")[0]
    if "<" in spec:
        return False
    if _holds(str(here), top) or _holds(str(here / "src"), top):
        return True
    file = getattr(sys.modules.get(top), "__file__", None)
    around = () if file is None else Path(file).absolute().parents
    return here not in around or Path(sys.prefix) in around


def _on_the_path(folder: str, place: int) -> None:
    if folder not in sys.path:
        sys.path.insert(place, folder)
        importlib.invalidate_caches()


def _holds(folder: str, name: str) -> bool:
    return Path(folder, name).is_dir() or Path(folder, f"{name}.py").is_file()


def _split(spec: str) -> tuple[str, list[str]]:
    module_name, colon, attributes = spec.partition(":")
    if not colon and "." in spec and not spec.endswith(".py"):
        head, _, tail = spec.rpartition(".")
        raise UsageError(
            f"{spec!r} names no object; write package.module:object, here {spec}:OBJECT or {head}:{tail}"
        )
    if module_name.endswith(".py") or "/" in module_name or "\\" in module_name:
        dotted = module_name.removesuffix(".py").replace("\\", "/").strip("./").replace("/", ".")
        raise UsageError(
            f"{spec!r} is a path; write package.module:object, here perhaps {dotted}:{attributes or 'object'}"
        )
    parts = attributes.split(".")
    if not all(name.isidentifier() for name in [*module_name.split("."), *parts]):
        raise UsageError(f"{spec!r} is not of the form package.module:object")
    return module_name, parts


def _import_module(module_name: str, here: str) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name + ".").startswith(error.name + ".") and _from_outside(error):
            raise TargetError(_missing(module_name, error.name, here)) from None
        raise TargetError(own_error(error, here)) from error
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and _from_outside(error):
            raise
        raise TargetError(own_error(error, here)) from error


def _from_outside(error: BaseException) -> bool:
    """Whether no module was being run when the import failed: only ours and the importer's own frames."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == "<module>":
            return False
        trace = trace.tb_next
    return True


def _missing(module_name: str, absent: str, here: str) -> str:
    parent, _, tail = absent.rpartition(".")
    paths: Sequence[str] = getattr(sys.modules.get(parent), "__path__", ()) if parent else [here]
    if parent and not paths:
        return f"cannot import {module_name}: {parent} is a module, not a package"
    names = [name for _, name, _ in pkgutil.iter_modules(list(paths))]
    hint = _near(tail, names)
    where = f"in {parent}" if parent else f"in {here} or on the path"
    return f"cannot import {module_name}: there is no {tail!r} {where}{hint}"


def _near(name: str, names: Iterable[str]) -> str:
    public = [other for other in names if not other.startswith("_")]
    near = get_close_matches(name, public, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def own_error(error: BaseException, here: str) -> str:
    """``file:line: Error: message`` for an error that the target's own code raised at import."""
    ground = Ground(here)
    place: tuple[str, int] | None = None
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        place = (error.filename, error.lineno)
        message = error.msg or ""
    else:
        message = _one_line(error)
        trace = error.__traceback__
        while trace is not None:
            filename = trace.tb_frame.f_code.co_filename
            if ground.owns(filename):
                place = (filename, trace.tb_lineno)
            trace = trace.tb_next
    head = f"{ground.short(place[0])}:{place[1]}: " if place else ""
    return f"{head}{qualified_name(type(error))}: {message}".removesuffix(": ")


def _one_line(error: BaseException, limit: int = 300) -> str:
    """An error's message as one bounded line; an error that cannot say itself is left silent."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - the consumer's own __str__ may raise anything
        return ""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
