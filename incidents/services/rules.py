"""Rules by which deliveries open incidents; administrators set them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import Organization, User
from incidents.enums import Severity, SourceKind
from incidents.errors import IntakeRefused
from incidents.models import IntakeRule, Service


@transaction.atomic
def save_rule(
    *,
    actor: User,
    organization: Organization,
    name: str,
    severity: Severity | int,
    source: str = "",
    words: str = "",
    service: Service | None = None,
    position: int = 10,
    is_active: bool = True,
    rule: IntakeRule | None = None,
) -> IntakeRule:
    """Add a rule, or change one. Raises ``IntakeRefused`` for a rule without a name or with an unknown source."""
    access.require(actor, Permission.MANAGE_INTAKE, organization)
    if not name.strip():
        raise IntakeRefused("Give the rule a name; it stands in the reason of each incident that it opens.")
    if source and source not in SourceKind.values:
        raise IntakeRefused("Choose a source from the list, or any source.")
    if service is not None and service.organization_id != organization.pk:
        raise IntakeRefused("That service is not one of this organization. Choose another.")
    saved = rule or IntakeRule(organization=organization, created_by=actor)
    saved.name, saved.source, saved.words = name.strip()[:120], source, " ".join(words.split())[:300]
    saved.severity, saved.service = Severity(severity), service
    saved.position, saved.is_active = position, is_active
    saved.save()
    _record(actor, saved, "changed" if rule else "added", severity=int(saved.severity))
    return saved


@transaction.atomic
def remove_rule(*, actor: User, rule: IntakeRule) -> None:
    """Take a rule away; the incidents that it opened keep their reason."""
    access.require(actor, Permission.MANAGE_INTAKE, rule)
    _record(actor, rule, "removed")
    IntakeRule.objects.filter(pk=rule.pk).delete()


def _record(actor: User, rule: IntakeRule, what: str, **data: Any) -> None:
    audit.record(
        organization=rule.organization_id,
        actor=actor,
        action=f"intake_rule.{what}",
        subject=f"intake_rule:{rule.pk}",
        **data,
    )
