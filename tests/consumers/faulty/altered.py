"""Faults that give back another string, map or list than went in."""

from __future__ import annotations

import html
import unicodedata
from typing import Any
from urllib.parse import unquote_plus

from tests.consumers.correct.handwritten import Parser
from tests.consumers.faulty import fault


class Changing(Parser):
    """Changes a string at one place with :meth:`change`."""

    place = ""

    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        return self.change(value) if at.startswith(self.place) else value

    def change(self, value: str) -> Any:
        raise NotImplementedError


@fault("altered", "/customer/name", "blanks at the ends are trimmed")
class name_trimmed(Changing):
    place = "/customer/name"

    def change(self, value: str) -> Any:
        return value.strip()


@fault("altered", "/customer/address_line1", "blanks inside are made one")
class blanks_collapsed(Changing):
    place = "/customer/address_line1"

    def change(self, value: str) -> Any:
        return " ".join(value.split())


@fault("altered", "/customer/email", "addresses in small letters")
class email_lower(Changing):
    place = "/customer/email"

    def change(self, value: str) -> Any:
        return value.lower()


@fault("altered", "/customer/name", "names in title case")
class name_title(Changing):
    place = "/customer/name"

    def change(self, value: str) -> Any:
        return value if value != value.upper() and value != value.lower() else value.title()


@fault("altered", "/customer/external_id", "another Unicode form")
class normalised(Changing):
    place = "/customer/external_id"

    def change(self, value: str) -> Any:
        return unicodedata.normalize("NFC", value)


@fault("altered", "/customer/address_city", "compatibility characters are unfolded")
class compatibility(Changing):
    place = "/customer/address_city"

    def change(self, value: str) -> Any:
        return unicodedata.normalize("NFKC", value) if unicodedata.is_normalized("NFC", value) else value


@fault("altered", "/customer/address_line1", "entities are undone")
class unescaped(Changing):
    place = "/customer/address_line1"

    def change(self, value: str) -> Any:
        return html.unescape(value)


@fault("altered", "/customer/name", "escaped for HTML on the way in")
class escaped(Changing):
    place = "/customer/name"

    def change(self, value: str) -> Any:
        return html.escape(value)


@fault("altered", "/customer/email", "undone as if it came from a URL")
class unquoted(Changing):
    place = "/customer/email"

    def change(self, value: str) -> Any:
        return unquote_plus(value)


@fault("altered", "/customer/metadata/*", "cut at 255 without a word")
class cut_255(Changing):
    place = "/customer/metadata/"

    def change(self, value: str) -> Any:
        return value[:255]


@fault("altered", "/customer/address_state", "cut at fifty without a word")
class cut_50(Changing):
    place = "/customer/address_state"

    def change(self, value: str) -> Any:
        return value[:50]


@fault("altered", "/customer/name", "zero-width characters are removed")
class zero_width(Changing):
    place = "/customer/name"

    def change(self, value: str) -> Any:
        return value.translate(dict.fromkeys((0x200B, 0x200C, 0x200D, 0xFEFF)))


@fault("altered", "/customer/address_line2", "line breaks of one kind")
class line_breaks(Changing):
    place = "/customer/address_line2"

    def change(self, value: str) -> Any:
        return value.replace("\r\n", "\n")


@fault("altered", "/customer/address_city", "accents and other scripts are lost")
class ascii_only(Changing):
    place = "/customer/address_city"

    def change(self, value: str) -> Any:
        return unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()


@fault("altered", "/customer/name", "NUL is removed for the database's sake")
class nul_removed(Changing):
    place = "/customer/name"

    def change(self, value: str) -> Any:
        return value.replace("\0", "")


@fault("altered", "/customer/address_postal_code", "digits become a number")
class postal_int(Changing):
    place = "/customer/address_postal_code"

    def change(self, value: str) -> Any:
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else value


@fault("altered", "/customer/external_id", "leading zeros are lost")
class leading_zeros(Changing):
    place = "/customer/external_id"

    def change(self, value: str) -> Any:
        return str(int(value)) if value.isascii() and value.isdigit() and len(value) < 20 else value


@fault("altered", "/customer/metadata/*", "words become booleans")
class booleans_read(Changing):
    place = "/customer/metadata/"

    def change(self, value: str) -> Any:
        return {"true": True, "false": False}.get(value, value)


@fault("altered", "/customer/metadata/*", "the word null becomes null")
class null_read(Changing):
    place = "/customer/metadata/"

    def change(self, value: str) -> Any:
        return None if value == "null" else value


@fault("altered", "/customer/integrations/*/provider_entity_id", "text that looks like a number becomes one")
class number_read(Parser):
    def text(self, value: Any, at: str) -> Any:
        value = super().text(value, at)
        if not at.endswith("/provider_entity_id"):
            return value
        try:
            return float(value)
        except ValueError:
            return value


@fault("altered", "/customer/metadata", "keys in small letters")
class keys_lower(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        return {key.lower(): item for key, item in super().metadata(value, at).items()}


@fault("altered", "/customer/metadata", "keys that differ only in case are taken for one")
class keys_folded(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        kept: dict[str, tuple[str, str]] = {}
        for key, item in super().metadata(value, at).items():
            kept.setdefault(key.casefold(), (key, item))
        return dict(kept.values())


@fault("altered", "/customer/metadata", "keys with a meaning to another language are dropped")
class keys_dunder(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        unsafe = {"__proto__", "constructor", "prototype"}
        return {key: item for key, item in super().metadata(value, at).items() if key not in unsafe}


@fault("altered", "/customer/metadata", "dots in keys become underscores for a document store")
class keys_dotted(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        return {key.replace(".", "_"): item for key, item in super().metadata(value, at).items()}


@fault("altered", "/customer/metadata", "keys are made camelCase with the rest")
class keys_camel(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        def camel(key: str) -> str:
            head, *tail = key.split("_")
            return head + "".join(part.capitalize() for part in tail)

        return {camel(key): item for key, item in super().metadata(value, at).items()}


@fault("altered", "/customer/metadata", "entries with empty values are dropped")
class values_dropped(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        return {key: item for key, item in super().metadata(value, at).items() if item}


@fault("altered", "/customer/metadata", "names of our own columns are dropped from the map")
class keys_reserved(Parser):
    def metadata(self, value: Any, at: str) -> Any:
        return {
            key: item
            for key, item in super().metadata(value, at).items()
            if key not in {"id", "name", "status"}
        }


@fault("altered", "/customer/integrations", "sorted by id")
class integrations_sorted(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        return sorted(super().integrations(value, at), key=lambda item: item.get("id", ""))


@fault("altered", "/customer/integrations", "the same item twice becomes one")
class integrations_once(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        kept: list[Any] = []
        for item in super().integrations(value, at):
            if not kept or item != kept[-1]:
                kept.append(item)
        return kept


@fault("altered", "/customer/integrations", "the first ten of them")
class integrations_ten(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        return super().integrations(value, at)[:10]


@fault("altered", "/customer/integrations", "deleted ones are dropped")
class integrations_deleted(Parser):
    def integrations(self, value: Any, at: str) -> Any:
        return [item for item in super().integrations(value, at) if item.get("status") != "deleted"]
