"""What is proposed for a section, as the screen shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from reviews.enums import ProposalKind, Provenance
from reviews.models import Proposal
from reviews.passages import Sentence
from reviews.placing import flat
from reviews.redline import redline
from reviews.rendering import plain

_VERBS = {ProposalKind.ADD: "Add", ProposalKind.REPLACE: "Change", ProposalKind.REMOVE: "Take out"}


@dataclass(frozen=True)
class Proposed:
    """One proposal, drawn: its words against those that stand, the entries it rests on, and where it would go.

    ``behind`` is the sentence that it would follow, for what is added. ``cites`` says in words which citations would
    change, where the words stay. ``is_stale`` says that the sentence which it would change is gone, or is a person's by
    now.
    """

    row: Proposal
    html: SafeString
    numbers: tuple[int, ...]
    behind: str
    cites: str
    is_stale: bool

    @property
    def verb(self) -> str:
        return _VERBS[ProposalKind(self.row.kind)]

    @property
    def origin(self) -> str:
        """Who proposes: ``a newer draft``, or the model by its name."""
        if self.row.provenance != Provenance.MODEL:
            return "a newer draft"
        return self.row.run.model if self.row.run and self.row.run.model else "a model"

    @property
    def is_editable(self) -> bool:
        return self.row.kind != ProposalKind.REMOVE and not self.is_stale


def drawn(rows: Iterable[Proposal], drafted: Collection[Sentence]) -> tuple[Proposed, ...]:
    """The proposals of a section; ``drafted`` are its sentences that no person wrote."""
    return tuple(_drawn(row, drafted) for row in rows)


def _drawn(row: Proposal, drafted: Collection[Sentence]) -> Proposed:
    before, new = flat(row.before), flat(row.text)
    is_added = row.kind == ProposalKind.ADD
    return Proposed(
        row=row,
        html=redline("" if is_added else _words(before), _words(new)),
        numbers=tuple(dict.fromkeys(number for one in new or before for number in one.citations)),
        behind=_words(before) if is_added else "",
        cites=_recited(before, new),
        is_stale=not is_added and not (before and before[-1] in drafted),
    )


def _recited(before: Sequence[Sentence], new: Sequence[Sentence]) -> str:
    """What becomes of the citations when nothing else changes; empty when the words change too."""
    if not before or not new or _words(before) != _words(new):
        return ""
    old, now = before[-1].citations, new[-1].citations
    came = [f"E{number}" for number in now if number not in old]
    went = [f"E{number}" for number in old if number not in now]
    parts = [f"{', '.join(came)} is cited" if came else "", f"{', '.join(went)} no longer" if went else ""]
    told = ", ".join(part for part in parts if part) or "they are cited in another order"
    return f"The words stay; {told}."


def _words(sentences: Iterable[Sentence]) -> str:
    return " ".join(plain(one.text) for one in sentences)
