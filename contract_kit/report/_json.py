"""The JSON report: one run as a plain tree, the same tree for the same run."""

from __future__ import annotations

import base64
import json
import math
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from contract_kit.model import NOTHING
from contract_kit.report._redact import DEEPEST, Redactor

if TYPE_CHECKING:
    from contract_kit.model import Coverage, Finding, Reply, RunResult, Summary

__all__ = [
    "body_json",
    "exception_text",
    "json_bytes",
    "plain_value",
    "report_schema",
    "to_json",
    "tool_version",
]

# The oracle's marks of values that JSON has no type for: (mark, kind, text), and of sets: (mark, [item, …]).
_LEAF = "\0leaf"
_LEAF_SIZE = 3
_SET = "\0set"
_DIGITS = 4000
"""Python writes integers of up to 4300 digits; longer ones are told, not written."""


def tool_version() -> str:
    """The installed version of contract-kit."""
    try:
        return metadata.version("contract-kit")
    except metadata.PackageNotFoundError:  # a checkout that was never installed
        return "0"


def report_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every JSON report satisfies."""
    text = resources.files("contract_kit.report").joinpath("report.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _text(value: str) -> str:
    """``value`` with lone surrogates spelled out: JSON readers differ about them."""
    return value.encode("utf-8", "backslashreplace").decode()


def plain_value(value: Any, depth: int = 0) -> Any:
    """A projected value as JSON: leaves as their text, what JSON cannot hold as text, ``NOTHING`` as null."""
    if value is NOTHING or value is None or isinstance(value, bool):
        return None if value is NOTHING else value
    if depth > DEEPEST:
        return "…"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return value if value.bit_length() < _DIGITS * 3 else f"an integer of {value.bit_length():,} bits"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return _text(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, tuple) and value[:1] == (_SET,):
        value = value[1]
    if isinstance(value, tuple) and len(value) == _LEAF_SIZE and value[0] == _LEAF:
        return plain_value(value[2] if isinstance(value[2], str) else str(value[2]))
    if isinstance(value, dict):
        return {_text(str(key)): plain_value(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item, depth + 1) for item in value]
    return _text(str(value))


def body_json(body: bytes) -> dict[str, str]:
    """A body as ``{"text": …}``, or ``{"base64": …}`` where it is no UTF-8."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def exception_text(reply: Reply) -> str | None:
    """The exception of a reply in one piece: ``KeyError: 'email'``."""
    if reply.exception is None or not reply.message or reply.message in reply.exception:
        return reply.exception
    return f"{reply.exception}: {reply.message}"


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "cases": summary.cases,
        "deliveries": summary.deliveries,
        "passed": summary.passed,
        "failed": summary.failed,
        "not_judged": summary.not_judged,
        "skipped": summary.skipped,
        "findings": summary.findings,
        "duration_s": round(summary.duration_s, 3),
        "cases_per_s": round(summary.cases_per_s, 1),
        "stopped": summary.stopped,
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "constraints": coverage.constraints,
        "violated": coverage.violated,
        "satisfied": coverage.satisfied,
        "missing": list(map(_text, coverage.missing)),
        "pairs": {"total": coverage.pairs_total, "covered": coverage.pairs_covered},
    }


def _observed(reply: Reply) -> dict[str, Any]:
    exception = exception_text(reply)
    return {
        "outcome": reply.outcome,
        "status": reply.status,
        "exception": None if exception is None else _text(exception),
        "where": None if reply.where is None else _text(reply.where),
        "value": plain_value(reply.value),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    case = finding.case
    return {
        "id": _text(finding.id),
        "finding": finding.finding,
        "pointer": None if finding.pointer is None else _text(finding.pointer),
        "keyword": finding.keyword,
        "known": finding.known,
        "locations": list(map(_text, finding.locations)),
        "title": _text(finding.title),
        "count": finding.count,
        "case": {
            "id": _text(case.id),
            "kind": case.kind,
            "expect": case.expect,
            "because": _text(case.because),
            "description": _text(case.description),
        },
        "observed": _observed(finding.reply),
        "body": body_json(case.body),
        "headers": [[_text(name), _text(value)] for name, value in case.headers],
        "changed": _text(finding.changed),
        "reproduce": {
            name: _text(line) if (line := finding.reproduce.get(name)) else None
            for name in ("cli", "curl", "pytest")
        },
    }


def to_json(result: RunResult, redactor: Redactor | None = None) -> dict[str, Any]:
    """The run as the JSON report's tree (see :func:`report_schema`), without secrets.

    The order of the keys is fixed; nothing depends on the clock or the machine but the run's own figures.
    """
    result = (redactor or Redactor()).result(result)
    return {
        "version": 1,
        "tool": {"name": "contract-kit", "version": tool_version()},
        "contract": {"event": _text(result.event), "spec": _text(result.spec), "sha256": result.sha256},
        "target": {"name": _text(result.target), "as": result.target_kind},
        "policy": result.policy,
        "seed": result.seed,
        "summary": _summary(result.summary),
        "coverage": _coverage(result.coverage),
        "findings": [_finding(finding) for finding in result.findings],
    }


def json_bytes(result: RunResult, redactor: Redactor | None = None) -> bytes:
    """The JSON report as a file's bytes: UTF-8, indented, with a line end."""
    text = json.dumps(to_json(result, redactor), ensure_ascii=False, indent=2, allow_nan=False)
    return text.encode() + b"\n"
