"""A body that another engine made → a case of ours: what it is, and what must come of it.

Another engine knows its own schema and not our policies. So nothing that it says of a body is believed: the body
is read again, and the one rule of expectation decides. Where sound receivers differ (other methods and content
types, formats at their edges, bytes at the edge of JSON) only a crash is a fault.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from contract_kit.cases import READERS_DISAGREE, Draft, Maker, case_id, change, expectation_of, pattern_in
from contract_kit.jsonio import MISSING, get, join, remove, replace, strict_loads, tokens, walk
from contract_kit.model import ENDPOINTS, JSON_HEADERS, Case, Expect, Headers, Kind
from contract_kit.values import bases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Policy, TargetKind, Terms, Violation

__all__ = ["Labels"]

_MOST_SINGLES = 60
_MOST_WORDS = 3
_DOUBLE = 2**1024
_JSON = re.compile(r"application/json(;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_DATE = r"(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_HOST = r"([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.){1,4}[a-z]{2,10}"
_PLAIN = {
    "date-time": re.compile(f"{_DATE}T{_TIME}"),
    "date": re.compile(_DATE),
    "time": re.compile(_TIME),
    "email": re.compile(f"[a-z0-9]+([._+-][a-z0-9]+)*@{_HOST}", re.IGNORECASE),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    "uri": re.compile(rf"https?://{_HOST}(:[1-9]\d{{1,3}})?(/[a-z0-9._~-]*)*", re.IGNORECASE),
    "hostname": re.compile(_HOST),
}
"""Texts of a format that no sound reader refuses."""
_CLEAR = {
    "date-time": re.compile(r"\D*|\d{0,3}\D.*|.{0,9}", re.DOTALL),
    "date": re.compile(r"\D*|.{0,7}", re.DOTALL),
    "time": re.compile(r"\D*", re.DOTALL),
    "email": re.compile(r"[^@]*", re.DOTALL),
    "uuid": re.compile(r"[^0-9a-fA-F]*|.{0,31}|.{50,}", re.DOTALL),
}
"""Texts that no sound reader takes for one of the format."""


class Labels:
    """Labels bodies for one contract, one policy and one kind of target.

    ``engine`` is its name as it stands in ids: ``valid:::schemathesis-0f3a…``. The same bytes get the
    same id in every run.
    """

    def __init__(self, terms: Terms, policy: Policy, target: TargetKind, engine: str) -> None:
        self.terms, self.policy, self.target, self.engine = terms, policy, target, engine
        self._maker = Maker(terms, policy, target)
        self._base = next(iter(bases(terms)))
        self._formats = {r.pointer: str(r.value) for r in terms.constraints if r.keyword == "format"}

    def case(
        self, body: bytes, *, method: str = "POST", content_type: str | None = "application/json"
    ) -> Case:
        """The case that a request is."""
        headers: Headers = () if content_type is None else (("content-type", content_type),)
        variant = self._variant(method.encode(), repr(content_type).encode(), body)
        if method != "POST" or content_type is None or not _JSON.fullmatch(content_type):
            return self._probe(body, method, headers, variant)
        try:
            value = strict_loads(body)
        except RecursionError:
            return self._whole(
                "malformed", body, variant, "either", "how deep a reader goes is its own choice"
            )
        except ValueError as problem:
            return self._whole("malformed", body, variant, "reject", f"it is no JSON: {problem}")
        return self._said(value, body, headers, variant)

    def singles(self, case: Case) -> Iterator[Case]:
        """Sound bodies with one difference each, all of them differences of a case that has many."""
        try:
            value = strict_loads(case.body)
        except (ValueError, RecursionError):
            return
        if case.kind not in ("valid", "invalid") or case.method != "POST":
            return
        if case.kind == "invalid":
            told = expectation_of(self.terms, self.policy, value)
            found = (self._broken(value, one) for one in told.violations[:_MOST_SINGLES])
        else:
            places = list(_differing(self._base.value, value, ""))[:_MOST_SINGLES]
            found = (self._edge(value, at) for at in places)
        yield from {one.id: one for one in found if one is not None}.values()

    # -- what a body is -----------------------------------------------------------------------

    def _said(self, value: Any, body: bytes, headers: Headers, variant: str) -> Case:
        told = expectation_of(self.terms, self.policy, value, sendable=_in_doubles(value))
        if not told.violations:
            return self._sound(value, body, variant, told.expect)
        first = told.violations[0]
        doubtful = all(self._is_disputed(value, one) or self._is_free(value, one) for one in told.violations)
        others = len({one.pointer for one in told.violations}) - 1
        words = f"{first.pointer or 'the whole body'}: {first.message}" + (
            f", and {others} more place{'s' * (others > 1)} that the document does not allow"
            if others
            else ""
        )
        return Case(
            id=case_id("invalid", first.pointer, first.keyword, variant),
            event=self.terms.event,
            kind="invalid",
            expect="either" if doubtful else told.expect,
            body=body,
            description=f"a body that {self.engine} made: {words}",
            because="sound receivers may take it" if doubtful else words,
            pointer=pattern_in(self.terms, first.pointer),
            keyword=first.keyword,
            at=first.pointer,
            family="random",
            variant=variant,
            changed=words,
            headers=headers,
            terms=self.terms,
        )

    def _sound(self, value: Any, body: bytes, variant: str, expect: Expect) -> Case:
        kind: Kind = "valid"
        because = "the document allows it" if expect == "accept" else "this provider cannot send it"
        others = [at for at, name in self.terms.pins.items() if get(value, at) not in (MISSING, name)]
        if others:
            kind, because = "foreign", "receivers answer 2xx to events that they do not handle"
            own = value
            for at in others:
                own = replace(own, at, self.terms.pins[at])
            expect = expectation_of(self.terms, self.policy, own).expect
            if self.policy != "schema" and self.target not in ENDPOINTS:
                expect = "either"
        if expect == "accept" and not self._is_plain(value):
            expect, because = "either", READERS_DISAGREE
        return self._whole(kind, body, variant, expect, because, changed=self._words(value))

    def _words(self, value: Any) -> str:
        """The differences from our base in words, the first few of many."""
        base = self._base.value
        places = list(_differing(base, value, ""))
        words = [change(base, at, get(value, at)) for at in places[:_MOST_WORDS]]
        if len(places) > _MOST_WORDS:
            words.append(f"and {len(places) - _MOST_WORDS} more")
        return "; ".join(words) or "nothing: a sound body"

    def _whole(
        self,
        kind: Kind,
        body: bytes,
        variant: str,
        expect: Expect,
        because: str,
        *,
        at: str = "",
        changed: str = "",
        **more: Any,
    ) -> Case:
        description = {"malformed": "bytes that are no JSON", "foreign": "another event"}.get(
            kind, f"a {kind} body"
        )
        return Case(
            id=case_id(kind, "", "", variant),
            event=self.terms.event,
            kind=kind,
            expect=expect,
            body=body,
            description=f"{description}, made by {self.engine}",
            because=because,
            at=at,
            family=more.pop("family", "random"),
            variant=variant,
            changed=changed or description,
            terms=self.terms,
            **more,
        )

    def _probe(self, body: bytes, method: str, headers: Headers, variant: str) -> Case:
        family = "method" if method != "POST" else "content-type"
        shown = method if method != "POST" else (headers[0][1] if headers else "no content type")
        strict = self.policy == "schema" and method in _OTHER_METHODS
        return self._whole(
            "delivery",
            body,
            f"{family}-{variant}",
            "reject" if strict else "either",
            "the document has POST alone" if strict else "sound receivers differ about it",
            changed=f"{family}: {shown}",
            method=method,
            headers=headers,
            family=family,
        )

    def _variant(self, *parts: bytes) -> str:
        return f"{self.engine}-{sha256(b'|'.join(parts)).hexdigest()[:12]}"

    # -- formats ------------------------------------------------------------------------------

    def _is_plain(self, value: Any) -> bool:
        """Whether every text that has a format is one about which no sound readers disagree."""
        if not self._formats:
            return True
        for at, item in walk(value):
            if isinstance(item, str):
                named = self._formats.get(pattern_in(self.terms, at))
                if named is not None and not (named in _PLAIN and _PLAIN[named].fullmatch(item)):
                    return False
        return True

    def _is_disputed(self, value: Any, violation: Violation) -> bool:
        """Whether a sound reader may take what breaks a format: a leap second, a blank for ``T``."""
        if violation.keyword != "format":
            return False
        text = get(value, violation.pointer)
        named = self._formats.get(pattern_in(self.terms, violation.pointer), "")
        return not (isinstance(text, str) and named in _CLEAR and _CLEAR[named].fullmatch(text))

    def _is_free(self, value: Any, violation: Violation) -> bool:
        """Whether the policy leaves what is broken here to the receiver, in a body that is sound otherwise.

        The provider sends it, say, against its own document; that it would not send the rest of this body
        does not change what a receiver makes of it.
        """
        alone = self._broken(value, violation)
        return alone is not None and alone.expect == "either"

    # -- one difference -----------------------------------------------------------------------

    def _broken(self, value: Any, violation: Violation) -> Case | None:
        """A sound body that breaks one rule just as ``value`` does."""
        at = self._in_base(violation.pointer)
        new = get(value, violation.pointer)
        if at is None or not at:
            return None
        return self._made("invalid", at, new, violation.keyword, disputed=self._is_disputed(value, violation))

    def _edge(self, value: Any, pointer: str) -> Case | None:
        """A sound body with the one valid oddity that ``value`` has at ``pointer``."""
        at = self._in_base(pointer)
        return None if not at else self._made("valid", at, get(value, pointer), "", disputed=False)

    def _made(self, kind: Kind, at: str, new: Any, keyword: str, *, disputed: bool) -> Case | None:
        base = self._base.value
        if new is MISSING and get(base, at) is MISSING:
            return None
        edited = remove(base, at) if new is MISSING else replace(base, at, new)
        nodes = {site.at: site.node for site in self._base.sites}
        node = nodes.get(at)
        said = change(base, at, new)
        disputed = disputed or (kind == "valid" and not self._is_plain(edited))
        draft = Draft(
            kind=kind,
            family=keyword or _family(new, node.format if node is not None else None),
            variant=self._variant(said.encode()),
            description=f"{said} (as {self.engine} had it)",
            at=at,
            keyword=keyword,
            value=edited,
            changed=said,
            expect="either" if disputed else None,
            because=READERS_DISAGREE if disputed else "",
            sendable=_in_doubles(new),
            headers=JSON_HEADERS,
            nodes=nodes,
        )
        return self._maker.finish(draft, again=True)

    def _in_base(self, pointer: str) -> str | None:
        """The place in our base that ``pointer`` is in another body: the first item stands for all."""
        here, at = self._base.value, ""
        parts = tokens(pointer)
        for number, token in enumerate(parts):
            if isinstance(here, list):
                token = token if token.isdecimal() and int(token) < len(here) else "0"
                if not here:
                    return None
                here = here[int(token)]
            elif isinstance(here, dict):
                if token not in here and number < len(parts) - 1:
                    return None
                here = here.get(token, MISSING)
            else:
                return None
            at = join(at, token)
        return at


_OTHER_METHODS = frozenset({"GET", "PUT", "PATCH", "DELETE"})


def _family(new: Any, named: str | None) -> str:
    """What an oddity is an oddity of, as the catalogue's families have it."""
    if new is MISSING:
        return "absent"
    if isinstance(new, str):
        return "fraction" if named == "date-time" else "text"
    if isinstance(new, dict | list):
        return "size"
    return "number" if isinstance(new, int | float) and not isinstance(new, bool) else "value"


def _in_doubles(value: Any) -> bool:
    """Whether every number of a value can be a double."""
    if value is MISSING:
        return True
    return not any(isinstance(item, int) and abs(item) >= _DOUBLE for _, item in walk(value))


def _differing(one: Any, other: Any, at: str) -> Iterator[str]:
    """The innermost places at which two bodies differ; what is absent on either side counts."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key not in one or key not in other:
                yield join(at, key)
            else:
                yield from _differing(one[key], other[key], join(at, key))
    elif isinstance(one, list) and isinstance(other, list) and one and other:
        yield from _differing(one[0], other[0], join(at, 0))
        if len(one) != len(other):
            yield at
    elif one != other or type(one) is not type(other):
        yield at
