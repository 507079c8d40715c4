"""The KPIs of a small history, against numbers that were worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from governance.models import Organization, User
from kpis import selectors
from kpis.definitions import Measure
from kpis.selectors import Debt, Window
from remediation.enums import ActionStatus
from tests.factories import make_member, make_organization, make_service
from tests.kpis.history import DAY, happened, promised

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 1)
MARCH = Window(date(2026, 3, 1), date(2026, 3, 31))


@dataclass(frozen=True)
class House:
    organization: Organization
    user: User


@pytest.fixture
def house() -> Iterator[House]:
    organization = make_organization()
    made = House(organization, make_member(organization, name="Priya Nair"))
    with scope(organization=organization):
        yield made


def measured(house: House, *, synthetic: bool = True) -> dict[str, Measure]:
    return selectors.measures(selectors.facts_in(house.user, MARCH, synthetic=synthetic), TODAY)


def test_publication_time_is_the_median_of_what_was_published(house: House) -> None:
    for days in (1, 2, 9):
        happened(
            house.organization,
            date(2026, 3, 1),
            resolved=date(2026, 3, 2),
            published=date(2026, 3, 2) + DAY * days,
        )
    happened(house.organization, date(2026, 3, 4), resolved=date(2026, 3, 5))
    happened(house.organization, date(2026, 3, 6))
    happened(house.organization, date(2026, 3, 7), published=date(2026, 3, 9))
    happened(house.organization, date(2026, 3, 8), resolved=date(2026, 3, 9), published=date(2026, 3, 8))
    measure = measured(house)["publication_time"]
    assert (measure.value, measure.q1, measure.q3, measure.n) == (48.0, 36.0, 132.0, 3)
    assert (measure.pending, measure.not_applicable, measure.invalid) == (1, 2, 1)


def test_publication_time_belongs_to_the_window_of_the_resolution(house: House) -> None:
    happened(house.organization, date(2026, 2, 27), resolved=date(2026, 3, 1), published=date(2026, 4, 1))
    happened(house.organization, date(2026, 3, 31), resolved=date(2026, 4, 1), published=date(2026, 4, 1))
    measure = measured(house)["publication_time"]
    assert (measure.n, measure.value, measure.not_applicable) == (1, 31 * 24.0, 0)


def test_window_holds_its_first_and_its_last_day(house: House) -> None:
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
        happened(house.organization, day)
    assert [fact.declared_at.date() for fact in selectors.declared_in(house.user, MARCH)] == [
        date(2026, 3, 31),
        date(2026, 3, 1),
    ]


def test_repeat_frequency_counts_confirmed_repeats_within_ninety_days(house: House) -> None:
    first = happened(house.organization, date(2025, 12, 15))
    old = happened(house.organization, date(2025, 11, 1))
    later = happened(house.organization, date(2026, 3, 30))
    happened(house.organization, date(2026, 3, 10), repeat_of=first)
    happened(house.organization, date(2026, 3, 11), repeat_of=old)
    happened(house.organization, date(2026, 3, 12), repeat_of=later)
    measure = measured(house)["repeat_frequency"]
    assert (measure.hits, measure.n, measure.invalid) == (1, 3, 1)
    assert measure.value == pytest.approx(1 / 3)


def test_remediation_completion_counts_what_was_due(house: House) -> None:
    incident = happened(house.organization, date(2026, 2, 1), published=date(2026, 2, 10))
    hidden = happened(house.organization, date(2026, 2, 1))
    made = date(2026, 2, 10)
    for due, completed in (
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 3, 11), date(2026, 3, 12)),
        (date(2026, 3, 12), None),
        (date(2026, 3, 13), date(2026, 2, 20)),
        (date(2026, 3, 14), date(2026, 2, 9)),
        (date(2026, 4, 1), date(2026, 3, 1)),
    ):
        promised(incident, house.user, on=made, due=due, completed=completed)
    promised(incident, house.user, on=made, due=date(2026, 3, 20), status=ActionStatus.DROPPED)
    assert not hasattr(hidden, "review")
    measure = measured(house)["remediation_completion"]
    assert (measure.hits, measure.n, measure.invalid, measure.pending) == (2, 4, 1, 0)
    assert (measure.value, measure.median, measure.q1, measure.q3) == (0.5, 28.0, 19.0, 29.0)


def test_open_item_of_a_day_that_is_not_over_is_pending(house: House) -> None:
    incident = happened(house.organization, date(2026, 2, 1), published=date(2026, 2, 10))
    promised(incident, house.user, on=date(2026, 2, 10), due=date(2026, 3, 31))
    facts = selectors.facts_in(house.user, MARCH)
    today = selectors.measures(facts, date(2026, 3, 31))["remediation_completion"]
    after = selectors.measures(facts, date(2026, 4, 1))["remediation_completion"]
    assert (today.n, today.value, today.pending) == (0, None, 1)
    assert (after.n, after.value, after.pending) == (1, 0.0, 0)


def test_nothing_gives_no_value_instead_of_zero(house: House) -> None:
    assert [(one.n, one.value, one.median) for one in measured(house).values()] == [(0, None, None)] * 3


def test_real_leaves_synthetic_history_out_of_everything(house: House) -> None:
    service = make_service(house.organization, "mysql")
    days = {"resolved": date(2026, 3, 2), "published": date(2026, 3, 3)}
    real = happened(house.organization, date(2026, 3, 1), services=(service,), **days)
    made_up = happened(
        house.organization, date(2026, 3, 1), services=(service,), is_synthetic=True, repeat_of=real, **days
    )
    for incident in (real, made_up):
        promised(incident, house.user, on=date(2026, 3, 3), due=date(2026, 3, 20))
    assert [(one.n, one.synthetic) for one in measured(house).values()] == [(2, 1)] * 3
    assert [(one.n, one.synthetic) for one in measured(house, synthetic=False).values()] == [(1, 0)] * 3
    assert [debt.items for debt in selectors.overdue_debt(house.user, TODAY)] == [2]
    assert [debt.items for debt in selectors.overdue_debt(house.user, TODAY, synthetic=False)] == [1]
    assert list(selectors.repeats_in(house.user, MARCH)) == [made_up]
    assert not selectors.repeats_in(house.user, MARCH, synthetic=False)


def test_overdue_debt_is_by_service_oldest_first(house: House) -> None:
    mysql, proxy = (make_service(house.organization, name) for name in ("mysql", "proxy"))
    both = happened(house.organization, date(2026, 2, 1), published=date(2026, 2, 2), services=(mysql, proxy))
    one = happened(house.organization, date(2026, 2, 1), published=date(2026, 2, 2), services=(proxy,))
    promised(both, house.user, on=date(2026, 2, 2), due=date(2026, 3, 22))
    promised(one, house.user, on=date(2026, 2, 2), due=date(2026, 3, 31))
    promised(one, house.user, on=date(2026, 2, 2), due=TODAY)
    promised(one, house.user, on=date(2026, 2, 2), due=date(2026, 3, 1), completed=date(2026, 3, 30))
    assert selectors.overdue_debt(house.user, TODAY) == [
        Debt("mysql", 1, 10, 10, "Priya Nair"),
        Debt("proxy", 2, 10, 11, "Priya Nair"),
    ]


def test_other_organization_is_not_counted(house: House) -> None:
    elsewhere = make_organization()
    with scope(organization=elsewhere):
        happened(elsewhere, date(2026, 3, 1), resolved=date(2026, 3, 2), published=date(2026, 3, 3))
    assert all(measure.n == 0 for measure in measured(house).values())


def test_monthly_values_come_from_their_own_facts(house: House) -> None:
    for month, days in ((1, 1), (3, 3), (3, 5)):
        resolved = date(2026, month, 2)
        happened(house.organization, resolved, resolved=resolved, published=resolved + DAY * days)
    facts = selectors.facts_in(house.user, Window(date(2026, 1, 1), date(2026, 3, 31)))
    series = selectors.monthly(facts, TODAY)["publication_time"]
    assert [(month.month, one.value, one.n) for month, one in series] == [(1, 24.0, 1), (3, 96.0, 2)]


def test_facts_of_a_window_take_three_queries_however_many(house: House) -> None:
    for _ in range(3):
        incident = happened(
            house.organization, date(2026, 3, 1), resolved=date(2026, 3, 2), published=date(2026, 3, 3)
        )
        promised(incident, house.user, on=date(2026, 3, 3), due=date(2026, 3, 20))
    with CaptureQueriesContext(connection) as captured:
        selectors.facts_in(house.user, MARCH)
    assert len(captured) == 3
