"""Delivery cases: sound ones verify, wrong ones cannot, and the catalogue does not depend on the clock."""

from __future__ import annotations

import base64
import binascii
import re
import time

import pytest
import standardwebhooks
import svix

from contract_kit import jsonio
from contract_kit.delivery import delivery_cases, expected_signatures, prepare, read_reply, signed
from contract_kit.model import Delivery, Reply, Step
from contract_kit.schema import validator_for
from contract_kit.spec import load_terms
from contract_kit.targets._framing_bytes import FRAMINGS

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TERMS = load_terms("customer.created")
CASES = {case.variant: case for case in delivery_cases(TERMS, signed=True, effects=True)}
SIGNING = {name: case for name, case in CASES.items() if case.family in ("signature", "time", "spelling")}


def deliveries(case, *, run="run", family="svix", now=None):
    return [
        prepare(case, index, secret=SECRET, run=run, family=family, now=now)
        for index in range(len(case.steps))
    ]


def library(delivery):
    """The verdict of the Svix library, any error of which is a refusal (and some are none of its own)."""
    headers = {}
    for name, value in delivery.headers:
        headers.setdefault(name.lower(), value)
    try:
        svix.Webhook(SECRET).verify(delivery.body, headers)
    except (
        svix.webhooks.WebhookVerificationError,
        standardwebhooks.webhooks.WebhookVerificationError,
        ValueError,
        OverflowError,
    ):
        return False
    return True


def forgiving(delivery):
    """A receiver that reads as leniently as it can and still verifies: the good digest and a fresh time."""
    import hashlib
    import hmac

    headers = {name.lower().removeprefix("svix-").removeprefix("webhook-"): v for name, v in delivery.headers}
    if not all(headers.get(name) for name in ("id", "timestamp", "signature")):
        return False
    try:
        found = re.match(
            r"[+0]*(0x[0-9a-f]+|\d[\d_]*(?:\.\d+)?(?:e\d{1,3})?)", headers["timestamp"], re.ASCII
        )
        text = found.group(1)
        at = int(text, 16) if text.startswith("0x") else float(text)
    except (AttributeError, ValueError, OverflowError):
        return False
    if abs(time.time() - at) > 400:
        return False
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    content = f"{headers['id']}.{headers['timestamp']}.".encode("latin-1") + delivery.body
    good = hmac.new(key, content, hashlib.sha256).digest()
    for item in re.split(r"[ \t]+", headers["signature"]):
        version, comma, text = item.partition(",")
        if version.lower() != "v1" or not comma:
            continue
        letters = re.sub("[^A-Za-z0-9+/]", "", text.translate(str.maketrans("-_", "+/")))
        try:
            if hmac.compare_digest(base64.b64decode(letters + "=" * (-len(letters) % 4)), good):
                return True
        except binascii.Error:
            continue
    return False


def test_the_catalogue_does_not_depend_on_the_time_or_on_the_run():
    again = list(delivery_cases(TERMS, signed=True, effects=True))
    assert again == list(CASES.values())


def test_ids_are_unique_and_of_the_grammar():
    assert all(re.fullmatch(r"delivery:::[A-Za-z0-9.-]+", case.id) for case in CASES.values())
    assert len({case.id for case in CASES.values()}) == len(list(delivery_cases(TERMS, signed=True)))


def test_a_case_says_of_itself_what_its_last_step_says():
    for case in CASES.values():
        last = case.steps[-1]
        assert (case.expect, case.body, case.method, case.headers) == (
            last.expect,
            last.body,
            last.method,
            last.headers,
        )
        assert case.kind == "delivery"
        assert case.description
        assert case.because


@pytest.mark.parametrize("family", ["svix", "webhook"])
def test_what_must_be_taken_verifies_in_the_library(family):
    """Every step that must be taken has a signature that the provider's library takes."""
    checked = 0
    for case in CASES.values():
        for step, delivery in zip(case.steps, deliveries(case, family=family), strict=True):
            if step.expect == "accept":
                checked += 1
                assert library(delivery), case.id
    assert checked > 140


@pytest.mark.parametrize("name", [n for n, c in SIGNING.items() if c.expect == "reject"])
def test_what_must_be_refused_is_refused_by_the_most_forgiving_verifier(name):
    """So no receiver that verifies at all, however leniently it reads, is blamed."""
    sound, wrong = deliveries(CASES[name])
    assert forgiving(sound)
    assert library(sound)
    assert not forgiving(wrong)
    assert not library(wrong)


def test_what_must_be_taken_is_what_the_forgiving_verifier_takes():
    for case in SIGNING.values():
        if case.expect == "accept":
            assert forgiving(deliveries(case)[-1]), case.id


