"""A conversation finds its sentence again, or says that the words are gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import passages
from reviews.anchors import Places, replaced

TEXT = [
    "Writes were split between two data centers for 43 seconds.",
    "Nobody noticed until the first alert.",
    "The rollback took an hour because of a lock.",
]


def test_exact_sentence_goes_before_a_similar_one() -> None:
    nearly = "Nobody noticed until the very first alert."
    assert Places([nearly, *TEXT]).find(["Nobody noticed until the first alert."]) == 2


@pytest.mark.parametrize(
    ("edited", "position"),
    [
        ("Writes were split between the two data centers for about 43 seconds.", 0),
        ("For 43 seconds, writes were split between two centers.", 0),
        ("Nobody noticed until the second alert came in.", 1),
        ("The weather was fine.", None),
        ("of a an", None),
        ("", None),
    ],
)
def test_edited_sentence_is_the_most_similar_one(edited: str, position: int | None) -> None:
    assert Places(TEXT).find([edited]) == position


def test_similarity_begins_at_three_fifths() -> None:
    """Three words in common of five and five are just enough; of five and six they are not."""
    assert Places(["one two three four five"]).find(["one two three six seven"]) == 0
    assert Places(["one two three four five"]).find(["one two three six seven eight"]) is None


def test_first_of_equals_wins() -> None:
    assert Places(["We were slow today.", "We were slow today."]).find(["We were slow today."]) == 0
    assert Places(["We were slow here.", "We were slow there."]).find(["We were slow."]) == 0


def test_wordings_are_tried_in_their_order() -> None:
    assert Places(TEXT).find([TEXT[2], TEXT[0]]) == 2
    assert Places(TEXT).find(["Gone for good.", TEXT[0]]) == 0


def test_text_without_sentences_has_no_place() -> None:
    assert Places([]).find(["Nobody noticed."]) is None


@given(st.lists(st.text(max_size=40), max_size=12), st.text(max_size=40))
def test_find_is_deterministic_and_stays_inside(sentences: list[str], quote: str) -> None:
    found = Places(sentences).find([quote])
    assert found == Places(sentences).find([quote])
    assert found is None or 0 <= found < len(sentences)
    if quote and quote in sentences:
        assert found == sentences.index(quote)


def test_sentence_is_exchanged_and_keeps_its_citations() -> None:
    body = "We were slow. [E2, E3] Nobody saw it. [E4]\n\n- One item. [E5]"
    assert replaced(body, "We were slow.", "We took an hour.") == body.replace("were slow", "took an hour")


def test_rest_of_the_text_keeps_its_line_ends() -> None:
    body = "First line\ngoes on here. We were slow.\n\n\nThird."
    assert replaced(body, "We were slow.", "We took an hour.") == body.replace("were slow", "took an hour")


def test_mark_behind_the_citation_does_not_hide_the_sentence() -> None:
    assert replaced("We were slow [E2]. It broke.", "We were slow.", "We took an hour.") == (
        "We took an hour. [E2] It broke."
    )


def test_quote_inside_of_another_sentence_is_not_touched() -> None:
    body = "He said we were slow. we were slow."
    other = "It took long, we were slow. [E1] Then it broke. [E2] we were slow. [E3]"
    assert replaced(body, "we were slow.", "x") is None
    assert replaced(other, "we were slow.", "We hurried.") == (
        "It took long, we were slow. [E1] Then it broke. [E2] We hurried. [E3]"
    )


def test_citations_stay_with_the_sentence_that_is_most_like_the_old_one() -> None:
    body = "We were slow that day. [E2] It broke. [E3]"
    assert replaced(body, "We were slow that day.", "We were slow on that day. Nobody saw it.") == (
        "We were slow on that day. [E2] Nobody saw it. It broke. [E3]"
    )
    assert replaced(body, "We were slow that day.", "It took. An hour passed.") == (
        "It took. An hour passed. [E2] It broke. [E3]"
    )


def test_wording_brings_its_own_citations_besides() -> None:
    assert replaced("We were slow. [E2]", "We were slow.", "We took an hour. [E3, E2]") == (
        "We took an hour. [E3, E2]"
    )
    assert replaced("We were slow. [E2]", "We were slow.", "We took an hour [E3].") == (
        "We took an hour. [E3, E2]"
    )


def test_sentence_is_taken_out_with_its_citations_and_its_empty_block() -> None:
    assert replaced("A is so. [E1] B is so. [E2]", "A is so.", "") == "B is so. [E2]"
    assert replaced("A is so. [E1]\n\nB is so.", "A is so.", "") == "B is so."


def test_words_that_are_gone_are_not_exchanged() -> None:
    assert replaced("We were slow.", "We were fast.", "We were.") is None
    assert replaced("", "We were fast.", "We were.") is None


_SENTENCE = st.builds(
    lambda words, numbers: " ".join([*words, *([passages.cite(numbers)] if numbers else [])]),
    st.lists(st.sampled_from(["We", "were", "slow", "fast", "then"]), min_size=1, max_size=5),
    st.lists(st.integers(1, 9), max_size=2, unique=True),
)


@given(st.lists(_SENTENCE, min_size=1, max_size=6), st.integers(0, 5))
def test_exchange_changes_one_sentence_only(written: list[str], which: int) -> None:
    body = ". ".join(written)
    before = [sentence for block in passages.parse(body) for sentence in block.sentences]
    chosen = before[which % len(before)]
    after = replaced(body, chosen.text, "Here stands something else.")
    if not chosen.text:
        return
    assert after is not None
    now = [sentence for block in passages.parse(after) for sentence in block.sentences]
    place = next(number for number, sentence in enumerate(before) if sentence.text == chosen.text)
    assert now[place].text == "Here stands something else."
    assert now[place].citations == before[place].citations
    assert now[:place] + now[place + 1 :] == before[:place] + before[place + 1 :]
