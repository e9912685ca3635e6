"""How much two objects, two values or two names have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import escape_token, tokens
from contract_kit.model import NOTHING
from contract_kit.oracle._bound import MISSING, align, items_of
from contract_kit.oracle._equal import explain, normal, same
from contract_kit.oracle._plain import leaf_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_kit.oracle._bound import Path
    from contract_kit.oracle._places import Places
    from contract_kit.oracle._plain import Plain

__all__ = ["SHORT", "as_dict", "has_scalars", "joined_alike", "likeness", "tells", "verdict_of"]

SHORT = 4
"""Letters below which equal texts prove nothing."""


def verdict_of(sent: Any, came: Plain, *, time: bool, enum: bool) -> str:
    equal = same(sent, came, time=time or leaf_kind(came) is not None)
    if equal is not False:
        return "equal" if equal else "unclear"
    if isinstance(sent, (dict, list)) and not isinstance(came, str):
        return "strange"
    reason = explain(sent, came)
    if reason is None or reason[0] in {"instant", "number", "empty", "null"}:
        return "strange"
    return "strange" if enum and reason[0] not in {"case", "space"} else "changed"


def has_scalars(came: Plain) -> bool:
    """Whether a dict holds anything at all that could be compared."""
    return any(not isinstance(item, (dict, list)) and item is not None for item in came.values())


def likeness(came: dict[str, Plain], sent: dict[str, Any], source: str, places: Places) -> float:
    """How much of ``came`` has a counterpart of the same name, and of the same value, in ``sent``.

    A telling value that is equal counts 3, one that many objects share 0.5, a stranger of the same name -1.
    """
    if sent and came == sent:
        return 3.0 * len(sent) + 1
    names = {normal(name): (name, value) for name, value in sent.items()}
    score = 0.0
    for key, item in came.items():
        name, other = (key, sent[key]) if key in sent else names.get(normal(key), (key, MISSING))
        if other is MISSING or other is None or item is None:
            continue
        here = f"{source}/{escape_token(name)}"
        if isinstance(other, dict):
            score += likeness(item, other, here, places) / 2 if type(item) is dict else 0
        elif isinstance(other, list):
            items = items_of(item)
            score += 3 if items and any(at is not None for at in align(items[:8], other[:8])) else 0
        else:
            score += _likeness_of_values(other, item, here, places)
    return score


def _likeness_of_values(sent: Any, came: Plain, source: str, places: Places) -> float:
    enum = places.is_enum(source)
    verdict = verdict_of(sent, came, time=True, enum=enum)
    if verdict == "equal":
        return 3 if isinstance(sent, str) and len(sent) >= SHORT and not enum else 0.5
    return {"changed": 0.25, "unclear": 0.1}.get(verdict, -1)


def _tail(parts: Sequence[str]) -> list[str]:
    """The joined names of the last part, the last two, … down from the last list."""
    tails: list[str] = []
    joined = ""
    for part in reversed(parts):
        if part == "*":
            break
        joined = normal(part) + joined
        tails.append(joined)
    return tails


def joined_alike(path: Path, source: str) -> int:
    """How well two places' names agree: 0 not, 1 in their last part, 2 in joined names."""
    own = path[:-1] if path and normal(path[-1]) in {"value", "raw", "root"} and len(path) > 1 else path
    mine, theirs = _tail(own), _tail(tokens(source))
    if not mine or not theirs:
        return 0
    if any(name in theirs for name in mine[1:]) or any(name in mine for name in theirs[1:]):
        return 2
    return int(mine[0] == theirs[0])


def as_dict(came: Plain) -> dict[str, Plain] | None:
    """A list of ``[key, value]`` or ``{key, value}`` pairs as a dict."""
    items = items_of(came)
    if not items:
        return None
    pairs: dict[str, Plain] = {}
    for item in items:
        if type(item) is dict and len(item) == 2:
            names = {normal(name): value for name, value in item.items()}
            key, value = names.get("key", names.get("name")), names.get("value", NOTHING)
        elif type(item) is list and len(item) == 2:
            key, value = item
        else:
            return None
        if not isinstance(key, str) or value is NOTHING:
            return None
        pairs[key] = value
    return pairs


def tells(pairs: dict[str, Plain] | None, sent: Any) -> bool:
    """Whether pairs of keys and values are all that an object holds."""
    if not pairs or not isinstance(sent, dict) or pairs.keys() != sent.keys():
        return False
    return all(
        isinstance(value, (dict, list)) or same(value, pairs[key], time=True) is not False
        for key, value in sent.items()
    )
