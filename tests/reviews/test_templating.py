"""What a review consists of: read and written without loss, refused with sentences, differences told in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.enums import SectionKey
from reviews.errors import TemplateRefused
from reviews.templating import ALWAYS, Asked, Asking, Part, Template, differences, fresh_code
from reviews.usual import USUAL

words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    others = draw(st.sets(st.sampled_from([key for key in SectionKey if key not in ALWAYS])))
    keys = draw(st.permutations([*ALWAYS, *sorted(others)]))
    parts = []
    for key in keys:
        asked = draw(st.lists(st.tuples(words, st.sampled_from(Asked)), max_size=3))
        questions = tuple(Asking(f"{key.value}_{n}", text, whom) for n, (text, whom) in enumerate(asked, 1))
        title = draw(st.sampled_from(["", f"Our {key.value}"]))
        parts.append(Part(key, title, draw(st.booleans()), draw(words), questions))
    return Template(tuple(parts))


@given(templates())
def test_template_comes_back_from_its_plain_form(template: Template) -> None:
    assert Template.from_plain(template.plain()) == template
    assert differences(template, template) == []


@given(templates(), templates())
def test_different_templates_say_how_they_differ(before: Template, after: Template) -> None:
    assert bool(differences(before, after)) == (before != after)


def test_usual_template_has_all_ten_sections_in_their_order_and_is_sound() -> None:
    USUAL.require_sound()
    assert [part.key for part in USUAL.parts] == list(SectionKey)
    assert len(USUAL.parts) == 10
    assert all(part.guidance for part in USUAL.parts)
    asked = {one.code for part in USUAL.parts for one in part.questions}
    assert {
        "surprise",
        "went_well",
        "exposure",
        "lesson",
        "why_sense",
        "halve_detection",
        "five_whys",
    } <= asked


def changed(key: SectionKey, **values: object) -> Template:
    parts = (replace(part, **values) if part.key == key else part for part in USUAL.parts)  # type: ignore[arg-type]
    return Template(tuple(parts))


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (Template(()), "Keep “Summary”, “Contributing factors” and “Unresolved risks”"),
        (Template((*USUAL.parts, USUAL.parts[3])), "“Contributing factors” stands twice"),
        (changed(SectionKey.LESSONS, title="Summary"), "Two sections are called “Summary”"),
        (changed(SectionKey.LESSONS, title="x" * 121), "must be one line of 120 characters"),
        (changed(SectionKey.LESSONS, title="a\nb"), "must be one line"),
        (changed(SectionKey.LESSONS, guidance="x" * 601), "600 characters at most"),
        (changed(SectionKey.LESSONS, guidance="a\x00b"), "cannot be shown"),
        (changed(SectionKey.LESSONS, questions=(Asking("lesson_2", " "),)), "1 to 400 characters"),
        (changed(SectionKey.LESSONS, questions=(Asking("gap", "Why?"),)), "The code “gap”"),
        (changed(SectionKey.LESSONS, questions=(Asking("Not a code", "Why?"),)), "Type the question anew"),
        (changed(SectionKey.LESSONS, questions=(Asking("exposure", "Why?"),)), "Two questions have the code"),
        (
            changed(SectionKey.LESSONS, questions=tuple(Asking(f"q_{n}", "Why?") for n in range(7))),
            "Ask 6 at most",
        ),
    ],
)
def test_templates_that_cannot_be_are_refused(template: Template, sentence: str) -> None:
    with pytest.raises(TemplateRefused, match=sentence):
        template.require_sound()


@pytest.mark.parametrize(
    "stored",
    [
        [{"key": "weather"}],
        [{}],
        [3],
        ["summary"],
        [{"key": "summary", "title": 3}],
        [{"key": "summary", "questions": 1}],
    ],
)
def test_stored_form_that_is_no_template_is_refused(stored: list[dict[str, object]]) -> None:
    with pytest.raises(TemplateRefused, match="cannot be read"):
        Template.from_plain(stored)


def test_every_difference_is_told_in_words() -> None:
    lessons = Part(
        SectionKey.LESSONS,
        title="What we take with us",
        is_required=True,
        guidance="Short.",
        questions=(Asking("lesson", "And now?", Asked.OWNER), Asking("lessons_1", "Else?", Asked.NOBODY)),
    )
    kept = [part for part in USUAL.parts if part.key not in (SectionKey.SURPRISES, SectionKey.LESSONS)]
    told = differences(USUAL, Template((lessons, *kept)))
    assert told[0] == "What surprised us: taken out"
    assert "Lessons: called “What we take with us”" in told
    assert "What we take with us: required" in told
    assert "What we take with us: guidance changed" in told
    assert (
        "What we take with us: “What did we learn that other teams should know?” now reads “And now?”" in told
    )
    assert "What we take with us: asks nobody in particular “Else?”" in told
    assert told[-1].startswith("Order: What we take with us, Summary")


def test_code_of_a_new_question_is_one_that_nobody_has_had() -> None:
    assert fresh_code(SectionKey.LESSONS, {"lessons_1", "lessons_2"}) == "lessons_3"
