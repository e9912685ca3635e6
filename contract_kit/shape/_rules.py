"""Which keywords are rules of their own, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._choices import Schema

__all__ = ["ASSUMED", "AT_ODDS", "FORMATS", "RULES", "TYPES", "UNSENT", "is_rule", "json_type"]

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")

# Keywords that are a rule of their own; the rest are structure or annotation.
RULES = (
    "type",
    "enum",
    "const",
    "format",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "items",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "required",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "anyOf",
    "oneOf",
    "not",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
)

# Formats that draft 2020-12 defines and validators assert; any other says how a publisher stores a value.
FORMATS = frozenset(
    [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "uuid",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    ]
)
ASSUMED = "x-assumed"
"""Marks a part that holds because a branch was picked: it is no rule that can be broken."""


AT_ODDS = "x-null-at-odds"
"""Marks a schema that says both that it may be null and that it may not: see ``_charity``."""


UNSENT = "x-required-at-odds"
"""Names that an object requires and that are only ever written to the provider: see ``_charity``."""


def json_type(value: Any) -> str:
    """The JSON Schema type of a value: an integral float is an ``integer``, as the drafts say."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def is_rule(name: str, part: Schema) -> bool:
    """Whether a keyword, as it stands in ``part``, forbids anything by itself."""
    value: Any = part[name]
    if name in ("additionalProperties", "items", "then", "else"):
        return value is False
    if name in ("unevaluatedProperties", "unevaluatedItems"):
        return value is not True and value != {}
    if name in ("properties", "patternProperties", "prefixItems"):
        # What stands inside has rules of its own; forbidding it is a rule of this place.
        return False in (value if isinstance(value, list) else value.values())
    if name == "uniqueItems":
        return value is True
    if name == "format":
        return bool(value in FORMATS)
    if name == "contains":
        return bool(part.get("minContains", 1) > 0)
    if name == "dependentSchemas":
        return any(schema is False for schema in value.values())
    if name == "dependentRequired":
        return any(value.values())
    if name in ("minLength", "minItems", "minProperties", "minContains"):
        return bool(value > (name == "minContains"))
    if name == "type":
        names = {value} if isinstance(value, str) else set(value)
        return not {"object", "array", "string", "number", "boolean", "null"} <= names
    if name == "pattern":
        return bool(value != "")
    return name != "required" or bool(value)
