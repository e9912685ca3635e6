"""Events are found where publishers put them, and asked for by the names that people use."""

from __future__ import annotations

import pytest
from spec_makers import api, document, operation, terms

from contract_kit.errors import RefError, SpecError, UnknownEvent
from contract_kit.spec import events, load_terms

BODY = {"type": "object", "properties": {"id": {"type": "string"}}}
OTHER = {"type": "object", "properties": {"ok": {"type": "boolean"}}}


def paths(items, **more):
    return document({"openapi": "3.0.3", "paths": items, **more})


def hooks(items, **more):
    return document({"openapi": "3.1.0", "webhooks": items, **more})


def respond(schema, code="200"):
    return {"responses": {code: {"description": "", "content": {"application/json": {"schema": schema}}}}}


def body_of(doc, event):
    found = dict(load_terms(event, document=doc).schema)
    found.pop("$schema")
    return found


# -- the four places -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"post": respond(BODY)}, "customer.created"),
        ({"post": respond(BODY, "2XX")}, "customer.created"),
        ({"post": respond(BODY, "204") | {"summary": "x"}}, "customer.created"),
        ({"post": operation(BODY)}, "customer.created"),
        ({"post": {**operation(BODY), **respond(OTHER)}}, "customer.created"),
        ({"post": {**operation({}), **respond(BODY)}}, "customer.created"),
        ({"post": {**operation({"type": "object"}), **respond(BODY)}}, "customer.created"),
        ({"get": respond(BODY)}, "customer.created"),
    ],
)
def test_a_documentation_only_path_gives_its_payload(item, name):
    doc = paths({"/webhook-events/customer.created": item})
    assert events(doc) == (name,)
    assert body_of(doc, name) == BODY


@pytest.mark.parametrize(
    ("path", "operation_keys", "name"),
    [
        ("/webhooks/order-paid", {}, "order-paid"),
        ("/your-webhook-url", {"operationId": "orderPaid"}, "orderPaid"),
        ("/webhook", {"summary": "order.paid"}, "order.paid"),
        ("/hooks/{id}", {"operationId": "order.paid"}, "order.paid"),
        ("/anything", {"x-webhook": True, "operationId": "orderPaid"}, "anything"),
        ("/orders", {"tags": ["Webhooks"], "operationId": "orders.paid"}, "orders.paid"),
    ],
)
def test_a_path_operation_is_named_by_its_end_its_id_or_its_summary(path, operation_keys, name):
    doc = paths({path: {"post": {**operation(BODY), **operation_keys}}, "/pets": {"post": operation(OTHER)}})
    assert events(doc) == (name,)
    assert body_of(doc, name) == BODY


def test_ordinary_operations_are_no_events_but_can_be_asked_for():
    doc = paths(
        {
            "/pets": {"post": {**operation(OTHER), "operationId": "addPet"}},
            "/hooks/a.b": {"post": operation(BODY)},
        }
    )
    assert events(doc) == ("a.b",)
    assert body_of(doc, "addPet") == body_of(doc, "pets") == body_of(doc, "POST /pets") == OTHER


def test_operations_that_manage_hooks_are_no_events_beside_those_that_are():
    manage = {"post": {**operation(OTHER), "operationId": "createWebhook"}}
    doc = document(
        {
            "openapi": "3.1.0",
            "paths": {"/webhooks": manage, "/orgs/{org}/hooks/{id}/pings": manage},
            "webhooks": {"order.paid": {"post": operation(BODY)}},
        }
    )
    assert events(doc) == ("order.paid",)
    assert body_of(doc, "createWebhook") == OTHER


def test_a_page_with_one_ordinary_operation_has_that_event():
    assert events(paths({"/pets": {"post": operation(BODY)}})) == ("pets",)


def test_webhooks_of_3_1_and_x_webhooks_of_3_0_are_events_in_order():
    doc = hooks({"b.two": {"post": operation(BODY)}, "a.one": {"put": operation(OTHER)}, "none": {"get": {}}})
    assert events(doc) == ("b.two", "a.one")
    old = document({"openapi": "3.0.0", "paths": {}, "x-webhooks": {"a.one": {"post": operation(BODY)}}})
    assert events(old) == ("a.one",)


