"""Saving a section: nothing that was typed is lost, and each sentence knows whose it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry
from reviews.enums import Provenance
from reviews.errors import StaleText, UnknownCitation
from reviews.models import Passage, Revision, Section
from reviews.services import save_section
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting() -> Iterator[Setting]:
    made = make_setting()
    with scope(organization=made.organization):
        yield made


def summary(setting: Setting) -> Section:
    row: Section = Section.objects.get(review=setting.review, key="summary")
    return row


def test_unchanged_sentences_keep_their_origin_and_new_ones_become_the_persons(setting: Setting) -> None:
    section = summary(setting)
    drafted = list(Passage.objects.filter(section=section).values_list("text", flat=True))
    saved = save_section(
        actor=setting.mara, section=section, body=f"We were slow. {section.body}", version=section.version
    )
    rows = list(Passage.objects.filter(section=saved).order_by("position"))
    assert (rows[0].text, rows[0].provenance, rows[0].author) == (
        "We were slow.",
        Provenance.PERSON,
        setting.mara,
    )
    assert [row.text for row in rows[1:]] == drafted
    assert {(row.provenance, row.author) for row in rows[1:]} == {(Provenance.EVIDENCE, None)}


def test_changed_citation_makes_the_sentence_the_persons(setting: Setting) -> None:
    section = summary(setting)
    body = section.body.replace("[E2]", "[E1, E2]", 1)
    saved = save_section(actor=setting.mara, section=section, body=body, version=section.version)
    first = Passage.objects.filter(section=saved).order_by("position").first()
    assert first.author == setting.mara
    assert [citation.entry.number for citation in first.citations.all()] == [1, 2]


def test_each_save_is_kept_as_a_revision(setting: Setting) -> None:
    section = summary(setting)
    drafted = section.body
    save_section(actor=setting.mara, section=section, body="Second.", version=1)
    save_section(actor=setting.priya, section=section, body="Third.", version=2)
    rows = Revision.objects.filter(section=section).values_list("number", "body", "author")
    assert list(rows) == [
        (1, drafted, None),
        (2, "Second.", setting.mara.pk),
        (3, "Third.", setting.priya.pk),
    ]
    assert AuditEntry.objects.filter(action="section.saved").count() == 2


def test_stale_save_gives_both_texts_back_and_changes_nothing(setting: Setting) -> None:
    section = summary(setting)
    save_section(actor=setting.priya, section=section, body="Hers.", version=1)
    with pytest.raises(StaleText) as caught:
        save_section(actor=setting.mara, section=section, body="His.", version=1)
    assert (caught.value.yours, caught.value.theirs, caught.value.version) == ("His.", "Hers.", 2)
    assert summary(setting).body == "Hers."
    save_section(actor=setting.mara, section=section, body="Both.", version=caught.value.version)
    assert summary(setting).body == "Both."


def test_same_words_again_change_nothing(setting: Setting) -> None:
    section = summary(setting)
    before = setting.now().content_version
    save_section(
        actor=setting.mara, section=section, body=section.body.replace("\n", "\r\n") + "  \n", version=7
    )
    assert setting.now().content_version == before
    assert Revision.objects.filter(section=section).count() == 1


def test_unknown_citation_is_named_and_nothing_is_saved(setting: Setting) -> None:
    section = summary(setting)
    with pytest.raises(UnknownCitation, match="E99 is not in this chronology"):
        save_section(actor=setting.mara, section=section, body="It was so. [E99]", version=1)
    assert summary(setting).body == section.body
    assert Passage.objects.filter(section=section).exists()


def test_writing_needs_the_right(setting: Setting) -> None:
    manager = make_member(setting.organization, Role.MANAGER)
    with pytest.raises(AccessDenied):
        save_section(actor=manager, section=summary(setting), body="Mine.", version=1)


def queries_for(setting: Setting, sentences: int) -> int:
    section = summary(setting)
    body = " ".join(f"Sentence number {position} is here. [E1]" for position in range(sentences))
    with CaptureQueriesContext(connection) as captured:
        save_section(actor=setting.mara, section=section, body=body, version=section.version)
    return len(captured)


def test_saving_takes_as_many_queries_for_thirty_sentences_as_for_one(setting: Setting) -> None:
    queries_for(setting, 2)
    assert queries_for(setting, 1) == queries_for(setting, 30)
