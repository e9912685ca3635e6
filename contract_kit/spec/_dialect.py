"""OpenAPI 3.0 and 3.1 schemas → draft 2020-12, one definition at a time.

Decisions where the specifications and what publishers mean differ:

- ``nullable: true`` lets ``null`` in wherever it stands, also beside ``$ref``, ``allOf``, ``oneOf`` and
  ``anyOf`` and also in 3.1 documents: nobody writes it to mean nothing. Beside ``enum`` it follows the 3.0.3
  clarification: ``null`` must be a member too; where it is none nothing is demanded of consumers (``shape/_charity``).
- Other keywords beside ``$ref`` are ignored in 3.0 (Reference Object) and apply in 3.1.
- ``writeOnly`` properties are left out: the provider sends the payload, and those are only ever sent to it. One that is
  ``required`` stays, for the document is at odds with itself about it: a body without it may be taken or refused.
- ``discriminator`` stays as an annotation of ``oneOf``/``anyOf`` and changes no validity; what is
  generated says the value of its branch all the same (``shape/_choices``).
- ``x-…`` and unknown keywords are annotations, as JSON Schema says; assertions of other drafts are refused.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from contract_kit import jsonio
from contract_kit.errors import RefError, UnsupportedKeyword
from contract_kit.shape import AT_ODDS, UNSENT
from contract_kit.spec._keywords import (
    ANNOTATIONS,
    GONE,
    REFUSED,
    RULES,
    Spot,
    check_pattern,
    holds_ref,
    plainly_anchored,
)
from contract_kit.spec._refs import dynamic_target
from contract_kit.spec._text import fail, kind_of, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract_kit.spec._load import Document
    from contract_kit.spec._refs import Place, Refs

__all__ = ["Definition", "Translator", "definition_name"]

_CLEAN = re.compile(r"[A-Za-z0-9._-]+")
_OLD_DRAFT = re.compile(r"draft-0[3-7]\b")
_BESIDE_REF = frozenset({"description", "title", "nullable"})


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One translated schema: where it stood, and the places that its ``$ref`` keywords name."""

    place: Place
    schema: Any
    refs: dict[str, Place]
    notes: tuple[str, ...] = ()
    """What of it is not looked at, a sentence each."""


def definition_name(place: Place) -> str:
    """The name under ``$defs``: a pure function of the place, so that names never depend on the event.

    A component keeps its name; anything else gets its last token and a short digest of the place.
    """
    path = jsonio.tokens(place.pointer)
    last = path[-1] if path else "root"
    is_component = len(path) == 3 and path[:2] == ["components", "schemas"]
    if is_component and not place.sheet.label and _CLEAN.fullmatch(last):
        return last
    digest = hashlib.sha256(f"{place.sheet.label}#{place.pointer}".encode("utf-8", "replace")).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '_', last)}-{digest}"


class Translator:
    """Translates the schemas of one document, each place once."""

    def __init__(self, document: Document, refs: Refs) -> None:
        self._document = document
        self.refs = refs
        self._done: dict[tuple[int, str], Definition] = {}

    def definition(self, place: Place) -> Definition:
        """The translated schema at ``place``."""
        key = (id(place.sheet), place.pointer)
        if key not in self._done:
            job = _Job(self, place, ref_alone=self._ref_alone(place))
            schema = job.schema(self.refs.value(place), place)
            self._done[key] = Definition(place, schema, job.found, tuple(job.notes))
        return self._done[key]

    @property
    def source(self) -> str:
        """The document's name, for errors."""
        return self._document.source

    def _ref_alone(self, place: Place) -> bool:
        """Whether ``$ref`` makes its neighbours void at ``place`` (3.0, and drafts up to 7 in 3.1)."""
        dialect = self._document.data.get("jsonSchemaDialect", "")
        alone = self._document.minor == 0 or bool(_OLD_DRAFT.search(str(dialect)))
        value, pointer = place.sheet.data, ""
        for token in ["", *jsonio.tokens(place.pointer)]:
            if pointer or token:
                value = value[token] if isinstance(value, dict) else value[int(token)]
                pointer += "/"
            if isinstance(value, dict) and isinstance(value.get("$schema"), str):
                alone = bool(_OLD_DRAFT.search(value["$schema"]))
        return alone

    def chase(self, place: Place, *, ref_alone: bool) -> Place:
        """The end of a chain of schemas that are nothing but a ``$ref``."""
        seen: list[tuple[int, str]] = []
        while True:
            value = self.refs.value(place)
            if not isinstance(value, dict) or "$ref" not in value:
                return place
            if len(value) > 1 and (not ref_alone or value.get("nullable") is True):
                return place
            if (id(place.sheet), place.pointer) in seen:
                raise RefError(quoted(value["$ref"]).strip("'"), str(place), "goes round in a circle")
            seen.append((id(place.sheet), place.pointer))
            place = self.refs.target(value["$ref"], place)


