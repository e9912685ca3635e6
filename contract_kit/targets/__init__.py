"""Delivery → reply: everything that can be given a webhook.

Python callables and models (in a child process, or in this one), ASGI and WSGI apps, URLs and commands, all
behind one verb, :meth:`Target.exchange`. What a name needs is imported when the name is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract_kit._lazy import lazily

if TYPE_CHECKING:
    from contract_kit.targets._asgi import AsgiApp
    from contract_kit.targets._base import Again, ClosesItself, Mined, Target, Together, ask, send
    from contract_kit.targets._command import CommandTarget
    from contract_kit.targets._describe import describe
    from contract_kit.targets._import import import_object, is_found_here
    from contract_kit.targets._inprocess import InProcessTarget
    from contract_kit.targets._isolated import IsolatedTarget
    from contract_kit.targets._open import constants, open_python_target
    from contract_kit.targets._prepare import call_here
    from contract_kit.targets._url import UrlTarget, fetch
    from contract_kit.targets._url_exchange import ReceiverGone, among
    from contract_kit.targets._wire import AsSent
    from contract_kit.targets._wsgi import WsgiApp

__all__ = [
    "Again",
    "AsSent",
    "AsgiApp",
    "ClosesItself",
    "CommandTarget",
    "InProcessTarget",
    "IsolatedTarget",
    "Mined",
    "ReceiverGone",
    "Target",
    "Together",
    "UrlTarget",
    "WsgiApp",
    "among",
    "ask",
    "call_here",
    "constants",
    "describe",
    "fetch",
    "import_object",
    "is_found_here",
    "open_python_target",
    "send",
]

_HOMES = {
    "Again": "._base",
    "AsSent": "._wire",
    "AsgiApp": "._asgi",
    "ClosesItself": "._base",
    "CommandTarget": "._command",
    "InProcessTarget": "._inprocess",
    "IsolatedTarget": "._isolated",
    "Mined": "._base",
    "ReceiverGone": "._url_exchange",
    "among": "._url_exchange",
    "Target": "._base",
    "Together": "._base",
    "UrlTarget": "._url",
    "WsgiApp": "._wsgi",
    "ask": "._base",
    "call_here": "._prepare",
    "constants": "._open",
    "describe": "._describe",
    "fetch": "._url",
    "import_object": "._import",
    "is_found_here": "._import",
    "open_python_target": "._open",
    "send": "._base",
}
"""Public name → the private file that it lives in. A new name stands here, above and in ``__all__``."""

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