def test_the_answer_to_a_webhook_is_not_its_payload():
    doc = hooks({"a": {"get": respond(OTHER), "post": operation(BODY)}})
    assert body_of(doc, "a") == BODY


def test_callbacks_of_operations_and_components_are_events():
    callback = {"{$request.body#/url}": {"post": operation(BODY)}, "x-note": 1}
    doc = document(
        {
            "openapi": "3.0.0",
            "paths": {
                "/subscribe": {
                    "post": {
                        "operationId": "subscribe",
                        "callbacks": {"onData": callback, "onEnd": {"$ref": "#/components/callbacks/Ended"}},
                    }
                }
            },
            "components": {
                "callbacks": {"Ended": {"{$url}": {"$ref": "#/components/x-items/Ended"}}},
                "x-items": {"Ended": {"post": operation(OTHER)}},
            },
        }
    )
    assert events(doc) == ("onData", "onEnd", "Ended")
    assert body_of(doc, "onData") == body_of(doc, "subscribe/onData") == BODY
    assert body_of(doc, "onEnd") == OTHER


def test_callbacks_of_one_name_stay_apart():
    def subscribe(owner, schema):
        return {"post": {"operationId": owner, "callbacks": {"on": {"{$url}": {"post": operation(schema)}}}}}

    doc = paths({"/a": subscribe("a", BODY), "/b": subscribe("b", OTHER)})
    assert events(doc) == ("on", "b/on")
    assert body_of(doc, "on") == BODY
    assert body_of(doc, "b/on") == OTHER


def test_references_to_shared_parts_are_followed():
    doc = document(
        {
            "openapi": "3.1.0",
            "webhooks": {"a": {"$ref": "#/components/pathItems/Hook"}},
            "paths": {
                "/webhook-events/b.c": {"post": {"responses": {"200": {"$ref": "#/components/responses/R"}}}}
            },
            "components": {
                "pathItems": {"Hook": {"post": {"requestBody": {"$ref": "#/components/requestBodies/B"}}}},
                "requestBodies": {"B": operation({"$ref": "#/components/schemas/S"})["requestBody"]},
                "responses": {"R": respond({"$ref": "#/components/schemas/S"})["responses"]["200"]},
                "schemas": {"S": BODY},
            },
        }
    )
    assert events(doc) == ("a", "b.c")
    assert body_of(doc, "a") == body_of(doc, "b.c") == BODY


@pytest.mark.parametrize(
    ("media", "right"),
    [
        (["text/plain", "application/json"], "application/json"),
        (["application/xml", "application/problem+json"], "application/problem+json"),
        (
            ["application/cloudevents+json", "application/json; charset=utf-8"],
            "application/json; charset=utf-8",
        ),
        (["application/x-www-form-urlencoded", "text/xml"], "application/x-www-form-urlencoded"),
    ],
)
def test_json_content_is_preferred(media, right):
    content = {name: {"schema": BODY if name == right else OTHER} for name in media}
    assert body_of(hooks({"a": {"post": {"requestBody": {"content": content}}}}), "a") == BODY
    content[right] = {"example": {}}
    if len(media) > 1 and right == media[-1]:
        assert body_of(hooks({"a": {"post": {"requestBody": {"content": content}}}}), "a") == OTHER


# -- events inside one body ----------------------------------------------------------------------


def member(key, **rule):
    return {
        "type": "object",
        "required": [key],
        "properties": {key: {"type": "string", **rule}, "data": BODY},
    }


@pytest.mark.parametrize("rule", ["const", "enum"])
@pytest.mark.parametrize("key", ["type", "event", "event_type", "eventType", "topic"])
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_a_union_over_events_gives_each_of_them(keyword, key, rule):
    def rules(name):
        return {"const": name} if rule == "const" else {"enum": [name]}

    branches = [member(key, **rules("invoice.paid")), member(key, **rules("invoice.sent"))]
    doc = hooks({"webhook": {"post": operation({keyword: branches})}})
    assert events(doc) == ("webhook", "invoice.paid", "invoice.sent")
    found = load_terms("invoice.sent", document=doc)
    assert found.schema["properties"][key] == branches[1]["properties"][key]
    assert found.pins == {f"/{key}": "invoice.sent"}


