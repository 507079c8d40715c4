"""What the one order promises, tried with whatever hypothesis thinks of.

It is total and stable and does not depend on what arrived first; importing is idempotent; and no instant changes
without a correction that says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import chain, pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.errors import AfterwordError
from governance.models import User
from incidents import services
from incidents.chronology import NormalizedEntry, in_order, normalize
from incidents.enums import Lane, MilestoneKind, Precision, SourceKind, Trust
from incidents.models import ClockOffset, Correction, Curation, Entry, Evidence, Incident
from incidents.models.timeline import ORDER
from incidents.services import ImportOutcome, import_evidence
from incidents.services.clocks import declare_offset, withdraw_offset
from incidents.sources import ParseContext, Signal
from tests.factories import make_incident

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
on_the_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


class Line(NamedTuple):
    """A line of a log: seconds behind the start, and what it says. Few of both, so that lines often coincide."""

    second: int
    text: str

    @property
    def at(self) -> datetime:
        return START + timedelta(seconds=self.second)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.text}"


LINES = st.lists(st.builds(Line, st.integers(0, 4), st.sampled_from("abcd")), min_size=1, max_size=8)
FILES = st.lists(LINES, min_size=1, max_size=4)
ZONES = st.sampled_from(["UTC", "+05:30", "-08:00", "Asia/Tokyo"])


# The normalizer ------------------------------------------------------------------------------------------------------


def _read(file: Sequence[Line], number: int, zone: str, offset: int) -> list[NormalizedEntry]:
    """A file as a source tells it in its own zone, by a clock that is ``offset`` seconds ahead."""
    context = ParseContext(zone=zone, clock_offset=offset)
    shift = _shift_of(zone)
    return [
        normalize(
            Signal(
                f"{line.at + shift + timedelta(seconds=offset):%Y-%m-%d %H:%M:%S}",
                line.text,
                Lane.LOG,
                Trust.OBSERVED,
                f"file {number} line {place}",
            ),
            context,
        )
        for place, line in enumerate(file)
    ]


def _shift_of(zone: str) -> timedelta:
    hours = {"UTC": 0.0, "+05:30": 5.5, "-08:00": -8.0, "Asia/Tokyo": 9.0}
    return timedelta(hours=hours[zone])


@given(data=st.data(), files=FILES)
def test_instants_are_the_same_however_sources_write_them_and_whatever_came_first(
    data: st.DataObject, files: list[list[Line]]
) -> None:
    read = [
        _read(file, number, data.draw(ZONES), data.draw(st.integers(-600, 600)))
        for number, file in enumerate(files)
    ]
    ordered = in_order(chain.from_iterable(data.draw(st.permutations(read))))
    assert [entry.at for entry in ordered] == sorted(line.at for line in chain.from_iterable(files))
    for number, entries in enumerate(read):
        mine = [entry for entry in ordered if entry.signal.location.startswith(f"file {number} ")]
        assert mine == sorted(entries, key=lambda entry: entry.at), "lines of one instant changed places"


@given(data=st.data(), files=FILES)
def test_ordering_again_changes_nothing(data: st.DataObject, files: list[list[Line]]) -> None:
    read = [_read(file, number, "UTC", 0) for number, file in enumerate(files)]
    once = in_order(chain.from_iterable(read))
    assert in_order(once) == once
    assert Counter(once) == Counter(chain.from_iterable(read))


# Importing -----------------------------------------------------------------------------------------------------------


def bring_in(actor: User, incident: Incident, file: Sequence[Line], name: str = "file.log") -> ImportOutcome:
    content = "".join(f"{line}\n" for line in file).encode()
    return import_evidence(
        actor=actor, incident=incident, filename=name, stream=BytesIO(content), kind=SourceKind.LOG
    )


def told(incident: Incident) -> list[Line]:
    """The chronology in its order, as lines."""
    rows = Entry.objects.filter(incident=incident).in_order().values_list("at", "text")
    return [Line(int((at - START).total_seconds()), text) for at, text in rows]


def imported(actor: User, files: Iterable[Sequence[Line]]) -> Incident:
    """A fresh incident into which these files came, in this order."""
    incident = make_incident(actor.memberships.get().organization)
    for file in files:
        bring_in(actor, incident, file)
    return incident


def instant_by_instant(lines: Iterable[Line]) -> list[Line]:
    """The same, with what stands at one instant sorted by its words."""
    return sorted(lines)


@on_the_database
@given(file=LINES)
def test_one_file_comes_back_by_instant_and_otherwise_as_it_stands(responder: User, file: list[Line]) -> None:
    incident = imported(responder, [file])
    assert told(incident) == sorted(file, key=lambda line: line.second)
    assert list(Entry.objects.filter(incident=incident).in_order().values_list("number", flat=True)) == list(
        range(1, len(file) + 1)
    )


@on_the_database
@given(data=st.data(), files=FILES)
def test_chronology_holds_the_same_whatever_came_first(
    responder: User, data: st.DataObject, files: list[list[Line]]
) -> None:
    """What several files tell stands there once; what one file tells n times stands there n times."""
    facts: Counter[Line] = Counter()
    for file in files:
        facts |= Counter(file)
    first, other = imported(responder, files), imported(responder, data.draw(st.permutations(files)))
    for incident in (first, other):
        lines = told(incident)
        assert [line.second for line in lines] == sorted(line.second for line in lines)
        assert Counter(lines) == facts
    assert instant_by_instant(told(first)) == instant_by_instant(told(other))


def test_entries_of_one_instant_stand_the_same_whichever_file_came_first(responder: User) -> None:
    files = [[Line(0, "link lost")], [Line(0, "alert fires")]]
    assert told(imported(responder, files)) == told(imported(responder, reversed(files)))


@on_the_database
@given(files=FILES, later=LINES)
def test_what_comes_in_later_leaves_the_order_and_the_numbers_of_the_rest(
    responder: User, files: list[list[Line]], later: list[Line]
) -> None:
    incident = imported(responder, files)
    before = list(Entry.objects.filter(incident=incident).in_order().values("number", "at", "text"))
    bring_in(responder, incident, later)
    after = Entry.objects.filter(incident=incident).in_order().values("number", "at", "text")
    known = {row["number"] for row in before}
    assert [row for row in after if row["number"] in known] == before
    places = list(Entry.objects.filter(incident=incident).in_order().values_list(*ORDER))
    assert all(earlier < following for earlier, following in pairwise(places))


@on_the_database
@given(data=st.data(), files=FILES)
def test_importing_again_adds_nothing_in_any_order(
    responder: User, data: st.DataObject, files: list[list[Line]]
) -> None:
    incident = imported(responder, files)
    entries = list(Entry.objects.filter(incident=incident).in_order().values())
    evidence = list(Evidence.objects.filter(incident=incident).values())
    for file in data.draw(st.permutations(files)):
        assert bring_in(responder, incident, file, "another name.log").added == 0
    assert list(Entry.objects.filter(incident=incident).in_order().values()) == entries
    assert list(Evidence.objects.filter(incident=incident).values()) == evidence


@on_the_database
@given(file=LINES, cuts=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=3))
def test_pieces_of_a_file_add_nothing_to_the_whole(
    responder: User, file: list[Line], cuts: list[tuple[int, int]]
) -> None:
    whole = imported(responder, [file])
    for start, end in cuts:
        if piece := file[start:end]:
            assert bring_in(responder, whole, piece).added == 0
    assert told(whole) == sorted(file, key=lambda line: line.second)


def _messages(seconds: Iterable[int]) -> bytes:
    """A channel's export with a message for each second."""
    start = int(START.timestamp())
    return json.dumps(
        [{"type": "message", "user": "U1", "ts": f"{start + n}.000100", "text": f"said {n}"} for n in seconds]
    ).encode()


