"""Bodies that are no JSON as a whole: packed, encoded otherwise, of another kind, or none at all."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["encodings", "entries", "others"]

Spoiled = tuple[str, str, bytes]


def entries(value: Any) -> list[tuple[str, Any]]:
    """The properties of a body, or the body as one."""
    return list(value.items()) if isinstance(value, dict) else [("value", value)]


def encodings(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """Whole bodies in other encodings or packings."""
    del value
    text = plain.decode()
    accented = text.replace("a", "é", 1) if text.isascii() else text
    latin = accented.encode("latin-1", "replace")
    yield (
        "latin-1",
        "the body in Latin-1",
        latin if "é" in accented else accented.encode("cp1252", "replace") + b"\xe9",
    )
    yield "gzip", "the body packed with gzip, undeclared", _gzip(plain)
    yield "zlib", "the body packed with zlib, undeclared", _zlib(plain)
    yield "base64", "the body in base64", base64.b64encode(plain)
    yield "hex", "the body in hexadecimal", plain.hex().encode()
    yield "percent", "the body percent-encoded", urlencode({"payload": text}).encode()


def _stored(data: bytes) -> bytes:
    """Stored blocks of DEFLATE (RFC 1951, section 3.2.4): what a compressor makes differs between its makers."""
    size = 65_535
    parts = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    blocks = []
    for number, part in enumerate(parts, start=1):
        last, length = number == len(parts), len(part)
        blocks.append(bytes([last]) + struct.pack("<HH", length, length ^ 0xFFFF) + part)
    return b"".join(blocks)


def _gzip(data: bytes) -> bytes:
    """RFC 1952, without a time and with no operating system named."""
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFF_FFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + _stored(data) + tail


def _zlib(data: bytes) -> bytes:
    """RFC 1950."""
    return b"\x78\x01" + _stored(data) + struct.pack(">I", zlib.adler32(data))


def others(value: Any, plain: bytes) -> Iterator[Spoiled]:
    """No body at all, and bodies of other kinds."""
    yield "empty", "an empty body", b""
    yield "blank", "a body of one blank", b" "
    yield "blank-lines", "a body of blank lines", b"\r\n\r\n"
    yield "nuls", "a body of NUL bytes", b"\x00" * 64
    yield "brace", "an opening brace alone", b"{"
    yield "bracket", "an opening bracket alone", b"["
    yield "quote", "a quote alone", b'"'
    yield "comma", "a comma alone", b","
    yield "word", "a word", b"hello"
    yield "two-objects", "two empty objects", b"{}{}"
    yield "ndjson", "two bodies on two lines", plain + b"\n" + plain + b"\n"
    flat = {k: v if isinstance(v, str) else json.dumps(v) for k, v in entries(value)}
    yield "form", "the body as a form", urlencode(flat).encode("utf-8", "replace")
    yield "xml", "the body as XML", b'<?xml version="1.0"?><event><type>x</type></event>'
    yield "html", "an HTML page", b"<!doctype html><title>502 Bad Gateway</title>"
    yield (
        "multipart",
        "a multipart body",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + plain + b"\r\n--b--\r\n",
    )
    yield "binary", "random bytes", bytes(range(256))
    yield "pickle", "a Python pickle", b"\x80\x04}\x94."
    yield "messagepack", "a MessagePack map", b"\x82\xa1a\x01\xa1b\x02"
