"""Content types, methods and framings that deliveries are tried with, by what must come of them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BROKEN",
    "CONTENT_TYPES",
    "FRAMED",
    "FREE_FRAMED",
    "FREE_METHODS",
    "FREE_TYPES",
    "METHODS",
    "OTHER_TYPES",
    "SIZES",
    "ContentType",
]


@dataclass(frozen=True, slots=True)
class ContentType:
    """One ``content-type`` header (``None``: there is none) and the words for it."""

    name: str
    text: str | None
    words: str


CONTENT_TYPES: tuple[ContentType, ...] = (
    ContentType("charset", "application/json; charset=utf-8", "a content type with its charset"),
    ContentType("charset-tight", "application/json;charset=utf-8", "a charset without a blank before it"),
    ContentType("charset-upper", "application/json; charset=UTF-8", "a charset in upper case"),
)
"""Those that must be taken."""

FREE_TYPES: tuple[ContentType, ...] = (
    ContentType("missing", None, "no content type"),
    ContentType("empty", "", "an empty content type"),
    ContentType("upper", "Application/JSON", "the content type in another case"),
    ContentType("charset-quoted", 'application/json; charset="utf-8"', "the charset in quotation marks"),
    ContentType("charset-latin", "application/json; charset=iso-8859-1", "a charset that the body has not"),
    ContentType("charset-unknown", "application/json; charset=x-nobody", "a charset that nobody knows"),
    ContentType("parameters", "application/json; charset=utf-8; v=1", "a parameter that nobody knows"),
    ContentType("broken", "application/json; =;;charset", "parameters that are none"),
    ContentType("garbage", ";/", "a content type that is none"),
    ContentType("non-ascii", "application/jsön", "a content type in Latin-1"),
    ContentType("suffix", "application/cloudevents+json", "another media type of JSON"),
    ContentType("text-json", "text/json", "an old name for JSON"),
)
"""Those about which sound receivers differ."""

OTHER_TYPES: tuple[ContentType, ...] = (
    ContentType("text", "text/plain", "the body announced as text"),
    ContentType("form", "application/x-www-form-urlencoded", "the body announced as a form"),
    ContentType("multipart", "multipart/form-data; boundary=part", "the body announced as a form of parts"),
    ContentType("xml", "application/xml", "the body announced as XML"),
    ContentType("binary", "application/octet-stream", "the body announced as bytes"),
)
"""Those that a document which says ``application/json`` does not allow."""

SIZES: dict[str, int] = {
    "body-over-100-kb": 100 * 1024 + 1,
    "body-over-128-kb": 128 * 1024 + 1,
    "body-over-256-kb": 256 * 1024 + 1,
}
"""Just past limits that frameworks and servers have by themselves (Express's parsers: 100 kB), in bytes."""

METHODS: tuple[str, ...] = ("GET", "PUT", "PATCH", "DELETE")
"""Methods that the document does not have; ``OPTIONS`` and ``HEAD`` are free to be answered as one likes."""

FREE_METHODS: tuple[str, ...] = ("OPTIONS", "HEAD", "PROPFIND", "FOO")

FRAMED: dict[str, str] = {
    "chunked": "the body in chunks",
    "chunked-tiny": "the body in chunks of one byte",
}
"""Framings that must be taken."""

FREE_FRAMED: dict[str, str] = {
    "chunked-extension": "chunks with an extension",
    "chunked-trailer": "chunks with a trailer after them",
    "http-1.0": "HTTP/1.0",
    "header-repeated": "every header twice",
    "length-and-chunked": "a length, and chunks besides",
    "no-host": "no Host header",
    "bad-version": "a version of HTTP that is none",
    "space-before-colon": "a blank before a header's colon",
    "no-colon": "a header without a colon",
    "header-nul": "a NUL in a header",
    "header-huge": "a header of a million bytes",
}
"""Framings that a server may take or refuse (RFC 9112 lets it choose, or sound servers differ)."""

BROKEN: dict[str, str] = {
    "length-missing": "a body without a length",
    "length-short": "a length shorter than the body",
    "length-long": "a length longer than the body",
    "length-negative": "a negative length",
    "length-plus": "a plus sign before the length",
    "length-hex": "the length in hexadecimal",
    "length-garbage": "letters after the length",
    "length-empty": "an empty length",
    "length-overflow": "2⁶⁴ added to the length",
    "length-list": "two lengths in one header",
    "two-lengths": "two headers with different lengths",
    "bad-chunk-size": "a chunk size that is no number",
    "chunk-size-empty": "an empty chunk size",
    "chunk-size-negative": "a negative chunk size",
    "chunk-size-overflow": "2⁶⁴ added to a chunk size",
    "chunk-size-short": "a chunk size shorter than the chunk",
    "chunk-cut": "a chunk that breaks off",
    "chunk-no-end": "chunks without an end",
    "unknown-coding": "a transfer coding that nobody knows",
}
"""Framings of which the body's end cannot be known: never 2xx; refusal, close and silence are all right."""
