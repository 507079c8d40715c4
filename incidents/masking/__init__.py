"""Masks secrets and personal data before a text is indexed, shown or exported. Pure: no database, no settings.

What is masked becomes a mark that says what it was: ``password=⟦secret⟧``, ``⟦AWS access key⟧``, ``⟦email⟧``. IP
addresses, host names, UUIDs, commits, trace ids and ticket keys stay, because operations need them.
"""

from __future__ import annotations

from incidents.masking.documents import mask_document
from incidents.masking.texts import MARK, Find, finds, mask, mask_all

__all__ = ["MARK", "Find", "finds", "mask", "mask_all", "mask_document"]
