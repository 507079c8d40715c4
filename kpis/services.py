"""The only writer of baselines."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import Organization, User
from kpis import definitions, selectors
from kpis.errors import NothingToMeasure
from kpis.models import Baseline


@transaction.atomic
def capture_baseline(
    *, actor: User, organization: Organization, window_start: date, window_end: date, note: str = ""
) -> Baseline:
    """Freeze the KPIs of a past window; raises ``NothingToMeasure`` for a window that is empty or not over."""
    access.require(actor, Permission.CAPTURE_BASELINE, organization)
    today = timezone.now().date()
    if window_end < window_start:
        raise NothingToMeasure("The window ends before it starts. Swap the two days.")
    if window_end >= today:
        raise NothingToMeasure("The window is not over yet. Choose a last day before today.")
    facts = selectors.facts_in(actor, selectors.Window(window_start, window_end))
    measures = selectors.measures(facts, today)
    if not any(measure.n for measure in measures.values()):
        raise NothingToMeasure("No incident and no action item falls into this window. Choose another one.")
    baseline = Baseline(
        organization=organization,
        window_start=window_start,
        window_end=window_end,
        values={key: measure.plain() for key, measure in measures.items()},
        definitions_version=definitions.VERSION,
        note=note.strip(),
        captured_by=actor,
    )
    baseline.save()
    audit.record(
        organization=organization,
        actor=actor,
        action="baseline.captured",
        subject=f"baseline:{baseline.pk}",
        window=[window_start.isoformat(), window_end.isoformat()],
        values=baseline.values,
    )
    return baseline
