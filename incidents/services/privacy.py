"""Private incidents: who may see one is named person by person, and each naming is audited (invariant 9)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from governance import access, audit
from governance.access import Permission, Post
from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import User
from incidents import involved
from incidents.errors import CurationRefused
from incidents.models import Incident, IncidentReader, Service
from incidents.selectors import privacy


@transaction.atomic
def make_private(*, actor: User, incident: Incident, readers: Iterable[User] = ()) -> Incident:
    """Let only named people see the incident and what comes of it: the actor, ``readers``, and who must work on it.

    Named at once are its commander, the owners of its services, who opened it, and whom the rooms above know (author
    and signers of the review). Raises ``CurationRefused`` for an incident that is private, or a reader from outside.
    """
    access.require(actor, Permission.MANAGE_PRIVACY, incident)
    current = _locked(incident)
    if current.is_private:
        raise CurationRefused("The incident is private already. Name further people in its list.")
    chosen = list(readers)
    for person in chosen:
        _require_member(person, current)
    current.is_private = True
    current.save(update_fields=["is_private"])
    _record(actor, current, "incident.made_private")
    name_people(actor=actor, incident=current, people=[actor, *chosen, *_concerned(current)])
    incident.is_private = True
    return current


@transaction.atomic
def make_open(*, actor: User, incident: Incident, reason: str) -> Incident:
    """Let every member see the incident again, for a reason that the audit trail keeps; its list of people ends."""
    current = _managed(actor, incident)
    reason = reason.strip()
    if not reason:
        raise CurationRefused("Say why everybody may see it now; the audit trail keeps the reason.")
    current.is_private = False
    current.save(update_fields=["is_private"])
    IncidentReader.objects.filter(incident=current).delete()
    _record(actor, current, "incident.made_open", reason=reason[:300])
    incident.is_private = False
    return current


@transaction.atomic
def name_reader(*, actor: User, incident: Incident, person: User) -> None:
    """Let a member see the private incident; nothing happens when they may already."""
    current = _managed(actor, incident)
    _require_member(person, current)
    name_people(actor=actor, incident=current, people=[person])


@transaction.atomic
def remove_reader(*, actor: User, incident: Incident, person: User) -> None:
    """Take a person off the list; what they wrote and signed stays theirs.

    Raises ``CurationRefused`` for the commander, for the last person who can see it, and for somebody not listed.
    """
    current = _managed(actor, incident)
    listed = privacy.readers_of(current)
    named = next((one for one in listed if one.person == person), None)
    if named is None:
        raise CurationRefused(f"{person} is not on the list any more. Reload the page.")
    if named.commands:
        raise CurationRefused(
            f"{person} commands the incident and has to see it. Appoint another commander first."
        )
    if not [one for one in listed if one.is_member and one.person != person]:
        raise CurationRefused("Nobody would see the incident any more. Name somebody else first.")
    IncidentReader.objects.filter(incident=current, person=person).delete()
    _record(actor, current, "incident.reader_removed", person=person.pk)


@transaction.atomic
def name_administrator(*, administrator: User, incident: Incident) -> None:
    """Break the glass: an administrator names themselves, from the command line only, and the trail says so.

    Raises ``AccessDenied`` for anybody else, ``CurationRefused`` for an incident that everybody sees.
    """
    current = _locked(incident)
    if Role.ADMINISTRATOR not in access.roles_of(administrator, current.organization_id):
        raise AccessDenied(f"{administrator} is not an administrator here. Only administrators can do this.")
    if not current.is_private:
        raise CurationRefused(
            f"{current.reference} is not private: every member of the organization sees it."
        )
    _record(administrator, current, "incident.glass_broken", person=administrator.pk)
    name_people(actor=administrator, incident=current, people=[administrator])


def name_people(*, actor: User | None, incident: Incident, people: Iterable[User]) -> None:
    """Add members to the list of a private incident, inside the caller's transaction; others do nothing.

    Posts name those who hold them: appointing a commander, or adding a service that has owners.
    """
    if not incident.is_private:
        return
    known = set(IncidentReader.objects.filter(incident=incident).values_list("person_id", flat=True))
    for person in {one.pk: one for one in people}.values():
        if person.pk in known or not access.roles_of(person, incident.organization_id):
            continue
        IncidentReader(
            organization_id=incident.organization_id, incident=incident, person=person, named_by=actor
        ).save(force_insert=True)
        _record(actor, incident, "incident.reader_named", person=person.pk)


def owners_of(services: Iterable[Service]) -> list[User]:
    """Everybody who owns one of the services."""
    return [person for service in services for person in access.holders(Post.SERVICE_OWNER, service)]


def _concerned(incident: Incident) -> list[User]:
    opened_by = [incident.created_by] if incident.created_by else []
    commanders = list(access.holders(Post.INCIDENT_COMMANDER, incident))
    return [*opened_by, *commanders, *owners_of(incident.services.all()), *involved.people(incident)]


def _managed(actor: User, incident: Incident) -> Incident:
    """The private incident as it is now, held, for somebody who sees it and may say who else does."""
    access.require(actor, Permission.MANAGE_PRIVACY, incident)
    current = _locked(incident)
    if not current.is_private:
        raise CurationRefused("The incident is not private any more. Reload the page.")
    if not privacy.may_see(actor, current):
        raise AccessDenied("Only somebody who may see a private incident can change who else does.")
    return current


def _locked(incident: Incident) -> Incident:
    current: Incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    return current


def _require_member(person: User, incident: Incident) -> None:
    if not access.roles_of(person, incident.organization_id):
        raise CurationRefused(f"{person} is not a member of this organization. Choose somebody who is.")


def _record(actor: User | None, incident: Incident, action: str, **data: object) -> None:
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action=action,
        subject=f"incident:{incident.reference}",
        **data,
    )
