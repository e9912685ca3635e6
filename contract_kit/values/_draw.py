"""Drawing one locale's people, companies and streets from Faker.

Faker's own providers are used where the locale has them. Where a locale inherits the American ones
(Faker then writes ``580 بكر Run Apt. 215``) a pattern in the locale's own manner takes
a family name from Faker.
"""

from __future__ import annotations

import re
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from contract_kit.values._ascii import slug

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["draw_locale"]

_PROVIDERS = ("person", "address", "company")
_LONGEST = 90
_UNIT_IN_STREET = re.compile(r"(?:^(?:Flat|Studio|Unit|Suite|Apt\.) \w+,? )|(?: (?:Apt\.|Suite) \d+$)")
_FAMILY_FIRST = {"hu_HU": " ", "ja_JP": " ", "ko_KR": "", "vi_VN": " ", "zh_CN": "", "zh_TW": ""}
_TWO_FAMILY_NAMES = ("es_AR", "es_CL", "es_CO", "es_ES", "es_MX", "pt_BR", "pt_PT")
# {f} a family name, {n} a small number, {m} another one, {s} Faker's street name.
_STREETS = {
    "ar_AA": "شارع {f} {n}",
    "ar_PS": "شارع {f} {n}",
    "ar_SA": "طريق {f} {n}",
    "az_AZ": "{f} küçəsi {n}",
    "bg_BG": "ул. „{f}“ № {n}",
    "en_KE": "{n} {f} Road",
    "en_PH": "{n} {f} Street",
    "en_PK": "House {n}, Street {m}, {f} Colony",
    "et_EE": "{f}i tänav {n}",
    "is_IS": "{f}gata {n}",
    "ja_JP": "{f}町{m}丁目{n}-{m}",
    "ko_KR": "{s} {n}",
    "lt_LT": "{f} g. {n}",
    "lv_LV": "{f} iela {n}",
    "si_LK": "නො. {n}, {f} මාවත",
    "tr_TR": "{f} Sokağı No: {n}",
    "tw_GH": "{n} {f} Street",
    "uz_UZ": "{f} ko'chasi, {n}-uy",
    "yo_NG": "{n} {f} Street",
    "zh_CN": "{s}{n}号",
}
_UNITS = {
    "ar": "شقة {n}",
    "az": "mənzil {n}",
    "bg": "ап. {n}",
    "bn": "ফ্ল্যাট {n}",
    "cs": "byt {n}",
    "da": "{n}. tv.",
    "de": "{n}. Stock",
    "el": "{n}ος όροφος",
    "en": "Suite {n}",
    "es": "Piso {n}",
    "et": "korter {n}",
    "fa": "واحد {n}",
    "fi": "as. {n}",
    "fr": "Bâtiment {n}",
    "he": "דירה {n}",
    "hi": "फ्लैट {n}",
    "hr": "stan {n}",
    "hu": "{n}. emelet",
    "hy": "բն. {n}",
    "id": "Blok C{n}",
    "is": "{n}. hæð",
    "it": "Interno {n}",
    "ja": "{n}0{m}号室",
    "ka": "ბინა {n}",
    "ko": "{m}동 {n}호",
    "lt": "butas {n}",
    "lv": "dzīvoklis {n}",
    "mk": "стан {n}",
    "ne": "तल्ला {n}",
    "nl": "Etage {n}",
    "no": "Leilighet {n}",
    "pl": "m. {n}",
    "pt": "Apto. {n}",
    "ro": "Ap. {n}",
    "ru": "кв. {n}",
    "si": "මහල {n}",
    "sk": "byt č. {n}",
    "sl": "stanovanje {n}",
    "sv": "lgh {n}",
    "th": "ห้อง {n}",
    "tr": "Daire {n}",
    "tw": "Floor {n}",
    "uk": "кв. {n}",
    "uz": "{n}-xonadon",
    "vi": "Phòng {n}",
    "yo": "Flat {n}",
    "zh": "{n}室",
    "zu": "Unit {n}",
}
_COMPANIES = {
    "ar": "شركة {f} و{g}",
    "et": "{f} & {g} OÜ",
    "he": 'קבוצת {f} {g} בע"מ',
    "hi": "{f} एण्ड {g} प्राइवेट लिमिटेड",
    "is": "{f} ehf.",
    "ka": "შპს {f} და {g}",
    "lt": "UAB „{f} ir {g}“",
    "lv": "SIA “{f} un {g}”",
    "ne": "{f} {g} प्रा. लि.",
    "si": "{f} සහ {g} සමාගම",
    "uk": "ТОВ «{f} та {g}»",
    "uz": "“{f} {g}” MChJ",
    "yo": "{f} & {g} Nigeria Ltd",
}


