"""What a case gave, in words: the place, the value, the broken rule.

Read from what a case *is* (its body, its place, its broken rule), not from how a family words itself, so
that every document's findings read alike. The case's own description fills in where nothing better is known.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from contract_kit.jsonio import MISSING, get, join, strict_loads, tokens
from contract_kit.report._escape import visible

if TYPE_CHECKING:
    from contract_kit.model import Case, Constraint

__all__ = ["SHOWN", "TITLE", "place", "rule_words", "shown", "thing", "value_of", "when", "words"]

TITLE = 200
SHOWN = 60
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")
_LEAP = "60"
_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
# What a broken keyword asks for, in words; `{}` is the keyword's value where it is known.
_RULES: dict[str, tuple[str, str]] = {
    "type": ("must be {}", "wrong type"),
    "enum": ("must be one of {}", "not in the enum"),
    "const": ("must be {}", "not the one value"),
    "format": ("no {}", "wrong format"),
    "required": ("is required", "is required"),
    "dependentRequired": ("is required here", "is required here"),
    "additionalProperties": ("no such field", "no such field"),
    "unevaluatedProperties": ("no such field", "no such field"),
    "propertyNames": ("illegal name", "illegal name"),
    "minLength": ("at least {} characters", "too short"),
    "maxLength": ("at most {} characters", "too long"),
    "minimum": ("at least {}", "too small"),
    "maximum": ("at most {}", "too large"),
    "exclusiveMinimum": ("more than {}", "too small"),
    "exclusiveMaximum": ("less than {}", "too large"),
    "multipleOf": ("a multiple of {}", "not a multiple"),
    "pattern": ("must match {}", "does not match the pattern"),
    "minItems": ("at least {} items", "too few items"),
    "maxItems": ("at most {} items", "too many items"),
    "uniqueItems": ("items must differ", "items must differ"),
    "minProperties": ("at least {} fields", "too few fields"),
    "maxProperties": ("at most {} fields", "too many fields"),
}


def place(pointer: str | None) -> str:
    """A pointer as people write places; the whole body for the root.

    >>> place("/customer/integrations/2/status"), place("/customer/metadata/*"), place("")
    ('customer.integrations[2].status', 'customer.metadata[*]', 'the body')
    """
    try:
        parts = tokens(pointer or "")
    except ValueError:
        return visible(pointer or "", SHOWN)
    said = ""
    for part in parts:
        if part == "*" or (part.isascii() and part.isdecimal()):
            said += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z_$][\w$-]*", part, re.ASCII):
            said += f".{part}" if said else part
        else:
            said += f'["{visible(part, SHOWN)}"]'
    return said or "the body"


# --------------------------------------------------------------------------------------- what was given


def value_of(case: Case) -> tuple[Any, Any]:
    """The whole body as a value and what stands at the case's place; ``MISSING`` where there is none."""
    try:
        whole = strict_loads(case.body)
        return whole, get(whole, case.at)
    except (ValueError, RecursionError):
        return MISSING, MISSING


def shown(value: Any) -> str:
    """A JSON value in few words.

    >>> shown("Published"), shown("x" * 300), shown({"a": 1}), shown([])
    ('"Published"', '"xxxxxxxxxxxxxxx…" (300 characters)', 'an object', '[]')
    """
    if isinstance(value, str):
        if len(value) > SHOWN:
            return f'"{visible(value[: SHOWN // 4])}…" ({len(value):,} characters)'
        quoted = value.replace('"', '\\"')
        return f'"{visible(quoted)}"'
    if isinstance(value, dict) and value:
        return "an object"
    if isinstance(value, list) and value:
        if len(value) > 1 or isinstance(value[0], list | dict):
            return f"an array of {len(value):,} item{'s' * (len(value) > 1)}"
        return f"[{shown(value[0])}]"
    if isinstance(value, int) and value.bit_length() > TITLE:
        return f"an integer of {value.bit_length():,} bits"
    return visible(json.dumps(value), SHOWN)


def _date_time(value: str) -> str | None:
    """What is special about a legal date-time."""
    found = _DATE_TIME.fullmatch(value)
    if not found:
        return None
    seconds, fraction, zone = found.groups()
    if seconds == _LEAP:
        return "a leap second"
    if zone not in {"Z", "z"} and zone != "+00:00":
        return f"a date-time with offset {zone}"
    if "t" in value or "z" in value:
        return "a date-time in small letters"
    if fraction:
        return f"a date-time with {len(fraction)} fraction digit{'s' * (len(fraction) > 1)}"
    return None