class _Job:
    """The translation of one definition."""

    def __init__(self, translator: Translator, place: Place, *, ref_alone: bool) -> None:
        self._translator = translator
        self._ref_alone = ref_alone
        self.found: dict[str, Place] = {}
        self.notes: list[str] = []
        self._sheet = place.sheet

    def schema(self, value: Any, place: Place) -> Any:
        """The draft 2020-12 schema for what stands at ``place``."""
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            fail(f"{self._translator.source}: {place}", f"must be a schema (an object), not {kind_of(value)}")
        outer = self._ref_alone
        if isinstance(value.get("$schema"), str):
            self._ref_alone = bool(_OLD_DRAFT.search(value["$schema"]))
        if self._ref_alone and "$ref" in value:
            value = {key: item for key, item in value.items() if key == "$ref" or key in _BESIDE_REF}
        result: dict[str, Any] = {}
        for keyword, item in value.items():
            self._keyword(keyword, item, value, place, result)
        self._tidy(value, result)
        self._ref_alone = outer
        if result.get("not") in (True, {}):
            return False
        if value.get("nullable") is True:
            return _with_null(value, result)
        if value.get("x-nullable") is True and "$ref" not in result:
            result[AT_ODDS] = True
        return result

    def _keyword(self, keyword: str, item: Any, value: Any, place: Place, result: dict[str, Any]) -> None:
        rule = RULES.get(keyword)
        if rule is not None:
            result[keyword] = rule(item, self._spot(place, keyword))
        elif keyword in _ACTIONS:
            _ACTIONS[keyword](self, item, value, place, keyword, result)
        elif keyword in ANNOTATIONS:
            if _sound_annotation(keyword, item):
                result[keyword] = item
        elif keyword in REFUSED:
            raise UnsupportedKeyword(keyword, str(place.under(keyword)))
        elif keyword == "example" and "examples" not in value and not holds_ref(item):
            result["examples"] = [item]
        elif keyword not in GONE and not keyword.startswith("x-"):
            self._unknown(keyword, place)

    def _unknown(self, keyword: str, place: Place) -> None:
        """An unknown keyword says nothing, as JSON Schema has it; a misspelt one was meant to say something."""
        near = get_close_matches(keyword, _KNOWN, 1, 0.8)
        meant = f" (is {near[0]!r} meant?)" if near else ""
        self.notes.append(f"{place.under(keyword)}: {keyword!r} is no keyword; it is not looked at{meant}")

    def encoding(self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """``contentEncoding``: an annotation to validators; bodies keep base64, which is OpenAPI 3.0's ``byte``."""
        if item == "base64" and "format" not in value:
            result["format"] = "byte"
        elif isinstance(item, str):
            self.notes.append(f"{place.under(keyword)}: the encoding {quoted(item)} is not looked at")

    def inside(self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """``contentMediaType`` and ``contentSchema``: what stands inside a text has no cases of its own.

        JSON inside a text is sound JSON, as base64 is sound base64: a reader that decodes it is right.
        """
        plain = "contentEncoding" not in value
        if plain and keyword == "contentMediaType" and _JSON_INSIDE.fullmatch(str(item).strip()):
            result.setdefault("format", value.get("format", "json"))
        elif plain:
            self.notes.append(f"{place.under(keyword)}: what stands inside the text is not looked at")

    def _spot(self, place: Place, keyword: str) -> Spot:
        return Spot(self._translator.source, place, keyword)

    # -- keywords that hold schemas -----------------------------------------------------------

    def one(self, item: Any, _: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """A keyword whose value is a schema."""
        result[keyword] = self.schema(item, place.under(keyword))

    def many(self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """A keyword whose value is a list of schemas."""
        if not isinstance(item, list):
            self._spot(place, keyword).wrong(f"must be a list of schemas, not {kind_of(item)}")
        if not item and keyword in {"anyOf", "oneOf"}:
            self._spot(place, keyword).wrong("must hold at least one schema")
        if item:
            branches = [self.schema(part, place.under(keyword, i)) for i, part in enumerate(item)]
            result[keyword] = result.get(keyword, []) + branches
            if keyword in {"anyOf", "oneOf"}:
                self._discriminate(value, branches, place, result)

    def named(self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """A keyword whose value maps names (or patterns) to schemas."""
        if not isinstance(item, dict):
            self._spot(place, keyword).wrong(f"must be an object of schemas, not {kind_of(item)}")
        here = place.under(keyword)
        names = self._pattern_names(item, place) if keyword == "patternProperties" else {}
        if keyword == "properties":
            unsent = {name for name, part in item.items() if self._write_only(part, here.under(name))}
            due = value.get("required")
            asked = {name for name in due if name in unsent} if isinstance(due, list) else set()
            if asked:
                result[UNSENT] = sorted(asked)
            item = {name: part for name, part in item.items() if name not in unsent - asked}
        result[keyword] = {
            names.get(name, name): self.schema(part, here.under(name)) for name, part in item.items()
        }

    def _pattern_names(self, item: Mapping[str, Any], place: Place) -> dict[str, str]:
        """Each name of ``patternProperties`` as ECMA 262 writes it."""
        names = {name: plainly_anchored(name) for name in item}
        spot = self._spot(place, "patternProperties")
        for name in names.values():
            if not check_pattern(name):
                spot.wrong(f"has a name that is no regular expression that can be used: {quoted(name)}")
        if len(set(names.values())) < len(names):
            spot.wrong("says one name in two ways")
        return names

    def items(self, item: Any, value: Any, place: Place, _: str, result: dict[str, Any]) -> None:
        """``items``: a schema, or the list of older drafts, which is ``prefixItems`` today."""
        if not isinstance(item, list):
            result["items"] = self.schema(item, place.under("items"))
            return
        if item:
            result["prefixItems"] = [self.schema(p, place.under("items", i)) for i, p in enumerate(item)]
        if "additionalItems" in value:
            result["items"] = self.schema(value["additionalItems"], place.under("additionalItems"))

    def dependencies(self, item: Any, _: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """``dependencies`` of older drafts: lists of names and schemas mixed."""
        if not isinstance(item, dict):
            self._spot(place, keyword).wrong(f"must be an object, not {kind_of(item)}")
        names = {key: part for key, part in item.items() if isinstance(part, list)}
        schemas = {key: part for key, part in item.items() if not isinstance(part, list)}
        if names:
            rule = RULES["dependentRequired"](names, self._spot(place, keyword))
            result["dependentRequired"] = {**rule, **result.get("dependentRequired", {})}
        if schemas:
            here = place.under(keyword)
            result["dependentSchemas"] = {key: self.schema(p, here.under(key)) for key, p in schemas.items()}

    # -- references ---------------------------------------------------------------------------

    def ref(self, item: Any, _: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """``$ref``, as a reference into ``#/$defs``."""
        translator = self._translator
        target = translator.chase(translator.refs.target(item, place, keyword), ref_alone=self._ref_alone)
        self._refer(target, result)

    def dynamic_ref(self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """``$dynamicRef``: an ordinary reference where only one schema of the file can be meant."""
        target: Place | None = None
        if isinstance(item, str) and re.fullmatch(r"#[A-Za-z_][\w.-]*", item, re.ASCII):
            pointer = dynamic_target(self._sheet, item[1:])
            target = None if pointer is None else type(place)(self._sheet, pointer)
        if target is None:
            try:
                target = self._translator.refs.target(item, place, keyword)
            except RefError:
                raise UnsupportedKeyword(keyword, str(place.under(keyword))) from None
        self._refer(target, result, beside="$ref" in value)

    def recursive_ref(
        self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]
    ) -> None:
        """``$recursiveRef`` of draft 2019-09: its own resource, where nothing redirects it."""
        target = self._translator.refs.target(item, place, keyword)
        found = self._translator.refs.value(target)
        if isinstance(found, dict) and found.get("$recursiveAnchor") is True:
            raise UnsupportedKeyword(keyword, str(place.under(keyword)))
        self._refer(target, result, beside="$ref" in value)

    def _refer(self, target: Place, result: dict[str, Any], *, beside: bool = False) -> None:
        name = definition_name(target)
        self.found[name] = target
        ref = f"#/$defs/{name}"
        if beside:
            result.setdefault("allOf", []).append({"$ref": ref})
        else:
            result["$ref"] = ref

    # -- what needs its neighbours ------------------------------------------------------------

    def exclusive(self, item: Any, value: Any, place: Place, keyword: str, result: dict[str, Any]) -> None:
        """``exclusiveMinimum`` and its twin: a number, or the boolean of 3.0 that sharpens its neighbour."""
        bound = "minimum" if keyword == "exclusiveMinimum" else "maximum"
        if item is True and bound in value:
            result[keyword] = RULES[bound](value[bound], self._spot(place, bound))
        elif not isinstance(item, bool):
            result[keyword] = RULES[bound](item, self._spot(place, keyword))

    def _tidy(self, value: dict[str, Any], result: dict[str, Any]) -> None:
        """Take out what has no effect without, or beside, another keyword."""
        for bound in ("minimum", "maximum"):
            if value.get(f"exclusive{bound.capitalize()}") is True:
                result.pop(bound, None)
        if not result.get("required", True):
            del result["required"]
        if "contains" not in result:
            result.pop("minContains", None)
            result.pop("maxContains", None)
        if "if" not in result:
            result.pop("then", None)
            result.pop("else", None)

    def _write_only(self, part: Any, place: Place) -> bool:
        if isinstance(part, dict) and "$ref" in part and part.get("writeOnly") is not True:
            try:
                _, part = self._translator.refs.follow(place)
            except RefError:
                return False  # its own translation tells where it breaks
        return isinstance(part, dict) and part.get("writeOnly") is True

    def _discriminate(self, value: Any, branches: list[Any], place: Place, result: dict[str, Any]) -> None:
        """Keep ``discriminator`` with its values mapped to the branches that are references."""
        told = value.get("discriminator")
        told = {"propertyName": told} if isinstance(told, str) else told
        if not isinstance(told, dict) or not isinstance(told.get("propertyName"), str):
            return
        known = {part["$ref"] for part in branches if isinstance(part, dict) and "$ref" in part}
        mapping: dict[str, str] = {}
        wanted = told.get("mapping")
        for key, ref in (wanted if isinstance(wanted, dict) else {}).items():
            name = self._mapped(ref, place)
            if name in known:
                mapping[str(key)] = name
        if not mapping:  # the schemas' own names, as the specification says
            mapping = {ref.removeprefix("#/$defs/"): ref for ref in sorted(known)}
        result["discriminator"] = {"propertyName": told["propertyName"], "mapping": mapping}

    def _mapped(self, ref: Any, place: Place) -> str:
        if not isinstance(ref, str):
            return ""
        translator = self._translator
        if "#" not in ref and "/" not in ref:
            ref = "#/components/schemas/" + jsonio.escape_token(ref)
        try:
            target = translator.refs.target(ref, place, "discriminator")
            target = translator.chase(target, ref_alone=self._ref_alone)
        except RefError:
            return ""
        return f"#/$defs/{definition_name(target)}"


_ACTIONS: dict[str, Callable[[_Job, Any, Any, Place, str, dict[str, Any]], None]] = {
    **dict.fromkeys(
        (
            "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
            "unevaluatedItems", "unevaluatedProperties",
        ),
        _Job.one,
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _Job.many),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _Job.named),
    "items": _Job.items,
    "dependencies": _Job.dependencies,
    "$ref": _Job.ref,
    "$dynamicRef": _Job.dynamic_ref,
    "$recursiveRef": _Job.recursive_ref,
    "contentEncoding": _Job.encoding,
    **dict.fromkeys(("contentMediaType", "contentSchema"), _Job.inside),
    "exclusiveMinimum": _Job.exclusive,
    "exclusiveMaximum": _Job.exclusive,
}  # fmt: skip


_JSON_INSIDE = re.compile(r"application/(?:[\w.+-]+\+)?json(?:;.*)?", re.IGNORECASE)
_KNOWN = sorted({*RULES, *_ACTIONS, *ANNOTATIONS})


def _with_null(value: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """``result`` with ``null`` let in, as ``nullable: true`` wants it."""
    composed = any(key in result for key in ("$ref", "allOf", "anyOf", "oneOf"))
    if not composed:
        named = result.get("type")
        if named is not None:
            names = [named] if isinstance(named, str) else list(named)
            result["type"] = names if "null" in names else [*names, "null"]
        if "enum" in value and None not in value["enum"]:
            result[AT_ODDS] = True
        return result
    if "enum" in value and None not in value["enum"]:
        return {**result, AT_ODDS: True}
    notes = {key: result.pop(key) for key in ANNOTATIONS if key in result}
    if set(result) == {"anyOf"}:
        return {"anyOf": [*result["anyOf"], {"type": "null"}], **notes}
    return {"anyOf": [result, {"type": "null"}], **notes}


def _sound_annotation(keyword: str, item: Any) -> bool:
    if keyword in {"title", "description"}:
        return isinstance(item, str)
    if keyword == "deprecated":
        return isinstance(item, bool)
    if keyword == "examples":
        return isinstance(item, list) and not holds_ref(item)
    return not holds_ref(item)
