"""Reminding people of what is due, and passing on what stays open; each reminder is given once (``notices.tell``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance import access
from governance.access import Post
from governance.enums import NoticeKind, Role
from governance.models import Organization, User
from governance.selectors import today_in
from governance.services.notices import tell
from reviews.enums import ReviewState, Stage
from reviews.policy import Policy
from reviews.selectors.audience import who_may_see
from reviews.selectors.due import Deadline, deadlines
from reviews.selectors.risks import due_risks, read
from reviews.selectors.rules import rules_of
from reviews.selectors.seats import seats_of

#: What has been overdue for longer is no news any more.
STALE = timedelta(days=30)


@dataclass(frozen=True)
class Reminder:
    """One thing to say: ``mark`` makes its key, so that it is said once."""

    kind: NoticeKind
    mark: str
    role: Role | None = None


def remind_everywhere() -> int:
    """Remind the people of every organization; how many notices were new."""
    told = 0
    for organization in Organization.objects.order_by("pk"):
        with scope(organization=organization):
            told += remind(organization=organization, now=timezone.now())
    return told


def remind(*, organization: Organization, now: datetime) -> int:
    """Say what is due soon, what is overdue, and to whom that is passed, by the organization's rules."""
    policy = rules_of(organization)
    told = 0
    for deadline in deadlines(organization.pk):
        for reminder in reminders(deadline.at, policy, now):
            told += _say(organization, deadline, reminder)
    return told + remind_of_risks(organization=organization, now=now)


def remind_of_risks(*, organization: Organization, now: datetime) -> int:
    """Tell owners of risks whose day has come, once for each day that was named; also after the publication."""
    today = today_in(organization.pk, now)
    told = 0
    for risk in due_risks(today).filter(review_on__gt=today - STALE, review__incident__is_synthetic=False):
        incident = risk.review.incident
        told += tell(
            actor=None,
            organization_id=organization.pk,
            recipients=who_may_see(incident, [risk.owner] if risk.owner else []),
            kind=NoticeKind.DEADLINE_NEAR if risk.review_on == today else NoticeKind.DEADLINE_MISSED,
            key=f"risk:{incident.reference}:{risk.number}:{risk.review_on}",
            text=f"Look at {risk.label} of {incident.reference} again, {incident.title}: {read(risk.statement)[0]}",
            path=reverse("reviews:risk", args=[organization.slug, incident.reference, risk.number]),
            subject=f"incident:{incident.reference}",
        )
    return told


def reminders(due_at: datetime, policy: Policy, now: datetime) -> Iterator[Reminder]:
    """What is to be said now about something that is due at ``due_at``: the latest of each kind, not all before it."""
    late = now - due_at
    if late > STALE:
        return
    before = [hours for hours in policy.remind_before if timedelta(hours=-hours) <= late < timedelta(0)]
    if before:
        yield Reminder(NoticeKind.DEADLINE_NEAR, f"{min(before)} before")
    after = [hours for hours in policy.remind_after if late >= timedelta(hours=hours)]
    if after:
        yield Reminder(NoticeKind.DEADLINE_MISSED, f"{max(after)} after")
    for hours, role in (
        (policy.escalate_to_leads_after, Role.SRE_LEAD),
        (policy.escalate_to_managers_after, Role.MANAGER),
    ):
        if late >= timedelta(hours=hours):
            yield Reminder(NoticeKind.ESCALATED, f"to {role}", role)


def responsible(deadline: Deadline) -> list[User]:
    """Whose turn it is: the author or the commander writes, the open seats sign, the commander publishes."""
    people = _whose_turn(deadline) or _in_role(deadline, Role.SRE_LEAD)
    return who_may_see(deadline.incident, people)


def _whose_turn(deadline: Deadline) -> list[User]:
    review = deadline.review
    commanders = list(access.holders(Post.INCIDENT_COMMANDER, deadline.incident))
    if review is None or deadline.stage == Stage.PUBLICATION:
        return commanders
    if review.state == ReviewState.IN_REVIEW:
        return [person for seat in seats_of(review) if not seat.filled for person in seat.candidates]
    return [review.author] if review.author and review.author.is_active else commanders


def _in_role(deadline: Deadline, role: Role) -> list[User]:
    people = access.members(deadline.incident.organization_id)
    return list(
        people.filter(memberships__organization=deadline.incident.organization_id, memberships__role=role)
    )


def _say(organization: Organization, deadline: Deadline, reminder: Reminder) -> int:
    waited_for = responsible(deadline)
    people = (
        who_may_see(deadline.incident, _in_role(deadline, reminder.role)) if reminder.role else waited_for
    )
    reference = deadline.incident.reference
    return tell(
        actor=None,
        organization_id=organization.pk,
        recipients=people,
        kind=reminder.kind,
        key=f"due:{reference}:{deadline.edition}:{deadline.stage}:{reminder.mark}",
        text=_sentence(deadline, reminder, waited_for),
        path=_path(organization, deadline),
        subject=f"incident:{reference}",
    )


def _sentence(deadline: Deadline, reminder: Reminder, waited_for: Iterable[User]) -> str:
    what = f"{_WORDS[deadline.stage]} {deadline.incident.reference}, {deadline.incident.title},"
    when = f"{deadline.at.day} {deadline.at:%b %Y %H:%M} UTC"
    if reminder.kind == NoticeKind.DEADLINE_NEAR:
        return f"{what} is due on {when}."
    names = " and ".join(str(person) for person in waited_for) or "nobody"
    return f"{what} was due on {when} and waits for {names}."


_WORDS = {
    Stage.DRAFT: "The draft of",
    Stage.REVIEW: "The review of",
    Stage.PUBLICATION: "The publication of",
}


def _path(organization: Organization, deadline: Deadline) -> str:
    route = "reviews:detail" if deadline.review else "incidents:detail"
    return reverse(route, args=[organization.slug, deadline.incident.reference])
