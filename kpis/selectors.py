"""Reading the facts behind the KPIs: three queries for a window, whatever its length.

A number has one definition for everybody who reads it, so the facts behind the KPIs are counted with private incidents
among them (``counted_for``), as are the baselines made from them. Nothing of a fact is shown but that it counts. What
is listed row by row (overdue debt by service and owner, repeats) holds what the reader may see (``visible_to``), and
so do the sums above such a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from governance.models import User
from incidents.enums import MilestoneKind
from incidents.models import Incident, Milestone
from kpis import definitions
from kpis.deciding import DecisionFact
from kpis.definitions import IncidentFact, ItemFact, Measure
from kpis.models import Baseline
from remediation.enums import ActionStatus
from remediation.models import ActionItem
from reviews.deadlines import spent
from reviews.enums import WaiverKind
from reviews.models import Review, StateChange, Waiver


@dataclass(frozen=True)
class Window:
    """Days from ``start`` to ``end``, both included, in UTC."""

    start: date
    end: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The first instant of the window and the first after it."""
        return (
            datetime.combine(self.start, time.min, UTC),
            datetime.combine(self.end + timedelta(days=1), time.min, UTC),
        )

    @classmethod
    def last_days(cls, days: int, today: date | None = None) -> Window:
        today = today or timezone.now().date()
        return cls(today - timedelta(days=days - 1), today)


def _resolved() -> Subquery:
    rows = Milestone.objects.filter(incident=OuterRef("pk"), kind=MilestoneKind.RESOLVED)
    return Subquery(rows.values("entry__at")[:1])


def _incidents(user: User, *, synthetic: bool) -> Any:
    rows = Incident.objects.counted_for(user).annotate(
        resolved_at=_resolved(),
        published_at=F("review__published_at"),
        repeats_reference=F("repeat_of__reference"),
        repeated_declared_at=F("repeat_of__declared_at"),
    )
    return rows if synthetic else rows.real()


def _facts(rows: Any) -> list[IncidentFact]:
    wanted = rows.values_list(
        "reference",
        "declared_at",
        "resolved_at",
        "published_at",
        "repeats_reference",
        "repeated_declared_at",
        "is_synthetic",
    )
    return [
        IncidentFact(reference, declared, resolved, published, repeats or "", repeated, synthetic)
        for reference, declared, resolved, published, repeats, repeated, synthetic in wanted
    ]


def resolved_in(user: User, window: Window, *, synthetic: bool = True) -> list[IncidentFact]:
    """Incidents whose resolution (or, without one, declaration) lies in the window."""
    start, end = window.bounds
    unresolved = Q(resolved_at__isnull=True, declared_at__gte=start, declared_at__lt=end)
    rows = _incidents(user, synthetic=synthetic).filter(
        Q(resolved_at__gte=start, resolved_at__lt=end) | unresolved
    )
    return _facts(rows)


def declared_in(user: User, window: Window, *, synthetic: bool = True) -> list[IncidentFact]:
    """Incidents declared in the window."""
    start, end = window.bounds
    return _facts(_incidents(user, synthetic=synthetic).filter(declared_at__gte=start, declared_at__lt=end))


def items_due_in(user: User, window: Window, *, synthetic: bool = True) -> list[ItemFact]:
    """Action items of published reviews that are due in the window, without those decided against."""
    rows = ActionItem.objects.counted_for(user).filter(
        due_on__gte=window.start, due_on__lte=window.end, review__published_at__isnull=False
    )
    rows = rows.exclude(status=ActionStatus.DROPPED)
    if not synthetic:
        rows = rows.filter(review__incident__is_synthetic=False)
    wanted = rows.values_list(
        "review__incident__reference",
        "number",
        "created_at",
        "due_on",
        "completed_at",
        "review__incident__is_synthetic",
    )
    return [
        ItemFact(f"{reference} A{number}", created.date(), due, completed.date() if completed else None, made)
        for reference, number, created, due, completed, made in wanted
    ]


@dataclass(frozen=True)
class Facts:
    """Everything that one page of KPIs is computed from."""

    resolved: list[IncidentFact]
    declared: list[IncidentFact]
    items: list[ItemFact]


def facts_in(user: User, window: Window, *, synthetic: bool = True) -> Facts:
    return Facts(
        resolved_in(user, window, synthetic=synthetic),
        declared_in(user, window, synthetic=synthetic),
        items_due_in(user, window, synthetic=synthetic),
    )


def measures(facts: Facts, today: date) -> dict[str, Measure]:
    """The three KPIs over the given facts, by key."""
    found = (
        definitions.measure_publication_time(facts.resolved),
        definitions.measure_repeat_frequency(facts.declared),
        definitions.measure_remediation_completion(facts.items, today),
    )
    return {measure.key: measure for measure in found}


