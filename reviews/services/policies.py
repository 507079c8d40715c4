"""Setting the rules of reviews: every change is a version of its own."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.models import Organization, User
from reviews.errors import PolicyRefused
from reviews.models import ReviewPolicy
from reviews.policy import Policy, differences
from reviews.selectors.rules import current_policy, rules_of

LONGEST_NOTE = 300


@transaction.atomic
def set_policy(*, actor: User, organization: Organization, policy: Policy, note: str = "") -> ReviewPolicy:
    """Write the next version of an organization's rules; ``note`` says why.

    A review takes them when it is submitted next. Raises ``PolicyRefused`` for rules that cannot be, and for those that
    hold already.
    """
    access.require(actor, Permission.MANAGE_POLICY, organization)
    policy.require_sound()
    Organization.objects.select_for_update().get(pk=organization.pk)
    changes = differences(rules_of(organization), policy)
    before = current_policy(organization)
    if not changes and before is not None:
        raise PolicyRefused("These rules hold already. Nothing was changed.")
    version = before.version + 1 if before else 1
    row = ReviewPolicy(
        organization=organization,
        version=version,
        rules=policy.plain(),
        note=note.strip()[:LONGEST_NOTE],
        created_by=actor,
    )
    row.save(force_insert=True)
    audit.record(
        organization=organization,
        actor=actor,
        action="review_policy.set",
        subject=f"organization:{organization.slug}",
        version=version,
        changes=changes,
    )
    return row
