"""Exactly once, whoever dies: claims, leases, stages, retries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from django_scopes import get_scope, scope
from pytest_django import Settings

from governance import outbox
from governance.enums import DeliveryStatus, Role
from governance.errors import AccessDenied, AfterwordError, NotConnected, OutsideError
from governance.models import AuditEntry, Delivery, Organization
from tests.factories import make_member, make_organization

KIND = "test.step"


class PulledPlug(BaseException):
    """What a killed worker is to its handler: nothing after it runs."""


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.DELIVERY_LEASE_SECONDS = 60
    settings.DELIVERY_SETTLE_SECONDS = 5


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[outbox.Handler], None]:
    """Makes a function the handler of our kind, for this test."""
    return lambda handler: monkeypatch.setitem(outbox._handlers, KIND, handler)


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The deliveries that a worker was told of; the broker itself is not there."""
    told: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda _task, args: told.extend(args))
    return told


def _enqueue(organization: Organization, key: str = "one", stage: int = 1, group: str = "group") -> Delivery:
    with transaction.atomic():
        return outbox.enqueue(
            organization=organization, group=group, stage=stage, kind=KIND, key=key, payload={"n": 1}
        )


def _again(delivery: Delivery) -> Delivery:
    with scope(organization=delivery.organization_id):
        found: Delivery = Delivery.objects.get(pk=delivery.pk)
        return found


def _change(delivery: Delivery, **values: Any) -> None:
    with scope(organization=delivery.organization_id):
        Delivery.objects.filter(pk=delivery.pk).update(**values)


def _make_due(delivery: Delivery) -> None:
    _change(delivery, not_before=timezone.now() - timedelta(seconds=1))


def _actions(organization: Organization) -> list[str]:
    with scope(organization=organization):
        return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def _succeed(_delivery: Delivery) -> outbox.Outcome:
    return outbox.Outcome(external_id="42", url="https://outside.example/42", detail={"version": 3})


@pytest.mark.django_db(transaction=True)
def test_enqueue_with_known_key_gives_the_row_that_exists(nudged: list[int]) -> None:
    organization = make_organization()
    first, second = _enqueue(organization), _enqueue(organization)
    assert first.pk == second.pk
    assert nudged == [first.pk, first.pk]


@pytest.mark.django_db(transaction=True)
def test_enqueue_in_a_transaction_that_fails_leaves_and_tells_nothing(nudged: list[int]) -> None:
    organization = make_organization()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _enqueue(organization).attempts /= 0
    with scope(organization=organization):
        assert not Delivery.objects.exists()
    assert nudged == []


@pytest.mark.django_db(transaction=True)
def test_same_key_in_two_organizations_makes_two_rows(nudged: list[int]) -> None:
    assert _enqueue(make_organization()).pk != _enqueue(make_organization()).pk


