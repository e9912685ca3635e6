"""Refuses what this provider never sends, and no more: lawful under policy ``provider`` only.

It wants the event ``customer.created`` (where one is named), of a customer an id, an external id and a
name, the lengths and the countries that the provider enforces, no NUL, and times that its database holds.
What it does not know it ignores, and null metadata is no metadata.
"""

from __future__ import annotations

import re
from typing import Any

from tests.consumers.correct import dict_passer
from tests.consumers.correct._strict import INTEGRATION_STRINGS, STRINGS, TIMES, loads

LONGEST = {
    "id": 50,
    "external_id": 255,
    "name": 255,
    "email": 255,
    "address_line1": 255,
    "address_line2": 255,
    "address_city": 100,
    "address_state": 100,
    "address_postal_code": 20,
}
COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905
)


class NotOurs(ValueError):
    """The refusal."""


def parse(body: bytes) -> dict[str, Any]:
    """A flat dict of the customer's own fields, or :class:`NotOurs`."""
    try:
        value = loads(body)
    except ValueError as exc:
        raise NotOurs("not JSON") from exc
    if (
        isinstance(value, dict)
        and isinstance(value.get("customer"), dict)
        and value["customer"].get("metadata") is None
    ):
        value["customer"].pop("metadata", None)
    if not dict_passer.BODY(value):
        raise NotOurs("not by the contract")
    if value.get("event_type", "customer.created") != "customer.created":
        raise NotOurs("another event")
    customer = value.get("customer", {})
    if customer and not _sendable(customer):
        raise NotOurs("not from this provider")
    return {key: customer[key] for key in (*STRINGS, *TIMES, "status", "metadata") if key in customer}


def _sendable(customer: dict[str, Any]) -> bool:
    records = [customer, *customer.get("integrations", [])]
    texts = [record[key] for record in records for key in {*STRINGS, *INTEGRATION_STRINGS} if key in record]
    metadata = customer.get("metadata", {})
    return (
        all(customer.get(key) for key in ("id", "external_id", "name"))
        and all(len(customer.get(key, "")) <= most for key, most in LONGEST.items())
        and customer.get("address_country", "") in COUNTRIES | {""}
        and not any("\0" in text for text in (*texts, *metadata, *metadata.values()) if isinstance(text, str))
        and all(_storable(record[key]) for record in records for key in TIMES if key in record)
    )


def _storable(time: str) -> bool:
    # Go prints RFC 3339 with at most nine digits and no leap second; year 0 is no year of a database
    return re.match(r"(?!0000).{17}(?!60)\d\d(\.\d{1,9})?[^.\d]", time) is not None