@on_the_database
@given(data=st.data(), first=st.integers(1, 6), second=st.integers(1, 6), gap=st.integers(0, 6))
def test_overlapping_exports_of_a_channel_are_one_channel(
    responder: User, data: st.DataObject, first: int, second: int, gap: int
) -> None:
    exports = [_messages(range(first)), _messages(range(min(gap, first), gap + second))]
    incident = make_incident(responder.memberships.get().organization)
    for content in data.draw(st.permutations(exports * 2)):
        import_evidence(
            actor=responder,
            incident=incident,
            filename="c.json",
            stream=BytesIO(content),
            kind=SourceKind.SLACK,
        )
    seconds = sorted({*range(first), *range(min(gap, first), gap + second)})
    assert told(incident) == [Line(n, f"said {n}") for n in seconds]


# No instant changes without a correction -----------------------------------------------------------------------------

WORDS = ("link lost", "quorum formed", "writes refused", "replicas lag")
ENTRIES = len(WORDS) + 2
AHEAD = 120
NUMBERS = st.lists(st.integers(1, ENTRIES), min_size=1, max_size=3, unique=True)
Deed = Callable[[User, Incident, list[int]], Any]


def _of(incident: Incident, numbers: list[int]) -> Entry:
    entry: Entry = Entry.objects.get(incident=incident, number=numbers[0])
    return entry


