"""How fast are realistic payloads? `contract.samples` against Faker, called field by field, and others.

Run: ``python benchmarks/samples.py [--rounds 5] [--json FILE]``

Everybody makes the same thing: a whole `customer.created` with all 19 fields of the customer, two integrations
(on average) of 12 fields and about three metadata entries. Rounds are interleaved; the table shows the best and
the median round, in payloads a second of processor time, and the ratio of the medians to Faker's. `orjson.dumps` of ready
payloads is the limit of what an encoder can do. Peers that are not installed are named and left out: install
`benchmarks/requirements.txt` for all of them. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import statistics
import sys
import time
from collections import deque
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = {"slow": 150, "fast": 50_000}


def customer_by_faker():
    """A function that makes one payload by asking Faker for every field."""
    import faker

    fake = faker.Faker("de_DE")
    fake.seed_instance(0)

    def moment():
        return fake.date_time_this_year().isoformat() + "Z"

    def mapping():
        return {
            "created_at": moment(),
            "created_by": fake.uuid4(),
            "entity_id": fake.bothify("cust_##########????????????????"),
            "entity_type": "customer",
            "environment_id": fake.uuid4(),
            "id": fake.uuid4(),
            "provider_entity_id": fake.bothify("cus_??????????????"),
            "provider_type": fake.random_element(("stripe", "hubspot", "quickbooks")),
            "status": fake.random_element(("published", "deleted", "archived")),
            "tenant_id": fake.uuid4(),
            "updated_at": moment(),
            "updated_by": fake.uuid4(),
        }

    def make():
        return {
            "event_type": "customer.created",
            "customer": {
                "address_city": fake.city(),
                "address_country": fake.country_code(),
                "address_line1": fake.street_address(),
                "address_line2": fake.bothify("## ??"),
                "address_postal_code": fake.postcode(),
                "address_state": fake.administrative_unit(),
                "created_at": moment(),
                "created_by": fake.uuid4(),
                "email": fake.email(),
                "environment_id": fake.uuid4(),
                "external_id": fake.bothify("CRM-######"),
                "id": fake.bothify("cust_##########????????????????"),
                "integrations": [mapping(), mapping()],
                "metadata": {fake.word(): fake.word(), "a": fake.word(), "b": fake.word()},
                "name": fake.name(),
                "status": fake.random_element(("published", "deleted", "archived")),
                "tenant_id": fake.uuid4(),
                "updated_at": moment(),
                "updated_by": fake.uuid4(),
            },
        }

    return make


def customer_by_mimesis():
    """The same by mimesis."""
    from mimesis import Address, Code, Cryptographic, Datetime, Person, Text
    from mimesis.locales import Locale

    person, address, when = Person(Locale.DE, seed=0), Address(Locale.DE, seed=0), Datetime(seed=0)
    ids, code, text = Cryptographic(seed=0), Code(seed=0), Text(Locale.DE, seed=0)

    def moment():
        return when.formatted_datetime(fmt="%Y-%m-%dT%H:%M:%SZ")

    times = ("created_at", "updated_at")
    names = (
        "created_by",
        "entity_id",
        "environment_id",
        "id",
        "tenant_id",
        "updated_by",
        "provider_entity_id",
    )

    def mapping():
        kept = {"entity_type": "customer", "provider_type": "stripe", "status": "published"}
        return {**{name: moment() for name in times}, **{name: ids.uuid() for name in names}, **kept}

    def make():
        return {
            "event_type": "customer.created",
            "customer": {
                "address_city": address.city(),
                "address_country": address.country_code(),
                "address_line1": address.address(),
                "address_line2": address.street_suffix(),
                "address_postal_code": address.postal_code(),
                "address_state": address.state(),
                "email": person.email(),
                "external_id": code.pin(),
                "name": person.full_name(),
                "status": "published",
                **{name: moment() for name in times},
                **{
                    name: ids.uuid()
                    for name in ("created_by", "environment_id", "id", "tenant_id", "updated_by")
                },
                "integrations": [mapping(), mapping()],
                "metadata": {text.word(): text.word(), "a": text.word(), "b": text.word()},
            },
        }

    return make


def customer_by_polyfactory():
    """The same by polyfactory, from dataclasses of the document's shape."""
    from polyfactory.factories import DataclassFactory

    from contract_kit.spec import load_terms

    root = load_terms("customer.created").root.child("customer")
    item = root.child("integrations").items
    mapping = dataclasses.make_dataclass("Mapping", [(name, str) for name in item.properties])
    fields = {
        **dict.fromkeys(root.properties, str),
        "integrations": tuple[mapping, mapping],
        "metadata": dict[str, str],
    }
    customer = dataclasses.make_dataclass("Customer", list(fields.items()))
    payload = dataclasses.make_dataclass("Payload", [("event_type", str), ("customer", customer)])

    class Factory(DataclassFactory[payload]):
        __model__ = payload

    return Factory.build


