"""No order of actions by anybody reaches a publication without every signature on its text, or a printed exception."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_scopes import scope
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from governance.access import Post, appoint
from governance.enums import Role
from governance.errors import AfterwordError
from governance.models import Delegation, User
from incidents.models import Incident
from incidents.services import highlight_entry
from reviews.content import current_sha256, sha256_of
from reviews.enums import CLOSED_STATES, CheckCode, ReviewState, SignOffRole, WaiverKind
from reviews.models import Publication, Question, Section, SignOff, StateChange, Waiver
from reviews.policy import Policy
from reviews.selectors.editions import signoffs_of, waivers_of
from reviews.services import (
    answer_question,
    grant_waiver,
    publish_review,
    request_changes,
    revise_review,
    revoke_waiver,
    save_factor,
    save_section,
    sign_review,
    submit_review,
    withdraw_review,
)
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

people = st.sampled_from(["mara", "priya", "jon", "both", "auditor", "ines", "sam", "lena"])
roles = st.sampled_from(list(SignOffRole))


class Reviewing(RuleBasedStateMachine):
    """People do what they like; a refusal is fine, a publication that does not stand on its signatures is not."""

    setting: Setting
    cast: dict[str, User]

    published = 0
    waived = 0

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
            "ines": make_member(organization, Role.MANAGER, name="Ines Duarte"),
            "sam": make_member(organization, Role.AUDITOR, name="Sam Oduya"),
            "lena": make_member(organization, Role.SECURITY, name="Lena Brandt"),
        }
        self.shown = ""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def attempt(self, service: Any, /, **values: Any) -> None:
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
            self.sign_what_stands("ines", SignOffRole.MANAGER)
            self.sign_what_stands("lena", SignOffRole.SECURITY)
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
            if self.setting.now().state not in CLOSED_STATES:
                Question.objects.filter(review=self.setting.review).update(text=f"Question {word}?")
        self.go_on()

    @rule(principal=people, delegate=people)
    def stand_in(self, principal: str, delegate: str) -> None:
        """Somebody names a delegate, once for each of the two."""
        with scope(organization=self.setting.organization):
            pair = {"principal": self.cast[principal], "delegate": self.cast[delegate]}
            if principal != delegate and not Delegation.objects.filter(**pair).exists():
                today = timezone.now().date()
                Delegation(
                    organization=self.setting.organization,
                    starts_on=today,
                    ends_on=today,
                    reason="Away",
                    **pair,
                ).save()

    @rule(who=people, role=st.sampled_from([*SignOffRole, None]))
    def grant(self, who: str, role: SignOffRole | None) -> None:
        """Let a seat go, or (``None``) a check."""
        about: dict[str, Any] = {"kind": WaiverKind.CHECK, "check_code": CheckCode.BLAME}
        if role is not None:
            service = self.setting.service if role == SignOffRole.SERVICE_OWNER else None
            about = {"kind": WaiverKind.SIGNATURE, "role": role, "service": service}
        self.attempt(
            grant_waiver,
            actor=self.cast[who],
            incident=self.setting.incident,
            reason="It cannot be had.",
            ends_on=timezone.now().date() + timedelta(days=9),
            **about,
        )

    @rule(who=people)
    def revoke(self, who: str) -> None:
        with scope(organization=self.setting.organization):
            waiver = Waiver.objects.filter(revoked_at__isnull=True).last()
        if waiver is not None:
            self.attempt(revoke_waiver, actor=self.cast[who], waiver=waiver, reason="It can be had.")

    @rule(who=people, exposed=st.booleans())
    def reclassify(self, who: str, exposed: bool) -> None:
        """The severity rises by hand, or data turns out to be exposed: other people have to sign."""
        with scope(organization=self.setting.organization):
            if self.setting.now().state not in CLOSED_STATES:
                rows = Incident.objects.filter(pk=self.setting.incident.pk)
                rows.update(severity=1 if who == "ines" else 2, data_exposed=exposed)

    @rule(who=people)
    def revise(self, who: str) -> None:
        self.attempt(revise_review, actor=self.cast[who], review=self.setting.review, reason="More is known.")

    @rule(who=people, word=st.integers(0, 9))
    def withdraw(self, who: str, word: int) -> None:
        """Seldom, because nothing comes after it."""
        if word == 0:
            self.attempt(withdraw_review, actor=self.cast[who], review=self.setting.review, reason="No use.")

    @rule(who=people)
    def publish(self, who: str) -> None:
        self.attempt(publish_review, actor=self.cast[who], review=self.setting.review)

    @invariant()
    def every_publication_stands_on_its_signatures_or_printed_exceptions(self) -> None:
        if not hasattr(self, "setting"):
            return
        with scope(organization=self.setting.organization):
            review = self.setting.now()
            publications = list(Publication.objects.select_related("snapshot", "review__incident"))
            if review.state == ReviewState.PUBLISHED:
                assert publications[0].number == review.edition
                assert current_sha256(review) == publications[0].snapshot.sha256
            for publication in publications:
                Reviewing.published += 1
                self.stands(publication)

    def stands(self, publication: Publication) -> None:
        """What stood when it was published is read from its snapshot alone: the incident may be another by now."""
        content = json.loads(publication.snapshot.text)
        assert sha256_of(publication.snapshot.text) == publication.snapshot.sha256
        signoffs = list(signoffs_of(publication))
        waived = {one.role for one in waivers_of(publication, content) if one.kind == WaiverKind.SIGNATURE}
        Reviewing.waived += bool(waived)
        signed = {one.role for one in signoffs}
        always = {SignOffRole.INCIDENT_COMMANDER, SignOffRole.SERVICE_OWNER}
        asked = Policy().roles_for(content["incident"]["severity"], data_exposed=False)
        assert always | set(asked) <= signed | waived
        assert not signed & waived
        names = [pk for one in signoffs for pk in (one.signer_id, one.on_behalf_of_id) if pk]
        assert len(names) == len(set(names)), "nobody's name stands twice"
        granters = {one.granted_by for one in waivers_of(publication, content)}
        assert len({one.signer.name for one in signoffs} | granters) >= 2
        assert {one.signer_id for one in signoffs} - {self.setting.jon.pk}, "not the author alone"

    @invariant()
    def approval_needs_every_seat(self) -> None:
        if not hasattr(self, "setting"):
            return
        with scope(organization=self.setting.organization):
            review = self.setting.now()
            if review.state in (ReviewState.DRAFTING, ReviewState.CHANGES_REQUESTED):
                assert not SignOff.objects.standing().exists()
            if review.state == ReviewState.WITHDRAWN:
                assert review.closed_because

    @invariant()
    def moves_are_kept_one_after_the_other(self) -> None:
        if not hasattr(self, "setting"):
            return
        with scope(organization=self.setting.organization):
            rows = list(StateChange.objects.filter(review=self.setting.review))
            assert [row.source for row in rows[1:]] == [row.target for row in rows[:-1]]
            assert rows[-1].target == self.setting.now().state


@pytest.mark.django_db
def test_no_order_of_actions_publishes_an_unsigned_text() -> None:
    Reviewing.published = Reviewing.waived = 0
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
