"""A body that shows each fault, written by hand: proof that the fault is one.

No target imports this module, and a run that looks for the faults must not read it. A witness is one body
(crashes, false accepts and refusals, altered values, slowness), two spellings of one value (``inconsistent``
faults of spelling), or the bodies to send in turn, the last one equal to an earlier one (faults of state).
"""

from __future__ import annotations

import copy
import json
from typing import Any

FULL: dict[str, Any] = {
    "event_type": "customer.created",
    "customer": {
        "id": "cust_01J9ZQ6T4V8N2M5K7R3W1X0YAB",
        "external_id": "acct-20417",
        "name": "Harbour Lane Books",
        "email": "orders@harbourlane.test",
        "address_line1": "14 Quay Street",
        "address_line2": "Second floor",
        "address_city": "Galway",
        "address_state": "Connacht",
        "address_postal_code": "H91 X0YA",
        "address_country": "IE",
        "status": "published",
        "metadata": {"segment": "retail", "owner": "m.byrne", "since": "spring"},
        "integrations": [
            {
                "id": f"eim_01J9ZQ6T4V8N2M5K7R3W1X0YA{letter}",
                "entity_id": "cust_01J9ZQ6T4V8N2M5K7R3W1X0YAB",
                "entity_type": kind,
                "provider_type": provider,
                "provider_entity_id": f"{provider}-88{letter}",
                "status": "published",
                "tenant_id": "tenant_01J9ZQ6T4V8N2M5K7R3W1X0YAT",
                "environment_id": "env_01J9ZQ6T4V8N2M5K7R3W1X0YAE",
                "created_at": "2026-05-14T09:26:53.589793Z",
                "updated_at": "2026-05-15T10:00:00Z",
                "created_by": "user_a",
                "updated_by": "user_b",
            }
            for letter, kind, provider in (("C", "customer", "stripe"), ("D", "plan", "chargebee"))
        ],
        "tenant_id": "tenant_01J9ZQ6T4V8N2M5K7R3W1X0YAT",
        "environment_id": "env_01J9ZQ6T4V8N2M5K7R3W1X0YAE",
        "created_at": "2026-05-13T08:15:30.25Z",
        "updated_at": "2026-05-16T11:45:00.123Z",
        "created_by": "user_a",
        "updated_by": "user_b",
    },
}


def _walk(tree: Any, parts: list[str]) -> Any:
    for part in parts:
        tree = tree[int(part)] if isinstance(tree, list) else tree[part]
    return tree


def edit(edits: dict[str, Any], *, drop: tuple[str, ...] = ()) -> dict[str, Any]:
    """The full body with values put at pointers under the root, and others taken away."""
    tree = copy.deepcopy(FULL)
    for pointer, value in edits.items():
        *parts, last = pointer.split("/")[1:]
        _walk(tree, parts)[int(last) if last.isdigit() else last] = value
    for pointer in drop:
        *parts, last = pointer.split("/")[1:]
        del _walk(tree, parts)[last]
    return tree


def dump(value: Any, **how: Any) -> bytes:
    """JSON text, as the provider sends it: no escapes but those that must be."""
    return json.dumps(value, ensure_ascii=False, **how).encode("utf-8", "surrogatepass")


def put(pointer: str, value: Any) -> tuple[bytes]:
    """The full body with one customer's value changed (a pointer that begins with ``//`` is the root's)."""
    return (dump(edit({pointer[1:] if pointer.startswith("//") else "/customer" + pointer: value})),)


def drop(*pointers: str) -> tuple[bytes]:
    return (dump(edit({}, drop=tuple("/customer" + pointer for pointer in pointers))),)


def body(text: str | bytes) -> tuple[bytes]:
    return (text.encode() if isinstance(text, str) else text,)


def escape_names(text: bytes, name: str) -> bytes:
    return text.replace(f'"{name}"'.encode(), f'"\\u{ord(name[0]):04x}{name[1:]}"'.encode())


