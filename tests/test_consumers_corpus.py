"""The proof corpus is what it says: correct consumers are right, and each fault is one, on a witness.

The judge of the correct ones is ``jsonschema[format]`` over the published schema, which none of them wrote.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module, reload
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.consumers import CORRECT, FAULTY, Correct, Faulty
from tests.consumers.correct.handwritten import BadWebhook, Parser
from tests.consumers.witnesses import ENDLESS, FULL, PLAIN, PRETTY, SORTED, WITNESSES, dump, edit

ROOT = Path(__file__).parents[1]
CONTRACT = json.loads((Path(__file__).parent / "consumers" / "contract.json").read_text(encoding="utf-8"))
JUDGE = Draft202012Validator(CONTRACT, format_checker=FormatChecker(["date-time"]))
BY_NAME = {row.name: row for row in FAULTY}
ISOLATED = tuple(row for row in FAULTY if row.isolated)
QUICK = tuple(row for row in FAULTY if not row.isolated)


def named(rows: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.name)


def load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


@dataclass(frozen=True)
class Outcome:
    """accepted with a value, rejected, or crashed with the exception."""

    name: str
    value: Any = None


def run(parse: Any, body: Any, rejects: tuple[type[BaseException], ...]) -> Outcome:
    try:
        value = parse(body)
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        return Outcome("accepted", list(value) if inspect.isgenerator(value) else value)
    except rejects:
        return Outcome("rejected")
    except Exception as exc:
        return Outcome("crashed", f"{type(exc).__name__}: {exc}"[:200])


def run_row(row: Correct | Faulty, body: bytes) -> Outcome:
    rejects = tuple(load(name) for name in row.rejects)
    if row.input == "bytes":
        return run(load(row.target), body, rejects)
    try:
        text = body.decode()
        given = text if row.input == "str" else json.loads(text)
    except (ValueError, RecursionError):
        return Outcome("rejected")  # the framework in front of it has refused the body
    return run(load(row.target), given, rejects)


# bodies for the correct ones: hand-made, each with the judge's word

STRINGS = [
    "",
    " ",
    "x" * 300,
    "Zoë",
    "e\u0301",
    "\u202eabc",
    "🎷",
    "a\0b",
    "null",
    "007",
    "__proto__",
    "<b>&</b>",
]
TIMES_GOOD = [
    "2024-02-29T00:00:00Z",
    "2000-02-29T23:59:59z",
    "1999-12-31t00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999999-23:59",
    "2024-01-31T10:00:00.1Z",
    "2024-06-30T10:00:00.123456Z",
    "2024-06-30T10:00:00-00:00",
    "2024-06-30T10:00:00.000+05:30",
]
TIMES_BAD = [
    "",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-00-10T00:00:00Z",
    "2024-13-10T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:61Z",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00-00:60",
    "2024-01-01T00:00:00",
    "2024-01-01T00:00Z",
    "2024-01-01",
    "20240101T000000Z",
    "2024-W01-1T00:00:00Z",
    "2024-01-01T00:00:00+0100",
    "2024-01-01T00:00:00+01",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00,5Z",
    "1704067200",
    "24-01-01T00:00:00Z",
    "+2024-01-01T00:00:00Z",
    "2024-1-1T00:00:00Z",
    " 2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00Z ",
    "２０２４-01-01T00:00:00Z",
    "tomorrow",
]
OTHERS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1.5,
    "",
    "x",
    [],
    ["published"],
    [[]],
    {},
    {"a": "b"},
    {"a": 1},
]


def pointers(value: Any, at: str = "") -> list[str]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [at] * bool(at) + [found for key, item in children for found in pointers(item, f"{at}/{key}")]


def trees() -> list[Any]:
    made: list[Any] = [FULL, {}, {"customer": {}}, {"event_type": "customer.created"}, *OTHERS]
    for at in pointers(FULL):
        made += [edit({at: other}) for other in OTHERS]
        if not re.search(r"/\d+$", at):
            made.append(edit({}, drop=(at,)))
    made += [
        edit({"/customer/name": text, "/customer/metadata/" + (text or "k"): text})
        for text in STRINGS
        if "/" not in text
    ]
    for at in ("/customer/created_at", "/customer/integrations/1/updated_at"):
        made += [edit({at: text}) for text in TIMES_GOOD + TIMES_BAD]
    for status in (
        "deleted",
        "archived",
        "Published",
        "publishe",
        "publisheds",
        " archived",
        "customer",
        "draft",
    ):
        made += [edit({"/customer/status": status}), edit({"/customer/integrations/1/status": status})]
    for kind in ("credit_note", "item_price", "price", "credit-note", "Plan", "items", "published"):
        made.append(edit({"/customer/integrations/0/entity_type": kind}))
    for event in (
        *CONTRACT["$defs"]["types.WebhookEventName"]["enum"],
        "customer",
        "Customer.Created",
        "customer.created ",
    ):
        made.append(edit({"/event_type": event}))
    made.append(
        edit(
            {
                "/later": {"a": [1, {"b": None}]},
                "/customer/later": 10**30,
                "/customer/integrations/0/later": [],
            }
        )
    )
    made.append(
        edit({"/customer/metadata": dict.fromkeys(("", "a.b", "$a", "A", "a", "id", "__proto__", "é"), "x")})
    )
    made.append(edit({"/customer/metadata": {f"k{index}": "v" * 300 for index in range(1000)}}))
    made.append(edit({"/customer/integrations": [{} for _ in range(2000)]}))
    return made


def sound(value: Any) -> bool:
    return JUDGE.is_valid(value)


JUDGED = [(dump(value), sound(value)) for value in trees()]
# What the judge cannot know, by hand: leap seconds and the year 0, a line break after a time, text that is no JSON.
JUDGED += [
    (dump(edit({"/customer/updated_at": "2024-01-01T00:00:00Z\n"})), False),
    (dump(edit({"/customer/updated_at": "\n2024-01-01T00:00:00Z"})), False),
    (dump(edit({"/customer/updated_at": "2024-01-01T00:00:60Z"})), False),
    (b'{"x": 1e400, "y": -1e-400, "z": 123456789012345678901234567890.5}', True),
    (PRETTY, True),
    (SORTED, True),
    (b"\r\n\t " + PLAIN + b"\n", True),
    (json.dumps(edit({"/customer/name": "é🎷"})).encode(), True),
    (b'{"\\u0063ustomer": {"name": "a\\/b"}}', True),
    (b'{"\\u0063ustomer": {"name": 1}}', False),
]
BEYOND_PROVIDER = [
    (dump(edit({"/customer/updated_at": text})), True)
    for text in (
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60.5-08:00",
        "2017-01-01T05:29:60+05:30",
        "0000-02-29T00:00:00Z",
        "2024-01-01T00:00:00.1234567890123Z",
    )
]
MALFORMED = [
    *(PLAIN[:cut] for cut in range(1, len(PLAIN), 131)),
    b"",
    b" \n",
    b"\0",
    b"{}\0",
    b"{} {}",
    b"{}x",
    b"{},",
    b'{"a": 1,}',
    b'{"a": [1,]}',
    b'{"a": 1} // x',
    b'/* x */ {"a": 1}',
    b"{'a': 1}",
    b"{a: 1}",
    b'{"a": NaN}',
    b'{"a": [Infinity]}',
    b'{"customer": {"later": -Infinity}}',
    b'{"a": 01}',
    b'{"a": .5}',
    b'{"a": 5.}',
    b'{"a": +5}',
    b'{"a": 0x1F}',
    b'{"a": 1_000}',
    b'{"a": True}',
    b'{"a": undefined}',
    b'{"a": "\t"}',
    b'{"customer": {"name": "a\nb"}}',
    b'{"customer": {"name": "\\x41"}}',
    b'{"customer": {"name": "\\u12"}}',
    b'{"a": "\xff"}',
    b'{"customer": {"name": "\xc0\x80"}}',
    b'{"a": "\xed\xa0\x80"}',
    b'{"\xe9": 1}',
    b'{"customer": {"name": "Ren\xe9"}}',
    b"\xa0{}",
    "\u2003{}".encode(),
    b"a=1&b=2",
    b"<a/>",
]
EITHER = [
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    "{}".encode("utf-32"),
    b'{"customer": {"name": "a", "name": 1}}',
    b'{"customer": {"name": "\\ud800"}}',
    b'{"customer": {"created_at": "\\udfff", "metadata": {"\\ud800": "x"}}}',
    b'{"\\ud800": 1}',
    b'{"event_type": "\\ud800", "customer": {"status": "\\ud800"}}',
    b'{"x": ' + b"9" * 10_000 + b"}",
    b'{"x": -' + b"9" * 300_000 + b"}",
    b'{"customer": {"created_at": ' + b"9" * 5000 + b"}}",
    b"[" * 200_000,
    *(
        text
        for depth in (200, 900, 100_000)
        for text in (
            b"[" * depth + b"]" * depth,
            b'{"a":' * depth + b"1" + b"}" * depth,
            b'{"x": ' + b"[" * depth + b"]" * depth + b"}",
            b'{"customer": ' + b"[" * depth + b"]" * depth + b"}",
            b'{"customer": {"name": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}}",
            b'{"customer": {"status": ' + b"[" * depth + b"]" * depth + b"}}",
            b'{"customer": {"metadata": {"k": ' + b"[" * depth + b"]" * depth + b"}}}",
            b'{"customer": {"integrations": ' + b"[" * depth + b"]" * depth + b"}}",
        )
    ),
    b'{"customer": {"name": "' + b"\\u0000" * 60_000 + b'"}}',
    dump(edit({"/customer/created_at": "1" * 340_000})),
    dump(edit({"/customer/created_at": "2024-01-01T00:00:00." + "1" * 340_000})),
    dump(edit({"/customer/email": "a" * 340_000 + "!", "/customer/name": " " * 1000 + ENDLESS})),
]


def excused(row: Correct, body: bytes, wanted: str) -> bool:
    """Whether the row's policy, or a difference that it declares, leaves this body to it."""
    if row.policy == "tolerant":
        return wanted == "rejected"
    value = json.loads(body)
    customer = value.get("customer") if isinstance(value, dict) else None
    if row.name == "pydantic_lax":  # null anywhere, or a time of another form
        lax = copy.deepcopy(value)
        records = [lax] if isinstance(lax, dict) else []
        records += [customer] if isinstance(customer := records and lax.get("customer"), dict) else []
        for record in records:
            inner = record.get("integrations")
            records += [item for item in inner if isinstance(item, dict)] if isinstance(inner, list) else []
            for key in [key for key in record if record[key] is None or key in {"created_at", "updated_at"}]:
                record.pop(key)
        return wanted == "rejected" and sound(lax)
    if row.name == "choosy" and isinstance(customer, dict):
        sent = ("id", "external_id", "name")
        metadata = customer.get("metadata")
        unsendable = (
            value.get("event_type", "customer.created") != "customer.created"
            or any(not customer.get(key) for key in sent)
            or "\0" in json.dumps(value, ensure_ascii=False)
            or "\\u0000" in json.dumps(value)
            or len(str(customer.get("name"))) > 255
            or re.fullmatch("[A-Z]{2}|", str(customer.get("address_country", ""))) is None
            or customer.get("address_country") == "x"
        )
        return unsendable if wanted == "accepted" else metadata is None
    return row.name == "choosy" and isinstance(value, dict) and "customer" not in value


