"""The evaluation of drafts: what counts as contained, and the ten public incidents without an unsupported sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.bench.bench_drafts import accounts, judged, lines, summed
from tests.bench.containing import KINDS, Account, PublishedFact, agree, contains
from tests.incidents.timelines.replay import Timeline

each_incident = pytest.mark.parametrize(
    ("timeline", "account"), accounts(), ids=[timeline.id for timeline, _ in accounts()]
)


def fact(*parts: str) -> PublishedFact:
    return PublishedFact("impact", "A fact", parts)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["24 h 11 min"], "The impact lasted 24 h 11 min."),
        (["22:52", "optics"], "At 22:52 UTC, the log recorded “lost during an Optics\nreplacement”."),
        (["restor*"], "A restore was begun."),
        (["health check | health-check"], "First health‑check alert"),
        (["pause* | stopped", "hooks"], "All hooks are stopped."),
        (["200,000"], "about 200,000 payloads"),
        (["4.5 gb"], "About 4.5 GB is left."),
        (["5 min"], "It took 5 min."),
    ],
)
def test_fact_is_contained_when_all_its_parts_stand_in_one_block(parts: list[str], text: str) -> None:
    assert contains(["Something else.", text], fact(*parts))


@pytest.mark.parametrize(
    ("parts", "blocks"),
    [
        (["22:52", "optics"], ["At 22:52 UTC it began.", "Optics were replaced."]),
        (["5 min"], ["It took 15 min."]),
        (["5 min"], ["It took 1.5 min."]),
        (["200"], ["about 200,000 payloads"]),
        (["restore"], ["It is restored."]),
        (["us west"], ["US Western databases"]),
        (["11 h"], []),
    ],
)
def test_fact_is_missing_when_a_part_stands_elsewhere_or_inside_another_word(
    parts: list[str], blocks: list[str]
) -> None:
    assert not contains(blocks, fact(*parts))


def test_moments_agree_within_five_minutes() -> None:
    at = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
    assert agree(at, at + timedelta(minutes=5)) and agree(at + timedelta(minutes=5), at)
    assert not agree(at, at + timedelta(minutes=5, seconds=1))


def test_every_incident_has_facts_of_every_published_kind() -> None:
    assert len(accounts()) == 10
    for timeline, account in accounts():
        assert timeline.id == account.id and account.source.startswith("https://")
        assert {one.kind for one in account.facts} >= {*KINDS} - {"detection"}
        assert all(one.parts and all(part.strip() for part in one.parts) for one in account.facts)
        assert account.milestones


@each_incident
def test_every_sentence_is_supported_and_every_milestone_agrees_or_is_doubted(
    db: None, timeline: Timeline, account: Account
) -> None:
    found = judged(timeline, account)
    assert found.sentences > 5
    assert found.unsupported == ()
    assert found.contained and found.contained <= found.told
    for moment in found.moments:
        assert moment.agrees or moment.is_uncertain, moment


def test_each_incident_is_printed_with_its_shares_and_all_of_them_with_sums(db: None) -> None:
    timeline, account = accounts()[0]
    found = judged(timeline, account)
    head, figures, *rest = [line.strip() for line in lines(found)]
    share = r"\d+/\d+"
    assert re.fullmatch(
        rf"{account.id}: \d+ of \d+ \(\d+%\), \d+ in the evidence; impact {share}, detection {share}, "
        rf"cause {share}, factors {share}, mitigation {share}",
        head,
    )
    assert re.match(r"unsupported 0 of \d+ sentences; impact_started (agrees|off by)", figures)
    assert len(rest) == len(found.missing())
    sums = [line.strip() for line in summed([found, found])]
    assert re.match(r"all 2: \d+ of \d+ published facts .* unsupported statements 0$", sums[0])
    assert re.match(r"milestones: \d+ of \d+ agree within five minutes, \d+ not proposed, \d+ off", sums[1])
