"""Ways to sign that must be refused: each wrong in one thing, over an otherwise sound delivery.

Each is chosen so that no reader, however lenient, recovers the good signature and a fresh time from it: who
takes it has not verified. (Where a lenient reader would, see ``EITHER``.)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contract_kit.delivery._making import TOLERANCE, Making, Recipe, part, sent, spelled, timed

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_kit.model import Headers

__all__ = ["REFUSED", "REPLAYED"]


def _over(**what: Callable[[Making], Any]) -> Callable[[Making], Headers]:
    """A sound signature, but over something else than what is sent."""

    def make(making: Making) -> Headers:
        changed = {name: value(making) for name, value in what.items()}
        return making.headers(signature=f"v1,{making.good(**changed)}")

    return make


def _replacing(making: Making) -> bytes:
    """Another body than the one that is sent; a contract without ids has the same for each delivery."""
    before = making.other.body
    return before if before != making.body else b"{}" if making.body != b"{}" else b"[]"


_NAMES = ("id", "timestamp", "signature")


# -- what was signed is not what was sent -------------------------------------------------------------


def _letter_changed(making: Making) -> bytes:
    """The body with one letter of its second half in the other case, or a byte more."""
    found = list(re.finditer(rb"[A-Za-z]", making.body))
    if not found:
        return making.body + b"0"
    at = found[len(found) * 2 // 3].start()
    return making.body[:at] + bytes([making.body[at] ^ 0x20]) + making.body[at + 1 :]


def _replaced(making: Making) -> bytes:
    """The body as a reader sees it that puts U+FFFD in the place of what is no UTF-8."""
    return making.body.decode("utf-8", "replace").encode()


def _compact(making: Making) -> bytes:
    """As a receiver would sign that reads the body and writes it again, with JavaScript's blanks (none)."""
    return _written(making.body, separators=(",", ":"), ensure_ascii=False)


def _python(making: Making) -> bytes:
    """The same with Python's blanks and escapes."""
    return _written(making.body)


def _written(body: bytes, **style: Any) -> bytes:
    try:
        return json.dumps(json.loads(body), **style).encode()
    except ValueError:
        return body + b" "


def _put(name: str, text: str | None) -> Callable[[Making], Headers]:
    """One header left out or emptied; signed as if it were empty, which tempts who reads it as ``""``."""

    def make(making: Making) -> Headers:
        signed = {"id": making.good(id=""), "timestamp": making.good(at=""), "signature": ""}[name]
        return making.headers(**{"signature": f"v1,{signed}", name: text})

    return make


def _hours_ago(making: Making) -> Headers:
    """An old delivery, sent again with a new time: what a replay would do."""
    return making.headers(signature=f"v1,{making.good(at=making.at - 3600)}")


def _of_other(*parts: str) -> Callable[[Making], Headers]:
    """These headers are those of the sound delivery that went before."""

    def make(making: Making) -> Headers:
        theirs = dict(making.other.named(making.family).headers())
        return making.headers(**{name: theirs[f"{making.family}-{name}"] for name in parts})

    return make


def _digest(making: Making) -> bytes:
    return hmac.digest(making.key, f"{making.id}.{making.at}.".encode() + making.body, hashlib.sha256)


def _unkeyed(making: Making) -> Headers:
    raw = hashlib.sha256(f"{making.id}.{making.at}.".encode() + making.body).digest()
    return making.headers(signature="v1," + base64.b64encode(raw).decode())


def _sha1(making: Making) -> Headers:
    raw = hmac.digest(making.key, f"{making.id}.{making.at}.".encode() + making.body, hashlib.sha1)
    return making.headers(signature="v1," + base64.b64encode(raw).decode())


