"""A sentence's emphasis is kept; nothing else of markup acts."""

from __future__ import annotations

from html import unescape

import pytest

from reviews.rendering import inline, plain


def test_emphasis_and_code_are_drawn() -> None:
    assert inline("A **strong**, *soft* and `coded` word") == (
        "A <strong>strong</strong>, <em>soft</em> and <code>coded</code> word"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](https://elsewhere.example/x.png)",
        "<a href='https://elsewhere.example'>a</a>",
        "<style>p { color: red }</style>",
    ],
)
def test_nothing_else_acts(text: str) -> None:
    assert "<" not in inline(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a List<String> & <b>more</b>",
        "<https://elsewhere.example>",
        "p < 5 > q &lt; r",
    ],
)
def test_words_in_angle_brackets_are_shown_as_they_were_written(text: str) -> None:
    assert unescape(inline(text)) == unescape(text)
    assert plain(text) == unescape(text)


@pytest.mark.parametrize("text", ["# No heading", "- no list", "1. no list", "> no quote", "    no code"])
def test_sentence_stays_a_sentence(text: str) -> None:
    assert "<" not in inline(text).replace("&lt;", "").replace("&gt;", "")


def test_escaped_bracket_is_shown_as_a_bracket() -> None:
    assert inline(r"It said \[E1] \*now\*") == "It said [E1] *now*"


def test_plain_words_carry_no_marks() -> None:
    assert plain("A **strong** word & more") == "A strong word & more"


def test_picture_is_its_words_where_only_words_can_stand() -> None:
    assert plain("![Errors by *minute*](image:12)") == "Picture: Errors by minute"
    assert inline("See ![Errors](image:12) first") == "See Picture: Errors first"


def test_thousands_of_brackets_are_characters() -> None:
    """Looked at as links they would hold a worker for minutes."""
    assert inline("[" * 20_000 + " **so**") == "[" * 20_000 + " <strong>so</strong>"
    assert inline("[a](https://example.test)") == "a", "a few of them are read as before"
