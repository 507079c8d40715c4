"""Incidents like one at hand: which ones, why, and what is still promised after them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.models import Organization, User
from incidents.enums import PatternMark
from incidents.models import Incident, LogPattern
from remediation.enums import ActionKind, ActionStatus
from remediation.models import ActionItem
from reviews.models import SearchDocument
from reviews.selectors.similar import MOST_SHOWN, Match, similar_to
from tests.factories import make_evidence, make_incident, make_member, make_organization, make_service
from tests.reviews.test_searching import document

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
REFUSED = "connection <*> refused by pool"


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = make_organization()
    with scope(organization=made):
        yield made


@pytest.fixture
def reader(organization: Organization) -> User:
    return make_member(organization)


@pytest.fixture
def incident(organization: Organization) -> Incident:
    """One on mysql whose log says that connections were refused."""
    made = make_incident(
        organization,
        None,
        (make_service(organization, "mysql"),),
        title="Orchestrator elected a second primary",
    )
    LogPattern(
        organization=organization,
        evidence=make_evidence(made),
        template=REFUSED,
        count=4,
        first_at=datetime(2026, 11, 1, tzinfo=UTC),
        last_at=datetime(2026, 11, 1, tzinfo=UTC),
        groups=[],
        samples=[],
        mark=PatternMark.NEW,
    ).save()
    return made


def found(incident: Incident, user: User) -> list[Match]:
    return similar_to(incident, user, TODAY)


def promise(row: SearchDocument, owner: User, number: int = 1, **fields: Any) -> None:
    values: dict[str, Any] = {
        "title": "Fence the old primary",
        "kind": ActionKind.PREVENT,
        "severity": 2,
        "due_on": date(2026, 12, 1),
        "verification_criterion": "A drill shows it.",
        **fields,
    }
    ActionItem(organization=row.organization, review=row.review, number=number, owner=owner, **values).save()


def test_log_patterns_and_services_in_common_are_the_reasons(
    incident: Incident, organization: Organization, reader: User
) -> None:
    document(organization, title="Of old", templates=[REFUSED], services=["mysql"])
    document(organization, title="Of nothing in common", services=["mysql"])
    (match,) = found(incident, reader)
    assert match.title == "Of old"
    assert match.reasons == (f"Both logged “{REFUSED}”", "Both affected mysql")


def test_words_in_common_are_found_in_any_form(
    incident: Incident, organization: Organization, reader: User
) -> None:
    document(organization, title="Election", rest="The orchestrators were electing two primaries.")
    document(organization, title="Certificates expired", rest="Nobody renewed them.")
    (match,) = found(incident, reader)
    assert match.reasons == ("Both speak of “orchestrator”, “elected” and “primary”",)


def test_real_incidents_come_before_synthetic_ones_and_five_at_most(
    incident: Incident, organization: Organization, reader: User
) -> None:
    for number in range(MOST_SHOWN):
        both = {"templates": [REFUSED], "services": ["mysql"]}
        document(organization, title=f"Orchestrator elected primary {number}", is_synthetic=True, **both)
    document(organization, title="The real one", templates=[REFUSED])
    matches = found(incident, reader)
    assert len(matches) == MOST_SHOWN
    assert [match.is_synthetic for match in matches] == [False, True, True, True, True]


def test_incident_is_not_like_itself(organization: Organization, reader: User) -> None:
    row = document(organization, title="Orchestrator elected a second primary")
    assert not found(row.incident, reader)


def test_private_incident_is_a_match_for_its_readers_only(
    incident: Incident, organization: Organization, reader: User
) -> None:
    row = document(organization, title="A heron in private", templates=[REFUSED], is_private=True)
    assert not found(incident, reader)
    row.incident.readers.create(organization=organization, person=reader)
    assert [match.title for match in found(incident, reader)] == ["A heron in private"]


def test_open_promises_are_shown_and_an_overdue_one_is_flagged(
    incident: Incident, organization: Organization, reader: User
) -> None:
    row = document(organization, title="Of old", templates=[REFUSED])
    promise(row, reader)
    promise(row, reader, 2, status=ActionStatus.DONE, due_on=date(2020, 1, 1))
    (match,) = found(incident, reader)
    assert [(one.title, one.owner, one.is_overdue) for one in match.promises] == [
        ("Fence the old primary", reader.name, False)
    ]
    assert not match.is_overdue
    promise(row, reader, 3, due_on=date(2026, 11, 20))
    assert found(incident, reader)[0].is_overdue


def test_queries_do_not_depend_on_how_much_is_found(
    incident: Incident, organization: Organization, reader: User
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            found(Incident.objects.get(pk=incident.pk), reader)
        return len(caught)

    promise(document(organization, templates=[REFUSED], services=["mysql"]), reader)
    one = asked()
    for _ in range(4):
        promise(document(organization, templates=[REFUSED], services=["mysql"]), reader)
    assert asked() == one


def test_title_of_operators_and_quotes_is_only_words(organization: Organization, reader: User) -> None:
    incident = make_incident(organization, None, (), title="O'Neil's \"pool\" & ! | <-> \\ :* 503")
    document(organization, title="Another")
    assert not found(incident, reader)


def test_card_is_a_link_first_and_the_fragment_says_why(
    incident: Incident, organization: Organization, reader: User
) -> None:
    promise(document(organization, title="Of old", templates=[REFUSED]), reader, due_on=date(2020, 1, 1))
    browser = Client()
    browser.force_login(reader)
    address = reverse("reviews:similar", args=[organization.slug, incident.reference])
    page = browser.get(reverse("incidents:detail", args=[organization.slug, incident.reference]))
    assert f'href="{address}"' in page.text
    for headers in ({"HX-Request": "true"}, {}):
        answer = " ".join(browser.get(address, headers=headers).text.split())
        assert "Both logged “connection &lt;*&gt; refused by pool”." in answer
        assert "A promised fix is overdue" in answer
        assert "overdue since" in answer
        assert ("<html" in answer) is (not headers)
