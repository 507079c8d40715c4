"""What is recommended passes the checks of action items, taken as it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from remediation.recommending import Recommendation, recommend
from remediation.recommending.record import Record
from reviews.checks.actions import unverifiable, vague_action
from reviews.checks.reading import Reading
from tests.remediation.recommending.records import records


@given(records)
def test_no_recommendation_is_vague_or_cannot_be_verified(given_record: Record) -> None:
    taken = [_item(number, one) for number, one in enumerate(recommend(given_record), start=1)]
    read = Reading({"action_items": taken})
    assert [finding for check in (vague_action, unverifiable) for finding in check(read)] == []


def _item(number: int, one: Recommendation) -> dict[str, Any]:
    return {
        "number": number,
        "title": one.step.title,
        "verification_criterion": one.step.criterion,
        "due_on": one.due_on.isoformat(),
        "verify_on": one.verify_on.isoformat(),
    }
