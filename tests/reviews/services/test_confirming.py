"""A person's word for what only a person can tell: kept for one state of the text, by name, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied, InvalidTransition
from governance.models import AuditEntry
from reviews.checks import CONFIRMABLE, Point, State
from reviews.content import current_sha256
from reviews.enums import CheckCode, ReviewState
from reviews.errors import ConfirmationRefused, PublishedText
from reviews.models import Confirmation, Section
from reviews.policy import Policy
from reviews.selectors.standing import ReviewStanding
from reviews.services import confirm_point, save_section, set_policy, submit_review, take_back_confirmation
from tests.factories import make_member
from tests.reviews.builders import Setting, answer_all, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def point(setting: Setting, code: CheckCode) -> Point:
    return next(one for one in ReviewStanding(setting.now()).points if one.code == code)


def write(setting: Setting, key: str, sentence: str) -> None:
    section = Section.objects.get(review=setting.review, key=key)
    save_section(
        actor=setting.jon, section=section, body=f"{section.body}\n\n{sentence}", version=section.version
    )


def test_word_counts_until_its_part_of_the_text_changes(setting: Setting) -> None:
    code = CheckCode.HALVING
    assert point(setting, code).state is State.TO_CONFIRM
    before = current_sha256(setting.now())
    confirm_point(actor=setting.mara, review=setting.review, code=code, note="  An alert\non errors ")
    assert current_sha256(setting.now()) == before
    held = point(setting, code)
    assert held.state is State.HOLDS
    assert held.confirmed
    assert (held.confirmed.by, held.confirmed.note) == ("Mara Okafor", "An alert on errors")
    write(setting, "mitigation", "It was rolled back.")
    assert point(setting, code).state is State.HOLDS
    write(setting, "detection", "A customer called first.")
    open_again = point(setting, code)
    assert open_again.state is State.TO_CONFIRM
    assert open_again.confirmed_before
    assert "What Mara Okafor confirmed has changed since" in open_again.findings[-1].what
    confirm_point(actor=setting.jon, review=setting.review, code=code)
    assert point(setting, code).state is State.HOLDS
    assert [row.revoked_at is None for row in Confirmation.objects.order_by("id")] == [False, True]


def test_word_is_audited_and_taken_back(setting: Setting) -> None:
    confirm_point(actor=setting.jon, review=setting.review, code=CheckCode.ACCOUNTS)
    take_back_confirmation(actor=setting.mara, review=setting.review, code=CheckCode.ACCOUNTS)
    assert point(setting, CheckCode.ACCOUNTS).state is State.TO_CONFIRM
    actions = AuditEntry.objects.filter(action__startswith="check.").order_by("sequence")
    assert [(row.action, row.actor) for row in actions] == [
        ("check.confirmed", setting.jon),
        ("check.reopened", setting.mara),
    ]
    with pytest.raises(ConfirmationRefused, match="nothing to take back"):
        take_back_confirmation(actor=setting.mara, review=setting.review, code=CheckCode.ACCOUNTS)


def test_computed_point_is_nobodys_to_confirm(setting: Setting) -> None:
    for code in set(CheckCode) - set(CONFIRMABLE):
        with pytest.raises(ConfirmationRefused, match="computed from the record"):
            confirm_point(actor=setting.jon, review=setting.review, code=code)
    assert not Confirmation.objects.exists()


def test_right_is_that_of_writing(setting: Setting) -> None:
    auditor = make_member(setting.organization, Role.AUDITOR)
    with pytest.raises(AccessDenied):
        confirm_point(actor=auditor, review=setting.review, code=CheckCode.ACCOUNTS)
    with pytest.raises(AccessDenied):
        take_back_confirmation(actor=auditor, review=setting.review, code=CheckCode.ACCOUNTS)


def test_published_text_is_not_confirmed_any_more() -> None:
    made = make_setting(ReviewState.PUBLISHED)
    with scope(organization=made.organization), pytest.raises(PublishedText):
        confirm_point(actor=made.jon, review=made.review, code=CheckCode.ACCOUNTS)


def test_database_keeps_one_word_in_force(setting: Setting) -> None:
    row = confirm_point(actor=setting.jon, review=setting.review, code=CheckCode.ACCOUNTS)
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_policy_can_hold_submission_until_a_person_confirmed(setting: Setting) -> None:
    severity = int(setting.incident.severity)
    rules = {**Policy().blocking_checks, severity: (CheckCode.ACCOUNTS,)}
    set_policy(
        actor=setting.jon, organization=setting.organization, policy=replace(Policy(), blocking_checks=rules)
    )
    answer_all(setting)
    with pytest.raises(InvalidTransition, match="Nobody confirmed: those who were there confirmed"):
        submit_review(actor=setting.jon, review=setting.now())
    confirm_point(actor=setting.mara, review=setting.review, code=CheckCode.ACCOUNTS)
    submit_review(actor=setting.jon, review=setting.now())
    assert setting.now().state == ReviewState.IN_REVIEW
