"""Promises: planned while the review is open, kept afterwards, verified by somebody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied, AfterwordError
from governance.models import AuditEntry, User
from remediation.enums import ActionStatus
from remediation.errors import DependencyCycle, NotThisItem, StaleItem
from remediation.models import ActionItem, Dependency
from remediation.services import (
    complete_action_item,
    plan_action_item,
    remove_action_item,
    revise_action_item,
    verify_action_item,
)
from reviews.content import current_sha256
from reviews.enums import ReviewState
from reviews.errors import PublishedText
from reviews.models import SignOff
from reviews.services import draft_review
from tests.factories import make_entry, make_incident, make_member, make_organization
from tests.remediation.builders import promise, wording
from tests.reviews.builders import Setting, bring_to, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def revise(setting: Setting, item: ActionItem, title: str = "Something else", **fields: Any) -> ActionItem:
    words: dict[str, Any] = {"version": item.version, "title": title, **wording(setting), **fields}
    return revise_action_item(actor=setting.jon, item=item, **words)


def test_plan_numbers_items_and_records_them(setting: Setting) -> None:
    first, second = promise(setting), promise(setting, "  Rehearse the failover ")
    assert (first.label, second.label, second.title) == ("A1", "A2", "Rehearse the failover")
    entries = AuditEntry.objects.filter(action="action_item.planned", actor=setting.jon).order_by("sequence")
    assert [entry.details["item"] for entry in entries] == [1, 2]
    assert [entry.details["owner"] for entry in entries] == [setting.priya.pk] * 2


def test_plan_is_part_of_the_signed_text(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    before = current_sha256(setting.now())
    promise(setting)
    assert current_sha256(setting.now()) != before
    assert setting.now().state == ReviewState.IN_REVIEW
    assert not SignOff.objects.standing().filter(review=setting.review).exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR])
def test_plan_needs_the_right(setting: Setting, role: Role) -> None:
    other = make_member(setting.organization, role)
    with pytest.raises(AccessDenied):
        plan_action_item(actor=other, review=setting.review, title="Fence", **wording(setting))


def test_plan_refuses_an_owner_from_outside(setting: Setting) -> None:
    stranger = make_member(make_organization(), name="Ada Berg")
    with pytest.raises(AfterwordError, match="Ada Berg is not a member"):
        promise(setting, owner=stranger)
    assert not ActionItem.objects.exists()


def test_revise_keeps_the_stored_text_when_somebody_was_quicker(setting: Setting) -> None:
    item = promise(setting)
    revise(setting, item, "Fence both primaries")
    with pytest.raises(StaleItem, match="Somebody changed A1 while you wrote") as refusal:
        revise(setting, item, "Too late")
    assert refusal.value.version == 2
    assert ActionItem.objects.get().title == "Fence both primaries"


def test_revise_replaces_what_is_needed_first(setting: Setting) -> None:
    first, second = promise(setting), promise(setting, "Second")
    third = promise(setting, "Third", depends_on=[first])
    revise(setting, third, depends_on=[second])
    assert list(third.depends_on.values_list("number", flat=True)) == [2]


def test_revise_refuses_what_is_already_done(setting: Setting) -> None:
    item = promise(setting)
    complete_action_item(actor=setting.priya, item=item, note="Fenced.")
    with pytest.raises(NotThisItem, match="stays as it was promised"):
        revise(setting, item)
    with pytest.raises(NotThisItem, match="stays as it was promised"):
        remove_action_item(actor=setting.jon, item=item)


def test_cycle_is_refused_with_the_way_round(setting: Setting) -> None:
    first = promise(setting)
    second = promise(setting, "Second", depends_on=[first])
    third = promise(setting, "Third", depends_on=[second])
    with pytest.raises(DependencyCycle, match="A1 needs A3, A3 needs A2, A2 needs A1"):
        revise(setting, first, depends_on=[third])
    assert not first.depends_on.exists()
    assert ActionItem.objects.get(pk=first.pk).version == 1


def test_dependency_on_another_review_is_refused(setting: Setting) -> None:
    incident = make_incident(setting.organization)
    make_entry(incident)
    other = draft_review(actor=setting.jon, incident=incident)
    elsewhere = plan_action_item(actor=setting.jon, review=other, title="Elsewhere", **wording(setting))
    with pytest.raises(AfterwordError, match="items of the same review"):
        promise(setting, depends_on=[elsewhere])


def test_remove_is_refused_while_another_needs_it(setting: Setting) -> None:
    first = promise(setting)
    second = promise(setting, "Second", depends_on=[first])
    with pytest.raises(AfterwordError, match="A1 is needed by A2"):
        remove_action_item(actor=setting.jon, item=first)
    remove_action_item(actor=setting.jon, item=second)
    remove_action_item(actor=setting.jon, item=first)
    assert not ActionItem.objects.exists()


def test_completion_needs_a_note(setting: Setting) -> None:
    item = promise(setting)
    with pytest.raises(AfterwordError, match="Say what was done"):
        complete_action_item(actor=setting.priya, item=item, note="  ")
    assert ActionItem.objects.get().status == ActionStatus.OPEN


def test_completion_waits_for_what_it_needs(setting: Setting) -> None:
    first = promise(setting)
    second = promise(setting, "Second", depends_on=[first])
    with pytest.raises(AfterwordError, match="A2 needs A1 first"):
        complete_action_item(actor=setting.priya, item=second, note="Done.")
    complete_action_item(actor=setting.priya, item=first, note="Fenced.")
    done = complete_action_item(actor=setting.priya, item=second, note="Done.")
    assert (done.status, done.completed_by, done.completion_note) == (
        ActionStatus.DONE,
        setting.priya,
        "Done.",
    )


def test_completion_twice_is_refused(setting: Setting) -> None:
    item = promise(setting)
    complete_action_item(actor=setting.priya, item=item, note="Fenced.")
    with pytest.raises(NotThisItem, match="is not open any more"):
        complete_action_item(actor=setting.priya, item=item, note="Again.")
    assert ActionItem.objects.get().completion_note == "Fenced."


def test_verification_is_not_for_the_owner_nor_for_who_completed(setting: Setting) -> None:
    lead = make_member(setting.organization, Role.SRE_LEAD)
    item = promise(setting, owner=lead)
    complete_action_item(actor=setting.jon, item=item, note="Fenced.")
    for person in (lead, setting.jon):
        with pytest.raises(AccessDenied, match="Somebody other than the owner"):
            verify_action_item(actor=person, item=item, note="Works.")
    manager = make_member(setting.organization, Role.MANAGER)
    assert verify_action_item(actor=manager, item=item, note="Drill passed.").status == ActionStatus.VERIFIED
    assert AuditEntry.objects.filter(action="action_item.verified", actor=manager).count() == 1


def test_verification_waits_for_completion(setting: Setting) -> None:
    with pytest.raises(NotThisItem, match="has not been completed yet"):
        verify_action_item(actor=setting.jon, item=promise(setting), note="Works.")


def test_published_review_refuses_planning_and_lets_promises_be_kept(setting: Setting) -> None:
    item = promise(setting)
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        promise(setting, "Another")
    with pytest.raises(PublishedText):
        revise(setting, item)
    with pytest.raises(PublishedText):
        remove_action_item(actor=setting.jon, item=item)
    assert list(ActionItem.objects.values_list("title", "version")) == [("Fence the old primary", 1)]
    assert complete_action_item(actor=setting.priya, item=item, note="Fenced.").status == ActionStatus.DONE


@pytest.mark.django_db(transaction=True)
def test_opposite_dependencies_at_once_never_close_a_loop() -> None:
    setting = make_setting()
    with scope(organization=setting.organization):
        first, second = promise(setting), promise(setting, "Second")
    start, refusals = threading.Barrier(2), []

    def need(item: ActionItem, other: ActionItem) -> None:
        try:
            with scope(organization=setting.organization):
                start.wait(timeout=10)
                revise(setting, ActionItem.objects.get(pk=item.pk), depends_on=[other])
        except DependencyCycle as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=need, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with scope(organization=setting.organization):
        assert (len(refusals), Dependency.objects.count()) == (1, 1)


def test_member_who_left_cannot_complete(setting: Setting) -> None:
    item = promise(setting)
    User.objects.filter(pk=setting.priya.pk).update(is_active=False)
    with pytest.raises(AccessDenied):
        complete_action_item(actor=User.objects.get(pk=setting.priya.pk), item=item, note="Fenced.")
