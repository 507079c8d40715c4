"""Which addresses may be reached (invariant 11): public ones, and hosts inside the company that a setting names.

The name is resolved once, every address it gives is checked, and the connection goes to a checked address, so that a
second answer of the name server cannot lead elsewhere. The name stays what TLS verifies.
"""

from __future__ import annotations

import socket
import typing
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

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
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    inside = any(address.version == net.version and address in net for net in _REFUSED_NETWORKS)
    return address.is_global and not inside


def is_allowed_by_setting(host: str, addresses: Iterable[Address] = ()) -> bool:
    """Whether the operator named this host, or networks that hold all of its addresses."""
    found = list(addresses)
    for entry in settings.OUTBOUND_PRIVATE_HOSTS:
        if entry.lower() == host.lower():
            return True
        try:
            network = ip_network(entry)
        except ValueError:
            continue
        if found and all(address.version == network.version and address in network for address in found):
            return True
    return False


def checked_address(host: str, port: int) -> str:
    """One address of the host that may be reached; raises ``AddressRefused``, or ``OutsideError`` for no such host."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutsideError(f"The host {host} cannot be found. Check the address of the connection.") from error
    addresses = [ip_address(str(answer[4][0]).split("%")[0]) for answer in answers]
    if not is_allowed_by_setting(host, addresses) and not all(is_public(address) for address in addresses):
        raise AddressRefused(host)
    return str(addresses[0])


class _CheckedBackend(httpcore2.SyncBackend):
    """Connects to a checked address only."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: typing.Any = None,
    ) -> httpcore2.NetworkStream:
        return super().connect_tcp(checked_address(host, port), port, timeout, local_address, socket_options)

    def connect_unix_socket(self, *_args: typing.Any, **_kwargs: typing.Any) -> httpcore2.NetworkStream:
        raise AddressRefused("a local socket")


class GuardedTransport(httpx2.HTTPTransport):
    """An HTTP transport whose every connection goes through ``checked_address``."""

    def __init__(self) -> None:
        super().__init__(trust_env=False, retries=0)
        self._pool._network_backend = _CheckedBackend()  # the only way in; pinned by the lock and by a test
