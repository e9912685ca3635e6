"""Small OpenAPI documents for the tests of ``contract_kit.spec``."""

from __future__ import annotations

from typing import Any

from contract_kit.model import Terms
from contract_kit.spec import Document, load_terms


def document(data: dict[str, Any], **more: Any) -> Document:
    minor = 0 if str(data.get("openapi", "3.1.0")).startswith("3.0") else 1
    return Document(source="api.yaml", sha256="0" * 64, data=data, minor=minor, **more)


def api(
    schema: Any, components: dict[str, Any] | None = None, *, version: str = "3.1.0", **more: Any
) -> Document:
    """One event ``e.v`` with ``schema`` as its payload."""
    return document(
        {
            "openapi": version,
            "info": {"title": "T", "version": "1"},
            "x-webhooks": {
                "e.v": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
            },
            "components": {"schemas": components or {}},
            **more,
        }
    )


def terms(
    schema: Any, components: dict[str, Any] | None = None, *, version: str = "3.1.0", **more: Any
) -> Terms:
    return load_terms("e.v", document=api(schema, components, version=version, **more))


def translated(schema: Any, components: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The translated schema without ``$schema``."""
    found = dict(terms(schema, components, **more).schema)
    assert found.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    return found


def operation(schema: Any, media: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"content": {media: {"schema": schema}}}}


PLACE = "/x-webhooks/e.v/post/requestBody/content/application~1json/schema"
