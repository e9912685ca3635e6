"""The catalogue's laws, judged by validators and readers that had no part in making it.

:func:`examine` goes through a catalogue once and returns every breach as a sentence. ``jsonschema`` judges
bodies (its verdicts on unchanged parts of bodies are remembered), a reader of thirty lines judges bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jsonschema

from contract_kit.cases import body_cases, pattern_in
from contract_kit.model import Case, Terms

HOLDERS = frozenset(
    [
        "additionalProperties",
        "patternProperties",
        "properties",
        "items",
        "prefixItems",
        "unevaluatedProperties",
        "unevaluatedItems",
        "dependentSchemas",
        "then",
        "else",
        "not",
        "propertyNames",
        "contains",
    ]
)
Errors = list[tuple[str, frozenset[str]]]


# -- a strict reader of its own ---------------------------------------------------------------


class NotJson(ValueError):
    """The bytes are no JSON text (RFC 8259)."""


_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_WORD = re.compile("true|false|null")


def is_strict_json(body: bytes) -> bool:
    """Whether ``body`` is a JSON text in UTF-8 by the grammar of RFC 8259 (no value is made)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    try:
        return _SPACE.match(text, _json_value(text, 0)).end() == len(text)  # type: ignore[union-attr]
    except NotJson:
        return False


def _json_value(text: str, start: int) -> int:
    """The end of the JSON value that starts at ``start``; a stack of its own, so that no depth breaks it."""
    stack: list[str] = []
    here = _skip(text, start)
    while True:
        char = text[here : here + 1]
        if char and char in "{[":
            closing = "}" if char == "{" else "]"
            here = _skip(text, here + 1)
            if text[here : here + 1] == closing:
                here += 1
            else:
                stack.append(closing)
                here = _key(text, here) if closing == "}" else here
                continue
        else:
            found = next(
                (m for r in (_TEXT, _NUMBER, _WORD) if (m := r.match(text, here)) and m.end() > here), None
            )
            if found is None:
                raise NotJson
            here = found.end()
        while stack:
            here = _skip(text, here)
            if text[here : here + 1] == stack[-1]:
                stack.pop()
                here += 1
            elif text[here : here + 1] == ",":
                here = _skip(text, here + 1)
                here = _key(text, here) if stack[-1] == "}" else here
                break
            else:
                raise NotJson
        else:
            return here


def _skip(text: str, here: int) -> int:
    return _SPACE.match(text, here).end()  # type: ignore[union-attr]


def _key(text: str, here: int) -> int:
    found = _TEXT.match(text, here)
    if found is None:
        raise NotJson
    here = _skip(text, found.end())
    if text[here : here + 1] != ":":
        raise NotJson
    return _skip(text, here + 1)


def read(body: bytes) -> Any:
    """The value of a JSON body, by Python's reader made strict."""

    def refuse(name: str) -> Any:
        raise NotJson(name)

    return json.loads(body.decode("utf-8"), parse_constant=refuse)


# -- a judge of its own -----------------------------------------------------------------------


def independent(schema: dict[str, Any]) -> Callable[[Any], Errors]:
    """What ``jsonschema`` finds wrong with a value: (pointer, names of the keywords on the way to the rule)."""
    sound: set[tuple[int, str]] = set()

    def remembered(validator: Any, value: Any, rules: Any, path: Any) -> Any:
        key = (id(rules), json.dumps(value))
        if key in sound:
            return
        clean = True
        for error in validator.descend(value, rules, path=path, schema_path=path):
            clean = False
            yield error
        if clean:
            sound.add(key)

    def properties(validator: Any, rules: Any, value: Any, _schema: Any) -> Any:
        if isinstance(value, dict):
            for name, rule in rules.items():
                if name in value:
                    yield from remembered(validator, value[name], rule, name)

    def pattern(_validator: Any, rule: str, value: Any, _schema: Any) -> Any:
        # Python's patterns know no \\p{…}; the documents' texts of that kind are Latin.
        for name, letters in ((r"\p{Lu}", "[A-ZÀ-ÖØ-Þ]"), (r"\p{Ll}", "[a-zß-öø-ÿ]")):
            rule = rule.replace(name, letters)
        if isinstance(value, str) and not re.search(rule, value):
            yield jsonschema.ValidationError("does not match")

    original = jsonschema.Draft202012Validator
    made = jsonschema.validators.extend(original, {"properties": properties, "pattern": pattern})
    judge = made(schema, format_checker=original.FORMAT_CHECKER)

    def errors(value: Any) -> Errors:
        found = []
        for error in judge.iter_errors(value):
            pointer = "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in error.absolute_path)
            names = {error.validator} if error.validator is not None else set()
            steps = [s for s in error.absolute_schema_path if isinstance(s, str)]
            if error.validator is None:
                names.add(next((s for s in reversed(steps) if s in HOLDERS), ""))
            if "propertyNames" in steps:
                names.add("propertyNames")
            found.append((pointer, frozenset(names)))
        return found

    return errors


# -- the laws ---------------------------------------------------------------------------------


@dataclass
class Report:
    """What a catalogue holds and every breach of a law."""

    cases: int = 0
    breaches: list[str] = field(default_factory=list)
    violated: set[tuple[str, str]] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    seen: dict[str, list[Any]] = field(default_factory=dict)
    """Values that stood in valid cases by pattern (scalars, and sizes of what has a size)."""
    wrong: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """Values that broke a rule, by pattern and keyword."""

    def breach(self, case: Case, sentence: str) -> None:
        self.breaches.append(f"{case.id}: {sentence}")

    def missing(self, terms: Terms) -> list[str]:
        """Rules that no case breaks, or that stand at a place which no sound body has."""
        found = []
        for rule in terms.constraints:
            if (rule.pointer, rule.keyword) not in self.violated:
                found.append(f"{rule.pointer or '/'} {rule.keyword} is never broken")
            if rule.pointer not in self.present:
                found.append(f"{rule.pointer or '/'} is never there")
        return found


