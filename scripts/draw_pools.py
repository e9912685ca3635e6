# ruff: noqa: INP001 - a script, not a package
"""Draw ``contract_kit/values/pools.json`` from the installed Faker and ``places.txt``.

Run it only when the pools are meant to change: base bodies and the fixture bundle are made from them.

    python scripts/draw_pools.py            # writes the file
    python scripts/draw_pools.py --check    # exit 1 when the places differ from the file's
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import faker

from contract_kit.values._draw import draw_locale

HERE = Path(__file__).parent
POOLS = HERE.parent / "contract_kit" / "values" / "pools.json"
TEXT_LOCALES = [
    "en_US",
    "de_DE",
    "fr_FR",
    "es_ES",
    "ru_RU",
    "uk_UA",
    "el_GR",
    "ar_AA",
    "he_IL",
    "zh_CN",
    "ja_JP",
    "th_TH",
    "pl_PL",
    "it_IT",
    "cs_CZ",
]


def zones() -> dict[str, str]:
    """The first zone of each country, from the tz database's ``zone.tab``."""
    found: dict[str, str] = {}
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    for line in text.splitlines():
        if not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            found.setdefault(code, zone)
    return found


def read_places() -> tuple[list[list[str]], list[list[str]]]:
    """Countries and places of ``places.txt``."""
    first = zones()
    countries, places = [], []
    for line in (HERE / "places.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, _, tail = line.partition(" = ")
        alpha2, alpha3, currency, locale, name = head.split(maxsplit=4)
        countries.append([alpha2, alpha3, currency, locale, name])
        for place in tail.split(";"):
            city, state, postal, *zone = [part.strip() for part in place.split("|")]
            places.append([alpha2, city, state, postal, zone[0] if zone else first[alpha2]])
    return countries, places


def draw_texts() -> list[str]:
    """Sentences of several languages, none twice."""
    texts: list[str] = []
    for number, locale in enumerate(TEXT_LOCALES):
        fake = faker.Faker(locale)
        fake.seed_instance(number)
        texts += [fake.catch_phrase() for _ in range(24)] if locale == "en_US" else []
        texts += [fake.sentence(nb_words=8) for _ in range(4)]
    return list(dict.fromkeys(text.strip() for text in texts))


def draw() -> dict[str, Any]:
    """The whole file."""
    countries, places = read_places()
    names = sorted({row[3] for row in countries})
    drawn = {
        name: draw_locale(name, number, people=18, companies=6, streets=10)
        for number, name in enumerate(names)
    }
    return {
        "faker": faker.VERSION,
        "countries": countries,
        "places": places,
        "locales": drawn,
        "texts": draw_texts(),
    }


def main() -> int:
    """Write the file, or say whether its places are current."""
    if "--check" in sys.argv[1:]:
        countries, places = read_places()
        current = json.loads(POOLS.read_text(encoding="utf-8"))
        return int(current["countries"] != countries or current["places"] != places)
    POOLS.write_text(
        json.dumps(draw(), ensure_ascii=False, separators=(",", ":"), indent=None) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
