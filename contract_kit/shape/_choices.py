"""What a schema leaves open: ``anyOf``, ``oneOf``, ``if``, ``dependentSchemas`` and lists of types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._rules import ASSUMED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Choice", "Schema", "choices_of"]

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """An open choice at a node: one of ``branches`` (each a schema) must hold besides the rest."""

    keyword: str
    branches: tuple[Any, ...]
    discriminator: Mapping[str, Any] | None = None


def choices_of(schema: Schema) -> Iterator[Choice]:
    """The choices of one plain schema: each branch says all that holds when it is picked."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            yield Choice(keyword, tuple(schema[keyword]), schema.get("discriminator"))
    if "if" in schema and ("then" in schema or "else" in schema):
        test = schema["if"]
        yield Choice(
            "if",
            (
                {"allOf": [_assumed(test), schema.get("then", True)]},
                {"allOf": [_assumed({"not": test}), schema.get("else", True)]},
            ),
        )
    for trigger, more in schema.get("dependentSchemas", {}).items():
        test = {"required": [trigger]}
        yield Choice("dependentSchemas", ({"allOf": [_assumed(test), more]}, _assumed({"not": test})))
    named = schema.get("type")
    if isinstance(named, list) and len([name for name in named if name != "null"]) > 1:
        yield Choice("type", tuple({"type": name, ASSUMED: True} for name in named))


def _assumed(schema: Any) -> Any:
    """A copy of a condition whose rules are marked: they hold in the branch, and breaking them is no fault."""
    if not isinstance(schema, dict):
        return schema
    marked: Schema = {}
    for name, value in schema.items():
        if name in ("properties", "patternProperties", "dependentSchemas"):
            marked[name] = {key: _assumed(item) for key, item in value.items()}
        elif name in ("allOf", "anyOf", "oneOf", "prefixItems"):
            marked[name] = [_assumed(item) for item in value]
        elif isinstance(value, dict) and name not in ("const", "dependentRequired", "discriminator"):
            marked[name] = _assumed(value)
        else:
            marked[name] = value
    return {**marked, ASSUMED: True}
