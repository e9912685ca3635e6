"""JSON text and JSON pointers: strict reading, writing, getting and setting, and escaping for people.

Pointers are those of RFC 6901. A strict reader takes exactly what RFC 8259 allows: Python's own reader
also takes ``NaN`` and ``Infinity``, which is why the house reads JSON only here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "compact",
    "differing",
    "escape_token",
    "get",
    "join",
    "pretty",
    "remove",
    "replace",
    "strict_loads",
    "tokens",
    "walk",
    "without_surrogates",
    "written",
]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def compact(value: Any) -> bytes:
    """``value`` as UTF-8 JSON without blanks; non-ASCII stays as it is, lone surrogates are escaped.

    >>> compact({"a": [1, "é"]}).decode()
    '{"a":[1,"é"]}'
    """
    try:
        return _COMPACT.encode(value).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def written(value: Any) -> bytes | None:
    """:func:`compact`, or ``None`` for what cannot be written back: a number beyond doubles was read as infinity."""
    try:
        return compact(value)
    except (ValueError, RecursionError):
        return None


def pretty(value: Any) -> str:
    """``value`` as indented JSON text."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


_STRICT = json.JSONDecoder(parse_constant=_refuse_constant)


def strict_loads(body: bytes) -> Any:
    """The value of a body that is JSON in UTF-8 without a byte order mark; ``ValueError`` for any other."""
    if body.startswith(b"\xef\xbb\xbf"):
        msg = "a byte order mark is not JSON"
        raise ValueError(msg)
    return _STRICT.decode(body.decode("utf-8"))


def without_surrogates(value: Any) -> Any:
    """``value`` with the replacement character for each lone surrogate, which UTF-8 cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    return type(value)(map(without_surrogates, value)) if isinstance(value, list | tuple) else value


def escape_token(token: str) -> str:
    """One reference token of a JSON pointer, escaped (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def tokens(pointer: str) -> list[str]:
    """The unescaped reference tokens of a JSON pointer.

    >>> tokens("/a~1b/0")
    ['a/b', '0']
    """
    if not pointer:
        return []
    if not pointer.startswith("/"):
        msg = f"a JSON pointer starts with '/': {pointer!r}"
        raise ValueError(msg)
    parts = pointer[1:].split("/")
    return parts if "~" not in pointer else [part.replace("~1", "/").replace("~0", "~") for part in parts]


def join(pointer: str, *parts: str | int) -> str:
    """``pointer`` with further reference tokens, each escaped."""
    return pointer + "".join("/" + escape_token(str(part)) for part in parts)


def get(value: Any, pointer: str) -> Any:
    """The value at ``pointer``, or ``MISSING``."""
    for token in tokens(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return MISSING
    return value


def _edit(value: Any, path: Sequence[str], act: Callable[[Any, str], None]) -> Any:
    """A copy of ``value`` along ``path`` (the rest is shared), with ``act(parent, last)`` done to it."""
    copy = dict(value) if isinstance(value, dict) else list(value)
    head, rest = path[0], path[1:]
    if not rest:
        act(copy, head)
    elif isinstance(copy, dict):
        copy[head] = _edit(copy[head], rest, act)
    else:
        copy[int(head)] = _edit(copy[int(head)], rest, act)
    return copy


def replace(value: Any, pointer: str, new: Any) -> Any:
    """A copy of ``value`` with ``new`` at ``pointer`` (a new key is added, ``-`` appends).

    >>> replace({"a": [1, 2]}, "/a/1", 3)
    {'a': [1, 3]}
    """
    path = tokens(pointer)
    if not path:
        return new

    def act(parent: Any, last: str) -> None:
        if isinstance(parent, dict):
            parent[last] = new
        elif last == "-" or int(last) == len(parent):
            parent.append(new)
        else:
            parent[int(last)] = new

    return _edit(value, path, act)


def remove(value: Any, pointer: str) -> Any:
    """A copy of ``value`` without what stands at ``pointer``."""

    def act(parent: Any, last: str) -> None:
        if isinstance(parent, dict):
            del parent[last]
        else:
            del parent[int(last)]

    return _edit(value, tokens(pointer), act)


def differing(one: Any, other: Any, pointer: str = "", *, items: bool = False) -> Iterator[str]:
    """Every place at which two values differ, the deepest that says it.

    Arrays of two lengths differ as a whole; with ``items``, item by item.

    >>> list(differing({"a": [1, 2], "b": 3}, {"a": [1, 4]}))
    ['/a/1', '/b']
    >>> list(differing([1, 2], [3])), list(differing([1, 2], [3], items=True))
    ([''], ['/0', '/1'])
    """
    if isinstance(one, dict) and isinstance(other, dict):
        for key in [*one, *(name for name in other if name not in one)]:
            if key not in one or key not in other:
                yield join(pointer, key)
            else:
                yield from differing(one[key], other[key], join(pointer, key), items=items)
    elif isinstance(one, list) and isinstance(other, list) and (items or len(one) == len(other)):
        for index, pair in enumerate(zip(one, other, strict=False)):
            yield from differing(*pair, join(pointer, index), items=items)
        yield from (join(pointer, at) for at in range(*sorted((len(one), len(other)))))
    elif one != other or type(one) is not type(other):
        yield pointer


def walk(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of ``value`` with what stands there, parents first."""
    stack = [(pointer, value)]
    while stack:
        here, item = stack.pop()
        yield here, item
        if isinstance(item, dict):
            stack.extend((join(here, key), child) for key, child in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend((join(here, i), item[i]) for i in range(len(item) - 1, -1, -1))
