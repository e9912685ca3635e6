"""Faults that let pass what the contract forbids: times and JSON text."""

from __future__ import annotations

import ast
import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import yaml

from tests.consumers.correct.handwritten import TIME, BadWebhook, Parser
from tests.consumers.faulty import fault

TIMES_AT = (
    "/customer/created_at",
    "/customer/updated_at",
    "/customer/integrations/*/created_at",
    "/customer/integrations/*/updated_at",
)


@fault("false_accept", TIMES_AT, "every month has 31 days")
class month_31(Parser):
    def month_length(self, year: int, month: int) -> int:
        return 31


@fault("false_accept", TIMES_AT, "February has 29 days in every year")
class february_29(Parser):
    def month_length(self, year: int, month: int) -> int:
        return 29 if month == 2 else super().month_length(year, month)


@fault("false_accept", TIMES_AT, "the rule of centuries is forgotten")
class century(Parser):
    def month_length(self, year: int, month: int) -> int:
        return 29 if month == 2 and year % 4 == 0 else super().month_length(year, month)


@fault("false_accept", TIMES_AT, "midnight as the hour 24")
class hour_24(Parser):
    def is_clock(self, match: re.Match[str]) -> bool:
        return match["hour"] == "24" or super().is_clock(match)


@fault("false_accept", TIMES_AT, "off by one in the minutes")
class minute_60(Parser):
    def is_clock(self, match: re.Match[str]) -> bool:
        return (
            int(match["hour"]) <= 23
            and int(match["minute"]) <= 60
            and (int(match["second"]) <= 59 or super().is_clock(match))
        )


@fault("false_accept", TIMES_AT, "the offset is any four digits")
class offset_any(Parser):
    def is_offset(self, match: re.Match[str]) -> bool:
        return True


@fault("false_accept", TIMES_AT, "only offsets east of Greenwich are checked")
class offset_west(Parser):
    def is_offset(self, match: re.Match[str]) -> bool:
        return match["sign"] == "-" or super().is_offset(match)


