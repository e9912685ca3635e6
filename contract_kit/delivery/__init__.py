"""Cases about headers, signature, time, repeats and framing; and signing itself."""

from contract_kit.delivery._signing import FAMILIES, Family, fresh_id, sign

__all__ = ["FAMILIES", "Family", "fresh_id", "sign"]
