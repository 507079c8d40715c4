"""A newer draft against the text: what is proposed, what is left alone, and that no word of a person is lost."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.enums import ProposalKind, Provenance
from reviews.passages import Sentence, compose, kept, parse
from reviews.placing import added, exchanged, flat
from reviews.redrafting import Change, News, Said, Standing, changes, said_in
from reviews.taking import Origin, Wording, take

DRAFT = (
    "The impact started on 21 Oct 2018 at 22:52 UTC: the log recorded “Errors”. [E2] The impact was mitigated at 23:10 "
    "UTC, 18 min after it started: a change was recorded as “Rolled back”. [E5, E2]\n\n"
    "- At 22:53 UTC, an alert reported “Errors are over the limit”. [E3]\n"
    "- At 22:58 UTC, the channel showed “Looking at it”. [E4]"
)
DRAFTED: Origin = (Provenance.EVIDENCE, None)
PERSON: Origin = (Provenance.PERSON, None)


def standing(body: str, draft: str = DRAFT, settled: Sequence[Said] | None = None) -> Standing:
    """A text of which everything that stands in the draft is still as drafted."""
    drafted = frozenset(one.sentence for one in said_in(draft))
    return Standing(said_in(body), drafted, said_in(draft) if settled is None else tuple(settled))


def kinds(found: Sequence[Change]) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.before[:24], one.text[:24]) for one in found]


def test_same_draft_changes_nothing() -> None:
    assert changes(standing(DRAFT), DRAFT) == []


def test_sentence_that_tells_the_same_otherwise_takes_the_place_of_the_old_one() -> None:
    newer = DRAFT.replace("at 23:10 UTC, 18 min", "at 23:20 UTC, 28 min").replace("[E5, E2]", "[E9, E2]")
    (change,) = changes(standing(DRAFT), newer, News(arrived=frozenset({9})))
    assert change.kind == ProposalKind.REPLACE
    assert change.before.startswith("The impact was mitigated at 23:10")
    assert change.text.startswith("The impact was mitigated at 23:20")
    assert change.because == "E9 came after the draft."


def test_new_item_is_added_behind_the_one_before_it_and_a_hidden_one_is_removed() -> None:
    newer = DRAFT.replace(
        "- At 22:58 UTC, the channel showed “Looking at it”. [E4]", "- At 22:55 UTC, x. [E8]"
    )
    found = changes(standing(DRAFT), newer, News(frozenset({8}), frozenset(), frozenset({4})))
    assert kinds(found) == [
        ("add", "At 22:53 UTC, an alert r", "- At 22:55 UTC, x. [E8]"),
        ("remove", "At 22:58 UTC, the channe", ""),
    ]
    assert [one.because for one in found] == ["E8 came after the draft.", "E4 is hidden now."]


def test_corrected_entry_changes_its_own_item_only() -> None:
    newer = DRAFT.replace("“Looking at it”", "“Looking at it, 20 % of writes fail”")
    (change,) = changes(standing(DRAFT), newer, News(corrected=frozenset({4})))
    assert (change.kind, change.because) == (ProposalKind.REPLACE, "E4 changed after the draft.")
    assert not change.text.startswith("- ")


@pytest.mark.parametrize("person", ["We rolled back by hand. [E5]", ""])
def test_what_a_person_reworded_or_took_out_is_not_proposed_again(person: str) -> None:
    drafted = DRAFT[DRAFT.index("The impact was mit") : DRAFT.index("\n\n")]
    body = DRAFT.replace(drafted, person)
    assert changes(standing(body), DRAFT) == []
    newer = DRAFT.replace("at 23:10 UTC, 18 min", "at 23:20 UTC, 28 min").replace("[E5, E2]", "[E9, E2]")
    assert changes(standing(body), newer) == []


def test_deleted_item_does_not_hold_up_other_items() -> None:
    body = DRAFT.replace("\n- At 22:58 UTC, the channel showed “Looking at it”. [E4]", "")
    newer = DRAFT + "\n- At 23:01 UTC, the channel showed “Found it”. [E8]"
    assert kinds(changes(standing(body), newer)) == [
        ("add", "At 22:53 UTC, an alert r", "- At 23:01 UTC, the chan")
    ]


def test_text_of_a_person_alone_is_only_added_to() -> None:
    found = changes(standing("All of this is mine. Every word."), DRAFT, News())
    assert found == []
    found = changes(standing("All of this is mine. Every word.", settled=()), DRAFT, News())
    assert {one.kind for one in found} == {ProposalKind.ADD}


def test_sentence_without_a_full_stop_is_not_run_into() -> None:
    assert added("They said so", 0, "Then it ended. [E1]") == "They said so\n\nThen it ended. [E1]"
    assert exchanged("One. [E1] and it went on. Two. [E2]", 0, "") == "and it went on. Two. [E2]"


def test_lines_around_a_change_stay_as_they_were_typed() -> None:
    body = "First line\nof one paragraph.\n\n* a\n* b. [E1]\n\n\nLast   one."
    assert exchanged(body, 2, "c. [E1]") == "First line\nof one paragraph.\n\n* a\n- c. [E1]\n\n\nLast   one."
    assert (
        added(body, 2, "- d. [E2]")
        == "First line\nof one paragraph.\n\n* a\n* b. [E1]\n- d. [E2]\n\n\nLast   one."
    )
    assert exchanged(body, 0, "") == "* a\n* b. [E1]\n\n\nLast   one."


WORDS = st.sampled_from(
    [
        "The impact was mitigated at",
        "They",
        "said",
        "so",
        "- dash",
        "“Open",
        "closed”",
        "e.g.",
        "23:10",
        "Errors",
        "![p](image:1)",
    ]
)
MARKS = st.sampled_from([".", "", "!", "…", ":", ". and then", ".)"])
CITED = st.sampled_from(["", " [E1]", " [E2, E1]", " [E3]", " [E4]."])


@st.composite
def lines(draw: st.DrawFn) -> str:
    count = draw(st.integers(1, 4))
    parts = [
        " ".join(draw(st.lists(WORDS, min_size=1, max_size=4))) + draw(MARKS) + draw(CITED)
        for _ in range(count)
    ]
    return draw(st.sampled_from(["", "- ", "* "])) + " ".join(parts)


TEXTS = st.lists(lines(), max_size=4).flatmap(
    lambda rows: st.sampled_from(["\n\n", "\n"]).map(lambda gap: gap.join(rows))
)


def drafted_from(text: str) -> str:
    """As a draft is written: what it composes is what it parses."""
    return compose(parse(text))


def typed(wording: Wording, body: str) -> Wording:
    """A person saves this body: their sentences are theirs, the others stay whose they were."""
    origins: dict[Sentence, list[Origin]] = {}
    for sentence, origin in kept(wording.origins, parse(body)):
        origins.setdefault(sentence, []).append(origin or PERSON)
    return Wording(body, origins)


def of_persons(wording: Wording) -> list[Sentence]:
    return [sentence for sentence, origin in wording.owned() if origin == PERSON]


def all_taken(wording: Wording, newer: str, chance: random.Random) -> Wording:
    """Every change that the newer draft proposes, taken in any order."""
    drafted = frozenset(sentence for sentence, origin in wording.owned() if origin == DRAFTED)
    found = changes(Standing(said_in(wording.body), drafted), newer)
    chance.shuffle(found)
    for change in found:
        if set(flat(change.text)) - set(flat(wording.body)) or not change.text:
            taken = take(wording, change, DRAFTED)
            wording = taken.wording if taken else wording
    return wording


@settings(max_examples=250, deadline=None)
@given(
    first=TEXTS,
    steps=st.lists(st.tuples(st.booleans(), TEXTS), max_size=5),
    chance=st.randoms(use_true_random=False),
)
def test_words_of_persons_survive_every_proposal(
    first: str, steps: list[tuple[bool, str]], chance: random.Random
) -> None:
    body = drafted_from(first)
    wording = Wording(body, {sentence: [DRAFTED] * 9 for sentence in flat(body)})
    for is_typed, text in steps:
        if is_typed:
            rows = [*wording.body.split("\n"), *text.split("\n")]
            chance.shuffle(rows)
            wording = typed(wording, "\n".join(rows[: chance.randint(0, len(rows))]))
        else:
            before = of_persons(wording)
            wording = all_taken(wording, drafted_from(text), chance)
            assert of_persons(wording) == before


@settings(max_examples=200, deadline=None)
@given(body=TEXTS, text=lines(), chance=st.randoms(use_true_random=False))
def test_placing_changes_one_sentence_and_no_other(body: str, text: str, chance: random.Random) -> None:
    sentences, new = flat(body), flat(drafted_from(text))
    at = chance.randrange(len(sentences)) if sentences else None
    more = added(body, at, drafted_from(text))
    if more is not None:
        start = next(i for i in range(len(sentences) + 1) if flat(more)[i : i + len(new)] == new)
        assert sorted(map(str, flat(more))) == sorted(map(str, [*sentences, *new])), start
    if at is not None and (less := exchanged(body, at, "")) is not None:
        assert flat(less) == [*sentences[:at], *sentences[at + 1 :]]