@named(CORRECT)
def test_a_correct_consumer_agrees_with_the_judge(row: Correct) -> None:
    """Everything that satisfies the schema is accepted and everything else refused, but for what its policy leaves to it."""
    bodies = JUDGED + (BEYOND_PROVIDER if row.policy == "schema" else [])
    wrong = []
    for body, good in bodies:
        outcome, wanted = run_row(row, body), "accepted" if good else "rejected"
        if outcome.name != wanted and (outcome.name == "crashed" or not excused(row, body, wanted)):
            wrong.append((body[:300], wanted, outcome.name, outcome.value))
    assert not wrong, wrong[:5]


@named([row for row in CORRECT if row.input == "bytes"])
def test_a_correct_consumer_refuses_what_is_no_json(row: Correct) -> None:
    assert [body for body in MALFORMED if run_row(row, body).name != "rejected"] == []


@named(CORRECT)
def test_a_correct_consumer_never_crashes(row: Correct) -> None:
    """Deep nesting, huge numbers, lone surrogates, other encodings, long texts: taken or refused, and soon."""
    for body in EITHER:
        began = time.process_time()
        outcome = run_row(row, body)
        assert outcome.name != "crashed", (body[:80], outcome.value)
        assert time.process_time() - began < 2, body[:80]


def test_the_handwritten_one_gives_back_all_of_it() -> None:
    """What comes out of the lossless consumer is the body, as JSON."""
    for body, good in JUDGED + BEYOND_PROVIDER:
        if good:
            assert Parser().parse(body) == json.loads(body)


