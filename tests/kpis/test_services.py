"""A baseline is frozen, audited, and refused where nothing can be measured yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization
from kpis import definitions, selectors
from kpis.errors import NothingToMeasure
from kpis.models import Baseline
from kpis.services import capture_baseline
from tests.factories import make_member, make_organization
from tests.kpis.history import happened

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = make_organization()
    with scope(organization=made), time_machine.travel(datetime(2026, 4, 1, 12, tzinfo=UTC), tick=False):
        yield made


def one_incident(organization: Organization, day: date = FIRST) -> None:
    happened(organization, day, resolved=day, published=date(2026, 3, 5))


def capture(organization: Organization, *, role: Role = Role.SRE_LEAD, **fields: Any) -> Baseline:
    window: dict[str, Any] = {"window_start": FIRST, "window_end": LAST, **fields}
    return capture_baseline(actor=make_member(organization, role), organization=organization, **window)


def test_baseline_keeps_the_values_though_history_changes(organization: Organization) -> None:
    one_incident(organization)
    baseline = capture(organization, note=" Before the new on-call ")
    one_incident(organization, date(2026, 3, 3))
    again = Baseline.objects.get()
    frozen = selectors.baseline_measures(again)
    assert (frozen["publication_time"].value, frozen["publication_time"].n) == (96.0, 1)
    assert (frozen["repeat_frequency"].n, frozen["remediation_completion"].value) == (1, None)
    assert (again, again.note, again.definitions_version) == (
        baseline,
        "Before the new on-call",
        definitions.VERSION,
    )


def test_baseline_cannot_be_changed_or_deleted(organization: Organization) -> None:
    one_incident(organization)
    capture(organization)
    with pytest.raises(IntegrityError, match="UPDATE is refused"), transaction.atomic():
        Baseline.objects.update(note="Better")
    with pytest.raises(IntegrityError, match="DELETE is refused"), transaction.atomic():
        Baseline.objects.all().delete()
    assert Baseline.objects.get().note == ""


def test_baseline_is_audited_with_its_window_and_values(organization: Organization) -> None:
    one_incident(organization)
    baseline = capture(organization)
    entry = AuditEntry.objects.get(action="baseline.captured")
    assert entry.subject == f"baseline:{baseline.pk}"
    assert entry.details["window"] == ["2026-03-01", "2026-03-31"]
    assert entry.details["values"]["publication_time"]["value"] == 96.0


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (LAST, FIRST, "ends before it starts"),
        (FIRST, date(2026, 4, 1), "The window is not over yet"),
        (date(2026, 1, 1), date(2026, 1, 31), "No incident and no action item"),
    ],
)
def test_baseline_of_an_empty_or_unfinished_window_is_refused(
    organization: Organization, start: date, end: date, sentence: str
) -> None:
    one_incident(organization)
    with pytest.raises(NothingToMeasure, match=sentence):
        capture(organization, window_start=start, window_end=end)
    assert not Baseline.objects.exists()
    assert not AuditEntry.objects.filter(action="baseline.captured").exists()


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_baseline_needs_the_right(organization: Organization, role: Role) -> None:
    one_incident(organization)
    with pytest.raises(AccessDenied):
        capture(organization, role=role)


def test_latest_baseline_counts_and_other_formulas_do_not(organization: Organization) -> None:
    one_incident(organization)
    first = capture(organization)
    second = capture(organization)
    user = second.captured_by
    assert user is not None and selectors.latest_baseline(user) == second != first
    second.definitions_version = definitions.VERSION + 1
    assert selectors.baseline_measures(second) == {}
