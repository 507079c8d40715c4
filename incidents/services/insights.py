"""What a chronology says about itself: equal events become one, and milestones, clocks and silences are proposed.

Merging happens by itself and can be split by hand; what a person split stays split. Everything else is a proposal.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from governance.errors import AfterwordError
from incidents.analysis import recognition
from incidents.analysis.facts import Fact
from incidents.enums import CurationKind
from incidents.models import Curation, Incident, Milestone
from incidents.services import bulk, proposals
from incidents.services.curation import MOST_AT_ONCE, merge_entries

log = logging.getLogger(__name__)

MOST_SENTENCES = 20


def mark_stale(incident: Incident) -> None:
    """Remember that something came in; whoever reads the last of a batch refreshes."""
    proposals.changed(incident, stale=True)


def note(incident: Incident, name: str, sentences: Sequence[str]) -> None:
    """Keep sentences of an analysis that only the reading of a log could make (``cascades``, ``silences``)."""
    if sentences:
        known = proposals.kept(incident).get(name, [])
        fresh = [sentence for sentence in sentences if sentence not in known]
        proposals.keep(incident, **{name: [*known, *fresh][:MOST_SENTENCES]})


def refresh_stale(organization_id: int) -> None:
    """Refresh every incident of an organization into which something came."""
    stale = Incident.objects.filter(organization_id=organization_id, insights__stale=True)
    for incident in stale.select_related("organization"):
        refresh(incident)


def refresh(incident: Incident) -> None:
    """Merge what is one event, fold what repeats, and propose the rest; a chronology that is closed stays as it is.

    The proposals are kept after the merging is committed: whoever curates meanwhile holds the incident and waits for
    the audit trail, which the merging holds.
    """
    try:
        with transaction.atomic():
            bulk.lock(incident)
            _merge(incident)
        proposals.propose(incident)
    except AfterwordError as error:
        log.info("the chronology of %s stays as it is: %s", incident.reference, error)
    proposals.keep(incident, stale=False)


def _merge(incident: Incident) -> None:
    """Fold repeats first, so that two sources' groups are built from what is left."""
    kept = _kept_apart(incident)
    under = frozenset(Milestone.objects.filter(incident=incident).values_list("entry__number", flat=True))
    for fold in recognition.flapping(_free(incident, kept), keep=under):
        _fold(incident, fold.numbers, fold.why)
    for group in recognition.groups(_free(incident, kept)):
        if len(under.intersection(group.numbers)) < 2:
            _fold(incident, _led_by(under, group.numbers), group.why)


def _free(incident: Incident, kept: set[int]) -> list[Fact]:
    """What is shown now and may be merged."""
    return [fact for fact in proposals.facts_of(incident) if fact.number not in kept]


def _led_by(under: frozenset[int], numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers with the one under a milestone first: that one is kept."""
    return tuple(sorted(numbers, key=lambda number: number not in under))


def _fold(incident: Incident, numbers: tuple[int, ...], why: str) -> None:
    keeper, rest = numbers[0], numbers[1:]
    for start in range(0, len(rest), MOST_AT_ONCE - 1):
        part = rest[start : start + MOST_AT_ONCE - 1]
        merge_entries(actor=None, incident=incident, numbers=[keeper, *part], into=keeper, because=why)


def _kept_apart(incident: Incident) -> set[int]:
    """The entries that people split, or whose merging they undid: never merged by themselves again."""
    rows = Curation.objects.filter(incident=incident).filter(
        Q(kind=CurationKind.SPLIT, undone_at__isnull=True)
        | Q(kind=CurationKind.MERGE, undone_at__isnull=False)
    )
    return {
        int(number) for after in rows.values_list("after", flat=True) for number in after.get("entries", {})
    }
