"""Answering what the evidence does not say."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils import timezone

from governance import access, audit
from governance.access import Permission
from governance.models import User
from reviews.errors import NotAnswered
from reviews.models import Question
from reviews.services.changing import content_changed
from reviews.services.moving import lock

_SAYS_NOTHING = re.compile(
    r"(unknown|not known|n/?a|none|no idea|tbd|todo|\?+|[-–—.…]+)(,?\s*because)?[\s.…!]*", re.IGNORECASE
)


@transaction.atomic
def answer_question(*, actor: User, question: Question, answer: str) -> Question:
    """Keep a person's answer, in the place of an earlier one.

    Raises ``NotAnswered`` for an empty answer or a bare "unknown": what is not known needs its reason.
    """
    access.require(actor, Permission.ANSWER_QUESTION, question)
    answer = answer.replace("\r\n", "\n").strip()
    if not answer:
        raise NotAnswered("Write what you know. If nobody knows, write “Unknown, because …” and the reason.")
    if _SAYS_NOTHING.fullmatch(answer):
        raise NotAnswered("Say why it is not known: “Unknown, because …”, followed by the reason.")
    review = lock(question.review)
    current: Question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
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
