"""Documents that are at odds with themselves: what a charitable reader would take.

``nullable: true`` beside an ``enum`` without ``null`` allows no null by the letter of OpenAPI 3.0.3, and its
publisher meant that it does; the same goes for Swagger's ``x-nullable``. A property that is ``required`` and
``writeOnly`` must be there for whoever reads ``required`` alone, and is never sent by the letter of OpenAPI: bodies
have it, and one without it is no fault. Readers differ, so nothing is demanded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._rules import AT_ODDS, UNSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["charitable"]

_VALUES = frozenset(["enum", "const", "default", "examples", "discriminator"])


def charitable(schema: Any) -> Any:
    """``schema`` with what it is at odds about let in; the very same object where there is nothing."""
    if isinstance(schema, list):
        made = [charitable(item) for item in schema]
        return schema if all(new is old for new, old in zip(made, schema, strict=True)) else made
    if not isinstance(schema, dict):
        return schema
    found = {name: value if name in _VALUES else charitable(value) for name, value in schema.items()}
    unsent = found.pop(UNSENT, ())
    if unsent:
        found["required"] = [name for name in found["required"] if name not in unsent]
    if found.pop(AT_ODDS, None) is True:
        return _with_null(found)
    return schema if all(found.get(name) is value for name, value in schema.items()) else found


def _with_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    body = {name: value for name, value in schema.items() if name != "$defs"}
    return {"anyOf": [body, {"type": "null"}], **definitions}