def monthly(facts: Facts, today: date) -> dict[str, list[tuple[date, Measure]]]:
    """Each KPI month by month; percentiles do not merge, so every month is computed from its own facts."""
    resolved = definitions.by_month(facts.resolved, lambda fact: fact.resolved_at or fact.declared_at)
    declared = definitions.by_month(facts.declared, lambda fact: fact.declared_at)
    due = definitions.by_month(facts.items, lambda fact: fact.due_on)
    return {
        definitions.PUBLICATION_TIME.key: [
            (month, definitions.measure_publication_time(rows)) for month, rows in resolved.items()
        ],
        definitions.REPEAT_FREQUENCY.key: [
            (month, definitions.measure_repeat_frequency(rows)) for month, rows in declared.items()
        ],
        definitions.REMEDIATION_COMPLETION.key: [
            (month, definitions.measure_remediation_completion(rows, today)) for month, rows in due.items()
        ],
    }


def latest_baseline(user: User) -> Baseline | None:
    """The baseline that numbers are held against: the one captured last."""
    baseline: Baseline | None = Baseline.objects.visible_to(user).order_by("-captured_at", "-id").first()
    return baseline


def baseline_measures(baseline: Baseline | None) -> dict[str, Measure]:
    """The frozen values, or nothing when there is no baseline or its formulas were other ones."""
    if baseline is None or baseline.definitions_version != definitions.VERSION:
        return {}
    return {key: Measure(**values) for key, values in baseline.values.items()}


@dataclass(frozen=True)
class Debt:
    """Overdue promises of one service."""

    service: str
    items: int
    oldest_days: int
    item_days: int
    owner: str


def overdue_debt(user: User, today: date, *, synthetic: bool = True) -> list[Debt]:
    """Overdue open items by affected service, oldest first; an item of two services counts for both."""
    rows = ActionItem.objects.visible_to(user).overdue(today).filter(review__published_at__isnull=False)
    if not synthetic:
        rows = rows.filter(review__incident__is_synthetic=False)
    late_items = rows.order_by("due_on", "id").values_list(
        "review__incident__affected_services__service__name", "due_on", "owner__name"
    )
    by_service: dict[str, list[tuple[int, str]]] = {}
    for service, due, owner in late_items:
        by_service.setdefault(service or "No service", []).append(((today - due).days, owner))
    found = [
        Debt(service, len(late), late[0][0], sum(days for days, _ in late), late[0][1])
        for service, late in by_service.items()
    ]
    return sorted(found, key=lambda debt: (-debt.oldest_days, debt.service))


def repeats_in(user: User, window: Window, *, synthetic: bool = True) -> Any:
    """Confirmed repeats declared in the window, newest first, each with what it repeats; both visible to the user."""
    start, end = window.bounds
    shown = Incident.objects.visible_to(user)
    rows = shown.filter(
        repeat_of__in=shown.order_by().values("pk"), declared_at__gte=start, declared_at__lt=end
    )
    return (rows if synthetic else rows.real()).select_related("repeat_of").newest_first()


def decided_in(user: User, window: Window, *, synthetic: bool = True) -> list[DecisionFact]:
    """Reviews published for the first time in the window, with where their time went until then."""
    start, end = window.bounds
    rows = Review.objects.counted_for(user).filter(published_at__gte=start, published_at__lt=end)
    if not synthetic:
        rows = rows.filter(incident__is_synthetic=False)
    changes = Prefetch("state_changes", StateChange.objects.order_by("at", "id"))
    return [_decision(row) for row in rows.select_related("incident").prefetch_related(changes)]


def _decision(review: Review) -> DecisionFact:
    moves = list(review.state_changes.all())
    first = next((number for number, one in enumerate(moves) if one.move == "publish"), None)
    reference, made = review.incident.reference, review.incident.is_synthetic
    if first is None or moves[0].move != "draft":
        return DecisionFact(reference, None, None, made)
    took = spent(moves[: first + 1], moves[first].at)
    hour = timedelta(hours=1)
    return DecisionFact(reference, took.writing / hour, took.signatures / hour, made)


def exceptions_in(user: User, window: Window, *, synthetic: bool = True) -> dict[str, int]:
    """How many exceptions were granted in the window, by kind in words."""
    start, end = window.bounds
    rows = Waiver.objects.counted_for(user).filter(granted_at__gte=start, granted_at__lt=end)
    if not synthetic:
        rows = rows.filter(incident__is_synthetic=False)
    found = dict(rows.order_by().values_list("kind").annotate(count=Count("pk")))
    return {str(kind.label): found.get(kind.value, 0) for kind in WaiverKind}
