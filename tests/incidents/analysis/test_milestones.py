"""Proposed milestones: made-up incidents with known truth, and rules that hold for any chronology."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from incidents.analysis.facts import Fact
from incidents.analysis.milestones import propose
from incidents.analysis.wording import tells_harm, tells_mitigated, tells_resolved, tells_start
from incidents.enums import Lane, MilestoneKind, Precision, SourceKind, Trust
from tests.incidents.analysis.telling import chronologies, fact, shuffled

LOG, PAGER, CHAT = SourceKind.LOG, SourceKind.PAGERDUTY, SourceKind.SLACK
ALERTS, STATUS, DEPLOY = SourceKind.ALERTMANAGER, SourceKind.STATUSPAGE, SourceKind.DEPLOY
FIVE = tuple(MilestoneKind)


def numbers(facts: list[Fact]) -> dict[MilestoneKind, int]:
    return {kind: proposal.number for kind, proposal in propose(facts).items()}


def payments_incident() -> list[Fact]:
    """A release breaks payments; logs show it two minutes before the alert."""
    return [
        fact(1, -9000, "error: one request failed, retried"),
        fact(2, 0, "payments v41 deployed to production", DEPLOY),
        fact(3, 60, "error: card authorization failed for order 4411"),
        fact(4, 180, "Payment failures above 5%", ALERTS, fingerprint="alert pay"),
        fact(5, 200, "Payment failures above 5%", PAGER, fingerprint="pagerduty incident P1"),
        fact(6, 320, "Acknowledged by Noor Haddad", PAGER, lane=Lane.ACTION, trust=Trust.REPORTED),
        fact(7, 400, "I'm on it, will roll back if the logs agree", CHAT),
        fact(8, 600, "Investigating: some payments fail", STATUS),
        fact(9, 900, "v41 is being rolled back", CHAT),
        fact(10, 1100, "v41 rolled back everywhere", CHAT),
        fact(11, 1200, "Monitoring: a fix was implemented", STATUS),
        fact(12, 1500, "Resolved: Payment failures above 5%", ALERTS, fingerprint="alert pay"),
        fact(13, 2400, "This incident has been resolved.", STATUS),
        fact(14, 9000, "Review booked for Thursday", CHAT),
    ]


def quiet_incident() -> list[Fact]:
    """Found by a person; no alert, no status page."""
    return [
        fact(1, 0, "Nightly export ran", LOG),
        fact(2, 3600, "export worker crashed: out of memory", LOG),
        fact(3, 4000, "We are seeing empty export files, is that known?", CHAT),
        fact(4, 4300, "Looking into it", CHAT),
        fact(5, 5000, "Is it resolved?", CHAT),
        fact(6, 6000, "Workaround deployed: exports use the small batch size", CHAT),
        fact(7, 6100, "Not fully recovered yet", CHAT),
        fact(8, 8000, "All exports are back to normal", CHAT),
    ]


def test_milestones_of_a_bad_release_are_found() -> None:
    assert numbers(payments_incident()) == dict(zip(FIVE, (3, 4, 6, 10, 13), strict=True))


def test_milestones_of_an_incident_without_alerts_are_found() -> None:
    assert numbers(quiet_incident()) == dict(zip(FIVE, (2, 3, 4, 6, 8), strict=True))


def test_each_proposal_says_why_in_a_sentence() -> None:
    for proposal in propose(payments_incident()).values():
        assert proposal.why[0].isupper() and proposal.why.endswith(".")


def test_chronology_without_signs_gets_no_proposal() -> None:
    assert propose([]) == {}
    assert propose([fact(1, 0, "payments v41 deployed", DEPLOY), fact(2, 60, "Lunch?", CHAT)]) == {}


def test_stray_log_error_long_before_the_alert_is_not_the_impact() -> None:
    facts = [fact(1, 0, "error: disk check failed"), fact(2, 7200, "Checkout is slow", ALERTS)]
    assert numbers(facts)[MilestoneKind.IMPACT_STARTED] == 2


def test_update_that_tells_a_clock_time_is_no_start() -> None:
    late = fact(2, 3000, "Impact began at 09:10 for customers of one region", CHAT)
    facts = [late, fact(3, 3600, "Checkout is slow", ALERTS)]
    assert numbers(facts)[MilestoneKind.IMPACT_STARTED] == 3


def test_entry_with_a_date_alone_gives_way_to_one_with_a_time() -> None:
    dated = fact(1, 0, "Checkout is slow", ALERTS, precision=Precision.DAY)
    assert numbers([dated])[MilestoneKind.DETECTED] == 1
    assert numbers([dated, fact(2, 50_000, "Checkout is slow", ALERTS)])[MilestoneKind.DETECTED] == 2


def test_mitigation_that_did_not_hold_gives_way_to_the_one_after_the_last_alert() -> None:
    facts = [
        fact(1, 0, "Checkout is slow", ALERTS),
        fact(2, 300, "Rolled back to v40", CHAT),
        fact(3, 900, "Checkout is slow", ALERTS),
        fact(4, 1500, "Traffic returned after the failover", CHAT),
    ]
    assert numbers(facts)[MilestoneKind.MITIGATED] == 4


def test_resolved_alerts_resolve_when_nobody_says_so() -> None:
    facts = [
        fact(1, 0, "Checkout is slow", ALERTS, fingerprint="alert a"),
        fact(2, 10, "Cart is slow", ALERTS, fingerprint="alert b"),
        fact(3, 600, "Resolved: Checkout is slow", ALERTS, fingerprint="alert a"),
    ]
    assert MilestoneKind.RESOLVED not in propose(facts)
    last = fact(4, 700, "Resolved: Cart is slow", ALERTS, fingerprint="alert b")
    assert numbers([*facts, last])[MilestoneKind.RESOLVED] == 4
    again = fact(5, 800, "Cart is slow", ALERTS, fingerprint="alert b")
    assert MilestoneKind.RESOLVED not in propose([*facts, last, again])


def test_pager_resolve_counts_when_the_status_page_is_silent() -> None:
    facts = [
        fact(1, 0, "Checkout is slow", PAGER, fingerprint="pagerduty incident P1"),
        fact(2, 900, "Resolved by Noor Haddad", PAGER, lane=Lane.ACTION),
    ]
    assert numbers(facts)[MilestoneKind.RESOLVED] == 2


@pytest.mark.parametrize(
    "text",
    [
        "It is not resolved yet",
        "Resolved for most customers",
        "Will be resolved by noon",
        "Are we back to normal?",
        "Login works for the first time, all clear for that part",
    ],
)
def test_hopes_and_questions_resolve_nothing(text: str) -> None:
    assert not tells_resolved(text)


@pytest.mark.parametrize(
    "text", ["v41 is being rolled back", "We plan to have it mitigated soon", "mitigated?"]
)
def test_plans_mitigate_nothing(text: str) -> None:
    assert not tells_mitigated(text)


def test_recovery_is_no_harm_even_when_it_names_errors() -> None:
    assert tells_harm("Login errors at 12%")
    assert not tells_harm("No more errors in login")
    assert not tells_start("Errors began to fall, service restored")


@given(shuffled())
def test_proposals_do_not_depend_on_the_order_of_arrival(orders: tuple[list[Fact], list[Fact]]) -> None:
    assert propose(orders[0]) == propose(orders[1])


@given(chronologies())
def test_proposals_are_always_in_their_proper_order(facts: list[Fact]) -> None:
    at = {entry.number: (entry.at, entry.number) for entry in facts}
    reached = [at[proposal.number] for proposal in propose(facts).values()]
    assert all(earlier <= later for earlier, later in pairwise(reached))
    assert list(propose(facts)) == [kind for kind in FIVE if kind in propose(facts)]
