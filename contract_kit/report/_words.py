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

__all__ = [
    "SHOWN",
    "TITLE",
    "clause",
    "place",
    "rule_words",
    "shown",
    "thing",
    "unknown",
    "value_of",
    "when",
    "words",
]

TITLE = 200
SHOWN = 60
SHORT = 40
"""Letters of an object or an array that is shown as it is."""
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")
_LEAP = "60"
_SEVERAL, _CONTEXT, _AS_TEXT = "several", "context", "as-text"
_LENGTH, _UNKNOWN = "length", "unknown"
"""Families of cases whose description is a sentence, of several differences or of one beside a state; a variant."""
_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_ADDS = frozenset({"properties", "patternProperties", "additionalProperties", "unevaluatedProperties"})
# What a broken keyword asks for, in words; `{}` is the keyword's value where it is known.
_RULES: dict[str, tuple[str, str]] = {
    "type": ("must be {}", "wrong type"),
    "enum": ("must be one of {}", "not in the enum"),
    "const": ("must be {}", "not the one value"),
    "format": ("no {}", "wrong format"),
    "required": ("is required", "is required"),
    "dependentRequired": ("is required here", "is required here"),
    **dict.fromkeys(sorted(_ADDS), ("no such field", "no such field")),
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
    **dict.fromkeys(("items", "unevaluatedItems", "prefixItems"), ("no such item", "no such item")),
    "contains": ("lacks an item of the kind that it must hold",) * 2,
    "minContains": ("at least {} items of one kind", "too few items of one kind"),
    "maxContains": ("at most {} items of one kind", "too many items of one kind"),
    "not": ("a value that is ruled out",) * 2,
    "anyOf": ("none of the forms that are allowed",) * 2,
    "oneOf": ("not exactly one of the forms that are allowed",) * 2,
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
    ('"Published"', '"xxxxxxxxxxxxxxx…" (300 characters)', '{"a":1}', '[]')
    """
    if isinstance(value, str):
        if len(value) > SHOWN:
            return f"{_quoted(value[: SHOWN // 4] + '…')} ({len(value):,} characters)"
        return _quoted(value)
    if isinstance(value, dict | list) and value:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        many = f"{len(value):,}"
        if len(text) <= SHORT:
            return visible(text)
        if isinstance(value, dict):
            return f"an object of {many} field{'s' * (len(value) > 1)}"
        return f"an array of {many} item{'s' * (len(value) > 1)}"
    if isinstance(value, int) and value.bit_length() > TITLE:
        return f"an integer of {value.bit_length():,} bits"
    return visible(json.dumps(value), SHOWN)


def _quoted(text: str) -> str:
    """A text as JSON has it, so that a backslash is told from what it escapes."""
    return '"' + visible(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _special(case: Case, value: Any) -> str:
    """What is special about a legal date-time, in brackets."""
    found = _DATE_TIME.fullmatch(value) if isinstance(value, str) and case.kind == "valid" else None
    if not found:
        return ""
    seconds, fraction, zone = found.groups()
    if seconds == _LEAP:
        return " (a leap second)"
    if fraction and zone in {"Z", "z"}:
        return f" ({len(fraction)} fraction digit{'s' * (len(fraction) > 1)})"
    return ""


def clause(at: str, value: Any) -> str:
    """What stands at a place: "customer.email is absent"."""
    return f"{place(at)} is {'absent' if value is MISSING else shown(value)}"


def _beside(case: Case) -> str:
    """The state beside which a rule was broken: " where customer.status is "deleted"", if there was one."""
    _, where, state = case.description.partition(" where ") if case.family == _CONTEXT else ("", "", "")
    return visible(where + state, TITLE // 2)


def _of_container(case: Case, value: Any) -> str | None:
    """What the maker of a case says of an object or an array: "customer.tags has 101 items"."""
    if not isinstance(value, dict | list) or not value or case.kind != "valid" or not case.at:
        return None
    if not case.description.startswith(f"{case.at} has "):
        return None
    return visible(place(case.at) + case.description[len(case.at) :], TITLE // 2)


def _of_size(case: Case, value: Any) -> str | None:
    """A text that is there for its length: "300 characters", its bytes where they are more, and how it begins."""
    if case.family != _LENGTH or not isinstance(value, str) or len(value) <= SHORT:
        return None
    size = len(value.encode("utf-8", "surrogatepass"))
    said = f"{len(value):,} characters" + (f" and {size:,} bytes" if size != len(value) else "")
    return f"{said} ({_quoted(value[: SHOWN // 4] + '…')})"


def unknown(case: Case) -> bool:
    """Whether a case is about a field that the contract does not name."""
    return case.kind == "valid" and case.family == _UNKNOWN and bool(case.at)


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
    if case.family == _SEVERAL:
        return f"a body in which {words(case)}"
    added = _ADDED.match(case.changed) if case.keyword in _ADDS and isinstance(value, dict) else None
    if added:
        return f"{place(added[1])} {shown(get(whole, added[1]))}"
    if whole is MISSING or (not case.at and isinstance(value, dict)):
        return f"a body: {words(case)}" if case.description and case.family != "base" else "a sound body"
    if case.family == "base":
        return words(case)
    gone = _missing(case)
    if gone is not None:
        return f"a body without {place(gone)}"
    told = _of_container(case, value)
    if told:
        return f"a body in which {told}"
    if case.variant == _AS_TEXT and isinstance(value, str) and value[:1] in ("{", "["):
        return f"{place(case.at)} as its own JSON text"
    size = _of_size(case, value)
    if size:
        return f"{place(case.at)} of {size}"
    if unknown(case):
        return f"an unknown field, {place(case.at)} {shown(value)}"
    beside = _beside(case)
    return f"{place(case.at)} {shown(value)}{_special(case, value)}{beside}"


_ADDED = re.compile(r"(/\S+): \(absent\) → ")
"""How it is told that a field was put where there is none."""


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
    if case.family == _SEVERAL:
        return f"when {words(case)}"
    if whole is MISSING or (not case.at and isinstance(value, dict)):
        return (
            f"on a body: {words(case)}" if case.description and case.family != "base" else "on a sound body"
        )
    if case.family == "base":
        return f"on {words(case)}"
    gone = _missing(case)
    if gone is not None:
        return f"when {place(gone)} is absent"
    told, size = _of_container(case, value), _of_size(case, value)
    if unknown(case):
        told = f"an unknown field, {place(case.at)}, is {shown(value)}"
    elif size:
        told = f"{place(case.at)} has {size}"
    said = told or f"{place(case.at)} is {shown(value)}{_special(case, value)}"
    return f"when {said}{_beside(case)}"


_POINTER = re.compile(r"(?<= at )(?:/[^\s/]+)+$")


def words(case: Case) -> str:
    """What the maker of a case says of it, places written as people write them."""
    said = case.description or case.variant or case.family or case.id
    return visible(_POINTER.sub(lambda found: place(found[0]), said), TITLE // 2)


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
    return f" ({known.format(_rule_value(rule))}{_fault(case)})"


def _fault(case: Case) -> str:
    """What is wrong with a text of the right kind: "no date-time: hour 24"."""
    said = re.fullmatch(r".*\(([a-z0-9 ]+)\)", case.description) if case.keyword == "format" else None
    return f": {said[1]}" if said and case.variant not in _PLAIN_TEXT else ""


_PLAIN_TEXT = frozenset({"text", "empty", "null-text"})
"""What is so plainly no date that it need not be said why."""


def _rule_value(rule: Constraint) -> str:
    if rule.keyword == "type":
        names = rule.value if isinstance(rule.value, list | tuple) else [rule.value]
        return " or ".join(_TYPES.get(str(name), str(name)) for name in names)
    if rule.keyword == "enum":
        members = [m if isinstance(m, str) and m and visible(m) == m else json.dumps(m) for m in rule.value]
        few = next((n for n in (6, 3, 2) if sum(map(len, members[:n])) <= SHOWN), 1)
        some = ", ".join(members[:few])
        return some + (f", … {len(members)} in all" if len(members) > few else "")
    if isinstance(rule.value, str):
        return visible(rule.value, SHOWN)
    return visible(json.dumps(rule.value, default=str), SHOWN)
