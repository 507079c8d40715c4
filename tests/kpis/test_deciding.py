"""What deciding costs: time writing apart from time waiting, and exceptions, each from what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from kpis.deciding import DecisionFact, measure_signatures, measure_writing
from kpis.selectors import Window, decided_in, exceptions_in
from reviews.enums import CheckCode, ReviewState, WaiverKind
from reviews.models import StateChange
from reviews.services import grant_waiver
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

START = datetime(2026, 3, 2, 9, tzinfo=timezone.get_default_timezone())


def test_times_are_medians_and_what_was_not_kept_is_no_zero() -> None:
    facts = [DecisionFact("A", 2.0, 10.0), DecisionFact("B", 4.0, 30.0), DecisionFact("C", None, None)]
    writing, waiting = measure_writing(facts), measure_signatures(facts)
    assert (writing.value, writing.n, writing.not_applicable) == (3.0, 2, 1)
    assert (waiting.value, waiting.q1, waiting.q3) == (20.0, 15.0, 25.0)
    assert measure_writing([]).value is None


@pytest.fixture
def published() -> Iterator[Setting]:
    made = make_setting(ReviewState.PUBLISHED)
    with scope(organization=made.organization):
        yield made


@pytest.mark.django_db
def test_time_is_read_from_the_kept_moves(published: Setting) -> None:
    """Drafted at 9, submitted at 12, signed until 17, published the next day: 3 hours written, 5 hours waited."""
    hours = {"draft": 0, "submit": 3, "sign": 6, "approve": 8, "publish": 24}
    for change in StateChange.objects.all():
        StateChange.objects.filter(pk=change.pk).update(at=START + timedelta(hours=hours[change.move]))
    [fact] = decided_in(published.jon, Window.last_days(7))
    assert (fact.writing_hours, fact.signature_hours) == (3.0, 5.0)


@pytest.mark.django_db
def test_review_without_kept_moves_has_no_time(published: Setting) -> None:
    StateChange.objects.all().delete()
    [fact] = decided_in(published.jon, Window.last_days(7))
    assert (fact.writing_hours, fact.signature_hours) == (None, None)


@pytest.mark.django_db
def test_exceptions_are_counted_by_kind_and_shown(client: Client) -> None:
    made = make_setting()
    ines = make_member(made.organization, Role.MANAGER)
    with scope(organization=made.organization):
        grant_waiver(
            actor=ines,
            incident=made.incident,
            kind=WaiverKind.CHECK,
            check_code=CheckCode.BLAME,
            reason="A quotation.",
            ends_on=timezone.now().date() + timedelta(days=3),
        )
        counts = exceptions_in(made.jon, Window.last_days(7))
        assert (sum(counts.values()), counts["Publish although a check fails"]) == (1, 1)
    client.force_login(made.jon)
    shown = client.get(reverse("kpis:reliability", args=[made.organization.slug])).content.decode()
    assert "Time waiting for signatures" in shown
    assert "Publish although a check fails 1" in shown
