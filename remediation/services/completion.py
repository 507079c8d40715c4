"""Keeping promises: done is said by the owner, verified by somebody else (invariant 11)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.models import User
from remediation.enums import ActionStatus
from remediation.errors import NotThisItem
from remediation.models import ActionItem


@transaction.atomic
def complete_action_item(*, actor: User, item: ActionItem, note: str) -> ActionItem:
    """Say that an item is done and how; refused while an item that it needs is still open."""
    access.require(actor, Permission.COMPLETE_ACTION_ITEM, item)
    current = _locked(item, ActionStatus.OPEN, "is not open any more")
    waiting = current.depends_on.filter(status=ActionStatus.OPEN).order_by("number")
    if labels := [other.label for other in waiting]:
        raise AfterwordError(
            f"{current.label} needs {', '.join(labels)} first. Complete that, or drop the dependency."
        )
    current.status = ActionStatus.DONE
    current.completed_at = timezone.now()
    current.completed_by = actor
    current.completion_note = _required(note, "Say what was done, so that somebody else can verify it.")
    current.save()
    _record(actor, current, "action_item.completed")
    return current


@transaction.atomic
def verify_action_item(*, actor: User, item: ActionItem, note: str) -> ActionItem:
    """Confirm, against the criterion, that an item works; never by its owner."""
    access.require(actor, Permission.VERIFY_ACTION_ITEM, item)
    current = _locked(item, ActionStatus.DONE, "has not been completed yet")
    if actor.pk in {current.owner_id, current.completed_by_id}:
        raise AccessDenied("Somebody other than the owner has to verify that it works.")
    current.status = ActionStatus.VERIFIED
    current.verified_at = timezone.now()
    current.verified_by = actor
    current.verification_note = _required(note, "Say how the verification criterion was met.")
    current.save()
    _record(actor, current, "action_item.verified")
    return current


def _locked(item: ActionItem, status: ActionStatus, otherwise: str) -> ActionItem:
    current: ActionItem = ActionItem.objects.select_for_update().get(pk=item.pk)
    if current.status != status:
        raise NotThisItem(f"{current.label} {otherwise}. Reload the page to see where it stands.")
    return current


def _required(note: str, sentence: str) -> str:
    if not note.strip():
        raise AfterwordError(sentence)
    return note.strip()


def _record(actor: User, item: ActionItem, action: str) -> None:
    audit.record(
        organization=item.organization_id,
        actor=actor,
        action=action,
        subject=f"review:{item.review.incident.reference}",
        item=item.number,
    )
