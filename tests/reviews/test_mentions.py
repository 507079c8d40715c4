"""Names behind an at sign."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.mentions import marked, mentioned
from reviews.rendering import inline


@dataclass(frozen=True)
class Person:
    name: str


ANN, ANN_LEE, ANN_LEE_MAY = Person("Ann"), Person("Ann Lee"), Person("Ann Lee-May")
JEAN, ODD = Person("Jean-Luc Ørsted"), Person("O'Neil <b>")
PEOPLE = [ANN, ANN_LEE, ANN_LEE_MAY, JEAN, ODD]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ask @Ann about it.", [ANN]),
        ("Ask @Ann Lee about it.", [ANN_LEE]),
        ("Ask @ann  lee-MAY: she knows.", [ANN_LEE_MAY]),
        ("@Ann Lee\nand @Jean-Luc\nØrsted, please.", [ANN_LEE, JEAN]),
        ("(@Ann)", [ANN]),
        ("@Ann, @Ann", [ANN]),
        ("@Anna knows, Ann does not", []),
        ("mail ann@Ann and @@Ann", []),
        ("@O'Neil <b>", [ODD]),
        ("nobody @ all", []),
        ("", []),
    ],
)
def test_mentioned_people_are_found(text: str, found: list[Person]) -> None:
    assert mentioned(text, PEOPLE) == found


def test_people_of_one_name_are_mentioned_together() -> None:
    assert len(mentioned("@Sam Ray", [Person("Sam Ray"), Person("sam ray")])) == 2


def test_nobody_is_found_among_nobody() -> None:
    assert mentioned("@Ann", []) == []
    assert mentioned("@Ann", [Person("")]) == []
    assert marked(inline("@Ann"), []) == "@Ann"


def test_mentions_are_marked_in_safe_html() -> None:
    names = [person.name for person in PEOPLE]
    html = marked(inline("**@Ann Lee** and @O'Neil <b>, not @Bob <script>"), names)
    assert html == (
        '<strong><span class="mention">@Ann Lee</span></strong> and '
        '<span class="mention">@O\'Neil &lt;b&gt;</span>, not @Bob &lt;script&gt;'
    )


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=4))
def test_marking_changes_no_word_and_opens_no_element(text: str, names: list[str]) -> None:
    html = inline(text)
    drawn = marked(html, names)
    assert drawn.replace('<span class="mention">', "").replace("</span>", "") == html
