"""Redlines go from one text to the other, word by word, and are safe to show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviews.redline import differences, redline

texts = st.text(st.sampled_from("ab \n.é<&漢"), max_size=40)


@given(texts, texts)
def test_kept_and_changed_words_give_both_texts(before: str, after: str) -> None:
    pieces = list(differences(before, after))
    assert "".join(text for kind, text in pieces if kind <= 0) == before
    assert "".join(text for kind, text in pieces if kind >= 0) == after


def test_words_change_as_wholes() -> None:
    assert list(differences("the afternoon was", "the morning was")) == [
        (0, "the "),
        (-1, "afternoon"),
        (1, "morning"),
        (0, " was"),
    ]


def test_markup_in_texts_is_shown_as_words() -> None:
    assert "<script>" not in redline("a", "a <script>alert(1)</script>")
    assert "&lt;" in redline("a", "a <script>")


def test_more_distinct_words_than_one_private_area_holds() -> None:
    before = " ".join(f"w{number}" for number in range(7000))
    assert (
        "".join(text for kind, text in differences(before, f"{before} end") if kind >= 0) == f"{before} end"
    )
