"""Walls between organizations: kept by the database, by the managers and by the addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django_scopes import scope
from django_scopes.exceptions import ScopeError

from governance.models import Connection, Organization, OrganizationOwned
from incidents.enums import Lane, Precision, Trust
from incidents.models import AffectedService, Entry, Incident
from tests.factories import make_entry, make_evidence, make_incident, make_organization, make_service
from tests.factories.incidents import START

OWNED: list[type[OrganizationOwned]] = [
    model for model in apps.get_models() if issubclass(model, OrganizationOwned)
]
ROOMS = ("governance", "incidents", "reviews", "remediation", "kpis")

ABOVE_ORGANIZATIONS = {
    "governance.Heartbeat",
    "governance.LimitUse",
    "governance.Membership",
    "governance.Organization",
    "governance.User",
    "governance.User_groups",
    "governance.User_user_permissions",
}


# A log brings tens of thousands of entries at once: a trigger checks them by the statement (tested below).
HELD_BY_A_TRIGGER = {"incidents.Entry.incident", "incidents.Entry.evidence", "incidents.LogLine.evidence"}


def _crossing_keys() -> Iterator[tuple[type[models.Model], Any]]:
    """Every foreign key from one owned row to another."""
    for model in OWNED:
        for field in model._meta.concrete_fields:
            target = field.related_model
            held = f"{model._meta.label}.{field.name}" in HELD_BY_A_TRIGGER
            if isinstance(target, type) and issubclass(target, OrganizationOwned) and not held:
                yield model, field


CROSSING = list(_crossing_keys())


def test_there_is_something_to_keep_apart() -> None:
    assert len(OWNED) >= 15
    assert len(CROSSING) >= 15


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), CROSSING, ids=lambda part: getattr(part, "__name__", str(part)))
def test_key_between_owned_rows_is_doubled_by_a_composite_one(model: type[models.Model], field: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT array_agg(here.attname::text ORDER BY pair.place),
                   array_agg(there.attname::text ORDER BY pair.place)
            FROM pg_constraint AS rule
            CROSS JOIN LATERAL unnest(rule.conkey, rule.confkey) WITH ORDINALITY AS pair (here, there, place)
            JOIN pg_attribute AS here ON here.attrelid = rule.conrelid AND here.attnum = pair.here
            JOIN pg_attribute AS there ON there.attrelid = rule.confrelid AND there.attnum = pair.there
            WHERE rule.contype = 'f' AND rule.conrelid = %s::regclass AND rule.confrelid = %s::regclass
              AND rule.convalidated
            GROUP BY rule.oid
            """,
            [model._meta.db_table, field.related_model._meta.db_table],
        )
        keys = [(tuple(here), tuple(there)) for here, there in cursor.fetchall()]
    wanted = (("organization_id", field.column), ("organization_id", field.target_field.column))
    assert wanted in keys, f"{model._meta.label}.{field.name} can point into another organization"


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_unscoped_query_raises(model: type[OrganizationOwned]) -> None:
    for act in ("all", "count", "first"):
        with pytest.raises(ScopeError):
            getattr(model.objects, act)()


def test_every_table_of_ours_is_owned_or_said_to_stand_above_organizations() -> None:
    """A join table that Django makes by itself has no organization and would fail here: write it as a model."""
    ours = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS and not issubclass(model, OrganizationOwned)
    }
    assert ours == ABOVE_ORGANIZATIONS


@pytest.mark.django_db
def test_row_that_points_across_is_refused() -> None:
    here, there = make_organization(), make_organization()
    incident, service = make_incident(here), make_service(there)
    for organization in (here, there):
        row = AffectedService(organization=organization, incident=incident, service=service)
        with pytest.raises(IntegrityError), transaction.atomic(), _checked_at_once():
            row.save()


@pytest.mark.django_db
def test_row_that_would_move_away_from_what_points_at_it_is_refused() -> None:
    here, there = make_organization(), make_organization()
    incident = make_incident(here, services=(make_service(here),))
    with scope(organization=here), pytest.raises(IntegrityError), transaction.atomic(), _checked_at_once():
        Incident.objects.filter(pk=incident.pk).update(organization=there)


@pytest.mark.django_db
@pytest.mark.parametrize("crossing", ["incident", "evidence", "evidence of another incident", "organization"])
def test_entry_that_points_across_is_refused(crossing: str) -> None:
    here, there = make_organization(), make_organization()
    incident, foreign = make_incident(here), make_incident(there)
    evidence = {
        "evidence": make_evidence(foreign),
        "evidence of another incident": make_evidence(make_incident(here)),
    }.get(crossing, make_evidence(incident))
    row = _entry(
        there if crossing == "organization" else here, foreign if crossing == "incident" else incident
    )
    row.evidence = evidence
    with pytest.raises(IntegrityError), transaction.atomic(), _checked_at_once():
        row.save()


def _entry(organization: Organization, incident: Incident) -> Entry:
    return Entry(
        organization=organization,
        incident=incident,
        number=1,
        at=START,
        original_at=START,
        original_time="2018-10-21 22:52",
        text="A fact",
        original_text="A fact",
        lane=Lane.LOG,
        trust=Trust.OBSERVED,
        precision=Precision.SECOND,
        zone="UTC",
        digest="0" * 64,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["organization_id", "incident_id", "evidence_id"])
def test_entry_cannot_be_moved(column: str) -> None:
    here, there = make_organization(), make_organization()
    entry, foreign = make_entry(make_incident(here)), make_entry(make_incident(there))
    target = getattr(foreign, column)
    with scope(organization=here), pytest.raises(IntegrityError), transaction.atomic(), _checked_at_once():
        Entry.objects.filter(pk=entry.pk).update(**{column: target})


@pytest.mark.django_db
def test_incident_cannot_leave_its_entries() -> None:
    here, there = make_organization(), make_organization()
    incident = make_entry(make_incident(here)).incident
    with scope(organization=here), pytest.raises(IntegrityError), transaction.atomic(), _checked_at_once():
        Incident.objects.filter(pk=incident.pk).update(organization=there)


@contextmanager
def _checked_at_once() -> Iterator[None]:
    """Let the constraints speak at the statement rather than at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    yield


@pytest.mark.django_db
def test_scope_shows_one_organization_only() -> None:
    here, there = make_organization(), make_organization()
    make_incident(here)
    with scope(organization=there):
        assert not Incident.objects.exists()
    with scope(organization=here):
        assert Incident.objects.count() == 1


@pytest.mark.django_db
def test_stored_secret_is_unreadable_in_the_database() -> None:
    organization = make_organization()
    Connection(
        organization=organization,
        kind="jira",
        base_url="https://example.atlassian.net",
        secret="topsecret-token",
    ).save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM governance_connection")
        (stored,) = cursor.fetchone()
    assert "topsecret" not in stored
    with scope(organization=organization):
        assert Connection.objects.get().secret == "topsecret-token"
