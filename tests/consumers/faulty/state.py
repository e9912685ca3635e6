"""Faults that keep something from one body to the next."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.consumers.correct.handwritten import BadWebhook, Parser
from tests.consumers.faulty import fault

LEAK = "inconsistent altered"
FLAKY = "inconsistent false_reject"
CACHE: dict[str, Any] = {}


@fault(LEAK, "/customer/integrations", "a default list is shared by all that have none")
class shared_list(Parser):
    found: ClassVar[list[Any]] = []

    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        self.found.extend(customer.get("integrations", ()))
        del self.found[:-3]
        return {"integrations": list(self.found), **customer}


@fault(LEAK, "/customer/metadata", "one map is filled again and again")
class shared_map(Parser):
    tags: ClassVar[dict[str, str]] = {}

    def metadata(self, value: Any, at: str) -> Any:
        self.tags.update(super().metadata(value, at))
        return dict(self.tags)


@fault("altered inconsistent", "/customer", "cached by id, whatever else has changed")
class cached_by_id(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        return CACHE.setdefault(customer["id"], customer) if "id" in customer else customer


@fault("altered inconsistent", "/customer/email", "the first address wins")
class first_wins(Parser):
    email = ""

    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at != "/customer/email":
            return value
        self.email = self.email or value
        return self.email


@fault(LEAK, "/customer/name", "what is missing is what the last one had")
class last_value(Parser):
    name = ""

    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        self.name = customer.get("name", self.name)
        return {"name": self.name, **customer}


@fault(FLAKY, "", "every fortieth body is refused")
class counter(Parser):
    count = 0

    def event(self, value: Any) -> Any:
        event = super().event(value)
        self.count += 1
        if self.count % 40 == 0:
            raise BadWebhook("too many requests")
        return event


@fault("inconsistent crash", "", "a pool that runs dry")
class pool(Parser):
    free = 300

    def event(self, value: Any) -> Any:
        event = super().event(value)
        self.free -= 1
        if self.free < 0:
            raise RuntimeError("no connection left")
        return event


@fault("inconsistent false_reject", "", "after a refusal the next body is refused too")
class sticky_error(Parser):
    failed = False

    def event(self, value: Any) -> Any:
        if self.failed:
            self.failed = False
            raise BadWebhook("still in error")
        try:
            return super().event(value)
        except BadWebhook:
            self.failed = True
            raise


@fault(FLAKY, "/customer/id", "a customer seen before is refused")
class seen_before(Parser):
    def __init__(self) -> None:
        self.seen: set[str] = set()

    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        key = customer.get("id", "")
        if key and key in self.seen:
            raise BadWebhook("seen before")
        self.seen.add(key)
        return customer


@fault(
    "inconsistent false_accept", "/customer/status", "an unknown state is learnt: refused once, then taken"
)
class learning(Parser):
    def __init__(self) -> None:
        self.known = set(self.statuses)

    def status(self, value: Any, at: str) -> Any:
        try:
            return self.choice(value, tuple(self.known), at)
        except BadWebhook:
            if isinstance(value, str) and at == "/customer/status":
                self.known.add(value)
            raise


@fault(LEAK, "/customer/integrations/*/status", "a loop variable outlives its loop")
class loop_variable(Parser):
    latest: ClassVar[dict[str, Any]] = {}

    def integration(self, value: Any, at: str) -> Any:
        found = super().integration(value, at)
        if "status" in found:
            self.latest["status"] = found["status"]
        return {**self.latest, **found}


@fault(LEAK, "/event_type", "the event's name is read once for all")
class event_once(Parser):
    name: str | None = None

    def event_type(self, value: Any, at: str) -> Any:
        value = super().event_type(value, at)
        if self.name is None:
            self.name = value
        return self.name


@fault(LEAK, "/customer/address_line1", "a buffer that is not cleared when a longer text was there before")
class buffer(Parser):
    line = ""

    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at != "/customer/address_line1":
            return value
        self.line = value + self.line[len(value) :]
        return self.line


@fault("altered inconsistent", "", "cached by the length of the body")
class cached_by_length(Parser):
    def __init__(self) -> None:
        self.cache: dict[int, Any] = {}

    def parse(self, body: bytes) -> Any:
        value = super().parse(body)
        return self.cache.setdefault(len(body), value)


@fault("inconsistent crash", "", "each fiftieth connection is a broken one")
class fiftieth(Parser):
    count = 0

    def event(self, value: Any) -> Any:
        event = super().event(value)
        self.count += 1
        if self.count % 50 == 0:
            raise ConnectionError("reset by peer")
        return event
