"""Opening incidents, and who commands them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from governance import access, audit
from governance.access import Permission, Post
from governance.models import Organization, User
from incidents import changes
from incidents.enums import Severity
from incidents.errors import CurationRefused
from incidents.models import AffectedService, Incident, IntakeRule, Service
from incidents.selectors.privacy import may_see
from incidents.services import acceptance, nudges, privacy

NO_SERVICE = "Choose at least one affected service; its owner will sign the review."


@transaction.atomic
def open_incident(
    *,
    actor: User,
    organization: Organization,
    title: str,
    severity: Severity | int,
    services: Iterable[Service],
    declared_at: datetime,
    commander: User | None = None,
    reference: str = "",
    is_synthetic: bool = False,
    classification: str = "",
    region: str = "",
    customer_impact: str = "",
    detected_by: str = "",
    is_private: bool = False,
    data_exposed: bool = False,
) -> Incident:
    """Open an incident; without a reference it gets the next free one of its year (``INC-2018-0001``).

    A private one names whoever opens it, its commander and the owners of its services; whoever may open incidents may
    open private ones, since nothing is taken from anybody's sight.
    Raises ``CurationRefused`` for an empty title, no service, a time without a zone, or a reference that is taken.
    """
    access.require(actor, Permission.OPEN_INCIDENT, organization)
    chosen = list(services)
    _check(title, chosen, declared_at)
    incident = Incident(
        organization=organization,
        reference=_reference(organization, reference.strip().upper(), declared_at),
        title=title.strip(),
        severity=Severity(severity),
        declared_at=declared_at,
        is_synthetic=is_synthetic,
        is_private=is_private,
        data_exposed=data_exposed,
        created_by=actor,
        classification=classification.strip(),
        region=region.strip(),
        customer_impact=customer_impact.strip(),
        detected_by=detected_by.strip(),
    )
    _write(incident, chosen, actor)
    privacy.name_people(actor=actor, incident=incident, people=[actor, *privacy.owners_of(chosen)])
    if commander is not None:
        _appoint(actor, incident, commander)
    acceptance.settle(incident, actor)
    transaction.on_commit(lambda: nudges.opened(incident.pk))
    return incident


def open_by_rule(
    *,
    organization: Organization,
    rule: IntakeRule,
    title: str,
    services: Iterable[Service],
    declared_at: datetime,
    because: str,
    region: str = "",
) -> Incident:
    """Open an incident because an administrator's rule asks for it; it stays in intake until people complete it."""
    incident = Incident(
        organization=organization,
        reference=_reference(organization, "", declared_at),
        title=title.strip() or rule.name,
        severity=Severity(rule.severity),
        declared_at=declared_at,
        classification=because,
        region=region,
        created_by=None,
    )
    _write(incident, list(services), None, rule=rule.pk)
    acceptance.settle(incident, None)
    transaction.on_commit(lambda: nudges.opened(incident.pk))
    return incident


@transaction.atomic
def describe_incident(
    *,
    actor: User,
    incident: Incident,
    severity: Severity | int,
    services: Iterable[Service],
    classification: str = "",
    region: str = "",
    customer_impact: str = "",
    detected_by: str = "",
    data_exposed: bool | None = None,
) -> Incident:
    """Say what is known about an incident: its class and why, whom it touched, how it was noticed.

    ``data_exposed`` may ask for a signature of security; ``None`` leaves it as it is.

    Raises ``CurationRefused`` without a service.
    """
    access.require(actor, Permission.CURATE_CHRONOLOGY, incident)
    chosen = list(services)
    if not chosen:
        raise CurationRefused(NO_SERVICE)
    incident.severity = Severity(severity)
    incident.classification, incident.region = classification.strip()[:300], region.strip()[:120]
    incident.customer_impact, incident.detected_by = customer_impact.strip()[:500], detected_by.strip()[:200]
    incident.data_exposed = incident.data_exposed if data_exposed is None else data_exposed
    incident.save(
        update_fields=[
            "severity", "classification", "region", "customer_impact", "detected_by", "data_exposed"
        ]
    )  # fmt: skip
    before = {row.service_id: row for row in AffectedService.objects.filter(incident=incident)}
    for service in chosen:
        if before.pop(service.pk, None) is None:
            AffectedService(
                organization_id=incident.organization_id, incident=incident, service=service
            ).save()
            privacy.name_people(actor=actor, incident=incident, people=privacy.owners_of([service]))
    AffectedService.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    changes.announce(incident=incident, actor=actor, what="what is known about the incident changed")
    acceptance.settle(incident, actor)
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="incident.described",
        subject=f"incident:{incident.reference}",
        severity=int(incident.severity),
        data_exposed=incident.data_exposed,
        services=[service.pk for service in chosen],
    )
    return incident


