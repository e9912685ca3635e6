"""Formats, held against readers in wide use that had no part in making the texts.

A consumer that reads a format with a common library is a correct one. So a text that the catalogue wants
refused must be refused by every reader that knows the format, and one that it wants taken must be taken by all;
what they differ about is left open. ``date-time`` alone goes by the validators: the rules of RFC 3339 are
listed one by one for it, and typed readers of times are known to take more.
"""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import re
import urllib.parse
import uuid
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import jsonschema
import jsonschema_rs
import msgspec
import pydantic
import pytest

from contract_kit.cases import body_cases
from contract_kit.model import Terms
from contract_kit.shape import build_root, locations
from contract_kit.values import DISPUTED, EXAMPLES, FORMS, VIOLATORS, time_edges
from contract_kit.values._formats import padded

Reader = Callable[[str], bool]


def by_jsonschema(form: str) -> Reader:
    judge = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return lambda text: judge.conforms(text, form)


def by_jsonschema_rs(form: str) -> Reader:
    return jsonschema_rs.Draft202012Validator({"format": form}, validate_formats=True).is_valid


def by_pydantic(kind: Any, *, strict: bool) -> Reader:
    adapter = pydantic.TypeAdapter(kind)
    return reader(
        lambda text: adapter.validate_json(json.dumps(text), strict=strict), pydantic.ValidationError
    )


def by_msgspec(kind: Any) -> Reader:
    decoder = msgspec.json.Decoder(kind)
    return reader(lambda text: decoder.decode(json.dumps(text).encode()), msgspec.ValidationError)


def reader(parse: Callable[[str], Any], *errors: type[Exception]) -> Reader:
    def takes(text: str) -> bool:
        try:
            parse(text)
        except (ValueError, OverflowError, re.error, *errors):
            return False
        return True

    return takes


def both(kind: Any) -> dict[str, Reader]:
    return {
        "pydantic, strict": by_pydantic(kind, strict=True),
        "pydantic, lax": by_pydantic(kind, strict=False),
    }


def absolute(text: str) -> None:
    if not urllib.parse.urlsplit(text).scheme:
        raise ValueError(text)


def plain_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


@cache
def readers(form: str) -> dict[str, Reader]:
    """Readers of a format, by name."""
    found: dict[str, Reader] = {}
    if form in jsonschema.Draft202012Validator.FORMAT_CHECKER.checkers:
        found["jsonschema"] = by_jsonschema(form)
    if form not in ("byte", "int32", "int64", "float", "double"):
        found["jsonschema_rs"] = by_jsonschema_rs(form)
    found |= {
        "date": lambda: {
            **both(dt.date),
            "msgspec": by_msgspec(dt.date),
            "fromisoformat": reader(dt.date.fromisoformat),
            "strptime": reader(lambda text: dt.datetime.strptime(text, "%Y-%m-%d")),  # noqa: DTZ007
        },
        "time": lambda: {
            **both(dt.time),
            "msgspec": by_msgspec(Annotated[dt.time, msgspec.Meta(tz=True)]),
            "fromisoformat": reader(dt.time.fromisoformat),
        },
        "duration": lambda: {**both(dt.timedelta), "msgspec": by_msgspec(dt.timedelta)},
        "uri": lambda: {**both(pydantic.AnyUrl), "urllib": reader(absolute)},
        "iri": lambda: both(pydantic.AnyUrl),
        "uuid": lambda: {**both(uuid.UUID), "msgspec": by_msgspec(uuid.UUID), "uuid": reader(uuid.UUID)},
        "ipv4": lambda: {**both(ipaddress.IPv4Address), "ipaddress": reader(ipaddress.IPv4Address)},
        "ipv6": lambda: {**both(ipaddress.IPv6Address), "ipaddress": reader(ipaddress.IPv6Address)},
        "regex": lambda: {"re": reader(re.compile), **both(re.Pattern)},
        "byte": lambda: {"msgspec": by_msgspec(bytes), "base64": reader(plain_base64)},
        "int32": lambda: {"int": reader(int), **both(Annotated[int, pydantic.Strict(False)])},
        "int64": lambda: {"int": reader(int)},
        "double": lambda: {"float": reader(float)},
        "decimal": lambda: both(__import__("decimal").Decimal),
    }.get(form, dict)()  # type: ignore[operator]
    if form == "int32":
        found.pop("pydantic, strict")
    return found


