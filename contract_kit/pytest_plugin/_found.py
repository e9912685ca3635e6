"""What a fixture yields → the consumer in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from contract_kit.config import Options

__all__ = ["consumer_in"]


def consumer_in(found: Any, options: Options) -> Any:
    """A URL, a name or an object that can be opened: from itself, a live server, or a test client.

    ``options.path`` is where a live server takes webhooks.
    """
    from contract_kit.errors import UsageError
    from contract_kit.targets import describe

    if isinstance(found, str):
        return _with_path(found, options.path)
    try:
        describe(found, options.as_)
    except UsageError:
        url = getattr(found, "url", None)
        if isinstance(url, str) and url:
            return _with_path(url, options.path)
        for name in ("app", "application"):
            inner = getattr(found, name, None)
            if inner is not None:
                return inner
    return found


def _with_path(url: str, path: str | None) -> str:
    """A bare ``http://host:port`` with the path that was told; others are whole already."""
    if "://" not in url or not path or urlsplit(url).path not in ("", "/"):
        return url
    return urljoin(url, path)
