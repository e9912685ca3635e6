"""How a value came out of a consumer, in words: shortened, rounded, re-typed, re-ordered, invented."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from contract_kit.jsonio import MISSING, get, tokens
from contract_kit.model import NOTHING
from contract_kit.report._escape import visible

__all__ = ["describe_change"]

_SHOWN = 40
_FRACTION = re.compile(r"(?<=:\d\d)\.(\d+)")
_TYPE_NAMES = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "text",
    list: "an array",
    dict: "an object",
}


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    text = visible(text, _SHOWN)
    return f'"{text}"' if isinstance(value, str) else text


def _plain(value: Any) -> Any:
    """The text of the oracle's leaves; lists for tuples."""
    if isinstance(value, tuple):
        return value[-1] if value[:1] == ("\0leaf",) or value[:1] == ("\0set",) else list(value)
    return value


def _key(name: str) -> str:
    """A field name without its spelling: ``createdAt`` and ``created_at`` are one."""
    return re.sub(r"[_-]", "", name).lower()


def _find(value: Any, pointer: str) -> Any:
    """What stands at ``pointer`` in a consumer's value, by any spelling of its names; or ``MISSING``."""
    for token in tokens(pointer):
        value = _plain(value)
        if isinstance(value, dict):
            near = [key for key in value if isinstance(key, str) and _key(key) == _key(token)]
            value = value[token] if token in value else value[near[0]] if len(near) == 1 else MISSING
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return MISSING
    return _plain(value)


def describe_change(given: Any, came: Any, pointer: str, where: str) -> str | None:
    """What happened on the way to the value at ``pointer``, called ``where``; ``None`` where that is unclear.

    >>> describe_change({"a": "xyz"}, {"a": "xy"}, "/a", "a")
    'shortens a to 2 characters'
    """
    before, after = get(given, pointer), MISSING if came is NOTHING else _find(came, pointer)
    if after is MISSING or (before is not MISSING and _same(before, after)):
        return None
    if before is MISSING:
        return f"invents {where}: {_shown(after)}"
    if after is None:
        return f"turns {where} {_shown(before)} into null"
    if isinstance(before, str) and isinstance(after, str):
        return _text_change(before, after, where)
    if _is_number(before) and _is_number(after):
        return f"changes the number {where} from {_shown(before)} to {_shown(after)}"
    if isinstance(before, list) and isinstance(after, list):
        return _list_change(before, after, where)
    kinds = _TYPE_NAMES.get(type(before), "null"), _TYPE_NAMES.get(type(after), "something else")
    if kinds[0] != kinds[1]:
        return f"turns {where} from {kinds[0]} into {kinds[1]}: {_shown(before)} → {_shown(after)}"
    return f"alters {where}"


def _same(before: Any, after: Any) -> bool:
    return type(before) is type(after) and bool(before == after)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text_change(before: str, after: str, where: str) -> str:
    digits = _FRACTION.search(before)
    if digits and "T" in before.upper():
        kept = _FRACTION.search(after)
        rest = _FRACTION.sub("", before).upper().replace("Z", "+00:00")
        if rest == _FRACTION.sub("", after).upper().replace("Z", "+00:00"):
            left = len(kept.group(1)) if kept else 0
            if left < len(digits.group(1)):
                return f"cuts the fraction of {where} from {len(digits.group(1))} to {left} digits"
    if after and before.startswith(after) and after != before.rstrip():
        return f"shortens {where} to {len(after):,} character{'s' * (len(after) > 1)}"
    if after == "":
        return f"empties {where}"
    if after in {before.strip(), before.lstrip(), before.rstrip()}:
        return f"strips the blanks of {where}"
    if before.casefold() == after.casefold():
        return f"changes the case of {where}: {_shown(before)} → {_shown(after)}"
    if unicodedata.normalize("NFKC", before) == unicodedata.normalize("NFKC", after):
        return f"normalises the Unicode text of {where}"
    if "\ufffd" in after or (len(after) == len(before) and "?" in after and not before.isascii()):
        return f"replaces letters in {where}: {_shown(before)} → {_shown(after)}"
    return f"changes {where}: {_shown(before)} → {_shown(after)}"


def _list_change(before: list[Any], after: list[Any], where: str) -> str:
    if len(after) != len(before):
        verb = "drops items of" if len(after) < len(before) else "adds items to"
        return f"{verb} {where}: {len(before):,} → {len(after):,}"
    if sorted(map(_shown, before)) == sorted(map(_shown, after)):
        return f"re-orders {where}"
    return f"alters items of {where}"
