"""Ten public incidents, replayed through their sources: they come back in the published order and in UTC."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django_scopes import scope

from governance.models import User
from incidents.chronology import contradictions
from incidents.errors import EvidenceRefused
from incidents.models import Correction, Entry, Evidence, Incident
from incidents.services import correct_entry
from incidents.times import read_time
from tests.factories import make_incident, make_member, make_organization
from tests.incidents.timelines.replay import Published, RawFile, Timeline, timelines

ALL = timelines()
Arrival = Callable[[Sequence[RawFile]], list[RawFile]]


def _shuffled(files: Sequence[RawFile]) -> list[RawFile]:
    return random.Random(20170718).sample(files, len(files))


ARRIVALS: dict[str, Arrival] = {
    "as listed": list,
    "reversed": lambda files: [*reversed(files)],
    "shuffled": _shuffled,
}
each_timeline = pytest.mark.parametrize("timeline", ALL, ids=lambda timeline: timeline.id)
each_arrival = pytest.mark.parametrize("arrival", ARRIVALS.values(), ids=ARRIVALS.keys())


class Told(NamedTuple):
    """An entry of the chronology and the file that it rests on."""

    at: datetime
    text: str
    file: str
    precision: str
    written: str
    zone: str
    original_at: datetime


def chronology(incident: Incident) -> list[Told]:
    """Every entry in the one order."""
    names = (
        "at",
        "text",
        "evidence__filename",
        "precision",
        "original_time",
        "zone",
        "original_at",
    )
    return [Told(*row) for row in Entry.objects.filter(incident=incident).in_order().values_list(*names)]


def replayed(timeline: Timeline, arrival: Arrival) -> list[Told]:
    """The chronology of a fresh organization into which the files came in that order."""
    organization = make_organization()
    with scope(organization=organization):
        actor, incident = make_member(organization), make_incident(organization)
        for file in arrival(timeline.files):
            assert file.bring_in(actor, incident).skipped == [], f"{file.name} is not read whole"
        return chronology(incident)


def place(fact: Published, told: Sequence[Told]) -> int:
    """Where the one entry stands that tells a fact at its published instant."""
    places = [
        number for number, entry in enumerate(told) if entry.at == fact.at and fact.contains in entry.text
    ]
    assert len(places) == 1, f"“{fact.contains}” at {fact.at} is told {len(places)} times"
    return places[0]


def only(told: Sequence[Told], words: str) -> Told:
    """The one entry that begins with these words, else the one that holds them."""
    begins = [entry for entry in told if entry.text.startswith(words)]
    found = begins or [entry for entry in told if words in entry.text]
    assert len(found) == 1, f"“{words}” is told {len(found)} times"
    return found[0]


def named(timeline_id: str) -> Timeline:
    return next(timeline for timeline in ALL if timeline.id == timeline_id)


def test_ten_timelines_are_replayed() -> None:
    assert len(ALL) == 10
    for timeline in ALL:
        assert {fact.file for fact in timeline.facts} <= {file.name for file in timeline.files}
        assert [fact.at for fact in timeline.facts] == sorted(fact.at for fact in timeline.facts)


@each_arrival
@each_timeline
def test_timeline_comes_back_in_the_published_order_and_utc(
    db: None, timeline: Timeline, arrival: Arrival
) -> None:
    told = replayed(timeline, arrival)
    places = [place(fact, told) for fact in timeline.facts]
    assert len(set(places)) == len(places)
    by_instant = [told[number].at for number in sorted(places)]
    assert by_instant == [fact.at for fact in timeline.facts]
    for fact, number in zip(timeline.facts, places, strict=True):
        entry = told[number]
        assert (entry.file, entry.precision) == (fact.file, fact.precision), fact.contains


@each_arrival
@each_timeline
def test_facts_of_one_instant_stay_as_their_file_tells_them(
    db: None, timeline: Timeline, arrival: Arrival
) -> None:
    told = replayed(timeline, arrival)
    for name in {file.name for file in timeline.files}:
        places = [place(fact, told) for fact in timeline.facts if fact.file == name]
        assert places == sorted(places), name


@each_timeline
def test_chronology_is_the_same_whichever_file_comes_first(db: None, timeline: Timeline) -> None:
    """Entries that several files tell of one instant are compared file by file; inside a file their order counts."""
    found = [sorted(replayed(timeline, arrival), key=_instant_and_file) for arrival in ARRIVALS.values()]
    assert found[0] == found[1] == found[2]


def _instant_and_file(entry: Told) -> tuple[datetime, str]:
    return entry.at, entry.file


@each_timeline
def test_importing_everything_again_adds_nothing(
    timeline: Timeline, responder: User, incident: Incident
) -> None:
    for file in timeline.files:
        file.bring_in(responder, incident)
    before = list(Entry.objects.in_order().values())
    for file in _shuffled(timeline.files):
        assert file.bring_in(responder, incident).added == 0
    assert list(Entry.objects.in_order().values()) == before
    assert Evidence.objects.count() == len(timeline.files)


@each_timeline
def test_time_is_kept_as_the_source_wrote_it(db: None, timeline: Timeline) -> None:
    told = replayed(timeline, list)
    for fact in timeline.facts:
        entry = told[place(fact, told)]
        assert (entry.written, entry.zone) == (fact.written, fact.zone), fact.contains
        offset = timeline.file(fact.file).declared.get("clock_offset", 0)
        assert entry.original_at - entry.at == timedelta(seconds=offset), fact.contains


@each_timeline
def test_kept_time_and_zone_give_the_instant_again(db: None, timeline: Timeline) -> None:
    """What is kept beside an entry is enough to check its instant by hand."""
    for entry in replayed(timeline, list):
        declared = timeline.file(entry.file).declared
        ways = {name: declared[name] for name in ("date_order", "year") if name in declared}
        at = read_time(entry.written, declared.get("zone", ""), **ways).at
        assert at.replace(microsecond=0) == entry.original_at


@pytest.mark.parametrize(
    "timeline", [timeline for timeline in ALL if timeline.milestones], ids=lambda timeline: timeline.id
)
def test_published_contradiction_is_kept_and_shown(
    timeline: Timeline, responder: User, incident: Incident
) -> None:
    for file in timeline.files:
        file.bring_in(responder, incident)
    told = chronology(incident)
    times = {kind: only(told, words).at for kind, words in timeline.milestones.items()}
    [sentence] = contradictions(times)
    first, later = times
    assert sentence.startswith(f"“{later.label}”") and f"lies before “{first.label}”" in sentence


def test_published_line_out_of_order_stands_where_it_says_until_a_person_corrects_it(
    responder: User, incident: Incident
) -> None:
    for file in named("wikimedia-jobqueue-2017-07-18").files:
        file.bring_in(responder, incident)
    entry = Entry.objects.in_order().first()
    assert entry.original_time == "2017-07-18 21:02"
    right = datetime(2017, 7, 18, 22, 2, tzinfo=UTC)
    correct_entry(actor=responder, entry=entry, at=right, reason="Stands between 22:00 and 22:03 in the log")
    moved = list(Entry.objects.in_order().values_list("number", flat=True)).index(entry.number)
    around = Entry.objects.in_order()[moved - 1 : moved + 2]
    assert [neighbor.at.strftime("%H:%M") for neighbor in around] == ["22:00", "22:02", "22:03"]
    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.original_at, kept.original_time) == (
        datetime(2017, 7, 18, 21, 2, tzinfo=UTC),
        "2017-07-18 21:02",
    )
    assert Correction.objects.get().at_before == kept.original_at


def test_same_words_posted_twice_are_two_facts(db: None) -> None:
    told = replayed(named("gcp-network-2019-06-02"), list)
    posts = [entry.at.strftime("%H:%M") for entry in told if "The first phase" in entry.text]
    assert posts == ["21:59", "22:04"]


NEEDED = [
    (timeline, file, name)
    for timeline in ALL
    for file in timeline.files
    for name in ("zone", "date_order", "year")
    if name in file.declared
]


@pytest.mark.parametrize(
    ("timeline", "file", "name"), NEEDED, ids=lambda part: getattr(part, "id", getattr(part, "name", part))
)
def test_file_is_refused_as_long_as_a_declaration_is_missing(
    timeline: Timeline, file: RawFile, name: str, responder: User, incident: Incident
) -> None:
    rest: dict[str, Any] = {key: value for key, value in file.declared.items() if key != name}
    sentence = {"zone": "names no zone", "date_order": "could be swapped", "year": "has no year"}[name]
    with pytest.raises(EvidenceRefused, match=sentence):
        file.bring_in_as(responder, incident, rest)
    assert not Entry.objects.exists()


def test_several_zones_a_slow_clock_and_every_precision_are_replayed() -> None:
    facts = [fact for timeline in ALL for fact in timeline.facts]
    assert {"PST", "-07:00", "-08:00", "America/Los_Angeles", "US/Pacific", "UTC"} <= {
        fact.zone for fact in facts
    }
    assert {fact.precision for fact in facts} == {"second", "minute", "day"}
    assert {fact.published for fact in facts} == {"second", "minute", "approx", "day"}
    assert any("clock_offset" in file.declared for timeline in ALL for file in timeline.files)
