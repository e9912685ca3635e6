"""Fabricated runs for the tests of the reports: everyday ones, and ones made of what breaks renderers."""

from __future__ import annotations

import dataclasses
import json

from contract_kit.model import Case, Changed, Coverage, Finding, Reply, RunResult, Summary
from contract_kit.report import Context, reproduce, title

CUSTOMER = {
    "event_type": "customer.created",
    "customer": {
        "id": "cust_01J9ZK3V7Q8W5X2Y4T6R1N0M3P",
        "external_id": "crm-48213",
        "name": "Zoë O'Brien",
        "email": "zoe.obrien@example.com",
        "status": "published",
        "created_at": "2026-03-01T09:30:00.123456789Z",
        "metadata": {"plan": "pro", "seats": "12"},
        "integrations": [
            {"provider": "stripe", "status": "published"},
            {"provider": "hubspot", "status": "deleted"},
        ],
    },
}
# One string with everything that a renderer may fall over.
HOSTILE = (
    "</script><img src=x onerror=alert(1)>]]>\x00\x1b[31mred\x1b]0;title\x07\u202egnp.exe\u200b"
    "\ud800\r\n' \" $(touch pwned) `touch pwned` & \\ % \ufffe \x85 \u2028 [red]markup[/red] :smile:"
)


def body_with(**fields) -> bytes:
    return json.dumps(
        {**CUSTOMER, "customer": {**CUSTOMER["customer"], **fields}}, ensure_ascii=False
    ).encode("utf-8", "surrogatepass")


def body_without(name: str) -> bytes:
    customer = {key: value for key, value in CUSTOMER["customer"].items() if key != name}
    return json.dumps({**CUSTOMER, "customer": customer}, ensure_ascii=False).encode()


def make_case(**fields) -> Case:
    base = {
        "id": "invalid:/customer/status:enum:case-upper",
        "event": "customer.created",
        "kind": "invalid",
        "expect": "reject",
        "body": body_with(status="Published"),
        "description": 'customer.status is "Published"',
        "because": "the document allows published, deleted and archived only",
        "pointer": "/customer/status",
        "keyword": "enum",
        "at": "/customer/status",
        "family": "enum",
        "variant": "case-upper",
        "changed": 'customer.status: "published" → "Published"',
    }
    return Case(**{**base, **fields})


def make_finding(**fields) -> Finding:
    case = fields.pop("case", None) or make_case()
    reply = fields.pop("reply", None) or Reply(outcome="accepted", status=200)
    name = fields.get("finding", "false_accept")
    locations = fields.get("locations", (case.pointer,) if case.pointer is not None else ())
    context = fields.pop("context", PARSER)
    how = fields.pop("how", None)
    base = {
        "id": f"{name}:{case.pointer or ''}:{case.keyword or ''}",
        "finding": name,
        "title": title(name, case, reply, locations, changed=how),
        "pointer": case.pointer,
        "keyword": case.keyword,
        "locations": locations,
        "count": 3,
        "case": case,
        "reply": reply,
        "expected": f"to be {case.expect}ed",
        "observed": reply.outcome,
        "changed": case.changed,
        "reproduce": reproduce(case, context),
        "case_ids": (case.id, "invalid:/customer/status:enum:space-after"),
    }
    return Finding(**{**base, **fields})


PARSER = Context(
    target="shop.webhooks:parse",
    kind="parser",
    options=("--policy", "schema"),
    rejects=("shop.webhooks:BadWebhook",),
)
URL = Context(target="http://127.0.0.1:8000/webhooks", kind="url")


def make_result(*findings: Finding, **fields) -> RunResult:
    base = {
        "event": "customer.created",
        "spec": "customer.created.yaml",
        "sha256": "0" * 64,
        "target": "shop.webhooks:parse",
        "target_kind": "parser",
        "policy": "schema",
        "seed": 0,
        "summary": Summary(
            cases=1240,
            deliveries=2480,
            passed=1228,
            failed=10,
            not_judged=2,
            findings=len(findings),
            duration_s=2.1234,
            cases_per_s=590.4,
        ),
        "coverage": Coverage(constraints=44, violated=44, satisfied=44, pairs_total=800, pairs_covered=790),
        "findings": tuple(findings),
        "kinds": {"valid": 800, "invalid": 400, "malformed": 40},
    }
    return RunResult(**{**base, **fields})


