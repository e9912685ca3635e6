"""Secrets leave no trace: one redactor goes over a whole result before anything is rendered."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.model import Case, Finding, Headers, Reply, RunResult, Step

__all__ = ["DEEPEST", "REDACTED", "Redactor", "is_sensitive_header"]

REDACTED = "[redacted]"
DEEPEST = 100
_LEAST = 4
"""Variants of fewer characters would turn up by chance everywhere."""

_SENSITIVE = re.compile(
    r"authori[sz]ation|cookie|signature|secret|token|passw|\bpass\b|\bauth\b|credential|session|jwt|bearer"
    r"|(?<!idempotency[-_])(?<!sort[-_])key\b",
    re.IGNORECASE,
)
# What the signing schemes look like wherever they stand: `v1,<base64>`, `v1a,<base64>`, `whsec_<base64>`.
_SIGNED = re.compile(r"\b(v\d+[a-z]?,)[A-Za-z0-9+/_-]{20,}={0,2}")
_WHSEC = re.compile(r"\b(whs(?:ec|k)_)[A-Za-z0-9+/_-]{8,}={0,2}")
_USERINFO = re.compile(r"(?<=://)([^/\s:@?#]*):[^/\s@?#]+@")
_QUERY = re.compile(
    r"([?&;](?:[^=&;\s?#]*(?:token|secret|signature|passw|credential|jwt|[-_]key)[^=&;\s?#]*|key|sig|auth|pass|code)=)"
    r"[^&;\s#'\"<>]+",
    re.IGNORECASE,
)
"""What carries a credential in a URL's query."""
_LONG = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


def is_sensitive_header(name: str) -> bool:
    """Whether the value of header ``name`` may be a credential or a signature.

    >>> [is_sensitive_header(name) for name in ("Svix-Signature", "X-Access-Key", "svix-id", "Idempotency-Key")]
    [True, True, False, False]
    """
    return _SENSITIVE.search(name) is not None


def _spellings(data: bytes) -> Iterator[str]:
    """How ``data`` may stand in text: as it is, encoded, escaped."""
    for encoded in (base64.b64encode(data), base64.urlsafe_b64encode(data)):
        yield encoded.decode()
        yield encoded.decode().rstrip("=")
    yield data.hex()
    yield data.hex().upper()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield repr(data)[2:-1]
        return
    yield text
    for quoted in (quote(text, safe=""), quote_plus(text), quote(text)):
        yield quoted
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found.group().lower(), quoted)
    plain, ascii_only = json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]
    for escaped in (plain, ascii_only):
        yield escaped
        yield escaped.replace("/", "\\/")
        yield re.sub(r"[&<>+=/']", lambda found: f"\\u{ord(found.group()):04x}", escaped)
        yield re.sub(r"[&<>]", lambda found: f"\\u{ord(found.group()):04x}", escaped)
    yield repr(text)[1:-1]


def _decoded(text: str) -> bytes | None:
    """The key that ``text`` stands for, where it is base64."""
    padded = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
    try:
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _variants(secret: str) -> Iterator[bytes]:
    bare = re.sub(r"^whs(?:ec|k)_", "", secret)
    cores = [secret.encode("utf-8", "surrogatepass"), bare.encode("utf-8", "surrogatepass")]
    key = _decoded(bare)
    if key:
        cores.append(key)
        yield key
    for core in cores:
        for spelling in _spellings(core):
            yield spelling.encode("utf-8", "surrogatepass")


