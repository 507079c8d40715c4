"""Somebody stands in for somebody in some days, and the organization works on some of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_scopes import scope

from governance.enums import NoticeKind, Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import AuditEntry, Delegation, Holiday, Notice, Organization, User, WorkCalendar
from governance.selectors import today_in
from governance.services import delegate, end_delegation, set_calendar
from tests.factories import make_member, make_organization

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False):
        yield


@pytest.fixture
def organization() -> Iterator[Organization]:
    organization = make_organization("acme", "Acme")
    with scope(organization=organization):
        yield organization


@pytest.fixture
def priya(organization: Organization) -> User:
    return make_member(organization, name="Priya Nair")


@pytest.fixture
def jon(organization: Organization) -> User:
    return make_member(organization, name="Jon Beck")


def _stand_in(organization: Organization, principal: User, substitute: User, **changed: Any) -> Delegation:
    facts: dict[str, Any] = {
        "actor": principal,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=4),
        "reason": "On leave",
    }
    return delegate(
        organization=organization, principal=principal, substitute=substitute, **(facts | changed)
    )


def test_substitute_is_in_force_on_both_edges_and_told(
    organization: Organization, priya: User, jon: User
) -> None:
    row = _stand_in(organization, priya, jon)
    for day in (row.starts_on, row.ends_on):
        assert Delegation.objects.in_force(day).get() == row
    assert not Delegation.objects.in_force(row.ends_on + timedelta(days=1)).exists()
    told = Notice.objects.get()
    assert (told.recipient, told.kind) == (jon, NoticeKind.DELEGATED)
    assert told.text == "You sign for Priya Nair from 23 Nov 2026 to 27 Nov 2026: On leave"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ends_on": TODAY - timedelta(days=1)}, "before the first"),
        ({"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=1)}, "have passed"),
        ({"ends_on": TODAY + timedelta(days=400)}, "longer than a year"),
        ({"reason": "  "}, "Say why"),
    ],
)
def test_days_and_reason_that_make_no_sense_are_refused(
    organization: Organization, priya: User, jon: User, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(AfterwordError, match=words):
        _stand_in(organization, priya, jon, **changed)
    assert not Delegation.objects.exists()


def test_nobody_stands_in_for_themselves_or_in_a_circle(
    organization: Organization, priya: User, jon: User
) -> None:
    with pytest.raises(AfterwordError, match="themselves"):
        _stand_in(organization, priya, priya)
    _stand_in(organization, priya, jon)
    with pytest.raises(AfterwordError, match="Choose somebody who is there"):
        _stand_in(
            organization, jon, priya, starts_on=TODAY + timedelta(days=4), ends_on=TODAY + timedelta(days=9)
        )
    _stand_in(
        organization, jon, priya, starts_on=TODAY + timedelta(days=5), ends_on=TODAY + timedelta(days=9)
    )


def test_somebody_from_elsewhere_cannot_stand_in(organization: Organization, priya: User) -> None:
    stranger = make_member(make_organization("beta"), name="Stranger")
    with pytest.raises(AfterwordError, match="not a member"):
        _stand_in(organization, priya, stranger)


def test_only_administrators_name_substitutes_of_others(
    organization: Organization, priya: User, jon: User
) -> None:
    with pytest.raises(AccessDenied):
        _stand_in(organization, priya, jon, actor=jon)
    ada = make_member(organization, Role.ADMINISTRATOR)
    assert _stand_in(organization, priya, jon, actor=ada).created_by == ada


def test_it_is_ended_by_either_of_them_or_an_administrator(
    organization: Organization, priya: User, jon: User
) -> None:
    row = _stand_in(organization, priya, jon)
    with pytest.raises(AccessDenied):
        end_delegation(actor=make_member(organization), delegation=row)
    end_delegation(actor=jon, delegation=row)
    assert not Delegation.objects.in_force(TODAY).exists()
    assert AuditEntry.objects.filter(action="delegation.ended", actor=jon).exists()


def test_who_has_left_ends_nothing(organization: Organization, priya: User, jon: User) -> None:
    row = _stand_in(organization, priya, jon)
    jon.memberships.all().delete()
    with pytest.raises(AccessDenied):
        end_delegation(actor=User.objects.get(pk=jon.pk), delegation=row)


def test_page_names_a_substitute_and_ends_it(
    organization: Organization, priya: User, jon: User, client: Client
) -> None:
    client.force_login(priya)
    form = {
        "principal": priya.pk,
        "substitute": jon.pk,
        "starts_on": "2026-11-23",
        "ends_on": "2026-11-27",
        "reason": "On leave",
    }
    assert client.post("/acme/settings/absence/", form).status_code == 302
    assert "On leave" in client.get("/acme/settings/absence/").content.decode()
    client.post(f"/acme/settings/absence/{Delegation.objects.get().pk}/end/")
    assert Delegation.objects.get().ended_at
    refused = client.post("/acme/settings/absence/", form | {"principal": jon.pk})
    assert refused.status_code == 422, "others are not on offer"


# The calendar


def test_calendar_is_kept_and_says_which_day_it_is(organization: Organization) -> None:
    lead = make_member(organization, Role.SRE_LEAD)
    assert today_in(organization.pk) == TODAY
    set_calendar(
        actor=lead,
        organization=organization,
        zone="Pacific/Kiritimati",
        workdays=[6, 0, 1, 2, 3],
        holidays={date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year"},
    )
    assert WorkCalendar.objects.get().workdays == [0, 1, 2, 3, 6]
    assert today_in(organization.pk) == TODAY + timedelta(days=1)
    set_calendar(
        actor=lead,
        organization=organization,
        zone="UTC",
        workdays=[0],
        holidays={date(2026, 12, 25): "Christmas"},
    )
    assert [str(day) for day in Holiday.objects.all()] == ["Christmas on 2026-12-25"]


@pytest.mark.parametrize(("zone", "days"), [("UTC", []), ("UTC", [7]), ("Mars/Olympus", [1])])
def test_calendar_without_sense_is_refused(organization: Organization, zone: str, days: list[int]) -> None:
    lead = make_member(organization, Role.SRE_LEAD)
    with pytest.raises(AfterwordError):
        set_calendar(actor=lead, organization=organization, zone=zone, workdays=days, holidays={})


def test_calendar_page_tells_which_line_is_wrong(organization: Organization, client: Client) -> None:
    client.force_login(make_member(organization, Role.SRE_LEAD))
    form = {
        "zone": "Europe/Berlin",
        "workdays": ["0", "1"],
        "holidays": "2026-12-25 Christmas Day\n25.12. Boxing",
    }
    answer = client.post("/acme/settings/calendar/", form)
    assert answer.status_code == 422 and "“25.12. Boxing” is not a day" in answer.content.decode()
    form["holidays"] = "2026-12-25 Christmas Day"
    assert client.post("/acme/settings/calendar/", form).status_code == 302
    assert "2026-12-25 Christmas Day" in client.get("/acme/settings/calendar/").content.decode()


def test_person_hears_who_was_made_to_sign_for_them(
    organization: Organization, priya: User, jon: User
) -> None:
    ada = make_member(organization, Role.ADMINISTRATOR, name="Ada Admin")
    _stand_in(organization, priya, ada, actor=ada)
    (notice,) = Notice.objects.filter(recipient=priya, kind=NoticeKind.DELEGATED)
    assert "Ada Admin signs for you" in notice.text
    _stand_in(organization, jon, priya)
    assert not Notice.objects.filter(recipient=jon).exists(), "nobody is told what they did themselves"
