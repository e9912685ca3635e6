"""What a Python object is to us: a parser, a model, an ASGI or a WSGI app. Found by looking."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from typing import Any, Literal

from contract_kit.errors import UsageError
from contract_kit.model import TARGET_KINDS, TargetKind

__all__ = ["Library", "describe", "library_of", "makes_app"]

Library = Literal["pydantic", "adapter", "msgspec", "cattrs"]

_APPS: dict[tuple[str, str], TargetKind] = {
    ("starlette", "Starlette"): "asgi",
    ("litestar", "Litestar"): "asgi",
    ("quart", "Quart"): "asgi",
    ("sanic", "Sanic"): "asgi",
    ("blacksheep", "Application"): "asgi",
    ("django", "ASGIHandler"): "asgi",
    ("flask", "Flask"): "wsgi",
    ("django", "WSGIHandler"): "wsgi",
    ("bottle", "Bottle"): "wsgi",
    ("pyramid", "Router"): "wsgi",
}
"""(top-level package, class) of frameworks whose apps no signature gives away; their subclasses count."""

_ADVICE = (
    "pass a function that takes the body (bytes, or str or the decoded value with --input str or value), "
    "a Pydantic, msgspec, dataclass or attrs class, or an ASGI or WSGI app"
)


def describe(obj: Any, as_: TargetKind | None = None, *, name: str = "the target") -> TargetKind:
    """What kind of target ``obj`` is; ``as_`` is what the user says it is.

    Raises ``UsageError`` that says what to pass, for what is none, and for what cannot be what the user says.
    """
    if as_ is not None and as_ not in TARGET_KINDS:
        raise UsageError(f"as {as_!r} is no kind of target; one of {', '.join(TARGET_KINDS)}")
    if as_ in {"url", "command"}:
        raise UsageError(f"{name} is a Python object, not a {as_}")
    if as_ == "model" and library_of(obj) is None:
        raise UsageError(f"{name} is {_kind_name(obj)}, not a model; {_ADVICE}")
    if as_ is not None and as_ != "model" and not callable(obj):
        raise UsageError(f"{name} is {_kind_name(obj)} and cannot be called; {_ADVICE}")
    found = as_ or _app(obj) or ("model" if library_of(obj) else None) or _by_signature(obj)
    if found is None:
        raise UsageError(f"{name} is {_kind_name(obj)}{_and_needs(obj)}; {_ADVICE}")
    if found == "parser":
        _one_argument(obj, name)
    return found


def _app(obj: Any) -> TargetKind | None:
    if isinstance(obj, type):
        return None
    for base in type(obj).__mro__:
        package = base.__module__.split(".")
        if package[0] == "falcon" and base.__name__ == "App":
            return "asgi" if "asgi" in package else "wsgi"
        found = _APPS.get((package[0], base.__name__))
        if found:
            return found
    return None


def library_of(obj: Any) -> Library | None:
    """Which library reads a body into this class or type, ``None`` for what is no model."""
    if _loaded("pydantic", "TypeAdapter", obj):
        return "adapter"
    if isinstance(obj, type) and not isinstance(obj, types.GenericAlias):
        return _library_of_class(obj)
    origin = typing.get_origin(obj)
    if origin is None:
        return None
    inside = {library_of(argument) for argument in (origin, *typing.get_args(obj))} - {None}
    return _of_parts(inside)


def _library_of_class(cls: type) -> Library | None:
    if hasattr(cls, "__pydantic_validator__"):
        return "pydantic" if hasattr(cls, "model_validate_json") else "adapter"
    if hasattr(cls, "__struct_fields__"):
        return "msgspec"
    if dataclasses.is_dataclass(cls) or hasattr(cls, "__attrs_attrs__") or _is_typed_dict(cls):
        return "cattrs"
    return None


def _of_parts(inside: set[Any]) -> Library | None:
    """The library for a union, a list … of models."""
    if inside & {"pydantic", "adapter"}:
        return "adapter"
    if "msgspec" in inside:
        return "msgspec"
    return "cattrs" if inside else None


def _is_typed_dict(cls: Any) -> bool:
    extension = sys.modules.get("typing_extensions")
    return typing.is_typeddict(cls) or bool(extension and extension.is_typeddict(cls))


def _loaded(module: str, name: str, obj: Any) -> bool:
    """Whether ``obj`` is an instance of a class whose library somebody has imported already."""
    kind = getattr(sys.modules.get(module), name, None) if module in sys.modules else None
    return kind is not None and isinstance(obj, kind)


def _needed(obj: Any) -> list[inspect.Parameter] | None:
    """The parameters that a caller must give by position, ``None`` where the signature is not known."""
    try:
        parameters = inspect.signature(obj).parameters.values()
    except (TypeError, ValueError):
        return None
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p for p in parameters if p.kind in positional and p.default is inspect.Parameter.empty]


def _is_async(obj: Any) -> bool:
    call = obj if inspect.isroutine(obj) else vars(type(obj)).get("__call__", type(obj).__call__)
    return inspect.iscoroutinefunction(inspect.unwrap(call)) or inspect.iscoroutinefunction(obj)


def _by_signature(obj: Any) -> TargetKind | None:
    if not callable(obj):
        return None
    needed = _needed(obj)
    if needed is None:
        return "parser"
    names = [parameter.name.strip("_") for parameter in needed]
    if len(names) == 3 and (_is_async(obj) or names == ["scope", "receive", "send"]):
        return "asgi"
    if len(names) == 2 and (names[0] in {"environ", "env"} or names[1] in {"start_response", "start"}):
        return "wsgi"
    return "parser" if len(names) <= 1 else None


def _one_argument(obj: Any, name: str) -> None:
    """A parser takes the body as its one argument by position; better said once than by every case."""
    try:
        inspect.signature(obj).bind(b"")
    except TypeError as error:
        hint = "; of a function that makes an app say --as asgi or --as wsgi" if makes_app(obj) else ""
        raise UsageError(f"{name} cannot be called with the body alone: {error}{hint}; {_ADVICE}") from None
    except ValueError:
        return


def makes_app(obj: Any) -> bool:
    """Whether this can only be a factory: a function that takes nothing at all."""
    return inspect.isroutine(obj) and not (_needed(obj) or inspect.signature(obj).parameters)


def _kind_name(obj: Any) -> str:
    if isinstance(obj, types.ModuleType):
        return "a module"
    if isinstance(obj, type):
        return f"the class {obj.__name__}"
    if inspect.isroutine(obj):
        return "a function"
    kind = type(obj)
    if kind.__module__.startswith("aiohttp"):
        return "an aiohttp app, which needs its own server (start it and pass its URL)"
    return f"an object of type {kind.__name__}"


def _and_needs(obj: Any) -> str:
    needed = _needed(obj) if callable(obj) else None
    if not needed:
        return " and cannot be called"
    return f" that needs {len(needed)} arguments ({', '.join(parameter.name for parameter in needed)})"
