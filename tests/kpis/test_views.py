"""The page of numbers: honest below the minimum, open about what is synthetic, usable by plain forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from governance.enums import Role
from governance.models import Organization, User
from kpis.models import Baseline
from kpis.services import capture_baseline
from tests.factories import make_member, make_organization, make_service
from tests.kpis.history import DAY, happened, promised

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("first_of_april"),
]


@pytest.fixture
def first_of_april() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(organization: Organization, client: Client, **query: str) -> Any:
    response = client.get(reverse("kpis:reliability", args=[organization.slug]), query)
    assert response.status_code == 200
    return response


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def add(
    organization: Organization, owner: User, count: int, *, month: int = 3, synthetic: bool = False
) -> None:
    with scope(organization=organization):
        service = make_service(organization)
        original = None
        for number in range(count):
            day = date(2026, month, 1) + DAY * number
            incident = happened(
                organization,
                day,
                resolved=day,
                published=day + DAY,
                services=(service,),
                is_synthetic=synthetic,
                repeat_of=original,
            )
            promised(incident, owner, on=day, due=day + DAY * 2)
            original = original or incident


def capture(organization: Organization, month: int) -> Baseline:
    with scope(organization=organization):
        return capture_baseline(
            actor=make_member(organization, Role.MANAGER),
            organization=organization,
            window_start=date(2026, month, 1),
            window_end=date(2026, month, 28),
        )


def test_page_of_an_empty_organization_says_so(organization: Organization) -> None:
    text = words(page(organization, signed_in(make_member(organization))))
    assert text.count("Nothing to count in this window yet.") == 5
    assert "No baseline captured yet" in text
    assert (
        "Every promise that was due has been kept." in text and "No confirmed repeat in this window." in text
    )
    assert "0 %" not in text and "0.0 h" not in text


def test_page_gives_no_verdict_below_the_minimum(organization: Organization) -> None:
    user = make_member(organization)
    add(organization, user, 2, month=2)
    capture(organization, 2)
    text = words(page(organization, signed_in(user)))
    assert text.count("too few for a verdict (fewer than 5)") == 3
    assert "on baseline" not in text


def test_page_gives_a_verdict_from_the_minimum_on(organization: Organization) -> None:
    user = make_member(organization)
    add(organization, user, 5, month=2)
    capture(organization, 2)
    text = words(page(organization, signed_in(user)))
    assert "too few" not in text and text.count("as the baseline") == 3


def test_page_marks_synthetic_history_and_leaves_it_out_when_asked(organization: Organization) -> None:
    user = make_member(organization)
    add(organization, user, 3, synthetic=True)
    add(organization, user, 1)
    client = signed_in(user)
    everything, real = page(organization, client), page(organization, client, real="on")
    assert "3 of these 4 incidents are synthetic history of the demo" in words(everything)
    assert words(everything).count("Includes 3 synthetic.") == 3
    assert "synthetic history of the demo, made up" not in words(real) and "Includes" not in words(real)
    assert (everything.context["incidents"], real.context["incidents"]) == (4, 1)
    assert (everything.context["debt_items"], real.context["debt_items"]) == (4, 1)
    assert (len(everything.context["repeats"]), len(real.context["repeats"])) == (2, 0)


def test_page_keeps_to_its_window_and_forgives_an_unknown_one(organization: Organization) -> None:
    user = make_member(organization)
    with scope(organization=organization):
        happened(organization, date(2025, 12, 1))
    client = signed_in(user)
    counted = {
        days: page(organization, client, days=days).context["incidents"] for days in ("90", "180", "x", "-1")
    }
    assert counted == {"90": 0, "180": 1, "x": 1, "-1": 1}


def test_page_shows_each_definition(organization: Organization) -> None:
    text = words(page(organization, signed_in(make_member(organization, Role.AUDITOR))))
    for card in page(organization, signed_in(make_member(organization))).context["cards"]:
        assert card.definition.name in text and "How it is counted" in text
    assert "Capture the baseline" not in text


def test_page_asks_the_same_number_of_queries_for_one_row_and_three(organization: Organization) -> None:
    user = make_member(organization)
    client = signed_in(user)

    def queries() -> int:
        page(organization, client)
        with CaptureQueriesContext(connection) as captured:
            page(organization, client)
        return len(captured)

    add(organization, user, 1)
    one = queries()
    add(organization, user, 3)
    assert queries() == one


def test_capture_by_plain_form_freezes_and_shows_the_window(organization: Organization) -> None:
    add(organization, make_member(organization), 1)
    client = signed_in(make_member(organization, Role.MANAGER))
    assert "Capture the baseline" in words(page(organization, client))
    answer = client.post(
        reverse("kpis:capture", args=[organization.slug]),
        {"window_start": "2026-03-01", "window_end": "2026-03-31", "note": "Before"},
    )
    assert answer.status_code == 302
    text = words(client.get(answer["Location"]))
    assert "The baseline is captured." in text and "1 Mar 2026 to 31 Mar 2026" in text.replace("</span>", "")


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2026-03-31", "2026-03-01", "Swap the two days."),
        ("2026-03-01", "2026-04-01", "The window is not over yet."),
        ("2026-01-01", "2026-01-31", "No incident and no action item"),
        ("", "2026-01-31", "Fill this in; nothing was saved yet."),
    ],
)
def test_capture_answers_422_and_keeps_what_was_typed(
    organization: Organization, start: str, end: str, sentence: str
) -> None:
    client = signed_in(make_member(organization, Role.MANAGER))
    answer = client.post(
        reverse("kpis:capture", args=[organization.slug]),
        {"window_start": start, "window_end": end, "note": "A note that was typed"},
    )
    assert answer.status_code == 422
    assert sentence in words(answer) and "A note that was typed" in words(answer)


def test_capture_is_forbidden_without_the_right_and_unknown_elsewhere(organization: Organization) -> None:
    address = reverse("kpis:capture", args=[organization.slug])
    window = {"window_start": "2026-03-01", "window_end": "2026-03-31"}
    add(organization, make_member(organization), 1)
    assert signed_in(make_member(organization, Role.AUDITOR)).post(address, window).status_code == 403
    stranger = signed_in(make_member(make_organization(), Role.MANAGER))
    assert stranger.post(address, window).status_code == 404
    assert stranger.get(reverse("kpis:reliability", args=[organization.slug])).status_code == 404
    with scope(organization=organization):
        assert not Baseline.objects.exists()
