"""The synthetic history: repeatable, never ahead of its time, and telling the story that the KPI page needs."""

from datetime import UTC, datetime, timedelta, timezone
from statistics import median

import pytest

from config.demo.history import QUARTER, SERVICES, PastIncident, baseline_bounds, synthetic_history
from config.demo.manifest import demo_organization

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def _quarters(history: tuple[PastIncident, ...]) -> list[list[PastIncident]]:
    start, _ = baseline_bounds(NOW)
    bounds = [(start + number * QUARTER, start + (number + 1) * QUARTER) for number in range(3)]
    return [[past for past in history if low <= past.impact_started < high] for low, high in bounds]


def _publication_days(incidents: list[PastIncident]) -> float:
    return median(
        (past.published_at - past.resolved) / timedelta(days=1) for past in incidents if past.published_at
    )


def test_history_same_arguments_give_same_records() -> None:
    assert synthetic_history(NOW) == synthetic_history(NOW)
    assert synthetic_history(NOW, seed=1) != synthetic_history(NOW, seed=2)


def test_history_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        synthetic_history(datetime(2026, 11, 21))


def test_history_every_record_says_that_it_is_synthetic() -> None:
    history = synthetic_history(NOW)
    assert 55 <= len(history) <= 65
    assert all(past.synthetic and all(action.synthetic for action in past.actions) for past in history)


@pytest.mark.parametrize(
    "now", [NOW, datetime(2024, 2, 29, 23, 59, 59, 5, tzinfo=timezone(timedelta(hours=-8)))]
)
@pytest.mark.parametrize("seed", range(12))
def test_history_times_are_in_order_and_not_in_the_future(now: datetime, seed: int) -> None:
    history = synthetic_history(now, seed)
    assert [past.impact_started for past in history] == sorted(past.impact_started for past in history)
    for past in history:
        assert past.impact_started < past.detected < past.resolved <= now
        assert past.published_at is None or past.resolved < past.published_at <= now
        assert past.published_at or not past.actions
        for action in past.actions:
            assert action.created == past.published_at
            assert action.created < action.due
            assert action.completed is None or action.created < action.completed <= now
            assert action.verified is None or (action.completed and action.completed < action.verified <= now)


def test_history_repeats_point_to_an_earlier_incident_of_the_same_service() -> None:
    history = synthetic_history(NOW)
    assert [past.index for past in history] == list(range(len(history)))
    repeats = [past for past in history if past.repeat_of is not None]
    assert repeats
    for past in repeats:
        original = history[past.repeat_of or 0]
        assert original.index < past.index
        assert (original.service, original.title, original.repeat_of) == (past.service, past.title, None)


def test_history_services_belong_to_the_demo_organization() -> None:
    assert set(SERVICES) <= {service.name for service in demo_organization().services}
    assert {past.service for past in synthetic_history(NOW)} == set(SERVICES)


def test_history_pilot_improves_on_the_baseline() -> None:
    baseline, first, second = _quarters(synthetic_history(NOW))
    assert _publication_days(baseline) > _publication_days(first) > _publication_days(second)
    repeats = [
        sum(past.repeat_of is not None for past in part) / len(part) for part in (baseline, first, second)
    ]
    assert repeats == sorted(repeats, reverse=True)
    kept = [_kept_share(part) for part in (baseline, first, second)]
    assert kept == sorted(kept)


def test_history_leaves_something_unpublished_and_something_overdue() -> None:
    history = synthetic_history(NOW)
    assert any(past.published_at is None for past in history)
    overdue = [
        action for past in history for action in past.actions if not action.completed and action.due < NOW
    ]
    assert overdue


def _kept_share(incidents: list[PastIncident]) -> float:
    due = [action for past in incidents for action in past.actions if action.due <= NOW]
    return sum(action.completed is not None and action.completed <= action.due for action in due) / len(due)