def test_a_discriminator_names_events_by_its_mapping():
    schemas = {
        "Paid": member("type"),
        "Sent": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"data": BODY}}]},
        "Base": member("type"),
    }
    union = {
        "oneOf": [{"$ref": "#/components/schemas/Paid"}, {"$ref": "#/components/schemas/Sent"}],
        "discriminator": {
            "propertyName": "type",
            "mapping": {"invoice.paid": "Paid", "invoice.sent": "#/components/schemas/Sent"},
        },
    }
    doc = hooks({"webhook": {"post": operation(union)}}, components={"schemas": schemas})
    assert events(doc) == ("webhook", "invoice.paid", "invoice.sent")
    assert load_terms("invoice.paid", document=doc).pins == {"/type": "invoice.paid"}
    assert load_terms("invoice.sent", document=doc).pins == {"/type": "invoice.sent"}


def test_nested_unions_and_all_of_are_seen_through():
    inner = {
        "oneOf": [
            {"allOf": [{"properties": {"data": BODY}}, member("event", const="a.b")]},
            member("event", const="a.c"),
        ]
    }
    doc = hooks(
        {"x": {"post": operation({"anyOf": [inner, {"type": "null"}, member("event", enum=["a.d", "a.e"])]})}}
    )
    assert events(doc) == ("x", "a.b", "a.c", "a.d", "a.e")
    assert load_terms("a.e", document=doc).pins == {"/event": "a.e"}


def test_kinds_of_one_payload_are_no_events():
    union = {"oneOf": [member("type", const="person"), member("type", const="company")]}
    assert events(hooks({"customer.created": {"post": operation(union)}})) == ("customer.created",)


def test_one_body_for_many_names_gives_each_of_them_unless_it_is_one_of_them():
    names = ["order.created", "order.updated"]
    doc = hooks({"orderEvents": {"post": operation(member("event_type", enum=names))}})
    assert events(doc) == ("orderEvents", *names)
    assert load_terms("order.updated", document=doc).pins == {"/event_type": "order.updated"}
    own = hooks({"order.created": {"post": operation(member("event_type", enum=names))}})
    assert events(own) == ("order.created",)


# -- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "check-run-completed",
        "check_run.completed",
        "check_run/completed",
        "CheckRunCompleted",
        "CHECK_RUN_COMPLETED",
    ],
)
def test_a_name_may_differ_in_punctuation(asked):
    doc = hooks(
        {"check-run-completed": {"post": operation(BODY)}, "check-run-created": {"post": operation(OTHER)}}
    )
    assert load_terms(asked, document=doc).event == "check-run-completed"


def test_an_unknown_event_suggests_the_nearest():
    doc = hooks({"check-run-completed": {"post": operation(BODY)}, "push": {"post": operation(BODY)}})
    with pytest.raises(UnknownEvent) as caught:
        load_terms("check_run", document=doc)
    assert str(caught.value) == "api.yaml has no event 'check_run'; did you mean check-run-completed?"


def test_a_name_that_fits_two_events_is_not_guessed():
    doc = hooks({"a-b": {"post": operation(BODY)}, "a_b": {"post": operation(OTHER)}})
    with pytest.raises(UnknownEvent, match=r"did you mean a_b or a-b\?|did you mean a-b or a_b\?"):
        load_terms("a.b", document=doc)
    assert body_of(doc, "a_b") == OTHER


def test_a_document_without_events_says_so():
    doc = document({"openapi": "3.1.0"})
    assert events(doc) == ()
    with pytest.raises(UnknownEvent, match="it describes no events at all"):
        load_terms("a", document=doc)


# -- broken documents ----------------------------------------------------------------------------


