"""Failures that are kept to be given again: one file a finding under ``.contract_kit/failures/``.

A file holds the case as it failed, so that what random search found, and in no catalogue stands, can be
replayed. Secrets are in none of them: a delivery is signed anew each time.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.cli._output import replace_file
from contract_kit.errors import UsageError
from contract_kit.model import KINDS, POLICIES, Case, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contract_kit.config import Options
    from contract_kit.model import Finding, Policy, RunResult, Terms
    from contract_kit.report import Context

__all__ = [
    "Saved",
    "body_json",
    "case_json",
    "forget",
    "keep",
    "read_saved",
    "tried_first",
    "with_kept",
]

_VERSION = 1
_FOLDER = Path(".contract_kit")
_IGNORE = "# written by contract-kit: failures kept for `contract-kit replay`\n*\n"


def body_json(body: bytes) -> dict[str, str]:
    """A body as ``{"text": …}``, or ``{"base64": …}`` where it is no UTF-8."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def case_json(case: Case) -> dict[str, Any]:
    """A case as an object of the catalogue's listing: the figures that a consumer in any language needs."""
    shown: dict[str, Any] = {
        "id": case.id,
        "kind": case.kind,
        "expect": case.expect,
        "pointer": case.pointer,
        "keyword": case.keyword,
        "description": case.description,
        "method": case.method,
        "headers": [list(header) for header in case.headers],
        "body": body_json(case.body),
    }
    if case.steps:
        shown["steps"] = [_step_json(step) for step in case.steps]
    return shown


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "expect": step.expect,
        "signing": step.signing,
        "framing": step.framing,
        "method": step.method,
        "headers": [list(header) for header in step.headers],
        "event": step.event,
        "together": step.together,
        "body": body_json(step.body),
    }


_PLAIN = ("because", "at", "family", "variant", "changed", "compare", "effects")
"""Fields of a case beyond the listing that a replay needs as well."""


def keep(result: RunResult, context: Context, options: Options, name: str = "") -> dict[str, str]:
    """Write the findings of a run; the files by finding id. Nothing where the directory takes no files.

    ``name`` is that of a configured target: two targets may have the same finding.
    """
    kept: dict[str, str] = {}
    if not result.findings:
        return kept
    folder = _FOLDER / "failures"
    with suppress(OSError, UsageError):
        folder.mkdir(parents=True, exist_ok=True)
        ignore = _FOLDER / ".gitignore"
        if not ignore.exists():
            ignore.write_text(_IGNORE)
        for finding in result.findings:
            own = f"{name}-{finding.id}" if name else finding.id
            path = folder / (re.sub(r"[^A-Za-z0-9._-]+", "-", own) + ".json")
            text = json.dumps(_finding_json(finding, result, context, options), ensure_ascii=False, indent=2)
            replace_file(path, [text.encode("utf-8", "backslashreplace"), b"\n"])
            kept[finding.id] = path.as_posix()
    return kept


def _finding_json(finding: Finding, result: RunResult, context: Context, options: Options) -> dict[str, Any]:
    case = context.redactor.case(finding.case)
    return {
        "version": _VERSION,
        "contract": {
            "event": result.event,
            "spec": None if options.spec is None else str(options.spec.absolute()),
            "sha256": result.sha256,
        },
        "target": context.redactor.text(_label(context)),
        "policy": result.policy,
        "finding": {
            "id": finding.id,
            "finding": finding.finding,
            "title": context.redactor.text(finding.title),
        },
        "case": {
            **case_json(case),
            **{name: getattr(case, name) for name in _PLAIN},
            "plain": None if case.plain is None else body_json(case.plain),
        },
    }


def _label(context: Context) -> str:
    return " ".join(context.command) or context.target


