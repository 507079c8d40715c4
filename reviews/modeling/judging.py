"""What of a model's answer may be proposed: nothing that the entries it cites do not bear.

A sentence that passes is still only a proposal. What is discarded is counted by reason and never shown, so that nobody
gets used to reading it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import TextChoices

from reviews.checks import unsupported
from reviews.modeling import words as vocabulary
from reviews.modeling.answering import Suggestion
from reviews.modeling.asking import Line
from reviews.modeling.prompts import LONGEST_PASSAGE, MOST_CITED, MOST_PASSAGES
from reviews.passages import Block, Sentence, cite, parse


class Discard(TextChoices):
    """Why a suggested passage was thrown away."""

    SHAPE = "shape", "not in the form that was asked for"
    TOO_MANY = "too_many", "beyond the number that was asked for"
    TOO_LONG = "too_long", "too long"
    UNCITED = "uncited", "without a citation"
    UNKNOWN_ENTRY = "unknown_entry", "citing an entry that there is not"
    OVERCITED = "overcited", "citing more entries than one sentence rests on"
    MARKUP = "markup", "with markup, a link, or characters that nobody sees"
    MISQUOTED = "misquoted", "with a quotation that no cited entry holds"
    UNSUPPORTED = "unsupported", "with a number, time or name that no cited entry holds"
    UNGROUNDED = "ungrounded", "saying other things than what it cites"
    CAUSE = "cause", "claiming a cause, or more certainty than there is"
    JUDGING = "judging", "judging people, or saying what might have been"
    INSTRUCTING = "instructing", "speaking about instructions"
    DUPLICATE = "duplicate", "said already"


@dataclass(frozen=True)
class Kept:
    """What may be proposed, as sentences with their citations, and how many passages were thrown away for what."""

    sentences: tuple[Sentence, ...]
    discarded: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Passage:
    """A passage under judgment: its words, and its words without what it quotes, beside the lines that it cites."""

    text: str
    numbers: tuple[int, ...]
    cited: tuple[Line, ...]
    names: frozenset[str]

    @property
    def unquoted(self) -> str:
        return _QUOTATION.sub(" ", self.text)

    @property
    def bearing(self) -> str:
        return _folded(" ".join(f"{line.actor} {line.text}" for line in self.cited))


_QUOTATION = re.compile(r"“[^”]*”")
_PLAIN_PAIR = re.compile(r'"([^"]*)"')
_SINGLE_PAIR = re.compile(r"(?<!\w)[‘']([^‘’'“”]+)[’'](?!\w)")
_FOREIGN_QUOTES = re.compile("[«»‹›„‟‚‛「」『』〝〞＂]")
_MARKUP = re.compile(
    r"[<>\[\]{}|\\`*~^$#]|(?<!\w)_|_(?!\w)|__|&#?\w+;|://|\bwww\.|\bmailto:|^\s*(?:[-+=>•]|\d+[.)]\s)", re.I
)
_LATIN = "\u024f"
_SEEN = frozenset(
    {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Pd", "Po", "Ps", "Pe", "Pi", "Pf", "Pc", "Sm", "Sc", "Mn", "Mc"}
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BEGUN = re.compile(r"(?:^|[.!?:;—–]\s+)\W*([^\W\d_][\w’'-]*)")
_TOKEN = re.compile(r"\S+")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|\d+(?:[.,]\d+)*")
_MEASURE = re.compile(
    r"\d{1,2}:\d\d(?::\d\d)?|\d{4}-\d\d-\d\d|"
    r"\d+ (?:d|days?|h|hours?|min|minutes?|s|seconds?)\b(?:(?:,? and|,)? \d+ (?:h|hours?|min|minutes?|s|seconds?)\b)*|"
    r"\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*(?: \d{4})?"
)
_TECHNICAL = re.compile(r"\d|[_@/]|\w[.:]\w|[a-z][A-Z]|\w-\w*\d")
_STEM = 5


def validated(answer: Sequence[Suggestion], lines: Iterable[Line], existing: Iterable[str] = ()) -> Kept:
    """The suggestions that hold, in their order, and how many did not, by reason.

    ``existing`` is what the section says already. Every sentence that is kept passes ``checks.unsupported``.
    """
    known = {line.number: line for line in lines}
    names = _names_in(known.values())
    said = {_said(text) for text in existing}
    kept: list[Sentence] = []
    discarded: Counter[str] = Counter()
    for suggestion in answer:
        sentence = _judged(suggestion, known, names)
        if isinstance(sentence, Sentence) and _said(sentence.text) in said:
            sentence = Discard.DUPLICATE
        if isinstance(sentence, Sentence) and len(kept) == MOST_PASSAGES:
            sentence = Discard.TOO_MANY
        if isinstance(sentence, Discard):
            discarded[sentence.value] += 1
        else:
            kept.append(sentence)
            said.add(_said(sentence.text))
    return Kept(tuple(kept), dict(discarded))


def _judged(suggestion: Suggestion, known: Mapping[int, Line], names: frozenset[str]) -> Sentence | Discard:
    """The sentence, or the first reason against it."""
    numbers = suggestion.citations
    if numbers is None or not suggestion.text.strip():
        return Discard.SHAPE
    if len(suggestion.text) > LONGEST_PASSAGE:
        return Discard.TOO_LONG
    if not numbers:
        return Discard.UNCITED
    if len(numbers) > MOST_CITED:
        return Discard.OVERCITED
    if not set(numbers) <= known.keys():
        return Discard.UNKNOWN_ENTRY
    if not _is_plain(suggestion.text):
        return Discard.MARKUP
    text = _quoted(" ".join(suggestion.text.split()))
    if text is None:
        return Discard.MISQUOTED
    passage = _Passage(text, numbers, tuple(known[number] for number in numbers), names)
    return next((reason for holds, reason in _TESTS if not holds(passage)), None) or Sentence(text, numbers)


def _is_plain(text: str) -> bool:
    """Whether every character can be seen, and none of them is markup."""
    seen = all(one == " " or unicodedata.category(one) in _SEEN for one in text)
    return seen and not _MARKUP.search(text)


def _quoted(text: str) -> str | None:
    """The text with one kind of quotation marks, so that every quotation is held against its entry; or nothing."""
    text = _PLAIN_PAIR.sub(r"“\1”", text)
    if '"' in text or _FOREIGN_QUOTES.search(text) or not _is_balanced(text):
        return None
    parts = re.split("(“[^”]*”)", text)
    parts[::2] = [_SINGLE_PAIR.sub(r"“\1”", part) for part in parts[::2]]
    return "".join(parts)


def _is_balanced(text: str) -> bool:
    marks = [one for one in text if one in "“”"]
    return marks == list("“”") * (len(marks) // 2) and len(marks) % 2 == 0


def _is_one_sentence(passage: _Passage) -> bool:
    """Whether the section's own reader takes it for exactly this sentence with exactly these citations."""
    written = f"{passage.text} {cite(passage.numbers)}"
    return parse(written) == [Block((Sentence(passage.text, passage.numbers),))]


