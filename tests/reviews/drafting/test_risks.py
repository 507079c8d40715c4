"""What a draft leaves open becomes risks that nobody owns yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_scopes import scope

from incidents.enums import Lane, MilestoneKind
from reviews.checks import unsupported
from reviews.content import content_of
from reviews.drafting import Fact, Material, risks
from reviews.enums import Provenance, ReviewState
from reviews.models import Factor, Risk
from tests.factories.incidents import START
from tests.reviews.builders import make_setting


def fact(number: int, minute: int, text: str, lane: Lane) -> Fact:
    return Fact(number=number, at=START + timedelta(minutes=minute), text=text, lane=lane)


CHANGE = fact(1, -20, "Deployed proxy 2.1", Lane.CHANGE)
BEGIN = fact(2, 0, "Customers see errors", Lane.LOG)
ALERT = fact(3, 5, "Replication is late", Lane.ALERT)
ENDED = fact(4, 20, "Resolved: Replication is late", Lane.ALERT)
END = fact(5, 60, "All is well again", Lane.STATUS)
AGAIN = fact(6, 70, "Replication is late", Lane.ALERT)
LATE = fact(7, 80, "Deployed proxy 2.2", Lane.CHANGE)
MILESTONES = {MilestoneKind.IMPACT_STARTED: BEGIN, MilestoneKind.RESOLVED: END}


def test_open_alert_late_change_and_unproven_change_are_risks() -> None:
    material = Material((CHANGE, BEGIN, ALERT, ENDED, END, AGAIN, LATE), MILESTONES)
    found = risks.found(material)
    assert [risk.entries for risk in found] == [(6,), (7,), (1,)]
    assert found == risks.found(material)


def test_every_word_of_a_risk_stands_in_its_entry() -> None:
    material = Material((CHANGE, BEGIN, ALERT, ENDED, END, AGAIN, LATE), MILESTONES)
    entries = {one.number: one for one in material.facts}
    for risk in risks.found(material):
        assert not unsupported(risk.text, [entries[number] for number in risk.entries])


def test_quiet_chronology_leaves_no_risk() -> None:
    assert risks.found(Material((BEGIN, END), MILESTONES)) == []


@pytest.mark.django_db
def test_draft_keeps_them_without_owner_and_day_beside_their_factor() -> None:
    setting = make_setting(ReviewState.DRAFTING)
    with scope(organization=setting.organization):
        rows = list(Risk.objects.filter(review=setting.review))
        assert rows
        assert {(row.provenance, row.author, row.owner, row.review_on) for row in rows} == {
            (Provenance.EVIDENCE, None, None, None)
        }
        change = next(row for row in rows if "proxy 2.1" in row.statement and row.statement.endswith("[E1]"))
        assert change.factor == Factor.objects.get(review=setting.review)
        assert len(content_of(setting.now())["risks"]) == len(rows)