def draw_locale(
    name: str, seed: int, *, people: int, companies: int, streets: int
) -> dict[str, list[Any]] | None:
    """Rows of one locale, or ``None`` where the installed Faker lacks it.

    ``people`` are ``[name, given, family, local part]``; no row is repeated.
    """
    fake = _generator(name)
    if fake is None:
        return None
    fake.seed_instance(seed * 7919 + 1)
    language = name.partition("_")[0]
    unit = _UNITS.get(language, _UNITS["en"])
    company = partial(_company, fake, _COMPANIES.get(language))
    return {
        "people": _distinct(people, partial(_person, fake, name)),
        "companies": _distinct(companies, company),
        "streets": _distinct(streets, partial(_street, fake, _STREETS.get(name))),
        "units": _distinct(12, lambda: unit.format(n=fake.random_int(1, 40), m=fake.random_int(1, 9))),
    }


def _generator(locale: str) -> Any:
    """Faker's generator with the three providers, the American one where the locale has none of its own.

    What ``Factory.create`` does, without its looking through all of Faker's folders for each provider.
    """
    from faker.generator import Generator

    fake, own = Generator(), 0
    for kind in _PROVIDERS:
        try:
            module = import_module(f"faker.providers.{kind}.{locale}")
            own += 1
        except ModuleNotFoundError:
            module = import_module(f"faker.providers.{kind}.en_US")
        provider = module.Provider(fake)
        provider.__use_weighting__ = True  # frequent names are drawn more often
        fake.add_provider(provider)
    return fake if own else None


def _distinct(count: int, draw: Callable[[], Any]) -> list[Any]:
    """``count`` different draws, fewer where the source has no more."""
    found: dict[str, Any] = {}
    for _ in range(count * 4):
        value = draw()
        key = value[0] if isinstance(value, list) else value
        if key and len(key) <= _LONGEST and "(" not in key:
            found.setdefault(key, value)
        if len(found) == count:
            break
    return list(found.values())


def _person(fake: Any, locale: str) -> list[str]:
    female = fake.random_int(0, 1)
    if locale == "ja_JP":
        given, _, roman = fake.first_name_female_pair() if female else fake.first_name_male_pair()
        family, _, roman_family = fake.last_name_pair()
        local = f"{roman}.{roman_family}".lower()
    else:
        given = fake.first_name_female() if female else fake.first_name_male()
        family = fake.last_name_female() if female else fake.last_name_male()
        if locale in _TWO_FAMILY_NAMES and fake.random_int(0, 2):
            family = f"{family} {fake.last_name()}"
        local = slug(f"{given}.{family}")
    between = _FAMILY_FIRST.get(locale)
    full = f"{given} {family}" if between is None else f"{family}{between}{given}"
    # Faker's lists have a few stray blanks and names of nothing but marks.
    full = " ".join(full.split())
    return [full, given.strip(), family.strip(), local[:40].strip(".") or f"user.{fake.random_int(100, 999)}"]


def _company(fake: Any, pattern: str | None) -> str:
    return pattern.format(f=fake.last_name(), g=fake.last_name()) if pattern else str(fake.company())


def _street(fake: Any, pattern: str | None) -> str:
    if pattern is None:
        whole = ", ".join(line.strip() for line in str(fake.street_address()).splitlines())
        return _UNIT_IN_STREET.sub("", " ".join(whole.split())).strip(" ,")
    number, other = fake.random_int(1, 180), fake.random_int(1, 9)
    return pattern.format(
        f=fake.last_name(), n=number, m=other, s=fake.street_name() if "{s}" in pattern else ""
    )