def examine(terms: Terms, cases: Iterable[Case] | None = None, *, more: Iterable[Any] = ()) -> Report:
    """Hold every case against the laws; ``more`` are further judges (callables: value → bool)."""
    report = Report()
    judge = independent(dict(terms.schema))
    ids: set[str] = set()
    bodies: set[tuple[bytes, Any]] = set()
    for case in body_cases(terms) if cases is None else cases:
        report.cases += 1
        if case.id in ids:
            report.breach(case, "the id was given before")
        if not re.fullmatch(r"[!-~]+", case.id) or "*" in case.id:
            report.breach(case, "the id has a character that a command line or pytest stumbles over")
        ids.add(case.id)
        if (case.body, case.headers) in bodies:
            report.breach(case, "the same bytes and headers were made before")
        bodies.add((case.body, case.headers))
        _judge(terms, case, report, judge, tuple(more))
    return report


def _judge(
    terms: Terms, case: Case, report: Report, judge: Callable[[Any], Errors], more: tuple[Any, ...]
) -> None:
    if case.kind == "malformed":
        if case.expect == "reject" and is_strict_json(case.body):
            report.breach(case, "must be rejected, and is JSON")
        return
    try:
        value = read(case.body)
    except (ValueError, UnicodeDecodeError):
        report.breach(case, "is no JSON")
        return
    if case.kind == "equivalent" and not is_strict_json(case.body):
        report.breach(case, "is no JSON")
    if case.expect == "either" and case.because == "sound readers disagree about it":
        return
    errors = judge(value)
    if case.kind == "equivalent" and (case.plain is None or read(case.plain) != value):
        report.breach(case, "is not the value of its plain spelling")
    if case.kind != "invalid":
        if errors:
            report.breach(case, f"is invalid: {errors[:3]}")
        if not all(is_valid(value) for is_valid in more):
            report.breach(case, "is invalid for another judge")
        if case.kind == "valid" and case.family in ("base", "body", "depth"):
            _keep(terms, report, value)
        elif case.kind == "valid":
            _keep(terms, report, _at(value, case.at), case.at)
        return
    _broken(terms, case, value, report, errors)
    if any(is_valid(value) for is_valid in more):
        report.breach(case, "is valid for another judge")


def _broken(terms: Terms, case: Case, value: Any, report: Report, errors: Errors) -> None:
    errors = causes(errors)
    places = {pointer for pointer, _ in errors}
    if len(places) != 1:
        report.breach(case, f"breaks rules at {sorted(places) or 'no place'}")
        return
    (place,) = places
    if pattern_in(terms, place) != case.pointer:
        report.breach(case, f"is broken at {place}, not at {case.pointer}")
    # With no matching item at all, some name "contains" and some "minContains".
    named = {"contains", "minContains"} if case.keyword in ("contains", "minContains") else {case.keyword}
    if not any(named & names for _, names in errors):
        report.breach(case, f"breaks {[sorted(n) for _, n in errors]}, not {case.keyword}")
    report.violated.add((str(case.pointer), str(case.keyword)))
    report.violated.add((pattern_in(terms, case.at), case.family))
    here = _at(value, case.at)
    report.wrong.setdefault((pattern_in(terms, case.at), case.family), []).append(_measure(here))


def causes(errors: Errors) -> Errors:
    """The errors without those that follow from one below: a schema that fails has looked at nothing, so that
    ``unevaluatedProperties`` above it speaks of the properties that it declares."""
    follows = {"unevaluatedProperties", "unevaluatedItems"}
    below = [pointer for pointer, names in errors if not names & follows]
    return [
        (pointer, names)
        for pointer, names in errors
        if not names & follows or not any(p == pointer or p.startswith(f"{pointer}/") for p in below)
    ]


def _at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(token)] if isinstance(value, list) else value[token]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _measure(value: Any) -> Any:
    return len(value) if isinstance(value, str | list | dict) else value


def _keep(terms: Terms, report: Report, value: Any, pointer: str = "") -> None:
    stack = [(pointer, value)]
    while stack:
        at, item = stack.pop()
        pattern = _pattern(terms, at)
        report.present.add(pattern)
        if isinstance(item, str | list | dict | int | float):
            kept = report.seen.setdefault(pattern, [])
            if len(kept) < 5000:
                kept.append(_measure(item))
        below = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        if len(item) < 60 if isinstance(item, dict | list) else False:
            stack.extend((f"{at}/{str(k).replace('~', '~0').replace('/', '~1')}", v) for k, v in below)


def _pattern(terms: Terms, at: str) -> str:
    return _patterns(id(terms), at, lambda: pattern_in(terms, at))


_cache: dict[tuple[int, str], str] = {}


def _patterns(key: int, at: str, make: Callable[[], str]) -> str:
    if (key, at) not in _cache:
        if len(_cache) > 50_000:
            _cache.clear()
        _cache[key, at] = make()
    return _cache[key, at]


@lru_cache
def other_readers() -> dict[str, Callable[[bytes], Any]]:
    """Strict JSON readers that are installed here, by name."""
    found: dict[str, Callable[[bytes], Any]] = {}
    try:
        import orjson

        found["orjson"] = orjson.loads
    except ImportError:
        pass
    try:
        import msgspec

        found["msgspec"] = msgspec.json.decode
    except ImportError:
        pass
    return found