def _correct(actor: User, incident: Incident, numbers: list[int]) -> None:
    entry = _of(incident, numbers)
    services.correct_entry(
        actor=actor, entry=entry, reason="Clock", at=entry.at + timedelta(seconds=17 * len(numbers))
    )


def _reword(actor: User, incident: Incident, numbers: list[int]) -> None:
    entry = _of(incident, numbers)
    services.correct_entry(actor=actor, entry=entry, reason="Words", text=f"{entry.text}, as seen later")


def _declare(actor: User, incident: Incident, numbers: list[int]) -> None:
    source = SourceKind.GITHUB if len(numbers) > 1 else SourceKind.LOG
    declare_offset(
        actor=actor, incident=incident, source=source, seconds=30 * numbers[0], reason="Seen by two sources"
    )


def _withdraw(actor: User, incident: Incident, numbers: list[int]) -> None:
    if offset := ClockOffset.objects.filter(incident=incident, withdrawn_at=None).first():
        withdraw_offset(actor=actor, offset=offset)


def _undo(actor: User, incident: Incident, numbers: list[int]) -> None:
    done = list(Curation.objects.filter(incident=incident).undoable())
    if done:
        services.undo(actor=actor, curation=done[numbers[0] % len(done)])


def _state(actor: User, incident: Incident, numbers: list[int]) -> None:
    at = START + timedelta(minutes=numbers[0])
    services.add_statement(actor=actor, incident=incident, at=at, text="I saw it", precision=Precision.MINUTE)


def _bring_more(actor: User, incident: Incident, numbers: list[int]) -> None:
    bring_in(actor, incident, [Line(number, "more") for number in numbers])


DEEDS: dict[str, Deed] = {
    "highlight": lambda a, i, n: services.highlight_entries(actor=a, incident=i, numbers=n, on=True),
    "take highlight": lambda a, i, n: services.highlight_entries(actor=a, incident=i, numbers=n, on=False),
    "highlight one": lambda a, i, n: services.highlight_entry(actor=a, entry=_of(i, n), on=True),
    "hide": lambda a, i, n: services.hide_entries(actor=a, incident=i, numbers=n, reason="Noise"),
    "hide one": lambda a, i, n: services.hide_entry(actor=a, entry=_of(i, n), reason="Noise"),
    "show": lambda a, i, n: services.show_entries(actor=a, incident=i, numbers=n),
    "show one": lambda a, i, n: services.show_entry(actor=a, entry=_of(i, n)),
    "tag": lambda a, i, n: services.tag_entries(actor=a, incident=i, numbers=n, add=["seen"]),
    "merge": lambda a, i, n: services.merge_entries(actor=a, incident=i, numbers=n),
    "split": lambda a, i, n: services.split_entry(actor=a, incident=i, number=n[0]),
    "set milestone": lambda a, i, n: services.set_milestone(
        actor=a, incident=i, kind=list(MilestoneKind)[len(n)], entry=_of(i, n)
    ),
    "clear milestone": lambda a, i, n: services.clear_milestone(
        actor=a, incident=i, kind=list(MilestoneKind)[len(n)]
    ),
    "correct": _correct,
    "reword": _reword,
    "declare clock": _declare,
    "withdraw clock": _withdraw,
    "undo": _undo,
    "state": _state,
    "bring more": _bring_more,
}


