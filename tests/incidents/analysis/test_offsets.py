"""Clock offsets proposed from events that two sources saw."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.analysis.facts import Fact
from incidents.analysis.offsets import propose
from incidents.enums import Precision, SourceKind
from tests.incidents.analysis.telling import fact, shuffled

LOG, PAGER, CHAT = SourceKind.LOG, SourceKind.PAGERDUTY, SourceKind.SLACK
ALERTS, GRAFANA = SourceKind.ALERTMANAGER, SourceKind.GRAFANA
EVENTS = (
    "Checkout latency above two seconds in eu-west",
    "Payment queue grows faster than workers drain",
    "Replica lag beyond ten minutes on orders database",
    "Certificate renewal failed for public gateway",
)


def seen(source: str, first: int, delays: Sequence[float], **fields: object) -> list[Fact]:
    """Each event as the source saw it, ten minutes apart, with the given delay of its clock."""
    return [
        fact(first + place, 600 * place + delay, EVENTS[place], source, **fields)
        for place, delay in enumerate(delays)
    ]


def test_clock_that_runs_ahead_is_proposed_with_its_pairs() -> None:
    (found,) = propose([*seen(ALERTS, 1, (0, 0, 0)), *seen(CHAT, 11, (121, 120, 118))])
    assert (found.source, found.against, found.seconds) == (CHAT, ALERTS, 120)
    assert found.pairs == ((11, 1, 121.0), (12, 2, 120.0), (13, 3, 118.0))
    assert found.why.startswith("Slack runs 2 min ahead of Alertmanager, in 3 events that both saw.")
    assert "Nothing here says which of the two is wrong." in found.why


def test_zone_mistake_of_eight_hours_is_found() -> None:
    (found,) = propose([*seen(LOG, 1, (28_800,) * 4), *seen(ALERTS, 11, (0, 3, 1, 2))])
    assert found.source == LOG
    assert found.seconds == pytest.approx(28_800, abs=3)
    assert "7 h 59 min ahead" in found.why or "8 h ahead" in found.why


def test_source_that_disagrees_with_a_third_is_named() -> None:
    facts = [*seen(ALERTS, 1, (0, 0, 0)), *seen(GRAFANA, 11, (1, 2, 1)), *seen(CHAT, 21, (-90, -90, -91))]
    found = propose(facts)
    assert [(one.source, one.against, one.seconds) for one in found] == [
        (CHAT, ALERTS, -90),
        (CHAT, GRAFANA, -92),
    ]
    assert "runs 1 min 30 s behind Alertmanager" in found[0].why
    assert "Grafana alerting agrees with Alertmanager, so Slack is the likelier to be wrong." in found[0].why


@pytest.mark.parametrize(
    "delays",
    [(120, 120), (20, 20, 20, 20), (40, 300, 900, 2000), (60, 60, 400, 700)],
    ids=["two events", "less than half a minute", "no agreement", "only two agree"],
)
def test_weak_evidence_proposes_nothing(delays: tuple[float, ...]) -> None:
    assert propose([*seen(ALERTS, 1, (0, 0, 0, 0)), *seen(CHAT, 11, delays)]) == []


def test_event_that_disagrees_is_shown_and_counted() -> None:
    (found,) = propose([*seen(ALERTS, 1, (0, 0, 0, 0)), *seen(CHAT, 11, (60, 60, 61, 500))])
    assert found.seconds == 60
    assert "in 3 of 4 events that both saw" in found.why


def test_times_to_the_minute_and_statements_prove_nothing() -> None:
    exact = seen(ALERTS, 1, (0, 0, 0))
    assert propose([*exact, *seen(CHAT, 11, (120, 120, 120), precision=Precision.MINUTE)]) == []
    assert propose([*exact, *seen("", 11, (120, 120, 120))]) == []


def test_same_fingerprint_pairs_only_with_like_words() -> None:
    told = [fact(n, 600 * n, f"{EVENTS[n]}", ALERTS, fingerprint=f"alert {n}") for n in range(3)]
    like = [
        fact(n + 10, 600 * n + 45, f"{EVENTS[n]} since nine", PAGER, fingerprint=f"alert {n}")
        for n in range(3)
    ]
    assert [one.seconds for one in propose([*told, *like])] == [45]
    unlike = [one._replace(text="Somebody changed the on-call plan again") for one in like]
    assert propose([*told, *unlike]) == []


def test_very_like_words_pair_when_nothing_else_is_as_like() -> None:
    words = "Replica {} lag beyond ten minutes orders database cluster"
    one = [fact(n, 600 * n, f"{words.format(name)}", LOG) for n, name in enumerate(("ada", "bob", "cyd"), 1)]
    other = [entry._replace(number=entry.number + 10, source=ALERTS) for entry in one]
    moved = [fact(entry.number, 600 * (entry.number - 10) + 50, entry.text, ALERTS) for entry in other]
    assert [found.seconds for found in propose([*one, *moved])] == [50]
    singles = [fact(n + 1, 600 * n, f"{EVENTS[n]} per production gateway probes", LOG) for n in range(3)]
    relayed = [
        fact(n + 11, 600 * n + 50, f"{EVENTS[n]} per production gateway probes relayed", CHAT)
        for n in range(3)
    ]
    assert [found.seconds for found in propose([*singles, *relayed])] == [50]


def test_two_files_of_one_source_are_compared_by_evidence() -> None:
    facts = [*seen(LOG, 1, (0, 0, 0), evidence=7), *seen(LOG, 11, (300, 301, 300), evidence=8)]
    (found,) = propose(facts)
    assert (found.evidence, found.against_evidence, found.seconds) == (8, 7, 300)
    assert "Log lines (evidence 8) runs 5 min ahead of Log lines (evidence 7)" in found.why


@given(shuffled())
def test_proposals_do_not_depend_on_the_order_of_arrival(orders: tuple[list[Fact], list[Fact]]) -> None:
    assert propose(orders[0]) == propose(orders[1])


@given(st.integers(30, 40_000), st.lists(st.integers(-2, 2), min_size=4, max_size=4))
def test_true_offset_is_recovered_within_its_jitter(offset: int, jitter: list[int]) -> None:
    delays = [offset + 3 + wobble for wobble in jitter]
    (found,) = propose([*seen(ALERTS, 1, (0, 0, 0, 0)), *seen(CHAT, 11, delays)])
    assert found.source == CHAT
    assert abs(found.seconds - offset - 3) <= 2
