"""Exceptions: what they let go, what they never let go, and where they stand in print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_scopes import scope

from governance.access import Post, appoint, dismiss
from governance.enums import NoticeKind, Role
from governance.errors import AccessDenied, InvalidTransition
from governance.models import Notice, User
from reviews.content import current_sha256
from reviews.enums import CheckCode, ReviewState, SignOffRole, WaiverKind
from reviews.errors import PublishedText, WaiverRefused
from reviews.models import Factor, Review, SignOff, Waiver
from reviews.publishers.published import load
from reviews.publishers.record import record_of
from reviews.publishers.slack import message_blocks
from reviews.publishers.storage import page_body
from reviews.selectors.seats import seats_of
from reviews.selectors.waivers import skipped_among, skipped_postmortem
from reviews.services import (
    draft_review,
    grant_waiver,
    publish_review,
    revoke_waiver,
    save_factor,
    submit_review,
)
from tests.factories import make_entry, make_incident, make_member
from tests.factories.incidents import START
from tests.reviews.builders import Setting, answer_all, make_setting, sign

pytestmark = pytest.mark.django_db

OWNER, COMMANDER = SignOffRole.SERVICE_OWNER, SignOffRole.INCIDENT_COMMANDER


def days(count: int) -> date:
    return timezone.now().date() + timedelta(days=count)


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting(ReviewState.IN_REVIEW)
    with scope(organization=made.organization):
        yield made


@pytest.fixture
def ines(setting: Setting) -> User:
    return make_member(setting.organization, Role.MANAGER, name="Ines Duarte")


def waive_owner(setting: Setting, ines: User, ends_on: date | None = None) -> Waiver:
    return grant_waiver(
        actor=ines,
        incident=setting.incident,
        kind=WaiverKind.SIGNATURE,
        role=OWNER,
        service=setting.service,
        reason="Priya is on parental leave.",
        ends_on=ends_on or days(10),
    )


def waive_check(setting: Setting, ines: User, code: CheckCode) -> Waiver:
    return grant_waiver(
        actor=ines,
        incident=setting.incident,
        kind=WaiverKind.CHECK,
        check_code=code,
        reason="The vendor keeps the proof.",
        ends_on=days(10),
    )


def claim_without_proof(setting: Setting) -> Factor:
    return save_factor(
        actor=setting.jon, review=setting.now(), statement="The disk was full.", confidence="confirmed"
    )


def test_waived_seat_counts_beside_one_signature(setting: Setting, ines: User) -> None:
    waiver = waive_owner(setting, ines)
    assert setting.now().state == ReviewState.IN_REVIEW
    sign(setting, setting.mara, COMMANDER)
    assert setting.now().state == ReviewState.APPROVED
    publication = publish_review(actor=setting.mara, review=setting.now())
    [printed] = load(publication.pk).waivers
    assert printed.plain() == {
        "kind": "signature",
        "role": "service_owner",
        "service": "mysql",
        "check": "",
        "reason": "Priya is on parental leave.",
        "granted_by": "Ines Duarte",
        "granted_at": printed.granted_at,
        "ends_on": waiver.ends_on.isoformat(),
    }


def test_exception_granted_after_the_last_possible_signature_approves(setting: Setting, ines: User) -> None:
    sign(setting, setting.mara, COMMANDER)
    waive_owner(setting, ines)
    assert setting.now().state == ReviewState.APPROVED


def test_exception_is_printed_everywhere(setting: Setting, ines: User) -> None:
    waive_owner(setting, ines)
    sign(setting, setting.mara, COMMANDER)
    published = load(publish_review(actor=setting.mara, review=setting.now()).pk)
    sentence = "No signature of an owner of mysql"
    assert record_of(published)["waivers"][0]["reason"] == "Priya is on parental leave."
    assert sentence in page_body(published)
    assert sentence in str(message_blocks(published, "marker", []))


def test_given_signature_is_printed_and_not_its_exception(setting: Setting, ines: User) -> None:
    waive_owner(setting, ines)
    sign(setting, setting.priya, OWNER)
    sign(setting, setting.mara, COMMANDER)
    published = load(publish_review(actor=setting.mara, review=setting.now()).pk)
    assert published.waivers == ()
    assert len(published.signatures) == 2


def test_exceptions_never_replace_every_signature(setting: Setting, ines: User) -> None:
    waive_owner(setting, ines)
    grant_waiver(
        actor=ines,
        incident=setting.incident,
        kind=WaiverKind.SIGNATURE,
        role=COMMANDER,
        reason="Mara left.",
        ends_on=days(3),
    )
    assert setting.now().state == ReviewState.IN_REVIEW
    with pytest.raises(InvalidTransition):
        publish_review(actor=setting.jon, review=setting.now())


def test_author_is_never_the_only_signer(setting: Setting, ines: User) -> None:
    Review.objects.filter(pk=setting.review.pk).update(author=setting.mara)
    waive_owner(setting, ines)
    sign(setting, setting.mara, COMMANDER)
    assert setting.now().state == ReviewState.IN_REVIEW
    sign(setting, setting.priya, OWNER)
    assert setting.now().state == ReviewState.APPROVED


def test_manager_cannot_be_both_people(setting: Setting, ines: User) -> None:
    """Who grants the exception and signs the rest is one person."""
    dismiss(setting.mara, Post.INCIDENT_COMMANDER, setting.incident)
    appoint(ines, Post.INCIDENT_COMMANDER, setting.incident)
    waive_owner(setting, ines)
    sign(setting, ines, COMMANDER)
    assert setting.now().state == ReviewState.IN_REVIEW


def test_exception_that_ended_no_longer_counts(setting: Setting, ines: User) -> None:
    waive_owner(setting, ines)
    sign(setting, setting.mara, COMMANDER)
    expire(setting)
    with pytest.raises(InvalidTransition, match="An owner of mysql must sign first"):
        publish_review(actor=setting.mara, review=setting.now())
    assert setting.now().state == ReviewState.IN_REVIEW
    assert SignOff.objects.standing().count() == 1
    sign(setting, setting.priya, OWNER)
    publish_review(actor=setting.mara, review=setting.now())


def expire(setting: Setting) -> None:
    """Let the exceptions have ended yesterday; the row itself is guarded, so the guard sleeps meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reviews_waiver DISABLE TRIGGER USER")
        cursor.execute("UPDATE reviews_waiver SET ends_on = %s", [days(-1)])
        cursor.execute("ALTER TABLE reviews_waiver ENABLE TRIGGER USER")


