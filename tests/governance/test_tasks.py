"""The worker's doors."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from config.celery import app
from governance import outbox, tasks
from governance.models import Delivery, Heartbeat
from tests.factories import make_organization


@pytest.mark.django_db
def test_heartbeat_is_the_sign_of_both_processes() -> None:
    before = timezone.now()
    for _ in range(2):
        tasks.heartbeat()
    beats = dict(Heartbeat.objects.values_list("process", "at"))
    assert set(beats) == {"worker", "scheduler"}
    assert min(beats.values()) >= before


@pytest.mark.django_db(transaction=True)
def test_deliver_and_sweep_work_on_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []

    def handler(delivery: Delivery) -> outbox.Outcome:
        worked.append(delivery.key)
        return outbox.Outcome()

    monkeypatch.setitem(outbox._handlers, "test.door", handler)
    monkeypatch.setattr(current_app, "send_task", lambda _task, _arguments: None)
    organization = make_organization()
    with transaction.atomic():
        first, _second = (
            outbox.enqueue(
                organization=organization, group=key, stage=1, kind="test.door", key=key, payload={}
            )
            for key in ("first", "second")
        )
    tasks.deliver(first.pk)
    assert worked == ["first"]
    tasks.sweep_outbox()
    assert worked == ["first", "second"]


def test_names_are_those_that_the_schedule_sends() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"governance.tasks.sweep_outbox", "governance.tasks.heartbeat"} <= scheduled
    assert scheduled <= set(app.tasks)
