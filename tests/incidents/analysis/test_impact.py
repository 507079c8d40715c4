"""Who was hit, for how long and how hard; and what is unknown, because the record does not bear it."""

from __future__ import annotations

import pytest

from incidents.analysis.impact import Known, Span, Terms, Unknown, impact
from incidents.analysis.observed import Observed, Series
from incidents.enums import SourceKind
from tests.incidents.analysis.scenes import CALLS, ELEVEN, MINUTE, alarm, failing, series
from tests.incidents.analysis.telling import fact


def bump(service: str, metric: str, usual: float, then: float, minutes: int) -> Series:
    """A series that goes up at eleven and comes back."""
    one = series(service, metric, usual, noise=0, after=60)
    points = ((at, then if 0 <= at - ELEVEN < minutes * MINUTE else usual) for at, _ in one.points)
    return one._replace(points=tuple(points))


def over(minutes: int = 20) -> Observed:
    """``orders`` and ``web`` fail from eleven on, and are back ``minutes`` later."""
    return Observed(
        series=(
            bump("orders", "error_ratio", 0.002, 0.5, minutes),
            bump("web", "error_ratio", 0.002, 0.25, minutes),
            series("web", "requests_per_sec", 100, noise=0, after=60),
        ),
        alarms=(alarm(),),
        calls=CALLS,
    )


def test_window_of_impact_is_that_of_the_edge_and_ends_with_the_last_return() -> None:
    found = impact(over(20), response=(ELEVEN + 4 * MINUTE, ELEVEN + 55 * MINUTE))
    assert isinstance(found.customers_hit, Span) and isinstance(found.response, Span)
    assert (found.customers_hit.start, found.customers_hit.end) == (ELEVEN, ELEVEN + 20 * MINUTE)
    assert found.customers_hit.minutes == 20
    assert found.response.minutes == 51
    assert all("web" in reason.text for reason in found.customers_hit.why)


def test_services_are_told_once_in_the_order_of_failing() -> None:
    assert [one.service for one in impact(over()).services] == ["orders", "web"]


def test_record_that_ends_too_early_leaves_the_end_open() -> None:
    hit = impact(failing()).customers_hit
    assert isinstance(hit, Span) and hit.end is None and hit.minutes is None
    assert "record ends before" in hit.why[1].text


def test_error_share_and_requests_come_from_the_edge() -> None:
    found = impact(over(20))
    assert isinstance(found.error_share, Known) and isinstance(found.requests, Known)
    assert found.error_share.value == pytest.approx(0.25)
    assert found.error_share.text.startswith("25% of requests to web failed")
    assert found.requests.value == pytest.approx(0.25 * 100 * 19 * 60)
    assert found.requests.text == "About 28,000 requests to web failed."
    assert {ref.key for ref in found.requests.refs} == {"web requests_per_sec", "web error_ratio"}


def test_availability_is_read_as_its_lack() -> None:
    observed = Observed(series=(series("web", "availability", 100, 80, noise=0),), alarms=(alarm("web"),))
    share = impact(observed).error_share
    assert isinstance(share, Known) and share.value == pytest.approx(0.2)


def test_highest_told_number_of_customers_counts_with_its_entry() -> None:
    facts = [
        fact(4, 60, "About 300 customers see errors", SourceKind.SLACK),
        fact(7, 90, "1,250 merchant accounts could not check out", SourceKind.STATUSPAGE),
        fact(8, 95, "handled 90000 users", SourceKind.LOG),
    ]
    customers = impact(Observed(), facts).customers
    assert isinstance(customers, Known) and customers.value == 1250
    assert customers.text.startswith("1,250 accounts, as told in E7")


def test_minutes_are_set_beside_what_the_strictest_promise_leaves() -> None:
    terms = [Terms("web", target=99.9), Terms("orders", target=99.0), Terms("stock")]
    found = impact(over(20), terms=terms).sla
    assert isinstance(found, Known) and found.value == 20
    assert (
        found.text
        == "20 minutes of impact; the 99.9% promised for web leave 43.2 minutes in 30 days, 46% of them."
    )
    assert found.refs


def test_currencies_are_never_added_up() -> None:
    terms = [Terms("web", price=50, currency="EUR"), Terms("orders", price=10, currency="USD")]
    found = impact(over(20), terms=terms).money
    assert isinstance(found, Known)
    assert found.text == "1,000 EUR, for 20 minutes at 50 EUR each; 200 USD, for 20 minutes at 10 USD each."


def test_what_people_marked_holds_where_nothing_is_measured() -> None:
    marked = Span(ELEVEN, ELEVEN + 600, ())
    assert impact(Observed(), marked=marked).customers_hit == marked
    assert impact(over(20), marked=marked).customers_hit != marked


def test_money_needs_a_price_and_an_end() -> None:
    assert isinstance(impact(over()).money, Unknown)
    assert isinstance(impact(failing(), terms=[Terms("web", price=10)]).money, Unknown)
    money = impact(over(20), terms=[Terms("web", price=50)]).money
    assert isinstance(money, Known) and money.value == 1000


@pytest.mark.parametrize(
    "name", ["customers_hit", "response", "error_share", "requests", "customers", "sla", "money"]
)
def test_what_the_record_does_not_bear_is_unknown_with_a_reason(name: str) -> None:
    found = getattr(impact(Observed()), name)
    assert isinstance(found, Unknown)
    assert found.why.startswith("Unknown, because")
