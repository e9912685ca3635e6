"""Ways to sign that must be taken, and ways about which sound receivers differ (``either``).

Facts: the Standard Webhooks specification (a list of signatures, any one of which is enough; versions that
a receiver does not know are passed over) and what the published libraries do with the rest. Where a lenient
decoder recovers the very signature, or the very time, that the sender meant, taking it is no fault: nothing
was forged. There the only demand is that nobody crashes.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from contract_kit.delivery._making import TOLERANCE, Making, Recipe, sent, spelled, timed

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.model import Headers

__all__ = ["EITHER", "TAKEN"]

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _stranger(number: int = 0) -> str:
    """A signature that is well formed and belongs to another key."""
    return "v1," + base64.b64encode(hashlib.sha256(b"another key %d" % number).digest()).decode()


def _ed25519() -> str:
    """A signature of the asymmetric version, as long as those are."""
    return "v1a," + base64.b64encode(hashlib.sha512(b"an Ed25519 signature").digest()).decode()


def _cased(making: Making, *, upper: bool) -> Headers:
    pairs = making.headers()
    return tuple((name.upper() if upper else name.title(), value) for name, value in pairs)


def _other_family(making: Making) -> Headers:
    return making.named("svix" if making.family == "webhook" else "webhook").headers()


def _many(good: str) -> str:
    return " ".join([*(_stranger(n) for n in range(9)), f"v1,{good}"])


_LISTED = spelled(
    "accept",
    ("several-good-first", "two signatures, the good one first", lambda good: f"v1,{good} {_stranger()}"),
    ("several-good-last", "two signatures, the good one last", lambda good: f"{_stranger()} v1,{good}"),
    (
        "several-good-middle",
        "three signatures, the good one in the middle",
        lambda good: f"{_stranger()} v1,{good} {_stranger(1)}",
    ),
    ("several-the-same", "the good signature twice", lambda good: f"v1,{good} v1,{good}"),
    ("several-ten", "ten signatures, the good one last", _many),
    (
        "unknown-version-before",
        "a signature of version v1a before the good one",
        lambda good: f"{_ed25519()} v1,{good}",
    ),
    (
        "unknown-version-after",
        "a signature of version v1a after the good one",
        lambda good: f"v1,{good} {_ed25519()}",
    ),
    (
        "unknown-version-future",
        "a signature of version v2 before the good one",
        lambda good: f"v2,{_stranger()[3:]} v1,{good}",
    ),
    prefix="",
)

TAKEN: tuple[Recipe, ...] = (
    *sent(
        "accept",
        ("sound", "a sound delivery", Making.headers),
        ("family-other", "signed under the other header names", _other_family),
        ("names-upper", "header names in upper case", lambda making: _cased(making, upper=True)),
        ("names-title", "header names in title case", lambda making: _cased(making, upper=False)),
    ),
    *_LISTED,
    *timed(
        "accept",
        ("behind", "signed four minutes ago: five are tolerated", lambda now: str(now - TOLERANCE + 60)),
        ("ahead", "signed four minutes from now: five are tolerated", lambda now: str(now + TOLERANCE - 60)),
    ),
)


def _twice(name: str, value: str | None = None) -> Callable[[Making], Headers]:
    """One of the three headers twice; ``value`` is what the first says, the sound text unless given."""

    def make(making: Making) -> Headers:
        sound = making.headers()
        text = dict(sound)[f"{making.family}-{name}"]
        return ((f"{making.family}-{name}", text if value is None else value), *sound)

    return make


def _both_families(making: Making) -> Headers:
    return making.headers() + _other_family(making)


def _non_canonical(good: str) -> str:
    """The same 32 bytes: the last letter's two unused bits are set."""
    return f"v1,{good[:-2]}{_ALPHABET[_ALPHABET.index(good[-2]) | 3]}="


def _url_safe(good: str) -> str:
    return "v1," + good.replace("+", "-").replace("/", "_")


EITHER: tuple[Recipe, ...] = (
    *sent(
        "either",
        ("families-both", "signed under both families' header names at once", _both_families),
        ("id-repeated", "the id header twice, with the same text", _twice("id")),
        ("timestamp-repeated", "the timestamp header twice, with the same text", _twice("timestamp")),
        ("signature-repeated", "the signature header twice, with the same text", _twice("signature")),
        ("signature-repeated-bad", "a wrong signature header before it", _twice("signature", _stranger())),
    ),
    *spelled(
        "either",
        ("non-canonical", "the unused last bits of the base64 set", _non_canonical),
        ("url-safe", "the signature in the URL-safe base64 alphabet", _url_safe),
        ("padding-missing", "the base64's padding left out", lambda good: f"v1,{good.rstrip('=')}"),
        ("padding-extra", "one padding sign too many after the base64", lambda good: f"v1,{good}="),
        (
            "junk-inserted",
            "signs that are no base64 between the signature's letters",
            lambda good: f"v1,{good[:9]}!*{good[9:]}",
        ),
        (
            "non-ascii-inserted",
            "a Latin-1 letter between the signature's letters",
            lambda good: f"v1,{good[:9]}é{good[9:]}",
        ),
        ("tab-inserted", "a tab between the comma and the signature", lambda good: f"v1,\t{good}"),
        ("tab-between", "a tab between two signatures", lambda good: f"{_stranger()}\tv1,{good}"),
        ("comma-before", "a second comma before the signature", lambda good: f"v1,,{good}"),
        ("comma-after", "a second comma after the signature", lambda good: f"v1,{good},"),
        ("version-upper", "the version in upper case", lambda good: f"V1,{good}"),
        (
            "empty-item-beside",
            "an empty item, two blanks in a row, before the good signature",
            lambda good: f"{_stranger()}  v1,{good}",
        ),
        ("no-comma-beside", "an item without a comma before the good one", lambda good: f"v1 v1,{good}"),
        ("junk-beside", "an item that is no base64 before the good one", lambda good: f"v1,%%% v1,{good}"),
        ("non-ascii-beside", "an item in Latin-1 before the good one", lambda good: f"v1,ééé v1,{good}"),
    ),
    *timed(
        "either",
        ("zero-padded", "zeros before the time", lambda now: f"000{now}"),
        ("plus", "a plus sign before the time", lambda now: f"+{now}"),
        ("fraction", "half a second more, as a fraction", lambda now: f"{now}.5"),
        ("exponent", "the time written with an exponent", lambda now: f"{now}e0"),
        (
            "underscores",
            "an underscore between the time's digits",
            lambda now: f"{str(now)[:4]}_{str(now)[4:]}",
        ),
        ("hex", "the time in hexadecimal", lambda now: f"0x{now:x}"),
        ("letters-after", "letters after the time", lambda now: f"{now}abc"),
    ),
)