def test_the_families_that_were_asked_for_are_there():
    wanted = [
        "id-missing",
        "id-empty",
        "timestamp-missing",
        "timestamp-empty",
        "signature-missing",
        "signature-empty",
        "key-other",
        "body-altered",
        "id-altered",
        "time-altered",
        "signature-of-other",
        "signature-cut",
        "signature-case-changed",
        "signature-no-comma",
        "signature-two-commas",
        "signature-empty-item",
        "signature-tab",
        "signature-non-ascii",
        "signature-junk",
        "signature-padding-within",
        "signature-version-unknown",
        "time-too-old",
        "time-too-new",
        "time-word",
        "time-overflow-64",
        "time-digits-arabic",
        "unsigned",
    ]
    assert {name: CASES[name].expect for name in wanted} == dict.fromkeys(wanted, "reject")
    free = ["signature-repeated", "content-type-missing", "signature-non-canonical", "time-zero-padded"]
    assert {name: CASES[name].expect for name in free} == dict.fromkeys(free, "either")


def test_each_wrong_delivery_comes_after_a_sound_one_about_another_customer():
    for case in SIGNING.values():
        if case.expect != "reject":
            continue
        sound, wrong = case.steps
        assert (sound.expect, sound.signing) == ("accept", "sound")
        assert sound.event != wrong.event
        texts = (step.body.decode("utf-8", "replace").encode() for step in case.steps)
        one, two = (jsonio.strict_loads(text)["customer"]["id"] for text in texts)
        assert one != two


def test_a_signature_over_what_a_lenient_reader_makes_of_a_body_is_none():
    """Two bodies that such a reader takes for one: only the other was signed."""
    sent = deliveries(CASES["body-not-utf8"])[1]
    with pytest.raises(UnicodeDecodeError):
        sent.body.decode()
    headers = dict(sent.headers)
    signed_text = sent.body.decode("utf-8", "replace")
    svix.Webhook(SECRET).verify(signed_text, headers)
    assert "\ufffd" in signed_text


def test_every_body_of_a_sound_step_satisfies_the_contract_and_the_provider():
    document, sends = validator_for(TERMS.schema), validator_for(TERMS.profile.sends)
    for case in CASES.values():
        for step in case.steps:
            if step.expect == "accept" and case.variant != "repeat-later-first":
                value = jsonio.strict_loads(step.body)
                assert document.is_valid(value), case.id
                assert sends.is_valid(value), case.id


def test_customers_are_of_one_case_and_of_one_run_alone():
    """Otherwise a receiver that knows its customers would take one case for the repeat of another."""
    seen = {}
    for run in ("one", "two"):
        for case in CASES.values():
            for number, delivery in enumerate(deliveries(case, run=run)):
                try:
                    customer = jsonio.strict_loads(delivery.body)["customer"]
                except (ValueError, TypeError, KeyError, RecursionError):
                    continue
                names = {"unsigned": number} if case.family == "unsigned" else {}
                for name in ("id", "external_id"):
                    owner = seen.setdefault((name, customer[name]), (run, case.id))
                    assert owner == (run, case.id), names
    assert len(seen) > 800


def test_ids_are_fresh_in_each_run_and_stable_within_one():
    case = CASES["repeat-same-id"]
    one, again = (dict(d.headers) for d in deliveries(case, run="a"))
    other = dict(deliveries(case, run="b")[0].headers)
    assert one["svix-id"] == again["svix-id"] != other["svix-id"]
    assert one["svix-timestamp"] != again["svix-timestamp"]
    assert one["svix-signature"] != again["svix-signature"]
    assert deliveries(case, run="a", now=5) == deliveries(case, run="a", now=5)


def test_what_is_sent_in_a_run_differs_from_the_catalogue_in_ids_alone():
    for case in CASES.values():
        for step, delivery in zip(case.steps, deliveries(case), strict=True):
            assert len(delivery.body) == len(step.body)


def test_repeats_say_how_many_effects_they_add_only_where_effects_are_counted():
    assert CASES["repeat-same-id"].effects == 1
    assert CASES["repeat-at-once"].effects == 1
    assert CASES["repeat-two-ids"].effects == 2
    others = CASES["repeat-after-others"]
    assert others.effects == len({step.event for step in others.steps}) == len(others.steps) - 1
    assert others.steps[0] == others.steps[-1]
    assert CASES["repeat-later-first"].effects is None
    assert all(case.effects is None for case in delivery_cases(TERMS, signed=True))


def test_repeats_at_once_are_sent_together():
    first, *rest = CASES["repeat-at-once"].steps
    assert not first.together
    assert len(rest) >= 3
    assert all(step.together and step.event == first.event for step in rest)


def test_two_ids_for_one_customer_have_the_same_body_and_other_ids():
    one, two = deliveries(CASES["repeat-two-ids"])
    assert one.body == two.body
    assert dict(one.headers)["svix-id"] != dict(two.headers)["svix-id"]


def test_a_later_event_says_its_name():
    later, earlier = CASES["repeat-later-first"].steps
    assert jsonio.strict_loads(later.body)["event_type"] == "customer.updated"
    assert jsonio.strict_loads(earlier.body)["event_type"] == "customer.created"
    assert (
        jsonio.strict_loads(later.body)["customer"]["id"]
        == jsonio.strict_loads(earlier.body)["customer"]["id"]
    )


