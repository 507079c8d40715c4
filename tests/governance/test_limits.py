"""Buckets that everybody shares: exact under a crowd, emptying with time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from governance import limits
from governance.limits import Limit, TooMany, Use
from governance.models import LimitUse

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIVE = Limit("five a minute", 5, 60)
MINE = [Use(FIVE, "mine")]


def _try(uses: list[Use]) -> bool:
    try:
        limits.spend(uses)
    except TooMany:
        return False
    return True


@pytest.mark.django_db
def test_limit_lets_so_many_through_and_says_how_long_to_wait() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert [_try(MINE) for _ in range(7)] == [True] * 5 + [False] * 2
        with pytest.raises(TooMany, match="Wait 12 seconds") as refused:
            limits.spend(MINE)
        assert refused.value.seconds == 12
        clock.shift(timedelta(seconds=11.9))
        assert not _try(MINE)
        clock.shift(timedelta(seconds=0.2))
        assert [_try(MINE) for _ in range(2)] == [True, False]


@pytest.mark.django_db
def test_bucket_of_another_person_or_limit_is_another() -> None:
    assert [_try(MINE) for _ in range(6)][-1] is False
    assert _try([Use(FIVE, "yours")])
    assert _try([Use(Limit("five an hour", 5, 3600), "mine")])


@pytest.mark.django_db
def test_bucket_never_holds_less_than_nothing() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _try(MINE)
        limits.give_back([*MINE, *MINE])
        limits.give_back(MINE)
        clock.shift(timedelta(days=1))
        assert [_try(MINE) for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.django_db
def test_clock_that_goes_back_opens_nothing() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert all(_try(MINE) for _ in range(5))
        clock.shift(timedelta(seconds=-30))
        assert not _try(MINE)
        clock.shift(timedelta(seconds=30))
        assert not _try(MINE)


@pytest.mark.django_db
def test_first_time_is_once() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert [limits.first_time("code", "123456", 90) for _ in range(2)] == [True, False]
        clock.shift(timedelta(seconds=89))
        assert not limits.first_time("code", "123456", 90)
        clock.shift(timedelta(seconds=2))
        assert limits.first_time("code", "123456", 90)


@pytest.mark.django_db
def test_buckets_that_ran_empty_are_forgotten() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _try(MINE)
        clock.shift(timedelta(days=3))
        _try([Use(FIVE, "yours")])
        assert limits.forget() == 1
        assert LimitUse.objects.get().key == Use(FIVE, "yours").key


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
    ],
)
def test_one_connection_is_one_place(address: str, place: str) -> None:
    assert limits.network(address) == place


@pytest.mark.django_db(transaction=True)
def test_crowd_gets_no_more_through_than_the_limit() -> None:
    def one(_number: int) -> bool:
        try:
            return _try([Use(Limit("twenty an hour", 20, 3600), "crowd")])
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as crowd:
        passed = list(crowd.map(one, range(100)))
    assert passed.count(True) == 20
