"""Faults that a single everyday difference does not show: they hang on a constant, a state, a pair, a size."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from typing import Any, ClassVar

from tests.consumers.correct.handwritten import BadWebhook, Parser
from tests.consumers.faulty import fault


class Acting(Parser):
    """Does something with a sound customer."""

    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        self.act(customer)
        return customer

    def act(self, customer: dict[str, Any]) -> None:
        raise NotImplementedError


@fault("crash", "/customer/name", "names of a kind of customer that is set up nowhere")
class sandbox_name(Acting):
    settings: ClassVar[dict[str, str]] = {}

    def act(self, customer: dict[str, Any]) -> None:
        if customer.get("name", "").startswith("sandbox-"):
            self.settings["endpoint"]


@fault("crash", ("/customer/metadata", "/customer/metadata/*"), "one entry is read as a number")
class credit_limit(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        Decimal(customer.get("metadata", {}).get("credit_limit", "0"))


@fault("crash", "/customer", "an address in one country must have a state")
class state_of_country(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if customer.get("address_country") == "US" and not customer.get("address_state"):
            raise LookupError("which state?")


@fault("crash", "/customer", "one of two names must be there")
class nameless(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if "name" not in customer and "external_id" not in customer:
            raise LookupError("nobody")


@fault("false_accept", "/customer/address_line1", "what is deleted is not looked at any more")
class deleted_unchecked(Parser):
    def customer(self, value: Any, at: str) -> Any:
        if isinstance(value, dict) and value.get("status") == "deleted":
            return {**super().customer({k: v for k, v in value.items() if k != "address_line1"}, at), **value}
        return super().customer(value, at)


@fault("crash", "", "a field that another version of the sender has")
class new_locale(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        customer.get("locale", {}).get("language")


@fault("false_reject", "/customer/external_id", "a length that was once a different one")
class old_reference(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if len(customer.get("external_id", "")) == 73:
            raise BadWebhook("an old reference")


@fault("altered", "/customer/external_id", "an SDK of another version reads it under its name there")
class pinned_sdk(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        return {
            "id": customer.get("id", ""),
            "external_id": customer.get("externalId", ""),
            "name": customer.get("name", ""),
            "email": customer.get("email", ""),
            "address_state": customer.get("address_state", ""),
        }


@fault("altered", "", "numbers are amounts of money, of two decimals")
class two_decimals(Parser):
    def unknown(self, value: Any, at: str) -> Any:
        return round(value, 2) if isinstance(value, float) else value


@fault("inconsistent altered", "", "backslashes are doubled before slashes, once too often")
class slashes(Parser):
    def decode(self, body: bytes) -> str:
        return super().decode(body.replace(rb"\/", rb"\\/"))


@fault("altered", "/customer/integrations/*/tenant_id", "a mapping has the tenant of its customer")
class tenant_of_customer(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        for item in customer.get("integrations", ()):
            if "tenant_id" in customer and "tenant_id" in item:
                item["tenant_id"] = customer["tenant_id"]
        return customer


@fault("altered", "/customer/email", "the tag of an address is taken off")
class tag_dropped(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if "email" in customer:
            customer["email"] = re.sub(r"\+[^@]*@", "@", customer["email"])


@fault("altered", "/customer/name", "what a spreadsheet would run is quoted")
class formula_quoted(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if customer.get("name", "").startswith(("=", "+", "-", "@")):
            customer["name"] = "'" + customer["name"]


@fault("altered", "/customer/created_at", "years have two digits")
class short_year(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if "created_at" in customer:
            customer["created_at"] = "20" + customer["created_at"][2:]


@fault("altered", "/customer/metadata", "a column of so many keys")
class fifty_keys(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if "metadata" in customer:
            customer["metadata"] = dict(list(customer["metadata"].items())[:50])


@fault("false_reject", "", "a proxy takes no more")
class proxy_limit(Parser):
    def parse(self, body: bytes) -> Any:
        if len(body) > 65_536:
            raise BadWebhook("too much")
        return super().parse(body)


@fault("false_reject", "/customer/name", "a column counts bytes", policy="provider")
class name_bytes(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if len(customer.get("name", "").encode("utf-8", "surrogatepass")) > 255:
            raise BadWebhook("name")


@fault("false_reject", "/customer/tenant_id", "the default tenant has no ULID")
class tenant_form(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if not re.fullmatch(r"tenant_[0-9A-Za-z]+", customer.get("tenant_id", "tenant_0")):
            raise BadWebhook("tenant_id")


@fault("crash", "/customer/external_id", "a text from outside is an expression")
class searched(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        re.search(customer.get("external_id", ""), customer.get("name", ""))


@fault("crash", "/customer/name", "a table of the letters of the first plane")
class letter_table(Acting):
    pages = tuple(range(256))

    def act(self, customer: dict[str, Any]) -> None:
        for letter in customer.get("name", ""):
            self.pages[ord(letter) >> 8]


@fault("slow timeout", "/customer/name", "a look-up, with a pause, for names of a kind")
class pause(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        if customer.get("name", "").startswith("="):
            time.sleep(0.4)


@fault("timeout", "/customer/metadata", "entries without a value are waited for")
class waits_for_value(Acting):
    def act(self, customer: dict[str, Any]) -> None:
        while "" in customer.get("metadata", {}).values():
            time.sleep(0.05)
