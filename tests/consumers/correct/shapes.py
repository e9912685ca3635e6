"""Consumers that check the whole body and give back something of a shape of their own.

Domain objects with other names, rows for a database, counters, digests, enums with numbers, what was received
beside what was read: none of it is a changed value.
"""

from __future__ import annotations

import asyncio
import enum
import hashlib
import json
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import loads

if TYPE_CHECKING:
    from collections.abc import Iterator


def _event(body: bytes) -> dict[str, Any]:
    value = loads(body)
    if not dict_passer.BODY(value):
        raise ValueError("not a customer.created")
    return value  # type: ignore[no-any-return]


# -- regrouped under other names


@dataclass(frozen=True)
class Address:
    """Where a customer is; ``region`` is the name of a metadata entry, too."""

    street: str
    extra: str
    city: str
    region: str
    zip: str
    country: str


@dataclass(frozen=True)
class Link:
    """A mapping to another system."""

    system: str
    key: str
    owner: str
    active: bool


@dataclass(frozen=True)
class Account:
    """A customer in the words of another trade."""

    key: str
    reference: str
    title: str
    mail: str
    address: Address
    labels: dict[str, str]
    links: tuple[Link, ...]


def regrouped(body: bytes) -> Account | None:
    """An account with an address and labels; None where there is no customer."""
    event = _event(body)
    if "customer" not in event:
        return None
    c = event["customer"]
    names = ("line1", "line2", "city", "state", "postal_code", "country")
    return Account(
        c.get("id", ""),
        c.get("external_id", ""),
        c.get("name", ""),
        c.get("email", ""),
        Address(*(c.get(f"address_{name}", "") for name in names)),
        c.get("metadata", {}),
        tuple(
            Link(
                i.get("provider_type", ""),
                i.get("provider_entity_id", ""),
                c.get("id", ""),
                i.get("status") == "published",
            )
            for i in c.get("integrations", ())
        ),
    )


# -- rows of two tables, one after the other


def rows(body: bytes) -> Iterator[tuple[str | None, ...]]:
    """What is to be inserted, a row at a time."""
    c = _event(body).get("customer")
    if c is not None:
        yield "customers", c.get("id"), c.get("name")
        for item in c.get("integrations", ()):
            yield "integrations", c.get("id"), item.get("id"), item.get("provider_type")


# -- a callable object that counts


