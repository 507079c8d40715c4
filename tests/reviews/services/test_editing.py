"""Saving a section: nothing that was typed is lost, and each sentence knows whose it is."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from governance.enums import Role
from governance.errors import AccessDenied
from governance.models import AuditEntry, User
from reviews.enums import Provenance
from reviews.errors import StaleText, UnknownCitation
from reviews.merging import both
from reviews.models import Passage, Revision, Section
from reviews.services import save_section
from tests.factories import make_member
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.django_db

START = "Customers saw errors at noon. [E2]\n\nThe proxy was rolled back. It was slow. [E5]\n\n- One item\n- Two items"


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


def test_stale_save_of_the_same_words_gives_both_texts_back_and_changes_nothing(setting: Setting) -> None:
    section = summary(setting)
    save_section(actor=setting.priya, section=section, body="Hers.", version=1)
    with pytest.raises(StaleText, match="Priya Nair saved this section while you wrote") as caught:
        save_section(actor=setting.mara, section=section, body="His.", version=1)
    assert (caught.value.yours, caught.value.theirs, caught.value.version) == ("His.", "Hers.", 2)
    assert [(one.ours, one.theirs) for one in caught.value.merge.conflicts] == [("His.", "Hers.")]
    assert summary(setting).body == "Hers."
    save_section(actor=setting.mara, section=section, body="Both.", version=caught.value.version)
    assert summary(setting).body == "Both."


def test_stale_save_of_other_words_is_merged_and_noted(setting: Setting) -> None:
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body="It began at noon. It lasted two hours.", version=1)
    save_section(
        actor=setting.priya, section=section, body="It began at one. It lasted two hours.", version=2
    )
    saved = save_section(
        actor=setting.mara, section=section, body="It began at noon. It lasted three hours.", version=2
    )
    assert saved.body == "It began at one. It lasted three hours."
    newest = Revision.objects.get(section=section, number=4)
    assert (newest.body, newest.note) == (saved.body, "Merged with Priya Nair’s revision 3")
    authors = Passage.objects.filter(section=section).order_by("position").values_list("text", "author")
    assert dict(authors) == {
        "It began at one.": setting.priya.pk,
        "It lasted three hours.": setting.mara.pk,
    }


def test_stale_save_of_what_is_there_already_changes_nothing(setting: Setting) -> None:
    section = summary(setting)
    save_section(actor=setting.jon, section=section, body="One.\n\nTwo.", version=1)
    save_section(actor=setting.priya, section=section, body="One.\n\nTwo.\n\nThree.", version=2)
    saved = save_section(actor=setting.mara, section=section, body="One.\n\nTwo.", version=2)
    assert (saved.version, saved.body) == (3, "One.\n\nTwo.\n\nThree.")


def test_save_on_a_version_that_never_was_is_a_conflict(setting: Setting) -> None:
    with pytest.raises(StaleText):
        save_section(actor=setting.mara, section=summary(setting), body="Mine.", version=77)


@pytest.mark.parametrize("seed", range(12))
def test_two_people_saving_in_any_order_lose_no_word(setting: Setting, seed: int) -> None:
    interleave(setting, random.Random(seed), rounds=6)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12, 112))
def test_a_hundred_pairs_of_people_lose_no_word(setting: Setting, seed: int) -> None:
    interleave(setting, random.Random(seed), rounds=10)


def interleave(setting: Setting, chance: random.Random, rounds: int) -> None:
    """Two people open, type and save in random order; every word that was typed and never deleted stands at the end."""
    section = summary(setting)
    opened: dict[User, Section] = {}
    typed: set[str] = set()
    save_section(actor=setting.jon, section=section, body=START, version=1)
    for number in range(rounds):
        writer = chance.choice([setting.mara, setting.priya])
        seen = opened.get(writer)
        if seen is None or chance.random() < 0.3:
            opened[writer] = summary(setting)
            continue
        word = f"word{number}"
        body = with_word(seen.body, word, chance)
        typed.add(word)
        try:
            opened[writer] = save_section(actor=writer, section=section, body=body, version=seen.version)
        except StaleText as stale:
            chosen = stale.merge.composed([both] * len(stale.merge.conflicts))
            opened[writer] = save_section(actor=writer, section=section, body=chosen, version=stale.version)
        assert word in opened[writer].body
    assert typed <= set(re.findall(r"word\d+", summary(setting).body))


def with_word(body: str, word: str, chance: random.Random) -> str:
    """The text with one word more: in a sentence, as a sentence, or as a paragraph."""
    words = body.split(" ")
    place = chance.randrange(len(words) + 1)
    whole = chance.choice([f"{word}", f"We saw {word}.", f"\n\nThis is {word}.\n\n"])
    return " ".join([*words[:place], whole, *words[place:]])


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


def test_saving_one_section_leaves_the_passages_of_the_others_alone(setting: Setting) -> None:
    def others() -> list[tuple[int, str]]:
        rows = Passage.objects.filter(section__review=setting.review).exclude(section__key="summary")
        return list(rows.order_by("pk").values_list("pk", "text"))

    before = others()
    assert before
    save_section(actor=setting.mara, section=summary(setting), body="Other words.", version=1)
    assert others() == before


def test_merging_takes_a_constant_number_of_queries(setting: Setting) -> None:
    def merged(sentences: int) -> int:
        base = "\n\n".join(f"Sentence {number} is here. [E1]" for number in range(sentences)) + "\n\nEnd."
        opened = save_section(
            actor=setting.jon, section=summary(setting), body=base, version=summary(setting).version
        )
        save_section(actor=setting.priya, section=opened, body=f"Hers.\n\n{base}", version=opened.version)
        with CaptureQueriesContext(connection) as captured:
            save_section(actor=setting.mara, section=opened, body=f"{base}\n\nMine.", version=opened.version)
        return len(captured)

    merged(2)
    assert merged(1) == merged(30)
