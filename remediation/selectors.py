"""Reading action items, and everything that waits for one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from governance import access
from governance.access import Permission, Post
from governance.models import Organization, User
from incidents.models import AffectedService, Incident, Service
from remediation.enums import ActionStatus
from remediation.models import ActionItem, Dependency
from reviews.enums import ReviewState, SignOffRole
from reviews.models import Question, Review, SignedService, SignOff

FILTERS = {
    "mine": "Mine",
    "open": "Open",
    "overdue": "Overdue",
    "verify": "To be verified",
    "all": "All",
}


def items(user: User, *, show: str = "open", today: date | None = None) -> QuerySet[ActionItem]:
    """Action items of published reviews and of those in the making, soonest due first, the demo's history last."""
    today = today or timezone.now().date()
    rows = ActionItem.objects.visible_to(user).real_ones_first()
    match show:
        case "mine":
            rows = rows.owned_by(user).open()
        case "open":
            rows = rows.open()
        case "overdue":
            rows = rows.overdue(today)
        case "verify":
            rows = rows.filter(status=ActionStatus.DONE)
    return _readable(rows)


def items_of(review: Review) -> QuerySet[ActionItem]:
    """The items of one review in their own order."""
    return _readable(ActionItem.objects.filter(review=review)).order_by("number")


def _readable(rows: Any) -> QuerySet[ActionItem]:
    needs = Prefetch(
        "dependencies", Dependency.objects.select_related("depends_on").order_by("depends_on__number")
    )
    related = ("owner", "completed_by", "verified_by", "review__incident", "tracker_issue", "factor")
    readable: QuerySet[ActionItem] = rows.select_related(*related).prefetch_related(needs)
    return readable


def content_of_items(review: Review) -> list[dict[str, Any]]:
    """The part of the signed text that promises: what remediation gives to ``reviews.content``."""
    return [
        {
            "number": item.number,
            "title": item.title,
            "kind": item.kind,
            "owner": {"id": item.owner_id, "name": item.owner.name},
            "severity": item.severity,
            "due_on": item.due_on.isoformat(),
            "verification_criterion": item.verification_criterion,
            "factor": item.factor.number if item.factor else None,
            "depends_on": [edge.depends_on.number for edge in item.dependencies.all()],
        }
        for item in items_of(review)
    ]


def panel_of_items(review: Review) -> dict[str, Any]:
    """What the workbench shows of the promises."""
    return {"items": list(items_of(review)), "incident": review.incident, "today": timezone.now().date()}


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: what, where, why, and since or until when."""

    kind: str
    title: str
    url: str
    why: str
    reference: str
    severity: int
    since: datetime | None = None
    due_on: date | None = None
    overdue: bool = False
    is_synthetic: bool = False

    @property
    def order(self) -> tuple[bool, bool, date, int]:
        """Most urgent first; the demo's synthetic history never stands before what is real."""
        when = self.due_on or (self.since or timezone.now()).date()
        return (self.is_synthetic, not self.overdue, when, self.severity)


def waiting_for(user: User, organization: Organization) -> list[Waiting]:
    """Everything that waits for this person in the active organization, most urgent first."""
    found = [
        *_signatures(user, organization),
        *_publications(user, organization),
        *_changes(user, organization),
        *_questions(user, organization),
        *_promises(user, organization),
        *_verifications(user, organization),
    ]
    return sorted(found, key=lambda one: one.order)


def _signatures(user: User, organization: Organization) -> list[Waiting]:
    commanded = access.held_by(user, Post.INCIDENT_COMMANDER, Incident.objects.visible_to(user))
    owned = access.held_by(user, Post.SERVICE_OWNER, Service.objects.visible_to(user))
    in_review = (
        Review.objects.visible_to(user)
        .filter(state=ReviewState.IN_REVIEW)
        .exclude(pk__in=SignOff.objects.standing().filter(signer=user).values("review"))
    )
    as_commander = in_review.filter(incident__in=commanded).exclude(
        pk__in=SignOff.objects.standing().filter(role=SignOffRole.INCIDENT_COMMANDER).values("review")
    )
    signed = SignedService.objects.filter(
        signoff__voided_at__isnull=True,
        signoff__review__incident=OuterRef("incident"),
        service=OuterRef("service"),
    )
    unsigned = AffectedService.objects.filter(~Exists(signed), service__in=owned).values("incident")
    rows = in_review.filter(Q(pk__in=as_commander.values("pk")) | Q(incident__in=unsigned)).select_related(
        "incident"
    )
    return [
        _of_review(
            review,
            organization,
            "Signature",
            "Read the text and sign it",
            "reviews:sign",
            review.submitted_at,
        )
        for review in rows
    ]


