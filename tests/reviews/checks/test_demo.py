"""Drafts of the public incidents: nothing in them is unsupported, contradictory or a judgment of anybody."""

from __future__ import annotations

import pytest
from django_scopes import scope

from reviews.checks import BY_CODE, State, findings
from reviews.content import content_of
from reviews.enums import CheckCode, ReviewState
from reviews.selectors.standing import ReviewStanding
from reviews.services import draft_review
from tests.reviews.demo import DEMO, import_demo

pytestmark = pytest.mark.django_db

CLEAN = (
    CheckCode.UNSUPPORTED,
    CheckCode.CONTRADICTION,
    CheckCode.BLAME,
    CheckCode.FIX_MIXED_IN,
    CheckCode.OPINIONS,
    CheckCode.OUTSIDERS,
    CheckCode.UNPROVEN_FACTOR,
    CheckCode.MILESTONE_ORDER,
)


@pytest.mark.parametrize("name", sorted(DEMO))
def test_draft_has_no_finding_that_drafting_could_avoid(name: str) -> None:
    organization, lead, incident = import_demo(DEMO[name])
    with scope(organization=organization):
        review = draft_review(actor=lead, incident=incident)
        assert findings(content_of(review), CLEAN) == []
        standing = ReviewStanding(review)
        assert review.state == ReviewState.DRAFTING
        assert {point.code for point in standing.points} == set(BY_CODE)
        assert any(point.state is State.TO_CONFIRM for point in standing.points)
        assert standing.checks_holding == []
