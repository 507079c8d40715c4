"""Two roles, two people, one text: what leads to a publication, and what does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction
from django_scopes import scope

from governance.access import Post, appoint, dismiss
from governance.enums import Role
from governance.errors import AccessDenied, InvalidTransition
from governance.models import AuditEntry, Delivery
from governance.outbox import Outcome
from incidents.services import correct_entry, highlight_entry
from reviews import publication_steps
from reviews.content import current_sha256, sha256_of
from reviews.enums import ReviewState, SignOffRole
from reviews.errors import PublishedText, SigningRefused, TextChanged
from reviews.models import Factor, Publication, Question, Section, SignedService, SignOff, Snapshot
from reviews.publication_steps import Planned, Step
from reviews.services import (
    content_changed,
    publish_review,
    request_changes,
    save_section,
    sign_review,
    submit_review,
)
from tests.factories import make_member, make_service
from tests.reviews.builders import Setting, answer_all, make_setting, sign

pytestmark = pytest.mark.django_db

OWNER, COMMANDER = SignOffRole.SERVICE_OWNER, SignOffRole.INCIDENT_COMMANDER


@pytest.fixture
def drafting() -> Iterator[Setting]:
    setting = make_setting()
    with scope(organization=setting.organization):
        yield setting


@pytest.fixture
def in_review() -> Iterator[Setting]:
    setting = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=setting.organization):
        yield setting


@pytest.fixture
def approved() -> Iterator[Setting]:
    setting = make_setting(ReviewState.APPROVED)
    with scope(organization=setting.organization):
        yield setting


def edit(setting: Setting, person: object = None) -> None:
    section = Section.objects.get(review=setting.review, key="summary")
    save_section(
        actor=setting.jon,
        section=section,
        body=f"{section.body}\n\nAnother sentence.",
        version=section.version,
    )


def test_submission_waits_for_every_answer(drafting: Setting) -> None:
    with pytest.raises(
        InvalidTransition, match=r"questions are open. Answer them, or say “Unknown, because …”"
    ):
        submit_review(actor=drafting.jon, review=drafting.review)
    answer_all(drafting)
    submit_review(actor=drafting.jon, review=drafting.review)
    assert drafting.now().state == ReviewState.IN_REVIEW
    assert drafting.now().submitted_at is not None
    assert AuditEntry.objects.filter(action="review.in_review", actor=drafting.jon).count() == 1


def test_submission_needs_somebody_to_sign(drafting: Setting) -> None:
    answer_all(drafting)
    dismiss(drafting.mara, Post.INCIDENT_COMMANDER, drafting.incident)
    dismiss(drafting.priya, Post.SERVICE_OWNER, drafting.service)
    with pytest.raises(InvalidTransition, match=r"Nobody commands this incident.*Nobody owns mysql"):
        submit_review(actor=drafting.jon, review=drafting.review)


def test_submission_needs_two_people(drafting: Setting) -> None:
    answer_all(drafting)
    dismiss(drafting.priya, Post.SERVICE_OWNER, drafting.service)
    appoint(drafting.mara, Post.SERVICE_OWNER, drafting.service)
    with pytest.raises(InvalidTransition, match="only owner of mysql, and nobody signs in two roles"):
        submit_review(actor=drafting.jon, review=drafting.review)


def test_signature_holds_the_exact_text(in_review: Setting) -> None:
    signoff = sign(in_review, in_review.priya, OWNER)
    assert sha256_of(signoff.snapshot.text) == signoff.snapshot.sha256 == current_sha256(in_review.now())
    assert [row.service for row in SignedService.objects.filter(signoff=signoff)] == [in_review.service]
    assert in_review.now().state == ReviewState.IN_REVIEW


def test_last_signature_approves(in_review: Setting) -> None:
    sign(in_review, in_review.priya, OWNER)
    sign(in_review, in_review.mara, COMMANDER)
    assert in_review.now().state == ReviewState.APPROVED
    assert in_review.now().approved_at is not None
    assert Snapshot.objects.filter(review=in_review.review).count() == 1


def test_text_that_changed_while_it_was_read_is_not_signed(in_review: Setting) -> None:
    shown = current_sha256(in_review.now())
    edit(in_review)
    with pytest.raises(TextChanged, match="The text changed while you read it"):
        sign(in_review, in_review.priya, OWNER, sha256=shown)
    assert not SignOff.objects.exists()


def test_signature_needs_a_reason(in_review: Setting) -> None:
    with pytest.raises(SigningRefused, match="Say in a sentence why"):
        sign(in_review, in_review.priya, OWNER, reason="  ")


def test_only_holders_of_the_posts_sign(in_review: Setting) -> None:
    for person, role in ((in_review.jon, OWNER), (in_review.jon, COMMANDER), (in_review.mara, OWNER)):
        with pytest.raises(AccessDenied, match="You may not sign"):
            sign(in_review, person, role)


def test_nobody_signs_in_two_roles_says_the_service(in_review: Setting) -> None:
    appoint(in_review.mara, Post.SERVICE_OWNER, in_review.service)
    sign(in_review, in_review.mara, OWNER)
    with pytest.raises(SigningRefused, match="Nobody signs it twice or in two roles"):
        sign(in_review, in_review.mara, COMMANDER)


def test_nobody_signs_in_two_roles_says_the_database(in_review: Setting) -> None:
    signoff = sign(in_review, in_review.priya, OWNER)
    second = SignOff(
        organization=in_review.organization,
        review=in_review.review,
        snapshot=signoff.snapshot,
        role=COMMANDER,
        signer=in_review.priya,
        confidence="unknown",
        reason="Two hats.",
    )
    with pytest.raises(IntegrityError, match="signoff_one_role_per_person"), transaction.atomic():
        second.save()


def test_owner_signs_for_every_affected_service_of_theirs(drafting: Setting) -> None:
    from incidents.models import AffectedService

    hers = make_service(drafting.organization, "hooks", owner=drafting.priya)
    other_owner = make_member(drafting.organization, name="Sam Oduya")
    other = make_service(drafting.organization, "pages", owner=other_owner)
    for service in (hers, other):
        AffectedService(
            organization=drafting.organization, incident=drafting.incident, service=service
        ).save()
    answer_all(drafting)
    submit_review(actor=drafting.jon, review=drafting.review)
    signoff = sign(drafting, drafting.priya, OWNER)
    assert {row.service.name for row in SignedService.objects.filter(signoff=signoff)} == {"mysql", "hooks"}
    sign(drafting, drafting.mara, COMMANDER)
    assert drafting.now().state == ReviewState.IN_REVIEW
    sign(drafting, other_owner, OWNER)
    assert drafting.now().state == ReviewState.APPROVED


def test_second_owner_of_a_signed_service_has_nothing_to_sign(in_review: Setting) -> None:
    appoint(in_review.jon, Post.SERVICE_OWNER, in_review.service)
    sign(in_review, in_review.priya, OWNER)
    with pytest.raises(SigningRefused, match="Somebody else has signed"):
        sign(in_review, in_review.jon, OWNER)


def test_draft_is_not_signed(drafting: Setting) -> None:
    with pytest.raises(InvalidTransition, match="not possible while the review is “draft”"):
        sign(drafting, drafting.priya, OWNER)


def test_edit_voids_signatures_and_says_why(approved: Setting) -> None:
    edit(approved)
    assert approved.now().state == ReviewState.IN_REVIEW
    voided = SignOff.objects.filter(review=approved.review)
    assert [row.voided_because for row in voided] == ["“Summary” was edited"] * 2
    assert {row.voided_by for row in voided} == {approved.jon}
    assert AuditEntry.objects.filter(action="signature.voided").count() == 2
    sign(approved, approved.priya, OWNER)
    sign(approved, approved.mara, COMMANDER)
    assert approved.now().state == ReviewState.APPROVED


def test_change_of_the_chronology_voids_signatures(approved: Setting) -> None:
    entry = approved.incident.entries.get(number=3)
    correct_entry(actor=approved.jon, entry=entry, reason="typing error", text="Error rate is high")
    assert approved.now().state == ReviewState.IN_REVIEW
    assert {row.voided_because for row in SignOff.objects.all()} == {"E3 was corrected"}


def test_requested_changes_void_signatures_and_keep_the_reason(approved: Setting) -> None:
    request_changes(actor=approved.priya, review=approved.review, reason="The detection is told wrongly.")
    review = approved.now()
    assert review.state == ReviewState.CHANGES_REQUESTED
    assert (review.changes_because, review.changes_asked_by) == (
        "The detection is told wrongly.",
        approved.priya,
    )
    assert not SignOff.objects.standing().exists()
    submit_review(actor=approved.jon, review=review)
    assert approved.now().state == ReviewState.IN_REVIEW


def test_changes_are_requested_with_a_reason_by_somebody_with_the_right(in_review: Setting) -> None:
    with pytest.raises(SigningRefused, match="Say what should change"):
        request_changes(actor=in_review.priya, review=in_review.review, reason=" ")
    auditor = make_member(in_review.organization, Role.AUDITOR)
    with pytest.raises(AccessDenied):
        request_changes(actor=auditor, review=in_review.review, reason="No.")


@pytest.fixture
def one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A publication of two rows of one step."""
    step = Step(
        "test_step",
        "Test step",
        1,
        lambda publication: [
            Planned(f"{publication.group}:a", {"publication": publication.pk}),
            Planned("b"),
        ],
        lambda delivery: Outcome(),
    )
    monkeypatch.setattr(publication_steps, "_steps", {step.kind: step})


