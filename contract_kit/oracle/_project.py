"""Any Python object that a consumer returns → a plain tree (see :mod:`contract_kit.oracle._plain`).

The projection runs once a case inside the consumer's process, so exact types are dispatched first, and a
class is looked at once. It reads attributes and calls no method of the consumer's own where a base class has
one; whatever goes wrong in there becomes an ``opaque`` leaf.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import sys
import types
from collections import UserDict, UserList, deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from contract_kit.oracle._plain import (
    SET,
    Plain,
    attributes_of,
    leaf,
    nanoseconds,
    wire_name,
    with_nanoseconds,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["MAX_DEPTH", "MAX_NODES", "project"]

MAX_DEPTH = 200
"""Deeper than sound payloads nest; below the limits of ``marshal`` (2,000) and the interpreter's stack."""
MAX_NODES = 400_000
"""More than a body of a provider's limit can hold; a graph that runs into a whole program ends here."""
_MAX_TEXT = 8_000_000
_MAX_PLANS = 2_000

_Work: TypeAlias = "Callable[[Any, _Walk, int], Plain]"


class _Walk:
    """One projection: which containers it stands in, and how many nodes it may still make."""

    __slots__ = ("inside", "left")

    def __init__(self) -> None:
        self.inside: set[int] = set()
        self.left = MAX_NODES


def project(value: Any) -> Plain:
    r"""``value`` as a plain tree; never raises an ``Exception``, whatever the value's own code does.

    >>> project({"at": dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc), "n": (1, 2)})
    {'at': ('\x00leaf', 'datetime', '2026-01-02T00:00:00+00:00'), 'n': [1, 2]}
    """
    try:
        return _any(value, _Walk(), 0)
    except Exception as error:  # noqa: BLE001 - the consumer's objects may do anything
        return leaf("opaque", type(error).__name__)


def _any(value: Any, walk: _Walk, depth: int) -> Plain:
    kind = type(value)
    if kind is str:
        return value if len(value) <= _MAX_TEXT else leaf("more", str(len(value)))
    if kind in _SELF:
        return value
    work = _WORK.get(kind)
    if work is None:
        work = _plan(kind, value)
    try:
        return work(value, walk, depth)
    except Exception:  # noqa: BLE001
        return leaf("opaque", kind.__qualname__)


def _enter(value: Any, walk: _Walk, depth: int, size: int) -> Plain | None:
    """A leaf in place of a container that must not be entered, else ``None``."""
    if id(value) in walk.inside:
        return leaf("cycle", "")
    if depth >= MAX_DEPTH:
        return leaf("deep", "")
    if size > walk.left:
        return leaf("more", str(size))
    walk.left -= size + 1
    return None


def _dict(value: Any, walk: _Walk, depth: int) -> Plain:
    refused = _enter(value, walk, depth, len(value))
    if refused is not None:
        return refused
    return _pairs(value, dict.items(value), walk, depth)


def _pairs(owner: Any, pairs: Iterable[tuple[Any, Any]], walk: _Walk, depth: int) -> Plain:
    walk.inside.add(id(owner))
    out: dict[str, Plain] = {}
    depth += 1
    try:
        for key, item in pairs:
            name = key if type(key) is str else _key(key, walk)
            kind = type(item)
            if kind is str and len(item) <= _MAX_TEXT:
                out[name] = item
            else:
                out[name] = _any(item, walk, depth)
    finally:
        walk.inside.discard(id(owner))
    return out


def _key(key: Any, walk: _Walk) -> str:
    """A key that is no ``str`` as the text that JSON would write for it."""
    plain = _any(key, walk, MAX_DEPTH)
    if plain is None or plain is True or plain is False:
        return {None: "null", True: "true", False: "false"}[plain]
    if type(plain) is tuple:
        return str(plain[-1])
    return str(plain)


def _items(value: Any, walk: _Walk, depth: int) -> Plain:
    refused = _enter(value, walk, depth, len(value))
    if refused is not None:
        return refused
    walk.inside.add(id(value))
    depth += 1
    try:
        return [_any(item, walk, depth) for item in value]
    finally:
        walk.inside.discard(id(value))


def _list(value: Any, walk: _Walk, depth: int) -> Plain:
    return _items(value, walk, depth)


def _set(value: Any, walk: _Walk, depth: int) -> Plain:
    items = _items(value, walk, depth)
    return items if type(items) is tuple else (SET, sorted(items, key=repr))


def _mapping(value: Any, walk: _Walk, depth: int) -> Plain:
    refused = _enter(value, walk, depth, len(value))
    if refused is not None:
        return refused
    return _pairs(value, list(value.items()), walk, depth)


