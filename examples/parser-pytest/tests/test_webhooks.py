"""Four ways to use the plugin; ``pytest`` without a path adds the whole catalogue (see pyproject.toml)."""

from __future__ import annotations

import json

import pytest
from shop.webhooks import BadWebhook, Customer, parse
from shop.welcome import greeting

import contract_kit


def as_sent(payload):
    return json.dumps(payload).encode()


def test_a_new_customer_is_greeted(customer_created):
    """One realistic payload, the same in every run of this test."""
    customer = parse(as_sent(customer_created))
    assert isinstance(customer, Customer)
    assert customer.email == customer_created["customer"]["email"]
    assert greeting(customer).startswith("Welcome, ")


def test_a_customer_without_a_name_is_greeted_by_our_own_id(make_customer_created):
    """A payload with changes of our own: only what the contract allows can be asked for."""
    payload = make_customer_created(customer={"external_id": "ann-1"}, without=["/customer/name"])
    assert greeting(parse(as_sent(payload))) == "Welcome, ann-1!"


def test_what_breaks_the_contract_has_to_be_asked_for(make_customer_created):
    payload = make_customer_created(customer={"status": "gone"}, valid=False)
    with pytest.raises(BadWebhook, match="/customer/status"):
        parse(as_sent(payload))


@pytest.mark.contract("customer.created", only=["*:/customer/status:*", "*:/customer/created_at:*"])
def test_statuses_and_times_are_read_as_the_contract_says(contract_case):
    """A test of our own on every case about two places, one test a case."""
    contract_kit.check(parse, contract_case, rejects=BadWebhook)


TestMalformed = contract_kit.contract_tests(parse, rejects=BadWebhook, kinds=["malformed"])
"""Every way in which a body can be no JSON, in one line."""
