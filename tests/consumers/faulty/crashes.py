"""Faults that end in an exception which is no refusal, or in the end of the process."""

from __future__ import annotations

import ctypes
import json
import logging
import os
import sys
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from tests.consumers.correct.handwritten import INTEGRATION_FIELDS, BadWebhook, Parser
from tests.consumers.faulty import fault

TIMES_AT = (
    "/customer/created_at",
    "/customer/updated_at",
    "/customer/integrations/*/created_at",
    "/customer/integrations/*/updated_at",
)
COUNTRY_NAMES = {
    "AR": "Argentina", "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "CN": "China", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia",
    "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom", "GR": "Greece", "HU": "Hungary",
    "IE": "Ireland", "IL": "Israel", "IN": "India", "IT": "Italy", "JP": "Japan", "KR": "Korea", "LT": "Lithuania",
    "LV": "Latvia", "MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SG": "Singapore", "US": "United States", "ZA": "South Africa",
}  # fmt: skip
log = logging.getLogger(__name__)


@fault("crash", "/customer", "the nested object is taken for granted")
class customer_missing(Parser):
    def event(self, value: Any) -> Any:
        event = super().event(value)
        log.debug("customer %s", event["customer"].get("id"))
        return event


@fault("crash", "/customer/email", "a field that is nearly always there is indexed")
class email_missing(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        log.debug("welcome mail to %s", customer["email"])
        return customer


@fault("crash", "/customer/metadata", "null metadata is walked as if it were a map")
class metadata_null(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        return {key: self.text(item, f"{at}/{key}") for key, item in value.items()}


@fault("crash", "/customer/name", "initials of an empty name")
class name_initial(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/name":
            log.debug("avatar %s", value[0])
        return value


@fault("crash", "/customer/name", "the surname is the second word")
class name_one_word(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/name":
            log.debug("surname %s", value.split(" ")[1])
        return value


@fault("crash", "/customer/email", "the domain of an address that has none")
class email_domain(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/email":
            _, domain = value.split("@")
            log.debug("domain %s", domain)
        return value


@fault("crash", "/customer/integrations", "the first of no integrations")
class first_integration(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        found = super().integrations(value, at)
        log.debug("first is %s", found[0])
        return found


@fault(
    "crash",
    "/customer/integrations/*/status",
    "neighbours are compared by a field that may be absent in the later one",
)
class neighbour_status(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        found = super().integrations(value, at)
        for before, after in pairwise(found):
            if before.get("status") is not None and before["status"] != after["status"]:
                log.debug("mixed states")
        return found


@fault("crash", ("/customer/integrations/*/created_at",), "newest first, but one has no time")
class sort_by_time(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        found = super().integrations(value, at)
        log.debug("%s", sorted(item.get("created_at") for item in found))
        return found


@fault("crash", "/customer/address_country", "a table of countries that is not whole")
class country_table(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/address_country" and value:
            log.debug("ships to %s", COUNTRY_NAMES[value])
        return value


@fault("crash", TIMES_AT, "the standard library's reader of ISO times, unguarded")
class leap_second_crash(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        datetime.fromisoformat(value.upper())
        return value


@fault("crash", TIMES_AT, "turned into UTC, beyond the last or first year")
class utc_overflow(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:
            return value
        log.debug("at %s", moment.astimezone(UTC))
        return value


@fault("crash", TIMES_AT, "the fraction of a time that has none")
class fraction_missing(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        log.debug("fraction %s", value.split(".")[1])
        return value


@fault("crash", "", "the body is decoded outside of the try block")
class not_utf8(Parser):
    def decode(self, body: bytes) -> str:
        return body.decode()


@fault("crash", "", "the JSON reader's own error gets out")
class not_json(Parser):
    def load(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=self.constant, parse_int=self.integer)
        except RecursionError as exc:
            raise BadWebhook("too deep") from exc


@fault("crash", "", "nobody thought of nesting")
class nesting(Parser):
    def load(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=self.constant, parse_int=self.integer)
        except ValueError as exc:
            raise BadWebhook("not JSON") from exc


@fault("crash", "", "numbers longer than int() takes")
class long_number(Parser):
    def load(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=self.constant)
        except (json.JSONDecodeError, RecursionError) as exc:
            raise BadWebhook("not JSON") from exc


@fault("crash", "", "an unknown number is made an integer for the log")
class infinite_number(Parser):
    def unknown(self, value: Any, at: str) -> Any:
        if isinstance(value, float):
            log.debug("%s is %d", at, int(value))
        return value


@fault("crash", "/customer/metadata/*", "metadata is spread into keyword arguments beside one of our own")
class keyword_collision(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        log.debug("%s", dict(id=customer.get("id"), **customer.get("metadata", {})))
        return customer


@fault("crash", "/customer/name", "the name is part of a format string")
class percent_format(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        log.debug("%s", ("signup of " + customer.get("name", "") + " by %s") % customer.get("created_by"))
        return customer


@fault("crash", "/customer/metadata/*", "a value is part of a template")
class brace_format(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        for item in metadata.values():
            (item + " ({0})").format(at)
        return metadata


@fault("crash", "/customer/name", "written to a Latin-1 header")
class latin1_header(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/name":
            value.encode("latin-1")
        return value


@fault("crash", "/customer/external_id", "hashed as UTF-8, lone surrogates and all")
class surrogate_encode(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/external_id":
            value.encode()
        return value


@fault("crash", "", "the root is used as an object before anybody looked")
class root_type(Parser):
    def event(self, value: Any) -> Any:
        log.debug("got %s", value.get("event_type"))
        return super().event(value)


@fault("crash", "/customer/integrations/*", "an item that is no object")
class integration_type(Parser):
    def integration(self, value: Any, at: str) -> Any:
        return {key: self.field(key, item, INTEGRATION_FIELDS, at) for key, item in value.items()}


@fault("crash", "/customer/status", "looked up in a set before its type is known")
class unhashable_status(Parser):
    def status(self, value: Any, at: str) -> Any:
        if at != "/customer/status":
            return super().status(value, at)
        if value not in {"published", "deleted", "archived"}:
            raise BadWebhook(at)
        return value


@fault("crash", "/event_type", "dispatch by the first part of the name")
class event_parts(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        noun, verb = value.split(".", 1)
        log.debug("%s was %s", noun, verb)
        return super().event_type(value, at)


@fault("crash", "/customer/address_postal_code", "isdigit() says yes to more than int() takes")
class superscript_digits(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/address_postal_code" and value.isdigit():
            log.debug("zone %d", int(value) // 1000)
        return value


@fault("crash", "/customer/metadata", "the longest of no keys")
class longest_key(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        log.debug("width %d", max(len(key) for key in metadata))
        return metadata


@fault("crash", "/customer/tenant_id", "the part after the underscore")
class id_without_underscore(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if "tenant_id" in customer:
            log.debug("tenant %s", customer["tenant_id"].split("_")[1])
        return customer


@fault("crash", "/event_type", "gives up on the whole program", isolated=True)
class sys_exit(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        if isinstance(value, str) and value not in self.events:
            sys.exit(f"unknown event {value}")
        return super().event_type(value, at)


@fault("crash", "", "a worker that ends itself on an empty job", isolated=True)
class os_exit(Parser):
    def decode(self, body: bytes) -> str:
        if not body.strip():
            os._exit(3)
        return super().decode(body)


@fault("crash", "/customer/name", "a C library that cannot take NUL", isolated=True)
class segfault(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/name" and "\0" in value:
            ctypes.string_at(0)
        return value
