"""Proposals: asked once, decided once, and never over a person's words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry
from incidents.models import Entry
from reviews.enums import ProposalKind, ProposalState, Provenance, ReviewState
from reviews.errors import ProposalRefused, PublishedText, UnknownCitation
from reviews.models import Passage, Proposal, Revision, Section, SignOff
from reviews.redrafting import Change
from reviews.services import save_section
from reviews.services.proposals import (
    accept_all,
    accept_proposal,
    edit_proposal,
    propose,
    reject_proposal,
)
from tests.factories import make_member
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def first_sentence(setting: Setting) -> str:
    passage = Passage.objects.filter(section=summary(setting)).order_by("position").first()
    assert passage is not None
    numbers = ", ".join(f"E{row.entry.number}" for row in passage.citations.all())
    return f"{passage.text} [{numbers}]"


def replacing(setting: Setting, text: str = "Writes stood still. [E1]") -> Change:
    return Change(
        ProposalKind.REPLACE, first_sentence(setting), text, 0, "E1 came after this draft was made."
    )


def proposed(
    setting: Setting, *changes: Change, provenance: Provenance = Provenance.EVIDENCE
) -> list[Proposal]:
    return propose(actor=setting.jon, section=summary(setting), changes=changes, provenance=provenance)


def test_proposing_changes_no_text_and_twice_makes_nothing_new(setting: Setting) -> None:
    body, change = summary(setting).body, replacing(setting)
    first, again = proposed(setting, change), proposed(setting, change)
    assert [row.pk for row in first] == [row.pk for row in again]
    assert summary(setting).body == body
    assert AuditEntry.objects.filter(action="section.proposed").count() == 1


def test_accepted_words_keep_the_provenance_of_the_proposal(setting: Setting) -> None:
    change = replacing(setting)
    (row,) = proposed(setting, change, provenance=Provenance.MODEL)
    before = summary(setting)
    saved = accept_proposal(actor=setting.mara, proposal=row)
    passage = Passage.objects.filter(section=saved).order_by("position")[0]
    assert (passage.text, passage.provenance, passage.author) == (
        "Writes stood still.",
        Provenance.MODEL,
        None,
    )
    assert saved.version == before.version + 1
    revision = Revision.objects.get(section=saved, number=saved.version)
    assert (revision.author, revision.note) == (setting.mara, "Suggested by a model")
    others = Passage.objects.filter(section=saved).exclude(pk=passage.pk)
    assert {other.provenance for other in others} == {Provenance.EVIDENCE}


def test_edited_words_are_the_persons(setting: Setting) -> None:
    (row,) = proposed(setting, replacing(setting))
    saved = edit_proposal(actor=setting.mara, proposal=row, text="Nothing was written. [E1]")
    passage = Passage.objects.filter(section=saved).order_by("position")[0]
    assert (passage.text, passage.provenance, passage.author) == (
        "Nothing was written.",
        Provenance.PERSON,
        setting.mara,
    )
    row.refresh_from_db()
    assert (row.state, row.decided_text) == (ProposalState.EDITED, "Nothing was written. [E1]")


def test_editing_without_a_change_takes_the_proposal_as_it_stands(setting: Setting) -> None:
    (row,) = proposed(setting, replacing(setting))
    saved = edit_proposal(actor=setting.mara, proposal=row, text="  Writes stood still.\n[E1] ")
    passage = Passage.objects.filter(section=saved).order_by("position")[0]
    assert (passage.provenance, passage.author) == (Provenance.EVIDENCE, None)


@pytest.mark.parametrize(("text", "error"), [(" ", ProposalRefused), ("Seen. [E99]", UnknownCitation)])
def test_edit_that_cannot_stand_is_refused(setting: Setting, text: str, error: type[Exception]) -> None:
    (row,) = proposed(setting, replacing(setting))
    with pytest.raises(error):
        edit_proposal(actor=setting.mara, proposal=row, text=text)
    assert Proposal.objects.get(pk=row.pk).state == ProposalState.OPEN


def test_rejecting_sticks_also_in_another_place(setting: Setting) -> None:
    change = replacing(setting)
    (row,) = proposed(setting, change)
    reject_proposal(actor=setting.mara, proposal=row)
    assert proposed(setting, change, Change(ProposalKind.ADD, "", change.text, 3)) == []
    assert Proposal.objects.get().state == ProposalState.REJECTED


def test_what_is_no_longer_proposed_is_gone_but_not_that_of_another_origin(setting: Setting) -> None:
    (drafted,) = proposed(setting, replacing(setting))
    (modeled,) = proposed(
        setting, Change(ProposalKind.ADD, "", "Reads went on. [E2]"), provenance=Provenance.MODEL
    )
    assert proposed(setting) == []
    drafted.refresh_from_db()
    modeled.refresh_from_db()
    assert (drafted.state, modeled.state) == (ProposalState.GONE, ProposalState.OPEN)
    with pytest.raises(ProposalRefused, match="not proposed any more"):
        accept_proposal(actor=setting.mara, proposal=drafted)
    assert proposed(setting, replacing(setting)) == [drafted]


def test_second_person_to_decide_gets_a_sentence(setting: Setting) -> None:
    (row,) = proposed(setting, replacing(setting))
    accept_proposal(actor=setting.mara, proposal=row)
    body = summary(setting).body
    for decide in (accept_proposal, reject_proposal):
        with pytest.raises(ProposalRefused, match="Mara Okafor took this proposal before you"):
            decide(actor=setting.jon, proposal=row)
    assert summary(setting).body == body


def test_stale_proposal_changes_nothing(setting: Setting) -> None:
    (row,) = proposed(setting, replacing(setting))
    section = summary(setting)
    passage = Passage.objects.filter(section=section).order_by("position")[0]
    body = section.body.replace(passage.text, "What I saw myself.", 1)
    save_section(actor=setting.mara, section=section, body=body, version=section.version)
    with pytest.raises(ProposalRefused, match="no longer there as it was drafted"):
        accept_proposal(actor=setting.jon, proposal=row)
    assert summary(setting).body == body
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_same_words_by_a_person_are_not_replaced(setting: Setting) -> None:
    section, drafted = summary(setting), first_sentence(setting)
    for body in ("Nothing yet.", section.body):
        now = summary(setting)
        save_section(actor=setting.mara, section=now, body=body, version=now.version)
    (row,) = proposed(setting, Change(ProposalKind.REMOVE, drafted))
    with pytest.raises(ProposalRefused):
        accept_proposal(actor=setting.jon, proposal=row)
    assert summary(setting).body == section.body


def test_corrected_entry_no_longer_bears_what_was_proposed(setting: Setting) -> None:
    entry = Entry.objects.get(incident=setting.incident, number=1)
    (row,) = proposed(setting, replacing(setting, f"The log said “{entry.text}”. [E1]"))
    entry.text = "Something else altogether"
    entry.save(update_fields=["text"])
    with pytest.raises(ProposalRefused, match="corrected since"):
        accept_proposal(actor=setting.mara, proposal=row)


def test_signatures_are_voided_by_taking_and_not_by_rejecting(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    rows = proposed(setting, replacing(setting), Change(ProposalKind.ADD, "", "Reads went on. [E2]"))
    reject_proposal(actor=setting.jon, proposal=rows[1])
    assert SignOff.objects.standing().count() == 2
    accept_proposal(actor=setting.jon, proposal=rows[0])
    assert SignOff.objects.standing().count() == 0
    assert setting.now().state == ReviewState.IN_REVIEW


def test_closed_review_refuses(setting: Setting) -> None:
    (row,) = proposed(setting, replacing(setting))
    bring_to(setting, ReviewState.PUBLISHED)
    for decide in (accept_proposal, reject_proposal):
        with pytest.raises(PublishedText):
            decide(actor=setting.jon, proposal=row)
    with pytest.raises(PublishedText):
        proposed(setting, replacing(setting))


def test_only_who_writes_the_review_may_decide(setting: Setting) -> None:
    (row,) = proposed(setting, replacing(setting))
    reader = make_member(setting.organization, Role.MANAGER)
    for decide in (accept_proposal, reject_proposal):
        with pytest.raises(AccessDenied):
            decide(actor=reader, proposal=row)


def test_all_of_a_section_are_taken_in_one_revision_and_in_their_order(setting: Setting) -> None:
    before, drafted = summary(setting), first_sentence(setting)
    proposed(
        setting,
        replacing(setting),
        Change(ProposalKind.ADD, drafted, "Second. [E1]", 1),
        Change(ProposalKind.ADD, drafted, "Third. [E2]", 2),
        Change(ProposalKind.REPLACE, "Nobody drafted this. [E1]", "So it stays away. [E1]", 3),
    )
    assert accept_all(actor=setting.mara, section=before) == (3, 1)
    saved = summary(setting)
    assert saved.body.startswith("Writes stood still. [E1] Second. [E1] Third. [E2] ")
    assert saved.version == before.version + 1
    with pytest.raises(ProposalRefused):
        accept_proposal(actor=setting.mara, proposal=Proposal.objects.get(state=ProposalState.OPEN))


def test_sentences_stand_in_their_order_whichever_is_taken_first(setting: Setting) -> None:
    drafted = first_sentence(setting)
    rows = proposed(
        setting,
        Change(ProposalKind.ADD, drafted, "Second. [E1]", 1),
        Change(ProposalKind.ADD, drafted, "Third. [E2]", 2),
        Change(ProposalKind.ADD, drafted, "Fourth. [E2]", 3),
    )
    for number in (1, 0, 2):
        accept_proposal(actor=setting.mara, proposal=rows[number])
    assert "Second. [E1] Third. [E2] Fourth. [E2]" in summary(setting).body


def test_taken_and_undone_by_another_proposal_may_be_proposed_again(setting: Setting) -> None:
    drafted = first_sentence(setting)
    out, back = Change(ProposalKind.REMOVE, drafted), Change(ProposalKind.ADD, "", drafted)
    body = summary(setting).body
    for change in (out, back, out, back):
        (row,) = proposed(setting, change)
        accept_proposal(actor=setting.mara, proposal=row)
    assert " ".join(summary(setting).body.split()) == " ".join(body.split())
