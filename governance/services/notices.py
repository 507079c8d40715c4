"""Telling people: one notice for one person and event, written where the event happens and carried on by the outbox."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from governance.access import roles_of
from governance.enums import NoticeKind
from governance.models import Notice, User

LONGEST = 400


@transaction.atomic
def tell(
    *,
    actor: User | None,
    organization_id: int,
    recipients: Iterable[User],
    kind: NoticeKind,
    key: str,
    text: str,
    path: str,
    subject: str = "",
) -> int:
    """Tell members of the organization something, inside the caller's transaction; how many had not heard of it.

    ``key`` names the event: telling it again to the same person does nothing. Nobody is told what they did themselves.
    ``path`` begins with a slash and ends with the fragment of the passage; ``subject`` is as in the audit trail.
    """
    people = {person.pk: person for person in recipients if actor is None or person.pk != actor.pk}
    rows = [
        Notice(
            organization_id=organization_id,
            recipient=person,
            kind=kind,
            key=key,
            subject=subject,
            text=text[:LONGEST],
            path=path,
            actor=actor,
        )
        for person in people.values()
        if roles_of(person, organization_id)
    ]
    heard = set(
        Notice.objects.filter(recipient__in=[row.recipient_id for row in rows], key=key).values_list(
            "recipient_id", flat=True
        )
    )
    fresh = [row for row in rows if row.recipient_id not in heard]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
