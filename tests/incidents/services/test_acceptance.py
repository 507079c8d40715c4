"""Leaving intake: what a policy demands of each severity must be known before a review can be drafted."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import AuditEntry, Organization, User
from incidents.enums import IntakeField, MilestoneKind, Severity
from incidents.errors import IntakeRefused
from incidents.models import Incident, IntakePolicy, Service
from incidents.services import acceptance, import_evidence, milestones, opening
from reviews.services.drafting import draft_review
from tests.factories import make_entry, make_incident, make_member, make_organization, make_service

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def administrator(organization: Organization) -> User:
    return make_member(organization, Role.ADMINISTRATOR)


@pytest.fixture
def service(organization: Organization) -> Service:
    return make_service(organization, "Checkout")


def demand(administrator: User, organization: Organization, *fields: IntakeField) -> IntakePolicy:
    required = {"2": [field.value for field in fields]}
    return acceptance.set_policy(
        actor=administrator, organization=organization, required=required, gap_minutes=30
    )


def open_one(actor: User, organization: Organization, service: Service, **fields: Any) -> Incident:
    return opening.open_incident(
        actor=actor, organization=organization, title="Payments", severity=Severity.SEV2, services=[service],
        declared_at=NOON, **fields,
    )  # fmt: skip


# The policy ----------------------------------------------------------------------------------------------------------


def test_policy_that_nobody_set_demands_services_and_a_commander(organization: Organization) -> None:
    policy = acceptance.policy_of(organization)
    assert (policy.version, policy.gap_minutes, policy._state.adding) == (0, 30, True)
    assert [policy.required[str(severity.value)] for severity in Severity] == [
        ["services", "commander"], ["services", "commander"], ["services"], ["services"],
    ]  # fmt: skip


def test_versions_of_the_policy_count_up_and_stand_in_the_audit_trail(
    organization: Organization, administrator: User
) -> None:
    for version in (1, 2, 3):
        assert demand(administrator, organization, IntakeField.REGION).version == version
    assert IntakePolicy.objects.count() == 1
    trail = AuditEntry.objects.filter(action="intake_policy.set").order_by("pk")
    assert [json.loads(entry.data)["version"] for entry in trail] == [1, 2, 3]


def test_fields_and_severities_that_do_not_exist_are_left_out(
    organization: Organization, administrator: User
) -> None:
    required = {"2": ["region", "shoe size", "commander"], "9": ["region"]}
    policy = acceptance.set_policy(
        actor=administrator, organization=organization, required=required, gap_minutes=5
    )
    assert policy.required == {"1": [], "2": ["commander", "region"], "3": [], "4": []}


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_silence_of_an_odd_length_is_refused(
    organization: Organization, administrator: User, minutes: int
) -> None:
    with pytest.raises(IntakeRefused, match="from 1 to 1440 minutes"):
        acceptance.set_policy(
            actor=administrator, organization=organization, required={}, gap_minutes=minutes
        )
    assert not IntakePolicy.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_set_the_policy(organization: Organization, role: Role) -> None:
    with pytest.raises(AccessDenied):
        demand(make_member(organization, role), organization, IntakeField.REGION)


def test_policy_of_one_organization_holds_for_no_other(
    organization: Organization, administrator: User
) -> None:
    demand(administrator, organization, IntakeField.REGION)
    beta = make_organization("beta")
    with scope(organization=beta):
        assert acceptance.policy_of(beta).version == 0
        with pytest.raises(AccessDenied):
            demand(administrator, beta, IntakeField.REGION)


# Leaving intake ------------------------------------------------------------------------------------------------------


def test_incident_with_all_that_is_demanded_leaves_intake_when_it_opens(
    organization: Organization, responder: User, service: Service
) -> None:
    incident = open_one(responder, organization, service, commander=responder)
    assert incident.accepted_at is not None and acceptance.missing(incident) == []
    [entry] = AuditEntry.objects.filter(action="incident.accepted")
    assert (entry.actor, json.loads(entry.data)["policy"]) == (responder, 0)


def test_incident_leaves_intake_when_the_last_missing_thing_is_known(
    organization: Organization, administrator: User, responder: User, service: Service
) -> None:
    demand(administrator, organization, *IntakeField)
    incident = open_one(responder, organization, service)
    left = {
        IntakeField.COMMANDER, IntakeField.CUSTOMER_IMPACT, IntakeField.REGION, IntakeField.DETECTED_BY,
        IntakeField.EVIDENCE, IntakeField.IMPACT_STARTED, IntakeField.DETECTED,
    }  # fmt: skip
    assert set(acceptance.missing(incident)) == left

    opening.describe_incident(
        actor=make_member(organization, Role.SRE_LEAD), incident=incident, severity=2, services=[service],
        region="eu-central-1", customer_impact="A third could not pay", detected_by="An alert",
    )  # fmt: skip
    left -= {IntakeField.REGION, IntakeField.CUSTOMER_IMPACT, IntakeField.DETECTED_BY}
    assert set(acceptance.missing(incident)) == left

    entry = make_entry(incident, NOON)
    left -= {IntakeField.EVIDENCE}
    for kind, field in (
        (MilestoneKind.IMPACT_STARTED, IntakeField.IMPACT_STARTED), (MilestoneKind.DETECTED, IntakeField.DETECTED),
    ):  # fmt: skip
        milestones.set_milestone(actor=responder, incident=incident, kind=kind, entry=entry)
        left -= {field}
        assert set(acceptance.missing(incident)) == left
    incident.refresh_from_db()
    assert left == {IntakeField.COMMANDER} and incident.accepted_at is None

    opening.appoint_commander(actor=administrator_of(organization), incident=incident, user=responder)
    incident.refresh_from_db()
    assert incident.accepted_at is not None


def administrator_of(organization: Organization) -> User:
    """Somebody who may appoint a commander."""
    return make_member(organization, Role.MANAGER, Role.SRE_LEAD, Role.ADMINISTRATOR)


def test_milestone_as_the_last_missing_thing_lets_the_incident_leave(
    organization: Organization, administrator: User, responder: User, service: Service
) -> None:
    demand(administrator, organization, IntakeField.DETECTED)
    incident = open_one(responder, organization, service)
    entry = make_entry(incident, NOON)
    milestones.set_milestone(actor=responder, incident=incident, kind=MilestoneKind.DETECTED, entry=entry)
    incident.refresh_from_db()
    assert incident.accepted_at is not None


def test_evidence_as_the_last_missing_thing_lets_the_incident_leave(
    organization: Organization, administrator: User, responder: User, service: Service
) -> None:
    demand(administrator, organization, IntakeField.EVIDENCE)
    incident = open_one(responder, organization, service)
    assert incident.accepted_at is None
    stream = io.BytesIO(b"2026-03-01T12:00:00Z it broke\n")
    import_evidence(actor=responder, incident=incident, filename="a.log", stream=stream, kind="log")
    incident.refresh_from_db()
    assert incident.accepted_at is not None


def test_each_severity_has_demands_of_its_own(
    organization: Organization, administrator: User, responder: User, service: Service
) -> None:
    demand(administrator, organization, IntakeField.REGION)
    minor = opening.open_incident(
        actor=responder, organization=organization, title="Small", severity=4, services=[service], declared_at=NOON
    )  # fmt: skip
    assert minor.accepted_at is not None
    assert acceptance.missing(open_one(responder, organization, service)) == [IntakeField.REGION]


def test_stricter_policy_sends_nothing_back_into_intake(
    organization: Organization, administrator: User, responder: User, service: Service
) -> None:
    incident = open_one(responder, organization, service, commander=responder)
    before = incident.accepted_at
    demand(administrator, organization, *IntakeField)
    assert acceptance.settle(incident, responder) and incident.accepted_at == before
    acceptance.require_accepted(incident)


# Drafting ------------------------------------------------------------------------------------------------------------


def test_draft_is_refused_with_the_names_of_what_is_missing(
    organization: Organization, administrator: User, responder: User, service: Service
) -> None:
    demand(administrator, organization, IntakeField.COMMANDER, IntakeField.REGION)
    incident = open_one(responder, organization, service)
    make_entry(incident, NOON)
    with pytest.raises(IntakeRefused) as refused:
        draft_review(actor=responder, incident=incident)
    assert str(refused.value) == (
        f"{incident.reference} is still in intake. First say: incident commander, region."
    )


def test_accepted_incident_can_be_drafted(
    organization: Organization, responder: User, service: Service
) -> None:
    incident = open_one(responder, organization, service, commander=responder)
    with pytest.raises(AfterwordError, match="chronology is empty"):
        draft_review(actor=responder, incident=incident)
    make_entry(incident, NOON)
    assert draft_review(actor=responder, incident=incident).incident == incident


def test_incident_that_was_accepted_before_stays_so_whatever_it_lacks(organization: Organization) -> None:
    acceptance.require_accepted(make_incident(organization, accepted_at=NOON))
