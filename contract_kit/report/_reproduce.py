"""How to see one finding again: a contract-kit command, a curl line, a pytest function."""

from __future__ import annotations

import base64
import gzip
import keyword
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from contract_kit.model import Finding
from contract_kit.report._escape import printable, shell_bytes, shell_quote, visible
from contract_kit.report._redact import REDACTED, Redactor, is_sensitive_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.model import Case, Headers, InputKind, TargetKind

__all__ = ["Context", "reproduce"]

_SECRET = '"$CONTRACT_KIT_SECRET"'  # noqa: S105 (where a shell finds it)
_LITERAL = 88
"""Characters of a body in one line of a test function."""
_PACK = 8_000
"""Bodies of more bytes are packed, where that makes them shorter, and are no word of a command."""


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
    import and for URLs. The shell lines are POSIX and meant to be pasted.
    """
    case = ctx.redactor.case(what.case if isinstance(what, Finding) else what)
    lines = {"cli": _cli(case, ctx, saved)}
    if ctx.kind == "url" and not case.steps:
        lines["curl"] = _curl(case, ctx)
    if ctx.kind != "command":
        lines["pytest"] = _pytest(case, ctx)
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
    only = [] if saved is not None else ["--only", shell_quote(_glob(case.id))]
    if ctx.command:
        command = (shell_quote(ctx.redactor.text(word)) for word in ctx.command)
        return " ".join([*first, *only, *options, "--", *command])
    return " ".join([*first, target, *only, *options])


def _glob(case_id: str) -> str:
    """A pattern that matches this id only."""
    return re.sub(r"[\[*?]", lambda found: f"[{found.group()}]", case_id)


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
    return shell_quote(text) if len(body) <= _PACK and all(map(printable, text)) else None


def _curl_headers(headers: Headers, ctx: Context, *, signed: bool) -> Iterator[str]:
    ours = {f"{ctx.sign}-{part}" for part in ("id", "timestamp", "signature")} if signed else set()
    if not any(name.lower() == "content-type" for name, _ in headers):
        yield "-H content-type:"  # else curl says that the body is a form
    for name, value in headers:
        if name.lower() in ours or not name or name.startswith("@"):
            continue
        shown = REDACTED if is_sensitive_header(name) and value else ctx.redactor.text(value)
        # `name;` is how curl is told to send a header without a value.
        yield "-H " + shell_quote(f"{name}: {shown}" if shown else f"{name};")


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


# ----------------------------------------------------------------------------------------------- pytest


def _pytest(case: Case, ctx: Context) -> str:
    """A test function to paste into a module of its own or below other tests."""
    imports: dict[str, set[str]] = {}
    target = _import(ctx.target, imports)
    if ctx.kind == "url" or target is None:
        target = repr(ctx.redactor.text(ctx.target))
    elif ctx.kind == "parser" and ctx.input != "bytes":
        given = "body.decode()" if ctx.input == "str" else "json.loads(body)"
        target = f"lambda body: {target}({given})"
    refusals = [name for name in (_import(one, imports) for one in ctx.rejects) if name]
    arguments = [target, "case"]
    if refusals:
        arguments.append(f"rejects={refusals[0] if len(refusals) == 1 else '(' + ', '.join(refusals) + ')'}")
    made = _from_catalogue(case, ctx) if case.steps else _as_literal(case)
    body = "\n".join(f"    {line}" if line else "" for line in made)
    check = f"    contract_kit.check({', '.join(arguments)})"
    text = f"def test_{_slug(case.id)}():\n    # {visible(case.description, 160)}\n{body}\n{check}\n"
    return "\n".join([*_import_lines(text, imports), "", "", text])


def _import(path: str, imports: dict[str, set[str]]) -> str | None:
    """The expression for ``package.module:object``, its import noted; ``None`` where it is no such path."""
    module, _, name = path.partition(":")
    parts = [*module.split("."), *name.split(".")]
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        return None
    if module != "builtins":
        imports.setdefault(module, set()).add(name.split(".")[0])
    return name


def _import_lines(text: str, imports: dict[str, set[str]]) -> list[str]:
    plain = [name for name in ("base64", "gzip", "json") if f"{name}." in text]
    lines = [f"import {name}" for name in plain]
    if plain:
        lines.append("")
    lines.append("import contract_kit")
    lines += [f"from {module} import {', '.join(sorted(names))}" for module, names in imports.items()]
    return lines


def _from_catalogue(case: Case, ctx: Context) -> list[str]:
    """A case of several deliveries is fetched by its id: it is more than a body."""
    return [
        f"cases = contract_kit.load({case.event!r}).cases(target={ctx.kind!r})",
        f"case = next(case for case in cases if case.id == {case.id!r})",
    ]


def _as_literal(case: Case) -> list[str]:
    fields = ["id", "event", "kind", "expect", "description", "because"]
    fields += [name for name in ("pointer", "keyword") if getattr(case, name) is not None]
    fields += ["at"] if case.at else []
    fields += ["method"] if case.method != "POST" else []
    lines = [*_body_literal(case.body), "case = contract_kit.Case("]
    lines += [f"    {name}={getattr(case, name)!r}," for name in fields]
    lines.append("    body=body,")
    if not case.compare:
        lines.append("    compare=False,")
    return [*lines, ")"]


def _body_literal(body: bytes) -> list[str]:
    """``body = …``: readable where it is text, base64 where it is none, packed where it is long."""
    try:
        text: str | None = body.decode()
    except UnicodeDecodeError:
        text = None
    if len(body) > _PACK:
        packed = base64.b64encode(gzip.compress(body, mtime=0))
        if len(packed) < len(body):
            return ["body = gzip.decompress(base64.b64decode(", *_indented(_chunks(packed)), "))"]
    if text is None:
        return ["body = base64.b64decode(", *_indented(_chunks(base64.b64encode(body))), ")"]
    if text.isascii():
        return ["body = (", *_indented(_chunks(body)), ")"]
    return ["body = (", *_indented(_chunks(text)), ").encode()"]


def _chunks(whole: bytes | str) -> list[str]:
    """``whole`` as literals of one line each, broken after commas where there are any."""
    if isinstance(whole, bytes):
        return [f"b{line}" for line in _chunks(whole.decode("ascii"))]
    lines = []
    while len(whole) > _LITERAL:
        comma = whole.rfind(",", _LITERAL // 3, _LITERAL)
        cut = comma + 1 if comma >= 0 else _LITERAL
        lines.append(repr(whole[:cut]))
        whole = whole[cut:]
    return [*lines, repr(whole)]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _slug(case_id: str) -> str:
    """``invalid:/customer/status:enum:case-upper`` → ``invalid_customer_status_enum_case_upper``."""
    return re.sub(r"[^a-z0-9]+", "_", case_id.lower()).strip("_")[:80].rstrip("_") or "case"