class Redactor:
    """Replaces secrets and signatures by ``[redacted]``, however they are spelled.

    ``secrets`` are signing secrets and other values that must not show: given ``whsec_…``, the part after
    the prefix, the key it stands for, and their base64, hexadecimal, URL and JSON spellings go as well.

    >>> Redactor(["whsec_c2VjcmV0a2V5"]).text("key=secretkey, c2VjcmV0a2V5")
    'key=[redacted], [redacted]'
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        found = {variant for secret in secrets for variant in _variants(secret) if len(variant) >= _LEAST}
        ordered = sorted(found, key=lambda variant: (-len(variant), variant))
        self._bytes = re.compile(b"|".join(map(re.escape, ordered))) if ordered else None
        texts = [variant.decode("utf-8", "surrogateescape") for variant in ordered]
        # A key that is no UTF-8 may also have been read as Latin-1 on its way.
        texts += [variant.decode("latin-1") for variant in ordered if not variant.isascii()]
        self._text = re.compile("|".join(map(re.escape, texts))) if texts else None

    def __repr__(self) -> str:
        return "Redactor(…)"

    def body(self, body: bytes) -> bytes:
        """``body`` without the secrets; nothing else is touched, for a case must stay what it is."""
        return self._bytes.sub(REDACTED.encode(), body) if self._bytes else body

    def plain(self, text: str) -> str:
        """``text`` without the secrets; nothing else is touched."""
        return self._text.sub(REDACTED, text) if self._text else text

    def text(self, text: str) -> str:
        """``text`` without the secrets, and without anything that looks like a signature or a password."""
        text = self.plain(text)
        text = _SIGNED.sub(rf"\1{REDACTED}", text)
        text = _WHSEC.sub(rf"\1{REDACTED}", text)
        text = _QUERY.sub(rf"\1{REDACTED}", text)
        return _USERINFO.sub(rf"\1:{REDACTED}@", text)

    def header(self, name: str, value: str) -> str:
        """The value of one header: credentials go whole, of signatures the form stays (``v1,[redacted]``)."""
        if not is_sensitive_header(name):
            return self.text(value)
        if "signature" in name.lower():
            return _LONG.sub(REDACTED, self.text(value))
        return REDACTED if value else value

    def covered(self, headers: Headers) -> Headers:
        """Headers for people to paste: of credentials and of signatures nothing stays."""
        return tuple(
            (name, REDACTED if is_sensitive_header(name) and value else self.text(value))
            for name, value in headers
        )

    def headers(self, headers: Headers) -> Headers:
        """All of a message's headers."""
        return tuple((name, self.header(name, value)) for name, value in headers)

    def tree(self, value: Any, depth: int = 0) -> Any:
        """A plain tree (dicts, lists, tuples, text, bytes) without the secrets, keys included.

        Below ``DEEPEST`` levels there is only "…": reports are read by tools with limits of their own.
        """
        if depth > DEEPEST:
            return "…"
        if isinstance(value, str):
            return self.plain(value)
        if isinstance(value, bytes):
            return self.body(value)
        if isinstance(value, dict):
            return {self.tree(key): self.tree(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            items = [self.tree(item, depth + 1) for item in value]
            return items if isinstance(value, list) else tuple(items)
        return value

    def _record(self, record: Any, **special: Any) -> Any:
        """A frozen record with every text field redacted; ``special`` fields are given."""
        changes = dict(special)
        for field in dataclasses.fields(record):
            old = getattr(record, field.name)
            if field.name not in special and isinstance(old, str):
                changes[field.name] = self.text(old)
        return dataclasses.replace(record, **changes)

    def case(self, case: Case) -> Case:
        """A case without the secrets, in its body, headers, words and steps."""

        def step(one: Step) -> Step:
            return dataclasses.replace(one, body=self.body(one.body), headers=self.headers(one.headers))

        done: Case = self._record(
            case,
            id=self.plain(case.id),
            body=self.body(case.body),
            headers=self.headers(case.headers),
            steps=tuple(step(one) for one in case.steps),
        )
        return done

    def _reply(self, reply: Reply) -> Reply:
        answer = self.text(self.body(reply.body).decode("utf-8", "surrogateescape"))
        done: Reply = self._record(
            reply,
            value=self.tree(reply.value),
            headers=self.headers(reply.headers),
            body=answer.encode("utf-8", "surrogateescape"),
        )
        return done

    def _finding(self, finding: Finding) -> Finding:
        done: Finding = self._record(
            finding,
            id=self.plain(finding.id),
            locations=tuple(map(self.plain, finding.locations)),
            case=self.case(finding.case),
            reply=self._reply(finding.reply),
            reproduce={name: self.plain(line) for name, line in finding.reproduce.items()},
            case_ids=tuple(map(self.plain, finding.case_ids)),
        )
        return done

    def result(self, result: RunResult) -> RunResult:
        """A whole run without the secrets: what every renderer works from."""
        done: RunResult = self._record(
            result,
            findings=tuple(map(self._finding, result.findings)),
            notes=tuple(map(self.text, result.notes)),
        )
        return done
