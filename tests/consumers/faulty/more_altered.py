"""Faults that give back another time, number, neighbour or whole than went in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.consumers.correct.handwritten import EVENTS, Parser
from tests.consumers.faulty import fault

TIMES_AT = (
    "/customer/created_at",
    "/customer/updated_at",
    "/customer/integrations/*/created_at",
    "/customer/integrations/*/updated_at",
)


class Reading(Parser):
    """Gives times back as what :meth:`moment` makes of them; text where that fails."""

    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        try:
            return self.moment(value.upper(), at)
        except (ValueError, OverflowError):
            return value

    def moment(self, value: str, at: str) -> Any:
        raise NotImplementedError


@fault("altered", TIMES_AT, "nanoseconds are cut to microseconds")
class nanoseconds(Reading):
    def moment(self, value: str, at: str) -> Any:
        return datetime.fromisoformat(value)


@fault("altered", "/customer/integrations/*/updated_at", "milliseconds are enough for one of four")
class milliseconds(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        if "/integrations/" in at and at.endswith("/updated_at"):
            return re.sub(r"(\.\d{3})\d+", r"\1", value)
        return value


@fault("altered", TIMES_AT, "the zone is dropped")
class zone_dropped(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        return value[:-6] + "Z" if value[-6] in "+-" else value


@fault("altered", TIMES_AT, "everything is stamped UTC")
class zone_replaced(Reading):
    def moment(self, value: str, at: str) -> Any:
        if re.search(r"\.\d{7}", value):
            return value
        return datetime.fromisoformat(value).replace(tzinfo=UTC)


@fault("altered", TIMES_AT, "minutes of an offset west are counted east")
class offset_sign(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        match = re.fullmatch(r"(.{19})([+-]\d\d):(\d\d)", value.upper())
        if match is None:
            return value
        try:
            zone = timezone(timedelta(hours=int(match[2]), minutes=int(match[3])))
            return datetime.fromisoformat(match[1]).replace(tzinfo=zone)
        except ValueError:
            return value


@fault("altered", "/customer/created_at", "the fraction is read as a number of microseconds")
class fraction_number(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        match = re.fullmatch(r"(.{19})\.(\d{1,6})Z", value)
        if at != "/customer/created_at" or match is None:
            return value
        try:
            return datetime.fromisoformat(match[1] + "+00:00").replace(microsecond=int(match[2]))
        except ValueError:
            return value


@fault("altered", "/customer/updated_at", "day and month are exchanged where both could be either")
class day_month(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        month, day = value[5:7], value[8:10]
        return (
            f"{value[:5]}{day}-{month}{value[10:]}" if at == "/customer/updated_at" and day <= "12" else value
        )


@fault("altered", "/customer/created_at", "through a float of seconds")
class float_seconds(Parser):
    def time(self, value: Any, at: str) -> Any:
        value = super().time(value, at)
        if at != "/customer/created_at" or not re.fullmatch(r".{19}(\.\d{1,6})?Z", value):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return datetime.fromtimestamp(int(moment.timestamp()), UTC) if moment.year > 1970 else value


@fault("altered", "/customer/updated_by", "a line was copied and not changed")
class copied_line(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if "updated_by" in customer and "created_by" in customer:
            customer["updated_by"] = customer["created_by"]
        return customer


@fault(
    "altered",
    ("/customer/integrations/*/tenant_id", "/customer/integrations/*/environment_id"),
    "two neighbours change places",
)
class neighbours_swapped(Parser):
    def integration(self, value: Any, at: str) -> Any:
        found = super().integration(value, at)
        if "tenant_id" in found and "environment_id" in found:
            found["tenant_id"], found["environment_id"] = found["environment_id"], found["tenant_id"]
        return found


@fault("altered", "/customer/integrations/*/id", "an outer name is used in the inner loop")
class outer_name(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        for item in customer.get("integrations", []):
            if "id" in item and "id" in customer:
                item["id"] = customer["id"]
        return customer


@fault("altered", "/customer/name", "`name or email`")
class name_or_email(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if "name" in customer:
            customer["name"] = customer["name"] or customer.get("email", "")
        return customer


@fault("altered", "/customer/created_by", "an empty author becomes the system")
class author_default(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        return value or "system" if at == "/customer/created_by" else value


@fault("altered", "/customer/address_country", "no country means home")
class country_default(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        return value or "US" if at == "/customer/address_country" else value


@fault("altered", "/customer/address_country", "one country goes by the code that people use")
class country_renamed(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        return {"GB": "UK"}.get(value, value) if at == "/customer/address_country" else value


@fault("altered", "/customer/integrations/*/entity_type", "the first known beginning wins")
class entity_first_match(Parser):
    def entity_type(self, value: Any, at: str) -> Any:
        value = super().entity_type(value, at)
        return next(name for name in self.entity_types if value.startswith(name))


@fault("altered", "/customer/status", "two states are one to us")
class status_merged(Parser):
    def status(self, value: Any, at: str) -> Any:
        value = super().status(value, at)
        return "deleted" if value == "archived" and at == "/customer/status" else value


@fault("altered", "/event_type", "unknown events are reported as the one that we know", policy="schema")
class event_renamed(Parser):
    def event_type(self, value: Any, at: str) -> Any:
        value = super().event_type(value, at)
        return value if value in EVENTS[:29] else "customer.updated"


@fault("altered", "", "the body is read as Latin-1")
class mojibake(Parser):
    def decode(self, body: bytes) -> str:
        super().decode(body)
        return body.decode("latin-1")


@fault("altered", "", "unknown integers go through 32 bits")
class thirty_two_bits(Parser):
    def integer(self, digits: str) -> int | float:
        value = super().integer(digits)
        return value if isinstance(value, float) or abs(value) < 2**31 else value & 0xFFFFFFFF


@fault("altered", "", "unknown numbers are money: two places")
class rounded(Parser):
    def unknown(self, value: Any, at: str) -> Any:
        return round(value, 2) if isinstance(value, float) else value


@fault("altered", "", "unknown booleans become integers")
class flags(Parser):
    def unknown(self, value: Any, at: str) -> Any:
        return int(value) if isinstance(value, bool) else value


@fault("altered", "/customer", "an SDK of another API version: the customer comes out empty")
class empty_model(Parser):
    def customer(self, value: Any, at: str) -> Any:
        super().customer(value, at)
        return dict.fromkeys(("id", "name", "email", "created_at"))


@fault("altered", "/customer/address_line2", "the lines of an address are joined")
class lines_joined(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if customer.get("address_line1") == "" and customer.get("address_line2"):
            customer["address_line1"], customer["address_line2"] = customer["address_line2"], ""
        return customer


@fault("altered", "/customer/metadata/*", "the last entry is left out: a loop ends too early")
class last_entry(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        if len(metadata) > 2:
            metadata.popitem()
        return metadata


@fault(
    "altered", "/customer/address_state", "the state is filled with the country: two letters that many share"
)
class country_for_state(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        if "address_state" in customer:
            customer["address_state"] = customer.get("address_country", "")
        return customer
