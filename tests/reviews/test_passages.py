"""Text and passages are two readings of the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.errors import UnknownCitation
from reviews.passages import (
    Block,
    Sentence,
    cite,
    cited_numbers,
    compose,
    kept,
    parse,
    pictures_in,
    require_known,
)

words = st.text(st.sampled_from("abcXYZ019.,!?:“”\"'()[]-* E\\é…"), max_size=30)
lines = st.lists(
    st.one_of(
        words, st.sampled_from(["", "- item [E1]", "Text. [E12, E13] More", "[E4]", "* star", "e.g. This"])
    ),
    max_size=8,
)


@given(lines.map("\n".join))
def test_composing_what_was_parsed_gives_the_same_reading_again(body: str) -> None:
    blocks = parse(body)
    assert parse(compose(blocks)) == blocks


@given(lines.map("\n".join))
def test_parsing_loses_no_letter_and_no_citation(body: str) -> None:
    read = "".join(sentence.text for block in parse(body) for sentence in block.sentences)
    letters = {mark for mark in body if mark in "abcXYZé"}
    assert letters <= set(read)


clean = st.from_regex(r"[A-Z][a-z ]{0,20}xyz\.", fullmatch=True).map(lambda text: " ".join(text.split()))
sentences = st.builds(Sentence, clean, st.lists(st.integers(1, 999), unique=True, max_size=3).map(tuple))
blocks = st.builds(Block, st.lists(sentences, min_size=1, max_size=4).map(tuple), st.booleans())


@given(st.lists(blocks, max_size=5))
def test_parsing_what_was_composed_gives_the_same_blocks(wanted: list[Block]) -> None:
    assert parse(compose(wanted)) == wanted


def test_sentence_ends_at_a_full_stop_or_at_its_citations() -> None:
    [block] = parse("The link was cut. Webhooks were paused [E12][e13] and resumed the next day. [E27]")
    assert block.sentences == (
        Sentence("The link was cut."),
        Sentence("Webhooks were paused", (12, 13)),
        Sentence("and resumed the next day.", (27,)),
    )


def test_full_stop_behind_a_citation_belongs_to_the_sentence() -> None:
    assert parse("It failed [E1].") == [Block((Sentence("It failed.", (1,)),))]


def test_full_stop_inside_quotation_marks_ends_nothing() -> None:
    [block] = parse("The channel said “Status is red. We page.” [E3] Then it was quiet.")
    assert [sentence.text for sentence in block.sentences] == [
        "The channel said “Status is red. We page.”",
        "Then it was quiet.",
    ]


@pytest.mark.parametrize("text", ["See e.g. The log.", "About 3.5 Million rows.", "1. First"])
def test_abbreviations_and_numbers_end_nothing(text: str) -> None:
    assert [sentence.text for block in parse(text) for sentence in block.sentences] == [text]


def test_items_and_paragraphs_are_told_apart() -> None:
    body = "One line\nthat goes on.\n\n- First [E1]\n- Second\n  goes on\n\nLast."
    assert parse(body) == [
        Block((Sentence("One line that goes on."),)),
        Block((Sentence("First", (1,)),), is_item=True),
        Block((Sentence("Second goes on"),), is_item=True),
        Block((Sentence("Last."),)),
    ]
    assert compose(parse(body)) == "One line that goes on.\n\n- First [E1]\n- Second goes on\n\nLast."


def test_escaped_bracket_is_no_citation() -> None:
    [block] = parse(r"A log line said \[E1] and lied.")
    assert block.sentences == (Sentence(r"A log line said \[E1] and lied."),)


def test_unknown_citations_are_named() -> None:
    blocks = parse("One. [E1] Two. [E7, E9]")
    assert cited_numbers(blocks) == {1, 7, 9}
    with pytest.raises(UnknownCitation, match="E7 and E9 are not in this chronology"):
        require_known(blocks, [1, 2])
    require_known(blocks, [1, 7, 9])


def test_unchanged_sentences_keep_what_belonged_to_them() -> None:
    before = {Sentence("One.", (1,)): ["first"], Sentence("Two."): ["second"]}
    after = list(kept(before, parse("Two.\n\nOne. [E1] One. [E1] Three.")))
    assert after == [
        (Sentence("Two."), "second"),
        (Sentence("One.", (1,)), "first"),
        (Sentence("One.", (1,)), None),
        (Sentence("Three."), None),
    ]


def test_citations_are_written_in_one_bracket() -> None:
    assert cite((12, 13)) == "[E12, E13]"
    assert cite(()) == ""


# Pictures


PICTURE = "![Errors by minute. All regions](image:12)"


def test_picture_stands_by_itself_whatever_is_round_it() -> None:
    blocks = parse(f"It broke.\n{PICTURE}\nThen it healed.\n- One\n{PICTURE}\n- Two")
    texts = [[sentence.text for sentence in block.sentences] for block in blocks]
    assert texts == [["It broke."], [PICTURE], ["Then it healed."], ["One"], [PICTURE], ["Two"]]
    assert [block.is_item for block in blocks] == [False, False, False, True, False, True]
    assert parse(compose(blocks)) == blocks


def test_picture_inside_of_a_sentence_is_words() -> None:
    (block,) = parse(f"See {PICTURE} for the errors.")
    assert len(block.sentences) >= 1 and block.sentences[0].text.startswith("See ![")


def test_picture_with_citations_is_one_sentence_whatever_its_caption_says() -> None:
    blocks = parse(f"It broke.\n{PICTURE} [E3, E4]\nThen it healed.")
    assert [block.sentences for block in blocks] == [
        (Sentence("It broke."),),
        (Sentence(PICTURE, (3, 4)),),
        (Sentence("Then it healed."),),
    ]
    assert parse(compose(blocks)) == blocks


def test_every_picture_that_a_text_shows_is_found() -> None:
    texts = [
        f"{PICTURE}\n- ![Item](image:2)",
        "![Cited](image:3) [E2]\n- ![Both](image:5) [E1]",
        "![Two\nlines](image:4)",
    ]
    others = ["See ![Words](image:6)", "![Far](https://a.test/7)"]
    assert pictures_in([*texts, PICTURE, *others]) == {12, 2, 3, 4, 5}
