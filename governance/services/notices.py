"""Telling people: one notice for one person and event, written where the event happens and carried on by the outbox.

Notices of one person that come within a few minutes leave in one mail and one Slack message (``channels``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from governance import outbox
from governance.access import roles_of
from governance.enums import ConnectionKind, NoticeChannel, NoticeKind
from governance.models import Connection, Notice, NoticeChoice, Organization, User
from governance.notices import CHOOSABLE, by_default

LONGEST = 400
#: Notices of so long go out together, and wait so long for a transaction that is still open.
TOGETHER, GRACE = timedelta(minutes=2), timedelta(seconds=20)
OUTBOX_KIND = "governance.notices"


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
    members = {pk: person for pk, person in people.items() if roles_of(person, organization_id)}
    heard = set(Notice.objects.filter(recipient__in=members, key=key).values_list("recipient_id", flat=True))
    fresh = [person for pk, person in members.items() if pk not in heard and not person.is_service]
    Notice.objects.bulk_create(
        [
            Notice(
                organization_id=organization_id,
                recipient=person,
                kind=kind,
                key=key,
                subject=subject,
                text=" ".join(text.split())[:LONGEST],
                path=path,
                actor=actor,
            )
            for person in fresh
        ],
        ignore_conflicts=True,
    )
    carry_on(organization_id=organization_id, kind=kind, people=fresh)
    return len(fresh)


def carry_on(*, organization_id: int, kind: NoticeKind, people: Iterable[User]) -> None:
    """Plan the mails and Slack messages that bring a fresh notice to those who want it; in the caller's transaction."""
    chosen = choices_of([person.pk for person in people])
    for channel in _channels_there(organization_id):
        for person in people:
            if chosen[person.pk].get((kind, channel), by_default(kind, channel)):
                plan_bundle(organization_id=organization_id, person_id=person.pk, channel=channel)


def plan_bundle(*, organization_id: int, person_id: int, channel: NoticeChannel) -> None:
    """One outbox row for everything that a person is told in these minutes."""
    span = TOGETHER.total_seconds()
    bucket = int(timezone.now().timestamp() // span)
    outbox.enqueue(
        organization=organization_id,
        group=f"notices:{person_id}",
        stage=1,
        kind=OUTBOX_KIND,
        key=f"notices-{channel}-{person_id}-{bucket}",
        payload={"person": person_id, "channel": str(channel)},
        not_before=datetime.fromtimestamp((bucket + 1) * span, UTC) + GRACE,
    )


def choices_of(people: Iterable[int]) -> Mapping[int, dict[tuple[NoticeKind, NoticeChannel], bool]]:
    """What people have chosen, by person; one query."""
    found: dict[int, dict[tuple[NoticeKind, NoticeChannel], bool]] = defaultdict(dict)
    rows = NoticeChoice.objects.filter(person__in=people)
    for person, kind, channel, wanted in rows.values_list("person_id", "kind", "channel", "wanted"):
        found[person][NoticeKind(kind), NoticeChannel(channel)] = wanted
    return found


@transaction.atomic
def choose_notices(
    *, actor: User, organization: Organization, wanted: Iterable[tuple[NoticeKind, NoticeChannel]]
) -> None:
    """Let exactly these kinds reach the person by these ways; everything else stays on the page."""
    picked = set(wanted)
    for kind in NoticeKind:
        for channel in CHOOSABLE:
            NoticeChoice.objects.update_or_create(
                organization_id=organization.pk,
                person=actor,
                kind=kind,
                channel=channel,
                defaults={"wanted": (kind, channel) in picked},
            )


@transaction.atomic
def stop_mail(*, person: User, organization_id: int, kinds: Iterable[NoticeKind]) -> None:
    """Send no more mail of these kinds: what the link at a mail's end asks for."""
    for kind in kinds:
        NoticeChoice.objects.update_or_create(
            organization_id=organization_id,
            person=person,
            kind=kind,
            channel=NoticeChannel.MAIL,
            defaults={"wanted": False},
        )


def read_notices(*, actor: User, notices: Iterable[Notice] | None = None) -> int:
    """Mark notices of the person as read, all of them when none are named; how many were unread."""
    rows = Notice.objects.filter(recipient=actor).unread()
    if notices is not None:
        rows = rows.filter(pk__in=[notice.pk for notice in notices])
    changed: int = rows.update(read_at=timezone.now())
    return changed


def _channels_there(organization_id: int) -> list[NoticeChannel]:
    """The ways out that this installation and organization have: mail always, Slack when it is connected."""
    connected = Connection.objects.filter(
        organization_id=organization_id, kind=ConnectionKind.SLACK, is_active=True
    ).exists()
    return [NoticeChannel.MAIL, *([NoticeChannel.SLACK] if connected else [])]
