"""Seats: who may sign, who has, and who is waited for since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from governance.access import Permission
from incidents.models import AffectedService
from reviews.enums import ReviewState, SignOffRole
from reviews.models import SignOff
from reviews.selectors.seats import rights_in, roles_open_to, seats_of, signings
from reviews.services import content_changed
from tests.factories import make_member, make_organization, make_service
from tests.reviews.builders import Setting, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=made.organization):
        yield made


def add_service(setting: Setting, name: str) -> None:
    service = make_service(setting.organization, name, owner=setting.priya)
    AffectedService(organization=setting.organization, incident=setting.incident, service=service).save()


def test_one_seat_for_the_commander_and_one_for_each_service(setting: Setting) -> None:
    add_service(setting, "hooks")
    seats = seats_of(setting.now())
    assert [(seat.label, seat.people) for seat in seats] == [
        ("Incident commander", (setting.mara,)),
        ("Owner of hooks", (setting.priya,)),
        ("Owner of mysql", (setting.priya,)),
    ]


def test_owner_of_several_services_is_one_line(setting: Setting) -> None:
    add_service(setting, "hooks")
    assert [one.label for one in signings(seats_of(setting.now()))] == [
        "Incident commander",
        "Owner of hooks, mysql",
    ]
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    lines = signings(seats_of(setting.now()))
    assert [one.signoff.signer if one.signoff else None for one in lines] == [None, setting.priya]


def test_who_signed_has_no_role_left(setting: Setting) -> None:
    assert roles_open_to(setting.priya, seats_of(setting.now())) == [SignOffRole.SERVICE_OWNER]
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    assert roles_open_to(setting.priya, seats_of(setting.now())) == []
    assert roles_open_to(setting.jon, seats_of(setting.now())) == []


def test_waiting_starts_anew_when_a_signature_is_voided(setting: Setting) -> None:
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    content_changed(actor=setting.jon, review=setting.review, because="A word was changed")
    voided = SignOff.objects.get()
    submitted = voided.voided_at - timedelta(hours=3)
    commander, owner = signings(seats_of(setting.now()))
    assert commander.waiting_since(submitted) == submitted
    assert owner.waiting_since(submitted) == voided.voided_at
    assert owner.voided == voided


def test_rights_come_from_roles_and_posts_of_members(setting: Setting) -> None:
    seats = seats_of(setting.now())
    assert Permission.SIGN_AS_COMMANDER in rights_in(setting.mara, setting.review, seats)
    assert Permission.SIGN_AS_COMMANDER not in rights_in(setting.priya, setting.review, seats)
    assert Permission.SIGN_AS_OWNER in rights_in(setting.priya, setting.review, seats)
    assert Permission.PUBLISH_REVIEW in rights_in(setting.jon, setting.review, seats)
    stranger = make_member(make_organization())
    assert rights_in(stranger, setting.review, seats) == frozenset()


def test_seats_take_as_many_queries_for_four_services_as_for_one(setting: Setting) -> None:
    review = setting.now()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            seats_of(review)
        counts.append(len(captured))
        for name in ("hooks", "pages", "search"):
            if len(counts) == 1:
                add_service(setting, name)
    assert counts[0] == counts[1]