def test_revoked_exception_lets_the_review_wait_again(setting: Setting, ines: User) -> None:
    waiver = waive_owner(setting, ines)
    sign(setting, setting.mara, COMMANDER)
    with pytest.raises(WaiverRefused, match="Say why"):
        revoke_waiver(actor=ines, waiver=waiver, reason=" ")
    revoke_waiver(actor=ines, waiver=waiver, reason="Priya is back.")
    assert setting.now().state == ReviewState.IN_REVIEW
    with pytest.raises(WaiverRefused, match="already"):
        revoke_waiver(actor=ines, waiver=waiver, reason="Twice.")
    assert waive_owner(setting, ines).pk != waiver.pk


def test_exception_of_a_published_text_stays(setting: Setting, ines: User) -> None:
    waiver = waive_owner(setting, ines)
    sign(setting, setting.mara, COMMANDER)
    publication = publish_review(actor=setting.mara, review=setting.now())
    with pytest.raises(WaiverRefused, match="The review is closed"):
        revoke_waiver(actor=ines, waiver=waiver, reason="Too late.")
    with pytest.raises(PublishedText):
        waive_check(setting, ines, CheckCode.BLAME)
    expire(setting)
    assert current_sha256(setting.now()) == publication.snapshot.sha256


def test_blocking_check_holds_submission_until_it_is_waived_and_voids_signatures() -> None:
    made = make_setting()
    with scope(organization=made.organization):
        manager = make_member(made.organization, Role.MANAGER)
        answer_all(made)
        claim_without_proof(made)
        with pytest.raises(InvalidTransition, match=r"is confirmed without evidence: name the entries"):
            submit_review(actor=made.jon, review=made.now())
        before = current_sha256(made.now())
        waive_check(made, manager, CheckCode.UNPROVEN_FACTOR)
        assert current_sha256(made.now()) != before
        submit_review(actor=made.jon, review=made.now())
        sign(made, made.priya, OWNER)
        waive_check(made, manager, CheckCode.BLAME)
        assert SignOff.objects.get().voided_because == "An exception from a check was granted"
        sign(made, made.priya, OWNER)
        sign(made, made.mara, COMMANDER)
        published = load(publish_review(actor=made.mara, review=made.now()).pk)
        assert {waiver.check for waiver in published.waivers} == {"unproven_factor", "blame"}