PLAIN = dump(FULL)
COMPACT = dump(FULL, separators=(",", ":"))
SORTED = dump(FULL, sort_keys=True)
PRETTY = dump(FULL, indent=2)
LAST_FIRST = dump(
    {
        "event_type": FULL["event_type"],
        "customer": {
            "metadata": {"name": "shadow"},
            **{key: FULL["customer"][key] for key in ("integrations", "name", "created_at")},
        },
    }
)
HEAD = '{"event_type": "customer.created", "customer": {"name": "Ada"}'


def with_item(**item: Any) -> tuple[bytes]:
    return (dump(edit({"/customer/integrations/1": FULL["customer"]["integrations"][1] | item})),)


def named(name: str | None, **more: Any) -> bytes:
    return dump({"customer": ({"name": name} if name is not None else {}) | more})


ENDLESS = "\u200ba" * 40  # a word with no blank in it

WITNESSES: dict[str, tuple[bytes, ...]] = {
    # crashes
    "customer_missing": body("{}"),
    "email_missing": drop("/email"),
    "metadata_null": put("/metadata", None),
    "name_initial": put("/name", ""),
    "name_one_word": put("/name", "Cher"),
    "email_domain": put("/email", ""),
    "first_integration": put("/integrations", []),
    "neighbour_status": drop("/integrations/1/status"),
    "sort_by_time": drop("/integrations/1/created_at"),
    "country_table": put("/address_country", "PK"),
    "leap_second_crash": put("/created_at", "2016-12-31T23:59:60Z"),
    "utc_overflow": put("/created_at", "9999-12-31T23:59:59-01:00"),
    "fraction_missing": put("/updated_at", "2026-05-16T11:45:00Z"),
    "not_utf8": body(b'{"customer": {"name": "Ren\xe9"}}'),
    "not_json": body(HEAD),
    "nesting": body('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}"),
    "long_number": body('{"x": ' + "7" * 5000 + "}"),
    "infinite_number": body('{"x": 1e400}'),
    "keyword_collision": put("/metadata/id", "7"),
    "percent_format": put("/name", "100% Wool"),
    "brace_format": put("/metadata/segment", "{retail}"),
    "latin1_header": put("/name", "Łódź Books"),
    "surrogate_encode": body('{"customer": {"external_id": "\\ud83d"}}'),
    "root_type": body("[]"),
    "integration_type": put("/integrations/0", "eim_1"),
    "unhashable_status": put("/status", {}),
    "event_parts": put("//event_type", "ping"),
    "superscript_digits": put("/address_postal_code", "10²"),
    "longest_key": put("/metadata", {}),
    "id_without_underscore": put("/tenant_id", "00000000-0000-0000-0000-000000000000"),
    "sys_exit": put("//event_type", "customer.merged"),
    "os_exit": body(""),
    "segfault": put("/name", "Ada\0"),
    # false accepts: types, enums, places
    "status_case": put("/status", "Published"),
    "status_blanks": put("/status", "published "),
    "status_prefix": put("/integrations/1/status", "deleted_soft"),
    "status_substring": put("/status", "publish"),
    "status_empty": put("/integrations/1/status", ""),
    "status_alias": put("/status", "active"),
    "entity_type_any": put("/integrations/0/entity_type", "wallet"),
    "entity_plural": put("/integrations/0/entity_type", "customers"),
    "shared_constants": put("/integrations/0/entity_type", "published"),
    "event_prefix": put("//event_type", "customer.created.v2"),
    "event_any": put("//event_type", "ping"),
    "event_null": put("//event_type", None),
    "first_item_only": put("/integrations/1/status", "gone"),
    "last_item_unchecked": put("/integrations/1/id", 7),
    "items_unchecked": put("/integrations/0/provider_type", None),
    "map_values": put("/metadata/segment", {"a": 1}),
    "map_first_value": put("/metadata/since", 2024),
    "map_scalars": put("/metadata/owner", True),
    "email_null": put("/email", None),
    "falsy_strings": put("/address_line2", 0),
    "falsy_list": put("/integrations", False),
    "customer_null": body('{"event_type": "customer.created", "customer": null}'),
    "postal_number": put("/address_postal_code", 10115),
    "integration_id_number": put("/integrations/1/provider_entity_id", 4.5),
    "sequence_string": put("/tenant_id", ["t"]),
    "dict_of_anything": put("/metadata", []),
    "wrapped_root": body(b"[" + PLAIN + b"]"),
    "single_item": put("/integrations", {"id": "eim_1"}),
    "double_encoded": body(dump({"customer": json.dumps(FULL["customer"])})),
    "swallowed": put("/created_by", 1),
    "field_forgotten": put("/integrations/0/updated_by", []),
    "booleans": put("/address_state", False),
    "external_id_coerced": put("/external_id", 20417),
    # false accepts: times and text
    "month_31": put("/created_at", "2026-04-31T00:00:00Z"),
    "february_29": put("/created_at", "2023-02-29T00:00:00Z"),
    "century": put("/updated_at", "1900-02-29T12:00:00Z"),
    "hour_24": put("/created_at", "2026-04-30T24:00:00Z"),
    "minute_60": put("/created_at", "2026-04-30T10:60:00Z"),
    "offset_any": put("/created_at", "2026-04-30T10:00:00+24:00"),
    "offset_west": put("/created_at", "2026-04-30T10:00:00-10:60"),
    "no_zone": put("/created_at", "2026-04-30T10:00:00"),
    "offset_no_colon": put("/created_at", "2026-04-30T10:00:00+0200"),
    "dollar": put("/created_at", "2026-04-30T10:00:00Z\n"),
    "no_anchor": put("/created_at", "2026-04-30T10:00:00Z[UTC]"),
    "any_digits": put("/created_at", "２０２６-04-30T10:00:00Z"),
    "comma_fraction": put("/created_at", "2026-04-30T10:00:00,25Z"),
    "time_blanks": put("/created_at", " 2026-04-30T10:00:00Z"),
    "no_seconds": put("/created_at", "2026-04-30T10:00Z"),
    "iso_8601": put("/created_at", "20260430T100000Z"),
    "time_unchecked": put("/integrations/1/updated_at", "yesterday"),
    "epoch": put("/created_at", 1_777_543_200),
    "time_empty": put("/updated_at", ""),
    "time_shape": put("/created_at", "2026-99-30T10:00:00Z"),
    "nan": body('{"x": -Infinity}'),
    "trailing_text": body(PLAIN + b" done"),
    "trailing_comma": body('{"customer": {"name": "Ada",}}'),
    "comments": body(b"// sent by us\n" + PLAIN),
    "utf8_ignore": body(b'{"customer": {"name": "Ada\xff"}}'),
    "utf8_replace": body(b'{"customer": {"name": "Ada\xc3"}}'),
    "latin1_fallback": body(b'{"customer": {"name": "Ren\xe9"}}'),
    "surrogatepass": body(b'{"customer": {"name": "Ada\xed\xa0\x80"}}'),
    "raw_controls": body('{"customer": {"name": "Ada\tL"}}'),
    "joined_lines": body('{"customer": {"name": "Ada\nL"}}'),
    "yaml_reader": body("{customer: {name: Ada}}"),
    "literal_eval": body("{'customer': {'name': 'Ada'}}"),
    "form": body("customer_name=Ada"),
    "empty_body": body(" "),
    "nul_padding": body(b"{}\0\0"),
    "repaired": body(HEAD),
    "single_quotes": body("{'customer': {'name': 'Ada'}}"),
    # false refusals
    "status_unknown": put("/status", "archived"),
    "entity_unknown": put("/integrations/0/entity_type", "item_price"),
    "event_list_old": put("//event_type", "credit_note.created"),
    "event_two_parts": put("//event_type", "invoice.update.voided"),
    "email_wanted": put("/email", ""),
    "email_expression": put("/email", "orders+vip@harbourlane.test"),
    "email_long_tld": put("/email", "orders@harbour.photography"),
    "name_ascii": put("/name", "Żabka"),
    "name_digits": put("/name", "1837"),
    "name_null": put("/name", "Null"),
    "name_firewall": put("/name", "O'Hara Books"),
    "angle_brackets": put("/address_line1", "Unit <4>"),
    "astral": put("/metadata/segment", "🎷"),
    "unprintable": put("/metadata/segment", "two\nlines"),
    "metadata_long": put("/metadata/segment", "x" * 501),
    "metadata_value_empty": put("/metadata/segment", ""),
    "name_long": put("/name", "n" * 101),
    "bytes_counted": put("/address_line2", "é" * 200),
    "country_empty": put("/address_country", ""),
    "country_new": put("/address_country", "SS"),
    "postal_without_digit": put("/address_postal_code", "none"),
    "id_prefix": put("/id", "cus_123"),
    "closed_customer": put("/timezone", "UTC"),
    "closed_root": put("//api_version", "2026-08-17"),
    "integrations_wanted": drop("/integrations"),
    "status_wanted": drop("/status"),
    "many_integrations": put("/integrations", [{} for _ in range(21)]),
    "repeated_integrations": put("/integrations", [{"id": "a"}, {"id": "a"}]),
    "metadata_empty": put("/metadata", {}),
    "metadata_many": put("/metadata", {f"k{index}": "v" for index in range(51)}),
    "metadata_keys": put("/metadata", {"plan.tier": "gold"}),
    "fraction_wanted": put("/created_at", "2026-04-30T10:00:00Z"),
    "fraction_nine": put("/created_at", "2026-04-30T10:00:00.123456789Z"),
    "fraction_groups": put("/created_at", "2026-04-30T10:00:00.12345Z"),
    "offset_refused": put("/created_at", "2026-04-30T10:00:00+02:00"),
    "lower_case_time": put("/created_at", "2026-04-30t10:00:00z"),
    "leap_day": put("/created_at", "2024-02-29T10:00:00Z"),
    "last_day": put("/created_at", "2026-01-31T10:00:00Z"),
    "year_2038": put("/updated_at", "2038-01-19T03:14:08Z"),
    "compared_as_text": (
        dump(
            edit(
                {
                    "/customer/created_at": "2026-05-16T11:45:00Z",
                    "/customer/updated_at": "2026-05-16T11:45:00.5Z",
                }
            )
        ),
    ),
    "strptime": put("/integrations/0/created_at", "2026-04-30T10:00:00+02:00"),
    "body_limit": put("/metadata/segment", "x" * 110_000),
    "sixty_four_bits": body('{"x": 9223372036854775808}'),
    "empty_object": body("{}"),
    # altered: strings, maps, lists
    "country_for_state": put("/address_state", "Leinster"),
    "name_trimmed": put("/name", " Ada"),
    "blanks_collapsed": put("/address_line1", "14  Quay Street"),
    "email_lower": put("/email", "Orders@harbourlane.test"),
    "name_title": put("/name", "bell hooks"),
    "normalised": put("/external_id", "cafe\u0301"),
    "compatibility": put("/address_city", "ﬁord"),
    "unescaped": put("/address_line1", "Fish &amp; Chips"),
    "escaped": put("/name", "Fish & Chips"),
    "unquoted": put("/email", "orders+vip@harbourlane.test"),
    "cut_255": put("/metadata/segment", "x" * 256),
    "cut_50": put("/address_state", "x" * 51),
    "zero_width": put("/name", "Ada\u200bL"),
    "line_breaks": put("/address_line2", "a\r\nb"),
    "ascii_only": put("/address_city", "Kraków"),
    "nul_removed": put("/name", "A\0da"),
    "postal_int": put("/address_postal_code", "10115"),
    "leading_zeros": put("/external_id", "00417"),
    "booleans_read": put("/metadata/segment", "false"),
    "null_read": put("/metadata/segment", "null"),
    "number_read": put("/integrations/1/provider_entity_id", "1e5"),
    "keys_lower": put("/metadata", {"Segment": "retail"}),
    "keys_folded": put("/metadata", {"Segment": "a", "segment": "b"}),
    "keys_dunder": put("/metadata", {"__proto__": "x"}),
    "keys_dotted": put("/metadata", {"plan.tier": "gold"}),
    "keys_camel": put("/metadata", {"plan_tier": "gold"}),
    "values_dropped": put("/metadata", {"note": ""}),
    "keys_reserved": put("/metadata", {"name": "x"}),
    "integrations_sorted": put("/integrations", [{"id": "b"}, {"id": "a"}]),
    "integrations_once": put("/integrations", [{"id": "a"}, {"id": "a"}]),
    "integrations_ten": put("/integrations", [{"id": str(index)} for index in range(11)]),
    "integrations_deleted": put("/integrations/1/status", "deleted"),
    # altered: times, numbers, neighbours
    "nanoseconds": put("/created_at", "2026-04-30T10:00:00.123456789Z"),
    "milliseconds": put("/integrations/0/updated_at", "2026-04-30T10:00:00.123456Z"),
    "zone_dropped": put("/created_at", "2026-04-30T10:00:00+02:00"),
    "zone_replaced": put("/created_at", "2026-04-30T10:00:00-03:30"),
    "offset_sign": put("/created_at", "2026-04-30T10:00:00-03:30"),
    "fraction_number": put("/created_at", "2026-04-30T10:00:00.5Z"),
    "day_month": put("/updated_at", "2026-03-04T10:00:00Z"),
    "float_seconds": put("/created_at", "2026-03-04T10:00:00.5Z"),
    "copied_line": (PLAIN,),
    "neighbours_swapped": (PLAIN,),
    "outer_name": (PLAIN,),
    "name_or_email": put("/name", ""),
    "author_default": put("/created_by", ""),
    "country_default": put("/address_country", ""),
    "country_renamed": put("/address_country", "GB"),
    "entity_first_match": put("/integrations/0/entity_type", "item_price"),
    "status_merged": put("/status", "archived"),
    "event_renamed": put("//event_type", "credit_note.created"),
    "mojibake": put("/name", "Kraków"),
    "thirty_two_bits": body('{"x": 4294967297}'),
    "rounded": body('{"x": 0.125}'),
    "flags": body('{"x": true}'),
    "empty_model": (PLAIN,),
    "lines_joined": put("/address_line1", ""),
    "last_entry": (PLAIN,),
    # slow
    "email_backtracking": put("/email", "a" * 60),
    "name_backtracking": put("/name", "a" * 60 + "!"),
    "trailing_blanks": put("/metadata/segment", " " * 300_000 + "x"),
    "compared_pairs": put("/integrations", [{"id": "x"} for _ in range(4000)]),
    "compared_keys": put("/metadata", {f"key-{index}": "" for index in range(12_000)}),
    "prepended": put("/metadata/segment", "x" * 300_000),
    "wrapped": put("/address_line1", "x" * 61),
    "walked_twice": body('{"x": ' + "[" * 50 + "0" + "]" * 50 + "}"),
    "retried": drop("/id"),
    "empty_key": put("/metadata", {"": "x"}),
    # spelling: two of one value
    "event_in_text": (PLAIN, PLAIN.replace(b'"event_type": ', b'"event_type" : ')),
    "event_first": (PLAIN, SORTED),
    "columns": (
        dump({"customer": {"integrations": [dict(sorted(FULL["customer"]["integrations"][0].items()))]}}),
        dump({"customer": {"integrations": [FULL["customer"]["integrations"][0]]}}),
    ),
    "brace_first": (PLAIN, b"\n" + PLAIN),
    "name_in_text": (PLAIN, PLAIN.replace(b"Harbour", b"\\u0048arbour")),
    "first_time_in_text": (dump(FULL, sort_keys=True), LAST_FIRST),
    "size_escaped": (PLAIN, b'{"x":"' + b"\\u0061" * 201 + b'"}'),
    "backslash": (body('{"x": "a/b"}')[0], body('{"x": "a\\/b"}')[0]),
    "escapes_small": (body('{"x": "é"}')[0], body('{"x": "\\u00E9"}')[0]),
    "escapes_first": (body('{"x": "🎷"}')[0], body('{"x": "\\ud83c\\udfb7"}')[0]),
    "ampersand_first": (body('{"x": "\\u005cu0026"}')[0], body('{"x": "\\\\u0026"}')[0]),
    "first_line": (PLAIN, PRETTY),
    "key_in_text": (PLAIN, escape_names(PLAIN, "integrations")),
    "blanks_removed": (PLAIN, PRETTY),
    "order_decides": (
        b'{"customer": {"metadata": {"a": "1", "b": "2"}}}',
        b'{"customer": {"metadata": {"b": "2", "a": "1"}}}',
    ),
    # state: in turn, the last equal to an earlier one
    "shared_list": (named("Ada"), PLAIN, named("Ada")),
    "shared_map": (*(found := (named("Ada", metadata={"a": "1"}),)), PLAIN, *found),
    "cached_by_id": (named("Ada", id="c1"), named("Grace", id="c1"), named("Ada", id="c1")),
    "first_wins": (
        named("Ada", email="a@x.example"),
        named("Bo", email="b@x.example"),
        named("Ada", email="a@x.example"),
    ),
    "last_value": (named(None), named("Ada"), named(None)),
    "counter": (PLAIN,) * 40,
    "pool": (PLAIN,) * 301,
    "sticky_error": (PLAIN, b"[]", PLAIN),
    "seen_before": (PLAIN, PLAIN),
    "learning": (put("/status", "draft")[0],) * 2,
    "loop_variable": (
        dump({"customer": {"integrations": [{}]}}),
        dump({"customer": {"integrations": [{"status": "deleted"}]}}),
        dump({"customer": {"integrations": [{}]}}),
    ),
    "event_once": (
        b'{"event_type": "customer.created"}',
        b'{"event_type": "customer.deleted"}',
        b'{"event_type": "customer.created"}',
    ),
    "buffer": (
        named("Ada", address_line1="14 Quay"),
        named("Bo", address_line1="14 Quay Street"),
        named("Ada", address_line1="14 Quay"),
    ),
    "cached_by_length": (named("Ada"), named("Bob"), named("Ada")),
    # hidden ones
    "sandbox_name": put("/name", "sandbox-7"),
    "credit_limit": put("/metadata/credit_limit", "a lot"),
    "state_of_country": (dump(edit({"/customer/address_country": "US"}, drop=("/customer/address_state",))),),
    "nameless": drop("/name", "/external_id"),
    "deleted_unchecked": (dump(edit({"/customer/status": "deleted", "/customer/address_line1": 5})),),
    "new_locale": put("/locale", None),
    "old_reference": put("/external_id", "r" * 73),
    "pinned_sdk": (PLAIN,),
    "two_decimals": body('{"price": 1234.5678}'),
    "slashes": (
        dump(edit({"/customer/name": "a/b"})),
        dump(edit({"/customer/name": "a/b"})).replace(b"a/b", rb"a\/b"),
    ),
    "tenant_of_customer": put("/tenant_id", "tenant_other"),
    "tag_dropped": put("/email", "ada+hooks@harbourlane.test"),
    "formula_quoted": put("/name", "=1+1"),
    "short_year": put("/created_at", "1970-01-01T00:00:00Z"),
    "fifty_keys": put("/metadata", {f"k{n}": "v" for n in range(51)}),
    "proxy_limit": put("/metadata/segment", "x" * 70_000),
    "name_bytes": put("/name", "é" * 130),
    "tenant_form": put("/tenant_id", "00000000-0000-0000-0000-000000000000"),
    "searched": put("/external_id", "(acct"),
    "letter_table": put("/name", "Ada 🎷"),
    "pause": put("/name", "=1+1"),
    "waits_for_value": put("/metadata/segment", ""),
    "fiftieth": (PLAIN,) * 50,
}
