"""What a newer draft says otherwise than the text does, passage by passage; pure functions.

Only what still says, word by word, what a draft said is proposed for other words or for removal. What a person
reworded or took out stays as that person left it: the sentence is not proposed again, nor is what has its place in the
newer draft. The same text, history and draft always give the same changes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviews.enums import ProposalKind
from reviews.passages import Sentence, parse
from reviews.placing import written

#: Two sentences of a draft take each other's place from this share of common words on (Dice's coefficient).
_ALIKE, _SAME_FRAME = 0.3, 0.8
_OPENING = 4  # words
_WORD = re.compile(r"\w+")
_QUOTATION = re.compile(r"“[^”]*”")


@dataclass(frozen=True)
class Change:
    """One change of one passage, to be decided by a person.

    ``before`` is the passage with its citations that it replaces or removes, or behind which it is put (empty: the top
    of the section). ``text`` is Markdown with citations, with a leading ``- `` for an item of a list. ``position``
    orders the changes of a section. ``because`` is a sentence that says what brought it about.
    """

    kind: ProposalKind
    before: str = ""
    text: str = ""
    position: int = 0
    because: str = ""


@dataclass(frozen=True)
class Said:
    """A sentence of a text, and whether it is (in) an item of a list."""

    sentence: Sentence
    is_item: bool = False


@dataclass(frozen=True)
class News:
    """What happened to the chronology after the draft: the numbers of entries that came, and of those that changed."""

    arrived: frozenset[int] = frozenset()
    corrected: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


_NOTHING = News()


@dataclass(frozen=True)
class Standing:
    """A section as it is: what it says, which of it is still as drafted, and what drafts said that people settled."""

    text: tuple[Said, ...]
    drafted: frozenset[Sentence] = frozenset()
    settled: tuple[Said, ...] = ()


def said_in(body: str) -> tuple[Said, ...]:
    """The sentences of a text, in order."""
    return tuple(Said(sentence, block.is_item) for block in parse(body) for sentence in block.sentences)


def changes(standing: Standing, newer: str, news: News = _NOTHING) -> list[Change]:
    """What it takes to let a section say what the newer draft says, leaving alone what people wrote."""
    wanted = list(dict.fromkeys(said_in(newer)))
    here = {one.sentence for one in standing.text}
    meant = {one.sentence for one in wanted}
    gone = [one for one in standing.settled if one.sentence not in here]
    answered = {one.sentence for one in gone}
    fresh = [one for one in wanted if one.sentence not in here | answered]
    stale = [one for one in standing.text if one.sentence in standing.drafted and one.sentence not in meant]
    partners = _partners(fresh, [*stale, *gone])
    taken = {one.sentence for one in partners.values()}
    return [
        *_new(wanted, here, {one: partners.get(one) for one in fresh}, set(stale), news),
        *_removed([one for one in stale if one.sentence not in taken], standing.text, wanted, news),
    ]


def _new(
    wanted: Sequence[Said],
    here: Collection[Sentence],
    fresh: Mapping[Said, Said | None],
    stale: Collection[Said],
    news: News,
) -> Iterator[Change]:
    """What is said newly, in the place of its partner or behind what precedes it; nothing where a person decided."""
    behind = ""
    for position, one in enumerate(wanted):
        words = written(one.sentence)
        if one.sentence in here:
            behind = words
        elif one in fresh and (partner := fresh[one]) in stale and partner:
            behind = written(partner.sentence)
            because = _because_other(partner.sentence, one.sentence, news)
            yield Change(ProposalKind.REPLACE, behind, words, position, because)
        elif one in fresh and fresh[one] is None:
            text = f"- {words}" if one.is_item else words
            yield Change(ProposalKind.ADD, behind, text, position, _because_new(one.sentence, news))


def _removed(
    stale: Iterable[Said], text: Sequence[Said], wanted: Sequence[Said], news: News
) -> Iterator[Change]:
    """What no draft would say any more, in the order of the text."""
    places = {one.sentence: position for position, one in enumerate(wanted)}
    position, positions = 0, {}
    for one in text:
        position = places.get(one.sentence, position)
        positions[one] = position
    for one in stale:
        because = _because_gone(one.sentence, news)
        yield Change(ProposalKind.REMOVE, written(one.sentence), "", positions[one], because)


def _partners(fresh: Sequence[Said], others: Sequence[Said]) -> dict[Said, Said]:
    """Which sentence each new one stands for: the most alike first, each of the others once."""
    ranked = sorted(
        (-score, number, other_number)
        for number, one in enumerate(fresh)
        for other_number, other in enumerate(others)
        if (score := _likeness(one, other))
    )
    found: dict[Said, Said] = {}
    used: set[int] = set()
    for _score, number, other_number in ranked:
        if fresh[number] not in found and other_number not in used:
            used.add(other_number)
            found[fresh[number]] = others[other_number]
    return found


def _likeness(one: Said, other: Said) -> float:
    """How well a sentence of a draft takes another's place; 0 when it tells of something else.

    Items of lists stand for one entry each, so only the same entry makes them the same item. Sentences of paragraphs
    are also known by how they begin, and by their words outside of quotations.
    """
    if one.is_item != other.is_item:
        return 0.0
    a, b = one.sentence, other.sentence
    alike = _dice(_words(a.text), _words(b.text))
    is_same = a.citations[:1] == b.citations[:1] != () and alike >= _ALIKE
    if not is_same and not one.is_item:
        frames = [_words(_QUOTATION.sub("", text)) for text in (a.text, b.text)]
        begins = frames[0][:_OPENING] == frames[1][:_OPENING] and len(frames[0]) >= _OPENING
        is_same = begins or _dice(*frames) >= _SAME_FRAME
    return alike + _dice(a.citations, b.citations) + 1 if is_same else 0.0


def _dice(one: Sequence[str | int], other: Sequence[str | int]) -> float:
    first, second = set(one), set(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 0.0


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if not word.isdecimal()]


def _because_new(new: Sentence, news: News) -> str:
    return (
        _said("came after the draft", news.arrived, new)
        or _said("changed after the draft", news.corrected, new)
        or "A draft made now says this."
    )


def _because_other(old: Sentence, new: Sentence, news: News) -> str:
    fresh = Sentence("", tuple(number for number in new.citations if number not in old.citations))
    return (
        _said("came after the draft", news.arrived, fresh)
        or _said("changed after the draft", news.corrected, new)
        or _said("is hidden now", news.hidden, old, "are hidden now")
        or "A draft made now says it in this way."
    )


def _because_gone(old: Sentence, news: News) -> str:
    return (
        _said("is hidden now", news.hidden, old, "are hidden now")
        or _said("changed after the draft", news.corrected, old)
        or "A draft made now does not say this."
    )


def _said(what: str, numbers: Collection[int], sentence: Sentence, of_many: str = "") -> str:
    """``E31 and E32 came after the draft.``, or nothing when the sentence cites none of the entries."""
    labels = [f"E{number}" for number in sentence.citations if number in numbers]
    if len(labels) > 1:
        return f"{', '.join(labels[:-1])} and {labels[-1]} {of_many or what}."
    return f"{labels[0]} {what}." if labels else ""
