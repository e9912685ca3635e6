"""Test code that shows one finding again.

A body is checked by a function; a case of several deliveries is more than a body, and comes in a class.
"""

from __future__ import annotations

import base64
import gzip
import keyword
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from contract_kit.model import JSON_HEADERS
from contract_kit.report._escape import literal_glob, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contract_kit.model import Case
    from contract_kit.report._reproduce import Context

__all__ = ["test_code"]

_LITERAL = 88
"""Characters of a body in one line."""
_LINE = 100
"""Characters of a call in one line."""
_PACK = 8_000
"""Bodies of more bytes are packed, where that makes them shorter."""


def test_code(case: Case, ctx: Context) -> str | None:
    """Test code to paste into a module of its own or below other tests; ``None`` where there can be none.

    Effects are counted by the command line alone, and a certificate is always checked in tests.
    """
    if ctx.kind == "command" or ctx.insecure or (case.effects is not None and ctx.effects):
        return None
    imports: dict[str, set[str]] = {}
    target = _import(ctx.target, imports)
    if ctx.kind == "url" or target is None:
        target = repr(ctx.redactor.text(ctx.target))
    elif ctx.kind == "parser" and ctx.input != "bytes" and not case.steps:
        given = "body.decode()" if ctx.input == "str" else "json.loads(body)"
        target = f"lambda body: {target}({given})"
    refusals = [name for name in (_import(one, imports) for one in ctx.rejects) if name]
    more = []
    if refusals:
        more.append(f"rejects={refusals[0] if len(refusals) == 1 else '(' + ', '.join(refusals) + ')'}")
    more += _arguments(ctx)
    text = _suite(case, ctx, [target, *more]) if case.steps else _function(case, ctx, [target, "case", *more])
    return "\n".join([*_import_lines(text, imports), "", "", text])


def _function(case: Case, ctx: Context, arguments: list[str]) -> str:
    """A test that checks this very body."""
    body = "\n".join(f"    {line}" if line else "" for line in _as_literal(case, ctx))
    check = _call("contract_kit.check", arguments, "    ")
    return f"def test_{_slug(case.id)}():\n    # {visible(case.description, 160)}\n{body}\n{check}\n"


def _suite(case: Case, ctx: Context, arguments: list[str]) -> str:
    """A case of several deliveries is more than a body: the catalogue has it under its id."""
    name = "".join(part.capitalize() for part in _slug(case.id).split("_"))
    of_contract = [f"event={case.event!r}"]
    of_contract += [f"spec={spec!r}" for spec in _told(ctx, "--spec")]
    of_contract += [f"policy={policy!r}" for policy in _told(ctx, "--policy")]
    chosen = [f"kinds={case.kind!r}", f"only={literal_glob(case.id)!r}", "max_examples=0"]
    call = _call("contract_kit.contract_tests", [*arguments, *of_contract, *chosen], "")
    return f"# {visible(case.description, 160)}\nTest{name} = {call}\n"


def _call(name: str, arguments: list[str], indent: str) -> str:
    """A call on one line, or where that would be long on a line for each argument."""
    line = f"{indent}{name}({', '.join(arguments)})"
    if len(line) <= _LINE:
        return line
    return "\n".join([f"{indent}{name}(", *(f"{indent}    {one}," for one in arguments), f"{indent})"])


def _arguments(ctx: Context) -> Iterator[str]:
    """What ``check`` and ``contract_tests`` have to be told besides the target, the secret from the environment."""
    if "--lossless" in ctx.options:
        yield "lossless=True"
    yield from (f"path={path!r}" for path in _told(ctx, "--path"))
    if ctx.headers:
        yield f"headers={dict(ctx.redactor.covered(ctx.headers))!r}"
    if ctx.secret and ctx.sign != "none":
        yield 'secret=os.environ["CONTRACT_KIT_SECRET"]'
        if ctx.sign != "svix":
            yield f"sign={ctx.sign!r}"


def _told(ctx: Context, option: str) -> list[str]:
    """What an option was told, ``[]`` where it was not said."""
    return [ctx.redactor.text(value) for name, value in pairwise(ctx.options) if name == option][:1]


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
    plain = [name for name in ("base64", "gzip", "json", "os") if f"{name}." in text]
    lines = [f"import {name}" for name in plain]
    if plain:
        lines.append("")
    lines.append("import contract_kit")
    lines += [f"from {module} import {', '.join(sorted(names))}" for module, names in imports.items()]
    return lines


def _as_literal(case: Case, ctx: Context) -> list[str]:
    fields = ["id", "event", "kind", "expect", "description", "because"]
    fields += [name for name in ("pointer", "keyword") if getattr(case, name) is not None]
    fields += [name for name in ("at", "changed") if getattr(case, name)]
    fields += ["method"] if case.method != "POST" else []
    lines = [*_body_literal("body", case.body)]
    if case.plain is not None:
        lines += _body_literal("plain", case.plain)
    lines.append("case = contract_kit.Case(")
    lines += [f"    {name}={getattr(case, name)!r}," for name in fields]
    if case.headers != JSON_HEADERS:
        lines.append(f"    headers={ctx.redactor.covered(case.headers)!r},")
    lines.append("    body=body,")
    if case.plain is not None:
        lines.append("    plain=plain,")
    if not case.compare:
        lines.append("    compare=False,")
    arguments = [repr(case.event), *(f"spec={spec!r}" for spec in _told(ctx, "--spec"))]
    return [*lines, f"    terms=contract_kit.load({', '.join(arguments)}).terms,", ")"]


def _body_literal(name: str, body: bytes) -> list[str]:
    """``name = …``: readable where it is text, base64 where it is none, packed where it is long."""
    try:
        text: str | None = body.decode()
    except UnicodeDecodeError:
        text = None
    if len(body) > _PACK:
        packed = base64.b64encode(gzip.compress(body, mtime=0))
        if len(packed) < len(body):
            return [f"{name} = gzip.decompress(base64.b64decode(", *_indented(_chunks(packed)), "))"]
    if text is None:
        return [f"{name} = base64.b64decode(", *_indented(_chunks(base64.b64encode(body))), ")"]
    if text.isascii():
        return [f"{name} = (", *_indented(_chunks(body)), ")"]
    return [f"{name} = (", *_indented(_chunks(text)), ").encode()"]


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
