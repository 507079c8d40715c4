"""A proposed milestone says what speaks against it."""

from __future__ import annotations

from incidents.analysis.facts import Fact
from incidents.analysis.milestones import propose
from incidents.enums import MilestoneKind, SourceKind
from tests.incidents.analysis.telling import fact

CHAT, ALERTS, STATUS = SourceKind.SLACK, SourceKind.ALERTMANAGER, SourceKind.STATUSPAGE


def doubts(*facts: Fact) -> dict[MilestoneKind, str]:
    return {kind: proposal.doubt for kind, proposal in propose(facts).items()}


def test_start_that_several_signs_show_is_not_doubted() -> None:
    found = doubts(fact(1, 0, "error: checkout failed"), fact(2, 240, "Checkout is slow", ALERTS))
    assert found[MilestoneKind.IMPACT_STARTED] == found[MilestoneKind.DETECTED] == ""


def test_start_that_one_sign_shows_alone_is_doubted() -> None:
    found = doubts(fact(1, 0, "error: checkout failed"), fact(2, 360, "Checkout is slow", ALERTS))
    assert found[MilestoneKind.IMPACT_STARTED] == "Nothing else shows trouble within five minutes of it."
    assert found[MilestoneKind.DETECTED] == ""


def test_start_and_detection_by_a_status_update_are_doubted() -> None:
    found = doubts(
        fact(1, 0, "Investigating: logins fail", STATUS), fact(2, 60, "error: login failed for nine people")
    )
    assert "may be earlier" in found[MilestoneKind.IMPACT_STARTED]
    assert "may be earlier" in found[MilestoneKind.DETECTED]


def test_mitigation_that_is_told_at_two_times_is_doubted() -> None:
    early, late = fact(2, 600, "Rolled back to v40", CHAT), fact(3, 4000, "A hotfix is deployed", CHAT)
    alert = fact(1, 0, "Checkout is slow", ALERTS)
    assert doubts(alert, early)[MilestoneKind.MITIGATED] == ""
    assert doubts(alert, early, late)[MilestoneKind.MITIGATED] == "E3 tells of relief at another time."


def test_end_that_is_told_at_two_times_is_doubted() -> None:
    alert, over = fact(1, 0, "Checkout is slow", ALERTS), fact(2, 600, "Everything is back to normal", CHAT)
    said = fact(3, 4000, "This incident has been resolved.", STATUS)
    assert doubts(alert, over)[MilestoneKind.RESOLVED] == ""
    assert doubts(alert, over, said)[MilestoneKind.RESOLVED] == "E2 tells of the end at another time."


def test_end_while_the_status_page_still_watches_is_doubted() -> None:
    watching = fact(2, 600, "Monitoring: checkout. The service is restored.", STATUS)
    assert (
        "still watching" in doubts(fact(1, 0, "Checkout is slow", ALERTS), watching)[MilestoneKind.RESOLVED]
    )
