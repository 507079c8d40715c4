"""No test reaches past this machine: such a connection is refused, and the test fails even when the code hid that."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class NetworkRefused(AssertionError):
    """A test tried to reach another machine."""


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True
    try:
        return ipaddress.ip_address(address[0].split("%")[0]).is_loopback
    except ValueError:
        return bool(address[0] == "localhost")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Guard ``connect`` and ``connect_ex``: Unix sockets and loopback addresses pass."""
    attempts: list[str] = []

    def guarded(original: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address):
                attempts.append(str(address))
                raise NetworkRefused(
                    f"A test tried to connect to {address}. Point it to a server on this machine."
                )
            return original(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    yield
    assert not attempts, (
        f"The test tried to reach {', '.join(attempts)}. Point it to a server on this machine."
    )
