"""Names of fields as people read them: words, short forms spelt out, singular, with what stands above."""

from __future__ import annotations

import re
from functools import lru_cache

from contract_kit.jsonio import tokens

__all__ = ["field_name", "normal", "parents", "scope_of", "singular"]

_SYNONYMS = {
    "addr": "address",
    "addresse": "address",
    "amt": "amount",
    "authorisation": "authorization",
    "avg": "average",
    "cnt": "count",
    "colour": "color",
    "curr": "currency",
    "dest": "destination",
    "desc": "description",
    "descr": "description",
    "dob": "birth_date",
    "doc": "document",
    "fname": "first_name",
    "forename": "first_name",
    "firstname": "first_name",
    "fullname": "full_name",
    "lname": "last_name",
    "lastname": "last_name",
    "surname": "last_name",
    "img": "image",
    "lang": "language",
    "lat": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "long": "longitude",
    "mail": "email",
    "mime": "mime",
    "msg": "message",
    "no": "number",
    "nr": "number",
    "num": "number",
    "org": "organization",
    "organisation": "organization",
    "pct": "percent",
    "percentage": "percent",
    "perc": "percent",
    "postcode": "postal_code",
    "postalcode": "postal_code",
    "zip": "postal_code",
    "zipcode": "postal_code",
    "qty": "quantity",
    "ref": "reference",
    "repo": "repository",
    "tel": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "cellphone": "phone",
    "fax": "phone",
    "tz": "timezone",
    "txn": "transaction",
    "txt": "text",
    "uri": "url",
    "href": "url",
    "link": "url",
    "usr": "user",
    "username": "user_name",
    "useragent": "user_agent",
    "filename": "file_name",
    "hostname": "host_name",
    "timestamp": "time_stamp",
    "datetime": "date_time",
    "guid": "uuid",
}
_PHRASES = (
    ("f_name", "first_name"),
    ("l_name", "last_name"),
    ("e_email", "email"),
    ("post_code", "postal_code"),
    ("postal_code_code", "postal_code"),
    ("time_zone", "timezone"),
    ("given_name", "first_name"),
    ("family_name", "last_name"),
    ("sur_name", "last_name"),
    ("company_name", "company"),
    ("organization_name", "company"),
    ("business_name", "company"),
    ("legal_name", "company"),
    ("trading_name", "company"),
)
_KEEP_S = (
    "address",
    "status",
    "class",
    "canvas",
    "alias",
    "bonus",
    "business",
    "process",
    "access",
    "progress",
    "ss",
)
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")


@lru_cache(maxsize=8192)
def normal(name: str) -> str:
    """A property's name in lower-case words with ``_`` between, short forms spelt out.

    >>> normal("billingAddr1"), normal("e-mail"), normal("ZIPCode"), normal("customer.FName")
    ('billing_address_1', 'email', 'postal_code', 'customer_first_name')
    """
    words = [word.lower() for word in _WORD.findall(name)]
    text = "_".join(_SYNONYMS.get(word, word) for word in words)
    for phrase, instead in _PHRASES:
        text = re.sub(rf"(^|_){phrase}(?=_|$)", rf"\1{instead}", text)
    return text


def singular(name: str) -> str:
    """The singular of a normalised plural name: what an item of such an array is called.

    >>> singular("email_addresses"), singular("companies"), singular("tags"), singular("status")
    ('email_address', 'company', 'tag', 'status')
    """
    if name.endswith(_KEEP_S):
        return name
    for end, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("uses", "us"),
    ):
        if name.endswith(end) and len(name) > len(end) + 1:
            return name[: -len(end)] + instead
    return name[:-1] if name.endswith("s") and len(name) > 2 else name


def _unnamed(token: str) -> bool:
    """Whether a pointer's token is an index or stands for any."""
    return token in ("*", "-") or token.isdecimal()


def field_name(pointer: str) -> str:
    """The normalised name of a place; an item or map value is called by its container, in the singular.

    >>> field_name("/customer/emails/*"), field_name("/customer/addressCity"), field_name("/metadata/*")
    ('email', 'address_city', 'metadata')
    """
    path = tokens(pointer)
    depth = len(path)
    while depth and (_unnamed(path[depth - 1])):
        depth -= 1
    if not depth:
        return ""
    name = normal(path[depth - 1])
    return name if depth == len(path) else singular(name)


def parents(pointer: str) -> tuple[str, ...]:
    """Normalised singular names above a place, the nearest first, without ``*`` and indices.

    >>> parents("/event/customers/*/home_address/city")
    ('home_address', 'customer', 'event')
    """
    path = [token for token in tokens(pointer)[:-1] if not _unnamed(token)]
    if tokens(pointer)[-1:] == ["*"] and path:
        path.pop()
    return tuple(singular(normal(token)) for token in reversed(path))


def scope_of(at: str) -> str:
    """The nearest item of an array around a place; ``""`` where none is.

    >>> scope_of("/customer/integrations/2/entity/name"), scope_of("/customer/name")
    ('/customer/integrations/2', '')
    """
    path = at.split("/")
    for length in range(len(path) - 1, 0, -1):
        if path[length].isdecimal():
            return "/".join(path[: length + 1])
    return ""