_SENT = sent(
    "reject",
    ("unsigned", "none of the three signature headers", lambda _making: ()),
    *((f"{name}-missing", f"the {name} header left out", _put(name, None)) for name in _NAMES),
    *((f"{name}-empty", f"the {name} header empty", _put(name, "")) for name in _NAMES),
    ("key-other", "signed with another key", _over(key=lambda m: hashlib.sha256(b"other" + m.key).digest())),
    ("key-empty", "signed with an empty key", _over(key=lambda _: b"")),
    ("key-text", "signed with the secret's base64 as the key", _over(key=lambda m: base64.b64encode(m.key))),
    ("body-altered", "one letter of the body altered after signing", _over(body=_letter_changed)),
    ("body-respelled", "the body re-spelled after signing: other blanks", _over(body=_compact)),
    ("body-respelled-python", "the body re-spelled after signing: other blanks", _over(body=_python)),
    ("body-line-end", "a line end after the body lost after signing", _over(body=lambda m: m.body + b"\n")),
    (
        "body-replaced",
        "the body put in the place of the one that was signed",
        _over(body=_replacing),
    ),
    ("body-not-utf8", "a byte that is no UTF-8, signed as the sign U+FFFD for it", _over(body=_replaced)),
    (
        "body-not-utf8-dropped",
        "a byte that is no UTF-8, put in after signing",
        _over(body=lambda m: m.body.decode("utf-8", "ignore").encode()),
    ),
    ("body-not-signed", "signed as if the body were empty", _over(body=lambda _: b"")),
    ("id-altered", "the id altered after signing", _over(id=lambda m: m.id[:-1] + chr(ord(m.id[-1]) ^ 1))),
    ("id-case", "the id in another case than signed", _over(id=lambda m: m.id.swapcase())),
    ("time-altered", "the time altered by a second after signing", _over(at=lambda m: m.at - 1)),
    ("time-renewed", "an old delivery with a new time in its header", _hours_ago),
    ("signature-of-other", "the signature of the delivery before", _of_other("signature")),
    ("signature-id-of-other", "signature and id of the delivery before", _of_other("signature", "id")),
    (
        "headers-of-other",
        "all three headers of the delivery before",
        _of_other("signature", "id", "timestamp"),
    ),
    ("signature-unkeyed", "a SHA-256 without a key", _unkeyed),
    ("signature-sha1", "an HMAC with SHA-1", _sha1),
    ("signature-hex", "the digest in hexadecimal", lambda m: m.headers(signature=f"v1,{_digest(m).hex()}")),
)


# -- the signature's own text -------------------------------------------------------------------------


def _first_changed(good: str) -> str:
    return ("B" if good[0] == "A" else "A") + good[1:]


_WRITTEN = spelled(
    "reject",
    ("altered", "the signature's first letter altered", lambda good: f"v1,{_first_changed(good)}"),
    ("altered-last", "the signature's last letters altered", lambda good: f"v1,{good[:-4]}AAA="),
    ("cut", "the signature cut to its first half", lambda good: f"v1,{good[:20]}"),
    ("cut-last", "the signature's last four signs cut off", lambda good: f"v1,{good[:-4]}"),
    ("cut-to-one", "the signature cut to its first four signs", lambda good: f"v1,{good[:4]}"),
    ("longer", "four letters more at the signature's end", lambda good: f"v1,{good[:-1]}AAAAA"),
    ("case-changed", "the signature's letters in the other case", lambda good: f"v1,{good.swapcase()}"),
    ("case-lower", "the signature in lower case", lambda good: f"v1,{good.lower()}"),
    ("no-comma", "no comma between version and signature", lambda good: f"v1{good}"),
    ("no-comma-blank", "a blank in place of the comma", lambda good: f"v1 {good}"),
    ("no-comma-equals", "an equals sign in place of the comma", lambda good: f"v1={good}"),
    ("no-version", "the signature without its version", lambda good: good),
    ("version-alone", "the version without a signature", lambda _: "v1"),
    (
        "two-commas",
        "a second comma in place of one of the signature's letters",
        lambda g: f"v1,{part(g, ',')}",
    ),
    ("empty-item", "nothing after the comma", lambda _: "v1,"),
    ("empty-items", "two items with nothing after the comma", lambda _: "v1, v1,"),
    ("comma-alone", "a comma alone", lambda _: ","),
    ("tab", "a tab in place of the comma", lambda good: f"v1\t{good}"),
    ("tab-within", "a tab in place of one of the signature's letters", lambda g: f"v1,{part(g, chr(9))}"),
    ("non-ascii", "a Latin-1 letter in place of one of the signature's", lambda g: f"v1,{part(g, 'é')}"),
    (
        "non-ascii-utf8",
        "a UTF-8 letter in place of one of the signature's",
        lambda good: f"v1,{part(good, 'é'.encode().decode('latin-1'))}",
    ),
    ("non-ascii-alone", "Latin-1 letters alone", lambda _: "éüßÿ"),
    ("junk", "a sign that is no base64 in place of a letter", lambda good: f"v1,{part(good, '!')}"),
    ("junk-alone", "signs that are no base64", lambda _: "v1,%%%%%%%%"),
    ("junk-words", "a word in place of the header", lambda _: "undefined"),
    ("junk-long", "4,000 letters in place of the signature", lambda _: "v1," + "A" * 4000),
    ("padding-within", "a padding sign in place of one letter", lambda good: f"v1,{part(good, '=')}"),
    ("padding-alone", "padding signs alone", lambda _: "v1,===="),
    ("padding-short", "one letter of the base64 left out", lambda good: f"v1,{good[:20]}{good[21:]}"),
    ("version-unknown", "the good digest as version v2 alone", lambda good: f"v2,{good}"),
    ("version-asymmetric", "the good digest as version v1a alone", lambda good: f"v1a,{good}"),
    ("version-ten", "the good digest as version v10 alone", lambda good: f"v10,{good}"),
    ("version-zero", "the good digest as version v0 alone", lambda good: f"v0,{good}"),
    ("version-empty", "an empty version", lambda good: f",{good}"),
)


