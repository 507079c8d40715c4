"""Looking for changes: what new evidence proposes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import AuditEntry
from incidents.enums import MilestoneKind, Precision
from incidents.models import Entry
from incidents.services import (
    add_statement,
    correct_entry,
    hide_entry,
    set_milestone,
    show_entry,
)
from reviews.checks import unsupported
from reviews.enums import ProposalKind, ProposalState, Provenance, ReviewState
from reviews.errors import PublishedText
from reviews.models import Factor, Passage, Proposal, Question, Review, Section, SignOff
from reviews.selectors.redrafting import since_draft
from reviews.services import save_factor, save_section
from reviews.services.proposals import accept_all, accept_proposal, edit_proposal, reject_proposal
from reviews.services.redrafting import look_for_changes
from reviews.services.suspecting import add_suspected, suspected
from tests.factories import make_entry, make_incident, make_member
from tests.factories.incidents import START
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def entry(setting: Setting, number: int) -> Entry:
    row: Entry = Entry.objects.get(incident=setting.incident, number=number)
    return row


def section(setting: Setting, key: str = "summary") -> Section:
    row: Section = Section.objects.get(review=setting.review, key=key)
    return row


def look(setting: Setting) -> list[Proposal]:
    look_for_changes(actor=setting.jon, review=setting.review)
    return list(Proposal.objects.filter(state=ProposalState.OPEN))


def state(setting: Setting, minute: int, text: str) -> Entry:
    made: Entry = add_statement(
        actor=setting.mara,
        incident=setting.incident,
        at=START + timedelta(minutes=minute),
        text=text,
        precision=Precision.MINUTE,
    )
    return made


def resolved_later(setting: Setting) -> Entry:
    """New evidence: the impact ended half an hour later than the draft knew."""
    late = state(setting, 105, "Only now the last customer confirmed that writes work")
    set_milestone(actor=setting.jon, incident=setting.incident, kind=MilestoneKind.RESOLVED, entry=late)
    return late


def test_looking_without_news_proposes_nothing(setting: Setting) -> None:
    assert look(setting) == []
    assert not since_draft(setting.now())


def test_new_evidence_is_counted_until_somebody_looks(setting: Setting) -> None:
    resolved_later(setting)
    since = since_draft(setting.now())
    assert (since.entries, since.changes) == (1, 1)
    look(setting)
    assert not since_draft(setting.now())


def test_looking_changes_no_text_and_twice_makes_nothing_new(setting: Setting) -> None:
    resolved_later(setting)
    bodies = [row.body for row in Section.objects.filter(review=setting.review)]
    first, again = look(setting), look(setting)
    assert first
    assert [(row.pk, row.fingerprint) for row in first] == [(row.pk, row.fingerprint) for row in again]
    assert [row.body for row in Section.objects.filter(review=setting.review)] == bodies


def test_every_accepted_passage_is_borne_by_what_it_cites(setting: Setting) -> None:
    late = resolved_later(setting)
    look(setting)
    for one in Section.objects.filter(proposals__state=ProposalState.OPEN).distinct():
        accept_all(actor=setting.jon, section=one)
    assert look(setting) == []
    rows = Passage.objects.filter(section__review=setting.review)
    assert rows.filter(citations__entry=late).exists()
    for row in rows.filter(provenance=Provenance.EVIDENCE):
        cited = [one.entry for one in row.citations.select_related("entry")]
        assert cited
        assert unsupported(row.text, cited) == []


def test_reason_names_the_entry_that_came(setting: Setting) -> None:
    late = resolved_later(setting)
    assert f"{late.label} came after the draft." in {row.because for row in look(setting)}


def test_reworded_sentence_stays_as_the_person_left_it(setting: Setting) -> None:
    summary = section(setting)
    drafted = Passage.objects.filter(section=summary).order_by("-position")[0]
    assert "resolved" in drafted.text
    body = summary.body.replace(drafted.text, "It was over when the status page said so.")
    save_section(actor=setting.mara, section=summary, body=body, version=summary.version)
    resolved_later(setting)
    assert not [row for row in look(setting) if row.section_id == summary.pk]


def test_rejected_stays_rejected_when_more_evidence_comes(setting: Setting) -> None:
    resolved_later(setting)
    rows = look(setting)
    for row in rows:
        reject_proposal(actor=setting.mara, proposal=row)
    state(setting, 30, "We looked at the proxy")
    again = {row.fingerprint for row in look(setting)}
    assert not again & {row.fingerprint for row in rows}


def test_words_that_a_person_gave_a_proposal_are_not_proposed_over(setting: Setting) -> None:
    resolved_later(setting)
    row = next(one for one in look(setting) if one.section.key == "summary")
    saved = edit_proposal(actor=setting.mara, proposal=row, text="It ended for good at last. [E7]")
    assert "It ended for good at last. [E7]" in saved.body
    assert not [one for one in look(setting) if one.section_id == saved.pk]
    assert "It ended for good at last. [E7]" in section(setting).body


def test_hidden_entry_and_back_again(setting: Setting) -> None:
    first = section(setting, "mitigation").body
    for change in ("hide", "show", "hide", "show"):
        if change == "hide":
            hide_entry(actor=setting.jon, entry=entry(setting, 1), reason="Another proxy")
        else:
            show_entry(actor=setting.jon, entry=entry(setting, 1))
        look(setting)
        for one in Section.objects.filter(proposals__state=ProposalState.OPEN).distinct():
            accept_all(actor=setting.jon, section=one)
        assert look(setting) == []
    assert section(setting, "mitigation").body == first


def test_corrected_entry_changes_its_sentence(setting: Setting) -> None:
    correct_entry(
        actor=setting.jon, entry=entry(setting, 2), reason="A typing error", text="Customers saw errors"
    )
    (row, *_rest) = [one for one in look(setting) if one.section.key == "summary"]
    assert (row.kind, row.because) == (ProposalKind.REPLACE, "E2 changed after the draft.")
    accept_proposal(actor=setting.jon, proposal=row)
    assert "“Customers saw errors”" in section(setting).body


def test_question_is_put_anew_and_a_new_one_is_added_but_answers_stay(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    answered = {row.code: row.text for row in Question.objects.filter(review=setting.review)}
    Question.objects.filter(review=setting.review, code="halve_detection").delete()
    looked = look_for_changes(actor=setting.jon, review=setting.review)
    assert looked.questions == 1
    assert SignOff.objects.standing().count() == 0
    rows = Question.objects.filter(review=setting.review).exclude(code="halve_detection")
    assert {row.code: row.text for row in rows} == {
        code: text for code, text in answered.items() if code != "halve_detection"
    }
    assert look_for_changes(actor=setting.jon, review=setting.review).questions == 0


def test_nothing_is_asked_for_a_section_that_the_review_does_not_have(setting: Setting) -> None:
    incident = make_incident(setting.organization, setting.mara, (setting.service,))
    make_entry(incident, START, "Customers see errors", number=1)
    review = Review(organization=setting.organization, incident=incident, author=setting.jon)
    review.save()
    Section(organization=setting.organization, review=review, key="detection", position=0).save()
    assert look_for_changes(actor=setting.jon, review=review).questions > 0
    assert set(Question.objects.filter(review=review).values_list("section", flat=True)) == {"detection"}


def test_looking_voids_no_signature(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    assert look(setting) == []
    assert SignOff.objects.standing().count() == 2


def test_closed_review_and_readers_are_refused(setting: Setting) -> None:
    reader = make_member(setting.organization, Role.MANAGER)
    with pytest.raises(AccessDenied):
        look_for_changes(actor=reader, review=setting.review)
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        look_for_changes(actor=setting.jon, review=setting.review)


def test_suspected_factor_is_offered_until_the_review_names_it(setting: Setting) -> None:
    before = suspected(setting.review)
    Factor.objects.filter(review=setting.review).delete()
    offered = suspected(setting.review)
    assert len(offered) == len(before) + 1
    factor = add_suspected(actor=setting.jon, review=setting.review, statement=offered[0].statement)
    assert (factor.provenance, factor.author) == (Provenance.EVIDENCE, None)
    assert {row.entry.number for row in factor.evidence.all()} >= set(offered[0].evidence_for)
    save_factor(
        actor=setting.mara,
        review=setting.review,
        factor=factor,
        version=factor.version,
        statement="In my words.",
        confidence="probable",
        evidence_for=[row.entry for row in factor.evidence.all()],
    )
    assert offered[0] not in suspected(setting.review)
    with pytest.raises(AfterwordError, match="names it already"):
        add_suspected(actor=setting.jon, review=setting.review, statement=offered[0].statement)


def test_adding_a_suspected_factor_voids_signatures(setting: Setting) -> None:
    Factor.objects.filter(review=setting.review).delete()
    bring_to(setting, ReviewState.APPROVED)
    chosen = suspected(setting.review)[0]
    add_suspected(actor=setting.jon, review=setting.review, statement=chosen.statement)
    assert SignOff.objects.standing().count() == 0


def test_looking_is_recorded(setting: Setting) -> None:
    resolved_later(setting)
    look(setting)
    row = AuditEntry.objects.get(action="review.compared")
    assert row.details["proposals"] == Proposal.objects.filter(state=ProposalState.OPEN).count()


def test_queries_do_not_grow_with_the_chronology(setting: Setting) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            look(setting)
        return len(captured)

    state(setting, 20, "We tried a restart")
    look(setting)
    before = count()
    for minute in range(21, 27):
        state(setting, minute, f"Attempt {minute} without success")
    look(setting)
    assert count() <= before + 2
