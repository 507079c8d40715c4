"""Highlighting, hiding and correcting; milestones; statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, Organization, User
from incidents import changes, services
from incidents.enums import Lane, MilestoneKind, Precision, Trust
from incidents.errors import CurationRefused
from incidents.models import Correction, Entry, Incident, Milestone
from incidents.selectors import milestone_times
from tests.factories import make_entry, make_incident, make_member

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


@pytest.fixture
def entry(incident: Incident) -> Entry:
    return make_entry(incident, START, "Link lost")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(changes, "_listeners", [lambda *, incident, actor, what: said.append(what)])
    return said


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def test_highlight_is_told_and_audited_once(responder: User, entry: Entry, heard: list[str]) -> None:
    services.highlight_entry(actor=responder, entry=entry, on=True)
    services.highlight_entry(actor=responder, entry=entry, on=True)
    assert Entry.objects.get().highlighted
    assert actions() == ["entry.highlighted"]
    assert heard == [f"{entry.label} was highlighted"]


def test_hidden_entry_keeps_its_reason_and_comes_back(responder: User, entry: Entry) -> None:
    services.highlight_entry(actor=responder, entry=entry, on=True)
    services.hide_entry(actor=responder, entry=entry, reason="Another cluster")
    hidden = Entry.objects.get()
    assert (hidden.hidden, hidden.hidden_reason, hidden.highlighted) == (True, "Another cluster", False)
    services.show_entry(actor=responder, entry=entry)
    assert not Entry.objects.get().hidden
    assert actions() == ["entry.highlighted", "entry.hidden", "entry.shown"]


def test_hiding_without_a_reason_is_refused(responder: User, entry: Entry) -> None:
    with pytest.raises(CurationRefused, match="Say why this entry is hidden"):
        services.hide_entry(actor=responder, entry=entry, reason="  ")


def test_entry_under_a_milestone_cannot_be_hidden(responder: User, incident: Incident, entry: Entry) -> None:
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=entry)
    with pytest.raises(CurationRefused, match="Move the milestone to another entry first"):
        services.hide_entry(actor=responder, entry=entry, reason="no")


def test_correction_keeps_the_original(responder: User, entry: Entry) -> None:
    later = START + timedelta(minutes=3)
    services.correct_entry(
        actor=responder, entry=entry, reason="The clock was slow", at=later, text="Link was lost"
    )
    current, correction = Entry.objects.get(), Correction.objects.get()
    assert (current.at, current.text) == (later, "Link was lost")
    assert (current.original_at, current.original_text) == (START, "Link lost")
    assert (correction.at_before, correction.at_after) == (START, later)
    assert (correction.text_before, correction.text_after) == ("Link lost", "Link was lost")
    assert correction.reason == "The clock was slow"


def test_correction_moves_the_milestone_that_rests_on_it(
    responder: User, incident: Incident, entry: Entry
) -> None:
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=entry)
    later = START + timedelta(minutes=3)
    services.correct_entry(actor=responder, entry=entry, reason="The clock was slow", at=later)
    assert milestone_times(incident) == {MilestoneKind.DETECTED: later}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reason": ""}, "Say why the entry is corrected"),
        ({"reason": "why"}, "the same as before"),
        ({"reason": "why", "text": "  "}, "hide it instead"),
        ({"reason": "why", "at": START.replace(tzinfo=None)}, "has no zone"),
        ({"reason": "x" * 301, "text": "new"}, "Keep the reason to 300 characters"),
    ],
)
def test_correction_that_says_nothing_is_refused(
    responder: User, entry: Entry, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(CurationRefused, match=sentence):
        services.correct_entry(actor=responder, entry=entry, **values)  # type: ignore[arg-type]
    assert not Correction.objects.exists()


def test_correction_itself_cannot_be_changed(responder: User, entry: Entry) -> None:
    services.correct_entry(actor=responder, entry=entry, reason="why", text="new")
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.update(reason="other")


def test_milestone_moves_and_clears(responder: User, incident: Incident, entry: Entry) -> None:
    other = make_entry(incident, START + timedelta(minutes=2))
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=entry)
    services.set_milestone(actor=responder, incident=incident, kind="detected", entry=other)
    assert Milestone.objects.get().entry == other
    services.clear_milestone(actor=responder, incident=incident, kind="detected")
    services.clear_milestone(actor=responder, incident=incident, kind="detected")
    assert not Milestone.objects.exists()
    assert actions() == ["milestone.set", "milestone.set", "milestone.cleared"]


def test_milestone_rests_only_on_an_entry_of_its_incident(
    responder: User, incident: Incident, organization: Organization
) -> None:
    elsewhere = make_entry(make_incident(organization), START)
    with pytest.raises(CurationRefused, match="belongs to another incident"):
        services.set_milestone(actor=responder, incident=incident, kind="detected", entry=elsewhere)


def test_statement_is_the_persons_and_needs_no_evidence(
    responder: User, incident: Incident, entry: Entry
) -> None:
    said = services.add_statement(
        actor=responder, incident=incident, at=START, text=" I cut the link ", precision=Precision.MINUTE
    )
    assert (said.text, said.author, said.lane, said.trust) == (
        "I cut the link",
        responder,
        Lane.STATEMENT,
        Trust.REPORTED,
    )
    assert said.evidence is None
    assert said.number == entry.number + 1


def test_same_statement_twice_is_refused(responder: User, incident: Incident) -> None:
    for_both: dict[str, Any] = {
        "actor": responder,
        "incident": incident,
        "at": START,
        "text": "I saw it",
        "precision": "minute",
    }
    services.add_statement(**for_both)
    with pytest.raises(CurationRefused, match="already said this"):
        services.add_statement(**for_both)
    assert Entry.objects.count() == 1


def test_reader_may_not_curate(incident: Incident, entry: Entry, organization: Organization) -> None:
    manager = make_member(organization, Role.MANAGER)
    with pytest.raises(AccessDenied):
        services.highlight_entry(actor=manager, entry=entry, on=True)
    with pytest.raises(AccessDenied):
        services.set_milestone(actor=manager, incident=incident, kind="detected", entry=entry)
    with pytest.raises(AccessDenied):
        services.add_statement(actor=manager, incident=incident, at=START, text="x", precision="day")
