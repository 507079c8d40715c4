"""Leaving intake: what an organization demands of an incident of each severity must be known first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission, Post
from governance.models import Organization, User
from incidents.enums import IntakeField, MilestoneKind, Severity
from incidents.errors import IntakeRefused
from incidents.models import Incident, IntakePolicy

DEFAULT_REQUIRED: dict[str, list[str]] = {
    "1": [IntakeField.SERVICES.value, IntakeField.COMMANDER.value],
    "2": [IntakeField.SERVICES.value, IntakeField.COMMANDER.value],
    "3": [IntakeField.SERVICES.value],
    "4": [IntakeField.SERVICES.value],
}
DEFAULT_GAP_MINUTES = 30
LEAST_GAP, MOST_GAP = 1, 24 * 60


def _has_milestone(kind: MilestoneKind) -> Callable[[Incident], bool]:
    return lambda incident: incident.milestones.filter(kind=kind).exists()


_KNOWN: dict[IntakeField, Callable[[Incident], bool]] = {
    IntakeField.COMMANDER: lambda incident: access.holders(Post.INCIDENT_COMMANDER, incident).exists(),
    IntakeField.SERVICES: lambda incident: incident.affected_services.exists(),
    IntakeField.CUSTOMER_IMPACT: lambda incident: bool(incident.customer_impact),
    IntakeField.REGION: lambda incident: bool(incident.region),
    IntakeField.DETECTED_BY: lambda incident: bool(incident.detected_by),
    IntakeField.EVIDENCE: lambda incident: incident.evidence.exists(),
    IntakeField.IMPACT_STARTED: _has_milestone(MilestoneKind.IMPACT_STARTED),
    IntakeField.DETECTED: _has_milestone(MilestoneKind.DETECTED),
}


def policy_of(organization: Organization | int) -> IntakePolicy:
    """The organization's policy, or the one that holds when nobody has set any (not stored)."""
    organization_id = organization if isinstance(organization, int) else organization.pk
    stored: IntakePolicy | None = IntakePolicy.objects.filter(organization_id=organization_id).first()
    return stored or IntakePolicy(
        organization_id=organization_id,
        required=DEFAULT_REQUIRED,
        gap_minutes=DEFAULT_GAP_MINUTES,
        version=0,
    )


def missing(incident: Incident) -> list[IntakeField]:
    """What must still be known before the incident leaves intake."""
    demanded = policy_of(incident.organization_id).required.get(str(int(incident.severity)), [])
    return [field for field in IntakeField if field.value in demanded and not _KNOWN[field](incident)]


def settle(incident: Incident, actor: User | None) -> bool:
    """Let an incident leave intake once nothing is missing; gives whether it has left."""
    if incident.accepted_at is not None:
        return True
    if missing(incident):
        return False
    incident.accepted_at = timezone.now()
    incident.save(update_fields=["accepted_at"])
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="incident.accepted",
        subject=f"incident:{incident.reference}",
        policy=policy_of(incident.organization_id).version,
    )
    return True


def require_accepted(incident: Incident) -> None:
    """Raise ``IntakeRefused`` with what is missing while the incident is in intake."""
    if incident.accepted_at is None:
        names = ", ".join(field.label.lower() for field in missing(incident))
        raise IntakeRefused(
            f"{incident.reference} is still in intake. First say: {names or 'what is known about it'}."
        )


@transaction.atomic
def set_policy(
    *, actor: User, organization: Organization, required: Mapping[str, Sequence[str]], gap_minutes: int
) -> IntakePolicy:
    """Decide what each severity must have, and from which length a silence is named; the version counts up."""
    access.require(actor, Permission.MANAGE_INTAKE, organization)
    if not LEAST_GAP <= gap_minutes <= MOST_GAP:
        raise IntakeRefused(
            f"A silence is named from {LEAST_GAP} to {MOST_GAP} minutes. Choose a length between."
        )
    chosen = {
        str(severity.value): [
            field.value for field in IntakeField if field.value in required.get(str(severity.value), ())
        ]
        for severity in Severity
    }
    stored = IntakePolicy.objects.select_for_update().filter(organization=organization).first()
    policy = stored or IntakePolicy(organization=organization, version=0)
    policy.required, policy.gap_minutes, policy.version = chosen, gap_minutes, policy.version + 1
    policy.save()
    audit.record(
        organization=organization,
        actor=actor,
        action="intake_policy.set",
        subject=f"organization:{organization.slug}",
        version=policy.version,
        required=chosen,
        gap_minutes=gap_minutes,
    )
    return policy
