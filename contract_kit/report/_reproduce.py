"""How to see one finding again: a contract-kit command, a curl line, a pytest function."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from contract_kit.model import Finding
from contract_kit.report._escape import literal_glob, printable, shell_bytes, shell_quote
from contract_kit.report._redact import Redactor
from contract_kit.report._test_code import test_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.model import Case, Headers, InputKind, TargetKind

__all__ = ["Context", "reproduce"]

_SECRET = '"$CONTRACT_KIT_SECRET"'  # noqa: S105 (where a shell finds it)
_WORD = 8_000
"""Bodies of more bytes are no word of a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What it takes to run one case of a run again.

    ``target`` is as it was typed (a URL or ``package.module:object``); for a command it is ``command``, in
    words. ``options`` are the words that ``contract-kit fuzz`` needs beside the target to give the same
    case in the same way (``("--policy", "schema")``); a ``--secret`` among them is not shown. ``rejects``
    are ``PKG.MOD:EXC``. ``effects`` are the words that say how effects are counted, which only some cases
    need. ``headers`` go with every delivery. ``secret`` says whether deliveries are signed,
    in the header family ``sign``; the secret itself is known to ``redactor`` only.
    """

    target: str
    kind: TargetKind
    command: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    input: InputKind = "bytes"
    headers: Headers = ()
    effects: tuple[str, ...] = ()
    secret: bool = False
    sign: Literal["svix", "webhook", "none"] = "svix"
    insecure: bool = False
    redactor: Redactor = field(default_factory=Redactor, compare=False, repr=False)


def reproduce(what: Case | Finding, ctx: Context, *, saved: str | None = None) -> dict[str, str]:
    """``{"cli", "curl", "pytest"}`` for one case, without secrets.

    ``saved`` is the file of a saved failure: what random search found is in no catalogue and is replayed
    from there. ``curl`` is there for URLs and cases of one delivery only, ``pytest`` for what Python can
    import and for URLs, where tests can say it. The shell lines are POSIX and meant to be pasted.
    """
    case = ctx.redactor.case(what.case if isinstance(what, Finding) else what)
    lines = {"cli": _cli(case, ctx, saved)}
    if ctx.kind == "url" and not case.steps:
        lines["curl"] = _curl(case, ctx)
    if (code := test_code(case, ctx)) is not None:
        lines["pytest"] = code
    return lines


# ---------------------------------------------------------------------------------------------- command


def _cli(case: Case, ctx: Context, saved: str | None) -> str:
    target = shell_quote(ctx.redactor.text(ctx.target))
    options = list(_shown_options(ctx))
    if case.effects is not None:
        options += [shell_quote(ctx.redactor.text(word)) for word in ctx.effects]
    if ctx.secret and _SECRET not in options:
        options += ["--secret", _SECRET]
    first = ["contract-kit", "replay", shell_quote(saved)] if saved is not None else ["contract-kit", "fuzz"]
    only = [] if saved is not None else ["--only", shell_quote(literal_glob(case.id))]
    if ctx.command:
        command = (shell_quote(ctx.redactor.text(word)) for word in ctx.command)
        return " ".join([*first, *only, *options, "--", *command])
    return " ".join([*first, target, *only, *options])


def _shown_options(ctx: Context) -> Iterator[str]:
    """The options as shell words, without secrets."""
    name = ""
    for word in ctx.options:
        head, equals, tail = word.partition("=")
        if name == "--secret":
            yield _SECRET
        elif name == "--header":
            yield shell_quote(_shown_header(word, ctx))
        elif equals and head == "--secret":
            yield f"--secret={_SECRET}"
        elif equals and head == "--header":
            yield "--header=" + shell_quote(_shown_header(tail, ctx))
        else:
            yield shell_quote(ctx.redactor.text(word))
        name = word if not name and word in {"--secret", "--header"} else ""


def _shown_header(line: str, ctx: Context) -> str:
    name, _, value = line.partition(":")
    return f"{name}: {ctx.redactor.header(name.strip(), value.strip())}"


# ------------------------------------------------------------------------------------------------- curl


def _curl(case: Case, ctx: Context) -> str:
    """A curl line; with a secret a few lines of shell that sign the body with ``$CONTRACT_KIT_SECRET``."""
    signed = ctx.secret and ctx.sign != "none"
    words = ["curl", "-i", "-sS"]
    if ctx.insecure:
        words.append("-k")
    if re.search(r"[\[\]{}]", ctx.target):
        words.append("-g")
    if case.method != "POST":
        words += ["-X", shell_quote(case.method)]
    words += _curl_headers((*case.headers, *ctx.headers), ctx, signed=signed)
    if signed:
        fresh = {"id": "$id", "timestamp": "$ts", "signature": "v1,$sig"}
        words += [f'-H "{ctx.sign}-{part}: {value}"' for part, value in fresh.items()]
    target = shell_quote(ctx.redactor.text(ctx.target))
    text = _one_word(case.body)
    if text is not None and not signed:
        return " ".join([*words, "--data-raw", text, target])
    send = " ".join([*words, "--data-binary", "@-", target])
    source = shell_bytes(case.body)
    if not signed:
        return f"{source} | {send}"
    return "\n".join([*_signing(source), f"body | {send}"])


def _one_word(body: bytes) -> str | None:
    """A body that reads well as one word of a command; others come through a pipe."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return shell_quote(text) if len(body) <= _WORD and all(map(printable, text)) else None


def _curl_headers(headers: Headers, ctx: Context, *, signed: bool) -> Iterator[str]:
    ours = {f"{ctx.sign}-{part}" for part in ("id", "timestamp", "signature")} if signed else set()
    if not any(name.lower() == "content-type" for name, _ in headers):
        yield "-H content-type:"  # else curl says that the body is a form
    for name, value in ctx.redactor.covered(headers):
        if name.lower() in ours or not name or name.startswith("@"):
            continue
        # `name;` is how curl is told to send a header without a value.
        yield "-H " + shell_quote(f"{name}: {value}" if value else f"{name};")


def _signing(source: str) -> list[str]:
    """Shell lines that set ``id``, ``ts`` and ``sig``: HMAC-SHA256 over ``id.timestamp.body``."""
    key = """$(printf %s "${CONTRACT_KIT_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')"""
    hmac = 'openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64'
    return [
        f"body() {{ {source}; }}",
        "id=msg_$(date +%s) ts=$(date +%s)",
        f"key={key}",
        f'sig=$({{ printf %s "$id.$ts."; body; }} | {hmac})',
    ]
