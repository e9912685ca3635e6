"""The catalogue tells apart every consumer that differs from the contract in one rule.

Those that are not told apart are listed with the reason: they do the same as the contract, or nothing that is
wrong in one place alone shows them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from one_rule_off import consumers, survivors

from contract_kit.spec import load_terms

FOLDER = Path(__file__).parent / "documents"
SAME = {
    "a size beside a pattern of that size": r"/MessageSid: (without (min|max)Length|minLength 33|maxLength 35|pattern (?!\^).*|pattern .*[^$])$",
    "another part of the place asks for the type, or for a size": r"^/(\$defs/Envelope|properties/asset|): takes \w+$|/Handle: (no empty|at most)",
    "what must be contained has the type of the items": r"/measures/contains: takes \w+$",
    "what one of two rules takes the other need not": r"/list/(contains: takes boolean|unevaluatedItems: takes integer)$",
    "one is what contains asks for anyway": r"/roles: without minContains$",
    "a condition of a branch asks for the property that it looks at": r"/(if|then|else)(/\w+)*: requires \w+$",
    "every country has a pattern for its codes": r"/postal_code: (no empty text|at most 255 letters)$",
    "without a country every condition holds: its absence breaks more than one place": r"/address: without required country$",
    "of a long enum the current member, the first two and the last two have near misses": r"WebhookEventName: takes '(?i:subscription\.activated)s? ?'$",
    "nullable, and no null in the enum: nothing is demanded": r"/PriceUnit: refuses null$",
    "-273.15 is no multiple of 0.01 to doubles: nothing is demanded": r"/value: minimum as exclusiveMinimum$",
    "other patterns say how such names end": r"/propertyNames: pattern \^\[a-z_\]\+$",
}
"""Why a consumer does what the contract says, and which are meant."""


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (None, "customer.created"),
        ("patterns.yaml", "messageStatus"),
        ("contacts.yaml", "contact.merged"),
        ("shipping.yaml", "shipment.status"),
        ("contained.yaml", "chart"),
        ("sealed.yaml", "asset.changed"),
        ("readings.yaml", "reading"),
    ],
)
def test_a_consumer_that_is_off_by_one_rule_is_found_out(name, event):
    terms = load_terms(event, None if name is None else FOLDER / name)
    assert sum(1 for _ in consumers(dict(terms.schema))) > 100
    assert [
        told for told in survivors(terms) if not any(re.search(same, told) for same in SAME.values())
    ] == []
