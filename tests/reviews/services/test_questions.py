"""Answers: a person's statement, or the reason why nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from governance.enums import NoticeKind, Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Notice
from incidents.models import Incident, IncidentReader
from reviews.enums import ReviewState
from reviews.errors import AssignmentRefused, NotAnswered, PublishedText
from reviews.models import Question, SignOff
from reviews.services import answer_question
from reviews.services.questions import assign_question
from tests.factories import make_member, make_organization
from tests.reviews.builders import Setting, ask_nobody, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        ask_nobody(made)
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


# Asking somebody


def test_question_is_given_to_a_person_who_hears_of_it(setting: Setting) -> None:
    asked = assign_question(actor=setting.jon, question=question(setting), person=setting.priya)
    assert (asked.assigned_to, asked.assigned_by, asked.assigned_at is not None) == (
        setting.priya,
        setting.jon,
        True,
    )
    notice = Notice.objects.get(kind=NoticeKind.QUESTION_ASSIGNED)
    assert notice.recipient == setting.priya
    assert notice.path.endswith(f"{setting.incident.reference}/#question-{asked.pk}")
    assert AuditEntry.objects.get(action="question.assigned").details == {
        "question": "impact_numbers",
        "person": setting.priya.pk,
    }


def test_same_person_is_asked_once_and_nobody_takes_the_question_back(setting: Setting) -> None:
    for _ in range(2):
        assign_question(actor=setting.jon, question=question(setting), person=setting.priya)
    assert Notice.objects.filter(kind=NoticeKind.QUESTION_ASSIGNED).count() == 1
    assert assign_question(actor=setting.jon, question=question(setting), person=None).assigned_to is None
    assert AuditEntry.objects.filter(action="question.assigned").count() == 2


def test_whoever_is_asked_may_answer_without_another_right(setting: Setting) -> None:
    auditor = make_member(setting.organization, Role.AUDITOR)
    with pytest.raises(AccessDenied):
        answer_question(actor=auditor, question=question(setting), answer="Many.")
    assign_question(actor=setting.jon, question=question(setting), person=auditor)
    answer_question(actor=auditor, question=question(setting), answer="Many.")
    assert question(setting).answered_by == auditor


def test_somebody_else_with_the_right_may_answer_still(setting: Setting) -> None:
    assign_question(actor=setting.jon, question=question(setting), person=setting.priya)
    answer_question(actor=setting.mara, question=question(setting), answer="Many.")
    assert question(setting).answered_by == setting.mara


def test_questions_are_given_by_those_who_have_the_right(setting: Setting) -> None:
    for role in (Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR):
        person = make_member(setting.organization, role)
        with pytest.raises(AccessDenied, match="assign questions"):
            assign_question(actor=person, question=question(setting), person=setting.priya)
    assert question(setting).assigned_to is None


def test_somebody_from_outside_is_not_asked(setting: Setting) -> None:
    stranger = make_member(make_organization(), name="Sam Ray")
    with pytest.raises(AssignmentRefused, match="Sam Ray cannot see this incident"):
        assign_question(actor=setting.jon, question=question(setting), person=stranger)


def test_outsider_of_a_private_incident_is_not_asked(setting: Setting) -> None:
    Incident.objects.filter(pk=setting.incident.pk).update(is_private=True)
    IncidentReader(organization=setting.organization, incident=setting.incident, person=setting.mara).save()
    tom = make_member(setting.organization, Role.MANAGER, name="Tom Reyes")
    with pytest.raises(AssignmentRefused, match="Tom Reyes cannot see this incident"):
        assign_question(actor=setting.jon, question=question(setting), person=tom)


def test_answered_question_is_not_given_to_anybody(setting: Setting) -> None:
    answer_question(actor=setting.mara, question=question(setting), answer="Many.")
    with pytest.raises(AssignmentRefused, match="has its answer"):
        assign_question(actor=setting.jon, question=question(setting), person=setting.priya)


def test_question_of_a_published_review_is_not_given_to_anybody(setting: Setting) -> None:
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        assign_question(actor=setting.jon, question=question(setting), person=setting.priya)
