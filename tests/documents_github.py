"""GitHub's webhooks as a test document: run by ``make test-documents``, after ``make documents`` has fetched it.

For each of its events (OpenAPI 3.1) the catalogue builds in bounded time and memory and obeys the laws. Every
body is judged by ``jsonschema_rs``; a share of them, spread evenly, by Python's ``jsonschema`` and by ``ajv`` with
``ajv-formats`` on Node, neither of which had a part in making them. A table of all events is printed at the end.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from laws import examine, independent

from contract_kit.cases import body_cases
from contract_kit.errors import ImpossibleSchema
from contract_kit.model import Terms
from contract_kit.schema import Validator
from contract_kit.spec import events, load_document, load_terms

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "documents"
DOCUMENT = CACHE / "node_modules/@octokit/openapi-webhooks/generated/api.github.com.json"
EXAMPLES = CACHE / "node_modules/@octokit/webhooks-examples/api.github.com/index.json"
SHARE = int(os.environ.get("DOCUMENTS_SHARE", "60"))
SECONDS, MEGABYTES = 30, 300

if not DOCUMENT.exists():
    pytest.skip("make documents has not fetched GitHub's document", allow_module_level=True)

WHOLE = load_document(DOCUMENT)
EVENTS = events(WHOLE)
ROWS: list[tuple[str, str, int, float, int]] = []
SIZES: dict[str, int] = {}
"""Places times bytes of the first body, by event."""

# Their schemas ask for an author that is null and an object at once: no value can be both.
CONTRADICTORY = {
    "repository-advisory-published": "/repository_advisory/author",
    "repository-advisory-reported": "/repository_advisory/author",
}


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """The table of events, on standard output when all is done."""
    yield
    say(f"\n{'event':55} {'cases':>7} {'seconds':>8} {'MB':>5}")
    for name, what, count, seconds, most in ROWS:
        say(f"{name:55} {count or what:>7} {seconds:8.2f} {most:5}")
    built = [row for row in ROWS if row[2]]
    if built:
        say(
            f"{len(ROWS)} events, {len(built)} built, {sum(row[2] for row in built)} cases, "
            f"{sum(row[3] for row in built):.0f} s of work, slowest {max(row[3] for row in built):.1f} s, "
            f"at most {max(row[4] for row in ROWS)} MB in one process"
        )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def spread(terms: Terms, sink: list[Any]) -> int:
    """Go through a catalogue, keeping an even share of its cases in ``sink``; how many there are."""
    number, step = 0, 1
    for number, case in enumerate(body_cases(terms), start=1):
        SIZES.setdefault(terms.event, len(terms.locations) * len(case.body))
        if number % step == 0:
            sink.append(case)
        if len(sink) >= 2 * SHARE:
            sink[:] = sink[1::2]
            step *= 2
    return number


@pytest.mark.parametrize("event", [e for e in EVENTS if e not in CONTRADICTORY])
def test_the_catalogue_builds_and_obeys_the_laws(event: str) -> None:
    terms = load_terms(event, document=WHOLE)
    some: list[Any] = []
    started = time.process_time()
    count = spread(terms, some)
    seconds = time.process_time() - started
    ROWS.append((event, "", count, seconds, memory()))
    assert count > 200
    assert seconds < SECONDS
    assert memory() < MEGABYTES
    strict = Validator(terms.schema)
    report = examine(terms, some, more=(strict.is_valid,))
    assert report.breaches == []
    assert ajv(terms, some) == []


@pytest.mark.parametrize(("event", "pointer"), CONTRADICTORY.items())
def test_a_contradiction_is_refused_by_its_place(event: str, pointer: str) -> None:
    with pytest.raises(ImpossibleSchema) as caught:
        next(body_cases(load_terms(event, document=WHOLE)))
    ROWS.append((event, "refused", 0, 0.0, memory()))
    assert caught.value.pointer == pointer


def test_time_grows_with_places_times_bytes() -> None:
    """On the 20 largest events the processor time for each place and kilobyte stays within an order of magnitude."""
    seconds = {name: row[3] for row in ROWS if (name := row[0]) and row[2]}
    largest = sorted((name for name in seconds if name in SIZES), key=SIZES.__getitem__)[-20:]
    if not largest:
        pytest.skip("no catalogue was built before: run the whole file")
    say(f"\n{'the 20 largest':45} {'places x kB':>12} {'seconds':>8} {'us for each':>12}")
    rates = {name: 1e9 * seconds[name] / SIZES[name] for name in largest}
    for name in largest:
        say(f"{name:45} {SIZES[name] / 1000:12.0f} {seconds[name]:8.2f} {rates[name]:12.0f}")
    assert max(rates.values()) < 10 * min(rates.values())


_AJV = """
const Ajv = require("ajv/dist/2020").default, formats = require("ajv-formats").default;
const { schema, bodies } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: false, logger: false, validateFormats: true });
formats(ajv);
const valid = ajv.compile(schema);
console.log(JSON.stringify(bodies.map(b => valid(JSON.parse(Buffer.from(b, "base64").toString("utf8"))))));
"""


def ajv(terms: Terms, cases: list[Any]) -> list[str]:
    """Ids of cases about which ``ajv`` thinks otherwise."""
    node = shutil.which("node")
    if node is None or not (CACHE / "node_modules/ajv").exists():
        pytest.skip("node or ajv is missing: make documents fetches it")
    judged = [c for c in cases if c.kind != "malformed" and "sound readers" not in c.because]
    asked = json.dumps(
        {"schema": terms.schema, "bodies": [base64.b64encode(c.body).decode() for c in judged]},
    )
    done = subprocess.run(
        [node, "-e", _AJV], input=asked, capture_output=True, text=True, cwd=CACHE, check=True
    )
    answers = json.loads(done.stdout)
    return [c.id for c, answer in zip(judged, answers, strict=True) if answer is (c.kind == "invalid")]


@pytest.mark.skipif(not EXAMPLES.exists(), reason="make documents has not fetched the examples")
def test_examples_of_the_provider_are_read_as_they_are() -> None:
    """GitHub's own example bodies: most satisfy its document, those that do not are told by rule, and judges agree.

    The one on which they do not has the address of a bot: brackets may not stand in a local part (RFC 5321), and
    ``jsonschema`` asks for no more than an ``@``.
    """
    known = {event.replace("-", "_"): event for event in EVENTS}
    told, rules, disputed = {True: 0, False: 0}, Counter[str](), []
    for group in json.loads(EXAMPLES.read_text()):
        for body in group["examples"]:
            event = known.get(f"{group['name']}_{body['action']}" if "action" in body else group["name"])
            if event is None:
                continue
            schema = load_terms(event, document=WHOLE).schema
            found = Validator(schema).violations(body)
            told[not found] += 1
            rules.update({f"{v.keyword} at {v.pointer}" for v in found})
            if bool(found) is not bool(independent(dict(schema))(body)):
                disputed.append((event, [v.pointer for v in found]))
    say(f"\nexamples that satisfy the document: {told[True]}, that break it: {told[False]}; most often:")
    for rule, count in rules.most_common(8):
        say(f"  {count:3} {rule}")
    assert told[True] > 200
    assert disputed == [("check-suite-requested", ["/check_suite/head_commit/author/email"])]
