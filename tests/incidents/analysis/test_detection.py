"""How incidents of known truth were noticed, how late, and what should have noticed them."""

from __future__ import annotations

from incidents.analysis.detection import How, detection
from incidents.analysis.observed import Observed
from incidents.enums import SourceKind
from tests.incidents.analysis.scenes import ELEVEN, MINUTE, alarm, failing, lines, patterns
from tests.incidents.analysis.telling import START, fact

LATE = ELEVEN - START.timestamp()


def test_alert_is_what_noticed_and_the_gap_counts_from_the_begin() -> None:
    found = detection(failing())
    assert (found.how, found.who) == (How.MONITOR, "orders-monitor")
    assert found.at == ELEVEN + 4 * MINUTE
    assert found.gap == 4 * MINUTE
    assert found.gap_in_words == "4 minutes"
    assert found.what.refs == (alarm().ref,)


def test_declared_start_of_the_impact_goes_before_the_computed_one() -> None:
    assert detection(failing(), started=ELEVEN + 2 * MINUTE).gap == 2 * MINUTE


def test_customers_who_report_first_are_what_noticed() -> None:
    told = fact(3, LATE + 90, "customers report that they cannot pay", SourceKind.SLACK, actor="Noor Haddad")
    found = detection(failing(), [told])
    assert (found.how, found.who) == (How.CUSTOMER, "Noor Haddad")
    assert found.what.refs[0].key == "E3"


def test_person_who_notices_first_is_told_from_chatter() -> None:
    facts = [
        fact(1, LATE + 30, "Lunch?", SourceKind.SLACK),
        fact(2, LATE + 60, "I am seeing errors in orders", SourceKind.SLACK, actor="Ines"),
    ]
    found = detection(failing(), facts)
    assert (found.how, found.who) == (How.PERSON, "Ines")


def test_signals_before_the_detection_are_listed_with_their_lead() -> None:
    found = detection(failing())
    assert [reason.text[:25] for reason in found.earlier] == ["4 minutes earlier already"] * 2
    assert all(reason.refs for reason in found.earlier)


def test_nothing_was_there_earlier_when_the_alert_came_at_once() -> None:
    assert detection(failing(alarms=(alarm(at=0.5),))).earlier == ()


def test_monitor_that_should_have_caught_it_has_a_threshold_and_a_time() -> None:
    found = detection(failing(patterns=patterns()))
    assert "A monitor on error ratio of orders with a threshold of 0.00" in found.monitor.text
    assert "would have fired at 11:01:00 UTC, 3 minutes earlier" in found.monitor.text


def test_monitor_that_was_there_is_told_to_be_slow() -> None:
    found = detection(failing(alarms=(alarm(metric="error_ratio"),), patterns=patterns()))
    assert (
        "The monitor orders-monitor watches error ratio of orders and fired 4 minutes after"
        in found.monitor.text
    )
    assert "Lower its threshold" in found.monitor.text


def test_log_lines_can_be_what_should_have_been_watched() -> None:
    observed = Observed(patterns=patterns(lines("orders", "charge failed")), alarms=(alarm(),))
    assert "A monitor on log lines like “charge failed” of orders" in detection(observed).monitor.text


def test_nothing_on_record_is_said_with_what_to_add() -> None:
    found = detection(Observed())
    assert (found.how, found.at, found.gap) == (How.UNKNOWN, None, None)
    assert "Add a statement" in found.what.text
    assert "unknown, because" in found.gap_in_words
    assert found.monitor.text.startswith("Unknown, because")


def test_signal_long_before_is_not_taken_for_the_detection() -> None:
    early = alarm("batch", "batch is late", at=-50)
    found = detection(failing(alarms=(early, alarm())), started=ELEVEN)
    assert found.at == ELEVEN + 4 * MINUTE