def _of_target(context: Context) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The kept files that belong to a target; what cannot be read is passed over."""
    label = context.redactor.text(_label(context))
    for path in sorted((_FOLDER / "failures").glob("*.json")):
        with suppress(OSError, ValueError, RecursionError):
            data = json.loads(path.read_bytes())
            if isinstance(data, dict) and data.get("target") == label and data.get("version") == _VERSION:
                yield path, data


def tried_first(terms: Terms, context: Context, policy: Policy | None) -> list[Case]:
    """What failed the last time: bodies that random search found are in no catalogue, and must not be lost.

    What is expected of them is asked anew, for document and policy may have changed.
    """
    from contract_kit.cases import expectation_of
    from contract_kit.jsonio import strict_loads

    ruling: Policy = policy or terms.usual_policy
    found = []
    for _, data in _of_target(context):
        with suppress(KeyError, TypeError, ValueError, AttributeError, RecursionError):
            saved = _from_kept(data)
            case = saved.case
            if saved.event != terms.event or case.kind not in ("valid", "invalid"):
                continue
            told = expectation_of(terms, ruling, strict_loads(case.body))
            if bool(told.violations) == (case.kind == "invalid"):
                found.append(dataclasses.replace(case, expect=told.expect, terms=terms))
    return found


def forget(result: RunResult, context: Context) -> None:
    """Remove what a whole run has not found again."""
    there = {finding.id for finding in result.findings}
    for path, data in list(_of_target(context)):
        with suppress(OSError, KeyError, TypeError):
            if data["finding"]["id"] not in there and data["contract"]["event"] == result.event:
                path.unlink()


def with_kept(result: RunResult, context: Context, kept: dict[str, str]) -> RunResult:
    """The run, each kept finding's command leading to its file."""
    from contract_kit.report import reproduce

    findings = tuple(
        dataclasses.replace(one, reproduce=reproduce(one, context, saved=kept[one.id]))
        if one.id in kept
        else one
        for one in result.findings
    )
    return dataclasses.replace(result, findings=findings)


# -- reading ----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One failure as it was saved: by a run (``whole``: a case with all its fields), or in a report."""

    finding: str
    title: str
    event: str
    spec: str | None
    policy: Policy | None
    case: Case
    whole: bool


def read_saved(path: Path) -> list[Saved]:
    """The failures in a kept file or in a JSON report. ``UsageError`` for any other file."""
    shown = str(path)
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read {shown!r}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{shown!r} is neither a JSON report nor a kept failure: it is not JSON") from None
    try:
        if "findings" in data:
            return [_from_report(item, data) for item in data["findings"]]
        return [_from_kept(data)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{shown!r} is neither a JSON report nor a kept failure") from None


def _from_report(item: dict[str, Any], data: dict[str, Any]) -> Saved:
    from contract_kit.spec import BUNDLED

    contract, told = data["contract"], item["case"]
    case = _case(
        {
            **told,
            "body": item["body"],
            "headers": item["headers"],
            "pointer": item["pointer"],
            "keyword": item["keyword"],
            "changed": item.get("changed", ""),
        },
        contract["event"],
    )
    spec = contract["spec"]
    return Saved(
        finding=item["finding"],
        title=item["title"],
        event=contract["event"],
        spec=None if spec == BUNDLED else spec,
        policy=_policy(data),
        case=case,
        whole=False,
    )


def _from_kept(data: dict[str, Any]) -> Saved:
    contract = data["contract"]
    return Saved(
        finding=data["finding"]["finding"],
        title=data["finding"]["title"],
        event=contract["event"],
        spec=contract.get("spec"),
        policy=_policy(data),
        case=_case(data["case"], contract["event"]),
        whole=True,
    )


def _policy(data: dict[str, Any]) -> Policy | None:
    found = data.get("policy")
    if found is not None and found not in POLICIES:
        raise ValueError(found)
    policy: Policy | None = found
    return policy


def _case(told: dict[str, Any], event: str) -> Case:
    if told["kind"] not in KINDS:
        raise ValueError(told["kind"])
    extra = {name: told[name] for name in _PLAIN if name in told}
    plain = told.get("plain")
    return Case(
        id=told["id"],
        event=event,
        kind=told["kind"],
        expect=told["expect"],
        body=_body(told["body"]),
        description=told["description"],
        pointer=told.get("pointer"),
        keyword=told.get("keyword"),
        method=told.get("method", "POST"),
        headers=_headers(told["headers"]),
        plain=None if plain is None else _body(plain),
        steps=tuple(_step(step) for step in told.get("steps", ())),
        **{"because": "", **extra},
    )


def _step(told: dict[str, Any]) -> Step:
    more = {name: told[name] for name in ("signing", "framing", "method", "event", "together")}
    return Step(body=_body(told["body"]), expect=told["expect"], headers=_headers(told["headers"]), **more)


def _headers(pairs: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in pairs)


def _body(told: dict[str, str]) -> bytes:
    return base64.b64decode(told["base64"]) if "base64" in told else told["text"].encode()
