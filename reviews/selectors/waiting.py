"""What waits for a person in the reviews of an organization, with when it is due; a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from governance import access
from governance.access import Post
from governance.models import Delegation, Organization, User
from governance.selectors import today_in
from incidents.models import AffectedService, Incident, Service
from reviews.enums import ReviewState, SignOffRole, WaiverKind
from reviews.models import Question, Review, SignedService, SignOff, Waiver
from reviews.selectors.due import Deadline, deadlines
from reviews.selectors.risks import due_risks, read
from reviews.selectors.rules import policy_of
from reviews.selectors.seats import SIGNING_RIGHTS

Open = tuple[SignOffRole, int | None]


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: what, where, why, and since or until when."""

    kind: str
    title: str
    url: str
    why: str
    reference: str
    severity: int
    since: datetime | None = None
    due_on: date | None = None
    overdue: bool = False
    is_synthetic: bool = False

    @property
    def order(self) -> tuple[bool, bool, date, int]:
        """Most urgent first; the demo's synthetic history never stands before what is real."""
        when = self.due_on or (self.since or timezone.now()).date()
        return (self.is_synthetic, not self.overdue, when, self.severity)


def waiting_in_reviews(user: User, organization: Organization) -> list[Waiting]:
    """What the person is to draft, change, answer, sign, publish and look at again; in no order."""
    rows = deadlines(organization.pk, user, synthetic=True)
    return [
        *_turns(user, organization, rows),
        *_questions(user, organization, rows),
        *_risks(user, organization),
    ]


def _turns(user: User, organization: Organization, rows: list[Deadline]) -> Iterator[Waiting]:
    commanded = _commanded(user)
    signing = _Signing(
        user, [row.review for row in rows if row.review and row.review.state == ReviewState.IN_REVIEW]
    )
    for row in rows:
        review, commands = row.review, row.incident.pk in commanded
        if review is None:
            if commands:
                yield _waiting(
                    organization, row, "Draft", "Make the draft from its chronology", "incidents:detail"
                )
        elif review.state == ReviewState.IN_REVIEW:
            if (principal := signing.waits_for(review)) is not None:
                why = "Read the text and sign it" if principal == user else f"Sign it for {principal}"
                yield _waiting(organization, row, "Signature", why, "reviews:sign")
        elif review.state == ReviewState.APPROVED:
            if commands:
                yield _waiting(organization, row, "Publication", "Signed and ready", "reviews:detail")
        elif review.author_id == user.pk:
            asked = review.state == ReviewState.CHANGES_REQUESTED
            kind, why = (
                ("Changes", "Changes were requested") if asked else ("Draft", "Finish the text and submit it")
            )
            yield _waiting(organization, row, kind, why, "reviews:detail")


def _commanded(user: User) -> set[int]:
    incidents = access.held_by(user, Post.INCIDENT_COMMANDER, Incident.objects.visible_to(user))
    return set(incidents.order_by().values_list("pk", flat=True))


