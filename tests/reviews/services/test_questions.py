"""Answers: a person's statement, or the reason why nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry
from reviews.enums import ReviewState
from reviews.errors import NotAnswered, PublishedText
from reviews.models import Question, SignOff
from reviews.services import answer_question
from tests.factories import make_member
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def question(setting: Setting) -> Question:
    row: Question = Question.objects.get(review=setting.review, code="impact_numbers")
    return row


def test_answer_is_kept_with_its_author_and_time(setting: Setting) -> None:
    answered = answer_question(
        actor=setting.mara, question=question(setting), answer=" 1,200 requests, from the log. "
    )
    assert answered.answer == "1,200 requests, from the log."
    assert answered.answered_by == setting.mara
    assert answered.answered_at is not None
    assert AuditEntry.objects.filter(action="question.answered").count() == 1


@pytest.mark.parametrize(
    "nothing", ["", "  ", "Unknown", "unknown.", "Unknown, because", "Unknown, because …", "n/a", "?"]
)
def test_answer_that_says_nothing_is_refused(setting: Setting, nothing: str) -> None:
    with pytest.raises(NotAnswered, match="Unknown, because"):
        answer_question(actor=setting.mara, question=question(setting), answer=nothing)
    assert question(setting).answer == ""


def test_unknown_with_its_reason_is_an_answer(setting: Setting) -> None:
    answer_question(
        actor=setting.mara, question=question(setting), answer="Unknown, because the log had rotated."
    )
    assert question(setting).answer


def test_manager_may_answer_and_auditor_may_not(setting: Setting) -> None:
    answer_question(
        actor=make_member(setting.organization, Role.MANAGER), question=question(setting), answer="Many."
    )
    with pytest.raises(AccessDenied):
        answer_question(
            actor=make_member(setting.organization, Role.AUDITOR), question=question(setting), answer="Few."
        )
    assert question(setting).answer == "Many."


def test_new_answer_voids_signatures_and_the_same_does_not(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    answer_question(actor=setting.priya, question=question(setting), answer=question(setting).answer)
    assert SignOff.objects.standing().count() == 2
    answer_question(actor=setting.priya, question=question(setting), answer="We counted again.")
    assert not SignOff.objects.standing().exists()


def test_published_question_stays_as_it_is(setting: Setting) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        answer_question(actor=setting.priya, question=question(setting), answer="Later.")
