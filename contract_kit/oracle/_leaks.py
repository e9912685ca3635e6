"""What must never stand in a reply: a secret, a signature that was expected, a stack trace."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract_kit.model import Reply

__all__ = ["find_leaks", "has_stack_trace"]

_LIMIT = 262_144
_SHORTEST = 8
_TRACES: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "Python",
        ("Traceback (most", ", line ", "Exception Location:", "werkzeug.debug", "Django Version:"),
        re.compile(
            r"Traceback \(most recent call last\)|File (?:\"|&quot;|&#34;|\\\")[^\"&\n]{1,300}?\.pyx?"
            r"(?:\"|&quot;|&#34;|\\\"), line \d+|Exception Location:|werkzeug\.debug|Django Version:"
        ),
    ),
    (
        "Node.js",
        ("at ", "node_modules/"),
        re.compile(
            r"\bat (?:async )?(?:[\w.$<>\[\] ]{1,120} \()?"
            r"(?:file://|node:|/|[A-Za-z]:\\)[^\s()]{1,300}\.?\w*:\d+:\d+\)?|node_modules/[^\s:]{1,200}:\d+:\d+"
        ),
    ),
    (
        "Java",
        ("at ", 'Exception in thread "'),
        re.compile(
            r"\bat (?:[\w$]+\.){1,12}[\w$<>]+"
            r"\((?:[\w$]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)"
            r"|Exception in thread \""
        ),
    ),
    (
        "PHP",
        (".php", "PHP Stack trace:"),
        re.compile(
            r"(?:Fatal error|Warning|Notice|Parse error|Uncaught [\w\\]+)(?:</b>)?:"
            r".{0,500}? in (?:<b>)?[^\s<]{1,300}\.php"
            r"|#\d+ [^\s]{1,300}\.php\(\d+\)|PHP Stack trace:",
            re.DOTALL,
        ),
    ),
    ("Ruby", (".rb:",), re.compile(r"[\w./-]{1,300}\.rb:\d+:in [`']")),
    (
        "Go",
        ("goroutine ", "panic: runtime error", "runtime/debug.Stack", ".go:"),
        re.compile(
            r"goroutine \d+ \[[\w ,.]{1,60}\]:|panic: runtime error|runtime/debug\.Stack"
            r"|\b[\w./-]{1,200}\.go:\d+ \+0x[0-9a-f]+"
        ),
    ),
    (
        ".NET",
        ("at ", "System."),
        re.compile(
            r"\bat (?:[\w`<>\[\]]+\.){1,12}[\w`<>\[\]|]+\([^)\n]{0,300}\)"
            r"(?: in [^\n:]{0,300}(?::\\?[^\n:]{0,300})?:line \d+"
            r"|\s{1,8}at (?:[\w`<>]+\.){1,12})|System\.\w*(?:\.\w+)*Exception:"
        ),
    ),
    (
        "Rust",
        ("panicked at", "stack backtrace:"),
        re.compile(r"thread '[^'\n]{1,80}' (?:\(\d+\) )?panicked at|stack backtrace:"),
    ),
    (
        "Elixir",
        (") lib/",),
        re.compile(r"\([\w]+ \d+\.\d+(?:\.\d+)?\) lib/[\w./-]{1,200}\.exs?:\d+:"),
    ),
)
"""A runtime, texts of which one stands in each of its traces, and what a trace looks like.

Replies are many and traces few: to look for a text takes a thousandth of the time that the patterns take.
"""


def has_stack_trace(text: str) -> str | None:
    """The runtime whose stack trace or panic stands in ``text``, else ``None``.

    >>> has_stack_trace("Traceback (most recent call last):")
    'Python'
    """
    text = text[:_LIMIT]
    for name, marks, pattern in _TRACES:
        for mark in marks:
            if mark in text:
                if pattern.search(text):
                    return name
                break
    return None


def find_leaks(
    reply: Reply, secrets: Iterable[str] = (), *, signatures: Iterable[str] = (), sent: bytes = b""
) -> str | None:
    """One sentence on what a reply gives away and where, else ``None``; the sentence never repeats it.

    ``secrets`` are searched for as given, without their ``whsec_`` prefix, and as the bytes that they encode;
    ``signatures`` are those that the receiver should have computed and that were not sent to it. A trace that
    stood in the body sent (``sent``) and was only echoed is none.
    """
    secrets, signatures = tuple(secrets), tuple(signatures)
    parts = [(f"header {name}", value, b"") for name, value in reply.headers]
    body = reply.body[:_LIMIT]
    for where, text, raw in (("body", body.decode("utf-8", "replace"), body), *parts):
        what = _leaked(text, raw, secrets, signatures)
        runtime = None if what else has_stack_trace(text)
        if runtime is not None and runtime != has_stack_trace(sent.decode("utf-8", "replace")):
            what = f"a {runtime} stack trace"
        if what is not None:
            return f"the reply's {where} holds {what}"
    return None


def _leaked(text: str, raw: bytes, secrets: tuple[str, ...], signatures: tuple[str, ...]) -> str | None:
    for secret in secrets:
        if any(form in text for form in _forms(secret)):
            return "the signing secret"
        key = _raw(secret)
        if len(key) >= _SHORTEST and key in raw:
            return "the signing key"
    for signature in signatures:
        bare = signature.partition(",")[2] or signature
        if len(bare) >= _SHORTEST and any(form in text for form in {bare, quote(bare, safe="")}):
            return "the signature that was expected"
    return None


@lru_cache(maxsize=8)
def _forms(secret: str) -> frozenset[str]:
    bare = secret.removeprefix("whsec_")
    forms = {secret, bare, quote(bare, safe=""), _raw(secret).hex()}
    return frozenset(form for form in forms if len(form) >= _SHORTEST)


@lru_cache(maxsize=8)
def _raw(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return b""
