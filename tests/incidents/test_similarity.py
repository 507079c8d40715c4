"""Likeness and its reasons: what makes a match, and what does not."""

from __future__ import annotations

from dataclasses import replace

from incidents.analysis.similarity import Past, Subject, Word, compare, most_telling


def words(text: str, *, said: frozenset[str] = frozenset({"the", "was"})) -> tuple[Word, ...]:
    return tuple(Word(word, "" if word in said else word) for word in text.split())


SUBJECT = Subject(
    services=frozenset({"mysql", "proxy"}),
    templates=frozenset({"connection <*> refused"}),
    words=words("orchestrator elected second primary"),
    causes=words("the connection pool was exhausted"),
)
NOTHING = Past(frozenset(), frozenset(), frozenset(), frozenset())


def test_nothing_in_common_is_no_match() -> None:
    assert compare(SUBJECT, NOTHING) is None


def test_services_alone_are_no_match() -> None:
    assert compare(SUBJECT, replace(NOTHING, services=SUBJECT.services)) is None


def test_log_pattern_in_common_is_quoted_and_services_are_added() -> None:
    past = replace(NOTHING, templates=SUBJECT.templates, services=frozenset({"mysql", "web"}))
    found = compare(SUBJECT, past)
    assert found is not None
    assert found.reasons == ("Both logged “connection <*> refused”", "Both affected mysql")


def test_cause_in_common_is_quoted_as_it_is_written() -> None:
    found = compare(SUBJECT, replace(NOTHING, causes=frozenset({"connection", "pool", "exhausted"})))
    assert found is not None
    assert found.reasons == ("Both name “connection pool was exhausted” among their causes",)


def test_one_word_of_a_cause_is_too_little() -> None:
    assert compare(SUBJECT, replace(NOTHING, causes=frozenset({"pool"}))) is None


def test_telling_words_in_common_are_named_the_rarest_first() -> None:
    subject = replace(SUBJECT, words=(Word("error", "error", 0.5), *SUBJECT.words))
    found = compare(subject, replace(NOTHING, words=frozenset({"error", "primary", "second", "elected"})))
    assert found is not None
    assert found.reasons == ("Both speak of “elected”, “second” and “primary”",)


def test_words_that_stand_everywhere_make_no_match() -> None:
    common = tuple(Word(word, word, 1.0) for word in ("error", "service", "customers"))
    subject = replace(SUBJECT, words=common)
    assert compare(subject, replace(NOTHING, words=frozenset({"error", "service", "customers"}))) is None


def test_more_in_common_scores_higher() -> None:
    little = compare(SUBJECT, replace(NOTHING, templates=SUBJECT.templates))
    more = compare(SUBJECT, replace(NOTHING, templates=SUBJECT.templates, services=SUBJECT.services))
    assert little is not None
    assert more is not None
    assert more.score > little.score


def test_long_pattern_is_cut() -> None:
    template = "a" * 300
    subject = replace(SUBJECT, templates=frozenset({template}))
    found = compare(subject, replace(NOTHING, templates=frozenset({template})))
    assert found is not None
    assert found.reasons == (f"Both logged “{'a' * 79}…”",)


def test_most_telling_takes_each_stem_once_and_no_small_words() -> None:
    given = [Word("the", ""), Word("pools", "pool", 0.2), Word("pool", "pool", 0.2), Word("orchid", "orchid")]
    assert [word.text for word in most_telling(given, 5)] == ["orchid", "pools"]
