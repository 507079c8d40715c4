"""Factors that a draft made now would suspect: offered, and added only when a person wants them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from governance import access, audit
from governance.access import Permission
from governance.errors import AfterwordError
from governance.models import User
from reviews import drafting
from reviews.drafting import DraftFactor
from reviews.enums import Bearing
from reviews.models import Factor, FactorEvidence, Review
from reviews.selectors.templates import template_in
from reviews.services.changing import content_changed, require_open
from reviews.services.drafting import material_of
from reviews.services.factoring import write_factors
from reviews.services.moving import lock


def suspected(review: Review) -> list[DraftFactor]:
    """What a draft of the chronology as it is now would suspect and the review does not name, the likeliest first."""
    draft = drafting.draft(material_of(review.incident), template_in(review.template))
    return unnamed(review, draft.factors)


def unnamed(review: Review, found: Sequence[DraftFactor]) -> list[DraftFactor]:
    """Those that the review does not name; a factor that was reworded is known by the entries that speak for it."""
    statements = {" ".join(row.statement.split()) for row in Factor.objects.filter(review=review)}
    named = _evidence_for(review)
    return [
        one
        for one in found
        if one.statement not in statements
        and not any(one.evidence_for and set(one.evidence_for) <= numbers for numbers in named)
    ]


@transaction.atomic
def add_suspected(*, actor: User, review: Review, statement: str) -> Factor:
    """Add the suspected factor with this statement, as the evidence has it; an edit with all that follows from one.

    Raises ``AfterwordError`` when it is not suspected any more, or in the review already, and ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    current = lock(review)
    require_open(current)
    chosen = next((one for one in suspected(current) if one.statement == statement), None)
    if chosen is None:
        raise AfterwordError("The evidence does not suggest this any more, or the review names it already.")
    last = Factor.objects.filter(review=current).aggregate(last=Max("number"))["last"] or 0
    write_factors(current, [chosen], after=last)
    factor: Factor = Factor.objects.get(review=current, number=last + 1)
    content_changed(actor=actor, review=current, because=f"Factor {factor.number} was added")
    audit.record(
        organization=current.organization_id,
        actor=actor,
        action="factor.added",
        subject=f"review:{current.incident.reference}",
        factor=factor.number,
        confidence=str(factor.confidence),
        provenance=str(factor.provenance),
    )
    return factor


def _evidence_for(review: Review) -> list[set[int]]:
    """The numbers of the entries that speak for each factor."""
    found: dict[int, set[int]] = {}
    rows = FactorEvidence.objects.filter(factor__review=review, bearing=Bearing.FOR)
    for factor, number in rows.values_list("factor_id", "entry__number"):
        found.setdefault(factor, set()).add(number)
    return list(found.values())
