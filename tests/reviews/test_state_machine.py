"""No order of actions by anybody reaches a publication without both signatures on the published text (invariant 5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django_scopes import scope
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from governance.access import Post, appoint
from governance.enums import Role
from governance.errors import AfterwordError
from governance.models import User
from incidents.services import highlight_entry
from reviews.content import current_sha256
from reviews.enums import ReviewState, SignOffRole
from reviews.models import Publication, Question, Section, SignedService, SignOff
from reviews.services import (
    answer_question,
    publish_review,
    request_changes,
    save_factor,
    save_section,
    sign_review,
    submit_review,
)
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

people = st.sampled_from(["mara", "priya", "jon", "both", "auditor"])
roles = st.sampled_from(list(SignOffRole))


class Reviewing(RuleBasedStateMachine):
    """People do what they like; a refusal is fine, a publication that does not stand on its signatures is not."""

    setting: Setting
    cast: dict[str, User]

    published = 0

    @initialize(state=st.sampled_from([ReviewState.DRAFTING, ReviewState.IN_REVIEW, ReviewState.APPROVED]))
    def begin(self, state: ReviewState) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.setting = make_setting(state)
        organization = self.setting.organization
        both = make_member(organization, Role.SRE_LEAD, name="Both Hats")
        appoint(both, Post.SERVICE_OWNER, self.setting.service)
        appoint(both, Post.INCIDENT_COMMANDER, self.setting.incident)
        self.cast = {
            "mara": self.setting.mara,
            "priya": self.setting.priya,
            "jon": self.setting.jon,
            "both": both,
            "auditor": make_member(organization, Role.AUDITOR),
        }
        self.shown = ""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def attempt(self, service: Any, **values: Any) -> None:
        """Do it in a transaction of its own, as a request does."""
        with scope(organization=self.setting.organization):
            try:
                with transaction.atomic():
                    service(**values)
            except AfterwordError:
                connection.check_constraints()

    @rule(who=people)
    def answer(self, who: str) -> None:
        with scope(organization=self.setting.organization):
            open_ones = list(Question.objects.filter(review=self.setting.review, answer=""))
        for question in open_ones:
            self.attempt(
                answer_question, actor=self.cast[who], question=question, answer="Unknown, because so."
            )

    @rule(who=people)
    def submit(self, who: str) -> None:
        self.attempt(submit_review, actor=self.cast[who], review=self.setting.review)

    @rule()
    def look(self) -> None:
        with scope(organization=self.setting.organization):
            self.shown = current_sha256(self.setting.now())

    @rule(who=people, role=roles)
    def sign_what_was_shown(self, who: str, role: SignOffRole) -> None:
        self.sign(who, role, self.shown or "0" * 64)

    @rule(who=people, role=roles)
    def sign_what_stands(self, who: str, role: SignOffRole) -> None:
        with scope(organization=self.setting.organization):
            sha256 = current_sha256(self.setting.now())
        self.sign(who, role, sha256)

    def sign(self, who: str, role: SignOffRole, sha256: str) -> None:
        self.attempt(
            sign_review,
            actor=self.cast[who],
            review=self.setting.review,
            role=role,
            sha256=sha256,
            confidence="probable",
            reason="So.",
        )

    @rule()
    def go_on(self) -> None:
        """The right people do what comes next, so that the search comes to all states."""
        with scope(organization=self.setting.organization):
            state = self.setting.now().state
        if state in (ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED):
            self.answer("mara")
            self.submit("jon")
        elif state == ReviewState.IN_REVIEW:
            self.sign_what_stands("priya", SignOffRole.SERVICE_OWNER)
            self.sign_what_stands("mara", SignOffRole.INCIDENT_COMMANDER)
        else:
            self.publish("mara")

    @rule(who=people, word=st.integers(0, 9))
    def edit(self, who: str, word: int) -> None:
        with scope(organization=self.setting.organization):
            section = Section.objects.get(review=self.setting.review, key="summary")
        self.attempt(
            save_section, actor=self.cast[who], section=section, body=f"Word {word}.", version=section.version
        )

    @rule(who=people)
    def add_factor(self, who: str) -> None:
        self.attempt(
            save_factor,
            actor=self.cast[who],
            review=self.setting.review,
            statement="A limit.",
            confidence="unknown",
        )

    @rule(who=people, on=st.booleans())
    def highlight(self, who: str, on: bool) -> None:
        with scope(organization=self.setting.organization):
            entry = self.setting.incident.entries.get(number=3)
        self.attempt(highlight_entry, actor=self.cast[who], entry=entry, on=on)

    @rule(who=people)
    def ask_for_changes(self, who: str) -> None:
        self.attempt(request_changes, actor=self.cast[who], review=self.setting.review, reason="Not yet.")

    @rule(word=st.integers(0, 9))
    def meddle(self, word: int) -> None:
        """Somebody writes into the tables by hand and goes on; a published text has its snapshot, so only before."""
        with scope(organization=self.setting.organization):
            if self.setting.now().state != ReviewState.PUBLISHED:
                Question.objects.filter(review=self.setting.review).update(text=f"Question {word}?")
        self.go_on()

    @rule(who=people)
    def publish(self, who: str) -> None:
        self.attempt(publish_review, actor=self.cast[who], review=self.setting.review)

    @invariant()
    def publication_stands_on_two_people_and_one_text(self) -> None:
        if not hasattr(self, "setting"):
            return
        with scope(organization=self.setting.organization):
            review = self.setting.now()
            publications = list(Publication.objects.select_related("snapshot"))
            assert (review.state == ReviewState.PUBLISHED) == bool(publications)
            if not publications:
                return
            Reviewing.published += 1
            [publication] = publications
            standing = list(SignOff.objects.standing().filter(review=review))
            assert {row.snapshot_id for row in standing} == {publication.snapshot_id}
            assert {row.role for row in standing} == set(SignOffRole)
            assert len({row.signer_id for row in standing}) == 2
            assert SignedService.objects.filter(signoff__in=standing).count() == 1
            assert current_sha256(review) == publication.snapshot.sha256

    @invariant()
    def approval_needs_every_seat(self) -> None:
        if not hasattr(self, "setting"):
            return
        with scope(organization=self.setting.organization):
            if self.setting.now().state in (ReviewState.APPROVED, ReviewState.PUBLISHED):
                assert SignOff.objects.standing().count() == 2
            if self.setting.now().state in (ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED):
                assert not SignOff.objects.standing().exists()


@pytest.mark.django_db
def test_no_order_of_actions_publishes_an_unsigned_text() -> None:
    Reviewing.published = 0
    run_state_machine_as_test(
        Reviewing,
        settings=settings(
            max_examples=15, stateful_step_count=15, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )
    assert Reviewing.published, "the search never came as far as a publication, so it shows nothing"


@pytest.mark.soak
@pytest.mark.django_db
def test_no_order_of_actions_publishes_an_unsigned_text_for_long() -> None:
    run_state_machine_as_test(
        Reviewing,
        settings=settings(
            max_examples=400, stateful_step_count=60, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )
