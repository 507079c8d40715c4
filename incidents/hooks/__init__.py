"""Who may deliver to an address of ours, and how they prove that it is they."""

from incidents.hooks.base import Delivery, Refused, Sender
from incidents.hooks.senders import SENDERS

__all__ = ["SENDERS", "Delivery", "Refused", "Sender"]
