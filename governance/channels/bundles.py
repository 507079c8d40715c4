"""What one person is told in one message: everything that is unread, wanted by this way, and theirs to see.

Mail cannot be looked for at the other end, so a bundle whose first attempt vanished without a word is not sent again:
people see their notices on the page, and hear of nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from governance.access import roles_of
from governance.channels import mail, slack
from governance.enums import NoticeChannel, NoticeKind
from governance.models import Delivery, Notice, Organization, User
from governance.notices import by_default
from governance.outbox import Outcome, extend
from governance.services.notices import choices_of
from governance.sight import sight

#: What was not sent in a day is no news any more.
FRESH = timedelta(days=1)
MOST = 50
_SENT = {NoticeChannel.MAIL: "mailed_at", NoticeChannel.SLACK: "slacked_at"}
CONFIDENTIAL = "Something in a private incident concerns you. Sign in to read it."


@dataclass(frozen=True)
class Line:
    """One notice as it leaves: a private one says nothing of itself but its address."""

    text: str
    url: str
    kind: NoticeKind


@dataclass(frozen=True)
class Bundle:
    """What one message holds."""

    delivery: Delivery
    organization: Organization
    person: User
    lines: tuple[Line, ...]

    @property
    def subject(self) -> str:
        """One line that says what it is about."""
        if len(self.lines) == 1:
            return self.lines[0].text
        return f"{len(self.lines)} things in {self.organization.name} concern you"


Send = Callable[[Bundle], Outcome]
_SEND: dict[NoticeChannel, Send] = {NoticeChannel.MAIL: mail.send, NoticeChannel.SLACK: slack.send}


def deliver(delivery: Delivery) -> Outcome:
    """Send what waits for the person and channel of this row, and mark it as sent."""
    channel = NoticeChannel(delivery.payload["channel"])
    person = User.objects.get(pk=delivery.payload["person"])
    notices = waiting(person, delivery.organization_id, channel)
    if not notices:
        return Outcome(detail={"notices": 0})
    extend(delivery)
    vanished = delivery.attempts > 1 and not delivery.last_error
    outcome = (
        Outcome(detail={"vanished": True}) if vanished else _SEND[channel](_bundle(delivery, person, notices))
    )
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(**{_SENT[channel]: timezone.now()})
    return outcome


def waiting(person: User, organization_id: int, channel: NoticeChannel) -> list[Notice]:
    """The unread notices of the active organization that a person has yet to get by this way, the oldest first."""
    if not roles_of(person, organization_id):
        return []
    rows = Notice.objects.filter(
        recipient=person, created_at__gte=timezone.now() - FRESH, **{f"{_SENT[channel]}__isnull": True}
    ).unread()
    chosen = choices_of([person.pk])[person.pk]
    wanted = [
        row
        for row in rows.order_by("created_at", "id")
        if chosen.get((NoticeKind(row.kind), channel), by_default(NoticeKind(row.kind), channel))
    ]
    hidden = sight(person, {row.subject for row in wanted}).hidden
    return [row for row in wanted if row.subject not in hidden][:MOST]


def _bundle(delivery: Delivery, person: User, notices: list[Notice]) -> Bundle:
    private = sight(person, {notice.subject for notice in notices}).private
    lines = tuple(
        Line(
            CONFIDENTIAL if notice.subject in private else notice.text,
            settings.BASE_URL + notice.path,
            NoticeKind(notice.kind),
        )
        for notice in notices
    )
    return Bundle(delivery, delivery.organization, person, lines)
