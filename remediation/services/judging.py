"""What people say of recommendations: kept per person, changed by saying it again, and counted."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from remediation.enums import Verdict
from remediation.models import RecommendationFeedback
from remediation.recommending import is_key
from reviews.models import Review
from reviews.services.changing import require_open


@transaction.atomic
def judge_recommendation(
    *, actor: User, review: Review, key: str, verdict: Verdict | None, note: str = ""
) -> None:
    """Keep what the actor says of a recommendation; without a verdict what they said before is taken back.

    Raises ``AfterwordError`` for what is no key of a recommendation, ``PublishedText`` when the review is closed.
    """
    access.require(actor, Permission.PLAN_ACTION_ITEM, review)
    require_open(review)
    if not is_key(key):
        raise AfterwordError("This recommendation is not known. Reload the page to see what is recommended.")
    if verdict:
        _keep(actor, review, key, verdict, note)
    else:
        RecommendationFeedback.objects.filter(review=review, key=key, by=actor).delete()
    audit.record(
        organization=review.organization_id,
        actor=actor,
        action="recommendation.judged",
        subject=f"review:{review.incident.reference}",
        recommendation=key,
        verdict=verdict.value if verdict else "",
    )


def _keep(actor: User, review: Review, key: str, verdict: Verdict, note: str) -> None:
    RecommendationFeedback.objects.update_or_create(
        review=review,
        key=key,
        by=actor,
        defaults={"organization_id": review.organization_id, "verdict": verdict, "note": note.strip()},
    )
