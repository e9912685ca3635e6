"""Fixtures: realistic, the same for the same test, changed as the test wishes."""

from __future__ import annotations

import json
import re

import pytest

import contract_kit
from contract_kit.errors import UsageError

pytest_plugins = ["pytester"]
SEED = {"customer", "event_type"}


def test_a_payload_is_valid_and_whole(customer_created):
    assert contract_kit.load().validate(customer_created) == []
    assert set(customer_created) == SEED
    assert customer_created["event_type"] == "customer.created"
    assert len(customer_created["customer"]) >= 19


def test_fields_are_merged_deep_down(make_customer_created):
    made = make_customer_created(customer={"name": "Ann", "metadata": {"plan": "gold"}})
    assert made["customer"]["name"] == "Ann"
    assert made["customer"]["metadata"]["plan"] == "gold"
    assert len(made["customer"]["metadata"]) > 1
    assert made["customer"]["id"]


def test_items_of_a_list_are_changed_by_their_index(make_customer_created):
    made = make_customer_created(customer={"integrations": {0: {"status": "archived"}}})
    assert made["customer"]["integrations"][0]["status"] == "archived"
    assert made["customer"]["integrations"][0]["id"]
    with pytest.raises(UsageError, match="there is no item 99"):
        make_customer_created(customer={"integrations": {99: {}}})


def test_changes_may_be_mappings_for_names_that_are_no_keywords(make_customer_created):
    assert make_customer_created({"valid": 1, "era": "x"})["era"] == "x"


def test_what_is_left_out_may_be_set_anew(make_customer_created):
    made = make_customer_created(without="/customer/metadata", customer={"metadata": {"a": "b"}})
    assert made["customer"]["metadata"] == {"a": "b"}
    assert "email" not in make_customer_created(without=["/customer/email"])["customer"]


def test_a_place_that_there_is_none_of_is_told_with_the_nearest(make_customer_created):
    with pytest.raises(UsageError, match=r"without='/customer/emial': .* did you mean /customer/email"):
        make_customer_created(without=["/customer/emial"])
    with pytest.raises(UsageError, match="perhaps /customer"):
        make_customer_created(without=["customer"])


def test_a_broken_contract_is_refused_with_pointer_and_keyword(make_customer_created):
    with pytest.raises(UsageError) as refused:
        make_customer_created(customer={"status": "gone"})
    lines = str(refused.value).splitlines()
    assert lines[0] == "this is no valid customer.created:"
    assert lines[1].startswith("  /customer/status breaks enum: ")
    assert lines[-1] == "pass valid=False if that is what you want"
    assert make_customer_created(customer={"status": "gone"}, valid=False)["customer"]["status"] == "gone"


def test_eras_are_the_shapes_that_the_provider_had(make_customer_created):
    assert "Customer" in make_customer_created(era="capital")
    assert "Customer" in make_customer_created(era="2025-04-16")
    assert "status" not in make_customer_created(era="slim")["customer"]
    with pytest.raises(UsageError, match=r"era=.never.: customer.created has capital, unnamed, full, slim"):
        make_customer_created(era="never")


def test_each_call_gives_another_payload(customer_created, make_customer_created):
    ids = {
        made["customer"]["id"]
        for made in (customer_created, make_customer_created(), make_customer_created())
    }
    assert len(ids) == 3


def test_a_delivery_is_signed_over_its_bytes(customer_created, customer_created_delivery, contract_secret):
    delivery = customer_created_delivery
    assert json.loads(delivery.body) == customer_created == delivery.payload
    names = set(delivery.headers)
    assert names == {"content-type", "svix-id", "svix-timestamp", "svix-signature"}
    again = contract_kit.sign(
        delivery.body,
        contract_secret,
        id=delivery.headers["svix-id"],
        timestamp=int(delivery.headers["svix-timestamp"]),
    )
    assert again["svix-signature"] == delivery.headers["svix-signature"]


def test_any_payload_can_be_delivered_in_either_family(make_contract_delivery):
    delivery = make_contract_delivery({"a": 1}, family="webhook", secret="whsec_" + "QUJD" * 8)
    assert delivery.body == b'{"a":1}'
    assert "webhook-signature" in delivery.headers
    assert delivery.secret == "whsec_" + "QUJD" * 8


DOCUMENT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
webhooks:
  invoice.paid:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [type, amount]
              properties:
                type: {type: string, enum: [invoice.paid]}
                amount: {type: integer, minimum: 1}
      responses: {"200": {description: ok}}
"""


def test_other_events_of_other_documents_have_the_same_fixtures(make_contract_payload, tmp_path):
    spec = tmp_path / "shop.yaml"
    spec.write_text(DOCUMENT)
    made = make_contract_payload("invoice.paid", spec=spec)
    assert contract_kit.load("invoice.paid", spec=spec).validate(made) == []
    assert make_contract_payload("invoice.paid", {"amount": 7}, spec=spec)["amount"] == 7
    with pytest.raises(UsageError, match="/amount breaks minimum"):
        make_contract_payload("invoice.paid", spec=spec, amount=0)


def test_the_marker_names_the_event_of_contract_payload(project):
    project.pytester.makefile(".yaml", shop=DOCUMENT)
    project.write(
        test_a="""
        import pytest

        @pytest.mark.contract("invoice.paid", spec="shop.yaml")
        def test_paid(contract_payload, make_contract_payload):
            assert contract_payload["type"] == "invoice.paid"
            assert make_contract_payload(amount=3)["amount"] == 3
        """
    )
    assert project.outcomes() == {"passed": 1}


def _ids(result):
    return dict(re.findall(r"(test_[\w\[\]]+)=(cust_\w+)", result.stdout.str()))


def test_the_same_test_has_the_same_payload_and_a_seed_changes_all(project):
    project.write(
        test_a="""
        import pytest

        @pytest.mark.parametrize("n", [1, 2])
        def test_a(customer_created, request, n):
            print(f"{request.node.name}={customer_created['customer']['id']}")

        def test_b(customer_created, request):
            print(f"{request.node.name}={customer_created['customer']['id']}")
        """
    )
    first, second = _ids(project.run("-s")), _ids(project.run("-s", "-k", "test_b"))
    assert len(set(first.values())) == 3
    assert second == {"test_b": first["test_b"]}
    other = _ids(project.run("-s", "--contract-seed", "7"))
    assert not set(other.values()) & set(first.values())


def test_the_faker_fixture_is_left_alone(project):
    project.write(
        test_a="""
        def test_a(faker, customer_created):
            assert faker.name()
        """
    )
    assert project.outcomes() == {"passed": 1}


def test_a_case_without_a_test_of_its_own_says_so(project):
    project.write(
        test_a="""
        import pytest

        @pytest.fixture
        def body(contract_case):
            return contract_case.body

        @pytest.mark.contract(kinds="malformed", only="malformed:::empty")
        def test_a(body):
            assert body == b""
        """
    )
    assert project.outcomes() == {"passed": 1}
