"""Shapes, times and fields as templates draw them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django import forms
from django.template.loader import render_to_string

from governance.templatetags import ui


def test_utc_of_another_zone_is_said_in_utc() -> None:
    at = datetime(2018, 10, 22, 0, 52, tzinfo=timezone(timedelta(hours=2)))
    assert ui.utc(at) == "21 Oct 2018 22:52 UTC"


def test_utc_of_nothing_is_nothing() -> None:
    assert ui.utc(None) == ""
    assert ui.utc_time(None) == ""


@pytest.mark.parametrize(("second", "expected"), [(0, "22:52"), (5, "22:52:05")])
def test_utc_time_shows_seconds_only_when_there_are_some(second: int, expected: str) -> None:
    assert ui.utc_time(datetime(2018, 10, 21, 22, 52, second, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (timedelta(seconds=43), "43 s"),
        (timedelta(minutes=8), "8 min"),
        (timedelta(minutes=59, seconds=40), "1 h 00 min"),
        (timedelta(hours=24, minutes=11), "24 h 11 min"),
        (timedelta(minutes=-8), "−8 min"),
        (timedelta(0), "0 s"),
        (None, "–"),
    ],
)
def test_duration_is_in_words(value: timedelta | None, expected: str) -> None:
    assert ui.duration(value) == expected


def test_short_hash_keeps_both_ends_of_a_long_one_only() -> None:
    assert ui.short_hash("a41f7c20" + "0" * 52 + "09c2") == "a41f7c20…09c2"
    assert ui.short_hash("a41f7c20") == "a41f7c20"


def test_severities_differ_by_shape() -> None:
    drawings = {ui.severity_mark(number).split("<svg")[1].split("</svg>")[0] for number in (1, 2, 3, 4)}
    assert len(drawings) == 4
    assert "SEV2" in ui.severity_mark(2)


def test_confidences_differ_by_shape_and_say_their_word() -> None:
    words = ("confirmed", "probable", "suspected", "unknown")
    marks = [ui.confidence_mark(word) for word in words]
    assert len({mark.split("<svg")[1].split("</svg>")[0] for mark in marks}) == 4
    assert all(word.capitalize() in mark for word, mark in zip(words, marks, strict=True))


def test_icon_is_decorative_without_a_label_and_an_image_with_one() -> None:
    assert 'aria-hidden="true"' in ui.icon("star")
    assert 'role="img" aria-label="Highlighted"' in ui.icon("star", "Highlighted")
    assert "&lt;" in ui.icon("star", "<b>")


class _Form(forms.Form):
    title = forms.CharField(help_text="One sentence.")
    note = forms.CharField(required=False)
    sure = forms.BooleanField(error_messages={"required": "Say that you have read it."})
    choice = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "One"), ("b", "Two")])


def _drawn(form: forms.Form, name: str) -> str:
    return render_to_string("components/field.html", {"field": form[name]})


def test_field_names_its_help_for_those_who_listen() -> None:
    drawn = _drawn(_Form(), "title")
    assert 'aria-describedby="id_title_helptext"' in drawn
    assert 'id="id_title_helptext"' in drawn


def test_field_with_an_error_is_invalid_and_says_why() -> None:
    drawn = _drawn(_Form({}), "title")
    assert 'aria-invalid="true"' in drawn
    assert "id_title_error" in drawn.split("aria-describedby=")[1].split(">")[0]
    assert 'id="id_title_error"' in drawn


def test_field_says_that_it_is_optional_only_when_it_is() -> None:
    assert "(optional)" in _drawn(_Form(), "note")
    assert "(optional)" not in _drawn(_Form(), "title")


def test_field_of_one_box_keeps_its_error() -> None:
    assert "Say that you have read it." in _drawn(_Form({}), "sure")


def test_field_of_choices_is_a_group_with_a_legend() -> None:
    drawn = _drawn(_Form(), "choice")
    assert "<fieldset" in drawn
    assert "<legend>Choice</legend>" in drawn


def test_empty_screen_offers_the_first_step_only_when_there_is_one() -> None:
    context = {"sentence": "No incident yet.", "url": "/new/", "label": "Open the first one"}
    assert 'href="/new/"' in render_to_string("components/empty.html", context)
    assert "<a" not in render_to_string("components/empty.html", {"sentence": "Nothing waits for you."})


@pytest.mark.parametrize("state", ["done", "now", "later"])
def test_steps_say_their_state_to_those_who_do_not_see_it(state: str) -> None:
    drawn = render_to_string(
        "components/steps.html", {"steps": [{"label": "Draft", "state": state, "url": ""}]}
    )
    assert f'aria-label="{state}"' in drawn
    assert ('aria-current="step"' in drawn) is (state == "now")
