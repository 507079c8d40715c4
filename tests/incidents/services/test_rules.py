"""Rules that open incidents: administrators keep them, and what they opened keeps its reason."""

from __future__ import annotations

from typing import Any

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents.enums import Severity
from incidents.errors import IntakeRefused
from incidents.models import Incident, IntakeRule
from incidents.services import rules
from tests.factories import make_member, make_organization, make_service
from tests.incidents.intake.arriving import alert, bring, make_hook


@pytest.fixture
def administrator(organization: Organization) -> User:
    return make_member(organization, Role.ADMINISTRATOR)


def save(actor: User, organization: Organization, **fields: Any) -> IntakeRule:
    return rules.save_rule(
        actor=actor, organization=organization, **{"name": "Payments", "severity": Severity.SEV2, **fields}
    )


def test_rule_is_kept_tidied(organization: Organization, administrator: User) -> None:
    rule = save(
        administrator, organization, name="  Payments ", words="  refused \n card ", source="pagerduty"
    )
    rule.refresh_from_db()
    assert (rule.name, rule.words, rule.source, rule.severity) == ("Payments", "refused card", "pagerduty", 2)
    assert (rule.is_active, rule.created_by) == (True, administrator)


def test_rule_is_changed_in_place(organization: Organization, administrator: User) -> None:
    rule = save(administrator, organization)
    other = make_member(organization, Role.ADMINISTRATOR)
    save(other, organization, rule=rule, name="Cards", severity=1, is_active=False, position=3)
    kept = IntakeRule.objects.get()
    assert (kept.pk, kept.name, kept.severity, kept.is_active, kept.position) == (
        rule.pk,
        "Cards",
        1,
        False,
        3,
    )
    assert kept.created_by == administrator
    actions = AuditEntry.objects.filter(subject=f"intake_rule:{rule.pk}").order_by("pk")
    assert [(one.action, one.actor) for one in actions] == [
        ("intake_rule.added", administrator), ("intake_rule.changed", other),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"name": " "}, "Give the rule a name"), ({"source": "telepathy"}, "Choose a source")],
)
def test_rule_that_cannot_be_meant_is_refused(
    organization: Organization, administrator: User, fields: dict[str, str], said: str
) -> None:
    with pytest.raises(IntakeRefused, match=said):
        save(administrator, organization, **fields)
    assert not IntakeRule.objects.exists()


def test_service_of_another_organization_is_refused(organization: Organization, administrator: User) -> None:
    beta = make_organization("beta")
    with scope(organization=beta):
        theirs = make_service(beta)
    with pytest.raises(IntakeRefused, match="not one of this organization"):
        save(administrator, organization, service=theirs)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_keep_rules(organization: Organization, administrator: User, role: Role) -> None:
    actor, rule = make_member(organization, role), save(administrator, organization)
    with pytest.raises(AccessDenied):
        save(actor, organization)
    with pytest.raises(AccessDenied):
        save(actor, organization, rule=rule, name="Mine")
    with pytest.raises(AccessDenied):
        rules.remove_rule(actor=actor, rule=rule)
    assert IntakeRule.objects.get().name == "Payments"


def test_administrator_of_one_organization_keeps_no_rules_of_another(administrator: User) -> None:
    beta = make_organization("beta")
    with scope(organization=beta), pytest.raises(AccessDenied):
        save(administrator, beta)


def test_incident_keeps_the_reason_of_a_rule_that_was_taken_away(
    organization: Organization, administrator: User
) -> None:
    rule = save(administrator, organization)
    bring(make_hook(organization), alert())
    rules.remove_rule(actor=administrator, rule=rule)
    assert not IntakeRule.objects.exists()
    assert Incident.objects.get().classification.startswith("SEV2 because the rule “Payments” fits: ")
    assert AuditEntry.objects.filter(action="intake_rule.removed").count() == 1
