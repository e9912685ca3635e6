"""Bodies of delivery cases: sound, realistic, and of a customer that no other case has.

A receiver may know its customers by their ids, so that one customer in two cases could pass for a repeat,
and one in two runs as well. So the ids in a body are marked: their last letters and digits come from the
case in the catalogue, and from the run when a body is sent. Letters stay letters, digits stay digits, the
length stays, so an id keeps its shape (``cust_`` and a ULID, a UUID).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact, get, replace, strict_loads, walk
from contract_kit.schema import validator_for
from contract_kit.values import base_values, bases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Terms

__all__ = ["Bodies", "freshened", "mark"]

_DEEPEST = 3
_ID_NAMES = re.compile(
    r"(?!(?:tenant|env|environment|org|organi[sz]ation|workspace|project|app)[_-]?id$)"
    r"(?:[a-z]+[_-])*(?:id|uuid|guid|ID)|[a-z]+(?:Id|ID|Uuid)"
)
"""Names that end in an id of their own; what a whole installation shares is none."""
_TAIL = re.compile(r"[0-9A-Za-z]{1,12}\Z")
_NOTE = "What was said about this customer, word for word, so that nobody has to ask for it again. " * 11
_SHORTEST = 8
"""An id whose tail is shorter gets eight more characters: two cases must not meet by chance."""


def mark(text: str, seed: str) -> str:
    """``text`` with its tail made from ``seed``, class by class; marking twice with one seed is marking once.

    >>> mark("cust_01M385MF8N8EZR4WE9F22MBQRF", "a") == mark("cust_01M385MF8N8EZR4WE9F22MBQRF", "b")
    False
    """
    found = _TAIL.search(text)
    if found is None:
        return text
    digest = sha256(seed.encode()).digest()
    tail = "".join(_of_class(sign, digest[at]) for at, sign in enumerate(found.group()))
    return text[: found.start()] + tail


def _of_class(sign: str, byte: int) -> str:
    if sign.isdigit():
        return str(byte % 10)
    return ("abcdef" if sign.islower() else "ABCDEF")[byte % 6]


def _ids(value: Any) -> Iterator[str]:
    """The texts that identify what a body is about: near the root, not inside arrays."""
    for pointer, item in walk(value):
        parts = pointer.split("/")[1:]
        if not isinstance(item, str) or not parts or len(parts) > _DEEPEST:
            continue
        if _ID_NAMES.fullmatch(parts[-1]) and not any(part.isdecimal() for part in parts):
            yield item


def _swap(body: bytes, old: str, new: str) -> bytes:
    """Every text of the body that is ``old`` becomes ``new``; all else stays as it is spelled."""
    return body.replace(_quoted(old), _quoted(new))


def _quoted(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=64)
def freshened(body: bytes, case_id: str, run: str) -> bytes:
    """``body`` with the ids that were marked for the case marked for the run instead.

    Spelling and length stay. Ids that the catalogue did not mark are not touched.
    """
    try:
        value = strict_loads(body)
    except (ValueError, RecursionError):
        return body
    for text in dict.fromkeys(_ids(value)):
        for number in range(3):
            if mark(text, f"{case_id}#{number}") == text:
                body = _swap(body, text, mark(text, f"{run}#{case_id}#{number}"))
                break
    return body


def _filled(item: Any, room: int) -> Any:
    """A map with ``room`` bytes more, an array with as many more items as that takes; ``None`` for others."""
    if isinstance(item, dict) and all(isinstance(one, str) for one in item.values()):
        each = len(f',"note_0000":"{_NOTE}"')
        notes = {f"note_{number:04}": _NOTE for number in range(min(room // each, 9999))}
        return item | notes | {"note_0000": _NOTE + "." * (room - len(notes) * each)}
    if isinstance(item, list) and item:
        return item + item[-1:] * -(-room // (len(compact(item[-1])) + 1))
    return None


class Bodies:
    """Sound bodies of one contract; empty (``False``) where none could be made."""

    def __init__(self, terms: Terms) -> None:
        self._document = validator_for(terms.schema)
        sends = terms.profile.sends if terms.profile is not None else None
        self._sends = validator_for(sends) if sends else None
        # Maps and arrays, the shallowest first: where a sound body has room for more.
        self._roomy = sorted(
            (place.pointer[:-2] for place in terms.locations if place.pointer.endswith("/*")),
            key=lambda pointer: pointer.count("/"),
        )
        first = next(iter(bases(terms)), None)
        values = [] if first is None else [first.value]
        if first is not None and first.name == "full":
            values += base_values(terms, 8)[1:]
        sound = [value for value in values if self._document.is_valid(value)]
        self._values = [value for value in sound if self._is_sound(value)] or sound

    def __bool__(self) -> bool:
        return bool(self._values)

    def value(self, case_id: str, number: int = 0, *, non_ascii: bool = False) -> Any:
        """A full body about customer ``number`` of a case."""
        chosen = self._values[0]
        if non_ascii:
            chosen = next((v for v in self._values if not compact(v).isascii()), chosen)
        body = compact(chosen)
        for text in dict.fromkeys(_ids(chosen)):
            for longer in (text, text + "-00000aaa"):
                new = mark(longer, f"{case_id}#{number}")
                tail = _TAIL.search(longer)
                if tail is None or (len(tail.group()) < _SHORTEST and longer is text):
                    continue
                changed = _swap(body, text, new)
                if self._is_sound(strict_loads(changed)):
                    body = changed
                    break
        if number and body == compact(chosen):  # nothing in it names a customer: another body, then
            return self._values[number % len(self._values)]
        return strict_loads(body)

    def body(self, case_id: str, number: int = 0, *, non_ascii: bool = False) -> bytes:
        """The same as compact JSON."""
        return compact(self.value(case_id, number, non_ascii=non_ascii))

    def large(self, case_id: str, size: int) -> bytes:
        """A sound body of ``size`` bytes, or an array's item more: a map or an array is long.

        Where the contract has neither, blanks follow the body.
        """
        value = self.value(case_id)
        room = size - len(compact(value))
        places = [(pointer, get(value, pointer)) for pointer in self._roomy if "*" not in pointer]
        for pointer, item in sorted(places, key=lambda place: isinstance(place[1], list)):
            filled = _filled(item, room)
            if filled is not None and self._is_sound(grown := replace(value, pointer, filled)):
                value = grown
                break
        return compact(value).ljust(size)

    def _is_sound(self, value: Any) -> bool:
        return self._document.is_valid(value) and (self._sends is None or self._sends.is_valid(value))
