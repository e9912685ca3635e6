"""Cases about headers, signature, time, repeats and framing; and signing itself.

:func:`delivery_cases` makes the catalogue, in which nothing depends on the time; :func:`prepare` makes of a
step what is sent, with fresh ids, times and signatures; :func:`signed` signs any other delivery.
"""

from contract_kit.delivery._catalogue import delivery_cases
from contract_kit.delivery._causes import Cause, causes, plainness
from contract_kit.delivery._effects import EffectCounter, NotCounted
from contract_kit.delivery._prepare import expected_signatures, prepare, read_reply, signed
from contract_kit.delivery._signing import FAMILIES, Family, fresh_id, sign

__all__ = [
    "FAMILIES",
    "Cause",
    "EffectCounter",
    "Family",
    "NotCounted",
    "causes",
    "delivery_cases",
    "expected_signatures",
    "fresh_id",
    "plainness",
    "prepare",
    "read_reply",
    "sign",
    "signed",
]