def _publications(user: User, organization: Organization) -> list[Waiting]:
    commanded = access.held_by(user, Post.INCIDENT_COMMANDER, Incident.objects.visible_to(user))
    rows = (
        Review.objects.visible_to(user)
        .filter(state=ReviewState.APPROVED, incident__in=commanded)
        .select_related("incident")
    )
    return [
        _of_review(
            review,
            organization,
            "Publication",
            "Signed and ready",
            "reviews:detail",
            review.submitted_at,
        )
        for review in rows
    ]


def _changes(user: User, organization: Organization) -> list[Waiting]:
    asked = Review.objects.visible_to(user).filter(author=user, state=ReviewState.CHANGES_REQUESTED)
    rows = asked.select_related("incident")
    return [
        _of_review(
            review, organization, "Changes", "Changes were requested", "reviews:detail", review.submitted_at
        )
        for review in rows
    ]


def _questions(user: User, organization: Organization) -> list[Waiting]:
    commanded = access.held_by(user, Post.INCIDENT_COMMANDER, Incident.objects.visible_to(user))
    rows = (
        Question.objects.visible_to(user)
        .filter(answer="", review__incident__in=commanded)
        .exclude(review__state=ReviewState.PUBLISHED)
        .select_related("review__incident")
        .order_by("review_id", "id")
    )
    by_review: dict[int, list[Question]] = {}
    for question in rows:
        by_review.setdefault(question.review_id, []).append(question)
    return [
        _of_review(
            asked[0].review,
            organization,
            "Questions",
            "1 question is open" if len(asked) == 1 else f"{len(asked)} questions are open",
            "reviews:detail",
            asked[0].review.created_at,
        )
        for asked in by_review.values()
    ]


def _of_review(
    review: Review, organization: Organization, kind: str, why: str, view: str, since: datetime | None
) -> Waiting:
    incident = review.incident
    return Waiting(
        kind=kind,
        title=incident.title,
        url=reverse(view, args=[organization.slug, incident.reference]),
        why=why,
        reference=incident.reference,
        severity=incident.severity,
        since=since,
        is_synthetic=incident.is_synthetic,
    )


def _promises(user: User, organization: Organization) -> list[Waiting]:
    today = timezone.now().date()
    promised = ActionItem.objects.visible_to(user).open().owned_by(user)
    rows = promised.filter(review__state=ReviewState.PUBLISHED)
    return [
        _of_item(item, organization, "Action item", "You promised this", today) for item in _readable(rows)
    ]


def _verifications(user: User, organization: Organization) -> list[Waiting]:
    if not access.can(user, Permission.VERIFY_ACTION_ITEM, organization):
        return []
    done = ActionItem.objects.visible_to(user).filter(status=ActionStatus.DONE)
    rows = done.exclude(owner=user).exclude(completed_by=user)
    return [
        _of_item(item, organization, "Verification", f"{item.owner} says that it is done", None)
        for item in _readable(rows)
    ]


def _of_item(
    item: ActionItem, organization: Organization, kind: str, why: str, today: date | None
) -> Waiting:
    incident = item.review.incident
    return Waiting(
        kind=kind,
        title=item.title,
        url=reverse("remediation:detail", args=[organization.slug, incident.reference, item.number]),
        why=why,
        reference=f"{incident.reference} {item.label}",
        severity=item.severity,
        due_on=item.due_on,
        overdue=today is not None and item.due_on < today,
        is_synthetic=incident.is_synthetic,
    )