def _opaque(value: Any, _walk: _Walk, _depth: int) -> Plain:
    return leaf("opaque", type(value).__qualname__)


def _text_leaf(kind: str) -> _Work:
    return lambda value, _walk, _depth: leaf(kind, str(value))


def _bytes(value: Any, _walk: _Walk, _depth: int) -> Plain:
    raw = bytes(value)
    if len(raw) > _MAX_TEXT:
        return leaf("more", str(len(raw)))
    return leaf("bytes", raw.decode("utf-8", "surrogateescape"))


def _decimal(value: Decimal, _walk: _Walk, _depth: int) -> Plain:
    return leaf("decimal", Decimal.__str__(value))


def _datetime(value: dt.datetime, _walk: _Walk, _depth: int) -> Plain:
    if type(value) is dt.datetime:
        return leaf("datetime", value.isoformat())
    text = dt.datetime.isoformat(value)
    return leaf("datetime", with_nanoseconds(text, value.microsecond, nanoseconds(value)))


def _timedelta(value: dt.timedelta, _walk: _Walk, _depth: int) -> Plain:
    return leaf("timedelta", str(Decimal(value // dt.timedelta(microseconds=1)) / 1_000_000))


def _enum(value: enum.Enum, walk: _Walk, depth: int) -> Plain:
    """The member's value where that is text, else its name: a number says nothing about what was sent."""
    inner = value._value_
    if isinstance(inner, str):
        return _any(inner, walk, depth)
    name = value._name_
    return leaf("enum", name) if isinstance(name, str) else _any(inner, walk, depth)


def _generic(value: Any, walk: _Walk, depth: int) -> Plain:
    found = attributes_of(value)
    if found is None:
        return leaf("opaque", type(value).__qualname__)
    refused = _enter(value, walk, depth, len(found))
    return refused if refused is not None else _pairs(value, found.items(), walk, depth)


def _fields(names: Sequence[tuple[str, str]], *, extra: str = "", unset: Any = None) -> _Work:
    """The work for a class of known fields, ``(attribute, key)`` each; ``unset`` values are left out."""

    def work(value: Any, walk: _Walk, depth: int) -> Plain:
        refused = _enter(value, walk, depth, len(names))
        if refused is not None:
            return refused
        found: dict[str, Any] = {}
        for name, key in names:
            try:
                item = getattr(value, name)
            except Exception:  # noqa: BLE001, S112
                continue
            if unset is None or item is not unset:
                found[key] = item
        more = getattr(value, extra, None) if extra else None
        if isinstance(more, dict):
            for key, item in dict.items(more):
                found.setdefault(key, item)
        return _pairs(value, found.items(), walk, depth)

    return work


def _pydantic(kind: type) -> _Work:
    """A Pydantic model, its keys named as on the wire where an alias says so; computed fields are not run."""
    infos = kind.__dict__.get("__pydantic_fields__") or getattr(kind, "__pydantic_fields__", {})
    if getattr(kind, "__pydantic_root_model__", False):
        return lambda value, walk, depth: _any(value.root, walk, depth + 1)
    names = [(name, wire_name(info) or name) for name, info in infos.items()]
    if len({key for _, key in names}) < len(names):
        names = [(name, name) for name, _ in names]
    return _fields(names, extra="__pydantic_extra__")


def _msgspec(kind: Any) -> _Work:
    unset = getattr(sys.modules.get("msgspec"), "UNSET", None)
    names = tuple(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    return _fields(names, unset=unset)


def _zoned(value: Any, walk: _Walk, depth: int) -> Plain:
    """Time types that are no ``datetime``: arrow, whenever, and what else has a clock and an ISO form."""
    inner = getattr(value, "datetime", None)
    if isinstance(inner, dt.datetime):
        return _datetime(inner, walk, depth)
    for name in ("format_iso", "format_common_iso", "isoformat"):
        method = getattr(value, name, None)
        if callable(method):
            text = str(method()).partition("[")[0]
            return leaf("datetime" if "T" in text else "date", text)
    return _generic(value, walk, depth)


def _scalar_of_numpy(value: Any, walk: _Walk, depth: int) -> Plain:
    text = str(value)
    if type(value).__name__ == "datetime64":
        return leaf("datetime" if "T" in text else "date", text)
    plain = value.tolist()
    return _opaque(value, walk, depth) if type(plain) is type(value) else _any(plain, walk, depth)


def _protobuf(kind: Any) -> _Work:
    return _fields([(name, name) for name in kind.DESCRIPTOR.fields_by_name])


_SELF: frozenset[type] = frozenset({int, float, bool, type(None)})
_BASES: tuple[tuple[type, _Work], ...] = (
    (enum.Enum, _enum),
    (str, lambda value, walk, depth: _any(str.__str__(value), walk, depth)),
    (bool, lambda value, _walk, _depth: bool(value)),
    (int, lambda value, _walk, _depth: int.__int__(value)),
    (float, lambda value, _walk, _depth: float.__float__(value)),
    (dict, _dict),
    (list, _list),
    (dt.datetime, _datetime),
    (dt.date, lambda value, _walk, _depth: leaf("date", dt.date.isoformat(value))),
    (dt.time, lambda value, _walk, _depth: leaf("time", dt.time.isoformat(value))),
    (dt.timedelta, _timedelta),
    (Decimal, _decimal),
    (bytes, _bytes),
    (bytearray, _bytes),
    (memoryview, _bytes),
    (deque, _list),
    (set, _set),
    (frozenset, _set),
    (UserDict, lambda value, walk, depth: _any(value.data, walk, depth)),
    (UserList, lambda value, walk, depth: _any(value.data, walk, depth)),
)
_OPAQUE: tuple[type, ...] = (
    type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType,
    types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, BaseException, complex,
)  # fmt: skip
_OPAQUE_MODULES = frozenset({"_io", "_thread", "threading", "asyncio", "socket", "re", "logging"})
_TEXTUAL: frozenset[tuple[str, str]] = frozenset(
    {
        ("ipaddress", "IPv4Address"), ("ipaddress", "IPv6Address"), ("ipaddress", "IPv4Network"),
        ("ipaddress", "IPv6Network"), ("zoneinfo", "ZoneInfo"), ("yarl", "URL"), ("httpx", "URL"),
        ("furl", "furl"), ("fractions", "Fraction"), ("pydantic_core", "Url"), ("pydantic", "_BaseUrl"),
        ("pydantic_core", "MultiHostUrl"), ("pydantic", "_BaseMultiHostUrl"), ("ulid", "ULID"),
    }
)  # fmt: skip
_WORK: dict[type, _Work] = {dict: _dict, list: _list, tuple: _list, set: _set, frozenset: _set}


def _plan(kind: type, value: Any) -> _Work:
    """How to project instances of ``kind``; remembered, for a consumer returns the same classes each time."""
    try:
        work = _choose(kind, value)
    except Exception:  # noqa: BLE001
        work = _opaque
    if len(_WORK) > _MAX_PLANS:  # a consumer that makes a class a call
        _WORK.clear()
        _WORK.update({dict: _dict, list: _list, tuple: _list, set: _set, frozenset: _set})
    _WORK[kind] = work
    return work


def _choose(kind: Any, value: Any) -> _Work:
    module = kind.__module__.partition(".")[0]
    if module == "numpy":
        return _scalar_of_numpy
    for base, work in _BASES:
        if issubclass(kind, base):
            return work
    if issubclass(kind, _OPAQUE) or module in _OPAQUE_MODULES:
        return _opaque
    if hasattr(kind, "__pydantic_fields__"):
        return _pydantic(kind)
    if hasattr(kind, "__struct_encode_fields__"):
        return _msgspec(kind)
    if dataclasses.is_dataclass(kind):
        return _fields([(field.name, field.name) for field in dataclasses.fields(kind)])
    attributes = getattr(kind, "__attrs_attrs__", None)
    if attributes is not None:
        return _fields([(each.name, each.name.lstrip("_") or each.name) for each in attributes])
    if issubclass(kind, tuple):
        names = getattr(kind, "_fields", None)
        return _fields([(name, name) for name in names]) if names else _list
    return _choose_loose(kind, value, module)


def _choose_loose(kind: Any, value: Any, module: str) -> _Work:
    """What is left: types known by their shape."""
    name = kind.__name__
    if (module, name) == ("uuid", "UUID") or any(base.__module__ == "uuid" for base in kind.__mro__):
        return _text_leaf("uuid")
    parents = {(base.__module__.partition(".")[0], base.__name__) for base in kind.__mro__}
    if parents & _TEXTUAL or hasattr(kind, "__fspath__"):
        return _text_leaf("text")
    if "Secret" in name and hasattr(kind, "get_secret_value"):
        return _opaque
    if hasattr(kind, "DESCRIPTOR") and hasattr(kind, "ListFields"):
        return _protobuf(kind)
    timely = hasattr(kind, "nanosecond") and hasattr(kind, "minute")
    if timely or module in {"arrow", "whenever", "pendulum"}:
        return _zoned
    if issubclass(kind, Mapping) or all(hasattr(kind, part) for part in ("keys", "items", "__len__")):
        return _mapping
    if issubclass(kind, AbstractSet):
        return _set
    if issubclass(kind, Sequence):
        return _list
    if hasattr(value, "__next__"):
        return _opaque
    return _generic