class Counting:
    """Says which call it is, and when; its jobs have random names."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, body: bytes) -> dict[str, Any]:
        event = _event(body)
        self.calls += 1
        c = event.get("customer", {})
        return {
            "sequence": self.calls,
            "job": f"job-{self.calls:06}",
            "trace": str(uuid.uuid4()),
            "received_at": datetime.now(UTC),
            "took": time.perf_counter(),
            "topic": event.get("event_type"),
            "customer": {"id": c.get("id"), "name": c.get("name"), "tenant": c.get("tenant_id")},
        }


counted = Counting()


# -- what came beside what was read


def kept_raw(body: bytes) -> dict[str, Any]:
    """The bytes, their size and their digest beside a few fields."""
    c = _event(body).get("customer", {})
    return {
        "id": c.get("id"),
        "name": c.get("name"),
        "metadata": c.get("metadata", {}),
        "raw": body,
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


# -- numbers for names, objects for texts, keys for a search


class Status(enum.Enum):
    """Numbered by ourselves."""

    PUBLISHED = enum.auto()
    DELETED = enum.auto()
    ARCHIVED = enum.auto()


@dataclass(frozen=True)
class Country:
    """A country by its code."""

    alpha2: str


@dataclass(frozen=True)
class Coded:
    """A customer as a search engine wants it."""

    id: str | None
    name: str | None
    name_key: str
    email: str | None
    email_domain: str | None
    country: Country | None
    status: Status | None
    integration_count: int


def coded(body: bytes) -> Coded | None:
    """Derived fields beside the ones that they are made of."""
    c = _event(body).get("customer")
    if c is None:
        return None
    name, email = c.get("name"), c.get("email")
    return Coded(
        c.get("id"),
        name,
        (name or "").casefold().strip(),
        email,
        email.rpartition("@")[2].lower() if email else None,
        Country(c["address_country"]) if c.get("address_country") else None,
        Status[c["status"].upper()] if "status" in c else None,
        len(c.get("integrations", ())),
    )


# -- grouped, hashed and joined


def grouped(body: bytes) -> dict[str, Any]:
    """Keys by provider; a digest in place of an address; the lines of another one."""
    c = _event(body).get("customer", {})
    links: dict[str, list[Any]] = {}
    for item in c.get("integrations", ()):
        links.setdefault(item.get("provider_type", ""), []).append(item.get("provider_entity_id"))
    lines = ("address_line1", "address_line2", "address_postal_code", "address_city")
    mail = c.get("email", "").encode("utf-8", "surrogatepass")
    return {
        "id": c.get("id"),
        "email_sha256": hashlib.sha256(mail).hexdigest(),
        "address": [c[line] for line in lines if c.get(line)],
        "links": links,
        "has_metadata": bool(c.get("metadata")),
        "metadata_keys": sorted(c.get("metadata", ())),
    }


# -- objects with nothing but properties


class CustomerId:
    """An id that is no mere text."""

    def __init__(self, value: str) -> None:
        self._value = value

    @property
    def value(self) -> str:
        """The id."""
        return self._value


class Lazy:
    """Reads a field when it is asked for."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw

    @property
    def id(self) -> CustomerId | None:
        """The customer's id."""
        return CustomerId(self._raw["id"]) if "id" in self._raw else None

    @property
    def name(self) -> str:
        """The customer's name."""
        return str(self._raw.get("name", ""))

    @property
    def providers(self) -> list[str | None]:
        """The providers of the mappings."""
        return [item.get("provider_type") for item in self._raw.get("integrations", ())]


def lazy(body: bytes) -> Lazy:
    """An object of properties."""
    return Lazy(_event(body).get("customer", {}))


# -- the same bytes, the same answer


class Created(NamedTuple):
    """A few fields, the metadata as pairs."""

    id: str | None
    name: str | None
    metadata: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def remembered(body: bytes) -> Created:
    """Computed once for each body."""
    c = _event(body).get("customer", {})
    return Created(c.get("id"), c.get("name"), tuple(sorted(c.get("metadata", {}).items())))


# -- a message for a queue, and a coroutine


def message(body: bytes) -> tuple[str, str]:
    """A topic, and the event as JSON text."""
    event = _event(body)
    return event.get("event_type", "customer.created"), json.dumps(event, sort_keys=True, ensure_ascii=False)


async def awaited(body: bytes) -> dict[str, Any]:
    """The event, a moment later."""
    await asyncio.sleep(0)
    return _event(body)


# -- what follows the order of a map, a database's keys, a stream of rows of two tables


def labelled(body: bytes) -> dict[str, Any]:
    """Tags in the order of the metadata, and the metadata as the JSON text of a column."""
    c = _event(body).get("customer", {})
    labels = c.get("metadata", {})
    return {
        "key": c.get("external_id", ""),
        "tags": [f"{key}={value}" for key, value in labels.items()],
        "labels_json": json.dumps(labels, ensure_ascii=False),
    }


_KEYS = count(1)


def stored(body: bytes) -> dict[str, Any]:
    """A row and the rows that belong to it, under keys of a database's own."""
    c = _event(body).get("customer", {})
    links = [{"pk": next(_KEYS), "provider": item.get("provider_type")} for item in c.get("integrations", [])]
    return {"pk": next(_KEYS), "name": c.get("name"), "links": links}


def streamed(body: bytes) -> Iterator[dict[str, Any]]:
    """Rows of two tables, of which the one has fields of the same names as the other."""
    c = _event(body).get("customer", {})
    names = ("id", "status", "tenant_id", "environment_id", "created_by")
    rows = [("customer", c), *(("link", item) for item in c.get("integrations", []))]
    return ({"table": table, "row": {name: row.get(name) for name in names}} for table, row in rows)
