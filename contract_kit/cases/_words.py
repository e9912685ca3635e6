"""Rules in words: why a body must be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import compact

if TYPE_CHECKING:
    from contract_kit.model import Violation

__all__ = ["a_type", "rule_sentence"]

_A = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_FORMATS = {
    "date-time": "an RFC 3339 date-time",
    "date": "an RFC 3339 date",
    "time": "an RFC 3339 time",
    "email": "an e-mail address",
    "uri": "an absolute URI",
    "uuid": "a UUID",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "hostname": "a host name",
}
_BOUND = {
    "minLength": "at least {} characters long",
    "maxLength": "at most {} characters long",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "of at least {} items",
    "maxItems": "of at most {} items",
    "minProperties": "of at least {} properties",
    "maxProperties": "of at most {} properties",
    "pattern": "matched by {}",
    "const": "{}",
}


_RULED_OUT = {
    "properties": "that field",
    "patternProperties": "a field of that name",
    "prefixItems": "an item there",
    "items": "an item there",
}
"""What the schema ``false`` says of what stands below these."""


def a_type(names: Any) -> str:
    """``"string"`` or a list of types, as words."""
    if isinstance(names, str):
        return _A.get(names, names)
    return " or ".join(_A.get(name, str(name)) for name in names)


def _written(value: Any) -> str:
    """Text as it is, everything else as JSON."""
    return value if isinstance(value, str) else compact(value).decode()


def rule_sentence(rule: Any, broken: Violation) -> str:
    """The rule that is broken, as ``/customer/status must be one of published, deleted, archived``."""
    where = broken.pointer or "the body"
    keyword = broken.keyword
    if keyword in _RULED_OUT and broken.message.startswith("False schema"):
        return f"{where} must not have {_RULED_OUT[keyword]}"
    if rule is None:
        return f"{where}: {broken.message}"
    if keyword == "type":
        return f"{where} must be {a_type(rule)}"
    if keyword == "enum":
        some = ", ".join(_written(member) for member in rule[:6]) + (
            f", … ({len(rule)})" if len(rule) > 6 else ""
        )
        return f"{where} must be one of {some}"
    if keyword == "format":
        return f"{where} must be {_FORMATS.get(rule, f'of format {rule}')}"
    if keyword in _BOUND:
        return f"{where} must be {_BOUND[keyword].format(_written(rule))}"
    if keyword == "required":
        return f"{where} must have {', '.join(map(str, rule))}"
    if keyword == "additionalProperties":
        return f"{where} must have no properties beyond those that are declared"
    if keyword == "uniqueItems":
        return f"{where} must have no item twice"
    return f"{where}: {broken.message}"