def customer_by_jsf():
    """The same by jsf, from the schema; every property is made required, or it would leave out half of them."""
    from jsf import JSF

    from contract_kit.spec import load_terms

    def whole(schema):
        if isinstance(schema, list):
            return [whole(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        made = {name: whole(part) for name, part in schema.items()}
        if isinstance(schema.get("properties"), dict):
            made["required"] = list(schema["properties"])
        if schema.get("type") == "array":
            made |= {"minItems": 2, "maxItems": 2}
        return made

    return JSF(whole({**load_terms("customer.created").schema})).generate


def contestants():
    """Names and functions that make ``n`` payloads and drop them."""
    from contract_kit.spec import load_terms
    from contract_kit.values._sampler import Sampler

    terms = load_terms("customer.created")
    whole, mixed = Sampler(terms, full=True), Sampler(terms)
    starts = count()

    def stream(make):
        return lambda n: deque(make(n, 0, next(starts) * n), maxlen=0)

    found = {
        "contract_kit, whole bodies, dicts": (stream(whole.samples), "fast"),
        "contract_kit, whole bodies, JSON lines": (stream(whole.lines), "fast"),
        "contract_kit, as delivered, dicts": (stream(mixed.samples), "fast"),
        "contract_kit, as delivered, JSON lines": (stream(mixed.lines), "fast"),
    }
    if importlib.util.find_spec("orjson"):
        import orjson

        ready = list(whole.samples(500))
        found["orjson.dumps of ready dicts (limit)"] = (
            lambda n: deque((orjson.dumps(ready[i % 500]) for i in range(n)), maxlen=0),
            "fast",
        )
    peers = {
        "faker": ("Faker, field by field", customer_by_faker),
        "mimesis": ("mimesis, field by field", customer_by_mimesis),
        "polyfactory": ("polyfactory, dataclasses", customer_by_polyfactory),
        "jsf": ("jsf, from the schema", customer_by_jsf),
    }
    missing = []
    for module, (name, factory) in peers.items():
        if importlib.util.find_spec(module) is None:
            missing.append(module)
            continue
        make = factory()
        found[name] = (lambda n, make=make: deque((make() for _ in range(n)), maxlen=0), "slow")
    return found, missing


def measure(rounds: int):
    """Payloads a second by contestant, one figure a round."""
    found, missing = contestants()
    rates = {name: [] for name in found}
    for _ in range(rounds):
        for name, (run, kind) in found.items():
            size = SIZES[kind]
            begun = time.process_time()
            run(size)
            rates[name].append(size / (time.process_time() - begun))
    return rates, missing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    rates, missing = measure(chosen.rounds)
    base = statistics.median(rates["Faker, field by field"])
    rows = [
        {
            "name": name,
            "best": round(max(values)),
            "median": round(statistics.median(values)),
            "ratio_to_faker": round(statistics.median(values) / base, 1),
        }
        for name, values in rates.items()
    ]
    print(f"{'payloads a second':42} {'best':>10} {'median':>10} {'Faker = 1':>10}")
    for row in rows:
        print(f"{row['name']:42} {row['best']:10,} {row['median']:10,} {row['ratio_to_faker']:10}")
    for name in missing:
        print(f"not installed, left out: {name}")
    if chosen.json:
        chosen.json.write_text(
            json.dumps({"rounds": chosen.rounds, "rows": rows, "missing": missing}, indent=1)
        )


if __name__ == "__main__":
    main()
