"""Faults that let pass what the contract forbids: types, enums, places that nobody looks at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.consumers.correct.handwritten import BadWebhook, Parser
from tests.consumers.faulty import fault


@fault(
    "false_accept", ("/customer/status", "/customer/integrations/*/status"), "compared without regard to case"
)
class status_case(Parser):
    def status(self, value: Any, at: str) -> Any:
        super().status(value.lower() if isinstance(value, str) else value, at)
        return value


@fault("false_accept", "/customer/status", "compared without the blanks around it")
class status_blanks(Parser):
    def status(self, value: Any, at: str) -> Any:
        trimmed = isinstance(value, str) and at == "/customer/status"
        super().status(value.strip() if trimmed else value, at)
        return value


@fault("false_accept", "/customer/integrations/*/status", "a known beginning is enough")
class status_prefix(Parser):
    def status(self, value: Any, at: str) -> Any:
        if (
            at != "/customer/status"
            and isinstance(value, str)
            and value.startswith(("published", "deleted", "archived"))
        ):
            return value
        return super().status(value, at)


@fault(
    "false_accept",
    ("/customer/status", "/customer/integrations/*/status"),
    "`in` on a string, meant for a tuple",
)
class status_substring(Parser):
    statuses = "published|deleted|archived"


@fault("false_accept", "/customer/integrations/*/status", "an empty status passes for none")
class status_empty(Parser):
    def status(self, value: Any, at: str) -> Any:
        return value if value == "" and "/integrations/" in at else super().status(value, at)


@fault("false_accept", "/customer/status", "a name of an older API version still passes")
class status_alias(Parser):
    statuses = (*Parser.statuses, "active")

    def status(self, value: Any, at: str) -> Any:
        return self.choice(value, self.statuses if at == "/customer/status" else Parser.statuses, at)


@fault("false_accept", "/customer/integrations/*/entity_type", "any string is an entity type")
class entity_type_any(Parser):
    def entity_type(self, value: Any, at: str) -> Any:
        return self.text(value, at)


@fault("false_accept", "/customer/integrations/*/entity_type", "the plural passes for the singular")
class entity_plural(Parser):
    def entity_type(self, value: Any, at: str) -> Any:
        super().entity_type(value.removesuffix("s") if isinstance(value, str) else value, at)
        return value


@fault("false_accept", "/customer/integrations/*/entity_type", "one set of constants for two enums")
class shared_constants(Parser):
    entity_types = (*Parser.entity_types, *Parser.statuses)


@fault("false_accept", "/event_type", "any event whose name begins with ours")
class event_prefix(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        if isinstance(value, str) and value.startswith("customer."):
            return value
        return super().event_type(value, at)


@fault("false_accept", "/event_type", "nobody looks at the event's name")
class event_any(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        return self.text(value, at)


@fault("false_accept", "/event_type", "null is no event name and passes")
class event_null(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        return value if value is None else super().event_type(value, at)


@fault("false_accept", "/customer/integrations/*", "only the first item is checked")
class first_item_only(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        super().integrations(value[:1] if isinstance(value, list) else value, at)
        return value


@fault("false_accept", "/customer/integrations/*", "off by one: the last item is not checked")
class last_item_unchecked(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        if isinstance(value, list) and len(value) > 1:
            super().integrations(value[:-1], at)
            return value
        return super().integrations(value, at)


@fault("false_accept", "/customer/integrations/*", "items are objects, and that is all")
class items_unchecked(Parser):
    def integration(self, value: Any, at: str) -> Any:
        return self.record(value, {}, at)


@fault("false_accept", "/customer/metadata/*", "a map's values are not looked at")
class map_values(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        return self.record(value, {}, at)


@fault("false_accept", "/customer/metadata/*", "a sample of one entry stands for all")
class map_first_value(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = self.record(value, {}, at)
        for key in list(metadata)[:1]:
            self.text(metadata[key], f"{at}/{key}")
        return metadata


@fault("false_accept", "/customer/metadata/*", "flags and numbers pass among the values")
class map_scalars(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = self.record(value, {}, at)
        if any(isinstance(item, (dict, list)) or item is None for item in metadata.values()):
            raise BadWebhook(at)
        return metadata


@fault("false_accept", "/customer/email", "null is no address and passes")
class email_null(Parser):
    def text(self, value: Any, at: str) -> Any:
        return value if value is None and at == "/customer/email" else super().text(value, at)


@fault("false_accept", "/customer", "`if not value`: everything that is falsy passes for an empty string")
class falsy_strings(Parser):
    def text(self, value: Any, at: str) -> Any:
        return value if not value else super().text(value, at)


@fault(
    "false_accept", "/customer/integrations", "`or []`: everything that is falsy passes for no integrations"
)
class falsy_list(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        return super().integrations(value or [], at)


@fault("false_accept", "/customer", "null passes for no customer")
class customer_null(Parser):
    def customer(self, value: Any, at: str) -> Any:
        return None if value is None else super().customer(value, at)


@fault("false_accept", "/customer/address_postal_code", "numbers pass where digits are usual")
class postal_number(Parser):
    def text(self, value: Any, at: str) -> Any:
        if at == "/customer/address_postal_code" and isinstance(value, int):
            return value
        return super().text(value, at)


@fault("false_accept", "/customer/integrations/*/provider_entity_id", "numbers pass for ids, one level down")
class integration_id_number(Parser):
    def text(self, value: Any, at: str) -> Any:
        if (
            at.endswith("/provider_entity_id")
            and isinstance(value, (int, float))
            and not isinstance(value, bool)
        ):
            return value
        return super().text(value, at)


@fault("false_accept", "/customer/tenant_id", "a list is a sequence, and so is a string")
class sequence_string(Parser):
    def text(self, value: Any, at: str) -> Any:
        if at == "/customer/tenant_id" and isinstance(value, Sequence):
            return value
        return super().text(value, at)


@fault("false_accept altered", "/customer/metadata", "dict() takes an empty list and an empty string")
class dict_of_anything(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        try:
            return super().metadata(dict(value), at)
        except (TypeError, ValueError) as exc:
            raise BadWebhook(at) from exc


@fault("false_accept", "", "a list of one body is unwrapped")
class wrapped_root(Parser):
    def event(self, value: Any) -> Any:
        return super().event(value[0] if isinstance(value, list) and len(value) == 1 else value)


@fault("false_accept", "/customer/integrations", "one object passes for a list of one")
class single_item(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        return super().integrations([value] if isinstance(value, dict) else value, at)


@fault("false_accept", "/customer", "an object as its JSON text is read once more")
class double_encoded(Parser):
    def customer(self, value: Any, at: str) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as exc:
                raise BadWebhook(at) from exc
        return super().customer(value, at)


@fault("false_accept", "/customer", "errors inside the customer are swallowed")
class swallowed(Parser):
    def customer(self, value: Any, at: str) -> Any:
        try:
            return super().customer(value, at)
        except BadWebhook:
            return None


@fault(
    "false_accept", "/customer/integrations/*/updated_by", "a field that was added later and never checked"
)
class field_forgotten(Parser):
    def text(self, value: Any, at: str) -> Any:
        return value if "/integrations/" in at and at.endswith("/updated_by") else super().text(value, at)


@fault("false_accept", "/customer", "booleans come out of forms as text, and so they pass everywhere")
class booleans(Parser):
    def text(self, value: Any, at: str) -> Any:
        return value if isinstance(value, bool) else super().text(value, at)


@fault("false_accept altered", "/customer/external_id", "str() over a number")
class external_id_coerced(Parser):
    def text(self, value: Any, at: str) -> Any:
        if at == "/customer/external_id" and isinstance(value, int):
            value = str(value)
        return super().text(value, at)
