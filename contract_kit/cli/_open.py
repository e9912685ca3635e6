"""From what the user typed to an open target: what it is, which options fit it, how to name it again."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from contract_kit.config import words_of
from contract_kit.errors import UsageError
from contract_kit.model import ENDPOINTS, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.config import Options
    from contract_kit.model import Delivery, Headers, Reply
    from contract_kit.report import Context, Redactor
    from contract_kit.targets import Target

__all__ = ["Wanted", "context_of", "is_url", "open_target", "redactor_of"]

_UP = 5.0
"""Seconds to wait for a receiver that is just starting."""
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SHORTEST = 8
"""Characters of a credential; anything shorter turns up in bodies by chance."""
_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:]+\]|[\w.-]+):\d+(/.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A target as it was asked for: a ``target`` or the words of a ``command``.

    ``said`` are the options that stand on the command line itself: where one does not fit the target,
    that is an error; what a configuration file says for all its targets is passed over.
    """

    target: str
    command: tuple[str, ...] = ()
    options: Options
    said: Options
    secret: str | None = None
    secret_said: bool = False
    cwd: str = "."

    @property
    def label(self) -> str:
        """The target in the user's words."""
        return " ".join(self.command) if self.command else self.target


def is_url(text: str) -> bool:
    """Whether a target's name is a URL."""
    return _URL.match(text) is not None


def open_target(wanted: Wanted) -> Target:
    """Open what is wanted. ``TargetError`` where it cannot be reached, ``UsageError`` for what cannot be."""
    options = wanted.options
    if wanted.command or options.as_ == "command":
        _fitting(wanted, "command")
        return _command(wanted)
    if options.as_ == "url" or (options.as_ is None and is_url(wanted.target)):
        _fitting(wanted, "url")
        return _receiver(wanted)
    if _HOST_PORT.fullmatch(wanted.target):
        raise UsageError(f"{wanted.target!r} names no scheme; a receiver is http://{wanted.target}")
    return _python(wanted)


def _command(wanted: Wanted) -> Target:
    from contract_kit.targets import CommandTarget

    options = wanted.options
    if options.as_ not in (None, "command"):
        raise UsageError(f"what stands after -- is a command, not a {options.as_}")
    return CommandTarget(
        wanted.command or _split(wanted.target),
        timeout=options.timeout or 2.0,
        reject_exits=options.reject_exits or (1,),
        workers=options.workers,
        cwd=wanted.cwd,
    )


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"{text!r} is no command: {error}") from None


def _receiver(wanted: Wanted) -> Target:
    from contract_kit.targets import UrlTarget

    options = wanted.options
    if not wanted.target.lower().startswith(("http://", "https://")):
        raise UsageError(
            f"{wanted.target!r} is no URL of a receiver: it should begin with http:// or https://"
        )
    target = UrlTarget(
        wanted.target,
        headers=options.headers or (),
        workers=options.workers or 8,
        rate=options.rate,
        timeout=options.timeout or 15.0,
        insecure=bool(options.insecure),
        allow_remote=bool(options.allow_remote),
    )
    try:
        target.wait_until_up(min(_UP, options.timeout or _UP))
    except BaseException:
        target.close()
        raise
    return target


def _python(wanted: Wanted) -> Target:
    from contract_kit.targets import open_python_target

    options = wanted.options
    target = open_python_target(
        wanted.target,
        as_=options.as_,
        input_=options.input or "bytes",
        rejects=options.rejects or ("builtins:ValueError",),
        isolate=options.isolate is not False,
        timeout=options.timeout,
        cwd=wanted.cwd,
        path=options.path,
    )
    try:
        _fitting(wanted, target.kind)
    except UsageError:
        target.close()
        raise
    return _WithHeaders(target, options.headers) if options.headers else target


class _WithHeaders:
    """An app in this process, with the user's headers on every delivery that has none of the same name."""

    def __init__(self, inner: Target, headers: Headers) -> None:
        self.name, self.kind = inner.name, inner.kind
        self._inner, self._headers = inner, headers

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        yield from self._inner.exchange(map(self._dressed, deliveries))

    def _dressed(self, delivery: Delivery) -> Delivery:
        names = {name.lower() for name, _ in delivery.headers}
        own = tuple(header for header in self._headers if header[0].lower() not in names)
        return replace(delivery, headers=(*delivery.headers, *own))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def close(self) -> None:
        self._inner.close()


_FITS: dict[str, tuple[str, frozenset[TargetKind]]] = {
    "input": ("--input", frozenset({"parser"})),
    "rejects": ("--rejects", frozenset({"parser", "model"})),
    "reject_exits": ("--reject-exit", frozenset({"command"})),
    "path": ("--path", frozenset({"asgi", "wsgi"})),
    "isolate": ("--isolate", frozenset({"parser", "model", "asgi", "wsgi"})),
    "lossless": ("--lossless", frozenset({"parser", "model", "command"})),
    "headers": ("--header", ENDPOINTS),
    "workers": ("--workers", frozenset({"url", "command"})),
    "rate": ("--rate", frozenset({"url"})),
    "insecure": ("--insecure", frozenset({"url"})),
    "effects": ("--effects", ENDPOINTS),
    "sign": ("--sign", ENDPOINTS),
}
"""Options that only some targets have: nothing is taken and then ignored."""


def _fitting(wanted: Wanted, kind: TargetKind) -> None:
    for name, (option, kinds) in _FITS.items():
        if getattr(wanted.said, name) is not None and kind not in kinds:
            raise UsageError(f"{option} is for {_listed(kinds)} targets; {wanted.label} is a {kind}")
    if wanted.secret_said and kind not in ENDPOINTS:
        raise UsageError(f"--secret is for {_listed(ENDPOINTS)} targets; {wanted.label} is a {kind}")


def _listed(kinds: frozenset[TargetKind]) -> str:
    names = sorted(kinds)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def redactor_of(wanted: Wanted) -> Redactor:
    """What keeps the secrets of a run out of everything that is shown or written."""
    from contract_kit.report import Redactor

    own = (wanted.secret,) if wanted.secret else ()
    return Redactor((*own, *_credentials(wanted.options.headers or ())))


def _credentials(headers: Headers) -> Iterator[str]:
    """What stands in headers that carry credentials: the value, and the token after its scheme."""
    from contract_kit.report import is_sensitive_header

    for name, value in headers:
        token = value.rpartition(" ")[2]
        if is_sensitive_header(name) and len(token) >= _SHORTEST:
            yield from {value, token}


def context_of(wanted: Wanted, kind: TargetKind) -> Context:
    """How to give one case to the same target again."""
    from contract_kit.report import Context

    options = wanted.options
    signs = wanted.secret is not None and kind in ENDPOINTS
    return Context(
        target=wanted.target,
        kind=kind,
        command=wanted.command or (_split(wanted.target) if kind == "command" else ()),
        options=tuple(words_of(options, kind)),
        rejects=options.rejects or (),
        input=options.input or "bytes",
        headers=options.headers or (),
        effects=tuple(_counting(options)),
        secret=signs,
        sign=options.sign or "svix",  # type: ignore[arg-type]
        insecure=bool(options.insecure),
        redactor=redactor_of(wanted),
    )


def _counting(options: Options) -> Iterator[str]:
    if options.effects is not None:
        yield from ("--effects", options.effects)
    if options.effects_pointer is not None:
        yield from ("--effects-pointer", options.effects_pointer)
