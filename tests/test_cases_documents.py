"""A folder is a test: every event of every document in ``tests/documents`` obeys the laws.

The documents are small and hold, between them, every keyword of JSON Schema that OpenAPI 3.0 and 3.1 allow.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from laws import Report, examine

from contract_kit.cases import body_cases
from contract_kit.model import Terms
from contract_kit.shape import FORMATS
from contract_kit.spec import events, load_document, load_terms

FOLDER = Path(__file__).parent / "documents"
EVENTS = [
    (path.name, event) for path in sorted(FOLDER.glob("*.yaml")) for event in events(load_document(path))
]


@cache
def terms_of(name: str, event: str) -> Terms:
    return load_terms(event, FOLDER / name)


@cache
def report_of(name: str, event: str) -> Report:
    return examine(terms_of(name, event))


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_the_catalogue_obeys_the_laws(name, event):
    """Valid bodies are valid, invalid ones break one rule at the named place, malformed ones are no JSON."""
    assert report_of(name, event).breaches == []


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_every_rule_has_both_signs(name, event):
    assert report_of(name, event).missing(terms_of(name, event)) == []


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_bounds_are_met_and_just_passed(name, event):
    """At each bound of length, size and value a case stands on it, and another one just beyond it."""
    report, lacking = report_of(name, event), []
    steps = {r.pointer: r.value for r in terms_of(name, event).constraints if r.keyword == "multipleOf"}
    for rule in terms_of(name, event).constraints:
        if rule.keyword in _BEYOND:
            met, passed = _BEYOND[rule.keyword](rule.value, steps.get(rule.pointer, 1))
            here = (rule.pointer, rule.keyword)
            if rule.pointer in _NOT_MET:
                met = None
            if met is not None and not any(same(met, v) for v in report.seen.get(rule.pointer, ())):
                lacking.append(f"{here}: {met} is never met")
            if not any(passed(v) for v in report.wrong.get(here, ())):
                lacking.append(f"{here}: {rule.value} is never just passed: {report.wrong.get(here)}")
    assert lacking == []


# Other rules forbid the bound itself, or leave it open: -273.15 is no multiple of 0.01 to doubles.
_NOT_MET = {"/tight", "/wide", "/dozen", "/readings/*/value"}


def same(one: Any, other: Any) -> bool:
    return not isinstance(other, bool) and one == other


def near(bound: float, sign: int, step: float) -> Any:
    """Whether a number lies beyond ``bound`` by little: by one step, or by less."""
    return lambda value: 0 < (value - bound) * sign <= max(step, abs(bound) * 1e-2)


_BEYOND: dict[str, Any] = {
    "minLength": lambda n, _: (n, lambda v: v == n - 1),
    "maxLength": lambda n, _: (n, lambda v: v == n + 1),
    "minItems": lambda n, _: (n, lambda v: v == n - 1),
    "maxItems": lambda n, _: (n, lambda v: v == n + 1),
    "minProperties": lambda n, _: (n, lambda v: v == n - 1),
    "maxProperties": lambda n, _: (n, lambda v: v == n + 1),
    "minimum": lambda n, step: (n, near(n, -1, step)),
    "maximum": lambda n, step: (n, near(n, 1, step)),
    "exclusiveMinimum": lambda n, _: (None, lambda v: v == n),
    "exclusiveMaximum": lambda n, _: (None, lambda v: v == n),
}


def test_the_folder_holds_every_keyword():
    """Lengths, bounds, patterns, sizes, closed and open objects, names, dependents, logic, every format."""
    wanted = {
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
        "items",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "prefixItems",
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "dependentSchemas",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "unevaluatedProperties",
        "unevaluatedItems",
        "nullable",
        "discriminator",
        "$ref",
    }
    found, formats, versions = set(), set(), Counter()
    for path in FOLDER.glob("*.yaml"):
        data = yaml.safe_load(path.read_text())
        versions[str(data["openapi"])[:3]] += 1
        stack = [data]
        while stack:
            item = stack.pop()
            if isinstance(item, dict):
                found |= {key for key in item if isinstance(key, str)}
                if isinstance(item.get("format"), str):
                    formats.add(item["format"])
                stack.extend(item.values())
            elif isinstance(item, list):
                stack.extend(item)
    assert wanted - found == set()
    # These two are too rare, and validators differ too much about them.
    assert set(FORMATS) - formats <= {"idn-hostname", "iri-reference"}
    assert {"byte", "binary", "password", "int32", "int64", "float", "double"} <= formats
    assert set(versions) == {"3.0", "3.1"}


def cases(name: str, event: str, **kinds: Any) -> list[Any]:
    return list(body_cases(terms_of(name, event), **kinds))


def test_every_branch_of_a_choice_has_a_sound_body():
    whole = cases("choices.yaml", "payment.made", kinds=("valid",))
    import json

    methods = {json.loads(c.body)["method"]["kind"] for c in whole if c.family == "base"}
    assert methods == {"card", "bank"}
    amounts = {type(json.loads(c.body).get("amount")).__name__ for c in whole if c.family == "base"}
    assert {"int", "str"} <= amounts
    nested = {type(json.loads(c.body).get("nested")).__name__ for c in whole if c.family == "base"}
    assert nested >= {"int", "bool", "str"}


def test_a_value_that_two_branches_of_one_of_take_is_refused():
    found = [c for c in cases("choices.yaml", "payment.made", kinds=("invalid",)) if "branches-" in c.variant]
    assert {(c.pointer, c.keyword) for c in found} >= {("/either", "oneOf")}


def test_conditions_are_met_both_ways():
    import json

    for event, key, test in (
        ("parcel.sent", "postcode", lambda body: body.get("country") == "US"),
        ("parcel.returned", "size", lambda body: "kind" in body),
    ):
        sound = [json.loads(case.body) for case in cases("conditions.yaml", event, kinds=("valid",))]
        assert {test(body) for body in sound if isinstance(body, dict)} == {True, False}
        gone = [c for c in cases("conditions.yaml", event, kinds=("invalid",)) if c.keyword == "required"]
        assert any(key in c.description for c in gone), event


def test_null_is_tried_wherever_it_is_allowed_and_where_it_is_not():
    import json

    sound = [json.loads(c.body) for c in cases("nullable.yaml", "seat.taken", kinds=("valid",))]
    for name in ("row", "number", "guest", "class", "list", "map", "both"):
        assert any(name in body and body[name] is None for body in sound), name
    broken = cases("nullable.yaml", "seat.taken", kinds=("invalid",))
    assert any(c.at == "/strict" and c.variant == "null" for c in broken)


def test_what_holds_itself_does_so_twice_and_thrice():
    import json

    for event, key in (("tree.grown", "parent"),):
        deepest = 0
        for case in cases("recursion.yaml", event, kinds=("valid",)):
            body, levels = json.loads(case.body), 0
            while isinstance(body, dict) and key in body:
                body, levels = body[key], levels + 1
            deepest = max(deepest, levels)
        assert deepest >= 3


def test_legal_forms_that_validators_dispute_are_left_open():
    found = {c.id: c.expect for c in cases("formats.yaml", "profile.updated")}
    for disputed in (
        "valid:/email::form-quoted",
        "valid:/time::form-leap-second",
        "valid:/date_time::leap-second-real",
        "invalid:/date_time:format:offset-no-colon",
        "valid:/small::number-4294967296",
        "valid:/large::number-18446744073709551616",
    ):
        assert found[disputed] == "either", disputed
    assert found["valid:/uuid::form-upper"] == "accept"
    assert found["invalid:/ipv6:format:two-gaps"] == "reject"


def test_base64_is_never_illegal_where_a_document_asks_for_it():
    import base64
    import json

    for case in cases("formats.yaml", "profile.updated", kinds=("valid",)):
        text = json.loads(case.body).get("byte")
        if text is not None:
            base64.b64decode(text, validate=True)


def test_multiples_on_which_arithmetics_differ_are_left_open():
    """19.99 is a multiple of 0.01 for people and not for doubles: it is asked for, and nothing is demanded."""
    import json
    from fractions import Fraction

    disputed = 0
    for case in cases("numbers.yaml", "meter.read"):
        if case.kind not in ("valid", "invalid"):
            continue
        body = json.loads(case.body)
        cents = body.get("cents") if isinstance(body, dict) else None
        if isinstance(cents, int | float) and not isinstance(cents, bool) and abs(cents) < 1e300:
            exact = Fraction(repr(cents)) % Fraction("0.01") == 0
            if exact != (cents / 0.01).is_integer():
                assert case.expect == "either", case.id
                disputed += 1
    assert disputed