def everyday() -> RunResult:
    """What a usual run looks like: a crash, two false accepts, an altered value, a known one."""
    absent = make_case(
        id="valid:/customer/email:absent:",
        kind="valid",
        expect="accept",
        body=body_without("email"),
        description="customer.email is absent",
        because="the document requires no field",
        pointer="/customer/email",
        keyword=None,
        at="/customer/email",
        family="absent",
        variant="",
        changed="customer.email is left out",
    )
    nul = make_case(
        id="valid:/customer/name:text:long",
        kind="valid",
        expect="accept",
        body=body_with(name="x" * 300),
        description="customer.name is a text of 300 characters",
        because="the document sets no limit",
        pointer="/customer/name",
        keyword=None,
        at="/customer/name",
        changed="customer.name is 300 characters long",
    )
    broken = make_case(
        id="malformed:::trailing-comma",
        kind="malformed",
        body=b'{"event_type": "customer.created",}',
        description="a comma before the closing brace",
        because="RFC 8259 has no trailing commas",
        pointer=None,
        keyword=None,
        at="",
        changed="a comma before the last brace",
    )
    crash = Reply(
        outcome="crashed",
        exception="builtins.KeyError",
        message="'email'",
        where="shop/webhooks.py:41 in parse",
    )
    short = Reply(outcome="accepted", value={"customer": {"name": "x" * 255}})
    return make_result(
        make_finding(
            finding="crash",
            case=absent,
            reply=crash,
            expected="accepted",
            observed="KeyError: 'email'",
            count=2,
        ),
        make_finding(expected="refused: must be one of published, deleted, archived", observed="accepted"),
        make_finding(
            finding="altered",
            case=nul,
            reply=short,
            how=Changed("shortened to 255 characters", '"xxx…"', '"xxx…"'),
            expected="the same 300 characters",
            observed="255 characters came out",
            count=1,
        ),
        make_finding(case=broken, known=True, expected="refused", observed="accepted", count=4),
        notes=("values not compared for 12 cases: the target returned nothing",),
    )


def hostile() -> RunResult:
    """Every text field is hostile, every body too."""
    bodies = [
        json.dumps({"customer": {"name": HOSTILE}}).encode(),
        body_with(name=HOSTILE.replace("\ud800", "")),
        HOSTILE.encode("utf-8", "surrogatepass"),
        b"\x00" * 100_000,
        ('{"a": "' + "é" * 50_000 + '"}').encode(),
        b"[" * 100_000,
        b"",
        bytes(range(256)),
    ]
    findings = []
    for number, body in enumerate(bodies):
        case = make_case(
            id=f"invalid:/a:type:{number}{HOSTILE}",
            body=body,
            description=HOSTILE,
            because=HOSTILE,
            pointer=f"/{HOSTILE}",
            at=f"/{HOSTILE}".replace("~", ""),
            changed=HOSTILE,
            headers=(("content-type", "application/json"), ("x-hostile", HOSTILE)),
        )
        reply = Reply(
            outcome="crashed",
            exception=HOSTILE,
            message=HOSTILE,
            where=HOSTILE,
            value={HOSTILE: [HOSTILE, ("\0leaf", "datetime", HOSTILE), float("nan"), 10**5000, b"\xff"]},
            headers=(("x", HOSTILE),),
            body=body,
            detail=HOSTILE,
        )
        context = dataclasses.replace(URL, target=f"http://127.0.0.1/{HOSTILE}")
        findings.append(
            make_finding(
                id=f"crash:{number}{HOSTILE}",
                finding="crash",
                case=case,
                reply=reply,
                context=context,
                title=title("crash", case, reply, (case.pointer,)),
                expected=HOSTILE,
                observed=HOSTILE,
                locations=(f"/{HOSTILE}",),
                case_ids=(case.id, HOSTILE),
            )
        )
    return make_result(*findings, event=HOSTILE, target=HOSTILE, spec=HOSTILE, notes=(HOSTILE,))
