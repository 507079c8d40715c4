"""Setting what reviews consist of: every change is a version of its own."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import Organization, User
from reviews.errors import TemplateRefused
from reviews.models import ReviewTemplate
from reviews.selectors.templates import current_template, latest, template_in
from reviews.templating import Template, differences

LONGEST_NOTE = 300


@transaction.atomic
def set_template(
    *,
    actor: User,
    organization: Organization,
    template: Template,
    severity: int | None = None,
    note: str = "",
) -> ReviewTemplate:
    """Write the next version of the template of a severity, or of every one; ``note`` says why.

    A review keeps the version that it was drafted with. Raises ``TemplateRefused`` for a template that cannot be, and
    for the one that holds already.
    """
    access.require(actor, Permission.MANAGE_POLICY, organization)
    template.require_sound()
    Organization.objects.select_for_update().get(pk=organization.pk)
    before = current_template(organization, severity)
    changes = differences(template_in(before), template)
    holds = before is not None and before.severity == severity
    if not changes and (holds or severity is None):
        raise TemplateRefused("This template holds already. Nothing was changed.")
    return _write(actor, organization, severity, template.plain(), note, changes)


@transaction.atomic
def drop_template(
    *, actor: User, organization: Organization, severity: int, note: str = ""
) -> ReviewTemplate:
    """Let a severity have no template of its own any more, so that the one of every severity holds for it too.

    Raises ``TemplateRefused`` where it has none.
    """
    access.require(actor, Permission.MANAGE_POLICY, organization)
    Organization.objects.select_for_update().get(pk=organization.pk)
    own = latest(organization, severity)
    if own is None or not own.parts:
        raise TemplateRefused(f"SEV{severity} has no template of its own. Nothing was changed.")
    changes = differences(template_in(own), template_in(current_template(organization, None)))
    return _write(actor, organization, severity, [], note, changes)


def _write(
    actor: User,
    organization: Organization,
    severity: int | None,
    parts: list[dict[str, Any]],
    note: str,
    changes: list[str],
) -> ReviewTemplate:
    before = latest(organization, severity)
    row = ReviewTemplate(
        organization=organization,
        severity=severity,
        version=before.version + 1 if before else 1,
        parts=parts,
        note=note.strip()[:LONGEST_NOTE],
        created_by=actor,
    )
    row.save(force_insert=True)
    audit.record(
        organization=organization,
        actor=actor,
        action="review_template.set" if parts else "review_template.dropped",
        subject=f"organization:{organization.slug}",
        severity=severity,
        version=row.version,
        changes=changes,
    )
    return row
