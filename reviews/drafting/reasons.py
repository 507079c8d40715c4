"""Sentences of the analysis as a draft may say them: only what the cited entries bear (invariant 1).

The analysis measures: its times are of samples, its figures of series. A sentence of it stays when every number, time
and name in it stands in what it cites; otherwise the entries speak for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incidents.analysis.observed import Reason
from reviews.checks import unsupported
from reviews.drafting.material import Fact, Material, inert, says, told, when
from reviews.passages import Block, Sentence, compose, parse


def facts_of(material: Material, *reasons: Reason) -> tuple[Fact, ...]:
    """The entries that reasons rest on, as far as the draft has them; in the order of the chronology."""
    if material.analysis is None:
        return ()
    wanted = set(material.analysis.cited(*reasons))
    return tuple(fact for fact in material.facts if fact.number in wanted)


def borne(text: str, facts: Iterable[Fact]) -> Sentence | None:
    """The text as one sentence that cites these, when they bear all of it; else nothing."""
    cited = tuple(dict.fromkeys(facts))
    words = inert(" ".join(text.split()))
    if not cited or unsupported(words, cited):
        return None
    sentence = says(words, *cited)
    return sentence if _is_one(sentence) else None


def said(material: Material, reason: Reason) -> Sentence | None:
    """What a reason says, if its entries bear it; with the start of the impact beside them when that helps."""
    facts = facts_of(material, reason)
    start = (material.start,) if material.start else ()
    return borne(reason.text, facts) or (borne(reason.text, (*facts, *start)) if facts else None)


def shown(material: Material, *reasons: Reason, apart_from: Iterable[int] = ()) -> Iterator[Sentence]:
    """What reasons rest on, each entry in its own words and once."""
    known = set(apart_from)
    for fact in facts_of(material, *reasons):
        if fact.number not in known:
            at = when(fact, material.start)
            yield says(f"{at[0].upper()}{at[1:]}, {told(fact)}.", fact)


def _is_one(sentence: Sentence) -> bool:
    """Whether a reader of the text finds the one sentence again, with its citations."""
    found = [one for block in parse(compose([Block((sentence,))])) for one in block.sentences]
    return found == [sentence]