def test_without_a_secret_nothing_asks_for_a_signature():
    for case in delivery_cases(TERMS, signed=False, effects=True):
        assert all(step.signing == "none" for step in case.steps)
        assert case.effects is None
        assert case.family in ("size", "content-type", "method", "framing", "connection", "repeat")
        assert prepare(case, 0, secret=None, run="r").headers == case.steps[0].headers


@pytest.mark.parametrize(
    ("policy", "expect"), [("schema", "reject"), ("provider", "either"), ("tolerant", "either")]
)
def test_other_methods_and_content_types_are_refused_under_schema_alone(policy, expect):
    cases = {case.variant: case for case in delivery_cases(TERMS, policy=policy, signed=True)}
    assert {cases[n].expect for n in ("method-GET", "method-PUT", "content-type-text")} == {expect}
    assert {cases[n].expect for n in ("method-OPTIONS", "method-HEAD", "content-type-missing")} == {"either"}


def test_framings_are_those_of_the_url_target_and_come_for_it_alone():
    framings = {step.framing for case in CASES.values() for step in case.steps}
    assert framings == set(FRAMINGS)
    for kind in ("asgi", "wsgi"):
        for case in delivery_cases(TERMS, signed=True, target=kind):
            assert {step.framing for step in case.steps} == {"plain"}


def test_another_document_has_delivery_cases_too(tmp_path):
    """Nothing is special to the bundled contract; the other header family is then nobody's promise."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "webhooks": {
            "order.created": {
                "post": {
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id", "total"],
                                    "properties": {
                                        "id": {"type": "string", "format": "uuid"},
                                        "total": {"type": "integer"},
                                    },
                                }
                            }
                        }
                    },
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
    }
    path = tmp_path / "shop.json"
    path.write_bytes(jsonio.compact(document))
    terms = load_terms("order.created", path)
    cases = {case.variant: case for case in delivery_cases(terms, signed=True, effects=True)}
    assert len(cases) > 150
    assert "repeat-later-first" not in cases
    assert cases["family-other"].expect == "either"
    ids = {jsonio.strict_loads(case.steps[0].body)["id"] for case in cases.values()}
    assert len(ids) > 150
    assert all(
        validator_for(terms.schema).is_valid(jsonio.strict_loads(c.steps[0].body)) for c in cases.values()
    )


def test_any_delivery_can_be_signed_whatever_its_bytes():
    delivery = signed(Delivery(key=1, body=b"\xff\xfe{"), SECRET, "webhook")
    assert [name for name, _ in delivery.headers] == [
        "content-type",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    ]
    assert signed(delivery, SECRET).headers != signed(delivery, SECRET).headers


def test_the_signature_that_a_receiver_computes_is_known_unless_it_was_sent():
    """What it computes for a wrong delivery must not stand in its reply."""
    sound, wrong = deliveries(CASES["key-other"])
    assert expected_signatures(sound, SECRET) == ()
    (good,) = expected_signatures(wrong, SECRET)
    repaired = [(n, good if n.endswith("signature") else v) for n, v in wrong.headers]
    assert library(Delivery(key=0, body=wrong.body, headers=tuple(repaired)))
    assert expected_signatures(deliveries(CASES["unsigned"])[1], SECRET) == ()
    for case in CASES.values():
        for index in range(len(case.steps)):
            expected_signatures(prepare(case, index, secret=SECRET, run="run"), SECRET)


def test_501_refuses_another_method_and_is_a_crash_otherwise():
    crashed = Reply(outcome="crashed", status=501)
    assert read_reply(Step(body=b"", expect="either", method="PUT"), crashed).outcome == "rejected"
    assert read_reply(Step(body=b"", expect="accept"), crashed) is crashed
    other = Reply(outcome="crashed", status=500)
    assert read_reply(Step(body=b"", expect="either", method="PUT"), other) is other


@pytest.mark.parametrize(
    ("names", "fresh"),
    [
        (("id",), True),
        (("order_id",), True),
        (("orderId",), True),
        (("external_id",), True),
        (("tenant_id",), False),
        (("environment_id",), False),
        (("paid",), False),
        (("grid",), False),
        (("data", "object", "id"), True),
        (("items", "0", "id"), False),
    ],
)
def test_what_is_made_unique_is_what_the_event_is_about(names, fresh):
    from contract_kit.delivery._bodies import _ids

    value = "abc_0123456789"
    for name in reversed(names):
        value = [value] if name == "0" else {name: value}
    assert (list(_ids(value)) == ["abc_0123456789"]) is fresh


def test_bodies_reach_past_the_limits_of_frameworks_up_to_the_providers_own():
    sizes = {name: len(case.body) for name, case in CASES.items() if case.family == "size"}
    assert sizes == {
        "body-over-100-kb": 102_401,
        "body-over-128-kb": 131_073,
        "body-over-256-kb": 262_145,
        "body-largest": 343_000,
    }
    for name, size in sizes.items():
        value = jsonio.strict_loads(CASES[name].body)
        assert len(value["customer"]["metadata"]) > 90, "the size is that of what a customer has"
        assert len(jsonio.compact(value)) == size, "and not that of blanks"
        assert len(prepare(CASES[name], 0, secret=SECRET, run="run").body) == size