def test_the_corpus_is_large_and_its_names_are_sound() -> None:
    """At least twelve correct and seventy faulty consumers, over every kind of finding a parser can have."""
    kinds = {"crash", "false_accept", "false_reject", "altered", "slow", "timeout", "inconsistent"}
    assert len(CORRECT) >= 12
    assert len(FAULTY) >= 70
    assert kinds == {row.findings[0] for row in FAULTY}
    assert all(kinds.issuperset(row.findings) for row in FAULTY)
    assert set(WITNESSES) == {row.name for row in FAULTY}


def test_every_fault_has_its_places() -> None:
    """The pointers of the table are places of the contract."""
    places = {re.sub(r"/\d+(?=/|$)", "/*", at) for at in pointers(FULL)} | {"", "/customer/metadata/*"}
    assert {at for row in FAULTY for at in row.pointers} <= places


# the faults


class TooLong(BaseException):
    """The alarm."""


def alarm(*_: Any) -> None:
    raise TooLong


def takes_longer(parse: Any, body: bytes, seconds: float) -> bool:
    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        parse(body)
    except TooLong:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return False


def fresh(row: Faulty) -> Any:
    """The target with nothing kept from earlier calls."""
    module, _, name = row.target.partition(":")
    return getattr(reload(import_module(module)), name)


