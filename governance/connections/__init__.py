"""Connections to outside systems: which kinds there are, and the one guarded way to speak to them."""

from governance.connections.guard import AddressRefused, GuardedTransport
from governance.connections.http import AnswerTooLarge, Client, open_client, request
from governance.connections.kinds import KINDS, faults, find
from governance.connections.probes import probe
from governance.connections.shape import Kind, Option

__all__ = [
    "KINDS",
    "AddressRefused",
    "AnswerTooLarge",
    "Client",
    "GuardedTransport",
    "Kind",
    "Option",
    "faults",
    "find",
    "open_client",
    "probe",
    "request",
]