def _chronology(actor: User) -> Incident:
    """Six entries: lines of a log whose clock is declared to run ahead, and deployments."""
    incident = make_incident(actor.memberships.get().organization)
    log = "".join(f"{Line(60 * minute + AHEAD, word)}\n" for minute, word in enumerate(WORDS)).encode()
    import_evidence(
        actor=actor,
        incident=incident,
        filename="ahead.log",
        stream=BytesIO(log),
        kind=SourceKind.LOG,
        clock_offset=AHEAD,
    )
    deployments = [
        {"deployment": {"id": number, "ref": "main", "created_at": f"2018-10-21T23:0{number}:00Z"}}
        for number in (1, 2)
    ]
    import_evidence(
        actor=actor,
        incident=incident,
        filename="deployments.json",
        stream=BytesIO(json.dumps(deployments).encode()),
        kind=SourceKind.GITHUB,
    )
    return incident


def _originals(incident: Incident) -> dict[int, tuple[Any, ...]]:
    names = ("number", "original_at", "original_time", "original_text", "zone", "precision")
    rows = Entry.objects.filter(incident=incident).values_list(*names)
    return {row[0]: row[1:] for row in rows}


def _require_accounted(entry: Entry) -> None:
    """Time and text follow from the originals by the corrections, one after the other, and by nothing else."""
    ahead = entry.evidence.clock_offset if entry.evidence else 0
    at, text = entry.original_at - timedelta(seconds=ahead), entry.original_text
    for correction in Correction.objects.filter(entry=entry).order_by("pk"):
        assert (correction.at_before, correction.text_before) == (at, text)
        assert correction.reason
        at, text = correction.at_after, correction.text_after
    assert (entry.at, entry.text) == (at, text)


@on_the_database
@given(deeds=st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), NUMBERS), max_size=10))
def test_no_instant_changes_without_a_correction(responder: User, deeds: list[tuple[str, list[int]]]) -> None:
    incident = _chronology(responder)
    originals = _originals(incident)
    assert len(originals) == ENTRIES
    for name, numbers in deeds:
        try:
            DEEDS[name](responder, incident, numbers)
        except AfterwordError:
            continue
    for entry in Entry.objects.filter(incident=incident).select_related("evidence"):
        _require_accounted(entry)
    assert originals.items() <= _originals(incident).items()


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_each_deed_can_be_done(responder: User, name: str) -> None:
    """The deeds above are not all refused: each goes through on a chronology that is ready for it."""
    incident = _chronology(responder)
    ready = {
        "take highlight": "highlight",
        "show": "hide",
        "show one": "hide one",
        "split": "merge",
        "clear milestone": "set milestone",
        "withdraw clock": "declare clock",
        "undo": "correct",
    }
    if name in ready:
        DEEDS[ready[name]](responder, incident, [2, 3])
    before = _seen(incident)
    DEEDS[name](responder, incident, [2, 3])
    assert _seen(incident) != before


def _seen(incident: Incident) -> tuple[Any, ...]:
    """Everything that a deed may change."""
    return (
        list(Entry.objects.filter(incident=incident).order_by("number").values()),
        list(incident.milestones.order_by("kind").values()),
    )
