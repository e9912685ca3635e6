"""Faults that hang on how the JSON is spelled: the order of keys, white space, escapes."""

from __future__ import annotations

import re
from typing import Any

from tests.consumers.correct.handwritten import INTEGRATION_FIELDS, BadWebhook, Parser
from tests.consumers.faulty import fault

EITHER = "inconsistent false_reject"


class Raw(Parser):
    """Keeps the text of the body at hand."""

    raw = ""

    def load(self, text: str) -> Any:
        self.raw = text
        return super().load(text)


@fault(EITHER, "/event_type", "the event is looked for in the text, without blanks")
class event_in_text(Raw):
    def event_type(self, value: Any, at: str) -> Any:
        if f'"event_type":"{value}"' not in self.raw.replace('": "', '":"'):
            raise BadWebhook(at)
        return super().event_type(value, at)


@fault(EITHER, "/event_type", "the event is expected first")
class event_first(Parser):
    def event(self, value: Any) -> Any:
        event = super().event(value)
        if "event_type" in event and next(iter(event)) != "event_type":
            raise BadWebhook("event_type does not come first")
        return event


@fault("inconsistent altered", "/customer/integrations/*", "values are taken in the order of the columns")
class columns(Parser):
    def integration(self, value: Any, at: str) -> Any:
        found = super().integration(value, at)
        if set(found) == set(INTEGRATION_FIELDS):
            return dict(zip(INTEGRATION_FIELDS, found.values(), strict=True))
        return found


@fault(EITHER, "", "a body begins with a brace")
class brace_first(Parser):
    def decode(self, body: bytes) -> str:
        if body.strip()[:1] == b"{" != body[:1]:
            raise BadWebhook("this is no JSON object")
        return super().decode(body)


@fault("inconsistent altered", "/customer/name", "the name is cut out of the text")
class name_in_text(Raw):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        match = re.search(r'"name"\s*:\s*"([^"]*)"', self.raw)
        if "name" in customer and match is not None:
            customer["name"] = match[1]
        return customer


@fault("inconsistent altered", "/customer/created_at", "the first time in the text is the customer's")
class first_time_in_text(Raw):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        match = re.search(r'"created_at"\s*:\s*"([^"\\]*)"', self.raw)
        if "created_at" in customer and match is not None:
            customer["created_at"] = match[1]
        return customer


@fault(EITHER, "", "the size is limited before the escapes are undone")
class size_escaped(Parser):
    def decode(self, body: bytes) -> str:
        text = super().decode(body)
        if text.count("\\") > 200:
            raise BadWebhook("suspiciously many escapes")
        return text


@fault(EITHER, "", "a firewall that takes an escaped slash for an attack")
class backslash(Parser):
    def decode(self, body: bytes) -> str:
        if b"\\/" in body:
            raise BadWebhook("backslash")
        return super().decode(body)


@fault(EITHER, "", "escapes in small letters only")
class escapes_small(Parser):
    def decode(self, body: bytes) -> str:
        if re.search(rb"\\u[0-9a-f]{0,3}[A-F]", body):
            raise BadWebhook("bad escape")
        return super().decode(body)


@fault("inconsistent false_reject altered", "", "escapes are undone one by one before the JSON is read")
class escapes_first(Parser):
    def load(self, text: str) -> Any:
        return super().load(re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text))


@fault("altered inconsistent false_reject", "", "an escaped ampersand is undone in the text")
class ampersand_first(Parser):
    def load(self, text: str) -> Any:
        return super().load(text.replace("\\u0026", "&"))


@fault("inconsistent false_reject false_accept", "", "a reader of lines takes the first one")
class first_line(Parser):
    def decode(self, body: bytes) -> str:
        return super().decode(body).lstrip().partition("\n")[0]


@fault(
    "inconsistent altered false_accept",
    "/customer/integrations",
    "whether there are any is looked up in the text",
)
class key_in_text(Raw):
    def integrations(self, value: Any, at: str) -> Any:
        return super().integrations(value, at) if '"integrations"' in self.raw else []


@fault("inconsistent altered", "/customer", "blanks are removed from indented text, strings and all")
class blanks_removed(Parser):
    def load(self, text: str) -> Any:
        return super().load(text.replace(" ", "") if "\n" in text else text)


@fault("inconsistent altered", "/customer/metadata", "the order of the keys decides which entry is the plan")
class order_decides(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        if len(metadata) > 1:
            first, second, *_ = metadata
            if first > second:
                metadata[first], metadata[second] = metadata[second], metadata[first]
        return metadata
