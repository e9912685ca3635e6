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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from laws import examine

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
    """On the 20 largest events the time for each place and kilobyte is the same within an order of magnitude."""
    names = {name: row for row in ROWS if (name := row[0]) and row[2]}
    sizes = {}
    for name in names:
        terms = load_terms(name, document=WHOLE)
        body = next(body_cases(terms)).body
        sizes[name] = len(terms.locations) * len(body)
    largest = sorted(sizes, key=sizes.__getitem__)[-20:]
    rates = sorted(names[name][3] / sizes[name] for name in largest)
    if rates:
        assert rates[-1] < 10 * rates[0]


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
    """GitHub's own example bodies: most satisfy its document, and none makes the validator fail."""
    known = {event.replace("-", "_"): event for event in EVENTS}
    told = {True: 0, False: 0}
    for group in json.loads(EXAMPLES.read_text()):
        for body in group["examples"]:
            event = known.get(f"{group['name']}_{body['action']}" if "action" in body else group["name"])
            if event is not None:
                told[Validator(load_terms(event, document=WHOLE).schema).is_valid(body)] += 1
    say(f"\nexamples that satisfy the document: {told[True]}, that break it: {told[False]}")
    assert told[True] > 50