@fault("false_accept", TIMES_AT, "no zone is taken for UTC")
class no_zone(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return TIME.fullmatch(value) or TIME.fullmatch(value + "Z")


@fault(
    "false_accept",
    TIMES_AT,
    "an offset without its colon, as another format has it",
    known_miss="fastjsonschema and ajv-formats do the same: where sound validators differ nothing is asked",
)
class offset_no_colon(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return TIME.fullmatch(value) or TIME.fullmatch(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", value))


@fault("false_accept", TIMES_AT, "`$` also matches before a line break at the end")
class dollar(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return re.match(f"^{TIME.pattern}$", value, re.ASCII)


@fault("false_accept", TIMES_AT, "the end is not anchored")
class no_anchor(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return TIME.match(value)


@fault("false_accept", TIMES_AT, "`\\d` takes the digits of every script")
class any_digits(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return re.fullmatch(TIME.pattern, value)


@fault("false_accept", TIMES_AT, "a comma before the fraction, as ISO 8601 has it")
class comma_fraction(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return TIME.fullmatch(value.replace(",", ".", 1))


@fault("false_accept", TIMES_AT, "blanks around a time are trimmed")
class time_blanks(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return super().match_time(value.strip())


@fault("false_accept", TIMES_AT, "the seconds are optional")
class no_seconds(Parser):
    def match_time(self, value: str) -> re.Match[str] | None:
        return super().match_time(value) or super().match_time(value[:16] + ":00" + value[16:])


@fault("false_accept false_reject", TIMES_AT, "whatever the standard library takes for ISO 8601")
class iso_8601(Parser):
    def time(self, value: Any, at: str) -> Any:
        try:
            datetime.fromisoformat(self.text(value, at).upper())
        except ValueError as exc:
            raise BadWebhook(at) from exc
        return value


@fault("false_accept", "/customer/integrations/*/updated_at", "one of four times is taken for text")
class time_unchecked(Parser):
    def time(self, value: Any, at: str) -> Any:
        if "/integrations/" in at and at.endswith("updated_at"):
            return self.text(value, at)
        return super().time(value, at)


@fault("false_accept", "/customer/created_at", "seconds since 1970 pass too")
class epoch(Parser):
    def time(self, value: Any, at: str) -> Any:
        if at == "/customer/created_at" and isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        return super().time(value, at)


@fault("false_accept", "/customer/updated_at", "an empty time means never")
class time_empty(Parser):
    def time(self, value: Any, at: str) -> Any:
        return value if value == "" and at == "/customer/updated_at" else super().time(value, at)


@fault("false_accept", "/customer/created_at", "its length is right, and that is all")
class time_shape(Parser):
    def time(self, value: Any, at: str) -> Any:
        if at == "/customer/created_at" and isinstance(value, str) and len(value) >= 20 and value[10] in "Tt":
            return value
        return super().time(value, at)


@fault("false_accept", "", "the JSON reader takes NaN and infinities")
class nan(Parser):
    def constant(self, name: str) -> Any:
        return float(name)


@fault("false_accept", "", "only the first JSON value is read")
class trailing_text(Parser):
    def load(self, text: str) -> Any:
        try:
            text = text.lstrip(" \t\r\n")
            _, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            end = len(text)
        return super().load(text[:end])


@fault("false_accept altered", "", "commas before closing brackets are removed by a regular expression")
class trailing_comma(Parser):
    def load(self, text: str) -> Any:
        return super().load(re.sub(r",\s*([\]}])", r"\1", text))


@fault("false_accept", "", "comments are allowed at the ends of the body")
class comments(Parser):
    def load(self, text: str) -> Any:
        return super().load(
            re.sub(
                r"\A\s*(/\*.*?\*/|//[^\n]*\n|#[^\n]*\n)|(/\*[^\"]*\*/|//[^\"\n]*|#[^\"\n]*)\s*\Z", "", text
            )
        )


@fault("false_accept", "", "bytes that are no UTF-8 are dropped")
class utf8_ignore(Parser):
    def decode(self, body: bytes) -> str:
        return body.decode("utf-8", "ignore")


@fault("false_accept", "", "bytes that are no UTF-8 are replaced")
class utf8_replace(Parser):
    def decode(self, body: bytes) -> str:
        return body.decode("utf-8", "replace")


@fault("false_accept", "", "what is no UTF-8 is taken for Latin-1")
class latin1_fallback(Parser):
    def decode(self, body: bytes) -> str:
        try:
            return super().decode(body)
        except BadWebhook:
            return body.decode("latin-1")


@fault("false_accept", "", "encoded surrogates pass")
class surrogatepass(Parser):
    def decode(self, body: bytes) -> str:
        try:
            return body.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as exc:
            raise BadWebhook("not UTF-8") from exc


@fault("false_accept", "", "control characters inside of strings")
class raw_controls(Parser):
    def load(self, text: str) -> Any:
        try:
            return json.loads(text, strict=False, parse_constant=self.constant, parse_int=self.integer)
        except (ValueError, RecursionError) as exc:
            raise BadWebhook("not JSON") from exc


@fault("false_accept", "", "line breaks are removed before reading")
class joined_lines(Parser):
    def load(self, text: str) -> Any:
        return super().load(text.replace("\r", "").replace("\n", ""))


@fault("false_accept", "", "what is not JSON may be YAML")
class yaml_reader(Parser):
    def load(self, text: str) -> Any:
        try:
            return super().load(text)
        except BadWebhook:
            try:
                return yaml.safe_load(text) if len(text) < 10_000 else None
            except Exception as exc:
                raise BadWebhook("not YAML either") from exc


@fault("false_accept", "", "what is not JSON may be a Python literal")
class literal_eval(Parser):
    def load(self, text: str) -> Any:
        try:
            return super().load(text)
        except BadWebhook:
            try:
                return ast.literal_eval(text)
            except Exception as exc:
                raise BadWebhook("no literal either") from exc


@fault("false_accept", "", "what is not JSON may be a form")
class form(Parser):
    def load(self, text: str) -> Any:
        if "{" in text or "=" not in text or text.startswith("<"):
            return super().load(text)
        return dict(parse_qsl(text))


@fault("false_accept", "", "an empty body passes for an empty object")
class empty_body(Parser):
    def load(self, text: str) -> Any:
        return super().load(text) if text.strip() else {}


@fault("false_accept", "", "C strings end at NUL")
class nul_padding(Parser):
    def decode(self, body: bytes) -> str:
        return super().decode(body.rstrip(b"\0"))


@fault("false_accept", "", "a body that was cut off is closed again")
class repaired(Parser):
    def load(self, text: str) -> Any:
        try:
            return super().load(text)
        except BadWebhook:
            return super().load(text + "}")


@fault("false_accept", "", "single quotes are made double ones where JSON fails")
class single_quotes(Parser):
    def load(self, text: str) -> Any:
        try:
            return super().load(text)
        except BadWebhook:
            return super().load(text.replace("'", '"'))
