"""The address guard: where traffic may go, and the addresses that a host's name leads to.

Only loopback, RFC 1918 and fc00::/7 are near enough. ``ipaddress.is_private`` says yes to link-local
addresses
(cloud metadata lives there) and to documentation networks, so the networks are named here one by one.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any

from contract_kit.errors import RemoteAddressRefused, TargetError

__all__ = ["Address", "is_address", "is_near", "resolve"]

_NEAR = tuple(
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


@dataclass(frozen=True, slots=True)
class Address:
    """One checked address, as :meth:`socket.socket.connect` takes it."""

    family: int
    sockaddr: Any

    @property
    def text(self) -> str:
        """The IP address as text."""
        return str(self.sockaddr[0])


def is_address(host: str) -> bool:
    """Whether this is an address, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_near(address: str) -> bool:
    """Is this IP address loopback, RFC 1918 or fc00::/7? An IPv4 address in IPv6 clothes counts as itself.

    >>> is_near("127.0.0.1"), is_near("::ffff:10.0.0.1"), is_near("169.254.169.254"), is_near("0.0.0.0")
    (True, True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return any(ip.version == net.version and ip in net for net in _NEAR)


def resolve(host: str, port: int, *, allow_remote: bool = False) -> tuple[Address, ...]:
    """The addresses of ``host`` that may be connected to, in the resolver's order; never empty.

    The name is looked up once and the caller connects to exactly what stands here, so that a name whose
    answer changes in between leads nowhere else. Raises :class:`RemoteAddressRefused` where every address
    is a remote one, :class:`TargetError` where there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TargetError(f"the host {host!r} cannot be resolved: {reason}") from error
    every = tuple(dict.fromkeys(Address(int(family), sockaddr) for family, _, _, _, sockaddr in found))
    near = tuple(address for address in every if allow_remote or is_near(address.text))
    if near:
        return near
    if not every:
        raise TargetError(f"the host {host!r} has no address")
    first = every[0].text
    raise RemoteAddressRefused(first if first == host else f"{host} ({first})")
