"""OpenAPI document → terms: read, find the event, resolve, translate, add what the provider does.

:func:`load_terms` is the whole way; :func:`load_document` and :func:`events` are its first steps, for those
who want one document's many events.
"""

from contract_kit.spec._load import Document, load_document
from contract_kit.spec._profile import as_era, load_profile
from contract_kit.spec._receiver import payload_schema, receiver_document, receiver_of
from contract_kit.spec._terms import BUNDLED, DEFAULT_EVENT, bundled_document, events, load_terms

__all__ = [
    "BUNDLED",
    "DEFAULT_EVENT",
    "Document",
    "as_era",
    "bundled_document",
    "events",
    "load_document",
    "load_profile",
    "load_terms",
    "payload_schema",
    "receiver_document",
    "receiver_of",
]
