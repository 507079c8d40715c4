"""Signs of life: who answers for what, and when an installation must not be sent visitors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from config import health
from governance.models import Delivery, Heartbeat
from tests.factories import make_organization


def _beat(age: timedelta = timedelta()) -> None:
    for process in ("worker", "scheduler"):
        Heartbeat.objects.update_or_create(process=process, defaults={"at": timezone.now() - age})


def test_livez_answers_without_database_or_sign_in(client: Client) -> None:
    response = client.get("/livez")
    assert response.status_code == 200
    assert response.json() == {"status": "alive"}


@pytest.mark.django_db
def test_readyz_with_all_signs_of_life_is_ready(client: Client) -> None:
    _beat()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("age", [None, timedelta(minutes=2)])
def test_readyz_without_fresh_heartbeat_is_degraded_and_serves(client: Client, age: timedelta | None) -> None:
    if age:
        _beat(age)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"]["worker"]["ok"] is False


@pytest.mark.django_db
def test_readyz_with_a_delivery_long_due_is_degraded(client: Client) -> None:
    _beat()
    organization = make_organization()
    with scope(organization=organization):
        Delivery.objects.create(
            organization=organization,
            group="publication-1",
            kind="pdf",
            key="publication-1-pdf",
            not_before=timezone.now() - timedelta(minutes=10),
        )
    check = client.get("/readyz").json()["checks"]["outbox"]
    assert check["ok"] is False
    assert check["age"] == pytest.approx(600, abs=5)


@pytest.mark.django_db
def test_readyz_with_a_migration_to_apply_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(health._known, "migrated", False)
    MigrationRecorder(connection).record_unapplied("kpis", "0002_walls")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "not ready"


@pytest.mark.django_db(transaction=True)
def test_readyz_without_database_is_not_ready(client: Client) -> None:
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "nothing_of_this_name"
    try:
        response = client.get("/readyz")
    finally:
        connection.settings_dict["NAME"] = name
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": {"ok": False, "advice": health.NO_DATABASE}}
