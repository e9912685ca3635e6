"""What a test puts on record, as plain data: it travels with pytest's report from worker to controller."""

from __future__ import annotations

import base64
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from contract_kit.model import NOTHING, Case, Reply, Verdict

if TYPE_CHECKING:
    from contract_kit.model import Terms
    from contract_kit.report import Context, Redactor

    from ._bench import Bench
    from ._marker import Words

__all__ = ["context_from", "record_of", "record_of_check", "verdict_from"]

_BYTES = ("body", "plain")
_NOT_SENT = ("terms", "steps")
_REPLY = ("outcome", "status", "exception", "message", "where", "elapsed", "detail")
_VERDICT = ("finding", "pointer", "keyword", "expected", "observed")
_CONTEXT = (
    "target",
    "kind",
    "command",
    "options",
    "rejects",
    "input",
    "headers",
    "secret",
    "sign",
    "insecure",
)
_MOST_VALUE = 50_000


def record_of(bench: Bench, verdict: Verdict) -> dict[str, Any]:
    """A verdict on a bench's consumer, for the ledger. Secrets stay here."""
    options = bench.subject.options
    about = {
        "name": bench.name,
        "event": bench.terms.event,
        "spec": None if options.spec is None else str(options.spec),
        "policy": bench.settings.policy,
        "strength": bench.settings.strength,
        "target": bench.target.name,
        "kind": bench.target.kind,
        "signed": bench.subject.secret is not None,
    }
    return _record(about, verdict.case, verdict if verdict.finding is not None else None, bench.context)


def record_of_check(
    name: str, words: Words, spec: str | None, case: Case, verdict: Verdict | None
) -> dict[str, Any]:
    """The same for a marked test that did what it liked with its case; ``name`` is the test's."""
    from contract_kit.report import Context

    about = {
        "name": name,
        "event": case.event,
        "spec": spec,
        "policy": words.policy,
        "strength": words.strength,
        "target": name,
        "kind": words.target or "parser",
        "signed": False,
    }
    return _record(about, case, verdict, Context(target=name, kind="parser"))


def _record(about: dict[str, Any], case: Case, verdict: Verdict | None, context: Context) -> dict[str, Any]:
    packed = None if verdict is None else json.dumps(_packed(verdict, context))
    return {"about": about, "case": case.id, "verdict": packed}


def _packed(verdict: Verdict, context: Context) -> dict[str, Any]:
    redactor = context.redactor
    case = redactor.case(verdict.case)
    return {
        "case": {
            field.name: _sent(field.name, getattr(case, field.name))
            for field in fields(case)
            if field.name not in _NOT_SENT
        },
        "reply": {name: _clean(redactor, getattr(verdict.reply, name)) for name in _REPLY}
        | _value(redactor, verdict.reply.value),
        "verdict": {name: _clean(redactor, getattr(verdict, name)) for name in _VERDICT},
        "context": {name: getattr(context, name) for name in _CONTEXT}
        | {"headers": redactor.headers(context.headers)},
    }


def _sent(name: str, value: Any) -> Any:
    return base64.b64encode(value).decode() if name in _BYTES and value is not None else value


def _clean(redactor: Redactor, value: Any) -> Any:
    return redactor.text(value) if isinstance(value, str) else value


def _value(redactor: Redactor, value: Any) -> dict[str, Any]:
    """What the consumer gave, where that is JSON of a size to show."""
    if value is NOTHING:
        return {}
    try:
        clean = redactor.tree(value)
        return {"value": clean} if len(json.dumps(clean)) < _MOST_VALUE else {}
    except (TypeError, ValueError, RecursionError):
        return {}


def verdict_from(packed: str, terms: Terms) -> Verdict:
    """The verdict again, its case belonging to ``terms``."""
    said = json.loads(packed)
    case = dict(said["case"])
    for name in _BYTES:
        if case[name] is not None:
            case[name] = base64.b64decode(case[name])
    case["headers"] = tuple((name, value) for name, value in case["headers"])
    return Verdict(case=Case(**case, terms=terms), reply=Reply(**said["reply"]), **said["verdict"])


def context_from(packed: str) -> Context:
    """What it takes to run the case again."""
    from contract_kit.report import Context

    said = json.loads(packed)["context"]
    for name in ("command", "options", "rejects"):
        said[name] = tuple(said[name])
    said["headers"] = tuple((name, value) for name, value in said["headers"])
    return Context(**said)
