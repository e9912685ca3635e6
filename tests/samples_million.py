"""A million realistic payloads, as ``generate`` writes them: run by ``make test-samples``.

Each line is judged by ``fastjsonschema``, which had no part in making it, against the document's own schema; and by
the provider's, as far as it is known what it sends. Every thousandth is judged by Python's ``jsonschema`` too, whose
formats are others' work again. The whole is looked at for what a thousand cannot show: how many are distinct, which
countries and locales are met, how long texts are, how often fields are absent or empty. ``SAMPLES`` in the environment
sets another number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pytest

from contract_kit.spec import load_terms
from contract_kit.values._pools import faker_pools

COUNT = int(os.environ.get("SAMPLES", "1000000"))
TERMS = load_terms("customer.created")
FIELDS = tuple(
    place.pointer.removeprefix("/customer/") for place in TERMS.locations if place.pointer.count("/") == 2
)
"""The properties of a customer in the document."""


@dataclass
class Seen:
    """What was met in all lines."""

    lines: int = 0
    distinct: set[int] = field(default_factory=set)
    countries: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    lengths: dict[str, Counter[int]] = field(default_factory=dict)
    sizes: Counter[int] = field(default_factory=Counter)

    def add(self, line: bytes, customer: dict[str, Any]) -> None:
        self.lines += 1
        self.distinct.add(int.from_bytes(blake2b(line, digest_size=8).digest(), "big"))
        self.countries[customer.get("address_country", "")] += 1
        self.sizes[len(customer)] += 1
        for name in FIELDS:
            value = customer.get(name)
            if value is None:
                self.absent[name] += 1
            elif value == "":
                self.empty[name] += 1
            elif isinstance(value, str):
                self.lengths.setdefault(name, Counter())[len(value)] += 1


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Every line, judged while it is read: the file is 1.5 GB."""
    out = tmp_path_factory.mktemp("million") / "samples.ndjson"
    words = [sys.executable, "-m", "contract_kit", "generate", "--count", str(COUNT), "--out", str(out)]
    subprocess.run([*words, "--workers", str(os.cpu_count() or 1)], check=True)
    try:
        return judged(out)
    finally:
        out.unlink()


def judged(path: Path) -> Seen:
    assert TERMS.profile is not None
    document = fastjsonschema.compile(dict(TERMS.schema))
    sends = fastjsonschema.compile(dict(TERMS.profile.sends))
    slow = jsonschema.Draft202012Validator(
        TERMS.schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    found = Seen()
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            value = json.loads(line)
            document(value)
            sends(value)
            if number % 1000 == 0:
                slow.validate(value)
            assert value["event_type"] == TERMS.event
            found.add(line, value["customer"])
    return found


def test_each_satisfies_the_document_and_what_the_provider_sends(seen: Seen) -> None:
    assert seen.lines == COUNT


def test_no_two_are_alike(seen: Seen) -> None:
    """At least 999 of 1,000 are asked for."""
    assert len(seen.distinct) >= COUNT * 0.999


def test_every_country_and_every_locale_is_met_again_and_again(seen: Seen) -> None:
    pools = faker_pools()
    assert seen.countries.keys() - {""} == pools.by_code.keys()
    assert min(seen.countries[code] for code in pools.by_code) > COUNT / 20_000
    assert {pools.by_code[code].locale for code in seen.countries if code} == set(pools.locales)


def test_fields_are_absent_and_empty_as_often_as_the_providers_shapes_have_it(seen: Seen) -> None:
    """What each shape always has is always there; what the slim shapes lack is missing in two of seven."""
    share = {name: seen.absent[name] / COUNT for name in FIELDS}
    assert share["id"] == share["external_id"] == share["name"] == 0
    slim = ("created_at", "updated_at", "created_by", "updated_by", "status", "tenant_id")
    assert all(0.2 < share[name] < 0.4 for name in slim), share
    assert len({round(share[name], 2) for name in slim}) == 1
    assert 0.5 < share["integrations"] < 0.7
    for name in ("email", "address_line1", "address_line2", "address_city", "address_state"):
        assert 0.02 < seen.empty[name] / COUNT < (0.4 if name == "address_line2" else 0.25), name
        assert 0 < share[name] < 0.25, "left out by the slim shapes where it is empty"
    assert len(seen.sizes) > 5
    assert max(seen.sizes) >= len(FIELDS)


def test_texts_are_as_long_as_real_ones(seen: Seen) -> None:
    """Short ones and long ones of each, and none that the provider would refuse."""
    limits = {"name": 255, "email": 255, "address_line1": 255, "address_city": 100, "address_postal_code": 20}
    for name, most in limits.items():
        lengths = seen.lengths[name]
        assert max(lengths) <= most, name
        assert len(lengths) >= 5, name
        assert max(lengths.values()) < 0.6 * lengths.total(), name
    assert min(seen.lengths["name"]) <= 3
    assert max(seen.lengths["name"]) >= 25
