"""A small review with its people, drafted by the services that people use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django_scopes import scope

from governance.enums import NoticeKind, Role
from governance.models import Notice, Organization, User
from incidents.enums import Lane, MilestoneKind
from incidents.models import Incident, Milestone, Service
from reviews.content import current_sha256
from reviews.enums import ReviewState, SignOffRole
from reviews.models import Question, Review, SignOff
from reviews.services import answer_question, draft_review, sign_review, submit_review
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service
from tests.factories.incidents import START


@dataclass(frozen=True)
class Setting:
    """One organization with a drafted review; ``mara`` commands, ``priya`` owns the only affected service."""

    organization: Organization
    mara: User
    priya: User
    jon: User
    service: Service
    incident: Incident
    review: Review

    def now(self) -> Review:
        """The review as the database has it."""
        row: Review = Review.objects.select_related("incident").get(pk=self.review.pk)
        return row


def make_setting(state: ReviewState = ReviewState.DRAFTING) -> Setting:
    """A review that services brought into this state; use it inside its organization's scope."""
    organization = make_organization()
    mara = make_member(organization, Role.RESPONDER, name="Mara Okafor")
    priya = make_member(organization, Role.RESPONDER, name="Priya Nair")
    jon = make_member(organization, Role.SRE_LEAD, name="Jon Vik")
    service = make_service(organization, "mysql", owner=priya)
    incident = make_incident(organization, commander=mara, services=(service,))
    with scope(organization=organization):
        _chronology(incident)
        review = draft_review(actor=jon, incident=incident)
        setting = Setting(organization, mara, priya, jon, service, incident, review)
        bring_to(setting, state)
    return setting


def bring_to(setting: Setting, state: ReviewState) -> None:
    """From a fresh draft onwards."""
    if state == ReviewState.DRAFTING:
        return
    answer_all(setting)
    submit_review(actor=setting.jon, review=setting.review)
    if state in (ReviewState.APPROVED, ReviewState.PUBLISHED):
        sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
        sign(setting, setting.mara, SignOffRole.INCIDENT_COMMANDER)
    if state == ReviewState.PUBLISHED:
        from reviews.services import publish_review

        publish_review(actor=setting.mara, review=setting.now())


def ask_nobody(setting: Setting) -> None:
    """Take back whom the draft asked, and what they heard of it."""
    Question.objects.filter(review=setting.review).update(
        assigned_to=None, assigned_by=None, assigned_at=None
    )
    Notice.objects.filter(kind=NoticeKind.QUESTION_ASSIGNED).delete()


def answer_all(setting: Setting) -> None:
    for question in Question.objects.filter(review=setting.review, answer=""):
        answer_question(actor=setting.mara, question=question, answer="Unknown, because nobody measured it.")


def sign(setting: Setting, person: User, role: SignOffRole | str, **fields: Any) -> SignOff:
    """A signature on the text as it is now."""
    review = setting.now()
    values: dict[str, Any] = {
        "sha256": current_sha256(review),
        "confidence": "probable",
        "reason": "The log shows it.",
        **fields,
    }
    return sign_review(actor=person, review=review, role=role, **values)


def _chronology(incident: Incident) -> None:
    rows = [
        (-20, Lane.CHANGE, "Deployed proxy 2.1", None),
        (0, Lane.LOG, "Customers see errors", MilestoneKind.IMPACT_STARTED),
        (7, Lane.ALERT, "Error rate is over its limit", MilestoneKind.DETECTED),
        (9, Lane.CHAT, "Looking at it", MilestoneKind.ACKNOWLEDGED),
        (60, Lane.CHANGE, "Rolled back proxy 2.1", MilestoneKind.MITIGATED),
        (75, Lane.STATUS, "All is well again", MilestoneKind.RESOLVED),
    ]
    for number, (minute, lane, text, kind) in enumerate(rows, start=1):
        entry = make_entry(incident, START + timedelta(minutes=minute), text, lane=lane, number=number)
        if kind:
            Milestone(organization=incident.organization, incident=incident, kind=kind, entry=entry).save()