def _quotes_truly(passage: _Passage) -> bool:
    return not any(part.startswith("“") for part in unsupported(passage.text, passage.cited))


def _is_supported(passage: _Passage) -> bool:
    """What the checker asks of every sentence, and what a sentence of a model must show beyond that."""
    return (
        not unsupported(passage.text, passage.cited)
        and _begins_plainly(passage)
        and _amounts_stand(passage)
        and _measures_stand(passage)
        and _terms_stand(passage)
        and _names_stand(passage)
        and _letters_stand(passage)
    )


def _begins_plainly(passage: _Passage) -> bool:
    """The checker lets a sentence begin with any word, since it is capitalized anyway; here it may be no new name."""
    begun = (word for word in _BEGUN.findall(passage.unquoted) if word[0].isupper())
    return all(word.lower() in vocabulary.OPENERS or _stands(word, passage.bearing) for word in begun)


def _amounts_stand(passage: _Passage) -> bool:
    found = vocabulary.AMOUNTS.findall(passage.unquoted)
    return all(_stands(words, passage.bearing) for words in found)


def _terms_stand(passage: _Passage) -> bool:
    """Host names, versions, identifiers: whatever is no plain word stands in a cited entry as it is written."""
    tokens = (token.strip(".,;:!?()“”‘’'\"%…—–") for token in _TOKEN.findall(passage.unquoted))
    return all(
        _stands(token, passage.bearing)
        for token in tokens
        if _TECHNICAL.search(token) and not _CLOCK.fullmatch(token)
    )