def _write(incident: Incident, services: list[Service], actor: User | None, **data: int) -> None:
    _validate(incident)
    incident.save(force_insert=True)
    for service in services:
        AffectedService(organization_id=incident.organization_id, incident=incident, service=service).save()
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="incident.opened",
        subject=f"incident:{incident.reference}",
        severity=int(incident.severity),
        services=[service.pk for service in services],
        **data,
    )


@transaction.atomic
def appoint_commander(*, actor: User, incident: Incident, user: User) -> None:
    """Make a member the incident's one commander; whoever held the post before gives it up."""
    access.require(actor, Permission.APPOINT_COMMANDER, incident)
    _appoint(actor, incident, user)
    acceptance.settle(incident, actor)


@transaction.atomic
def confirm_repeat(*, actor: User, incident: Incident, repeat_of: Incident | None) -> Incident:
    """State that the same failure returned (``None`` takes it back); an earlier incident of the organization."""
    access.require(actor, Permission.CONFIRM_REPEAT, incident)
    if repeat_of is not None:
        if repeat_of.pk == incident.pk:
            raise CurationRefused("An incident cannot repeat itself. Choose an earlier one.")
        if repeat_of.organization_id != incident.organization_id or not may_see(actor, repeat_of):
            raise CurationRefused("That incident is not one of this organization. Choose another.")
        if repeat_of.declared_at >= incident.declared_at:
            raise CurationRefused(
                f"{repeat_of.reference} was declared later. Only an earlier incident can be repeated."
            )
    if incident.repeat_of_id == (repeat_of.pk if repeat_of else None):
        return incident
    incident.repeat_of = repeat_of
    incident.save(update_fields=["repeat_of"])
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="incident.repeat_confirmed" if repeat_of else "incident.repeat_withdrawn",
        subject=f"incident:{incident.reference}",
        repeat_of=repeat_of.reference if repeat_of else "",
    )
    return incident


def _check(title: str, services: list[Service], declared_at: datetime) -> None:
    if not title.strip():
        raise CurationRefused("Give the incident a title that says what failed.")
    if not services:
        raise CurationRefused(NO_SERVICE)
    if declared_at.tzinfo is None:
        raise CurationRefused("The time of declaration has no zone. Give it in UTC.")


def _reference(organization: Organization, wanted: str, declared_at: datetime) -> str:
    """The wanted reference, or the next of the year; a lock keeps two people from getting the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"references of {organization.pk}"]
        )
    if wanted:
        if Incident.objects.filter(organization=organization, reference=wanted).exists():
            raise CurationRefused(f"{wanted} is taken. Leave the reference empty to get the next free one.")
        return wanted
    prefix = f"INC-{declared_at.astimezone(UTC).year:04d}-"
    taken = Incident.objects.filter(organization=organization, reference__startswith=prefix)
    numbers = [int(reference.rpartition("-")[2]) for reference in taken.values_list("reference", flat=True)]
    return f"{prefix}{max(numbers, default=0) + 1:04d}"


def _validate(incident: Incident) -> None:
    try:
        incident.clean_fields(exclude=["created_by"])  # nobody did when a rule opened it
    except ValidationError as error:
        if "reference" in error.message_dict:
            raise CurationRefused("Write the reference like INC-2018-0042, or leave it empty.") from error
        raise CurationRefused(" ".join(error.messages)) from error


def _appoint(actor: User, incident: Incident, user: User) -> None:
    before = list(access.holders(Post.INCIDENT_COMMANDER, incident))
    if before == [user]:
        return
    for person in before:
        access.dismiss(person, Post.INCIDENT_COMMANDER, incident)
    access.appoint(user, Post.INCIDENT_COMMANDER, incident)
    privacy.name_people(actor=actor, incident=incident, people=[user])
    if before:
        changes.announce(incident=incident, actor=actor, what="the incident has a new commander")
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action="incident.commander_appointed",
        subject=f"incident:{incident.reference}",
        user=user.pk,
    )