# -- the time, soundly signed as it stands -------------------------------------------------------------

_FAR = 2 * TOLERANCE + 60


def _translated(zero: int) -> Callable[[int], str]:
    """The digits of another script, as UTF-8 on the wire."""

    def write(now: int) -> str:
        return "".join(chr(zero + int(digit)) for digit in str(now)).encode().decode("latin-1")

    return write


_SUPERSCRIPT = str.maketrans("123", "¹²³")

_DATED = timed(
    "reject",
    ("too-old", "signed eleven minutes ago", lambda now: str(now - _FAR)),
    ("too-old-day", "signed a day ago", lambda now: str(now - 86_400)),
    ("too-old-year", "signed a year ago", lambda now: str(now - 366 * 86_400)),
    ("too-new", "signed eleven minutes from now", lambda now: str(now + _FAR)),
    ("too-new-day", "signed a day from now", lambda now: str(now + 86_400)),
    ("too-new-year", "signed a year from now", lambda now: str(now + 366 * 86_400)),
    ("milliseconds", "the time in milliseconds", lambda now: str(now * 1000)),
    ("zero", "the time zero", lambda _: "0"),
    ("negative", "the time with a minus sign", lambda now: str(-now)),
    ("word", "a word in place of the time", lambda _: "now"),
    ("nan", "NaN in place of the time", lambda _: "NaN"),
    ("infinite", "Infinity in place of the time", lambda _: "Infinity"),
    ("true", "true in place of the time", lambda _: "true"),
    ("iso", "the time as text", lambda now: datetime.fromtimestamp(now, UTC).isoformat()),
    ("overflow-32", "2³² seconds from now", lambda now: str(2**32 + now)),
    ("overflow-64", "2⁶⁴ seconds from now", lambda now: str(2**64 + now)),
    ("overflow-double", "a time of 400 digits", lambda _: "9" * 400),
    ("overflow-digits", "a time of 5,000 digits", lambda _: "9" * 5000),
    ("overflow-exponent", "a time of 1e400", lambda _: "1e400"),
    ("digits-arabic", "the time in Arabic digits", _translated(0x0660)),
    ("digits-full-width", "the time in full-width digits", _translated(0xFF10)),
    (
        "digits-superscript",
        "raised digits in the time",
        lambda now: f"¹{str(now)[1:].translate(_SUPERSCRIPT)}",
    ),
    ("non-ascii", "a Latin-1 letter in the time", lambda now: f"{str(now)[:3]}é{str(now)[4:]}"),
)

REFUSED: tuple[Recipe, ...] = _SENT + _WRITTEN + _DATED

REPLAYED: tuple[str, ...] = ("unsigned", "key-other", "body-altered", "signature-empty")
"""Ways to be wrong that are also tried under the id of a delivery that was taken already."""