def _names_stand(passage: _Passage) -> bool:
    """A name that the chronology knows is borne by a cited entry, however it is written."""
    used = {word.casefold() for word in _WORD.findall(passage.unquoted)} & passage.names
    return all(_stands(name, passage.bearing) for name in used)


def _letters_stand(passage: _Passage) -> bool:
    """Letters of other scripts look like ours without being them, and belong to names: a cited entry has them."""
    foreign = {one for one in passage.unquoted if one.isalpha() and one > _LATIN}
    return foreign <= set("".join(f"{line.actor} {line.text}" for line in passage.cited))


def _measures_stand(passage: _Passage) -> bool:
    """Times, dates and spans stand in a cited entry as a whole, or follow from when the entries happened."""
    moments = [replace(line, text="", actor="") for line in passage.cited]
    found = (match.group() for match in _MEASURE.finditer(passage.unquoted))
    return all(_stands(words, passage.bearing) or not unsupported(words, moments) for words in found)


def _is_grounded(passage: _Passage) -> bool:
    """Every word is a plain one or comes from a cited entry, one at least does; and nothing is denied that they do not.

    So a name that is written small cannot be invented either.
    """
    own = passage.unquoted
    if vocabulary.NEGATIONS.search(own) and not vocabulary.NEGATIONS.search(passage.bearing):
        return False
    borne = {_stem(word) for word in _words(passage.bearing)}
    used = [word for word in _words(own) if _stem(word) in borne or word not in vocabulary.PLAIN]
    telling = [word for word in used if word not in vocabulary.SMALL]
    return all(_stem(word) in borne for word in used) and bool(telling or _QUOTATION.search(passage.text))


def _claims_no_cause(passage: _Passage) -> bool:
    own = vocabulary.SUSPECTED.sub(" ", passage.unquoted)
    if vocabulary.CAUSAL.search(own):
        return False
    return all(_stands(word, passage.bearing) for word in vocabulary.SURE.findall(own))


def _judges_nobody(passage: _Passage) -> bool:
    own = passage.unquoted
    return not (vocabulary.JUDGING.search(own) or vocabulary.COUNTERFACTUAL.search(own))


def _instructs_nobody(passage: _Passage) -> bool:
    return not vocabulary.INSTRUCTING.search(passage.unquoted)


_TESTS: tuple[tuple[Callable[[_Passage], bool], Discard], ...] = (
    (_is_one_sentence, Discard.SHAPE),
    (_instructs_nobody, Discard.INSTRUCTING),
    (_judges_nobody, Discard.JUDGING),
    (_claims_no_cause, Discard.CAUSE),
    (_quotes_truly, Discard.MISQUOTED),
    (_is_supported, Discard.UNSUPPORTED),
    (_is_grounded, Discard.UNGROUNDED),
)


def _names_in(lines: Iterable[Line]) -> frozenset[str]:
    """The words of the names beside entries, as far as they are no everyday words."""
    words = {word.casefold() for line in lines for word in _WORD.findall(line.actor)}
    return frozenset(word for word in words if len(word) > 2 and word not in vocabulary.PLAIN)


def _folded(text: str) -> str:
    """Lower case, single spaces, plain apostrophes."""
    return " ".join(text.replace("’", "'").casefold().split())


def _stands(part: str, bearing: str) -> bool:
    """Whether the part stands in the text by itself, and not inside of another word."""
    return re.search(rf"(?<!\w){re.escape(_folded(part))}(?!\w)", bearing) is not None


def _words(text: str) -> list[str]:
    return [word.casefold().split("'")[0].split("’")[0] for word in _WORD.findall(text)]


def _stem(word: str) -> str:
    return word.casefold()[:_STEM]


def _said(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())
