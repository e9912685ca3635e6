"""Faults that refuse what the contract allows and the provider sends (or, under ``schema``, may send)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from tests.consumers.correct.handwritten import CUSTOMER_FIELDS, ENTITY_TYPES, EVENTS, BadWebhook, Parser
from tests.consumers.faulty import fault

TIMES_AT = (
    "/customer/created_at",
    "/customer/updated_at",
    "/customer/integrations/*/created_at",
    "/customer/integrations/*/updated_at",
)


class Refusing(Parser):
    """Refuses a string at one place (a suffix of its pointer) where :meth:`unwanted` says so."""

    place = ""

    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at.startswith(self.place) and self.unwanted(value):
            raise BadWebhook(f"{at}: not wanted")
        return value

    def unwanted(self, value: str) -> bool:
        raise NotImplementedError


@fault("false_reject", "/customer/status", "an enum member was added after this was written")
class status_unknown(Parser):
    def status(self, value: Any, at: str) -> Any:
        return self.choice(value, ("published", "deleted") if at == "/customer/status" else self.statuses, at)


@fault(
    "false_reject",
    "/customer/integrations/*/entity_type",
    "one of ten enum members is missing",
    policy="schema",
)
class entity_unknown(Parser):
    entity_types = tuple(name for name in ENTITY_TYPES if not name.startswith("item_"))


@fault("false_reject", "/event_type", "pinned to an older list of events", policy="schema")
class event_list_old(Parser):
    events = tuple(name for name in EVENTS if not name.startswith("credit_"))


@fault("false_reject", "/event_type", "event names have two parts", policy="schema")
class event_two_parts(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        value = super().event_type(value, at)
        if value.count(".") != 1:
            raise BadWebhook(at)
        return value


@fault("false_reject", "/customer/email", "an address is wanted where the provider sends none")
class email_wanted(Refusing):
    place = "/customer/email"

    def unwanted(self, value: str) -> bool:
        return "@" not in value


@fault("false_reject", "/customer/email", "an expression for addresses that knows half of them")
class email_expression(Refusing):
    place = "/customer/email"

    def unwanted(self, value: str) -> bool:
        return (
            value != "" and "@" in value and not re.fullmatch(r"[\w.-]+@[\w-]+(\.[\w-]+)+", value, re.ASCII)
        )


@fault("false_reject", "/customer/email", "top-level domains have two to four letters")
class email_long_tld(Refusing):
    place = "/customer/email"

    def unwanted(self, value: str) -> bool:
        return re.search(r"@[^@]+\.[a-z-]{5,}$", value) is not None


@fault("false_reject", "/customer/name", "names are ASCII")
class name_ascii(Refusing):
    place = "/customer/name"

    def unwanted(self, value: str) -> bool:
        return not value.isascii()


@fault("false_reject", "/customer/name", "names have no digits alone")
class name_digits(Refusing):
    place = "/customer/name"

    def unwanted(self, value: str) -> bool:
        return value.isdigit()


@fault("false_reject", "/customer/name", "Mr Null is taken for nobody")
class name_null(Refusing):
    place = "/customer/name"

    def unwanted(self, value: str) -> bool:
        return value.strip().lower() in {"null", "none", "nil", "undefined", "nan"}


@fault("false_reject", "/customer/name", "a firewall against SQL in names")
class name_firewall(Refusing):
    place = "/customer/name"

    def unwanted(self, value: str) -> bool:
        return re.search(r"'|--|;|\b(select|drop|union)\b", value, re.IGNORECASE) is not None


@fault("false_reject", "/customer/address_line1", "angle brackets are taken for an attack")
class angle_brackets(Refusing):
    place = "/customer/address_line1"

    def unwanted(self, value: str) -> bool:
        return "<" in value or ">" in value


@fault(
    "false_reject", "/customer/metadata/*", "a column with three-byte UTF-8: nothing beyond the first plane"
)
class astral(Refusing):
    place = "/customer/metadata/"

    def unwanted(self, value: str) -> bool:
        return any(ord(char) > 0xFFFF for char in value)


@fault("false_reject", "/customer/metadata/*", "values are one printable line")
class unprintable(Refusing):
    place = "/customer/metadata/"

    def unwanted(self, value: str) -> bool:
        return not value.isprintable()


@fault("false_reject", "/customer/metadata/*", "values are at most as long as another provider's")
class metadata_long(Refusing):
    place = "/customer/metadata/"

    def unwanted(self, value: str) -> bool:
        return len(value) > 500


@fault("false_reject", "/customer/metadata/*", "an empty value is no value")
class metadata_value_empty(Refusing):
    place = "/customer/metadata/"

    def unwanted(self, value: str) -> bool:
        return value == ""


@fault("false_reject", "/customer/name", "a column narrower than the provider's")
class name_long(Refusing):
    place = "/customer/name"

    def unwanted(self, value: str) -> bool:
        return len(value) > 100


@fault("false_reject", "/customer/address_line2", "the length is counted in bytes")
class bytes_counted(Refusing):
    place = "/customer/address_line2"

    def unwanted(self, value: str) -> bool:
        return len(value) <= 255 < len(value.encode("utf-8", "replace"))


@fault("false_reject", "/customer/address_country", "always two letters")
class country_empty(Refusing):
    place = "/customer/address_country"

    def unwanted(self, value: str) -> bool:
        return len(value) != 2


@fault("false_reject", "/customer/address_country", "a list of countries made before 2010")
class country_new(Refusing):
    place = "/customer/address_country"

    def unwanted(self, value: str) -> bool:
        return value in {"SS", "SX", "CW", "BQ"}


@fault(
    "false_reject",
    "/customer/address_postal_code",
    "postal codes have a digit or they are wrong",
    policy="schema",
)
class postal_without_digit(Refusing):
    place = "/customer/address_postal_code"

    def unwanted(self, value: str) -> bool:
        return not any(char.isdigit() for char in value)


@fault("false_reject", "/customer/id", "ids must look as they do today", policy="schema")
class id_prefix(Refusing):
    place = "/customer/id"

    def unwanted(self, value: str) -> bool:
        return not value.startswith("cust_")


@fault("false_reject", "/customer", "unknown properties are forbidden")
class closed_customer(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if not customer.keys() <= CUSTOMER_FIELDS.keys():
            raise BadWebhook(at)
        return customer


@fault("false_reject", "", "unknown properties are forbidden at the root", policy="schema")
class closed_root(Parser):
    def unknown(self, value: Any, at: str) -> Any:
        if at.count("/") == 1:
            raise BadWebhook(at)
        return value


@fault("false_reject", "/customer/integrations", "the list is wanted, empty or not")
class integrations_wanted(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if "integrations" not in customer:
            raise BadWebhook(at)
        return customer


@fault("false_reject", "/customer/status", "written before the slim shape came")
class status_wanted(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if "status" not in customer:
            raise BadWebhook(at)
        return customer


@fault("false_reject", "/customer/integrations", "more than twenty cannot be", policy="schema")
class many_integrations(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        found = super().integrations(value, at)
        if len(found) > 20:
            raise BadWebhook(at)
        return found


@fault("false_reject", "/customer/integrations", "the same item twice is taken for an error", policy="schema")
class repeated_integrations(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        found = super().integrations(value, at)
        ids = [item["id"] for item in found if "id" in item]
        if len(set(ids)) != len(ids):
            raise BadWebhook(at)
        return found


@fault("false_reject", "/customer/metadata", "an empty map is taken for a missing one", policy="schema")
class metadata_empty(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        if not metadata:
            raise BadWebhook(at)
        return metadata


@fault("false_reject", "/customer/metadata", "at most fifty keys, as another provider has it")
class metadata_many(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        if len(metadata) > 50:
            raise BadWebhook(at)
        return metadata


@fault("false_reject", "/customer/metadata", "keys are identifiers, perhaps with dashes")
class metadata_keys(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        if not all(re.fullmatch(r"[\w-]+", key) for key in metadata):
            raise BadWebhook(at)
        return metadata


@fault("false_reject", TIMES_AT, "the format string wants a fraction")
class fraction_wanted(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        if "." not in value:
            raise BadWebhook(at)
        return value


@fault("false_reject", TIMES_AT, "six digits of fraction at most")
class fraction_nine(Parser):
    def is_clock(self, match: re.Match[str]) -> bool:
        return len(match["fraction"] or "") <= 7 and super().is_clock(match)


@fault("false_reject", TIMES_AT, "three or six or nine digits of fraction, nothing between")
class fraction_groups(Parser):
    def is_clock(self, match: re.Match[str]) -> bool:
        digits = len(match["fraction"] or ".") - 1
        return (digits > 9 or digits % 3 == 0) and super().is_clock(match)


@fault("false_reject", TIMES_AT, "Zulu time only", policy="schema")
class offset_refused(Parser):
    def is_offset(self, match: re.Match[str]) -> bool:
        return match["sign"] is None


@fault("false_reject", TIMES_AT, "capitals only", policy="schema")
class lower_case_time(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return super().match_time(value) if value.isupper() else None


@fault("false_reject", TIMES_AT, "no leap day")
class leap_day(Parser):
    def month_length(self, year: int, month: int) -> int:
        return min(28, super().month_length(year, month)) if month == 2 else super().month_length(year, month)


@fault("false_reject", TIMES_AT, "off by one on the last day of a month of 31")
class last_day(Parser):
    def month_length(self, year: int, month: int) -> int:
        return min(30, super().month_length(year, month))


@fault("false_reject", TIMES_AT, "seconds in 32 bits")
class year_2038(Parser):
    def is_date(self, match: re.Match[str]) -> bool:
        return super().is_date(match) and int(match["year"]) <= 2037


@fault("false_reject", "/customer/updated_at", "times are compared as text: a fraction sorts before Z")
class compared_as_text(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        created, updated = customer.get("created_at", ""), customer.get("updated_at", "")
        if created[:19] == updated[:19] and updated and updated < created:
            raise BadWebhook(at)
        return customer


@fault(
    "false_reject",
    "/customer/integrations/*/created_at",
    "one of four times goes through strptime",
    policy="schema",
)
class strptime(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        if "/integrations/" in at and at.endswith("created_at"):
            try:
                datetime.strptime(value.partition(".")[0].rstrip("Z") + "+0000", "%Y-%m-%dT%H:%M:%S%z")
            except ValueError as exc:
                raise BadWebhook(at) from exc
        return value


@fault("false_reject", "", "a framework's limit on the body")
class body_limit(Parser):
    def decode(self, body: bytes) -> str:
        if len(body) > 100 * 1024:
            raise BadWebhook("too large")
        return super().decode(body)


@fault(
    "false_reject",
    "",
    "unknown numbers must fit 64 bits",
    policy="schema",
    known_miss="simdjson, BSON and many a column hold no more: beyond 64 bits both answers are left open",
)
class sixty_four_bits(Parser):
    def integer(self, digits: str) -> int | float:
        value = super().integer(digits)
        if not -(2**63) <= value < 2**63:
            raise BadWebhook("number out of range")
        return value


@fault("false_reject", "", "an empty object is taken for no body", policy="schema")
class empty_object(Parser):
    def event(self, value: Any) -> Any:
        if value == {}:
            raise BadWebhook("empty")
        return super().event(value)
