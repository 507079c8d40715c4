"""Connections to outside systems: which kinds there are, and the one guarded way to speak to them."""

from governance.connections.guard import AddressRefused, GuardedTransport
from governance.connections.http import open_client, request
from governance.connections.kinds import KINDS, Kind, Option, find

__all__ = [
    "KINDS",
    "AddressRefused",
    "GuardedTransport",
    "Kind",
    "Option",
    "find",
    "open_client",
    "request",
]