def test_a_broken_reference_of_one_event_leaves_the_others_usable():
    doc = hooks(
        {
            "bad": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Nope"}}},
            "worse": {"$ref": "other.yaml"},
            "schema": {"post": operation({"$ref": "#/components/schemas/Nope"})},
            "good": {"post": operation(BODY)},
        },
        paths={"/webhook-events/also.bad": {"post": {"responses": {"200": {"$ref": "#/nowhere"}}}}},
    )
    assert set(events(doc)) == {"bad", "worse", "schema", "good", "also.bad"}
    assert body_of(doc, "good") == BODY
    for name, place in (
        ("bad", "/webhooks/bad/post/requestBody/$ref"),
        ("worse", "/webhooks/worse/$ref"),
        ("schema", "/webhooks/schema/post/requestBody/content/application~1json/schema/$ref"),
        ("also.bad", "/paths/~1webhook-events~1also.bad/post/responses/200/$ref"),
    ):
        with pytest.raises(RefError) as caught:
            load_terms(name, document=doc)
        assert caught.value.pointer == place


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({"a": []}, "/webhooks/a: must be an object, not a list"),
        ({"a": {"post": 5}}, "/webhooks/a/post: must be an object, not the number 5"),
        (
            {"a": {"post": {"requestBody": "x"}}},
            "/webhooks/a/post/requestBody: must be an object, not the text 'x'",
        ),
        (
            {"a": {"post": {"requestBody": {"content": []}}}},
            "/webhooks/a/post/requestBody/content: must be an object, not a list",
        ),
        (
            {"a": {"post": {"requestBody": {"content": {"x/json": 5}}}}},
            "/webhooks/a/post/requestBody/content/x~1json: must be an object, not the number 5",
        ),
    ],
)
def test_a_malformed_structure_is_refused_with_its_place(items, said):
    with pytest.raises(SpecError) as caught:
        events(hooks(items))
    assert str(caught.value) == f"api.yaml: {said}"


def test_what_was_left_empty_is_no_event():
    assert events(
        hooks({"a": None, "b": {"post": {"requestBody": None}}, "c": {"post": operation(BODY)}})
    ) == ("c",)


# -- pins ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "pins"),
    [
        ({"properties": {"event_type": {"enum": ["e.v", "e.w"]}}}, {"/event_type": "e.v"}),
        ({"properties": {"type": {"const": "e.v"}}}, {"/type": "e.v"}),
        ({"properties": {"event": {"type": "string"}}}, {"/event": "e.v"}),
        ({"properties": {"type": {"type": "string"}}}, {"/type": "e.v"}),
        ({"properties": {"type": {"type": "string", "example": "e.v"}}}, {"/type": "e.v"}),
        ({"properties": {"event": {"type": "string", "example": "other"}}}, {}),
        ({"properties": {"event": {"type": "string", "maxLength": 2}}}, {}),
        ({"properties": {"event": {"type": "string", "format": "uuid"}}}, {}),
        ({"properties": {"event": {"type": "object"}}}, {}),
        ({"properties": {"event": {}}}, {}),
        ({"properties": {"event": {"type": "string", "enum": ["x"]}}}, {}),
        ({"properties": {"name": {"type": "string"}, "kind": {"type": "string"}}}, {}),
        (
            {"properties": {"meta": {"properties": {"event_name": {"type": "string"}}}}},
            {"/meta/event_name": "e.v"},
        ),
        ({"properties": {"data": {"properties": {"type": {"type": "string"}}}}}, {}),
        ({"properties": {"a": {"properties": {"type": {"enum": ["e.v", "x"]}}}}}, {"/a/type": "e.v"}),
        ({"properties": {"a": {"items": {"properties": {"type": {"enum": ["e.v"]}}}}}}, {}),
        ({"properties": {"event": {"enum": ["e_v", "e_w"]}}}, {"/event": "e_v"}),
        ({"properties": {"action": {"enum": ["v", "w"]}}}, {"/action": "v"}),
        ({"properties": {"action": {"enum": ["v"]}}}, {}),
        (
            {
                "allOf": [
                    {"properties": {"event": {"type": "string"}}},
                    {"properties": {"event": {"enum": ["x"]}}},
                ]
            },
            {},
        ),
        ({"properties": {"event": {"anyOf": [{"const": "x"}]}}}, {}),
    ],
)
def test_the_events_name_is_pinned_where_it_stands_and_nowhere_else(schema, pins):
    assert terms(schema).pins == pins