def test_check_that_fails_after_submission_holds_publication(setting: Setting) -> None:
    claim_without_proof(setting)
    sign(setting, setting.priya, OWNER)
    sign(setting, setting.mara, COMMANDER)
    with pytest.raises(InvalidTransition, match="is confirmed without evidence"):
        publish_review(actor=setting.mara, review=setting.now())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": " "}, "Say why"),
        ({"ends_on": 0}, "a day to come"),
        ({"ends_on": 91}, "90 days at most"),
        ({"role": SignOffRole.SECURITY, "service": None}, "Nobody has to sign in this role"),
        ({"kind": WaiverKind.POSTMORTEM}, "has a review already"),
        ({"kind": WaiverKind.CHECK, "check_code": CheckCode.UNANSWERED}, "A question is never waived"),
    ],
)
def test_exception_that_cannot_be_is_refused_with_a_sentence(
    setting: Setting, ines: User, fields: dict[str, object], sentence: str
) -> None:
    values: dict[str, object] = {
        "kind": WaiverKind.SIGNATURE,
        "role": OWNER,
        "service": setting.service,
        "reason": "So.",
        "ends_on": 5,
        **fields,
    }
    values["ends_on"] = days(values["ends_on"])  # type: ignore[arg-type]
    with pytest.raises(WaiverRefused, match=sentence):
        grant_waiver(actor=ines, incident=setting.incident, **values)  # type: ignore[arg-type]
    assert not Waiver.objects.exists()


def test_same_exception_is_not_granted_twice_and_not_over_a_signature(setting: Setting, ines: User) -> None:
    waive_owner(setting, ines)
    with pytest.raises(WaiverRefused, match="in force already"):
        waive_owner(setting, ines)
    sign(setting, setting.mara, COMMANDER)
    assert [seat.filled for seat in seats_of(setting.now())] == [True, True]


def test_only_managers_grant(setting: Setting) -> None:
    for person in (setting.jon, setting.mara):
        with pytest.raises(AccessDenied):
            waive_owner(setting, person)


def test_author_and_holder_of_the_seat_hear_of_it(setting: Setting, ines: User) -> None:
    waive_owner(setting, ines)
    told = Notice.objects.filter(kind=NoticeKind.WAIVER_GRANTED)
    assert {row.recipient for row in told} == {setting.jon, setting.priya}
    assert "no signature of an owner of mysql" in told[0].text


def test_postmortem_is_skipped_until_somebody_drafts_it(setting: Setting, ines: User) -> None:
    incident = make_incident(setting.organization, setting.mara, (setting.service,))
    grant_waiver(
        actor=ines, incident=incident, kind=WaiverKind.POSTMORTEM, reason="A drill.", ends_on=days(30)
    )
    assert skipped_postmortem(incident)
    assert skipped_among([setting.incident, incident]) == {incident.pk}
    make_entry(incident, START, "Something happened", number=1)
    draft_review(actor=setting.jon, incident=incident)
    assert skipped_postmortem(incident) is None
    assert Waiver.objects.get().revoked_because == "The review is written after all"