def correct(body: bytes) -> Outcome:
    return run(Parser().parse, body, (BadWebhook,))


def seen(row: Faulty, bodies: tuple[bytes, ...]) -> list[Outcome]:
    parse = fresh(row)
    # what a consumer has given away it may still change: keep a copy of it
    return [copy.deepcopy(run(parse, body, (BadWebhook,))) for body in bodies]


@named(QUICK)
def test_a_fault_shows_on_its_witness(row: Faulty) -> None:
    """Each faulty consumer differs from the correct one on its witness, with the symptom that it claims."""
    bodies = WITNESSES[row.name]
    claim = row.findings[0]
    if claim in {"slow", "timeout"}:
        began = time.perf_counter()
        correct(bodies[0])
        assert takes_longer(load(row.target), bodies[0], 20 * (time.perf_counter() - began))
        return
    outcomes, rights = seen(row, bodies), [correct(body) for body in bodies]
    if len(bodies) == 1:
        [outcome], [right] = outcomes, rights
        if claim == "crash":
            assert outcome.name == "crashed"
        elif claim == "altered":
            assert (outcome.name, right.name) == ("accepted", "accepted")
            assert not same(outcome.value, right.value)
        else:
            assert (right.name, outcome.name) == (
                ("rejected", "accepted") if claim == "false_accept" else ("accepted", "rejected")
            )
    elif ".state:" in row.target:
        assert {right.name for right in rights} <= {"accepted", "rejected"}
        assert outcomes != rights
    else:
        one, other = bodies
        assert outcomes != rights
        assert right_pair(one, other) == (json.loads(one) == json.loads(other))
        assert rights[0].name == rights[1].name == "accepted"


def right_pair(one: bytes, other: bytes) -> bool:
    return correct(one) == correct(other)


@named(ISOLATED)
def test_a_fault_that_ends_the_process_ends_it(row: Faulty) -> None:
    module, _, name = row.target.partition(":")
    code = f"import sys; from {module} import {name} as parse; parse(sys.stdin.buffer.read())"
    command = [sys.executable, "-c", code]
    bad = subprocess.run(
        command, input=WITNESSES[row.name][0], cwd=ROOT, capture_output=True, timeout=20, check=False
    )
    good = subprocess.run(command, input=PLAIN, cwd=ROOT, capture_output=True, timeout=20, check=False)
    assert bad.returncode != 0
    assert good.returncode == 0, good.stderr


@named(
    [row for row in QUICK if row.findings[0] in {"false_accept", "false_reject"} and row.policy == "provider"]
)
def test_a_fault_under_the_provider_policy_is_one_there(row: Faulty) -> None:
    """What is wrongly refused can be sent; what is wrongly taken is not something that the provider sends."""
    choosy = next(one for one in CORRECT if one.name == "choosy")
    wanted = "accepted" if row.findings[0] == "false_reject" else "rejected"
    assert run_row(choosy, WITNESSES[row.name][0]).name == wanted


def same(one: Any, sent: Any) -> bool:
    """Equal as JSON, types and order of lists included; a datetime equals the text of its instant."""
    if isinstance(one, datetime) and isinstance(sent, str):
        return not re.search(r"\.\d{6}0*[1-9]", sent) and one == datetime.fromisoformat(sent.upper())
    if type(one) is not type(sent):
        return False
    if isinstance(one, dict):
        return one.keys() == sent.keys() and all(same(one[key], sent[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(sent) and all(map(same, one, sent))
    return bool(one == sent)


SOUND = (
    PLAIN,
    dump({"event_type": "customer.created"}),
    dump(edit({}, drop=("/customer/created_at", "/customer/updated_at", "/customer/integrations"))),
    dump({"event_type": "customer.created", "customer": {"id": "c_1", "name": "Ada", "metadata": {}}}),
    dump({"customer": {"created_at": "2026-05-13T08:15:30Z", "integrations": [{"status": "published"}]}}),
)


@named(QUICK)
def test_a_fault_is_not_everywhere(row: Faulty) -> None:
    """There is a sound body on which a faulty consumer does what the correct one does."""
    parse = fresh(row)
    pairs = [(run(parse, body, (BadWebhook,)), correct(body)) for body in SOUND]
    assert any(one.name == right.name and same(one.value, right.value) for one, right in pairs)
