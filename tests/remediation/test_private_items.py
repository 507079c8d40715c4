"""Promises of a private incident: who can be asked to keep one, and in whose lists it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AfterwordError
from governance.models import Organization, User
from incidents.models import IncidentReader
from kpis.selectors import Window, facts_in, overdue_debt, repeats_in
from remediation.forms import ActionItemForm
from remediation.selectors import items, waiting_for
from remediation.services import plan_action_item
from reviews.models import Publication, Review
from tests.factories import make_incident, make_member, make_organization
from tests.factories.incidents import START
from tests.factories.reviews import make_publication

pytestmark = pytest.mark.django_db

TODAY = date(2019, 1, 10)
WINDOW = Window(date(2018, 10, 1), date(2018, 12, 31))


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture(autouse=True)
def _inside(organization: Organization) -> Iterator[None]:
    with scope(organization=organization):
        yield


@pytest.fixture
def outsider(organization: Organization) -> User:
    return make_member(organization, *Role)


@pytest.fixture
def publication(organization: Organization) -> Publication:
    found = make_publication(organization)
    found.review.incident.is_private = True
    found.review.incident.save()
    return found


def _name(publication: Publication, person: User) -> None:
    incident = publication.review.incident
    IncidentReader(organization=incident.organization, incident=incident, person=person).save()


def _plan(actor: User, review: Review, owner: User) -> None:
    plan_action_item(
        actor=actor,
        review=review,
        title="Fence the old primary",
        kind="prevent",
        owner=owner,
        severity=2,
        due_on=date(2018, 12, 14),
        verification_criterion="A drill shows one primary only.",
    )


def test_owner_must_be_somebody_who_sees_it(organization: Organization, outsider: User) -> None:
    reader = make_member(organization)
    incident = make_incident(organization, is_private=True)
    IncidentReader(organization=organization, incident=incident, person=reader).save()
    review = Review(organization=organization, incident=incident, author=reader)
    review.save()
    offered = ActionItemForm(review=review).fields["owner"].queryset  # type: ignore[attr-defined]
    assert list(offered) == [reader]
    with pytest.raises(AfterwordError, match="may not see"):
        _plan(reader, review, outsider)
    _plan(reader, review, reader)


def test_lists_leave_it_out_and_numbers_count_it(
    organization: Organization, outsider: User, publication: Publication
) -> None:
    publication.review.action_items.update(owner=outsider)
    reader = make_member(organization, *Role)
    _name(publication, reader)
    assert not items(outsider, show="all")
    assert not waiting_for(outsider, organization)
    assert not overdue_debt(outsider, TODAY)
    assert len(items(reader, show="all")) == 2
    assert overdue_debt(reader, TODAY)[0].items == 2
    assert facts_in(outsider, WINDOW) == facts_in(reader, WINDOW)
    assert len(facts_in(outsider, WINDOW).items) == 2


@pytest.mark.parametrize("hidden", ["the repeat", "what it repeats"])
def test_repeat_is_listed_only_when_both_are_seen(
    organization: Organization, outsider: User, hidden: str
) -> None:
    earlier = make_incident(organization, is_private=hidden == "what it repeats")
    again = make_incident(
        organization, repeat_of=earlier, declared_at=START.replace(day=22), is_private=hidden == "the repeat"
    )
    reader = make_member(organization)
    for incident in (earlier, again):
        IncidentReader(organization=organization, incident=incident, person=reader).save()
    assert not repeats_in(outsider, WINDOW)
    assert list(repeats_in(reader, WINDOW)) == [again]