def test_a_free_text_called_event_is_left_alone_where_the_name_is_only_the_documents_key():
    doc = hooks({"rule-requested": {"post": operation({"properties": {"event": {"type": "string"}}})}})
    assert load_terms("rule-requested", document=doc).pins == {}


def test_pins_see_through_references():
    found = terms(
        {"$ref": "#/components/schemas/A"},
        {
            "A": {"allOf": [{"$ref": "#/components/schemas/B"}]},
            "B": {"properties": {"type": {"$ref": "#/components/schemas/Names"}}},
            "Names": {"enum": ["e.v", "e.w"]},
        },
    )
    assert found.pins == {"/type": "e.v"}


def test_one_read_document_serves_many_events():
    doc = api(BODY)
    assert load_terms("e.v", document=doc).schema == load_terms("e.v", document=doc).schema


# -- schemas alone, and names that stand elsewhere -----------------------------------------------


LINE = {"type": "object", "properties": {"sku": {"type": "string"}}}
PAID = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"const": "order.paid"}, "line": {"$ref": "#/components/schemas/Line"}},
}


@pytest.mark.parametrize("asked", ["OrderPaid", "order.paid", "order-paid"])
def test_a_schema_is_an_event_where_nothing_else_answers_to_the_name(asked):
    doc = document(
        {"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"OrderPaid": PAID, "Line": LINE}}}
    )
    assert events(doc) == ("OrderPaid",)
    found = load_terms(asked, document=doc)
    assert found.event == "OrderPaid"
    assert "type" in found.schema["properties"]


def test_each_name_that_a_schema_alone_may_say_is_an_event_of_its_own():
    schema = {"type": "object", "properties": {"event": {"enum": ["order.paid", "order.sent"]}}}
    doc = document({"openapi": "3.1.0", "components": {"schemas": {"Order": schema}}})
    assert load_terms("order.sent", document=doc).pins == {"/event": "order.sent"}


def test_whatever_is_written_as_an_event_comes_before_a_schema_of_its_name():
    doc = hooks({"order.paid": {"post": operation(BODY)}}, components={"schemas": {"order.paid": OTHER}})
    assert body_of(doc, "order.paid") == BODY
    assert events(doc) == ("order.paid",)


def test_a_schema_is_listed_only_where_no_other_uses_it():
    doc = document({"openapi": "3.1.0", "components": {"schemas": {"OrderPaid": PAID, "Line": LINE}}})
    with pytest.raises(UnknownEvent, match=r"(it has|did you mean) OrderPaid\??$"):
        load_terms("order.sent", document=doc)


def test_a_broken_reference_of_a_schema_alone_is_told_to_who_asks_for_it():
    broken = {"$ref": "#/components/schemas/Gone"}
    doc = document({"openapi": "3.1.0", "components": {"schemas": {"Bad": broken, "Line": LINE}}})
    assert body_of(doc, "Line") == LINE
    with pytest.raises(RefError):
        load_terms("Bad", document=doc)


def test_an_event_answers_to_what_its_header_says():
    header = {"name": "X-Topic", "in": "header", "schema": {"$ref": "#/components/schemas/Topic"}}
    query = {"name": "event", "in": "query", "schema": {"enum": ["other.name"]}}
    doc = paths(
        {"/your-endpoint": {"post": {**operation(BODY), "parameters": [query, header]}}},
        components={"schemas": {"Topic": {"type": "string", "enum": ["shipment.updated"]}}},
    )
    assert body_of(doc, "shipment.updated") == BODY
    with pytest.raises(UnknownEvent):
        load_terms("other.name", document=doc)


def test_an_event_answers_to_the_one_name_that_its_body_must_say():
    schema = {"type": "object", "properties": {"type": {"type": "string", "enum": ["event_callback"]}}}
    doc = paths({"/events": {"post": operation(schema)}})
    assert load_terms("event_callback", document=doc).event == "/events"