class _Signing:
    """Whether a signature of one person, or of somebody for whom they stand in, is missing under some reviews."""

    def __init__(self, user: User, reviews: list[Review]) -> None:
        self.user, self.reviews = user, reviews

    def waits_for(self, review: Review) -> User | None:
        """Who of them is waited for; the person before those for whom they stand in."""
        hands = self._hands[review.pk]
        if self.user.pk in hands:
            return None
        left = self._left(review)
        return next(
            (
                person
                for person in self._people(review)
                if person.pk not in hands and any(self._holds(person, seat, review) for seat in left)
            ),
            None,
        )

    def _people(self, review: Review) -> list[User]:
        lent = self._principals if policy_of(review).delegates_allowed else []
        return [self.user, *lent]

    def _left(self, review: Review) -> set[Open]:
        """The seats without a signature or an exception."""
        incident = review.incident
        wanted: set[Open] = {(SignOffRole.INCIDENT_COMMANDER, None)}
        wanted |= {(SignOffRole.SERVICE_OWNER, pk) for pk in self._affected[incident.pk]}
        extra = policy_of(review).roles_for(incident.severity, data_exposed=incident.data_exposed)
        wanted |= {(role, None) for role in extra}
        return wanted - self._signed[review.pk] - self._waived[incident.pk]

    def _holds(self, person: User, seat: Open, review: Review) -> bool:
        role, service = seat
        if role == SignOffRole.INCIDENT_COMMANDER:
            return review.incident_id in self._commands[person.pk]
        if role == SignOffRole.SERVICE_OWNER:
            return service in self._owns[person.pk]
        return SIGNING_RIGHTS[role] in access.rights_of(person, review.organization_id)

    @cached_property
    def _today(self) -> date:
        return today_in(self.reviews[0].organization_id)

    @cached_property
    def _principals(self) -> list[User]:
        rows = Delegation.objects.in_force(self._today).filter(delegate=self.user)
        return [row.principal for row in rows.select_related("principal").order_by("principal__name", "id")]

    @cached_property
    def _everybody(self) -> list[User]:
        return [self.user, *self._principals]

    @cached_property
    def _commands(self) -> dict[int, set[int]]:
        incidents = Incident.objects.filter(pk__in=[review.incident_id for review in self.reviews])
        return self._posts(Post.INCIDENT_COMMANDER, incidents)

    @cached_property
    def _owns(self) -> dict[int, set[int]]:
        services = {pk for found in self._affected.values() for pk in found}
        return self._posts(Post.SERVICE_OWNER, Service.objects.filter(pk__in=services))

    def _posts(self, post: Post, objects: object) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {person.pk: set() for person in self._everybody}
        for pk, people in access.holders_of_each(post, objects).items():  # type: ignore[arg-type]
            for person in people:
                if person.pk in found:
                    found[person.pk].add(pk)
        return found

    @cached_property
    def _affected(self) -> dict[int, set[int]]:
        incidents = [review.incident_id for review in self.reviews]
        rows = AffectedService.objects.filter(incident__in=incidents).values_list("incident_id", "service_id")
        return _sets(rows)

    @cached_property
    def _standing(self) -> list[SignOff]:
        return list(SignOff.objects.standing().filter(review__in=self.reviews))

    @cached_property
    def _hands(self) -> dict[int, set[int]]:
        pairs = [(one.review_id, pk) for one in self._standing for pk in (one.signer_id, one.on_behalf_of_id)]
        return _sets((review, pk) for review, pk in pairs if pk)

    @cached_property
    def _signed(self) -> dict[int, set[Open]]:
        found: dict[int, set[Open]] = defaultdict(set)
        for one in self._standing:
            if one.role != SignOffRole.SERVICE_OWNER:
                found[one.review_id].add((SignOffRole(one.role), None))
        rows = SignedService.objects.filter(signoff__in=self._standing)
        for review, service in rows.values_list("signoff__review_id", "service_id"):
            found[review].add((SignOffRole.SERVICE_OWNER, service))
        return found

    @cached_property
    def _waived(self) -> dict[int, set[Open]]:
        found: dict[int, set[Open]] = defaultdict(set)
        rows = Waiver.objects.in_force(self._today).filter(
            kind=WaiverKind.SIGNATURE, incident__in=[review.incident_id for review in self.reviews]
        )
        for incident, role, service in rows.values_list("incident_id", "role", "service_id"):
            found[incident].add((SignOffRole(role), service))
        return found


def _sets(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found


def _questions(user: User, organization: Organization, rows: list[Deadline]) -> Iterator[Waiting]:
    """Questions given to the person; those given to nobody wait for the commander."""
    by_review = {row.review.pk: row for row in rows if row.review}
    commanded = _commanded(user)
    mine: dict[int, int] = defaultdict(int)
    open_ones = Question.objects.filter(review__in=by_review, answer="").order_by("review_id")
    for review, incident, person in open_ones.values_list(
        "review_id", "review__incident_id", "assigned_to_id"
    ):
        mine[review] += person == user.pk or (person is None and incident in commanded)
    for review, count in mine.items():
        if count:
            why = "1 question is open" if count == 1 else f"{count} questions are open"
            yield _waiting(organization, by_review[review], "Questions", why, "reviews:detail")


def _risks(user: User, organization: Organization) -> Iterator[Waiting]:
    """Risks that the person watches and whose day has come, also after the publication."""
    today = today_in(organization.pk)
    seen = Incident.objects.visible_to(user).filter(organization=organization)
    for risk in due_risks(today).filter(owner=user, review__incident__in=seen):
        incident = risk.review.incident
        words, _numbers = read(risk.statement)
        yield Waiting(
            kind="Risk",
            title=Truncator(words).chars(120),
            url=reverse("reviews:risk", args=[organization.slug, incident.reference, risk.number]),
            why=f"Look at {risk.label} again: close it, or say when it is looked at next",
            reference=incident.reference,
            severity=incident.severity,
            due_on=risk.review_on,
            overdue=risk.review_on is not None and risk.review_on < today,
            is_synthetic=incident.is_synthetic,
        )


def _waiting(organization: Organization, row: Deadline, kind: str, why: str, route: str) -> Waiting:
    incident = row.incident
    return Waiting(
        kind=kind,
        title=incident.title,
        url=reverse(route, args=[organization.slug, incident.reference]),
        why=why,
        reference=incident.reference,
        severity=incident.severity,
        due_on=row.at.date(),
        overdue=row.overdue,
        is_synthetic=incident.is_synthetic,
    )
