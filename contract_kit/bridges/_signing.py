"""An auth of ``requests`` that signs as the senders of webhooks do; imported when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import AuthBase

from contract_kit.delivery import sign
from contract_kit.errors import UsageError

if TYPE_CHECKING:
    from requests import PreparedRequest

    from contract_kit.delivery import Family

__all__ = ["auth_of"]


class _Signing(AuthBase):
    """Signs what a request really sends, after it was prepared."""

    def __init__(self, secret: str, family: Family) -> None:
        sign(b"", secret, family=family)  # a secret that is none is told at once
        self._secret, self._family = secret, family

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body
        if body is not None and not isinstance(body, bytes | str):
            raise UsageError("a body that is a stream cannot be signed: give bytes")
        request.headers.update(sign(body or b"", self._secret, family=self._family))
        return request

    def __repr__(self) -> str:
        return f"<signing {self._family}>"  # never the secret


def auth_of(secret: str, family: Family) -> AuthBase:
    """The auth; :class:`SigningError` for a secret that is none."""
    return _Signing(secret, family)
