"""A running receiver behind a URL: deliveries go out over kept-alive connections, several at a time."""

from __future__ import annotations

import base64
import socket
import ssl
import time
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from contract_kit.errors import TargetError, UsageError
from contract_kit.model import Delivery, Headers, Reply, TargetKind
from contract_kit.targets._base import ClosesItself, send
from contract_kit.targets._framing_bytes import FRAMINGS, SOUND, Request, header_bytes
from contract_kit.targets._http import Client
from contract_kit.targets._net import Address, is_address, resolve
from contract_kit.targets._url_exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["UrlTarget", "fetch"]

SILENCE = 2.0
"""Seconds to wait for a receiver that waits for the rest of a message that never comes."""
_DEFAULTS = ((b"User-Agent", b"contract-kit"), (b"Accept", b"*/*"))
_SAFE_IN_TARGET = "%/:@!$&'()*+,;=-._~?[]"
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class UrlTarget(ClosesItself):
    """A receiver that runs somewhere and is reached over HTTP.

    ``headers`` go with every delivery that has none of the same name (an own ``content-type`` takes the
    place of plain ``application/json``); ``workers`` is the number of connections, ``rate`` the
    deliveries started a second at most, ``timeout`` the seconds for one delivery, its connection and
    reply included. ``insecure`` leaves the certificate unchecked. Redirects are never followed. Only near
    addresses are connected to (loopback, RFC 1918, fc00::/7) unless ``allow_remote``:
    :class:`RemoteAddressRefused`, here for an address and for a name when it is first used.
    """

    kind: TargetKind = "url"

    def __init__(
        self,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        workers: int = 8,
        rate: float | None = None,
        timeout: float = 15.0,
        insecure: bool = False,
        allow_remote: bool = False,
        host_header: str | None = None,
    ) -> None:
        if workers < 1:
            raise UsageError(f"workers={workers}: at least one connection is needed")
        if timeout <= 0:
            raise UsageError(f"timeout={timeout}: it must be more than 0 seconds")
        if rate is not None and rate <= 0:
            raise UsageError(f"rate={rate}: it must be more than 0 deliveries a second")
        self.workers, self.rate, self.timeout = workers, rate, timeout
        self.allow_remote, self._insecure = allow_remote, insecure
        self.patience = max(workers, 8)
        """Deliveries that may still end unjudged before asking to wait is taken as a refusal to be judged."""
        self._read_url(url, host_header)
        self._fix_headers(headers)
        self._client: Client | None = None
        self._addresses: tuple[Address, ...] | None = None
        if is_address(self.host):
            self._resolved()

    def _read_url(self, url: str, host_header: str | None) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UsageError(f"{url!r} is no URL: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                f"{url!r} is no URL of a receiver: it should look like http://127.0.0.1:8000/webhooks"
            )
        self.secure = parts.scheme == "https"
        try:
            self.host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode()
        except UnicodeError as error:
            raise UsageError(f"{parts.hostname!r} is no host name: {error}") from error
        self.port = port if port is not None else (443 if self.secure else 80)
        shown = f"[{self.host}]" if ":" in self.host else self.host
        netloc = shown if port is None else f"{shown}:{port}"
        path = quote(parts.path or "/", safe=_SAFE_IN_TARGET)
        self._path = (f"{path}?{quote(parts.query, safe=_SAFE_IN_TARGET)}" if parts.query else path).encode()
        self.name = f"{parts.scheme}://{netloc}{self._path.decode()}"
        self._host_header = header_bytes(host_header if host_header is not None else netloc)
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._user = None if parts.username is None else b"Basic " + base64.b64encode(user.encode())

    def _fix_headers(self, headers: Sequence[tuple[str, str]]) -> None:
        """What goes with every delivery: name in lower case → header; ``Host`` first."""
        for name, value in headers:
            if not name or not _TOKEN.issuperset(name) or any(sign in value for sign in "\r\n\0"):
                raise UsageError(f"header {name!r}: a header is a name and one line of text")
        own = tuple((header_bytes(name), header_bytes(value)) for name, value in headers)
        self._own = {b"host": (b"Host", self._host_header)} | {
            name.lower(): (name, value) for name, value in _DEFAULTS
        }
        if self._user is not None:
            self._own[b"authorization"] = (b"Authorization", self._user)
        self._own.update({name.lower(): (name, value) for name, value in own})
        self._content_type = self._own.get(b"content-type")
        # Most deliveries have the same headers.
        self._with_own = lru_cache(maxsize=64)(self._whole_headers)

    # ---- reaching it -----------------------------------------------------------------------------

    def _resolved(self) -> tuple[Address, ...]:
        if self._addresses is None:
            self._addresses = resolve(self.host, self.port, allow_remote=self.allow_remote)
        return self._addresses

    def _tls(self) -> ssl.SSLContext | None:
        if not self.secure:
            return None
        context = ssl.create_default_context()
        if self._insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def wait_until_up(self, seconds: float = 10.0) -> None:
        """Wait until the receiver takes connections: :class:`TargetError` after ``seconds`` in vain."""
        until = time.monotonic() + seconds
        context = self._tls()
        while True:
            try:
                self._knock(context, max(0.1, min(2.0, until - time.monotonic())))
            except ssl.SSLCertVerificationError as error:
                raise TargetError(_untrusted(self.name, error.verify_message)) from error
            except TargetError as error:  # the name is not known, yet
                reason = str(error)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
            else:
                return
            left = until - time.monotonic()
            if left <= 0:
                raise TargetError(f"{self.name} cannot be reached: {reason} (waited {seconds:g} s)")
            time.sleep(min(0.05, left))

    def _knock(self, context: ssl.SSLContext | None, timeout: float) -> None:
        error: OSError | None = None
        for address in self._resolved():
            with socket.socket(address.family, socket.SOCK_STREAM) as sock:
                sock.settimeout(timeout)
                try:
                    sock.connect(address.sockaddr)
                    if context is not None:
                        context.wrap_socket(sock, server_hostname=self.host).close()
                except OSError as failure:
                    error = failure
                else:
                    return
        assert error is not None
        raise error

    # ---- deliveries ------------------------------------------------------------------------------

    def client(self) -> Client:
        """The connections; made when first wanted."""
        if self._client is None:
            self._client = Client(self._resolved(), tls=self._tls(), server_name=self.host)
        return self._client

    def message(self, delivery: Delivery) -> bytes:
        """A delivery as the bytes that go over the wire."""
        try:
            frame = FRAMINGS[delivery.framing]
        except KeyError:
            known = ", ".join(FRAMINGS)
            raise UsageError(f"framing {delivery.framing!r} is unknown; there are {known}") from None
        headers = self._with_own(delivery.headers)
        return frame(Request(header_bytes(delivery.method), self._path, headers, delivery.body))

    def _whole_headers(self, given: Headers) -> tuple[tuple[bytes, bytes], ...]:
        """A delivery's headers as bytes, behind those of the target that it has not itself."""
        headers = [(header_bytes(name), header_bytes(value)) for name, value in given]
        names = {name.lower() for name, _ in headers}
        if self._content_type is not None and (place := _plain_json(headers)) is not None:
            headers[place] = self._content_type
        return (*(pair for name, pair in self._own.items() if name not in names), *headers)

    def exchange(self, deliveries: Iterable[Delivery], /) -> Iterator[tuple[Delivery, Reply]]:
        """Send the deliveries, ``workers`` at a time; yield each with its reply, as replies come.

        At most ``2 × workers`` are pulled ahead of what was yielded. Raises :class:`TargetError` where
        the receiver cannot be reached, and its subclass ``ReceiverGone`` where it could before.
        """
        return exchange(self, deliveries)

    def close(self) -> None:
        """Close every connection at once, whatever goes on there."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def let_go(self) -> None:
        """Close the connections that nothing is going on on."""
        if self._client is not None:
            self._client.forget_idle()

    def limit(self, delivery: Delivery) -> float:
        """Seconds for this delivery."""
        return self.timeout if delivery.framing in SOUND else min(SILENCE, self.timeout)


def _plain_json(headers: list[tuple[bytes, bytes]]) -> int | None:
    """Where the one plain ``content-type: application/json`` stands, if that is what there is."""
    places = [at for at, (name, _) in enumerate(headers) if name.lower() == b"content-type"]
    return places[0] if len(places) == 1 and headers[places[0]][1] == b"application/json" else None


def _untrusted(name: str, reason: str) -> str:
    return f"{name}: its certificate is not trusted ({reason}); --insecure leaves it unchecked"


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Headers = (),
    timeout: float = 15.0,
    insecure: bool = False,
    allow_remote: bool = False,
) -> Reply:
    """One request behind the same guard: its reply, body (up to 64 kB) included. Redirects are not followed.

    Raises :class:`RemoteAddressRefused` and :class:`TargetError` like :class:`UrlTarget`.
    """
    delivery = Delivery(key=None, body=b"", headers=headers, method=method)
    with UrlTarget(url, workers=1, timeout=timeout, insecure=insecure, allow_remote=allow_remote) as target:
        return send(target, delivery)
