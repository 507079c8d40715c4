"""Making one proposed change in a text that people go on writing; pure functions.

What a person wrote is never exchanged or taken out: a change finds only sentences that still say, word by word, what a
machine drafted. What is added finds its place again when the sentence before it was reworded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews import passages
from reviews.anchors import Places
from reviews.enums import ProposalKind, Provenance
from reviews.passages import Sentence
from reviews.placing import added, exchanged, flat, written
from reviews.redrafting import Change

if TYPE_CHECKING:
    from governance.models import User

Origin = tuple[str, "User | None"]
Origins = Mapping[Sentence, Sequence[Origin]]


@dataclass(frozen=True)
class Wording:
    """A text, and where each of its sentences came from."""

    body: str
    origins: dict[Sentence, list[Origin]]

    def owned(self) -> list[tuple[Sentence, Origin | None]]:
        """Every sentence with its origin, in order."""
        return list(passages.kept(self.origins, passages.parse(self.body)))


@dataclass(frozen=True)
class Taken:
    """The text after a change; ``instead`` is the sentence that now stands where ``before`` stood."""

    wording: Wording
    instead: str


def take(
    wording: Wording, change: Change, origin: Origin, earlier: Collection[Sentence] = ()
) -> Taken | None:
    """The text with the change made; ``None`` when its sentence is gone, or is a person's by now.

    The new sentences get ``origin``. What is added stands behind those of ``earlier`` that follow its place already.
    """
    if change.kind == ProposalKind.ADD:
        return _added(wording, change, origin, earlier)
    at = drafted_at(wording, change.before)
    body = None if at is None else exchanged(wording.body, at, change.text)
    if at is None or body is None:
        return None
    new = flat(change.text)
    above = [sentence for sentence, _origin in wording.owned()][:at]
    return Taken(_with(wording, body, new, origin), _last([*above[-1:], *new]))


def drafted_at(wording: Wording, words: str) -> int | None:
    """The place of the sentence that says exactly these words and is no person's."""
    meant = flat(words)
    places = (
        number
        for number, (sentence, origin) in enumerate(wording.owned())
        if [sentence] == meant and origin and origin[0] != Provenance.PERSON
    )
    return next(places, None)


def _added(wording: Wording, change: Change, origin: Origin, earlier: Collection[Sentence]) -> Taken | None:
    sentences, new = flat(wording.body), flat(change.text)
    behind = _behind(sentences, change.before)
    while behind + 1 < len(sentences) and sentences[behind + 1] in earlier:
        behind += 1
    body = added(wording.body, behind if behind >= 0 else None, change.text)
    return None if body is None else Taken(_with(wording, body, new, origin), _last(new))


def _behind(sentences: Sequence[Sentence], words: str) -> int:
    """The place of the sentence that these words mean: as it was, else the one most like it, else the last one."""
    meant = flat(words)
    if not meant:
        return -1
    if meant[-1] in sentences:
        return sentences.index(meant[-1])
    alike = Places([sentence.text for sentence in sentences]).find([meant[-1].text])
    return len(sentences) - 1 if alike is None else alike


def _with(wording: Wording, body: str, new: Sequence[Sentence], origin: Origin) -> Wording:
    origins = dict(wording.origins)
    for sentence in new:
        origins[sentence] = [*origins.get(sentence, ()), origin]
    return Wording(body, origins)


def _last(sentences: Sequence[Sentence]) -> str:
    return written(sentences[-1]) if sentences else ""
