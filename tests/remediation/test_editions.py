"""A review that is opened again: its promises stay, and reach the tracker once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from remediation.errors import NotThisItem
from remediation.models import TrackerIssue
from remediation.services import plan_action_item, remove_action_item
from remediation.trackers import jira
from reviews.enums import ReviewState, SignOffRole
from reviews.models import Publication
from reviews.services import publish_review, revise_review, submit_review
from tests.reviews.builders import Setting, make_setting, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> Iterator[Setting]:
    made = make_setting(ReviewState.PUBLISHED)
    with scope(organization=made.organization):
        yield made


def publish_again(setting: Setting) -> Publication:
    submit_review(actor=setting.jon, review=setting.now())
    sign(setting, setting.priya, SignOffRole.SERVICE_OWNER)
    sign(setting, setting.mara, SignOffRole.INCIDENT_COMMANDER)
    return publish_review(actor=setting.mara, review=setting.now())


def test_promises_of_an_edition_stay_in_the_next_and_reach_the_tracker_once(published: Setting) -> None:
    revise_review(actor=published.jon, review=published.now(), reason="The vendor wrote to us.")
    plan: dict[str, Any] = {
        "actor": published.jon,
        "review": published.now(),
        "kind": "prevent",
        "owner": published.priya,
        "severity": 2,
        "due_on": timezone.now().date() + timedelta(days=9),
        "verification_criterion": "A drill shows it.",
    }
    first = plan_action_item(title="Fence the primary", **plan)
    publication = publish_again(published)
    assert len(jira.plan_issues(publication)) == 1
    TrackerIssue(
        organization=published.organization, item=first, key="OPS-1", url="https://jira.test/OPS-1"
    ).save()
    revise_review(actor=published.jon, review=published.now(), reason="Once more.")
    with pytest.raises(NotThisItem, match="was promised in a published edition"):
        remove_action_item(actor=published.jon, item=first)
    plan_action_item(title="Rehearse it", **{**plan, "review": published.now()})
    assert [row.payload["about"] for row in jira.plan_issues(publish_again(published))] == ["A2"]
