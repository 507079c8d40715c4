"""What a newer draft says otherwise than the text does, passage by passage; pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from reviews.enums import ProposalKind


@dataclass(frozen=True)
class Change:
    """One change of one passage, to be decided by a person.

    ``before`` is the passage with its citations that it replaces or removes, or behind which it is put (empty: the top
    of the section). ``text`` is Markdown with citations, with a leading ``- `` for an item of a list. ``position``
    orders the changes of a section. ``because`` is a sentence that says what brought it about.
    """

    kind: ProposalKind
    before: str = ""
    text: str = ""
    position: int = 0
    because: str = ""
