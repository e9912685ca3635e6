"""Faults that take far longer than a body's size explains, or never end."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.consumers.correct.handwritten import BadWebhook, Parser
from tests.consumers.faulty import fault

EITHER = "timeout slow"


@fault(EITHER, "/customer/email", "nested repetition in an expression for addresses")
class email_backtracking(Parser):
    pattern = re.compile(r"([a-zA-Z0-9_]+[.-]?)+@([a-zA-Z0-9]+[.-]?)+")

    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/email":
            self.pattern.fullmatch(value)
        return value


@fault(EITHER, "/customer/name", "nested repetition in an expression for names")
class name_backtracking(Parser):
    pattern = re.compile(r"^(\w+\s?)*$")

    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/name":
            self.pattern.match(value)
        return value


@fault(EITHER, "/customer/metadata/*", "trailing blanks removed by an expression that starts at each of them")
class trailing_blanks(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at.startswith("/customer/metadata/"):
            re.sub(r"\s+$", "", value)
        return value


@fault("slow timeout", "/customer/integrations", "every item is compared with every other")
class compared_pairs(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        found = super().integrations(value, at)
        same = sum(
            1
            for one in found
            for other in found
            if one is not other and sorted(one) == sorted(other) and one == other
        )
        if same < 0:
            raise BadWebhook(at)
        return found


@fault("slow timeout", "/customer/metadata", "every key is compared with every other")
class compared_keys(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        for key in metadata:
            [other for other in metadata if other.lower() == key.lower()]
        return metadata


@fault("slow timeout", "/customer/metadata/*", "a text is built from its end, character by character")
class prepended(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at.startswith("/customer/metadata/"):
            line = ""
            for char in value:
                line = char + line
        return value


@fault("timeout", "/customer/address_line1", "wrapping at the last blank, forever where there is none")
class wrapped(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if at == "/customer/address_line1":
            rest = value
            while len(rest) > 60:
                rest = rest[rest[:60].rfind(" ") + 1 :]
        return value


@fault(EITHER, "", "each level of an unknown value is walked twice")
class walked_twice(Parser):
    def unknown(self, value: Any, at: str) -> Any:
        self.depth(value)
        return value

    def depth(self, value: Any, level: int = 0) -> int:
        if not isinstance(value, (dict, list)) or not value or level > 60:
            return 0
        items = list(value.values() if isinstance(value, dict) else value)
        if any(self.depth(item, level + 1) > 60 for item in items):
            return 60
        return 1 + max(self.depth(item, level + 1) for item in items)


@fault("slow timeout", "/customer/id", "looked up again and again, with a pause, where there is no id")
class retried(Parser):
    def customer(self, value: Any, at: str) -> Any:
        customer = super().customer(value, at)
        for _ in range(4):
            if "id" in customer:
                break
            time.sleep(0.2)
        return customer


@fault("timeout", "/customer/metadata", "a key that is empty is asked for again")
class empty_key(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        metadata = super().metadata(value, at)
        keys = list(metadata)
        while keys:
            if keys[-1]:
                keys.pop()
        return metadata
