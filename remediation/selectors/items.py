"""Reading action items, and everything that waits for one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from governance import access
from governance.access import Permission
from governance.models import Organization, User
from remediation.enums import ActionStatus
from remediation.models import ActionItem, Dependency
from reviews.enums import CLOSED_STATES, ReviewState
from reviews.models import Review
from reviews.parts import Promise
from reviews.selectors.waiting import Waiting, waiting_in_reviews

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
    """The part of the signed text that promises: what remediation gives to ``reviews.content``.

    ``verify_on`` is there only where somebody set it, so that a text without it keeps its hash.
    """
    return [
        {
            "number": item.number,
            "title": item.title,
            "kind": item.kind,
            "owner": {"id": item.owner_id, "name": item.owner.name},
            "severity": item.severity,
            "due_on": item.due_on.isoformat(),
            "verification_criterion": item.verification_criterion,
            **({"verify_on": item.verify_on.isoformat()} if item.verify_on else {}),
            "factor": item.factor.number if item.factor else None,
            "depends_on": [edge.depends_on.number for edge in item.dependencies.all()],
        }
        for item in items_of(review)
    ]


def panel_of_items(review: Review) -> dict[str, Any]:
    """What the workbench shows of the promises."""
    return {"items": list(items_of(review)), "incident": review.incident, "today": timezone.now().date()}


def panel_of_advice(review: Review) -> dict[str, Any]:
    """What the workbench needs to ask for what is recommended; a review that is closed gets nothing more."""
    return {"incident": review.incident, "is_open": review.state not in CLOSED_STATES}


def promises_of_reviews(user: User, reviews: Collection[int], today: date) -> dict[int, list[Promise]]:
    """What is still promised in these reviews, soonest due first, for the look for similar incidents."""
    found: dict[int, list[Promise]] = defaultdict(list)
    rows = ActionItem.objects.visible_to(user).open().filter(review__in=reviews)
    related = ("owner", "organization", "review__incident")
    for item in rows.select_related(*related).order_by("due_on", "severity", "id"):
        found[item.review_id].append(_promise(item, today))
    return found


def _promise(item: ActionItem, today: date) -> Promise:
    address = [item.organization.slug, item.review.incident.reference, item.number]
    return Promise(
        title=item.title,
        owner=item.owner.name,
        due_on=item.due_on,
        address=reverse("remediation:detail", args=address),
        is_overdue=item.due_on < today,
        label=item.label,
    )


def waiting_for(user: User, organization: Organization) -> list[Waiting]:
    """Everything that waits for this person in the active organization, most urgent first."""
    found = [
        *waiting_in_reviews(user, organization),
        *_promises(user, organization),
        *_verifications(user, organization),
    ]
    return sorted(found, key=lambda one: one.order)


def _promises(user: User, organization: Organization) -> list[Waiting]:
    today = timezone.now().date()
    promised = ActionItem.objects.visible_to(user).open().owned_by(user)
    rows = promised.filter(review__published_at__isnull=False).exclude(review__state=ReviewState.WITHDRAWN)
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
