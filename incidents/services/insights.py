"""What a chronology says about itself: equal events become one, and milestones, clocks and silences are proposed.

Merging happens by itself and can be split by hand; what a person split stays split. Everything else is a proposal.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from governance.errors import AfterwordError
from incidents.analysis import milestones, offsets, recognition
from incidents.analysis.facts import Fact
from incidents.enums import CurationKind
from incidents.models import ClockOffset, Curation, Entry, Incident, Milestone
from incidents.services import bulk
from incidents.services.curation import MOST_AT_ONCE, merge_entries

log = logging.getLogger(__name__)

MOST_FACTS = 20_000
MOST_SENTENCES = 20
MOST_PAIRS = 50
_FIELDS = (
    "number", "at", "text", "lane", "actor", "trust", "precision", "evidence__kind", "evidence_id", "fingerprint",
    "services", "highlighted",
)  # fmt: skip


def mark_stale(incident: Incident) -> None:
    """Remember that something came in; whoever reads the last of a batch refreshes."""
    _store(incident, stale=True)


def note(incident: Incident, name: str, sentences: Sequence[str]) -> None:
    """Keep sentences of an analysis that only the reading of a log could make (``cascades``, ``silences``)."""
    if sentences:
        known = _current(incident).get(name, [])
        fresh = [sentence for sentence in sentences if sentence not in known]
        _store(incident, **{name: [*known, *fresh][:MOST_SENTENCES]})


def refresh_stale(organization_id: int) -> None:
    """Refresh every incident of an organization into which something came."""
    stale = Incident.objects.filter(organization_id=organization_id, insights__stale=True)
    for incident in stale.select_related("organization"):
        refresh(incident)


def refresh(incident: Incident) -> None:
    """Merge what is one event, fold what repeats, and propose the rest; a chronology that is closed stays as it is."""
    try:
        with transaction.atomic():
            bulk.lock(incident)
            _merge(incident)
            _store(
                incident,
                stale=False,
                milestones=_proposed_milestones(incident, _facts(incident)),
                offsets=_proposed_offsets(incident, _facts(incident, with_folded=True)),
            )
    except AfterwordError as error:
        log.info("the chronology of %s stays as it is: %s", incident.reference, error)
        _store(incident, stale=False)


def _merge(incident: Incident) -> None:
    """Fold repeats first, so that two sources' groups are built from what is left."""
    kept = _kept_apart(incident)
    under = frozenset(Milestone.objects.filter(incident=incident).values_list("entry__number", flat=True))
    folds = recognition.flapping((fact for fact in _facts(incident) if fact.number not in kept), keep=under)
    for fold in folds:
        _fold(incident, fold.numbers, fold.why)
    same = recognition.groups(fact for fact in _facts(incident) if fact.number not in kept)
    for group in same:
        if len(under.intersection(group.numbers)) < 2:
            _fold(incident, _led_by(under, group.numbers), group.why)


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


def _facts(incident: Incident, *, with_folded: bool = False) -> list[Fact]:
    """What is shown; with what stands inside other entries where two clocks are compared."""
    entries = Entry.objects.filter(incident=incident, hidden=False)
    chosen = entries if with_folded else entries.shown()
    rows = chosen.in_order().values_list(*_FIELDS)[:MOST_FACTS]
    return [_fact(*row) for row in rows.iterator()]


def _fact(*row: Any) -> Fact:
    values = dict(zip(Fact._fields, row, strict=True))
    values |= {"source": values["source"] or "", "evidence": values["evidence"] or 0}
    return Fact(**values | {"services": tuple(values["services"])})


def _proposed_milestones(incident: Incident, facts: Iterable[Fact]) -> dict[str, dict[str, Any]]:
    """Milestones that nobody has set yet, each with the entry that it would rest on and why."""
    standing = set(Milestone.objects.filter(incident=incident).values_list("kind", flat=True))
    return {
        kind.value: {"entry": proposal.number, "why": proposal.why}
        for kind, proposal in milestones.propose(facts).items()
        if kind.value not in standing
    }


def _proposed_offsets(incident: Incident, facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Clock offsets of sources for which nobody has declared one."""
    declared = set(
        ClockOffset.objects.filter(incident=incident, withdrawn_at=None).values_list("source", flat=True)
    )
    return [
        {
            "source": proposal.source,
            "against": proposal.against,
            "seconds": proposal.seconds,
            "pairs": [list(pair) for pair in proposal.pairs[:MOST_PAIRS]],
            "why": proposal.why,
        }
        for proposal in offsets.propose(facts)
        if proposal.source not in declared and proposal.source
    ]


def _current(incident: Incident) -> dict[str, Any]:
    found: dict[str, Any] = Incident.objects.values_list("insights", flat=True).get(pk=incident.pk)
    return found


def _store(incident: Incident, **values: Any) -> None:
    incident.insights = {**_current(incident), **values}
    Incident.objects.filter(pk=incident.pk).update(insights=incident.insights)
