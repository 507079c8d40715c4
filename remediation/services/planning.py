"""Planning action items while the review is open; every change is a change of the text that people sign."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max

from governance import access, audit
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from incidents.selectors.privacy import may_see
from remediation.dependencies import cycle_through, sentence
from remediation.enums import ActionKind, ActionStatus
from remediation.errors import DependencyCycle, NotThisItem, StaleItem
from remediation.models import ActionItem, Dependency
from remediation.recommending import is_key
from reviews.models import Factor, Review
from reviews.services import content_changed
from reviews.services.changing import require_open


@transaction.atomic
def plan_action_item(
    *,
    actor: User,
    review: Review,
    title: str,
    kind: ActionKind | str,
    owner: User,
    severity: int,
    due_on: date,
    verification_criterion: str,
    depends_on: Iterable[ActionItem] = (),
    factor: Factor | None = None,
    verify_on: date | None = None,
    recommendation: str = "",
) -> ActionItem:
    """Promise something in a review that is not yet published; ``recommendation`` is the key of what it was taken from.

    Raises ``DependencyCycle`` for a loop, ``PublishedText`` when the review is out, ``AccessDenied`` without the right.
    """
    access.require(actor, Permission.PLAN_ACTION_ITEM, review)
    _require_member(owner, review)
    _require_own_factor(factor, review)
    _require_known(recommendation)
    locked = _lock(review)
    last = ActionItem.objects.filter(review=locked).aggregate(last=Max("number"))["last"] or 0
    item = ActionItem(
        organization_id=locked.organization_id,
        review=locked,
        number=last + 1,
        title=title.strip(),
        kind=kind,
        owner=owner,
        severity=severity,
        due_on=due_on,
        verification_criterion=verification_criterion.strip(),
        factor=factor,
        verify_on=verify_on,
        recommendation=recommendation,
        created_by=actor,
    )
    item.save()
    _set_dependencies(item, depends_on)
    taken = {"recommendation": recommendation} if recommendation else {}
    _record(actor, item, "action_item.planned", **taken)
    content_changed(actor=actor, review=locked, because=f"Action item {item.label} was added")
    return item


@transaction.atomic
def revise_action_item(
    *,
    actor: User,
    item: ActionItem,
    version: int,
    title: str,
    kind: ActionKind | str,
    owner: User,
    severity: int,
    due_on: date,
    verification_criterion: str,
    depends_on: Iterable[ActionItem] = (),
    factor: Factor | None = None,
    verify_on: date | None = None,
) -> ActionItem:
    """Change a promise before publication; raises ``StaleItem`` when ``version`` is not the stored one."""
    access.require(actor, Permission.PLAN_ACTION_ITEM, item)
    _require_member(owner, item.review)
    _require_own_factor(factor, item.review)
    review = _lock(item.review)
    current: ActionItem = ActionItem.objects.select_for_update().get(pk=item.pk)
    if current.version != version:
        raise StaleItem(current.label, current.version)
    _require_open(current)
    current.title = title.strip()
    current.kind = kind
    current.owner = owner
    current.severity = severity
    current.due_on = due_on
    current.verification_criterion = verification_criterion.strip()
    current.factor = factor
    current.verify_on = verify_on
    current.version += 1
    current.save()
    _set_dependencies(current, depends_on)
    _record(actor, current, "action_item.revised")
    content_changed(actor=actor, review=review, because=f"Action item {current.label} was changed")
    return current


@transaction.atomic
def remove_action_item(*, actor: User, item: ActionItem) -> None:
    """Take a promise out before publication; refused while another item needs it."""
    access.require(actor, Permission.PLAN_ACTION_ITEM, item)
    review = _lock(item.review)
    _require_open(ActionItem.objects.select_for_update().get(pk=item.pk))
    _require_unpublished(item)
    needing = ActionItem.objects.filter(dependencies__depends_on=item).order_by("number")
    if labels := [other.label for other in needing]:
        raise AfterwordError(f"{item.label} is needed by {', '.join(labels)}. Change those first.")
    _record(actor, item, "action_item.removed")
    label = item.label
    item.delete()
    content_changed(actor=actor, review=review, because=f"Action item {label} was removed")


def _lock(review: Review) -> Review:
    """The review's row, locked: two people adding dependencies at once cannot close a loop between them.

    Raises ``PublishedText`` when the review is closed, before anything of it is touched.
    """
    locked: Review = Review.objects.select_for_update().get(pk=review.pk)
    require_open(locked)
    return locked


def _require_unpublished(item: ActionItem) -> None:
    """What a published edition promised is kept or completed, never taken out of the next one."""
    if item.review.publications.filter(published_at__gte=item.created_at).exists():
        raise NotThisItem(
            f"{item.label} was promised in a published edition, so it stays. Change its wording, or complete it."
        )


def _require_open(item: ActionItem) -> None:
    if item.status != ActionStatus.OPEN:
        raise NotThisItem(
            f"{item.label} is no longer open, and stays as it was promised. Plan a new item instead."
        )


def _require_member(owner: User, review: Review) -> None:
    if not access.roles_of(owner, review.organization_id):
        raise AfterwordError(f"{owner} is not a member of this organization. Choose an owner from the list.")
    if not may_see(owner, review.incident):
        raise AfterwordError(
            f"{owner} may not see this private incident. Name them on its page first, or choose another owner."
        )


def _require_own_factor(factor: Factor | None, review: Review) -> None:
    if factor is not None and factor.review_id != review.pk:
        raise AfterwordError("An action item can only answer a factor of the same review.")


def _require_known(recommendation: str) -> None:
    if recommendation and not is_key(recommendation):
        raise AfterwordError("This recommendation is not known. Plan the action item without it.")


def _set_dependencies(item: ActionItem, depends_on: Iterable[ActionItem]) -> None:
    wanted = {other.pk: other for other in depends_on}
    if any(other.review_id != item.review_id for other in wanted.values()):
        raise AfterwordError("An action item can only depend on items of the same review.")
    pairs = Dependency.objects.filter(item__review=item.review).values_list(
        "item__number", "depends_on__number"
    )
    if cycle := cycle_through(pairs, item.number, [other.number for other in wanted.values()]):
        raise DependencyCycle(f"This would go round in a circle: {sentence(cycle)}. Leave one of these out.")
    Dependency.objects.filter(item=item).exclude(depends_on__in=wanted).delete()
    kept = set(Dependency.objects.filter(item=item).values_list("depends_on_id", flat=True))
    for pk in wanted.keys() - kept:
        Dependency(organization_id=item.organization_id, item=item, depends_on_id=pk).save()


def _record(actor: User, item: ActionItem, action: str, **more: str) -> None:
    audit.record(
        organization=item.organization_id,
        actor=actor,
        action=action,
        subject=f"review:{item.review.incident.reference}",
        item=item.number,
        owner=item.owner_id,
        severity=item.severity,
        due_on=item.due_on.isoformat(),
        **more,
    )
