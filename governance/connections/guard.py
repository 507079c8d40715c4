"""Which addresses may be reached (invariant 11): public ones, and hosts inside the company that a setting names.

The name is resolved once, every address it gives is checked, and the connection goes to a checked address, so that a
second answer of the name server cannot lead elsewhere. The name stays what TLS verifies.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore2
import httpx2
from django.conf import settings

from governance.errors import OutsideError

Address = IPv4Address | IPv6Address

# Beyond what ``is_global`` knows: ways to write an IPv4 address inside an IPv6 one, and ranges of newer registries.
_REFUSED_NETWORKS = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
        "ff00::/8",
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)


class AddressRefused(OutsideError):
    """The host of a connection is not one that may be reached."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is not a public address. If it is meant, an operator can allow it with "
            "AFTERWORD_OUTBOUND_PRIVATE_HOSTS.",
            permanent=True,
        )


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, however it is written."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
            return False
    inside = any(address.version == net.version and address in net for net in _REFUSED_NETWORKS)
    return address.is_global and not inside


def is_allowed_by_setting(host: str, addresses: Iterable[Address] = ()) -> bool:
    """Whether the operator named this host, or networks that hold all of its addresses."""
    names = {entry.lower() for entry in settings.OUTBOUND_PRIVATE_HOSTS}
    networks = [net for net in map(_network, names) if net is not None]
    found = list(addresses)
    return host.lower() in names or (
        bool(found)
        and all(
            any(address.version == net.version and address in net for net in networks) for address in found
        )
    )


def _network(entry: str) -> Any:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def checked_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host that may be reached, in the resolver's order.

    Raises ``AddressRefused`` when any of them may not be, and ``OutsideError`` when there is no such host.
    """
    if _is_disguised(host):
        raise AddressRefused(host)
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutsideError(f"The host {host} cannot be found. Check the address of the connection.") from None
    addresses = [ip_address(str(answer[4][0]).split("%")[0]) for answer in answers]
    if not is_allowed_by_setting(host, addresses) and not all(is_public(address) for address in addresses):
        raise AddressRefused(host)
    return [str(address) for address in addresses]


def _is_disguised(host: str) -> bool:
    """Whether a host is an IPv4 address in one of the spellings that only some resolvers read (127.1, 0x7f.1)."""
    if not _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


class _CheckedBackend(httpcore2.SyncBackend):
    """Connects to checked addresses only, one after the other until one answers."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        *others, last = checked_addresses(host, port)
        for address in others:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return super().connect_tcp(last, port, timeout, local_address, socket_options)

    def connect_unix_socket(self, *_args: Any, **_kwargs: Any) -> httpcore2.NetworkStream:
        raise AddressRefused("A local socket")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The public authorities, and those that this machine trusts beside them (a company's own)."""
    context = httpx2.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


class GuardedTransport(httpx2.HTTPTransport):
    """An HTTP transport whose every connection goes through ``checked_addresses``; no proxy, no retry of its own."""

    def __init__(self) -> None:
        super().__init__(verify=_trusted(), trust_env=False, retries=0)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_trusted(),
            max_connections=4,
            keepalive_expiry=5.0,
            retries=0,
            network_backend=_CheckedBackend(),
        )
