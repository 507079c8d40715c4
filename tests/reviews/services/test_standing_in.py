"""Who may sign beside the commander and the owners: delegates, managers and security, as the rules say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from governance.access import Permission, grant_scopes
from governance.enums import NoticeKind, Role
from governance.errors import AccessDenied, InvalidTransition
from governance.models import Delegation, Membership, Notice, User
from governance.services import delegate, open_account, set_calendar
from incidents.models import AffectedService
from incidents.services import describe_incident
from reviews.enums import ReviewState, SignOffRole
from reviews.errors import SigningRefused
from reviews.models import SignedService, SignOff, StateChange
from reviews.policy import Policy
from reviews.selectors.seats import rights_in, roles_open_to, seats_of
from reviews.selectors.waiting import waiting_in_reviews
from reviews.services import publish_review, request_changes, save_section, set_policy, submit_review
from tests.factories import make_member, make_service
from tests.reviews.builders import Setting, answer_all, make_setting, sign

pytestmark = pytest.mark.django_db

OWNER, COMMANDER, MANAGER = SignOffRole.SERVICE_OWNER, SignOffRole.INCIDENT_COMMANDER, SignOffRole.MANAGER


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        answer_all(made)
        yield made


def submit(setting: Setting) -> None:
    submit_review(actor=setting.jon, review=setting.now())


def stand_in(setting: Setting, principal: User, delegate: User, *, first: int = 0, last: int = 3) -> None:
    today = timezone.now().date()
    Delegation(
        organization=setting.organization,
        principal=principal,
        delegate=delegate,
        starts_on=today + timedelta(days=first),
        ends_on=today + timedelta(days=last),
        reason="Away",
    ).save()


def test_delegate_of_today_signs_for_the_holder(setting: Setting) -> None:
    sam = make_member(setting.organization, Role.AUDITOR, name="Sam Oduya")
    stand_in(setting, setting.priya, sam)
    submit(setting)
    signoff = sign(setting, sam, OWNER)
    assert signoff.on_behalf_of == setting.priya
    assert SignedService.objects.get().service == setting.service
    assert roles_open_to(setting.priya, seats_of(setting.now())) == []


@pytest.mark.parametrize(("first", "last"), [(1, 3), (-3, -1)])
def test_delegate_of_another_day_signs_nothing(setting: Setting, first: int, last: int) -> None:
    sam = make_member(setting.organization, name="Sam Oduya")
    stand_in(setting, setting.priya, sam, first=first, last=last)
    submit(setting)
    with pytest.raises(AccessDenied):
        sign(setting, sam, OWNER)


def test_rules_may_forbid_delegates(setting: Setting) -> None:
    sam = make_member(setting.organization, name="Sam Oduya")
    stand_in(setting, setting.priya, sam)
    policy = replace(Policy(), delegates_allowed=False)
    set_policy(actor=setting.jon, organization=setting.organization, policy=policy)
    submit(setting)
    with pytest.raises(AccessDenied):
        sign(setting, sam, OWNER)


def test_nobody_signs_in_two_roles_on_behalf_of_somebody_else(setting: Setting) -> None:
    stand_in(setting, setting.mara, setting.priya)
    submit(setting)
    assert roles_open_to(setting.priya, seats_of(setting.now())) == [OWNER, COMMANDER]
    sign(setting, setting.priya, OWNER)
    with pytest.raises(SigningRefused, match="in two roles"):
        sign(setting, setting.priya, COMMANDER)


def test_nobody_signs_beside_their_own_delegate(setting: Setting) -> None:
    """Mara commands and owns the other service; her delegate signed as commander, so her name stands there."""
    other = make_service(setting.organization, "hooks", owner=setting.mara)
    AffectedService(organization=setting.organization, incident=setting.incident, service=other).save()
    sam = make_member(setting.organization, name="Sam Oduya")
    stand_in(setting, setting.mara, sam)
    submit(setting)
    sign(setting, sam, COMMANDER)
    with pytest.raises(SigningRefused, match="Your name stands under this text"):
        sign(setting, setting.mara, OWNER)


def test_owner_signs_for_an_absent_owner_too(setting: Setting) -> None:
    sam = make_member(setting.organization, name="Sam Oduya")
    other = make_service(setting.organization, "hooks", owner=sam)
    AffectedService(organization=setting.organization, incident=setting.incident, service=other).save()
    stand_in(setting, setting.priya, sam)
    submit(setting)
    signoff = sign(setting, sam, OWNER)
    assert signoff.on_behalf_of == setting.priya
    assert {row.service.name for row in SignedService.objects.all()} == {"hooks", "mysql"}


def test_delegate_may_also_request_changes(setting: Setting) -> None:
    sam = make_member(setting.organization, Role.AUDITOR, name="Sam Oduya")
    stand_in(setting, setting.priya, sam)
    submit(setting)
    assert Permission.SIGN_AS_OWNER in rights_in(sam, setting.now(), seats_of(setting.now()))
    request_changes(actor=sam, review=setting.now(), reason="Not yet.")
    assert setting.now().state == ReviewState.CHANGES_REQUESTED


def test_manager_signs_the_highest_severity(setting: Setting) -> None:
    type(setting.incident).objects.filter(pk=setting.incident.pk).update(severity=1)
    with pytest.raises(InvalidTransition, match="Nobody here is a manager"):
        submit(setting)
    ines = make_member(setting.organization, Role.MANAGER)
    submit(setting)
    sign(setting, setting.priya, OWNER)
    sign(setting, setting.mara, COMMANDER)
    assert setting.now().state == ReviewState.IN_REVIEW
    sign(setting, ines, MANAGER)
    publish_review(actor=setting.mara, review=setting.now())


def test_security_signs_where_data_was_exposed(setting: Setting) -> None:
    type(setting.incident).objects.filter(pk=setting.incident.pk).update(data_exposed=True)
    with pytest.raises(InvalidTransition, match="Nobody here is in security"):
        submit(setting)
    make_member(setting.organization, Role.SECURITY)
    submit(setting)
    assert [seat.role for seat in seats_of(setting.now())] == [COMMANDER, OWNER, SignOffRole.SECURITY]


def test_saying_that_data_was_exposed_voids_what_was_signed_and_asks_security(setting: Setting) -> None:
    make_member(setting.organization, Role.SECURITY)
    submit(setting)
    sign(setting, setting.priya, OWNER)
    sign(setting, setting.mara, COMMANDER)
    incident = setting.now().incident
    describe_incident(
        actor=setting.jon,
        incident=incident,
        severity=incident.severity,
        services=incident.services.all(),
        data_exposed=True,
    )
    assert setting.now().state == ReviewState.IN_REVIEW
    assert not SignOff.objects.standing().exists()
    assert [seat.role for seat in seats_of(setting.now())] == [COMMANDER, OWNER, SignOffRole.SECURITY]


def test_submission_says_when_there_are_too_few_people_for_the_roles(setting: Setting) -> None:
    type(setting.incident).objects.filter(pk=setting.incident.pk).update(severity=1)
    Membership(organization=setting.organization, user=setting.mara, role=Role.MANAGER).save()
    with pytest.raises(InvalidTransition, match="there are too few people for all of them"):
        submit(setting)


def test_review_keeps_the_rules_that_it_was_submitted_under(setting: Setting) -> None:
    submit(setting)
    ines = make_member(setting.organization, Role.MANAGER)
    stricter = replace(Policy(), signers={1: (MANAGER,), 2: (MANAGER,), 3: (), 4: ()})
    set_policy(actor=setting.jon, organization=setting.organization, policy=stricter, note="After the audit")
    assert len(seats_of(setting.now())) == 2
    request_changes(actor=setting.priya, review=setting.now(), reason="Not yet.")
    submit(setting)
    kept = setting.now().policy
    assert kept is not None and kept.version == 1
    assert [seat.people for seat in seats_of(setting.now())][2] == (ines,)


def test_every_move_is_kept(setting: Setting) -> None:
    submit(setting)
    sign(setting, setting.priya, OWNER)
    sign(setting, setting.mara, COMMANDER)
    publish_review(actor=setting.mara, review=setting.now())
    moves = StateChange.objects.filter(review=setting.review).values_list("move", "source", "target")
    assert list(moves) == [
        ("draft", "", "drafting"),
        ("submit", "drafting", "in_review"),
        ("sign", "in_review", "in_review"),
        ("sign", "in_review", "in_review"),
        ("approve", "in_review", "approved"),
        ("publish", "approved", "published"),
    ]


def test_people_hear_what_concerns_them(setting: Setting) -> None:
    submit(setting)
    sign(setting, setting.priya, OWNER)
    section = setting.review.sections.get(key="summary")
    save_section(actor=setting.jon, section=section, body="Other words.", version=1)
    told = {(row.kind, row.recipient) for row in Notice.objects.all()}
    assert told >= {
        (NoticeKind.SIGNATURE_NEEDED, setting.mara),
        (NoticeKind.SIGNATURE_NEEDED, setting.priya),
        (NoticeKind.SIGNATURE_VOIDED, setting.priya),
    }
    assert SignOff.objects.get().voided_because in Notice.objects.get(kind=NoticeKind.SIGNATURE_VOIDED).text


def test_scope_of_a_token_counts_in_a_review(setting: Setting) -> None:
    ada = make_member(setting.organization, Role.ADMINISTRATOR)
    account = open_account(actor=ada, organization=setting.organization, name="Bot", purpose="Comments")
    grant_scopes(account.user, setting.organization.pk, ["read", Permission.COMMENT])
    assert rights_in(account.user, setting.now(), seats_of(setting.now())) == {Permission.COMMENT}


def test_day_of_a_delegation_is_the_organization_s_own(setting: Setting) -> None:
    """Behind the date line it is tomorrow already: who stands in from then on may sign."""
    lead = make_member(setting.organization, Role.SRE_LEAD)
    set_calendar(
        actor=lead,
        organization=setting.organization,
        zone="Pacific/Kiritimati",
        workdays=[0],
        holidays={},
    )
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False):
        ines = make_member(setting.organization, name="Ines Roth")
        there = date(2026, 11, 24)
        delegate(
            actor=setting.priya,
            organization=setting.organization,
            principal=setting.priya,
            substitute=ines,
            starts_on=there,
            ends_on=there,
            reason="On leave",
        )
        submit(setting)
        assert ines in seats_of(setting.now())[1].candidates
        assert [one.kind for one in waiting_in_reviews(ines, setting.organization)] == ["Signature"]
