"""Merging, splitting, tagging, and undoing whatever people did to a chronology."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.errors import AfterwordError
from governance.models import AuditEntry, User
from incidents import services
from incidents.enums import MilestoneKind
from incidents.errors import CurationRefused
from incidents.models import Correction, Curation, Entry, Incident, Milestone
from incidents.services import desk
from tests.factories import make_entry, make_evidence

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


@pytest.fixture
def entries(incident: Incident) -> list[Entry]:
    evidence = make_evidence(incident)
    return [
        make_entry(
            incident,
            START + timedelta(minutes=minute),
            f"Fact {minute}",
            number=minute + 1,
            evidence=evidence,
        )
        for minute in range(6)
    ]


def state(incident: Incident) -> list[tuple[Any, ...]]:
    """What people may change of the chronology, as it stands."""
    names = ["number", *desk.FIELDS]
    milestones = Milestone.objects.filter(incident=incident).order_by("kind").values_list("kind", "entry_id")
    return [*Entry.objects.filter(incident=incident).order_by("number").values_list(*names), *milestones]


def test_merged_entries_stand_inside_one_and_split_restores_them(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    before = state(incident)
    keeper = services.merge_entries(actor=responder, incident=incident, numbers=[3, 2, 5])
    assert keeper.number == 2
    assert [entry.number for entry in Entry.objects.filter(incident=incident).shown()] == [1, 2, 4, 6]
    services.split_entry(actor=responder, incident=incident, number=2)
    assert state(incident) == before


def test_merging_what_was_merged_leaves_no_entry_inside_an_entry_inside_an_entry(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    services.merge_entries(actor=responder, incident=incident, numbers=[2, 3])
    services.merge_entries(actor=responder, incident=incident, numbers=[1, 2], into=1)
    assert set(Entry.objects.filter(folded_into__number=1).values_list("number", flat=True)) == {2, 3}


def test_merge_keeps_the_entry_under_a_milestone_and_refuses_two_of_them(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=entries[3])
    assert services.merge_entries(actor=responder, incident=incident, numbers=[2, 4]).number == 4
    services.set_milestone(actor=responder, incident=incident, kind="resolved", entry=entries[5])
    with pytest.raises(CurationRefused, match="Milestones rest on E4 and E6"):
        services.merge_entries(actor=responder, incident=incident, numbers=[4, 6])


def test_highlight_of_any_merged_entry_goes_to_the_one_that_is_kept(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    services.highlight_entries(actor=responder, incident=incident, numbers=[3], on=True)
    services.merge_entries(actor=responder, incident=incident, numbers=[2, 3])
    assert list(Entry.objects.filter(highlighted=True).values_list("number", flat=True)) == [2]
    with pytest.raises(CurationRefused, match="stands inside another entry"):
        services.highlight_entries(actor=responder, incident=incident, numbers=[3], on=True)


def test_undo_gives_back_what_was_before_and_is_audited(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    before = state(incident)
    services.hide_entries(actor=responder, incident=incident, numbers=[1, 2], reason="Noise")
    services.undo(actor=responder, curation=Curation.objects.get())
    assert state(incident) == before
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["entry.hidden", "curation.undone"]
    with pytest.raises(CurationRefused, match="undone already"):
        services.undo(actor=responder, curation=Curation.objects.get())


def test_undone_correction_leaves_a_correction_of_its_own(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    services.correct_entry(
        actor=responder, entry=entries[0], reason="slow clock", at=START + timedelta(hours=1)
    )
    services.undo(actor=responder, curation=Curation.objects.get())
    assert Entry.objects.get(number=1).at == START
    assert [row.reason for row in Correction.objects.all()] == ["slow clock", "Undone"]


def test_undo_is_refused_when_somebody_changed_it_since(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    services.correct_entry(actor=responder, entry=entries[0], reason="one", text="First")
    services.correct_entry(actor=responder, entry=entries[0], reason="two", text="Second")
    first = Curation.objects.order_by("pk").first()
    with pytest.raises(CurationRefused, match="Undo the later change first"):
        services.undo(actor=responder, curation=first)


def test_undo_moves_a_milestone_back(responder: User, incident: Incident, entries: list[Entry]) -> None:
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=entries[0])
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=entries[1])
    services.clear_milestone(actor=responder, incident=incident, kind="detected")
    for expected in (2, 1, None):
        services.undo(actor=responder, curation=Curation.objects.undoable().first())
        found = Milestone.objects.filter(incident=incident).first()
        assert (found.entry.number if found else None) == expected


def test_stale_page_changes_nothing(responder: User, incident: Incident, entries: list[Entry]) -> None:
    seen = {entry.number: entry.version for entry in entries}
    services.tag_entries(actor=responder, incident=incident, numbers=[1], add=["network"])
    with pytest.raises(CurationRefused, match="changed by somebody else"):
        services.hide_entries(actor=responder, incident=incident, numbers=[1, 2], reason="x", versions=seen)
    assert not Entry.objects.filter(hidden=True).exists()


def test_tags_are_added_once_and_taken_away(
    responder: User, incident: Incident, entries: list[Entry]
) -> None:
    services.tag_entries(
        actor=responder, incident=incident, numbers=[1, 2], add=["Network ", "network", "eu-west"]
    )
    assert Entry.objects.get(number=1).tags == ["network", "eu-west"]
    services.tag_entries(actor=responder, incident=incident, numbers=[1], remove=["network"])
    assert Entry.objects.get(number=1).tags == ["eu-west"]
    with pytest.raises(CurationRefused, match="cannot be a tag"):
        services.tag_entries(actor=responder, incident=incident, numbers=[1], add=["<script>"])


NUMBERS = st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), NUMBERS),
        st.tuples(st.just("split"), NUMBERS),
        st.tuples(st.just("highlight"), NUMBERS),
        st.tuples(st.just("hide"), NUMBERS),
        st.tuples(st.just("show"), NUMBERS),
        st.tuples(st.just("tag"), NUMBERS),
        st.tuples(st.just("correct"), NUMBERS),
        st.tuples(st.just("milestone"), NUMBERS),
    ),
    max_size=8,
)


def do(actor: User, incident: Incident, deed: str, numbers: list[int]) -> None:
    chosen: dict[str, Any] = {"actor": actor, "incident": incident, "numbers": numbers}
    first = Entry.objects.get(incident=incident, number=numbers[0])
    if deed == "merge":
        services.merge_entries(**chosen)
    elif deed == "split":
        services.split_entry(actor=actor, incident=incident, number=numbers[0])
    elif deed == "highlight":
        services.highlight_entries(**chosen, on=True)
    elif deed == "hide":
        services.hide_entries(**chosen, reason="Noise")
    elif deed == "show":
        services.show_entries(**chosen)
    elif deed == "tag":
        services.tag_entries(**chosen, add=["seen"])
    elif deed == "correct":
        services.correct_entry(actor=actor, entry=first, reason="clock", at=first.at + timedelta(seconds=7))
    else:
        services.set_milestone(actor=actor, incident=incident, kind=MilestoneKind.DETECTED, entry=first)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(deeds=DEEDS)
def test_undoing_everything_in_reverse_restores_the_beginning(
    responder: User, incident: Incident, entries: list[Entry], deeds: list[tuple[str, list[int]]]
) -> None:
    before = state(incident)
    for deed, numbers in deeds:
        try:
            do(responder, incident, deed, numbers)
        except AfterwordError:
            continue
    for curation in Curation.objects.filter(incident=incident).undoable():
        services.undo(actor=responder, curation=curation)
    assert state(incident) == before
    for entry in Entry.objects.filter(incident=incident):
        assert (entry.at == entry.original_at) or entry.corrections.exists()