@pytest.mark.usefixtures("one_step")
def test_publication_stands_on_the_signed_text_and_enqueues_its_steps(approved: Setting) -> None:
    publication = publish_review(actor=approved.mara, review=approved.review)
    review = approved.now()
    assert review.state == ReviewState.PUBLISHED
    assert review.published_at == publication.published_at
    assert {row.snapshot for row in SignOff.objects.standing()} == {publication.snapshot}
    rows = Delivery.objects.of_group(publication.group)
    assert [(row.key, row.stage) for row in rows] == [(f"{publication.group}:a", 1), ("b", 1)]
    assert AuditEntry.objects.filter(action="publication.created").count() == 1


def test_one_signature_is_not_enough(in_review: Setting) -> None:
    sign(in_review, in_review.priya, OWNER)
    with pytest.raises(InvalidTransition):
        publish_review(actor=in_review.mara, review=in_review.now())
    assert not Publication.objects.exists()


def test_text_that_moved_unseen_is_not_published_and_must_be_signed_again(approved: Setting) -> None:
    """A change that no service announced, as a restored backup or a hand in the database would make it."""
    Question.objects.filter(review=approved.review).update(text="Another question?")
    with pytest.raises(InvalidTransition, match="no longer the one that was signed"):
        publish_review(actor=approved.mara, review=approved.review)
    assert approved.now().state == ReviewState.IN_REVIEW
    assert not SignOff.objects.standing().exists()
    assert not Publication.objects.exists()