def thing(case: Case) -> str:
    """The body of a case as an object of "accepts" and "refuses"."""
    if case.kind == "malformed":
        return f"{_malformed(case)}: {words(case)}"
    if case.kind == "equivalent":
        return f"the same JSON spelled otherwise: {words(case)}"
    if case.kind == "foreign":
        return words(case)
    if case.kind == "delivery":
        return f"a delivery: {words(case)}"
    whole, value = value_of(case)
    if whole is MISSING or (not case.at and isinstance(value, dict)):
        return f"a body: {words(case)}" if case.description and case.family != "base" else "a sound body"
    if case.family == "base":
        return words(case)
    gone = _missing(case)
    if gone is not None:
        return f"a body without {place(gone)}"
    where = place(case.at)
    special = _date_time(value) if isinstance(value, str) and case.kind == "valid" else None
    if special:
        return f"{special} at {where}"
    return f"{where} {shown(value)}"


def _malformed(case: Case) -> str:
    if case.expect != "reject":
        return "an unusual body"
    try:
        case.body.decode("utf-8")
    except UnicodeDecodeError:
        return "a body that is no UTF-8"
    return "a body that is no JSON"


def _missing(case: Case) -> str | None:
    """The pointer of what a case leaves out; a broken ``required`` is told of the object that lacks it."""
    _, value = value_of(case)
    if value is MISSING:
        return case.at
    name, absent, _ = case.variant.partition("-absent")
    if case.kind == "invalid" and _leaves_out(case) and absent and isinstance(value, dict):
        return join(case.at, name)
    return None


_CHOICES = frozenset({"anyOf", "oneOf"})


def _leaves_out(case: Case) -> bool:
    """Whether a required property is left out, of the body or of the branch that was meant."""
    return (case.family if case.keyword in _CHOICES else case.keyword) in _LEAVES_OUT


_LEAVES_OUT = frozenset({"required", "dependentRequired"})


def when(case: Case) -> str:
    """The body of a case as a circumstance: "when customer.email is absent"."""
    if case.kind == "malformed":
        return f"on {_malformed(case)}: {words(case)}"
    if case.kind in {"equivalent", "foreign", "delivery"}:
        return f"on {thing(case)}"
    whole, value = value_of(case)
    if whole is MISSING or (not case.at and isinstance(value, dict)):
        return (
            f"on a body: {words(case)}" if case.description and case.family != "base" else "on a sound body"
        )
    if case.family == "base":
        return f"on {words(case)}"
    gone = _missing(case)
    if gone is not None:
        return f"when {place(gone)} is absent"
    special = _date_time(value) if isinstance(value, str) and case.kind == "valid" else None
    return f"when {place(case.at)} is {special or shown(value)}"


def words(case: Case) -> str:
    return visible(case.description or case.variant or case.family or case.id, TITLE // 2)


def rule_words(case: Case, rule: Constraint | None) -> str:
    """The broken rule in brackets: "(must be one of published, deleted)"."""
    if case.keyword is None:
        return ""
    if case.keyword in _CHOICES:
        if _leaves_out(case):
            return " (is required)"
        # The sentence is of the branch that was meant: a place of its own, a rule of its own.
        meant = re.fullmatch(r"(?:\S+|the body) (must .+)", case.because)
        if meant:
            return f" ({visible(meant.group(1), TITLE // 2)})"
    known, unknown = _RULES.get(case.keyword, (f"breaks {case.keyword}", f"breaks {case.keyword}"))
    if rule is None or rule.keyword != case.keyword:
        said = re.fullmatch(r"(?:\S+|the body) (must .+)", case.because)
        return f" ({visible(said.group(1), TITLE // 2) if said else unknown})"
    return f" ({known.format(_rule_value(rule))})"


def _rule_value(rule: Constraint) -> str:
    if rule.keyword == "type":
        names = rule.value if isinstance(rule.value, list | tuple) else [rule.value]
        return " or ".join(_TYPES.get(str(name), str(name)) for name in names)
    if rule.keyword == "enum":
        members = [m if isinstance(m, str) and m and visible(m) == m else json.dumps(m) for m in rule.value]
        some = ", ".join(members[:6])
        return some + (f", … {len(members)} in all" if len(members) > len(members[:6]) else "")
    if isinstance(rule.value, str):
        return visible(rule.value, SHOWN)
    return visible(json.dumps(rule.value, default=str), SHOWN)
