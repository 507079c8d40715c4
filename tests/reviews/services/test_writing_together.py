"""Unsaved words, signs of who is writing, and revisions that come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry
from reviews.enums import ReviewState
from reviews.errors import PublishedText, RestoreRefused, UnknownCitation
from reviews.models import Passage, Presence, Revision, Section, SignOff, UnsavedText
from reviews.selectors.writing import note_of, saved_of, unsaved_of, writers_in
from reviews.services import (
    drop_unsaved,
    end_presence,
    keep_unsaved,
    note_presence,
    restore_revision,
    save_section,
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


def test_unsaved_words_are_kept_once_for_each_person_and_void_nothing(setting: Setting) -> None:
    bring_to(setting, ReviewState.APPROVED)
    section = summary(setting)
    for body in ("First", "First words"):
        keep_unsaved(actor=setting.mara, section=section, body=body, version=1)
    keep_unsaved(actor=setting.jon, section=section, body="Others", version=1)
    kept = unsaved_of(setting.mara, section)
    assert kept and (kept.body, kept.version) == ("First words", 1)
    assert UnsavedText.objects.count() == 2
    assert SignOff.objects.standing().count() == 2
    assert setting.now().state == ReviewState.APPROVED


def test_unsaved_words_tell_when_they_were_typed_last(setting: Setting) -> None:
    section = summary(setting)
    keep_unsaved(actor=setting.mara, section=section, body="First", version=1)
    UnsavedText.objects.update(saved_at=timezone.now() - timedelta(days=1))
    kept = keep_unsaved(actor=setting.mara, section=section, body="Second", version=1)
    assert kept and timezone.now() - kept.saved_at < timedelta(minutes=1)


def test_typing_back_what_is_stored_keeps_nothing(setting: Setting) -> None:
    section = summary(setting)
    keep_unsaved(actor=setting.mara, section=section, body="First", version=1)
    assert keep_unsaved(actor=setting.mara, section=section, body=f"{section.body}  ", version=1) is None
    assert not UnsavedText.objects.exists()


def test_thrown_away_words_of_one_leave_those_of_others(setting: Setting) -> None:
    section = summary(setting)
    for person in (setting.mara, setting.jon):
        keep_unsaved(actor=person, section=section, body="Words", version=1)
    drop_unsaved(actor=setting.mara, section=section)
    assert unsaved_of(setting.mara, section) is None
    assert unsaved_of(setting.jon, section) is not None


def test_unsaved_words_need_the_right_to_write_and_an_open_text(setting: Setting) -> None:
    manager = make_member(setting.organization, Role.MANAGER)
    with pytest.raises(AccessDenied):
        keep_unsaved(actor=manager, section=summary(setting), body="Mine.", version=1)
    bring_to(setting, ReviewState.PUBLISHED)
    with pytest.raises(PublishedText):
        keep_unsaved(actor=setting.jon, section=summary(setting), body="Mine.", version=1)


def test_presence_is_one_row_that_everybody_else_sees_for_half_a_minute(setting: Setting) -> None:
    section = summary(setting)
    for person in (setting.priya, setting.priya, setting.jon):
        note_presence(actor=person, section=section)
    assert Presence.objects.count() == 2
    assert writers_in(setting.review, setting.mara) == {"summary": "Jon Vik and Priya Nair are writing here"}
    assert writers_in(setting.review, setting.jon) == {"summary": "Priya Nair is writing here"}
    Presence.objects.filter(person=setting.priya).update(seen_at=timezone.now() - timedelta(seconds=31))
    assert writers_in(setting.review, setting.mara) == {"summary": "Jon Vik is writing here"}
    end_presence(actor=setting.jon, section=section)
    assert writers_in(setting.review, setting.mara) == {}


def test_presence_needs_the_right_to_write(setting: Setting) -> None:
    with pytest.raises(AccessDenied):
        note_presence(actor=make_member(setting.organization, Role.AUDITOR), section=summary(setting))


def test_sign_of_presence_is_one_statement(setting: Setting) -> None:
    section = summary(setting)
    note_presence(actor=setting.mara, section=section)
    with CaptureQueriesContext(connection) as captured:
        note_presence(actor=setting.mara, section=section)
    assert sum("reviews_presence" in query["sql"] for query in captured) == 1


def test_restored_revision_is_a_new_one_and_voids_signatures(setting: Setting) -> None:
    section = summary(setting)
    drafted = section.body
    save_section(actor=setting.jon, section=section, body="Other words.", version=1)
    bring_to(setting, ReviewState.APPROVED)
    restored = restore_revision(actor=setting.jon, section=section, number=1, version=2)
    assert (restored.body, restored.version, note_of(restored)) == (drafted, 3, "Restored from revision 1")
    assert not SignOff.objects.standing().exists()
    assert setting.now().state == ReviewState.IN_REVIEW
    assert AuditEntry.objects.filter(action="section.restored").count() == 1
    assert Revision.objects.filter(section=section).count() == 3
    assert Passage.objects.filter(section=section, author=setting.jon).exists()


@pytest.mark.parametrize(
    ("number", "version", "sentence"),
    [
        (9, 2, "There is no revision 9"),
        (1, 1, "Jon Vik saved revision 2 since you opened this page"),
        (2, 2, "nothing to restore"),
    ],
)
def test_restore_is_refused_with_what_to_do(
    setting: Setting, number: int, version: int, sentence: str
) -> None:
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body="Other words.", version=1)
    with pytest.raises(RestoreRefused, match=sentence):
        restore_revision(actor=setting.jon, section=section, number=number, version=version)
    assert summary(setting).version == 2


def test_restore_names_citations_that_the_chronology_no_longer_has(setting: Setting) -> None:
    section = summary(setting)
    Revision(organization=setting.organization, section=section, number=2, body="So it was. [E99]").save()
    Section.objects.filter(pk=section.pk).update(version=3)
    with pytest.raises(UnknownCitation, match="E99 is not in this chronology"):
        restore_revision(actor=setting.jon, section=section, number=2, version=3)


def test_restore_needs_the_right_to_write(setting: Setting) -> None:
    manager = make_member(setting.organization, Role.MANAGER)
    with pytest.raises(AccessDenied):
        restore_revision(actor=manager, section=summary(setting), number=1, version=1)


def test_saved_revisions_count_the_words_that_came_and_went(setting: Setting) -> None:
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body="One two three.", version=1)
    save_section(actor=setting.jon, section=section, body="One new three four.", version=2)
    newest = list(Revision.objects.filter(section=section).order_by("-number")[:2])
    sizes = [(one.revision.number, one.inserted, one.deleted) for one in saved_of(section, newest)]
    assert sizes[0] == (3, 2, 1)
    assert sizes[1][0] == 2 and sizes[1][2] > 3