@pytest.mark.django_db(transaction=True)
def test_handler_runs_in_the_scope_and_outside_of_a_transaction(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    seen: list[tuple[bool, Any, str, int]] = []

    def look(delivery: Delivery) -> outbox.Outcome:
        stored = _again(delivery)
        seen.append((connection.in_atomic_block, get_scope()["organization"], stored.status, stored.attempts))
        return outbox.Outcome()

    handle(look)
    organization = make_organization()
    assert outbox.deliver_one(_enqueue(organization).pk)
    assert seen == [(False, organization, DeliveryStatus.LEASED, 1)]


@pytest.mark.django_db(transaction=True)
def test_delivered_row_keeps_the_outcome_and_is_audited(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    handle(_succeed)
    organization = make_organization()
    delivery = _enqueue(organization)
    assert outbox.deliver_one(delivery.pk)
    row = _again(delivery)
    assert row.status == DeliveryStatus.DELIVERED
    assert row.result == {"id": "42", "url": "https://outside.example/42", "version": 3}
    assert row.finished_at is not None
    assert (row.lease_token, row.lease_until) == (None, None)
    assert _actions(organization) == ["delivery.delivered"]
    assert not outbox.deliver_one(delivery.pk)


@pytest.mark.django_db(transaction=True)
def test_two_claimers_never_take_the_same_row(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    worked, lock = [], threading.Lock()

    def count(delivery: Delivery) -> outbox.Outcome:
        with lock:
            worked.append(delivery.pk)
        return outbox.Outcome()

    handle(count)
    organization = make_organization()
    rows = [_enqueue(organization, f"key {n}", group=f"group {n}").pk for n in range(20)]
    start = threading.Barrier(6)

    def claimer(_number: int) -> int:
        try:
            start.wait()
            return sum(outbox.deliver_one(pk) for pk in rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        claimed = list(pool.map(claimer, range(6)))
    assert sorted(worked) == sorted(rows)
    assert sum(claimed) == len(rows)


@pytest.mark.django_db(transaction=True)
def test_later_stage_waits_for_every_row_of_the_earlier_one(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    handle(_succeed)
    organization = make_organization()
    later = _enqueue(organization, "later", stage=2)
    early = [_enqueue(organization, f"early {n}") for n in range(2)]
    elsewhere = _enqueue(organization, "elsewhere", stage=2, group="other group")
    assert not outbox.deliver_one(later.pk)
    assert outbox.deliver_one(early[0].pk)
    assert not outbox.deliver_one(later.pk)
    assert outbox.deliver_one(elsewhere.pk)
    nudged.clear()
    assert outbox.deliver_one(early[1].pk)
    assert nudged == [later.pk]
    assert outbox.deliver_one(later.pk)


@pytest.mark.django_db(transaction=True)
def test_later_stage_goes_on_after_a_step_that_is_not_connected(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    def refuse(_delivery: Delivery) -> outbox.Outcome:
        raise NotConnected("Slack is not connected.")

    handle(refuse)
    organization = make_organization()
    early, later = _enqueue(organization, "early"), _enqueue(organization, "later", stage=2)
    assert outbox.deliver_one(early.pk)
    assert _again(early).status == DeliveryStatus.NOT_CONNECTED
    assert _again(early).last_error == "Slack is not connected."
    assert _actions(organization) == ["delivery.not_connected"]
    assert outbox.deliver_one(later.pk)


@pytest.mark.django_db(transaction=True)
def test_worker_that_dies_leaves_a_lease_that_is_taken_after_settling(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    def die(_delivery: Delivery) -> outbox.Outcome:
        raise PulledPlug

    handle(die)
    delivery = _enqueue(make_organization())
    with pytest.raises(PulledPlug):
        outbox.deliver_one(delivery.pk)
    row = _again(delivery)
    assert (row.status, row.attempts) == (DeliveryStatus.LEASED, 1)

    handle(_succeed)
    assert not outbox.deliver_one(delivery.pk)
    _change(delivery, lease_until=timezone.now() - timedelta(seconds=4))
    assert not outbox.deliver_one(delivery.pk), "the lease ran out, the outside has not settled"
    _change(delivery, lease_until=timezone.now() - timedelta(seconds=6))
    assert outbox.sweep() == 1
    assert (_again(delivery).status, _again(delivery).attempts) == (DeliveryStatus.DELIVERED, 2)


@pytest.mark.django_db(transaction=True)
def test_row_that_kills_every_worker_fails_at_last(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    ran: list[int] = []
    handle(lambda delivery: ran.append(delivery.pk) or outbox.Outcome())  # type: ignore[func-returns-value]
    organization = make_organization()
    delivery = _enqueue(organization)
    long_ago = timezone.now() - timedelta(hours=1)
    _change(delivery, status=DeliveryStatus.LEASED, attempts=outbox.MAX_ATTEMPTS, lease_until=long_ago)
    assert not outbox.deliver_one(delivery.pk)
    assert ran == []
    assert _again(delivery).status == DeliveryStatus.FAILED
    assert "retry" in _again(delivery).last_error
    assert _actions(organization) == ["delivery.failed"]


@pytest.mark.django_db(transaction=True)
def test_outcome_of_a_worker_that_lost_its_lease_is_not_recorded(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    organization = make_organization()

    def overtaken(delivery: Delivery) -> outbox.Outcome:
        _change(delivery, lease_until=timezone.now() - timedelta(hours=1))
        handle(_succeed)
        assert outbox.deliver_one(delivery.pk)
        return outbox.Outcome(external_id="too late")

    handle(overtaken)
    delivery = _enqueue(organization)
    outbox.deliver_one(delivery.pk)
    assert _again(delivery).result["id"] == "42"
    assert _actions(organization) == ["delivery.delivered"]


@pytest.mark.django_db(transaction=True)
def test_extend_prolongs_a_held_lease_and_stops_whoever_lost_it(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    until: list[Any] = []

    def long_work(delivery: Delivery) -> outbox.Outcome:
        _change(delivery, lease_until=timezone.now() + timedelta(seconds=1))
        outbox.extend(delivery)
        until.append(_again(delivery).lease_until)
        _change(delivery, lease_token=None)
        with pytest.raises(outbox.LeaseLost):
            outbox.extend(delivery)
        return outbox.Outcome()

    handle(long_work)
    outbox.deliver_one(_enqueue(make_organization()).pk)
    assert until[0] > timezone.now() + timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_passing_failure_is_tried_again_later_and_never_before_settling(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    def fail(_delivery: Delivery) -> outbox.Outcome:
        raise OutsideError("Jira asks us to wait.", retry_after=120)

    handle(fail)
    organization = make_organization()
    delivery = _enqueue(organization)
    assert outbox.deliver_one(delivery.pk)
    row = _again(delivery)
    assert (row.status, row.last_error) == (DeliveryStatus.PENDING, "Jira asks us to wait.")
    assert row.not_before > timezone.now() + timedelta(seconds=110)
    assert not outbox.deliver_one(delivery.pk)
    assert _actions(organization) == []
    assert outbox._pause(1, 0.0) >= timedelta(seconds=5)
    assert outbox._pause(30, 0.0) <= outbox.LONGEST_PAUSE * 1.2
    assert outbox._pause(6, 0.0) > outbox._pause(4, 0.0)


@pytest.mark.django_db(transaction=True)
def test_permanent_failure_is_final_at_once(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    def fail(_delivery: Delivery) -> outbox.Outcome:
        raise OutsideError("The credential was refused.", permanent=True)

    handle(fail)
    organization = make_organization()
    delivery = _enqueue(organization)
    assert outbox.deliver_one(delivery.pk)
    assert _again(delivery).status == DeliveryStatus.FAILED
    assert _actions(organization) == ["delivery.failed"]


@pytest.mark.django_db(transaction=True)
def test_last_attempt_fails_with_the_sentence(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    def fail(_delivery: Delivery) -> outbox.Outcome:
        raise OutsideError("Jira cannot be reached.")

    handle(fail)
    delivery = _enqueue(make_organization())
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        _make_due(delivery)
        assert outbox.deliver_one(delivery.pk), f"attempt {attempt}"
    row = _again(delivery)
    assert row.status == DeliveryStatus.FAILED
    assert row.last_error.startswith("Jira cannot be reached. It was tried 12 times")


@pytest.mark.django_db(transaction=True)
def test_fault_of_our_own_is_logged_and_told_without_its_words(
    handle: Callable[[outbox.Handler], None], nudged: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(_delivery: Delivery) -> outbox.Outcome:
        raise KeyError("inner workings")

    handle(break_down)
    delivery = _enqueue(make_organization())
    assert outbox.deliver_one(delivery.pk)
    assert _again(delivery).status == DeliveryStatus.PENDING
    assert "inner workings" not in _again(delivery).last_error


@pytest.mark.django_db(transaction=True)
def test_sweep_finds_what_a_lost_nudge_forgot_stage_by_stage(
    handle: Callable[[outbox.Handler], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_broker(_task: str, _arguments: tuple[int]) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", broken_broker)
    order: list[int] = []
    handle(lambda delivery: order.append(delivery.stage) or outbox.Outcome())  # type: ignore[func-returns-value]
    organization = make_organization()
    for stage in (3, 1, 2):
        _enqueue(organization, f"stage {stage}", stage=stage)
    assert outbox.sweep() == 3
    assert order == [1, 2, 3]
    assert outbox.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_retry_by_a_person_starts_with_a_full_budget(
    handle: Callable[[outbox.Handler], None], nudged: list[int]
) -> None:
    organization = make_organization()
    actor = make_member(organization, Role.SRE_LEAD)
    delivery = _enqueue(organization)
    _change(delivery, status=DeliveryStatus.FAILED, attempts=outbox.MAX_ATTEMPTS, last_error="No.")
    nudged.clear()
    with scope(organization=organization):
        outbox.retry(actor=actor, delivery=delivery)
        with pytest.raises(AfterwordError):
            outbox.retry(actor=actor, delivery=delivery)
    assert nudged == [delivery.pk]
    handle(_succeed)
    assert outbox.deliver_one(delivery.pk)
    assert (_again(delivery).status, _again(delivery).attempts) == (DeliveryStatus.DELIVERED, 2)
    assert _actions(organization) == ["delivery.retried", "delivery.delivered"]


@pytest.mark.django_db(transaction=True)
def test_retry_by_somebody_from_outside_is_refused(nudged: list[int]) -> None:
    organization = make_organization()
    stranger = make_member(make_organization(), Role.SRE_LEAD)
    delivery = _enqueue(organization)
    with scope(organization=organization), pytest.raises(AccessDenied):
        outbox.retry(actor=stranger, delivery=delivery)


@pytest.mark.django_db(transaction=True)
def test_oldest_due_age_counts_only_what_could_be_worked_on(nudged: list[int]) -> None:
    organization = make_organization()
    assert outbox.oldest_due_age() == timedelta(0)
    early, later = _enqueue(organization, "early"), _enqueue(organization, "later", stage=2)
    _change(later, not_before=timezone.now() - timedelta(hours=5))
    _change(early, not_before=timezone.now() - timedelta(minutes=5))
    assert timedelta(minutes=5) <= outbox.oldest_due_age() < timedelta(minutes=6)