def takers(form: str, text: str, *, taken: bool) -> list[str]:
    return [name for name, takes in readers(form).items() if takes(text) is taken]


@pytest.mark.parametrize("form", sorted(set(VIOLATORS) - {"date-time"}))
def test_what_must_be_refused_is_refused_by_every_reader(form):
    """No violator that is to be refused is taken by a reader in wide use; and some are left of each format."""
    firm = {name: text for name, text in VIOLATORS[form].items() if (form, name) not in DISPUTED}
    soft = {name: who for name, text in firm.items() if (who := takers(form, text, taken=True))}
    assert soft == {}
    assert len(firm) >= 3


@pytest.mark.parametrize("form", sorted(set(FORMS) | set(EXAMPLES)))
def test_what_must_be_taken_is_taken_by_every_reader(form):
    texts = {name: text for name, text in FORMS.get(form, {}).items() if (form, name) not in DISPUTED}
    texts |= {f"example {number}": text for number, text in enumerate(EXAMPLES.get(form, ()))}
    hard = {name: who for name, text in texts.items() if (who := takers(form, text, taken=False))}
    assert hard == {}


def test_times_that_must_be_taken_are_taken_by_typed_readers_too():
    """date-time: the validators, Pydantic and msgspec take all that is not left open."""
    known = {
        "jsonschema": by_jsonschema("date-time"),
        "jsonschema_rs": by_jsonschema_rs("date-time"),
        **both(pydantic.AwareDatetime),
        "msgspec": by_msgspec(Annotated[dt.datetime, msgspec.Meta(tz=True)]),
    }
    hard = {
        (edge.name, who): edge.value
        for edge in time_edges()
        if not edge.disputed
        for who, takes in known.items()
        if not takes(edge.value)
    }
    assert hard == {}


def test_times_that_must_be_refused_are_refused_by_the_validators():
    firm = {n: text for n, text in VIOLATORS["date-time"].items() if ("date-time", n) not in DISPUTED}
    judges = {"jsonschema": by_jsonschema("date-time"), "jsonschema_rs": by_jsonschema_rs("date-time")}
    soft = [(name, who) for name, text in firm.items() for who, takes in judges.items() if takes(text)]
    # Signs for digits and points without a digit: RFC 3339 forbids them, and this validator is lenient there.
    assert [pair for pair in soft if pair[1] != "jsonschema_rs"] == []
    assert len(firm) > 60


def test_disputed_names_are_names_of_forms_or_violators():
    """A name that is spelled wrongly in the table of disputes would leave nothing open."""
    for form, name in DISPUTED:
        assert name in FORMS.get(form, {}) or name in VIOLATORS.get(form, {}), (form, name)


@pytest.mark.parametrize("form", ["email", "hostname", "uri", "json-pointer", "uri-reference"])
def test_padded_texts_are_legal_at_every_length(form):
    made = {size: text for size in range(1, 400) if (text := padded(form, size)) is not None}
    assert len(made) > 200
    for size, text in made.items():
        assert len(text) == size
        assert takers(form, text, taken=False) == []
        if form == "email":
            assert len(text.partition("@")[0]) <= 64


def terms_for(**properties: Any) -> Terms:
    schema = {"type": "object", "properties": properties}
    root = build_root(schema)
    return Terms(
        event="x", schema=schema, root=root, locations=locations(root), pins={}, profile=None, source="x",
        sha256="",
    )  # fmt: skip


@pytest.mark.parametrize("form", ["int64", "decimal", "double"])
def test_numbers_as_text_are_numbers_wherever_they_must_be_taken(form):
    """A string with a numeric format: who reads the number is right, so no other text must be taken."""
    terms = terms_for(value={"type": "string", "format": form, "maxLength": 40})
    taken = set()
    for case in body_cases(terms, kinds=("valid", "equivalent")):
        body = json.loads(case.body)
        if case.expect == "accept" and isinstance(body, dict) and isinstance(body.get("value"), str):
            taken.add(body["value"])
    assert len(taken) >= 4
    assert all(not takers(form, text, taken=False) for text in taken)


def test_what_an_unknown_format_may_mean_is_left_open():
    """No validator knows ``ulid``; a consumer that does is right to refuse what is none."""
    terms = terms_for(value={"type": "string", "format": "ulid", "minLength": 4})
    edges = [c for c in body_cases(terms, kinds=("valid",)) if c.at == "/value" and c.family == "bound"]
    assert edges
    assert {case.expect for case in edges} == {"either"}
