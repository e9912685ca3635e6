"""Signing as Standard Webhooks and Svix do it: HMAC-SHA256 over ``id.timestamp.body``.

Source: the Standard Webhooks specification, "Signature scheme" (https://www.standardwebhooks.com), and
https://docs.svix.com/receiving/verifying-payloads/how-manual. The key is what stands, in base64, after
``whsec_``; the header holds a list ``v1,<base64> v1,<base64>``, parted by single blanks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from typing import Literal, get_args

from contract_kit.errors import SigningError

__all__ = ["FAMILIES", "Family", "fresh_id", "key_of", "mac", "sign", "wire"]

Family = Literal["svix", "webhook"]
FAMILIES: tuple[Family, ...] = get_args(Family)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def sign(
    body: bytes | str,
    secret: str,
    *,
    id: str | None = None,  # noqa: A002 - the name that the specification gives it
    timestamp: int | None = None,
    family: Family = "svix",
) -> dict[str, str]:
    """The three headers that sign ``body``: ``svix-id``, ``svix-timestamp`` and ``svix-signature``.

    ``body`` is signed byte for byte, whether it is text or not. ``secret`` is ``whsec_`` and base64 (the
    prefix and the padding may be absent); ``id`` is fresh and ``timestamp`` (seconds since 1970) is now
    unless given; ``family="webhook"`` names the headers ``webhook-*``. Raises :class:`SigningError` for a
    secret that is none (never showing it), another family, and an id that no header can hold.

    >>> sign(b'{"test": 2432232314}', "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ...      id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330)["svix-signature"]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    if family not in FAMILIES:
        raise SigningError(f"family={family!r}: there are {' and '.join(FAMILIES)}")
    name = fresh_id() if id is None else id
    if not name or not name.isprintable() or not name.isascii():
        raise SigningError(f"id={name!r}: an id is one or more printable ASCII characters")
    at = str(int(time.time()) if timestamp is None else int(timestamp))
    data = body.encode() if isinstance(body, str) else body
    return {
        f"{family}-id": name,
        f"{family}-timestamp": at,
        f"{family}-signature": f"v1,{mac(key_of(secret), name, at, data)}",
    }


def fresh_id() -> str:
    """A message id that was never given before, in the sender's form."""
    return "msg_" + "".join(secrets.choice(_LETTERS) for _ in range(27))


def key_of(secret: str) -> bytes:
    """The key in a secret. :class:`SigningError` where there is none; the message never shows the secret.

    As in the providers' libraries, prefix and padding may be absent. Where those libraries part ways (the
    URL-safe alphabet: one drops its signs, one refuses, one decodes them) the secret is refused: it
    would sign for some receivers and not for others.
    """
    text = secret.strip().removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):  # ValueError: it is not ASCII
        raise SigningError("the secret is no base64: it should look like whsec_ and base64") from None
    if not key:
        raise SigningError("the secret is empty: it should look like whsec_ and base64")
    return key


def mac(key: bytes, name: str, at: str, body: bytes) -> str:
    """The base64 of one signature over the id and the time as they stand in their headers, and the body."""
    signed = b".".join((wire(name), wire(at), body))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def wire(text: str) -> bytes:
    """A header's text as the bytes that are sent: Latin-1 where that holds it, else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
