"""What the evidence does not say: asking somebody, and answering."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.errors import AssignmentRefused, NotAnswered
from reviews.models import Question, Review
from reviews.selectors.audience import who_may_see
from reviews.services import hearing
from reviews.services.changing import content_changed, require_open
from reviews.services.moving import lock

_SAYS_NOTHING = re.compile(
    r"(unknown|not known|n/?a|none|no idea|tbd|todo|\?+|[-–—.…]+)(,?\s*because)?[\s.…!]*", re.IGNORECASE
)


@transaction.atomic
def assign_question(*, actor: User, question: Question, person: User | None) -> Question:
    """Ask one member to answer; nobody takes the question back. The same person again changes nothing.

    Raises ``AssignmentRefused`` for an answered question and for somebody who may not see the incident, and
    ``PublishedText``.
    """
    access.require(actor, Permission.ASSIGN_QUESTION, question)
    review, current = _held(question)
    require_open(review)
    if current.answer:
        raise AssignmentRefused("This question has its answer. Change the answer instead.")
    if current.assigned_to_id == (person.pk if person else None):
        return current
    if person is not None:
        _require_able(person, review)
    current.assigned_to, current.assigned_by, current.assigned_at = person, actor, timezone.now()
    current.save(update_fields=["assigned_to", "assigned_by", "assigned_at"])
    hearing.of_assignment(current, review, actor)
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="question.assigned",
        subject=f"review:{review.incident.reference}",
        question=current.code,
        person=person.pk if person else None,
    )
    return current


def may_answer(person: User, question: Question) -> bool:
    """Whether the person has the right to answer questions, or was asked to answer this one."""
    if access.can(person, Permission.ANSWER_QUESTION, question):
        return True
    return question.assigned_to_id == person.pk and bool(access.roles_of(person, question.organization_id))


@transaction.atomic
def answer_question(*, actor: User, question: Question, answer: str) -> Question:
    """Keep a person's answer, in the place of an earlier one; whoever was asked may answer without another right.

    Raises ``NotAnswered`` for an empty answer or a bare "unknown": what is not known needs its reason.
    """
    if not may_answer(actor, question):
        access.require(actor, Permission.ANSWER_QUESTION, question)
    answer = answer.replace("\r\n", "\n").strip()
    if not answer:
        raise NotAnswered("Write what you know. If nobody knows, write “Unknown, because …” and the reason.")
    if _SAYS_NOTHING.fullmatch(answer):
        raise NotAnswered("Say why it is not known: “Unknown, because …”, followed by the reason.")
    review, current = _held(question)
    if current.answer == answer:
        return current
    current.answer, current.answered_by, current.answered_at = answer, actor, timezone.now()
    current.save(update_fields=["answer", "answered_by", "answered_at"])
    content_changed(actor=actor, review=review, because="A question was answered")
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="question.answered",
        subject=f"review:{review.incident.reference}",
        question=current.code,
    )
    return current


def _held(question: Question) -> tuple[Review, Question]:
    """The review and the question as they are now, held until the transaction ends."""
    review = lock(question.review)
    current: Question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    return review, current


def _require_able(person: User, review: Review) -> None:
    able = access.roles_of(person, review.organization_id) and not person.is_service
    if not able or not who_may_see(review.incident, [person]):
        raise AssignmentRefused(f"{person} cannot see this incident. Ask somebody who can.")
