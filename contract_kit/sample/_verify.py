"""The sample receiver's own check of signatures, written from the specification and not from our signing.

Source: the Standard Webhooks specification, "Verifying webhook authenticity".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import TYPE_CHECKING

from contract_kit.errors import SigningError
from contract_kit.sample._faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

__all__ = ["Refused", "Verifier"]

_FIVE_MINUTES = 300
_SECONDS = re.compile(r"[0-9]{1,12}")


class Refused(Exception):
    """A delivery that is not taken: the status and the words of the reply."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status, words)
        self.status, self.words = status, words


class Verifier:
    """Verifies deliveries with one secret; the faults are those of :class:`Fault` that are about signing."""

    def __init__(self, secret: str, faults: AbstractSet[Fault]) -> None:
        text = secret.strip().removeprefix("whsec_").rstrip("=")
        try:
            self._key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except ValueError:
            self._key = b""
        if not self._key:
            raise SigningError("the secret is no base64: it should look like whsec_ and base64")
        self._faults = faults

    def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """The id of a delivery that is soundly signed; :class:`Refused` for any other.

        ``headers`` are by their names in lower case.
        """
        name, at, listed = (
            headers.get(f"svix-{part}", headers.get(f"webhook-{part}", ""))
            for part in ("id", "timestamp", "signature")
        )
        if Fault.UNSIGNED in self._faults and not listed:
            return name
        if not (name and at and listed):
            raise Refused(401, "a signature header is missing")
        self._check_time(at)
        signed = f"{name}.{at}.".encode("latin-1") + body
        good = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()
        if not self._is_among(good, listed):
            told = f": expected v1,{good}" if Fault.TELLS_SIGNATURE in self._faults else ""
            raise Refused(401, f"no signature fits{told}")
        return name

    def _check_time(self, at: str) -> None:
        if _SECONDS.fullmatch(at) is None:
            raise Refused(401, "the timestamp is no number of seconds")
        late = time.time() - int(at)
        if late > _FIVE_MINUTES and Fault.STALE not in self._faults:
            raise Refused(401, "the timestamp is too old")
        if late < -_FIVE_MINUTES:
            raise Refused(401, "the timestamp lies ahead")

    def _is_among(self, good: str, listed: str) -> bool:
        found = False
        for item in listed.split(" "):
            version, _, text = item.partition(",")
            if version != "v1":
                continue
            if Fault.NON_ASCII_SIGNATURE in self._faults:
                found |= hmac.compare_digest(text, good)  # TypeError for text that is not ASCII
            else:
                found |= hmac.compare_digest(text.encode(), good.encode())
        return found
