"""What happened to a chronology after its draft was made, and what is proposed since.

The audit trail is the one record of both: it says when a review was drafted or compared with a newer draft, and what
was done to the chronology after that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from governance.models import AuditEntry
from incidents.models import Correction, Entry
from reviews.enums import ProposalState
from reviews.models import Proposal, Review
from reviews.redrafting import News

COMPARED = "review.compared"
_DRAFTED = ("review.drafted", COMPARED)
_CAME = "evidence.imported"
_STATED = "entry.stated"
#: Beside entries that came: what else lets a draft say something else.
_CHANGED = (
    *("entry.corrected", "entry.hidden", "entry.shown", "entry.highlighted", "entry.unhighlighted"),
    *("entry.merged", "entry.split", "milestone.set", "milestone.cleared", "curation.undone"),
    *("clock_offset.declared", "clock_offset.withdrawn"),
)


@dataclass(frozen=True)
class Since:
    """What came after the last draft: how many entries, and how many changes of what was there."""

    entries: int = 0
    changes: int = 0

    def __bool__(self) -> bool:
        return bool(self.entries or self.changes)


def since_draft(review: Review) -> Since:
    """What came since the review was drafted, or last compared with a newer draft; two queries."""
    drafted = (
        AuditEntry.objects.filter(
            organization=review.organization_id, subject=_subject("review", review), action__in=_DRAFTED
        )
        .order_by("-sequence")
        .values_list("sequence", flat=True)
        .first()
    )
    if drafted is None:
        return Since()
    rows = list(_happened(review).filter(sequence__gt=drafted, action__in=[_CAME, _STATED, *_CHANGED]))
    came = sum(row.details.get("added", 0) for row in rows if row.action == _CAME)
    stated = sum(row.action == _STATED for row in rows)
    return Since(came + stated, sum(row.action in _CHANGED for row in rows))


def news_for(review: Review, numbers: Collection[int]) -> News:
    """Which of these entries came or were corrected after the review was drafted, or are hidden; four queries."""
    entries = Entry.objects.filter(incident_id=review.incident_id, number__in=numbers)
    imported = entries.filter(evidence__imported_at__gt=review.created_at).values_list("number", flat=True)
    stated = _happened(review).filter(action=_STATED, at__gt=review.created_at)
    corrected = Correction.objects.filter(entry__in=entries, corrected_at__gt=review.created_at)
    return News(
        arrived=frozenset(imported) | {row.details["entry"] for row in stated},
        corrected=frozenset(corrected.values_list("entry__number", flat=True)),
        hidden=frozenset(entries.filter(hidden=True).values_list("number", flat=True)),
    )


def open_proposals(review: Review) -> dict[int, list[Proposal]]:
    """What waits for a decision, by section, in the order of the text."""
    found: dict[int, list[Proposal]] = defaultdict(list)
    rows = Proposal.objects.filter(section__review=review, state=ProposalState.OPEN)
    for row in rows.select_related("run").order_by("section__position", "position", "id"):
        found[row.section_id].append(row)
    return found


def undecided(review: Review) -> list[str]:
    """The key of its section for each open proposal, in the order of the text."""
    rows = Proposal.objects.filter(section__review=review, state=ProposalState.OPEN)
    return list(rows.order_by("section__position").values_list("section__key", flat=True))


def _happened(review: Review) -> QuerySet[AuditEntry]:
    rows: QuerySet[AuditEntry] = AuditEntry.objects.filter(
        organization=review.organization_id, subject=_subject("incident", review)
    )
    return rows


def _subject(thing: str, review: Review) -> str:
    return f"{thing}:{review.incident.reference}"