def test_publishing_needs_the_right(approved: Setting) -> None:
    with pytest.raises(AccessDenied):
        publish_review(actor=approved.priya, review=approved.review)
    assert approved.now().state == ReviewState.APPROVED


@pytest.mark.usefixtures("one_step")
def test_published_text_stays(approved: Setting) -> None:
    publish_review(actor=approved.jon, review=approved.review)
    with pytest.raises(PublishedText, match="This review is published"):
        content_changed(actor=approved.jon, review=approved.review, because="Anything")
    with pytest.raises(PublishedText):
        edit(approved)
    with pytest.raises(PublishedText):
        highlight_entry(actor=approved.jon, entry=approved.incident.entries.get(number=1), on=True)
    assert not approved.incident.entries.get(number=1).highlighted
    with pytest.raises(InvalidTransition):
        sign_review(
            actor=approved.mara,
            review=approved.review,
            role=COMMANDER,
            sha256=current_sha256(approved.now()),
            confidence="unknown",
            reason="Again.",
        )


def test_signature_on_a_text_changed_by_hand_does_not_stand(in_review: Setting) -> None:
    """Somebody changed a row between two signatures: the first is voided, and must be given again."""
    first = sign(in_review, in_review.priya, OWNER)
    Factor.objects.filter(review=in_review.review).update(confidence="confirmed")
    sign(in_review, in_review.mara, COMMANDER)
    first.refresh_from_db()
    assert first.voided_because == "The text is no longer the one that was signed"
    assert in_review.now().state == ReviewState.IN_REVIEW
    sign(in_review, in_review.priya, OWNER)
    assert in_review.now().state == ReviewState.APPROVED
